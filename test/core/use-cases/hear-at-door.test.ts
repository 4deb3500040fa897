/** The IAM door: the same vote as in Slack, from a person whom STS names and the policy knows, and from nobody else. */
import { beforeEach, describe, expect, test } from 'vitest';
import { genuineVotes } from '../../../core/approval/votes.ts';
import { sha256 } from '../../../core/digest.ts';
import { type DoorRequest, maximumDoorBytes } from '../../../core/door/spoken.ts';
import { questionDigest } from '../../../core/question.ts';
import type { ApprovalCard } from '../../../core/report/question-card.ts';
import { isoOf } from '../../../core/time.ts';
import { ana, ben, start } from '../../support/fixtures.ts';
import { pem } from '../approval/asked.ts';
import { anaBySession, anaElsewhere, anaOfIam, rootOfAccount, strangerOfIam } from '../door/principals.ts';
import { incidentId } from '../gate/situations.ts';
import { asked, House } from './asking.ts';

let house: House;
beforeEach(async () => {
  house = new House();
  await house.ask('token-1');
  house.now += 1000;
});
const votes = () => genuineVotes(house.record().votes, house.record().digest, pem);
/** The question as another policy would have asked it, with its card. */
function demand(terms: { required: number; secondChannel?: boolean }): void {
  const { question, card } = house.record();
  const changed = { ...question, terms: { ...question.terms, ...terms } };
  const digest = questionDigest(changed);
  const { reference, ...rest } = card as ApprovalCard;
  const own = { ...rest, ...terms, reference: { ...reference, questionDigest: digest } };
  house.tamper({ question: changed, digest, card: own });
}
const untouched = () => {
  expect([votes(), house.woken, house.record().status]).toEqual([[], [], 'PENDING']);
};

describe('an approval', () => {
  test('is signed under the policy’s name, written, recorded, wakes the machine, and draws the card', async () => {
    const answer = await house.speak(house.spoken('approve'));
    expect(answer).toEqual({ kind: 'heard', outcome: 'counted', status: 'APPROVED', by: anaOfIam.arn, texts: [] });
    const by = { name: 'ana', via: 'iam', id: anaOfIam.arn };
    expect(votes().map(({ vote }) => vote)).toEqual([
      { format: 1, question: house.record().digest, word: 'approve', by, at: isoOf(start + 1000), reason: '' },
    ]);
    expect(house.woken).toEqual(['token-1']);
    expect(house.events('vote_signed')).toMatchObject([{ dispatch: asked, word: 'approve', by }]);
    expect(house.updates[0]?.text).toMatch(/Approved.*ana/);
    expect(house.told).toEqual([]);
    expect(await house.settle()).toBe('approved');
  });

  test('and one in Slack by the same person count once; by two people they are two', async () => {
    demand({ required: 2 });
    await house.click('approve', { user: ana.id });
    expect(await house.speak(house.spoken('approve'))).toMatchObject({
      outcome: 'repeated',
      status: 'PENDING',
      texts: ['Your answer is counted already.'],
    });
    await house.click('approve', { user: ben.id });
    expect([votes().length, house.record().status, house.woken]).toEqual([2, 'APPROVED', ['token-1']]);
  });

  test('is the one that a second channel wants: two in Slack are not enough, and one of them again through IAM is', async () => {
    demand({ required: 2, secondChannel: true });
    await house.click('approve', { user: ben.id });
    await house.click('approve', { user: ana.id });
    expect([house.record().status, house.woken]).toEqual(['PENDING', []]);
    expect(await house.speak(house.spoken('approve'))).toMatchObject({ outcome: 'counted', status: 'APPROVED' });
    expect(house.woken).toEqual(['token-1']);
  });

  test.each(['Slack is down', 'no token for Slack is there'])('counts when %s', async (why) => {
    house.slackIsDown = why === 'Slack is down';
    house.port = (name) => {
      if (name === 'update' || name === 'reply') throw new Error('ResourceNotFoundException');
    };
    expect(await house.speak(house.spoken('approve'))).toMatchObject({ outcome: 'counted', status: 'APPROVED' });
    expect([house.woken, house.told]).toEqual([['token-1'], []]);
  });

  test('of a question that Slack never took counts too, and the machine goes on', async () => {
    const quiet = new House();
    quiet.slackIsDown = true;
    await expect(quiet.ask('token-1')).rejects.toThrow(/Slack is down/);
    expect(quiet.record().places).toEqual([]);
    expect(await quiet.settle()).toBe('waiting');
    expect(await quiet.speak(quiet.spoken('approve'))).toMatchObject({ outcome: 'counted', status: 'APPROVED' });
    expect(quiet.woken).toEqual(['token-1']);
    expect(await quiet.settle()).toBe('approved');
  });
});

test('a rejection says why, without the secret in it', async () => {
  const answer = await house.speak(house.spoken('reject', 'no: password=hunter2hunter2'));
  expect(answer).toMatchObject({ outcome: 'counted', status: 'REJECTED' });
  expect(votes()[0]?.vote.reason).toBe('no: password=[redacted: password]');
  expect(JSON.stringify([...house.control.questions, house.audit.entries(incidentId)])).not.toContain('hunter2');
});

describe('nobody else is believed', () => {
  test.each([
    ['somebody whom the policy does not name', strangerOfIam, /does not name you/],
    ['the same name in another account', anaElsewhere, /does not name you/],
    ['a session that calls itself ana', anaBySession, /does not name you/],
  ])('%s is told so, recorded, and casts nothing', async (_, by, why) => {
    const answer = await house.speak(house.spoken('approve'), { by });
    expect(answer).toMatchObject({
      kind: 'heard',
      outcome: 'refused',
      by: by.arn,
      texts: [expect.stringMatching(why)],
    });
    expect(house.events('vote_refused')).toMatchObject([{ by: { via: 'iam', id: by.arn, name: by.arn } }]);
    untouched();
  });

  test('the root of an account is nobody', async () => {
    expect(await house.speak(house.spoken('approve'), { by: rootOfAccount })).toMatchObject({ kind: 'unproven' });
    untouched();
  });

  test.each([
    ['with a key that STS does not know', { accessKeyId: 'AKIA9999999999999999' }],
    ['signed with another secret', { secretAccessKey: 'guessed' }],
  ])('a proof %s is none, and nothing is read or written', async (_, key) => {
    let reads = 0;
    const count = () => {
      reads += 1;
    };
    house.control.port = count;
    house.audit.port = count;
    expect(await house.speak(house.spoken('approve'), { by: { ...anaOfIam, ...key } })).toMatchObject({
      kind: 'unproven',
    });
    expect([reads, house.sts.asked]).toEqual([0, 1]);
    untouched();
  });

  test('a made-up request context, a person or an authorizer in the body are not ours: nobody is asked', async () => {
    for (const more of [{ requestContext: {} }, { by: 'ana' }, { authorizer: { iam: { userArn: anaOfIam.arn } } }])
      expect(await house.speak(house.spoken('approve'), { change: (body) => ({ ...body, ...more }) })).toMatchObject({
        kind: 'malformed',
      });
    expect(house.sts.asked).toBe(0);
    untouched();
  });

  test('an STS that answers with somebody else’s nonsense, or not at all, counts for nothing', async () => {
    house.sts.port = () => {
      throw Object.assign(new Error('no'), { name: 'TimeoutError' });
    };
    await expect(house.speak(house.spoken('approve'))).rejects.toThrow('no');
    untouched();
  });
});

describe('a proof that was used or made for something else', () => {
  test('the same vote again is counted once, and says so', async () => {
    await house.speak(house.spoken('approve'));
    expect(await house.speak(house.spoken('approve'))).toMatchObject({ outcome: 'repeated', status: 'APPROVED' });
    expect([votes().length, house.events('vote_signed').length]).toEqual([1, 1]);
  });

  test.each([
    ['another word', { word: 'skip' }],
    ['another question', { question: { digest: sha256('x') } }],
    ['another revision', { question: { revision: 2 } }],
    ['another incident', { question: { incidentId: `inc-${'0'.repeat(20)}` } }],
    ['a reason', { fields: { reason: 'because' } }],
  ])('for %s is refused before STS is asked', async (_, other) => {
    const change = (body: DoorRequest) => ({
      ...body,
      ...other,
      question: { ...body.question, ...('question' in other ? other.question : {}) },
    });
    expect(await house.speak(house.spoken('approve'), { change })).toMatchObject({ kind: 'unproven' });
    expect(house.sts.asked).toBe(0);
    untouched();
  });

  test('a minute later is refused', async () => {
    let body = '';
    const keep = (made: DoorRequest) => {
      body = JSON.stringify(made);
      return '';
    };
    await house.speak(house.spoken('approve'), { change: keep });
    house.now += 61_000;
    expect(await house.arrives(body)).toMatchObject({ kind: 'unproven', why: expect.stringMatching(/more than 60 s/) });
    untouched();
  });
});

describe('a question that can no longer be answered', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['expired', () => Object.assign(house, { now: start + 600_000 }), /expired/],
    ['superseded', () => house.tamper({ status: 'SUPERSEDED' }), /already superseded/],
    [
      'of an older policy',
      () => Object.assign(house, { compiled: { ...house.compiled, policyDigest: sha256('x') } }),
      /older policy/,
    ],
    [
      'changed in the table',
      () => house.tamper({ question: { ...house.record().question, nonce: 'another-nonce-0123' } }),
      /changed after it was asked/,
    ],
  ])('%s: refused with its cause', async (_, happens, why) => {
    happens();
    const answer = await house.speak(house.spoken('approve'));
    expect(answer).toMatchObject({ outcome: 'refused', texts: [expect.stringMatching(why)] });
    expect([votes(), house.woken]).toEqual([[], []]);
  });
});

describe('a body that is not ours', () => {
  const good = () => ({ ...house.spoken('approve'), proof: { headers: {} } });
  test.each<[string, () => unknown]>([
    ['nothing', () => ''],
    ['no JSON', () => '{'],
    ['null', () => 'null'],
    ['a list', () => []],
    ['too long', () => ({ ...good(), fields: { reason: 'x'.repeat(maximumDoorBytes) } })],
    ['without a proof', () => house.spoken('approve')],
    [
      'with a method and an address',
      () => ({ ...good(), proof: { headers: {}, method: 'GET', url: 'https://evil.example' } }),
    ],
    ['with headers as a list', () => ({ ...good(), proof: { headers: [['host', 'x']] } })],
    ['a word that is none', () => ({ ...good(), word: 'APPROVE\n' })],
    ['a field that nothing reads', () => ({ ...good(), fields: { until: 'tomorrow' } })],
    ['a reason that is no text', () => ({ ...good(), fields: { reason: ['x'] } })],
    ['a rejection without a reason', () => ({ ...good(), word: 'reject' })],
    ['an approval of nothing', () => ({ word: 'approve', proof: { headers: {} } })],
    ['a retry of a question', () => ({ ...good(), word: 'retry', fields: { incidentId } })],
    [
      'a retry with a runbook that is none',
      () => ({ word: 'retry', fields: { incidentId, runbook: '../x' }, proof: { headers: {} } }),
    ],
    ['a retry of nothing', () => ({ word: 'retry', proof: { headers: {} } })],
  ])('%s is malformed, and costs no call', async (_, make) => {
    const body = make();
    expect(await house.arrives(typeof body === 'string' ? body : JSON.stringify(body))).toMatchObject({
      kind: 'malformed',
    });
    expect(house.sts.asked).toBe(0);
    untouched();
  });
});

test('what is no answer is told why: a word that is not offered, and a retry while the incident goes on', async () => {
  expect(await house.speak(house.spoken('dance'))).toMatchObject({
    outcome: 'refused',
    texts: [expect.stringMatching(/no answer/)],
  });
  expect(await house.speak({ word: 'retry', fields: { incidentId } })).toMatchObject({
    outcome: 'refused',
    texts: ['This incident still goes on.'],
  });
  expect(await house.speak(house.spoken('ack'))).toMatchObject({ outcome: 'counted' });
  expect(house.events('acknowledged')).toMatchObject([{ by: { name: 'ana', via: 'iam' } }]);
});
