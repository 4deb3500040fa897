/** What somebody changed, beside waves and standing approvals: a run keeps what it began with, and nothing changed goes out unasked. */
import { describe, expect, test } from 'vitest';
import type { QuestionRecord } from '../../../core/approval/record.ts';
import { voteEntryId } from '../../../core/approval/votes.ts';
import { append } from '../../../core/audit/append.ts';
import { untilAsked } from '../../support/asked-step.ts';
import { alarmOf, ana, ben, compiledOf, fixRunbook, instanceId, policyText, standing } from '../../support/fixtures.ts';
import { answering, fleetOf, fleetRunbook, hostId, isRestart, sentTo } from '../../support/fleet.ts';
import { World } from '../../support/world.ts';

const unit = 'parameters: { unit: { type: unit, description: What to restart, default: web.service } }';

describe('once a first wave was sent', () => {
  /** Of four hosts one got it, the next fails, and one is lost between: what is left is asked anew. */
  async function askedAnew(say: (world: World, record: QuestionRecord) => Promise<void>) {
    const runbook = fleetRunbook
      .replace('parameters: {}', unit)
      .replace('systemctl restart web\n', 'systemctl restart {{ unit }}\n')
      .replace('systemctl stop web\n', 'systemctl stop {{ unit }}\n');
    const world = fleetOf(4, { safety: 'waves: [1, 1, 2]', runbook });
    answering(world, { [hostId(2)]: { status: 'Failed', exitCode: 1 } });
    let isLost = false;
    world.onSend = (send) => {
      if (!isRestart(send) || isLost) return;
      isLost = true;
      world.instances = world.instances.map((one) => (one.id === hostId(4) ? { ...one, online: false } : one));
    };
    const id = await world.ring();
    await world.run(id, async (_, record) => {
      const { dispatch } = record.question.items[0] ?? {};
      if (dispatch?.step === 2 && dispatch.part === 'run' && record.question.revision === 2) await say(world, record);
      await world.click(record, ana, 'approve');
    });
    return world;
  }
  const undone = (world: World) => world.sends.filter(({ dispatch }) => dispatch.part === 'rollback');

  test('its values stay: the way back has those with which the host was changed', async () => {
    const world = await askedAnew((_, record) =>
      _.click(record, ana, 'modify', _.now, { parameters: { unit: 'nginx.service' } }),
    );
    expect(world.told.join()).toContain('Its first wave was sent');
    expect(new Set(undone(world).map(({ script }) => script))).toEqual(new Set(["systemctl stop 'web.service'"]));
  });

  test('its hosts stay: also the one that was not left is undone', async () => {
    const world = await askedAnew((_, record) => _.click(record, ana, 'narrow', _.now, { targets: [hostId(2)] }));
    expect(world.told.join()).toContain('Its first wave was sent');
    expect(sentTo(world, 2, 'rollback').flat().toSorted()).toEqual([1, 2]);
  });
});

describe('after a deploy that no longer names who said so', () => {
  const runbook = fixRunbook
    .replace('parameters: {}', unit)
    .replace('systemctl restart web\n', 'systemctl restart {{ unit }}\n');
  const both = policyText('live').replace('approvers: [ana]', 'approvers: [ana, ben]');
  const without = policyText('live').replace(/, { name: ben[^}]*}/, '');

  test('what was skipped stays skipped', async () => {
    const world = new World();
    world.compiled = compiledOf({ policy: both, runbook });
    const { id, dispatch, asked } = await untilAsked(world, 2);
    await world.click(asked(), ben, 'skip');
    await world.settle(id, dispatch);
    world.compiled = compiledOf({ policy: without, runbook });
    expect((await world.gate(id)).dispatch?.step).toBe(3);
  });

  test('what was changed stays changed', async () => {
    const world = new World();
    world.compiled = compiledOf({ policy: both, runbook });
    const { id, dispatch, asked } = await untilAsked(world, 2);
    await world.click(asked(), ben, 'modify', world.now, { parameters: { unit: 'nginx.service' } });
    await world.settle(id, dispatch);
    world.compiled = compiledOf({ policy: without, runbook });
    expect((await world.gate(id)).derived?.script).toBe("systemctl restart 'nginx.service'");
  });
});

test('a changed command is asked about, also where a standing approval has come to hold meanwhile', async () => {
  const world = new World();
  const freeze = "freeze: [{ from: '2026-11-21T00:00:00Z', to: '2026-11-21T03:05:00Z', reason: x, mutations: ask }]";
  const runbook = fixRunbook
    .replace('parameters: {}', unit)
    .replace('systemctl restart web\n', 'systemctl restart {{ unit }}\n');
  const more = standing(5).replace("accounts: ['111122223333'] }", `accounts: ['111122223333'], ${freeze} }`);
  world.compiled = compiledOf({ policy: policyText('live', more), runbook });
  const { id, dispatch, asked } = await untilAsked(world, 2);
  await world.click(asked(), ana, 'modify', world.now, { parameters: { unit: 'nginx.service' } });
  await world.settle(id, dispatch);
  world.now = Date.parse('2026-11-21T03:06:00Z');
  expect(await world.gate(id)).toMatchObject({ decision: 'ask', dispatch: { step: 2, part: 'run' } });
  expect(await world.execute(id, dispatch)).toMatchObject({ outcome: 'stale' });
  expect(world.sends.some(({ script }) => script.includes('nginx'))).toBe(false);
});

describe('a value that the alarm chose', () => {
  async function gated(value: string, listed: string) {
    const world = new World();
    const runbook = fixRunbook
      .replace(
        'parameters: {}',
        'parameters: { unit: { type: unit, description: What to restart, from: "dimension:unit", default: web.service } }',
      )
      .replace('systemctl restart web\n', 'systemctl restart {{ unit }}\n');
    const policy = policyText('live', standing(5).replace('owner: ben', `owner: ben, parameters: { ${listed} }`));
    world.compiled = compiledOf({ policy, runbook });
    world.alarm = alarmOf({ dimensions: { InstanceId: instanceId, unit: value } });
    const id = await world.ring();
    await world.run(id, async () => {});
    return { sent: world.sends.map(({ script }) => script), asked: world.questions(id).length };
  }

  test('goes out under a standing approval only where that lists it', async () => {
    expect((await gated('nginx.service', 'unit: ["nginx.service"]')).sent).toContain(
      "systemctl restart 'nginx.service'",
    );
    const unlisted = await gated('nginx.service', 'unit: ["apache2.service"]');
    expect(unlisted.sent.some((script) => script.includes('restart'))).toBe(false);
    expect(unlisted.asked).toBe(1);
  });

  test('needs no listing where it is the one that the author wrote', async () => {
    expect((await gated('web.service', '')).sent).toContain("systemctl restart 'web.service'");
  });
});

test('what an entry says a vote was is nobody’s word: a take-back that is recorded as an approval still counts', async () => {
  const world = new World();
  const { id, dispatch, asked } = await untilAsked(world, 2);
  await world.click(asked(), ana, 'approve');
  const before = asked();
  world.now += 1000;
  world.fault = (port) => {
    if (port.startsWith('append')) throw new Error('the audit is busy');
  };
  await world.click(before, ana, 'revoke').catch(() => {});
  world.fault = () => {};
  const [envelope] = asked().votes.slice(-1);
  if (!envelope) throw new Error('it was not taken back');
  const by = { ...ana, via: 'slack' as const };
  const event = {
    kind: 'vote_signed',
    dispatch,
    questionDigest: before.digest,
    word: 'approve',
    by,
    envelope,
  } as const;
  await append(world.writer('settle'), id, event, { id: voteEntryId(envelope) }).catch(() => {});
  world.plant({ ...before, status: 'APPROVED' });
  expect(await world.execute(id, dispatch)).toMatchObject({ outcome: 'stale' });
});
