/** A report as Markdown, for a wiki page or a review. */
import type { BundleReport } from '../../core/audit/bundle-report.ts';
import { visible } from '../../core/visible.ts';
import { spanOf } from '../replay/words.ts';
import type { Figures, Span } from './figures.ts';

/** The figures, and first whether what they were counted over may be believed. */
export function markdownOf(figures: Figures, report: BundleReport): string {
  const { selection, verdict, integrity, completeness } = report;
  const when =
    selection && 'since' in selection
      ? `${selection.since} to ${selection.until}`
      : (selection?.incident ?? 'not known');
  const spans: [string, Span][] = [
    ['opened to first question', figures.toQuestion],
    ['opened to "I am on it"', figures.toAcknowledge],
    ['question to answer', figures.toAnswer],
    ['opened to closed', figures.toEnd],
  ];
  const words = Object.entries(figures.people).flatMap(([name, said]) =>
    rows(said).map(([word, count]) => [name, word, count]),
  );
  return [
    `# Countersign: ${cell(when)}`,
    `Counted over ${report.chains} chains, ${report.entries} entries. Integrity: **${integrity.verdict}**, completeness: **${completeness.verdict}**${verdict === 'broken' ? '. **What follows was counted over chains that were tampered with.**' : '.'}`,
    `## Incidents: ${figures.incidents}${ofThem(figures)}`,
    table(['ended as', 'incidents'], rows(figures.byStatus)),
    table(['runbook', 'incidents'], rows(figures.byRunbook)),
    '## Times',
    table(
      ['', 'count', 'median', '9 of 10 within', 'longest'],
      spans.map(([name, { count, median, slow, longest }]) => [name, count, time(median), time(slow), time(longest)]),
    ),
    '## Commands sent',
    table(['risk', 'commands'], rows(figures.commands)),
    '## Approvals',
    table(['question', 'count'], rows(figures.questions)),
    table(['who', 'said', 'times'], words),
    table(['standing approval', 'commands'], rows(figures.standing)),
    `## To look at: ${figures.unverified.length}`,
    table(
      ['incident', 'why'],
      figures.unverified.map(({ incident, why }) => [incident, why]),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** What of them was no incident of anybody's. */
function ofThem({ dryRuns, drills }: Figures): string {
  const kinds = [dryRuns > 0 && `${dryRuns} dry runs`, drills > 0 && `${drills} drills`].filter(Boolean);
  return kinds.length > 0 ? `, of them ${kinds.join(', ')}` : '';
}

function rows(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts).toSorted(([a, more], [b, less]) => less - more || a.localeCompare(b));
}

const time = (seconds: number | null) => (seconds === null ? '' : spanOf(seconds));

export function table(head: readonly string[], body: readonly (readonly (string | number)[])[]): string {
  if (body.length === 0) return '';
  const row = (cells: readonly (string | number)[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...body.map(row)].join('\n');
}

/** Nobody's text begins a column, a row or markup. */
export function cell(text: string | number): string {
  return visible(String(text))
    .replaceAll('\n', ' ')
    .replace(/[\\`*_[\]<>|#]/g, (character) => (character === '_' ? '\\_' : `\\${character}`));
}
