/** Closing: people hear once, and what CloudWatch, burns and signatures bear out; no entry keeps an incident open or silent. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { disbelief, readChain, recoveryChain } from '../../../core/audit/chain.ts';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import { sha256 } from '../../../core/digest.ts';
import { questionDigest } from '../../../core/question.ts';
import type { DispatchOutcome } from '../../../core/words.ts';
import { seed, share } from '../../soak.ts';
import { alarmOf, compiledOf, instanceId, start } from '../../support/fixtures.ts';
import { burnOf, digest, dispatchOf, id, intended, planned, questionOn, requested, Scene, voteOf } from './closing.ts';

const ok = alarmOf({ state: 'OK' });
const recovery = recoveryChain(id);
const told = (status: string) => ({ kind: 'people_told', incidentId: id, status, slack: true, paged: true });

describe('an incident with a whole chain', () => {
  test('gets its closing entry with the doorbells, people hear of it, and it is released', async () => {
    const scene = await Scene.of();
    await scene.work.ring(id, { state: 'OK', changedAt: 'x' });
    expect(await scene.close('halted', 'a reason')).toBe('halted');
    expect(scene.audit.events(id).at(-2)).toMatchObject({
      kind: 'incident_closed',
      doorbells: { rung: 2, changes: 1 },
    });
    expect(scene.audit.events(id).at(-1)).toMatchObject({ ...told('halted'), late: true });
    expect(scene.posts).toHaveLength(1);
    expect(scene.paged()).toContain('a reason');
    expect(scene.work.opened.size + scene.work.locks.size).toBe(0);
    expect(disbelief(readChain(id, scene.audit.chains.get(id) ?? []))).toBeNull();
  });

  test('closed again tells nobody again', async () => {
    const scene = await Scene.of();
    expect([await scene.close('halted'), await scene.close('failed')]).toEqual(['halted', 'halted']);
    expect([scene.posts.length, scene.pages.length]).toEqual([1, 1]);
    expect(scene.kinds(id).filter((kind) => kind === 'incident_closed')).toHaveLength(1);
  });

  test('pages although the file of its outputs never arrives', async () => {
    const stdout = 'x'.repeat(20_000);
    const result = {
      target: instanceId,
      status: 'Success',
      exitCode: 0,
      stdoutHash: sha256(stdout),
      stderrHash: sha256(''),
    };
    const finished = { kind: 'command_finished' as const, dispatch: dispatchOf(1), outcome: 'succeeded' as const };
    const scene = await Scene.of([
      planned(),
      intended(dispatchOf(1)),
      { ...finished, results: [result] } as AuditEvent,
    ]);
    const outputs = [{ dispatch: dispatchOf(1), outputs: [{ target: instanceId, exitCode: 0, stdout, stderr: '' }] }];
    scene.ports.shown = async () => ({ evidence: [], outputs }) as never;
    const attached = new Promise<void>((resolve) => {
      scene.ports.cards.attach = () => {
        resolve();
        return new Promise(() => {});
      };
    });
    void scene.close('halted');
    await attached;
    expect([scene.posts.length, scene.pages.length]).toEqual([1, 1]);
  });

  test('is told of once although the entry about it cannot be written', async () => {
    const scene = await Scene.of();
    const { release } = scene.ports;
    scene.ports.release = async (incidentId) => {
      await release(incidentId);
      scene.audit.port = () => {
        throw new Error('Audit is down');
      };
    };
    expect(await scene.close('halted')).toBe('halted');
    scene.audit.port = () => {};
    await scene.close('halted');
    expect([scene.posts.length, scene.pages.length]).toEqual([1, 1]);
    expect(scene.work.opened.size).toBe(0);
  });

  test('of two closers at once: one ending, and nobody is left untold', async () => {
    const scene = await Scene.of();
    const answers = await Promise.all([scene.close('halted'), scene.close('failed')]);
    expect(new Set(answers).size).toBe(1);
    expect(scene.kinds(id).filter((kind) => kind === 'incident_closed')).toHaveLength(1);
    expect(scene.posts.length).toBe(1);
    expect(scene.work.opened.size).toBe(0);
  });

  test.each(['audit.put', 'audit.items'])('an answer of %s that is lost once changes nothing', async (call) => {
    const scene = await Scene.of();
    let lost = 0;
    scene.audit.after = (name) => {
      if (name === call && scene.kinds(id).includes('incident_closed') && lost++ === 0) throw new Error('lost');
    };
    expect(await scene.close('halted')).toBe('halted');
    expect(scene.kinds(id).slice(-2)).toEqual(['incident_closed', 'people_told']);
    expect(scene.posts).toHaveLength(1);
  });

  test('that nobody could be told of stays open, and is told of by the next try', async () => {
    const scene = await Scene.of();
    scene.slackIsDown = true;
    scene.pagerIsDown = true;
    await expect(scene.close('halted')).rejects.toThrow(/neither Slack nor/);
    expect(scene.work.opened.has(id)).toBe(true);
    scene.pagerIsDown = false;
    expect(await scene.close('failed')).toBe('halted');
    expect(scene.pages).toHaveLength(1);
    expect(scene.paged()).toContain('Slack did not take');
    expect(scene.work.opened.size).toBe(0);
  });

  test('withdraws what waits, whatever its format, and one row that fails keeps nobody from hearing', async () => {
    const scene = await Scene.of();
    const row = { incidentId: id, status: 'PENDING', places: [], record: null };
    scene.rows.push({ ...row, sortKey: 'REQUEST#old' }, { ...row, sortKey: 'bad' }, { ...row, sortKey: 'QUESTION#x' });
    scene.rows.push({ ...row, sortKey: 'done', status: 'APPROVED' });
    const { end } = scene.ports.control;
    scene.ports.control.end = async (key) => {
      if (key.sortKey === 'bad') throw new Error('bad');
      return end(key);
    };
    await scene.close('halted');
    expect(scene.ended).toEqual(['REQUEST#old', 'QUESTION#x']);
    expect(scene.posts).toHaveLength(1);
  });

  test('that triage could not begin gets its opening from the row that hashes', async () => {
    const scene = await Scene.of();
    scene.audit.chains.clear();
    expect(await scene.close('failed')).toBe('failed');
    expect(scene.kinds(id)).toEqual(['incident_opened', 'incident_closed', 'people_told']);
    expect(scene.told()).toContain('fix-web');
  });
});

describe('what is told', () => {
  const cases: [string, 'resolved' | 'recovered', typeof ok | null, string][] = [
    ['resolved with the alarm in ALARM', 'resolved', alarmOf(), 'unverified'],
    ['resolved with the alarm unreadable', 'resolved', null, 'unverified'],
    ['recovered with the alarm in ALARM', 'recovered', alarmOf(), 'unverified'],
    ['resolved with the alarm in OK', 'resolved', ok, 'resolved'],
  ];
  test.each(cases)('of %s', async (_name, claimed, alarm, status) => {
    const scene = await Scene.of();
    scene.alarm = alarm;
    expect(await scene.close(claimed)).toBe(status);
    expect(scene.pages).toHaveLength(status === 'unverified' ? 1 : 0);
  });

  test('of a forged closing: resolved with the alarm in ALARM is unverified, paged; the entry stays', async () => {
    const scene = await Scene.of();
    scene.plant(id, { kind: 'incident_closed', status: 'resolved', cause: null });
    scene.plant(id, { ...told('resolved'), late: true });
    expect(await scene.close('resolved')).toBe('unverified');
    expect(scene.told()).toContain('Not verified');
    expect(scene.told()).not.toContain('Nothing to do');
    expect(scene.paged()).toContain('the alarm is ALARM now');
    expect(scene.audit.events(id)).toContainEqual({ kind: 'incident_closed', status: 'resolved', cause: null });
  });

  test.each([
    ['recovered', ok],
    ['dry_run', alarmOf()],
    ['no_match', alarmOf()],
  ] as const)('of %s after something was changed is something else, and paged', async (claimed, alarm) => {
    const scene = await Scene.of([planned(), intended(dispatchOf(2))]);
    scene.burns = [burnOf(dispatchOf(2))];
    scene.alarm = alarm;
    scene.mode = claimed === 'dry_run' ? 'dry_run' : 'live';
    expect(await scene.close(claimed)).not.toBe(claimed);
    expect(scene.pages).toHaveLength(1);
    expect(scene.told()).not.toMatch(/[Nn]othing (was )?changed/);
  });

  test('of a dry run under a live policy is a halt', async () => {
    const live = await Scene.of();
    expect(await live.close('dry_run')).toBe('halted');
    const dry = await Scene.of([planned({ mode: 'dry_run' })]);
    dry.mode = 'dry_run';
    expect(await dry.close('dry_run')).toBe('dry_run');
    expect([live.pages.length, dry.pages.length]).toEqual([1, 0]);
  });

  test('a rejection is told only with a signed reject on a question of this incident', async () => {
    const question = questionOn(dispatchOf(2));
    const settled = {
      kind: 'approval_settled' as const,
      dispatch: dispatchOf(2),
      policyDigest: digest,
      requestDigest: questionDigest(question),
      decision: 'rejected' as const,
      by: [{ name: 'ben', via: 'slack' as const, id: 'U2' }],
      reason: 'ben says so',
    };
    const elsewhere = questionOn(dispatchOf(2), { incidentId: `inc-${'0'.repeat(20)}` });
    const votes = {
      genuine: voteOf(question, 'reject'),
      forged: voteOf(question, 'reject', true),
      elsewhere: voteOf(elsewhere, 'reject'),
    };
    for (const [name, envelope] of Object.entries(votes)) {
      const by = { name: 'ben', via: 'slack' as const, id: 'U2' };
      const vote = {
        kind: 'vote_signed' as const,
        dispatch: dispatchOf(2),
        questionDigest: questionDigest(question),
        word: 'reject',
        by,
        envelope,
      };
      const scene = await Scene.of([planned(), requested(question), requested(elsewhere), vote, settled]);
      expect(await scene.close('rejected'), name).toBe(name === 'genuine' ? 'rejected' : 'halted');
      expect(scene.told(), name).not.toContain('ben');
      expect(scene.told().includes('rejected by'), name).toBe(name === 'genuine');
    }
  });

  test('an approver is named by a genuine vote on the burnt question, and by nothing else', async () => {
    const question = questionOn(dispatchOf(2));
    const other = questionOn(dispatchOf(2), { incidentId: `inc-${'0'.repeat(20)}` });
    const ran = {
      kind: 'command_finished' as const,
      dispatch: dispatchOf(2),
      outcome: 'succeeded' as const,
      results: [
        {
          target: instanceId,
          status: 'Success',
          exitCode: 0,
          stdoutHash: digest,
          stderrHash: digest,
          outcome: 'succeeded' as const,
        },
      ],
    };
    const approvedBy = [{ name: 'ana', via: 'slack' as const, id: 'U0000000001' }];
    const named = async (
      envelope: ReturnType<typeof voteOf>,
      asked = question,
      key = true,
      burntWith: string | null = questionDigest(question),
    ) => {
      const votes = [envelope];
      const scene = await Scene.of([planned(), requested(asked), intended(dispatchOf(2), { votes, approvedBy }), ran]);
      scene.burns = [burnOf(dispatchOf(2), { questionDigest: burntWith })];
      if (!key) scene.key = null;
      await scene.close('halted');
      expect(scene.told()).toContain('2. Restart');
      return scene.told().includes('U0000000001');
    };
    expect(await named(voteOf(question, 'approve'))).toBe(true);
    expect(await named(voteOf(question, 'approve', true))).toBe(false);
    expect(await named(voteOf(question, 'reject'))).toBe(false);
    expect(await named(voteOf(other, 'approve'), other)).toBe(false);
    expect(await named(voteOf(question, 'approve'), question, false)).toBe(false);
    // Approved once, and sent under something else: a standing approval, or an earlier revision.
    expect(await named(voteOf(question, 'approve'), question, true, null)).toBe(false);
    expect(await named(voteOf(question, 'approve'), question, true, digest)).toBe(false);
  });

  test('a forged intent and its success without a burn are not told as run', async () => {
    const forged = {
      kind: 'command_finished' as const,
      dispatch: dispatchOf(2),
      outcome: 'succeeded' as const,
      results: [],
    };
    const scene = await Scene.of([planned(), intended(dispatchOf(2)), forged]);
    scene.alarm = ok;
    await scene.close('halted');
    expect(scene.told()).toContain('2. Restart');
    expect(scene.told()).not.toContain('✓');
  });

  describe('of a change: what Systems Manager says', () => {
    const end = (outcome: DispatchOutcome): AuditEvent => ({
      kind: 'command_finished',
      dispatch: dispatchOf(2),
      outcome,
      results: [],
    });

    /** What is told of the restart that was burnt, for a claim in the chain and a status of Systems Manager. */
    async function told(claim: DispatchOutcome, status: string | null | 'down', document = 'd') {
      const scene = await Scene.of([planned(), intended(dispatchOf(2), { document }), end(claim)], (empty) => {
        empty.burns = [burnOf(dispatchOf(2))];
      });
      const known = status === null ? [] : [[`${id}.2.run.1.1`, { status, exitCode: 1 }] as const];
      scene.systemsManager = status === 'down' ? null : new Map(known);
      await scene.close('halted');
      return { scene, text: scene.told() };
    }

    test('is told where the chain says otherwise, and paged where it is not known', async () => {
      expect((await told('not_started', 'Success')).text).toMatch(/✓ 2. Restart.*\*?ran/);
      expect((await told('succeeded', 'Failed')).text).not.toContain('✓');
      const { scene, text } = await told('not_started', 'InProgress');
      expect(text).toContain('may have run: look at the host first');
      expect(scene.paged()).toContain('step 2');
      expect((await told('succeeded', null)).text).toContain('may have run: look at the host first');
    });

    test('is the chain’s while Systems Manager is down, which keeps nobody from hearing', async () => {
      const { scene, text } = await told('not_started', 'down');
      expect(text).toContain('not run');
      expect(scene.asked).toHaveLength(1);
      expect(scene.work.opened.size).toBe(0);
    });

    test('is looked for under the documents of this deployment and of the intent, and under no other name', async () => {
      const { name } = compiledOf().document;
      expect((await told('failed', null, 'countersign-run-0123456789ab')).scene.asked).toEqual([
        name,
        'countersign-run-0123456789ab',
      ]);
      expect((await told('failed', null, 'no document at all!')).scene.asked).toEqual([name]);
    });
  });

  test('50 forged late facts change nothing, and leave no room for a lie', async () => {
    const scene = await Scene.of();
    scene.plant(id, { kind: 'incident_closed', status: 'halted', cause: null });
    for (let fact = 0; fact < 50; fact += 1)
      scene.plant(id, {
        kind: 'command_finished',
        dispatch: dispatchOf(2),
        outcome: 'succeeded',
        results: [],
        late: true,
      });
    await scene.close('halted');
    expect(scene.told()).not.toContain('✓');
    expect(scene.posts).toHaveLength(1);
    expect(scene.work.opened.size).toBe(0);
  });

  test('people_told before the closing, or beside an OPEN item, silences nobody', async () => {
    const before = await Scene.of();
    before.plant(id, told('halted'));
    await before.close('halted');
    const after = await Scene.of();
    after.plant(id, { kind: 'incident_closed', status: 'halted', cause: null });
    after.plant(id, { ...told('halted'), late: true });
    await after.close('halted');
    for (const scene of [before, after]) expect([scene.posts.length, scene.pages.length]).toEqual([1, 1]);
  });

  test('a late fact before the closing, in the chain or beside it, keeps out no closing and silences nobody', async () => {
    const before = await Scene.of();
    before.plant(id, { ...told('halted'), late: true });
    const both = await Scene.of();
    both.plant(id, { ...told('halted'), late: true });
    both.plant(recovery, { ...told('halted'), late: true });
    for (const scene of [before, both]) {
      expect(await scene.close('failed')).toBe('halted');
      expect([scene.posts.length, scene.pages.length, scene.work.opened.size]).toEqual([1, 1, 0]);
      expect(scene.told()).toContain('marked late, and nothing was closed before it');
    }
  });

  test('a recovery that was planted beside a whole chain is ignored', async () => {
    const scene = await Scene.of();
    scene.plant(recovery, { kind: 'incident_closed', status: 'resolved', cause: null });
    scene.plant(recovery, { ...told('resolved'), late: true });
    expect(await scene.close('halted')).toBe('halted');
    expect(scene.posts).toHaveLength(1);
    expect(scene.kinds(id).slice(-2)).toEqual(['incident_closed', 'people_told']);
  });
});

describe('a broken chain', () => {
  const breaks: [string, (scene: Scene) => void][] = [
    ['a changed entry', (scene) => scene.tamper(id, 1)],
    ['no entry at its end', (scene) => scene.audit.plant(id, 3, 'no JSON')],
    ['an entry far ahead', (scene) => scene.audit.plant(id, 999_999_999, '{}')],
    ['a kind that must be known', (scene) => scene.plant(id, { kind: 'forbidden_by_2031', mustKnow: true })],
  ];
  test.each(breaks)('with %s is halted, paged, closed beside itself and released', async (_name, damage) => {
    const scene = await Scene.of();
    damage(scene);
    scene.alarm = ok;
    expect(await scene.close('resolved')).toBe('halted');
    expect(scene.kinds(recovery)).toEqual(['incident_closed', 'people_told']);
    expect(scene.paged()).toContain('audit.broken');
    expect(scene.paged()).toContain('fix-web');
    expect(scene.work.opened.size + scene.work.locks.size).toBe(0);
  });

  test('of an unknown kind that need not be known is whole', async () => {
    const scene = await Scene.of();
    scene.plant(id, { kind: 'remarked_in_2031', text: 'x' });
    scene.alarm = ok;
    expect(await scene.close('resolved')).toBe('resolved');
  });

  test.each(['resolved', 'halted'])('is told and paged whatever a planted recovery (%s) says', async (status) => {
    const scene = await Scene.of();
    scene.plant(recovery, { kind: 'incident_closed', status, cause: null });
    scene.plant(recovery, { ...told(status), late: true });
    scene.tamper(id, 2);
    expect(await scene.close('resolved')).toBe('halted');
    expect([scene.posts.length, scene.pages.length]).toEqual([1, 1]);
    expect(scene.work.opened.size).toBe(0);
  });

  test('is told and paged until somebody took it', async () => {
    const scene = await Scene.of();
    scene.tamper(id, 2);
    scene.slackIsDown = true;
    scene.pagerIsDown = true;
    await expect(scene.close('halted')).rejects.toThrow();
    await expect(scene.close('halted')).rejects.toThrow();
    scene.pagerIsDown = false;
    await scene.close('halted');
    await scene.close('halted');
    expect(scene.pages).toHaveLength(1);
    expect(scene.kinds(recovery)).toEqual(['incident_closed', 'people_told']);
  });

  test('with a broken recovery pages all the same, and is released', async () => {
    const scene = await Scene.of();
    scene.tamper(id, 2);
    scene.audit.plant(recovery, 1, 'no entry');
    expect(await scene.close('halted')).toBe('halted');
    expect(scene.pages).toHaveLength(1);
    expect(scene.work.opened.size).toBe(0);
  });

  test('names what was burnt, and says of nothing that it ran or did not', async () => {
    const finished = {
      kind: 'command_finished' as const,
      dispatch: dispatchOf(2),
      outcome: 'not_started' as const,
      results: [],
    };
    const scene = await Scene.of([planned(), intended(dispatchOf(2)), finished]);
    scene.burns = [burnOf(dispatchOf(2))];
    scene.tamper(id, 1);
    await scene.close('halted');
    expect(scene.told()).toContain('may have run: look at the host first');
    expect(scene.told()).not.toContain('not run');
    expect(scene.paged()).toContain(`step 2 on ${instanceId}`);
  });

  test.each(['with', 'without'])(
    'that is empty although something was burnt, %s a row, is no incident that never was',
    async (row) => {
      const scene = await Scene.of();
      scene.audit.chains.clear();
      if (row === 'without') scene.work.rows.clear();
      scene.burns = [burnOf(dispatchOf(2))];
      expect(await scene.close('halted')).toBe('halted');
      expect(scene.paged()).toContain('something was sent');
      expect(scene.work.opened.size).toBe(0);
    },
  );
});

test('an id under which nothing was ever opened is released, and nobody is told', async () => {
  const scene = new Scene();
  scene.work.plantOpen(id);
  await scene.close('failed');
  expect(scene.posts.length + scene.pages.length + scene.work.opened.size).toBe(0);
  expect(scene.audit.chains.size).toBe(0);
});

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constant(''));
const anyEvent = fc.oneof(
  fc.record({ kind: fc.string(), mustKnow: fc.boolean(), x: fc.jsonValue() }),
  fc.record({
    kind: fc.constantFrom('planned', 'incident_opened', 'command_finished', 'people_told'),
    x: fc.jsonValue(),
  }),
  fc.constant(planned({ steps: [], environment: '\u202e'.repeat(500), runbook: null })),
);

test(`no chain keeps people from hearing or an incident open, seed ${seed}`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyEvent, { maxLength: 5 }),
      fc.option(fc.tuple(fc.nat(9), anyText)),
      async (events, torn) => {
        const scene = await Scene.of();
        for (const event of events) scene.plant(id, event);
        if (torn) scene.audit.plant(id, torn[0], torn[1]);
        scene.now = start + 120_000;
        await scene.close('resolved');
        expect(scene.posts).toHaveLength(1);
        expect(scene.pages).toHaveLength(1);
        expect(scene.work.opened.size).toBe(0);
      },
    ),
    { numRuns: share(2_000), seed },
  );
});
