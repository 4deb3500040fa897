/** Buckets of calls in memory, with the conditions of the real table. */
import { type Bucket, unbelievable } from '../../../core/pace.ts';

export class MemoryPace {
  /** Until when each bucket is used, epoch milliseconds. */
  readonly usedUntil = new Map<string, number>();
  /** Milliseconds since 1970. */
  now: () => number;
  port: (name: string) => void | Promise<void> = () => {};
  after: (name: string) => void | Promise<void> = () => {};

  constructor(now: () => number) {
    this.now = now;
  }

  take = async (bucket: Bucket): Promise<boolean> => {
    await this.port('pace.take');
    const taken = this.#take(bucket);
    await this.after('pace.take');
    return taken;
  };

  #take(bucket: Bucket): boolean {
    const now = this.now();
    const until = this.usedUntil.get(bucket.name) ?? 0;
    const isFree = until <= now || until > unbelievable(now, bucket);
    if (!isFree && until > now + bucket.ahead) return false;
    this.usedUntil.set(bucket.name, (isFree ? now : until) + bucket.interval);
    return true;
  }
}
