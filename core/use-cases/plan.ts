/** Planning: evidence, a reviewed runbook or none, typed parameters, and the risk of every step, appended once to the chain. */
import type { Alarm } from '../alarm/alarm.ts';
import type { Evidence } from '../alarm/evidence.ts';
import { type AuditWriter, append, begin } from '../audit/append.ts';
import type { EventOf, PlannedStep } from '../audit/entry.ts';
import type { Compiled } from '../compiled.ts';
import { derive } from '../derive/derive.ts';
import { readSituation, type Situation, type SituationPorts } from '../incident/situation.ts';
import { historyLimits } from '../limits.ts';
import { candidates, decide } from '../matching/match.ts';
import { type Model, rankByModel, voteByModel } from '../matching/model.ts';
import { environmentOf } from '../policy/environment.ts';
import type { RiskTools } from '../policy/verdict.ts';
import { resolveParameters } from '../runbook/parameters.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { selectTargets } from '../runbook/targets.ts';
import { incidentIdOf } from '../subject.ts';
import { type IncidentRow, openedEvent } from './triage.ts';

export interface PlanPorts extends SituationPorts {
  readonly writer: AuditWriter;
  /** What the work table says the incident is about; believed only if it hashes to the incident's id. */
  incidentRow(incidentId: string): Promise<IncidentRow | null>;
  /** Read-only evidence about the alarm, best effort. */
  evidence(alarm: Alarm): Promise<Evidence[]>;
  saveEvidence(incidentId: string, evidence: readonly Evidence[]): Promise<void>;
  /** Null when no model is configured. */
  readonly model: Model | null;
}

/** Makes the plan if there is none yet. Idempotent: the first `planned` entry counts. */
export async function plan(ports: PlanPorts, compiled: Compiled, tools: RiskTools, incidentId: string): Promise<void> {
  await ensureOpened(ports, compiled, incidentId);
  const situation = await readSituation(ports, compiled, incidentId);
  if (situation.progress.planned || situation.progress.closed || !situation.alarm) return;
  const { alarm } = situation;
  const evidence = await ports.evidence(alarm);
  await ports.saveEvidence(incidentId, evidence);
  await append(ports.writer, incidentId, await draft(ports, situation, alarm, tools, evidence));
}

/** Writes the first entry that a crashed triage could not: the work row proves itself by hashing to the incident's id. */
async function ensureOpened(ports: PlanPorts, compiled: Compiled, incidentId: string): Promise<void> {
  if ((await ports.writer.store.head(incidentId)) !== null) return;
  const row = await ports.incidentRow(incidentId);
  if (!row || incidentIdOf(row.alarmArn, row.contributorId, row.stateChangedAt) !== incidentId) return;
  const alarm = await ports.alarm(row.alarmArn, row.contributorId);
  if (alarm) await begin(ports.writer, incidentId, openedEvent({ ...row, alarmName: alarm.name }, compiled, alarm));
}

type Planned = EventOf<'planned'>;

async function draft(
  ports: PlanPorts,
  situation: Situation,
  alarm: Alarm,
  tools: RiskTools,
  evidence: readonly Evidence[],
): Promise<Planned> {
  const { compiled } = situation;
  const found = candidates(compiled.runbooks, alarm);
  const ranking = await rankByModel(ports.model, compiled, alarm, found, evidence);
  const choice = decide(found, ranking.answer);
  const runbook = compiled.runbooks.find(({ id }) => id === choice?.runbookId) ?? null;
  const base: Planned = {
    kind: 'planned',
    mode: compiled.policy.mode,
    environment: environmentOf(compiled.policy, alarm.account, alarm.region),
    runbook: runbook && { id: runbook.id, digest: runbook.digest },
    policyDigest: compiled.policyDigest,
    confidence: choice?.confidence ?? 0,
    chosenBy: choice?.kind ?? 'nobody',
    model: ranking.note,
    parameters: {},
    steps: [],
    problems: [],
  };
  return runbook ? withSteps(ports, situation, base, runbook, alarm, tools) : base;
}

async function withSteps(
  ports: PlanPorts,
  situation: Situation,
  base: Planned,
  runbook: Runbook,
  alarm: Alarm,
  tools: RiskTools,
): Promise<Planned> {
  try {
    const parameters = resolveParameters(runbook, alarm);
    const instances = await ports.instances(runbook.targets, alarm);
    selectTargets(runbook.targets, alarm, instances);
    refuseTooLong(runbook);
    const planned = { ...base, parameters };
    const floors = stepsOf({ ...situation, runbook, instances }, planned, runbook, tools);
    const vote = await voteByModel(ports.model, runbook, floors);
    const voted = {
      ...planned,
      model: vote.note ?? base.model,
      steps: floors.map((step) => ({ ...step, model: vote.risks[step.number] ?? null })),
    };
    return { ...voted, steps: stepsOf({ ...situation, runbook, instances }, voted, runbook, tools) };
  } catch (error) {
    return { ...base, problems: [error instanceof Error ? error.message : String(error)] };
  }
}

function refuseTooLong(runbook: Runbook): void {
  const most = runbook.steps.reduce((sum, step) => sum + dispatchesOf(step), 0);
  if (most > historyLimits.maximumDispatches)
    throw new Error(
      `runbook ${runbook.id} may need ${most} dispatches; at most ${historyLimits.maximumDispatches} fit`,
    );
}

/** The most dispatches that a step makes at one attempt each: `observe` counts twice, before and after. */
export function dispatchesOf(step: Runbook['steps'][number]): number {
  return 1 + (step.observe ? 2 : 0) + [step.dryRun, step.rollback, step.verify].filter(Boolean).length;
}

function stepsOf(situation: Situation, planned: Planned, runbook: Runbook, tools: RiskTools): PlannedStep[] {
  const drafted = { ...situation, progress: { ...situation.progress, planned } };
  return runbook.steps.map((step) => {
    const { verdict } = derive(drafted, { step: step.number, part: 'run', attempt: 1 }, tools);
    return {
      number: step.number,
      title: step.title,
      declared: step.declaredRisk,
      floor: verdict.floor.level,
      model: planned.steps.find(({ number }) => number === step.number)?.model ?? null,
      level: verdict.level,
      flags: [...verdict.flags],
      decision: verdict.decision,
    };
  });
}
