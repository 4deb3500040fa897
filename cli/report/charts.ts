/** Charts of a report as SVG, drawn by Observable Plot without a browser: they need no script, and take the page's own colours. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { spanOf } from '../replay/words.ts';
import type { Span } from './figures.ts';

/** Pixels: what a phone has beside its margins. */
const width = 358;
const rowHeight = 30;

/** One bar's part: where it stands, which colour it has, and how long it is. */
export interface Counted {
  readonly row: string;
  readonly part: string;
  readonly count: number;
}

type Options = Parameters<typeof Plot.plot>[0];

interface Drawn {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
}

/** The chart's markup: text in it is escaped as text of an SVG. */
function drawn(options: Options, label: string): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  // Without the browser's types, which a command line does not have, an element has no members.
  const svg = Plot.plot({ ...options, document: document as unknown as Document, width }) as unknown as Drawn;
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  return svg.outerHTML;
}

/** Horizontal bars, one a row, in the order in which the rows first come; parts are stacked and have a colour each. */
export function bars(data: readonly Counted[], colours: Readonly<Record<string, string>>, label: string): string {
  const rows = [...new Set(data.map(({ row }) => row))];
  const longest = Math.max(...rows.map((row) => row.length));
  const totals = rows.map((row) => ({
    row,
    total: data.reduce((sum, one) => sum + (one.row === row ? one.count : 0), 0),
  }));
  return drawn(
    {
      height: rows.length * rowHeight + 20,
      marginLeft: Math.min(150, 16 + longest * 6.5),
      marginRight: 34,
      marginTop: 4,
      marginBottom: 16,
      x: { axis: null },
      y: { label: null, domain: rows, tickSize: 0 },
      marks: [
        Plot.barX(data as Counted[], {
          y: 'row',
          x: 'count',
          fill: ({ part }: Counted) => colours[part] ?? 'var(--run)',
          inset: 2,
        }),
        Plot.text(totals, {
          y: 'row',
          x: 'total',
          text: ({ total }: { total: number }) => String(total),
          dx: 6,
          textAnchor: 'start',
        }),
      ],
      color: { type: 'identity' },
      style: { fontSize: '12px' },
    },
    label,
  );
}

/** How long things took: from the median to what nine of ten were within, and a dot at the longest; seconds, on a logarithmic scale. */
export function spans(data: readonly (readonly [string, Span])[], label: string): string | null {
  const known = data.flatMap(([name, { median, slow, longest }]) =>
    median === null || slow === null || longest === null
      ? []
      : [{ name, median: Math.max(1, median), slow: Math.max(1, slow), longest: Math.max(1, longest) }],
  );
  if (known.length === 0) return null;
  const most = Math.max(...known.map(({ longest }) => longest));
  return drawn(
    {
      height: known.length * rowHeight + 46,
      marginLeft: 150,
      marginRight: 24,
      marginTop: 4,
      marginBottom: 34,
      x: {
        type: 'log',
        domain: [1, Math.max(10, most * 1.1)],
        label: null,
        ticks: ticksTo(most),
        tickFormat: (seconds: number) => spanOf(seconds),
        grid: true,
      },
      y: { label: null, domain: known.map(({ name }) => name), tickSize: 0 },
      marks: [
        Plot.link(known, {
          y: 'name',
          x1: 'median',
          x2: 'slow',
          stroke: 'var(--run)',
          strokeWidth: 8,
          strokeLinecap: 'round',
        }),
        Plot.dot(known, { y: 'name', x: 'median', r: 4, fill: 'var(--run)' }),
        Plot.dot(known, { y: 'name', x: 'longest', r: 4, stroke: 'var(--wait)', fill: 'var(--page)', strokeWidth: 2 }),
      ],
      style: { fontSize: '12px' },
    },
    label,
  );
}

/** A second, 10 s, a minute, 10 min, an hour, 8 h: as far as there is something. */
function ticksTo(most: number): number[] {
  return [1, 10, 60, 600, 3600, 28_800].filter((tick) => tick <= Math.max(10, most * 1.1));
}
