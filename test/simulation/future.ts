/** A later release that writes into an open chain what this one does not know, as it may after a deploy was taken back. */
import { nextEntry } from '../../core/audit/chain.ts';
import type { AuditEvent } from '../../core/audit/entry.ts';
import { canonicalJson } from '../../core/digest.ts';
import { isoOf } from '../../core/time.ts';
import type { World } from '../support/world.ts';

/** @param mustKnow whether whoever does not know it has to stop. */
export function writeFromTheFuture(world: World, mustKnow: boolean): void {
  const [id] = world.work.opened.keys();
  const { head, problems } = id === undefined ? { head: null, problems: [] } : world.reading(id);
  if (id === undefined || head === null || head.closed || problems.length > 0) return;
  const author = { entryId: `from-the-future-${head.sequence}`, at: isoOf(world.now), actor: 'tell' };
  const event = { kind: 'card_read', by: 'ana', ...(mustKnow ? { mustKnow } : {}) } as unknown as AuditEvent;
  const entry = nextEntry(id, head, author, event);
  const text = canonicalJson(entry);
  world.audit.plant(id, entry.sequence, text);
  world.audit.onInsert(entry, text);
}
