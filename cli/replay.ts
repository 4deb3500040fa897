/** `countersign replay`: an incident as it happened, from the account or from a bundle, in the terminal or as a page. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';

interface ReplayOptions {
  readonly incident?: string;
  readonly html?: string;
  readonly key?: string;
  readonly checkpointKey?: string;
  readonly policy?: string;
  readonly runbooks?: string;
  readonly since?: string;
  readonly until?: string;
  readonly json?: boolean;
}

/** Registers `replay` (exit 0 whole, 1 broken, 2 cannot tell, as audit verify). */
export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('show an incident as it happened; exit 0 clean, 1 broken, 2 cannot tell')
    .argument(
      '[incident or bundle]',
      'an incident id (inc-…), which is read from the account, or a file of audit export',
    )
    .option('--incident <id>', 'which incident of a bundle that holds several')
    .option('--html <file>', 'write one self-contained page instead: no request, no script, printable')
    .option('--key <file>', 'the approval key as the account’s KMS gives it, PEM')
    .option('--checkpoint-key <file>', 'the same of the checkpoint key')
    .option(
      '--policy <file>',
      'say instead what this policy would have decided otherwise; exit 0 nothing, 1 something, 2 cannot tell',
    )
    .option('--runbooks <folder>', 'with --policy: by the runbooks of this folder, not by those of the time')
    .option('--since <time>', 'with --policy: over all incidents since then, in place of an incident or a bundle')
    .option('--until <time>', 'with --since: and before then; now if it is not given')
    .option('--json', 'with --policy: print one JSON array')
    .action(replay);
}

async function replay(source: string | undefined, options: ReplayOptions): Promise<void> {
  // What cannot be read is no finding about it.
  process.exitCode = 2;
  const { incident, html, policy, since, until, ...keys } = options;
  if ((source === undefined) === (since === undefined) || (since !== undefined && policy === undefined))
    throw new Error('replay: give an incident or a bundle; or, with --policy FILE, --since TIME in place of it');
  const lines = source === undefined ? await linesSince(since ?? '', until) : await linesOf(source);
  if (policy !== undefined) return replayPolicy(lines, policy, options);
  const { storyOf } = await import('./replay/story.ts');
  const { bundleExitCodes, knownBy } = await import('./audit-bundle.ts');
  const story = await storyOf(lines, incident, knownBy(keys));
  if (html !== undefined) {
    const { pageOf } = await import('./replay/page.ts');
    writeFileSync(html, pageOf(story));
    console.log(`✓ ${html}`);
  } else {
    const { terminalLines } = await import('./replay/terminal.ts');
    for (const line of terminalLines(story)) console.log(line);
  }
  process.exitCode = bundleExitCodes[story.report.verdict];
}

/** Re-decides over a bundle that is whole as far as can be told; of a broken one nothing is. */
async function replayPolicy(
  lines: readonly string[],
  policy: string,
  { runbooks, json, ...keys }: ReplayOptions,
): Promise<void> {
  const { verifyBundle } = await import('../core/audit/verify-bundle.ts');
  const { knownBy } = await import('./audit-bundle.ts');
  const { firstBad } = await verifyBundle([lines], knownBy(keys));
  if (firstBad)
    throw new Error(
      `replay: the audit is broken, and nothing is decided anew from it; first bad: ${JSON.stringify(firstBad)}`,
    );
  const { redecided, redecidedLines } = await import('./replay-policy.ts');
  const all = await redecided(lines, { policy, ...(runbooks !== undefined && { runbooks }) });
  if (json) console.log(JSON.stringify(all));
  else for (const line of redecidedLines(all)) console.log(line);
  const answers = all.map(({ isSame }) => isSame);
  process.exitCode = answers.includes(false) ? 1 : answers.includes(null) ? 2 : 0;
}

async function linesSince(since: string, until: string | undefined): Promise<string[]> {
  const { bundleTextOf } = await import('./audit-export.ts');
  return withoutEnd(await bundleTextOf({ since, ...(until !== undefined && { until }) }, new Date()));
}

/** The lines of a bundle: of a file, or made now from the account's tables. */
async function linesOf(source: string): Promise<string[]> {
  const { IncidentId } = await import('../core/dispatch.ts');
  if (!IncidentId.safeParse(source).success) return withoutEnd(readFileSync(source, 'utf8'));
  const { bundleTextOf } = await import('./audit-export.ts');
  return withoutEnd(await bundleTextOf({ incident: source }, new Date()));
}

function withoutEnd(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
