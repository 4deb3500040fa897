/** One incident's way through the use cases, in memory: the good way and every way that people or the world can end it. */
import { describe, expect, test } from 'vitest';
import { questionDigest } from '../../../core/question.ts';
import { isoOf } from '../../../core/time.ts';
import { alarmOf, ben, compiledOf, fixRunbook, policyText } from '../../support/fixtures.ts';
import { approving, ignoring, type Operator, rejecting, World } from '../../support/world.ts';

const keysOf = (world: World) => world.sends.map(({ dispatch }) => `${dispatch.step}.${dispatch.part}`);

/** The alarm returns to OK as soon as something was deleted. */
function curable(): World {
  const world = new World();
  world.onSend = ({ script }) => {
    if (script.includes('-delete')) world.alarm = alarmOf({ state: 'OK', stateChangedAt: isoOf(world.now) });
  };
  return world;
}

describe('an incident', () => {
  test('ends as resolved when the approved steps brought the alarm back to OK', async () => {
    const world = curable();
    const id = await world.ring();
    expect(await world.run(id)).toBe('resolved');
    expect(keysOf(world)).toEqual(['1.run', '2.before', '2.run', '2.after', '3.dry_run', '3.run', '4.run']);
    expect(world.reading(id).problems).toEqual([]);
    expect(world.work.opened.size + world.work.locks.size).toBe(0);
    expect(world.posts.at(-1)?.text).toMatch(/resolved/i);
    expect(world.pages).toEqual([]);
  });

  test('asks with what was observed on the card, and shows the outcome after', async () => {
    const world = curable();
    world.respond = ({ dispatch }) => (dispatch.part === 'before' ? { stdout: 'it was inactive' } : {});
    await world.run(await world.ring());
    expect(JSON.stringify(world.posts[0])).toContain('it was inactive');
    expect(JSON.stringify(world.posts[0])).toContain('systemctl restart web');
    expect(world.updates[0]?.text).toMatch(/approved/i);
  });

  test('sends nothing above read_only when a person rejects, and ends as rejected', async () => {
    const world = new World();
    const id = await world.ring();
    expect(await world.run(id, rejecting)).toBe('rejected');
    expect(keysOf(world)).toEqual(['1.run', '2.before']);
    expect(world.events(id)).toContainEqual(expect.objectContaining({ kind: 'approval_settled', reason: 'not now' }));
  });

  test('after a mutation, a rejection still offers the steps that always run', async () => {
    const world = new World();
    const id = await world.ring();
    const second = (w: World, record: Parameters<typeof approving>[1]) =>
      record.question.items[0]?.dispatch.step === 2 ? approving(w, record) : rejecting(w, record);
    expect(await world.run(id, second)).toBe('rejected');
    expect(keysOf(world)).toEqual(['1.run', '2.before', '2.run', '2.after', '3.dry_run', '4.run']);
  });

  test('expires when nobody answers, and pages', async () => {
    const world = new World();
    expect(await world.run(await world.ring(), ignoring)).toBe('expired');
    expect(keysOf(world)).toEqual(['1.run', '2.before']);
    expect(world.pages).toHaveLength(1);
    expect(world.updates.at(-1)?.text).toMatch(/expired/i);
  });

  test('recovers by itself before anything was changed', async () => {
    const world = new World();
    const id = await world.ring();
    world.alarm = alarmOf({ state: 'OK' });
    expect(await world.run(id)).toBe('recovered');
    expect(world.sends).toEqual([]);
  });

  test('I4: nothing new is begun once the alarm is OK, except what was begun and what always runs', async () => {
    const world = new World();
    world.onSend = ({ script }) => {
      if (script.includes('restart')) world.alarm = alarmOf({ state: 'OK', stateChangedAt: isoOf(world.now) });
    };
    expect(await world.run(await world.ring())).toBe('resolved');
    expect(keysOf(world)).toEqual(['1.run', '2.before', '2.run', '2.after', '4.run']);
  });

  test('is unverified when the alarm does not come back in its window', async () => {
    const world = new World();
    expect(await world.run(await world.ring())).toBe('unverified');
    expect(world.pages).toHaveLength(1);
  });

  test('fails, and stops, when a mutation of a tier that halts on failure fails; always-steps still run', async () => {
    const world = new World();
    world.compiled = compiledOf({ runbook: fixRunbook.replace('severity: low', 'severity: high') });
    world.respond = ({ script }) => (script.includes('restart') ? { status: 'Failed', exitCode: 1 } : {});
    expect(await world.run(await world.ring())).toBe('failed');
    expect(keysOf(world)).toEqual(['1.run', '2.before', '2.run', '2.after', '4.run']);
  });

  test('goes on, in a tier that does not halt on failure, once a person said so, and says what failed', async () => {
    const world = curable();
    world.respond = ({ script }) => (script.includes('restart') ? { status: 'Failed', exitCode: 1 } : {});
    expect(await world.run(await world.ring())).toBe('resolved');
    expect(keysOf(world)).toContain('3.run');
    expect(JSON.stringify(world.posts[2])).toContain('step 2 before this one failed');
  });

  test('ends where nobody says what is to follow, as after a change of which nobody knows what it did', async () => {
    const world = new World();
    world.respond = ({ script }) => (script.includes('restart') ? { status: 'ExecutionTimedOut', exitCode: -1 } : {});
    const silent: Operator = async (w, record) =>
      record.question.kind === 'failure' ? undefined : approving(w, record);
    expect(await world.run(await world.ring(), silent)).toBe('failed');
    expect(keysOf(world)).not.toContain('3.run');
  });

  test('goes on when a look exits with a code other than 0', async () => {
    const world = curable();
    world.respond = ({ dispatch }) => (dispatch.step === 1 ? { status: 'Failed', exitCode: 3 } : {});
    expect(await world.run(await world.ring())).toBe('resolved');
  });

  test('I5: a dry run sends only what the floor calls read_only, asks nobody and says what would have happened', async () => {
    const world = new World();
    world.compiled = compiledOf({ mode: 'dry_run' });
    const id = await world.ring();
    expect(await world.run(id)).toBe('dry_run');
    expect(keysOf(world)).toEqual(['1.run', '2.before', '3.dry_run', '4.run']);
    expect(world.questions(id)).toEqual([]);
    expect(world.posts).toHaveLength(1);
    expect(JSON.stringify(world.posts[0])).toContain('systemctl restart web');
    expect(JSON.stringify(world.posts[0])).not.toContain('"actions"');
  });

  test('a dry run names those whom the policy would have asked here, not all who approve somewhere', async () => {
    const world = new World();
    const policy = policyText('dry_run', 'teams: { platform: { approvers: [ben] } }').replace(
      'approvers: [ana]\n',
      'approvers: [ana, ben]\n',
    );
    world.compiled = compiledOf({ policy });
    await world.run(await world.ring());
    expect(JSON.stringify(world.posts[0])).toContain('ben');
    expect(JSON.stringify(world.posts[0])).not.toMatch(/\bana\b/);
    const skipped = world
      .events(world.incidentId())
      .flatMap((event) => (event.kind === 'gate_decided' && event.decision === 'skip' ? [event.wouldAsk] : []));
    const person = { ...ben, via: 'slack' };
    expect(skipped).toEqual([[person], [person]]);
  });

  test('ends as no_match when no runbook fits', async () => {
    const world = new World();
    world.alarm = alarmOf({ name: 'something-else', description: '', metric: null, namespace: null });
    expect(await world.run(await world.ring())).toBe('no_match');
    expect(world.pages).toHaveLength(1);
  });

  test('says on the card by what the runbook was chosen', async () => {
    const world = new World();
    await world.run(await world.ring());
    const [card] = world.posts;
    expect(JSON.stringify(card)).toContain("exact alarm route, confidence 0.95 (the alarm's name fits fix-*); model");
  });

  test('tells people which runbook would fit, and which fact excludes it', async () => {
    const world = new World();
    world.alarm = alarmOf({ dimensions: { AutoScalingGroupName: 'web' } });
    expect(await world.run(await world.ring())).toBe('no_match');
    const why =
      'fix would fit, but it runs on the instance that the alarm names, and the alarm has no dimension InstanceId';
    expect(JSON.stringify(world.closings)).toContain(why);
  });

  test('is undeliverable after six rounds with Slack down: it halts and pages', async () => {
    const world = new World();
    world.slackIsDown = true;
    const id = await world.ring();
    expect(await world.run(id)).toBe('halted');
    expect(world.pages).toHaveLength(1);
    expect(world.events(id).filter(({ kind }) => kind === 'gate_decided').length).toBeLessThan(10);
  });

  test('stays open for sweep when neither Slack nor the pager takes the message', async () => {
    const world = new World();
    world.slackIsDown = true;
    world.pagerIsDown = true;
    const id = await world.ring();
    await expect(world.run(id)).rejects.toThrow(/neither Slack nor the page topic/);
    expect([...world.work.opened.keys()]).toContain(id);
    world.executions.set(id, 'FAILED');
    world.pagerIsDown = false;
    await world.sweep();
    expect(world.work.opened.size).toBe(0);
    expect(world.pages).toHaveLength(1);
  });

  test('a click of somebody whom the policy does not name is refused, said so, and recorded', async () => {
    const world = new World();
    const id = await world.ring();
    await world.run(id, (w, record) => w.click(record, ben, 'approve'));
    expect(world.sends.some(({ script }) => script.includes('restart'))).toBe(false);
    expect(world.told[0]).toMatch(/does not name you as an approver/);
    expect(world.events(id)).toContainEqual(expect.objectContaining({ kind: 'vote_refused' }));
  });

  test('nothing is signed for a person whom the policy only knows, although the stored request names him', async () => {
    const world = new World();
    const id = await world.ring();
    let forgeries = 0;
    await world.run(id, async (w, record) => {
      if (++forgeries > 1) return;
      const terms = { ...record.question.terms, approvers: ['ana', 'ben'] };
      const question = { ...record.question, terms };
      const forged = { ...record, question, digest: questionDigest(question) };
      for (const name of w.control.questions.keys()) w.control.questions.set(name, { ...forged });
      await w.click(forged, ben, 'approve');
    });
    expect(world.events(id).filter(({ kind }) => kind === 'vote_signed')).toEqual([]);
    expect(world.told[0]).toMatch(/does not name you as an approver/);
  });

  test('a second click changes nothing, and is told that the first one counts', async () => {
    const world = curable();
    const id = await world.ring();
    const twice = async (w: World, record: Parameters<typeof approving>[1]) => {
      await approving(w, record);
      await approving(w, record);
    };
    expect(await world.run(id, twice)).toBe('resolved');
    expect(world.events(id).filter(({ kind }) => kind === 'vote_signed')).toHaveLength(2);
    expect(world.events(id).filter(({ kind }) => kind === 'vote_refused')).toEqual([]);
    expect(world.told).toEqual(['Your answer is counted already.', 'Your answer is counted already.']);
  });

  test('CloudWatch that throttles while an incident is closed is asked again, for ten minutes: nothing is told that a look would refute', async () => {
    const world = curable();
    const id = await world.ring();
    const { gate } = world;
    let isThrottled = false;
    world.fault = (port) => {
      if (port === 'alarm' && isThrottled)
        throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    };
    world.gate = async (incidentId) => {
      const answer = await gate.call(world, incidentId);
      isThrottled = answer.decision === 'done';
      return answer;
    };
    const { close } = world;
    const tries: string[] = [];
    world.close = async (...input) => {
      for (;;) {
        const status = await close.call(world, ...input).catch(({ name }: Error) => name);
        tries.push(status);
        if (status !== 'ThrottlingException') return status as Awaited<ReturnType<typeof close>>;
        await world.pass(60_000);
        isThrottled = tries.length < 3;
      }
    };
    expect(await world.run(id)).toBe('resolved');
    expect(tries).toEqual(['ThrottlingException', 'ThrottlingException', 'ThrottlingException', 'resolved']);
    expect(world.pages).toEqual([]);
  });
});
