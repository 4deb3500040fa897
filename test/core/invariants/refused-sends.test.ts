/** What comes of a send that AWS did not accept, or of which nobody knows whether it did: said as it is, and undone only where something may have run. */
import { describe, expect, test } from 'vitest';
import type { Sent } from '../../../core/use-cases/execute-ports.ts';
import { fleetOf, hostId, isRestart, sentTo } from '../../support/fleet.ts';
import { approving } from '../../support/world.ts';
import { Witness } from './witness.ts';

/** An incident of three hosts in which the restart's send is answered so; `arrives`: it took effect all the same. */
async function answered(answer: Sent, { arrives = false, waves = '[20]' } = {}) {
  const world = fleetOf(3, { safety: `waves: ${waves}` });
  const witness = new Witness(world);
  world.accepts = (send) => (isRestart(send) ? { answer, arrives } : null);
  const id = await world.ring();
  const began = world.now;
  const status = await world.run(id, approving);
  const finished = world
    .events(id)
    .find((event) => event.kind === 'command_finished' && event.dispatch.step === 2 && event.dispatch.part === 'run');
  return {
    world,
    id,
    status,
    witness,
    finished,
    told: JSON.stringify(world.posts.at(-1)),
    took: (world.now - began) / 1000,
  };
}

const refusals = ['InvalidInstanceId', 'AccessDeniedException', 'ThrottlingException', 'InvalidDocument'];

describe('AWS certainly did not accept it', () => {
  test.each(refusals)('%s: nothing ran, which is said at once; no way back is offered', async (why) => {
    const { world, status, witness, finished, told } = await answered({ kind: 'not_sent', why });
    expect(finished).toMatchObject({
      outcome: 'not_started',
      results: [1, 2, 3].map((n) => ({ target: hostId(n), outcome: 'not_started' })),
    });
    expect(status).toBe('failed');
    expect(told).toMatch(/2\. Restart.*not run: it could not be started/);
    expect([sentTo(world, 2, 'run'), sentTo(world, 2, 'rollback'), sentTo(world, 2, 'after')]).toEqual([[], [], []]);
    // Nor what undoes: nothing was changed anywhere.
    expect(sentTo(world, 5, 'run')).toEqual([]);
    expect(world.questions(world.incidentId()).map(({ question }) => question.items[0]?.dispatch.part)).toEqual([
      'run',
    ]);
    expect(witness.lies([1, 2, 3])).toEqual([]);
  });

  test('is not looked for: no poll, and no minutes of waiting', async () => {
    const { world, id, took } = await answered({ kind: 'not_sent', why: 'InvalidInstanceId' });
    expect(took).toBeLessThan(180);
    const sent = world.events(id).filter((event) => event.kind === 'command_sent' && event.dispatch.step === 2);
    expect(sent.at(-1)).toMatchObject({ dispatch: { part: 'run' }, commandId: null, error: 'InvalidInstanceId' });
  });

  test('of a later wave: the way back goes to the hosts of the waves before', async () => {
    const world = fleetOf(3);
    world.accepts = (send) =>
      isRestart(send) && send.dispatch.wave === 2
        ? { answer: { kind: 'not_sent', why: 'InvalidInstanceId' }, arrives: false }
        : null;
    const witness = new Witness(world);
    const id = await world.ring();
    expect(await world.run(id, approving)).toBe('failed');
    expect([sentTo(world, 2, 'run'), sentTo(world, 2, 'rollback')]).toEqual([[[1]], [[1]]]);
    expect(JSON.stringify(world.posts.at(-1))).toContain(`ran on ${hostId(1)}; not run on ${hostId(2)}, ${hostId(3)}`);
    expect(witness.lies([1, 2, 3])).toEqual([]);
  });
});

describe('nobody knows whether AWS accepted it', () => {
  test.each(['an error 500 after the effect', 'socket hang up', 'no answer in time'])(
    '%s: it is found by its comment, and ended as the hosts say',
    async (why) => {
      const { world, finished, witness } = await answered({ kind: 'unknown', why }, { arrives: true });
      expect(finished).toMatchObject({ outcome: 'succeeded' });
      expect(sentTo(world, 2, 'run')).toEqual([[1, 2, 3]]);
      expect(witness.lies([1, 2, 3])).toEqual([]);
    },
  );

  test.each(['an error 500', 'socket hang up'])(
    '%s, and Systems Manager knows no such command: it may have run',
    async (why) => {
      const { world, status, told, finished, witness } = await answered({ kind: 'unknown', why });
      expect(finished).toMatchObject({ outcome: 'unknown' });
      expect([status, sentTo(world, 2, 'run')]).toEqual(['failed', []]);
      expect(told).toMatch(/2\. Restart.*may have run: look at the host first/);
      expect(witness.lies([1, 2, 3])).toEqual([]);
    },
  );
});

describe('before the intent nothing is begun', () => {
  test.each(['AccessDenied', 'DocumentChanged', 'ThrottlingException'])(
    '%s while credentials or document are read: it throws, with no intent, no burn and no send',
    async (why) => {
      const world = fleetOf(1);
      const id = await world.ring();
      await world.plan(id);
      world.fault = (port) => {
        if (port === 'prepare') throw new Error(why);
      };
      await expect(world.execute(id, { step: 1, part: 'run', attempt: 1, wave: 1 })).rejects.toThrow(why);
      expect(world.events(id).map(({ kind }) => kind)).toEqual(['incident_opened', 'planned']);
      expect([world.dispatches.burnt.size, world.sends]).toEqual([0, []]);
    },
  );

  test('behind it a read that fails is no end: stale with its cause, and nothing was burnt', async () => {
    const world = fleetOf(1);
    const id = await world.ring();
    await world.plan(id);
    world.fault = (port) => {
      if (port === 'dispatches.burn') throw new Error('ThrottlingException');
    };
    expect(await world.execute(id, { step: 1, part: 'run', attempt: 1, wave: 1 })).toMatchObject({ outcome: 'stale' });
    expect(world.events(id).at(-1)).toMatchObject({
      kind: 'dispatch_refused',
      outcome: 'stale',
      reasons: [{ rule: 'execute.stale', text: 'nothing was sent, and no burn is seen: ThrottlingException' }],
    });
  });
});

describe('behind the burn nothing throws', () => {
  test.each(['audit.put', 'glance', 'saveOutput', 'send'])(
    '%s fails for good: it answers that it runs, or how it ended',
    async (what) => {
      const world = fleetOf(1);
      const id = await world.ring();
      await world.plan(id);
      let isBurnt = false;
      world.lost = (port) => {
        isBurnt ||= port === 'dispatches.burn';
      };
      world.fault = (port) => {
        if (isBurnt && port.includes(what)) throw new Error('it does not answer');
      };
      const { outcome } = await world.execute(id, { step: 1, part: 'run', attempt: 1, wave: 1 });
      expect(outcome).toBe(what === 'saveOutput' ? 'succeeded' : 'running');
    },
  );
});
