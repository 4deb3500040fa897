/** What verifying a bundle found: whether what is in it is as it was written, and whether all of it is in it, apart. */
import type { Selection } from './bundle.ts';
import type { About, Finding } from './verify-finding.ts';

/** Where and what. `place` counts a chain's entries from 1; `line` the bundle's lines, for what concerns no chain. */
export interface Located {
  readonly chain: string | null;
  readonly place: number | null;
  readonly line: number | null;
  readonly text: string;
}

/** Lists are in the order of the bundle, and end after 1,000; `found` counts all. */
export interface Half {
  readonly verdict: 'whole' | 'broken' | 'cannot_tell';
  readonly problems: readonly Located[];
  readonly cannotTell: readonly Located[];
  readonly found: number;
}

export interface BundleReport {
  readonly selection: Selection | null;
  readonly exportedAt: string | null;
  readonly chains: number;
  readonly entries: number;
  readonly signatures: number;
  readonly texts: number;
  readonly checkpoints: number;
  /** SHA-256 of the key with which they were verified, as `key`. */
  readonly checkpointKey: string | null;
  /** The last checkpoint: number, time and digest, by which it is compared with the account's. */
  readonly newest: { readonly number: number; readonly at: string; readonly digest: string } | null;
  /** SHA-256 of the key with which votes were verified, as DER (SubjectPublicKeyInfo); null = there was none. */
  readonly key: string | null;
  /** `cannot_tell` is never a pass. */
  readonly verdict: 'clean' | 'broken' | 'cannot_tell';
  readonly integrity: Half;
  readonly completeness: Half;
  /** The first entry that is wrong or missing, or the first line of the bundle that is. */
  readonly firstBad: Located | null;
}

const mostKept = 1000;

/** Gathers findings, however many there are, in bounded room. */
export class Findings {
  readonly #halves: Record<About, { problems: Located[]; cannotTell: Located[]; found: number; bad: boolean }> = {
    integrity: { problems: [], cannotTell: [], found: 0, bad: false },
    completeness: { problems: [], cannotTell: [], found: 0, bad: false },
  };
  #firstBad: Located | null = null;

  /** Of the bundle itself, at a line. */
  atLine(line: number, { kind, about, text }: Finding): void {
    this.#add(kind, about, { chain: null, place: null, line, text });
  }

  /** Of a chain. */
  of(chain: string, findings: readonly Finding[]): void {
    const inOrder = findings.toSorted(
      (a, b) => (a.place ?? Number.POSITIVE_INFINITY) - (b.place ?? Number.POSITIVE_INFINITY),
    );
    for (const { kind, about, place, text } of inOrder) this.#add(kind, about, { chain, place, line: null, text });
  }

  #add(kind: Finding['kind'], about: About, located: Located): void {
    const half = this.#halves[about];
    half.found += 1;
    const list = kind === 'problem' ? half.problems : half.cannotTell;
    if (list.length < mostKept) list.push(located);
    if (kind !== 'problem') return;
    half.bad = true;
    // An entry says more than a line of the bundle, which is off as well where an entry is.
    if (this.#firstBad === null || (this.#firstBad.chain === null && located.chain !== null)) this.#firstBad = located;
  }

  report(): Pick<BundleReport, 'verdict' | 'integrity' | 'completeness' | 'firstBad'> {
    const [integrity, completeness] = [this.#half('integrity'), this.#half('completeness')];
    const both = [integrity.verdict, completeness.verdict];
    const verdict = both.includes('broken') ? 'broken' : both.includes('cannot_tell') ? 'cannot_tell' : 'clean';
    return { verdict, integrity, completeness, firstBad: this.#firstBad };
  }

  #half(about: About): Half {
    const { problems, cannotTell, found, bad } = this.#halves[about];
    return { verdict: bad ? 'broken' : cannotTell.length > 0 ? 'cannot_tell' : 'whole', problems, cannotTell, found };
  }
}
