/** The kill switch: numbered stops that anybody may put, and signed resumes that lift them. Absent up to the first gap = may send. */
import * as z from 'zod';
import { openEnvelope, payloadTypes } from '../dsse.ts';
import { Person } from '../person.ts';
import { firstNotLifted } from './numbered.ts';

/** The approval key's public half, PEM (SubjectPublicKeyInfo); read once per warm function. */
export type PublicKey = () => Promise<string>;

/** A stop counts by being there, whatever it says. */
export interface Stop {
  /** What asked for it: an event's id, or a person's word's. The same event stops once, also after it was lifted. */
  readonly eventId: string;
  readonly by: string;
  readonly why: string;
  /** ISO 8601. */
  readonly at: string;
}

/** What the approval key signs to lift the stops `from` … `to`. Read loosely, as every signed word. */
export const Resume = z.object({
  format: z.literal(1),
  from: z.int().min(1),
  to: z.int().min(1),
  by: Person,
  at: z.string(),
  reason: z.string(),
});
export type Resume = z.infer<typeof Resume>;

/** Reading the switch by key, never by query: a row behind a gap is not looked at. */
export interface SwitchReader {
  /** The stop with this number, whatever it says; null when there is none. Number 1 is also the item `KILL`/`KILL` of the first release. */
  stop(number: number): Promise<Stop | null>;
  /** The resume that begins at this number, unchecked; null when there is none. */
  resume(number: number): Promise<unknown>;
}

export interface SwitchWriter extends SwitchReader {
  /** Puts a stop and notes its event, in one transaction. `known` = this event has stopped before; `taken` = the number has. */
  putStop(number: number, stop: Stop): Promise<'put' | 'taken' | 'known'>;
}

/** How the switch stands. `number` is the first that no genuine resume lifts: every burn demands that it is absent. */
export interface SwitchReading {
  readonly stopped: boolean;
  readonly number: number;
  readonly stop: Stop | null;
}

/** Numbers that are tried for a new stop; where all are taken it is stopped already. */
const mostStops = 1000;

/** Walks from `from` (1, or the end of a stretch that this process verified before) to the first number that is not lifted. */
export async function readSwitch(reader: SwitchReader, publicKey: PublicKey, from = 1): Promise<SwitchReading> {
  const { number, row } = await firstNotLifted(
    from,
    (at) => reader.stop(at),
    async (at) => {
      const resume = await reader.resume(at);
      return resume === null ? null : liftedTo(resume, at, await publicKey());
    },
  );
  return { stopped: row !== null, number, stop: row };
}

/** The last number that a genuine resume lifts; null for everything that is not genuine or begins elsewhere. */
function liftedTo(resume: unknown, number: number, publicKey: string): number | null {
  const payload = Resume.safeParse(openEnvelope(resume, payloadTypes.resume, publicKey));
  if (!payload.success || payload.data.from !== number || payload.data.to < number) return null;
  return payload.data.to;
}

/**
 * Stops, once per event, and answers how the switch stands afterwards: read again, so that a stop which is acknowledged
 * counts. Throws when it could neither be put nor was one in force.
 */
export async function putStop(writer: SwitchWriter, publicKey: PublicKey, stop: Stop): Promise<SwitchReading> {
  const { number: first } = await readSwitch(writer, publicKey);
  for (let number = first; number < first + mostStops; number += 1) {
    const answer = await writer.putStop(number, stop);
    if (answer === 'taken') continue;
    const reading = await readSwitch(writer, publicKey);
    // `known` may have been lifted since: a person's resume is not undone by a repeated delivery.
    if (answer === 'known' || reading.stopped) return reading;
  }
  const reading = await readSwitch(writer, publicKey);
  if (reading.stopped) return reading;
  throw new Error(`kill switch: no number from ${first} on could be taken; nothing was stopped`);
}
