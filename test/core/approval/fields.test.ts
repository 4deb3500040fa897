/** What is said beside a word: what is signed of it, and why it cannot be. */
import { describe, expect, test } from 'vitest';
import { fieldsOf, type SaidFields, valueProblems } from '../../../core/approval/fields.ts';
import { historyLimits } from '../../../core/limits.ts';
import type { Question, QuestionItem } from '../../../core/question.ts';
import { shortCode } from '../../../core/short-code.ts';
import { fixRunbook } from '../../support/fixtures.ts';
import { compiledFor, question } from './asked.ts';

const compiled = compiledFor({
  runbook: fixRunbook
    .replace('parameters: {}', 'parameters: { unit: { type: unit, description: What, default: web.service } }')
    .replace('systemctl restart web\n', 'systemctl restart {{ unit }}\n'),
});
const [runbook] = compiled.runbooks;
const about = { runbook: { id: runbook?.id ?? '', digest: runbook?.digest ?? '' } };
const [first] = question.items as [QuestionItem];
const hosts = ['i-0123456789abcdef0', 'i-0123456789abcdef1', 'i-0123456789abcdef2'];
const asked = (changes: Partial<Question> = {}, item: Partial<QuestionItem> = {}): Question => ({
  ...question,
  ...about,
  items: [{ ...first, parameters: { unit: 'web.service' }, targets: hosts, ...item }],
  ...changes,
});
const say = (word: string, said: SaidFields = {}, own = asked(), via: 'slack' | 'iam' = 'slack') =>
  fieldsOf(own, word, said, { runbooks: compiled.runbooks, via });

describe('the code of an incident', () => {
  const destructive = asked({}, { level: 'destructive' });
  const code = shortCode(destructive.incidentId);

  test('is wanted of an approval of something destructive, however it is typed', () => {
    for (const typed of [code, code.toLowerCase(), ` ${code.slice(0, 2)}-${code.slice(2)} `])
      expect(say('approve', { code: typed }, destructive)).toEqual({ fields: {} });
    expect(say('approve', {}, destructive)).toMatchObject({ why: expect.stringMatching(/type the code/) });
    for (const typed of ['AAAA', `${code}A`, code.slice(1)])
      expect(say('approve', { code: typed }, destructive)).toMatchObject({
        why: expect.stringMatching(/not the code/),
      });
  });

  test('of nothing else, of no other word, and not through IAM', () => {
    expect(say('approve')).toEqual({ fields: {} });
    for (const word of ['reject', 'skip', 'revoke']) expect(say(word, {}, destructive)).toEqual({ fields: {} });
    expect(say('approve', {}, destructive, 'iam')).toEqual({ fields: {} });
  });

  test('is the incident’s own', () => {
    const codes = Array.from({ length: 200 }, (_, at) => shortCode(`inc-${String(at).padStart(20, '0')}`));
    expect(new Set(codes).size).toBeGreaterThan(190);
    expect(codes.every((one) => /^[ACDEFGHJKMNPQRTUVWXY34679]{4}$/.test(one))).toBe(true);
  });
});

describe('other values', () => {
  test('are signed, only those that are others', () => {
    expect(say('modify', { parameters: { unit: 'nginx.service' } })).toEqual({
      fields: { parameters: { unit: 'nginx.service' } },
    });
  });

  test.each<[string, SaidFields, Question, RegExp]>([
    ['none', {}, asked(), /asked for already/],
    ['the same', { parameters: { unit: 'web.service' } }, asked(), /asked for already/],
    ['of a parameter that is none', { parameters: { host: 'x' } }, asked(), /host is no parameter/],
    ['of an inherited name', { parameters: { constructor: 'x' } }, asked(), /is no parameter/],
    ['of another form', { parameters: { unit: 'a b' } }, asked(), /unit must be a systemd unit/],
    ['empty', { parameters: { unit: '' } }, asked(), /must not be empty/],
    [
      'of a runbook that is another',
      { parameters: { unit: 'a' } },
      asked({ runbook: question.runbook }),
      /runbook was changed/,
    ],
    [
      'of a way back',
      { parameters: { unit: 'a' } },
      asked({}, { dispatch: { ...first.dispatch, part: 'rollback' } }),
      /goes where that run went/,
    ],
    [
      'once too often',
      { parameters: { unit: 'a' } },
      asked({ revision: historyLimits.maximumRevisions }),
      /asked 20 times/,
    ],
  ])('%s: refused', (_, said, own, why) => {
    expect(say('modify', said, own)).toEqual({ why: expect.stringMatching(why) });
  });

  test('that make the command longer than a card can show are refused', () => {
    const long = compiledFor({
      runbook: fixRunbook
        .replace('parameters: {}', 'parameters: { text: { type: string, description: What, default: a } }')
        .replace('systemctl restart web\n', `echo ${'{{ text }} '.repeat(20).trim()}\n`),
    });
    const [own] = long.runbooks;
    const of = asked({ runbook: { id: own?.id ?? '', digest: own?.digest ?? '' } }, { parameters: { text: 'a' } });
    const said = { parameters: { text: 'x'.repeat(200) } };
    expect(fieldsOf(of, 'modify', said, { runbooks: long.runbooks, via: 'slack' })).toEqual({
      why: expect.stringMatching(/longer than a card can show/),
    });
  });

  test('are named one by one for the modal that asked', () => {
    expect(valueProblems(runbook ?? { parameters: [] }, { unit: 'a b', other: 'x' })).toEqual({
      unit: expect.stringMatching(/^unit must be/),
      other: expect.stringMatching(/is no parameter/),
    });
  });
});

describe('fewer hosts', () => {
  test('are signed sorted, each once', () => {
    const targets = [hosts[2], hosts[0], hosts[2]] as string[];
    expect(say('narrow', { targets })).toEqual({ fields: { targets: [hosts[0], hosts[2]] } });
  });

  test.each<[string, readonly string[] | null, RegExp]>([
    ['none', [], /At least one/],
    ['nothing said', null, /At least one/],
    ['all', hosts, /all of its hosts/],
    ['another', ['i-0fffffffffffffff0'], /is none/],
  ])('%s: refused', (_, targets, why) => {
    expect(say('narrow', { targets })).toEqual({ why: expect.stringMatching(why) });
  });
});

test('a choice is one of the alternatives', () => {
  const two = asked({ kind: 'choose', items: [first, first] });
  expect(say('choose', { choice: 2 }, two)).toEqual({ fields: { choice: 2 } });
  for (const choice of [0, 3, -1, 1.5, Number.NaN, null])
    expect(say('choose', { choice }, two)).toEqual({ why: 'Choose one of 2.' });
  const bad = asked({ kind: 'choose', items: [first, { ...first, level: 'forbidden' }] });
  expect(say('choose', { choice: 2 }, bad)).toEqual({ why: expect.stringMatching(/forbidden/) });
});

test('values that a person is asked for are checked like any others', () => {
  const { runbooks } = compiledFor({
    runbook: fixRunbook
      .replace(
        'parameters: {}',
        'parameters: { other: { type: path, default: /srv }, unit: { type: unit, from: person } }',
      )
      .replace('systemctl restart web\n', 'systemctl restart {{ unit }} {{ other }}\n'),
  });
  const [typed] = runbooks;
  const id = { runbook: { id: typed?.id ?? '', digest: typed?.digest ?? '' } };
  const own = asked({ kind: 'input', ...id }, { parameters: { other: '/srv' } });
  const give = (parameters: Record<string, string>) =>
    fieldsOf(own, 'input', { parameters }, { runbooks, via: 'slack' });
  expect(give({ unit: 'web.service' })).toEqual({ fields: { parameters: { unit: 'web.service' } } });
  expect(give({})).toEqual({ why: 'No value was given.' });
  expect(give({ unit: '$(reboot)' })).toMatchObject({ why: expect.stringMatching(/unit/) });
  for (const name of ['other', 'another'])
    expect(give({ [name]: '/srv' })).toEqual({ why: `${name} is not asked for.` });
});
