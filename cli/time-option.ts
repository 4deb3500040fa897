/** Times as people give them to a command: so long ago, a day, or a time with its zone. */

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000 };

/** As entries write it: ISO 8601 in UTC with milliseconds. @throws naming the option, and the forms that there are. */
export function timeOf(option: string, text: string, now: Date): string {
  const [, count, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return new Date(now.getTime() - Number(count) * (units[unit] ?? 0)).toISOString();
  const isTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const epoch = isTime ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(epoch)) return new Date(epoch).toISOString();
  throw new Error(`${option} ${JSON.stringify(text)} is no time; write 30d, 2026-11-21 or 2026-11-21T03:00:00Z`);
}
