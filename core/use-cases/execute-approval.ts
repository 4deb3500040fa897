/** Whether a dispatch may go out: by enough genuine votes on exactly these bytes, or unasked, when SSM agrees on what ran before. */
import { areWithinPolicy, buildQuestion } from '../approval/build.ts';
import { differences } from '../approval/differences.ts';
import type { QuestionRecord, StoredQuestion } from '../approval/record.ts';
import { checkApproval } from '../approval/rules.ts';
import { genuineVotes } from '../approval/votes.ts';
import type { Derived } from '../derive/derive.ts';
import { foldedOutcome, hostOutcome } from '../derive/outcome.ts';
import { canonicalJson, sha256 } from '../digest.ts';
import { isAborted } from '../incident/kill-switch.ts';
import { type DispatchProgress, isMutation } from '../incident/progress.ts';
import type { Situation } from '../incident/situation.ts';
import { type SuspensionReading, suspendedAmong } from '../incident/suspension.ts';
import { wavesOf } from '../incident/waves.ts';
import type { Person } from '../person.ts';
import { questionDigest } from '../question.ts';
import { riskAtLeast } from '../words.ts';
import type { Denied, ExecutePorts, Granted } from './execute-ports.ts';
import { commandOf } from './sent-command.ts';

/** Without a signature: what only reads, or a standing approval; then SSM itself is asked how earlier changes ended. */
export async function unasked(ports: ExecutePorts, situation: Situation, derived: Derived): Promise<Granted | Denied> {
  const { document } = situation.compiled;
  const granted = { question: null, by: [], votes: [], document: { name: document.name, digest: document.digest } };
  if (!riskAtLeast(derived.verdict.level, 'modifying')) return granted;
  const changes = situation.progress.dispatches.filter(isMutation);
  return (await contradictions(ports, situation, changes)) ?? granted;
}

async function contradictions(
  ports: ExecutePorts,
  situation: Situation,
  changes: readonly DispatchProgress[],
): Promise<Denied | null> {
  const told = await Promise.all(changes.map((known) => contradiction(ports, situation, known)));
  return told.find((one) => one?.denied === 'refused') ?? told.find((one) => one !== null) ?? null;
}

/**
 * A later wave needs no new signature, so it needs Systems Manager's own word on the wave before it; and so does a further
 * attempt on those before it, since people signed it because they had failed.
 */
function sentBefore(ports: ExecutePorts, situation: Situation, { dispatch }: Derived): Promise<Denied | null> {
  const { progress } = situation;
  const last = wavesOf(progress, dispatch).filter((known) => known.dispatch.wave === dispatch.wave - 1);
  const { step, part, attempt } = dispatch;
  const attempts = progress.dispatches.filter(
    (known) =>
      part === 'run' &&
      known.dispatch.step === step &&
      known.dispatch.part === 'run' &&
      known.dispatch.attempt < attempt,
  );
  return contradictions(ports, situation, [...last, ...attempts.filter(isMutation).filter(isKnown)]);
}

/** What nobody knows the end of, and was told as that, Systems Manager may have come to know. */
function isKnown({ finished }: DispatchProgress): boolean {
  const ends = [finished?.outcome, ...(finished?.results ?? []).map(({ outcome }) => outcome)];
  return !ends.includes('unknown');
}

/** The chain's word on how a command ended is not enough to go on without a signature: ten functions may write it. */
async function contradiction(
  ports: ExecutePorts,
  { incidentId, compiled }: Situation,
  known: DispatchProgress,
): Promise<Denied | null> {
  // Only a manual step is confirmed and not sent; of every other one a confirmation is nobody's honest word.
  if (!known.burn || known.burn.scriptHash === sha256('')) return null;
  const { step, wave, attempt } = known.dispatch;
  const more = [...(attempt > 1 ? [`attempt ${attempt}`] : []), ...(wave > 1 ? [`wave ${wave}`] : [])];
  const name = more.length > 0 ? `step ${step} (${more.join(', ')})` : `step ${step}`;
  const commandId = await commandOf(ports, compiled.document.name, incidentId, known);
  if (!commandId)
    return known.finished?.outcome === 'not_started'
      ? null
      : { denied: 'refused', why: `Systems Manager knows no command of ${name}, so it is not known how it ended` };
  const hosts = (await Promise.all(known.burn.targets.map((target) => ports.invocation(commandId, target)))).map(
    hostOutcome,
  );
  const ended = hosts.filter((host) => host !== 'running');
  if (ended.length < hosts.length) return { denied: 'stale', why: `${name} is still running on a host` };
  const outcome = foldedOutcome(ended);
  return outcome === known.finished?.outcome
    ? null
    : {
        denied: 'refused',
        why: `the audit says that ${name} ${known.finished?.outcome ?? 'has no end'}, Systems Manager says ${outcome}`,
      };
}

/**
 * How those stand who answered a question, as far as its own row says who. It may be read beside everything else: whoever
 * is suspended afterwards has a number that the burn demands to be absent.
 */
export async function standingOfVoters(
  ports: ExecutePorts,
  stored: StoredQuestion | null,
): Promise<readonly SuspensionReading[]> {
  const record = stored?.record;
  if (!record || record.votes.length === 0) return [];
  const votes = genuineVotes(record.votes, record.digest, await ports.publicKey());
  return ports.suspensions(votes.map(({ vote }) => vote.by.name));
}

/** @param known What was read of the voters already; of others it is read here. */
export async function approvalOf(
  ports: ExecutePorts,
  situation: Situation,
  derived: Derived,
  stored: StoredQuestion | null,
  known: readonly SuspensionReading[],
): Promise<Granted | Denied> {
  const told = await sentBefore(ports, situation, derived);
  if (told) return told;
  const record = stored?.record;
  if (!stored || !record)
    return { denied: 'stale', why: 'there is no question of this release about it; it is asked anew' };
  const own = await rebuilt(ports, situation, derived, record);
  const changed = differences(record.question, own);
  if (changed.length > 0) return { denied: 'stale', why: changed.join('; ') };
  if (!areWithinPolicy(record.question, situation, derived))
    return { denied: 'refused', why: 'the question lives longer than the policy allows' };
  const { policy } = situation.compiled;
  const digest = questionDigest(own);
  // Whoever may write Control could leave out a word there; what the chain holds of it still counts.
  const said = situation.spoken.filter(({ question }) => question === digest).map(({ envelope }) => envelope);
  const given = new Map([...record.votes, ...said].map((envelope) => [canonicalJson(envelope), envelope]));
  const cast = given.size > 0 ? genuineVotes([...given.values()], digest, await ports.publicKey()) : [];
  // What was approved before an abort is revoked by it, also after a resume.
  const votes = cast.filter(({ vote }) => !isAborted(situation.kill, vote.at));
  const others = votes.map(({ vote }) => vote.by.name).filter((voter) => !known.some(({ name }) => name === voter));
  const standing = [...known, ...(others.length > 0 ? await ports.suspensions(others) : [])];
  const check = checkApproval(
    own,
    votes,
    { people: policy.people, suspended: suspendedAmong(standing) },
    situation.now,
  );
  if (!check.approved) return { denied: check.cause === 'rejected' ? 'refused' : 'stale', why: check.why };
  return {
    question: { sortKey: stored.sortKey, digest, voters: votersOf(check.by, standing) },
    by: check.by,
    votes: check.votes.map(({ envelope }) => envelope),
    document: own.document,
  };
}

/** Whose suspension, by its number, must be absent when it is burnt. */
function votersOf(by: readonly Person[], standing: readonly SuspensionReading[]) {
  return standing
    .filter(({ name }) => by.some((person) => person.name === name))
    .map(({ name, number }) => ({ name, number }));
}

/** The question as the kernel itself would ask it, with the document of the request while that exists unchanged. */
async function rebuilt(ports: ExecutePorts, situation: Situation, derived: Derived, { question }: QuestionRecord) {
  const { compiled } = situation;
  const current = { name: compiled.document.name, digest: compiled.document.digest };
  const isCurrent = question.document.name === current.name && question.document.digest === current.digest;
  const document = isCurrent || (await ports.documentIs(question.document)) ? question.document : current;
  const { revision, nonce, createdAt, expiresAt } = question;
  return buildQuestion(situation, derived, { revision, nonce, createdAt, expiresAt, document });
}
