/** `countersign audit`: verify an incident's chain, or show its timeline, straight from the tables. */
import type { Command } from 'commander';
import pc from 'picocolors';
import { auditTable } from '../adapters/dynamodb/audit.ts';
import { openDatabase } from '../adapters/dynamodb/client.ts';
import { dispatchesTable } from '../adapters/dynamodb/dispatches.ts';
import { workTable } from '../adapters/dynamodb/work.ts';
import { approvalKey } from '../adapters/kms/approval-key.ts';
import { entryOf, readChain, recoveryChain, type StoredItem } from '../core/audit/chain.ts';
import { type ChainReport, verifyChain } from '../core/audit/verify.ts';
import type { ChainFacts } from '../core/audit/verify-finding.ts';
import { IncidentId } from '../core/dispatch.ts';
import { progressOf } from '../core/incident/progress.ts';
import { printedSoFar } from '../core/report/show.ts';
import { visible } from '../core/visible.ts';
import { Part } from '../core/words.ts';
import { oneLine, partOf, timeline } from './timeline.ts';

/** Names are fixed by the stacks. */
const tables = {
  audit: 'countersign-audit',
  work: 'countersign-work',
  dispatches: 'countersign-dispatches',
  control: 'countersign-control',
};
const approvalKeyAlias = 'alias/countersign-approval';

/** Companions too: an auditor wants all that ran. */
const parts = Part.options;

const exitCodes = { whole: 0, broken: 1, cannot_tell: 2 } as const;

/** Registers `audit verify` (exit 0 whole, 1 broken, 2 cannot tell) and `audit show`. */
export function registerAudit(program: Command): void {
  const audit = program.command('audit').description('read the append-only audit');
  audit
    .command('verify')
    .description('check an incident’s chain: its links, signatures, approvals and burns; exit 1 broken, 2 cannot tell')
    .argument('<chain>', 'an incident id (inc-…), or a day’s chain (DAY#yyyy-mm-dd#0 … f)')
    .option('--json', 'print the report as one JSON object')
    .action(async (chain: string, options: { json?: boolean }) => {
      const report = await verify(chain);
      if (options.json) console.log(JSON.stringify(report));
      else for (const line of reportLines(report)) console.log(line);
      process.exitCode = exitCodes[report.verdict];
    });
  audit
    .command('show')
    .description('print an incident’s timeline; exit 1 when there is none, or an entry cannot be read')
    .argument('<chain>', 'an incident id (inc-…)')
    .option('--outputs', 'print below it what its commands printed, as far as the audit’s hashes name the stored texts')
    .action(async (chain: string, options: { outputs?: boolean }) => {
      process.exitCode = (await show(chain, options.outputs ?? false)) ? 0 : 1;
    });
}

/** Reads the chain and what proves it. What cannot be read is said, and then cannot be told. */
async function verify(chain: string): Promise<ChainReport> {
  // A read of the audit that fails is no finding about it.
  process.exitCode = exitCodes.cannot_tell;
  const items = await auditTable(openDatabase(), tables.audit).items(chain);
  return verifyChain(chain, items, IncidentId.safeParse(chain).success ? await factsOf(chain, items) : undefined);
}

async function factsOf(incidentId: string, items: readonly StoredItem[]): Promise<ChainFacts> {
  const database = openDatabase();
  const dispatches = dispatchesTable(database, tables);
  const old = readChain(incidentId, items).entries.flatMap(({ event }) =>
    event?.kind === 'dispatch_intended' && event.planDigest === undefined ? [event.dispatch] : [],
  );
  const [burns, byFirstRelease, publicKey, open, recovery] = await Promise.all([
    given(`the table ${tables.dispatches}`, () => dispatches.burns(incidentId)),
    given('the burn markers of the first release', () => dispatches.burntByFirstRelease(incidentId, old)),
    given(`the key ${approvalKeyAlias}`, () => approvalKey(approvalKeyAlias).publicKey()),
    given(`the table ${tables.work}`, () => workTable(database, tables.work, () => 0).openIncidents()),
    given('the recovery chain', () => auditTable(database, tables.audit).items(recoveryChain(incidentId))),
  ]);
  return {
    // Without the markers a burn of the first release would look like none.
    burns: byFirstRelease && burns,
    byFirstRelease: byFirstRelease ?? [],
    publicKey,
    isOpen: open?.includes(incidentId) ?? null,
    recovery,
  };
}

async function given<T>(what: string, read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.error(`${pc.yellow('!')} ${oneLine(`${what} could not be read: ${why}`)}`);
    return null;
  }
}

function reportLines({ chain, entries, verdict, closed, problems, cannotTell }: ChainReport): string[] {
  const place = (number: number | null) => (number === null ? 'the chain' : `entry ${number}`);
  const lines = [
    ...problems.map((found) => `${pc.red('✗')} ${oneLine(`${place(found.place)}: ${found.problem}`)}`),
    ...cannotTell.map((found) => `${pc.yellow('?')} ${oneLine(`${place(found.place)}: ${found.why}`)}`),
  ];
  const state = closed ? 'closed' : 'not closed';
  if (verdict === 'whole') lines.push(`${pc.green('✓')} ${oneLine(chain)}: ${entries} entries, whole, ${state}`);
  if (verdict === 'cannot_tell')
    lines.push(
      `${pc.yellow('?')} ${oneLine(chain)}: ${entries} entries, ${state}: nothing contradicts, but not everything could be told`,
    );
  return lines;
}

/** Prints the chain, and its recovery where there is one; whether there are entries, and all can be read. */
async function show(chain: string, withOutputs: boolean): Promise<boolean> {
  const audit = auditTable(openDatabase(), tables.audit);
  const items = await audit.items(chain);
  const recovery = await audit.items(recoveryChain(chain));
  for (const line of timeline(items)) console.log(line);
  if (recovery.length > 0)
    console.log(oneLine(`${recoveryChain(chain)}: the chain was found broken when it was closed`));
  for (const line of timeline(recovery)) console.log(line);
  if (withOutputs) await showOutputs(chain, items);
  const all = [...items, ...recovery];
  if (all.length === 0) console.error(`countersign: chain ${oneLine(chain)} has no entries`);
  return all.length > 0 && all.every(({ text }) => entryOf(text) !== null);
}

/** What every command printed, oldest first; terminal sequences in it are written out. */
async function showOutputs(incidentId: string, items: readonly StoredItem[]): Promise<void> {
  const progress = progressOf(readChain(incidentId, items).entries);
  const shown = await workTable(openDatabase(), tables.work, () => 0).shown(incidentId);
  for (const { dispatch, words, outputs } of printedSoFar(progress, shown, parts).toReversed())
    for (const { host, text } of outputs) {
      console.log(`\n${pc.bold(oneLine(`${partOf(dispatch)} ${words}, on ${host}`))}`);
      console.log(visible(text) || pc.dim('(nothing)'));
    }
}
