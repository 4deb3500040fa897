/** The kernel: derives everything again, checks signatures, burns the dispatch, and sends once. It believes nobody. */
import { areWithinPolicy, buildQuestion } from '../approval/build.ts';
import { differences } from '../approval/differences.ts';
import type { QuestionRecord, StoredQuestion } from '../approval/record.ts';
import { checkApproval } from '../approval/rules.ts';
import { genuineVotes } from '../approval/votes.ts';
import { AuditUnavailable, type AuditWriter, append } from '../audit/append.ts';
import { type EventOf, planDigest } from '../audit/entry.ts';
import {
  type Burn,
  type BurnAnswer,
  type BurnRequest,
  type DispatchesWriter,
  type Lease,
  sendBySeconds,
} from '../burn.ts';
import type { Compiled } from '../compiled.ts';
import { clockGraceSeconds, type Derived, deliveryTimeoutSeconds } from '../derive/derive.ts';
import { parametersDigest } from '../derive/frozen.ts';
import { foldedOutcome, hostOutcome, type Invocation } from '../derive/outcome.ts';
import { silenceSeconds } from '../derive/run-document.ts';
import { sha256 } from '../digest.ts';
import { type Dispatch, dispatchKey, sameDispatch } from '../dispatch.ts';
import type { Envelope } from '../dsse.ts';
import { decideNext } from '../gate/gate.ts';
import type { PublicKey } from '../incident/kill-switch.ts';
import { type DispatchProgress, findDispatch, isMutation } from '../incident/progress.ts';
import { readSituation, type Situation, type SituationPorts } from '../incident/situation.ts';
import type { Person } from '../person.ts';
import type { RiskTools } from '../policy/verdict.ts';
import { questionDigest } from '../question.ts';
import { redact } from '../redact.ts';
import { epochOf, isoOf } from '../time.ts';
import { type DispatchOutcome, riskAtLeast } from '../words.ts';
import { nextLease, nextSlots } from './burn-request.ts';

/** Exactly what is handed to Run Command. */
export interface Send {
  readonly incidentId: string;
  readonly dispatch: Dispatch;
  readonly script: string;
  readonly scriptHash: string;
  readonly targets: readonly string[];
  readonly document: { readonly name: string; readonly digest: string };
  readonly executionTimeoutSeconds: number;
  readonly deliveryTimeoutSeconds: number;
  /** Seconds since 1970 after which the host refuses. */
  readonly notAfter: number;
  /** The person in whose name it is sent: SourceIdentity in CloudTrail. */
  readonly onBehalfOf: string | null;
}

/** What came of a send: `not_sent` only when AWS certainly did not accept it. */
export type Sent =
  | { readonly kind: 'sent'; readonly commandId: string }
  | { readonly kind: 'not_sent'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

export interface ExecutePorts extends SituationPorts {
  readonly writer: AuditWriter;
  readonly dispatches: DispatchesWriter;
  /** The newest revision of a dispatch's question. */
  question(incidentId: string, dispatch: Dispatch): Promise<StoredQuestion | null>;
  readonly publicKey: PublicKey;
  /** Whether the document of this name exists and its content has this digest. */
  documentIs(document: Send['document']): Promise<boolean>;
  /**
   * Does all that takes time and proves nothing (credentials for exactly these targets, the document's hash), and returns
   * what sends once, without a retry. A throw means that nothing was sent.
   */
  prepare(send: Send): Promise<() => Promise<Sent>>;
  /** A command's id by the dispatch key in its comment; null when SSM knows none. */
  findCommand(document: string, key: string): Promise<string | null>;
  invocation(commandId: string, target: string): Promise<Invocation>;
}

export interface ExecuteAnswer {
  readonly outcome: DispatchOutcome;
  /** Seconds until the first look at the command. */
  readonly seconds: number;
}

/** Seconds until the first poll: SSM needs about one to start a command. */
export const firstPollSeconds = 2;

interface Granted {
  readonly question: { readonly sortKey: string; readonly digest: string } | null;
  readonly by: readonly Person[];
  readonly votes: readonly Envelope[];
  readonly document: Send['document'];
}
/** `stale` = asked anew; `refused` = the incident halts. */
interface Denied {
  readonly denied: 'refused' | 'stale';
  readonly why: string;
}

/**
 * Executes one dispatch if, read again now, it is this dispatch's turn and policy lets it proceed or enough people
 * signed exactly these bytes. Called again for the same dispatch it answers what is known and sends nothing twice. Every
 * refusal is appended with its reasons; a failing read or append throws, until the burn; from then on nothing does.
 */
export async function execute(
  ports: ExecutePorts,
  compiled: Compiled,
  tools: RiskTools,
  { incidentId, dispatch }: { incidentId: string; dispatch: Dispatch },
): Promise<ExecuteAnswer> {
  const situation = await readSituation(ports, compiled, incidentId);
  const known = findDispatch(situation.progress, dispatch);
  if (known && situation.broken === null) {
    if (known.finished) return { outcome: known.finished.outcome, seconds: 0 };
    if (known.confirmed) return { outcome: 'succeeded', seconds: 0 };
    if (known.burn) return { outcome: 'running', seconds: firstPollSeconds };
  }
  // The gate's rule is asked a second time because the machine's word that it is this dispatch's turn is not believed.
  const answer = decideNext(situation, tools);
  const why = answer.reasons.map(({ text }) => text).join('; ') || 'it is not this dispatch’s turn';
  if (situation.broken !== null) return { outcome: 'refused', seconds: 0 };
  if (answer.decision === 'wait') return refuse(ports, situation, dispatch, { denied: 'stale', why });
  const { derived } = answer;
  const isTurn = answer.dispatch !== null && sameDispatch(answer.dispatch, dispatch);
  if (!derived || !isTurn || (answer.decision !== 'proceed' && answer.decision !== 'ask'))
    return refuse(ports, situation, dispatch, { denied: 'refused', why });
  const granted =
    answer.decision === 'ask' ? await approvalOf(ports, situation, derived) : await unasked(ports, situation, derived);
  if ('denied' in granted) return refuse(ports, situation, dispatch, granted);
  return commit(ports, situation, derived, granted, known);
}

async function refuse(ports: ExecutePorts, situation: Situation, dispatch: Dispatch, { denied, why }: Denied) {
  await append(
    ports.writer,
    situation.incidentId,
    {
      kind: 'dispatch_refused',
      dispatch,
      outcome: denied,
      reasons: [{ rule: `execute.${denied}`, text: why.slice(0, 1000) }],
    },
    { head: situation.chain.head },
  );
  return { outcome: denied, seconds: 0 };
}

/** Without a signature: what only reads, or a standing approval; then SSM itself is asked how earlier changes ended. */
async function unasked(ports: ExecutePorts, situation: Situation, derived: Derived): Promise<Granted | Denied> {
  const { document } = situation.compiled;
  const granted = { question: null, by: [], votes: [], document: { name: document.name, digest: document.digest } };
  if (!riskAtLeast(derived.verdict.level, 'modifying')) return granted;
  for (const known of situation.progress.dispatches.filter(isMutation)) {
    const told = await contradiction(ports, situation, known);
    if (told) return told;
  }
  return granted;
}

/** The chain's word on how a command ended is not enough to go on without a signature: ten functions may write it. */
async function contradiction(
  ports: ExecutePorts,
  { incidentId, compiled }: Situation,
  known: DispatchProgress,
): Promise<Denied | null> {
  // Only a manual step is confirmed and not sent; of every other one a confirmation is nobody's honest word.
  if (!known.burn || known.burn.scriptHash === sha256('')) return null;
  const name = `step ${known.dispatch.step}`;
  const commandId = await ports.findCommand(compiled.document.name, dispatchKey(incidentId, known.dispatch));
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

async function approvalOf(ports: ExecutePorts, situation: Situation, derived: Derived): Promise<Granted | Denied> {
  const stored = await ports.question(situation.incidentId, derived.dispatch);
  const record = stored?.record;
  if (!stored || !record)
    return { denied: 'stale', why: 'there is no question of this release about it; it is asked anew' };
  const own = await rebuilt(ports, situation, derived, record);
  const changed = differences(record.question, own);
  if (changed.length > 0) return { denied: 'stale', why: changed.join('; ') };
  if (!areWithinPolicy(record.question, derived))
    return { denied: 'refused', why: 'the question lives longer than the policy allows' };
  const { policy } = situation.compiled;
  const digest = questionDigest(own);
  const votes = record.votes.length > 0 ? genuineVotes(record.votes, digest, await ports.publicKey()) : [];
  const check = checkApproval(own, votes, policy, situation.now);
  if (!check.approved) return { denied: check.cause === 'rejected' ? 'refused' : 'stale', why: check.why };
  return {
    question: { sortKey: stored.sortKey, digest },
    by: check.by,
    votes: check.votes.map(({ envelope }) => envelope),
    document: own.document,
  };
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

async function commit(
  ports: ExecutePorts,
  situation: Situation,
  derived: Derived,
  granted: Granted,
  known: DispatchProgress | undefined,
): Promise<ExecuteAnswer> {
  const send = sendOf(ports, situation, derived, granted, known);
  // Everything slow comes before the burn, so that a stop which is acknowledged meanwhile still counts.
  const sendOnce = send && (await ports.prepare(send));
  const intent = await intend(ports, situation, derived, granted, known, send?.notAfter ?? notAfterOf(ports));
  for (let tries = 1; ; tries += 1) {
    const burn = await burnOf(ports, situation, derived, granted, intent.id);
    if ('denied' in burn) return unlessBurnt(ports, situation, derived.dispatch, burn);
    const answer = await burning(ports, burn);
    if ('denied' in answer) return refuse(ports, situation, derived.dispatch, answer);
    if (answer.kind === 'burnt') return afterBurn(ports, situation, derived, burn.burn, sendOnce);
    if (answer.kind === 'used') return { outcome: 'running', seconds: firstPollSeconds };
    if (answer.kind === 'slot_taken' && tries < mostBurnTries) continue;
    return unlessBurnt(ports, situation, derived.dispatch, { denied: 'stale', why: burnRefusal(answer) });
  }
}

/**
 * Burns. An error is no end: what lies there then says whether it was burnt, by whom is not known, so it is not sent; what
 * is not burnt was not sent, and is asked for again.
 */
async function burning(ports: ExecutePorts, request: BurnRequest): Promise<BurnAnswer | Denied> {
  try {
    return await ports.dispatches.burn(request);
  } catch (error) {
    const { incidentId, dispatch } = request.burn;
    const burn = (await ports.dispatches.burns(incidentId)).find((one) => sameDispatch(one.dispatch, dispatch));
    if (burn) return { kind: 'used', burn };
    const why = error instanceof Error ? error.message : String(error);
    return { denied: 'stale', why: `nothing was burnt or sent: ${redact(why)}` };
  }
}

/** What keeps a dispatch from being burnt may be its own burn: another call, a moment ahead, has its lease and its slot. */
async function unlessBurnt(ports: ExecutePorts, situation: Situation, dispatch: Dispatch, denied: Denied) {
  const burns = await ports.dispatches.burns(situation.incidentId);
  return burns.some((burn) => sameDispatch(burn.dispatch, dispatch))
    ? { outcome: 'running' as const, seconds: firstPollSeconds }
    : refuse(ports, situation, dispatch, denied);
}

/** A slot lost to another incident is tried as the next one, while the budget lasts. */
const mostBurnTries = 10;

function burnRefusal(answer: BurnAnswer): string {
  switch (answer.kind) {
    case 'stopped':
      return 'the kill switch is set';
    case 'not_approved':
      return 'the question is no longer approved';
    case 'slot_taken':
      return 'the budget of unasked actions was used at the same moment';
    case 'lease_taken':
      return `another incident began to change ${answer.host} at the same moment`;
    default:
      return `the burn answered ${answer.kind}`;
  }
}

function notAfterOf(ports: ExecutePorts): number {
  return Math.floor(ports.now() / 1000) + deliveryTimeoutSeconds + clockGraceSeconds;
}

/** Null for a manual step, which is confirmed and never sent. */
function sendOf(
  ports: ExecutePorts,
  { incidentId }: Situation,
  derived: Derived,
  { by, document }: Granted,
  known: DispatchProgress | undefined,
): Send | null {
  const { dispatch, script, scriptHash, targets, step } = derived;
  if (script === null) return null;
  return {
    incidentId,
    dispatch,
    script,
    scriptHash,
    targets,
    document,
    executionTimeoutSeconds: step.timeoutSeconds,
    deliveryTimeoutSeconds,
    notAfter: reusable(ports, derived, known)?.notAfter ?? notAfterOf(ports),
    onBehalfOf: by[0]?.id ?? null,
  };
}

/** The intent of an earlier invocation that got no further, while its time to begin is not nearly over. */
function reusable(ports: ExecutePorts, derived: Derived, known: DispatchProgress | undefined) {
  const intended = known?.intended;
  if (!intended || known.burn || known.intentId === null) return null;
  const isSame = intended.scriptHash === derived.scriptHash && intended.targets.join() === derived.targets.join();
  return isSame && intended.notAfter - ports.now() / 1000 > deliveryTimeoutSeconds ? intended : null;
}

async function intend(
  ports: ExecutePorts,
  situation: Situation,
  derived: Derived,
  granted: Granted,
  known: DispatchProgress | undefined,
  notAfter: number,
): Promise<{ id: string }> {
  const { incidentId, progress } = situation;
  const { dispatch, scriptHash, targets, verdict } = derived;
  const event: EventOf<'dispatch_intended'> = {
    kind: 'dispatch_intended',
    dispatch,
    scriptHash,
    level: verdict.level,
    targets: [...targets],
    document: granted.document.name,
    requestDigest: granted.question?.digest ?? null,
    standing: standingOf(derived),
    approvedBy: [...granted.by],
    notAfter,
    executionTimeoutSeconds: derived.step.timeoutSeconds,
    votes: [...granted.votes],
    ...(progress.planned ? { planDigest: planDigest(progress.planned) } : {}),
    parametersDigest: parametersDigest(derived.parameters),
  };
  const earlier = reusable(ports, derived, known);
  if (earlier && known?.intentId && sha256(JSON.stringify(earlier.votes ?? [])) === sha256(JSON.stringify(event.votes)))
    return { id: known.intentId };
  const entry = await append(ports.writer, incidentId, event, { head: situation.chain.head });
  if (!entry) throw new AuditUnavailable(`audit: incident ${incidentId} is closed, so nothing is sent`);
  return { id: entry.entryId };
}

function standingOf({ verdict }: Derived): string | null {
  return verdict.standing ? `${verdict.standing.owner}: ${verdict.standing.reason}` : null;
}

async function burnOf(
  ports: ExecutePorts,
  situation: Situation,
  derived: Derived,
  granted: Granted,
  intent: string,
): Promise<BurnRequest | Denied> {
  const { incidentId, compiled, kill, progress } = situation;
  const { dispatch, verdict, scriptHash, targets, script } = derived;
  const changes = script !== null && riskAtLeast(verdict.level, 'modifying');
  const now = ports.now();
  const leases = changes ? await leasesOf(ports, situation, derived, now) : [];
  if ('denied' in leases) return leases;
  const budget = compiled.policy.tiers[derived.runbook.severity].max_autonomous_actions;
  const slots = standingOf(derived) ? await nextSlots(ports.dispatches, situation, budget, now) : [];
  if (slots === null) return { denied: 'stale', why: `all ${budget} unasked actions are used` };
  if (!progress.planned) return { denied: 'refused', why: 'there is no plan' };
  const burn: Burn = {
    incidentId,
    dispatch,
    level: verdict.level,
    scriptHash,
    targets: [...targets],
    planDigest: planDigest(progress.planned),
    parametersDigest: parametersDigest(derived.parameters),
    standing: standingOf(derived),
    questionDigest: granted.question?.digest ?? null,
    switch: kill.number,
    leases: Object.fromEntries(leases.map(({ host, number }) => [host, number])),
    intent,
    at: isoOf(now),
    sendBy: isoOf(now + sendBySeconds * 1000),
  };
  return { burn, question: granted.question, leases, slots };
}

/** The next lease of every host: one running mutation on a host, across incidents. */
async function leasesOf(
  ports: ExecutePorts,
  situation: Situation,
  derived: Derived,
  now: number,
): Promise<Lease[] | Denied> {
  const { incidentId, compiled } = situation;
  const holder = dispatchKey(incidentId, derived.dispatch);
  const until = isoOf(
    now + (deliveryTimeoutSeconds + clockGraceSeconds + derived.step.timeoutSeconds + silenceSeconds) * 1000,
  );
  const leases: Lease[] = [];
  for (const host of derived.targets) {
    const held = await ports.dispatches.lease(host);
    const isFree = !held || epochOf(held.until) <= now || (await hasEnded(ports, compiled, held));
    if (!isFree)
      return { denied: 'stale', why: `${host} is being changed by ${held.holder}, until ${held.until} at most` };
    leases.push(nextLease(held, host, holder, until));
  }
  return leases;
}

/** Whether SSM itself says that the holder of a lease has ended on its host. */
async function hasEnded(ports: ExecutePorts, compiled: Compiled, { holder, host }: Lease): Promise<boolean> {
  const commandId = await ports.findCommand(compiled.document.name, holder);
  return commandId !== null && hostOutcome(await ports.invocation(commandId, host)) !== 'running';
}

/** From here on the dispatch is burnt: nothing throws, and what cannot be written is left to `poll`. */
async function afterBurn(
  ports: ExecutePorts,
  { incidentId }: Situation,
  { dispatch }: Derived,
  burn: Burn,
  sendOnce: (() => Promise<Sent>) | null,
): Promise<ExecuteAnswer> {
  if (sendOnce === null) {
    const confirmed = await written(ports, incidentId, { kind: 'step_confirmed', dispatch });
    return confirmed ? { outcome: 'succeeded', seconds: 0 } : { outcome: 'running', seconds: firstPollSeconds };
  }
  const sent: Sent =
    ports.now() > epochOf(burn.sendBy)
      ? { kind: 'not_sent', why: 'more time than is allowed passed between the burn and the send' }
      : await sendOnce().catch(
          (error): Sent => ({ kind: 'unknown', why: error instanceof Error ? error.message : String(error) }),
        );
  await written(ports, incidentId, {
    kind: 'command_sent',
    dispatch,
    commandId: sent.kind === 'sent' ? sent.commandId : null,
    error: sent.kind === 'sent' ? null : redact(sent.why).slice(0, 500),
  });
  if (sent.kind !== 'not_sent') return { outcome: 'running', seconds: firstPollSeconds };
  const ended = await written(ports, incidentId, {
    kind: 'command_finished',
    dispatch,
    outcome: 'not_started',
    results: burn.targets.map((target) => ({
      target,
      status: 'NotSent',
      exitCode: -1,
      stdoutHash: sha256(''),
      stderrHash: sha256(''),
      outcome: 'not_started' as const,
    })),
  });
  return ended ? { outcome: 'not_started', seconds: 0 } : { outcome: 'running', seconds: firstPollSeconds };
}

async function written(
  ports: ExecutePorts,
  incidentId: string,
  event: EventOf<'command_sent' | 'command_finished' | 'step_confirmed'>,
): Promise<boolean> {
  try {
    return (await append(ports.writer, incidentId, event)) !== null;
  } catch {
    return false;
  }
}
