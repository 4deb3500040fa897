/** Who may do what to the kill switch, by the policy. Functions read it, and not the schema of the section beside it. */
import type { PolicyKeys } from './keys.ts';
import type { KillSwitch } from './kill-switch.ts';
import { namesIn, narrowedIn, type Who } from './who.ts';

type Named = Pick<PolicyKeys, 'approvers' | 'groups' | 'kill_switch'>;

export interface Allowed {
  /** Of people, groups dissolved. */
  readonly names: readonly string[];
  /** Those who may only while a Slack user group of each set holds them. */
  readonly narrowed: Who['narrowed'];
}

/** Who may do this to the kill switch. */
export function allowedTo(policy: Named, what: keyof KillSwitch): Allowed {
  const names = policy.kill_switch[what] ?? policy.approvers;
  return { names: [...namesIn(policy, names)], narrowed: narrowedIn(policy, names) };
}
