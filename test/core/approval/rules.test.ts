/** Who may answer, and when it is enough: every cause of a refusal, and every boundary of time and number. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { effectOf } from '../../../core/answers.ts';
import type { QuestionRecord } from '../../../core/approval/record.ts';
import {
  type Answer,
  castRefusal,
  checkApproval,
  statusAfter,
  statusDoubt,
  type Voters,
} from '../../../core/approval/rules.ts';
import { type GenuineVote, genuineVotes } from '../../../core/approval/votes.ts';
import { sha256 } from '../../../core/digest.ts';
import { historyLimits } from '../../../core/limits.ts';
import { type Question, questionDigest, type Vote } from '../../../core/question.ts';
import { epochOf, isoOf } from '../../../core/time.ts';
import { AnswerWord } from '../../../core/words.ts';
import { ana, ben, start } from '../../support/fixtures.ts';
import { cleo, compiledFor, pem, people, question, signWith, storedAs, voted } from './asked.ts';

const by = ({ id, name }: typeof ana) => ({ name, via: 'slack' as const, id });
const [created, expires] = [epochOf(question.createdAt), epochOf(question.expiresAt)];
const life = expires - created;
const needs = (required: number): Question => ({ ...question, terms: { ...question.terms, required } });
const { policyDigest, policy } = compiledFor();
const nobody: ReadonlySet<string> = new Set();
const voters: Voters = { ...policy, policyDigest, suspended: nobody };

describe('an answer', () => {
  const answer = (changes: Partial<Answer> = {}): Answer => ({
    questionDigest: questionDigest(question),
    word: 'approve',
    by: by(ana),
    saidAt: start,
    ...changes,
  });
  const refusal = (
    changes: {
      record?: Partial<QuestionRecord>;
      answer?: Partial<Answer>;
      voters?: Partial<Voters>;
      now?: number;
    } = {},
    votes: Awaited<ReturnType<typeof voted>>[] = [],
  ) =>
    castRefusal(
      storedAs(changes.record),
      answer({
        ...(changes.record?.question ? { questionDigest: questionDigest(changes.record.question) } : {}),
        ...changes.answer,
      }),
      { ...voters, ...changes.voters },
      votes,
      changes.now ?? created + 1000,
    );

  test.each(['approve', 'reject'])('of an approver in time counts: %s', (word) => {
    expect(refusal({ answer: { word } })).toBeNull();
    expect(refusal({ answer: { word, by: by(ben) } })).toBeNull();
  });

  test('of another person who may counts beside a vote that is there', async () => {
    const record = { question: needs(2) };
    const cast = await voted({ question: questionDigest(record.question) });
    expect(refusal({ record, answer: { by: by(ben) } }, [cast])).toBeNull();
  });

  test('to nothing, or to a row of another format, is told to use the newest card', () => {
    expect(castRefusal(null, answer(), voters, [], created)).toMatch(/not known here.*newest card/);
    const other = { ...storedAs(), record: null };
    expect(castRefusal(other, answer(), voters, [], created)).toMatch(/another release.*newest card/);
  });

  test('to a question that was changed under its digest does not count', () => {
    const record = { question: needs(2), digest: questionDigest(question) };
    expect(refusal({ record, answer: answer() })).toMatch(/was changed after it was asked/);
  });

  test('from a card with another digest does not count', () => {
    expect(refusal({ answer: { questionDigest: sha256('x') } })).toMatch(/another version.*newest card/);
  });

  test('from a card of an older policy is told so', () => {
    expect(refusal({ voters: { policyDigest: sha256('x') } })).toMatch(/older policy.*newest card/);
  });

  test.each(['APPROVED', 'ANSWERED', 'REJECTED', 'EXPIRED', 'WITHDRAWN', 'SUPERSEDED'] as const)(
    'to a question that is %s is told what it is',
    (status) => {
      expect(refusal({ record: { status } })).toBe(`This question is already ${status.toLowerCase()}.`);
    },
  );

  test('counts from the moment of asking until before the expiry', () => {
    expect(refusal({ now: created - 1 })).toMatch(/asked in the future/);
    expect(refusal({ now: created })).toBeNull();
    expect(refusal({ now: expires - 1 })).toBeNull();
    expect(refusal({ now: expires })).toMatch(/has expired/);
  });

  test('of a stranger, of a person who may not approve, and of one who may not approve this, say which', () => {
    expect(refusal({ answer: { by: { via: 'slack', id: 'U0000000099' } } })).toBe('The policy does not name you.');
    expect(refusal({ answer: { by: { via: 'iam', id: ana.id } } })).toBe('The policy does not name you.');
    expect(refusal({ answer: { by: by(cleo) } })).toBe('The policy does not name you as an approver.');
    const onlyBen = { ...question, terms: { ...question.terms, approvers: ['ben'] } };
    expect(refusal({ record: { question: onlyBen } })).toBe('You are not among the approvers of this question.');
  });

  test('counts once per person, by the name in the policy and whatever the identity', async () => {
    const cast = await voted({ by: { name: 'ana', via: 'iam', id: 'arn:aws:iam::1:user/ana' } });
    expect(refusal({}, [cast])).toMatch(/answered this question already/);
    expect(refusal({ answer: { word: 'reject' } }, [cast])).toMatch(/answered this question already/);
  });

  test.each(AnswerWord.options.filter((word) => effectOf('approve', word) === null))(
    'with the word %s is no answer to this kind of question',
    (word) => {
      expect(refusal({ answer: { word } })).toBe(
        `"${word}" is no answer to this question, which takes approve, reject, skip, modify, narrow, revoke.`,
      );
    },
  );

  test.each(['skip', 'modify', 'narrow'])('with the word %s is one', (word) => {
    expect(refusal({ answer: { word } })).toBeNull();
  });

  test('with a word that nobody knows is no answer', () => {
    expect(refusal({ answer: { word: 'x'.repeat(50) } })).toMatch(/^"x{40}" is no answer to this question/);
  });

  test('that takes back is taken from whoever approved, also once it is approved and its time is over', async () => {
    const revoke = { answer: { word: 'revoke' } };
    expect(refusal(revoke)).toBe('There is nothing to take back: you have not approved this question.');
    const approval = await voted();
    expect(refusal(revoke, [approval])).toBeNull();
    expect(refusal({ ...revoke, record: { status: 'APPROVED' }, now: expires }, [approval])).toBeNull();
    expect(refusal({ ...revoke, record: { status: 'REJECTED' } }, [approval])).toMatch(/already rejected/);
    expect(refusal({ answer: { word: 'revoke', by: by(ben) } }, [approval])).toMatch(/nothing to take back/);
  });

  test('after an approval was taken back counts anew', async () => {
    const votes = [await voted(), await voted({ word: 'revoke', at: isoOf(created + 70_000) })];
    const saidAt = created + 70_001;
    expect(refusal({ answer: { saidAt } }, votes)).toBeNull();
    expect(refusal({ answer: { saidAt: saidAt - 1 } }, votes)).toMatch(/before your approval was taken back/);
    expect(refusal({ answer: { by: by(ben), saidAt: created } }, votes)).toBeNull();
    expect(refusal({ answer: { word: 'revoke', saidAt } }, votes)).toMatch(/nothing to take back/);
  });

  test('is refused once the question was answered and taken back too often', async () => {
    const votes = Array<GenuineVote>(historyLimits.maximumVotes).fill(await voted({ by: by(ben) }));
    expect(refusal({}, votes)).toMatch(/too often/);
    expect(refusal({}, votes.slice(1))).toBeNull();
    expect(refusal({ answer: { word: 'revoke', by: by(ben) } }, votes)).toBeNull();
  });
});

describe('the status after votes', () => {
  const said = (word: string, person = ana, via: 'slack' | 'iam' = 'slack') => ({ word, by: { ...by(person), via } });
  const status = async (votes: readonly Partial<Vote>[], terms: Partial<Question['terms']>, suspended = nobody) => {
    const asked = { ...question, terms: { ...question.terms, ...terms } };
    const cast = await Promise.all(votes.map((vote) => voted({ question: questionDigest(asked), ...vote })));
    return statusAfter(asked, cast, { people, suspended });
  };
  test.each<[string, ReturnType<typeof said>[], number, string]>([
    ['nothing', [], 1, 'PENDING'],
    ['one approval of one', [said('approve')], 1, 'APPROVED'],
    ['one approval of two', [said('approve')], 2, 'PENDING'],
    ['two people of two', [said('approve'), said('approve', ben)], 2, 'APPROVED'],
    ['the same person twice', [said('approve'), said('approve')], 2, 'PENDING'],
    ['two of three people', [said('approve'), said('approve', ben)], 3, 'PENDING'],
    ['more people than needed', [said('approve'), said('approve', ben)], 1, 'APPROVED'],
    ['a rejection', [said('reject')], 2, 'REJECTED'],
    ['a rejection beside enough approvals', [said('approve'), said('reject', ben)], 1, 'REJECTED'],
    ['a word that nobody knows', [said('perhaps', ben), said('approve')], 1, 'REJECTED'],
    ['a skip beside one approval of two', [said('approve'), said('skip', ben)], 2, 'ANSWERED'],
    ['other values', [said('modify')], 1, 'ANSWERED'],
    ['fewer hosts', [said('narrow')], 1, 'ANSWERED'],
    ['an approval of two that is taken back', [said('approve'), said('revoke')], 2, 'PENDING'],
    ['a complete approval that is taken back', [said('approve'), said('revoke')], 1, 'ANSWERED'],
    ['a taking back of what was not given', [said('revoke', ben), said('approve')], 1, 'APPROVED'],
  ])('%s', async (_, votes, required, expected) => {
    expect(await status(votes, { required })).toBe(expected);
  });

  test('an approval that was taken back, and given again', async () => {
    const later = { at: isoOf(created + 90_000) };
    const votes = [said('approve'), said('revoke'), said('approve', ben), { ...said('approve'), ...later }];
    expect(await status(votes, { required: 2 })).toBe('APPROVED');
  });

  const throughIam = { name: 'ana', via: 'iam' as const, id: people[0]?.iam[0] ?? '' };

  test('the same person under two identities is one', async () => {
    expect(await status([said('approve'), { by: throughIam }], { required: 2 })).toBe('PENDING');
  });

  test('where one approval must come through IAM, Slack alone is not enough', async () => {
    const terms = { required: 2, secondChannel: true };
    const inSlack = [said('approve'), said('approve', ben)];
    expect(await status(inSlack, terms)).toBe('PENDING');
    expect(await status([...inSlack, { by: throughIam }], terms)).toBe('APPROVED');
    expect(await status([said('approve', ben), { by: throughIam }], terms)).toBe('APPROVED');
    expect(await status([said('approve'), { by: throughIam }], terms)).toBe('PENDING');
  });

  test('whoever is suspended has not approved, also before', async () => {
    const both = [said('approve'), said('approve', ben)];
    expect(await status(both, { required: 2 }, new Set(['ben']))).toBe('PENDING');
    expect(await status([said('reject', ben)], { required: 2 }, new Set(['ben']))).toBe('REJECTED');
  });
});

describe('the check of an approval', () => {
  const check = async (own: Question, votes: Partial<Vote>[], now = created + 120_000, known = people) => {
    const cast = await Promise.all(votes.map((vote) => voted({ question: questionDigest(own), ...vote })));
    return { result: checkApproval(own, cast, { people: known, suspended: nobody }, now), cast };
  };
  const at = (milliseconds: number) => ({ at: isoOf(created + milliseconds) });

  test('enough distinct people: who they are, and the envelopes that prove it', async () => {
    const { result, cast } = await check(needs(2), [at(1000), { by: by(ben), ...at(2000) }]);
    expect(result).toEqual({ approved: true, by: [by(ana), by(ben)], votes: cast });
  });

  test('one vote too few, or the second vote of the same person, is too few', async () => {
    expect((await check(needs(1), [])).result).toMatchObject({
      cause: 'too_few',
      why: expect.stringMatching(/^0 of 1 /),
    });
    for (const votes of [[{}], [at(1000), at(2000)]])
      expect((await check(needs(2), votes)).result).toMatchObject({
        approved: false,
        cause: 'too_few',
        why: '1 of 2 signed approvals for exactly these bytes',
      });
  });

  test('votes on another question do not count', async () => {
    expect((await check(question, [{ question: sha256('x') }])).result).toMatchObject({
      approved: false,
      cause: 'too_few',
    });
    const elsewhere = [{ word: 'reject', question: sha256('x') }, {}];
    expect((await check(question, elsewhere)).result).toMatchObject({ approved: true });
  });

  test('one rejection rejects, and a word that this release does not know counts as no', async () => {
    const enough = { by: by(ben) };
    expect((await check(question, [enough, { word: 'reject' }])).result).toEqual({
      approved: false,
      cause: 'rejected',
      why: 'ana rejected it',
    });
    expect((await check(question, [enough, { word: 'confirm' }])).result).toEqual({
      approved: false,
      cause: 'rejected',
      why: 'ana answered "confirm", which counts as no',
    });
    expect((await check(question, [{ word: 'x'.repeat(50) }])).result).toMatchObject({
      why: `ana answered "${'x'.repeat(40)}", which counts as no`,
    });
  });

  test.each(['skip', 'modify', 'narrow'])('a %s beside enough approvals is no approval', async (word) => {
    expect((await check(question, [{ by: by(ben) }, { word }])).result).toEqual({
      approved: false,
      cause: 'answered',
      why: `ana answered it with "${word}"`,
    });
  });

  test('an approval that its own person took back counts no more, in whatever order the words lie', async () => {
    const back = { word: 'revoke', ...at(3000) };
    expect((await check(question, [back, at(1000)])).result).toMatchObject({ cause: 'too_few' });
    // In the same millisecond nobody can tell: then it is taken back.
    expect((await check(question, [at(3000), back])).result).toMatchObject({ cause: 'too_few' });
    expect((await check(question, [at(1000), { ...back, by: by(ben) }])).result).toMatchObject({ approved: true });
    const { result, cast } = await check(question, [at(1000), back, at(5000)]);
    expect(result).toMatchObject({ approved: true, votes: [cast[2]] });
  });

  test('only whom question and policy name counts, under the name that the policy gives', async () => {
    const nobody: Partial<Vote>[] = [
      { by: by(cleo) },
      { by: { ...by(ana), name: 'ben' } },
      { by: { name: 'ana', via: 'slack', id: 'U0000000099' } },
      { by: { ...by(ana), via: 'iam' } },
    ];
    for (const vote of nobody)
      expect((await check(question, [vote])).result).toMatchObject({ approved: false, cause: 'too_few' });
    const withoutAna = people.filter(({ name }) => name !== 'ana');
    expect((await check(question, [{}], undefined, withoutAna)).result).toMatchObject({
      approved: false,
      cause: 'too_few',
    });
  });

  test.each([
    [-1, 'too_few'],
    [0, null],
    [life - 1, null],
    [life, 'too_few'],
  ])('a vote %d ms after the question was asked: %s', async (milliseconds, cause) => {
    const { result } = await check(question, [at(milliseconds)], created + life - 1);
    expect(result.approved ? null : result.cause).toBe(cause);
  });

  test('a question that was asked in the future is not approved yet', async () => {
    expect((await check(question, [at(0)], created - 1)).result).toMatchObject({
      approved: false,
      cause: 'not_yet',
      why: expect.stringContaining(question.createdAt),
    });
    expect((await check(question, [at(0)], created)).result).toMatchObject({ approved: true });
  });

  test.each([
    [1000 + life - 1, true],
    [1000 + life, false],
  ])('an approval counts from its vote: %d ms after the question was asked %s', async (milliseconds, approved) => {
    const { result } = await check(question, [at(1000)], created + milliseconds);
    expect(result).toMatchObject(
      approved
        ? { approved }
        : { approved, cause: 'expired', why: `the approval of ${isoOf(created + 1000)} is too old` },
    );
  });

  test('it counts from the vote that completed it, each person by the first vote, in whatever order they lie', async () => {
    const votes = [{ by: by(ben), ...at(5000) }, at(9000), at(1000)];
    const { result, cast } = await check(needs(2), votes, created + 5000 + life - 1);
    expect(result).toEqual({ approved: true, by: [by(ana), by(ben)], votes: [cast[2], cast[0]] });
    expect((await check(needs(2), votes, created + 5000 + life)).result).toMatchObject({
      approved: false,
      cause: 'expired',
    });
    // What comes after a complete approval does not prolong it.
    const more = [at(1000), { by: by(ben), ...at(5000) }];
    expect((await check(needs(1), more, created + 1000 + life)).result).toMatchObject({
      approved: false,
      cause: 'expired',
    });
  });
});

describe('a status that lies in Control', () => {
  const doubt = async (record: Partial<QuestionRecord>, votes: Partial<Vote>[] = [], now = created + 120_000) => {
    const { record: whole } = storedAs(record);
    const cast = await Promise.all(votes.map((vote) => voted({ question: whole.digest, ...vote })));
    return statusDoubt(whole, cast, { people, suspended: nobody }, now);
  };

  test('is believed with the votes that explain it', async () => {
    expect(await doubt({ status: 'APPROVED' }, [{}])).toBeNull();
    expect(await doubt({ status: 'REJECTED' }, [{ word: 'reject' }])).toBeNull();
    expect(await doubt({ status: 'REJECTED' }, [{ word: 'confirm' }])).toBeNull();
    for (const word of ['skip', 'modify', 'narrow']) expect(await doubt({ status: 'ANSWERED' }, [{ word }])).toBeNull();
    expect(await doubt({ status: 'ANSWERED' }, [{}, { word: 'revoke', at: isoOf(created + 70_000) }])).toBeNull();
    for (const status of ['PENDING', 'WITHDRAWN', 'SUPERSEDED'] as const) expect(await doubt({ status })).toBeNull();
  });

  test('is not believed without them', async () => {
    expect(await doubt({ status: 'APPROVED' })).toBe(
      'the question is marked approved, but 0 of 1 signed approvals for exactly these bytes',
    );
    expect(await doubt({ status: 'APPROVED', question: needs(2) }, [{}])).toMatch(/1 of 2/);
    expect(await doubt({ status: 'APPROVED' }, [{ word: 'reject' }])).toMatch(/ana rejected it/);
    expect(await doubt({ status: 'REJECTED' }, [{}])).toBe('the question is marked rejected, but nobody rejected it');
    expect(await doubt({ status: 'REJECTED' }, [{ word: 'skip' }])).toMatch(/nobody rejected it/);
    expect(await doubt({ status: 'ANSWERED' }, [{}])).toBe('the question is marked answered, but nobody answered it');
    const back = { word: 'revoke', at: isoOf(created + 70_000) };
    expect(await doubt({ status: 'APPROVED' }, [{}, back])).toMatch(/0 of 1 signed approvals/);
  });

  test('that an approval is too old by now is no reason not to believe that it was one', async () => {
    expect(await doubt({ status: 'APPROVED' }, [{}], created + 10 * life)).toBeNull();
  });

  test('expired is what has expired', async () => {
    expect(await doubt({ status: 'EXPIRED' }, [], expires - 1)).toMatch(/its time is not over/);
    expect(await doubt({ status: 'EXPIRED' }, [], expires)).toBeNull();
  });

  test('of a question that was changed is not believed, whatever it is', async () => {
    const digest = questionDigest(question);
    expect(await doubt({ question: needs(2), digest }, [{}])).toBe('the question was changed after it was asked');
  });
});

test('a vote that another key signed is not genuine, nor one that was changed afterwards', async () => {
  const digest = questionDigest(question);
  const good = await voted();
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const foreign = await voted({}, signWith(privateKey));
  const changed = { ...good.envelope, payload: (await voted({ by: by(ben) })).envelope.payload };
  expect(genuineVotes([foreign.envelope, good.envelope, changed], digest, pem)).toEqual([good]);
  expect(start).toBe(created);
});
