/** What somebody makes of a bundle's file, and where verifying finds it; and every tampering with a chain, exported afterwards. */

import { nextEntry, recoveryChain } from '../../../core/audit/chain.ts';
import type { ExportedChain } from '../../../core/audit/write-bundle.ts';
import { bundleOf, endedAnew, exportedOf, genuineExport, linesOf, type Verdict } from './bundles.ts';
import { type Genuine, itemsOf, rehashed } from './genuine.ts';
import { kinds, kindsOfTheirOwn, type Pick, type Tamper, untellable } from './tamperings.ts';

/** `firstBad` undefined = only as something that cannot be told. */
export interface TamperedBundle {
  readonly bundle: string;
  readonly verdict: Verdict['verdict'];
  readonly firstBad?: Verdict['firstBad'];
}

/** The chain that is tampered with, and genuine ones to lie around it. */
export type BundleTamper = (chain: Genuine, around: readonly Genuine[], pick: Pick) => Promise<TamperedBundle>;

const window = { since: '2026-11-21T00:00:00.000Z', until: '2026-11-22T00:00:00.000Z' };

/** The chains around, with those of the tampered one somewhere among them. */
function among(around: readonly Genuine[], own: readonly ExportedChain[], pick: Pick): ExportedChain[] {
  const others = around.map(genuineExport);
  return others.toSpliced(pick(others.length + 1), 0, [...own]).flat();
}

function ofChain(tamper: Tamper): BundleTamper {
  return async (chain, around, pick) => {
    const { id = chain.id, items, facts, found } = await tamper(chain, pick);
    const bundle = await bundleOf(among(around, exportedOf(id, items, facts), pick), window);
    return 'problem' in found
      ? { bundle, verdict: 'broken', firstBad: [id, found.problem] }
      : { bundle, verdict: 'cannot_tell' };
  };
}

const all = async (chain: Genuine, around: readonly Genuine[], pick: Pick) =>
  linesOf(await bundleOf(among(around, genuineExport(chain), pick), window));
const sectionOf = (lines: readonly string[], chain: string) =>
  lines.findIndex((line) => line.startsWith('{"record":"chain"') && line.includes(`"chain":"${chain}"`));
const endOfSection = (lines: readonly string[], start: number) =>
  lines.findIndex((line, index) => index > start && line.startsWith('{"record":'));
/** A changed section's record. */
const changed = (line: string, changes: object) => JSON.stringify({ ...JSON.parse(line), ...changes });

/** Of the file, by somebody who writes its end anew unless it says otherwise. */
const ofFile: Readonly<Record<string, BundleTamper>> = {
  'the file cut in the middle': async (chain, _, pick) => {
    const bundle = await bundleOf(genuineExport(chain), { incident: chain.id });
    return { bundle: bundle.slice(0, 1 + pick(bundle.length - 2)), verdict: 'cannot_tell' };
  },
  'a whole chain taken out': async (chain, around, pick) => {
    const lines = await all(chain, around, pick);
    const start = sectionOf(lines, chain.id);
    const next = endOfSection(lines, start);
    const left = lines.toSpliced(start, next - start);
    const after = left[start] ?? '';
    if (!after.startsWith('{"record":"chain"'))
      return { bundle: `${left.join('\n')}\n`, verdict: 'broken', firstBad: [null, left.length] };
    return { bundle: endedAnew(left.slice(0, -1)), verdict: 'broken', firstBad: [JSON.parse(after).chain, 1] };
  },
  'the only chain taken out': async (chain, around) => {
    const bundle = await bundleOf(around.slice(0, 1).flatMap(genuineExport), { incident: chain.id });
    return { bundle, verdict: 'broken', firstBad: [around[0]?.id ?? null, 1] };
  },
  'a chain put in twice': async (chain, around, pick) => {
    const chains = among(around, [...genuineExport(chain), ...genuineExport(chain)], pick);
    return { bundle: await bundleOf(chains, window), verdict: 'broken', firstBad: [chain.id, 1] };
  },
  'two forks of a chain': async (chain, around, pick) => {
    const other = rehashed(chain.entries.map((entry) => ({ ...entry, actor: 'nobody' })));
    const chains = among(around, [...genuineExport(chain), ...exportedOf(chain.id, itemsOf(other), chain.facts)], pick);
    return { bundle: await bundleOf(chains, window), verdict: 'broken', firstBad: [chain.id, 1] };
  },
  'an entry’s line taken out': async (chain, around, pick) => {
    const lines = await all(chain, around, pick);
    const place = 1 + pick(chain.entries.length);
    const left = lines.toSpliced(sectionOf(lines, chain.id) + place, 1);
    return { bundle: endedAnew(left.slice(0, -1)), verdict: 'broken', firstBad: [chain.id, place] };
  },
  'an entry’s line damaged': async (chain, around, pick) => {
    const lines = await all(chain, around, pick);
    const place = 1 + pick(chain.entries.length);
    const at = sectionOf(lines, chain.id) + place;
    const text = lines[at] ?? '';
    const left = lines.with(at, pick(2) ? text.slice(0, 20 + pick(text.length - 21)) : text.slice(1));
    return { bundle: endedAnew(left.slice(0, -1)), verdict: 'broken', firstBad: [chain.id, place] };
  },
  'the records changed, the end as it was': async (chain, around, pick) => {
    const lines = await all(chain, around, pick);
    const at = sectionOf(lines, chain.id);
    const left = lines.with(at, changed(lines[at] ?? '', { note: 'nothing to see' }));
    return { bundle: `${left.join('\n')}\n`, verdict: 'broken', firstBad: [null, lines.length] };
  },
  'a burn taken out of the file': async (chain, around, pick) => {
    const lines = await all(chain, around, pick);
    const at = sectionOf(lines, chain.id);
    const { burns } = JSON.parse(lines[at] ?? '') as { burns: { dispatch: { step: number } }[] };
    const gone = pick(burns.length);
    const left = lines.with(at, changed(lines[at] ?? '', { burns: burns.toSpliced(gone, 1) }));
    const { step } = burns[gone]?.dispatch ?? { step: 0 };
    const effect = chain.entries.findIndex(
      ({ event }) => event.kind === 'command_sent' && (event.dispatch as { step: number }).step === step,
    );
    return { bundle: endedAnew(left.slice(0, -1)), verdict: 'broken', firstBad: [chain.id, effect + 1] };
  },
  'something behind the end': async (chain, around, pick) => {
    const lines = await all(chain, around, pick);
    const more = [lines[2] ?? '', '{"record":"text"}', ''][pick(3)] ?? '';
    return { bundle: `${[...lines, more].join('\n')}\n`, verdict: 'broken', firstBad: [null, lines.length + 1] };
  },
  'a text that is not what its digest says': async (chain, around, pick) => {
    const lines = await all(chain, around, pick);
    const text = JSON.stringify({ record: 'text', digest: '0'.repeat(64), text: 'all is well' });
    const left = lines.toSpliced(lines.length - 1, 1, text);
    return { bundle: endedAnew(left), verdict: 'broken', firstBad: [null, left.length] };
  },
  'a recovery beside a whole chain': async (chain, around, pick) => {
    const closing = nextEntry(
      recoveryChain(chain.id),
      null,
      { entryId: 'r', at: '2026-11-21T05:00:00.000Z', actor: 'close' },
      { kind: 'incident_closed', status: 'halted', cause: 'audit.broken' },
    );
    const own = exportedOf(chain.id, itemsOf(chain.entries), { ...chain.facts, recovery: itemsOf([closing]) });
    return { bundle: await bundleOf(among(around, own, pick), window), verdict: 'broken', firstBad: [chain.id, 1] };
  },
  'Dispatches taken out': async (chain) => {
    const facts = { ...chain.facts, burns: null };
    const bundle = await bundleOf(exportedOf(chain.id, itemsOf(chain.entries), facts), { incident: chain.id });
    return { bundle, verdict: 'cannot_tell' };
  },
  'the key taken out': async (chain) => ({
    bundle: await bundleOf(genuineExport(chain), { incident: chain.id }, null),
    verdict: 'cannot_tell',
  }),
  'another version': async (chain, around, pick) => {
    const [header = '', ...rest] = await all(chain, around, pick);
    return { bundle: endedAnew([changed(header, { version: 2 }), ...rest.slice(0, -1)]), verdict: 'cannot_tell' };
  },
  'a kind of record that nobody knows': async (chain, around, pick) => {
    const lines = await all(chain, around, pick);
    return { bundle: endedAnew([...lines.slice(0, -1), '{"record":"moon"}']), verdict: 'cannot_tell' };
  },
  'an entry that must be known': async (chain) => {
    const closing = chain.entries.findIndex(({ event }) => event.kind === 'incident_closed');
    const entry = {
      ...(chain.entries[closing - 1] as (typeof chain.entries)[0]),
      entryId: 'f',
      event: { kind: 'approval_revoked', mustKnow: true },
    };
    const items = itemsOf(rehashed(chain.entries.toSpliced(closing, 0, entry)));
    return {
      bundle: await bundleOf(exportedOf(chain.id, items, chain.facts), { incident: chain.id }),
      verdict: 'cannot_tell',
    };
  },
};

export const bundleTamperings: Readonly<Record<string, BundleTamper>> = {
  ...Object.fromEntries(
    Object.entries({ ...kinds, ...kindsOfTheirOwn, ...untellable }).map(([name, tamper]) => [name, ofChain(tamper)]),
  ),
  ...ofFile,
};
