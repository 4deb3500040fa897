/** `countersign replay`: an incident as it happened, from the account or from a bundle, in the terminal or as a page. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';

interface ReplayOptions {
  readonly incident?: string;
  readonly html?: string;
  readonly key?: string;
  readonly checkpointKey?: string;
}

/** Registers `replay` (exit 0 whole, 1 broken, 2 cannot tell, as audit verify). */
export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('show an incident as it happened; exit 0 clean, 1 broken, 2 cannot tell')
    .argument(
      '<incident or bundle>',
      'an incident id (inc-…), which is read from the account, or a file of audit export',
    )
    .option('--incident <id>', 'which incident of a bundle that holds several')
    .option('--html <file>', 'write one self-contained page instead: no request, no script, printable')
    .option('--key <file>', 'the approval key as the account’s KMS gives it, PEM')
    .option('--checkpoint-key <file>', 'the same of the checkpoint key')
    .action(replay);
}

async function replay(source: string, { incident, html, ...keys }: ReplayOptions): Promise<void> {
  // What cannot be read is no finding about it.
  process.exitCode = 2;
  const { storyOf } = await import('./replay/story.ts');
  const { bundleExitCodes, knownBy } = await import('./audit-bundle.ts');
  const story = await storyOf(await linesOf(source), incident, knownBy(keys));
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
