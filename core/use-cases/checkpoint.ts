/** checkpoint: signs the heads that changed since the last checkpoint, and keeps them under the next number. No change, none. */
import { type Archived, checkpointName, folders, Note, noteName } from '../audit/archived.ts';
import {
  type ChainHead,
  checkpointDigest,
  inTreeOrder,
  KeptCheckpoint,
  nextCheckpoint,
  openCheckpoint,
} from '../audit/checkpoint.ts';
import { payloadTypes, type Sign, seal } from '../dsse.ts';
import { epochOf, isoOf } from '../time.ts';

export interface CheckpointPorts {
  /** Names that begin with a prefix, in order, those behind one if it is given. */
  names(prefix: string, options?: { readonly after?: string; readonly most?: number }): Promise<string[]>;
  read(name: string): Promise<string | null>;
  put(object: Archived): Promise<'put' | 'exists'>;
  /** With the checkpoint key. */
  readonly sign: Sign;
  /** The checkpoint key's public half, PEM. */
  publicKey(): Promise<string>;
  /** Milliseconds since 1970. */
  now(): number;
}

/** `lost`: another call made this number; what is left is for the next minute. */
export type CheckpointAnswer =
  | { readonly answer: 'unchanged' | 'lost' }
  | { readonly answer: 'signed'; readonly number: number; readonly heads: number };

/**
 * Milliseconds for which a note may come late: it is named by the clock of `archive`, whose longest run is a minute, and
 * lies there when that has ended.
 */
const latest = 5 * 60_000;

/** The most notes that one checkpoint takes in: each holds the heads of at most one batch of the stream. */
const mostNotes = 400;

export async function checkpoint(ports: CheckpointPorts): Promise<CheckpointAnswer> {
  const before = await newest(ports);
  const { notes, isAll } = await newNotes(ports, before);
  const read = await Promise.all(notes.map(async (name) => headsIn(name, await ports.read(name))));
  const heads = inTreeOrder(read.flat());
  if (heads.length === 0) return { answer: 'unchanged' };
  const at = isoOf(ports.now());
  const through = isAll ? at : timeIn(notes.at(-1) ?? '');
  const next = nextCheckpoint(before, heads, { at, through });
  const envelope = await seal(payloadTypes.checkpoint, next, ports.sign);
  const seen = [...(before?.notes ?? []), ...notes].filter((name) => name > lateAfter(through));
  const kept: KeptCheckpoint = { envelope, leaves: heads, through, notes: seen };
  const answer = await ports.put({ name: checkpointName(next.number), body: JSON.stringify(kept) });
  return answer === 'exists' ? { answer: 'lost' } : { answer: 'signed', number: next.number, heads: heads.length };
}

/** The newest object among the checkpoints is none that this key signed: nothing can be built upon it. */
export class StrangeCheckpoint extends Error {
  override readonly name = 'StrangeCheckpoint';
}

interface Before {
  readonly number: number;
  readonly digest: string;
  readonly through: string;
  readonly notes: readonly string[];
}

/** The checkpoint with the highest number. @throws StrangeCheckpoint when it is not one that the key signed: nothing is built upon that. */
export async function newest(ports: Pick<CheckpointPorts, 'names' | 'read' | 'publicKey'>): Promise<Before | null> {
  const [name] = await ports.names(folders.checkpoints, { most: 1 });
  if (name === undefined) return null;
  const kept = keptIn(await ports.read(name));
  if (!kept) throw strange(name, 'does not have the form of one');
  const opened = openCheckpoint(kept.envelope, await ports.publicKey());
  if (!opened) throw strange(name, 'is not signed by this key');
  if (checkpointName(opened.number) !== name) throw strange(name, `says that it is checkpoint ${opened.number}`);
  const { notes, envelope } = kept;
  const { number, through = kept.through } = opened;
  return { number, digest: checkpointDigest(envelope), through, notes };
}

function keptIn(text: string | null): KeptCheckpoint | null {
  try {
    return KeptCheckpoint.safeParse(JSON.parse(text ?? 'null')).data ?? null;
  } catch {
    return null;
  }
}

function strange(name: string, what: string): StrangeCheckpoint {
  return new StrangeCheckpoint(
    `checkpoint: ${name}, the newest in the bucket, ${what}: nothing is built upon it, and no checkpoint is made. If the stacks were deleted and deployed again, a new key was made: take the old one over (docs/deploy.md, "Deleting, and deploying again"). Else somebody put it there: CloudTrail says who, and countersign audit verify what it says of the chains.`,
  );
}

/** Names of notes that no checkpoint has taken in, the oldest first, as many as the next one takes; and whether that is all. */
export async function newNotes(
  ports: Pick<CheckpointPorts, 'names'>,
  before: Before | null,
): Promise<{ notes: string[]; isAll: boolean }> {
  const after = before ? { after: lateAfter(before.through) } : {};
  const seen = new Set(before?.notes ?? []);
  const names = await ports.names(folders.notes, { ...after, most: mostNotes + seen.size + 1 });
  const notes = names.filter((name) => !seen.has(name));
  return { notes: notes.slice(0, mostNotes), isAll: notes.length <= mostNotes };
}

/** Where to look for notes that came late, when everything up to this time (ISO 8601) has been taken in. */
function lateAfter(through: string): string {
  return noteName(isoOf(epochOf(through) - latest));
}

/** The time in a note's name. */
export function timeIn(name: string): string {
  return name.slice(folders.notes.length, folders.notes.length + 24);
}

/** @throws when it is no note: nothing is left out of a checkpoint unseen. */
function headsIn(name: string, text: string | null): readonly ChainHead[] {
  const note = Note.safeParse(JSON.parse(text ?? 'null'));
  if (note.success) return note.data.heads;
  throw new Error(`checkpoint: ${name} is no note of archive`);
}
