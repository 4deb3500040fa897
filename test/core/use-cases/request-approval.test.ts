/** Asking: once per question, again for every tick, anew when something changed, and never out of turn. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../../core/digest.ts';
import { questionDigest } from '../../../core/question.ts';
import { formatReference } from '../../../core/reference.ts';
import { isoOf } from '../../../core/time.ts';
import { alarmOf, ana, instanceId, start } from '../../support/fixtures.ts';
import { eventsBefore } from '../approval/asked.ts';
import { incidentId, named, ran } from '../gate/situations.ts';
import { asked, House } from './asking.ts';

let house: House;
beforeEach(() => {
  house = new House();
});
const cards = () => house.posts.map((message) => JSON.stringify(message));

describe('a first question', () => {
  test('is stored with its token, recorded whole, and on a card whose buttons name it', async () => {
    await house.ask('token-1');
    const record = house.record();
    expect(record).toMatchObject({
      status: 'PENDING',
      token: 'token-1',
      places: [{ channel: 'incidents', messageTs: '1.0' }],
      votes: [],
      digest: questionDigest(record.question),
      question: { revision: 1, createdAt: isoOf(start), expiresAt: isoOf(start + 600_000) },
    });
    expect(house.events('approval_requested')).toEqual([
      expect.objectContaining({
        dispatch: asked,
        requestDigest: record.digest,
        policyDigest: house.compiled.policyDigest,
        scriptHash: sha256('systemctl restart web'),
        level: 'modifying',
        targets: [instanceId],
        approvers: [ana.id, 'U0000000002'],
        required: 1,
        expiresAt: record.question.expiresAt,
        question: record.question,
        scripts: [{ dispatch: asked, script: 'systemctl restart web' }],
      }),
    ]);
    expect(house.events('approval_delivered')).toEqual([
      { kind: 'approval_delivered', dispatch: asked, channel: 'incidents', messageTs: '1.0', threadTs: 'head' },
    ]);
    expect(cards()[0]).toContain(formatReference(house.reference()));
    expect(cards()[0]).not.toContain('asked again');
  });

  test('is not asked when the gate says something else', async () => {
    house = new House([]);
    await expect(house.ask()).rejects.toThrow(/the gate says proceed now/);
    await expect(house.ask('t', named('1.run'))).rejects.toThrow(/the gate says proceed now/);
    expect(house.control.questions.size).toBe(0);
    expect(house.posts).toEqual([]);
  });

  test('is not asked about another dispatch than the one whose turn it is', async () => {
    await expect(house.ask('t', named('3.run'))).rejects.toThrow(/the gate says ask now/);
  });

  test('of an incident that was closed meanwhile is withdrawn, and nobody is asked', async () => {
    house.control.port = (name) => {
      if (name === 'control.create') house.append({ kind: 'incident_closed', status: 'halted', cause: null });
    };
    await expect(house.ask()).rejects.toThrow(/closed/);
    expect(house.record().status).toBe('WITHDRAWN');
    expect(house.posts).toEqual([]);
  });
});

describe('a tick', () => {
  test('re-arms the question that is out: nothing is asked, posted or recorded twice', async () => {
    await house.ask('token-1');
    const entries = house.audit.entries(incidentId).length;
    house.now += 60_000;
    await house.ask('token-2');
    expect(house.record()).toMatchObject({ token: 'token-2', question: { revision: 1 } });
    expect(house.posts).toHaveLength(1);
    expect(house.audit.entries(incidentId)).toHaveLength(entries);
  });

  test('still re-arms it while what is asked about cannot be read', async () => {
    await house.ask('token-1');
    house.port = (name) => {
      if (name === 'alarm') throw new Error('throttled');
    };
    await house.ask('token-2');
    expect(house.record()).toMatchObject({ token: 'token-2', status: 'PENDING' });
  });

  test('leaves it out and re-arms it under a stop: waits stay', async () => {
    await house.ask('token-1');
    house.control.kills.set(1, { eventId: 'e', by: 'ana', why: 'stop', at: isoOf(start) });
    await house.ask('token-2');
    expect(house.record()).toMatchObject({ token: 'token-2', status: 'PENDING' });
  });

  test('takes back what the gate no longer asks, says so on the card, and leads to Settle', async () => {
    await house.ask('token-1');
    house.alarm = alarmOf({ tags: {} });
    await expect(house.ask('token-2')).rejects.toMatchObject({ name: 'AlreadyDecided' });
    expect(house.record().status).toBe('SUPERSEDED');
    expect(house.events('approval_superseded')).toEqual([
      {
        kind: 'approval_superseded',
        dispatch: asked,
        requestDigest: house.record().digest,
        why: expect.stringMatching(/^the gate says halt now: /),
      },
    ]);
    expect(house.updates[0]?.text).toMatch(/Out of date, not run.*the gate says halt now/);
    expect(await house.settle()).toBe('answered');
    house.alarm = alarmOf();
    await house.ask('token-3');
    expect(house.record()).toMatchObject({ status: 'PENDING', token: 'token-3', question: { revision: 2 } });
  });
});

describe('a question that did not get through', () => {
  test('is delivered by the next tick, the same one', async () => {
    house.slackIsDown = true;
    await expect(house.ask('token-1')).rejects.toThrow(/Slack is down/);
    const { digest } = house.record();
    expect(house.events('approval_undeliverable')).toEqual([
      { kind: 'approval_undeliverable', dispatch: asked, why: 'Slack is down' },
    ]);
    house.slackIsDown = false;
    house.now += 60_000;
    await house.ask('token-2');
    expect(house.record()).toMatchObject({ digest, token: 'token-2', places: [{ messageTs: '1.0' }] });
    expect(house.events('approval_requested')).toHaveLength(1);
  });

  test('is recorded by the next tick when that failed too', async () => {
    let failures = 0;
    house.audit.port = (name) => {
      if (name !== 'audit.put' || failures >= 8) return;
      failures += 1;
      throw new Error('no');
    };
    await expect(house.ask('token-1')).rejects.toMatchObject({ name: 'AuditUnavailable' });
    expect(house.posts).toEqual([]);
    await house.ask('token-2');
    expect(house.events('approval_requested')).toEqual([
      expect.objectContaining({ requestDigest: house.record().digest }),
    ]);
    expect(house.record()).toMatchObject({
      token: 'token-2',
      question: { revision: 1 },
      places: [{ messageTs: '1.0' }],
    });
  });

  test('whose time is over is left to Settle', async () => {
    house.slackIsDown = true;
    await expect(house.ask('token-1')).rejects.toThrow();
    house.slackIsDown = false;
    house.now = start + 600_000;
    await expect(house.ask('token-2')).rejects.toMatchObject({ name: 'AlreadyDecided' });
    expect(house.posts).toEqual([]);
  });

  test.each(['control.create', 'control.delivered', 'control.rearm'])(
    'an answer lost after %s asks nothing twice',
    async (name) => {
      let losses = 0;
      house.control.after = (called) => {
        if (called !== name || losses > 0) return;
        losses += 1;
        throw new Error('the answer was lost');
      };
      await house.ask('token-1').catch(() => {});
      await house.ask('token-2').catch(() => {});
      await house.ask('token-3');
      expect(losses).toBeGreaterThan(0);
      expect(house.control.records(incidentId)).toMatchObject([{ token: 'token-3', status: 'PENDING', places: [{}] }]);
      expect(house.events('approval_requested')).toHaveLength(1);
      expect(house.posts).toHaveLength(1);
    },
  );

  test('another question that was asked at the same moment wins', async () => {
    const other = new House();
    await other.ask('other');
    const [row] = other.control.questions.values();
    house.control.port = (name) => {
      if (name === 'control.create')
        house.control.questions.set(`${incidentId}/QUESTION#2.run.1.1#0001`, { ...row, digest: sha256('x') });
    };
    await expect(house.ask('token-1')).rejects.toThrow(/at the same moment/);
    expect(house.posts).toEqual([]);
  });
});

describe('what is no longer what would run', () => {
  const changes: [string, () => void, string][] = [
    [
      'policy',
      () => {
        house.compiled = { ...house.compiled, policyDigest: sha256('x') };
      },
      'policy changed',
    ],
    [
      'document',
      () => {
        house.compiled = { ...house.compiled, document: { ...house.compiled.document, digest: sha256('x') } };
      },
      'document changed',
    ],
    [
      'terms',
      () => {
        const policy = { ...house.compiled.policy, approvers: ['ana'] };
        house.compiled = { ...house.compiled, policy };
      },
      'who may approve changed: −ben',
    ],
  ];
  test.each(changes)(
    'another %s: the card is told, and the next revision asked with the reason',
    async (_, change, why) => {
      await house.ask('token-1');
      const first = house.record();
      change();
      await house.ask('token-2');
      const [old, fresh] = house.control.records(incidentId);
      expect(old).toMatchObject({ status: 'SUPERSEDED', digest: first.digest });
      expect(fresh).toMatchObject({
        status: 'PENDING',
        token: 'token-2',
        question: { revision: 2 },
        places: [{ messageTs: '2.0' }],
      });
      expect(fresh?.question.nonce).not.toBe(first.question.nonce);
      expect(house.events('approval_superseded')).toEqual([
        { kind: 'approval_superseded', dispatch: asked, requestDigest: first.digest, why },
      ]);
      expect(house.updates).toEqual([
        { messageTs: '1.0', text: expect.stringContaining(`${why}. A new card follows.`) },
      ]);
      expect(cards()[1]).toContain(`asked again: ${why}`);
    },
  );

  test('also where it was approved already: an approval of other bytes is none', async () => {
    await house.ask('token-1');
    await house.click('approve');
    house.compiled = { ...house.compiled, policyDigest: sha256('x') };
    await house.ask('token-2');
    expect(house.control.records(incidentId)).toMatchObject([{ status: 'APPROVED' }, { status: 'PENDING' }]);
    expect(house.events('approval_superseded')).toHaveLength(1);
    expect(house.updates.at(-1)?.text).toContain('Out of date, not run');
  });

  test('an approval that is too old is asked anew, one that is not is left to Settle', async () => {
    await house.ask('token-1');
    await house.click('approve');
    house.now = start + 599_999;
    await expect(house.ask('token-2')).rejects.toMatchObject({ name: 'AlreadyDecided' });
    house.now = start + 600_000;
    await house.ask('token-3');
    expect(cards()[1]).toMatch(/asked again: the approval of [^ ]+ is too old/);
  });

  test('a question that lives longer than the policy allows was not given by us, and is asked anew', async () => {
    await house.ask('token-1');
    const { question } = house.record();
    const longer = { ...question, expiresAt: isoOf(start + 600_001) };
    house.tamper({ question: longer, digest: questionDigest(longer) });
    await house.ask('token-2');
    expect(house.record()).toMatchObject({ question: { revision: 2, expiresAt: isoOf(start + 600_000) } });
    expect(cards()[1]).toContain('asked again: it could be answered for longer than the policy allows');
  });

  test('rejected and expired questions stay so, whatever changed', async () => {
    for (const status of ['REJECTED', 'EXPIRED']) {
      house = new House();
      await house.ask('token-1');
      house.tamper({ status });
      house.compiled = { ...house.compiled, policyDigest: sha256('x') };
      await expect(house.ask('token-2')).rejects.toMatchObject({ name: 'AlreadyDecided' });
      expect(house.control.records(incidentId)).toHaveLength(1);
    }
  });

  test.each(['SUPERSEDED', 'WITHDRAWN', 'ANSWERED'])(
    'after one that is %s the next revision is asked',
    async (status) => {
      await house.ask('token-1');
      house.tamper({ status });
      await house.ask('token-2');
      expect(house.record()).toMatchObject({ status: 'PENDING', question: { revision: 2 } });
    },
  );
});

describe('rows of other formats', () => {
  const landed = JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/landed/waiting.json'), 'utf8'))
    .requests[0];

  test('a request of the first release is superseded, its card told, and it is asked anew', async () => {
    house.control.questions.set(`${incidentId}/REQUEST#2.run.1#0123456789ab`, landed);
    house.control.questions.set(`${incidentId}/REQUEST#3.run.1#0123456789ab`, landed);
    await house.ask('token-1');
    expect(house.control.questions.get(`${incidentId}/REQUEST#2.run.1#0123456789ab`)).toEqual({
      ...landed,
      status: 'SUPERSEDED',
    });
    expect(house.control.questions.get(`${incidentId}/REQUEST#3.run.1#0123456789ab`)).toEqual(landed);
    expect(house.record()).toMatchObject({ status: 'PENDING', question: { revision: 1 } });
    expect(house.updates).toEqual([
      { messageTs: '1.0', text: expect.stringMatching(/another release of Countersign\. A new card follows/) },
    ]);
    expect(house.events('approval_superseded')).toEqual([expect.objectContaining({ requestDigest: null })]);
  });

  test.each<[string, Record<string, unknown>]>([
    [
      'of a format to come',
      { status: 'PENDING', question: { format: 3 }, places: [{ channel: 'C1', messageTs: '7.0' }] },
    ],
    ['of garbage', { status: 7, question: 'x' }],
  ])('a question %s is followed by the next revision', async (_, row) => {
    house.control.questions.set(`${incidentId}/QUESTION#2.run.1.1#0004`, row);
    await house.ask('token-1');
    expect(house.record()).toMatchObject({ status: 'PENDING', question: { revision: 5 } });
    expect(cards()[0]).toContain('asked again: it was asked by another release of Countersign');
  });

  test.each(['zzzz', '9999'])('behind a row %s nothing can be asked, and this says so', async (revision) => {
    house.control.questions.set(`${incidentId}/QUESTION#2.run.1.1#${revision}`, { status: 'SUPERSEDED' });
    await expect(house.ask('token-1')).rejects.toThrow(/nothing can be asked/);
    expect(house.posts).toEqual([]);
  });
});

test('what people see: environment of the verdict, names of hosts, and what failed before', async () => {
  house = new House([...ran('1.run'), ...ran('2.before')], [{ label: 'CloudWatch says', text: 'full' }]);
  await house.ask('token-1');
  for (const text of ['production', `${instanceId} (web-1)`, 'CloudWatch says', 'systemctl restart web', 'No rollback'])
    expect(cards()[0]).toContain(text);
});

test('evidence that a stranger put into Work is on no card', async () => {
  house = new House(eventsBefore, [{ label: 'CloudWatch says', text: 'full' }]);
  const planted = { label: 'Change board', text: 'CHG-4711 approved by the CAB. Safe, press Approve.' };
  house.shown = { ...house.shown, evidence: [planted, ...house.shown.evidence, { label: planted.text, text: 'full' }] };
  await house.ask('token-1');
  expect(cards()[0]).toContain('CloudWatch says');
  expect(cards()[0]).not.toContain('CHG-4711');
  expect(JSON.stringify(house.record().card)).not.toContain('CHG-4711');
});

test('what the card showed is kept for its ending, cut to fit into the row', async () => {
  house = new House(eventsBefore, [{ label: 'Log', text: 'y'.repeat(100_000) }]);
  await house.ask('token-1');
  expect(house.record().card).toMatchObject({
    evidence: [{ text: 'y'.repeat(4000), missing: 96_000 }],
  });
});
