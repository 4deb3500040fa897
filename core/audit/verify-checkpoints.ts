/** Reading a bundle's checkpoints: each signed, each following the one before it, and what they say of every chain. */
import { openEnvelope, payloadTypes } from '../dsse.ts';
import { epochOf } from '../time.ts';
import type { BundledCheckpoint, Selection } from './bundle.ts';
import { recoveryChain } from './chain.ts';
import { Checkpoint, checkpointDigest, isTreeOf, noCheckpoint } from './checkpoint.ts';
import {
  type Anchors,
  type Finding,
  missing,
  problem,
  type SignedHead,
  unsure,
  unsureWhether,
} from './verify-finding.ts';

/** Milliseconds until what was written is in a checkpoint: above, an alarm pages that the archive is late. */
export const longestLag = 60_000;

export class CheckpointReader {
  #publicKey: string | null;
  readonly #given: boolean;
  #first: Checkpoint | null = null;
  #last: { readonly checkpoint: Checkpoint; readonly digest: string } | null = null;
  #count = 0;
  readonly #heads = new Map<string, SignedHead[]>();

  /** @param publicKey PEM, when it is known from elsewhere: then a bundle without checkpoints cannot tell. */
  constructor(publicKey: string | null) {
    this.#publicKey = publicKey;
    this.#given = publicKey !== null;
  }

  get publicKey(): string | null {
    return this.#publicKey;
  }

  get count(): number {
    return this.#count;
  }

  /** The newest, for people: number and time. */
  get newest(): { readonly number: number; readonly at: string; readonly digest: string } | null {
    if (!this.#last) return null;
    const { checkpoint, digest } = this.#last;
    return { number: checkpoint.number, at: checkpoint.at, digest };
  }

  /** The first that was taken; null where none was. */
  get first(): Pick<Checkpoint, 'number' | 'at'> | null {
    return this.#first;
  }

  trust(pem: string): void {
    this.#publicKey ??= pem;
  }

  /** Takes the next checkpoint of the bundle; says what is wrong with it. */
  take({ envelope, leaves }: Omit<BundledCheckpoint, 'record'>): Finding[] {
    this.#count += 1;
    if (this.#publicKey === null) return [unsure(null, 'is a checkpoint, and there is no key for it')];
    const payload = openEnvelope(envelope, payloadTypes.checkpoint, this.#publicKey);
    if (payload === null) return [problem(0, 'is no checkpoint that the key has signed')];
    const checkpoint = Checkpoint.safeParse(payload).data;
    if (!checkpoint) return [unsure(null, 'is a checkpoint of a form that this release does not know')];
    if (!isTreeOf(checkpoint, leaves)) return [problem(0, 'holds other leaves than its checkpoint has signed')];
    const found = this.#linkFindings(checkpoint);
    this.#first ??= checkpoint;
    this.#last = { checkpoint, digest: checkpointDigest(envelope) };
    for (const { chain, length, hash } of leaves) {
      const { number, at } = checkpoint;
      this.#heads.set(chain, [...(this.#heads.get(chain) ?? []), { length, hash, number, at }]);
    }
    return found;
  }

  #linkFindings({ number, previous }: Checkpoint): Finding[] {
    if (!this.#last) {
      if ((number === 1) === (previous === noCheckpoint)) return [];
      const what = number === 1 ? 'the first checkpoint, and names' : `checkpoint ${number}, and does not name`;
      return [problem(0, `is ${what} one before it`)];
    }
    const { checkpoint: before, digest } = this.#last;
    if (number > before.number + 1)
      return [missing(0, `is checkpoint ${number}, and ${before.number + 1} was expected: checkpoints are missing`)];
    if (number === before.number + 1 && previous === digest) return [];
    return [problem(0, `is checkpoint ${number}, and does not follow checkpoint ${before.number} before it: a fork`)];
  }

  /** What is known of a chain; null where the bundle has no checkpoints. */
  anchorsOf(chain: string, selection: Selection | null, archived: Anchors['archived']): Anchors | null {
    if (this.#count === 0 && archived.length === 0) return null;
    return { heads: this.#heads.get(chain) ?? [], isThrough: this.#isThrough(selection), archived };
  }

  #isThrough(selection: Selection | null): boolean {
    if (!this.#last || !selection || !('until' in selection)) return false;
    const { through } = this.#last.checkpoint;
    return through !== undefined && epochOf(through) >= epochOf(selection.until) + longestLag;
  }

  /** Of the bundle as a whole. */
  end(selection: Selection | null): Finding[] {
    if (this.#count === 0 && this.#given)
      return [unsure(null, 'there are no checkpoints, and a key for them was given')];
    if (!selection || !('since' in selection)) return [];
    if (!this.#first || !this.#last)
      return [
        unsureWhether(
          'whether a whole chain is missing of which nothing was burnt cannot be told: there are no checkpoints',
        ),
      ];
    const { number, at } = this.#first;
    const { at: last, through } = this.#last.checkpoint;
    if (epochOf(at) >= epochOf(selection.since))
      return [unsureWhether(`what was written before checkpoint ${number} of ${at} cannot be told`)];
    if (this.#isThrough(selection)) return [];
    const reach = through === undefined ? 'which does not sign how far it reaches' : `which reaches to ${through}`;
    return [
      unsureWhether(`whether something was written after the last checkpoint, of ${last}, ${reach}, cannot be told`),
    ];
  }

  /** The chains that a checkpoint names and a bundle of this selection must hold, with the first that does. */
  named(selection: Selection | null): Iterable<readonly [string, SignedHead]> {
    const wanted =
      selection && 'incident' in selection ? [selection.incident, recoveryChain(selection.incident)] : null;
    return [...this.#heads].flatMap(([chain, [first]]) =>
      first && (wanted?.includes(chain) ?? true) ? [[chain, first] as const] : [],
    );
  }
}
