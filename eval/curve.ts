/** The risk–coverage curve as a picture: how much is answered, and how much of that wrongly, from the surest answer down. */
import type { Point } from './figures.ts';

const width = 640;
const height = 360;
const left = 60;
const top = 24;
const right = width - 20;
const bottom = height - 48;
/** Risk that the axis reaches: one answer in ten wrong. */
const mostRisk = 0.1;

const x = (coverage: number) => (left + coverage * (right - left)).toFixed(1);
const y = (risk: number) => (bottom - (Math.min(risk, mostRisk) / mostRisk) * (bottom - top)).toFixed(1);

const colours = ['#1f6feb', '#bf3989', '#1a7f37'];

/** SVG text, the same for the same curves; each has a name and its points. */
export function curveSvg(curves: Readonly<Record<string, readonly Point[]>>): string {
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].map(
    (at) => `<text x="${x(at)}" y="${bottom + 18}" text-anchor="middle">${at.toFixed(1)}</text>`,
  );
  const risks = [0, 0.02, 0.04, 0.06, 0.08, 0.1].map(
    (at) =>
      `<line x1="${left}" x2="${right}" y1="${y(at)}" y2="${y(at)}" stroke="#d0d7de"/><text x="${left - 8}" y="${y(at)}" dy="4" text-anchor="end">${at.toFixed(2)}</text>`,
  );
  const lines = Object.entries(curves).map(([name, points], index) => {
    const colour = colours[index % colours.length];
    const path = points.map(({ coverage, risk }) => `${x(coverage)},${y(risk)}`).join(' ');
    const dots = points.map(
      ({ confidence, coverage, risk }) =>
        `<circle cx="${x(coverage)}" cy="${y(risk)}" r="2.5" fill="${colour}"><title>${name}: confidence ${confidence}, coverage ${coverage}, risk ${risk}</title></circle>`,
    );
    const label = `<text x="${left + 12}" y="${top + 16 + index * 18}" fill="${colour}">${name}</text>`;
    return [`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`, ...dots, label].join('\n');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img" aria-label="Risk of a wrong answer against coverage, from the surest answer to all of them">
<rect width="${width}" height="${height}" fill="#ffffff"/>
${risks.join('\n')}
<line x1="${left}" x2="${right}" y1="${y(0.05)}" y2="${y(0.05)}" stroke="#cf222e" stroke-dasharray="4 4"/>
<line x1="${x(0.8)}" x2="${x(0.8)}" y1="${top}" y2="${bottom}" stroke="#cf222e" stroke-dasharray="4 4"/>
${ticks.join('\n')}
<text x="${(left + right) / 2}" y="${height - 10}" text-anchor="middle">coverage: right answers of the alarms that have one (goal: 0.8 at a risk of 0.05)</text>
<text x="16" y="${(top + bottom) / 2}" text-anchor="middle" transform="rotate(-90 16 ${(top + bottom) / 2})">risk: wrong answers of those given</text>
${lines.join('\n')}
</svg>
`;
}
