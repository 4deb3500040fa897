/** The way of an incident after a change failed, through the use cases: what people answer, what is sent for it, and what nobody's lie can do. */
import { describe, expect, test } from 'vitest';
import { timeline } from '../../../cli/timeline.ts';
import { append } from '../../../core/audit/append.ts';
import { verifyChain } from '../../../core/audit/verify.ts';
import { driftOf } from '../../../core/report/drift.ts';
import type { ApprovalCard } from '../../../core/report/question-card.ts';
import { theatreOf } from '../../../core/report/theatre.ts';
import { isoOf } from '../../../core/time.ts';
import { alarmOf, ana, ben, compiledOf, policyText } from '../../support/fixtures.ts';
import { hostId, hostOf } from '../../support/fleet.ts';
import { approving, type Operator, World } from '../../support/world.ts';
import { fullRunbook } from '../gate/situations.ts';

/** Two changes with a way back each, the first with a value, in a tier that asks. */
const runbook = fullRunbook
  .replace('severity: high', 'severity: low')
  .replace('parameters: {}', 'parameters: { unit: { type: unit, description: Which, default: web } }')
  .replace('systemctl restart web\n', 'systemctl restart {{ unit }}\n')
  .replace('systemctl stop web\n', 'systemctl stop {{ unit }}\n')
  .replace('bash dry-run', 'bash rollback\n   touch /var/log/app/undone\n   ```\n   ```bash dry-run');

type Fails = (dispatch: World['sends'][number]['dispatch']) => boolean;

function worldOf(fails: Fails, text = runbook): World {
  const world = new World();
  const policy = policyText('live').replace('approvers: [ana]', 'approvers: [ana, ben]');
  world.compiled = compiledOf({ runbook: text, policy });
  world.respond = ({ dispatch }) =>
    fails(dispatch) ? { status: 'Failed', exitCode: 5, stderr: 'unit is masked' } : {};
  world.onSend = ({ dispatch }) => {
    if (dispatch.step === 3 && dispatch.part === 'run' && !fails(dispatch))
      world.alarm = alarmOf({ state: 'OK', stateChangedAt: isoOf(world.now) });
  };
  return world;
}

const namesOf = (world: World) =>
  world.sends.map(({ dispatch: { step, part, attempt } }) => `${step}.${part}${attempt > 1 ? `.${attempt}` : ''}`);
const failing =
  (...names: string[]): Fails =>
  ({ step, part, attempt }) =>
    names.includes(`${step}.${part}.${attempt}`);

/** Approves everything, and answers failures with these words, one each; then with nothing. */
function saying(...words: string[]): Operator {
  const left = [...words];
  return async (world, record) => {
    if (record.question.kind !== 'failure') return approving(world, record);
    const word = left.shift();
    if (word !== undefined) await world.click(record, ana, word);
  };
}

async function ended(world: World, operator: Operator) {
  const id = await world.ring();
  const status = await world.run(id, operator);
  const facts = await world.facts(id);
  expect(verifyChain(id, world.audit.chains.get(id) ?? [], facts)).toMatchObject({ closed: true, problems: [] });
  return { id, status, told: JSON.stringify(world.posts.at(-1)) };
}

describe('what people answer', () => {
  test('retry: it looks again, is asked anew and runs once more; the incident resolves, and says so', async () => {
    const world = worldOf(failing('2.run.1'));
    const { id, status, told } = await ended(world, saying('retry'));
    expect(status).toBe('resolved');
    expect(namesOf(world)).toEqual([
      ...['1.run', '2.before', '2.run', '2.before.2', '2.run.2', '2.after.2', '2.verify.2'],
      ...['3.dry_run', '3.run', '5.run'],
    ]);
    expect(world.questions(id).map(({ question }) => question.kind)).toEqual([
      'approve',
      'failure',
      'approve',
      'approve',
    ]);
    expect(told).toContain('failed, tried again by ana');
    const lines = timeline(world.audit.chains.get(id) ?? []).join('\n');
    expect(lines.match(/approval requested for step 2 run/g)).toHaveLength(2);
    expect(lines.match(/asked what is to follow the failure of step 2 run/g)).toHaveLength(1);
    expect(JSON.stringify(world.posts)).toContain('unit is masked');
  });

  test('retry: its check goes also to the hosts on which the first attempt succeeded', async () => {
    const fleet = runbook.replace('targets: { from: alarm, max: 1 }', 'targets: { tags: { role: web }, max: 5 }');
    const world = worldOf(() => false, fleet);
    world.instances = [hostOf(hostId(1)), hostOf(hostId(2))];
    world.respond = ({ dispatch: { step, part, attempt } }, target) =>
      step === 2 && part === 'run' && attempt === 1 && target === hostId(2) ? { status: 'Failed', exitCode: 1 } : {};
    const { status } = await ended(world, saying('retry'));
    expect(status).toBe('resolved');
    const targets = (part: string) =>
      world.sends.filter(({ dispatch }) => dispatch.step === 2 && dispatch.part === part).map((send) => send.targets);
    expect(targets('run')).toEqual([[hostId(1)], [hostId(2)], [hostId(2)]]);
    expect(targets('verify')).toEqual([[hostId(1), hostId(2)]]);
  });

  test('retry, where nobody knows whether the first still runs: it goes out when that cannot be any more', async () => {
    const world = worldOf(() => false);
    world.respond = ({ dispatch: { step, part, attempt } }) =>
      step === 2 && part === 'run' && attempt === 1 ? { status: 'DeliveryTimedOut', exitCode: -1 } : {};
    const sentAt: number[] = [];
    const { onSend } = world;
    world.onSend = (send) => {
      if (send.dispatch.step === 2 && send.dispatch.part === 'run') sentAt.push(world.now);
      onSend(send);
    };
    const { id, status } = await ended(world, saying('retry'));
    expect(status).toBe('resolved');
    const [lease] = world.dispatches.leases.filter(({ holder }) => holder === `${id}.2.run.1.1`);
    expect(sentAt).toHaveLength(2);
    expect(sentAt[1]).toBeGreaterThanOrEqual(Date.parse(lease?.until ?? ''));
  });

  test('continue: what it did stays, and the runbook goes on', async () => {
    const world = worldOf(failing('2.run.1'));
    const { status, told } = await ended(world, saying('continue'));
    expect(status).toBe('resolved');
    expect(namesOf(world)).toEqual(['1.run', '2.before', '2.run', '2.after', '3.dry_run', '3.run', '5.run']);
    expect(told).toContain('failed, left as it is by ana');
  });

  test('skip: its way back is asked for, and the runbook goes on', async () => {
    const world = worldOf(failing('2.run.1'));
    const { id, status } = await ended(world, saying('skip'));
    expect(status).toBe('resolved');
    expect(namesOf(world)).toEqual([
      ...['1.run', '2.before', '2.run', '2.rollback', '2.after', '3.dry_run', '3.run', '5.run'],
    ]);
    // It is no judgement of a plan, and the step failed, whatever came afterwards.
    const chronicle = { id, entries: world.reading(id).entries };
    const key = await world.publicKey();
    expect(theatreOf([chronicle], key).overall).toMatchObject({ decisions: 3, approvals: 3, skips: 0 });
    const [{ steps = [] } = {}] = driftOf([chronicle], key, [], '2026-11-29').runbooks;
    expect(steps.map(({ step, seen }) => [step, Object.keys(seen)])).toEqual([[2, ['failed']]]);
  });

  test.each([['abort'], []])('%s: what was done is undone, the newest first, each asked for', async (...words) => {
    const world = worldOf(failing('3.run.1'));
    const { id, status } = await ended(world, saying(...words));
    expect(status).toBe('failed');
    expect(namesOf(world)).toEqual([
      ...['1.run', '2.before', '2.run', '2.after', '2.verify', '3.dry_run', '3.run'],
      ...['3.rollback', '2.rollback', '5.run'],
    ]);
    const asked = world.questions(id).map(({ question }) => [question.kind, question.items[0]?.dispatch.part]);
    expect(asked.slice(-2)).toEqual([
      ['approve', 'rollback'],
      ['approve', 'rollback'],
    ]);
  });

  test('that nobody gives, nor to its way back, is told: hosts are left as the failure left them', async () => {
    const world = worldOf(failing('2.run.1'));
    const { status, told } = await ended(world, async (w, record) => {
      const [item] = record.question.items;
      if (record.question.kind === 'approve' && item?.dispatch.part === 'run') await approving(w, record);
    });
    expect(status).toBe('failed');
    expect(told).toContain('failed, and nobody said what was to follow');
    expect(told).toContain('way back: not run: nobody answered in time');
  });

  test('a check that failed is asked about like a change', async () => {
    const world = worldOf(failing('2.verify.1'));
    const { status } = await ended(world, saying('retry'));
    expect(status).toBe('resolved');
    expect(namesOf(world)).toContain('2.run.2');
    expect(JSON.stringify(world.posts)).toContain('its check failed');
  });

  test('a further attempt has the values that were approved before, and so has its way back', async () => {
    const world = worldOf(failing('2.run.1', '2.run.2'));
    const failures = ['retry', 'abort'];
    let isChanged = false;
    await ended(world, async (w, record) => {
      const [item] = record.question.items;
      if (record.question.kind === 'failure') return w.click(record, ana, failures.shift() ?? 'abort');
      if (item?.dispatch.step === 2 && !isChanged) {
        isChanged = true;
        return w.click(record, ben, 'modify', w.now, { parameters: { unit: 'nginx' } });
      }
      return w.click(record, ana, 'approve');
    });
    const scripts = world.sends
      .filter(({ dispatch }) => dispatch.step === 2 && ['run', 'rollback'].includes(dispatch.part))
      .map(({ script }) => script.trim());
    expect(scripts).toEqual(["systemctl restart 'nginx'", "systemctl restart 'nginx'", "systemctl stop 'nginx'"]);
  });

  test('five attempts are the most: the last card offers no further one, and the word is refused', async () => {
    const world = worldOf(({ step, part }) => step === 2 && part === 'run');
    const id = await world.ring();
    const refused: string[] = [];
    const status = await world.run(id, async (w, record) => {
      if (record.question.kind !== 'failure') return approving(w, record);
      await w.click(record, ana, 'retry');
      if (record.question.items[0]?.dispatch.attempt === 5) refused.push(JSON.stringify(w.told.at(-1)));
    });
    expect(status).toBe('failed');
    expect(namesOf(world).filter((name) => name.startsWith('2.run'))).toHaveLength(5);
    expect(refused.join()).toContain('It was tried 5 times');
  });
});

describe('a further attempt that did not go out', () => {
  test.each([
    ['reject', 'rejected', 'rejected', ['2.rollback', '2.after', '5.run']],
    ['skip', 'skipped', 'resolved', ['2.rollback', '2.after', '3.dry_run', '3.run', '5.run']],
  ])(
    '%s: the way back of what failed is asked for, and who said it and why is told',
    async (word, said, ending, names) => {
      const world = worldOf(failing('2.run.1'));
      const { status, told } = await ended(world, async (w, record) => {
        const { kind, items } = record.question;
        if (kind === 'failure') return w.click(record, ana, 'retry');
        if (items[0]?.dispatch.attempt !== 2) return approving(w, record);
        await w.click(record, ben, word, w.now, { reason: 'the unit is masked on purpose' });
      });
      expect(status).toBe(ending);
      expect(namesOf(world)).toEqual(['1.run', '2.before', '2.run', '2.before.2', ...names]);
      expect(told).toContain(
        `failed, a further attempt wanted by ana; attempt 2 ${said} by ben: the unit is masked on purpose`,
      );
    },
  );
});

describe('what the card says that an answer will do', () => {
  /** What the newest failure card says of a word. */
  const saysOf = (record: Parameters<Operator>[1], word: string) =>
    (record.card as ApprovalCard).failed?.follows.find((one) => one.word === word)?.text;

  test('of an abort: the ways back that are left, and none that was gone already', async () => {
    const world = worldOf(failing('2.run.1', '3.run.1'));
    const said: unknown[] = [];
    const words = ['skip', 'abort'];
    await ended(world, async (w, record) => {
      if (record.question.kind !== 'failure') return approving(w, record);
      said.push(saysOf(record, 'abort'));
      await w.click(record, ana, words.shift() ?? '');
    });
    expect(said).toEqual([
      expect.stringContaining('asks for the way back of step 2,'),
      expect.stringContaining('asks for the way back of step 3,'),
    ]);
    expect(namesOf(world).slice(-3)).toEqual(['3.run', '3.rollback', '5.run']);
  });

  test('of a skip: the way back of an earlier attempt, where the further one could not be started', async () => {
    const world = worldOf(failing('2.run.1'));
    const respond = world.respond;
    world.respond = (send, target) =>
      send.dispatch.attempt === 2 && send.dispatch.part === 'run' ? { status: 'Undeliverable' } : respond(send, target);
    const said: unknown[] = [];
    const words = ['retry', 'skip'];
    await ended(world, async (w, record) => {
      if (record.question.kind !== 'failure') return approving(w, record);
      said.push(saysOf(record, 'skip'));
      await w.click(record, ana, words.shift() ?? '');
    });
    expect(said).toEqual([
      expect.stringContaining('asks for its way back'),
      expect.stringContaining('asks for its way back'),
    ]);
    expect(namesOf(world)).toContain('2.rollback');
  });
});

describe('what decides nothing', () => {
  test('words that others wrote into the chain, and attempts that nobody asked for', async () => {
    const world = worldOf(failing('2.run.1'));
    const id = await world.ring();
    const before = ['2.run', '2.before'];
    const status = await world.run(id, async (w, record) => {
      if (record.question.kind !== 'failure') return approving(w, record);
      const { dispatch } = record.question.items[0] ?? {};
      if (!dispatch) throw new Error('about nothing');
      for (const word of ['retry', 'continue', 'skip'])
        await append(w.writer('settle'), id, {
          kind: 'vote_signed',
          dispatch,
          questionDigest: record.digest,
          word,
          by: { name: 'ana', via: 'slack', id: ana.id },
          envelope: { payloadType: 'x', payload: 'e30=', signatures: [{ keyid: 'k', sig: 'AAAA' }] },
        } as never);
      for (const [part, attempt] of [
        ['run', 2],
        ['before', 2],
        ['run', 1],
      ] as const) {
        const sent = w.sends.length;
        await w.execute(id, { ...dispatch, part, attempt }).catch(() => {});
        expect(w.sends.length, `${part}.${attempt}`).toBe(sent);
      }
    });
    expect(['halted', 'failed']).toContain(status);
    expect(namesOf(world).filter((name) => before.includes(name))).toHaveLength(2);
  });

  test('an approval, a rejection, or a word about another question', async () => {
    const world = worldOf(failing('2.run.1'));
    const id = await world.ring();
    const standing: unknown[] = [];
    await world.run(id, async (w, record) => {
      if (record.question.kind !== 'failure') return approving(w, record);
      // Some of these open a modal, and are none that `decide` hears.
      for (const word of ['approve', 'reject', 'modify', 'revoke', 'confirm'])
        await w.click(record, ana, word).catch(() => {});
      const approve = w.questions(id).at(-2);
      if (approve) await w.click(approve, ana, 'continue');
      standing.push(...w.questions(id).map(({ status, votes }) => [status, votes.length]));
      await w.click(record, ana, 'abort');
    });
    expect(standing).toEqual([
      ['APPROVED', 1],
      ['PENDING', 0],
    ]);
  });
});
