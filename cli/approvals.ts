/** `countersign approvals`: what waits for an answer, and answering it without Slack, by IAM. */
import type { Command } from 'commander';
import type { WhoOptions } from './approvals/who.ts';

export interface ShownAs {
  readonly json?: true;
}
export interface AnswerOptions extends ShownAs {
  readonly reason?: string;
}

const question = 'an incident (inc-…), or one question of it as list names it (inc-….2.run.1.1.r0001)';

/** Registers `approvals list | show | who` and the words that answer. */
export function registerApprovals(program: Command): void {
  const approvals = program
    .command('approvals')
    .description('read and answer what waits for people, without Slack; needs the policy countersign-approver-REGION');
  approvals
    .command('list')
    .description('what waits now; exit 0 also when nothing does')
    .option('--json', 'print a list of JSON objects')
    .action(async (options: ShownAs) => {
      const { list } = await import('./approvals/read.ts');
      await list(options);
    });
  approvals
    .command('show')
    .description('a question in full: the exact bytes, where, by whom, how long; exit 1 when there is none')
    .argument('<question>', question)
    .option('--json', 'print one JSON object')
    .action(async (name: string, options: ShownAs) => {
      const { show } = await import('./approvals/read.ts');
      await show(name, options);
    });
  approvals
    .command('who')
    .description('who may approve a step, how many of them and how, and who may not and why; from files, needs no AWS')
    .argument('<runbook>', 'the id of a runbook in ./runbooks, or a file')
    .argument('<step>', 'the number of the step')
    .option('--alarm <file>', 'an alarm as JSON, as plan reads it: its account decides the environment')
    .option('--policy <file>', 'the policy file', 'countersign.yaml')
    .option('--environment <name>', 'the environment, in place of that of the alarm’s account')
    .option('--json', 'print one JSON object')
    .action(async (runbook: string, step: string, options: WhoOptions) => {
      const { who } = await import('./approvals/who.ts');
      process.exitCode = (await who(runbook, step, options)) ? 0 : 1;
    });
  for (const [word, what, reason] of answers)
    approvals
      .command(word)
      .description(what)
      .argument('<question>', question)
      .option('--reason <text>', reason)
      .option('--json', 'print the answer as one JSON object; the question and what is asked go to standard error')
      .action(async (name: string, options: AnswerOptions) => {
        const { answerQuestion } = await import('./approvals/answer.ts');
        process.exitCode = await answerQuestion(word, name, options);
      });
}

const answers = [
  [
    'approve',
    'show a question in full and approve it, if you then type yes; there is no switch that answers for you',
    'kept with the approval',
  ],
  [
    'reject',
    'reject a question: the incident ends; the reason is kept and shown',
    'why; asked for where it is missing',
  ],
  [
    'skip',
    'leave a step out, or undo one that failed: the runbook goes on without it, if you then type yes',
    'kept with the answer',
  ],
  ['choose', 'of a step with alternatives: choose one by its number; it approves nothing', 'kept with the answer'],
  ['input', 'type the values that a step wants; whoever does may not approve it', 'kept with the answer'],
  ['continue', 'of a step that failed: leave it as it is and go on, if you then type yes', 'kept with the answer'],
  ['retry', 'of a step that failed: ask for it once more, if you then type yes', 'kept with the answer'],
  [
    'abort',
    'of a step that failed: ask for the ways back of what was done, and end, if you then type yes',
    'kept with the answer',
  ],
] as const;
