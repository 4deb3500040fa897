/** What goes wrong at ports: before the effect as a throttle, a conflict, an error, a reset or a hang, after it as an answer that is lost. */

import type { Clock } from '../../bench/clock.ts';
import type { Chance } from '../core/invariants/chance.ts';
import type { World } from '../support/world.ts';
import type { Axes } from './axes.ts';
import { notSent } from './hosts.ts';

type Port = Axes['troubledPort'];

/** Which port calls are meant by the name of a troubled port. */
const ports: Readonly<Record<Port, RegExp>> = {
  any: /./,
  audit: /^audit\./,
  control: /^control\./,
  dispatches: /^dispatches\./,
  work: /^work\./,
  alarm: /^alarm$|^evidence$/,
  instances: /^instances$/,
  send: /^send$/,
  prepare: /^(prepare|documentIs)$/,
  looks: /^(glance|invocation|findCommand)$/,
  slack: /^(post|update|reply|attach|picture|tell)$/,
  page: /^page$/,
  sign: /^sign$/,
  machine: /^(start|wake)$/,
};

/** Calls that write only on a condition: their answer matters, and may be lost. */
const conditionalWrites =
  /^(audit\.put|control\.(create|rearm|delivered|vote|end|putStop)|dispatches\.burn|work\.(open|ring|release|countUndelivered)|send|start)$/;

/** Transactions: the only calls that conflict with each other. */
const transactions = /^(audit\.put|control\.putStop|dispatches\.burn|work\.open)$/;

const likelihoods = {
  once: 1,
  'now and then': 0.02,
  often: 0.15,
  'for 20 minutes': 0.9,
} as const;

/** Milliseconds after which the SDK gives up on a call that hangs. */
const patience = 15_000;

type Kind = Exclude<Axes['trouble'], 'none' | 'killed' | 'lost answer'>;

/** Errors as the SDK throws them. */
const errors: Readonly<Record<Kind, () => Error>> = {
  throttle: () => awsError('ThrottlingException', 'client', 400, { $retryable: { throttling: true } }),
  conflict: () => awsError('TransactionConflictException', 'client', 400),
  'server error': () => awsError('InternalServerError', 'server', 500, { $retryable: {} }),
  reset: () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
  hang: () => Object.assign(new Error('the request timed out'), { name: 'TimeoutError' }),
};

function awsError(name: string, $fault: 'client' | 'server', httpStatusCode: number, more = {}): Error {
  return Object.assign(new Error(`${name}: tried three times`), {
    name,
    $fault,
    $metadata: { httpStatusCode },
    ...more,
  });
}

export class Troubles {
  /** What went wrong where, for whoever looks into a failure. */
  readonly deeds: string[] = [];
  readonly #axes: Axes;
  readonly #chance: Chance;
  readonly #clock: Clock;
  /** For `once`: how many calls are still let through. */
  #calm: number;
  readonly #until: number;
  readonly #from: number;
  readonly #struck = new Set<string>();
  readonly #listeners: ((port: string) => void)[] = [];

  constructor(world: World, axes: Axes, chance: Chance, clock: Clock) {
    [this.#axes, this.#chance, this.#clock] = [axes, chance, clock];
    this.#calm = chance.below(axes.troubledPort === 'any' ? 250 : 40);
    this.#from = clock.now + chance.below(40) * 60_000;
    this.#until = this.#from + 20 * 60_000;
    world.fault = (port) => {
      for (const listener of this.#listeners) listener(port);
      return this.#losesAnswers() ? undefined : this.#strike(port);
    };
    world.lost = (port) => (this.#losesAnswers() ? this.#strike(port) : undefined);
    const { accepts } = world;
    world.accepts = (send) => accepts(send) ?? this.#refuses();
  }

  /** Every port call, before its effect. */
  onCall(listener: (port: string) => void): void {
    this.#listeners.push(listener);
  }

  #losesAnswers(): boolean {
    return this.#axes.trouble === 'lost answer' || this.#axes.troubleHow === 'once at every conditional write';
  }

  /** Nothing where this call is let through. A thing that is killed never answers. */
  #strike(port: string): Promise<void> | undefined {
    if (!this.#isDue(port)) return undefined;
    const { trouble } = this.#axes;
    this.deeds.push(`${new Date(this.#clock.now).toISOString()} ${trouble}: ${port}`);
    if (trouble === 'killed') return new Promise(() => {});
    if (trouble === 'none') return undefined;
    // A throttle or a conflict says that nothing was written, so neither is how an answer is lost.
    const isLost = this.#losesAnswers() && !(trouble === 'server error' || trouble === 'hang');
    return this.#fail(isLost ? this.#chance.of(['server error', 'reset', 'hang']) : (trouble as Kind));
  }

  async #fail(kind: Kind): Promise<never> {
    if (kind === 'hang') await this.#clock.sleep(patience);
    throw errors[kind]();
  }

  #isDue(port: string): boolean {
    const { trouble, troubleHow, troubledPort } = this.#axes;
    if (trouble === 'none') return false;
    if (troubleHow === 'once at every conditional write') return this.#isFirstWrite(port);
    // What AWS refuses of a send is an answer, and no error: see `#refuses`.
    const isPossible =
      ports[troubledPort].test(port) &&
      !(trouble === 'conflict' && !transactions.test(port)) &&
      !(port === 'send' && trouble === 'throttle');
    return isPossible && this.#isMoment(troubleHow);
  }

  #isFirstWrite(port: string): boolean {
    if (!conditionalWrites.test(port) || this.#struck.has(port)) return false;
    this.#struck.add(port);
    return true;
  }

  #isMoment(how: keyof typeof likelihoods): boolean {
    switch (how) {
      case 'once':
        this.#calm -= 1;
        return this.#calm === -1;
      case 'for 20 minutes':
        if (this.#clock.now < this.#from || this.#clock.now > this.#until) return false;
        return this.#chance.isTrue(likelihoods[how]);
      default:
        return this.#chance.isTrue(likelihoods[how]);
    }
  }

  /** A throttled SendCommand is a 400: AWS says that it did not accept it. */
  #refuses(): ReturnType<World['accepts']> {
    const { trouble, troubledPort, troubleHow } = this.#axes;
    const isMeant = trouble === 'throttle' && (troubledPort === 'send' || troubledPort === 'any');
    if (!isMeant || troubleHow === 'once at every conditional write') return null;
    return this.#isMoment(troubleHow) ? notSent('ThrottlingException: Rate exceeded') : null;
  }
}
