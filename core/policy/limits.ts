/** The strictest of everything the policy says about an environment and a team: how long, how many, and when not. */

import { maximumTargets } from '../dispatch.ts';
import { epochOf } from '../time.ts';
import { environmentOf } from './environment.ts';
import type { Facts } from './facts.ts';
import type { Freeze, Scope } from './keys.ts';
import type { Policy } from './schema.ts';
import { scopesOf } from './who.ts';

export interface Limits {
  readonly autoApproveReads: boolean;
  readonly timeoutSeconds: number;
  readonly maximumTargets: number;
  /** Freeze windows that hold now. */
  readonly freezes: readonly Freeze[];
  /** Names of alarms that stop what is under way, each once. */
  readonly stopAlarms: readonly string[];
}

/** Every environment in play: the account's own first, then what the asker and tags call it, in lower case. */
export function environmentsInPlay(facts: Facts): string[] {
  const own = environmentOf(facts.policy, facts.account, facts.region);
  const claimed = [facts.environment, ...facts.claimedEnvironments].map((name) => name.trim().toLowerCase());
  return [...new Set([own, ...claimed])];
}

/** The limits under these facts. Every further scope can only tighten them. */
export function limitsFor(facts: Facts): Limits {
  const { policy } = facts;
  const scopes = scopesFor(facts);
  return {
    autoApproveReads: policy.safety.auto_approve_reads && scopes.every((scope) => scope.auto_approve_reads !== false),
    timeoutSeconds: Math.min(policy.safety.timeout, ...scopes.map((scope) => scope.timeout ?? policy.safety.timeout)),
    maximumTargets: Math.min(
      maximumTargets,
      facts.maximumTargets,
      ...scopes.map((scope) => scope.max_targets ?? maximumTargets),
    ),
    freezes: scopes.flatMap((scope) => scope.freeze).filter((window) => holds(window, facts.now)),
    stopAlarms: [...new Set(scopes.flatMap((scope) => scope.stop_alarms))],
  };
}

/** All alarms that may stop something under this policy, whatever its environment: what is worth reading. */
export function stopAlarmsOf({ environments, teams }: Policy): string[] {
  const scopes = [...Object.values(environments), ...Object.values(teams)];
  return [...new Set(scopes.flatMap((scope) => scope.stop_alarms))].toSorted();
}

/** Every environment in play and the runbook's team, as the policy has them. */
export function scopesFor(facts: Facts): Scope[] {
  return scopesOf({ policy: facts.policy, environments: environmentsInPlay(facts), team: facts.owner });
}

/** Written so that an unknown time counts as frozen. */
function holds(window: Freeze, now: number): boolean {
  return !(now < epochOf(window.from) || now >= epochOf(window.to));
}
