/** The short code of an incident: what a person types before something destructive, so that they have read which one it is. */
import { digest } from './digest.ts';

/** Letters and digits of which none looks like another. */
const alphabet = 'ACDEFGHJKMNPQRTUVWXY34679';

/** Characters of a code: enough that no two incidents of a night have the same, and few enough for a telephone. */
const length = 4;

/** `K7QX`: derived from the incident's id, so that whoever knows the id computes the same. No secret. */
export function shortCode(incidentId: string): string {
  const bytes = Buffer.from(digest('short-code/v1', incidentId), 'hex');
  return [...bytes.subarray(0, length)].map((byte) => alphabet[byte % alphabet.length]).join('');
}

/** Whether what was typed is the incident's code, however it was typed: small, with blanks or hyphens. */
export function isShortCode(incidentId: string, typed: string): boolean {
  return typed.replace(/[\s-]/g, '').toUpperCase() === shortCode(incidentId);
}
