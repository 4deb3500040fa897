/** The situation that Plan would read of an alarm, with what nobody knows yet put in its place, and named. */
import { type Alarm, optInTag } from '../alarm/alarm.ts';
import { type Unsaid, unknownPlace, type WrittenAlarm } from '../alarm/written.ts';
import { readChain } from '../audit/chain.ts';
import { factsOf } from '../derive/derive.ts';
import { freeze, type Planned } from '../derive/frozen.ts';
import { runDocument } from '../derive/run-document.ts';
import { neverStopped } from '../incident/kill-switch.ts';
import { progressOf } from '../incident/progress.ts';
import type { Situation } from '../incident/situation.ts';
import { type Candidate, type Choice, consider, decide } from '../matching/match.ts';
import { environmentOf } from '../policy/environment.ts';
import { limitsFor, stopAlarmsOf } from '../policy/limits.ts';
import { policyDigest } from '../policy/parse.ts';
import type { Policy } from '../policy/schema.ts';
import { release } from '../release.ts';
import { parseRunbook } from '../runbook/parse.ts';
import type { Runbook, Step } from '../runbook/runbook.ts';
import type { ManagedInstance } from '../runbook/targets.ts';
import { isoOf } from '../time.ts';
import { type PreviewParameter, previewParameters, withValues } from './preview-parameters.ts';
import { placeOf } from './preview-place.ts';
import { type Group, standIn, targetsOf } from './preview-targets.ts';

export interface PreviewInput {
  readonly runbook: Runbook;
  /** The runbooks that are deployed beside it, and compete for the alarm. */
  readonly others: readonly Runbook[];
  readonly policy: Policy;
  /** Null = none is known yet, and what it would say waits. */
  readonly alarm: WrittenAlarm | null;
  /** Values by the parameters' names. */
  readonly given: Readonly<Record<string, string>>;
  /** The environment to plan for; null = that of the alarm's account, else the strictest. */
  readonly environment: string | null;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Assumed {
  readonly situation: Situation;
  /** With every value in it, known or an example. */
  readonly runbook: Runbook;
  readonly environment: string;
  readonly parameters: readonly PreviewParameter[];
  /** The hosts of each selector, in the runbook's order. */
  readonly groups: readonly Group[];
  readonly choice: Choice | null;
  readonly candidate: Candidate | null;
  /** Which fact keeps it from being one, although its match or its words fit. */
  readonly excluded: string | null;
  /** Why no plan would be made, by the gate's names. */
  readonly refusals: readonly { readonly rule: string; readonly text: string }[];
  readonly assumptions: readonly string[];
}

/** The alarm with the instance that is judged: of an alarm that names none, or a wrong one, its stand-in. */
function onInstance(alarm: Alarm, [first]: readonly ManagedInstance[]): Alarm {
  return { ...alarm, dimensions: { ...alarm.dimensions, InstanceId: first?.id ?? standIn(0) } };
}

const everything: ReadonlySet<Unsaid> = new Set(['account', 'dimensions', 'tags']);
const incidentId = 'inc-00000000000000000000';

/** @throws {PreviewError} for an environment or a parameter that is not known, and for values that their types refuse. */
export function assume(input: PreviewInput): Assumed {
  const { runbook: written, now } = input;
  const told = input.alarm?.alarm ?? blankAlarm(now);
  const unsaid = input.alarm?.unsaid ?? everything;
  const parameters = previewParameters(written, input.given, told, unsaid);
  const place = placeOf(input.policy, input.alarm, input.environment);
  const considered = input.alarm ? consider([written, ...input.others], told) : null;
  const candidate = considered?.candidates.find(({ runbookId }) => runbookId === written.id) ?? null;
  const excluded = considered?.excluded.find(({ runbookId }) => runbookId === written.id)?.why ?? null;
  const refusals = [...refusedParameters(written, parameters, told), ...refusedMatch(input, candidate, excluded)];
  const assumptions = [...place.assumptions, ...assumptionsOf(input, candidate)];
  const valued = withValues(written, parameters, unsaid);
  const runbook = candidate ? valued : { ...valued, match: anyMatch };
  const alarm = { ...told, account: place.account, region: place.region };
  // An alarm that the runbook does not answer is judged as one that it does, in the same place and with the same tags.
  const asked = candidate
    ? alarm
    : { ...blankAlarm(now), account: place.account, region: place.region, tags: told.tags };
  const compiled = {
    format: 1 as const,
    release,
    runbooks: [runbook, ...(candidate ? input.others : [])],
    policy: place.policy,
    policyDigest: policyDigest(input.policy),
    document: runDocument(),
  };
  const blank = blankSituation(compiled, runbook, asked, candidate?.confidence ?? 1, now);
  const targets = targetsOf(runbook, alarm, unsaid, (name) => cap(blank, runbook, asked, name));
  const byAlarm = targets.groups.find(({ selector }) => selector.from === 'alarm');
  const meant = byAlarm ? onInstance(asked, byAlarm.instances) : asked;
  const instances = targets.groups.flatMap((group) => group.instances);
  const situation = withPlan(blank, runbook, meant, instances);
  return {
    situation,
    runbook,
    environment: environmentOf(place.policy, place.account, place.region),
    parameters,
    groups: targets.groups,
    choice: considered && decide(considered.candidates, null),
    candidate,
    excluded,
    refusals: [...refusals, ...(targets.refusal === null ? [] : [planRefused(targets.refusal)])],
    assumptions: [...assumptions, ...targets.assumptions],
  };
}

const planRefused = (text: string) => ({ rule: 'plan.refused', text });

function blankAlarm(now: number): Alarm {
  const { account, region } = unknownPlace;
  return {
    arn: `arn:aws:cloudwatch:${region}:${account}:alarm:${anyName}`,
    name: anyName,
    account,
    region,
    kind: 'metric',
    state: 'ALARM',
    stateChangedAt: isoOf(now),
    stateReason: '',
    description: '',
    namespace: null,
    metric: null,
    dimensions: {},
    tags: {},
    rule: null,
    comparison: null,
    threshold: null,
    series: null,
    contributorId: null,
    quiet: null,
  };
}

function refusedParameters(runbook: Runbook, parameters: readonly PreviewParameter[], alarm: Alarm) {
  const has = (values: Readonly<Record<string, string>>) => Object.keys(values).join(', ') || 'none';
  return parameters
    .filter(({ source }) => source === 'missing')
    .map(({ name, sources }) =>
      planRefused(
        `parameter ${name} of ${runbook.id} has no value: it comes from ${sources.join(' or ') || 'nowhere'}, and the alarm has the dimensions ${has(alarm.dimensions)} and the tags ${has(alarm.tags)}`,
      ),
    );
}

/** Of an alarm whose dimensions are not told nobody knows yet which runbook it would be given. */
function refusedMatch({ runbook, alarm }: PreviewInput, candidate: Candidate | null, excluded: string | null) {
  if (alarm === null || candidate !== null || alarm.unsaid.has('dimensions')) return [];
  const why = excluded ?? 'neither its match nor its words fit';
  const text = `runbook ${runbook.id} is no candidate for the alarm ${alarm.alarm.name}: ${why}`;
  return [{ rule: 'plan.no_match', text }];
}

function assumptionsOf({ alarm, policy }: PreviewInput, candidate: Candidate | null): string[] {
  const isTold = alarm !== null && !alarm.unsaid.has('tags');
  return [
    ...(candidate === null ? ['the runbook’s match names the alarm exactly: confidence 0.99'] : []),
    ...(isTold && alarm.alarm.tags[optInTag.key] === optInTag.value
      ? []
      : [`the alarm is tagged ${optInTag.key}=${optInTag.value}`]),
    ...(policy.llm.enabled ? ['the model raises no risk'] : []),
    ...(policy.standing_approvals.length > 0 ? ['nothing was changed under a standing approval yet'] : []),
  ];
}

/** Stands for an alarm that nobody has given, or that the runbook does not answer. */
const anyName = 'any';

/** A match by that exact name, as the format has one. */
const anyMatch = parseRunbook(
  `---\n{ id: any, title: any, owner: any, severity: low, match: { alarms: [${anyName}] } }\n---\n\n1. Any\n`,
  'any.md',
).match;

function blankSituation(
  compiled: Situation['compiled'],
  runbook: Runbook,
  alarm: Alarm,
  confidence: number,
  now: number,
): Situation {
  const planned: Planned = {
    kind: 'planned',
    mode: compiled.policy.mode,
    environment: environmentOf(compiled.policy, alarm.account, alarm.region),
    runbook: { id: runbook.id, digest: runbook.digest },
    policyDigest: compiled.policyDigest,
    confidence,
    chosenBy: 'route',
    model: 'off',
    parameters: {},
    steps: [],
    problems: [],
  };
  return {
    incidentId,
    compiled,
    chain: readChain(incidentId, []),
    broken: null,
    progress: { ...progressOf([]), planned },
    spoken: [],
    subject: null,
    initiator: null,
    alarm,
    runbook,
    instances: [],
    // None fires, as far as a preview is concerned: it names them.
    stopAlarms: Object.fromEntries(stopAlarmsOf(compiled.policy).map((name) => [name, 'OK'])),
    kill: neverStopped,
    autonomousActions: 0,
    leases: [],
    held: [],
    now,
  };
}

/** Freezes as Plan does. */
function withPlan(blank: Situation, runbook: Runbook, alarm: Alarm, instances: readonly ManagedInstance[]): Situation {
  const planned = blank.progress.planned;
  if (!planned) throw new TypeError('preview: the blank situation has a plan');
  const frozen = { ...planned, ...freeze(runbook, alarm, instances) };
  return { ...blank, alarm, instances, progress: { ...blank.progress, planned: frozen } };
}

function cap(situation: Situation, runbook: Runbook, alarm: Alarm, on: string): number {
  const [step] = runbook.steps;
  if (!step) throw new TypeError(`preview: runbook ${runbook.id} has no steps`);
  const dispatch = { step: step.number, part: 'run', attempt: 1, wave: 1 } as const;
  return limitsFor(factsOf(situation, runbook, onInstance(alarm, []), { ...step, on }, dispatch, [])).maximumTargets;
}

/** The sorted hosts of a step; empty while the alarm or the tags have not named all of them. */
export function hostsFor({ groups }: Pick<Assumed, 'groups'>, { on }: Pick<Step, 'on'>): string[] {
  const own = groups.filter(({ name }) => on === null || on === name);
  if (own.some(({ known }) => !known)) return [];
  return [...new Set(own.flatMap(({ instances }) => instances.map(({ id }) => id)))].toSorted();
}
