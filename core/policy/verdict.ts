/** The one answer to "may this run?": pure, so that what is shown, asked and executed is judged by the same words. */
import { classify, type Reparse } from '../risk/classify.ts';
import type { RiskVerdict } from '../risk/verdict.ts';
import { higherRisk, type PolicyDecision, type RiskLevel } from '../words.ts';
import type { ApprovalTerms, Facts, PolicyReason, Verdict } from './facts.ts';
import { environmentsInPlay, type Limits, limitsFor } from './limits.ts';
import { type Rule, type RuleInput, rules } from './rules.ts';
import { standingFor } from './standing.ts';
import { shortage, type Who, whoMay } from './who.ts';

export type { Facts, Verdict } from './facts.ts';

/** The means of the floor: its second parser, whose loading is I/O. Absent = nothing is read_only. */
export interface RiskTools {
  readonly reparse?: Reparse;
}

/** What a step without a command is: nothing is sent, a person confirms. */
const manualFloor: RiskVerdict = { level: 'read_only', flags: [], reasons: [], known: true };

/**
 * Judges the very bytes of `script` (null = a manual step) under `facts`. Every rule is asked and the strictest answer
 * counts; a rule that throws, or no answer at all, halts. The organisation's own commands come from the policy. The mode plays no part: in dry_run the gate skips what this would ask.
 */
export function verdict(script: string | null, facts: Facts, tools: RiskTools): Verdict {
  const floor = script === null ? manualFloor : classify(script, { ...tools, commands: facts.policy.commands });
  const level = riskOf(floor, facts);
  const limits = limitsFor(facts);
  const standing = standingFor(facts);
  const said = hear({ facts, sends: script !== null, floor, level, limits, standing });
  const who = whoMay(
    { policy: facts.policy, environments: environmentsInPlay(facts), team: facts.owner, level },
    facts,
  );
  const short = strictest(said) === 'ask' ? shortage(who) : null;
  const reasons = short === null ? said : [...said, tooFew(facts, short)];
  const decision = strictest(reasons);
  return {
    decision,
    level,
    floor,
    flags: floor.flags,
    reasons,
    approvals: terms(decision, facts, limits, who),
    standing: decision === 'proceed' && level !== 'read_only' ? grant(standing) : null,
  };
}

/** Whether a dry run sends it: the floor alone must call it harmless, and nobody needs to be asked. */
export function mayRunInDryRun({ decision, floor }: Verdict): boolean {
  return decision === 'proceed' && floor.level === 'read_only' && floor.flags.length === 0;
}

/** Author and model speak about the step's command; its observations and checks have only the floor, and must stay at the lowest. */
function riskOf(floor: RiskVerdict, { part, declaredRisk, modelRisk }: Facts): RiskLevel {
  if (part !== 'run' && part !== 'rollback') return floor.level;
  return [declaredRisk, modelRisk].reduce<RiskLevel>(
    (level, word) => (word === null ? level : higherRisk(level, word)),
    floor.level,
  );
}

function hear(input: RuleInput): PolicyReason[] {
  return Object.entries(rules).flatMap(([name, rule]) => {
    const answer = answerOf(rule, input);
    return answer ? [{ rule: name, ...answer }] : [];
  });
}

function answerOf(rule: Rule, input: RuleInput): ReturnType<Rule> {
  try {
    return rule(input);
  } catch (error) {
    return {
      decision: 'halt',
      text: `this rule of the policy failed, so nothing runs: ${String(error).slice(0, 200)}`,
    };
  }
}

const order: readonly PolicyDecision[] = ['proceed', 'ask', 'halt'];

function strictest(reasons: readonly PolicyReason[]): PolicyDecision {
  const ranks = reasons.map((reason) => order.indexOf(reason.decision));
  return order[Math.max(...ranks)] ?? 'halt';
}

function tooFew({ environment, owner }: Facts, short: string): PolicyReason {
  const text = `in ${environment} for team ${owner} ${short}: see people and approvers in countersign.yaml`;
  return { rule: 'approvers', text, decision: 'halt' };
}

function terms(decision: PolicyDecision, { policy }: Facts, limits: Limits, who: Who): ApprovalTerms {
  return {
    ...who,
    required: decision === 'proceed' ? 0 : who.required,
    timeoutSeconds: limits.timeoutSeconds,
    channel: policy.safety.approval_channel,
  };
}

function grant(match: RuleInput['standing']): Verdict['standing'] {
  if (!match) return null;
  const { owner, reason, expires } = match.entry;
  return { owner, reason, expires };
}
