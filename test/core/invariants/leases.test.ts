/** One running change on a host, across incidents: the others wait their turn, and waiting is no stale round. */
import { describe, expect, test } from 'vitest';
import type { QuestionRecord } from '../../../core/approval/record.ts';
import { append, begin } from '../../../core/audit/append.ts';
import type { Lease } from '../../../core/burn.ts';
import { sha256 } from '../../../core/digest.ts';
import { dispatchKey } from '../../../core/dispatch.ts';
import { isoOf } from '../../../core/time.ts';
import { alarmOf, ana, instanceId } from '../../support/fixtures.ts';
import { World } from '../../support/world.ts';
import { opened } from '../gate/situations.ts';

const restart = { step: 2, part: 'run', attempt: 1, wave: 1 } as const;
const other = 'inc-00000000000000000000';
const holder = dispatchKey(other, restart);

/** The restart, approved and settled, and its host held by another incident for five minutes. */
async function held(lease: Partial<Lease> = {}): Promise<{ world: World; id: string; record: QuestionRecord }> {
  const world = new World();
  const id = await world.ring();
  await world.plan(id);
  for (const dispatch of [
    { ...restart, step: 1 },
    { ...restart, part: 'before' },
  ] as const)
    await world.execute(id, dispatch);
  await world.ask(id, restart);
  const record = world.request(id, restart) as QuestionRecord;
  await world.click(record, ana, 'approve');
  await world.settle(id, restart);
  world.dispatches.leases.push({ host: instanceId, number: 1, holder, until: isoOf(world.now + 300_000), ...lease });
  return { world, id, record };
}

/** What the other incident's chain says of its command. */
async function otherSays(world: World, outcome: 'succeeded' | 'failed' | 'unknown'): Promise<void> {
  await begin(world.writer('triage'), other, opened);
  await append(world.writer('poll'), other, { kind: 'command_finished', dispatch: restart, outcome, results: [] });
}

/** The other incident's command as Systems Manager knows it, with this status. */
function otherSent(world: World, status: string): void {
  const send = { ...(world.sends[0] as World['sends'][number]), incidentId: other, dispatch: restart };
  world.sends.push(send);
  world.respond = ({ incidentId }) => (incidentId === other ? { status } : {});
}

const sentHere = (world: World, id: string) =>
  world.sends.filter((send) => send.incidentId === id && send.script.includes('restart'));
const refusals = (world: World, id: string) => world.events(id).filter(({ kind }) => kind === 'dispatch_refused');

describe('while another incident changes the host', () => {
  test('the gate waits and says who and until when, once in the chain; what only reads goes on', async () => {
    const { world, id } = await held();
    for (let minute = 0; minute < 5; minute += 1) {
      expect(await world.gate(id)).toMatchObject({
        decision: 'wait',
        seconds: 60,
        reasons: [{ rule: 'host.held', text: expect.stringContaining(`${instanceId} is being changed by ${holder}`) }],
      });
      world.now += 60_000;
    }
    const waits = world.events(id).filter((event) => event.kind === 'gate_decided' && event.decision === 'wait');
    expect(waits).toHaveLength(1);
  });

  test('what was approved meanwhile is not sent, and three times are no three stale rounds', async () => {
    const { world, id } = await held();
    for (let round = 0; round < 4; round += 1) {
      expect((await world.execute(id, restart)).outcome).toBe('stale');
      world.now += 60_000;
    }
    expect(sentHere(world, id)).toEqual([]);
    expect(refusals(world, id)).toHaveLength(4);
    expect(await world.gate(id)).toMatchObject({ decision: 'wait', reasons: [{ rule: 'host.held' }] });
    world.now += 70_000;
    expect(await world.gate(id)).toMatchObject({ decision: 'ask', dispatch: restart });
    expect((await world.execute(id, restart)).outcome).toBe('succeeded');
    expect(world.dispatches.burnt.get(dispatchKey(id, restart))?.leases).toEqual({ [instanceId]: 2 });
  });

  test('a card that waits stays and can be answered', async () => {
    const { world, id, record } = await held();
    const fresh = { ...record, status: 'PENDING' as const, votes: [] };
    world.plant(fresh);
    await world.ask(id, restart);
    expect(world.request(id, restart)?.status).toBe('PENDING');
  });
});

describe('its end', () => {
  test('as the other chain says it leads on to execute, and Systems Manager decides: it has ended', async () => {
    const { world, id } = await held();
    await otherSays(world, 'succeeded');
    otherSent(world, 'Success');
    expect(await world.gate(id)).toMatchObject({ decision: 'ask' });
    expect((await world.execute(id, restart)).outcome).toBe('succeeded');
    expect(sentHere(world, id)).toHaveLength(1);
  });

  test.each(['InProgress', 'Pending', 'Delayed', 'Cancelling'])(
    'is not believed when Systems Manager says %s, whatever the other chain says',
    async (status) => {
      const { world, id } = await held();
      await otherSays(world, 'succeeded');
      otherSent(world, status);
      expect((await world.execute(id, restart)).outcome).toBe('stale');
      expect(sentHere(world, id)).toEqual([]);
      expect(refusals(world, id)).toMatchObject([{ reasons: [{ rule: 'host.held' }] }]);
    },
  );

  test.each(['DeliveryTimedOut', 'Cancelled', 'AWordOfNextYear'])(
    'is not known when Systems Manager says %s: the command may still run, so its lease is waited out',
    async (status) => {
      const { world, id } = await held();
      await otherSays(world, 'unknown');
      otherSent(world, status);
      expect(await world.gate(id)).toMatchObject({ decision: 'wait', reasons: [{ rule: 'host.held' }] });
      expect((await world.execute(id, restart)).outcome).toBe('stale');
      expect(sentHere(world, id)).toEqual([]);
      world.now += 301_000;
      expect((await world.execute(id, restart)).outcome).toBe('succeeded');
    },
  );

  test('is the incident’s own business where it is its own command: what undoes it does not wait', async () => {
    const { world, id } = await held({ until: isoOf(0) });
    const own = dispatchKey(id, { ...restart, part: 'before' });
    world.dispatches.leases.push({ host: instanceId, number: 2, holder: own, until: isoOf(world.now + 300_000) });
    world.respond = ({ dispatch }) => (dispatch.part === 'before' ? { status: 'DeliveryTimedOut' } : {});
    expect((await world.execute(id, restart)).outcome).toBe('succeeded');
  });

  test('of several hosts is each one’s own: what is known of one does not free another', async () => {
    const { world, id } = await held();
    const nothing = { exitCode: 0, stdoutHash: sha256(''), stderrHash: sha256('') };
    await begin(world.writer('triage'), other, opened);
    await append(world.writer('poll'), other, {
      kind: 'command_finished',
      dispatch: restart,
      outcome: 'partial',
      results: [
        { target: instanceId, status: 'DeliveryTimedOut', outcome: 'unknown', ...nothing },
        { target: 'i-0fffffffffffffff0', status: 'Success', outcome: 'succeeded', ...nothing },
      ],
    });
    expect(await world.gate(id)).toMatchObject({ decision: 'wait', reasons: [{ rule: 'host.held' }] });
  });

  test('is not believed when Systems Manager knows no such command, as long as a host could begin it', async () => {
    const { world, id } = await held({ beginsBy: isoOf(Date.parse('2026-11-21T03:01:30Z')) });
    await otherSays(world, 'failed');
    expect((await world.execute(id, restart)).outcome).toBe('stale');
    world.now = Date.parse('2026-11-21T03:01:31Z');
    expect((await world.execute(id, restart)).outcome).toBe('succeeded');
  });

  test('is looked for under the document that the holder was sent with', async () => {
    const document = `countersign-run-${'e'.repeat(12)}`;
    const { world, id } = await held({ document });
    await otherSays(world, 'succeeded');
    otherSent(world, 'Success');
    world.findsOnly = document;
    expect((await world.execute(id, restart)).outcome).toBe('succeeded');
  });

  test('lost to another call of the same dispatch, whose burn is not to be seen yet, is that call’s running', async () => {
    const { world, id } = await held({ until: isoOf(0) });
    const { port } = world.dispatches;
    world.dispatches.port = async (name) => {
      if (name === 'dispatches.burn')
        world.dispatches.leases.push({
          host: instanceId,
          number: 2,
          holder: dispatchKey(id, restart),
          until: isoOf(world.now + 60_000),
        });
      return port(name);
    };
    expect((await world.execute(id, restart)).outcome).toBe('running');
    expect([refusals(world, id), sentHere(world, id)]).toEqual([[], []]);
  });

  test('lost to a third incident at the same moment is waiting too', async () => {
    const { world, id } = await held({ until: isoOf(0) });
    const { port } = world.dispatches;
    world.dispatches.port = async (name) => {
      if (name === 'dispatches.burn')
        world.dispatches.leases.push({ host: instanceId, number: 2, holder, until: isoOf(world.now + 60_000) });
      return port(name);
    };
    expect((await world.execute(id, restart)).outcome).toBe('stale');
    expect(refusals(world, id)).toMatchObject([{ outcome: 'stale', reasons: [{ rule: 'host.held' }] }]);
  });
});

test('two incidents on one host: both change it, never at the same time, and neither halts', async () => {
  const world = new World();
  const first = await world.ring();
  world.alarm = alarmOf({ name: 'fix-second' });
  const second = await world.ring();
  expect(second).not.toBe(first);
  let until = 0;
  let overlaps = 0;
  world.onSend = (send) => {
    if (!/restart|-delete/.test(send.script)) return;
    if (world.now < until) overlaps += 1;
    until = world.now + 90_000;
  };
  const sentAt = new Map<string, number>();
  world.respond = (send) => {
    const key = dispatchKey(send.incidentId, send.dispatch);
    if (!sentAt.has(key)) sentAt.set(key, world.now);
    const isDone = world.now >= (sentAt.get(key) ?? 0) + 90_000 || !/restart|-delete/.test(send.script);
    return isDone ? {} : { status: 'InProgress' };
  };
  const statuses = await Promise.all([world.run(first), world.run(second)]);
  expect(overlaps).toBe(0);
  expect(statuses).not.toContain('halted');
  for (const id of [first, second])
    expect(world.sends.filter((send) => send.incidentId === id && /restart/.test(send.script))).toHaveLength(1);
});
