/** What Plan and gate would make of a runbook, without an incident: derived, rendered and judged by the very same functions. */

import { factsOf } from '../derive/derive.ts';
import { historyLimits } from '../limits.ts';
import { limitsFor, scopesFor } from '../policy/limits.ts';
import type { RiskTools } from '../policy/verdict.ts';
import { epochOf } from '../time.ts';
import type { Mode, Severity } from '../words.ts';
import { dispatchesOf, mostWaves, refuseTooLong } from './plan.ts';
import type { PreviewParameter } from './preview-parameters.ts';
import { type Assumed, assume, type PreviewInput } from './preview-situation.ts';
import { type PreviewStep, previewStep, type Refusal } from './preview-step.ts';
import type { Group } from './preview-targets.ts';

/** A plan that was not made. Plain JSON; docs/runbooks.md describes every field. */
export interface Preview {
  readonly runbook: {
    readonly id: string;
    readonly title: string;
    readonly digest: string;
    readonly file: string;
    readonly owner: string;
    readonly severity: Severity;
  };
  readonly mode: Mode;
  readonly environment: string;
  readonly policyDigest: string;
  /** Null when none was given. */
  readonly alarm: PreviewAlarm | null;
  /** Which runbook the alarm would be given; null when no alarm was. */
  readonly match: PreviewMatch | null;
  readonly parameters: readonly PreviewParameter[];
  /** Of a runbook that names several, the first ones. */
  readonly targets: PreviewTargets;
  /** By name, in the runbook's order; those without one are called `all`. */
  readonly namedTargets: Readonly<Record<string, PreviewTargets>>;
  readonly steps: readonly PreviewStep[];
  readonly safeguards: Safeguards;
  /** Everything that would be refused; empty = nothing. */
  readonly refused: readonly Refusal[];
  /** What was taken for granted, because only AWS can tell it. */
  readonly assumptions: readonly string[];
}

export interface PreviewAlarm {
  readonly form: string;
  readonly name: string;
  readonly account: string | null;
  readonly region: string | null;
  readonly namespace: string | null;
  readonly metric: string | null;
  readonly dimensions: Readonly<Record<string, string>> | null;
  readonly tags: Readonly<Record<string, string>> | null;
  readonly comparison: string | null;
  readonly threshold: number | null;
  readonly statistic: string | null;
  readonly period: number | null;
}

export interface PreviewMatch {
  /** Null: none would be chosen, people decide. */
  readonly runbookId: string | null;
  /** How sure the match with this runbook is, 0 to 1; null when it is no candidate. */
  readonly confidence: number | null;
  readonly why: string | null;
  /** Which fact keeps it from being one, although its match or its words fit. */
  readonly excluded: string | null;
  readonly chosenBy: 'route' | 'text' | 'model' | 'nobody';
}

export interface PreviewTargets {
  readonly from: 'alarm' | 'tags';
  readonly tags: Readonly<Record<string, string>>;
  /** The runbook's own cap, and what the policy leaves of it. */
  readonly maximum: number;
  readonly allowed: number;
  /** Sorted; empty while the alarm, or the instances' tags, have not named them. */
  readonly instances: readonly string[];
  readonly waiting: boolean;
}

export interface Safeguards {
  readonly freeze: readonly {
    readonly from: string;
    readonly to: string;
    readonly reason: string;
    readonly mutations: 'halt' | 'ask';
    readonly inForce: boolean;
  }[];
  readonly waves: readonly number[];
  readonly autoApproveReads: boolean;
  readonly minimumConfidence: number;
  readonly maximumAutonomousActions: number;
  readonly haltOnFailure: boolean;
  readonly approvalTimeoutSeconds: number;
  readonly recoveredAfterSeconds: number;
  readonly verificationWindowSeconds: number;
  /** The most dispatches that the runbook may need, and that one incident may make. */
  readonly dispatches: number;
  readonly maximumDispatches: number;
}

/** @throws {PreviewError} for an environment or a parameter that is not known, and for values that their types refuse. */
export function preview(input: PreviewInput, tools: RiskTools): Preview {
  const assumed = assume(input);
  const { environment, parameters, situation } = assumed;
  const steps = assumed.runbook.steps.map((step, index) =>
    previewStep(assumed, input.runbook.steps[index] ?? step, tools),
  );
  const refusals = [...assumed.refusals, ...tooLong(assumed, steps)];
  // Whoever names an alarm that this runbook does not answer wants to see the steps all the same.
  const stopping = refusals.filter(({ rule }) => rule !== 'plan.no_match');
  const whole = refusals.map((refusal): Refusal => ({ step: null, part: null, ...refusal }));
  const { id, title, digest, file, owner, severity } = input.runbook;
  return {
    runbook: { id, title, digest, file, owner, severity },
    mode: input.policy.mode,
    environment,
    policyDigest: situation.compiled.policyDigest,
    alarm: alarmOf(input),
    match: matchOf(input, assumed),
    parameters,
    ...targetsOf(assumed),
    steps: stopping.length === 0 ? steps : steps.map((step) => ({ ...step, ...refusedWith(stopping) })),
    safeguards: safeguardsOf(input, assumed, steps),
    refused: [...whole, ...steps.flatMap((step) => step.refused)],
    assumptions: assumed.assumptions,
  };
}

/** Where no plan is made no step runs, whatever the policy says of it. */
function refusedWith(refusals: readonly { rule: string; text: string }[]): Partial<PreviewStep> {
  const reasons = refusals.map((refusal) => ({ ...refusal, decision: 'halt' as const }));
  return { decision: 'refused', reasons, approvers: [], required: 0 };
}

function tooLong({ runbook, situation }: Assumed, steps: readonly PreviewStep[]) {
  const { waves } = situation.compiled.policy.safety;
  const planned = steps.map(({ number, risk }) => ({ number, level: risk.level }));
  try {
    refuseTooLong(runbook, planned, mostWaves({ targets: situation.progress.planned?.targets ?? {} }, waves));
    return [];
  } catch (error) {
    return [{ rule: 'plan.refused', text: error instanceof Error ? error.message : String(error) }];
  }
}

function alarmOf({ alarm }: PreviewInput): PreviewAlarm | null {
  if (alarm === null) return null;
  const { form, unsaid, alarm: told } = alarm;
  const { name, account, region, namespace, metric, dimensions, tags, comparison, threshold, series } = told;
  const isPlaced = !unsaid.has('account');
  return {
    form,
    name,
    account: isPlaced ? account : null,
    region: isPlaced ? region : null,
    namespace,
    metric,
    dimensions: unsaid.has('dimensions') ? null : dimensions,
    tags: unsaid.has('tags') ? null : tags,
    comparison,
    threshold,
    statistic: series?.statistic ?? null,
    period: series?.periodSeconds ?? null,
  };
}

function matchOf({ alarm }: PreviewInput, { choice, candidate, excluded }: Assumed): PreviewMatch | null {
  if (alarm === null) return null;
  return {
    runbookId: choice?.runbookId ?? null,
    confidence: candidate?.confidence ?? null,
    why: candidate?.why ?? null,
    excluded,
    chosenBy: choice?.kind ?? 'nobody',
  };
}

function targetsOf({ groups }: Assumed): Pick<Preview, 'targets' | 'namedTargets'> {
  const [[, targets] = [], ...others] = groups.map((group) => [group.name, groupOf(group)] as const);
  if (!targets) throw new TypeError('preview: a runbook has targets');
  return { targets, namedTargets: Object.fromEntries([[groups[0]?.name, targets], ...others]) };
}

function groupOf({ selector, most, instances, known }: Group): PreviewTargets {
  const { from, tags, maximum } = selector;
  const ids = known ? instances.map(({ id }) => id).toSorted() : [];
  return { from, tags, maximum, allowed: most, instances: ids, waiting: !known };
}

function safeguardsOf({ policy, runbook, now }: PreviewInput, assumed: Assumed, steps: readonly PreviewStep[]) {
  const { situation } = assumed;
  const { alarm } = situation;
  const [first] = assumed.runbook.steps;
  if (!alarm || !first) throw new TypeError('preview: the situation has an alarm and a step');
  const dispatch = { step: first.number, part: 'run', attempt: 1, wave: 1 } as const;
  const facts = factsOf(situation, assumed.runbook, alarm, first, dispatch, []);
  const limits = limitsFor(facts);
  const tier = policy.tiers[runbook.severity];
  const waves = mostWaves({ targets: situation.progress.planned?.targets ?? {} }, policy.safety.waves);
  const changes = new Set(steps.filter(({ risk }) => risk.level !== 'read_only').map(({ number }) => number));
  return {
    freeze: scopesFor(facts)
      .flatMap(({ freeze }) => freeze)
      .filter(({ to }) => epochOf(to) > now)
      .map((window) => ({ ...window, inForce: limits.freezes.includes(window) })),
    waves: policy.safety.waves,
    autoApproveReads: limits.autoApproveReads,
    minimumConfidence: tier.min_confidence,
    maximumAutonomousActions: tier.max_autonomous_actions,
    haltOnFailure: tier.halt_on_failure,
    approvalTimeoutSeconds: limits.timeoutSeconds,
    recoveredAfterSeconds: policy.safety.recovered_after,
    verificationWindowSeconds: policy.safety.verification_window,
    dispatches: assumed.runbook.steps.reduce(
      (sum, step) => sum + dispatchesOf(step, changes.has(step.number) ? waves : 1),
      0,
    ),
    maximumDispatches: historyLimits.maximumDispatches,
  } satisfies Safeguards;
}
