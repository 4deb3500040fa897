/** Deciding: one signed vote per person, written once, and a word for everybody who clicked in vain. */
import { beforeEach, describe, expect, test } from 'vitest';
import { genuineVotes, voteEntryId } from '../../../core/approval/votes.ts';
import { sha256 } from '../../../core/digest.ts';
import { questionDigest, Vote } from '../../../core/question.ts';
import { formatReference } from '../../../core/reference.ts';
import type { ApprovalCard } from '../../../core/report/question-card.ts';
import { isoOf } from '../../../core/time.ts';
import { ana, ben, start } from '../../support/fixtures.ts';
import { cleo, pem, voted } from '../approval/asked.ts';
import { incidentId } from '../gate/situations.ts';
import { asked, House } from './asking.ts';

const older = `inc-0123456789abcdef0123.2.run.1.0123456789ab.${'0f'.repeat(32)}`;
let house: House;
beforeEach(async () => {
  house = new House();
  await house.ask('token-1');
  house.now += 1000;
});
const votes = () => genuineVotes(house.record().votes, house.record().digest, pem);
const told = () => house.told.map(({ text }) => text);

/** The question needs two people: as issue 4 will let the policy say. */
function needingTwo(): void {
  const { question } = house.record();
  const two = { ...question, terms: { ...question.terms, required: 2 } };
  const card = house.record().card as ApprovalCard;
  const reference = { ...card.reference, questionDigest: questionDigest(two) };
  house.tamper({ question: two, digest: questionDigest(two), card: { ...card, reference, required: 2 } });
}

describe('an approval', () => {
  test('is signed under the policy’s name, written, recorded, and wakes the machine', async () => {
    await house.click('approve');
    expect(votes()).toEqual([
      {
        vote: {
          format: 1,
          question: house.record().digest,
          word: 'approve',
          by: { name: 'ana', via: 'slack', id: ana.id },
          at: isoOf(start + 1000),
          reason: '',
        },
        envelope: house.record().votes[0],
      },
    ]);
    expect(house.record().status).toBe('APPROVED');
    expect(house.woken).toEqual(['token-1']);
    expect(house.told).toEqual([]);
    expect(house.updates).toEqual([{ messageTs: '1.0', text: expect.stringMatching(/Approved.*U0000000001/) }]);
    const [envelope] = house.record().votes;
    expect(house.events('vote_signed')).toEqual([
      expect.objectContaining({
        dispatch: asked,
        questionDigest: house.record().digest,
        word: 'approve',
        by: { name: 'ana', via: 'slack', id: ana.id },
        envelope,
      }),
    ]);
    expect(house.audit.entries(incidentId).at(-1)?.entryId).toBe(envelope && voteEntryId(envelope));
  });

  test('of one of two is written and wakes nobody; the second completes it', async () => {
    needingTwo();
    await house.click('approve');
    expect([house.record().status, house.woken]).toEqual(['PENDING', []]);
    expect(house.updates.at(-1)?.text).toContain('1 of 2: ');
    await house.click('approve', { user: ben.id });
    expect([house.record().status, house.woken, votes().length]).toEqual(['APPROVED', ['token-1'], 2]);
    expect(house.updates.at(-1)?.text).toMatch(/U0000000001.*U0000000002/);
    expect(house.events('vote_signed')).toHaveLength(2);
  });

  test('wakes with the token of the newest tick', async () => {
    house.control.port = (name) => {
      if (name === 'control.vote') house.tamper({ token: 'token-2' });
    };
    await house.click('approve');
    expect(house.woken).toEqual(['token-2']);
  });
});

describe('a rejection', () => {
  test('rejects at once, with its reason on the card, and without the secret in it', async () => {
    await house.click('reject', { reason: 'no, see password=hunter2hunter2' });
    expect(house.record().status).toBe('REJECTED');
    expect(votes()[0]?.vote).toMatchObject({ word: 'reject', reason: 'no, see password=[redacted: password]' });
    expect(house.woken).toEqual(['token-1']);
    expect(house.updates[0]?.text).toContain('no, see password=');
    expect(JSON.stringify([...house.control.questions, house.audit.entries(incidentId), house.updates])).not.toContain(
      'hunter2',
    );
  });

  test('a click on Reject alone is no rejection: the modal asks why first', async () => {
    await house.click('reject');
    expect([house.record().status, house.told, house.woken]).toEqual(['PENDING', [], []]);
  });
});

describe('a click in vain', () => {
  test.each<[string, () => unknown, Parameters<House['click']>, RegExp]>([
    ['on an unknown question', () => {}, ['approve', { reference: { revision: 2 } }], /not known here/],
    [
      'on another version of it',
      () => {},
      ['approve', { reference: { questionDigest: sha256('x') } }],
      /another version/,
    ],
    ['on a question of another format', () => house.tamper({ later: 1 }), ['approve', {}], /another release/],
    ['after it expired', () => Object.assign(house, { now: start + 600_000 }), ['approve', {}], /has expired/],
    ['by a stranger', () => {}, ['approve', { user: 'U0000000099' }], /does not name you\.$/],
    ['by somebody who may not approve', () => {}, ['approve', { user: cleo.id }], /as an approver/],
    [
      'with a word that is no answer to it',
      () => {},
      ['choose', {}],
      /"choose" is no answer to this question, which takes approve, reject, skip/,
    ],
    [
      'on a question that is superseded',
      () => house.tamper({ status: 'SUPERSEDED' }),
      ['approve', {}],
      /already superseded/,
    ],
    [
      'on a card of an older policy',
      () => Object.assign(house, { compiled: { ...house.compiled, policyDigest: sha256('x') } }),
      ['approve', {}],
      /older policy/,
    ],
  ])('%s is told where it was clicked, recorded, and not signed', async (_, prepare, click, words) => {
    const [word, options] = click;
    const reference = formatReference({ ...house.reference(), ...(options?.reference as object) });
    await prepare();
    await house.click(word, { ...options, reference });
    expect(house.told).toEqual([
      { channel: 'incidents', user: options?.user ?? ana.id, text: expect.stringMatching(words) },
    ]);
    expect(house.events('vote_refused')).toEqual([
      {
        kind: 'vote_refused',
        reference: '2.run.1.1',
        by: expect.objectContaining({ via: 'slack' }),
        decision: word,
        why: told()[0],
      },
    ]);
    expect([house.woken, house.events('vote_signed')]).toEqual([[], []]);
    expect(JSON.stringify(house.audit.entries(incidentId))).not.toContain('what Slack says');
  });

  test('with a card of the first release is told to use the newest card', async () => {
    await house.click('approve', { reference: older });
    expect(house.told).toEqual([
      { channel: 'incidents', user: ana.id, text: expect.stringMatching(/older release.*newest card/) },
    ]);
    await house.click('reject', { reference: older, reason: 'no' });
    expect(house.told[1]).toMatchObject({ channel: 'incidents' });
  });

  test('from a modal is told where the card is', async () => {
    await house.click('reject', { user: cleo.id, reason: 'no' });
    expect(house.told).toEqual([
      { channel: 'incidents', user: cleo.id, text: expect.stringMatching(/as an approver/) },
    ]);
    house.tamper({ places: [{ channel: 'C7', messageTs: '1.0' }] });
    await house.click('reject', { user: cleo.id, reason: 'no' });
    expect(house.told[1]?.channel).toBe('C7');
  });

  test('is recorded once per person and question, however often it is clicked', async () => {
    for (let clicks = 0; clicks < 20; clicks += 1) await house.click('approve', { user: 'U0000000099' });
    await house.click('skip', { user: 'U0000000099' });
    await house.click('approve', { user: cleo.id });
    expect(house.events('vote_refused').map(({ by }) => by.name)).toEqual(['U0000000099', 'cleo']);
    expect(house.told).toHaveLength(22);
  });

  test('of which there are two at the same moment, with different words, is one entry and no error', async () => {
    await Promise.all([
      house.click('approve', { user: cleo.id }),
      house.click('dance', { user: cleo.id, reference: { questionDigest: sha256('x') } }),
    ]);
    expect(house.events('vote_refused')).toHaveLength(1);
    expect(house.told).toHaveLength(2);
  });

  test('about an incident without a chain writes nothing', async () => {
    const reference = { ...house.reference(), incidentId: `inc-${'0'.repeat(20)}` };
    await house.click('approve', { reference });
    expect(told()).toEqual([expect.stringMatching(/not known here/)]);
    expect([...house.audit.chains.keys()]).toEqual([incidentId]);
  });

  test('is told although it cannot be recorded', async () => {
    house.audit.port = () => {
      throw new Error('no audit');
    };
    await expect(house.click('approve', { user: cleo.id })).rejects.toThrow(/no audit/);
    expect(told()).toEqual([expect.stringMatching(/as an approver/)]);
  });

  test('an answer that was given meanwhile is told, and wakes nobody', async () => {
    const other = await voted({ question: house.record().digest, by: { ...ben, via: 'slack' } });
    house.control.port = (name) => {
      if (name === 'control.vote') house.tamper({ votes: [other.envelope] });
    };
    await house.click('approve');
    expect(told()).toEqual(['Somebody else answered at the same moment.']);
    expect([house.woken, votes()]).toEqual([[], [other]]);
  });

  test('that Slack did not sign is nothing', async () => {
    await expect(house.click('approve', { secret: 'x' })).rejects.toMatchObject({ name: 'NotFromSlack' });
    expect([house.told, house.record().status]).toEqual([[], 'PENDING']);
  });
});

describe('the same answer again', () => {
  test('is counted once, and says so', async () => {
    await house.click('approve');
    await house.click('approve');
    expect(votes()).toHaveLength(1);
    expect(told()).toEqual(['Your answer is counted already.']);
    expect([house.events('vote_signed').length, house.events('vote_refused').length]).toEqual([1, 0]);
    expect(house.woken).toEqual(['token-1', 'token-1']);
  });

  test('finishes what a crash left undone: the record and the wake-up', async () => {
    house.port = (name) => {
      if (name === 'wake') throw new Error('throttled');
    };
    house.audit.port = (name) => {
      if (name === 'audit.put') throw new Error('no audit');
    };
    await expect(house.click('approve')).rejects.toThrow('throttled');
    expect([house.events('vote_signed'), house.woken, house.record().status]).toEqual([[], [], 'APPROVED']);
    house.port = () => {};
    house.audit.port = () => {};
    await house.click('approve');
    expect([house.events('vote_signed').length, house.woken]).toEqual([1, ['token-1']]);
  });

  test('of one of two wakes nobody', async () => {
    needingTwo();
    await house.click('approve');
    await house.click('approve');
    expect([told(), house.woken, house.record().status]).toEqual([['Your answer is counted already.'], [], 'PENDING']);
  });

  test('another answer of the same person, or one that is not the last, is refused', async () => {
    needingTwo();
    await house.click('approve');
    await house.click('reject', { reason: 'no' });
    expect(told()).toEqual(['You have answered this question already.']);
    await house.click('approve', { user: ben.id });
    await house.click('approve');
    expect(told()[1]).toBe('This question is already approved, by ana and ben at 03:00 UTC.');
  });

  test('to a question that was superseded since is refused', async () => {
    needingTwo();
    await house.click('approve');
    house.tamper({ status: 'SUPERSEDED' });
    await house.click('approve');
    expect(told()).toEqual(['This question is already superseded.']);
  });
});

describe('faults', () => {
  test('an answer lost after the vote was written is no lost race', async () => {
    house.control.after = (name) => {
      if (name === 'control.vote') throw new Error('the answer was lost');
    };
    await house.click('approve');
    expect([votes().length, house.woken, house.events('vote_signed').length]).toEqual([1, ['token-1'], 1]);
  });

  test('a write that failed is an error, and leaves nothing', async () => {
    house.control.port = (name) => {
      if (name === 'control.vote') throw new Error('throttled');
    };
    await expect(house.click('approve')).rejects.toThrow('throttled');
    expect([votes(), house.woken]).toEqual([[], []]);
  });

  test('a vote that cannot be recorded wakes the machine all the same', async () => {
    house.audit.port = () => {
      throw new Error('no audit');
    };
    await house.click('approve');
    expect([house.record().status, house.woken, house.updates.length]).toEqual(['APPROVED', ['token-1'], 1]);
  });

  test('the machine does not wait for a vote that is slow to be recorded', async () => {
    const woken = new Promise<void>((resolve) => {
      house.port = (name) => {
        if (name === 'wake') resolve();
      };
    });
    house.audit.port = (name) => (name === 'audit.put' ? woken : undefined);
    await house.click('approve');
    expect([house.woken, house.events('vote_signed').length]).toEqual([['token-1'], 1]);
  });

  test('a chain that cannot be read before the vote is read after it', async () => {
    let reads = 0;
    house.audit.port = (name) => {
      if (name === 'audit.items' && ++reads === 1) throw new Error('throttled');
    };
    await house.click('approve');
    expect([house.woken, house.events('vote_signed').length]).toEqual([['token-1'], 1]);
  });

  test('Slack being down keeps no vote from counting', async () => {
    house.slackIsDown = true;
    await house.click('approve');
    expect([house.record().status, house.woken]).toEqual(['APPROVED', ['token-1']]);
  });

  test('a key that does not sign signs nothing', async () => {
    house.port = (name) => {
      if (name === 'sign') throw new Error('KMS is down');
    };
    await expect(house.click('approve')).rejects.toThrow('KMS is down');
    expect([votes(), house.record().status]).toEqual([[], 'PENDING']);
  });
});

describe('"I’m on it"', () => {
  test('is said to everybody below the card, recorded once per person, and decides nothing', async () => {
    await house.click('ack');
    await house.click('ack');
    await house.click('ack', { user: ben.id });
    expect(house.replies.map((message) => message.text)).toEqual(['ana is on it.', 'ben is on it.']);
    expect(house.events('acknowledged').map(({ by }) => by.name)).toEqual(['ana', 'ben']);
    expect(told()).toEqual(['That is said already, or the incident is over.']);
    expect([house.record().status, house.woken, votes()]).toEqual(['PENDING', [], []]);
    await house.click('approve');
    expect(house.record().status).toBe('APPROVED');
  });

  test('by somebody whom the policy does not name is told so, and nobody else hears of it', async () => {
    await house.click('ack', { user: 'U0000000009' });
    expect([told(), house.replies, house.events('acknowledged')]).toEqual([['The policy does not name you.'], [], []]);
  });

  test('may be said by somebody who may not approve', async () => {
    await house.click('ack', { user: cleo.id });
    expect(house.events('acknowledged')).toHaveLength(1);
  });

  test('is recorded although Slack is down', async () => {
    house.slackIsDown = true;
    await house.click('ack');
    expect(house.events('acknowledged')).toHaveLength(1);
  });
});

test('votes that somebody planted count for nothing, and keep nobody from answering', async () => {
  const forged = await voted({ question: house.record().digest, by: { ...ana, via: 'slack' } });
  const changed = { ...forged.vote, by: { ...ben, via: 'slack' as const } };
  const planted = { ...forged.envelope, payload: Buffer.from(JSON.stringify(changed)).toString('base64') };
  needingTwo();
  house.tamper({ votes: [planted] });
  await house.click('approve', { user: ben.id });
  expect(Vote.parse(votes()[0]?.vote).by.name).toBe('ben');
  expect([house.record().status, house.woken]).toEqual(['PENDING', []]);
});
