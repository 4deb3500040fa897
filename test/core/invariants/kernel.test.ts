/** The kernel believes nobody: forged records, votes, plans, rows and machine inputs send nothing unsigned. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QuestionRecord } from '../../../core/approval/record.ts';
import { append } from '../../../core/audit/append.ts';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import { verifyChain } from '../../../core/audit/verify.ts';
import { sha256 } from '../../../core/digest.ts';
import type { Envelope } from '../../../core/dsse.ts';
import { type Question, questionDigest } from '../../../core/question.ts';
import { isoOf } from '../../../core/time.ts';
import type { DispatchOutcome } from '../../../core/words.ts';
import { seed, share } from '../../soak.ts';
import { alarmOf, ana, ben, compiledOf, fixRunbook, instanceId, policyText, standing } from '../../support/fixtures.ts';
import { World } from '../../support/world.ts';

const restart = { step: 2, part: 'run', attempt: 1, wave: 1 } as const;

/** A world whose next dispatch is the restart, asked for and not yet answered. */
async function waiting(): Promise<{ world: World; id: string; record: QuestionRecord }> {
  const world = new World();
  const id = await world.ring();
  await world.plan(id);
  for (const dispatch of [
    { step: 1, part: 'run', attempt: 1, wave: 1 },
    { step: 2, part: 'before', attempt: 1, wave: 1 },
  ] as const) {
    await world.gate(id);
    await world.execute(id, dispatch);
    await world.poll(id, dispatch);
  }
  expect(await world.gate(id)).toMatchObject({ decision: 'ask', dispatch: restart });
  await world.ask(id, restart);
  return { world, id, record: world.request(id, restart) as QuestionRecord };
}

function finishedAs(outcome: DispatchOutcome): AuditEvent {
  return { kind: 'command_finished', dispatch: restart, outcome, results: [] };
}

const mutating = (world: World) =>
  world.sends.filter(({ script }) => script.includes('restart') || script.includes('delete'));

/** The same question with changes, approved by a genuine vote on exactly that. */
async function approved(
  world: World,
  record: QuestionRecord,
  changes: Partial<Question>,
  by = ana,
): Promise<QuestionRecord> {
  const question = { ...record.question, ...changes };
  const changed = { ...record, question, digest: questionDigest(question) };
  return { ...changed, status: 'APPROVED', votes: [await world.vote(changed, by)] };
}

/** `execute` dies at the burn: from then on nothing that it calls answers. */
async function crashAtBurn(world: World, id: string): Promise<void> {
  let isDead = false;
  world.fault = (port) => {
    isDead ||= port === 'dispatches.burn';
    if (isDead) throw new Error('crash');
  };
  // Where it cannot even write why: nothing was sent, and the gate reads what there is.
  expect((await world.execute(id, restart)).outcome).toBe('stale');
  world.fault = () => {};
}

/** Executing sends nothing that changes anything, and says why not. */
async function expectNothing(world: World, id: string): Promise<void> {
  const { outcome } = await world.execute(id, restart);
  expect(['refused', 'stale']).toContain(outcome);
  expect(mutating(world)).toEqual([]);
  expect(world.dispatches.burnt.has(`${id}.2.run.1.1`)).toBe(false);
}

describe('I1: everything above read_only needs a signed human decision', () => {
  test('the good case: a signed vote of an approver on exactly this request sends it', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    expect(await world.execute(id, restart)).toMatchObject({ outcome: 'succeeded' });
    expect(mutating(world)).toHaveLength(1);
  });

  type Forgery = (world: World, record: QuestionRecord) => QuestionRecord | Promise<QuestionRecord>;
  const withVotes = (record: QuestionRecord, ...votes: Envelope[]): QuestionRecord => ({
    ...record,
    status: 'APPROVED',
    votes,
  });
  const forgeries: Record<string, Forgery> = {
    'status APPROVED without a vote': (_world, record) => withVotes(record),
    'a vote with no signature': async (world, record) => {
      const vote = await world.vote(record, ana);
      return withVotes(record, { ...vote, signatures: [{ keyid: 'k', sig: '' }] });
    },
    'a vote signed by another key': async (_world, record) => withVotes(record, await new World().vote(record, ana)),
    'a genuine vote of somebody who is no approver': async (world, record) =>
      withVotes(record, await world.vote(record, ben)),
    'a genuine vote of somebody under an approver’s name': async (world, record) =>
      withVotes(record, await world.vote(record, { id: ben.id, name: 'ana' })),
    'a genuine rejection turned into an approval': async (world, record) => {
      const no = await world.vote(record, ana, { word: 'reject' });
      const yes = await world.vote(record, ana);
      return withVotes(record, { ...no, payload: yes.payload });
    },
    'a genuine rejection beside a genuine approval': async (world, record) =>
      withVotes(record, await world.vote(record, ana, { word: 'reject' }), await world.vote(record, ana)),
    'a word that this release does not know': async (world, record) =>
      withVotes(record, await world.vote(record, ana, { word: 'approve_all' })),
    'a genuine vote from before the question': async (world, record) =>
      withVotes(record, await world.vote(record, ana, { at: isoOf(Date.parse(record.question.createdAt) - 1) })),
    'a genuine vote from after its end': async (world, record) =>
      withVotes(record, await world.vote(record, ana, { at: record.question.expiresAt })),
    'a widened list of approvers': (world, record) =>
      approved(world, record, { terms: { ...record.question.terms, approvers: ['ana', 'ben'] } }, ben),
    'a longer life than the policy gives': (world, record) =>
      approved(world, record, { expiresAt: isoOf(world.now + 24 * 3600_000) }),
    'a question from the future': (world, record) =>
      approved(world, record, { createdAt: isoOf(world.now + 3600_000), expiresAt: isoOf(world.now + 3900_000) }),
    'one vote twice where two are required': async (world, record) => {
      const twice = await approved(world, record, { terms: { ...record.question.terms, required: 2 } });
      return { ...twice, votes: [...twice.votes, ...twice.votes] };
    },
  };
  for (const [name, forge] of Object.entries(forgeries))
    test(`refuses ${name}`, async () => {
      const { world, id, record } = await waiting();
      world.plant(await forge(world, record));
      await expectNothing(world, id);
    });
});

describe('I2: what is shown is what is signed is what is sent', () => {
  test('one hash from card to command', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    await world.execute(id, restart);
    const sent = mutating(world)[0];
    expect(sent?.scriptHash).toBe(record.question.items[0]?.scriptHash);
    expect(sha256(sent?.script ?? '')).toBe(record.question.items[0]?.scriptHash);
    expect(JSON.stringify(world.posts.at(-1))).toContain(JSON.stringify(sent?.script).slice(1, -1));
  });

  const item = ({ question }: QuestionRecord, changes: Partial<Question['items'][number]>): Partial<Question> => ({
    items: question.items.map((one) => ({ ...one, ...changes })),
  });
  const changes: Record<string, (record: QuestionRecord) => Partial<Question>> = {
    script: (record) => item(record, { scriptHash: sha256('rm -rf /') }),
    targets: (record) => item(record, { targets: [instanceId, 'i-00000000000000bad'], waves: [2] }),
    document: () => ({ document: { name: 'countersign-run-000000000000', digest: sha256('') } }),
    'time-out': (record) => item(record, { executionTimeoutSeconds: 3600 }),
    dispatch: (record) => item(record, { dispatch: { ...restart, step: 3 } }),
    runbook: () => ({ runbook: { id: 'other', digest: sha256('') } }),
    risk: (record) => item(record, { level: 'read_only' }),
    environment: ({ question }) => ({ place: { ...question.place, environment: 'sandbox' } }),
    alarm: ({ question }) => ({ subject: { ...question.subject, round: 2 } as Question['subject'] }),
    evidence: ({ question }) => ({ shown: { ...question.shown, evidence: [sha256('all is well')] } }),
    parameters: (record) => item(record, { parameters: { unit: 'database' } }),
  };
  for (const [name, change] of Object.entries(changes))
    test(`a genuinely signed question with another ${name} sends nothing`, async () => {
      const { world, id, record } = await waiting();
      const forged = await approved(world, record, change(record));
      world.control.questions.clear();
      world.control.questions.set(`${id}/QUESTION#2.run.1.1#0001`, { ...forged });
      await expectNothing(world, id);
    });

  test('a runbook that a deploy changed sends nothing', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    world.compiled = compiledOf({ runbook: fixRunbook.replace('systemctl restart web', 'systemctl restart database') });
    await expectNothing(world, id);
  });

  test('under another policy an approval is stale: it is asked anew and the old card is superseded', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    world.compiled = compiledOf({ policy: policyText('live').replace('10m', '5m') });
    expect((await world.execute(id, restart)).outcome).toBe('stale');
    expect(await world.gate(id)).toMatchObject({ decision: 'ask', dispatch: restart });
    await world.ask(id, restart);
    const anew = world.request(id, restart) as QuestionRecord;
    expect(anew.status).toBe('PENDING');
    await world.click(anew, ana, 'approve');
    expect((await world.execute(id, restart)).outcome).toBe('succeeded');
    expect(mutating(world)).toHaveLength(1);
  });

  test('a pending question under another policy is superseded and its card can no longer be approved', async () => {
    const { world, id, record } = await waiting();
    world.compiled = compiledOf({ policy: policyText('live').replace('10m', '5m') });
    await world.ask(id, restart);
    expect(world.questions(id).map(({ status }) => status)).toEqual(['SUPERSEDED', 'PENDING']);
    await world.click(record, ana, 'approve');
    expect(world.told.at(-1)).toMatch(/newest card/);
    await expectNothing(world, id);
  });
});

describe('I3: at most one execution on a host per dispatch, and at most one dispatch per approval', () => {
  test('a second call answers what is known and sends nothing, at the same moment or later', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    const answers = await Promise.all([1, 2, 3].map(() => world.execute(id, restart)));
    expect(answers.map(({ outcome }) => outcome)).toEqual(['succeeded', 'running', 'running']);
    expect(mutating(world)).toHaveLength(1);
    expect((await world.poll(id, restart)).outcome).toBe('succeeded');
    expect((await world.execute(id, restart)).outcome).toBe('succeeded');
    expect(mutating(world)).toHaveLength(1);
    expect(world.events(id).filter(({ kind }) => kind === 'dispatch_refused')).toEqual([]);
  });

  test('a call that comes to the burn after another did is told that it runs, wherever it finds out', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    // The second call has read everything when the first one begins, and looks at the lease when that one has burnt.
    world.respond = () => ({ status: 'InProgress' });
    let first: Promise<unknown> | null = null;
    const { port } = world.dispatches;
    world.dispatches.port = async (name) => {
      if (name === 'dispatches.lease' && first === null) {
        first = world.execute(id, restart);
        await first;
      }
      return port(name);
    };
    expect(await world.execute(id, restart)).toMatchObject({ outcome: 'running' });
    expect(await first).toMatchObject({ outcome: 'running' });
    expect(mutating(world)).toHaveLength(1);
    expect(world.events(id).filter(({ kind }) => kind === 'dispatch_refused')).toEqual([]);
  });

  test('a call that crashed between intent and burn is gone on with, with the same intent while its time lasts', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    await crashAtBurn(world, id);
    const intents = () =>
      world
        .events(id)
        .filter(
          (event) => event.kind === 'dispatch_intended' && event.dispatch.step === 2 && event.dispatch.part === 'run',
        );
    expect((await world.execute(id, restart)).outcome).toBe('succeeded');
    expect(intents()).toHaveLength(1);
    expect(mutating(world)).toHaveLength(1);
  });

  test('an old intent is not gone on with: the host would refuse its script', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    await crashAtBurn(world, id);
    world.now += 31_000;
    expect((await world.execute(id, restart)).outcome).toBe('succeeded');
    const [first, second] = world
      .events(id)
      .flatMap((event) =>
        event.kind === 'dispatch_intended' && event.dispatch.step === 2 && event.dispatch.part === 'run'
          ? [event.notAfter]
          : [],
      );
    expect((second ?? 0) - (first ?? 0)).toBe(31);
    expect(mutating(world)[0]?.notAfter).toBe(second);
  });

  test('a burn whose answer was lost is read back, and not sent: whose it is nobody knows', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    world.lost = (port) => {
      if (port === 'dispatches.burn') throw new Error('socket hang up');
    };
    expect((await world.execute(id, restart)).outcome).toBe('running');
    world.lost = () => {};
    expect((await world.execute(id, restart)).outcome).toBe('running');
    expect(mutating(world)).toEqual([]);
    world.now += 600_000;
    expect((await world.poll(id, restart)).outcome).toBe('unknown');
  });

  test('a burn that conflicts did not let through is stale with its cause, and goes out at the next turn', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    world.fault = (port) => {
      if (port === 'dispatches.burn') throw new Error('TransactionConflict: password=hunter2hunter2');
    };
    await expectNothing(world, id);
    expect(world.events(id).at(-1)).toMatchObject({
      kind: 'dispatch_refused',
      outcome: 'stale',
      reasons: [{ text: expect.stringMatching(/nothing was sent, and no burn is seen: TransactionConflict/) }],
    });
    expect(JSON.stringify(world.events(id))).not.toContain('hunter2');
    world.fault = () => {};
    expect(await world.gate(id)).toMatchObject({ decision: 'ask', dispatch: restart });
    expect((await world.execute(id, restart)).outcome).toBe('succeeded');
    expect(mutating(world)).toHaveLength(1);
  });

  test('a dispatch that the first release burnt is not sent again', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    world.dispatches.byFirstRelease.add(`${id}.2.run.1.1`);
    expect((await world.execute(id, restart)).outcome).toBe('running');
    expect(mutating(world)).toEqual([]);
  });

  test('a call that comes after the incident was closed writes nothing: its chain stays whole', async () => {
    const { world, id } = await waiting();
    await world.close(id, 'halted');
    const before = world.audit.chains.get(id)?.length;
    expect((await world.execute(id, restart)).outcome).toBe('refused');
    expect(world.audit.chains.get(id)?.length).toBe(before);
    expect(mutating(world)).toEqual([]);
  });

  test('a call that is overtaken by the closing may refuse once more: that is no tampering', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    world.stopped = true;
    expect((await world.execute(id, restart)).outcome).toBe('stale');
    world.stopped = false;
    world.now += 11 * 60_000;
    // The second call has read the chain when the incident is closed.
    const { port } = world.dispatches;
    world.dispatches.port = async (name) => {
      if (name === 'dispatches.lease' && world.work.opened.size > 0) await world.close(id, 'aborted');
      return port(name);
    };
    expect((await world.execute(id, restart)).outcome).toBe('stale');
    expect(world.events(id).at(-1)).toMatchObject({ kind: 'dispatch_refused', late: true });
    const facts = await world.facts(id);
    expect(verifyChain(id, world.audit.chains.get(id) ?? [], facts)).toMatchObject({ verdict: 'whole', problems: [] });
  });

  test('an alarm that is OK again when what was approved is to be sent: nothing is sent, and what always runs still does', async () => {
    const world = new World();
    const id = await world.ring();
    const status = await world.run(id, async (house, record) => {
      await house.click(record, ana, 'approve');
      if (record.question.items[0]?.dispatch.step !== 3) return;
      world.alarm = alarmOf({ state: 'OK', stateChangedAt: new Date(world.now).toISOString() });
    });
    expect(status).toBe('resolved');
    expect(world.sends.map(({ dispatch }) => `${dispatch.step}.${dispatch.part}`)).not.toContain('3.run');
    expect(world.sends.map(({ dispatch }) => `${dispatch.step}.${dispatch.part}`)).toContain('4.run');
    expect(world.events(id).filter(({ kind }) => kind === 'dispatch_refused')).toMatchObject([{ outcome: 'stale' }]);
  });

  test('an approval serves no other step', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    expect((await world.execute(id, { step: 3, part: 'run', attempt: 1, wave: 1 })).outcome).toBe('refused');
    expect((await world.execute(id, { step: 2, part: 'run', attempt: 2, wave: 1 })).outcome).toBe('refused');
    expect(mutating(world)).toEqual([]);
  });

  test('a send whose answer was lost is looked for, never repeated', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    world.lost = (port) => {
      if (port === 'send') throw new Error('socket hang up');
    };
    expect((await world.execute(id, restart)).outcome).toBe('running');
    world.lost = () => {};
    expect(world.events(id)).toContainEqual(
      expect.objectContaining({ kind: 'command_sent', dispatch: restart, commandId: null }),
    );
    expect(await world.poll(id, restart)).toMatchObject({ outcome: 'succeeded' });
    expect(mutating(world)).toHaveLength(1);
  });
});

describe('I4: nothing is sent after expiry, rejection or a stop', () => {
  test('after expiry', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    world.now += 11 * 60_000;
    await expectNothing(world, id);
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
    await expectNothing(timely.world, timely.id);
  });
  test('after a rejection, even with a later genuine approval planted beside it', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'reject');
    const rejected = world.request(id, restart) as QuestionRecord;
    world.plant({ ...rejected, status: 'APPROVED', votes: [...rejected.votes, await world.vote(record, ana)] });
    await expectNothing(world, id);
  });
  test('after a stop, read or discovered in the transaction that burns', async () => {
    const early = await waiting();
    await early.world.click(early.record, ana, 'approve');
    early.world.stopped = true;
    await expectNothing(early.world, early.id);
    const racing = await waiting();
    await racing.world.click(racing.record, ana, 'approve');
    racing.world.fault = (port) => {
      if (port === 'dispatches.burn') racing.world.stopped = true;
    };
    await expectNothing(racing.world, racing.id);
    expect(racing.world.events(racing.id).at(-1)).toMatchObject({
      kind: 'dispatch_refused',
      outcome: 'stale',
      reasons: [{ text: 'everything was stopped at the same moment' }],
    });
  });
  test('once the alarm is OK', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    world.alarm = alarmOf({ state: 'OK' });
    await expectNothing(world, id);
    expect(await world.gate(id)).toMatchObject({ decision: 'done', status: 'recovered' });
  });
});

describe('I6: a durable intent precedes every send', () => {
  test('no send without its intent, and none when the audit takes no entry', async () => {
    const { world, id, record } = await waiting();
    await world.click(record, ana, 'approve');
    world.fault = (port) => {
      if (port === 'audit.put') throw new Error('the audit is down');
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

describe('a change without a signature goes out only when SSM itself says how the one before it ended', () => {
  const twice = fixRunbook.replace(
    /3\. Delete[\s\S]*4\. Look again/,
    () => '3. Restart again\n\n   ```bash\n   systemctl restart database\n   ```\n\n4. Look again',
  );
  const again = { ...restart, step: 3 } as const;

  /** The first restart went out under a standing approval; what the host says of it is the test's. */
  async function unsigned(status: string): Promise<{ world: World; id: string }> {
    const world = new World();
    world.compiled = compiledOf({ runbook: twice, policy: policyText('live', standing(5)) });
    world.respond = ({ script }) => (script.includes('restart web') ? { status } : {});
    const id = await world.ring();
    await world.plan(id);
    // Systems Manager is slow to answer, so that how it ended is left to `poll` and to whoever writes before it.
    world.fault = (port) => {
      if (port === 'glance') throw new Error('slow');
    };
    for (const dispatch of [{ ...restart, step: 1 }, { ...restart, part: 'before' }, restart] as const) {
      await world.execute(id, dispatch);
      if (dispatch !== restart) await world.poll(id, dispatch);
    }
    expect(mutating(world)).toHaveLength(1);
    return { world, id };
  }

  /** The look after the first restart, then the second one. */
  async function goOn(world: World, id: string) {
    const after = { ...restart, part: 'after' } as const;
    const looked = (await world.execute(id, after)).outcome;
    // Of a failure, also one that is only said, people are asked what is to follow.
    if (looked !== 'running') return looked;
    await world.poll(id, after);
    return (await world.execute(id, again)).outcome;
  }

  test.each<[string, string, AuditEvent]>([
    ['still runs', 'InProgress', { kind: 'step_confirmed', dispatch: restart }],
    ['failed', 'Failed', { kind: 'step_confirmed', dispatch: restart }],
    ['still runs', 'InProgress', finishedAs('succeeded')],
    ['failed', 'Failed', finishedAs('succeeded')],
    ['succeeded', 'Success', finishedAs('failed')],
  ])('it %s (%s), whatever another function wrote: nothing is sent', async (_, status, forged) => {
    const { world, id } = await unsigned(status);
    await append(world.writer('settle'), id, forged);
    expect(await goOn(world, id)).toMatch(/refused|stale/);
    expect(mutating(world)).toHaveLength(1);
  });

  test('it succeeded, as the audit says: the next one goes out', async () => {
    const { world, id } = await unsigned('Success');
    await world.poll(id, restart);
    expect(await goOn(world, id)).toBe('running');
    expect(mutating(world)).toHaveLength(2);
  });
});

describe('I11: arbitrary machine inputs', () => {
  test('no dispatch out of turn is ever sent', async () => {
    const dispatches = fc.record({
      step: fc.integer({ min: 1, max: 30 }),
      part: fc.constantFrom('before', 'run', 'after', 'dry_run', 'rollback', 'verify'),
      attempt: fc.integer({ min: 1, max: 5 }),
      wave: fc.integer({ min: 1, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(dispatches, { maxLength: 12 }), async (inputs) => {
        const world = new World();
        const id = await world.ring();
        await world.plan(id);
        for (const dispatch of inputs) await world.execute(id, dispatch);
        expect(mutating(world)).toEqual([]);
      }),
      { seed, numRuns: share(2000) },
    );
  });
});
