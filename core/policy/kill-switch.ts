/** The policy's section `kill_switch`: who may do more than stop, by name. Everybody whom the policy names may stop. */
import type * as z from 'zod';
import { list, PersonName, section } from '../yaml-fields.ts';

const names = () =>
  list(PersonName, 'names from people or groups')
    .min(1, { error: 'must name at least one person, or be left out for everybody in approvers' })
    .nullable()
    .default(null);

export const KillSwitch = section({
  /** Who may also end what is under way. null = the approvers. */
  abort: names(),
  /** Who may lift stops, and reinstate who was suspended. null = the approvers. */
  resume: names(),
});
export type KillSwitch = z.infer<typeof KillSwitch>;
