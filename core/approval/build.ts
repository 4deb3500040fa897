/** From a derived dispatch to the question that people sign; the kernel builds it again and compares. */
import { type Derived, goAhead, templateOf } from '../derive/derive.ts';
import { deliveryTimeoutSeconds } from '../derive/run-document.ts';
import { digest, sha256 } from '../digest.ts';
import { dispatchName } from '../dispatch.ts';
import type { DispatchProgress } from '../incident/progress.ts';
import { type Situation, secondsLeft } from '../incident/situation.ts';
import type { Question, QuestionItem, Shown } from '../question.ts';
import { render, renderKnown } from '../runbook/render.ts';
import { epochOf, isoOf } from '../time.ts';
import type { Part, QuestionKind } from '../words.ts';
import { levelsOf, waitOf } from './levels.ts';

/** When a question was made and until when it may be answered, ISO 8601. */
export interface QuestionTimes {
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** What of a question cannot be derived: which one it is, when it was made, and the document that it would run. */
export interface QuestionOrigin extends QuestionTimes {
  /** Counts from 1. */
  readonly revision: number;
  /** 16 to 64 characters. */
  readonly nonce: string;
  readonly document: { readonly name: string; readonly digest: string };
}

/** The times of a question made now: it may wait as long as the policy says, and never longer than the incident may live. */
export function timesFrom(situation: Situation, derived: Derived): QuestionTimes {
  const { now, compiled } = situation;
  const wait = Math.min(waitOf(derived, compiled.policy), Math.floor(secondsLeft(situation)));
  return { createdAt: isoOf(now), expiresAt: isoOf(now + wait * 1000) };
}

/** Whether stored times are no longer apart than the policy allows; a longer life was not given by us. */
export function areWithinPolicy(
  times: QuestionTimes,
  { compiled }: Pick<Situation, 'compiled'>,
  derived: Derived,
): boolean {
  const life = epochOf(times.expiresAt) - epochOf(times.createdAt);
  return life > 0 && life <= waitOf(derived, compiled.policy) * 1000;
}

/**
 * The question for a derived dispatch. Everything but its origin comes from what the caller derived itself, so that
 * `request-approval` and the kernel get the same.
 *
 * @param kind What is asked of it; without it whether it may go ahead, which is all that the kernel ever looks at.
 * @throws {TypeError} when the incident's subject is not proven or its alarm is unknown: the gate ends such an incident.
 */
export function buildQuestion(
  situation: Situation,
  derived: Derived,
  origin: QuestionOrigin,
  kind: QuestionKind = goAhead(derived),
): Question {
  const { compiled, incidentId, subject, alarm } = situation;
  if (!subject || !alarm) throw new TypeError(`question: the subject of incident ${incidentId} is not proven`);
  const { approvals } = derived.verdict;
  return {
    format: 2,
    kind,
    revision: origin.revision,
    incidentId,
    place: {
      account: alarm.account,
      region: alarm.region,
      environment: derived.environment,
      mode: compiled.policy.mode,
    },
    subject,
    runbook: { id: derived.runbook.id, digest: derived.runbook.digest },
    policyDigest: compiled.policyDigest,
    items: (kind === 'choose' ? derived.alternatives : [derived]).map(itemOf),
    shown: shownBeside(situation, derived, origin.nonce, kind),
    document: { name: origin.document.name, digest: origin.document.digest },
    terms: {
      // One person says how it goes on: whatever that sends is a question of its own.
      required: isGoAhead(kind) ? Math.max(1, approvals.required) : 1,
      approvers: approvals.approvers.map(({ name }) => name).toSorted(),
      secondChannel: isGoAhead(kind) && approvals.secondChannel,
      excluded: approvals.excluded.map(({ name, why }) => ({ name, why })),
      narrowed: approvals.narrowed.map(({ name, slackGroups }) => ({
        name,
        slackGroups: slackGroups.map((set) => [...set]),
      })),
      singleOperator: approvals.singleOperator,
      levels: levelsOf(derived, compiled.policy, origin),
    },
    initiator: situation.initiator && { ...situation.initiator },
    nonce: origin.nonce,
    createdAt: origin.createdAt,
    expiresAt: origin.expiresAt,
  };
}

function isGoAhead(kind: QuestionKind): boolean {
  return kind === 'approve' || kind === 'manual' || kind === 'plan';
}

function itemOf({
  dispatch,
  step,
  scriptHash,
  parameters,
  targets,
  waves,
  verdict,
  timeoutSeconds,
  waitSeconds,
}: Derived): QuestionItem {
  return {
    dispatch: { ...dispatch, wave: 1 },
    title: step.title,
    scriptHash,
    parameters: { ...parameters },
    targets: [...targets],
    waves: waves.map((hosts) => hosts.length).filter((size) => size > 0),
    level: verdict.level,
    flags: [...verdict.flags],
    executionTimeoutSeconds: timeoutSeconds,
    ...(waitSeconds > 0 ? { waitSeconds } : {}),
    deliveryTimeoutSeconds,
  };
}

/** The way back as it would run; null when the runbook names none. */
export function rollbackScript({ step, parameters, wanted }: Pick<Derived, 'step' | 'parameters' | 'wanted'>) {
  const template = templateOf(step, 'rollback');
  return template && (wanted.length > 0 ? renderKnown : render)(template.text, parameters);
}

function shownBeside(situation: Situation, derived: Derived, nonce: string, kind: QuestionKind): Shown {
  const { step, part, attempt } = derived.dispatch;
  const isOwn = ({ dispatch }: DispatchProgress) => dispatch.step === step && dispatch.attempt === attempt;
  // Of a failure it is the very command that people look at.
  const earlier = begunBefore(situation, nonce).filter(
    (known) => kind === 'failure' || !(isOwn(known) && known.dispatch.part === part),
  );
  const finished = (shown: Part) =>
    earlier.filter((known) => isOwn(known) && known.dispatch.part === shown && known.finished !== null);
  const rollback = rollbackScript(derived);
  return {
    evidence: [...(situation.progress.planned?.evidence ?? [])],
    before: isRehearsed(derived) ? digestOf(finished('before')) : null,
    dryRun: isRehearsed(derived) ? digestOf(finished('dry_run')) : null,
    outcomes: digest('outcomes/v1', [...earlier.map(outcomeOf), ...skippedBefore(situation, derived)]),
    rollback: rollback === null ? null : sha256(rollback),
  };
}

/** Whether what was looked at and rehearsed before the question is about these very values. */
export function isRehearsed({ amended }: Pick<Derived, 'amended'>): boolean {
  return Object.keys(amended.parameters).length === 0;
}

/** Steps that people skipped: whoever decides on a later one is shown that. */
export function skippedBefore({ spoken }: Situation, { dispatch }: Pick<Derived, 'dispatch'>) {
  const others = spoken.flatMap(({ word, by, dispatches: [one] }) =>
    word === 'skip' && one && one.step !== dispatch.step ? [{ dispatch: one, by }] : [],
  );
  return others.map(({ dispatch: one, by }) => ({ dispatch: dispatchName(one), outcome: 'skipped', by: by.name }));
}

/**
 * What had been begun when the question was put, as far as the chain tells: later waves of the same step, and what
 * follows them, do not change what people were shown.
 */
function begunBefore({ chain, progress }: Situation, nonce: string): DispatchProgress[] {
  const put = chain.entries.findIndex(
    ({ event }) => event?.kind === 'approval_requested' && event.question?.nonce === nonce,
  );
  const before = put < 0 ? chain.entries : chain.entries.slice(0, put);
  const begun = new Set(
    before.flatMap(({ event }) => (event?.kind === 'dispatch_intended' ? [dispatchName(event.dispatch)] : [])),
  );
  return progress.dispatches.filter(({ dispatch }) => begun.has(dispatchName(dispatch)));
}

function digestOf(parts: readonly DispatchProgress[]): string | null {
  return parts.length === 0 ? null : digest('outcomes/v1', parts.map(outcomeOf));
}

/** From the chain alone, so that whoever holds only the chain computes the same. */
function outcomeOf({ dispatch, finished, confirmed, refused }: DispatchProgress) {
  return {
    dispatch: dispatchName(dispatch),
    outcome: finished?.outcome ?? (confirmed ? 'succeeded' : (refused?.outcome ?? 'unknown')),
    hosts: (finished?.results ?? []).map(({ target, status, exitCode, stdoutHash, stderrHash, outcome = null }) => ({
      target,
      status,
      exitCode,
      stdoutHash,
      stderrHash,
      outcome,
    })),
  };
}
