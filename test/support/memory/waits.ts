/** What waits for room in the channel, in memory, with the conditions of the real table. */
import type { DrawnDigest, Wait, WaitKind, WaitList } from '../../../core/use-cases/waits.ts';

export class MemoryWaits implements WaitList {
  readonly rows = new Map<string, Wait & { readonly isOver: boolean }>();
  digest: DrawnDigest = { place: null, drawn: null };
  #drawnIn = 0;
  /** Milliseconds since 1970. */
  now: () => number;
  port: (name: string) => void | Promise<void> = () => {};
  after: (name: string) => void | Promise<void> = () => {};

  constructor(now: () => number) {
    this.now = now;
  }

  waitsSince = (kind: WaitKind, incidentId: string) =>
    this.#call('waits.since', () => {
      const row = this.rows.get(`${kind}#${incidentId}`);
      return row && !row.isOver ? row.since : null;
    });

  wait = (wait: Omit<Wait, 'since'>) =>
    this.#call('waits.wait', () => {
      const key = `${wait.kind}#${wait.incidentId}`;
      if (this.rows.get(key)?.isOver !== false) this.rows.set(key, { ...wait, since: this.now(), isOver: false });
    });

  waitsNoMore = (kind: WaitKind, incidentId: string) =>
    this.#call('waits.noMore', () => {
      const row = this.rows.get(`${kind}#${incidentId}`);
      if (row) this.rows.set(`${kind}#${incidentId}`, { ...row, isOver: true });
    });

  waits = () =>
    this.#call('waits.waits', () => {
      for (const [key, { isOver }] of this.rows) if (isOver) this.rows.delete(key);
      return [...this.rows.values()].map(({ isOver: _, ...wait }) => wait);
    });

  dropWait = (kind: WaitKind, incidentId: string) =>
    this.#call('waits.drop', () => void this.rows.delete(`${kind}#${incidentId}`));

  claimDigest = (minute: number) =>
    this.#call('waits.claimDigest', () => {
      if (this.#drawnIn >= minute && this.#drawnIn <= minute + 2) return null;
      this.#drawnIn = minute;
      return this.digest;
    });

  keepDigest = (digest: DrawnDigest) =>
    this.#call('waits.keepDigest', () => {
      this.digest = digest;
    });

  async #call<T>(name: string, effect: () => T): Promise<T> {
    await this.port(name);
    const answer = effect();
    await this.after(name);
    return answer;
  }
}
