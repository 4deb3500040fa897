/** Rows of Control: of this format, of the first release, of formats to come, and of none. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAbout, keyOf, revisionOf, storedQuestion } from '../../../core/approval/record.ts';
import { questionSortKey } from '../../../core/question.ts';
import { seed, share } from '../../soak.ts';
import { named } from '../gate/situations.ts';
import { question, storedAs } from './asked.ts';

const { record } = storedAs();
const key = keyOf(question);

test('a row of this format is read as its record', () => {
  expect(key.sortKey).toBe('QUESTION#2.run.1.1#0001');
  expect(storedQuestion(key, structuredClone(record))).toEqual({
    ...key,
    status: 'PENDING',
    places: record.places,
    record,
  });
});

test('a row of the first release is no record, and tells where its card is', () => {
  const fixture = JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/landed/waiting.json'), 'utf8'));
  const row = fixture.requests[0];
  const old = { incidentId: fixture.incidentId, sortKey: 'REQUEST#2.run.1#0123456789ab' };
  expect(storedQuestion(old, row)).toEqual({
    ...old,
    status: 'PENDING',
    places: [{ channel: 'incidents', messageTs: '1.0' }],
    record: null,
  });
});

test.each<[string, Record<string, unknown>]>([
  ['of a format to come', { ...record, question: { ...question, format: 3 } }],
  ['with a field that this release does not know', { ...record, later: 1 }],
  ['with a vote that is none', { ...record, votes: ['yes'] }],
  ['under the key of another revision', { ...record, question: { ...question, revision: 2 } }],
  ['under the key of another incident', { ...record, question: { ...question, incidentId: `inc-${'0'.repeat(20)}` } }],
])('a row %s is no record, and can still be superseded', (_, row) => {
  expect(storedQuestion(key, row)).toEqual({ ...key, status: 'PENDING', places: record.places, record: null });
});

test(`whatever lies there is read without a throw, seed ${seed}`, () => {
  const rows = fc.dictionary(
    fc.constantFrom('status', 'places', 'channel', 'messageTs', 'question', 'votes', 'x'),
    fc.anything(),
  );
  fc.assert(
    fc.property(rows, (row) => {
      expect(storedQuestion(key, row)).toMatchObject({ ...key, record: null });
    }),
    { numRuns: share(20_000), seed },
  );
  expect(storedQuestion(key, { status: 7, places: [{ channel: 'C1' }, null, record.places[0]] })).toEqual({
    ...key,
    status: null,
    places: record.places,
    record: null,
  });
});

test('a sort key says which dispatch it is about, in every format, and which revision', () => {
  const dispatch = named('2.run');
  for (const sortKey of [
    questionSortKey(dispatch, 1),
    questionSortKey({ ...dispatch, wave: 2 }, 12),
    'REQUEST#2.run.1#0123456789ab',
  ])
    expect(isAbout(sortKey, dispatch), sortKey).toBe(true);
  for (const sortKey of [
    'REQUEST#2.run.10#x',
    'REQUEST#12.run.1#x',
    questionSortKey(named('3.run'), 1),
    'VOTE#2.run.1#x',
    '',
  ])
    expect(isAbout(sortKey, dispatch), sortKey).toBe(false);
  expect(revisionOf(questionSortKey(dispatch, 1))).toBe(1);
  expect(revisionOf(questionSortKey(dispatch, 9999))).toBe(9999);
  for (const sortKey of [
    'QUESTION#2.run.1.1#zzzz',
    'QUESTION#2.run.1.1#00001',
    'REQUEST#2.run.1#0001',
    'XQUESTION#2.run.1.1#0001',
  ])
    expect(revisionOf(sortKey), sortKey).toBeNull();
});

test('a question without items has no key', () => {
  expect(() => keyOf({ ...question, items: [] })).toThrow(/at least one item/);
});
