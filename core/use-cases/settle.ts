/** Settling: what a wait for people came to, read from the record and proven by signatures; a wake-up says nothing. */
import type { QuestionRecord, StoredQuestion } from '../approval/record.ts';
import { statusDoubt } from '../approval/rules.ts';
import { type GenuineVote, genuineVotes } from '../approval/votes.ts';
import { appendAll } from '../audit/append.ts';
import { type ChainReading, disbelief, readChain } from '../audit/chain.ts';
import type { AuditEvent } from '../audit/entry.ts';
import type { Compiled } from '../compiled.ts';
import type { Dispatch } from '../dispatch.ts';
import { isAborted, type PublicKey, type SwitchReading } from '../incident/kill-switch.ts';
import { findDispatch, progressOf } from '../incident/progress.ts';
import { historyLimits } from '../limits.ts';
import { wasPaged } from '../report/silence.ts';
import { type StopWords, stopWordsOf } from '../report/switch.ts';
import { epochOf } from '../time.ts';
import type { SettleDecision } from '../words.ts';
import { endCard, saidLast } from './end-card.ts';
import { type EscalatePorts, escalate } from './escalate.ts';
import type { Cards, ControlStore } from './ports.ts';
import { recordVotes } from './record-votes.ts';
import { redraw } from './redraw.ts';
import type { WaitStore } from './waits.ts';

export interface SettlePorts extends EscalatePorts {
  readonly control: Pick<ControlStore, 'latest' | 'read' | 'end' | 'delivered'>;
  readonly cards: Pick<Cards, 'post' | 'update' | 'reply'>;
  readonly waits: Pick<WaitStore, 'waitsSince'>;
  readonly publicKey: PublicKey;
  /** How the kill switch stands; a failing read throws. */
  kill(): Promise<SwitchReading>;
  /** Counts one more round of this incident in which its question was on no card, and returns how many there were. */
  countUndelivered(incidentId: string): Promise<number>;
}

/** One tick of asking. `again`: its question was lost to AWS and not to Slack, which is no round without a card. */
interface Round {
  readonly incidentId: string;
  readonly again: boolean;
  /** Whether the chain says that the alarm went off. */
  readonly isOff: boolean;
}

/** How a question stands: its row as it was read last, and what that means. */
interface Standing {
  readonly stored: StoredQuestion | null;
  readonly votes: readonly GenuineVote[];
  readonly decision: SettleDecision;
  /** Why, where no vote says it. */
  readonly why: string;
}

/**
 * Answers how the newest revision of a question stands: expires it when its time is over, shows it at its next level when
 * nobody answers, records votes that the chain
 * lacks, and appends the end of it once. A status that neither a genuine vote nor the clock explains is not believed: the
 * incident then ends as if the question could not be delivered, and a person is paged. Under a broken chain nothing is
 * written: the gate, which comes next, halts.
 */
export async function settle(
  ports: SettlePorts,
  compiled: Compiled,
  { incidentId, dispatch, again = false }: { incidentId: string; dispatch: Dispatch; again?: boolean },
): Promise<SettleDecision> {
  const [items, latest, kill] = await Promise.all([
    ports.writer.store.items(incidentId),
    ports.control.latest(incidentId, dispatch),
    ports.kill(),
  ]);
  const chain = readChain(incidentId, items);
  if (disbelief(chain) !== null) return 'answered';
  const { seen } = progressOf(chain.entries);
  const isOff = seen !== null && seen.state !== 'ALARM';
  const standing = await settled(ports, compiled, { incidentId, again, isOff }, latest);
  if (standing.stored?.record) await recordVotes(ports.writer, standing.stored.record.question, standing.votes, chain);
  // An abort ends the incident, whatever people said: the gate, which comes next, says so.
  if (isAborted(kill, progressOf(chain.entries).openedAt)) return 'answered';
  if (standing.decision !== 'waiting') await appendOnce(ports, compiled, chain, { incidentId, dispatch }, standing);
  else if (isAsked(standing.stored))
    await shown(ports, compiled, standing.stored, standing.votes, chain, stopWordsOf(kill)).catch(() => {});
  return standing.decision;
}

/** At the level that it has come to, with who approved so far. */
async function shown(
  ports: SettlePorts,
  { policy: { people } }: Compiled,
  asked: StoredQuestion & { readonly record: QuestionRecord },
  votes: readonly GenuineVote[],
  chain: ChainReading,
  stopped: StopWords | null,
): Promise<void> {
  const { stored, isPaged } = await escalate(ports, asked, chain);
  const paged = isPaged || wasPaged(chain.entries, asked.record.digest);
  await redraw(ports, stored, { votes, people, paged }, historyLimits.longestWaitSeconds, stopped);
}

function isAsked(stored: StoredQuestion | null): stored is StoredQuestion & { record: QuestionRecord } {
  return stored !== null && stored.record !== null && stored.places.length > 0;
}

async function settled(
  ports: SettlePorts,
  compiled: Compiled,
  round: Round,
  stored: StoredQuestion | null,
): Promise<Standing> {
  const record = stored?.record ?? null;
  if (!stored && (await waitsForRoom(ports, round))) return { stored, votes: [], decision: 'waiting', why: '' };
  if (!stored || !record) return undelivered(ports, round, stored, 'answered');
  const standing = await standingOf(ports, compiled, stored, record);
  if (standing.decision !== 'waiting') return standing;
  if (ports.now() >= epochOf(record.question.expiresAt)) return expire(ports, compiled, round, stored);
  return record.places.length > 0 ? standing : undelivered(ports, round, stored, 'waiting');
}

/** Minutes between two looks of the gate at what waits to be asked: a thousand would use up what CloudWatch answers an account. */
const gateMinutes = 15;

/** What was not asked, since there was no room to show it, is asked anew; where the alarm went off, and now and then, only if the gate still wants it. */
async function waitsForRoom({ waits, now }: SettlePorts, { incidentId, again, isOff }: Round): Promise<boolean> {
  const minute = Math.floor(now() / 60_000) + Number.parseInt(incidentId.slice(-4), 16);
  if (!again || isOff || minute % gateMinutes === 0) return false;
  return (await waits.waitsSince('question', incidentId)) !== null;
}

/** Who is suspended the kernel reads when it burns, and says so; a status that was right when it was written is no doubt. */
const nobody: ReadonlySet<string> = new Set();

/** What a record says, as far as it is proven; `waiting` for everything that is pending, expired or not. */
async function standingOf(
  ports: SettlePorts,
  { policy, policyDigest }: Compiled,
  stored: StoredQuestion,
  record: QuestionRecord,
): Promise<Standing> {
  const votes = record.votes.length > 0 ? genuineVotes(record.votes, record.digest, await ports.publicKey()) : [];
  const answer = (decision: SettleDecision, why = ''): Standing => ({ stored, votes, decision, why });
  const isCurrent = record.question.policyDigest === policyDigest;
  if (record.status === 'PENDING') return isCurrent ? answer('waiting') : answer('answered', 'the policy changed');
  if (record.status === 'APPROVED' && !isCurrent) return answer('answered', 'the policy changed');
  const doubt = statusDoubt(record, votes, { people: policy.people, suspended: nobody }, ports.now());
  if (doubt !== null) return answer('undeliverable', doubt);
  switch (record.status) {
    case 'APPROVED':
      return answer('approved');
    case 'REJECTED':
      return answer('rejected');
    case 'EXPIRED':
      return answer('expired');
    default:
      return answer('answered');
  }
}

/** Rounds of one incident without a card are bounded, if AWS was there to make one; what of them goes back to the gate is asked anew there. */
async function undelivered(
  ports: SettlePorts,
  { incidentId, again }: Round,
  stored: StoredQuestion | null,
  otherwise: 'waiting' | 'answered',
): Promise<Standing> {
  if (again) return { stored, votes: [], decision: otherwise, why: '' };
  const rounds = await ports.countUndelivered(incidentId);
  const isOver = rounds >= historyLimits.maximumUndeliveredRounds;
  return { stored, votes: [], decision: isOver ? 'undeliverable' : otherwise, why: '' };
}

/** APPROVED and EXPIRED are compare-and-set against PENDING: when the expiry loses, the winner is read and answered. */
async function expire(ports: SettlePorts, compiled: Compiled, round: Round, stored: StoredQuestion): Promise<Standing> {
  const isEnded = await ended(ports, stored);
  const now = await ports.control.read(stored);
  if (!now?.record) return undelivered(ports, round, now, 'answered');
  if (isEnded) await endCard(ports.cards, now, { status: 'EXPIRED', reason: 'Nobody decided in time.' }, ports.now());
  return standingOf(ports, compiled, now, now.record);
}

/** A lost answer is no lost race: what lies there says whether it was done. */
async function ended({ control }: SettlePorts, stored: StoredQuestion): Promise<boolean> {
  try {
    return await control.end(stored, 'EXPIRED');
  } catch (error) {
    if ((await control.read(stored))?.status === 'EXPIRED') return true;
    throw error;
  }
}

async function appendOnce(
  ports: SettlePorts,
  compiled: Compiled,
  chain: ChainReading,
  { incidentId, dispatch }: { incidentId: string; dispatch: Dispatch },
  { stored, votes, decision, why }: Standing,
): Promise<void> {
  if (decision === 'waiting') return;
  const requestDigest = stored?.record?.digest ?? null;
  const said = stored?.record ? saidLast(stored.record, votes) : { by: [], reason: '' };
  const asked = findDispatch(progressOf(chain.entries), dispatch);
  const known = (asked?.failure ?? asked)?.settled;
  if (known?.decision === decision && known.requestDigest === requestDigest) return;
  const settled: AuditEvent = {
    kind: 'approval_settled',
    dispatch,
    policyDigest: stored?.record?.question.policyDigest ?? compiled.policyDigest,
    requestDigest,
    decision,
    by: [...(said.by ?? [])],
    reason: why || said.reason,
  };
  // Without a doubt the cause of an undeliverable question is in the chain already: `request-approval` met it.
  const doubt: AuditEvent[] =
    decision === 'undeliverable' && why !== '' ? [{ kind: 'approval_undeliverable', dispatch, why }] : [];
  await appendAll(ports.writer, incidentId, [...doubt, settled], { head: chain.head });
}
