/** Stopping everything: a numbered stop, on demand a signed abort beside it, and an answer only when nothing is sent any more. */
import { sendBySeconds } from '../burn.ts';
import { payloadTypes, seal } from '../dsse.ts';
import {
  type Abort,
  openAbort,
  putStop,
  readSwitch,
  type StopReading,
  type SwitchReading,
} from '../incident/kill-switch.ts';
import { whoMay } from '../policy/kill-switch.ts';
import type { Policy } from '../policy/schema.ts';
import { type NotAllowed, type Stopped, stopWordsOf } from '../report/switch.ts';
import { isoOf } from '../time.ts';
import { mostTries, record, type SwitchPorts, type SwitchWord, signedAt } from './switch-ports.ts';

/** Seconds by which a clock may jump, or a request that was cut off may still be on the wire. */
export const skewSeconds = 5;

/**
 * Stops, and answers when no send can begin any more: a dispatch that was burnt before the stop goes out within
 * `sendBySeconds` of its burn or never, and none is burnt after it. That is waited for in any case. Which dispatches are
 * burnt is in nobody's list that only `execute` writes, and how a send ended only in entries that ten functions may write:
 * neither shortens the wait. Throws when it is not known that it is stopped.
 */
export async function stop(
  ports: SwitchPorts,
  policy: Pick<Policy, 'approvers' | 'groups' | 'kill_switch'>,
  word: SwitchWord,
  { abort }: { readonly abort: boolean },
): Promise<Stopped | NotAllowed> {
  if (abort && !whoMay(policy, 'abort').includes(word.by.name))
    return { kind: 'not_allowed', who: whoMay(policy, 'abort') };
  const { reading, isRepeated } = await stopped(ports, word, word.id);
  const aborted = abort ? await aborting(ports, word) : null;
  const said = { by: word.by, reason: word.reason };
  const recorded = isRepeated
    ? Promise.resolve()
    : record(ports.writer, {
        word: abort ? 'abort' : 'stop',
        about: String(aborted?.abort.number ?? reading.number),
        ...said,
        ...(aborted ? { envelope: aborted.envelope } : {}),
      });
  await Promise.all([recorded, ports.sleep((sendBySeconds + skewSeconds) * 1000)]);
  const now = await readSwitch(ports.control, ports.publicKey);
  return {
    kind: now.stopped ? 'stopped' : 'lifted',
    stop: stopWordsOf(now),
    abort: aborted?.abort ?? null,
    isRepeated,
  };
}

/** A stop that is in force, whoever put it, is all that is wanted: also where the answer to putting one's own was lost. */
async function stopped(
  { control, publicKey, now }: SwitchPorts,
  { by, reason }: SwitchWord,
  eventId: string,
): Promise<{ reading: SwitchReading; isRepeated: boolean }> {
  let put: StopReading;
  try {
    put = await putStop(control, publicKey, { eventId, by: by.name, why: reason, at: isoOf(now()) });
  } catch (error) {
    const reading = await readSwitch(control, publicKey);
    if (reading.stopped) return { reading, isRepeated: false };
    throw error;
  }
  return { reading: put, isRepeated: put.isKnown };
}

/** Signs an abort at the number at which the switch stands, where a resume moves it on meanwhile at the next one. */
async function aborting(
  ports: SwitchPorts,
  word: SwitchWord,
): Promise<{ abort: Abort; envelope: Awaited<ReturnType<typeof seal>> }> {
  const { control, publicKey, sign } = ports;
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const before = await readSwitch(control, publicKey);
    const { number } = before.stopped ? before : (await stopped(ports, word, `${word.id}-${tries}`)).reading;
    const rows = await signedAt(control, number);
    const there = rows.abort === null ? null : openAbort(rows.abort, number, await publicKey());
    if (there?.eventId === word.id) return { abort: there, envelope: rows.abort as Awaited<ReturnType<typeof seal>> };
    const { id: eventId, by, reason } = word;
    const abort: Abort = { format: 1, number, eventId, by, at: isoOf(ports.now()), reason };
    const envelope = await seal(payloadTypes.abort, abort, sign);
    if (!(await control.putSigned('abort', number, envelope, rows))) continue;
    const after = await readSwitch(control, publicKey);
    if (after.aborted?.eventId === word.id) return { abort, envelope };
  }
  throw new Error(
    `kill switch: it is stopped, but others lifted or aborted at the same moment, ${mostTries} times; nothing was aborted`,
  );
}
