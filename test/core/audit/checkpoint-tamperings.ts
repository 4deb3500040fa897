/** What somebody makes of chains that checkpoints have signed, or of the checkpoints, and where verifying finds it. */
import type { ChainHead } from '../../../core/audit/checkpoint.ts';
import type { ExportedChain } from '../../../core/audit/write-bundle.ts';
import { isoOf } from '../../../core/time.ts';
import type { BundleTamper, TamperedBundle } from './bundle-tamperings.ts';
import { bundleOf, endedAnew, exportedOf, genuineExport, linesOf } from './bundles.ts';
import { checkpointKey, checkpointsOver, headsOf, numberOf, oldExport, type Signed, signed } from './checkpoints.ts';
import { type Genuine, genuine, itemsOf, rehashed, strangersKey } from './genuine.ts';
import { type Pick, shapeOf } from './tamperings.ts';

const window = { since: '2026-11-21T00:00:00.000Z', until: '2026-11-22T00:00:00.000Z' };

/** Chains in a bundle of their time, with the checkpoints over them as they were. */
export async function anchoredBundle(
  chains: readonly ExportedChain[],
  checkpoints: readonly Signed[],
  selection: Parameters<typeof bundleOf>[1] = window,
): Promise<string> {
  return bundleOf(chains, selection, undefined, { publicKey: checkpointKey, checkpoints });
}

interface Anchored {
  readonly heads: readonly ChainHead[];
  readonly checkpoints: readonly Signed[];
  /** The chains around, as they are. */
  readonly others: readonly ExportedChain[];
}

async function anchored(chain: Genuine, around: readonly Genuine[], pick: Pick): Promise<Anchored> {
  const heads = headsOf(chain, pick);
  const all = [heads, ...around.map((other) => headsOf(other, pick))];
  return { heads, checkpoints: await checkpointsOver(all), others: [oldExport, ...around.flatMap(genuineExport)] };
}

const broken = (bundle: string, ...firstBad: [string | null, number | null]): TamperedBundle => ({
  bundle,
  verdict: 'broken',
  firstBad,
});

/** The first place that can be wrong when the entry at `place` and all behind it were hashed anew. */
function behindLastGood(heads: readonly ChainHead[], place: number): number {
  return 1 + Math.max(0, ...heads.map(({ length }) => length).filter((length) => length < place));
}

/** An edit of the bundle's checkpoint lines, which stand from line 4 on. */
function ofLines(
  edit: (lines: string[], first: number, count: number, pick: Pick) => [string[], number],
): BundleTamper {
  return async (chain, around, pick) => {
    const { checkpoints, others } = await anchored(chain, around, pick);
    const lines = linesOf(await anchoredBundle([...genuineExport(chain), ...others], checkpoints));
    const first = lines.findIndex((line) => line.startsWith('{"record":"checkpoint",'));
    const [left, line] = edit(lines.slice(0, -1), first, checkpoints.length, pick);
    return broken(endedAnew(left), null, line + 1);
  };
}

export const checkpointTamperings: Readonly<Record<string, BundleTamper>> = {
  'what no signature speaks of, hashed anew behind a checkpoint': async (chain, around, pick) => {
    const { heads, checkpoints, others } = await anchored(chain, around, pick);
    const place = 2 + pick(chain.entries.length - 1);
    const changed = rehashed(
      chain.entries.map((entry, index) => (index === place - 1 ? { ...entry, actor: 'nobody' } : entry)),
    );
    const own = exportedOf(chain.id, itemsOf(changed), chain.facts);
    return broken(await anchoredBundle([...own, ...others], checkpoints), chain.id, behindLastGood(heads, place));
  },
  'the end cut off an open incident, behind a checkpoint': async (_, around, pick) => {
    const open = await genuine(`open-${pick(1e9)}`, { ...shapeOf(pick), closed: false, late: false });
    const { checkpoints, others } = await anchored(open, around, pick);
    const length = open.entries.length - 1;
    const facts = { ...open.facts, burns: open.facts.burns.slice(0, 0), isOpen: true };
    const kept = open.entries.slice(0, Math.min(length, 2));
    const own = exportedOf(open.id, itemsOf(kept), facts);
    return broken(
      await anchoredBundle([...own, ...others], checkpoints),
      open.id,
      cutAt(open, kept.length, checkpoints),
    );
  },
  'late facts cut off': async (_, around, pick) => {
    const late = await genuine(`late-${pick(1e9)}`, { ...shapeOf(pick), late: true });
    const { checkpoints, others } = await anchored(late, around, pick);
    const own = exportedOf(late.id, itemsOf(late.entries.slice(0, -1)), late.facts);
    return broken(await anchoredBundle([...own, ...others], checkpoints), late.id, late.entries.length);
  },
  'a whole chain gone that a checkpoint names': async (chain, around, pick) => {
    const { checkpoints, others } = await anchored(chain, around, pick);
    return broken(await anchoredBundle(others, checkpoints), chain.id, 1);
  },
  'an entry that the archive has otherwise': async (chain, around, pick) => {
    const { others } = await anchored(chain, around, pick);
    const place = 1 + pick(chain.entries.length);
    const archived = [{ place, text: '{"actor":"somebody else"}' }];
    const own = genuineExport(chain).map((one) => ({ ...one, archived }));
    return broken(await bundleOf([...own, ...others], window), chain.id, place);
  },
  'the archive has more than the table': async (chain, around, pick) => {
    const { checkpoints, others } = await anchored(chain, around, pick);
    const place = chain.entries.length + 1;
    const own = genuineExport(chain).map((one) => ({ ...one, archived: [{ place, text: 'cut off' }] }));
    return broken(await anchoredBundle([...own, ...others], checkpoints), chain.id, place);
  },
  'two checkpoints exchanged': ofLines((lines, first, count, pick) => {
    const at = first + pick(count - 1);
    const swapped = lines.with(at, lines[at + 1] ?? '').with(at + 1, lines[at] ?? '');
    // A bundle may begin with any checkpoint, but not with one that the next does not follow.
    return [swapped, at === first ? first + 1 : at];
  }),
  'a checkpoint taken out': ofLines((lines, first, count, pick) => {
    const at = first + 1 + pick(count - 2);
    return [lines.toSpliced(at, 1), at];
  }),
  'a leaf of a checkpoint changed': ofLines((lines, first, count, pick) => {
    const at = first + pick(count);
    const record = JSON.parse(lines[at] ?? '');
    record.leaves[0].length += 1;
    return [lines.with(at, JSON.stringify(record)), at];
  }),
  'a leaf of a checkpoint left out': ofLines((lines, first, count, pick) => {
    const at = first + pick(count);
    const record = JSON.parse(lines[at] ?? '');
    record.leaves.pop();
    return [lines.with(at, JSON.stringify(record)), at];
  }),
  'a checkpoint behind the chains': ofLines((lines, first) => [
    [...lines.toSpliced(first, 1), lines[first] ?? ''],
    lines.length - 1,
  ]),
  'another checkpoint key': ofLines((lines, first) => {
    const pem = JSON.parse(lines.find((line) => line.startsWith('{"record":"key"')) ?? '').pem;
    return [lines.toSpliced(first, 0, JSON.stringify({ record: 'checkpoint_key', pem })), first];
  }),
  'a checkpoint of a foreign key': async (chain, around, pick) => {
    const { checkpoints, others } = await anchored(chain, around, pick);
    const at = pick(checkpoints.length);
    const { leaves } = checkpoints[at] as Signed;
    const before = checkpoints[at - 1] ?? null;
    const forged = await signed(before, leaves, isoOf(Date.parse(window.until)), strangersKey);
    const bundle = await anchoredBundle([...genuineExport(chain), ...others], checkpoints.with(at, forged));
    return broken(bundle, null, 4 + at);
  },
  'two forks of checkpoints': async (chain, around, pick) => {
    const { checkpoints, others } = await anchored(chain, around, pick);
    const at = 1 + pick(checkpoints.length - 1);
    const fork = await signed(
      checkpoints[at - 1] ?? null,
      (checkpoints[at] as Signed).leaves,
      isoOf(Date.parse(window.until) + 1),
    );
    const bundle = await anchoredBundle([...genuineExport(chain), ...others], checkpoints.toSpliced(at, 0, fork));
    return broken(bundle, null, 4 + at + 1);
  },
  'the last checkpoints taken out': async (chain, around, pick) => {
    const { checkpoints, others } = await anchored(chain, around, pick);
    // The one before the last is made a minute after the window's end, and tells of all that is in it.
    const left = checkpoints.slice(0, -2 - pick(Math.max(1, checkpoints.length - 2)));
    const bundle = await anchoredBundle([...genuineExport(chain), ...others], left);
    return { bundle, verdict: 'cannot_tell' };
  },
  'the first checkpoints taken out': async (chain, around, pick) => {
    const { checkpoints, others } = await anchored(chain, around, pick);
    const left = checkpoints.slice(1);
    return {
      bundle: await anchoredBundle([...genuineExport(chain), ...others], left, {
        since: isoOf(0),
        until: window.until,
      }),
      verdict: numberOf(left[0] as Signed) > 1 ? 'cannot_tell' : 'clean',
    };
  },
  'a first checkpoint made anew, after the beginning of what was asked for': async (chain, around, pick) => {
    const all = [chain, ...around];
    const heads = all.flatMap((one) => headsOf(one, pick).slice(-1));
    const first = await signed(null, heads, isoOf(Date.parse(window.until) + 2 * 60_000));
    return { bundle: await anchoredBundle(all.flatMap(genuineExport), [first]), verdict: 'cannot_tell' };
  },
  'a first checkpoint that names one before it, or a later one that names none': async (chain, around, pick) => {
    const { checkpoints, others } = await anchored(chain, around, pick);
    const at = pick(2);
    const changes = at === 0 ? { previous: 'a'.repeat(64) } : { previous: '0'.repeat(64) };
    const { leaves } = checkpoints[at] as Signed;
    const first = await signed(checkpoints[at - 1] ?? null, leaves, '2026-11-20T12:00:00.000Z', undefined, changes);
    const bundle = await anchoredBundle([...genuineExport(chain), ...others], [first]);
    return broken(bundle, null, 4);
  },
  'a last checkpoint that does not reach behind the end, or does not say how far': async (chain, around, pick) => {
    const { checkpoints, others } = await anchored(chain, around, pick);
    const kept = checkpoints.slice(0, -2);
    const { leaves } = checkpoints.at(-1) as Signed;
    const late = isoOf(Date.parse(window.until) + 3600_000);
    const through = pick(2) ? window.until : undefined;
    const last = await signed(kept.at(-1) as Signed, leaves, late, undefined, { through } as { through: string });
    return {
      bundle: await anchoredBundle([...genuineExport(chain), ...others], [...kept, last]),
      verdict: 'cannot_tell',
    };
  },
  'the checkpoint key taken out': async (chain, around, pick) => {
    const { checkpoints, others } = await anchored(chain, around, pick);
    const lines = linesOf(await anchoredBundle([...genuineExport(chain), ...others], checkpoints));
    const left = lines.filter((line) => !line.startsWith('{"record":"checkpoint_key"'));
    return { bundle: endedAnew(left.slice(0, -1)), verdict: 'cannot_tell' };
  },
};

/** Where a cut chain is found: behind what is left, or where the first checkpoint counts more. */
function cutAt({ id }: Genuine, left: number, checkpoints: readonly Signed[]): number {
  const lengths = checkpoints
    .flatMap(({ leaves }) => leaves.filter(({ chain }) => chain === id))
    .map(({ length }) => length);
  if (!lengths.some((length) => length > left)) throw new Error('no checkpoint has signed more');
  return left + 1;
}
