/** The closing message: what ran, who signed it, what changed, and what a person should do now. */
import type { Alarm } from '../alarm/alarm.ts';
import type { AuditEntry } from '../audit/entry.ts';
import type { Compiled } from '../compiled.ts';
import { findDispatch, type Progress, progressOf } from '../incident/progress.ts';
import { plannedRunbook } from '../incident/situation.ts';
import type { SlackMessage } from '../slack/blocks.ts';
import { dryRunSummary, type IncidentReport, incidentSummary, type StepReport } from '../slack/messages.ts';
import { epochOf } from '../time.ts';
import type { GateDecision, IncidentStatus } from '../words.ts';
import { outputsOf, type ShownOutputs, slackPerson, votersOf } from './show.ts';

export interface ClosingFacts {
  readonly incidentId: string;
  readonly compiled: Compiled;
  readonly status: IncidentStatus;
  readonly cause: string | null;
  readonly alarm: Alarm | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The message for a closed incident. */
export function summaryOf(facts: ClosingFacts, entries: readonly AuditEntry[], shown: ShownOutputs): SlackMessage {
  const report = reportOf(facts, entries, shown);
  return facts.status === 'dry_run' ? dryRunSummary(report) : incidentSummary(report);
}

function reportOf(facts: ClosingFacts, entries: readonly AuditEntry[], shown: ShownOutputs): IncidentReport {
  const progress = progressOf(entries);
  const runbook = plannedRunbook(progress, facts.compiled);
  return {
    incidentId: facts.incidentId,
    status: facts.status,
    environment: progress.planned?.environment ?? 'production',
    alarm: { name: progress.opened?.alarmName ?? 'unknown', state: facts.alarm?.state ?? null },
    runbook: runbook && { id: runbook.id, title: runbook.title },
    steps: (progress.planned?.steps ?? []).map((step) => stepReport(facts, progress, entries, shown, step.number)),
    cause: causeOf(facts.cause, entries),
    seconds: Math.max(0, Math.round((facts.now - epochOf(progress.openedAt ?? '1970-01-01T00:00:00Z')) / 1000)),
    next: null,
  };
}

/** Why an incident ended: what Close was told, else the gate's last reasons. */
export function causeOf(told: string | null, entries: readonly AuditEntry[]): string | null {
  const gate = progressOf(entries).lastGate;
  const reasons = gate?.decision === 'halt' || gate?.decision === 'done' ? gate.reasons : [];
  return told ?? (reasons.map(({ text }) => text).join('; ') || null);
}

/** What the gate said of a step's command, what became of it, and who answered. */
export function stepOutcome(progress: Progress, entries: readonly AuditEntry[], number: number) {
  const dispatch = { step: number, part: 'run' as const, attempt: 1 };
  const known = findDispatch(progress, dispatch);
  const gates = entries.flatMap(({ event }) =>
    event.kind === 'gate_decided' && event.dispatch?.step === number && event.dispatch.part === 'run' ? [event] : [],
  );
  const decision: GateDecision | null = gates.at(-1)?.decision ?? null;
  const outcome = known?.confirmed ? 'succeeded' : (known?.finished?.outcome ?? known?.refused?.outcome ?? 'not_sent');
  const { reasons = [], wouldAsk = [] } = gates.at(-1) ?? {};
  return { dispatch, known, decision, outcome, reasons, wouldAsk } as const;
}

function stepReport(
  facts: ClosingFacts,
  progress: Progress,
  entries: readonly AuditEntry[],
  shown: ShownOutputs,
  number: number,
): StepReport {
  const planned = progress.planned?.steps.find((step) => step.number === number);
  const { dispatch, known, decision, outcome, reasons, wouldAsk } = stepOutcome(progress, entries, number);
  const skipped = decision === 'skip' || known?.settled?.decision === 'rejected';
  const rejected = known?.settled?.decision === 'rejected' ? known.settled.reason : null;
  return {
    number,
    title: planned?.title ?? '',
    risk: planned?.level ?? null,
    decision: decision ?? 'skip',
    outcome,
    command: skipped ? commandOf(facts, progress, number) : null,
    people: decision === 'skip' ? wouldAsk.map(slackPerson) : votersOf(progress, dispatch),
    note:
      rejected ??
      (decision === 'proceed' || decision === 'ask' ? null : reasons.map(({ text }) => text).join('; ') || null),
    before: outputsOf(progress, shown, number, 'before'),
    after: outputsOf(progress, shown, number, 'after'),
    dryRun: outputsOf(progress, shown, number, 'dry_run'),
  };
}

function commandOf({ compiled }: ClosingFacts, progress: Progress, number: number): string | null {
  const step = plannedRunbook(progress, compiled)?.steps.find((candidate) => candidate.number === number);
  return step?.command?.text ?? null;
}
