/** The axes of the simulated world: every one with all its values, drawn from one seed. The first value is the calm one. */

import { Chance } from '../core/invariants/chance.ts';
import { statusDetails } from '../support/statuses.ts';

export const axes = {
  /** Managed hosts of the role that the runbook targets. */
  hosts: [3, 0, 1, 2, 4, 7, 12, 20],
  /** What becomes of them while the incident is open. */
  fleet: ['steady', 'one leaves', 'one is replaced', 'one joins', 'one is opted out', 'one goes offline', 'all leave'],
  hostClock: ['right', '90 s ahead', '90 s behind'],
  /** How Run Command says that an odd host ended; the last four are exit codes of the run document and of `timeout`. */
  status: [...statusDetails, 'refused: no folder', 'refused: repeated', 'killed by timeout', 'looks like a refusal'],
  /** Which hosts are odd, and in what. */
  odd: ['one host, changes', 'every host, changes', 'one host, reads', 'every host, everything'],
  /** Seconds from the send until a host begins. */
  delivery: [0.3, 3, 29, 70],
  /** Seconds that a change takes on a host. */
  takes: [0.2, 5, 90, 900],
  /** Seconds until ListCommands knows a command. */
  listing: [0, 5, 30],
  output: ['plain', 'empty', 'three-byte', 'bidi', 'ANSI', 'binary', 'secrets', 'our own words'],
  targets: ['by tag', 'from the alarm'],
  waves: ['default', '[1]', '[1, 2]', '[20]'],
  mode: ['live', 'dry_run'],
  severity: ['high', 'low'],
  /** Unasked actions that a standing approval allows. */
  standing: [0, 1, 2],
  approvers: ['ana', 'ana and ben'],
  /** What goes wrong at a port. */
  trouble: ['none', 'throttle', 'conflict', 'server error', 'reset', 'hang', 'lost answer', 'killed'],
  troubleHow: ['once', 'now and then', 'often', 'for 20 minutes', 'once at every conditional write'],
  troubledPort: [
    'any',
    'audit',
    'control',
    'dispatches',
    'work',
    'alarm',
    'instances',
    'send',
    'prepare',
    'looks',
    'slack',
    'page',
    'sign',
    'machine',
  ],
  /** Milliseconds that each port call takes. */
  callTakes: [0, 20, 200],
  /** What Lambda and its callers do with an invocation. */
  invocation: ['once', 'delivered twice', 'throttled', 'service exception', 'answer lost'],
  /** What happens to the machine from outside. */
  execution: ['undisturbed', 'stopped', 'start is lost'],
  deploy: [
    'none',
    'a later step changed',
    'a step that ran changed',
    'runbook removed',
    'policy',
    'document',
    'document, old one gone',
    'mode',
    'environment',
    'approvers',
  ],
  kill: ['never', 'set', 'set and lifted', 'set, lifted, set and lifted'],
  /** How the alarm goes on after it rang. */
  alarm: ['cured by the change', 'stays', 'recovers by itself', 'flaps', 'no data', 'opted out', 'deleted'],
  contributor: ['none', 'listed', 'missing once cured', 'missing at first', 'page fails'],
  incidents: [1, 2],
  people: ['approve', 'reject', 'late', 'twice', 'change their mind', 'contradict', 'nobody', 'a stranger first'],
  /** Seconds until somebody answers a card. */
  answerTakes: [20, 1, 200, 590],
  model: ['none', 'down', 'slow', 'hostile'],
  slack: ['up', 'down at first', 'down for 3 hours', 'flaky'],
  pager: ['up', 'down for an hour'],
  /** What lies in the tables when it begins. */
  past: ['nothing', 'an incident that waits', 'an incident that sent'],
  /** Entries that a later release wrote into a chain that is open. */
  future: ['none', 'a kind from the future', 'one that must be known'],
  /** What people are to say before steps of the runbook run. */
  open: ['nothing', 'a value', 'a choice', 'both'],
} as const;

export type AxisName = keyof typeof axes;
export type Axes = { readonly [K in AxisName]: (typeof axes)[K][number] };

/**
 * The world of a seed. How much of it is calm is drawn first: where everything goes wrong at once nothing gets far, and
 * the best hidden faults need one or two things to go wrong late.
 */
export function drawAxes(seed: number): Axes {
  const chance = new Chance(seed);
  const calm = chance.of([0, 0.7, 0.8, 0.9]);
  const drawn = Object.entries(axes).map(([name, values]) => {
    const isCalm = chance.isTrue(calm);
    const value = chance.of<unknown>(values);
    return [name, isCalm ? values[0] : value];
  });
  return Object.fromEntries(drawn) as Axes;
}

/** How often each value of each axis was drawn. */
export class Tally {
  readonly #counts = new Map<string, Map<string, number>>();

  constructor() {
    for (const [name, values] of Object.entries(axes)) for (const value of values) this.add(name, value, 0);
  }

  add(name: string, value: unknown, count = 1): void {
    const counts = this.#counts.get(name) ?? new Map<string, number>();
    counts.set(String(value), (counts.get(String(value)) ?? 0) + count);
    this.#counts.set(name, counts);
  }

  addAll(drawn: Axes): void {
    for (const [name, value] of Object.entries(drawn)) this.add(name, value);
  }

  /** Values of axes that were never drawn. */
  missing(): string[] {
    return [...this.#counts].flatMap(([name, counts]) =>
      [...counts].flatMap(([value, count]) => (count === 0 ? [`${name}: ${value}`] : [])),
    );
  }

  toString(): string {
    return [...this.#counts]
      .map(([name, counts]) => `${name}: ${[...counts].map(([value, count]) => `${value} ${count}`).join(', ')}`)
      .join('\n');
  }
}
