/** A channel that takes no more messages: what waits is said in one digest, nothing expires unseen, and nobody's page waits. */
import { describe, expect, test } from 'vitest';
import { minuteBucket } from '../../../core/pace.ts';
import { isoOf } from '../../../core/time.ts';
import { slackBucket } from '../../../core/use-cases/paced.ts';
import { ChannelBusy } from '../../../core/use-cases/ports.ts';
import { alarmOf, ana, compiledOf, policyText } from '../../support/fixtures.ts';
import { doorbellOf, World } from '../../support/world.ts';

const minute = 60_000;
const step2 = { step: 2, part: 'run' as const, attempt: 1, wave: 1 };

/** A world in which somebody else uses every minute's messages up, until `until`. */
function crowdedWorld(policy = policyText('live')) {
  const world = new World();
  world.compiled = compiledOf({ policy });
  world.keepsPace = true;
  const crowd = { until: Number.POSITIVE_INFINITY };
  const fill = async () => {
    const bucket = minuteBucket(slackBucket, world.compiled.policy.slack.messages_per_minute, 'late');
    if (world.now < crowd.until) while (await world.pace.take(bucket));
  };
  // Whoever asks for room finds it taken.
  let isFilling = false;
  world.pace.port = async () => {
    if (isFilling) return;
    isFilling = true;
    await fill();
    isFilling = false;
  };
  return { world, crowd };
}

/** The texts of the digest, newest last. */
function digests({ posts, updates }: World): string[] {
  return [...posts, ...updates].map(({ text }) => text).filter((text) => /not asked yet|to come|any more$/.test(text));
}

/** Runs the machine's way to the first question, and asks it. */
async function toTheQuestion(world: World): Promise<string> {
  const id = await world.ring();
  await world.plan(id);
  while ((await world.gate(id)).decision === 'proceed') {
    const { dispatch } = await world.gate(id);
    if (dispatch) await world.execute(id, dispatch);
  }
  return id;
}

describe('a question for whose card there is no room', () => {
  test('is not there yet: nothing of it expires, and it is no round in which nobody could be asked', async () => {
    const { world } = crowdedWorld();
    const id = await toTheQuestion(world);
    for (let rounds = 0; rounds < 60; rounds += 1) {
      await expect(world.ask(id, step2)).rejects.toBeInstanceOf(ChannelBusy);
      world.now += minute;
      expect(['waiting', 'answered']).toContain(await world.settle(id, step2, true));
    }
    expect(world.control.records(id)).toEqual([]);
    expect(world.work.undelivered.get(id)).toBeUndefined();
    const kinds = world.events(id).map(({ kind }) => kind);
    expect(kinds).not.toContain('approval_requested');
    expect(kinds).not.toContain('approval_undeliverable');
  });

  test('is asked once there is room, with its whole time to answer, and the incident goes on', async () => {
    const { world, crowd } = crowdedWorld();
    crowd.until = world.now + 30 * minute;
    const id = await world.ring();
    const asked: number[] = [];
    const status = await world.run(id, async (here, record) => {
      asked.push(here.now);
      expect(Date.parse(record.question.expiresAt) - here.now).toBeGreaterThan(9 * minute);
      await here.click(record, ana, 'approve');
    });
    expect(asked[0]).toBeGreaterThanOrEqual(crowd.until - minute);
    expect(status).toBe('unverified');
    expect(world.sends.filter(({ dispatch }) => dispatch.part === 'run')).toHaveLength(4);
  });

  test('goes back to the gate four times an hour, and asks CloudWatch no oftener than when it comes first', async () => {
    const { world } = crowdedWorld();
    const id = await toTheQuestion(world);
    let reads = 0;
    world.fault = (port) => {
      if (port === 'alarm') reads += 1;
    };
    const answers: string[] = [];
    for (let rounds = 0; rounds < 60; rounds += 1) {
      await world.ask(id, step2).catch(() => {});
      world.now += minute;
      answers.push(await world.settle(id, step2, true));
    }
    expect(answers.filter((answer) => answer === 'answered')).toHaveLength(4);
    expect(reads).toBe(1);
  });

  test('goes back to the gate at once when the alarm went off', async () => {
    const { world } = crowdedWorld();
    const id = await toTheQuestion(world);
    await world.ask(id, step2).catch(() => {});
    world.now += minute;
    expect(await world.settle(id, step2, true)).toBe('waiting');
    world.alarm = alarmOf({ state: 'OK', stateChangedAt: isoOf(world.now) });
    await world.triage(doorbellOf(world.alarm));
    expect(await world.settle(id, step2, true)).toBe('answered');
  });

  test('that lies there without a card, as after a crash, is taken back and asked anew', async () => {
    const { world, crowd } = crowdedWorld();
    crowd.until = 0;
    const id = await toTheQuestion(world);
    world.fault = (port) => {
      if (port === 'post') throw new Error('crashed');
    };
    await world.ask(id, step2).catch(() => {});
    world.fault = () => {};
    expect(world.request(id, step2)?.places).toEqual([]);
    crowd.until = Number.POSITIVE_INFINITY;
    await expect(world.ask(id, step2)).rejects.toBeInstanceOf(ChannelBusy);
    expect(world.request(id, step2)?.status).toBe('SUPERSEDED');
    const why = world.events(id).flatMap((event) => (event.kind === 'approval_superseded' ? [event.why] : []));
    expect(why).toEqual(['there was no room in the channel to show it to anybody']);
    crowd.until = 0;
    world.now += minute;
    await world.ask(id, step2);
    expect(world.request(id, step2)).toMatchObject({ status: 'PENDING', question: { revision: 2 } });
  });

  test('a table that does not answer is no reason not to ask', async () => {
    const { world } = crowdedWorld();
    world.pace.port = () => {
      throw new Error('the work table is down');
    };
    world.waits.port = world.pace.port;
    const id = await toTheQuestion(world);
    await world.ask(id, step2);
    expect(world.request(id, step2)?.places).toHaveLength(1);
  });

  test('under a stop it goes back to the gate, and that is no round without a card either', async () => {
    const { world } = crowdedWorld();
    const id = await toTheQuestion(world);
    await world.ask(id, step2).catch(() => {});
    world.pace.port = () => {};
    world.now += minute;
    world.stopped = true;
    const error = await world.ask(id, step2).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'NotItsTurn' });
    expect(await world.settle(id, step2, true)).toBe('answered');
    expect(world.work.undelivered.get(id)).toBeUndefined();
  });
});

describe('the digest', () => {
  test('is posted once, drawn again as long as something waits, says in the end that nothing does, and the next is new', async () => {
    const { world, crowd } = crowdedWorld();
    const id = await toTheQuestion(world);
    await world.ask(id, step2).catch(() => {});
    world.executions.set(id, 'RUNNING');
    await world.sweep();
    expect(digests(world)).toEqual(['1 question not asked yet']);
    expect(JSON.stringify(world.posts.at(-1))).toMatch(/fix-web.*step 2: Restart \(modifying\)/s);
    world.now += minute;
    await world.sweep();
    expect(digests(world)).toHaveLength(1);
    crowd.until = 0;
    world.now += minute;
    await world.ask(id, step2);
    await world.sweep();
    expect(digests(world)).toEqual(['1 question not asked yet', 'Nothing waits for this channel any more']);
    expect(world.waits.digest).toEqual({ place: null, drawn: null });
    world.now += minute;
    await world.sweep();
    expect(digests(world)).toHaveLength(2);
  });

  test('is drawn by one of several sweeps of a minute', async () => {
    const { world } = crowdedWorld();
    const id = await toTheQuestion(world);
    await world.ask(id, step2).catch(() => {});
    world.executions.set(id, 'RUNNING');
    await Promise.all([world.sweep(), world.sweep(), world.sweep()]);
    expect(digests(world)).toHaveLength(1);
  });

  test('forgets a question whose incident is over', async () => {
    const { world } = crowdedWorld();
    const id = await toTheQuestion(world);
    await world.ask(id, step2).catch(() => {});
    await world.close(id, 'halted', 'the test');
    await world.sweep();
    expect([...world.waits.rows.keys()]).toEqual([`ending#${id}`]);
    expect(digests(world)).toEqual(['1 report to come']);
  });
});

describe('an incident that ends while there is no room', () => {
  test('as one that needs a person pages at once; its report follows, once', async () => {
    const { world, crowd } = crowdedWorld();
    const id = await toTheQuestion(world);
    await world.close(id, 'halted', 'the test');
    expect(world.pages).toHaveLength(1);
    expect(world.closings).toEqual([]);
    expect(world.work.opened.size).toBe(0);
    await world.sweep();
    expect(world.closings).toEqual([]);
    crowd.until = 0;
    for (let minutes = 0; minutes < 3; minutes += 1) {
      world.now += minute;
      await world.sweep();
    }
    expect(world.closings).toHaveLength(1);
    expect(world.pages).toHaveLength(1);
    const told = world.events(id).flatMap((event) => (event.kind === 'people_told' ? [event] : []));
    expect(told).toMatchObject([
      { slack: false, paged: true },
      { slack: true, paged: false },
    ]);
  });

  test('recovered: nobody is paged, it is not open any more, and its report follows', async () => {
    const { world, crowd } = crowdedWorld();
    const id = await toTheQuestion(world);
    world.alarm = alarmOf({ state: 'OK', stateChangedAt: '2026-11-21T02:59:50.000Z' });
    await world.close(id, 'recovered', null);
    expect(world.pages).toEqual([]);
    expect(world.work.opened.size).toBe(0);
    crowd.until = 0;
    world.now += minute;
    await world.sweep();
    expect(world.closings).toHaveLength(1);
    expect(world.waits.rows.size).toBe(0);
  });

  test('and neither takes nor notes anything: then somebody is paged', async () => {
    const { world } = crowdedWorld();
    const id = await toTheQuestion(world);
    world.waits.port = () => {
      throw new Error('the work table is down');
    };
    world.alarm = alarmOf({ state: 'OK', stateChangedAt: '2026-11-21T02:59:50.000Z' });
    await world.close(id, 'recovered', null);
    expect(world.pages).toHaveLength(1);
  });

  test('a planted row tells nothing of an incident that goes on, or never was', async () => {
    const { world, crowd } = crowdedWorld();
    crowd.until = 0;
    const id = await toTheQuestion(world);
    world.executions.set(id, 'RUNNING');
    for (const incidentId of [id, 'inc-00000000000000000000'])
      await world.waits.wait({ kind: 'ending', incidentId, step: null });
    await world.sweep();
    expect(world.closings).toEqual([]);
    expect(world.events(id).some(({ kind }) => kind === 'people_told')).toBe(false);
  });
});

test('a first message that could not be drawn is drawn by sweep, when there is room, as it is then', async () => {
  const { world, crowd } = crowdedWorld();
  crowd.until = 0;
  const id = await toTheQuestion(world);
  await world.tell(id);
  crowd.until = Number.POSITIVE_INFINITY;
  await world.close(id, 'halted', 'the test');
  await world.tell(id);
  const drawn = world.heads.length;
  expect([...world.waits.rows.keys()]).toContain(`head#${id}`);
  crowd.until = 0;
  world.now += minute;
  await world.sweep();
  expect(world.heads.length).toBe(drawn + 1);
  expect(world.heads.at(-1)?.text).toMatch(/^Halted/);
  expect(world.waits.rows.size).toBe(0);
});
