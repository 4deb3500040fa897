/** Counting: distinct people by name, in time, named by question and policy, not suspended, with the channel that is wanted; and what is missing. */
import { describe, expect, test } from 'vitest';
import { type Electors, missing, tally } from '../../../core/approval/quorum.ts';
import type { GenuineVote } from '../../../core/approval/votes.ts';
import { type Question, questionDigest, type Vote } from '../../../core/question.ts';
import { epochOf, isoOf } from '../../../core/time.ts';
import { seed, share } from '../../soak.ts';
import { ana, ben } from '../../support/fixtures.ts';
import { cleo, people, question, voted } from './asked.ts';

const created = epochOf(question.createdAt);
const arn = people[0]?.iam[0] ?? '';
const slack = (person: typeof ana) => ({ name: person.name, via: 'slack' as const, id: person.id });
const iam = { name: 'ana', via: 'iam' as const, id: arn };
const electors = (suspended: string[] = []): Electors => ({ people, suspended: new Set(suspended) });

function asked(terms: Partial<Question['terms']> = {}): Question {
  return { ...question, terms: { ...question.terms, approvers: ['ana', 'ben', 'cleo'], required: 2, ...terms } };
}

/** Votes a second apart, in this order. */
function cast(own: Question, ...said: Partial<Vote>[]): Promise<GenuineVote[]> {
  const at = (index: number) => isoOf(created + 1000 * (index + 1));
  return Promise.all(said.map((vote, index) => voted({ question: questionDigest(own), at: at(index), ...vote })));
}

const counted = (own: Question, votes: GenuineVote[], suspended: string[] = []) => {
  const found = tally(own, votes, electors(suspended));
  return [found.isComplete, found.counted.map(({ vote }) => `${vote.by.name} ${vote.by.via}`)];
};

describe('a quorum of two', () => {
  test('is two names, whoever they are and however often they say it', async () => {
    const own = asked();
    const votes = await cast(own, { by: slack(ana) }, { by: slack(ana) }, { by: iam }, { by: slack(cleo) });
    expect(counted(own, votes.slice(0, 3))).toEqual([false, ['ana slack']]);
    expect(counted(own, votes)).toEqual([true, ['ana slack', 'cleo slack']]);
  });

  test('counts the first two in the order of time, however they lie there', async () => {
    const own = asked();
    const votes = await cast(own, { by: slack(ben) }, { by: slack(cleo) }, { by: slack(ana) });
    expect(counted(own, votes.toReversed())).toEqual([true, ['ben slack', 'cleo slack']]);
  });

  test.each<[string, Partial<Vote>]>([
    ['another word', { word: 'reject' }],
    ['somebody whom the question leaves out', { by: slack(cleo) }],
    ['an identity that the policy gives nobody', { by: { ...slack(ben), id: 'U0000000099' } }],
    ['an identity that the policy gives somebody else', { by: { ...slack(ben), id: ana.id } }],
    ['a member id as an ARN', { by: { ...slack(ben), via: 'iam' } }],
    ['a moment before it was asked', { at: isoOf(created - 1) }],
    ['the moment at which it ends', { at: question.expiresAt }],
  ])('does not count %s', async (_, second) => {
    const own = asked({ approvers: ['ana', 'ben'] });
    expect(counted(own, await cast(own, { by: slack(ana) }, { by: slack(ben), ...second }))[0]).toBe(false);
    expect(counted(own, await cast(own, { by: slack(ana) }, { by: slack(ben) }))[0]).toBe(true);
  });

  test('does not count whoever is suspended now, and counts whoever follows', async () => {
    const own = asked();
    const votes = await cast(own, { by: slack(ana) }, { by: slack(ben) }, { by: slack(cleo) });
    expect(counted(own, votes.slice(0, 2), ['ana'])).toEqual([false, ['ben slack']]);
    expect(counted(own, votes, ['ana'])).toEqual([true, ['ben slack', 'cleo slack']]);
  });
});

describe('a second channel', () => {
  const own = asked({ secondChannel: true });

  test('is never given by Slack alone, however many approve there', async () => {
    const votes = await cast(own, { by: slack(ana) }, { by: slack(ben) }, { by: slack(cleo) });
    expect(counted(own, votes)[0]).toBe(false);
  });

  test('is one of the quorum, before the others or after them, and none beside it', async () => {
    const before = await cast(own, { by: iam }, { by: slack(ben) });
    expect(counted(own, before)).toEqual([true, ['ana iam', 'ben slack']]);
    const after = await cast(own, { by: slack(ben) }, { by: slack(cleo) }, { by: iam });
    expect(counted(own, after)).toEqual([true, ['ben slack', 'ana iam']]);
    expect(counted(own, await cast(own, { by: iam }, { by: slack(ana) }))).toEqual([false, ['ana iam']]);
  });

  test('takes the place of the same person’s approval in Slack', async () => {
    const votes = await cast(own, { by: slack(ana) }, { by: slack(ben) }, { by: iam });
    expect(counted(own, votes)).toEqual([true, ['ben slack', 'ana iam']]);
  });

  test('of somebody who is suspended is none', async () => {
    expect(counted(own, await cast(own, { by: iam }, { by: slack(ben) }, { by: slack(cleo) }), ['ana'])[0]).toBe(false);
  });
});

describe('what is missing', () => {
  test('is a number, a channel and the names that would count', async () => {
    const own = asked({ secondChannel: true });
    const none = await cast(own);
    const one = await cast(own, { by: slack(ben) });
    const both = await cast(own, { by: slack(ben) }, { by: slack(cleo) });
    expect(missing(own, none, electors())).toEqual({ people: 2, throughIam: true, of: ['ana', 'ben', 'cleo'] });
    expect(missing(own, one, electors())).toEqual({ people: 1, throughIam: true, of: ['ana', 'cleo'] });
    expect(missing(own, one, electors(['cleo']))).toEqual({ people: 1, throughIam: true, of: ['ana'] });
    expect(missing(own, both, electors())).toEqual({ people: 0, throughIam: true, of: ['ana'] });
    expect(missing(own, await cast(own, { by: slack(ben) }, { by: iam }), electors())).toBeNull();
  });
});

/** A second statement of the rule, over sets of names. */
function expected({ terms }: Question, votes: readonly GenuineVote[], suspended: readonly string[]): boolean {
  const good = votes.filter(
    ({ vote: { word, by } }) =>
      word === 'approve' &&
      terms.approvers.includes(by.name) &&
      !suspended.includes(by.name) &&
      people.some(
        ({ name, slack: id, iam: arns }) =>
          name === by.name && (by.via === 'slack' ? id === by.id : arns.includes(by.id)),
      ),
  );
  const through = good.some(({ vote }) => vote.by.via === 'iam');
  return new Set(good.map(({ vote }) => vote.by.name)).size >= terms.required && (!terms.secondChannel || through);
}

test(`the count says what its second statement says, seed ${seed}`, async () => {
  let state = seed;
  const draw = (count: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % count;
  };
  const identities = [
    slack(ana),
    slack(ben),
    slack(cleo),
    iam,
    { ...iam, name: 'ben' },
    { ...slack(ana), name: 'cleo' },
  ];
  const words = ['approve', 'approve', 'approve', 'reject'];
  let complete = 0;
  for (let round = 0; round < share(20_000, 500); round += 1) {
    const own = asked({
      required: 1 + draw(3),
      secondChannel: draw(2) === 1,
      approvers: ['ana', 'ben', 'cleo'].filter(() => draw(4) > 0),
    });
    const said = Array.from({ length: draw(6) }, () => ({
      by: identities[draw(6)] ?? iam,
      word: words[draw(4)] ?? '',
    }));
    const votes = said.map(({ by, word }, index) => ({
      vote: { format: 1, question: questionDigest(own), word, by, at: isoOf(created + index), reason: '' } as Vote,
      envelope: { payloadType: '', payload: '', signatures: [{ keyid: '', sig: '' }] } as GenuineVote['envelope'],
    }));
    const suspended = ['ana', 'ben', 'cleo'].filter(() => draw(5) === 0);
    const { isComplete, counted: found } = tally(own, votes, electors(suspended));
    const wanted = expected(own, votes, suspended);
    if (isComplete !== wanted) expect.fail(JSON.stringify({ own: own.terms, said, suspended, wanted }));
    const names = found.map(({ vote }) => vote.by.name);
    expect(new Set(names).size).toBe(names.length);
    if (isComplete) expect(names).toHaveLength(own.terms.required);
    expect(missing(own, votes, electors(suspended)) === null).toBe(wanted);
    if (wanted) complete += 1;
  }
  expect(complete).toBeGreaterThan(0);
});
