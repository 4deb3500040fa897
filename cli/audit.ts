/** `countersign audit`: verify an incident's chain, or show its timeline, straight from the Audit table. */
import type { Command } from 'commander';
import pc from 'picocolors';
import { auditTable } from '../adapters/dynamodb/audit.ts';
import { openDatabase } from '../adapters/dynamodb/client.ts';
import { workTable } from '../adapters/dynamodb/work.ts';
import { AuditEntry } from '../core/audit/entry.ts';
import { type ChainReport, verifyChain } from '../core/audit/verify.ts';
import { oneLine, timeline } from './timeline.ts';

/** Table names are fixed by the stacks; another account's copy may be called otherwise. */
const tables = { audit: 'countersign-audit', work: 'countersign-work' };

/** What is wrong with an incident's chain beyond its links: a chain that ends early although nothing is open was cut. */
export function completeness(report: ChainReport, isOpen: boolean): string[] {
  if (report.entries === 0 || report.closed || isOpen || report.chain.startsWith('DAY#')) return [];
  return ['the chain has no closing entry although the incident is not open: its end was removed'];
}

/** Registers `audit verify` (exit 1 on any problem) and `audit show`. */
export function registerAudit(program: Command): void {
  const audit = program.command('audit').description('read the append-only audit');
  audit
    .command('verify')
    .description('check that an incident’s chain is whole: nothing changed, removed, reordered, inserted or cut off')
    .argument('<chain>', 'an incident id (inc-…), or a day’s chain (DAY#yyyy-mm-dd)')
    .option('--json', 'print the report as one JSON object')
    .action(async (chain: string, options: { json?: boolean }) => {
      const database = openDatabase();
      const entries = await auditTable(database, tables.audit).raw(chain);
      const open = await workTable(database, tables.work, () => 0).openIncidents();
      const report = verifyChain(chain, entries);
      const problems = [
        ...report.problems.map(({ place, problem }) => `entry ${place}: ${problem}`),
        ...completeness(report, open.includes(chain)),
      ];
      print(report, problems, options.json === true);
      process.exitCode = problems.length === 0 ? 0 : 1;
    });
  audit
    .command('show')
    .description('print an incident’s timeline; exit 1 when there is none, or an entry cannot be read')
    .argument('<chain>', 'an incident id (inc-…)')
    .action(async (chain: string) => {
      const stored = await auditTable(openDatabase(), tables.audit).raw(chain);
      for (const line of timeline(stored)) console.log(line);
      if (stored.length === 0) console.error(`countersign: chain ${oneLine(chain)} has no entries`);
      process.exitCode = stored.length > 0 && stored.every((entry) => AuditEntry.safeParse(entry).success) ? 0 : 1;
    });
}

function print(report: ChainReport, problems: readonly string[], json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ ...report, whole: problems.length === 0, problems }));
    return;
  }
  for (const problem of problems) console.log(`${pc.red('✗')} ${oneLine(problem)}`);
  const state = report.closed ? 'closed' : 'still open';
  if (problems.length === 0)
    console.log(`${pc.green('✓')} ${oneLine(report.chain)}: ${report.entries} entries, whole, ${state}`);
}
