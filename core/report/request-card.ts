/** The card of a request: its data, from what was derived and what was observed. */

import type { RequestRecord } from '../approval/request.ts';
import { type Derived, templateOf } from '../derive/derive.ts';
import { hasFailed, isMutation, type Progress } from '../incident/progress.ts';
import type { Situation } from '../incident/situation.ts';
import { render } from '../runbook/render.ts';
import type { ApprovalCard } from '../slack/question.ts';
import { epochOf } from '../time.ts';
import type { Part } from '../words.ts';
import { outputsOf, type ShownOutputs, slackPerson } from './show.ts';

const epochSeconds = (iso: string) => Math.floor(epochOf(iso) / 1000);

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
