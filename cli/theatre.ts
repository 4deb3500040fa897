/** `countersign theatre`: how people decide, per approver and overall, and whether that is more than a ceremony. */
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

async function theatre({ json, ...counted }: TheatreOptions): Promise<void> {
  const { countedLines } = await import('./bundle-option.ts');
  const lines = await countedLines('theatre', counted, usually, new Date());
  const { verifyBundle } = await import('../core/audit/verify-bundle.ts');
  const { incidentsOf, keyOf } = await import('./bundle-chains.ts');
  const { theatreOf } = await import('../core/report/theatre.ts');
  const verified = await verifyBundle([lines]);
  const found = theatreOf(incidentsOf(lines), keyOf(lines));
  const { verdict, integrity, completeness, selection } = verified;
  if (json) {
    const judged = { selection, verdict, integrity: integrity.verdict, completeness: completeness.verdict };
    console.log(JSON.stringify({ ...judged, ...found }));
  } else {
    const { theatreLines } = await import('./theatre-lines.ts');
    console.log(theatreLines(found, verified).join('\n'));
  }
  process.exitCode = verdict === 'broken' ? 1 : 0;
}
