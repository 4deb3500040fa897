/** `countersign theatre`: how people decide, per approver and overall, and whether that is more than a ceremony. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';

interface TheatreOptions {
  readonly since?: string;
  readonly until?: string;
  readonly bundle?: string;
  readonly json?: boolean;
}

/** Long enough for a few hundred decisions where there are many, and for people to have changed nothing about it. */
const usually = '90d';

/** Registers `theatre` (exit 1 when what it counted over is broken, else 0). */
export function registerTheatre(program: Command): void {
  program
    .command('theatre')
    .description('how fast and how often people approve, reject and change, and whether that is still oversight')
    .option('--since <time>', `from then on: 30d, 2026-11-01, or with time and zone (${usually} if not given)`)
    .option('--until <time>', 'and before then; now if it is not given')
    .option('--bundle <file>', 'count over a file of audit export, without the account')
    .option('--json', 'print one JSON object')
    .action(theatre);
}

async function theatre({ since, until, bundle, json }: TheatreOptions): Promise<void> {
  if (bundle !== undefined && (since ?? until) !== undefined)
    throw new Error('theatre: --bundle FILE is counted as it is; give either that, or --since and --until');
  const text =
    bundle === undefined
      ? await (await import('./audit-export.ts')).bundleTextOf(
          { since: since ?? usually, ...(until !== undefined && { until }) },
          new Date(),
        )
      : readFileSync(bundle, 'utf8');
  const lines = text.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined);
  const { verifyBundle } = await import('../core/audit/verify-bundle.ts');
  const { incidentsOf, keyOf } = await import('./bundle-chains.ts');
  const { theatreOf } = await import('../core/report/theatre.ts');
  const verified = await verifyBundle([lines]);
  const counted = theatreOf(incidentsOf(lines), keyOf(lines));
  const { verdict, integrity, completeness, selection } = verified;
  if (json) {
    const judged = { selection, verdict, integrity: integrity.verdict, completeness: completeness.verdict };
    console.log(JSON.stringify({ ...judged, ...counted }));
  } else {
    const { theatreLines } = await import('./theatre-lines.ts');
    console.log(theatreLines(counted, verified).join('\n'));
  }
  process.exitCode = verdict === 'broken' ? 1 : 0;
}
