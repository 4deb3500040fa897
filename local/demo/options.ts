/** What the demo was asked for: which incident, which operator, which policy; never a code path of the product. */
import type { DemoFlags } from '../../cli/demo.ts';

/** Who answers the card: a person in the browser, or a script that presses, rejects, or lets it expire. */
export type Operator = 'person' | 'approve' | 'reject' | 'ignore';

export interface DemoOptions {
  readonly operator: Operator;
  /** The folder of the runbooks that may answer. */
  readonly runbooks: string;
  /** What is raised: a shipped incident by its name, a file with an alarm, or with neither the first that a runbook answers. */
  readonly asked: { readonly incident: string } | { readonly alarmFile: string } | null;
  readonly dryRun: boolean;
  readonly keep: boolean;
  readonly json: boolean;
  readonly realModel: boolean;
  /** Cards go to a real workspace, and are answered there. */
  readonly realSlack: boolean;
}

export function readOptions(flags: DemoFlags): DemoOptions {
  return {
    operator: flags.yes ? 'approve' : flags.reject ? 'reject' : flags.ignore ? 'ignore' : 'person',
    runbooks: flags.runbooks,
    asked: flags.alarm !== undefined ? { alarmFile: flags.alarm } : flags.runbook ? { incident: flags.runbook } : null,
    dryRun: flags.dryRun === true,
    keep: flags.keep === true,
    json: flags.json === true,
    realModel: flags.realModel === true,
    realSlack: flags.realSlack === true,
  };
}

/** Flags that npm takes with the value after them. */
const valued = ['runbooks', 'alarm'] as const;

const names = ['yes', 'reject', 'ignore', 'dry-run', 'keep', 'json', 'real-model', 'real-slack'] as const;

/**
 * What to say about flags that npm took for its own, as in `npm run demo --yes`: it hands them on in the environment
 * only, where a setting of npm's may stand as well. Null when nothing was taken that is missed here.
 */
export function swallowed(argv: readonly string[], environment: NodeJS.ProcessEnv): string | null {
  // By `npx --yes countersign demo` the flag was meant for npx.
  if (environment.npm_lifecycle_event !== 'demo') return null;
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
