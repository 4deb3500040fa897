/** sweep: woken every minute and by failed executions; starts what was never started, closes what no longer runs, answers what nobody did. */
import { tableState } from '../adapters/dynamodb/table-state.ts';
import { eventSources } from '../adapters/lambda/mappings.ts';
import { noted } from '../adapters/powertools/metrics.ts';
import { machine } from '../adapters/stepfunctions/machine.ts';
import { alarmsTagged } from '../adapters/tagging/alarms.ts';
import { optInTag } from '../core/alarm/alarm.ts';
import type { TableName } from '../core/table-policies.ts';
import { sweep } from '../core/use-cases/sweep.ts';
import { isHourlyLook, type SafeguardPorts } from '../core/use-cases/sweep-safeguards.ts';
import { cloudwatch } from './wiring/alarms.ts';
import { closePorts } from './wiring/closing.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { setting } from './wiring/environment.ts';
import { invocation } from './wiring/invocation.ts';
import { control, database, storms, work } from './wiring/tables.ts';

/** The event is only an occasion: every open incident is looked at, and at one minute of the hour what all this rests on. */
export async function handler(event: unknown): Promise<Record<string, never>> {
  return invocation({}, () => swept(event));
}

async function swept(event: unknown): Promise<Record<string, never>> {
  const { start, execution } = machine(setting('STATE_MACHINE_ARN'));
  const { openIncidents, lockedBy, open, ring } = work();
  const closing = closePorts('sweep');
  const ports = {
    ...closing,
    ...storms(),
    openIncidents,
    lockedBy,
    open,
    ring,
    start,
    execution,
    retry: control().retry,
    optedIn: () => alarmsTagged(optInTag),
    alarms: cloudwatch.readMany,
    muted: cloudwatch.muted,
    noted,
    safeguards: isHourlyLook(event) ? safeguards(closing.page) : null,
  };
  await sweep(ports, loadCompiled());
  return {};
}

const tables: Record<TableName, () => string> = {
  Work: () => setting('WORK_TABLE'),
  Control: () => setting('CONTROL_TABLE'),
  Audit: () => setting('AUDIT_TABLE'),
  Dispatches: () => setting('DISPATCHES_TABLE'),
};

function safeguards(page: SafeguardPorts['page']): SafeguardPorts {
  return {
    table: (name) => tableState(database, tables[name]()),
    mappings: () => eventSources(setting('ARCHIVE_FUNCTION')),
    page,
  };
}
