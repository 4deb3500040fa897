/** Anchors, parked alarms and openings in memory, with the conditions of the real table. */
import { mostJoined, type StormStore } from '../../../adapters/dynamodb/storms.ts';
import type { Anchor, Parked } from '../../../core/use-cases/keeping.ts';
import type { MemoryWork } from './work.ts';

export class MemoryStorms implements StormStore {
  readonly rows = new Map<string, Parked>();
  readonly opened = new Map<string, readonly number[]>();
  /** How many joined each incident. */
  readonly joins = new Map<string, number>();
  readonly #work: MemoryWork;
  /** Milliseconds since 1970. */
  now: () => number;
  port: (name: string) => void | Promise<void> = () => {};
  after: (name: string) => void | Promise<void> = () => {};

  constructor(work: MemoryWork, now: () => number) {
    [this.#work, this.now] = [work, now];
  }

  anchors = (relations: readonly string[]) =>
    this.#call('storms.anchors', () =>
      relations.map((relation): Anchor => {
        const incidentId = this.#work.anchors.get(relation) ?? null;
        return { relation, incidentId, isOpen: incidentId !== null && this.#work.opened.has(incidentId) };
      }),
    );

  join = (parked: Parked & { readonly joined: string }) =>
    this.#call('storms.join', (): 'joined' | 'full' | 'lost' => {
      const { lock, joined } = parked;
      const holder = this.#work.locks.get(lock);
      if (!this.#work.opened.has(joined)) return 'lost';
      const count = this.joins.get(joined) ?? 0;
      if (count >= mostJoined) return 'full';
      if (holder !== undefined && this.#work.opened.has(holder)) return 'lost';
      this.joins.set(joined, count + 1);
      this.#work.locks.set(lock, joined);
      this.rows.set(lock, parked);
      return 'joined';
    });

  parked = (lock: string) => this.#call('storms.parked', () => this.rows.get(lock) ?? null);

  letGo = (lock: string, incidentId: string) =>
    this.#call('storms.letGo', () => {
      if (this.#work.locks.get(lock) === incidentId) this.#work.locks.delete(lock);
      if (this.rows.get(lock)?.joined === incidentId) this.rows.delete(lock);
    });

  rest = (parked: Parked) =>
    this.#call('storms.rest', () => {
      const there = this.rows.get(parked.lock);
      if (there?.until && there.until > this.now()) return false;
      this.rows.set(parked.lock, parked);
      return true;
    });

  openings = (lock: string) => this.#call('storms.openings', () => [...(this.opened.get(lock) ?? [])]);

  noteOpenings = (lock: string, at: readonly number[]) =>
    this.#call('storms.noteOpenings', () => void this.opened.set(lock, at));

  parkedAlarms = () => this.#call('storms.parkedAlarms', () => [...this.rows.values()]);

  dropParked = ({ lock, joined, until }: Parked) =>
    this.#call('storms.dropParked', () => {
      const there = this.rows.get(lock);
      if (there?.joined === joined && there.until === until) this.rows.delete(lock);
    });

  toldOfRest = (lock: string) =>
    this.#call('storms.toldOfRest', () => {
      const there = this.rows.get(lock);
      if (there) this.rows.set(lock, { ...there, told: true });
    });

  async #call<T>(name: string, effect: () => T): Promise<T> {
    await this.port(name);
    const answer = effect();
    await this.after(name);
    return answer;
  }
}
