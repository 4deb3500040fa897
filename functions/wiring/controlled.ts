/** Wiring of what Control says of an incident: whether everything is stopped, and whether a further round was asked for. */
import type { SwitchReader } from '../../core/incident/kill-switch.ts';
import { begunBy, type RetryReader } from '../../core/incident/retry.ts';
import { publicKey } from './approval-key.ts';
import { kill } from './kill-switch.ts';
import type { Controlled } from './situation.ts';

export function controlled(control: SwitchReader & RetryReader): Controlled {
  return {
    kill: () => kill(control),
    publicKey,
    begun: (incidentId, subject) => begunBy(control, publicKey, incidentId, subject),
  };
}
