/** `countersign incidents` and `countersign logs`: what is going on in a deployment, and what its functions said of it. */
import type { Command } from 'commander';

/** Registers `incidents` (exit 0, or 1 when they cannot be read). */
export function registerIncidents(program: Command): void {
  program
    .command('incidents')
    .description('list the open incidents, and what waits for whose answer')
    .option(
      '--since <time>',
      'also those that are over, from then on: 7d, 2026-11-21, or with time and zone; reads whole tables',
    )
    .option('--json', 'print one JSON object a line')
    .action(async (options: { since?: string; json?: true }) => {
      const { showIncidents } = await import('./incidents/show.ts');
      await showIncidents(options, new Date());
    });
}

/** Registers `logs` (exit 0, or 1 when they cannot be read). */
export function registerLogs(program: Command): void {
  program
    .command('logs')
    .description('print what the functions logged of an incident, or what one function logged')
    .argument('<incident or function>', 'an incident id (inc-…), or a function such as slack')
    .option('--since <time>', 'of a function, from then on', '1h')
    .option('--json', 'print each line as it was written')
    .action(async (of: string, options: { since: string; json?: true }) => {
      const { showLogs } = await import('./incidents/logs.ts');
      await showLogs(of, options, new Date());
    });
}
