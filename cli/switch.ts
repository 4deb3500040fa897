/** `countersign stop | resume | status | suspend | reinstate`: the kill switch from a terminal, without Slack, by IAM. */
import type { Command } from 'commander';

export interface SaidOptions {
  readonly json?: true;
  readonly reason?: string;
  readonly abort?: true;
}

const json = ['--json', 'print the answer as one JSON object'] as const;
const reason = ['--reason <text>', 'for everybody who reads of it'] as const;

/** Registers the five; each is said at the IAM door, and needs the policy countersign-approver-REGION. */
export function registerSwitch(program: Command): void {
  program
    .command('stop')
    .description('stop everything: answers when nothing is sent any more, after about 20 seconds')
    .option('--abort', 'also revoke what is approved, cancel what runs, and end open incidents; nothing is undone')
    .option(...reason)
    .option(...json)
    .action(async ({ abort, ...options }: SaidOptions) => {
      const { say } = await import('./switch/say.ts');
      process.exitCode = await say('stop', abort ? { abort } : {}, options);
    });
  program
    .command('resume')
    .description('show what stops, and lift exactly that, if you then type yes')
    .option(...reason)
    .option(...json)
    .action(async (options: SaidOptions) => {
      const { resume } = await import('./switch/say.ts');
      process.exitCode = await resume(options);
    });
  program
    .command('status')
    .description('stopped or not, by whom, since when, why; what may still run; who is suspended')
    .option(...json)
    .action(async (options: SaidOptions) => {
      const { status } = await import('./switch/say.ts');
      process.exitCode = await status(options);
    });
  for (const [word, what] of [
    ['suspend', 'let nothing count that a person approves, from now on and what nobody has run yet'],
    ['reinstate', 'let a suspended person approve again'],
  ] as const)
    program
      .command(word)
      .description(what)
      .argument('<name>', 'as the policy has it')
      .option(...reason)
      .option(...json)
      .action(async (name: string, options: SaidOptions) => {
        const { say } = await import('./switch/say.ts');
        process.exitCode = await say(word, { name }, options);
      });
}
