/** Suspended people: numbered rows per name that bar approving, and signed words that lift them. Absent up to the first gap = may approve. */
import * as z from 'zod';
import { openEnvelope, payloadTypes } from '../dsse.ts';
import { Person } from '../person.ts';
import type { PublicKey } from './kill-switch.ts';
import { firstNotLifted } from './numbered.ts';

/** A suspension counts by being there, whatever it says: whoever may write Control can suspend. */
export interface Suspension {
  readonly by: string;
  readonly why: string;
  /** ISO 8601. */
  readonly at: string;
  /** `Suspend` as the approval key signed it; anything else makes it an unsigned one. */
  readonly envelope: unknown;
}

/**
 * What the approval key signs to suspend somebody. It names its number, so that a copy of it elsewhere is nothing: the first
 * that is not lifted, where `decide` puts it over a row that is not genuine, so that no flood of rows hides it.
 */
export const Suspend = z.lazy(() =>
  z.object({
    format: z.literal(1),
    /** As the policy has it. */
    name: z.string(),
    number: z.int().min(1),
    by: Person,
    at: z.string(),
    reason: z.string(),
  }),
);
export type Suspend = z.infer<typeof Suspend>;

/** What the approval key signs to lift the suspensions `from` … `to` of a name. Read loosely, as every signed word. */
export const Reinstate = z.lazy(() =>
  z.object({
    format: z.literal(1),
    name: z.string(),
    from: z.int().min(1),
    to: z.int().min(1),
    by: Person,
    at: z.string(),
    reason: z.string(),
  }),
);
export type Reinstate = z.infer<typeof Reinstate>;

/** Reading by key, never by query: a row behind a gap is not looked at. */
export interface SuspensionReader {
  /** The suspension of this name with this number, whatever it says; null when there is none. */
  suspension(name: string, number: number): Promise<Suspension | null>;
  /** The word that lifts from this number on, unchecked; null when there is none. */
  reinstatement(name: string, number: number): Promise<unknown>;
}

/** What `decide` writes. Both puts answer false where a row is no longer as it was read, and recognise their own where the answer was lost. */
export interface SuspensionStore extends SuspensionReader {
  /** Puts a suspension at a number where nothing lies, or over one that lies there as it was read. */
  putSuspension(name: string, number: number, suspension: Suspension, read: Suspension | null): Promise<boolean>;
  /** The last number of a name's suspensions that follow this one without a gap; at most some thousands further on. */
  lastSuspension(name: string, from: number): Promise<number>;
  /** Puts the word that lifts from this number on, if it and the suspension beside it are as they were read. */
  putReinstatement(
    name: string,
    number: number,
    envelope: unknown,
    read: { readonly reinstatement: unknown; readonly suspension: Suspension },
  ): Promise<boolean>;
}

/** How a person stands. `number` is the first that no genuine word lifts: a burn demands that it is absent. */
export interface SuspensionReading {
  readonly name: string;
  readonly suspended: boolean;
  /** It is signed, and bars `resume` and `reinstate` too; an unsigned one bars approving only. */
  readonly signed: boolean;
  readonly number: number;
  readonly suspension: Suspension | null;
}

/** Walks from 1 to the first number that is not lifted. A failing read throws: who is not known to be free is suspended. */
export async function readSuspension(
  reader: SuspensionReader,
  publicKey: PublicKey,
  name: string,
): Promise<SuspensionReading> {
  const { number, row } = await firstNotLifted(
    1,
    (at) => reader.suspension(name, at),
    async (at) => {
      const envelope = await reader.reinstatement(name, at);
      return envelope === null ? null : liftedTo(envelope, name, at, await publicKey());
    },
  );
  const signed = row !== null && isSigned(row.envelope, name, number, await publicKey());
  return { name, suspended: row !== null, signed, number, suspension: row };
}

/** How each of these names stands, once each. */
export function readSuspensions(
  reader: SuspensionReader,
  publicKey: PublicKey,
  names: readonly string[],
): Promise<SuspensionReading[]> {
  return Promise.all([...new Set(names)].map((name) => readSuspension(reader, publicKey, name)));
}

/** The names that are suspended now. */
export function suspendedAmong(readings: readonly SuspensionReading[]): ReadonlySet<string> {
  return new Set(readings.filter(({ suspended }) => suspended).map(({ name }) => name));
}

function liftedTo(envelope: unknown, name: string, number: number, publicKey: string): number | null {
  const { data } = Reinstate.safeParse(openEnvelope(envelope, payloadTypes.reinstate, publicKey));
  return data?.name === name && data.from === number && data.to >= number ? data.to : null;
}

/** Whether the approval key signed a suspension for exactly this row. */
function isSigned(envelope: unknown, name: string, number: number, publicKey: string): boolean {
  const { data } = Suspend.safeParse(openEnvelope(envelope, payloadTypes.suspend, publicKey));
  return data?.name === name && data.number === number;
}
