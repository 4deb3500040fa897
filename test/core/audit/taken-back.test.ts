/** Approvals that were taken back: what rests on none of them is found, and what people may do is not called wrong. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventOf } from '../../../core/audit/entry.ts';
import type { AuditEntry } from '../../../core/audit/envelope.ts';
import { isoOf } from '../../../core/time.ts';
import { byPython } from '../../support/python-verifier.ts';
import { bundleOf, exportedOf, verdictOf, verified, writtenFor } from './bundles.ts';
import { type Genuine, genuine, itemsOf, people, rehashed } from './genuine.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-taken-back-'));
afterAll(() => rmSync(folder, { recursive: true }));

const shape = { reads: 1, changes: ['modifying'], standing: false, closed: true, late: false } as const;
let chain: Genuine;
let place = 0;
let intent: EventOf<'dispatch_intended'>;
beforeAll(async () => {
  chain = await genuine('taken-back', shape);
  place = chain.entries.findIndex(({ event }) => event.kind === 'dispatch_intended' && event.requestDigest !== null);
  intent = chain.entries[place]?.event as unknown as EventOf<'dispatch_intended'>;
});

/** A vote's entry, so many milliseconds after the question was settled; it has that moment's time. */
async function said(word: string, milliseconds: number): Promise<AuditEntry> {
  const before = chain.entries[place - 1] as AuditEntry;
  const at = isoOf(Date.parse(before.at) + milliseconds);
  const envelope = await chain.sealed({ question: intent.requestDigest, by: people.ana, at, word });
  const { dispatch, requestDigest: questionDigest } = intent;
  const event = { kind: 'vote_signed', dispatch, questionDigest, word, by: people.ana, envelope };
  return { ...before, entryId: `${word} ${milliseconds}`, at, actor: 'decide', event: event as AuditEntry['event'] };
}

/** What both verifiers say of the chain with these entries before an entry; the bundle has these burns. */
async function judged(before: number, more: readonly AuditEntry[], changes: object = {}, burns = chain.facts.burns) {
  const changed = { ...(chain.entries[place] as AuditEntry), event: { ...intent, ...changes } as AuditEntry['event'] };
  const entries = rehashed(chain.entries.with(place, changed).toSpliced(before, 0, ...more));
  const chains = exportedOf(chain.id, itemsOf(entries), { ...chain.facts, burns });
  const bundle = await bundleOf(chains, { incident: chain.id });
  const report = verdictOf(await verified(bundle));
  expect(await byPython(writtenFor(folder, [bundle]))).toEqual([report]);
  return report;
}

describe('an approval that was taken back', () => {
  test('before its intent, which was burnt all the same, is found at the intent', async () => {
    expect(await judged(place, [await said('revoke', 100)])).toMatchObject({
      verdict: 'broken',
      firstBad: [chain.id, place + 2],
    });
  });

  test('and given anew before the intent counts', async () => {
    const again = await said('approve', 200);
    const { envelope } = again.event as unknown as EventOf<'vote_signed'>;
    const votes = { votes: [envelope] };
    expect(await judged(place, [await said('revoke', 100), again], votes)).toMatchObject({ verdict: 'clean' });
    // The old approval is not the new one.
    expect(await judged(place, [await said('revoke', 100), again])).toMatchObject({ verdict: 'broken' });
  });

  test('before an intent that was then never burnt is how the kernel refuses, whenever it was taken back', async () => {
    const whole = chain;
    const sent = chain.entries.findIndex(({ event }, at) => at > place && event.kind === 'command_finished');
    const refused = {
      kind: 'dispatch_refused',
      dispatch: intent.dispatch,
      outcome: 'stale',
      reasons: [{ rule: 'execute.stale', text: 'the question is not approved any more' }],
    };
    const entry = {
      ...(chain.entries[place] as AuditEntry),
      entryId: 'refused',
      event: refused as AuditEntry['event'],
    };
    chain = { ...chain, entries: chain.entries.toSpliced(place + 1, sent - place, entry) };
    const burns = chain.facts.burns.filter(({ questionDigest }) => questionDigest === null);
    // Also before the entry that says that it was settled, and after the question's time.
    const where = [
      [place, 100],
      [place - 1, 100],
      [place, 10_000_000],
    ] as const;
    for (const [before, milliseconds] of where)
      expect(await judged(before, [await said('revoke', milliseconds)], {}, burns)).toMatchObject({ verdict: 'clean' });
    chain = whole;
  });
});
