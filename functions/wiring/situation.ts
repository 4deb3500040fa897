/** Wiring of those who judge an incident: chain, alarm, hosts and kill switch, read by each for himself. */
import { alarms } from '../../adapters/cloudwatch/alarms.ts';
import { managedInstances } from '../../adapters/ssm/commands.ts';
import type { AuditWriter } from '../../core/audit/append.ts';
import type { SituationPorts } from '../../core/incident/situation.ts';
import { now } from './tables.ts';

/** Reads chain, alarm and hosts; `stopped` is the kill switch for those who may read Control. */
export function situationPorts(writer: AuditWriter, stopped: () => Promise<boolean>): SituationPorts {
  return {
    entries: (incidentId) => writer.store.entries(incidentId),
    alarm: (alarmArn, contributorId) => alarms(now).read(alarmArn, contributorId),
    instances: managedInstances,
    stopped,
    now,
  };
}
