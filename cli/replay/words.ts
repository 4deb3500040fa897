/** Times, spans and verdicts of a replay in words. */
import type { BundleReport } from '../../core/audit/bundle-report.ts';
import type { EventOf } from '../../core/audit/entry.ts';
import { epochOrNull } from '../../core/time.ts';
import type { Story } from './story.ts';

/** Such as `2026-11-21 03:00:08 UTC`. */
export function utcOf(iso: string | null): string {
  const epoch = epochOrNull(iso ?? '');
  return epoch === null ? 'not known' : `${new Date(epoch).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Such as `0.8 s`, `42 s`, `3 min 20 s`, `2 h 5 min`. */
export function spanOf(seconds: number): string {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Seconds between two ISO 8601 times; null when one is not known. */
export function between(from: string | null, to: string | null): number | null {
  const [start, end] = [epochOrNull(from ?? ''), epochOrNull(to ?? '')];
  return start === null || end === null ? null : (end - start) / 1000;
}

/** Names and values for the head of a replay, longest spans of interest first. */
export function figuresOf({
  openedAt,
  closedAt,
  dispatches,
  rows,
  progress,
}: Story): { name: string; value: string }[] {
  const spans: [string, number | null][] = [
    ['from alarm to incident', between(progress.opened?.stateChangedAt ?? null, openedAt)],
    ['to the first question', between(openedAt, dispatches.find(({ askedAt }) => askedAt)?.askedAt ?? null)],
    ['waiting for people', waiting(dispatches)],
    ['from opening to end', between(openedAt, closedAt)],
  ];
  const sent = dispatches.filter(({ intendedAt }) => intendedAt !== null).length;
  const votes = dispatches.flatMap((one) => one.votes).filter(({ signature }) => signature === 'genuine').length;
  return [
    ...spans.flatMap(([name, seconds]) => (seconds === null ? [] : [{ name, value: spanOf(seconds) }])),
    { name: sent === 1 ? 'command sent' : 'commands sent', value: String(sent) },
    { name: votes === 1 ? 'genuine vote' : 'genuine votes', value: String(votes) },
    { name: rows.length === 1 ? 'entry' : 'entries', value: String(rows.length) },
  ];
}

function waiting(dispatches: Story['dispatches']): number | null {
  const spans = dispatches.flatMap(({ askedAt, settledAt }) => between(askedAt, settledAt) ?? []);
  return spans.length === 0 ? null : spans.reduce((sum, one) => sum + one, 0);
}

export const verdictWords: Readonly<Record<BundleReport['verdict'], { tone: string; title: string; text: string }>> = {
  clean: {
    tone: 'good',
    title: '✓ Verified',
    text: 'Every link holds, every vote is the approval key’s, nothing contradicts what was burnt, and all of it is here.',
  },
  broken: {
    tone: 'bad',
    title: '✗ Not as it was written',
    text: 'Something was changed, added or taken away. What lies behind the first such place is marked, and proves nothing.',
  },
  cannot_tell: {
    tone: 'warn',
    title: '? Not everything can be told',
    text: 'Nothing contradicts. What could not be checked is listed below.',
  },
};

const endings: Partial<Record<EventOf<'incident_closed'>['status'], string>> = {
  resolved: 'good',
  recovered: 'good',
  dry_run: 'good',
  failed: 'bad',
  halted: 'bad',
};

/** The incident's ending as a word, and its tone; behind the first thing that is wrong it is only said. */
export function endingOf({ progress, rows, brokenAt }: Story): { word: string; tone: string } {
  const status = progress.closed?.status;
  if (status === undefined) return { word: 'not closed', tone: 'warn' };
  const word = status.replaceAll('_', ' ');
  const isProven = brokenAt === null || rows.length < brokenAt;
  return isProven ? { word, tone: endings[status] ?? 'warn' } : { word: `said to be ${word}`, tone: 'warn' };
}
