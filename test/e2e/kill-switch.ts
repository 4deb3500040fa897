/** The kill switch as people and tests handle it: stops put by hand, and resumes that only the approval key can sign. */
import { controlTable } from '../../adapters/dynamodb/control.ts';
import { payloadTypes, type Sign, seal } from '../../core/dsse.ts';
import { readSwitch } from '../../core/incident/kill-switch.ts';
import { signer } from './roles.ts';
import type { Stage } from './stage.ts';

const sortable = (number: number) => String(number).padStart(9, '0');

/** The numbers of all stops, lifted or not. */
export async function stops({ records }: Stage): Promise<number[]> {
  return (await records.items('countersign-control', 'KILL')).map(({ sk }) => Number(sk));
}

/** Stops by hand, as docs/operations.md says, at the number behind the last one. */
export async function stopByHand(stage: Stage, why: string): Promise<void> {
  const sk = sortable(Math.max(0, ...(await stops(stage))) + 1);
  await stage.records.put('countersign-control', { pk: 'KILL', sk, by: 'ana', why, at: new Date().toISOString() });
}

/** Lifts every stop that is in force with one resume, signed as `decide` signs. */
export async function lift(stage: Stage, sign?: Sign): Promise<void> {
  const control = controlTable(stage.laptop.database, 'countersign-control');
  const { number: from } = await readSwitch(control, stage.laptop.publicKey);
  const to = Math.max(...(await stops(stage)));
  const by = { name: 'ana', via: 'slack', id: stage.laptop.slack.users[0]?.id ?? '' };
  const resume = { format: 1, from, to, by, at: new Date().toISOString(), reason: 'a test goes on' };
  const envelope = await seal(payloadTypes.resume, resume, sign ?? (await signer(stage.laptop.emulator.endpoint)));
  await stage.records.put('countersign-control', { pk: 'RESUME', sk: sortable(from), envelope });
}
