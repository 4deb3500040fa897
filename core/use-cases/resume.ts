/** Resuming: a named person's signed word lifts the stops that are there, by number; a later stop stays. */
import { canonicalJson } from '../digest.ts';
import { payloadTypes, seal } from '../dsse.ts';
import { type NumberedStop, type Resume, readSwitch, type SwitchReading } from '../incident/kill-switch.ts';
import { readSuspension } from '../incident/suspension.ts';
import { whoMay } from '../policy/kill-switch.ts';
import type { Policy } from '../policy/schema.ts';
import { type NotAllowed, type Resumed, stopWordsOf } from '../report/switch.ts';
import { isoOf } from '../time.ts';
import { mostTries, record, type SwitchPorts, type SwitchWord, signedAt } from './switch-ports.ts';

/**
 * Lifts the stops from the one in force on, without a gap, up to `to`, or all that are there. What a person did not see is
 * not lifted: a stop that comes meanwhile has a number of its own. Throws when it is not known whether it was lifted.
 */
export async function resume(
  ports: SwitchPorts,
  policy: Pick<Policy, 'approvers' | 'groups' | 'kill_switch'>,
  word: SwitchWord,
  { to: upTo }: { readonly to: number | null },
): Promise<Resumed | NotAllowed> {
  if (!whoMay(policy, 'resume').includes(word.by.name)) return { kind: 'not_allowed', who: whoMay(policy, 'resume') };
  const { control, publicKey } = ports;
  if ((await readSuspension(control, publicKey, word.by.name)).signed)
    return { kind: 'not_allowed', who: [], why: 'You are suspended, and that is signed.' };
  let seen = null as { readonly number: number; readonly abort: unknown } | null;
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const reading = await readSwitch(control, publicKey);
    const still = stopWordsOf(reading);
    if (still === null || (upTo !== null && upTo < reading.number)) return { kind: 'not_stopped', still };
    const rows = await signedAt(control, reading.number);
    if (seen?.number === reading.number && canonicalJson(seen.abort) !== canonicalJson(rows.abort))
      return { kind: 'aborted_meanwhile', still };
    seen = { number: reading.number, abort: rows.abort };
    const lifted = await liftable(ports, reading, upTo);
    const to = lifted.at(-1)?.number ?? reading.number;
    const { by, reason } = word;
    const signed: Resume = { format: 1, from: reading.number, to, by, at: isoOf(ports.now()), reason };
    const envelope = await seal(payloadTypes.resume, signed, ports.sign);
    if (!(await control.putSigned('resume', reading.number, envelope, rows))) continue;
    const about = `${reading.number}-${to}`;
    await record(ports.writer, { word: 'resume', about, by, reason, envelope });
    return {
      kind: 'resumed',
      from: reading.number,
      to,
      lifted,
      still: stopWordsOf(await readSwitch(control, publicKey)),
    };
  }
  throw new Error(`kill switch: others wrote at the same moment, ${mostTries} times; nothing was lifted`);
}

/** Without a gap: a resume over numbers that are still free would lift stops that nobody has put yet. */
async function liftable(
  { control }: SwitchPorts,
  { number }: SwitchReading,
  upTo: number | null,
): Promise<NumberedStop[]> {
  const there = await control.stops(number);
  return there.filter((stop) => upTo === null || stop.number <= upTo);
}
