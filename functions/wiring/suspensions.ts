/** Wiring of suspensions: how people stand, read from Control each time, since nobody may approve by a memory. */
import { readSuspensions, type SuspensionReader, type SuspensionReading } from '../../core/incident/suspension.ts';
import { publicKey } from './approval-key.ts';

/** A failing read throws: who is not known to be free is suspended. */
export function suspensions(control: SuspensionReader): (names: readonly string[]) => Promise<SuspensionReading[]> {
  return (names) => readSuspensions(control, publicKey, names);
}
