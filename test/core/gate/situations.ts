/** Situations for the gate's tests: a chain written event by event, folded as the product folds it, and the rest of the world beside it. */
import { nextEntry, readChain, type StoredItem } from '../../../core/audit/chain.ts';
import { type AuditEvent, type EventOf, planDigest } from '../../../core/audit/entry.ts';
import type { Burn } from '../../../core/burn.ts';
import type { Compiled } from '../../../core/compiled.ts';
import { parametersDigest } from '../../../core/derive/frozen.ts';
import { canonicalJson, sha256 } from '../../../core/digest.ts';
import { type Dispatch, dispatchName } from '../../../core/dispatch.ts';
import { progressOf } from '../../../core/incident/progress.ts';
import { plannedRunbook, provenSubject, type Situation } from '../../../core/incident/situation.ts';
import type { Spoken } from '../../../core/incident/spoken.ts';
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
export const subject = {
  kind: 'alarm' as const,
  alarmArn: alarm.arn,
  contributorId: null,
  stateChangedAt: alarm.stateChangedAt,
  round: 1,
};
export const incidentId = incidentIdOf(subject);
const digest = sha256('anything');

export const opened: AuditEvent = {
  kind: 'incident_opened',
  alarmArn: alarm.arn,
  alarmName: alarm.name,
  contributorId: null,
  stateChangedAt: alarm.stateChangedAt,
  candidates: [],
  subject,
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
    sources: {},
    targets: { all: [instanceId] },
    alarm: { dimensions: alarm.dimensions, tags: alarm.tags, comparison: alarm.comparison, threshold: alarm.threshold },
    evidence: [],
    ...changes,
  } satisfies AuditEvent;
}

/** `2.run`, `2.before`: a dispatch at its first attempt; `2.run.3`: at its third. */
export function named(name: string): Dispatch {
  const [step, part, attempt = '1'] = name.split('.');
  return { step: Number(step), part: part as Part, attempt: Number(attempt), wave: 1 };
}

export function intended(name: string, level: RiskLevel, standing: string | null = null): EventOf<'dispatch_intended'> {
  return {
    kind: 'dispatch_intended',
    dispatch: named(name),
    scriptHash: digest,
    level,
    targets: [instanceId],
    document: 'd',
    requestDigest: null,
    standing,
    approvedBy: level === 'read_only' ? [] : [{ ...ana, via: 'slack' }],
    notAfter: 0,
    executionTimeoutSeconds: 60,
    votes: [],
    planDigest: digest,
    parametersDigest: digest,
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
    by: [{ ...ana, via: 'slack' }],
    reason: '',
  };
}

export function skipped(name: string): AuditEvent {
  return { kind: 'gate_decided', decision: 'skip', dispatch: named(name), status: null, reasons: [] };
}

/** What a person said about a dispatch, as a genuine vote. */
export function spoke(name: string, word: string, more: Partial<Spoken> = {}): Spoken {
  const vote = {
    format: 1 as const,
    kind: 'approve' as const,
    question: digest,
    word,
    by: { ...ana, via: 'slack' as const },
    reason: '',
  };
  const envelope = { payloadType: 'p', payload: '', signatures: [] };
  return { ...vote, at: isoOf(start), items: [], dispatches: [named(name)], envelope: envelope as never, ...more };
}

/** The chain of these events, all written at `at`, opened by the alarm. */
export function chainOf(events: readonly AuditEvent[], at = isoOf(start)): StoredItem[] {
  const items: StoredItem[] = [];
  let head: { sequence: number; hash: string } | null = null;
  for (const [index, event] of events.entries()) {
    const entry = nextEntry(incidentId, head, { entryId: `e${index}`, at, actor: 'test' }, event);
    items.push({ place: entry.sequence, text: canonicalJson(entry) });
    head = entry;
  }
  return items;
}

/** The burns of every intent of these events that was not refused: what `execute` alone writes. */
export function burnsOf(events: readonly AuditEvent[]): Burn[] {
  const plan = events.find((event) => event.kind === 'planned');
  const refusedNames = events.flatMap((event) =>
    event.kind === 'dispatch_refused' ? [dispatchName(event.dispatch)] : [],
  );
  return events.flatMap((event) => {
    if (event.kind !== 'dispatch_intended' || refusedNames.includes(dispatchName(event.dispatch))) return [];
    const { dispatch, level, scriptHash, targets, standing } = event;
    return [
      {
        incidentId,
        dispatch,
        level,
        scriptHash,
        targets,
        planDigest: plan ? planDigest(plan) : digest,
        parametersDigest: parametersDigest(plan?.parameters ?? {}),
        standing,
        questionDigest: null,
        switch: 1,
        leases: {},
        intent: 'e',
        at: isoOf(start),
        sendBy: isoOf(start + 10_000),
      },
    ];
  });
}

/** What the gate reads after these events (behind the opening and the plan, unless `whole` is the chain). */
export function situationAfter(
  events: readonly AuditEvent[],
  changes: Partial<Situation> & { whole?: readonly AuditEvent[]; burns?: readonly Burn[]; stopped?: boolean } = {},
): Situation {
  const { whole, burns, stopped, ...others } = changes;
  const compiled = changes.compiled ?? compiledOf({ runbook: fullRunbook });
  const all = whole ?? [opened, planned(compiled), ...events];
  const chain = readChain(incidentId, chainOf(all));
  const progress = progressOf(chain.entries, { burns: burns ?? burnsOf(all), byFirstRelease: [] });
  const stop = stopped ? { eventId: 'e', by: 'ana', why: 'stop', at: isoOf(start) } : null;
  return {
    incidentId,
    chain,
    broken: null,
    progress,
    spoken: [],
    subject: provenSubject(changes.incidentId ?? incidentId, progress),
    initiator: null,
    alarm,
    runbook: plannedRunbook(progress, compiled),
    instances: [{ id: instanceId, tags: { countersign: 'on', Name: 'web-1' }, online: true }],
    stopAlarms: {},
    kill: { stopped: stop !== null, number: 1, stop, aborted: null },
    autonomousActions: 0,
    leases: [],
    held: [],
    now: start,
    ...others,
    compiled,
  };
}

/** This many dispatches of steps that the runbook does not have: they count, and nothing else. */
export function others(count: number): AuditEvent[] {
  const parts: Part[] = ['before', 'run', 'after', 'verify', 'rollback'];
  return Array.from({ length: count }, (_, index) => skipped(`${6 + (index % 25)}.${parts[Math.floor(index / 25)]}`));
}
