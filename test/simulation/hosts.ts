/** Hosts that come, go and stay silent: what really runs on each, and what Systems Manager says of it, second by second. */
import type { Invocation } from '../../core/derive/outcome.ts';
import { type Dispatch, dispatchKey } from '../../core/dispatch.ts';
import type { ManagedInstance } from '../../core/runbook/targets.ts';
import type { Send } from '../../core/use-cases/execute-ports.ts';
import type { HostOutcome } from '../../core/words.ts';
import type { Chance } from '../core/invariants/chance.ts';
import { isChange } from '../core/invariants/witness.ts';
import { instanceId } from '../support/fixtures.ts';
import { hostId, hostOf } from '../support/fleet.ts';
import type { World } from '../support/world.ts';
import type { Axes } from './axes.ts';
import { outputOf } from './outputs.ts';

/** What becomes of a send on one host. Times are epoch milliseconds; `endsAt` is when Systems Manager says how it ended. */
interface Fate {
  readonly beginsAt: number;
  readonly endsAt: number;
  readonly ran: boolean;
  readonly says: Pick<Invocation, 'status' | 'exitCode' | 'stdout' | 'stderr'>;
}

/** Something that ran on a host. */
export interface Ran {
  readonly host: string;
  readonly key: string;
  readonly send: Send;
  readonly at: number;
}

const forEver = Number.POSITIVE_INFINITY;
const refusedWith = (code: number, why: string) => ({
  status: 'Failed',
  exitCode: code,
  stdout: '',
  stderr: `countersign: refused: ${why}; nothing was run\n`,
});

/** Words with which Systems Manager says that the agent never got it. */
const neverDelivered = ['Undeliverable', 'InvalidPlatform', 'AccessDenied', 'Terminated', 'RateExceeded'];
/** Words that leave open whether the agent got it. */
const leftOpen = ['Cancelled', 'DeliveryTimedOut', 'SomethingNew', 'Pending'];

export class Hosts {
  readonly ran: Ran[] = [];
  readonly #world: World;
  readonly #axes: Axes;
  readonly #chance: Chance;
  readonly #fates = new Map<string, Fate>();
  readonly #isSkewed: ReadonlyMap<string, number>;
  readonly #odd: string;
  #newest: number;

  constructor(world: World, axes: Axes, chance: Chance) {
    [this.#world, this.#axes, this.#chance] = [world, axes, chance];
    this.#newest = axes.hosts;
    world.instances = Array.from({ length: axes.hosts }, (_, index) => hostOf(hostId(index + 1)));
    if (axes.past !== 'nothing') world.instances.push(hostOf(instanceId));
    const skew = { right: 0, '90 s ahead': 90_000, '90 s behind': -90_000 }[axes.hostClock];
    this.#isSkewed = new Map(world.instances.map(({ id }) => [id, chance.isTrue(0.5) ? skew : 0]));
    this.#odd = hostId(1 + chance.below(Math.max(1, axes.hosts)));
    world.listsAfter = axes.listing * 1000;
    world.onSend = (send) => this.#deliver(send);
    world.respond = (send, target) => this.#says(send, target);
    world.accepts = ({ targets }) => {
      const gone = targets.find((target) => world.instances.every(({ id }) => id !== target));
      return gone === undefined ? null : notSent(`InvalidInstanceId: ${gone}`);
    };
  }

  /** One of the things that happen to a fleet. */
  change(): void {
    const { instances } = this.#world;
    const victim = this.#chance.below(instances.length);
    const others = instances.filter((_, index) => index !== victim);
    const touched = (changes: Partial<ManagedInstance>) =>
      instances.map((one, index) => (index === victim ? { ...one, ...changes } : one));
    const joining = () => hostOf(hostId(++this.#newest));
    const after: Readonly<Record<Axes['fleet'], () => ManagedInstance[]>> = {
      steady: () => instances,
      'one leaves': () => others,
      'one is replaced': () => [...others, joining()],
      'one joins': () => [...instances, joining()],
      'one is opted out': () => touched({ tags: { role: 'web' } }),
      'one goes offline': () => touched({ online: false }),
      'all leave': () => [],
    };
    this.#world.instances = after[this.#axes.fleet]();
  }

  #deliver(send: Send): void {
    for (const target of send.targets) {
      const fate = this.#fateOf(send, target);
      const key = keyOf(send, target);
      this.#fates.set(key, fate);
      if (fate.ran) this.ran.push({ host: target, key: keyOfDispatch(send), send, at: fate.beginsAt });
    }
  }

  #fateOf(send: Send, target: string): Fate {
    const { delivery, takes } = this.#axes;
    const { now } = this.#world;
    const beginsAt = now + delivery * 1000;
    const timedOutAt = now + send.deliveryTimeoutSeconds * 1000;
    const isOffline = this.#world.instances.some(({ id, online }) => id === target && !online);
    if (isOffline)
      return this.#notRun(timedOutAt, { status: 'DeliveryTimedOut', exitCode: -1, stdout: '', stderr: '' });
    const isLate = (beginsAt + (this.#isSkewed.get(target) ?? 0)) / 1000 > send.notAfter;
    const isTold = beginsAt <= timedOutAt;
    if (isLate)
      return this.#notRun(
        isTold ? beginsAt : timedOutAt,
        isTold ? refusedWith(92, 'the time to begin is over') : said('DeliveryTimedOut'),
      );
    const endsAt = beginsAt + (isChange(send) ? takes : 0.2) * 1000;
    // Begun after Systems Manager gave it up: it runs, and nobody is told how it ends.
    if (!isTold) return { beginsAt, endsAt: timedOutAt, ran: true, says: said('DeliveryTimedOut') };
    if (endsAt > beginsAt + send.executionTimeoutSeconds * 1000)
      return { beginsAt, endsAt: beginsAt + send.executionTimeoutSeconds * 1000, ran: true, says: said('Failed', 124) };
    const output = outputOf(this.#axes.output, this.#chance);
    return this.#isOdd(send, target)
      ? this.#odds(beginsAt, endsAt, output)
      : { beginsAt, endsAt, ran: true, says: { status: 'Success', exitCode: 0, stdout: output, stderr: '' } };
  }

  #isOdd(send: Send, target: string): boolean {
    const { odd } = this.#axes;
    if (odd.startsWith('one') && target !== this.#odd) return false;
    if (odd.endsWith('changes')) return isChange(send);
    return odd.endsWith('everything') || !isChange(send);
  }

  #odds(beginsAt: number, endsAt: number, output: string): Fate {
    const { status } = this.#axes;
    if (neverDelivered.includes(status)) return this.#notRun(beginsAt, said(status));
    if (leftOpen.includes(status)) {
      const ends = status === 'Pending' ? forEver : endsAt;
      return { beginsAt, endsAt: ends, ran: this.#chance.isTrue(0.5), says: said(status) };
    }
    switch (status) {
      case 'refused: no folder':
        return this.#notRun(beginsAt, refusedWith(95, '/run/countersign cannot be made'));
      case 'refused: repeated':
        // A second delivery; the first one ran.
        return { beginsAt, endsAt, ran: true, says: refusedWith(93, 'this dispatch has been here before') };
      case 'killed by timeout':
        return { beginsAt, endsAt, ran: true, says: { ...said('Failed', 137), stdout: output } };
      case 'looks like a refusal':
        return {
          beginsAt,
          endsAt,
          ran: true,
          says: { ...said('Failed', 95), stdout: output, stderr: `bash: ${output}` },
        };
      case 'InProgress':
        return { beginsAt, endsAt: forEver, ran: true, says: said(status) };
      case 'Success':
        return { beginsAt, endsAt, ran: true, says: { ...said(status, 0), stdout: output } };
      default:
        return { beginsAt, endsAt, ran: true, says: { ...said(status, 1), stdout: output, stderr: output } };
    }
  }

  #notRun(endsAt: number, says: Fate['says']): Fate {
    return { beginsAt: endsAt, endsAt, ran: false, says };
  }

  #says(send: Send, target: string): Partial<Invocation> {
    const fate = this.#fates.get(keyOf(send, target));
    const { now } = this.#world;
    if (!fate) return said('Pending');
    if (now >= fate.endsAt) return fate.says;
    return said(now >= fate.beginsAt && fate.ran && fate.says.status !== 'Pending' ? 'InProgress' : 'Pending');
  }

  /**
   * What is true of it, whatever the product makes of Systems Manager's words: `unknown` where it ran and nobody says how it
   * ended, so that neither "ran" nor "not run" may be told.
   */
  truth(send: Send, target: string): HostOutcome | 'running' {
    const fate = this.#fates.get(keyOf(send, target));
    if (!fate?.ran) return 'not_started';
    const { status, exitCode, stderr } = fate.says;
    if (status === 'Success') return 'succeeded';
    if (status === 'ExecutionTimedOut' || exitCode === 124 || exitCode === 137) return 'timed_out';
    // A script may print our own words; only with its code are they the document's.
    const isRefusal = exitCode === 93 && stderr.startsWith('countersign: refused: ');
    return status === 'Failed' && !isRefusal ? 'failed' : 'unknown';
  }

  /** Whether a change has succeeded on every host that it was sent to so far, as somebody who looks at the host would know. */
  hasSucceeded(send: Send): boolean {
    return send.targets.every((target) => this.truth(send, target) === 'succeeded');
  }

  /** When it is over on its last host. */
  endOf(send: Send): number {
    return Math.max(...send.targets.map((target) => this.#fates.get(keyOf(send, target))?.endsAt ?? 0));
  }
}

/** AWS says that it did not accept the command. */
export function notSent(why: string): ReturnType<World['accepts']> {
  return { answer: { kind: 'not_sent', why }, arrives: false };
}

function said(status: string, exitCode = -1): Fate['says'] {
  return { status, exitCode, stdout: '', stderr: '' };
}

function keyOf(send: Send, target: string): string {
  return `${keyOfDispatch(send)} ${target}`;
}

export function keyOfDispatch({ incidentId, dispatch }: { incidentId: string; dispatch: Dispatch }): string {
  return dispatchKey(incidentId, dispatch);
}
