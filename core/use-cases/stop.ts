/** Stopping everything: a numbered stop, on demand a signed abort beside it, and an answer only when nothing is sent any more. */
import { sendBySeconds } from '../burn.ts';
import { type Envelope, payloadTypes, seal } from '../dsse.ts';
import { type Abort, putStop, readSwitch, type StopReading, type SwitchReading } from '../incident/kill-switch.ts';
import { redact } from '../redact.ts';
import { notAllowedText, type Stopped, stopWordsOf } from '../report/switch.ts';
import { isoOf } from '../time.ts';
import { mayRefusal, type SwitchPolicy } from './may-switch.ts';
import { mostTries, record, type SwitchPorts, type SwitchWord, signedAt } from './switch-ports.ts';

/** Seconds by which a clock may jump, or a request that was cut off may still be on the wire. */
export const skewSeconds = 5;

/**
 * Stops, and answers when no send can begin any more: a dispatch that was burnt before the stop goes out within
 * `sendBySeconds` of its burn or never, and none is burnt after it. That is waited for in any case. Which dispatches are
 * burnt is in nobody's list that only `execute` writes, and how a send ended only in entries that ten functions may write:
 * neither shortens the wait. Everybody whom the policy names may stop: where an abort is asked for and cannot be, it is
 * stopped, and said why no more. Throws when it is not known that it is stopped.
 */
export async function stop(
  ports: SwitchPorts,
  policy: SwitchPolicy,
  word: SwitchWord,
  { abort }: { readonly abort: boolean },
): Promise<Stopped> {
  const { reading, isKnown } = await stopped(ports, word, word.id);
  // A word that was heard before, and whose stop somebody lifted since, is over: it neither stops nor aborts once more.
  const isOver = isKnown && !reading.stopped;
  const aborted = abort && !isOver ? await abortingIfAllowed(ports, policy, word) : null;
  const { by, reason } = word;
  const envelope = aborted?.kind === 'aborted' ? { envelope: aborted.envelope } : {};
  // Of what is over the number at which the switch stands now was never stopped by this word.
  const recorded = isOver
    ? null
    : record(ports.writer, word, {
        word: aborted?.kind === 'aborted' ? 'abort' : 'stop',
        about: String(aborted?.kind === 'aborted' ? aborted.abort.number : reading.number),
        by,
        reason,
        ...envelope,
      });
  await Promise.all([recorded, ports.sleep((sendBySeconds + skewSeconds) * 1000)]);
  const now = await readSwitch(ports.control, ports.publicKey);
  return {
    kind: now.stopped ? 'stopped' : 'lifted',
    stop: stopWordsOf(now),
    abort: aborted?.kind === 'aborted' ? aborted.abort : null,
    notAborted: aborted?.kind === 'not_aborted' ? aborted.why : null,
    isRepeated: aborted?.kind === 'aborted' ? aborted.isKnown : isKnown,
  };
}

/** A stop that is in force, whoever put it, is all that is wanted: also where the answer to putting one's own was lost. */
async function stopped(
  { control, publicKey, now }: SwitchPorts,
  { by, reason }: SwitchWord,
  eventId: string,
): Promise<{ reading: SwitchReading; isKnown: boolean }> {
  let put: StopReading;
  try {
    put = await putStop(control, publicKey, { eventId, by: by.name, why: reason, at: isoOf(now()) });
  } catch (error) {
    const reading = await readSwitch(control, publicKey);
    if (reading.stopped) return { reading, isKnown: false };
    throw error;
  }
  return { reading: put, isKnown: put.isKnown };
}

type Aborted =
  | { readonly kind: 'aborted'; readonly abort: Abort; readonly envelope: Envelope; readonly isKnown: boolean }
  | { readonly kind: 'not_aborted'; readonly why: string };

/** What fails here must not hide that it is stopped already. */
async function abortingIfAllowed(ports: SwitchPorts, policy: SwitchPolicy, word: SwitchWord): Promise<Aborted> {
  try {
    const refusal = await mayRefusal(ports, policy, word.by, 'abort');
    return refusal ? { kind: 'not_aborted', why: notAllowedText(refusal) } : await aborting(ports, word);
  } catch (error) {
    const why = redact(error instanceof Error ? error.message : String(error)).slice(0, 200);
    return { kind: 'not_aborted', why: `${why}. Say it again.` };
  }
}

/** Signs an abort at the number at which the switch stands, where a resume moves it on meanwhile at the next one. */
async function aborting(ports: SwitchPorts, word: SwitchWord): Promise<Aborted> {
  const { control, publicKey, sign } = ports;
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const before = await readSwitch(control, publicKey);
    // A word that was heard before is not said anew when its abort was lifted since.
    if (before.aborted?.eventId === word.id) {
      const envelope = (await control.abort(before.aborted.number)) as Envelope;
      return { kind: 'aborted', abort: before.aborted, envelope, isKnown: true };
    }
    const { number } = before.stopped ? before : (await stopped(ports, word, `${word.id}-${tries}`)).reading;
    const rows = await signedAt(control, number);
    const { id: eventId, by, reason } = word;
    const abort: Abort = { format: 1, number, eventId, by, at: isoOf(ports.now()), reason };
    const envelope = await seal(payloadTypes.abort, abort, sign);
    if (!(await control.putSigned('abort', number, envelope, rows))) continue;
    const after = await readSwitch(control, publicKey);
    if (after.aborted?.eventId === eventId) return { kind: 'aborted', abort, envelope, isKnown: false };
  }
  throw new Error(`others lifted or aborted at the same moment, ${mostTries} times`);
}
