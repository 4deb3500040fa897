/** Trying again: a person's word about a closed incident becomes a signed word, and triage is woken to open the next round. */

import { notNamed } from '../approval/rules.ts';
import { personOf } from '../approval/votes.ts';
import type { AuditStore } from '../audit/append.ts';
import { disbelief, readChain } from '../audit/chain.ts';
import type { Compiled } from '../compiled.ts';
import { payloadTypes, type Sign, seal } from '../dsse.ts';
import type { PublicKey } from '../incident/kill-switch.ts';
import { progressOf } from '../incident/progress.ts';
import {
  endRefusal,
  mayAsk,
  mostRounds,
  nextRound,
  openRetry,
  type Retry,
  type RetryReader,
} from '../incident/retry.ts';
import { provenSubject } from '../incident/situation.ts';
import type { Person } from '../person.ts';
import { incidentIdOf } from '../subject.ts';
import { isoOf } from '../time.ts';
import { subjectOfRow } from './closing-scene.ts';
import { type Members, membershipRefusal } from './membership.ts';
import type { IncidentRow } from './opening.ts';
import type { Heard, Said, TellBack } from './said.ts';

/** Words that begin incidents, in Control. */
export interface RetryStore extends RetryReader {
  /**
   * Puts it where `replaced` is (null = nothing), as it was read; false = something else is there. Recognises its own where
   * the answer was lost.
   */
  putRetry(incidentId: string, envelope: unknown, replaced: unknown): Promise<boolean>;
}

export interface RetryPorts {
  readonly writer: { readonly store: Pick<AuditStore, 'items'> };
  readonly control: RetryStore;
  readonly tellBack: TellBack;
  readonly members: Members;
  readonly sign: Sign;
  readonly publicKey: PublicKey;
  incidentRow(incidentId: string): Promise<IncidentRow | null>;
  /** Wakes triage for the incident that shall begin; without waiting for it. */
  begin(incidentId: string): Promise<void>;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * Signs and writes the word first, then wakes triage, which asks CloudWatch whether the alarm is still on. The same word
 * again, or this called again after a crash, wakes it once more, which opens nothing twice. Whoever spoke is told in any
 * case.
 */
export async function retry(ports: RetryPorts, compiled: Compiled, said: Said): Promise<Heard> {
  const { outcome, text } = await asked(ports, compiled, said);
  await ports.tellBack(said, text);
  return { outcome, status: null };
}

interface Asked {
  readonly outcome: Heard['outcome'];
  readonly text: string;
}

async function asked(
  ports: RetryPorts,
  { policy, runbooks }: Compiled,
  { reference: incidentId, by, runbook = null }: Said,
): Promise<Asked> {
  const no = (text: string): Asked => ({ outcome: 'refused', text });
  const person = personOf(policy.people, by);
  if (person === null) return no(notNamed);
  const slack = policy.people.find(({ name }) => name === person.name)?.slack ?? null;
  const outsider = await membershipRefusal(ports.members, by, { name: person.name, slack }, {});
  if (outsider !== null) return no(outsider);
  if (runbook !== null && !runbooks.some(({ id }) => id === runbook))
    return no(`There is no runbook ${runbook} here: ${runbooks.map(({ id }) => id).join(', ')}.`);
  const chain = readChain(incidentId, await ports.writer.store.items(incidentId));
  const broken = disbelief(chain);
  const refusal = endRefusal(chain.entries, broken, runbook);
  if (refusal !== null) return no(refusal);
  const proven = broken === null ? provenSubject(incidentId, progressOf(chain.entries)) : null;
  const subject = nextRound(proven ?? (await subjectOfRow(ports, incidentId)), runbook);
  if (subject === null)
    return no(`There is no further plan for this change of the alarm: ${mostRounds} at most. Go on by hand.`);
  if (!mayAsk(subject, policy, person)) return no('You may not approve here, and so not ask for a new plan.');
  const next = incidentIdOf(subject);
  const word: Retry = { format: 1, subject, by: person, at: isoOf(ports.now()) };
  const earlier = await saidBefore(ports, next, word);
  await ports.begin(next);
  if (earlier === null)
    return {
      outcome: 'counted',
      text: 'A new plan is made if CloudWatch says that the alarm is still on; it begins a thread of its own.',
    };
  const { closed } = progressOf(readChain(next, await ports.writer.store.items(next)).entries);
  const who = earlier.name === person.name ? 'You' : earlier.name;
  return {
    outcome: 'repeated',
    text: `${who} asked for a new plan already: ${next}${closed ? ` ended as ${closed.status}` : ''}.`,
  };
}

/** Who said it before; null = this word counts. What is not genuine counts as absent. */
async function saidBefore({ control, sign, publicKey }: RetryPorts, next: string, word: Retry): Promise<Person | null> {
  const genuine = async (envelope: unknown) =>
    envelope === null ? null : openRetry(envelope, next, await publicKey());
  const there = await control.retry(next);
  const before = await genuine(there);
  if (before) return before.by;
  if (await control.putRetry(next, await seal(payloadTypes.retry, word, sign), there)) return null;
  const other = await genuine(await control.retry(next));
  if (other === null) throw new Error(`decide: somebody writes into the row RETRY of ${next} in Control; try again`);
  return other.by;
}
