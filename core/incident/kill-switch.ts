/**
 * The kill switch: numbered stops that anybody may put, signed resumes that lift them, and signed aborts that also end what
 * is under way. Absent up to the first gap = may send.
 */
import * as z from 'zod';
import { openEnvelope, payloadTypes } from '../dsse.ts';
import { Person } from '../person.ts';
import { epochOf } from '../time.ts';
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
export const Resume = z.lazy(() =>
  z.object({
    format: z.literal(1),
    from: z.int().min(1),
    to: z.int().min(1),
    by: Person,
    at: z.string(),
    reason: z.string(),
  }),
);
export type Resume = z.infer<typeof Resume>;

/**
 * What the approval key signs to end everything that was open at `at`, beside the stop with this number. It lies at the
 * number at which the switch stands, so that every walk meets it; at another one it means nothing.
 */
export const Abort = z.lazy(() =>
  z.object({
    format: z.literal(1),
    number: z.int().min(1),
    /** What asked for it: a word that is delivered again aborts once. */
    eventId: z.string(),
    by: Person,
    /** ISO 8601. */
    at: z.string(),
    reason: z.string(),
  }),
);
export type Abort = z.infer<typeof Abort>;

/** Reading the switch by key, never by query: a row behind a gap is not looked at. */
export interface SwitchReader {
  /** The stop with this number, whatever it says; null when there is none. Number 1 is also the item `KILL`/`KILL` of the first release. */
  stop(number: number): Promise<Stop | null>;
  /** The resume that begins at this number, unchecked; null when there is none. */
  resume(number: number): Promise<unknown>;
  /** The abort beside the stop with this number, unchecked; null when there is none. */
  abort(number: number): Promise<unknown>;
}

export interface SwitchWriter extends SwitchReader {
  /** Puts a stop and notes its event, in one transaction. `known` = this event has stopped before; `taken` = the number has. */
  putStop(number: number, stop: Stop): Promise<'put' | 'taken' | 'known'>;
}

/** What lies at a number beside its stop, as it was read: null = nothing. */
export interface SignedRows {
  readonly resume: unknown;
  readonly abort: unknown;
}

/** What `decide` writes: signed words, for which it reads the whole row of stops. */
export interface SwitchStore extends SwitchWriter {
  /** The stops from this number on, without a gap; at most some thousands. It shows what a resume lifts, and permits nothing. */
  stops(from: number): Promise<NumberedStop[]>;
  /**
   * Puts a signed word at a number if both rows are still as they were read; false = one is not. Recognises its own where
   * the answer was lost.
   */
  putSigned(word: keyof SignedRows, number: number, envelope: unknown, read: SignedRows): Promise<boolean>;
}

export type NumberedStop = Stop & { readonly number: number };

/** As far as a walk has come: the number at which it goes on, and the newest genuine abort that it met. */
export interface Walked {
  readonly number: number;
  readonly aborted: Abort | null;
}

/**
 * How the switch stands. `number` is the first that no genuine resume lifts: every burn demands that it is absent. `aborted`
 * stays also when its stop is lifted: what it ended is over.
 */
export interface SwitchReading extends Walked {
  readonly stopped: boolean;
  readonly stop: Stop | null;
}

const beginning: Walked = { number: 1, aborted: null };

/** For those who may not read Control, and for a preview. */
export const neverStopped: SwitchReading = { ...beginning, stopped: false, stop: null };

/** Whether a genuine abort ended what was open since `openedAt` (ISO 8601). When it is not known since when, it did. */
export function isAborted({ aborted }: Pick<Walked, 'aborted'>, openedAt: string | null): boolean {
  return aborted !== null && !(epochOf(openedAt ?? '') > epochOf(aborted.at));
}

/** Numbers that are tried for a new stop; where all are taken it is stopped already. */
const mostStops = 1000;

/** Walks from `from` (the beginning, or the end of a stretch that this process verified before) to the first number that is not lifted. */
export async function readSwitch(
  reader: SwitchReader,
  publicKey: PublicKey,
  from: Walked = beginning,
): Promise<SwitchReading> {
  let { aborted } = from;
  const { number, row } = await firstNotLifted(
    from.number,
    (at) => reader.stop(at),
    async (at) => {
      const [resume, abort] = await Promise.all([reader.resume(at), reader.abort(at)]);
      if (resume === null && abort === null) return null;
      const key = await publicKey();
      aborted = newer(aborted, abort === null ? null : openAbort(abort, at, key));
      return resume === null ? null : (openResume(resume, at, key)?.to ?? null);
    },
  );
  return { stopped: row !== null, number, stop: row, aborted };
}

function newer(one: Abort | null, other: Abort | null): Abort | null {
  if (one === null || other === null) return one ?? other;
  return epochOf(other.at) > epochOf(one.at) ? other : one;
}

/** The resume in this envelope, if the key signed it for exactly this number; else null. */
export function openResume(envelope: unknown, number: number, publicKey: string): Resume | null {
  const { data } = Resume.safeParse(openEnvelope(envelope, payloadTypes.resume, publicKey));
  return data !== undefined && data.from === number && data.to >= number ? data : null;
}

/** The abort in this envelope, if the key signed it for exactly this number; else null. */
export function openAbort(envelope: unknown, number: number, publicKey: string): Abort | null {
  const { data } = Abort.safeParse(openEnvelope(envelope, payloadTypes.abort, publicKey));
  return data?.number === number ? data : null;
}

/** A reading after a stop was put. `isKnown`: this event had stopped before. */
export type StopReading = SwitchReading & { readonly isKnown: boolean };

/**
 * Stops, once per event, and answers how the switch stands afterwards: read again, so that a stop which is acknowledged
 * counts. Throws when it could neither be put nor was one in force, and when it is not known whether it was put.
 */
export async function putStop(writer: SwitchWriter, publicKey: PublicKey, stop: Stop): Promise<StopReading> {
  const { number: first } = await readSwitch(writer, publicKey);
  for (let number = first; number < first + mostStops; number += 1) {
    const answer = await writer.putStop(number, stop);
    if (answer === 'taken') continue;
    const reading = await readSwitch(writer, publicKey);
    // `known` may have been lifted since: a person's resume is not undone by a repeated delivery.
    if (answer === 'known' || reading.stopped) return { ...reading, isKnown: answer === 'known' };
  }
  const reading = await readSwitch(writer, publicKey);
  if (reading.stopped) return { ...reading, isKnown: false };
  throw new Error(`kill switch: no number from ${first} on could be taken; nothing was stopped`);
}
