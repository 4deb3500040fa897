/** What the kill switch's use cases need from outside, and what they share. */
import { type AuditWriter, appendOfDay } from '../audit/append.ts';
import type { EventOf } from '../audit/entry.ts';
import type { Sign } from '../dsse.ts';
import type { PublicKey, SignedRows, SwitchStore } from '../incident/kill-switch.ts';
import type { SuspensionStore } from '../incident/suspension.ts';
import type { Person } from '../person.ts';

export interface SwitchPorts {
  readonly writer: AuditWriter;
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
  /** Without secrets. */
  readonly reason: string;
}

/** How often a signed word is tried again where others write at the same number. */
export const mostTries = 5;

/** Both signed rows at a number, as they lie there. */
export async function signedAt(control: SwitchStore, number: number): Promise<SignedRows> {
  const [resume, abort] = await Promise.all([control.resume(number), control.abort(number)]);
  return { resume, abort };
}

/** The word counts by what lies in Control, which nobody deletes: an audit that takes no entry does not take it back. */
export async function record(writer: AuditWriter, said: Omit<EventOf<'switch_said'>, 'kind'>): Promise<void> {
  await appendOfDay(writer, { kind: 'switch_said', ...said }).catch(() => {});
}
