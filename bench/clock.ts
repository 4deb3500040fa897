/** A clock on which thousands of things wait at once: it jumps to the next moment at which one of them goes on, so that an hour takes no time. */
import { setImmediate as settled } from 'node:timers/promises';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export class Clock {
  /** Milliseconds since 1970. */
  now: number;
  /** By the moment of waking; of two with the same moment the one that came first. */
  readonly #sleepers: Sleeper[] = [];

  constructor(now: number) {
    this.now = now;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => {
      const at = this.now + milliseconds;
      this.#sleepers.splice(this.#placeOf(at), 0, { at, wake });
    });
  }

  /**
   * Lets time pass until `work` is done, and answers with what it answers. Nothing in `work` may wait for anything but
   * this clock.
   *
   * @throws {Error} when `work` is not done and nobody sleeps: it waits for something that never comes.
   */
  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    work.then(done, done);
    for (;;) {
      await settled();
      if (isDone) return work;
      const next = this.#sleepers[0];
      if (!next) throw new Error('the clock: nobody sleeps, and the work is not done; it waits for something else');
      this.now = next.at;
      const woken = this.#sleepers.splice(0, this.#placeOf(next.at));
      for (const { wake } of woken) wake();
    }
  }

  /** Behind everybody who wakes at this moment or before. */
  #placeOf(at: number): number {
    let [low, high] = [0, this.#sleepers.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sleepers[middle] as Sleeper).at <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
