/** What was added is copied, byte for byte and once, whatever the stream and the bucket do; heads are noted. */
import { expect, test } from 'vitest';
import { evidenceDigest } from '../../../core/alarm/evidence.ts';
import { chainPrefix, dispatchesPrefix, folders, Note, textName } from '../../../core/audit/archived.ts';
import { entryOf } from '../../../core/audit/chain.ts';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import { sha256 } from '../../../core/digest.ts';
import type { ShownOutputs } from '../../../core/report/show.ts';
import type { Change } from '../../../core/report/tampering.ts';
import { copy } from '../../../core/use-cases/archive-copy.ts';
import { MemoryBucket } from '../../support/memory/bucket.ts';
import { genuine, itemsOf, rehashed } from '../audit/genuine.ts';

const shape = { reads: 1, changes: ['modifying'], standing: false, closed: true, late: true } as const;
const nothing: ShownOutputs = { evidence: [], outputs: [] };
const evidence = { label: 'alarm history', text: 'OK → ALARM' };

/** An incident whose plan names one evidence, and whose commands printed; and its INSERTs. */
async function incident() {
  const { id, entries } = await genuine('copied', shape);
  const changed = entries.map(({ event, ...entry }) => ({ ...entry, event: withBodies(event as AuditEvent) }));
  const items = itemsOf(rehashed(changed));
  const changes = items.map(({ place, text }): Change => {
    const about = { pk: id, sk: place, before: null, after: entryOf(text)?.event.kind ?? null, text, image: {} };
    return { eventId: `e${place}`, table: 'countersign-audit', operation: 'INSERT', ...about };
  });
  return { id, items, changes };
}

function withBodies(event: AuditEvent): AuditEvent {
  if (event.kind === 'planned') return { ...event, evidence: [evidenceDigest(evidence)] };
  if (event.kind !== 'command_finished') return event;
  return {
    ...event,
    results: event.results.map((one) => ({ ...one, stdoutHash: sha256('printed'), stderrHash: sha256('') })),
  };
}

function world(shown: ShownOutputs, items: Awaited<ReturnType<typeof incident>>['items']) {
  const bucket = new MemoryBucket();
  const ports = {
    keep: async (object: { name: string; body: string }) => void (await bucket.put(object)),
    items: async () => items,
    shown: async () => shown,
    reviewed: ['# a runbook'],
    now: () => Date.parse('2026-11-21T03:00:00.000Z'),
  };
  const lines = (prefix: string) =>
    [...bucket.objects]
      .filter(([name]) => name.startsWith(prefix))
      .flatMap(([, body]) => body.split('\n').slice(0, -1));
  const notes = () =>
    [...bucket.objects]
      .filter(([name]) => name.startsWith(folders.notes))
      .map(([, body]) => Note.parse(JSON.parse(body)));
  return {
    bucket,
    lines,
    notes,
    take: (changes: readonly Change[], loose = new Set<Change>()) => copy(ports, changes, loose),
  };
}

const output = {
  dispatch: { step: 1, part: 'run', attempt: 1, wave: 1 },
  outputs: [{ target: 'i-1', exitCode: 0, stdout: 'printed', stderr: '' }],
};
const kept = { evidence: [evidence], outputs: [output] } as unknown as ShownOutputs;

test.each([
  ['in one batch', (all: Change[]) => [all]],
  ['one by one', (all: Change[]) => all.map((one) => [one])],
  ['every record twice, and the last first', (all: Change[]) => [all, all.toReversed(), all]],
])('entries lie there byte for byte, and what they name: %s', async (_, batches) => {
  const { id, items, changes } = await incident();
  const { bucket, lines, notes, take } = world(kept, items);
  for (const batch of batches(changes)) expect(await take(batch)).toEqual([]);
  expect(new Set(lines(chainPrefix(id)))).toEqual(new Set(items.map(({ text }) => text)));
  expect(bucket.objects.get(textName(sha256('printed')))).toBe('printed');
  expect(bucket.objects.has(textName(evidenceDigest(evidence)))).toBe(true);
  expect(bucket.objects.get(textName(sha256('# a runbook')))).toBe('# a runbook');
  const last = entryOf(items.at(-1)?.text ?? '');
  expect(notes().flatMap(({ heads }) => heads)).toContainEqual({ chain: id, length: items.length, hash: last?.hash });
});

test('forged texts are not copied', async () => {
  const { items, changes } = await incident();
  const forged = { evidence: [{ ...evidence, text: 'all is well' }], outputs: [] };
  const { bucket, take } = world(forged, items);
  expect(await take(changes)).toEqual([]);
  expect([...bucket.objects.keys()].filter((name) => name.startsWith(folders.texts))).toEqual([
    textName(sha256('# a runbook')),
  ]);
});

test('an item of Dispatches is kept as the stream gives it', async () => {
  const { items } = await incident();
  const { lines, notes, take } = world(nothing, items);
  const image = { at: { S: '2026-11-21T03:00:00.000Z' }, number: { N: '1' } };
  const about = { pk: 'LEASE#i-1', sk: '000000001', before: null, after: null, text: null, image };
  await take([{ eventId: 'e', table: 'countersign-dispatches', operation: 'INSERT', ...about }]);
  expect(lines(dispatchesPrefix('LEASE#i-1')).map((line) => JSON.parse(line))).toEqual([
    { pk: 'LEASE#i-1', sk: '000000001', image },
  ]);
  expect(notes()).toEqual([]);
});

test('an entry that hangs loose is kept, and is nobody’s head', async () => {
  const { id, items, changes } = await incident();
  const { lines, notes, take } = world(kept, items);
  await take(changes.slice(0, 3), new Set(changes.slice(2, 3)));
  expect(lines(chainPrefix(id))).toHaveLength(3);
  expect(notes().flatMap(({ heads }) => heads.map(({ length }) => length))).toEqual([2]);
});

test('a bucket that refuses, throttles or loses answers loses nothing: what failed is delivered again', async () => {
  const { id, items, changes } = await incident();
  for (let at = 0; at < 12; at += 1)
    for (const when of ['port', 'after'] as const) {
      const { bucket, lines, notes, take } = world(kept, items);
      let calls = 0;
      bucket[when] = () => {
        calls += 1;
        if (calls === at + 1) throw Object.assign(new Error('Please reduce your request rate'), { name: 'SlowDown' });
      };
      let left: readonly Change[] = changes;
      for (let tries = 0; left.length > 0 && tries < 5; tries += 1)
        left = (await take(left)).map(({ change }) => change);
      expect(left).toEqual([]);
      expect(new Set(lines(chainPrefix(id))).size).toBe(items.length);
      expect(notes().some(({ heads }) => heads.some(({ length }) => length === items.length))).toBe(true);
    }
});

test('while the bucket refuses everything, every change is asked for again and no head is noted', async () => {
  const { items, changes } = await incident();
  const { bucket, notes, take } = world(kept, items);
  bucket.port = () => {
    throw Object.assign(new Error('Bucket is missing Object Lock Configuration'), { name: 'InvalidRequest' });
  };
  const failed = new Set((await take(changes)).map(({ change }) => change));
  expect(failed).toEqual(new Set(changes));
  expect(notes()).toEqual([]);
});
