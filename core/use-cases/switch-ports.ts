/** What the kill switch's use cases need from outside, and what they share. */
import { type AuditWriter, appendOfDay } from '../audit/append.ts';
import type { EventOf } from '../audit/entry.ts';
import { digest } from '../digest.ts';
import type { Sign } from '../dsse.ts';
import type { PublicKey, SignedRows, SwitchStore } from '../incident/kill-switch.ts';
import type { SuspensionStore } from '../incident/suspension.ts';
import type { Person } from '../person.ts';
import { epochOrNull } from '../time.ts';
import type { Members } from './membership.ts';

export interface SwitchPorts {
  readonly writer: AuditWriter;
  /** Slack's word on whoever speaks. */
  readonly members: Members;
  readonly control: SwitchStore & SuspensionStore;
  readonly sign: Sign;
  readonly publicKey: PublicKey;
  sleep(milliseconds: number): Promise<void>;
  /** Epoch milliseconds. */
  now(): number;
}

/** One person's word, proven and named by the policy. */
export interface SwitchWord {
  readonly by: Person;
  /** The same however often it is delivered. */
  readonly id: string;
  /** When it was said, epoch milliseconds: what came later was not seen. */
  readonly saidAt: number;
  /** Without secrets. */
  readonly reason: string;
}

/**
 * Whether a row was put after a word was said, so that whoever said it has not seen it. A time that is none, or lies in the
 * future, is no time of ours: such a row would else bar everybody for ever.
 */
export function cameSince({ at }: { readonly at: string }, { saidAt }: SwitchWord, now: number): boolean {
  const put = epochOrNull(at);
  return put !== null && saidAt < put && put <= now;
}

/** How often a signed word is tried again where others write at the same number. */
export const mostTries = 5;

/** Both signed rows at a number, as they lie there. */
export async function signedAt(control: SwitchStore, number: number): Promise<SignedRows> {
  const [resume, abort] = await Promise.all([control.resume(number), control.abort(number)]);
  return { resume, abort };
}

/**
 * Records a word once, however often it is delivered. It counts by what lies in Control, which nobody deletes: an audit that
 * takes no entry does not take it back.
 */
export async function record(
  writer: AuditWriter,
  { id }: Pick<SwitchWord, 'id'>,
  said: Omit<EventOf<'switch_said'>, 'kind'>,
): Promise<void> {
  const entryId = digest('switch-said/v1', [id, said.word]).slice(0, 32);
  await appendOfDay(writer, { kind: 'switch_said', ...said }, entryId).catch(() => {});
}
