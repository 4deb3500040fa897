/** Times as people read them on the command line. */

/** `2026-11-21 04:00:01 Europe/Berlin (2026-11-21T03:00:01.000Z)`, in this computer's zone; the text itself where it is no time. */
export function localTime(iso: string): string {
  const epoch = Date.parse(iso);
  if (Number.isNaN(epoch)) return iso;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const local = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone }).format(epoch);
  return `${local} ${timeZone} (${iso})`;
}
