/** Several hosts: a change goes out in waves under one approval, the next only after the last succeeded everywhere, and undo only where something may have run. */
import { describe, expect, test } from 'vitest';
import { append } from '../../../core/audit/append.ts';
import { verifyChain } from '../../../core/audit/verify.ts';
import { dispatchKey } from '../../../core/dispatch.ts';
import { alarmOf, ana, compiledOf, instanceId, policyText, standing } from '../../support/fixtures.ts';
import { answering, fleetOf, fleetRunbook, hostId, hostOf, isRestart, sentTo } from '../../support/fleet.ts';
import { approving, type Operator, rejecting, type World } from '../../support/world.ts';

const wave = (number: number) => ({ step: 2, part: 'run', attempt: 1, wave: number }) as const;

/** The machine's run, with every question that was put. */
async function runOf(world: World, operator: Operator = approving) {
  const id = await world.ring();
  const status = await world.run(id, operator);
  return { id, status, questions: world.questions(id) };
}

/** The alarm goes back to OK when the last host was restarted. */
function recovering(world: World, hosts: number): void {
  let restarted = 0;
  world.onSend = (send) => {
    if (isRestart(send)) restarted += send.targets.length;
    if (restarted >= hosts) world.alarm = alarmOf({ state: 'OK', stateChangedAt: new Date(world.now).toISOString() });
  };
}

async function expectProven(world: World, id: string): Promise<void> {
  const facts = await world.facts(id);
  expect(verifyChain(id, world.audit.chains.get(id) ?? [], facts)).toMatchObject({ closed: true, problems: [] });
}

/** Up to the first restart's question, approved. */
async function approved(world: World): Promise<string> {
  const id = await world.ring();
  await world.plan(id);
  for (const dispatch of [
    { ...wave(1), step: 1 },
    { ...wave(1), part: 'before' },
  ] as const)
    await world.execute(id, dispatch);
  await world.ask(id, wave(1));
  const record = world.request(id, wave(1));
  if (!record) throw new Error('nothing was asked');
  await world.click(record, ana, 'approve');
  expect(await world.settle(id, wave(1))).toBe('approved');
  return id;
}

describe('one approval covers every wave, and names them all', () => {
  test('of seven hosts: one, then two, then four; what only reads goes everywhere at once', async () => {
    const world = fleetOf(7);
    recovering(world, 7);
    const { id, status, questions } = await runOf(world);
    expect(status).toBe('resolved');
    expect(sentTo(world, 1, 'run')).toEqual([[1, 2, 3, 4, 5, 6, 7]]);
    expect(sentTo(world, 2, 'before')).toEqual([[1, 2, 3, 4, 5, 6, 7]]);
    expect(sentTo(world, 2, 'run')).toEqual([[1], [2, 3], [4, 5, 6, 7]]);
    expect(sentTo(world, 2, 'after')).toEqual([[1, 2, 3, 4, 5, 6, 7]]);
    const restarts = questions.filter(({ question }) => question.items[0]?.dispatch.step === 2);
    expect(restarts).toHaveLength(1);
    expect(restarts[0]?.question.items[0]).toMatchObject({ dispatch: wave(1), waves: [1, 2, 4] });
    expect(restarts[0]?.question.items[0]?.targets).toHaveLength(7);
    expect(JSON.stringify(world.posts)).toContain('hosts at once: 1, then 2, then 4');
    const burns = [1, 2, 3].map((number) => world.dispatches.burnt.get(dispatchKey(id, wave(number))));
    expect(new Set(burns.map((burn) => burn?.questionDigest))).toEqual(new Set([restarts[0]?.digest]));
    expect(burns.map((burn) => burn?.rest?.length ?? 0)).toEqual([6, 4, 0]);
    await expectProven(world, id);
  });

  test('of twenty hosts in the policy’s own sizes; each dispatch is sent once', async () => {
    const world = fleetOf(20, { safety: 'waves: [2, 6]' });
    recovering(world, 20);
    expect((await runOf(world)).status).toBe('resolved');
    expect(sentTo(world, 2, 'run').map((hosts) => hosts.length)).toEqual([2, 6, 6, 6]);
    const all = sentTo(world, 2, 'run').flat();
    expect(new Set(all).size).toBe(20);
    expect(all).toHaveLength(20);
  });

  test('each wave has its own time to begin, counted from its own send', async () => {
    const world = fleetOf(3);
    world.respond = (send) => (isRestart(send) && world.now < start + 40_000 ? { status: 'InProgress' } : {});
    let start = world.now;
    const sentAt: number[] = [];
    world.onSend = (send) => {
      if (!isRestart(send)) return;
      start = world.now;
      sentAt.push(send.notAfter - Math.floor(world.now / 1000));
    };
    await runOf(world);
    expect(sentTo(world, 2, 'run')).toEqual([[1], [2, 3]]);
    expect(sentAt.every((left) => left >= 59 && left <= 60)).toBe(true);
  });

  test('a runbook whose waves might need more than 100 dispatches is refused when it is planned', async () => {
    const step = (number: number) => `${number}. Again\n\n   \`\`\`bash\n   systemctl restart web\n   \`\`\`\n`;
    const many = fleetRunbook.replace(
      /1\. Look[\s\S]*/,
      () => `${Array.from({ length: 6 }, (_, index) => step(index + 1)).join('\n')}`,
    );
    const world = fleetOf(20, { safety: 'waves: [1]', runbook: many });
    const { id, status } = await runOf(world);
    expect([status, world.sends]).toEqual(['halted', []]);
    expect(world.events(id)).toContainEqual(
      expect.objectContaining({ kind: 'planned', problems: [expect.stringContaining('120 dispatches')] }),
    );
  });
});

describe('the next wave goes only when the last succeeded on all of its hosts', () => {
  test.each([
    ['Failed', 'failed on'],
    ['ExecutionTimedOut', 'timed out on'],
    ['Undeliverable', 'not run on'],
    ['DeliveryTimedOut', 'may have run on'],
    ['Cancelled', 'may have run on'],
    ['SomethingNew', 'may have run on'],
    ['InProgress', 'may have run on'],
  ])('one of two hosts says %s: the other four are not touched, and each host is named', async (said, words) => {
    const world = fleetOf(7);
    answering(world, { [hostId(3)]: { status: said, exitCode: 1 } });
    const { id, status } = await runOf(world);
    expect(status).toBe('failed');
    expect(sentTo(world, 2, 'run')).toEqual([[1], [2, 3]]);
    const told = JSON.stringify(world.posts.at(-1));
    expect(told).toContain(`ran on ${hostId(1)}, ${hostId(2)}`);
    expect(told).toContain(`${words} ${hostId(3)}`);
    for (const number of [4, 5, 6, 7]) expect(told).toMatch(new RegExp(`not run on [^;]*${hostId(number)}`));
    // The way back goes where something may have run, in waves too.
    const touched = said === 'Undeliverable' ? [1, 2] : [1, 2, 3];
    expect(sentTo(world, 2, 'rollback')).toEqual([touched.slice(0, 1), touched.slice(1)]);
    await expectProven(world, id);
  });

  describe('in a tier that asks what is to follow', () => {
    const failing = () => {
      const world = fleetOf(3, { runbook: fleetRunbook.replace('severity: high', 'severity: low') });
      answering(world, { [hostId(1)]: { status: 'Failed', exitCode: 1 } });
      return world;
    };
    const saying =
      (...words: string[]): Operator =>
      async (world, record) => {
        if (record.question.kind !== 'failure') return approving(world, record);
        const word = words.shift();
        if (word !== undefined) await world.click(record, ana, word);
      };

    test('hosts that a wave never reached get nothing unless somebody says so', async () => {
      const world = failing();
      expect((await runOf(world, saying())).status).toBe('failed');
      expect(sentTo(world, 2, 'run')).toEqual([[1]]);
      expect(sentTo(world, 3, 'run')).toEqual([]);
    });

    test('they do with a further attempt, in its waves and under its own approval; what succeeded is not repeated', async () => {
      const world = failing();
      answering(world, { [hostId(2)]: { status: 'Failed', exitCode: 1 } });
      const { id, questions } = await runOf(world, saying('retry', 'abort'));
      expect(sentTo(world, 2, 'run')).toEqual([[1], [2, 3], [2]]);
      const asked = questions.map(({ question }) => [question.kind, question.items[0]?.dispatch.attempt]);
      expect(asked.slice(0, 4)).toEqual([
        ['approve', 1],
        ['failure', 1],
        ['approve', 2],
        ['failure', 2],
      ]);
      await expectProven(world, id);
    });

    test('where the host on which it failed is gone, nobody is asked to run it again where it succeeded', async () => {
      const world = fleetOf(3, {
        runbook: fleetRunbook.replace('severity: high', 'severity: low'),
        safety: 'waves: [3]',
      });
      answering(world, { [hostId(2)]: { status: 'Failed', exitCode: 1 } });
      const { id, questions } = await runOf(world, async (w, record) => {
        if (record.question.kind !== 'failure') return approving(w, record);
        w.instances = [1, 3].map((number) => hostOf(hostId(number)));
        await w.click(record, ana, 'retry');
      });
      expect(sentTo(world, 2, 'run')).toEqual([[1, 2, 3]]);
      expect(questions.map(({ question }) => question.items[0]?.dispatch.attempt)).not.toContain(2);
      await expectProven(world, id);
    });
  });

  test.each(['InProgress', 'Failed', 'DeliveryTimedOut'])(
    'Systems Manager says %s of the last wave, whatever another function wrote: nothing is sent',
    async (said) => {
      const world = fleetOf(3);
      answering(world, { [hostId(1)]: { status: said, exitCode: 1 } });
      const id = await approved(world);
      world.fault = (port) => {
        if (port === 'glance') throw new Error('slow');
      };
      expect((await world.execute(id, wave(1))).outcome).toBe('running');
      await append(world.writer('settle'), id, {
        kind: 'command_finished',
        dispatch: wave(1),
        outcome: 'succeeded',
        results: [],
      });
      expect(await world.gate(id)).toMatchObject({ decision: 'proceed', dispatch: wave(2) });
      expect((await world.execute(id, wave(2))).outcome).toMatch(/stale|refused/);
      expect(sentTo(world, 2, 'run')).toEqual([[1]]);
    },
  );

  test.each(['Success', 'InProgress'])(
    'Systems Manager says %s of an attempt that another function wrote had failed: it is not run again',
    async (said) => {
      const world = fleetOf(1, { runbook: fleetRunbook.replace('severity: high', 'severity: low') });
      world.respond = (send) => (isRestart(send) ? { status: 'InProgress' } : {});
      const id = await approved(world);
      expect((await world.execute(id, wave(1))).outcome).toBe('running');
      await append(world.writer('plan'), id, {
        kind: 'command_finished',
        dispatch: wave(1),
        outcome: 'failed',
        results: [],
      });
      world.respond = (send) => (isRestart(send) ? { status: said } : {});
      await world.run(id, async (w, record) => {
        if (record.question.kind !== 'failure') return approving(w, record);
        await w.click(record, ana, 'retry');
      });
      expect(sentTo(world, 2, 'run')).toEqual([[1]]);
      expect(JSON.stringify(world.posts.at(-1))).not.toContain('failed on');
    },
  );

  test('of the way back too: where its first wave fails, the others are left as they are, and named', async () => {
    const world = fleetOf(3);
    world.respond = ({ dispatch }, target) => {
      const fails = dispatch.part === 'rollback' || (dispatch.part === 'run' && target === hostId(3));
      return dispatch.step === 2 && fails ? { status: 'Failed', exitCode: 1 } : {};
    };
    expect((await runOf(world)).status).toBe('failed');
    expect([sentTo(world, 2, 'run'), sentTo(world, 2, 'rollback')]).toEqual([[[1], [2, 3]], [[1]]]);
    const told = JSON.stringify(world.posts.at(-1));
    expect(told).toContain(`way back: failed on ${hostId(1)}; not run on ${hostId(2)}, ${hostId(3)}`);
  });

  test('of a wave out of turn, or twice, nothing is sent', async () => {
    const world = fleetOf(7);
    const id = await approved(world);
    expect((await world.execute(id, wave(2))).outcome).toBe('refused');
    expect((await world.execute(id, wave(3))).outcome).toBe('refused');
    expect(sentTo(world, 2, 'run')).toEqual([]);
    const fresh = fleetOf(7);
    const other = await approved(fresh);
    await fresh.execute(other, wave(1));
    expect((await fresh.execute(other, wave(1))).outcome).toBe('succeeded');
    expect((await fresh.execute(other, wave(3))).outcome).toBe('refused');
    expect(sentTo(fresh, 2, 'run')).toEqual([[1]]);
  });

  test('the wave before is looked for under the document that it was sent with, also after a deploy of another', async () => {
    const world = fleetOf(3);
    const id = await approved(world);
    expect((await world.execute(id, wave(1))).outcome).toBe('succeeded');
    const { document } = world.compiled;
    world.documents.set(document.name, document.digest);
    const newer = { ...document, name: `countersign-run-${'f'.repeat(12)}`, digest: 'f'.repeat(64) };
    world.compiled = { ...world.compiled, document: newer };
    expect((await world.execute(id, wave(2))).outcome).toBe('succeeded');
    expect(world.sends.filter(isRestart).map((send) => send.document.name)).toEqual([document.name, document.name]);
  });
});

describe('between two waves', () => {
  test('the alarm goes back to OK: what was begun is looked at, and no further wave goes out', async () => {
    const world = fleetOf(7);
    recovering(world, 1);
    expect((await runOf(world)).status).toBe('resolved');
    expect(sentTo(world, 2, 'run')).toEqual([[1]]);
    expect(sentTo(world, 2, 'after')).toEqual([[1]]);
    expect(JSON.stringify(world.posts.at(-1))).toContain(`not run on ${hostId(2)}`);
  });

  test('the alarm goes back to OK just as the next wave is to go: nobody is asked about the rest', async () => {
    const world = fleetOf(7);
    const id = await approved(world);
    expect((await world.execute(id, wave(1))).outcome).toBe('succeeded');
    expect(await world.gate(id)).toMatchObject({ decision: 'proceed', dispatch: wave(2) });
    world.alarm = alarmOf({ state: 'OK', stateChangedAt: new Date(world.now).toISOString() });
    expect((await world.execute(id, wave(2))).outcome).toBe('stale');
    expect((await world.gate(id)).dispatch).not.toEqual(wave(2));
    expect(await world.run(id, approving)).toBe('resolved');
    expect(world.sends.filter(({ dispatch }) => dispatch.step === 2 && dispatch.part === 'run')).toHaveLength(1);
  });

  test('a wave fails: what undoes goes through all of its waves, to the hosts that may have been changed and to no other', async () => {
    const undo = '```bash when=always\n   systemctl start web';
    const world = fleetOf(7, { runbook: fleetRunbook.replace('```bash when=always\n   df -h /', () => undo) });
    answering(world, { [hostId(2)]: { status: 'Undeliverable' }, [hostId(3)]: { status: 'Failed', exitCode: 1 } });
    await runOf(world);
    expect(sentTo(world, 2, 'run')).toEqual([[1], [2, 3]]);
    expect(sentTo(world, 5, 'run')).toEqual([[1], [3]]);
  });

  test('a host is lost: asked anew without it, and the card says what is done and what is left out', async () => {
    const world = fleetOf(4);
    world.onSend = (send) => {
      if (isRestart(send)) world.instances = [1, 2, 4].map((number) => hostOf(hostId(number)));
    };
    const { id, questions } = await runOf(world);
    expect(sentTo(world, 2, 'run')).toEqual([[1], [2, 4]]);
    const restarts = questions.filter(({ question }) => question.items[0]?.dispatch.step === 2);
    expect(restarts.map(({ question }) => question.items[0]?.targets.length)).toEqual([4, 3]);
    expect(restarts[1]?.question.items[0]).toMatchObject({ dispatch: wave(1), waves: [1, 2] });
    const cards = JSON.stringify(world.posts);
    expect(cards).toContain(`done already on ${hostId(1)}`);
    expect(cards).toContain(`−${hostId(3)}`);
    expect(cards).toContain(`left out, since it can no longer run there: ${hostId(3)}`);
    // In the end only the card under which they went out says what came of the last hosts; the replaced one stays out of date.
    const told = world.updates
      .map((message) => JSON.stringify(message))
      .filter((text) => text.includes('What came of it'));
    const ofRestart = told.filter((text) => text.includes('step 2'));
    expect(ofRestart).toHaveLength(1);
    expect(ofRestart[0]).toContain(restarts[1]?.digest.slice(0, 12));
    await expectProven(world, id);
  });

  test('a host is gained: it is ignored', async () => {
    const world = fleetOf(2);
    world.onSend = (send) => {
      if (isRestart(send)) world.instances = [1, 2, 3].map((number) => hostOf(hostId(number)));
    };
    const { questions } = await runOf(world);
    expect(sentTo(world, 2, 'run')).toEqual([[1], [2]]);
    expect(questions.filter(({ question }) => question.items[0]?.dispatch.step === 2)).toHaveLength(1);
  });

  test('the approval becomes too old: the rest is asked anew, and rejected it is not sent', async () => {
    const world = fleetOf(3);
    let asked = 0;
    world.respond = (send) => (isRestart(send) && world.now < slowUntil ? { status: 'InProgress' } : {});
    let slowUntil = 0;
    world.compiled = compiledOf({
      runbook: fleetRunbook.replace('```bash\n   systemctl restart', '```bash timeout=20m\n   systemctl restart'),
      policy: policyText('live'),
    });
    world.onSend = (send) => {
      if (isRestart(send)) slowUntil = world.now + 11 * 60_000;
    };
    const { status } = await runOf(world, async (w, record) => {
      if (record.question.items[0]?.dispatch.step !== 2) return;
      asked += 1;
      await (asked === 1 ? approving : rejecting)(w, record);
    });
    expect([asked, status]).toEqual([2, 'rejected']);
    expect(sentTo(world, 2, 'run')).toEqual([[1]]);
  });

  test('the policy changes: the rest is asked anew, and the old card does not say "not run" of the wave that went out', async () => {
    const world = fleetOf(3);
    const id = await approved(world);
    expect((await world.execute(id, wave(1))).outcome).toBe('succeeded');
    world.compiled = compiledOf({ runbook: fleetRunbook, policy: policyText('live').replace('10m', '5m') });
    expect((await world.execute(id, wave(2))).outcome).toBe('stale');
    await world.ask(id, wave(2));
    expect(sentTo(world, 2, 'run')).toEqual([[1]]);
    expect(world.updates.at(-1)?.text).toMatch(/Out of date, asked anew: step 2/);
    expect(JSON.stringify(world.updates.at(-1))).not.toMatch(/not run/i);
  });

  test('the rest is asked anew and nobody answers: the card says where it went before, and where it never goes', async () => {
    const world = fleetOf(3);
    const id = await approved(world);
    expect((await world.execute(id, wave(1))).outcome).toBe('succeeded');
    world.compiled = compiledOf({ runbook: fleetRunbook, policy: policyText('live').replace('10m', '5m') });
    expect((await world.execute(id, wave(2))).outcome).toBe('stale');
    await world.ask(id, wave(2));
    const asked = JSON.stringify(world.posts.at(-1));
    expect(asked).toContain(`Runs exactly this on ${hostId(2)} and ${hostId(3)}`);
    expect(asked).toContain(`It went to ${hostId(1)} before, and does not go there again.`);
    expect(asked).not.toContain(`on 3 hosts`);
    world.now += 3_600_000;
    expect(await world.settle(id, wave(2))).toBe('expired');
    const ended = JSON.stringify(world.updates.at(-1));
    expect(ended).toContain('Expired, the rest not run: step 2');
    expect(ended).toContain(`It was about exactly this, on ${hostId(2)} and ${hostId(3)}`);
    expect(ended).toContain(`It went to ${hostId(1)} before.`);
    expect(ended).not.toMatch(/nothing was run/i);
  });

  test('a stop: the next wave waits until nobody says stop any more', async () => {
    const world = fleetOf(3);
    const id = await approved(world);
    await world.execute(id, wave(1));
    world.stopped = true;
    expect(await world.gate(id)).toMatchObject({ decision: 'wait', reasons: [{ rule: 'kill_switch' }] });
    expect((await world.execute(id, wave(2))).outcome).toBe('stale');
    world.stopped = false;
    expect(sentTo(world, 2, 'run')).toEqual([[1]]);
  });
});

describe('without a click', () => {
  test('each wave under a standing approval is one unasked action; beyond the budget people are asked', async () => {
    const runbook = fleetRunbook.replace('severity: high', 'severity: low').replace(/3\. Delete[\s\S]*/, '');
    const world = fleetOf(7, { runbook, more: standing(2) });
    const asked: unknown[] = [];
    await runOf(world, async (w, record) => {
      asked.push(record.question.items[0]?.waves);
      await approving(w, record);
    });
    expect(sentTo(world, 2, 'run')).toEqual([[1], [2, 3], [4, 5, 6, 7]]);
    expect(asked).toEqual([[1, 2, 4]]);
    const standings = [...world.dispatches.burnt.values()].filter((burn) => burn.standing !== null);
    expect(standings.map(({ dispatch }) => dispatch.wave)).toEqual([1, 2]);
  });
});

test('of twenty hosts each is named in the closing message, also in what it says of the way back', async () => {
  const world = fleetOf(20, { safety: 'waves: [20]' });
  world.respond = ({ dispatch: { step, part } }, target) =>
    step === 2 && (part === 'run' || part === 'rollback') && target === hostId(20)
      ? { status: 'Failed', exitCode: 1 }
      : {};
  await runOf(world);
  expect(JSON.stringify(world.posts.at(-1))).toMatch(
    new RegExp(`way back: ran on [^"]*${hostId(19)}; failed on ${hostId(20)}"`),
  );
});

describe('hosts that are replaced between a change and its undo', () => {
  test('the way back goes to what of them exists, and people are told what is gone', async () => {
    const world = fleetOf(3, { safety: 'waves: [20]' });
    answering(world, { [hostId(1)]: { status: 'Failed', exitCode: 1 } });
    world.onSend = (send) => {
      if (isRestart(send)) world.instances = [1, 3, 7].map((number) => hostOf(hostId(number)));
    };
    await runOf(world);
    expect(sentTo(world, 2, 'run')).toEqual([[1, 2, 3]]);
    expect(sentTo(world, 2, 'rollback').flat()).toEqual([1, 3]);
    expect(JSON.stringify(world.posts)).toContain(`left out, since it can no longer run there: ${hostId(2)}`);
    expect(JSON.stringify(world.posts.at(-1))).toMatch(new RegExp(`way back: [^"]*not run on ${hostId(2)}`));
  });

  test('when none of them exists any more it halts and says so, after what else can be undone', async () => {
    const world = fleetOf(1);
    answering(world, { [hostId(1)]: { status: 'Failed', exitCode: 1 } });
    world.onSend = (send) => {
      if (isRestart(send)) world.instances = [hostOf(hostId(9))];
    };
    const { id, status } = await runOf(world);
    expect(status).toBe('halted');
    expect(world.events(id)).toContainEqual(
      expect.objectContaining({
        kind: 'gate_decided',
        decision: 'halt',
        reasons: [{ rule: 'undo.impossible', text: expect.stringContaining(hostId(1)) }],
      }),
    );
    expect(world.pages).toHaveLength(1);
    expect(instanceId).not.toBe(hostId(1));
  });
});
