/** Situations for the gate's tests: a chain written event by event, folded as the product folds it, and the rest of the world beside it. */
import { type AuditEntry, type AuditEvent, nextEntry } from '../../../core/audit/entry.ts';
import type { Compiled } from '../../../core/compiled.ts';
import { sha256 } from '../../../core/digest.ts';
import type { Dispatch } from '../../../core/dispatch.ts';
import { progressOf } from '../../../core/incident/progress.ts';
import { plannedRunbook, type Situation } from '../../../core/incident/situation.ts';
import { incidentIdOf } from '../../../core/subject.ts';
import { isoOf } from '../../../core/time.ts';
import type { DispatchOutcome, Part, RiskLevel } from '../../../core/words.ts';
import { alarmOf, ana, compiledOf, fixRunbook, instanceId, start } from '../../support/fixtures.ts';

/** The fixture runbook in a tier that halts on failure, with a way back and a check in its second step, and a manual step behind it. */
export const fullRunbook = fixRunbook
  .replace('severity: low', 'severity: high')
  .replace(
    '3. Delete',
    () => `   \`\`\`bash rollback
   systemctl stop web
   \`\`\`
   \`\`\`bash verify
   systemctl is-active web
   \`\`\`

3. Delete`,
  )
  .replace('4. Look again', () => '4. Call the owner\n\n5. Look again');

const alarm = alarmOf();
export const incidentId = incidentIdOf(alarm.arn, null, alarm.stateChangedAt);
const digest = sha256('anything');

export const opened: AuditEvent = {
  kind: 'incident_opened',
  alarmArn: alarm.arn,
  alarmName: alarm.name,
  contributorId: null,
  stateChangedAt: alarm.stateChangedAt,
  candidates: [],
};

export function planned(compiled: Compiled, changes: Partial<Extract<AuditEvent, { kind: 'planned' }>> = {}) {
  const [runbook] = compiled.runbooks;
  return {
    kind: 'planned',
    mode: compiled.policy.mode,
    environment: 'production',
    runbook: runbook ? { id: runbook.id, digest: runbook.digest } : null,
    policyDigest: compiled.policyDigest,
    confidence: 0.92,
    chosenBy: 'route',
    model: 'off',
    parameters: {},
    steps: [],
    problems: [],
    ...changes,
  } satisfies AuditEvent;
}

/** `2.run`, `2.before`: a dispatch at its first attempt. */
export function named(name: string): Dispatch {
  const [step, part] = name.split('.');
  return { step: Number(step), part: part as Part, attempt: 1 };
}

export function intended(name: string, level: RiskLevel, standing: string | null = null): AuditEvent {
  return {
    kind: 'dispatch_intended',
    dispatch: named(name),
    scriptHash: digest,
    level,
    targets: [instanceId],
    document: 'd',
    requestDigest: null,
    standing,
    approvedBy: level === 'read_only' ? [] : [ana],
    notAfter: 0,
    executionTimeoutSeconds: 60,
  };
}

export function finished(name: string, outcome: DispatchOutcome = 'succeeded'): AuditEvent {
  return { kind: 'command_finished', dispatch: named(name), outcome, results: [] };
}

/** A dispatch that was sent and ended. */
export function ran(
  name: string,
  level: RiskLevel = 'read_only',
  outcome: DispatchOutcome = 'succeeded',
): AuditEvent[] {
  return [intended(name, level), finished(name, outcome)];
}

export function settled(name: string, decision: 'approved' | 'rejected' | 'expired' | 'undeliverable'): AuditEvent {
  return {
    kind: 'approval_settled',
    dispatch: named(name),
    policyDigest: digest,
    requestDigest: digest,
    decision,
    by: [ana],
    reason: '',
  };
}

export function skipped(name: string): AuditEvent {
  return { kind: 'gate_decided', decision: 'skip', dispatch: named(name), status: null, reasons: [] };
}

/** The chain of these events, all written at `at`, opened by the alarm. */
export function chainOf(events: readonly AuditEvent[], at = isoOf(start)): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const [index, event] of events.entries()) {
    const author = { entryId: `e${index}`, at, actor: 'test' };
    entries.push(nextEntry(incidentId, entries.at(-1) ?? null, author, event));
  }
  return entries;
}

/** What the gate reads after these events (behind the opening and the plan, unless `whole` is the chain). */
export function situationAfter(
  events: readonly AuditEvent[],
  changes: Partial<Situation> & { whole?: readonly AuditEvent[] } = {},
): Situation {
  const compiled = changes.compiled ?? compiledOf({ runbook: fullRunbook });
  const progress = progressOf(chainOf(changes.whole ?? [opened, planned(compiled), ...events]));
  return {
    incidentId,
    progress,
    alarm,
    runbook: plannedRunbook(progress, compiled),
    instances: [{ id: instanceId, tags: { countersign: 'on', Name: 'web-1' }, online: true }],
    stopped: false,
    now: start,
    ...changes,
    compiled,
  };
}

/** This many dispatches of steps that the runbook does not have: they count, and nothing else. */
export function others(count: number): AuditEvent[] {
  const parts: Part[] = ['before', 'run', 'after', 'verify', 'rollback'];
  return Array.from({ length: count }, (_, index) => skipped(`${6 + (index % 25)}.${parts[Math.floor(index / 25)]}`));
}
