/** The demo's command line: which incident, which operator, which policy; never a code path of the product. */
import { Command, Option } from 'commander';
import { incidents } from '../incidents.ts';

/** Who answers the card: a person in the browser, or a script that presses, rejects, or lets it expire. */
export type Operator = 'person' | 'approve' | 'reject' | 'ignore';

export interface DemoOptions {
  readonly operator: Operator;
  /** The runbook that will answer. */
  readonly kind: string;
  /** An author's own folder and alarm in place of it; null = the shipped ones. */
  readonly own: { readonly runbooks: string; readonly alarm: string } | null;
  readonly dryRun: boolean;
  readonly keep: boolean;
  readonly json: boolean;
  readonly realModel: boolean;
  /** Cards go to a real workspace, and are answered there. */
  readonly realSlack: boolean;
}

/** Flags that npm takes with the value after them. */
const valued = ['runbooks', 'alarm'] as const;

const names = ['yes', 'reject', 'ignore', 'dry-run', 'keep', 'json', 'real-model', 'real-slack'] as const;

/**
 * What to say about flags that npm took for its own, as in `npm run demo --yes`: it hands them on in the environment
 * only, where a setting of npm's may stand as well. Null when nothing was taken that is missed here.
 */
export function swallowed(argv: readonly string[], environment: NodeJS.ProcessEnv): string | null {
  const taken = names
    .filter((name) => environment[`npm_config_${name.replace('-', '_')}`] === 'true')
    .map((name) => `--${name}`)
    .concat(valued.flatMap((name) => withValue(name, environment[`npm_config_${name}`])))
    .filter((flag) => !argv.includes(flag.split(' ')[0] ?? ''));
  if (taken.length === 0) return null;
  const meant = ['npm run demo --', ...argv, ...taken].join(' ');
  return `npm took ${taken.join(', ')} for itself; the demo did not get it. If you meant the demo: ${meant}`;
}

function withValue(name: string, value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : [`--${name} ${value}`];
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
    .addOption(
      new Option('--runbooks <dir>', 'a folder of your own runbooks, that answer your --alarm').conflicts('runbook'),
    )
    .addOption(
      new Option(
        '--alarm <file>',
        'the alarm to raise, as JSON; takes the shipped runbooks without --runbooks',
      ).conflicts('runbook'),
    )
    .option('--dry-run', 'the product’s default mode: nothing is changed, nobody is asked')
    .option('--keep', 'leave it running afterwards to play with')
    .option('--json', 'print the result as one JSON object on the last line')
    .option('--real-model', 'ask the real model; needs ANTHROPIC_API_KEY')
    .addOption(
      new Option('--real-slack', 'ask in a real Slack workspace, by Socket Mode; says which tokens it needs').conflicts(
        ['yes', 'reject'],
      ),
    )
    .showHelpAfterError();
  const flags = command.parse(['node', 'demo', ...argv]).opts();
  if (flags.runbooks !== undefined && flags.alarm === undefined)
    command.error(
      "error: option '--runbooks <dir>' needs '--alarm <file>': the alarm that your runbooks are to answer",
    );
  return {
    operator: flags.yes ? 'approve' : flags.reject ? 'reject' : flags.ignore ? 'ignore' : 'person',
    kind: flags.runbook,
    own: flags.alarm === undefined ? null : { runbooks: flags.runbooks ?? 'runbooks', alarm: flags.alarm },
    dryRun: flags.dryRun === true,
    keep: flags.keep === true,
    json: flags.json === true,
    realModel: flags.realModel === true,
    realSlack: flags.realSlack === true,
  };
}
