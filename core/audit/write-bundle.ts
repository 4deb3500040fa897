/** Writing a bundle: its lines, chain by chain, so that nobody holds more than one chain. */
import { createHash } from 'node:crypto';
import type { Burn } from '../burn.ts';
import type { Dispatch } from '../dispatch.ts';
import {
  type BundledCheckpoint,
  type BundleRecord,
  bundleVersion,
  isEntryLine,
  itemLine,
  type Section,
  type Selection,
} from './bundle.ts';
import type { StoredItem } from './chain.ts';

/** A chain with what proves it, and the texts that its entries name. */
export interface ExportedChain extends Pick<Section, 'chain' | 'open'> {
  /** Null = could not be read. */
  readonly burns: readonly Burn[] | null;
  readonly byFirstRelease: readonly Dispatch[];
  readonly items: readonly StoredItem[];
  readonly texts: readonly { readonly digest: string; readonly text: string }[];
  /** What the archive holds otherwise. */
  readonly archived?: readonly StoredItem[];
}

/** Checkpoints in the order of their numbers, without a gap, and the key that signed them. */
export interface ExportedCheckpoints {
  readonly publicKey: string;
  readonly checkpoints: AsyncIterable<Omit<BundledCheckpoint, 'record'>> | Iterable<Omit<BundledCheckpoint, 'record'>>;
}

export interface BundleSource {
  readonly exportedAt: string;
  readonly selection: Selection;
  /** Null = could not be read. */
  readonly publicKey: string | null;
  /** Null = there are none, or they could not be read. */
  readonly anchors?: ExportedCheckpoints | null;
  /** A recovery chain follows its incident's own at once. */
  readonly chains: AsyncIterable<ExportedChain> | Iterable<ExportedChain>;
}

/** The lines of a bundle, each with its line feed; those of one chain at once. */
export async function* bundleLines({
  exportedAt,
  selection,
  publicKey,
  anchors,
  chains,
}: BundleSource): AsyncGenerator<string> {
  const written = new Written();
  yield written.record({ record: 'bundle', version: bundleVersion, exportedAt, selection });
  if (publicKey !== null) yield written.record({ record: 'key', use: 'approval', pem: publicKey });
  if (anchors) {
    yield written.record({ record: 'checkpoint_key', pem: anchors.publicKey });
    for await (const { envelope, leaves } of anchors.checkpoints)
      yield written.record({ record: 'checkpoint', envelope, leaves });
  }
  for await (const chain of chains) yield written.chain(chain);
  yield written.end();
}

/** What was written so far, as the end has to say it. */
class Written {
  readonly #records = createHash('sha256');
  #chains = 0;
  #entries = 0;

  record(record: BundleRecord): string {
    return this.#line(JSON.stringify(record));
  }

  chain({ chain, open, burns, byFirstRelease, items, archived = [], texts }: ExportedChain): string {
    this.#chains += 1;
    this.#entries += items.length;
    const [number, entries] = [this.#chains, items.length];
    const proof = { burns: burns && [...burns], byFirstRelease: [...byFirstRelease] };
    const section = this.record({ record: 'chain', number, chain, entries, open, ...proof });
    const lines = items.map((item) => this.#line(itemLine(item)));
    const others = [
      ...archived.map((item) => this.record({ record: 'archived', ...item })),
      ...texts.map((text) => this.record({ record: 'text', ...text })),
    ];
    return section + lines.join('') + others.join('');
  }

  end(): string {
    const [chains, entries] = [this.#chains, this.#entries];
    return `${JSON.stringify({ record: 'end', chains, entries, records: this.#records.digest('hex') } satisfies BundleRecord)}\n`;
  }

  #line(text: string): string {
    const line = `${text}\n`;
    if (!isEntryLine(text)) this.#records.update(line);
    return line;
  }
}
