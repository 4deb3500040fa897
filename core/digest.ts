/** One way to hash: SHA-256 over RFC 8785 canonical JSON under a domain prefix, so that no digest means two things. */
import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import * as z from 'zod';

/** 64 lower-case hexadecimal digits. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** SHA-256 of the text's UTF-8 bytes, 64 hexadecimal digits. */
export function sha256(text: string | Uint8Array): string {
  return hash('sha256', text);
}

/** RFC 8785 canonical JSON of a JSON value. Throws on what JSON cannot say (undefined, functions, NaN). */
export function canonicalJson(value: unknown): string {
  const text = quickCanonicalJson(value) ?? canonicalize(value);
  if (text === undefined) throw new TypeError('canonicalJson: the value has no JSON form');
  return text;
}

/** The digest of a value in a domain such as `approval-request/v1`, 64 hexadecimal digits. */
export function digest(domain: string, value: unknown): string {
  return digestOfCanonical(domain, canonicalJson(value));
}

/** The same, of a value whose canonical JSON is there already. */
export function digestOfCanonical(domain: string, canonical: string): string {
  return sha256(`countersign/${domain}\n${canonical}`);
}

/**
 * The canonical JSON of plain JSON, several times faster; null for what it is not sure of. `JSON.stringify` writes numbers
 * and strings as RFC 8785 wants them, and keys in the order in which they lie; lone surrogates, which have no canonical
 * form, it escapes.
 */
export function quickCanonicalJson(value: unknown): string | null {
  const ordered = liesInOrder(value, 0) ? value : inOrder(value, 0);
  const text = ordered === undefined ? undefined : JSON.stringify(ordered);
  return text === undefined || text.includes('\\ud') ? null : text;
}

/** Deeper than this is left to the slow way, which does not recurse. */
const deepest = 64;

/** Keys that do not stay where they are put: numbers are moved to the front, and this one is no key. */
function movesKey(key: string): boolean {
  const first = key.charCodeAt(0);
  return (first >= 48 && first <= 57) || key === '__proto__';
}

/** Whether it is plain JSON with the keys of every object in order, as what was canonical JSON is: then nothing has to be copied. */
function liesInOrder(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value !== 'object') return Number.isFinite(value);
  if (depth > deepest) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) if (!liesInOrder(value[index], depth + 1)) return false;
    return true;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  let before = '';
  for (const key of Object.keys(value)) {
    if (movesKey(key) || before > key || !liesInOrder((value as Record<string, unknown>)[key], depth + 1)) return false;
    before = key;
  }
  return true;
}

/** The value with the keys of every object in order: itself where they are, else a copy; undefined for what is no plain JSON. */
function inOrder(value: unknown, depth: number): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'object') return Number.isFinite(value) ? value : undefined;
  if (depth > deepest) return undefined;
  if (Array.isArray(value)) return listInOrder(value, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype ? objectInOrder(value as Record<string, unknown>, depth) : undefined;
}

function listInOrder(list: readonly unknown[], depth: number): unknown {
  let isSame = true;
  const ordered = new Array<unknown>(list.length);
  for (let index = 0; index < list.length; index += 1) {
    const one = inOrder(list[index], depth + 1);
    if (one === undefined) return undefined;
    ordered[index] = one;
    isSame &&= one === list[index];
  }
  return isSame ? list : ordered;
}

function objectInOrder(value: Readonly<Record<string, unknown>>, depth: number): unknown {
  const keys = Object.keys(value);
  const before = keys.length;
  let isSame = true;
  for (let index = 1; index < before && isSame; index += 1)
    isSame = (keys[index - 1] as string) < (keys[index] as string);
  if (!isSame) keys.sort();
  const ordered: Record<string, unknown> = {};
  for (const key of keys) {
    const one = inOrder(value[key], depth + 1);
    if (one === undefined || movesKey(key)) return undefined;
    ordered[key] = one;
    isSame &&= one === value[key];
  }
  return isSame ? value : ordered;
}
