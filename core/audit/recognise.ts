/** Recognising entries: one's own after a lost answer, and facts that were said before. */
import { canonicalJson } from '../digest.ts';
import { entryOf, type StoredItem } from './chain.ts';
import type { AuditEvent } from './entry.ts';
import type { AuditEntry } from './envelope.ts';

/** An event that is to be written under an id. */
export interface Draft {
  readonly id: string;
  readonly event: AuditEvent;
}

/**
 * The entries that carry the drafts' ids; null when none is there.
 *
 * @throws {TypeError} when an id is there with other content, or only some of them are.
 */
export function ownAmong(items: readonly StoredItem[], drafts: readonly Draft[]): AuditEntry[] | null {
  const entries = items.flatMap(({ text }) => entryOf(text) ?? []);
  const own = drafts.flatMap(({ id }) => entries.find(({ entryId }) => entryId === id) ?? []);
  if (own.length === 0) return null;
  const isOwn = drafts.every(({ event }, index) => isSame(own[index]?.event, event));
  if (isOwn) return own;
  const wanted = canonicalJson(drafts.map(({ event }) => event)).slice(0, 500);
  const there = canonicalJson(own.map(({ event }) => event)).slice(0, 500);
  throw new TypeError(
    `audit: the id ${own[0]?.entryId} has entry ${own[0]?.sequence} of ${own[0]?.chain} already, with other content: ${there}; asked for: ${wanted}. Give another event another id`,
  );
}

/** The event without the mark of a late fact, which only says where it lies. */
export function withoutLate<E extends { readonly kind: string }>(event: E): E {
  const { late: _, ...fact } = event as E & { late?: unknown };
  return fact as unknown as E;
}

/** The same fact, late or not. */
export function isSame(stored: AuditEntry['event'] | undefined, event: AuditEvent): boolean {
  return stored !== undefined && canonicalJson(withoutLate(stored)) === canonicalJson(withoutLate(event));
}
