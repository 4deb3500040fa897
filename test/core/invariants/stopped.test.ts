/** I4, the kill switch's part: no send begins after an acknowledged stop; an abort ends and cancels; a resume lets go on. */
import { describe, expect, test } from 'vitest';
import { Clock } from '../../../bench/clock.ts';
import { nextEntry, type StoredItem } from '../../../core/audit/chain.ts';
import { sendBySeconds } from '../../../core/burn.ts';
import { canonicalJson } from '../../../core/digest.ts';
import { isAborted, readSwitch } from '../../../core/incident/kill-switch.ts';
import { historyLimits } from '../../../core/limits.ts';
import { isoOf } from '../../../core/time.ts';
import { seed, share } from '../../soak.ts';
import { command } from '../../support/commands.ts';
import { ana, ben } from '../../support/fixtures.ts';
import { answering, fleetOf, hostId } from '../../support/fleet.ts';
import { approving, World } from '../../support/world.ts';
import { Chance } from './chance.ts';

const restart = { step: 2, part: 'run', attempt: 1, wave: 1 } as const;

/** A world whose restart is asked for and, unless told otherwise, approved. */
async function waiting(world = new World(), isApproved = true): Promise<{ world: World; id: string }> {
  const id = await world.ring();
  await world.plan(id);
  for (;;) {
    const { decision, dispatch } = await world.gate(id);
    if (decision !== 'proceed' || dispatch === null) break;
    await world.execute(id, dispatch);
    await world.poll(id, dispatch);
  }
  await world.ask(id, restart);
  const record = world.request(id, restart);
  if (isApproved && record) await approving(world, record);
  return { world, id };
}

/** What somebody may write who may append: the same entries, each written at this moment. */
function rewritten(world: World, id: string, at: string): StoredItem[] {
  const items: StoredItem[] = [];
  let head: { sequence: number; hash: string } | null = null;
  for (const event of world.events(id)) {
    const entry = nextEntry(id, head, { entryId: `e${items.length}`, at, actor: 'triage' }, event);
    items.push({ place: entry.sequence, text: canonicalJson(entry) });
    head = entry;
  }
  return items;
}

/** Two people stop at some moment while two calls are about to send the same; every call takes its time, up to a minute. */
async function race(number: number): Promise<{ sent: number; acknowledged: boolean }> {
  const chance = new Chance(seed + number);
  const world = new World();
  const { id } = await waiting(world);
  const before = world.sends.length;
  const clock = new Clock(world.now);
  // From here on every call of everybody waits, and the clock says when.
  Object.defineProperty(world, 'now', { get: () => clock.now });
  world.pass = (milliseconds) => clock.sleep(milliseconds);
  // Most calls are quick, so that a stop may be through while a send is held up.
  const longest = chance.of([4_000, sendBySeconds * 1000, 60_000]);
  const pause = () => clock.sleep(Math.floor(chance.next() * (chance.isTrue(0.15) ? longest : 30)));
  [world.fault, world.lost] = [pause, pause];
  const acknowledged: number[] = [];
  const stops = [ana, ben].map(async (person) => {
    await clock.sleep(Math.floor(chance.next() * 12_000));
    const text = await command(world, person, chance.isTrue(0.3) && person === ana ? 'stop --abort' : 'stop');
    if (text.startsWith('Stopped')) acknowledged.push(clock.now);
  });
  const executions = [0, 1].map(async () => {
    await clock.sleep(Math.floor(chance.next() * 4_000));
    await world.execute(id, restart);
  });
  await clock.run(Promise.all([...stops, ...executions]));
  const sentAt = world.sentAt.slice(before);
  const last = Math.min(...acknowledged);
  for (const at of sentAt)
    if (at > last) throw new Error(`SEED=${seed} race ${number}: sent at ${at}, and stopped for certain at ${last}`);
  return { sent: sentAt.length, acknowledged: acknowledged.length === 2 };
}

describe('I4: no send begins after an acknowledged stop', () => {
  const count = share(4_000, 40);
  test(
    `in ${count} races with pauses at every call (SEED=${seed})`,
    async () => {
      const races = [];
      for (let number = 0; number < count; number += 1) races.push(await race(number));
      expect(races.every(({ acknowledged }) => acknowledged)).toBe(true);
      // Both happen, or nothing was raced: a send before the stop, and one that the stop kept back.
      expect(races.some(({ sent }) => sent === 1)).toBe(true);
      expect(races.some(({ sent }) => sent === 0)).toBe(true);
      expect(races.every(({ sent }) => sent <= 1)).toBe(true);
    },
    60_000 + count * 500,
  );

  test('a send that is held up as long as it may be goes out before a stop, put right after its burn, is acknowledged', async () => {
    const { world, id } = await waiting();
    const clock = new Clock(world.now);
    Object.defineProperty(world, 'now', { get: () => clock.now });
    world.pass = (milliseconds) => clock.sleep(milliseconds);
    let stopped: Promise<number> | null = null;
    world.fault = async (port) => {
      if (port !== 'send') return;
      stopped = command(world, ben, 'stop').then(() => clock.now);
      await clock.sleep(sendBySeconds * 1000 - 1);
    };
    await clock.run(world.execute(id, restart));
    const sentAt = world.sentAt.at(-1) ?? Number.NaN;
    expect(await clock.run(stopped ?? Promise.reject(new Error('nothing was sent')))).toBeGreaterThan(sentAt);
    expect(world.sends.at(-1)?.dispatch).toEqual(restart);
  });

  test('the kernel sends nothing after the moment that its burn names, and nothing that takes longer leaves', async () => {
    const late = await waiting();
    late.world.lost = (port) => {
      if (port === 'dispatches.burn') late.world.now += sendBySeconds * 1000;
    };
    const sends = late.world.sends.length;
    expect((await late.world.execute(late.id, restart)).outcome).toBe('not_started');
    expect(late.world.sends).toHaveLength(sends);
    const slow = await waiting();
    slow.world.fault = (port) => {
      if (port === 'send') slow.world.now += sendBySeconds * 1000 + 1;
    };
    expect((await slow.world.execute(slow.id, restart)).outcome).toBe('running');
    expect(slow.world.sends).toHaveLength(sends);
  });

  test('what is approved under a stop is kept, and sent when it is lifted', async () => {
    const { world, id } = await waiting(undefined, false);
    await command(world, ben, 'stop migration');
    expect(await world.settle(id, restart)).toBe('waiting');
    expect(JSON.stringify(world.updates.at(-1))).toMatch(
      /Everything is stopped by ben.* \(migration\): an answer is kept, and nothing is sent until somebody resumes\./,
    );
    const record = world.request(id, restart);
    if (record) await approving(world, record);
    expect(await world.settle(id, restart)).toBe('approved');
    const sends = world.sends.length;
    expect((await world.execute(id, restart)).outcome).toBe('stale');
    expect(await world.gate(id)).toMatchObject({ decision: 'wait', reasons: [{ rule: 'kill_switch' }] });
    expect(world.sends).toHaveLength(sends);
    await command(world, ana, 'resume');
    expect(await world.gate(id)).toMatchObject({ decision: 'ask', dispatch: restart });
    expect((await world.execute(id, restart)).outcome).toBe('succeeded');
  });

  test('stops that come again and again are no reason to end: nothing was out of date', async () => {
    const { world, id } = await waiting();
    for (let rounds = 0; rounds < historyLimits.maximumStaleRounds + 1; rounds += 1) {
      await command(world, ben, 'stop');
      expect((await world.execute(id, restart)).outcome).toBe('stale');
      await command(world, ana, 'resume');
      expect(await world.gate(id)).toMatchObject({ decision: 'ask', dispatch: restart });
    }
    expect((await world.execute(id, restart)).outcome).toBe('succeeded');
  });

  test('an incident under a stop still ends when it is nearly 8 h old', async () => {
    const world = new World();
    const id = await world.ring();
    await command(world, ben, 'stop');
    expect(await world.run(id)).toBe('halted');
    expect(world.events(id).find(({ kind }) => kind === 'incident_closed')).toMatchObject({ status: 'halted' });
    expect(world.pages).toHaveLength(1);
    expect((world.now - Date.parse(world.reading(id).entries[0]?.at ?? '')) / 3600_000).toBeLessThan(8.1);
    expect(world.sends).toEqual([]);
  });
});

describe('an abort', () => {
  /** Every moment at which one may arrive while the restart is executed. */
  test.each([
    ['before the intent', 'audit.put', 0, 'halted'],
    ['between intent and burn', 'dispatches.burn', 0, 'halted'],
    ['between burn and send', 'send', 1, 'halted'],
  ])('that arrives %s: what goes out went out before, and the incident ends as halted', async (_, at, sent, status) => {
    const { world, id } = await waiting();
    world.respond = (send) => ({ status: send.script.includes('restart') ? 'InProgress' : 'Success' });
    const before = world.sends.length;
    let isSaid = false;
    world.fault = async (port) => {
      if (port !== at || isSaid) return;
      isSaid = true;
      const { pass } = world;
      // The abort is written; its answer comes later.
      world.pass = async () => {};
      await command(world, ana, 'stop --abort wrong cluster');
      world.pass = pass;
    };
    await world.execute(id, restart);
    expect(world.sends).toHaveLength(before + sent);
    const cancelled: string[] = [];
    world.onCancel = (commandId) => {
      cancelled.push(commandId);
      world.respond = () => ({ status: 'Cancelled' });
    };
    if (sent === 1) {
      expect((await world.poll(id, restart)).outcome).toBe('running');
      expect((await world.poll(id, restart)).outcome).toBe('unknown');
    }
    expect(cancelled).toHaveLength(sent);
    expect(await world.gate(id)).toMatchObject({ decision: 'halt', status, reasons: [{ rule: 'kill_switch.abort' }] });
    expect(await world.close(id, 'halted', 'kill_switch.abort')).toBe('halted');
    expect(JSON.stringify(world.closings)).toContain(sent === 1 ? 'may have run' : 'not run');
  });

  test('revokes what was approved and not burnt, also when it is lifted before anybody looked', async () => {
    const { world, id } = await waiting();
    await command(world, ana, 'stop --abort');
    await command(world, ana, 'resume');
    expect(await world.settle(id, restart)).toBe('answered');
    const sends = world.sends.length;
    expect(['stale', 'refused']).toContain((await world.execute(id, restart)).outcome);
    expect(world.sends).toHaveLength(sends);
    expect(await world.gate(id)).toMatchObject({ decision: 'halt', status: 'halted' });
  });

  test('is not outlived by a vote, whatever the chain says of when the incident began', async () => {
    const { world, id } = await waiting();
    await command(world, ana, 'stop --abort');
    await command(world, ana, 'resume');
    const items = rewritten(world, id, isoOf(world.now));
    world.audit.chains.set(id, items);
    const reading = await readSwitch(world.control, world.publicKey);
    expect(isAborted(reading, world.reading(id).entries[0]?.at ?? null)).toBe(false);
    const sends = world.sends.length;
    expect((await world.execute(id, restart)).outcome).toBe('stale');
    expect(world.sends).toHaveLength(sends);
    expect(world.events(id).at(-1)).toMatchObject({
      kind: 'dispatch_refused',
      reasons: [{ text: '0 of 1 signed approvals for exactly these bytes' }],
    });
  });

  test('while a command runs on one of two hosts: it is cancelled there, and each host is told truly', async () => {
    const world = fleetOf(2, { safety: 'waves: [2]' });
    const { id } = await waiting(world);
    answering(world, { [hostId(2)]: { status: 'InProgress' } });
    expect((await world.execute(id, restart)).outcome).toBe('running');
    await command(world, ana, 'stop --abort wrong cluster');
    world.onCancel = () => answering(world, { [hostId(2)]: { status: 'Cancelled', exitCode: -1 } });
    expect((await world.poll(id, restart)).outcome).toBe('running');
    expect((await world.poll(id, restart)).outcome).toBe('partial');
    expect(await world.gate(id)).toMatchObject({ decision: 'halt', status: 'halted' });
    await world.close(id, 'halted', 'kill_switch.abort: ana aborted everything that was under way');
    const told = JSON.stringify(world.closings);
    expect(told).toContain(`ran on ${hostId(1)}; may have run on ${hostId(2)}: look at the host first`);
    expect(world.pages).toHaveLength(1);
  });

  test('cancels nothing under an unsigned stop, nor of an incident that began after it', async () => {
    const cancelled: string[] = [];
    const { world, id } = await waiting();
    world.onCancel = (commandId) => void cancelled.push(commandId);
    world.respond = () => ({ status: 'InProgress' });
    await world.execute(id, restart);
    await command(world, ben, 'stop');
    world.control.aborts.set(1, { format: 1, number: 1, by: ana, at: isoOf(world.now + 1), reason: '' });
    expect((await world.poll(id, restart)).outcome).toBe('running');
    expect(cancelled).toEqual([]);
    const later = new World();
    await command(later, ana, 'stop --abort');
    await command(later, ana, 'resume');
    later.onCancel = (commandId) => void cancelled.push(commandId);
    later.alarm = later.alarm && { ...later.alarm, stateChangedAt: isoOf(later.now) };
    later.now += 1000;
    const began = await waiting(later);
    later.respond = () => ({ status: 'InProgress' });
    await later.execute(began.id, restart);
    expect((await later.poll(began.id, restart)).outcome).toBe('running');
    expect(cancelled).toEqual([]);
  });

  test('cancels by the comment alone: a command’s id in the chain may be anybody’s', async () => {
    const { world, id } = await waiting();
    world.respond = () => ({ status: 'InProgress' });
    await world.execute(id, restart);
    await command(world, ana, 'stop --abort');
    const cancelled: string[] = [];
    world.onCancel = (commandId) => void cancelled.push(commandId);
    world.findsOnly = 'countersign-run-000000000000';
    await world.poll(id, restart);
    expect(cancelled).toEqual([]);
    world.findsOnly = null;
    await world.poll(id, restart);
    expect(cancelled).toEqual([`command-${world.sends.length}`]);
    expect(world.events(id)).toContainEqual(
      expect.objectContaining({ kind: 'cancel_requested', by: { ...ana, via: 'slack' } }),
    );
  });

  test('a cancel that Systems Manager does not take is asked for again, noted once, and stops no poll', async () => {
    const { world, id } = await waiting();
    world.respond = () => ({ status: 'InProgress' });
    await world.execute(id, restart);
    await command(world, ana, 'stop --abort');
    let asked = 0;
    world.onCancel = () => {
      asked += 1;
      throw new Error('throttled');
    };
    for (let polls = 0; polls < 3; polls += 1) expect((await world.poll(id, restart)).outcome).toBe('running');
    expect(asked).toBe(3);
    expect(world.events(id).filter(({ kind }) => kind === 'cancel_requested')).toHaveLength(1);
  });
});
