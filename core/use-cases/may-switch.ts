/** Whether a person may do more than stop: whom the policy names, as Slack has them now, and nobody who is suspended by a signed word. */
import type { PublicKey } from '../incident/kill-switch.ts';
import { readSuspension, type SuspensionReader } from '../incident/suspension.ts';
import type { Person } from '../person.ts';
import type { KillSwitch } from '../policy/kill-switch.ts';
import { allowedTo } from '../policy/kill-switch-rule.ts';
import type { Policy } from '../policy/schema.ts';
import type { NotAllowed } from '../report/switch.ts';
import { type Members, membershipRefusal } from './membership.ts';

export interface MayPorts {
  readonly control: SuspensionReader;
  readonly publicKey: PublicKey;
  readonly members: Members;
}

export type SwitchPolicy = Pick<Policy, 'people' | 'approvers' | 'groups' | 'kill_switch'>;

/** Null when `by` may. Throws when it cannot be read whether they are suspended. */
export async function mayRefusal(
  { control, publicKey, members }: MayPorts,
  policy: SwitchPolicy,
  by: Person,
  what: keyof KillSwitch,
): Promise<NotAllowed | null> {
  const { names: who, narrowed } = allowedTo(policy, what);
  if (!who.includes(by.name)) return { kind: 'not_allowed', who };
  if (what === 'resume' && (await readSuspension(control, publicKey, by.name)).signed)
    return { kind: 'not_allowed', who: [], why: 'You are suspended, and that is signed.' };
  const slack = policy.people.find(({ name }) => name === by.name)?.slack ?? null;
  const why = await membershipRefusal(members, by, { name: by.name, slack }, { narrowed });
  return why === null ? null : { kind: 'not_allowed', who, why };
}
