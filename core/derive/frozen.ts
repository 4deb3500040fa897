/**
 * Facts that are frozen in an incident's plan: parameters and targets. What the alarm says later may only take away, and
 * where success erased it, a plan that was burnt with once still counts.
 */
import type { Alarm } from '../alarm/alarm.ts';
import { type EventOf, planDigest } from '../audit/entry.ts';
import { digest } from '../digest.ts';
import type { Dispatch } from '../dispatch.ts';
import { type Attempt, doneEarlier, failed, lastTouched } from '../incident/attempts.ts';
import { isUnlisted } from '../incident/contributor.ts';
import { type DispatchProgress, mutations, type Progress, touchedHosts } from '../incident/progress.ts';
import type { Situation } from '../incident/situation.ts';
import { type Amendment, amendmentOf } from '../incident/spoken.ts';
import { type TypedValues, typedValues, valuesOf } from '../incident/typed.ts';
import { restOf, wavesOf } from '../incident/waves.ts';
import { defaultedBy, resolveParameters, sourcesOf } from '../runbook/parameters.ts';
import type { Runbook, Step, TargetSelector } from '../runbook/runbook.ts';
import { selectorsOf } from '../runbook/selectors.ts';
import { isUsable, type ManagedInstance, meantTargets, selectTargets } from '../runbook/targets.ts';

export type Planned = EventOf<'planned'>;

/** Why a dispatch cannot be derived: always a refusal. */
export class Underivable extends Error {
  override readonly name = 'Underivable';
}

/** What a dispatch runs with and where. */
export interface FrozenFacts {
  readonly parameters: Readonly<Record<string, string>>;
  /** The sorted hosts of this wave and all after it. */
  readonly targets: readonly string[];
  /** Of these the ones that are left out, because it can no longer run there. */
  readonly lost: readonly string[];
  /** What people changed of it; a rollback and a check have what their run was given. */
  readonly amended: Amendment;
  /** What people typed for parameters that nothing else gives. */
  readonly typed: TypedValues;
  /** Parameters whose default is used although the alarm was to give them; none for what follows or undoes a run. */
  readonly defaulted: ReturnType<typeof defaultedBy>;
}

export function parametersDigest(parameters: Readonly<Record<string, string>>): string {
  return digest('parameters/v1', parameters);
}

/** What is frozen of a runbook and an alarm when the plan is made. Throws when a parameter or target is missing. */
export function freeze(runbook: Runbook, alarm: Alarm, instances: readonly ManagedInstance[]) {
  return {
    parameters: resolveParameters(runbook, alarm),
    sources: sourcesOf(runbook, alarm),
    targets: Object.fromEntries(
      Object.entries(runbook.targets).map(([name, selector]) => [name, selectTargets(selector, alarm, instances)]),
    ),
    alarm: {
      dimensions: { ...alarm.dimensions },
      tags: { ...alarm.tags },
      comparison: alarm.comparison,
      threshold: alarm.threshold,
    },
  } satisfies Partial<Planned>;
}

/** Whether `execute` burnt a dispatch of this incident with exactly this plan: then the plan is what was acted upon. */
export function isCertified(progress: Progress): boolean {
  if (!progress.planned) return false;
  const wanted = planDigest(progress.planned);
  return progress.dispatches.some(({ burn }) => burn?.planDigest === wanted);
}

/**
 * Parameters and targets of a dispatch. What follows a run (its rollback, verification, observation) and what undoes
 * (`when=always`) has those of the plan that was burnt, where something may have run; everything else must agree with alarm and selector as they are now.
 * On top of both comes what people changed by their signed words: other values, fewer hosts.
 * A later wave goes to what the one before it left.
 *
 * @throws {Underivable} saying what changed, when they do not agree, or when no target is left.
 */
export function frozenFacts(situation: Situation, runbook: Runbook, step: Step, dispatch: Dispatch): FrozenFacts {
  const { progress } = situation;
  const planned = progress.planned;
  if (!planned) throw new Underivable('there is no plan');
  const alarm = withFrozenAttributes(situation.alarm, progress, planned);
  if (!alarm) throw new Underivable('CloudWatch does not know this incident’s alarm');
  const last = wavesBefore(progress, dispatch).at(-1);
  const rest = last ? restOf(last) : null;
  const touched = touchedByRun(progress, dispatch);
  const undoes = touched !== null || step.when === 'always';
  const amended = amendmentOf(situation, dispatch);
  const typed = typedValues(situation, runbook.parameters, step.number);
  const said = { ...valuesOf(typed), ...amended.parameters };
  if (undoes && isCertified(progress)) {
    const meant = rest ?? touched ?? toDo(progress, dispatch, narrowed(undoHosts(progress, planned, step), amended));
    const parameters = asBegun(progress, dispatch, { ...planned.parameters, ...said });
    return { parameters, ...usableOf(situation, meant), amended, typed, defaulted: [] };
  }
  const agreed = agreedParameters(progress, planned, runbook, alarm);
  const parameters = asBegun(progress, dispatch, { ...agreed, ...said });
  const { targets, lost } = agreedTargets(
    situation,
    rest ?? plannedFor(planned, step),
    selectorsOf(runbook, step),
    alarm,
  );
  const left = rest ? narrowed(targets, amended) : toDo(progress, dispatch, narrowed(targets, amended));
  if (left.length === 0) throw new Underivable('none of the hosts that were left is one on which it is still to run');
  // What a person typed rests on no default any more.
  const defaulted = defaultedBy(runbook, alarm).filter(
    ({ parameter }) => !Object.hasOwn(amended.parameters, parameter.name),
  );
  return { parameters, targets: left, lost: narrowed(lost, amended), amended, typed, defaulted };
}

/** A run goes on, and is undone and checked, with the values with which its first wave was burnt, or not at all. */
function asBegun(progress: Progress, dispatch: Dispatch, parameters: Readonly<Record<string, string>>) {
  const begun = wavesOf(progress, { ...dispatch, part: 'run' })[0]?.burn?.parametersDigest ?? null;
  if (begun === null || begun === parametersDigest(parameters)) return parameters;
  throw new Underivable(`step ${dispatch.step} was begun with other values than what is known of it now`);
}

/**
 * Where it did not succeed in an earlier attempt; where only the check of the last one failed, the hosts of that. An attempt
 * that was sent is asked about wherever it went.
 */
function toDo(progress: Progress, dispatch: Dispatch, hosts: readonly string[]): string[] {
  const { step, attempt } = dispatch;
  if (sentTo(progress, { step, attempt }).length > 0) return [...hosts];
  const last = { step, attempt: attempt - 1 };
  const isCheck = failed(progress, last).some((known) => known.dispatch.part === 'verify');
  const [again, done] = [isCheck ? sentTo(progress, last) : hosts, isCheck ? [] : doneEarlier(progress, dispatch)];
  return hosts.filter((host) => again.includes(host) && !done.includes(host));
}

/** The hosts that a run's waves went to. */
function sentTo(progress: Progress, own: Attempt): string[] {
  return wavesOf(progress, { ...own, part: 'run' }).flatMap(({ burn }) => burn?.targets ?? []);
}

/** What people left of the hosts, by their genuine words. */
function narrowed(hosts: readonly string[], { targets }: Amendment): string[] {
  return hosts.filter((host) => targets === null || targets.includes(host));
}

/** The burnt waves before this one; none for the first. Throws Underivable where one is missing. */
export function wavesBefore(progress: Progress, dispatch: Dispatch): DispatchProgress[] {
  const { wave } = dispatch;
  const before = wavesOf(progress, dispatch).filter((known) => known.burn !== null && known.dispatch.wave < wave);
  if (before.length !== wave - 1) throw new Underivable(`wave ${wave} does not follow a wave that was sent`);
  return before;
}

/** The attributes of a contributor go with it; those of a plan that was burnt with say what it was about. */
function withFrozenAttributes(alarm: Alarm | null, progress: Progress, planned: Planned): Alarm | null {
  if (alarm === null || !isUnlisted(alarm) || !planned.alarm || !isCertified(progress)) return alarm;
  return { ...alarm, dimensions: planned.alarm.dimensions };
}

/**
 * The hosts that the attempt which this dispatch follows may have touched, in any wave; null when it is no such part.
 * A way back leaves out those that a later attempt came to; a look and a check afterwards go also where an earlier attempt
 * did the same.
 */
function touchedByRun(progress: Progress, dispatch: Dispatch): string[] | null {
  const { step, part, attempt } = dispatch;
  if (part !== 'rollback' && part !== 'verify' && part !== 'after') return null;
  const runs = wavesOf(progress, { step, attempt, part: 'run' }).filter(({ burn }) => burn !== null);
  if (runs.length === 0) return null;
  if (part === 'rollback') return lastTouched(progress, dispatch);
  const [own] = runs;
  const same = progress.dispatches.filter(
    ({ dispatch: one, burn }) =>
      one.step === step &&
      one.part === 'run' &&
      one.attempt <= attempt &&
      burn !== null &&
      burn.parametersDigest === own?.burn?.parametersDigest,
  );
  return [...new Set(same.flatMap(touchedHosts))];
}

/** The sorted hosts that the plan froze for a step; undefined where it is of the first release, which froze none. */
export function plannedFor({ targets }: Pick<Planned, 'targets'>, { on }: Pick<Step, 'on'>): string[] | undefined {
  if (!targets) return undefined;
  const hosts = Object.entries(targets).flatMap(([name, ids]) => (on === null || on === name ? ids : []));
  return [...new Set(hosts)].toSorted();
}

/** Where a step that undoes goes: of the planned hosts those that any change may have touched; all, as long as nothing was changed. */
function undoHosts(progress: Progress, plan: Planned, step: Step): readonly string[] {
  const planned = plannedFor(plan, step) ?? [];
  const touched = new Set(mutations(progress).flatMap(touchedHosts));
  return touched.size === 0 ? planned : planned.filter((host) => touched.has(host));
}

function usableOf({ instances }: Situation, meant: readonly string[]) {
  const usable = meant.filter((id) => instances.some((instance) => instance.id === id && isUsable(instance)));
  return kept(meant, usable);
}

function agreedParameters(progress: Progress, planned: Planned, runbook: Runbook, alarm: Alarm) {
  let now: Record<string, string>;
  try {
    now = resolveParameters(runbook, alarm);
  } catch (error) {
    // The alarm no longer tells: a recovered contributor, a removed tag. What was burnt with before still counts.
    if (isCertified(progress)) return planned.parameters;
    throw error;
  }
  const names = [...new Set([...Object.keys(now), ...Object.keys(planned.parameters)])];
  const changed = names.filter((name) => now[name] !== planned.parameters[name]);
  if (changed.length === 0) return planned.parameters;
  const words = changed.map(
    (name) => `${name} was ${planned.parameters[name] ?? 'not set'} and is now ${now[name] ?? 'not set'}`,
  );
  throw new Underivable(`parameters changed since the plan: ${words.join('; ')}`);
}

function agreedTargets(
  situation: Situation,
  frozen: readonly string[] | undefined,
  selectors: Readonly<Record<string, TargetSelector>>,
  alarm: Alarm,
) {
  const each = (select: typeof selectTargets) =>
    [
      ...new Set(Object.values(selectors).flatMap((selector) => select(selector, alarm, situation.instances))),
    ].toSorted();
  // A plan of the first release froze no targets: they are what alarm and selector say now, as they were there.
  if (!frozen) return { targets: each(selectTargets), lost: [] };
  const now = each(meantTargets);
  return kept(
    frozen,
    frozen.filter((id) => now.includes(id)),
  );
}

/** A lost host is left out and named; a gained one was never in. */
function kept(meant: readonly string[], usable: readonly string[]): Pick<FrozenFacts, 'targets' | 'lost'> {
  const lost = meant.filter((id) => !usable.includes(id));
  if (usable.length === 0)
    throw new Underivable(
      meant.length === 0
        ? 'there is no host on which this is to run'
        : `no target is left: ${lost.join(', ')} is not opted in, online and meant any more`,
    );
  return { targets: [...usable].sort(), lost };
}
