/** Who somebody is in Slack, asked when they answer: no bots, no guests, nobody from elsewhere, groups that only narrow, and silence means no. */
import { describe, expect, test } from 'vitest';
import { type Member, originRefusal } from '../../../core/approval/member.ts';
import { type Members, membershipRefusal } from '../../../core/use-cases/membership.ts';

const person = { name: 'ana', slack: 'U0000000001' };
const member: Member = {
  id: person.slack,
  teams: ['T1'],
  isBot: false,
  isGuest: false,
  isDeactivated: false,
};
const calls: string[] = [];

function slack(changes: Partial<Member> = {}, groups: Record<string, string[]> = {}): Members {
  calls.length = 0;
  return {
    team: async () => 'T1',
    member: async (id) => {
      calls.push(`member ${id}`);
      return { ...member, ...changes };
    },
    group: async (id) => {
      calls.push(`group ${id}`);
      const found = groups[id];
      if (!found) throw new Error('no_such_subteam');
      return found;
    },
  };
}
const inSlack = { via: 'slack' as const, id: person.slack };
const throughIam = { via: 'iam' as const, id: 'arn:aws:iam::111122223333:user/ana' };
const narrowed = (...slackGroups: string[][]) => ({ narrowed: [{ name: 'ana', slackGroups }] });

test('a full member of the workspace counts, also one whom an organisation puts into several', async () => {
  expect(await membershipRefusal(slack(), inSlack, person, {})).toBeNull();
  expect(await membershipRefusal(slack({ teams: ['T9', 'T1'] }), inSlack, person, {})).toBeNull();
});

test.each<[string, Partial<Member>, RegExp]>([
  ['a bot', { isBot: true }, /are a bot/],
  ['a guest', { isGuest: true }, /are a guest here/],
  ['deactivated', { isDeactivated: true }, /are deactivated/],
  ['of another workspace', { teams: ['T2'] }, /are of another workspace/],
  ['somebody else than was asked about', { id: 'U0000000002' }, /does not say who you are/],
])('whoever is %s does not count, and is told so', async (_, changes, text) => {
  expect(await membershipRefusal(slack(changes), inSlack, person, {})).toMatch(text);
});

test('when Slack does not answer, nobody counts, and is told why', async () => {
  const silent: Members = {
    ...slack(),
    member: () => Promise.reject(new Error('ratelimited password=hunter2hunter2')),
  };
  const refusal = await membershipRefusal(silent, inSlack, person, {});
  expect(refusal).toMatch(/^Slack does not say who you are there, so your answer does not count: ratelimited /);
  expect(refusal).not.toContain('hunter2');
  const homeless: Members = { ...slack(), team: () => Promise.reject(new Error('invalid_auth')) };
  expect(await membershipRefusal(homeless, inSlack, person, {})).toMatch(/invalid_auth/);
});

test('who comes through IAM needs no look-up', async () => {
  const guest = slack({ isGuest: true });
  expect(await membershipRefusal(guest, throughIam, person, {})).toBeNull();
  expect(calls).toEqual([]);
});

describe('whom only a narrowed group names', () => {
  test('counts while Slack has them in one group of each set', async () => {
    const groups = { S1: ['U0000000009'], S2: [person.slack], S3: [person.slack] };
    expect(await membershipRefusal(slack({}, groups), inSlack, person, narrowed(['S1', 'S2'], ['S3']))).toBeNull();
    expect(await membershipRefusal(slack({}, groups), inSlack, person, narrowed(['S1'], ['S3']))).toBe(
      'You are not in the Slack user group S1 now: your answer does not count.',
    );
  });

  test('is looked up through IAM too, by the member id of the policy', async () => {
    const groups = { S1: [person.slack], S2: [] };
    expect(await membershipRefusal(slack({}, groups), throughIam, person, narrowed(['S1']))).toBeNull();
    expect(await membershipRefusal(slack({}, groups), throughIam, person, narrowed(['S2']))).toMatch(/not in.*S2/);
    expect(calls).toEqual(['group S2']);
    const withoutSlack = { ...person, slack: null };
    expect(await membershipRefusal(slack({}, groups), throughIam, withoutSlack, narrowed(['S1']))).toMatch(/no Slack/);
  });

  test('does not count where the look-up fails, although the policy names them', async () => {
    expect(await membershipRefusal(slack(), inSlack, person, narrowed(['S9']))).toMatch(/no_such_subteam/);
  });

  test('nobody is added by being in a group: others are not looked up at all', async () => {
    const groups = { S1: ['U0000000002'] };
    expect(
      await membershipRefusal(slack({}, groups), inSlack, { ...person, name: 'ben' }, narrowed(['S1'])),
    ).toBeNull();
    expect(calls).toEqual([`member ${person.slack}`]);
  });
});

test('a click of another app or workspace than is on record does not count; what is not on record cannot differ', () => {
  const recorded = { appId: 'A1', team: 'T1' };
  expect(originRefusal(recorded, recorded)).toBeNull();
  expect(originRefusal({ appId: null, team: null }, recorded)).toBeNull();
  expect(originRefusal(recorded, { appId: 'A2', team: 'T1' })).toMatch(/another Slack app/);
  expect(originRefusal(recorded, { appId: 'A1', team: 'T2' })).toMatch(/another Slack workspace/);
  expect(originRefusal(recorded, { appId: null, team: null })).toMatch(/another Slack app/);
});
