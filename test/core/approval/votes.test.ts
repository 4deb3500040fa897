/** Votes: what is genuine is read from the signed payload alone, and people are named by the policy alone. */
import { describe, expect, test } from 'vitest';
import { genuineVotes, personOf, voteEntryId } from '../../../core/approval/votes.ts';
import { sha256 } from '../../../core/digest.ts';
import { payloadTypes, seal } from '../../../core/dsse.ts';
import { parsePolicy } from '../../../core/policy/parse.ts';
import { openVote, questionDigest } from '../../../core/question.ts';
import { ana } from '../../support/fixtures.ts';
import { pem, people, question, signer, voted } from './asked.ts';

const digest = questionDigest(question);

describe('genuine votes', () => {
  test('are those on this question, in their order, with what a later release adds left out', async () => {
    const [first, second] = [await voted(), await voted({ word: 'reject' })];
    const elsewhere = await voted({ question: sha256('x') });
    const later = await seal(payloadTypes.vote, { ...second.vote, ticket: 'OPS-1' }, signer);
    expect(genuineVotes([first.envelope, elsewhere.envelope, later], digest, pem)).toEqual([
      first,
      { vote: second.vote, envelope: later },
    ]);
  });

  test.each([
    ['of another format', { format: 2 }],
    ['without a person', { by: undefined }],
    ['at no time', { at: 'yesterday' }],
  ])('are none that are signed but %s', async (_, changes) => {
    const { vote } = await voted();
    const { by, at } = { ...vote, ...changes };
    const payload = { ...vote, ...changes, ...(by === undefined ? { by: null } : {}), at };
    expect(genuineVotes([await seal(payloadTypes.vote, payload, signer)], digest, pem)).toEqual([]);
  });

  test('are none that were signed as something else', async () => {
    const { vote } = await voted();
    const resume = await seal(payloadTypes.resume, vote, signer);
    expect(genuineVotes([resume], digest, pem)).toEqual([]);
    expect(genuineVotes([{ ...resume, payloadType: payloadTypes.vote }], digest, pem)).toEqual([]);
  });
});

test('one reader tells what nobody signed from what another release signed', async () => {
  const { envelope, vote } = await voted();
  expect(openVote(envelope, pem)).toEqual(vote);
  expect(openVote({ ...envelope, signatures: [{ keyid: 'k', sig: 'AAAA' }] }, pem)).toBe('forged');
  expect(openVote(await seal(payloadTypes.vote, { ...vote, format: 2 }, signer), pem)).toBe('foreign');
  expect(openVote(await seal(payloadTypes.resume, vote, signer), pem)).toBe('forged');
});

test('a person has the name that the policy gives, and strangers have none', () => {
  expect(personOf(people, { via: 'slack', id: ana.id })).toEqual({ name: 'ana', via: 'slack', id: ana.id });
  expect(personOf(people, { via: 'slack', id: 'ana' })).toBeNull();
  expect(personOf(people, { via: 'iam', id: ana.id })).toBeNull();
});

test('a person is the same one by Slack and by every ARN of theirs, and no ARN is a member of Slack', () => {
  const [user, session] = [
    'arn:aws:iam::111122223333:user/eu/ana',
    'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Ops_0123456789abcdef/ana@example.com',
  ];
  const known = parsePolicy(
    `people: [{ name: ana, slack: ${ana.id}, iam: ["${user}", "${session}"] }, { name: ben, iam: "${user}2" }]
trusted_session_roles: ["arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef"]`,
    'countersign.yaml',
  ).people;
  expect(personOf(known, { via: 'iam', id: user })).toEqual({ name: 'ana', via: 'iam', id: user });
  expect(personOf(known, { via: 'iam', id: session })?.name).toBe('ana');
  expect(personOf(known, { via: 'iam', id: `${user}2` })?.name).toBe('ben');
  expect(personOf(known, { via: 'slack', id: user })).toBeNull();
  expect(personOf(known, { via: 'iam', id: session.replace('ana@', 'eve@') })).toBeNull();
  expect(personOf(known, { via: 'iam', id: '' })).toBeNull();
});

test('the same envelope has the same entry id, another one another', async () => {
  const [one, other] = [await voted(), await voted()];
  expect(voteEntryId(one.envelope)).toMatch(/^[0-9a-f]{32}$/);
  expect(voteEntryId({ ...one.envelope })).toBe(voteEntryId(one.envelope));
  expect(voteEntryId(other.envelope)).not.toBe(voteEntryId(one.envelope));
});
