/** The bundle: what an honest export verifies as, and what a reader says of files that are none, or are of somebody else. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readStored } from '../../../core/audit/stored.ts';
import { sha256 } from '../../../core/digest.ts';
import { scriptOn } from '../../support/python-verifier.ts';
import { bundleOf, endedAnew, exportedOf, genuineExport, linesOf, verdictOf, verified } from './bundles.ts';
import { genuine, itemsOf, publicKey, strangersKey } from './genuine.ts';

const shape = { reads: 1, changes: ['destructive'], standing: false, closed: true, late: true } as const;
const chain = await genuine('bundle', shape);
const open = await genuine('open', { ...shape, closed: false });
const selection = { incident: chain.id };
const whole = await bundleOf(genuineExport(chain), selection);
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString();

describe('an honest bundle', () => {
  test('of one closed incident is clean, and says what was checked', async () => {
    const report = await verified(whole, { publicKey });
    expect(report).toMatchObject({
      verdict: 'clean',
      chains: 1,
      entries: chain.entries.length,
      signatures: 2,
      firstBad: null,
      selection,
    });
    expect(report.key).toMatch(/^[0-9a-f]{64}$/);
  });

  test('holds entries byte for byte as they lie in the table, also what is none, at its place', async () => {
    const texts = itemsOf(chain.entries).map(({ text }) => text);
    expect(linesOf(whole).filter((line) => line.startsWith('{"actor":'))).toEqual(texts);
    const odd = [{ place: 7, text: 'no\njson' }, ...itemsOf(chain.entries).slice(1)];
    const bundle = await bundleOf(exportedOf(chain.id, odd, chain.facts), selection);
    expect(linesOf(bundle)[3]).toBe('{"record":"item","place":7,"text":"no\\njson"}');
    expect(verdictOf(await verified(bundle)).firstBad).toEqual([chain.id, 1]);
  });

  test('of an open incident is whole, and whether it is complete cannot be told', async () => {
    const bundle = await bundleOf(genuineExport(open), { incident: open.id });
    expect(verdictOf(await verified(bundle))).toEqual({
      verdict: 'cannot_tell',
      integrity: 'whole',
      completeness: 'cannot_tell',
      firstBad: null,
    });
  });

  test('with the end cut off in the table is whole as far as it goes, and incomplete', async () => {
    const cut = exportedOf(chain.id, itemsOf(chain.entries.slice(0, 5)), { ...chain.facts, burns: [] });
    expect(verdictOf(await verified(await bundleOf(cut, selection)))).toMatchObject({
      integrity: 'broken',
      completeness: 'broken',
      firstBad: [chain.id, 5],
    });
    const early = exportedOf(chain.id, itemsOf(chain.entries.slice(0, 2)), { ...chain.facts, burns: [] });
    expect(verdictOf(await verified(await bundleOf(early, selection)))).toMatchObject({
      integrity: 'cannot_tell',
      completeness: 'broken',
      firstBad: [chain.id, 3],
    });
  });
});

describe('a foreign key', () => {
  test('in the file, where the votes are genuine, makes every vote one that the key did not sign', async () => {
    const bundle = await bundleOf(genuineExport(chain), selection, stranger);
    const vote = chain.entries.findIndex(({ event }) => event.kind === 'vote_signed') + 1;
    expect(verdictOf(await verified(bundle)).firstBad).toEqual([chain.id, vote]);
  });

  test('with which all was signed anew is found by whoever has the account’s own', async () => {
    expect(strangersKey).toBeDefined();
    const report = await verified(whole, { publicKey: stranger });
    expect(report.integrity.problems[0]).toMatchObject({
      chain: null,
      line: 2,
      text: expect.stringMatching(/foreign key/),
    });
    expect(report.verdict).toBe('broken');
  });
});

describe('what is no bundle of this version', () => {
  test.each([
    ['nothing', ''],
    ['an empty line', '\n'],
    ['JSON', '{}\n'],
    ['a list', '[1]\n'],
    ['an entry', `${itemsOf(chain.entries)[0]?.text}\n`],
    ['bytes', '\u0000\ufffd\n\u0001'],
    ['another version', whole.replace('"version":1', '"version":2')],
    ['a version that is no number', whole.replace('"version":1', '"version":"1.0"')],
  ])('%s: cannot tell, and says so', async (_, text) => {
    const report = await verified(text);
    expect(verdictOf(report)).toMatchObject({ verdict: 'cannot_tell', firstBad: null });
    expect(report.integrity.cannotTell[0]?.text).toMatch(/no bundle|is of version/);
  });
});

describe('records', () => {
  const broken: [string, string, RegExp][] = [
    ['a section without its chain', '{"record":"chain","number":2}', /is no record chain/],
    ['a second header', linesOf(whole)[0] ?? '', /begins another bundle/],
    ['another key', JSON.stringify({ record: 'key', use: 'approval', pem: stranger }), /foreign key/],
    ['a key that is none', JSON.stringify({ record: 'key', use: 'approval', pem: 'x' }), /no public key/],
  ];
  test.each(broken)('%s is a problem at its line', async (_, line, text) => {
    const lines = linesOf(whole);
    const report = await verified(endedAnew([...lines.slice(0, -1), line]));
    expect(report.integrity.problems).toContainEqual({
      chain: null,
      place: null,
      line: lines.length,
      text: expect.stringMatching(text),
    });
  });

  test('a text has to hash to its digest', async () => {
    const lines = linesOf(whole).slice(0, -1);
    const record = { record: 'text', digest: sha256('out'), text: 'out' };
    expect((await verified(endedAnew([...lines, JSON.stringify(record)]))).texts).toBe(1);
    const report = await verified(endedAnew([...lines, JSON.stringify({ ...record, text: 'other' })]));
    expect(report.firstBad).toMatchObject({ line: lines.length + 1 });
  });
});

test('findings without number are counted, and the first thousand kept', async () => {
  const items = Array.from({ length: 1500 }, (_, index) => ({ place: index + 1, text: 'none' }));
  const report = await verified(await bundleOf(exportedOf(chain.id, items, { ...chain.facts, burns: [] }), selection));
  expect(report.integrity.problems).toHaveLength(1000);
  expect(report.integrity.found).toBeGreaterThanOrEqual(1500);
});

test('a stored text that is not canonical is hashed as what it says, and twice the same key is never taken', () => {
  const [{ text = '' } = {}] = itemsOf(chain.entries);
  expect(readStored(text)?.computed).toBe(readStored(text)?.entry.hash);
  const spaced = JSON.stringify(JSON.parse(text), null, 1);
  expect(readStored(spaced)?.computed).toBe(readStored(text)?.computed);
  const twice = text.replace('{"actor":"triage"', '{"actor":"nobody","actor":"triage"');
  expect(readStored(twice)?.computed).toBe(readStored(text)?.computed);
  const reordered = `{"hash":${text.slice(text.indexOf('"hash":') + 7, text.indexOf(',"previous"'))},${text.slice(1).replace(/"hash":"[0-9a-f]+",/, '')}`;
  expect(readStored(reordered)?.computed).toBe(readStored(text)?.computed);
});

test('docs/verify.py is a command with the same exit codes, and 200 lines at most', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bundle-'));
  try {
    const files = [
      whole,
      linesOf(whole).slice(0, -1).join('\n'),
      whole.replace('"actor":"decide"', '"actor":"nobody"'),
    ].map((text, index) => {
      const file = join(folder, `${index}`);
      writeFileSync(file, text);
      return file;
    });
    const answers = await Promise.all(files.map((file) => scriptOn(file)));
    expect(answers.map(({ code }) => code)).toEqual([0, 2, 1]);
    expect(readFileSync('docs/verify.py', 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(200);
    expect(answers[0]?.said).toContain('clean: integrity whole, completeness whole');
    const key = join(folder, 'key.pem');
    writeFileSync(key, stranger);
    expect((await scriptOn(files[0] ?? '', key)).code).toBe(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
