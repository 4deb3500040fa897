/** Wiring of those who judge an incident: chain, burns, alarm, hosts and kill switch, read by each for himself. */
import { managedInstances } from '../../adapters/ssm/commands.ts';
import type { AuditWriter } from '../../core/audit/append.ts';
import type { SwitchReader } from '../../core/incident/kill-switch.ts';
import { isBegun, type RetryReader } from '../../core/incident/retry.ts';
import type { SituationPorts } from '../../core/incident/situation.ts';
import { cloudwatch } from './alarms.ts';
import { publicKey } from './approval-key.ts';
import { kill } from './kill-switch.ts';
import { now } from './tables.ts';

/** `dispatches` and `control` are given by those who may read them; without Control nothing is stopped, which others ask again. */
export function situationPorts(
  writer: AuditWriter,
  { dispatches, control }: Pick<SituationPorts, 'dispatches'> & { readonly control: Control | null },
): SituationPorts {
  return {
    items: (incidentId) => writer.store.items(incidentId),
    alarm: cloudwatch.read,
    instances: managedInstances,
    dispatches,
    ...(control ? controlled(control) : uncontrolled),
    now,
  };
}

type Control = SwitchReader & RetryReader;

function controlled(control: Control): Pick<SituationPorts, 'kill' | 'isBegun'> {
  return {
    kill: () => kill(control),
    isBegun: (incidentId, subject) => isBegun(control, publicKey, incidentId, subject),
  };
}

const uncontrolled: Pick<SituationPorts, 'kill' | 'isBegun'> = {
  kill: async () => ({ stopped: false, number: 1, stop: null }),
  isBegun: async () => true,
};
