/** Wiring of what decides, whichever door somebody came through. */
import { setTimeout as sleep } from 'node:timers/promises';
import { approvalKey } from '../../adapters/kms/approval-key.ts';
import { knocker } from '../../adapters/lambda/knock.ts';
import { machine } from '../../adapters/stepfunctions/machine.ts';
import { cards } from './cards.ts';
import { setting } from './environment.ts';
import { members } from './members.ts';
import { suspensions } from './suspensions.ts';
import { auditWriter, control, dispatches, now, work } from './tables.ts';

export function deciding() {
  const key = approvalKey(setting('APPROVAL_KEY_ARN'));
  return {
    writer: auditWriter('decide'),
    control: control(),
    cards: cards(),
    members: members(),
    sign: key.sign,
    publicKey: key.publicKey,
    suspensions: suspensions(control()),
    wake: machine(setting('STATE_MACHINE_ARN')).wake,
    incidentRow: work().incidentRow,
    openIncidents: work().openIncidents,
    dispatches: dispatches(),
    sleep: async (milliseconds: number) => void (await sleep(milliseconds)),
    begin: (incidentId: string) => knocker(setting('TRIAGE_FUNCTION'))({ retry: incidentId }),
    now,
  };
}
