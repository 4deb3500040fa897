/** Turns of an incident's way beside the good one: manual steps, the way back, checks, standing approvals, a stop in the middle. */
import { describe, expect, test } from 'vitest';
import { dispatchName } from '../../../core/dispatch.ts';
import { isoOf } from '../../../core/time.ts';
import { alarmOf, compiledOf, policyText, start } from '../../support/fixtures.ts';
import { approving, rejecting, World } from '../../support/world.ts';
import { fullRunbook } from '../gate/situations.ts';

const keysOf = (world: World) => world.sends.map(({ dispatch }) => `${dispatch.step}.${dispatch.part}`);
type Operator = Parameters<World['run']>[1];

/** Every part of the full runbook, cured by the deletion. */
function full(changes: { policy?: string; mode?: 'live' | 'dry_run' } = {}): World {
  const world = new World();
  world.compiled = compiledOf({ runbook: fullRunbook, ...changes });
  world.onSend = ({ script }) => {
    if (script.includes('-delete')) world.alarm = alarmOf({ state: 'OK', stateChangedAt: isoOf(world.now) });
  };
  return world;
}

/** Approves all but one step's part, which is rejected. */
const allBut =
  (step: number, part: string): Operator =>
  (world, record) =>
    record.question.items[0]?.dispatch.step === step && record.question.items[0].dispatch.part === part
      ? rejecting(world, record)
      : approving(world, record);

describe('a manual step', () => {
  test('is asked like any other, sends nothing, and is confirmed in the chain', async () => {
    const world = full();
    world.onSend = () => {};
    const id = await world.ring();
    expect(await world.run(id)).toBe('unverified');
    expect(keysOf(world)).toEqual(['1.run', '2.before', '2.run', '2.after', '2.verify', '3.dry_run', '3.run', '5.run']);
    const kinds = world.events(id).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'step_confirmed')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'vote_signed')).toHaveLength(3);
    expect(JSON.stringify(world.posts.at(2))).toContain('"Confirm"');
  });

  test('that a person rejects ends the incident as rejected, after what always runs', async () => {
    const world = full();
    world.onSend = () => {};
    expect(await world.run(await world.ring(), allBut(4, 'run'))).toBe('rejected');
    expect(keysOf(world).at(-1)).toBe('5.run');
  });
});

test('the answer of execute, lost while its command runs, is asked for again: the incident goes on, and nothing is sent twice', async () => {
  const world = full();
  const lost = new Set<string>();
  const { execute } = world;
  const ended = world.now + 600_000;
  world.respond = () => (world.now < ended ? { status: 'InProgress' } : {});
  // Either leads to Hold, and from there to the gate.
  world.execute = async (incidentId, dispatch) => {
    const answer = await execute.call(world, incidentId, dispatch);
    const key = dispatchName(dispatch);
    if (answer.outcome !== 'running' || lost.has(key)) return answer;
    lost.add(key);
    return { outcome: 'stale', seconds: 60 };
  };
  const id = await world.ring();
  expect(await world.run(id)).toBe('resolved');
  expect(lost.size).toBeGreaterThan(0);
  expect(new Set(keysOf(world)).size).toBe(world.sends.length);
  expect(world.events(id).filter(({ kind }) => kind === 'command_finished')).toHaveLength(world.sends.length);
});

describe('a failure', () => {
  const failing = (part: string) => {
    const world = full();
    world.respond = ({ dispatch }) =>
      dispatch.part === part && dispatch.step === 2 ? { status: 'Failed', exitCode: 1 } : {};
    return world;
  };

  test('asks for the way back, then looks, and begins nothing new', async () => {
    const world = failing('run');
    const id = await world.ring();
    expect(await world.run(id)).toBe('failed');
    expect(keysOf(world)).toEqual(['1.run', '2.before', '2.run', '2.rollback', '2.after', '5.run']);
    expect(world.events(id).filter(({ kind }) => kind === 'vote_signed')).toHaveLength(2);
    expect(world.pages).toHaveLength(1);
  });

  test('whose way back is rejected stays as it is', async () => {
    const world = failing('run');
    expect(await world.run(await world.ring(), allBut(2, 'rollback'))).toBe('failed');
    expect(keysOf(world)).toEqual(['1.run', '2.before', '2.run', '2.after', '5.run']);
  });

  test('of a check ends the incident as failed although every command succeeded', async () => {
    const world = failing('verify');
    expect(await world.run(await world.ring())).toBe('failed');
    expect(keysOf(world)).toEqual(['1.run', '2.before', '2.run', '2.after', '2.verify', '2.rollback', '5.run']);
  });
});

describe('a standing approval', () => {
  const policy = (most: number) =>
    policyText(
      'live',
      `environments: { production: { accounts: ['111122223333'] } }
tiers: { high: { max_autonomous_actions: ${most} } }
standing_approvals:
  - { environment: production, level: modifying, owner: ben, reason: harmless, granted: 2026-11-01T00:00:00Z, expires: 2026-12-01T00:00:00Z }`,
    );

  test('sends without a click, says in whose name, and leaves the destructive step to people', async () => {
    const world = full({ policy: policy(1) });
    const id = await world.ring();
    const asked: string[] = [];
    const operator: Operator = async (w, record) => {
      asked.push(`${record.question.items[0]?.dispatch.step}.${record.question.items[0]?.dispatch.part}`);
      await approving(w, record);
    };
    expect(await world.run(id, operator)).toBe('resolved');
    expect(asked).toEqual(['3.run']);
    const intents = world.events(id).filter((event) => event.kind === 'dispatch_intended');
    expect(intents.filter(({ standing }) => standing !== null)).toMatchObject([
      { dispatch: { step: 2, part: 'run' }, standing: 'ben: harmless', approvedBy: [], requestDigest: null },
    ]);
    expect(world.sends.find(({ dispatch }) => dispatch.step === 2 && dispatch.part === 'run')?.onBehalfOf).toBeNull();
  });

  test('whose number is used up asks', async () => {
    const world = full({ policy: policy(0) });
    expect(await world.run(await world.ring(), rejecting)).toBe('rejected');
    expect(keysOf(world)).toEqual(['1.run', '2.before']);
  });
});

describe('the kill switch', () => {
  test('set while a person decides: their approval sends nothing, the machine holds, and it still ends at 8 h', async () => {
    const world = full();
    const id = await world.ring();
    const stopping: Operator = async (w, record) => {
      w.stopped = true;
      await approving(w, record);
    };
    expect(await world.run(id, stopping)).toBe('halted');
    expect(keysOf(world)).toEqual(['1.run', '2.before']);
    expect(world.now - start).toBeGreaterThan((8 * 3600 - 700) * 1000);
    const gates = world.events(id).filter((event) => event.kind === 'gate_decided' && event.decision === 'wait');
    expect(gates).toHaveLength(1);
    expect(world.pages).toHaveLength(1);
  });

  test('lifted again: the incident goes on, and what was approved meanwhile is sent while it is not too old', async () => {
    const world = full();
    const id = await world.ring();
    let asked = 0;
    const operator: Operator = async (w, record) => {
      await approving(w, record);
      if (++asked === 1) w.stopped = true;
    };
    world.fault = (port) => {
      if (port === 'alarm' && world.now > start + 300_000) world.stopped = false;
    };
    expect(await world.run(id, operator)).toBe('resolved');
    expect(keysOf(world)).toContain('2.run');
  });

  test('set while a card waits: the card stays, and can be answered', async () => {
    const world = full();
    const id = await world.ring();
    let rounds = 0;
    const operator: Operator = async (w, record) => {
      rounds += 1;
      if (rounds === 1) w.stopped = true;
      if (rounds === 3) await rejecting(w, record);
    };
    expect(await world.run(id, operator)).toBe('rejected');
    expect(world.questions(id).map(({ status }) => status)).toEqual(['REJECTED']);
  });

  test('set between the gate and the burning: nothing is sent, and the chain says why', async () => {
    const world = full();
    const id = await world.ring();
    world.fault = (port) => {
      if (port === 'dispatches.burn' && world.sends.length === 2) world.stopped = true;
    };
    expect(await world.run(id)).toBe('halted');
    expect(keysOf(world)).toEqual(['1.run', '2.before']);
    expect(world.events(id)).toContainEqual(
      expect.objectContaining({
        kind: 'dispatch_refused',
        outcome: 'stale',
        reasons: [{ rule: 'kill_switch', text: 'everything was stopped at the same moment' }],
      }),
    );
  });

  test('set while the alarm recovers: nothing is to be sent, so it holds up nothing', async () => {
    const world = full();
    const id = await world.ring();
    world.fault = () => {
      if (world.sends.at(-1)?.dispatch.step === 5) world.stopped = true;
    };
    expect(await world.run(id)).toBe('resolved');
  });
});

describe('a request that could not be posted at first', () => {
  const parameter = fullRunbook
    .replace('parameters: {}', "parameters:\n  unit: { type: unit, from: 'tag:unit', default: web.service }")
    .replace('systemctl restart web\n', () => 'systemctl restart {{ unit }}\n');

  test('is not posted with another command than the one it is about', async () => {
    const world = new World();
    world.compiled = compiledOf({ runbook: parameter });
    const id = await world.ring();
    let tries = 0;
    world.fault = (port) => {
      if (port !== 'post' || ++tries > 1) return;
      world.alarm = alarmOf({ tags: { countersign: 'on', unit: 'database.service' } });
      throw new Error('Slack did not answer chat.postMessage');
    };
    expect(await world.run(id)).toBe('halted');
    expect(JSON.stringify(world.posts.slice(0, -1))).not.toContain('database.service');
    expect(world.sends.some(({ script }) => script.includes('restart'))).toBe(false);
    expect(world.posts.at(-1)?.text).toMatch(/halted/i);
    expect(JSON.stringify(world.events(id))).toMatch(
      /parameters changed since the plan: unit was web.service and is now database.service/,
    );
  });
});
