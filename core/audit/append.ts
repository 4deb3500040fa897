/** Appending to a chain without a lock: put the next entries if absent; a loser reads the head again and goes on from there. */
import { type AuditEntry, entryOf, type Head, nextEntry, type StoredItem } from './chain.ts';
import { type AuditEvent, lateKinds, writable } from './entry.ts';

/** Audit as appenders need it. Both reads are consistent. */
export interface AuditStore {
  /** The item at the highest place of a chain, as it lies there; null when there is none. */
  head(chain: string): Promise<StoredItem | null>;
  /** All items of a chain in the order of their places. */
  items(chain: string): Promise<StoredItem[]>;
  /**
   * Puts consecutive entries of one chain where their places are free, all or none: null. Otherwise the item that has the
   * place of the first of them, or null in it when another place was taken. Throws when it is not known what happened.
   */
  put(entries: readonly AuditEntry[]): Promise<{ taken: StoredItem | null } | null>;
}

/** Who writes, and what is not pure: the clock (ISO 8601), ids, and a pause with jitter after `tries` lost tries. */
export interface AuditWriter {
  readonly store: AuditStore;
  readonly actor: string;
  now(): string;
  newId(): string;
  pause(tries: number): Promise<void>;
}

/** What the caller knows already: the head that it read, and the id by which a repeated append recognises itself. */
export interface AppendHints {
  readonly head?: Head | null;
  readonly id?: string;
}
