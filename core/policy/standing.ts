/** Standing approvals: the only way a mutation runs without a click, and everything that stands in its way. */

import { shownInline } from '../shown.ts';
import { epochOf } from '../time.ts';
import { mappedEnvironment } from './environment.ts';
import type { Facts } from './facts.ts';
import type { StandingApproval } from './keys.ts';
import { environmentsInPlay } from './limits.ts';

export interface StandingMatch {
  readonly entry: StandingApproval;
  /** Why it does not apply, for a card; null = it applies. */
  readonly obstacle: string | null;
}

/** The standing approval written for this step: one that applies, else one that does not with its obstacle, else null. */
export function standingFor(facts: Facts): StandingMatch | null {
  const matches = facts.policy.standing_approvals
    .filter((entry) => isFor(entry, facts))
    .map((entry) => ({ entry, obstacle: obstacle(entry, facts) }));
  return matches.find((match) => match.obstacle === null) ?? matches[0] ?? null;
}

function isFor(entry: StandingApproval, facts: Facts): boolean {
  if (!environmentsInPlay(facts).every((name) => name === entry.environment)) return false;
  if (entry.runbook_digest === null) return entry.level === 'modifying';
  return entry.runbook_digest === facts.runbookDigest && entry.step === facts.step;
}

function listedFor({ parameters }: StandingApproval, name: string): readonly string[] {
  return Object.hasOwn(parameters, name) ? (parameters[name] ?? []) : [];
}

/** Comparisons are written so that an unknown time or count is an obstacle. */
function obstacle(entry: StandingApproval, facts: Facts): string | null {
  const { policy, severity, part, now } = facts;
  const budget = policy.tiers[severity].max_autonomous_actions;
  if (part !== 'run') return 'covers runs, not rollbacks';
  if (mappedEnvironment(policy, facts.account, facts.region) === null)
    return `account ${facts.account} is in no environment`;
  if (!(epochOf(entry.granted) <= now)) return `begins ${entry.granted}`;
  if (!(now < epochOf(entry.expires))) return `expired ${entry.expires}`;
  const open = facts.given.find(({ name, value }) => !listedFor(entry, name).includes(value));
  if (open)
    return `${open.name} = ${shownInline(open.value, 80)} comes from the alarm, and is none of the values that it lists`;
  if (facts.failedBefore) return 'ends with the first failure of an incident';
  if (severity === 'critical') return 'critical is never autonomous';
  if (!(facts.autonomousActions >= 0 && facts.autonomousActions < budget))
    return `all ${budget} autonomous actions of tier ${severity} are used`;
  return null;
}
