/** The Audit table in memory, with hooks for faults before and after a call's effect, and chains that a test may tamper with. */
import type { AuditStore, AuditWriter } from '../../../core/audit/append.ts';
import { entryOf, type StoredItem } from '../../../core/audit/chain.ts';
import type { AuditEntry } from '../../../core/audit/envelope.ts';
import { canonicalJson } from '../../../core/digest.ts';

export class MemoryAudit implements AuditStore {
  /** Chain → items in the order of their places. Tests may change what lies there, as somebody with PutItem could. */
  readonly chains = new Map<string, StoredItem[]>();
  /** Called before each call's effect; what it throws is thrown. */
  port: (name: string) => void | Promise<void> = () => {};
  /** Called after each call's effect: an error thrown here is an answer that was lost. */
  after: (name: string) => void | Promise<void> = () => {};

  /** Called with each entry that `put` added, as the table's stream hands it over. */
  onInsert: (entry: AuditEntry, text: string) => void = () => {};

  async head(chain: string): Promise<StoredItem | null> {
    return this.#call('audit.head', () => this.chains.get(chain)?.at(-1) ?? null);
  }

  async items(chain: string, after = Number.NEGATIVE_INFINITY): Promise<StoredItem[]> {
    return this.#call('audit.items', () => (this.chains.get(chain) ?? []).filter(({ place }) => place > after));
  }

  async put(entries: readonly AuditEntry[]): Promise<{ taken: StoredItem | null } | null> {
    return this.#call('audit.put', () => {
      const at = ({ chain, sequence }: AuditEntry) => this.chains.get(chain)?.find(({ place }) => place === sequence);
      const [first] = entries;
      if (entries.some(at)) return { taken: (first && at(first)) ?? null };
      for (const entry of entries) {
        const text = canonicalJson(entry);
        this.plant(entry.chain, entry.sequence, text);
        this.onInsert(entry, text);
      }
      return null;
    });
  }

  /** Puts any text at any place, over what lies there. */
  plant(chain: string, place: number, text: string): void {
    const others = (this.chains.get(chain) ?? []).filter((item) => item.place !== place);
    this.chains.set(
      chain,
      [...others, { place, text }].sort((a, b) => a.place - b.place),
    );
  }

  /** What of a chain can be read as entries. */
  entries(chain: string): AuditEntry[] {
    return (this.chains.get(chain) ?? []).flatMap(({ text }) => entryOf(text) ?? []);
  }

  events(chain: string): AuditEntry['event'][] {
    return this.entries(chain).map(({ event }) => event);
  }

  /** A writer over this table. `now` is an ISO 8601 time; ids count up. */
  writer(actor: string, now: () => string = () => '2026-11-21T03:00:00.000Z'): AuditWriter {
    return {
      store: this,
      actor,
      now,
      newId: () => `entry-${++this.#ids}`,
      pause: async () => {},
    };
  }

  #ids = 0;

  async #call<T>(name: string, effect: () => T): Promise<T> {
    await this.port(name);
    const answer = effect();
    await this.after(name);
    return answer;
  }
}
