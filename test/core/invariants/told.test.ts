/** I13: wherever it crashes, and whatever Systems Manager says of each host, nobody reads that something did not run which did, or the reverse. */
import { describe, expect, test } from 'vitest';
import type { Dispatch } from '../../../core/dispatch.ts';
import { dispatchKey } from '../../../core/dispatch.ts';
import { isoOf } from '../../../core/time.ts';
import { seed, share } from '../../soak.ts';
import { alarmOf } from '../../support/fixtures.ts';
import { fleetOf, hostId } from '../../support/fleet.ts';
import { statusDetails } from '../../support/statuses.ts';
import type { World } from '../../support/world.ts';
import { Chance } from './chance.ts';
import { isChange, Witness } from './witness.ts';

type Status = (typeof statusDetails)[number];

type Victim = 'execute' | 'poll' | 'close' | 'sweep';
type Crash = {
  readonly victim: Victim;
  readonly at: number;
  readonly how: 'before' | 'lost';
  readonly isForGood: boolean;
};

/** How a change goes: the status on each of its hosts, in which waves, and after how many seconds a host says it. */
interface Course {
  readonly ends: readonly Status[];
  readonly waves: string;
  readonly takes: number;
}

const chance = new Chance(seed);

const onOne = (status: Status, takes = 0): Course => ({ ends: [status], waves: '[1]', takes });

/** One to four hosts, of which most succeed: what differs is what must be told apart. */
function anyCourse(): Course {
  const ends = Array.from({ length: 1 + chance.below(4) }, () =>
    chance.of(chance.isTrue(0.6) ? ['Success'] : statusDetails),
  );
  return { ends: ends as Status[], waves: chance.of(['[1]', '[1, 2]', '[20]']), takes: chance.of([0, 3]) };
}

/** Hosts answer the restart and its way back as the course says, each so many seconds after it was sent. */
function answers(world: World, { ends, takes }: Course): void {
  const sentAt = new Map<string, number>();
  const key = (incidentId: string, dispatch: Dispatch) => dispatchKey(incidentId, dispatch);
  world.onSend = (send) => {
    sentAt.set(key(send.incidentId, send.dispatch), world.now);
    if (isChange(send)) world.alarm = alarmOf({ state: 'OK', stateChangedAt: isoOf(world.now) });
  };
  world.respond = ({ incidentId, dispatch }, target) => {
    if (dispatch.step !== 2 || (dispatch.part !== 'run' && dispatch.part !== 'rollback')) return {};
    if (world.now < (sentAt.get(key(incidentId, dispatch)) ?? 0) + takes * 1000) return { status: 'InProgress' };
    const status = ends[ends.findIndex((_, index) => hostId(index + 1) === target)] ?? 'Success';
    return { status, exitCode: status === 'Success' ? 0 : 1 };
  };
}

/** An incident whose restart goes this way, and one function crashes at one of its port calls. */
async function told(course: Course, crash: Crash | null) {
  const world = fleetOf(course.ends.length, { safety: `waves: ${course.waves}` });
  answers(world, course);
  const witness = new Witness(world);
  if (crash?.victim === 'sweep') killMachine(world);
  const calls = crash ? crashing(world, crash) : () => 0;
  const id = await world.ring();
  await world.run(id).catch(() => {});
  for (let minute = 0; minute < 10 && world.work.opened.size > 0; minute += 1) {
    for (const [name] of world.executions) world.executions.set(name, 'FAILED');
    // A crash for good is over by the next look: whoever cannot write at all can tell nobody anything.
    await world.sweep().catch(() => {});
    world.fault = () => {};
    world.lost = () => {};
    world.now += 60_000;
  }
  return { world, witness, calls: calls() };
}

/** The machine is stopped from outside while the change runs: what is left is for `sweep`. */
function killMachine(world: World): void {
  const [poll, close] = [world.poll.bind(world), world.close.bind(world)];
  let isDead = false;
  world.poll = async (incidentId, dispatch) => {
    isDead ||= dispatch.step === 2 && dispatch.part === 'run';
    if (isDead) throw new Error('stopped');
    return poll(incidentId, dispatch);
  };
  world.close = async (...input) => {
    if (isDead) throw new Error('stopped');
    return close(...input);
  };
}

/** Counts the port calls of one function, and fails the wanted one, before its effect or after it; and, for good, all that follow. */
function crashing(world: World, { victim, at, how, isForGood }: Crash): () => number {
  let isInside = false;
  let calls = 0;
  const within = <A extends unknown[], T>(call: (...input: A) => Promise<T>) => {
    return async (...input: A): Promise<T> => {
      isInside = true;
      try {
        return await call(...input);
      } finally {
        isInside = false;
      }
    };
  };
  const original = { execute: world.execute, poll: world.poll, close: world.close, sweep: world.sweep };
  Object.assign(world, { [victim]: within((original[victim] as (...input: never[]) => Promise<unknown>).bind(world)) });
  const strike = (port: string) => {
    const isDue = isForGood ? calls > at : calls === at + 1;
    if (isInside && isDue) throw new Error(`${how} ${port}`);
  };
  world.fault = (port) => {
    if (isInside) calls += 1;
    if (how === 'before') strike(port);
  };
  world.lost = (port) => {
    if (how === 'lost') strike(port);
  };
  return () => calls;
}

describe('I13: what is told of a change is what the host did', () => {
  test.each(statusDetails)('when Systems Manager says %s, and nothing crashes', async (status) => {
    const { world, witness } = await told(onOne(status), null);
    expect(world.sends.some(isChange)).toBe(true);
    expect(witness.closings.length).toBeGreaterThan(0);
    expect([...witness.lies([1, 2, 3]), ...witness.falseCards()]).toEqual([]);
  });

  test.each(statusDetails)('when it says %s of one of three hosts, in every order of waves', async (status) => {
    for (const waves of ['[1]', '[1, 2]', '[20]'])
      for (const at of [0, 1, 2]) {
        const ends = [0, 1, 2].map((host): Status => (host === at ? status : 'Success'));
        const { world, witness } = await told({ ends, waves, takes: 0 }, null);
        const what = `${ends.join()} in waves of ${waves}`;
        expect(witness.closings.length, what).toBeGreaterThan(0);
        expect([...witness.lies([1, 2, 3]), ...witness.falseCards()], what).toEqual([]);
        const keys = world.sends.map(({ dispatch }) => JSON.stringify(dispatch));
        expect(new Set(keys).size).toBe(keys.length);
      }
  });

  const victims: Victim[] = ['execute', 'poll', 'close', 'sweep'];
  test.each(victims)(`when %s crashes at any of its calls, seed ${seed}`, { timeout: 3_600_000 }, async (victim) => {
    // A command that ends at once is never polled; one that takes longer is not seen to end by `execute`.
    const takes = victim === 'execute' ? 0 : 3;
    const courses = [...statusDetails.map((status) => onOne(status, takes)), ...Array.from({ length: 12 }, anyCourse)];
    for (const course of chance.some(courses, share(courses.length, 3))) {
      const { calls } = await told(course, { victim, at: Number.POSITIVE_INFINITY, how: 'before', isForGood: false });
      for (const crash of crashes(victim, calls)) {
        const { world, witness } = await told(course, crash);
        const lies = [...witness.lies([1, 2, 3]), ...witness.falseCards()];
        const what = `${JSON.stringify(course)} ${JSON.stringify(crash)}`;
        expect(lies, what).toEqual([]);
        expect([world.work.opened.size, witness.closings.length + world.pages.length > 0], what).toEqual([0, true]);
        const keys = world.sends.map(({ dispatch }) => JSON.stringify(dispatch));
        expect(new Set(keys).size, what).toBe(keys.length);
      }
    }
  });

  test('the crashes are real: each function makes calls in such an incident', async () => {
    for (const victim of victims) {
      const crash = { victim, at: Number.POSITIVE_INFINITY, how: 'before', isForGood: false } as const;
      expect((await told(onOne('Failed', 3), crash)).calls, victim).toBeGreaterThan(0);
    }
  });
});

/** Every crash in soak; otherwise a few, other ones each time. */
function crashes(victim: Victim, calls: number): Crash[] {
  const all = (['before', 'lost'] as const).flatMap((how) =>
    [false, true].flatMap((isForGood) =>
      Array.from({ length: calls }, (_, at): Crash => ({ victim, at, how, isForGood })),
    ),
  );
  return chance.some(all, share(all.length, 3));
}
