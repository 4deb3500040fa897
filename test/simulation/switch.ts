/** The kill switch in people's hands: stops at any moment, and resumes that the approval key signed. */
import { payloadTypes, seal } from '../../core/dsse.ts';
import { putStop } from '../../core/incident/kill-switch.ts';
import { isoOf } from '../../core/time.ts';
import { ana } from '../support/fixtures.ts';
import type { World } from '../support/world.ts';

export class KillSwitch {
  /** When sending was stopped for certain, and when that was lifted; epoch milliseconds. */
  readonly stops: { readonly from: number; to: number }[] = [];
  readonly #world: World;
  #count = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Puts a stop; it counts from when it is acknowledged. One that could not be put stops nothing for certain. */
  async stop(): Promise<void> {
    const { control, publicKey, now } = this.#world;
    const eventId = `stop-${++this.#count}`;
    const stop = { eventId, by: 'ana', why: 'the simulation', at: isoOf(now) };
    try {
      const reading = await putStop(control, publicKey, stop);
      if (reading.stopped) this.stops.push({ from: this.#world.now, to: Number.POSITIVE_INFINITY });
    } catch {
      // Nobody was told that it is stopped.
    }
  }

  /** A signed resume lifts every stop that is there. */
  async resume(): Promise<void> {
    const { control, now } = this.#world;
    const numbers = [...control.kills.keys()];
    const from = Math.min(...numbers.filter((number) => !this.#isLifted(number)));
    if (!Number.isFinite(from)) return;
    const to = Math.max(...numbers);
    const by = { ...ana, via: 'slack' as const };
    for (const stop of this.stops) stop.to = Math.min(stop.to, now);
    const lift = { format: 1, from, to, by, at: isoOf(now), reason: 'over' };
    control.resumes.set(from, await seal(payloadTypes.resume, lift, this.#world.signQuietly));
    this.#liftedTo = to;
  }

  #liftedTo = 0;

  #isLifted(number: number): boolean {
    return number <= this.#liftedTo;
  }

  isStoppedAt(time: number): boolean {
    return this.stops.some(({ from, to }) => from < time && time < to);
  }
}
