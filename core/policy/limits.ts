/** The strictest of everything the policy says about an environment and a team: who may approve, how long, how many. */

import { maximumTargets } from '../dispatch.ts';
import { epochOf } from '../time.ts';
import { environmentOf } from './environment.ts';
import type { Facts } from './facts.ts';
import type { Freeze, Scope } from './keys.ts';
import type { PolicyPerson } from './people.ts';

export interface Limits {
  readonly autoApproveReads: boolean;
  readonly approvers: readonly PolicyPerson[];
  readonly timeoutSeconds: number;
  readonly maximumTargets: number;
  /** Freeze windows that hold now. */
  readonly freezes: readonly Freeze[];
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
    approvers: policy.people.filter(
      ({ name }) => policy.approvers.includes(name) && scopes.every((scope) => scope.approvers?.includes(name) ?? true),
    ),
    timeoutSeconds: Math.min(policy.safety.timeout, ...scopes.map((scope) => scope.timeout ?? policy.safety.timeout)),
    maximumTargets: Math.min(
      maximumTargets,
      facts.maximumTargets,
      ...scopes.map((scope) => scope.max_targets ?? maximumTargets),
    ),
    freezes: scopes.flatMap((scope) => scope.freeze).filter((window) => holds(window, facts.now)),
  };
}

/** Every environment in play and the runbook's team, as the policy has them. */
export function scopesFor(facts: Facts): Scope[] {
  const { policy, owner } = facts;
  return [
    ...environmentsInPlay(facts).flatMap((name) => named(policy.environments, name)),
    ...named(policy.teams, owner),
  ];
}

function named<Entry extends Scope>(entries: Readonly<Record<string, Entry>>, name: string): Entry[] {
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  return entry ? [entry] : [];
}

/** Written so that an unknown time counts as frozen. */
function holds(window: Freeze, now: number): boolean {
  return !(now < epochOf(window.from) || now >= epochOf(window.to));
}
