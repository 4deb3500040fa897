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
  const text = canonicalize(value);
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
