/** What close finds out for itself about an incident: chain, burns, subject and alarm. Nothing here throws on an entry. */
import type { Alarm } from '../alarm/alarm.ts';
import { parseAlarmArn } from '../alarm/envelope.ts';
import type { AuditWriter } from '../audit/append.ts';
import { type ChainReading, disbelief, readChain } from '../audit/chain.ts';
import type { DispatchesReader } from '../burn.ts';
import type { Compiled } from '../compiled.ts';
import type { Invocation } from '../derive/outcome.ts';
import { dispatchName } from '../dispatch.ts';
import { byHandWords, doneByHand } from '../incident/by-hand.ts';
import { type Burns, type DispatchProgress, mutations, type Progress, progressOf } from '../incident/progress.ts';
import { provenSubject, readBurns } from '../incident/situation.ts';
import { spokenIn } from '../incident/spoken.ts';
import { asLookedAt, changesToLookAt, type Look } from '../report/ended.ts';
import { incidentHead } from '../report/incident-head.ts';
import type { ChannelMessage } from '../report/message.ts';
import type { ClosingFacts } from '../report/summary.ts';
import type { Ending, Findings } from '../report/told.ts';
import type { Proof } from '../report/words.ts';
import { incidentIdOf, type Subject } from '../subject.ts';
import { epochOrNull } from '../time.ts';
import type { IncidentRow } from './opening.ts';
import { commandOf } from './sent-command.ts';

export interface ScenePorts {
  readonly writer: Pick<AuditWriter, 'store'>;
  readonly dispatches: DispatchesReader;
  /** What the work table says the incident is about; believed only if it hashes to the incident's id. */
  incidentRow(incidentId: string): Promise<IncidentRow | null>;
  alarm(alarmArn: string, contributorId: string | null): Promise<Alarm | null>;
  /** Whether an error of AWS is one that passes, as a throttle does. */
  isPassing(error: unknown): boolean;
  /** A command's id by the dispatch key in its comment; null when SSM knows none. */
  findCommand(document: string, key: string): Promise<string | null>;
  invocation(commandId: string, target: string): Promise<Invocation>;
  now(): number;
}

export interface ClosingScene {
  readonly incidentId: string;
  readonly chain: ChainReading;
  /** Why the chain must not be believed; null when it may be. */
  readonly broken: string | null;
  /** Null when they could not be read: then an intent counts as burnt. */
  readonly burns: Burns | null;
  readonly progress: Progress;
  /** What hashes to the incident's id, from the chain or else from the work table. */
  readonly subject: Subject | null;
  /** Null when nobody knows it, or CloudWatch does not answer: closing must not fail for want of a word. */
  readonly alarm: Alarm | null;
  /** Nothing was ever opened under this id: no chain, and no row that hashes to it. */
  readonly isNothing: boolean;
}

/** Reads it. Throws when Audit or Work does not answer; when CloudWatch will answer in a while; and Dispatches, where nothing else tells whether there is an incident. */
export async function readScene(ports: ScenePorts, incidentId: string): Promise<ClosingScene> {
  const items = await ports.writer.store.items(incidentId);
  const chain = readChain(incidentId, items);
  const reading = readBurns(ports, incidentId, chain);
  const burns = items.length === 0 ? await reading : await reading.catch(() => null);
  const progress = progressOf(chain.entries, burns);
  const subject = provenSubject(incidentId, progress) ?? (await subjectOfRow(ports, incidentId));
  const isGone = items.length === 0 && burns !== null && burns.burns.length > 0;
  return {
    incidentId,
    chain,
    broken: isGone ? 'the audit of this incident is empty, although something was sent' : disbelief(chain),
    burns,
    progress,
    subject,
    alarm: await alarmNow(ports, subject, chain),
    isNothing: items.length === 0 && subject === null && !isGone,
  };
}

/** The subject of the work table's row, when it is what gave this incident its id. */
export async function subjectOfRow(
  ports: Pick<ScenePorts, 'incidentRow'>,
  incidentId: string,
): Promise<Subject | null> {
  const row = await ports.incidentRow(incidentId);
  return row && incidentIdOf(row.subject) === incidentId ? row.subject : null;
}

/** For how long after its last entry an incident waits to be closed until CloudWatch answers, in milliseconds. */
const longestWaitForAlarm = 600_000;

/** That an alarm cannot be read now is no word on it: whoever closes asks again, for a while. */
async function alarmNow(ports: ScenePorts, subject: Subject | null, chain: ChainReading): Promise<Alarm | null> {
  if (subject?.kind !== 'alarm') return null;
  try {
    return await ports.alarm(subject.alarmArn, subject.contributorId);
  } catch (error) {
    const waits = ports.now() - (epochOrNull(chain.entries.at(-1)?.at ?? '') ?? 0);
    if (ports.isPassing(error) && waits < longestWaitForAlarm) throw error;
    return null;
  }
}

/** The same with what Systems Manager says of every change; the first time it does not answer ends the asking. */
export async function lookedAt(ports: ScenePorts, scene: ClosingScene, compiled: Compiled): Promise<ClosingScene> {
  const { incidentId, progress, broken } = scene;
  const looks = new Map<string, Look>();
  for (const known of broken === null ? changesToLookAt(progress) : []) {
    const look = await lookAt(ports, incidentId, compiled, known).catch(() => undefined);
    if (look === undefined) break;
    looks.set(dispatchName(known.dispatch), look);
  }
  return { ...scene, progress: asLookedAt(progress, looks) };
}

/** By the comment alone: the command's id in the chain may be another command's, which ended otherwise. */
async function lookAt(
  ports: ScenePorts,
  incidentId: string,
  { document }: Compiled,
  known: DispatchProgress,
): Promise<Look> {
  const commandId = await commandOf(ports, document.name, incidentId, known);
  if (!commandId) return null;
  return Promise.all((known.burn?.targets ?? []).map((target) => ports.invocation(commandId, target)));
}

/** What speaks for or against a claim of how it ended. */
export function findingsOf(
  { incidentId, chain, broken, progress, alarm }: ClosingScene,
  compiled: Compiled,
  key: string | null,
): Findings {
  const spoken = spokenIn(incidentId, chain.entries, key);
  const byHand = byHandWords(doneByHand(progress, spoken));
  return {
    broken,
    alarm,
    changed: byHand ?? (mutations(progress).length > 0 ? 'something may have been changed' : null),
    mode: compiled.policy.mode,
    isRejected: spoken.some(({ word }) => word === 'reject'),
  };
}

/** What tells whether something ran. */
export function proofOf({ broken, burns }: Pick<ClosingScene, 'broken' | 'burns'>): Proof {
  if (broken === null) return 'audit';
  return burns === null ? 'nothing' : 'burns';
}

/** What the closing message is made of. */
export function closingFacts(
  scene: ClosingScene,
  compiled: Compiled,
  ending: Ending,
  key: string | null,
  now: number,
): ClosingFacts {
  const { incidentId, chain, broken, burns, progress, subject, alarm } = scene;
  const about = subject?.kind === 'alarm' ? subject : null;
  const since = about && epochOrNull(about.stateChangedAt);
  return {
    incidentId,
    compiled,
    ending,
    alarmName: (about && parseAlarmArn(about.alarmArn)?.name) ?? 'unknown',
    subject,
    alarm,
    entries: chain.entries,
    progress,
    proof: proofOf(scene),
    answers: broken === null ? spokenIn(incidentId, chain.entries, key) : [],
    burntQuestions: (burns?.burns ?? []).flatMap(({ questionDigest }) => questionDigest ?? []),
    seconds: since === null ? null : Math.max(0, Math.round((now - since) / 1000)),
  };
}

/** The first message of a thread, from what is known of the incident. */
export function headOf(
  scene: ClosingScene,
  compiled: Compiled,
  ending: Ending | null,
  key: string | null,
): ChannelMessage {
  const { incidentId, subject, chain, progress } = scene;
  const { entries } = chain;
  const spoken = spokenIn(incidentId, entries, key);
  return {
    kind: 'head',
    head: incidentHead({ incidentId, compiled, subject, entries, progress, spoken, proof: proofOf(scene), ending }),
  };
}
