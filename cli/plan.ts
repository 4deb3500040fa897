/** `countersign plan`: what a runbook would do and whom it would ask, from files alone. */
import type { Command } from 'commander';
import type { PlanOptions } from './show-plan.ts';

/** Registers `plan <runbook>`; exit 1 for a runbook that `validate` refuses and for a value that its type refuses. */
export function registerPlan(program: Command): void {
  program
    .command('plan')
    .description('show what a runbook would do, whom it would ask and what would be refused; needs no AWS')
    .argument('<runbook>', 'the id of a runbook in ./runbooks, or a file')
    .option('--param <name=value>', 'the value of a parameter; may be repeated', collect, [])
    .option('--alarm <file>', 'an alarm as JSON: DescribeAlarms, EventBridge, SNS, or { "name": …, "dimensions": … }')
    .option('--policy <file>', 'the policy file', 'countersign.yaml')
    .option('--environment <name>', 'the environment to plan for, in place of that of the alarm’s account')
    .option('--json', 'print the plan as one JSON object')
    .action(async (runbook: string, options: PlanOptions) => {
      const { showPlan } = await import('./show-plan.ts');
      process.exitCode = (await showPlan(runbook, options)) ? 0 : 1;
    });
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
