/** The demo's command line: which incident, which operator, which policy; never a code path of the product. */
import { Command, Option } from 'commander';
import { incidents } from '../incidents.ts';

/** Who answers the card: a person in the browser, or a script that presses, rejects, or lets it expire. */
export type Operator = 'person' | 'approve' | 'reject' | 'ignore';

export interface DemoOptions {
  readonly operator: Operator;
  /** The runbook that will answer. */
  readonly kind: string;
  readonly dryRun: boolean;
  readonly keep: boolean;
  readonly json: boolean;
  readonly realModel: boolean;
}

/** Parses the arguments; exits with a message on anything unknown, and on operators that contradict each other. */
export function readOptions(argv: readonly string[]): DemoOptions {
  const command = new Command('npm run demo --')
    .description('One incident from alarm to audit, on this machine: nothing leaves it, nothing of it is left.')
    .addOption(
      new Option('--yes', 'a scripted operator approves, through the same signed request').conflicts([
        'reject',
        'ignore',
      ]),
    )
    .addOption(new Option('--reject', 'a scripted operator rejects').conflicts(['yes', 'ignore']))
    .addOption(new Option('--ignore', 'nobody answers: the approval expires').conflicts(['yes', 'reject']))
    .addOption(new Option('--runbook <id>', 'which incident').choices(Object.keys(incidents)).default('disk-full'))
    .option('--dry-run', 'the product’s default mode: nothing is changed, nobody is asked')
    .option('--keep', 'leave it running afterwards to play with')
    .option('--json', 'print the result as one JSON object on the last line')
    .option('--real-model', 'ask the real model; needs ANTHROPIC_API_KEY')
    .showHelpAfterError();
  const flags = command.parse(['node', 'demo', ...argv]).opts();
  return {
    operator: flags.yes ? 'approve' : flags.reject ? 'reject' : flags.ignore ? 'ignore' : 'person',
    kind: flags.runbook,
    dryRun: flags.dryRun === true,
    keep: flags.keep === true,
    json: flags.json === true,
    realModel: flags.realModel === true,
  };
}
