/** Wiring of the kill switch: a stretch that was verified once is not walked again while this process is warm. */
import { readSwitch, type SwitchReader, type SwitchReading, type Walked } from '../../core/incident/kill-switch.ts';
import { publicKey } from './approval-key.ts';

let walked: Walked | undefined;

/** How the switch stands now, read from Control. A failing read throws: what is not known to be off is on. */
export async function kill(reader: SwitchReader): Promise<SwitchReading> {
  const reading = await readSwitch(reader, publicKey, walked);
  walked = { number: reading.number, aborted: reading.aborted };
  return reading;
}
