/** Planning: evidence, a reviewed runbook or none, typed parameters, and the risk of every step, appended once to the chain. */
import type { Alarm } from '../alarm/alarm.ts';
import { type Evidence, evidenceDigest } from '../alarm/evidence.ts';
import { type AuditWriter, append, begin } from '../audit/append.ts';
import type { EventOf, PlannedStep } from '../audit/entry.ts';
import type { Compiled } from '../compiled.ts';
import { type Derived, derive } from '../derive/derive.ts';
import { freeze } from '../derive/frozen.ts';
import { isUnlisted } from '../incident/contributor.ts';
import { instancesOf, readSituation, type Situation, type SituationPorts } from '../incident/situation.ts';
import { inWaves } from '../incident/waves.ts';
import { historyLimits } from '../limits.ts';
import { type Consideration, consider, decide } from '../matching/match.ts';
import { type Model, rankByModel, type VoteMemory, voteByModel } from '../matching/model.ts';
import { environmentOf } from '../policy/environment.ts';
import type { RiskTools } from '../policy/verdict.ts';
import type { Runbook } from '../runbook/runbook.ts';
import type { ManagedInstance } from '../runbook/targets.ts';
import { waysOf } from '../runbook/ways.ts';
import { incidentIdOf, isOfAlarmAlone, namedRunbook } from '../subject.ts';
import { type IncidentRow, openedEvent } from './opening.ts';

export interface PlanPorts extends SituationPorts, VoteMemory {
  readonly writer: AuditWriter;
  /** What the work table says the incident is about; believed only if it hashes to the incident's id. */
  incidentRow(incidentId: string): Promise<IncidentRow | null>;
  /** Read-only evidence about the alarm, best effort. */
  evidence(alarm: Alarm): Promise<Evidence[]>;
  saveEvidence(incidentId: string, evidence: readonly Evidence[]): Promise<void>;
  /** Null when no model is configured. */
  readonly model: Promise<Model | null>;
}

/** `foreign`: the execution is not the one that is named like the incident, and must touch nothing of it. */
export type PlanAnswer = { readonly answer: 'planned' | 'foreign' };

/**
 * Makes the plan if there is none yet. Idempotent: the first `planned` entry counts.
 *
 * @param execution the name of the execution that asks: one incident has one machine, under its own id.
 */
export async function plan(
  ports: PlanPorts,
  compiled: Compiled,
  tools: RiskTools,
  { incidentId, execution }: { incidentId: string; execution: string },
): Promise<PlanAnswer> {
  if (execution !== incidentId) return { answer: 'foreign' };
  const situation = await openedSituation(ports, compiled, incidentId);
  const { alarm, progress, chain } = situation;
  if (progress.planned || progress.closed || !alarm || situation.broken !== null) return { answer: 'planned' };
  const evidence = ports.evidence(alarm);
  const [drafted, found] = await Promise.all([
    draft(ports, situation, alarm, tools, evidence),
    evidence,
    // Before the plan names its digests.
    evidence.then((texts) => ports.saveEvidence(incidentId, texts)),
  ]);
  const planned: Planned = { ...drafted, evidence: found.map(evidenceDigest) };
  await append(ports.writer, incidentId, planned, { head: chain.head });
  return { answer: 'planned' };
}

/** The situation; where a crashed triage left no chain, as it is once that is begun. */
async function openedSituation(ports: PlanPorts, compiled: Compiled, incidentId: string): Promise<Situation> {
  const situation = await readSituation(ports, compiled, incidentId);
  const { head, problems } = situation.chain;
  const isBegun = head !== null || problems.length > 0;
  return isBegun || !(await ensureOpened(ports, compiled, incidentId))
    ? situation
    : readSituation(ports, compiled, incidentId);
}

/**
 * Writes the first entry that a crashed triage could not: whether the chain has one now. The work row proves itself by
 * hashing to the incident's id and by naming the very change to ALARM that CloudWatch tells now: a planted row opens nothing.
 */
async function ensureOpened(ports: PlanPorts, compiled: Compiled, incidentId: string): Promise<boolean> {
  const row = await ports.incidentRow(incidentId);
  // Rounds after the first and what people start are opened by a signed word, which nobody can give yet.
  if (row === null || !isOfAlarmAlone(row.subject) || incidentIdOf(row.subject) !== incidentId) return false;
  const alarm = await ports.alarm(row.subject.alarmArn, row.subject.contributorId);
  if (alarm?.state !== 'ALARM' || alarm.stateChangedAt !== row.subject.stateChangedAt) return false;
  await begin(ports.writer, incidentId, openedEvent(row.subject, compiled, alarm));
  return true;
}

type Planned = EventOf<'planned'>;

/** All but the evidence, which it waits for only where the model is asked. */
async function draft(
  ports: PlanPorts,
  situation: Situation,
  alarm: Alarm,
  tools: RiskTools,
  evidence: Promise<readonly Evidence[]>,
): Promise<Planned> {
  const { compiled } = situation;
  const considered = consider(compiled.runbooks, alarm);
  const named = namedRunbook(situation.subject);
  const { choice, note, problem } =
    named === null
      ? await matched(ports, compiled, alarm, considered, evidence)
      : byPerson(named, considered, compiled);
  const runbook = compiled.runbooks.find(({ id }) => id === choice?.runbookId) ?? null;
  const base: Planned = {
    kind: 'planned',
    mode: compiled.policy.mode,
    environment: environmentOf(compiled.policy, alarm.account, alarm.region),
    runbook: runbook && { id: runbook.id, digest: runbook.digest },
    policyDigest: compiled.policyDigest,
    confidence: choice?.confidence ?? 0,
    chosenBy: choice?.kind ?? 'nobody',
    model: note,
    parameters: {},
    steps: [],
    // It took its dimensions along, and with them what matching needs.
    problems: [
      ...(problem === null ? [] : [problem]),
      ...(runbook === null && isUnlisted(alarm) ? ['the contributor is no longer listed in ALARM'] : []),
    ],
    evidence: [],
  };
  return runbook ? withSteps(ports, situation, base, runbook, alarm, tools) : base;
}

interface Chosen {
  readonly choice: {
    readonly runbookId: string;
    readonly confidence: number;
    readonly kind: Planned['chosenBy'];
  } | null;
  /** What the model did. */
  readonly note: string;
  /** Why what was asked for is not planned. */
  readonly problem: string | null;
}

async function matched(
  ports: PlanPorts,
  compiled: Compiled,
  alarm: Alarm,
  { candidates: found }: Consideration,
  evidence: Promise<readonly Evidence[]>,
): Promise<Chosen> {
  const ranking = await rankByModel(await ports.model, compiled, alarm, [...found], evidence);
  return { choice: decide(found, ranking.answer), note: ranking.note, problem: null };
}

/** A person's word takes the place of matching, and of nothing else: what a fact excludes stays excluded, and without a match every step asks. */
function byPerson(named: string, { candidates: found, excluded }: Consideration, { runbooks }: Compiled): Chosen {
  const note = 'not asked: a person named the runbook';
  const why = excluded.find(({ runbookId }) => runbookId === named)?.why;
  if (why !== undefined) return { choice: null, note, problem: `${named} is not for this alarm: ${why}` };
  if (!runbooks.some(({ id }) => id === named))
    return { choice: null, note, problem: `there is no runbook ${named} here any more` };
  const confidence = found.find(({ runbookId }) => runbookId === named)?.confidence ?? 0;
  return { choice: { runbookId: named, confidence, kind: 'person' }, note, problem: null };
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
    const instances = await instancesOf(ports, runbook, []);
    const frozen = freeze(runbook, alarm, instances);
    const planned: Planned = { ...base, ...frozen, ...namesOf(instances, frozen.targets) };
    const floors = stepsOf({ ...situation, runbook, instances }, planned, runbook, tools);
    refuseTooLong(runbook, floors, mostWaves(planned, situation.compiled.policy.safety.waves));
    const vote = await voteByModel(await ports.model, ports, runbook, floors);
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

/** In how many sends a change goes to the largest of its targets. */
export function mostWaves({ targets }: Pick<Planned, 'targets'>, sizes: readonly number[]): number {
  return Math.max(...Object.values(targets ?? {}).map((hosts) => inWaves(hosts, sizes).length), 0);
}

/** The `Name` tags of the targets (256 characters at most, "Tag naming limits" of EC2). */
function namesOf(instances: readonly ManagedInstance[], targets: Planned['targets']): Pick<Planned, 'names'> {
  const meant = new Set(Object.values(targets ?? {}).flat());
  const named = instances.flatMap(({ id, tags }) =>
    meant.has(id) && tags.Name ? [[id, tags.Name.slice(0, 256)]] : [],
  );
  return named.length === 0 ? {} : { names: Object.fromEntries(named) };
}

/** @throws {Error} when the runbook may need more dispatches than one incident has. */
export function refuseTooLong(
  runbook: Runbook,
  planned: readonly Pick<PlannedStep, 'number' | 'level'>[],
  waves: number,
): void {
  const changes = planned.filter(({ level }) => level !== 'read_only').map(({ number }) => number);
  const most = runbook.steps.reduce(
    (sum, step) => sum + dispatchesOf(step, changes.includes(step.number) ? waves : 1),
    0,
  );
  if (most > historyLimits.maximumDispatches)
    throw new Error(
      `runbook ${runbook.id} may need ${most} dispatches; at most ${historyLimits.maximumDispatches} fit`,
    );
}

/** The most dispatches that a step makes at one attempt each: `observe` counts twice, before and after; a change and its way back once a wave. */
export function dispatchesOf(step: Runbook['steps'][number], waves: number): number {
  return Math.max(...waysOf(step).map((way) => dispatchesOfWay(way, waves)));
}

function dispatchesOfWay(step: Runbook['steps'][number], waves: number): number {
  const sends = step.command ? waves : 1;
  return (
    sends + (step.observe ? 2 : 0) + [step.dryRun, step.verify].filter(Boolean).length + (step.rollback ? waves : 0)
  );
}

function stepsOf(situation: Situation, planned: Planned, runbook: Runbook, tools: RiskTools): PlannedStep[] {
  const drafted = { ...situation, progress: { ...situation.progress, planned } };
  return runbook.steps.map((step) => {
    const derived = derive(drafted, { step: step.number, part: 'run', attempt: 1, wave: 1 }, tools);
    const { verdict, scriptHash, alternatives } = derived;
    return {
      number: step.number,
      title: step.title,
      declared: step.declaredRisk,
      floor: verdict.floor.level,
      model: planned.steps.find(({ number }) => number === step.number)?.model ?? null,
      level: verdict.level,
      flags: [...verdict.flags],
      decision: verdict.decision,
      scriptHash,
      ...(alternatives.length > 0 ? { alternatives: alternatives.map(alternativeOf) } : {}),
      ...wantedIn([derived, ...alternatives]),
    };
  });
}

function alternativeOf({ step, verdict, scriptHash }: Derived) {
  const { floor, level, flags, decision } = verdict;
  return { title: step.title, floor: floor.level, level, flags: [...flags], decision, scriptHash };
}

function wantedIn(derived: readonly Derived[]): Pick<PlannedStep, 'wanted'> {
  const names = derived.flatMap(({ wanted }) => wanted.map(({ name }) => name));
  return names.length === 0 ? {} : { wanted: [...new Set(names)] };
}
