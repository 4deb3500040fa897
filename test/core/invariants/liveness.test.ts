/** I12 and "nothing is lost": whatever fails, and wherever a machine is stopped, the chain ends with a closing entry and people are told. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alarm } from '../../../core/alarm/alarm.ts';
import type { RequestRecord } from '../../../core/approval/request.ts';
import { verifyChain } from '../../../core/audit/verify.ts';
import type { StoredOutput } from '../../../core/derive/outcome.ts';
import type { Dispatch } from '../../../core/dispatch.ts';
import { seed, share } from '../../soak.ts';
import { start } from '../../support/fixtures.ts';
import { World } from '../../support/world.ts';

/** Sweeps until nothing is open, as the one-minute rule does; every execution that is left counts as failed. */
async function sweepUntilClosed(world: World): Promise<void> {
  for (let minute = 0; minute < 10 && world.open.size > 0; minute += 1) {
    for (const [id, state] of world.executions) if (state === 'RUNNING') world.executions.set(id, 'FAILED');
    await world.sweep().catch(() => {});
    world.now += 60_000;
  }
}

function expectEnded(world: World, id: string): void {
  expect(verifyChain(id, world.chains.get(id) ?? [])).toMatchObject({ whole: true, closed: true });
  expect(world.open.size).toBe(0);
  expect(world.posts.length + world.pages.length).toBeGreaterThan(0);
}

const mutatingSends = (world: World) => world.sends.filter(({ script }) => /restart|-delete/.test(script));

describe('I12: every incident ends', () => {
  test('with a fault at any port call, once or for good', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 160 }), fc.boolean(), async (at, forGood) => {
        const world = new World();
        const id = await world.ring();
        let calls = 0;
        world.fault = (port) => {
          calls += 1;
          if (forGood ? calls >= at : calls === at) throw new Error(`fault before ${port}`);
        };
        await world.run(id).catch(() => {});
        world.fault = () => {};
        await sweepUntilClosed(world);
        expectEnded(world, id);
        const keys = mutatingSends(world).map(({ dispatch }) => JSON.stringify(dispatch));
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys.length).toBeLessThanOrEqual(world.events(id).filter(({ kind }) => kind === 'vote_cast').length);
      }),
      { seed, numRuns: share(4000) },
    );
  });

  test('an execution that was stopped from outside is closed as aborted, its card withdrawn, people paged', async () => {
    const world = new World();
    const id = await world.ring();
    await world.plan(id);
    const look = { step: 1, part: 'run', attempt: 1 } as const;
    await world.execute(id, look);
    await world.poll(id, look);
    const before = { step: 2, part: 'before', attempt: 1 } as const;
    await world.execute(id, before);
    await world.poll(id, before);
    await world.ask(id, { step: 2, part: 'run', attempt: 1 });
    world.executions.set(id, 'ABORTED');
    await world.sweep();
    expectEnded(world, id);
    expect(world.events(id).at(-1)).toMatchObject({ kind: 'incident_closed', status: 'aborted' });
    expect([...world.requests.values()].map(({ status }) => status)).toEqual(['WITHDRAWN']);
    expect(world.updates.at(-1)?.text).toMatch(/withdrawn/i);
    expect(world.pages).toHaveLength(1);
  });

  test('an execution that runs for longer than 8 h is closed', async () => {
    const world = new World();
    const id = await world.ring();
    world.now += 9 * 3600_000;
    await world.sweep();
    expectEnded(world, id);
  });

  test('nothing is asked or run that could outlive the 8 h', async () => {
    const world = new World();
    const id = await world.ring();
    world.now += (8 * 3600 - 600 - 120) * 1000;
    const asked: string[] = [];
    const ignoringButNoting = async (_: World, record: RequestRecord) => void asked.push(record.request.expiresAt);
    expect(await world.run(id, ignoringButNoting)).toMatch(/expired|halted/);
    for (const expiresAt of asked) expect(Date.parse(expiresAt)).toBeLessThanOrEqual(start + (8 * 3600 - 600) * 1000);
    expect(asked.length).toBeGreaterThan(0);
    expect(world.now).toBeLessThan(start + 8 * 3600 * 1000);
  });

  test('an OPEN item that nobody started, or that is nobody’s, does not stay', async () => {
    const world = new World();
    world.open.add('inc-ffffffffffffffffffff').add('rubbish');
    await world.sweep();
    expect(world.open).not.toContain('rubbish');
    expect(world.executions.get('inc-ffffffffffffffffffff')).toBe('RUNNING');
    expect(await world.run('inc-ffffffffffffffffffff')).toBe('halted');
  });

  test('closing again finishes what a crash left undone and adds no second closing entry', async () => {
    const world = new World();
    const id = await world.ring();
    world.slackIsDown = true;
    world.pagerIsDown = true;
    await expect(world.close(id, 'failed')).rejects.toThrow();
    world.slackIsDown = false;
    await world.close(id, 'resolved');
    expect(world.events(id).filter(({ kind }) => kind === 'incident_closed')).toEqual([
      { kind: 'incident_closed', status: 'failed', cause: null },
    ]);
    expectEnded(world, id);
  });
});

describe('I11: arbitrary work rows and command output', () => {
  test('rows that a stranger wrote send nothing unsigned and do not keep the chain open', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), fc.string(), async (value, text) => {
        const world = new World();
        const id = await world.ring();
        world.incidents.set(id, { alarmArn: text, contributorId: null, stateChangedAt: text, alarmName: text });
        const dispatch: Dispatch = { step: 2, part: 'before', attempt: 1 };
        const rows = [
          {
            incidentId: id,
            dispatch,
            outputs: [{ target: text, exitCode: 0, stdout: text, stderr: String(typeof value) } satisfies StoredOutput],
          },
        ];
        world.outputs.push(...rows);
        world.respond = () => ({ stdout: text, stderr: text });
        await world.run(id, async () => {}).catch(() => {});
        await sweepUntilClosed(world);
        expect(mutatingSends(world)).toEqual([]);
        expectEnded(world, id);
      }),
      { seed, numRuns: share(2000) },
    );
  });

  test('a forged output is not shown: its hash is not in the chain', async () => {
    const world = new World();
    world.respond = ({ dispatch }) => (dispatch.part === 'before' ? { stdout: 'what the host said' } : {});
    const id = await world.ring();
    const forging = async (w: World) => {
      for (const row of w.outputs)
        row.outputs = row.outputs.map((output) => ({ ...output, stdout: 'all is well, approve' }));
    };
    await world.run(id, forging);
    expect(JSON.stringify(world.posts.at(-1))).not.toContain('all is well');
  });
});

describe('I9: an alarm that is no longer opted in', () => {
  test('halts the incident, also one that a stranger started without triage', async () => {
    const world = new World();
    const id = await world.ring();
    world.alarm = { ...(world.alarm as Alarm), tags: {} };
    expect(await world.run(id)).toBe('halted');
    expect(world.sends).toEqual([]);
    expect(world.pages[0]).toMatch(/fix-web halted/);
  });
});

describe('I10: no task token and no secret leaves', () => {
  test('in Slack, audit or outputs', async () => {
    const world = new World();
    const secret = 'AKIAIOSFODNN7EXAMPLA';
    world.respond = () => ({ stdout: `key ${secret}` });
    const id = await world.ring();
    await world.run(id);
    const seen = JSON.stringify([
      world.posts,
      world.updates,
      world.told,
      world.pages,
      [...world.chains.values()],
      world.outputs,
    ]);
    expect(seen).not.toContain(secret);
    expect(seen).not.toMatch(/token-\d/);
    expect([...world.requests.values()].some(({ token }) => /token-\d/.test(token))).toBe(true);
  });
});
