/** Times as people type and read them on the command line. */

const day = 24 * 3600 * 1000;

/** So many days ago, a day, or an ISO 8601 time with its zone; as entries write it: in UTC with milliseconds. */
export function timeOf(option: string, text: string, now: Date): string {
  const ago = /^(\d{1,5})d$/.exec(text)?.[1];
  if (ago !== undefined) return new Date(now.getTime() - Number(ago) * day).toISOString();
  const isTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const epoch = isTime ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(epoch)) return new Date(epoch).toISOString();
  throw new Error(`${option} ${JSON.stringify(text)} is no time; write 30d, 2026-11-21 or 2026-11-21T03:00:00Z`);
}

/** `2026-11-21 04:00:01 Europe/Berlin (2026-11-21T03:00:01.000Z)`, in this computer's zone; the text itself where it is no time. */
export function localTime(iso: string): string {
  const epoch = Date.parse(iso);
  if (Number.isNaN(epoch)) return iso;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const local = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone }).format(epoch);
  return `${local} ${timeZone} (${iso})`;
}
