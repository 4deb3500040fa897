/** After each vote the card says who gave one and whose is wanted, at every place; a decided card never comes back as one that waits. */
import { beforeEach, expect, test } from 'vitest';
import type { Question } from '../../../core/question.ts';
import { questionDigest } from '../../../core/question.ts';
import type { ApprovalCard } from '../../../core/report/question-card.ts';
import { people } from '../approval/asked.ts';
import { House } from './asking.ts';

const ben = { id: people[1]?.slack ?? '' };
let house: House;
beforeEach(async () => {
  house = new House();
  await house.ask('token-1');
  house.now += 1000;
});

/** The question wants so many people, with its card as it would be posted then. */
function wanting(required: number, more: Partial<Question['terms']> = {}) {
  const { question, card } = house.record();
  const asked = { ...question, terms: { ...question.terms, required, ...more } };
  const digest = questionDigest(asked);
  const { reference, ...rest } = card as ApprovalCard;
  house.tamper({
    question: asked,
    digest,
    card: { ...rest, required, reference: { ...reference, questionDigest: digest } },
  });
}
/** What the card at a place says last, as one line of words. */
const says = (messageTs = '1.0') => {
  const text = house.updates.findLast((update) => update.messageTs === messageTs)?.text ?? '';
  return [...text.matchAll(/"(?:text|user_id)":"([^"]*)"/g)].map(([, word]) => word).join('');
};

test('one of two: who gave one, and of whom one more is wanted', async () => {
  wanting(2);
  await house.click('approve');
  expect(says()).toContain('1 of 2: ana; one more of U0000000002.');
  expect(house.updates.at(-1)?.text).toContain('countersign.approve');
  expect(house.replies).toEqual([]);
  await house.click('approve', { user: ben.id });
  expect(says()).toMatch(/^Approved/);
  expect(says()).not.toContain('one more');
});

test('where the second channel is wanted, that it must come through IAM', async () => {
  wanting(2, { secondChannel: true });
  await house.settle();
  expect(says()).toMatch(/Needs 2 different approvals from .*, one of them through IAM/);
  await house.click('approve');
  expect(says()).toContain('1 of 2: ana; one more of U0000000002, through IAM (countersign approvals approve).');
});

test('where everybody who is wanted approved in Slack, that one approval through IAM is missing, and whose counts', async () => {
  wanting(2, { secondChannel: true });
  await house.click('approve');
  await house.click('approve', { user: ben.id });
  expect(house.record().status).toBe('PENDING');
  expect(says()).toContain(
    '2 of 2: ana and ben; one of them or of the others through IAM (countersign approvals approve), which counts of U0000000001.',
  );
  expect(says()).not.toMatch(/0 more/);
});

test('an approval that was taken back, or of somebody whom the policy names no more, is not on it', async () => {
  wanting(2);
  await house.click('approve');
  await house.click('revoke');
  expect(says()).toMatch(/Needs 2 different approvals from U0000000001 or U0000000002\./);
  await house.click('approve', { user: ben.id });
  house.compiled = { ...house.compiled, policy: { ...house.compiled.policy, people: people.slice(0, 1) } };
  await house.settle();
  expect(says()).toMatch(/Needs 2 different approvals from/);
});

test('at every place that it has', async () => {
  wanting(2);
  const { places } = house.record();
  house.tamper({ places: [...places, { channel: 'leads', messageTs: '9.0', level: 2 }] });
  await house.click('approve');
  expect([says('1.0'), says('9.0')].map((text) => text.includes('1 of 2: ana'))).toEqual([true, true]);
});

test('a second vote while the first is drawn: the card ends as decided', async () => {
  wanting(2);
  const { update } = house.cards;
  let isFirst = true;
  house.cards.update = async (...drawn) => {
    if (isFirst) {
      isFirst = false;
      await house.click('approve', { user: ben.id });
    }
    return update(...drawn);
  };
  await house.click('approve');
  expect(house.record().status).toBe('APPROVED');
  expect(says()).toMatch(/^Approved/);
  expect(house.updates.at(-1)?.text).not.toContain('countersign.approve');
});

test('a vote among more while it is drawn is on the card in the end', async () => {
  wanting(3);
  const { update } = house.cards;
  let isFirst = true;
  house.cards.update = async (...drawn) => {
    if (isFirst) {
      isFirst = false;
      await house.click('approve', { user: ben.id });
    }
    return update(...drawn);
  };
  await house.click('approve');
  expect(says()).toContain('2 of 3: ana and ben; one more of ');
});

test('Slack takes no drawing: the vote counts, and the next tick draws it', async () => {
  wanting(2);
  house.slackIsDown = true;
  await house.click('approve');
  expect([house.record().votes.length, house.updates]).toEqual([1, []]);
  house.slackIsDown = false;
  await house.settle();
  expect(says()).toContain('1 of 2: ana');
});

test('a vote that Control counts and nobody signed is on no card', async () => {
  wanting(2);
  await house.click('approve');
  const [envelope] = house.record().votes;
  if (!envelope) throw new Error('no vote');
  house.tamper({ votes: [{ ...envelope, signatures: [{ ...envelope.signatures[0], sig: 'AAAA' }] }] });
  await house.settle();
  expect(says()).toContain('Needs 2 different approvals');
});
