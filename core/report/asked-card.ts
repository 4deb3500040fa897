/** The card of a question for whoever reads it outside the channel: what it binds comes from the question, and what was shown beside it from what the audit's digests name. */
import { evidenceDigest } from '../alarm/evidence.ts';
import { standingApprovals } from '../answers.ts';
import type { QuestionRecord } from '../approval/record.ts';
import type { GenuineVote } from '../approval/votes.ts';
import type { ReadEntry } from '../audit/chain.ts';
import { sha256 } from '../digest.ts';
import { sameDispatch } from '../dispatch.ts';
import { progressOf } from '../incident/progress.ts';
import { type Question, type QuestionItem, questionDigest } from '../question.ts';
import { epochOf } from '../time.ts';
import type { ApprovalCard } from './question-card.ts';
import { outputsOf, printedSoFar, printedTitle, type ShownOutputs } from './show.ts';

/** What a question is made visible from. */
export interface AskedScene {
  readonly record: Pick<QuestionRecord, 'question' | 'digest' | 'card'>;
  readonly entries: readonly ReadEntry[];
  readonly shown: ShownOutputs;
  /** The genuine votes on it. */
  readonly votes: readonly GenuineVote[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The exact bytes are not to be had: what cannot be shown cannot be approved. */
export class NotShowable extends Error {
  override readonly name = 'NotShowable';
}

/**
 * One card for each item of the question, in its order.
 *
 * @throws {NotShowable} when the question was changed, or the audit does not hold the bytes that it names.
 */
export function askedCards(scene: AskedScene): ApprovalCard[] {
  const { question, digest } = scene.record;
  if (questionDigest(question) !== digest)
    throw new NotShowable('the question was changed after it was asked: do not approve it');
  return question.items.map((item) => cardOf(scene, item));
}

function cardOf({ record, entries, shown, votes, now }: AskedScene, item: QuestionItem): ApprovalCard {
  const { question, digest } = record;
  const progress = progressOf(entries);
  const delivered = deliveredCard(record);
  const { step, part } = item.dispatch;
  const { place, terms, runbook, incidentId, revision } = question;
  const given = standingApprovals(question.kind, votes).map(({ vote }) => vote.by);
  return {
    ...(question.kind === 'failure' ? { kind: question.kind } : {}),
    ...(delivered?.failed === undefined ? {} : { failed: delivered.failed }),
    reference: { incidentId, dispatch: item.dispatch, revision, questionDigest: digest },
    ...(question.kind === 'choose' || question.kind === 'input' ? { kind: question.kind } : {}),
    alarm: alarmOf(question, delivered),
    environment: place.environment,
    mode: place.mode,
    runbook: { id: runbook.id, title: delivered?.runbook.title ?? runbook.id },
    step: {
      number: step,
      of: delivered?.step.of ?? step,
      title: part === 'run' ? item.title : `${item.title} (${part.replace('_', ' ')})`,
      prose: delivered?.step.prose ?? '',
    },
    ...(question.kind === 'input' && delivered?.wanted ? { wanted: delivered.wanted } : {}),
    command: scriptOf(entries, digest, item),
    ...(item.waitSeconds === undefined ? {} : { waitSeconds: item.waitSeconds }),
    targets: item.targets.map((id) => ({ id, name: delivered?.targets.find((host) => host.id === id)?.name ?? null })),
    parameters: Object.entries(item.parameters).map(([name, value]) => {
      const lacks = delivered?.parameters.find((one) => one.name === name && one.value === value)?.lacks;
      return { name, value, ...(lacks === undefined ? {} : { lacks }) };
    }),
    risk: {
      level: item.level,
      flags: item.flags,
      reasons: delivered?.risk.reasons ?? [],
      notes: delivered?.risk.notes ?? [],
    },
    evidence: shown.evidence
      .filter((one) => question.shown.evidence.includes(evidenceDigest(one)))
      .map(({ label, text }) => ({ title: label, text })),
    earlier: printedSoFar(progress, shown).map((printed) => ({
      title: printedTitle(printed, []),
      outputs: printed.outputs,
    })),
    before: outputsOf(progress, shown, step, 'before'),
    dryRun: outputsOf(progress, shown, step, 'dry_run'),
    rollback: rollbackOf(question, delivered),
    approvers: terms.approvers.map((name) => ({ slackId: null, name })),
    required: terms.required,
    iamWanted: terms.secondChannel && !given.some(({ via }) => via === 'iam'),
    approvedBy: [...new Set(given.map(({ name }) => name))].map((name) => ({ slackId: null, name })),
    expiresAt: Math.floor(epochOf(question.expiresAt) / 1000),
    drawnAt: Math.floor(now / 1000),
    plannedBy: delivered?.plannedBy ?? '',
    links: delivered?.links ?? [],
  };
}

/** What was posted, where it was: its words help, and decide nothing. Whoever may write Control can put another there. */
function deliveredCard({ card, digest }: AskedScene['record']): ApprovalCard | null {
  const found = card as Partial<ApprovalCard> | null;
  return found?.reference?.questionDigest === digest ? (found as ApprovalCard) : null;
}

/** The bytes whose hash the question names; null on a manual step. */
function scriptOf(entries: readonly ReadEntry[], requested: string, item: QuestionItem): string | null {
  if (item.scriptHash === sha256('')) return null;
  const scripts = entries.flatMap(({ event }) =>
    event?.kind === 'approval_requested' && event.requestDigest === requested ? (event.scripts ?? []) : [],
  );
  const named = scripts.find(
    ({ dispatch, script }) => sameDispatch(dispatch, item.dispatch) && sha256(script ?? '') === item.scriptHash,
  );
  if (named?.script != null) return named.script;
  throw new NotShowable('the audit does not hold the bytes that this question names: do not approve it');
}

function alarmOf({ subject }: Question, delivered: ApprovalCard | null): ApprovalCard['alarm'] {
  if (subject.kind !== 'alarm') return { name: '', reason: '', since: null };
  return {
    name: subject.alarmArn.split(':alarm:')[1] ?? subject.alarmArn,
    reason: delivered?.alarm.reason ?? '',
    since: Math.floor(epochOf(subject.stateChangedAt) / 1000),
  };
}

function rollbackOf({ shown }: Question, delivered: ApprovalCard | null): ApprovalCard['rollback'] {
  if (shown.rollback === null) return { kind: 'none', why: 'the runbook names no way back for this step' };
  const posted = delivered?.rollback;
  return posted?.kind === 'command' && sha256(posted.text) === shown.rollback
    ? posted
    : { kind: 'none', why: 'the runbook names one; its text is on the card in Slack only' };
}
