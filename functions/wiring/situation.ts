/** Wiring of those who judge an incident: chain, burns, alarm, hosts and kill switch, read by each for himself. */
import { managedInstances } from '../../adapters/ssm/commands.ts';
import type { AuditWriter } from '../../core/audit/append.ts';
import type { SituationPorts } from '../../core/incident/situation.ts';
import { cloudwatch } from './alarms.ts';
import { now } from './tables.ts';

/** `dispatches` and `kill` are given by those who may read Dispatches and Control. */
export function situationPorts(
  writer: AuditWriter,
  { dispatches, kill }: Pick<SituationPorts, 'dispatches' | 'kill'>,
): SituationPorts {
  return {
    items: (incidentId) => writer.store.items(incidentId),
    alarm: cloudwatch.read,
    instances: managedInstances,
    dispatches,
    kill,
    now,
  };
}
