/** `countersign audit`: verify chains, online or from a bundle; export a bundle and what is derived from it; list and show incidents. */
import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { KeyFiles } from './audit-bundle.ts';
import type { DerivedForm } from './audit-derived.ts';
import type { ExportOptions } from './audit-export.ts';

interface VerifyOptions {
  readonly bundle?: string;
  readonly key?: string;
  readonly checkpointKey?: string;
  readonly json?: boolean;
}

/** Registers `audit verify` (exit 0 whole, 1 broken, 2 cannot tell), `audit export` and `audit show`. */
export function registerAudit(program: Command): void {
  const audit = program.command('audit').description('read the append-only audit');
  audit
    .command('verify')
    .description('check links, signatures, approvals and burns; exit 0 clean, 1 broken, 2 cannot tell')
    .argument('[chain]', 'an incident id (inc-…), or a day’s chain (DAY#yyyy-mm-dd#0 … f)')
    .option('--bundle <file>', 'verify a file that audit export wrote, without the account')
    .option('--key <file>', 'with --bundle: the approval key as the account’s KMS gives it, PEM')
    .option('--checkpoint-key <file>', 'with --bundle: the same of the checkpoint key')
    .option('--json', 'print the report as one JSON object')
    .action(verify);
  audit
    .command('export')
    .description('write a bundle that anybody can verify offline')
    .argument('<file>', 'a file that does not exist yet')
    .option('--incident <id>', 'one incident (inc-…)')
    .option(
      '--since <time>',
      'every chain that something was written to since then: 30d, 2026-11-21, or with time and zone',
    )
    .option('--until <time>', 'with --since: and before then; now if it is not given')
    .option('--ocsf <file>', 'write events for a SIEM beside it, NDJSON in OCSF 1.5.0')
    .option('--provenance <file>', 'write an in-toto statement of each command beside it, NDJSON')
    .action(async (file: string, options: ExportOptions) => {
      const { exportBundle } = await import('./audit-export.ts');
      await exportBundle(file, options, new Date());
    });
  audit
    .command('extract')
    .description('print what is derived from a bundle, NDJSON; exit 0 clean, 1 broken, 2 cannot tell')
    .argument('<bundle>', 'a file that audit export wrote')
    .addOption(new Option('--as <form>', 'what to derive').choices(['ocsf', 'provenance']).makeOptionMandatory())
    .option('--key <file>', 'the approval key as the account’s KMS gives it, PEM')
    .option('--checkpoint-key <file>', 'the same of the checkpoint key')
    .action(extract);
  audit
    .command('list')
    .description(
      'list the incidents of a span of time, unverified: when, how they ended, by which runbook, signed by whom',
    )
    .requiredOption('--since <time>', 'from then on: 30d, 2026-11-21, or with time and zone')
    .option('--until <time>', 'and before then; now if it is not given')
    .option('--json', 'print one JSON array')
    .action(async ({ since, until, json }: { since: string; until?: string; json?: boolean }) => {
      const { list, listLines } = await import('./audit-list.ts');
      const listed = await list(since, until, new Date());
      print(json ? [JSON.stringify(listed)] : listLines(listed));
    });
  audit
    .command('show')
    .description(
      'print an incident: alarm, dates, runbook, parameters, people, and its timeline; exit 1 when there is none, or an entry cannot be read',
    )
    .argument('<chain>', 'an incident id (inc-…)')
    .option(
      '--outputs',
      'print below it the commands that were asked about, and what all printed, as far as the audit’s hashes name the stored texts',
    )
    .action(async (chain: string, options: { outputs?: boolean }) => {
      const { show } = await import('./audit-online.ts');
      process.exitCode = (await show(chain, options.outputs ?? false)) ? 0 : 1;
    });
}

async function verify(chain: string | undefined, { bundle, json, ...keys }: VerifyOptions): Promise<void> {
  if ((chain === undefined) === (bundle === undefined))
    throw new Error('audit verify: give either a chain, which is read from the account, or --bundle FILE');
  if (chain !== undefined) {
    const online = await import('./audit-online.ts');
    const report = await online.verify(chain);
    print(json ? [JSON.stringify(report)] : online.reportLines(report));
    process.exitCode = online.exitCodes[report.verdict];
    return;
  }
  // A bundle that cannot be read is no finding about it.
  process.exitCode = 2;
  const offline = await import('./audit-bundle.ts');
  const report = await offline.verifyBundleFile(bundle ?? '', keys);
  print(json ? [JSON.stringify(report)] : offline.bundleLinesOf(report));
  process.exitCode = offline.bundleExitCodes[report.verdict];
}

/** Of a broken bundle nothing is derived: it would look like evidence. */
async function extract(bundle: string, { as, ...keys }: KeyFiles & { as: DerivedForm }): Promise<void> {
  process.exitCode = 2;
  const { bundleExitCodes, bundleLinesOf, verifyBundleFile } = await import('./audit-bundle.ts');
  const report = await verifyBundleFile(bundle, keys);
  for (const line of bundleLinesOf(report)) console.error(line);
  process.exitCode = bundleExitCodes[report.verdict];
  if (report.verdict === 'broken') return;
  const { derivedLines } = await import('./audit-derived.ts');
  for (const line of derivedLines(readFileSync(bundle, 'utf8'), as)) console.log(line);
}

function print(lines: readonly string[]): void {
  for (const line of lines) console.log(line);
}
