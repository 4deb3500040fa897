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
function restOf({ previous, sequence }: AuditEntry): string {
  return `"previous":"${previous}","sequence":${sequence}}`;
}

/** Reads a text; null when it is no entry, or has no canonical JSON. */
export function readStored(text: string): StoredEntry | null {
  try {
    const value: unknown = JSON.parse(text);
    if (isEnvelope(value)) {
      const computed = hashAsItStands(text, value);
      // A claimed hash that fits is one; another may be anything.
      if (computed === value.hash) {
        newest = computed;
        return { entry: value, computed };
      }
    }
    const entry = AuditEntry.safeParse(value).data;
    return entry ? { entry, computed: entryHash(entry) } : null;
  } catch {
    return null;
  }
}

const domain = 'audit-entry/v1';

/** As many as the schema has. */
const fields = Object.keys(AuditEntry.shape).length;

const hexadecimal = /^[0-9a-f]{64}$/;

/** The hash that was computed last: of the entry before, where a chain is read in its order. */
let newest = '';

/** What the schema says, without building a second object; whatever fails here is asked of the schema. */
function isEnvelope(value: unknown): value is AuditEntry {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== fields) return false;
  const { format, chain, sequence, entryId, at, actor, event, previous, hash } = value as Partial<
    Record<keyof AuditEntry, unknown>
  >;
  return (
    format === 1 &&
    typeof chain === 'string' &&
    Number.isSafeInteger(sequence) &&
    (sequence as number) >= 1 &&
    typeof entryId === 'string' &&
    typeof at === 'string' &&
    typeof actor === 'string' &&
    isObject(event) &&
    typeof event.kind === 'string' &&
    typeof previous === 'string' &&
    (previous === newest || hexadecimal.test(previous)) &&
    typeof hash === 'string'
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The hash of a text that is canonical JSON, less its field `hash`; null when it is not, or may not be. */
function hashAsItStands(text: string, entry: AuditEntry): string | null {
  const rest = restOf(entry);
  const end = `"hash":"${entry.hash}",${rest}`;
  if (!text.endsWith(end) || !isCanonical(text, entry)) return null;
  return digestOfCanonical(domain, text.slice(0, text.length - end.length) + rest);
}

/** Whether a text is the canonical JSON of what it was parsed to. Keys that objects treat in a way of their own are left to the slow way. */
function isCanonical(text: string, value: unknown): boolean {
  return !text.includes('__proto__') && quickCanonicalJson(value) === text;
}
