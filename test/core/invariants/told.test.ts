/** I13: wherever it crashes, and whatever Systems Manager says, nobody reads that something did not run which did, or the reverse. */
import { describe, expect, test } from 'vitest';
import { isoOf } from '../../../core/time.ts';
import { seed, share } from '../../soak.ts';
import { alarmOf, compiledOf } from '../../support/fixtures.ts';
import { World } from '../../support/world.ts';
import { fullRunbook } from '../gate/situations.ts';
import { Chance } from './chance.ts';
import { isChange, Witness } from './witness.ts';

/** Every word of Run Command's status details. */
const statuses = [
  'Success',
  'Failed',
  'ExecutionTimedOut',
  'InProgress',
  'Cancelled',
  'DeliveryTimedOut',
  'Undeliverable',
  'InvalidPlatform',
  'AccessDenied',
  'Terminated',
] as const;
type Status = (typeof statuses)[number];

type Victim = 'execute' | 'poll' | 'close' | 'sweep';
type Crash = {
  readonly victim: Victim;
  readonly at: number;
  readonly how: 'before' | 'lost';
  readonly isForGood: boolean;
};

const chance = new Chance(seed);
const compiled = compiledOf({ runbook: fullRunbook });

/** An incident in which the restart ends with this status, and one function crashes at one of its port calls. */
async function told(status: Status, crash: Crash | null) {
  const world = new World();
  world.compiled = compiled;
  world.respond = ({ dispatch }) =>
    dispatch.step === 2 && dispatch.part === 'run' ? { status, exitCode: status === 'Success' ? 0 : 1 } : {};
  world.onSend = (send) => {
    if (isChange(send)) world.alarm = alarmOf({ state: 'OK', stateChangedAt: isoOf(world.now) });
  };
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
  test.each(statuses)('when Systems Manager says %s, and nothing crashes', async (status) => {
    const { world, witness } = await told(status, null);
    expect(world.sends.some(isChange)).toBe(true);
    expect(witness.closings.length).toBeGreaterThan(0);
    expect([...witness.lies([1, 2, 3]), ...witness.falseCards()]).toEqual([]);
  });

  const victims: Victim[] = ['execute', 'poll', 'close', 'sweep'];
  test.each(victims)(`when %s crashes at any of its calls, seed ${seed}`, { timeout: 1_200_000 }, async (victim) => {
    for (const status of chance.some(statuses, share(statuses.length, 3))) {
      const { calls } = await told(status, { victim, at: Number.POSITIVE_INFINITY, how: 'before', isForGood: false });
      expect(calls).toBeGreaterThan(0);
      for (const crash of crashes(victim, calls)) {
        const { world, witness } = await told(status, crash);
        const lies = [...witness.lies([1, 2, 3]), ...witness.falseCards()];
        expect(lies, `${status} ${JSON.stringify(crash)}`).toEqual([]);
        expect([world.work.opened.size, witness.closings.length + world.pages.length > 0]).toEqual([0, true]);
        const keys = world.sends.map(({ dispatch }) => JSON.stringify(dispatch));
        expect(new Set(keys).size).toBe(keys.length);
      }
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
