/** Differences: no field of a question can change unnoticed, and each change is told by its cause. */
import { expect, test } from 'vitest';
import { differences } from '../../../core/approval/differences.ts';
import { sha256 } from '../../../core/digest.ts';
import { Question } from '../../../core/question.ts';
import { question } from './asked.ts';
import { changedAt, fields, other, type Path, valueAt } from './fields.ts';

/** A question with something in every field that the schema knows: lists are not empty, and what may be null is not. */
const whole: Question = {
  ...question,
  subject: { ...question.subject, contributorId: 'contributor', runbook: 'fix' } as Question['subject'],
  items: question.items.map((item) => ({
    ...item,
    parameters: { log_dir: '/var/log' },
    flags: ['egress'],
    waitSeconds: 30,
  })),
  shown: {
    evidence: [sha256('e')],
    before: sha256('b'),
    dryRun: sha256('d'),
    outcomes: sha256('o'),
    rollback: sha256('r'),
  },
  terms: {
    ...question.terms,
    excluded: [{ name: 'cleo', why: 'changed' }],
    narrowed: [{ name: 'ben', slackGroups: [['S0000000A']] }],
    levels: [{ place: 'incidents', mention: 'U1', until: question.expiresAt }],
  },
  initiator: { name: 'ana', via: 'slack', id: 'U0000000001' },
};
const manual: Question = {
  ...whole,
  subject: { kind: 'manual', person: 'ana', runbook: 'fix', at: question.createdAt },
};

const places = [whole, manual].flatMap((sample) =>
  fields(Question, sample).map((path): [string, Question, Path] => [path.join('.'), sample, path]),
);

test('the samples have a value in every field', () => {
  expect(Question.parse(whole)).toEqual(whole);
  expect(Question.parse(manual)).toEqual(manual);
  expect(places.length).toBeGreaterThan(80);
  for (const [name, sample, path] of places) expect(valueAt(sample, path) ?? null, name).not.toBeNull();
});

test('a question does not differ from itself, however its keys are ordered', () => {
  expect(differences(whole, structuredClone(whole))).toEqual([]);
  expect(differences(whole, Object.fromEntries(Object.entries(whole).reverse()) as Question)).toEqual([]);
});

test.each(places)('a change of %s is told by one cause', (_, sample, path) => {
  const changed = changedAt(sample, path, other);
  for (const [asked, own] of [
    [sample, changed],
    [changed, sample],
  ] as const) {
    const causes = differences(asked, own);
    expect(causes).toHaveLength(1);
    expect(causes[0]).toMatch(/ changed/);
    expect(causes[0]).not.toBe('the question changed');
  }
});

test.each(places.filter(([, sample, path]) => Array.isArray(valueAt(sample, path.slice(0, -1)))))(
  'one more beside %s is told',
  (_, sample, path) => {
    const longer = changedAt(sample, path.slice(0, -1), (list) => [...(list as unknown[]), (list as unknown[])[0]]);
    expect(differences(sample, longer)).not.toEqual([]);
  },
);

test('a field that has no words yet is told all the same', () => {
  expect(differences(whole, { ...whole, later: 1 } as Question)).toEqual(['the question changed']);
});

const [item] = question.items;
const withItem = (changes: object): Question => ({
  ...question,
  items: [{ ...item, ...changes } as typeof item & object],
});
const withShown = (changes: object): Question => ({ ...question, shown: { ...question.shown, ...changes } });
const withTerms = (changes: object): Question => ({ ...question, terms: { ...question.terms, ...changes } });

test.each<[Question, Question, string]>([
  [withItem({ targets: ['i-1', 'i-2'] }), withItem({ targets: ['i-2', 'i-3'] }), 'targets changed: +i-3 −i-1'],
  [withItem({ targets: ['i-1', 'i-2'] }), withItem({ targets: ['i-2'] }), 'targets changed: −i-1'],
  [
    withItem({ targets: ['i-1', 'i-2'] }),
    withItem({ targets: ['i-2', 'i-1'] }),
    'targets changed: their order or number',
  ],
  [question, { ...question, document: { ...question.document, digest: sha256('x') } }, 'document changed'],
  [question, { ...question, policyDigest: sha256('x') }, 'policy changed'],
  [question, { ...question, runbook: { id: 'fix', digest: sha256('x') } }, 'runbook changed'],
  [question, withItem({ scriptHash: sha256('x') }), 'command changed'],
  [
    withItem({ parameters: { a: '1', b: '2' } }),
    withItem({ parameters: { a: '1', b: '3', c: '4' } }),
    'parameters changed: b was "2" is "3"; c was not set is "4"',
  ],
  [withItem({ parameters: { a: 'x\u202Ey' } }), withItem({}), 'parameters changed: a was "x\\u{202e}y" is not set'],
  [
    withItem({ parameters: { a: 'x'.repeat(200) } }),
    withItem({}),
    `parameters changed: a was "${'x'.repeat(99)}… 102 more characters is not set`,
  ],
  [
    question,
    withShown({ before: sha256('x'), rollback: sha256('y') }),
    'what was shown changed: what was observed before, the rollback',
  ],
  [
    question,
    withShown({ evidence: [sha256('x')], dryRun: sha256('x'), outcomes: sha256('x') }),
    'what was shown changed: the evidence, the dry run, how earlier steps ended',
  ],
  [question, withItem({ level: 'destructive' }), 'risk changed: was modifying, is destructive'],
  [question, withItem({ flags: ['sensitive_read'] }), 'risk changed: was modifying, is modifying, sensitive read'],
  [question, withTerms({ approvers: ['ana', 'cleo'] }), 'who may approve changed: +cleo −ben'],
  [question, withTerms({ required: 2 }), 'number of approvals changed: was 1, is 2'],
  [
    question,
    { ...question, place: { ...question.place, environment: 'dev' } },
    'environment changed: was production, is dev',
  ],
  [question, { ...question, place: { ...question.place, mode: 'dry_run' } }, 'mode changed: was live, is dry_run'],
  [
    question,
    withItem({ executionTimeoutSeconds: 61 }),
    'time-outs changed: was 60 s to run, 30 s to begin, is 61 s to run, 30 s to begin',
  ],
  [withItem({ waves: [1] }), withItem({ waves: [1, 2] }), 'waves changed: was 1, is 1+2'],
])('told in words: %#', (asked, own, words) => {
  expect(differences(asked, own)).toEqual([words]);
});

test('several causes are told each', () => {
  const own = { ...withItem({ scriptHash: sha256('x'), level: 'destructive' }), policyDigest: sha256('p') };
  expect(differences(question, own)).toEqual([
    'policy changed',
    'command changed',
    'risk changed: was modifying, is destructive',
  ]);
});

test('another number of commands is told as that', () => {
  const twice = { ...question, items: [...question.items, ...question.items] };
  expect(differences(question, twice)).toEqual(['number of commands changed: was 1, is 2']);
});
