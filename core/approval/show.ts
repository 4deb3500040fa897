/** What people see of a request: the card's data from what was derived, and the card's end. */
import { sha256 } from '../digest.ts';
import type { Dispatch } from '../dispatch.ts';
import type { Derived } from '../execution/derive.ts';
import { templateOf } from '../execution/derive.ts';
import type { StoredOutput } from '../execution/poll.ts';
import { findDispatch, hasFailed, isMutation, type Progress } from '../incident/progress.ts';
import type { Situation } from '../incident/situation.ts';
import { render } from '../runbook/render.ts';
import { decidedCard } from '../slack/card.ts';
import type { HostOutput } from '../slack/parts.ts';
import type { ApprovalCard } from '../slack/question.ts';
import type { Person } from '../slack/rich.ts';
import { epochOf } from '../time.ts';
import type { Part, RequestStatus } from '../words.ts';
import type { Cards } from './ports.ts';
import type { RequestRecord } from './request.ts';

/** Texts from the work table: shown to people only where the audit's hashes say that they are the ones that SSM gave. */
export interface ShownOutputs {
  readonly evidence: readonly { readonly label: string; readonly text: string }[];
  readonly outputs: readonly { readonly dispatch: Dispatch; readonly outputs: readonly StoredOutput[] }[];
}

/** The outputs of a step's part on its hosts; a text whose hash is not in the audit chain is left out. */
export function outputsOf(progress: Progress, shown: ShownOutputs, step: number, part: Part): HostOutput[] {
  const known = progress.dispatches.filter(({ dispatch }) => dispatch.step === step && dispatch.part === part).at(-1);
  if (!known?.finished) return [];
  const texts = shown.outputs.find(({ dispatch }) => dispatch.step === step && dispatch.part === part)?.outputs ?? [];
  return known.finished.results.flatMap(({ target, exitCode, stdoutHash, stderrHash }) => {
    const text = texts.find((output) => output.target === target);
    if (!text || sha256(text.stdout) !== stdoutHash || sha256(text.stderr) !== stderrHash) return [];
    const code = exitCode === 0 ? [] : [`(exit code ${exitCode})`];
    return [
      { host: target, text: [text.stdout, text.stderr, ...code].filter((piece) => piece.trim() !== '').join('\n') },
    ];
  });
}

const epochSeconds = (iso: string) => Math.floor(epochOf(iso) / 1000);

/** A person known by Slack's id. */
export function slackPerson({ id, name }: { id: string; name: string }): Person {
  return { slackId: id, name };
}

/** The data of a request's card: exactly the bytes, targets and limits of the request, and what helps to judge them. */
export function requestCard(
  record: RequestRecord,
  situation: Situation,
  derived: Derived,
  shown: ShownOutputs,
): ApprovalCard {
  const { request, digest } = record;
  const { verdict, step, runbook } = derived;
  const { alarm, progress, compiled } = situation;
  const planned = progress.planned;
  return {
    reference: {
      incidentId: request.incidentId,
      dispatch: request.dispatch,
      policyDigest12: request.policyDigest.slice(0, 12),
      requestDigest: digest,
    },
    alarm: {
      name: alarm?.name ?? '',
      reason: alarm?.stateReason ?? '',
      since: alarm ? epochSeconds(alarm.stateChangedAt) : null,
    },
    environment: planned?.environment ?? '',
    mode: compiled.policy.mode,
    runbook: { id: runbook.id, title: runbook.title },
    step: { number: step.number, of: runbook.steps.length, title: titleOf(request.dispatch.part, step.title) },
    command: derived.script,
    targets: request.targets.map((id) => ({
      id,
      name: situation.instances.find((instance) => instance.id === id)?.tags.Name ?? null,
    })),
    parameters: Object.entries(derived.parameters).map(([name, value]) => ({ name, value })),
    risk: {
      level: verdict.level,
      flags: verdict.flags,
      // What only reads is no reason for the level, and would hide the ones that are.
      reasons: verdict.floor.reasons.filter(({ level, flag }) => level !== 'read_only' || flag !== undefined),
      notes: [
        ...failureNote(progress),
        ...verdict.reasons.filter(({ decision }) => decision !== 'proceed').map(({ text }) => text),
      ],
    },
    evidence: shown.evidence.map(({ label, text }) => ({ title: label, text })),
    before: outputsOf(progress, shown, step.number, 'before'),
    dryRun: outputsOf(progress, shown, step.number, 'dry_run'),
    rollback: rollbackOf(derived),
    approvers: verdict.approvals.approvers.map(slackPerson),
    required: request.required,
    approvedBy: record.votes.filter(({ decision }) => decision === 'approve').map(({ by }) => slackPerson(by)),
    expiresAt: epochSeconds(request.expiresAt),
    plannedBy: plannedBy(progress),
  };
}

/** Who decides on a step must know that one before it failed. */
function failureNote(progress: Progress): string[] {
  const failed = progress.dispatches.filter((known) => hasFailed(known) && isMutation(known));
  return failed.map(
    ({ dispatch, finished }) => `step ${dispatch.step} before this one ${finished?.outcome ?? 'failed'}`,
  );
}

function titleOf(part: Part, title: string): string {
  return part === 'run' ? title : `${title} (${part.replace('_', ' ')})`;
}

function rollbackOf({ step, parameters }: Derived): ApprovalCard['rollback'] {
  const template = templateOf(step, 'rollback');
  if (!template) return { kind: 'none', why: 'the runbook names no way back for this step' };
  return { kind: 'command', text: render(template.text, parameters) };
}

/** Who chose the runbook, in words for card and summary. */
export function plannedBy({ planned }: Progress): string {
  if (!planned) return 'no plan';
  const by = {
    route: 'exact alarm route',
    text: 'text search',
    model: 'model among reviewed runbooks',
    nobody: 'nobody',
  };
  return `${by[planned.chosenBy]}, confidence ${planned.confidence.toFixed(2)}; model ${planned.model}`;
}

/** Redraws a decided card without buttons. Slack being down must not stop what was decided: a failure is let go. */
export async function endCard(
  cards: Pick<Cards, 'update'>,
  record: RequestRecord,
  status: Exclude<RequestStatus, 'PENDING'>,
  now: number,
  reason: string,
  by: readonly { id: string; name: string }[] = [],
): Promise<void> {
  const { card, channel, messageTs } = record;
  if (!card || !channel || !messageTs) return;
  const outcome = {
    status,
    by: by.map(slackPerson),
    at: Math.floor(now / 1000),
    reason: reason === '' ? null : reason,
  };
  try {
    await cards.update({ channel, messageTs }, decidedCard(card, outcome));
  } catch {
    return;
  }
}

/** Whether a dispatch was answered by people, for reports. */
export function votersOf(progress: Progress, dispatch: Dispatch): readonly Person[] {
  return (findDispatch(progress, dispatch)?.intended?.approvedBy ?? []).map(slackPerson);
}
