/** Who may approve a step, from files alone: the terms that a question about it would carry, and who is not among them and why. */
import { derive, factsOf } from '../derive/derive.ts';
import { Underivable } from '../derive/frozen.ts';
import { environmentsInPlay } from '../policy/limits.ts';
import type { RiskTools } from '../policy/verdict.ts';
import { notListed, shortage } from '../policy/who.ts';
import type { Exclusion, RiskLevel } from '../words.ts';
import { PreviewError } from './preview-parameters.ts';
import type { PreviewInput } from './preview-situation.ts';
import { assume } from './preview-situation.ts';

export interface WhoMayApprove {
  readonly runbook: string;
  readonly step: { readonly number: number; readonly title: string };
  readonly level: RiskLevel;
  readonly environment: string;
  readonly team: string;
  /** Whether somebody is asked at all; else why not. */
  readonly asks: boolean;
  readonly reasons: readonly string[];
  /** How many different people must approve. */
  readonly required: number;
  /** One approval must come through IAM. */
  readonly secondChannel: boolean;
  readonly singleOperator: boolean;
  readonly approvers: readonly {
    readonly name: string;
    readonly slack: boolean;
    readonly iam: boolean;
    /** One Slack user group of each of these sets must hold them when they answer. */
    readonly slackGroups: readonly (readonly string[])[];
  }[];
  /** Who could, but for their part in it. */
  readonly excluded: readonly { readonly name: string; readonly why: Exclusion }[];
  /** Who may not here at all, and the first list of countersign.yaml that does not name them. */
  readonly notListed: readonly { readonly name: string; readonly list: string }[];
  /** Why these people can never decide; null when they can. */
  readonly short: string | null;
}

/** @throws {PreviewError} for a step that there is not, and what `assume` throws. */
export function whoMayApprove(input: PreviewInput, number: number, tools: RiskTools): WhoMayApprove {
  const { situation, runbook, environment } = assume(input);
  const step = runbook.steps.find((one) => one.number === number);
  if (!step || !situation.alarm)
    throw new PreviewError([`runbook ${runbook.id} has no step ${number}; it has 1 to ${runbook.steps.length}`]);
  const dispatch = { step: number, part: 'run', attempt: 1, wave: 1 } as const;
  const { verdict } = derivedOr(() => derive(situation, dispatch, tools));
  const facts = factsOf(situation, runbook, situation.alarm, step, dispatch, []);
  const { approvals, level, decision } = verdict;
  const asks = decision !== 'proceed' && level !== 'forbidden';
  return {
    runbook: runbook.id,
    step: { number, title: step.title },
    level,
    environment,
    team: runbook.owner,
    asks,
    reasons: verdict.reasons.map(({ text }) => text),
    required: approvals.required,
    secondChannel: approvals.secondChannel,
    singleOperator: approvals.singleOperator,
    approvers: approvals.approvers.map(({ name, slack, iam }) => ({
      name,
      slack: slack !== null,
      iam: iam.length > 0,
      slackGroups: approvals.narrowed.find((one) => one.name === name)?.slackGroups ?? [],
    })),
    excluded: approvals.excluded,
    notListed: notListed({
      policy: situation.compiled.policy,
      environments: environmentsInPlay(facts),
      team: runbook.owner,
      level,
    }),
    short: asks ? shortage(approvals) : null,
  };
}

function derivedOr<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof Underivable) throw new PreviewError([error.message]);
    throw error;
  }
}
