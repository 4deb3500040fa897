/** The report as one self-contained page: no request, no script, readable on a phone and on paper. */
import type { BundleReport } from '../../core/audit/bundle-report.ts';
import type { Chronicle } from '../../core/report/decisions.ts';
import { html, Markup } from '../replay/markup.ts';
import { style } from '../replay/style.ts';
import { spanOf, verdictWords } from '../replay/words.ts';
import { bars, type Counted, spans } from './charts.ts';
import type { Figures, Span } from './figures.ts';

const more = `
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(22.4rem,100%),1fr));gap:1rem;align-items:start}
figure{margin:0;padding:.7rem .8rem;border:1px solid var(--line);border-radius:8px;background:var(--card);break-inside:avoid;min-width:0}
figcaption{font-weight:600;margin-bottom:.3rem}figure svg{--plot-background:transparent}
table{border-collapse:collapse;font-size:.9rem;margin:.4rem 0}td,th{padding:.2rem .9rem .2rem 0;text-align:left;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
.dot{display:inline-block;width:.75rem;height:.75rem;border-radius:2px;margin:0 .3rem 0 .8rem;vertical-align:-.05rem}`;

/** Colours of endings, risks and words, as the replay has them. */
const colours: Readonly<Record<string, string>> = {
  resolved: 'var(--good)',
  recovered: 'var(--good)',
  dry_run: 'var(--soft)',
  open: 'var(--wait)',
  read_only: 'var(--good)',
  modifying: 'var(--wait)',
  destructive: 'var(--bad)',
  approve: 'var(--good)',
  reject: 'var(--bad)',
};
const endingColour = (status: string) => colours[status] ?? 'var(--bad)';

export function reportPage(figures: Figures, incidents: readonly Chronicle[], report: BundleReport): string {
  const { selection, verdict, integrity, completeness, chains, entries } = report;
  const when =
    selection && 'since' in selection
      ? `${selection.since.slice(0, 16)} to ${selection.until.slice(0, 16)} UTC`
      : (selection?.incident ?? 'not known');
  const { tone, title } = verdictWords[verdict];
  const body = html`<main><p class="soft small">Countersign · report</p><h1>${when}</h1>
<section class="banner ${tone}"><strong>${title}</strong><p class="small">counted over ${chains} chains, ${entries} entries · integrity: <b>${integrity.verdict}</b> · completeness: <b>${completeness.verdict.replace('_', ' ')}</b></p>
${verdict === 'broken' && html`<p><b>What follows was counted over chains that were tampered with.</b></p>`}</section>
<div class="figures">${tiles(figures).map(([name, value]) => html`<div><b>${value}</b><span class="soft small">${name}</span></div>`)}</div>
<div class="charts">${charts(figures, incidents)}</div>
${table('Standing approvals', ['granted by', 'commands'], Object.entries(figures.standing))}
${table(
  'To look at',
  ['incident', 'why'],
  figures.unverified.map(({ incident, why }) => [incident, why]),
)}
<footer>Made from the audit by countersign report. Charts leave nothing out; what is not known is said above.</footer></main>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer"><title>${html`Countersign: ${when}`.text}</title><style>${style}${more}</style></head>
<body>${body.text}</body></html>
`;
}

function tiles({ incidents, dryRuns, drills, toAnswer, toEnd, commands }: Figures): [string, string][] {
  const time = ({ median }: Span) => (median === null ? 'none' : spanOf(median));
  return [
    ['incidents', String(incidents)],
    ['dry runs among them', String(dryRuns)],
    ['drills among them', String(drills)],
    ['to an answer, median', time(toAnswer)],
    ['to the end, median', time(toEnd)],
    ['commands that change', String(commands.modifying + commands.destructive)],
    ['commands that read', String(commands.read_only)],
  ];
}

function charts(figures: Figures, incidents: readonly Chronicle[]): Markup[] {
  const times: [string, Span][] = [
    ['to the first question', figures.toQuestion],
    ['to “I am on it”', figures.toAcknowledge],
    ['question to answer', figures.toAnswer],
    ['to the end', figures.toEnd],
  ];
  const people = Object.entries(figures.people).flatMap(([row, said]) =>
    Object.entries(said).map(([part, count]) => ({ row, part, count })),
  );
  return [
    counted('Incidents by day', byDay(incidents), endingColour),
    counted('How they ended', plain(figures.byStatus), endingColour),
    counted('By runbook', plain(figures.byRunbook), () => 'var(--run)'),
    figure(
      'How long it took',
      spans(times, 'How long it took'),
      html`<p class="small soft">bar: from the median to what 9 of 10 were within; circle: the longest</p>`,
    ),
    counted('Commands sent, by risk', plain(figures.commands), (level) => colours[level] ?? 'var(--run)'),
    counted('How questions ended', plain(figures.questions), () => 'var(--run)'),
    counted('Who said what', people, (word) => colours[word] ?? 'var(--run)'),
  ].flatMap((one) => one ?? []);
}

function plain(counts: Readonly<Record<string, number>>): Counted[] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => ({ row: name, part: name, count }));
}

/** The most days of which each has a bar; of more, months have. */
const mostDays = 31;

function byDay(incidents: readonly Chronicle[]): Counted[] {
  const opened = incidents.flatMap(({ entries }) => {
    const [first] = entries;
    const end = entries.find(({ kind }) => kind === 'incident_closed')?.event;
    return first ? [{ at: first.at, status: end?.kind === 'incident_closed' ? end.status : 'open' }] : [];
  });
  const length = new Set(opened.map(({ at }) => at.slice(0, 10))).size > mostDays ? 7 : 10;
  const counts = new Map<string, Counted>();
  for (const { at, status } of opened.toSorted((a, b) => (a.at < b.at ? -1 : 1))) {
    const row = at.slice(0, length);
    const key = `${row} ${status}`;
    counts.set(key, { row, part: status, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}

/** A chart of counts, with what its colours mean where they are not the rows themselves. */
function counted(caption: string, data: readonly Counted[], colourOf: (part: string) => string): Markup | null {
  if (data.length === 0) return null;
  const parts = [...new Set(data.map(({ part }) => part))];
  const isKeyed = data.some(({ row, part }) => row !== part);
  const key =
    isKeyed &&
    html`<p class="small">${parts.map((part) => html`<span class="dot" style="background:${colourOf(part)}"></span>${part.replace('_', ' ')}`)}</p>`;
  return figure(caption, bars(data, Object.fromEntries(parts.map((part) => [part, colourOf(part)])), caption), key);
}

function figure(caption: string, chart: string | null, note: Markup | false): Markup | null {
  return chart === null ? null : html`<figure><figcaption>${caption}</figcaption>${new Markup(chart)}${note}</figure>`;
}

function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Markup | null {
  if (rows.length === 0) return null;
  return html`<h2>${caption}</h2><table><thead><tr>${head.map((cell) => html`<th>${cell}</th>`)}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`;
}
