/** Threads in memory, with the conditions of the real table. */
import type { CardPlace } from '../../../core/approval/record.ts';
import { claimSeconds, type ThreadRow, type ThreadStore } from '../../../core/use-cases/thread.ts';

export class MemoryThreads implements ThreadStore {
  readonly rows = new Map<string, ThreadRow & { readonly claimedUntil: number }>();
  /** Until when somebody is about to put a picture, epoch seconds. */
  readonly #pictures = new Map<string, number>();
  /** Milliseconds since 1970. */
  now: () => number;
  /** Called before each call's effect; what it throws is thrown. */
  port: (name: string) => void | Promise<void> = () => {};
  /** Called after each call's effect: an error thrown here is an answer that was lost. */
  after: (name: string) => void | Promise<void> = () => {};

  constructor(now: () => number) {
    this.now = now;
  }

  claimThread = (incidentId: string, channel: string) =>
    this.#call('threads.claim', (): 'mine' | ThreadRow => {
      const there = this.rows.get(incidentId);
      const seconds = Math.floor(this.now() / 1000);
      if (there && (there.place !== null || there.claimedUntil >= seconds)) return there;
      this.rows.set(incidentId, {
        channel,
        place: null,
        drawn: null,
        pictured: false,
        claimedUntil: seconds + claimSeconds,
      });
      return 'mine';
    });

  placeThread = (incidentId: string, channel: string, place: CardPlace) =>
    this.#call('threads.place', () => {
      const there = this.rows.get(incidentId);
      if (!there?.place) this.rows.set(incidentId, { channel, place, drawn: null, pictured: false, claimedUntil: 0 });
    });

  thread = (incidentId: string) => this.#call('threads.thread', () => this.rows.get(incidentId) ?? null);

  drewThread = (incidentId: string, drawn: string) =>
    this.#call('threads.drew', () => {
      const there = this.rows.get(incidentId);
      if (there) this.rows.set(incidentId, { ...there, drawn });
    });

  claimPicture = (incidentId: string) =>
    this.#call('threads.claimPicture', () => {
      const seconds = Math.floor(this.now() / 1000);
      const there = this.rows.get(incidentId);
      if (!there || there.pictured || (this.#pictures.get(incidentId) ?? 0) >= seconds) return false;
      this.#pictures.set(incidentId, seconds + claimSeconds);
      return true;
    });

  keptPicture = (incidentId: string) =>
    this.#call('threads.keptPicture', () => {
      const there = this.rows.get(incidentId);
      if (there) this.rows.set(incidentId, { ...there, pictured: true });
    });

  async #call<T>(name: string, effect: () => T): Promise<T> {
    await this.port(name);
    const answer = effect();
    await this.after(name);
    return answer;
  }
}
