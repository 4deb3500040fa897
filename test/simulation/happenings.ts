/** What happens in the middle of an incident: at any await, or for some minutes. */
import type { Clock } from '../../bench/clock.ts';
import type { Chance } from '../core/invariants/chance.ts';
import type { World } from '../support/world.ts';
import type { Alarms } from './alarms.ts';
import type { Axes } from './axes.ts';
import { deploy } from './deploys.ts';
import { writeFromTheFuture } from './future.ts';
import type { Hosts } from './hosts.ts';
import type { KillSwitch } from './switch.ts';
import type { Troubles } from './troubles.ts';

interface Around {
  readonly world: World;
  readonly axes: Axes;
  readonly clock: Clock;
  readonly chance: (part: string) => Chance;
  readonly hosts: Hosts;
  readonly alarms: Alarms;
  readonly killSwitch: KillSwitch;
  readonly troubles: Troubles;
  /** Stops an execution from outside. */
  readonly stopOne: () => void;
}

const minute = 60_000;

export class Happenings {
  readonly #around: Around;

  constructor(around: Around) {
    this.#around = around;
    this.#happenings();
    this.#outages();
  }

  /** What happens once or more often at any await: a moment is the so-many-eth port call of this world. */
  #happenings(): void {
    const { fleet, deploy: deploying, kill, alarm, execution, future } = this.#around.axes;
    const chance = this.#around.chance('moments');
    const due = new Map<number, (() => void)[]>();
    const at = (moment: number, act: () => void) => due.set(moment, [...(due.get(moment) ?? []), act]);
    const moment = () => chance.below(chance.of([60, 200, 500]));
    if (fleet !== 'steady')
      for (let count = 1 + chance.below(2); count > 0; count -= 1) at(moment(), () => this.#around.hosts.change());
    if (deploying !== 'none') at(moment(), () => deploy(this.#around.world, this.#around.axes));
    for (let count = alarm === 'flaps' ? 6 : 1; count > 0; count -= 1) at(moment(), () => this.#around.alarms.change());
    if (future !== 'none')
      at(moment(), () => writeFromTheFuture(this.#around.world, future === 'one that must be known'));
    if (execution === 'stopped') at(moment(), () => this.#around.stopOne());
    const stops = { never: 0, set: 1, 'set and lifted': 1, 'set, lifted, set and lifted': 2 }[kill];
    for (let from = moment(), count = 0; count < stops; count += 1, from += 30 + moment()) {
      at(from, () => void this.#stopFor(kill === 'set' ? null : chance.of([1, 20, 90])));
    }
    let calls = 0;
    let lostStarts = execution === 'start is lost' ? 1 + chance.below(4) : 0;
    this.#around.troubles.onCall((port) => {
      calls += 1;
      lostStarts -= port === 'start' ? 1 : 0;
      if (port === 'start' && lostStarts >= 0) throw new Error('the start is lost');
      for (const act of due.get(calls) ?? []) act();
    });
  }

  async #stopFor(minutes: number | null): Promise<void> {
    await this.#around.killSwitch.stop();
    if (minutes === null) return;
    await this.#around.clock.sleep(minutes * minute);
    await this.#around.killSwitch.resume();
  }

  /** Slack and the pager, which are down for a while. */
  #outages(): void {
    const world = this.#around.world;
    const { slack, pager } = this.#around.axes;
    const down = async (from: number, to: number, set: (isDown: boolean) => void) => {
      await this.#around.clock.sleep(from * minute);
      set(true);
      await this.#around.clock.sleep((to - from) * minute);
      set(false);
    };
    const setSlack = (isDown: boolean) => {
      world.slackIsDown = isDown;
    };
    const setPager = (isDown: boolean) => {
      world.pagerIsDown = isDown;
    };
    if (slack === 'down at first') void down(0, 4, setSlack);
    if (slack === 'down for 3 hours') void down(this.#around.chance('outages').below(5), 180, setSlack);
    if (slack === 'flaky') for (let from = 0; from < 40; from += 2) void down(from, from + 1, setSlack);
    if (pager === 'down for an hour') void down(0, 60, setPager);
  }
}
