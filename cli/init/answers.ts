/** The few things that `countersign init` has to know; everything else is said later, in the files that it writes. */
import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline/promises';
import type * as z from 'zod';
import { Account, PersonName, Region, SlackChannel, SlackUserId } from '../../core/yaml-fields.ts';

/** Null where the shipped policy's placeholder stays. */
export interface Answers {
  readonly channel: string | null;
  readonly approver: { readonly name: string; readonly slack: string } | null;
  /** Twelve digits. */
  readonly account: string | null;
  readonly region: string;
}

/** The region of a deploy in the workflow: the shell's own, as AWS's tools read it. */
const usualRegion = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1';

export const defaults: Answers = { channel: null, approver: null, account: null, region: usualRegion };

/** Asks on the terminal. @throws where there is none */
export async function askOnTerminal(): Promise<Answers> {
  if (!stdin.isTTY) throw new Error('init asks on a terminal, and there is none; --yes takes the defaults');
  const terminal = createInterface({ input: stdin, output: stdout });
  try {
    return await askAnswers((question) => terminal.question(question), console.error);
  } finally {
    terminal.close();
  }
}

/** An empty answer takes the default; one that the policy would refuse is asked again, in the policy's own words. */
export async function askAnswers(
  question: (text: string) => Promise<string>,
  complain: (text: string) => void,
): Promise<Answers> {
  const ask = async (what: string, form: z.ZodType<string>): Promise<string | null> => {
    for (;;) {
      const answer = (await question(`${what}: `)).trim();
      if (answer === '') return null;
      const { data, error } = form.safeParse(answer);
      if (data !== undefined) return data;
      complain(`  ${JSON.stringify(answer)} ${error?.issues[0]?.message}`);
    }
  };
  const channel = await ask('Slack channel for approvals (incidents)', SlackChannel);
  const name = await ask('Who approves first, by name (nobody yet)', PersonName);
  const slack = name === null ? null : await ask(`Slack member id of ${name} (not yet)`, SlackUserId);
  const account = await ask('AWS account whose alarms are answered, as production (later)', Account);
  const region = (await ask(`Region to deploy to (${usualRegion})`, Region)) ?? usualRegion;
  return { channel, approver: name !== null && slack !== null ? { name, slack } : null, account, region };
}
