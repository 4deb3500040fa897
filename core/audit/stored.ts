/** An entry as it lies in the table: its text is hashed as it stands where it is canonical JSON already, and anew where it is not. */
import { canonicalJson, digest, digestOfCanonical, quickCanonicalJson } from '../digest.ts';
import { AuditEntry } from './envelope.ts';

/** An entry and the hash of what it holds, which is the one it claims unless it was changed. */
export interface StoredEntry {
  readonly entry: AuditEntry;
  readonly computed: string;
}

/** The hash of an entry: SHA-256 over the canonical JSON of all its other fields. */
export function entryHash(entry: Omit<AuditEntry, 'hash'>): string {
  const { format, chain, sequence, entryId, at, actor, event, previous } = entry;
  return digest(domain, { format, chain, sequence, entryId, at, actor, event, previous });
}

/** An entry with its hash, from all its other fields. */
export function sealEntry({
  format,
  chain,
  sequence,
  entryId,
  at,
  actor,
  event,
  previous,
}: Omit<AuditEntry, 'hash'>): AuditEntry {
  const body = { format, chain, sequence, entryId, at, actor, event, previous };
  const canonical = canonicalJson(body);
  const entry = { ...body, hash: digestOfCanonical(domain, canonical) };
  const rest = restOf(entry);
  texts.set(entry, `${canonical.slice(0, -rest.length)}"hash":"${entry.hash}",${rest}`);
  return entry;
}

/** The text as which an entry is stored: its canonical JSON, known already of those that were sealed here. */
export function storedText(entry: AuditEntry): string {
  return texts.get(entry) ?? canonicalJson(entry);
}

const texts = new WeakMap<AuditEntry, string>();

/** How the canonical JSON of an entry ends, behind its hash. */
function restOf({ previous, sequence }: Pick<AuditEntry, 'previous' | 'sequence'>): string {
  return `"previous":"${previous}","sequence":${sequence}}`;
}

/** Reads a text; null when it is no entry, or has no canonical JSON. */
export function readStored(text: string): StoredEntry | null {
  try {
    const value: unknown = JSON.parse(text);
    const quick = readAsItStands(text, value);
    if (quick) return quick;
    const entry = AuditEntry.safeParse(value).data;
    return entry ? { entry, computed: entryHash(entry) } : null;
  } catch {
    return null;
  }
}

const domain = 'audit-entry/v1';

const hexadecimal = /^[0-9a-f]{64}$/;

/** The hash that was computed last: of the entry before, where a chain is read in its order. */
let newest = '';

/**
 * The entry in a text that is, byte for byte, the canonical JSON of the envelope's fields around that of the event, and has
 * the hash that it claims; null when it is not, or may not be: then the schema is asked, and canonical JSON built anew. What
 * stands between quotes as it was parsed needs no escape, so nothing but the event has to be written again.
 */
function readAsItStands(text: string, value: unknown): StoredEntry | null {
  const entry = value as AuditEntry;
  const { actor, at, chain, entryId, event, hash, previous, sequence } = entry ?? {};
  if (event?.kind === undefined || typeof event.kind !== 'string') return null;
  if (!Number.isSafeInteger(sequence) || sequence < 1) return null;
  if (previous !== newest && !hexadecimal.test(previous)) return null;
  const said = quickCanonicalJson(event);
  const front = `{"actor":"${actor}","at":"${at}","chain":"${chain}","entryId":"${entryId}","event":${said},"format":1,`;
  const rest = restOf({ previous, sequence });
  if (said === null || `${front}"hash":"${hash}",${rest}` !== text) return null;
  const computed = digestOfCanonical(domain, front + rest);
  // A claimed hash that fits is one; another may be anything.
  if (computed !== hash) return null;
  newest = computed;
  return { entry, computed };
}
