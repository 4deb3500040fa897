/** DescribeAlarms one state behind: a new state of an alarm is told only some time after somebody asked for it. */

/** What of an entry of DescribeAlarms changes with the state. */
interface Entry {
  readonly AlarmName?: string;
  readonly StateValue?: string;
  readonly StateUpdatedTimestamp?: number;
  readonly StateTransitionedTimestamp?: number;
}

interface Known<T> {
  /** The last state that was told. */
  before: T;
  /** The state that came after it, and from when it is told. */
  next: { readonly entry: T; readonly from: number } | null;
}

export class Lag {
  readonly #now: () => number;
  readonly #milliseconds = new Map<string, number>();
  readonly #known = new Map<string, Known<Entry>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** With 0 the alarm is told of as it is, at once. */
  set(alarmName: string, milliseconds: number): void {
    this.#known.delete(alarmName);
    if (milliseconds === 0) this.#milliseconds.delete(alarmName);
    else this.#milliseconds.set(alarmName, milliseconds);
  }

  /** The entry as it is told now. An alarm that was never told of is told as the OK that it was an hour before. */
  told<T extends Entry>(entry: T): T {
    const name = entry.AlarmName ?? '';
    const lag = this.#milliseconds.get(name);
    if (lag === undefined) return entry;
    const known = (this.#known.get(name) ?? { before: anHourBefore(entry), next: null }) as Known<T>;
    this.#known.set(name, known);
    if (isSame(known.before, entry)) return entry;
    if (known.next === null || !isSame(known.next.entry, entry)) known.next = { entry, from: this.#now() + lag };
    if (this.#now() < known.next.from) return known.before;
    this.#known.set(name, { before: entry, next: null });
    return entry;
  }
}

function isSame(a: Entry, b: Entry): boolean {
  return a.StateValue === b.StateValue && a.StateUpdatedTimestamp === b.StateUpdatedTimestamp;
}

function anHourBefore<T extends Entry>(entry: T): T {
  const earlier = (entry.StateUpdatedTimestamp ?? 0) - 3600;
  return { ...entry, StateValue: 'OK', StateUpdatedTimestamp: earlier, StateTransitionedTimestamp: earlier };
}
