/** Wiring of those who judge an incident: chain, burns, alarm, hosts and kill switch, read by each for himself. */
import { managedInstances } from '../../adapters/ssm/commands.ts';
import type { AuditWriter } from '../../core/audit/append.ts';
import { neverStopped } from '../../core/incident/kill-switch.ts';
import type { SituationPorts } from '../../core/incident/situation.ts';
import { cloudwatch } from './alarms.ts';
import { now } from './tables.ts';

/** `dispatches` is given by those who may read Dispatches, and `control` (wiring/controlled.ts) by those who may read Control. */
export function situationPorts(
  writer: AuditWriter,
  { dispatches, control }: Pick<SituationPorts, 'dispatches'> & { readonly control: Controlled | null },
): SituationPorts {
  return {
    items: (incidentId) => writer.store.items(incidentId),
    alarm: cloudwatch.read,
    stopAlarms: cloudwatch.states,
    instances: managedInstances,
    dispatches,
    ...(control ?? uncontrolled),
    now,
  };
}

export type Controlled = Pick<SituationPorts, 'kill' | 'begun' | 'publicKey'>;

/** For `plan`: what is stopped, was never asked for, or was answered is gate's and execute's business. */
const uncontrolled: Controlled = {
  kill: async () => neverStopped,
  begun: async () => ({ by: null }),
  publicKey: async () => {
    throw new Error('a plan is made before anybody is asked: nobody has answered');
  },
};
