/** I12 and "nothing is lost": whatever fails, and wherever a machine is stopped, the chain ends with a closing entry and people are told. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alarm } from '../../../core/alarm/alarm.ts';
import type { QuestionRecord } from '../../../core/approval/record.ts';
import { verifyChain } from '../../../core/audit/verify.ts';
import type { Dispatch } from '../../../core/dispatch.ts';
import { seed, share } from '../../soak.ts';
import { alarmOf, start } from '../../support/fixtures.ts';
import { doorbellOf, World } from '../../support/world.ts';

/** Sweeps until nothing is open, as the one-minute rule does; every execution that is left counts as failed. */
async function sweepUntilClosed(world: World): Promise<void> {
  for (let minute = 0; minute < 10 && world.work.opened.size > 0; minute += 1) {
    for (const [id, state] of world.executions) if (state === 'RUNNING') world.executions.set(id, 'FAILED');
    await world.sweep().catch(() => {});
    world.now += 60_000;
  }
}

/** Closed and told, and the chain proves itself against burns and signatures. */
async function expectEnded(world: World, id: string): Promise<void> {
  const facts = await world.facts(id);
  expect(verifyChain(id, world.audit.chains.get(id) ?? [], facts)).toMatchObject({ closed: true, problems: [] });
  expect(world.work.opened.size).toBe(0);
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
        await expectEnded(world, id);
        const keys = mutatingSends(world).map(({ dispatch }) => JSON.stringify(dispatch));
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys.length).toBeLessThanOrEqual(world.events(id).filter(({ kind }) => kind === 'vote_signed').length);
      }),
      { seed, numRuns: share(4000) },
    );
  });

  test('an execution that was stopped from outside is closed as aborted, its card withdrawn, people paged', async () => {
    const world = new World();
    const id = await world.ring();
    await world.plan(id);
    const look = { step: 1, part: 'run', attempt: 1, wave: 1 } as const;
    await world.execute(id, look);
    await world.poll(id, look);
    const before = { step: 2, part: 'before', attempt: 1, wave: 1 } as const;
    await world.execute(id, before);
    await world.poll(id, before);
    await world.ask(id, { step: 2, part: 'run', attempt: 1, wave: 1 });
    world.executions.set(id, 'ABORTED');
    await world.sweep();
    await expectEnded(world, id);
    expect(world.events(id)).toContainEqual(expect.objectContaining({ kind: 'incident_closed', status: 'aborted' }));
    expect(world.questions(id).map(({ status }) => status)).toEqual(['WITHDRAWN']);
    expect(world.updates.at(-1)?.text).toMatch(/withdrawn/i);
    expect(world.pages).toHaveLength(1);
  });

  test('an execution that runs for longer than 8 h is closed', async () => {
    const world = new World();
    const id = await world.ring();
    world.now += 9 * 3600_000;
    await world.sweep();
    await expectEnded(world, id);
  });

  test('nothing is asked or run that could outlive the 8 h', async () => {
    const world = new World();
    const id = await world.ring();
    world.now += (8 * 3600 - 600 - 120) * 1000;
    const asked: string[] = [];
    const ignoringButNoting = async (_: World, record: QuestionRecord) => void asked.push(record.question.expiresAt);
    expect(await world.run(id, ignoringButNoting)).toMatch(/expired|halted/);
    for (const expiresAt of asked) expect(Date.parse(expiresAt)).toBeLessThanOrEqual(start + (8 * 3600 - 600) * 1000);
    expect(asked.length).toBeGreaterThan(0);
    expect(world.now).toBeLessThan(start + 8 * 3600 * 1000);
  });

  test('an OPEN item that nobody’s row stands behind does not stay, and starts nothing', async () => {
    const world = new World();
    world.work.plantOpen('inc-ffffffffffffffffffff');
    world.work.plantOpen('rubbish');
    await world.sweep();
    expect([...world.work.opened.keys()]).toEqual([]);
    expect(world.executions.size).toBe(0);
    expect([...world.posts, ...world.pages]).toEqual([]);
  });

  test('closing again finishes what a crash left undone and adds no second closing entry', async () => {
    const world = new World();
    const id = await world.ring();
    world.slackIsDown = true;
    world.pagerIsDown = true;
    await expect(world.close(id, 'failed')).rejects.toThrow();
    world.slackIsDown = false;
    await world.close(id, 'resolved');
    expect(world.events(id).filter(({ kind }) => kind === 'incident_closed')).toMatchObject([
      { status: 'failed', cause: null },
    ]);
    await expectEnded(world, id);
  });
});

describe('I11: arbitrary work rows and command output', () => {
  test('rows that a stranger wrote send nothing unsigned and do not keep the chain open', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), fc.string(), async (value, text) => {
        const world = new World();
        const id = await world.ring();
        const subject = { kind: 'alarm' as const, alarmArn: text, contributorId: null, stateChangedAt: text, round: 1 };
        world.work.rows.set(id, { subject, alarmName: text });
        const dispatch: Dispatch = { step: 2, part: 'before', attempt: 1, wave: 1 };
        await world.work.saveOutput(id, dispatch, {
          target: text,
          exitCode: 0,
          stdout: text,
          stderr: String(typeof value),
        });
        world.respond = () => ({ stdout: text, stderr: text });
        await world.run(id, async () => {}).catch(() => {});
        await sweepUntilClosed(world);
        expect(mutatingSends(world)).toEqual([]);
        await expectEnded(world, id);
      }),
      { seed, numRuns: share(2000) },
    );
  });

  test('a forged output is not shown: its hash is not in the chain', async () => {
    const world = new World();
    world.respond = ({ dispatch }) => (dispatch.part === 'before' ? { stdout: 'what the host said' } : {});
    const id = await world.ring();
    const forging = async (w: World) => {
      for (const rows of w.work.outputs.values())
        for (const [name, row] of rows)
          rows.set(name, { ...row, output: { ...row.output, stdout: 'all is well, approve' } });
    };
    await world.run(id, forging);
    expect(JSON.stringify(world.posts.at(-1))).not.toContain('all is well');
  });
});

describe('I9: targets come from CloudWatch and Systems Manager', () => {
  test('an instance that only the envelope names is no target', async () => {
    const world = new World();
    const dimensions = { InstanceId: 'i-00000000000000bad' };
    const configuration = { metrics: [{ metricStat: { metric: { dimensions } } }] };
    await world.triage({ ...doorbellOf(alarmOf()), alarmData: { configuration } });
    await world.run(world.incidentId());
    expect(world.sends.length).toBeGreaterThan(0);
    expect(world.sends.flatMap(({ targets }) => targets)).not.toContain('i-00000000000000bad');
  });

  test('a foreign instance in the alarm’s dimensions is planned nothing for', async () => {
    const world = new World();
    world.alarm = alarmOf({ dimensions: { InstanceId: 'i-00000000000000bad' } });
    expect(await world.run(await world.ring())).toBe('halted');
    expect(world.sends).toEqual([]);
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
      [...world.audit.chains.values()],
      [...world.work.outputs.values()].map((rows) => [...rows.values()]),
    ]);
    expect(seen).not.toContain(secret);
    expect(seen).not.toMatch(/token-\d/);
    expect(world.questions(id).some(({ token }) => /token-\d/.test(token))).toBe(true);
  });
});
