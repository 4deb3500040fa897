/** Settling: the record is believed as far as signatures and the clock explain it, its end is appended once. */
import { beforeEach, describe, expect, test } from 'vitest';
import { voteEntryId } from '../../../core/approval/votes.ts';
import { sha256 } from '../../../core/digest.ts';
import { historyLimits } from '../../../core/limits.ts';
import { questionDigest } from '../../../core/question.ts';
import type { ApprovalCard } from '../../../core/report/question-card.ts';
import { ana, ben, start } from '../../support/fixtures.ts';
import { voted } from '../approval/asked.ts';
import { incidentId } from '../gate/situations.ts';
import { asked, House } from './asking.ts';

const expiry = start + 600_000;
let house: House;
beforeEach(async () => {
  house = new House();
  await house.ask('token-1');
  house.now += 1000;
});
const settled = () => house.events('approval_settled');
const halts = (why: RegExp) => {
  expect(house.events('approval_undeliverable')).toEqual([
    { kind: 'approval_undeliverable', dispatch: asked, why: expect.stringMatching(why) },
  ]);
  expect(settled()).toEqual([
    expect.objectContaining({ decision: 'undeliverable', reason: expect.stringMatching(why) }),
  ]);
};

describe('a question that is out', () => {
  test('is waited for, until before its expiry', async () => {
    for (const now of [start, expiry - 1]) {
      house.now = now;
      expect(await house.settle()).toBe('waiting');
    }
    expect([settled(), house.undelivered, house.record().status]).toEqual([[], 0, 'PENDING']);
  });

  test('is drawn anew with the time that is left, and its approvers are called once in the last two minutes', async () => {
    for (const left of [300, 121, 61, 1]) {
      house.now = expiry - left * 1000;
      await house.settle();
    }
    expect(house.updates.map(({ text }) => /"([^"]+) left"/.exec(text)?.[1])).toEqual([
      '5 min',
      '2 min',
      '61 s',
      '1 s',
    ]);
    expect(house.replies.map(({ text }) => text)).toEqual([expect.stringMatching(/^61 s left to answer: /)]);
  });

  test('that is answered while it is drawn anew stays drawn as answered', async () => {
    const { update } = house.cards;
    let isFirst = true;
    house.cards.update = async (place, message) => {
      if (isFirst) {
        isFirst = false;
        await house.click('approve');
      }
      return update(place, message);
    };
    expect(await house.settle()).toBe('waiting');
    expect(house.updates.at(-1)?.text).toMatch(/Approved.*U0000000001/);
    expect(house.updates.at(-1)?.text).not.toContain('countersign.approve');
  });

  test('is not drawn anew where another card, or another script, lies as its card', async () => {
    const record = house.record();
    const { card } = record;
    for (const other of [
      { ...(card as object), command: 'rm -rf /' },
      { ...(card as object), reference: { questionDigest: 'f'.repeat(64) } },
      {},
      'none',
    ]) {
      house.tamper({ card: other });
      expect(await house.settle()).toBe('waiting');
    }
    expect(house.updates).toEqual([]);
  });

  test('is waited for although Slack takes no drawing', async () => {
    house.slackIsDown = true;
    expect(await house.settle()).toBe('waiting');
  });

  test('expires when its time is over: told on the card, appended once', async () => {
    house.now = expiry;
    expect(await house.settle()).toBe('expired');
    expect(await house.settle()).toBe('expired');
    expect(house.record().status).toBe('EXPIRED');
    expect(house.updates).toEqual([
      { messageTs: '1.0', text: expect.stringMatching(/Expired, not run.*Nobody decided in time/) },
    ]);
    expect(settled()).toEqual([
      {
        kind: 'approval_settled',
        dispatch: asked,
        policyDigest: house.compiled.policyDigest,
        requestDigest: house.record().digest,
        decision: 'expired',
        by: [],
        reason: '',
      },
    ]);
  });

  test.each(['approve', 'reject'] as const)(
    'answered while its card is drawn again (%s): the card ends as answered',
    async (word) => {
      const { update } = house.cards;
      house.cards.update = async (...drawn) => {
        house.cards.update = update;
        await house.click(word, word === 'reject' ? { reason: 'not now' } : {});
        await update(...drawn);
      };
      expect(await house.settle()).toBe('waiting');
      expect(house.updates.at(-1)?.text).toMatch(word === 'reject' ? /Rejected.*not now/ : /Approved/);
      expect(house.updates.at(-1)?.text).not.toContain('countersign.approve');
    },
  );

  test('under an older policy goes back to the gate, also when its time is over', async () => {
    house.compiled = { ...house.compiled, policyDigest: sha256('x') };
    house.now = expiry;
    expect(await house.settle()).toBe('answered');
    expect([house.record().status, settled()]).toEqual([
      'PENDING',
      [expect.objectContaining({ reason: 'the policy changed' })],
    ]);
  });
});

describe('votes', () => {
  test('an approval is answered and appended with who gave it', async () => {
    await house.click('approve');
    expect(await house.settle()).toBe('approved');
    expect(await house.settle()).toBe('approved');
    expect(settled()).toEqual([
      expect.objectContaining({ decision: 'approved', by: [{ name: 'ana', via: 'slack', id: ana.id }], reason: '' }),
    ]);
    expect(house.events('vote_signed')).toHaveLength(1);
  });

  test('a rejection is answered with its reason, under whichever policy', async () => {
    await house.click('reject', { reason: 'not now' });
    house.compiled = { ...house.compiled, policyDigest: sha256('x') };
    expect(await house.settle()).toBe('rejected');
    expect(settled()).toEqual([
      expect.objectContaining({
        decision: 'rejected',
        reason: 'not now',
        by: [expect.objectContaining({ name: 'ana' })],
      }),
    ]);
  });

  test('an approval under an older policy goes back to the gate', async () => {
    await house.click('approve');
    house.compiled = { ...house.compiled, policyDigest: sha256('x') };
    expect(await house.settle()).toBe('answered');
  });

  test('an approval that is too old by now is answered: the kernel says so', async () => {
    await house.click('approve');
    house.now = expiry * 2;
    expect(await house.settle()).toBe('approved');
  });

  test.each(['approved', 'waiting'] as const)(
    'one that was written but not recorded is recorded: %s',
    async (decision) => {
      if (decision === 'waiting') {
        const { question } = house.record();
        const two = { ...question, terms: { ...question.terms, required: 2 } };
        const digest = questionDigest(two);
        const card = house.record().card as ApprovalCard;
        house.tamper({
          question: two,
          digest,
          card: { ...card, reference: { ...card.reference, questionDigest: digest } },
        });
      }
      house.audit.port = (name) => {
        if (name === 'audit.put') throw new Error('no audit');
      };
      await house.click('approve');
      house.audit.port = () => {};
      expect(house.events('vote_signed')).toEqual([]);
      expect([await house.settle(), await house.settle()]).toEqual([decision, decision]);
      const [envelope] = house.record().votes;
      expect(house.events('vote_signed')).toEqual([expect.objectContaining({ envelope, word: 'approve' })]);
      expect(
        house.audit.entries(incidentId).filter(({ entryId }) => entryId === (envelope && voteEntryId(envelope))),
      ).toHaveLength(1);
    },
  );

  test('one that nobody signed is neither recorded nor believed', async () => {
    const genuine = await voted({ question: house.record().digest });
    const payload = Buffer.from(JSON.stringify({ ...genuine.vote, by: { ...ben, via: 'slack' } })).toString('base64');
    house.tamper({ status: 'APPROVED', votes: [{ ...genuine.envelope, payload }] });
    expect(await house.settle()).toBe('undeliverable');
    expect(house.events('vote_signed')).toEqual([]);
    halts(/marked approved, but 0 of 1 signed approvals/);
  });
});

describe('a status that nothing explains', () => {
  test.each([
    ['APPROVED', /marked approved, but 0 of 1/],
    ['REJECTED', /marked rejected, but nobody rejected it/],
    ['EXPIRED', /marked expired, but its time is not over/],
  ])('%s ends the incident with its cause, once', async (status, why) => {
    house.tamper({ status });
    expect([await house.settle(), await house.settle()]).toEqual(['undeliverable', 'undeliverable']);
    halts(why);
  });

  test('a question that was changed after it was approved is not believed', async () => {
    await house.click('approve');
    const { question } = house.record();
    house.tamper({ question: { ...question, terms: { ...question.terms, approvers: ['cleo'] } } });
    expect(await house.settle()).toBe('undeliverable');
    halts(/was changed after it was asked/);
  });
});

describe('what goes back to the gate', () => {
  test('a question that people answered with neither yes nor no, and who did', async () => {
    await house.click('skip', { reason: 'done by hand' });
    expect([await house.settle(), await house.settle()]).toEqual(['answered', 'answered']);
    expect(settled()).toMatchObject([{ decision: 'answered', by: [{ name: 'ana' }], reason: 'done by hand' }]);
  });

  test('not one that is said to be answered, and nobody did', async () => {
    house.tamper({ status: 'ANSWERED' });
    expect(await house.settle()).toBe('undeliverable');
    halts(/nobody answered it/);
  });

  test.each(['SUPERSEDED', 'WITHDRAWN'])('a question that is %s', async (status) => {
    house.tamper({ status });
    expect([await house.settle(), await house.settle()]).toEqual(['answered', 'answered']);
    expect(settled()).toHaveLength(1);
    expect(house.undelivered).toBe(0);
  });

  test('under a broken chain everything, and nothing is written', async () => {
    house.now = expiry;
    const entries = house.audit.entries(incidentId).length;
    house.audit.plant(incidentId, 3, 'no entry');
    expect(await house.settle()).toBe('answered');
    expect([house.record().status, house.audit.chains.get(incidentId)?.length]).toEqual(['PENDING', entries]);
  });
});

describe('rounds without a card', () => {
  const rounds = async (count: number) => {
    const answers: string[] = [];
    for (let round = 0; round < count; round += 1) answers.push(await house.settle());
    return answers;
  };
  const most = historyLimits.maximumUndeliveredRounds;

  test('are waited for, six in an incident', async () => {
    house.tamper({ places: [] });
    expect(await rounds(most)).toEqual([...Array(most - 1).fill('waiting'), 'undeliverable']);
    expect(settled()).toEqual([expect.objectContaining({ decision: 'undeliverable', reason: '' })]);
    expect(house.events('approval_undeliverable')).toEqual([]);
  });

  test.each<[string, () => void, string]>([
    ['a question on no card', () => house.tamper({ places: [] }), 'waiting'],
    ['no question at all', () => house.control.questions.clear(), 'answered'],
  ])('that AWS kept from a card are not counted: %s', async (_, prepare, answer) => {
    prepare();
    for (let round = 0; round < 3 * most; round += 1) expect(await house.settle(asked, true)).toBe(answer);
    expect(house.undelivered).toBe(0);
  });

  test.each<[string, () => void]>([
    ['no question at all', () => house.control.questions.clear()],
    ['a row of another format', () => house.tamper({ later: 1 })],
  ])('go back to the gate where there is %s, six in an incident', async (_, prepare) => {
    prepare();
    expect(await rounds(most)).toEqual([...Array(most - 1).fill('answered'), 'undeliverable']);
  });
});

describe('the race between expiry and a vote', () => {
  beforeEach(() => {
    house.now = expiry;
  });

  test.each([
    ['approve', 'APPROVED', 'approved'],
    ['reject', 'REJECTED', 'rejected'],
  ])('the vote wins with %s: it is answered, and its card is left alone', async (word, status, decision) => {
    const cast = await voted({ question: house.record().digest, word });
    house.control.port = (name) => {
      if (name === 'control.end') house.tamper({ status, votes: [cast.envelope] });
    };
    expect(await house.settle()).toBe(decision);
    expect(house.updates).toEqual([]);
    expect(settled()).toEqual([expect.objectContaining({ decision, by: [cast.vote.by] })]);
    expect(house.events('vote_signed')).toEqual([expect.objectContaining({ envelope: cast.envelope })]);
  });

  test('the expiry wins: the vote is refused', async () => {
    expect(await house.settle()).toBe('expired');
    house.now = expiry - 1;
    await house.click('approve');
    expect(house.told[0]?.text).toBe('This question is already expired.');
    expect([house.record().votes, house.record().status]).toEqual([[], 'EXPIRED']);
  });

  test('a question that was superseded meanwhile goes back to the gate', async () => {
    house.control.port = (name) => {
      if (name === 'control.end') house.tamper({ status: 'SUPERSEDED' });
    };
    expect(await house.settle()).toBe('answered');
    expect(house.updates).toEqual([]);
  });

  test('a lost answer is no lost race', async () => {
    house.control.after = (name) => {
      if (name === 'control.end') throw new Error('the answer was lost');
    };
    expect(await house.settle()).toBe('expired');
    expect(house.updates).toHaveLength(1);
  });

  test('an expiry that failed is an error', async () => {
    house.control.port = (name) => {
      if (name === 'control.end') throw new Error('throttled');
    };
    await expect(house.settle()).rejects.toThrow('throttled');
    expect([house.record().status, settled()]).toEqual(['PENDING', []]);
  });

  test('a row that is gone goes back to the gate', async () => {
    house.control.after = (name) => {
      if (name === 'control.end') house.control.questions.clear();
    };
    expect(await house.settle()).toBe('answered');
  });
});
