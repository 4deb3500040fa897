/** `countersign retry INCIDENT`: a new plan for an alarm that is still on, asked for at the IAM door by a person. */
import type { Command } from 'commander';

export interface RetryOptions {
  readonly json?: true;
}

/** Registers `retry`; whoever asks starts the next round, and may not approve in it. */
export function registerRetry(program: Command): void {
  program
    .command('retry')
    .description('try again: a new plan for an incident that did not help, while its alarm is still on')
    .argument('<incident>', 'an incident that is over (inc-…)')
    .option('--json', 'print the answer as one JSON object')
    .action(async (incidentId: string, options: RetryOptions) => {
      const { IncidentId } = await import('../core/dispatch.ts');
      if (!IncidentId.safeParse(incidentId).success)
        throw new Error(`${JSON.stringify(incidentId)} is no incident: write its id, such as inc-763fa915d472ab296160`);
      const { say } = await import('./switch/say.ts');
      process.exitCode = await say('retry', { incidentId }, options);
    });
}
