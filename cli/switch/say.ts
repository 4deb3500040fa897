/** Saying something about the kill switch at the IAM door, and what is printed of the answer. */

import * as z from 'zod';
import { asked } from '../approvals/answer.ts';
import { colours as pc, printError } from '../colours.ts';
import { callDoor, type Heard } from '../door.ts';
import type { SaidOptions } from '../switch.ts';
import { oneLine } from '../timeline.ts';

export const exitCodes = { counted: 0, notCounted: 1, saidNo: 2, stopped: 3 } as const;

/** Just enough of how it stands to lift exactly what was shown. */
const Standing = z.looseObject({ stopped: z.boolean(), number: z.int(), count: z.int() });

type Fields = Readonly<Record<string, string | number | boolean>>;

/** Says a word and prints what came of it. The exit code. Throws when it was not heard, or nobody knows. */
export async function say(word: string, fields: Fields, { reason, json }: SaidOptions): Promise<number> {
  const given = reason === undefined ? fields : { ...fields, reason };
  const heard = await callDoor({ word, ...(Object.keys(given).length > 0 ? { fields: given } : {}) });
  if (json) console.log(JSON.stringify({ word, ...heard }));
  else for (const line of linesOf(heard)) console.log(line);
  return heard.outcome === 'refused' ? exitCodes.notCounted : exitCodes.counted;
}

/** Shows what is in force, and lifts that and no later stop. */
export async function resume(options: SaidOptions): Promise<number> {
  const { heard, standing } = await standingNow();
  for (const line of linesOf(heard)) printError(line);
  if (!standing.stopped) {
    if (options.json) console.log(JSON.stringify({ word: 'resume', ...heard }));
    return exitCodes.counted;
  }
  const to = standing.number + Math.max(standing.count, 1) - 1;
  if ((await asked(`Type yes to lift what you see, up to stop ${to}: `)) !== 'yes') {
    console.error('Not lifted: nothing was said.');
    return exitCodes.saidNo;
  }
  return say('resume', { to }, options);
}

/** Prints how it stands. */
export async function status({ json }: SaidOptions): Promise<number> {
  const { heard, standing } = await standingNow();
  if (json) console.log(JSON.stringify({ by: heard.by, ...standing }));
  else for (const line of linesOf(heard)) console.log(line);
  return standing.stopped ? exitCodes.stopped : exitCodes.counted;
}

async function standingNow(): Promise<{ heard: Heard; standing: z.infer<typeof Standing> }> {
  const heard = await callDoor({ word: 'status' });
  const { data } = Standing.safeParse(heard.switch);
  if (data) return { heard, standing: data };
  throw new Error(heard.texts.join(' ') || 'the door did not say how it stands');
}

function linesOf({ outcome, texts }: Heard): string[] {
  const lines = texts.flatMap((text) => text.split('\n'));
  return lines.map((line, index) =>
    index > 0 ? oneLine(line) : `${outcome === 'refused' ? pc.red('✗') : pc.green('✓')} ${oneLine(line)}`,
  );
}
