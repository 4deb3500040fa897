/** Times as data: the one place in core that may name Date, and only to convert a time it is given. */

/** Milliseconds since 1970 of an ISO 8601 time; throws RangeError on anything else, so that no rule compares with NaN. */
export function epochOf(iso: string): number {
  const epoch = Date.parse(iso);
  if (Number.isNaN(epoch))
    throw new RangeError(`not an ISO 8601 time: ${JSON.stringify(iso)}; write it like 2026-11-21T03:00:00Z`);
  return epoch;
}

/** ISO 8601 in UTC with milliseconds, of milliseconds since 1970. */
export function isoOf(epoch: number): string {
  return new Date(epoch).toISOString();
}

/** Like `epochOf`, for a time that anybody may have written: null for what is none. */
export function epochOrNull(text: string): number | null {
  const epoch = Date.parse(text);
  return Number.isNaN(epoch) ? null : epoch;
}
