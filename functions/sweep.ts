/** sweep: woken every minute and by failed executions; starts what was never started, closes what no longer runs. */
import { machine } from '../adapters/stepfunctions/machine.ts';
import { sweep } from '../core/use-cases/sweep.ts';
import { closePorts } from './wiring/closing.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { setting } from './wiring/environment.ts';
import { work } from './wiring/tables.ts';

/** The event is only an occasion: every open incident is looked at. */
export async function handler(): Promise<Record<string, never>> {
  const { start, execution } = machine(setting('STATE_MACHINE_ARN'));
  const { openIncidents, lockedBy } = work();
  await sweep({ ...closePorts('sweep'), openIncidents, lockedBy, start, execution }, loadCompiled());
  return {};
}
