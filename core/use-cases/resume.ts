/** Resuming: a named person's signed word lifts the stops that were there when it was said, by number; a later stop stays. */
import { canonicalJson } from '../digest.ts';
import { payloadTypes, seal } from '../dsse.ts';
import { type NumberedStop, type Resume, readSwitch, type SwitchReading } from '../incident/kill-switch.ts';
import { type NotAllowed, type Resumed, stopWordsOf } from '../report/switch.ts';
import { isoOf } from '../time.ts';
import { mayRefusal, type SwitchPolicy } from './may-switch.ts';
import { cameSince, mostTries, record, type SwitchPorts, type SwitchWord, signedAt } from './switch-ports.ts';

/**
 * Lifts the stops from the one in force on, without a gap: up to `to`, or, where no number was said, those that were put
 * before it was said. What a person did not see is not lifted: neither a stop that comes meanwhile, nor one that came before
 * the same word was delivered once more. Throws when it is not known whether it was lifted.
 */
export async function resume(
  ports: SwitchPorts,
  policy: SwitchPolicy,
  word: SwitchWord,
  { to: upTo }: { readonly to: number | null },
): Promise<Resumed | NotAllowed> {
  const refusal = await mayRefusal(ports, policy, word.by, 'resume');
  if (refusal) return refusal;
  const { control, publicKey } = ports;
  let seen = null as { readonly number: number; readonly abort: unknown } | null;
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const reading = await readSwitch(control, publicKey);
    const still = stopWordsOf(reading);
    if (still === null || (upTo !== null && upTo < reading.number)) return { kind: 'not_stopped', still };
    const rows = await signedAt(control, reading.number);
    if (seen?.number === reading.number && canonicalJson(seen.abort) !== canonicalJson(rows.abort))
      return { kind: 'aborted_meanwhile', still };
    seen = { number: reading.number, abort: rows.abort };
    const lifted = await liftable(ports, reading, upTo, word);
    const to = lifted.at(-1)?.number;
    if (to === undefined) return { kind: 'stopped_since', still };
    const { by, reason } = word;
    const signed: Resume = { format: 1, from: reading.number, to, by, at: isoOf(ports.now()), reason };
    const envelope = await seal(payloadTypes.resume, signed, ports.sign);
    if (!(await control.putSigned('resume', reading.number, envelope, rows))) continue;
    const about = `${reading.number}-${to}`;
    await record(ports.writer, word, { word: 'resume', about, by, reason, envelope });
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
  { control, now }: SwitchPorts,
  { number }: SwitchReading,
  upTo: number | null,
  word: SwitchWord,
): Promise<NumberedStop[]> {
  const there = await control.stops(number);
  const end = there.findIndex((stop) => (upTo === null ? cameSince(stop, word, now()) : stop.number > upTo));
  return end === -1 ? there : there.slice(0, end);
}
