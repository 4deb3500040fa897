/** Trying again: a signed word begins the next round; without it nothing is planned, sent or asked under a further round. */
import { describe, expect, test } from 'vitest';
import { append } from '../../../core/audit/append.ts';
import { mostRounds } from '../../../core/incident/retry.ts';
import type { Block } from '../../../core/slack/blocks.ts';
import { actionIds } from '../../../core/slack/controls.ts';
import { slackSignature } from '../../../core/slack/signature.ts';
import { incidentIdOf } from '../../../core/subject.ts';
import { openedEvent } from '../../../core/use-cases/opening.ts';
import { alarmOf, ana, ben, compiledOf, policyText } from '../../support/fixtures.ts';
import { approving, rejecting, signingSecret, World } from '../../support/world.ts';

const stranger = { id: 'U0000000009', name: 'ana' };

/** Presses `Try again` on the closing of an incident, as Slack signs it. */
function press(world: World, incidentId: string, user: { id: string; name: string } = ana): Promise<void> {
  const payload = {
    type: 'block_actions',
    user,
    trigger_id: '1.2.x',
    channel: { id: 'C1' },
    message: { ts: '1.0' },
    actions: [{ action_id: actionIds.retry, value: incidentId }],
  };
  const rawBody = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
  const timestamp = String(Math.floor(world.now / 1000));
  return world.decide({ rawBody, timestamp, signature: slackSignature(rawBody, timestamp, signingSecret) });
}

const buttonsOf = (blocks: readonly Block[] = []) =>
  blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements.map(({ action_id, value }) => [action_id, value]) : [],
  );

const subjectOf = (round: number) => ({
  kind: 'alarm' as const,
  alarmArn: alarmOf().arn,
  contributorId: null,
  stateChangedAt: alarmOf().stateChangedAt,
  round,
});

async function rejected(): Promise<{ world: World; id: string; next: string }> {
  const world = new World();
  const id = await world.ring();
  expect(await world.run(id, rejecting)).toBe('rejected');
  return { world, id, next: incidentIdOf(subjectOf(2)) };
}

describe('a person who may approve', () => {
  test('presses the button of a rejected closing: a new incident is planned, asks anew, and its answer counts', async () => {
    const { world, id, next } = await rejected();
    expect(buttonsOf(world.posts.at(-1)?.blocks)).toEqual([[actionIds.retry, id]]);
    expect(JSON.stringify(world.posts.at(-1))).toContain('Fix it by hand. Or try again, for a new plan.');
    await press(world, id);
    expect(world.executions.get(next)).toBe('RUNNING');
    expect(world.told.at(-1)).toContain('A new plan is made');
    const before = world.sends.length;
    expect(await world.run(next, approving)).toBe('unverified');
    expect(world.sends.length).toBeGreaterThan(before);
    expect(world.events(next)[0]).toMatchObject({ kind: 'incident_opened', subject: { round: 2 } });
  });

  test('presses twice, and another one after: one incident, and each is told who was first', async () => {
    const { world, id, next } = await rejected();
    world.compiled = compiledOf({ policy: policyText('live').replace('approvers: [ana]', 'approvers: [ana, ben]') });
    await press(world, id);
    await press(world, id);
    await press(world, id, ben);
    expect([...world.executions.keys()].filter((name) => name === next)).toHaveLength(1);
    expect(world.told.at(-1)).toBe(`ana asked for a new plan already: ${next}.`);
    expect(world.control.retries.size).toBe(1);
  });

  test('may do so five times for one change of the alarm, and then goes on by hand', async () => {
    const world = new World();
    let id = await world.ring();
    for (let round = 1; round < mostRounds; round += 1) {
      await world.run(id, rejecting);
      await press(world, id);
      id = incidentIdOf(subjectOf(round + 1));
      expect(world.executions.get(id)).toBe('RUNNING');
    }
    await world.run(id, rejecting);
    expect(buttonsOf(world.posts.at(-1)?.blocks)).toEqual([]);
    await press(world, id);
    expect(world.told.at(-1)).toContain('5 at most');
  });

  test('finds that the alarm is OK by now: nothing begins, and the day’s chain says why', async () => {
    const { world, id, next } = await rejected();
    world.alarm = alarmOf({ state: 'OK' });
    await press(world, id);
    expect(world.executions.has(next)).toBe(false);
    const refusals = [...world.audit.chains.keys()]
      .filter((name) => name.startsWith('DAY#'))
      .flatMap((name) => world.events(name));
    expect(refusals).toContainEqual(
      expect.objectContaining({ kind: 'envelope_refused', why: expect.stringContaining('asked for again by ana') }),
    );
  });
});

describe('what a press meets', () => {
  test('an alarm that was off meanwhile and is on again: that change is planned for, as any would be', async () => {
    const world = new World();
    const id = await world.ring();
    const again = { ...subjectOf(1), stateChangedAt: '2026-11-21T03:00:30.000Z' };
    await world.run(id, async (_, record) => {
      await rejecting(world, record);
      world.alarm = alarmOf({ stateChangedAt: again.stateChangedAt });
    });
    expect(buttonsOf(world.posts.at(-1)?.blocks)).toEqual([[actionIds.retry, id]]);
    await press(world, id);
    expect(world.executions.get(incidentIdOf(again))).toBe('RUNNING');
  });

  test('a closing whose incident still holds the alarm: it is tried again until that is freed, and not lost', async () => {
    const { world, id, next } = await closingHeld();
    await expect(press(world, id)).rejects.toThrow('still being closed');
    expect(world.executions.has(next)).toBe(false);
    world.fault = () => {};
    world.executions.set(id, 'SUCCEEDED');
    await world.sweep();
    await world.triage({ retry: next });
    expect(world.executions.get(next)).toBe('RUNNING');
  });

  test('a closing whose incident is freed a moment later', async () => {
    const { world, id, next } = await closingHeld();
    world.fault = () => {};
    world.pass = async () => void (await world.work.release(id));
    await press(world, id);
    expect(world.executions.get(next)).toBe('RUNNING');
  });

  test('a plan that was made already and is over: whoever presses again is told which', async () => {
    const { world, id, next } = await rejected();
    await press(world, id);
    await press(world, id);
    expect(world.told.at(-1)).toBe(`You asked for a new plan already: ${next}.`);
    await world.run(next, rejecting);
    await press(world, id);
    expect(world.told.at(-1)).toBe(`You asked for a new plan already: ${next} ended as rejected.`);
  });
});

/** People were told how it ended, and the function ended before it freed the alarm. */
async function closingHeld() {
  const world = new World();
  const id = await world.ring();
  world.fault = (port) => {
    if (port === 'work.release') throw new Error('crashed');
  };
  await world.run(id, rejecting).catch(() => {});
  expect(buttonsOf(world.posts.at(-1)?.blocks)).toEqual([[actionIds.retry, id]]);
  return { world, id, next: incidentIdOf(subjectOf(2)) };
}

describe('nothing is signed', () => {
  test('for a stranger who is called like an approver', async () => {
    const { world, id } = await rejected();
    await press(world, id, stranger);
    expect([world.control.retries.size, world.told.at(-1)]).toEqual([0, 'The policy does not name you.']);
  });

  test('while the incident goes on, and where it ended well', async () => {
    const world = new World();
    const id = await world.ring();
    await press(world, id);
    expect(world.told.at(-1)).toBe('This incident still goes on.');
    world.onSend = () => {
      world.alarm = alarmOf({ state: 'OK' });
    };
    await world.run(id);
    await press(world, id);
    expect(world.told.at(-1)).toMatch(/there is nothing to try again/);
    expect(world.control.retries.size).toBe(0);
  });

  test('for an incident that never was', async () => {
    const world = new World();
    await press(world, 'inc-0123456789abcdef0123');
    expect([world.control.retries.size, world.told.at(-1)]).toEqual([0, 'There is no such incident.']);
  });
});

describe('I11: a round that nobody signed', () => {
  test.each<[string, (world: World, next: string) => unknown]>([
    ['has no word', () => null],
    ['has a word of garbage', () => ({ payloadType: 'x' })],
    [
      'has the word for another round',
      async (world) => {
        await press(world, world.incidentId());
        return [...world.control.retries.values()][0];
      },
    ],
  ])('that %s, planted by a function, halts at the gate and sends nothing', async (_, word) => {
    const { world, id } = await rejected();
    const round = 3;
    const planted = incidentIdOf(subjectOf(round));
    const envelope = await word(world, planted);
    if (envelope !== null) world.control.retries.set(planted, envelope);
    await append(world.writer('triage'), planted, openedEvent(subjectOf(round), world.compiled, world.alarm));
    const before = world.sends.length;
    expect(await world.run(planted, approving)).toBe('halted');
    const dispatch = { step: 1, part: 'run' as const, attempt: 1, wave: 1 };
    expect((await world.execute(planted, dispatch)).outcome).not.toBe('running');
    expect(world.sends.length).toBe(before);
    expect(id).not.toBe(planted);
  });

  test('a row of garbage keeps nobody from trying again', async () => {
    const { world, id, next } = await rejected();
    world.control.retries.set(next, { payloadType: 'planted' });
    await press(world, id);
    expect(world.executions.get(next)).toBe('RUNNING');
  });
});

test('a crash at any call of it leaves at most one incident, and a second click finishes it', async () => {
  for (const lost of [true, false])
    for (const port of ['sign', 'control.retry', 'control.putRetry', 'begin', 'tell', 'work.open', 'start']) {
      const { world, id, next } = await rejected();
      let isOver = false;
      const crash = (name: string) => {
        if (name !== port || isOver) return;
        isOver = true;
        throw new Error(`${name} failed`);
      };
      if (lost) world.lost = crash;
      else world.fault = crash;
      await press(world, id).catch(() => {});
      [world.fault, world.lost] = [() => {}, () => {}];
      await press(world, id);
      await world.sweep();
      expect(world.executions.get(next), `${port} ${lost ? 'lost' : 'failed'}`).toBe('RUNNING');
      expect(world.events(next).filter(({ kind }) => kind === 'incident_opened')).toHaveLength(1);
    }
});
