/** Verifying a chain against what was kept of it elsewhere: the heads that checkpoints signed, and the archive. */
import type { ChainReading } from './chain.ts';
import { type Anchors, type Finding, missing, problem, type SignedHead, unsure } from './verify-finding.ts';

/** The places whose hashes are compared. */
export function marksOf(anchors: Anchors | null | undefined): Set<number> {
  return new Set(anchors?.heads?.map(({ length }) => length));
}

/** What contradicts; and what no checkpoint speaks of, where there are checkpoints. */
export function anchorFindings({ hashes }: ChainReading, length: number, anchors: Anchors | null): Finding[] {
  if (!anchors) return [];
  const { heads, archived, strange = [] } = anchors;
  return [
    ...strange,
    ...headFindings(hashes, length, heads ?? []),
    ...archivedFindings(length, archived),
    ...(heads === null ? [] : beyond(length, heads)),
  ];
}

/** The first head that does not fit; those before it narrow down where. */
function headFindings(hashes: ReadonlyMap<number, string>, length: number, heads: readonly SignedHead[]): Finding[] {
  let whole = 0;
  for (const head of heads.toSorted((a, b) => a.length - b.length)) {
    const of = `checkpoint ${head.number} of ${head.at}`;
    if (head.length > length)
      return [missing(length + 1, `is missing: ${of} has signed ${head.length} entries of this chain`)];
    if (hashes.get(head.length) !== head.hash)
      return [problem(whole + 1, `or one behind it up to entry ${head.length} is not what ${of} has signed`)];
    whole = head.length;
  }
  return [];
}

function archivedFindings(length: number, archived: Anchors['archived']): Finding[] {
  return archived.map(({ place }) =>
    place > length
      ? missing(place, 'is missing: the archive has it')
      : problem(place, 'is not what the archive has of this place'),
  );
}

function beyond(length: number, heads: readonly SignedHead[]): Finding[] {
  const signed = Math.max(0, ...heads.map((head) => head.length));
  if (length <= signed) return [];
  return [unsure(null, `entries from ${signed + 1} on are in no checkpoint yet: one is made each minute`)];
}
