/** doctor looks at the archive: whether its bucket is locked, and whether what was archived is signed. */
import type { ArchiveSeen } from '../doctor/archive.ts';
import { epochOf } from '../time.ts';
import { type CheckpointPorts, newest, newNotes, StrangeCheckpoint, timeIn } from './checkpoint.ts';

export interface ArchivePorts extends Pick<CheckpointPorts, 'names' | 'read' | 'publicKey'> {
  readonly bucket: string;
  /** The bucket's own retention; null = it has none. */
  lock(): Promise<ArchiveSeen['lock']>;
}

/** Milliseconds after which a note should be in a checkpoint, of which one is made each minute: the alarm of its silence pages then. */
const longestUnsigned = 15 * 60_000;

/** `now`: epoch milliseconds. @throws what a port throws; what is wrong with the newest checkpoint is part of the answer. */
export async function lookAtArchive(ports: ArchivePorts, now: number): Promise<ArchiveSeen> {
  const { bucket } = ports;
  const lock = await ports.lock();
  try {
    const before = await newest(ports);
    const [first] = (await newNotes(ports, before)).notes;
    const since = first === undefined ? null : timeIn(first);
    return {
      bucket,
      lock,
      newest: before && { number: before.number, through: before.through },
      strange: null,
      unsignedSince: since !== null && now - epochOf(since) > longestUnsigned ? since : null,
    };
  } catch (error) {
    if (!(error instanceof StrangeCheckpoint)) throw error;
    return { bucket, lock, newest: null, strange: error.message, unsignedSince: null };
  }
}
