/** `countersign report`: a draft post-mortem of an incident; or what happened in a span of time, from the account or from a bundle, as Markdown, JSON or a page with charts. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';

interface ReportOptions {
  readonly since?: string;
  readonly until?: string;
  readonly bundle?: string;
  readonly json?: boolean;
  readonly html?: string;
  readonly patch?: string;
  readonly runbooks: string;
}

/** Registers `report` (exit 1 when what it counted over is broken, else 0). */
export function registerReport(program: Command): void {
  program
    .command('report')
    .description('draft the post-mortem of an incident; or count what happened in a span of time')
    .argument('[incident]', 'an incident that is over (inc-…): without it a span of time is counted')
    .option('--since <time>', 'from then on: 30d, 2026-11-01, or with time and zone')
    .option('--until <time>', 'and before then; now if it is not given')
    .option('--bundle <file>', 'count over a file of audit export, without the account')
    .option('--json', 'print one JSON object instead of Markdown')
    .option(
      '--patch <file>',
      'with an incident: write what it suggests for its runbook as a patch, for a person to apply',
    )
    .option('--runbooks <dir>', 'with an incident: the folder of the runbooks', 'runbooks')
    .option('--html <file>', 'write one self-contained page with charts instead: no request, no script, printable')
    .action(report);
}

async function report(incident: string | undefined, options: ReportOptions): Promise<void> {
  if (incident === undefined && options.patch === undefined) return reportSpan(options);
  const { since, until, html, ...own } = options;
  if (incident === undefined) throw new Error('report: --patch FILE is written for an incident; name it: inc-…');
  if (since !== undefined || until !== undefined || html !== undefined)
    throw new Error(
      'report: an incident is reported as a whole, as Markdown or --json; give no --since, --until or --html',
    );
  const { reportIncident } = await import('./report/incident.ts');
  await reportIncident(incident, own);
}

async function reportSpan({ since, until, bundle, json, html }: ReportOptions): Promise<void> {
  if ((since === undefined) === (bundle === undefined))
    throw new Error('report: give either --since TIME, which is read from the account, or --bundle FILE');
  const { bundleTextOf } = await import('./audit-export.ts');
  const now = new Date();
  const span = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
  const text = bundle === undefined ? await bundleTextOf(span, now) : readFileSync(bundle, 'utf8');
  const lines = text.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined);
  const { verifyBundle } = await import('../core/audit/verify-bundle.ts');
  const { figuresOf } = await import('./report/figures.ts');
  const verified = await verifyBundle([lines]);
  const figures = figuresOf(lines);
  if (json) {
    const { verdict, integrity, completeness, selection } = verified;
    console.log(
      JSON.stringify({
        selection,
        verdict,
        integrity: integrity.verdict,
        completeness: completeness.verdict,
        ...figures,
      }),
    );
  } else if (html !== undefined) {
    const { reportPage } = await import('./report/page.ts');
    const { incidentsOf } = await import('./bundle-chains.ts');
    writeFileSync(html, reportPage(figures, [...incidentsOf(lines)], verified));
    console.log(`✓ ${html}`);
  } else {
    const { markdownOf } = await import('./report/markdown.ts');
    console.log(markdownOf(figures, verified));
  }
  process.exitCode = verified.verdict === 'broken' ? 1 : 0;
}
