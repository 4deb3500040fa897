/** Who decides, at both doors: quorum and second channel, suspended people, and what Slack says of whoever clicks. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Suspension } from '../../../core/incident/suspension.ts';
import { questionDigest } from '../../../core/question.ts';
import type { ApprovalCard } from '../../../core/report/question-card.ts';
import { ana, ben } from '../../support/fixtures.ts';
import { asked, House } from './asking.ts';

let house: House;
beforeEach(async () => {
  house = new House();
  await house.ask('token-1');
  house.now += 1000;
});
const told = () => house.told.map(({ text }) => text);
const status = () => house.record().status;
const suspension: Suspension = { by: 'cleo', why: 'lost the phone', at: '2026-11-21T03:00:00Z', envelope: null };

/** As the policy would ask for it: the card and the digest go with it. */
function demanding(terms: Partial<ReturnType<House['record']>['question']['terms']>): void {
  const { question, card } = house.record();
  const other = { ...question, terms: { ...question.terms, ...terms } };
  const { reference, ...rest } = card as ApprovalCard;
  const digest = questionDigest(other);
  house.tamper({ question: other, digest, card: { ...rest, reference: { ...reference, questionDigest: digest } } });
}

describe('a second channel', () => {
  beforeEach(() => demanding({ required: 2, secondChannel: true }));

  test('is not given by two people in Slack; one of them may give it through IAM as well', async () => {
    await house.click('approve');
    await house.click('approve', { user: ben.id });
    expect([status(), house.woken]).toEqual(['PENDING', []]);
    expect(await house.speak(house.spoken('approve'))).toMatchObject({ outcome: 'counted', status: 'APPROVED' });
    expect(house.woken).toEqual(['token-1']);
  });

  test('is given once: the same person in Slack and through IAM is still one', async () => {
    await house.click('approve');
    expect(await house.speak(house.spoken('approve'))).toMatchObject({ outcome: 'counted', status: 'PENDING' });
    await house.click('approve', { user: ben.id });
    expect(status()).toBe('APPROVED');
  });

  test('given first, needs somebody else after it, and nobody twice', async () => {
    await house.speak(house.spoken('approve'));
    await house.click('approve');
    expect([status(), told()]).toEqual(['PENDING', [expect.stringMatching(/already/)]]);
    await house.click('approve', { user: ben.id });
    expect(status()).toBe('APPROVED');
  });
});

describe('somebody who is suspended', () => {
  test('approves nothing, and may say no', async () => {
    house.control.suspensions.set('ana/1', suspension);
    await house.click('approve');
    expect([status(), told()]).toEqual(['PENDING', ['You are suspended: somebody else must approve this.']]);
    await house.click('reject', { reason: 'no' });
    expect(status()).toBe('REJECTED');
  });

  test('has not approved what they approved before', async () => {
    demanding({ required: 2 });
    await house.click('approve');
    house.control.suspensions.set('ana/1', suspension);
    await house.click('approve', { user: ben.id });
    expect([status(), house.woken]).toEqual(['PENDING', []]);
  });

  test('between approval and use: it is asked anew, and says why', async () => {
    await house.click('approve');
    house.control.suspensions.set('ana/1', suspension);
    await house.ask('token-2');
    expect([house.record().question.revision, status()]).toEqual([2, 'PENDING']);
    expect(JSON.stringify(house.record().card)).toContain('ana is suspended');
  });
});

describe('who has a part in it', () => {
  beforeEach(() => demanding({ approvers: ['ben'], excluded: [{ name: 'ana', why: 'changed' }] }));

  test('is told so, and may say no', async () => {
    await house.click('approve');
    expect([status(), told()]).toEqual([
      'PENDING',
      ['You may reject this and not approve it: you changed what is asked.'],
    ]);
    await house.click('reject', { reason: 'no' });
    expect(status()).toBe('REJECTED');
  });
});

describe('Slack, asked who clicks', () => {
  test.each<[string, Parameters<House['members']['others']['set']>[1], RegExp]>([
    ['a guest', { isGuest: true }, /guest/],
    ['a bot', { isBot: true }, /bot/],
    ['of another workspace', { teams: ['T9'] }, /another workspace/],
  ])('says %s: nothing is signed, and the person is told', async (_, other, text) => {
    house.members.others.set(ana.id, other);
    await house.click('approve');
    expect([status(), house.record().votes, told()]).toEqual(['PENDING', [], [expect.stringMatching(text)]]);
    expect(house.events('vote_refused')).toHaveLength(1);
    await house.click('reject', { reason: 'no' });
    expect(status()).toBe('REJECTED');
  });

  test('says nothing: nothing is signed, and the person is told why', async () => {
    house.members.isDown = true;
    await house.click('approve');
    expect([status(), told()]).toEqual(['PENDING', [expect.stringMatching(/does not say who you are.*Slack is down/)]]);
    house.members.isDown = false;
    await house.click('approve');
    expect(status()).toBe('APPROVED');
  });

  test('is not asked about whoever comes through IAM', async () => {
    house.members.isDown = true;
    expect(await house.speak(house.spoken('approve'))).toMatchObject({ outcome: 'counted', status: 'APPROVED' });
  });

  test('narrows a group at both doors', async () => {
    demanding({ narrowed: [{ name: 'ana', slackGroups: [['S1']] }] });
    house.members.groups.set('S1', []);
    await house.click('approve');
    expect(await house.speak(house.spoken('approve'))).toMatchObject({ outcome: 'refused', status: 'PENDING' });
    expect(told()).toEqual([expect.stringMatching(/not in the Slack user group S1/)]);
    house.members.groups.set('S1', [ana.id]);
    await house.click('approve');
    expect(status()).toBe('APPROVED');
  });
});

test('a click of another app or workspace than the card’s does not count', async () => {
  const places = house.record().places.map((place) => ({ ...place, appId: 'A1', team: 'T1' }));
  house.tamper({ places });
  await house.click('approve', { appId: 'A2', team: 'T1' });
  await house.click('approve', { appId: 'A1', team: 'T2' });
  await house.click('approve');
  expect([status(), told()]).toEqual([
    'PENDING',
    [
      expect.stringMatching(/another Slack app/),
      expect.stringMatching(/another Slack workspace/),
      expect.stringMatching(/another Slack app/),
    ],
  ]);
  await house.click('approve', { appId: 'A1', team: 'T1' });
  expect([status(), house.record().question.items[0]?.dispatch]).toEqual(['APPROVED', asked]);
});
