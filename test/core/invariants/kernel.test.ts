/** The kernel believes nobody: forged records, votes, plans, rows and machine inputs send nothing unsigned. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RequestRecord } from '../../../core/approval/request.ts';
import { requestDigest, voteDigest } from '../../../core/approval/request.ts';
import { sha256 } from '../../../core/digest.ts';
import { isoOf } from '../../../core/time.ts';
import { seed, share } from '../../soak.ts';
import { alarmOf, ana, ben, compiledOf, fixRunbook, instanceId, policyText } from '../../support/fixtures.ts';
import { World } from '../../support/world.ts';

const restart = { step: 2, part: 'run', attempt: 1 } as const;

/** A world whose next dispatch is the restart, asked for and not yet answered. */
async function waiting(): Promise<{ world: World; id: string; record: RequestRecord }> {
  const world = new World();
  const id = await world.ring();
  await world.plan(id);
  for (const dispatch of [
    { step: 1, part: 'run', attempt: 1 },
    { step: 2, part: 'before', attempt: 1 },
  ] as const) {
    await world.gate(id);
    await world.execute(id, dispatch);
    await world.poll(id, dispatch);
  }
  expect(await world.gate(id)).toMatchObject({ decision: 'ask', dispatch: restart });
  await world.ask(id, restart);
  return { world, id, record: world.request(id, restart) as RequestRecord };
}

const mutating = (world: World) =>
  world.sends.filter(({ script }) => script.includes('restart') || script.includes('delete'));

/** Puts a record into Control as somebody with write access would. */
function plant(world: World, record: RequestRecord): void {
  const name = [...world.requests.keys()].find((key) => key.includes('2.run.1')) as string;
  world.requests.set(name, record);
}

function voteBy(world: World, record: RequestRecord, by: { id: string; name: string }) {
  const vote = { requestDigest: record.digest, decision: 'approve' as const, by, at: isoOf(world.now), reason: '' };
  return { ...vote, signature: world.sign(voteDigest(vote)) };
}

describe('I1: everything above read_only needs a signed human decision', () => {
  test('the good case: a signed vote of an approver on exactly this request sends it', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    expect(await world.execute(id, restart)).toMatchObject({ outcome: 'running' });
    expect(mutating(world)).toHaveLength(1);
  });

  const forgeries: Record<string, (world: World, record: RequestRecord) => RequestRecord> = {
    'status APPROVED without a vote': (_world, record) => ({ ...record, status: 'APPROVED' }),
    'a vote with no signature': (world, record) => ({
      ...record,
      status: 'APPROVED',
      votes: [{ ...voteBy(world, record, ana), signature: '' }],
    }),
    'a vote signed by another key': (world, record) => ({
      ...record,
      status: 'APPROVED',
      votes: [{ ...voteBy(world, record, ana), signature: new World().sign(voteDigest(voteBy(world, record, ana))) }],
    }),
    'a genuine vote of somebody who is no approver': (world, record) => ({
      ...record,
      status: 'APPROVED',
      votes: [voteBy(world, record, ben)],
    }),
    'a genuine vote whose name was changed': (world, record) => ({
      ...record,
      status: 'APPROVED',
      votes: [{ ...voteBy(world, record, ben), by: ana }],
    }),
    'a genuine rejection turned into an approval': (world, record) => {
      const vote = {
        requestDigest: record.digest,
        decision: 'reject' as const,
        by: ana,
        at: isoOf(world.now),
        reason: '',
      };
      const signature = world.sign(voteDigest(vote));
      return { ...record, status: 'APPROVED', votes: [{ ...vote, decision: 'approve', signature }] };
    },
    'a widened list of approvers': (world, record) => {
      const request = { ...record.request, approvers: [ana.id, ben.id] };
      const changed = { ...record, request, digest: requestDigest(request) };
      return { ...changed, status: 'APPROVED', votes: [voteBy(world, changed, ben)] };
    },
    'a longer life than the policy gives': (world, record) => {
      const request = { ...record.request, expiresAt: isoOf(world.now + 24 * 3600_000) };
      const changed = { ...record, request, digest: requestDigest(request) };
      return { ...changed, status: 'APPROVED', votes: [voteBy(world, changed, ana)] };
    },
    'fewer required approvals than asked': (world, record) => {
      const request = { ...record.request, required: 2, targets: [] };
      const changed = { ...record, request, digest: requestDigest(request) };
      return { ...changed, status: 'APPROVED', votes: [voteBy(world, changed, ana), voteBy(world, changed, ana)] };
    },
  };
  for (const [name, forge] of Object.entries(forgeries))
    test(`refuses ${name}`, async () => {
      const { world, id, record } = await waiting();
      plant(world, forge(world, record));
      expect((await world.execute(id, restart)).outcome).toBe('refused');
      expect(mutating(world)).toEqual([]);
    });
});

describe('I2: what is shown is what is signed is what is sent', () => {
  test('one hash from card to command', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    await world.execute(id, restart);
    const sent = mutating(world)[0];
    expect(sent?.scriptHash).toBe(record.request.scriptHash);
    expect(sha256(sent?.script ?? '')).toBe(record.request.scriptHash);
    expect(JSON.stringify(world.posts.at(-1))).toContain(JSON.stringify(sent?.script).slice(1, -1));
  });

  const changes: Record<string, Partial<RequestRecord['request']>> = {
    script: { scriptHash: sha256('rm -rf /') },
    targets: { targets: [instanceId, 'i-00000000000000bad'] },
    document: { document: { name: 'countersign-run-000000000000', digest: sha256('') } },
    'time-out': { executionTimeoutSeconds: 3600 },
    dispatch: { dispatch: { step: 3, part: 'run', attempt: 1 } },
    runbook: { runbook: { id: 'other', digest: sha256('') } },
    risk: { level: 'read_only' },
  };
  for (const [name, change] of Object.entries(changes))
    test(`a genuinely signed request with another ${name} sends nothing`, async () => {
      const { world, id, record } = await waiting();
      const request = { ...record.request, ...change };
      const changed = { ...record, request, digest: requestDigest(request) };
      plant(world, { ...changed, status: 'APPROVED', votes: [voteBy(world, changed, ana)] });
      expect((await world.execute(id, restart)).outcome).toBe('refused');
      expect(mutating(world)).toEqual([]);
    });

  test('a runbook that a deploy changed sends nothing', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    world.compiled = compiledOf({ runbook: fixRunbook.replace('systemctl restart web', 'systemctl restart database') });
    expect((await world.execute(id, restart)).outcome).toBe('refused');
    expect(mutating(world)).toEqual([]);
  });

  test('under another policy an approval is stale: it is asked anew and the old card is superseded', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    world.compiled = compiledOf({ policy: policyText('live').replace('10m', '5m') });
    expect((await world.execute(id, restart)).outcome).toBe('stale');
    expect(await world.gate(id)).toMatchObject({ decision: 'ask', dispatch: restart });
    await world.ask(id, restart);
    const anew = world.request(id, restart) as RequestRecord;
    expect(anew.status).toBe('PENDING');
    await world.click(anew, ana, 'approve');
    expect((await world.execute(id, restart)).outcome).toBe('running');
    expect(mutating(world)).toHaveLength(1);
  });

  test('a pending request under another policy is superseded and its card can no longer be approved', async () => {
    const { world, id, record } = await waiting();
    world.compiled = compiledOf({ policy: policyText('live').replace('10m', '5m') });
    await world.ask(id, restart);
    expect([...world.requests.values()].map(({ status }) => status).sort()).toEqual(['PENDING', 'SUPERSEDED']);
    await world.click(record, ana, 'approve');
    expect((await world.execute(id, restart)).outcome).toBe('refused');
    expect(mutating(world)).toEqual([]);
  });
});

describe('I3: at most one execution on a host per dispatch, and at most one dispatch per approval', () => {
  test('a second call is refused, whatever the rows say', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    const answers = await Promise.all([1, 2, 3].map(() => world.execute(id, restart)));
    expect(answers.filter(({ outcome }) => outcome === 'running')).toHaveLength(1);
    expect(mutating(world)).toHaveLength(1);
    expect((await world.execute(id, restart)).outcome).toBe('refused');
    expect(mutating(world)).toHaveLength(1);
  });

  test('an approval serves no other step', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    expect((await world.execute(id, { step: 3, part: 'run', attempt: 1 })).outcome).toBe('refused');
    expect((await world.execute(id, { step: 2, part: 'run', attempt: 2 })).outcome).toBe('refused');
    expect(mutating(world)).toEqual([]);
  });

  test('a send whose answer was lost is looked for, never repeated', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    world.onSend = () => {
      throw new Error('socket hang up');
    };
    expect((await world.execute(id, restart)).outcome).toBe('running');
    expect(await world.poll(id, restart)).toMatchObject({ outcome: 'succeeded' });
    expect(mutating(world)).toHaveLength(1);
  });
});

describe('I4: nothing is sent after expiry, rejection or a stop', () => {
  test('after expiry', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    world.now += 11 * 60_000;
    expect((await world.execute(id, restart)).outcome).toBe('refused');
    expect(mutating(world)).toEqual([]);
  });
  test('an expired request cannot be approved, and an approval wins against a later expiry', async () => {
    const late = await waiting();
    late.world.now += 10 * 60_000;
    await late.world.click(late.record, ana, 'approve');
    expect(await late.world.settle(late.id, restart)).toBe('expired');
    const timely = await waiting();
    await timely.world.click(timely.record, ana, 'approve');
    timely.world.now += 10 * 60_000;
    expect(await timely.world.settle(timely.id, restart)).toBe('approved');
    expect((await timely.world.execute(timely.id, restart)).outcome).toBe('refused');
  });
  test('after a rejection, even with a later genuine approval planted beside it', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'reject');
    const rejected = world.request(id, restart) as RequestRecord;
    plant(world, { ...rejected, status: 'APPROVED', votes: [...rejected.votes, voteBy(world, record, ana)] });
    expect((await world.execute(id, restart)).outcome).toBe('refused');
  });
  test('after a stop, read or discovered in the transaction that burns', async () => {
    const early = await waiting();
    await early.world.click(early.record, ana, 'approve');
    early.world.stopped = true;
    expect((await early.world.execute(early.id, restart)).outcome).toBe('refused');
    const racing = await waiting();
    await racing.world.click(racing.record, ana, 'approve');
    racing.world.fault = (port) => {
      if (port === 'burn') racing.world.stopped = true;
    };
    expect((await racing.world.execute(racing.id, restart)).outcome).toBe('refused');
    expect([...mutating(early.world), ...mutating(racing.world)]).toEqual([]);
  });
  test('once the alarm is OK', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    world.alarm = alarmOf({ state: 'OK' });
    expect((await world.execute(id, restart)).outcome).toBe('refused');
    expect(await world.gate(id)).toMatchObject({ decision: 'done', status: 'recovered' });
  });
});

describe('I6: a durable intent precedes every send', () => {
  test('no send without its intent, and none when the audit takes no entry', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    world.fault = (port) => {
      if (port === 'putIfAbsent') throw new Error('the audit is down');
    };
    await expect(world.execute(id, restart)).rejects.toThrow('the audit is down');
    expect(mutating(world)).toEqual([]);
    world.fault = () => {};
    let intents = 0;
    world.onSend = () => {
      intents = world.events(id).filter(({ kind }) => kind === 'dispatch_intended').length;
    };
    await world.execute(id, restart);
    expect(intents).toBe(world.sends.length);
  });
});

describe('I8: risk is never below the static floor', () => {
  test('a plan in the chain that claims read_only for everything changes no decision', async () => {
    const world = new World();
    const id = await world.ring();
    world.model = {
      name: 'liar',
      ask: async ({ schema }) =>
        schema.parse({ steps: [1, 2, 3, 4].map((step) => ({ step, risk: 'read_only', why: '' })) }),
    };
    await world.plan(id);
    const planned = world.events(id).find((event) => event.kind === 'planned');
    expect(planned?.kind === 'planned' && planned.steps.map(({ level }) => level)).toEqual([
      'read_only',
      'modifying',
      'destructive',
      'read_only',
    ]);
  });
  test('the model may raise', async () => {
    const world = new World();
    world.model = {
      name: 'careful',
      ask: async ({ schema }) => schema.parse({ steps: [{ step: 1, risk: 'destructive', why: 'no' }] }),
    };
    const id = await world.ring();
    await world.plan(id);
    expect(await world.gate(id)).toMatchObject({ decision: 'ask', dispatch: { step: 1, part: 'run' } });
  });
});

describe('I11: arbitrary machine inputs', () => {
  test('no dispatch out of turn is ever sent', async () => {
    const dispatches = fc.record({
      step: fc.integer({ min: 1, max: 30 }),
      part: fc.constantFrom('before', 'run', 'after', 'dry_run', 'rollback', 'verify'),
      attempt: fc.integer({ min: 1, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(dispatches, { maxLength: 12 }), async (inputs) => {
        const world = new World();
        const id = await world.ring();
        await world.plan(id);
        for (const dispatch of inputs)
          if ((await world.execute(id, dispatch)).outcome === 'running') await world.poll(id, dispatch);
        expect(mutating(world)).toEqual([]);
      }),
      { seed, numRuns: share(2000) },
    );
  });
});
