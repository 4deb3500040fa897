/** The archive's bucket in memory: objects are put where there are none, and stay; with a hook for faults. */
import type { Bucket } from '../../../adapters/s3/bucket.ts';
import type { Archived } from '../../../core/audit/archived.ts';

export class MemoryBucket implements Bucket {
  readonly objects = new Map<string, string>();
  /** Called before each call's effect; what it throws is thrown. */
  port: (name: string) => void | Promise<void> = () => {};
  /** Called after each call's effect: an error thrown here is an answer that was lost. */
  after: (name: string) => void | Promise<void> = () => {};

  put = (object: Archived) =>
    this.#call('bucket.put', (): 'put' | 'exists' => {
      if (this.objects.has(object.name)) return 'exists';
      this.objects.set(object.name, object.body);
      return 'put';
    });

  names = (prefix: string, { after = '', most = Number.POSITIVE_INFINITY } = {}) =>
    this.#call('bucket.names', () =>
      [...this.objects.keys()]
        .filter((name) => name.startsWith(prefix) && name > after)
        .sort()
        .slice(0, most),
    );

  lock = () => this.#call('bucket.lock', () => ({ mode: 'GOVERNANCE', days: 1 }));

  read = (name: string) => this.#call('bucket.read', () => this.objects.get(name) ?? null);

  async #call<T>(name: string, effect: () => T): Promise<T> {
    await this.port(name);
    const answer = effect();
    await this.after(name);
    return answer;
  }
}
