/** Silence: the card of a question that nobody answers goes from level to level, then a person is paged, then it expires. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { CardPlace } from '../../../core/approval/record.ts';
import type { Dispatch } from '../../../core/dispatch.ts';
import { questionDigest } from '../../../core/question.ts';
import { displayedDigest } from '../../../core/slack/displayed.ts';
import { weight } from '../../../core/slack/limits.ts';
import { ChannelBusy } from '../../../core/use-cases/ports.ts';
import { ana, compiledOf, policyText, start } from '../../support/fixtures.ts';
import { World } from '../../support/world.ts';
import { people, policy } from '../approval/asked.ts';
import { incidentId } from '../gate/situations.ts';
import { asked, House } from './asking.ts';

const ben = { id: people[1]?.slack ?? '' };
const escalating = `${policy}
escalation:
  - levels:
      - { place: incidents, wait: 3m }
      - { place: leads, mention: S0LEADS1, wait: 3m }
    page_wait: 2m
`;
const at = (minutes: number) => start + minutes * 60_000;

let house: House;
beforeEach(async () => {
  house = new House();
  house.compiled = compiledOf({ policy: escalating });
  await house.ask('token-1');
});

/** One tick a minute, up to and including this one. */
async function tickUntil(minutes: number) {
  const answers: string[] = [];
  while (house.now < at(minutes)) {
    house.now += 60_000;
    answers.push(await house.settle());
  }
  return answers;
}
const escalated = () => house.events('approval_escalated');
const channels = () => house.record().places.map(({ channel }: CardPlace) => channel);

describe('a question that nobody answers', () => {
  test('names its levels in what is signed, and waits no longer than they last', () => {
    const { terms, expiresAt, createdAt } = house.record().question;
    expect(createdAt).toBe(new Date(start).toISOString());
    expect(
      terms.levels.map(({ place, mention, until }) => [place, mention, (Date.parse(until) - start) / 60_000]),
    ).toEqual([
      ['incidents', null, 3],
      ['leads', 'S0LEADS1', 6],
      ['the page topic', null, 8],
    ]);
    expect(Date.parse(expiresAt)).toBe(at(8));
  });

  test('stays where it is until its level is over', async () => {
    expect(await tickUntil(2)).toEqual(['waiting', 'waiting']);
    expect([channels(), escalated(), house.pages]).toEqual([['incidents'], [], []]);
  });

  test('goes on to the next level, calls who is to be called there, and says so where it was', async () => {
    await tickUntil(3);
    expect(channels()).toEqual(['incidents', 'leads']);
    const newest = JSON.stringify(house.posts.at(-1));
    expect(newest).toMatch(/Level 2 of 3\. .*"usergroup_id":"S0LEADS1".*nobody answered in.*#incidents/);
    expect(newest).toContain('countersign.approve');
    const [old] = house.updates.filter(({ messageTs }) => messageTs === '1.0').slice(-1);
    expect(old?.text).toMatch(/Asked elsewhere too: .*#leads/);
    expect(escalated()).toEqual([
      {
        kind: 'approval_escalated',
        dispatch: asked,
        requestDigest: house.record().digest,
        level: 2,
        place: 'leads',
        until: new Date(at(6)).toISOString(),
        card: { channel: 'leads', messageTs: '2.0' },
      },
    ]);
  });

  test('is paged after its last level, once, and can still be answered', async () => {
    await tickUntil(7);
    expect(house.pages).toEqual([
      expect.stringMatching(/an answer is wanted[\s\S]*Answer before [\s\S]*Where: Slack, incidents, leads/),
    ]);
    expect(escalated().map(({ level, card }) => [level, card === null])).toEqual([
      [2, false],
      [3, true],
    ]);
    expect(house.updates.at(-1)?.text).toContain('A person is paged');
    await house.click('approve', { user: ben.id });
    expect(await house.settle()).toBe('approved');
  });

  test('does not say that a person is paged while the page topic refuses, and says so once it took it', async () => {
    house.port = (name) => {
      if (name === 'page') throw new Error('SNS says no');
    };
    await tickUntil(7);
    expect(house.updates.at(-1)?.text).not.toContain('A person is paged');
    house.port = () => {};
    house.now += 5_000;
    await house.settle();
    expect(house.updates.at(-1)?.text).toContain('A person is paged');
    house.now += 5_000;
    await house.settle();
    expect(house.updates.at(-1)?.text).toContain('A person is paged');
  });

  test('expires after its last level, which is never told as a rejection', async () => {
    expect((await tickUntil(8)).at(-1)).toBe('expired');
    const last = house.updates.slice(-2);
    expect(last.map(({ messageTs }) => messageTs)).toEqual(['1.0', '2.0']);
    for (const { text } of last) {
      expect(text).toMatch(/Expired, not run/);
      expect(text).not.toMatch(/reject|denied|refused/i);
    }
    expect(house.events('approval_settled')).toEqual([expect.objectContaining({ decision: 'expired', by: [] })]);
  });

  test('is answered at any of its places, and then over at all of them', async () => {
    await tickUntil(3);
    await house.click('approve');
    const ended = house.updates.slice(-2);
    expect(ended.map(({ messageTs }) => messageTs)).toEqual(['1.0', '2.0']);
    for (const { text } of ended) expect(text).not.toContain('countersign.approve');
    expect(await house.settle()).toBe('approved');
    await tickUntil(10);
    expect([house.posts.length, house.pages]).toEqual([2, []]);
  });

  test('passes over a level whose time is over, and does not page later for it', async () => {
    house.now = at(6.5);
    expect(await house.settle()).toBe('waiting');
    expect(channels()).toEqual(['incidents', 'leads']);
    expect([house.pages.length, escalated().map(({ level }) => level)]).toEqual([1, [2, 3]]);
  });

  test('goes to its second level at once where its first card could not be posted in the time of the first', async () => {
    house = new House();
    house.compiled = compiledOf({ policy: escalating });
    house.slackIsDown = true;
    await expect(house.ask('token-1')).rejects.toThrow('Slack is down');
    house.slackIsDown = false;
    house.now = at(4);
    await house.ask('token-2');
    expect(house.record().places).toEqual([{ channel: 'leads', messageTs: '1.0', level: 2 }]);
    expect(JSON.stringify(house.posts)).toContain('Level 2 of 3');
    expect(await house.settle()).toBe('waiting');
    expect([house.posts.length, escalated().map(({ level }) => level)]).toEqual([1, [2]]);
  });

  test('in the same channel answers in the thread of its first card', async () => {
    house = new House();
    house.compiled = compiledOf({ policy: escalating.replace('place: leads', 'place: incidents') });
    await house.ask('token-1');
    await tickUntil(3);
    expect(house.record().places).toEqual([
      { channel: 'incidents', messageTs: '1.0', threadTs: 'head' },
      { channel: 'incidents', messageTs: '2.0', threadTs: 'head', level: 2 },
    ]);
  });
});

describe('what goes wrong on the way', () => {
  test.each([
    ['Slack is down', () => new Error('An API error occurred: 500')],
    ['blocks that Slack does not take', () => new Error('An API error occurred: msg_blocks_too_long')],
    ['Slack wants no more now', () => new ChannelBusy('429')],
  ])('%s: it is tried at every tick, said once, and paged in the end', async (_, error) => {
    house.port = (name) => {
      if (name === 'post') throw error();
    };
    expect(await tickUntil(7)).toEqual(Array(7).fill('waiting'));
    expect(channels()).toEqual(['incidents']);
    expect(house.events('approval_undeliverable')).toHaveLength(error() instanceof ChannelBusy ? 0 : 1);
    expect([house.pages.length, escalated().map(({ level }) => level)]).toEqual([1, [3]]);
  });

  test('Slack comes back within the level: the card is posted late', async () => {
    house.port = (name) => {
      if (name === 'post' && house.now < at(5)) throw new Error('500');
    };
    await tickUntil(5);
    expect(channels()).toEqual(['incidents', 'leads']);
    expect(escalated().map(({ level }) => level)).toEqual([2]);
  });

  test('a pager that is down is tried again', async () => {
    house.port = (name) => {
      if (name === 'page' && house.now < at(7)) throw new Error('500');
    };
    await tickUntil(7.5);
    expect([house.pages.length, escalated().map(({ level }) => level)]).toEqual([1, [2, 3]]);
  });

  test('a lost note of the place: the next tick knows its own card, and posts no second', async () => {
    house.control.after = (name) => {
      if (name === 'control.delivered') throw new Error('lost');
    };
    await tickUntil(3);
    house.control.after = () => {};
    await tickUntil(5);
    expect([channels(), house.posts.length]).toEqual([['incidents', 'leads'], 2]);
    expect(escalated().map(({ level }) => level)).toEqual([2]);
  });

  test('an audit that takes no entry stops nobody from being asked, and has it once in the end', async () => {
    house.audit.port = (name) => {
      if (name === 'audit.put' && house.now < at(4)) throw new Error('no audit');
    };
    expect(await tickUntil(5)).toEqual(Array(5).fill('waiting'));
    expect([house.posts.length, escalated().map(({ level }) => level)]).toEqual([2, [2]]);
  });

  test('a stored card that is not this question’s is shown nowhere; a person is paged all the same', async () => {
    house.tamper({ card: { ...(house.record().card as object), command: 'rm -rf /' } });
    await tickUntil(7);
    expect([house.posts.length, house.pages.length]).toEqual([1, 1]);
    expect(house.events('approval_undeliverable')).toEqual([
      expect.objectContaining({ why: expect.stringContaining('is not this question’s') }),
    ]);
  });

  test('answered while its next card is posted: that card ends as answered too', async () => {
    const { post } = house.cards;
    house.now = at(3);
    house.cards.post = async (...said) => {
      await house.click('approve');
      return post(...said);
    };
    expect(await house.settle()).toBe('waiting');
    expect(channels()).toEqual(['incidents', 'leads']);
    const [newest] = house.updates.filter(({ messageTs }) => messageTs === '2.0').slice(-1);
    expect(newest?.text).toMatch(/Approved/);
    expect(await house.settle()).toBe('approved');
  });
});

describe('what is signed', () => {
  test('another wait in the policy is another question: it is asked anew', async () => {
    const before = house.record().digest;
    house.compiled = compiledOf({ policy: escalating.replace('wait: 3m', 'wait: 4m') });
    await house.ask('token-2');
    expect(house.record().digest).not.toBe(before);
    expect(house.record().question.revision).toBe(2);
    expect(house.events('approval_superseded')).toEqual([
      expect.objectContaining({ why: expect.stringContaining('where and how long it is asked changed') }),
    ]);
  });

  test('levels that somebody wrote into the row do not move the card', async () => {
    const { question } = house.record();
    const levels = [{ place: 'attacker', mention: null, until: question.expiresAt }];
    house.tamper({ question: { ...question, terms: { ...question.terms, levels } } });
    await tickUntil(4);
    expect(house.posts).toHaveLength(1);
    const forged = { ...question, terms: { ...question.terms, levels: [question.terms.levels[0], ...levels] } };
    house.tamper({ question: forged, digest: questionDigest(forged as typeof question) });
    await house.ask('token-2');
    expect(house.record().question.revision).toBe(2);
  });

  test('a click is taken from the card of any level: what is compared with the record is the same on each', async () => {
    await tickUntil(3);
    const [first, second] = house.posts.map(({ blocks }) => displayedDigest(blocks));
    expect(first).not.toBeNull();
    expect(second).toBe(first);
  });

  test('a card with everything on it still fits', () => {
    for (const { blocks } of house.posts) expect(weight(blocks)).toBeLessThan(13_000);
    expect(incidentId).toBe(house.record().question.incidentId);
  });
});

describe('the kernel', () => {
  /** A world whose question has come to its second level, and what was approved there. */
  async function approvedAtLevelTwo() {
    const world = new World();
    const more =
      'escalation: [{ levels: [{ place: incidents, wait: 3m }, { place: leads, wait: 3m }], page_wait: 4m }]';
    world.compiled = compiledOf({ policy: policyText('live', more) });
    const id = await world.ring();
    await world.plan(id);
    let dispatch: Dispatch | null = null;
    for (let turn = 0; turn < 20 && dispatch === null; turn += 1) {
      const next = await world.gate(id);
      if (next.decision === 'ask') dispatch = next.dispatch;
      else if (next.dispatch) await world.execute(id, next.dispatch);
    }
    if (dispatch === null) throw new Error('nothing was asked');
    await world.ask(id, dispatch);
    world.now += 4 * 60_000;
    await world.settle(id, dispatch);
    const [record] = world.control.records(id);
    if (!record) throw new Error('no question');
    return { world, id, dispatch, record };
  }

  test('builds the levels again from its own policy: what was approved at the second level is sent, once', async () => {
    const { world, id, dispatch, record } = await approvedAtLevelTwo();
    expect(record.places.map(({ level = 1 }) => level)).toEqual([1, 2]);
    expect(record.question.terms.levels).toHaveLength(3);
    const before = world.sends.length;
    await world.click(record, ana, 'approve');
    expect(await world.settle(id, dispatch)).toBe('approved');
    await world.execute(id, dispatch);
    await world.execute(id, dispatch);
    expect(world.sends.length).toBe(before + 1);
  });

  test('sends nothing under a vote for other levels than its policy has', async () => {
    const { world, id, dispatch, record } = await approvedAtLevelTwo();
    const { question } = record;
    const levels = [{ place: 'attacker', mention: null, until: question.expiresAt }];
    const asked = { ...question, terms: { ...question.terms, levels } };
    const forged = { ...record, question: asked, digest: questionDigest(asked), status: 'APPROVED' as const };
    world.plant({ ...forged, votes: [await world.vote(forged, ana)] });
    const before = world.sends.length;
    expect(await world.execute(id, dispatch)).toMatchObject({ outcome: 'stale' });
    expect(world.sends.length).toBe(before);
  });
});
