/** Deriving a dispatch: from reviewed runbook and alarm to the exact bytes, targets and verdict; plan, gate, request and kernel share it. */
import type { Alarm } from '../alarm/alarm.ts';
import { sha256 } from '../digest.ts';
import { type Dispatch, dispatchKey } from '../dispatch.ts';
import { hasFailed, isMutation, mutations, type Progress } from '../incident/progress.ts';
import type { Situation } from '../incident/situation.ts';
import { type Amendment, amendmentOf } from '../incident/spoken.ts';
import { type TypedValues, typedValues } from '../incident/typed.ts';
import { inWaves } from '../incident/waves.ts';
import { candidates } from '../matching/match.ts';
import { environmentOf } from '../policy/environment.ts';
import type { Facts, Verdict } from '../policy/facts.ts';
import { type RiskTools, verdict } from '../policy/verdict.ts';
import type { Involved } from '../policy/who.ts';
import { isTyped, ParameterError } from '../runbook/parameters.ts';
import { render, renderKnown } from '../runbook/render.ts';
import { exampleOf } from '../runbook/review.ts';
import type { Parameter, Runbook, ScriptTemplate, Step } from '../runbook/runbook.ts';
import { maximumOf } from '../runbook/selectors.ts';
import { placeholders } from '../runbook/substitute.ts';
import { TargetError } from '../runbook/targets.ts';
import { waysOf } from '../runbook/ways.ts';
import { namedRunbook } from '../subject.ts';
import { type Part, type QuestionKind, riskAtLeast } from '../words.ts';
import { type FrozenFacts, frozenFacts, isCertified, Underivable, wavesBefore } from './frozen.ts';

export interface Derived {
  readonly dispatch: Dispatch;
  readonly runbook: Runbook;
  readonly step: Step;
  /** The rendered bytes; null for a manual step, which is confirmed and never sent. With `wanted` values as far as known, and never sent either. */
  readonly script: string | null;
  /** SHA-256 of the script, hex; of the empty text for a manual step. */
  readonly scriptHash: string;
  /** The sorted hosts of all waves: what a question about it names. */
  readonly targets: readonly string[];
  /** The hosts of each wave: burnt ones as they were burnt, then what is still to be done, cut by the policy's sizes. */
  readonly waves: readonly (readonly string[])[];
  /** Planned targets on which it can no longer run. */
  readonly lost: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  /** Seconds that one run may take, all its repetitions together. */
  readonly timeoutSeconds: number;
  /** For how many of these the host begins it again until it exits with 0; 0 = it runs once. */
  readonly waitSeconds: number;
  /** What of both people changed, and who: none of them may approve it. */
  readonly amended: Amendment;
  /** Who typed values that stand in a script of this step, by parameter: none of them may approve it. */
  readonly typed: TypedValues;
  /** Parameters of this step that a person is still to type; while there are any nothing of it runs. */
  readonly wanted: readonly Parameter[];
  /** What people are still to choose from, each as if it were chosen; while there is any, nothing of the step runs. */
  readonly alternatives: readonly Derived[];
  /** Parameters in this script whose default is used although the alarm was to give them. */
  readonly defaulted: Facts['defaulted'];
  /** The environment that the verdict used. */
  readonly environment: string;
  readonly verdict: Verdict;
}

/** The template of a step's part; null when the step has none (and for the `run` of a manual step). */
export function templateOf(step: Step, part: Part): ScriptTemplate | null {
  const templates: Record<Part, ScriptTemplate | null> = {
    before: step.observe,
    after: step.observe,
    run: step.command,
    dry_run: step.dryRun,
    rollback: step.rollback,
    verify: step.verify,
  };
  return templates[part];
}

/**
 * How sure the match is: the plan's own word, and never more than matching says again now. A contributor that recovered
 * takes its dimensions with it: then the plan that was burnt with stands. A runbook that a person named, which the incident's id
 * says, need not match: what matching does not say is 0, below which every step asks.
 */
function confidenceOf({ compiled, progress, subject }: Situation, runbook: Runbook, alarm: Alarm): number {
  const planned = progress.planned?.confidence ?? 0;
  const found = candidates(compiled.runbooks, alarm).find(({ runbookId }) => runbookId === runbook.id);
  const named = namedRunbook(subject);
  if (named !== null && named !== runbook.id)
    throw new Underivable(`runbook ${runbook.id} was planned, and a person named ${named}`);
  if (found) return Math.min(found.confidence, planned);
  if (named !== null) return 0;
  if (isCertified(progress)) return planned;
  throw new Underivable(`runbook ${runbook.id} is no candidate for alarm ${alarm.name}`);
}

function failedBefore(progress: Progress): boolean {
  return progress.dispatches.some((known) => hasFailed(known) && isMutation(known));
}

/**
 * Derives a dispatch of the planned runbook. Throws Underivable with the reason when the alarm, runbook, step, part,
 * parameters or targets do not allow it.
 */
export function derive(situation: Situation, dispatch: Dispatch, tools: RiskTools): Derived {
  const { alarm, runbook } = situation;
  if (!alarm) throw new Underivable('CloudWatch does not know this incident’s alarm');
  if (!runbook) throw new Underivable('the planned runbook is not deployed here any more');
  const step = runbook.steps.find(({ number }) => number === dispatch.step);
  if (step && step.alternatives.length > 0 && dispatch.part === 'run')
    return choice(step, (way) => deriveStep(situation, runbook, alarm, way, dispatch, tools));
  return deriveStep(situation, runbook, alarm, step, dispatch, tools);
}

/** What is still to be chosen, judged as the riskiest of what may be: never sent as it is. */
function choice(step: Step, derived: (way: Step) => Derived): Derived {
  const alternatives = waysOf(step).map(derived);
  const possible = alternatives.filter(({ verdict: { decision } }) => decision !== 'halt');
  const [first, ...others] = possible.length > 0 ? possible : alternatives;
  if (!first) throw new Underivable(`step ${step.number} has nothing to choose from`);
  const riskiest = others.reduce(
    (most, other) => (riskAtLeast(most.verdict.level, other.verdict.level) ? most : other),
    first,
  );
  const timeoutSeconds = Math.max(...alternatives.map((one) => one.timeoutSeconds));
  return { ...riskiest, step, alternatives, timeoutSeconds };
}

function deriveStep(
  situation: Situation,
  runbook: Runbook,
  alarm: Alarm,
  step: Step | undefined,
  dispatch: Dispatch,
  tools: RiskTools,
): Derived {
  const { compiled, progress } = situation;
  const template = step ? templateOf(step, dispatch.part) : null;
  const isManual = step?.command === null && step.alternatives.length === 0 && dispatch.part === 'run';
  if (!step || (!template && !isManual))
    throw new Underivable(`runbook ${runbook.id} has no ${dispatchKey('step', dispatch)}`);
  const { parameters, targets: ahead, lost, amended, typed, defaulted } = frozen(situation, runbook, step, dispatch);
  const named = namesIn(dispatch.part === 'run' ? templatesOf(step) : [template]);
  const wanted = runbook.parameters.filter(
    (parameter) => isTyped(parameter) && named.has(parameter.name) && !Object.hasOwn(parameters, parameter.name),
  );
  const isBegun = dispatch.wave > 1 || !['run', 'before', 'dry_run'].includes(dispatch.part);
  if (wanted.length > 0 && isBegun)
    throw new Underivable(
      `step ${step.number} was begun without ${wanted.map(({ name }) => name).join(', ')}, which it wants now`,
    );
  const burnt = wavesBefore(progress, dispatch).map(({ burn }) => burn?.targets ?? []);
  const targets = [...burnt.flat(), ...ahead].toSorted();
  const script = template && (wanted.length > 0 ? renderKnown : render)(template.text, parameters);
  // What is to be typed is judged by an example: what is asked then is who types, and the whole is judged again.
  const examples = Object.fromEntries(wanted.map((parameter) => [parameter.name, exampleOf(parameter)]));
  const example = template && wanted.length > 0 ? render(template.text, { ...examples, ...parameters }) : script;
  const rests = restsOn(template, defaulted);
  const given = givenIn(template, runbook, parameters);
  const judgedBy = isPlans(situation, dispatch, amended) ? compiled.policy : unattended(compiled.policy);
  const facts = {
    ...factsOf(situation, runbook, alarm, step, dispatch, targets),
    policy: judgedBy,
    defaulted: rests,
    given,
  };
  const judged = verdict(example, facts, tools);
  const waitSeconds = waitOf(situation, template);
  if (waitSeconds > 0 && judged.floor.level !== 'read_only')
    throw new Underivable(
      `step ${step.number} is repeated until it succeeds, so it must only look: ${judged.floor.level}`,
    );
  // What only reads goes everywhere at once, and what a person does by hand is no send.
  const changes = script !== null && riskAtLeast(judged.level, 'modifying');
  const waves = changes ? inWaves(ahead, compiled.policy.safety.waves, burnt.length) : [ahead];
  return {
    dispatch,
    runbook,
    step,
    script,
    scriptHash: sha256(script ?? ''),
    targets,
    waves: [...burnt, ...waves],
    lost,
    parameters,
    timeoutSeconds: step.timeoutSeconds + waitSeconds,
    waitSeconds,
    amended,
    typed: Object.fromEntries(Object.entries(typed).filter(([name]) => namesIn(templatesOf(step)).has(name))),
    wanted,
    alternatives: [],
    defaulted: rests,
    environment: facts.environment,
    verdict: judged,
  };
}

/**
 * Whether it is what standing approvals are for: the plan's own command, as it was planned, for the first time. What somebody
 * changed another than they must see, whatever the policy has come to say since; at what is tried again somebody looks; and
 * where the mode was switched to dry_run meanwhile nothing goes out unasked.
 */
function isPlans({ compiled, progress }: Situation, { part, attempt }: Dispatch, { by }: Amendment): boolean {
  const isChanged = part === 'run' && by.length > 0;
  const isSwitched = compiled.policy.mode === 'dry_run' && mutations(progress).length > 0;
  return attempt === 1 && !isChanged && !isSwitched;
}

/** The same policy without its standing approvals: who must be asked, and how many, is as if it had none. */
export function unattended(policy: Facts['policy']): Facts['policy'] {
  return { ...policy, standing_approvals: [] };
}

/** A dry run looks once: what is waited for was never done. */
function waitOf({ compiled, progress }: Situation, template: ScriptTemplate | null): number {
  const isDry = compiled.policy.mode === 'dry_run' && mutations(progress).length === 0;
  return isDry ? 0 : (template?.waitSeconds ?? 0);
}

/** Every script of a step. */
export function templatesOf({ command, dryRun, observe, rollback, verify }: Step): ScriptTemplate[] {
  return [command, dryRun, observe, rollback, verify].filter((template) => template !== null);
}

function namesIn(templates: readonly (ScriptTemplate | null)[]): Set<string> {
  return new Set(templates.flatMap((template) => placeholders(template?.text ?? '').map(({ name }) => name)));
}

/** Of the parameters that took their default those that stand in this script. */
export function restsOn(template: ScriptTemplate | null, defaulted: FrozenFacts['defaulted']): Facts['defaulted'] {
  const named = namesIn([template]);
  return defaulted.flatMap(({ parameter: { name, destructiveDefault }, lacks }) =>
    named.has(name) ? [{ name, lacks, isAllowed: destructiveDefault }] : [],
  );
}

/**
 * Of the parameters in this script those whose value is not the one that the author wrote. Where an alarm gives the author's
 * own, it was reviewed.
 */
export function givenIn(
  template: ScriptTemplate | null,
  { parameters }: Pick<Runbook, 'parameters'>,
  values: Readonly<Record<string, string>>,
): Facts['given'] {
  return [...namesIn([template])].flatMap((name) => {
    const sources = parameters.find((parameter) => parameter.name === name)?.sources ?? [];
    const value = values[name] ?? '';
    return sources.some((source) => source.kind === 'default' && source.value === value) ? [] : [{ name, value }];
  });
}

/** What a dispatch to these hosts is judged by, beside its script. */
export function factsOf(
  situation: Situation,
  runbook: Runbook,
  alarm: Alarm,
  step: Step,
  dispatch: Dispatch,
  targets: readonly string[],
): Facts {
  const { compiled, progress } = situation;
  return {
    policy: compiled.policy,
    environment: environmentOf(compiled.policy, alarm.account, alarm.region),
    claimedEnvironments: claimedEnvironments(alarm),
    account: alarm.account,
    region: alarm.region,
    ...writtenFacts(runbook, step, dispatch),
    modelRisk: modelRiskOf(progress.planned, dispatch),
    confidence: confidenceOf(situation, runbook, alarm),
    targets,
    stopAlarms: situation.stopAlarms,
    defaulted: [],
    given: [],
    autonomousActions: situation.autonomousActions,
    failedBefore: failedBefore(progress),
    ...involvedIn(situation, runbook, alarm, step, dispatch),
    now: situation.now,
  };
}

/** What the runbook says of a dispatch. */
export function writtenFacts(runbook: Runbook, step: Step, { part }: Dispatch) {
  return {
    runbookEnvironments: runbook.environments,
    part,
    runbookId: runbook.id,
    runbookDigest: runbook.digest,
    owner: runbook.owner,
    severity: runbook.severity,
    step: step.number,
    always: step.when === 'always',
    declaredRisk: step.declaredRisk,
    maximumTargets: maximumOf(runbook, step),
  } satisfies Partial<Facts>;
}

/** Who has a part in it: they do not approve it. */
function involvedIn(
  situation: Situation,
  { parameters }: Runbook,
  alarm: Alarm,
  step: Step,
  dispatch: Dispatch,
): Involved {
  const initiator = situation.initiator?.name ?? null;
  const typed = Object.entries(typedValues(situation, parameters, step.number));
  const named = namesIn(templatesOf(step));
  const amended = amendmentOf(situation, dispatch);
  // Of a value that somebody else put in its place nobody is the author any more.
  const isInForce = (name: string) => named.has(name) && !Object.hasOwn(amended.parameters, name);
  const typists = typed.flatMap(([name, { by }]) => (isInForce(name) ? [by] : []));
  const changers = [...new Set([...amended.by, ...typists])].toSorted();
  return { initiator, changers, alarmName: alarm.name };
}

/** Whether something of its step is still to be chosen or typed: then nothing of it is sent. */
export function isOpen({ wanted, alternatives }: Pick<Derived, 'wanted' | 'alternatives'>): boolean {
  return wanted.length > 0 || alternatives.length > 0;
}

/**
 * The question by which people let it go ahead: what nobody sends is confirmed, not approved; and where something is still to
 * be chosen or typed, it is that which is asked first.
 */
export function goAhead({
  script,
  wanted,
  alternatives,
}: Pick<Derived, 'script' | 'wanted' | 'alternatives'>): QuestionKind {
  if (alternatives.length > 0) return 'choose';
  if (wanted.length > 0) return 'input';
  return script === null ? 'manual' : 'approve';
}

/** The hosts that this very dispatch goes to. */
export function hostsOf({ dispatch, waves }: Pick<Derived, 'dispatch' | 'waves'>): readonly string[] {
  return waves[dispatch.wave - 1] ?? [];
}

/** The sorted hosts that it leaves to the waves after it. */
export function restAfter({ dispatch, waves }: Pick<Derived, 'dispatch' | 'waves'>): string[] {
  return waves.slice(dispatch.wave).flat().toSorted();
}

/** What the alarm's own tag calls the environment: it can only add requirements. */
export function claimedEnvironments({ tags }: Pick<Alarm, 'tags'>): readonly string[] {
  const claimed = tags.environment;
  return claimed === undefined ? [] : [claimed];
}

export function modelRiskOf(planned: Progress['planned'], dispatch: Dispatch) {
  if (dispatch.part !== 'run') return null;
  return planned?.steps.find(({ number }) => number === dispatch.step)?.model ?? null;
}

/** The frozen facts; a missing parameter or target is a refusal like any other. */
function frozen(situation: Situation, runbook: Runbook, step: Step, dispatch: Dispatch) {
  try {
    return frozenFacts(situation, runbook, step, dispatch);
  } catch (error) {
    if (error instanceof ParameterError || error instanceof TargetError) throw new Underivable(error.message);
    throw error;
  }
}
