/** The kill switch in people's hands: who may, what they are told and when it is true, races, floods, forgeries, crashes. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { append } from '../../../core/audit/append.ts';
import { sendBySeconds } from '../../../core/burn.ts';
import { payloadTypes, seal } from '../../../core/dsse.ts';
import { type Abort, openAbort, openResume, readSwitch, type Stop } from '../../../core/incident/kill-switch.ts';
import { isoOf } from '../../../core/time.ts';
import { skewSeconds } from '../../../core/use-cases/stop.ts';
import { command, commandBody, deliver, deliverable, pressSwitch, responseUrl } from '../../support/commands.ts';
import { ana, ben, compiledOf, policyText } from '../../support/fixtures.ts';
import { World } from '../../support/world.ts';

const stranger = { id: 'U0000000009', name: 'ana' };
const standing = (world: World) => readSwitch(world.control, world.publicKey);
/** In this policy ana approves, and so may abort and resume; ben is only named. */
const said = (world: World) => {
  const days = [...world.audit.chains.keys()].filter((name) => name.startsWith('DAY#'));
  return days.flatMap((name) => world.events(name)).filter(({ kind }) => kind === 'switch_said');
};
const flood = (world: World, count: number, from = 1) => {
  for (let number = from; number < from + count; number += 1)
    world.control.kills.set(number, { eventId: `flood-${number}`, by: 'eve', why: '', at: isoOf(world.now) });
};

describe('stop', () => {
  test('anybody whom the policy names stops; the answer comes when every burn before it is past its sendBy', async () => {
    const world = new World();
    const before = world.now;
    expect(await command(world, ben, 'stop load balancer migration')).toMatch(
      /^Stopped: nothing is sent any more\. It is stop 1 by ben \(2026-11-21T03:00:00\.000Z\): load balancer migration\./,
    );
    expect(world.now - before).toBe((sendBySeconds + skewSeconds) * 1000);
    expect(await standing(world)).toMatchObject({ stopped: true, number: 1, aborted: null });
    expect(world.responses.map(({ url }) => url)).toEqual([responseUrl]);
    expect(world.posts.at(-1)?.text).toBe('Stopped: nothing is sent any more: load balancer migration');
    expect(said(world)).toMatchObject([{ word: 'stop', about: '1', by: { name: 'ben' } }]);
  });

  test('whom the policy does not name stops nothing', async () => {
    const world = new World();
    expect(await command(world, stranger, 'stop')).toBe('The policy does not name you.');
    expect(world.control.kills.size).toBe(0);
  });

  test('what was lifted while it was waited for is not told as stopped', async () => {
    const world = new World();
    const { pass } = world;
    world.pass = async (milliseconds) => {
      await pass(milliseconds);
      world.pass = pass;
      await command(world, ana, 'resume');
    };
    expect(await command(world, ben, 'stop')).toContain('somebody has lifted that stop since');
    expect(world.posts.map(({ text }) => text)).toEqual(['Resumed: Countersign sends again']);
  });

  test('a secret in the reason, and text that Slack would interpret, reach nobody', async () => {
    const world = new World();
    const text = await command(world, ana, 'stop <!channel> password=hunter2hunter2');
    expect(text).toContain('&lt;!channel&gt;');
    expect(JSON.stringify([text, world.posts, [...world.control.kills], said(world)])).not.toContain('hunter2');
  });

  test('the same command, delivered twice, stops once, also after it was lifted', async () => {
    const world = new World();
    const body = commandBody(ben.id, 'stop');
    await deliver(world, body);
    await deliver(world, body);
    expect(world.control.kills.size).toBe(1);
    expect(world.responses.at(-1)?.text).toMatch(/^You said so already\. Stopped/);
    await command(world, ana, 'resume');
    await deliver(world, body);
    expect(world.responses.at(-1)?.text).toContain('has lifted that stop since');
    expect(await standing(world)).toMatchObject({ stopped: false });
  });

  test('two at once are both stopped, and one resume lifts both', async () => {
    const world = new World();
    await Promise.all([command(world, ana, 'stop one'), command(world, ben, 'stop two')]);
    expect(world.responses).toHaveLength(2);
    for (const { text } of world.responses) expect(text).toMatch(/^Stopped/);
    expect(world.control.kills.size).toBe(2);
    expect(await command(world, ana, 'resume')).toMatch(/^Resumed: .*one; .*two|^Resumed: .*two; .*one/);
    expect(await standing(world)).toMatchObject({ stopped: false, number: 3 });
  });

  test('a button on an incident’s first message stops too', async () => {
    const world = new World();
    await pressSwitch(world, ben, 'stop', 'inc-0123456789abcdef0123');
    expect(world.told.at(-1)).toContain('Stopped: nothing is sent any more. It is stop 1 by ben');
    expect(world.told.at(-1)).toContain('said at inc-0123456789abcdef0123');
  });

  test('where the answer is not Slack’s own address it is told in the channel, and nothing is posted there', async () => {
    const world = new World();
    const foreign = [
      'https://evil.example/',
      'http://hooks.slack.com/x',
      'https://hooks.slack.com.evil.example/',
      'https://u@hooks.slack.com/',
      'nonsense',
    ];
    for (const response_url of foreign) await deliver(world, commandBody(ben.id, 'status', { response_url }));
    expect(world.responses).toEqual([]);
    expect(world.told).toHaveLength(foreign.length);
  });
});

describe('abort', () => {
  test('is signed by whom the policy names for it, beside the stop that is in force', async () => {
    const world = new World();
    await command(world, ben, 'stop');
    expect(await command(world, ana, 'stop --abort wrong cluster')).toMatch(/^Stopped: .* by ben .*revoked/);
    expect(world.control.kills.size).toBe(2);
    const reading = await standing(world);
    expect(reading).toMatchObject({ stopped: true, number: 1, aborted: { number: 1, by: { name: 'ana' } } });
    expect(openAbort(world.control.aborts.get(1), 1, await world.publicKey())).toMatchObject({
      reason: 'wrong cluster',
    });
    expect(said(world).at(-1)).toMatchObject({ word: 'abort', envelope: world.control.aborts.get(1) });
  });

  test('whom the policy does not name for it stops, aborts nothing, and is told so first', async () => {
    const world = new World();
    expect(await command(world, ben, 'stop --abort')).toMatch(
      /^NOT aborted: You may not do that\. ana may\. Stopped: .* goes on; incidents wait\./,
    );
    expect(await standing(world)).toMatchObject({ stopped: true, aborted: null });
    expect(world.posts.at(-1)?.text).toBe('Stopped: nothing is sent any more');
    expect(said(world)).toMatchObject([{ word: 'stop', by: { name: 'ben' } }]);
    world.compiled = compiledOf({ policy: policyText('live', 'kill_switch: { abort: [ben] }') });
    expect(await command(world, ana, 'stop --abort')).toMatch(/^NOT aborted: You may not do that\. ben may\./);
    expect(await command(world, ben, 'stop —abort')).toMatch(/^Stopped/);
    expect((await standing(world)).aborted).toMatchObject({ by: { name: 'ben' } });
  });

  test('that is perhaps meant is a stop, and the first words are that it is no more, and how to say it', async () => {
    const world = new World();
    expect(await command(world, ana, 'stop wrong cluster --abort')).toMatch(
      /^NOT aborted: to abort as well say \/countersign stop --abort why\. Stopped: /,
    );
    expect(await standing(world)).toMatchObject({ stopped: true, aborted: null });
  });

  test('that is delivered once more after it was lifted neither stops nor aborts again, whoever aborted since', async () => {
    const world = new World();
    const say = deliverable(world, commandBody(ana.id, 'stop --abort'));
    await say();
    await command(world, ana, 'resume');
    await command(world, ana, 'stop --abort');
    await command(world, ana, 'resume');
    const [before, told] = [await standing(world), said(world)];
    await say();
    expect(await standing(world)).toEqual(before);
    expect(said(world)).toEqual(told);
    expect(world.responses.at(-1)?.text).toMatch(/^You said so already\. It was stopped, and somebody has lifted/);
  });

  test('that cannot be signed leaves the stop, and everybody is told what holds and what does not', async () => {
    const world = new World();
    world.fault = (port) => {
      if (port === 'sign') throw new Error('KMS is busy');
    };
    expect(await command(world, ana, 'stop --abort')).toMatch(/^NOT aborted: KMS is busy\. Say it again\. Stopped: /);
    expect(await standing(world)).toMatchObject({ stopped: true, aborted: null });
    expect(said(world)).toMatchObject([{ word: 'stop' }]);
    expect(world.posts.at(-1)?.text).toBe('Stopped: nothing is sent any more');
    world.fault = () => {};
    expect(await command(world, ana, 'stop --abort')).toMatch(/^Stopped: .*revoked/);
    expect(said(world)).toEqual(expect.arrayContaining([expect.objectContaining({ word: 'abort' })]));
  });

  test('whose stop is lifted while it is waited for holds, and is told, recorded and posted', async () => {
    const world = new World();
    const { pass } = world;
    world.pass = async (milliseconds) => {
      await pass(milliseconds);
      world.pass = pass;
      await command(world, ana, 'resume');
    };
    expect(await command(world, ana, 'stop --abort')).toMatch(
      /somebody has lifted that stop since: Countersign sends again\. The abort holds: What waits is revoked;/,
    );
    expect(world.posts.at(-1)?.text).toBe('Aborted, and sending again: somebody has lifted that stop since');
    for (const word of ['abort', 'resume'])
      expect(said(world)).toEqual(expect.arrayContaining([expect.objectContaining({ word })]));
  });

  test('stays after a resume: what it ended is over', async () => {
    const world = new World();
    await command(world, ana, 'stop --abort');
    await command(world, ana, 'resume');
    expect(await standing(world)).toMatchObject({ stopped: false, number: 2, aborted: { number: 1 } });
  });

  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const forged = (abort: Abort) =>
    seal(payloadTypes.abort, abort, async (message) => ({
      keyid: 'k',
      sig: sign('sha256', message, privateKey).toString('base64'),
    }));
  const word = {
    format: 1 as const,
    number: 1,
    eventId: 'e',
    by: { ...ana, via: 'slack' as const },
    at: '2026-11-21T03:00:00Z',
    reason: '',
  };
  const plants: Record<string, (world: World) => Promise<unknown>> = {
    unsigned: async () => word,
    'signed by another key': () => forged(word),
    'for another number': (world) => seal(payloadTypes.abort, { ...word, number: 2 }, world.signQuietly),
    'of a resume’s type': (world) => seal(payloadTypes.resume, { ...word, from: 1, to: 1 }, world.signQuietly),
  };
  for (const [name, plant] of Object.entries(plants))
    test(`a planted one that is ${name} aborts nothing, and a genuine one is put over it`, async () => {
      const world = new World();
      flood(world, 1);
      world.control.aborts.set(1, await plant(world));
      expect(await standing(world)).toMatchObject({ stopped: true, aborted: null });
      await command(world, ana, 'stop --abort');
      expect(await standing(world)).toMatchObject({ aborted: { by: { name: 'ana' } } });
    });
});

describe('resume', () => {
  test('is signed by whom the policy names for it, names what it lifted, and Countersign sends again', async () => {
    const world = new World();
    await command(world, ben, 'stop migration');
    expect(await command(world, ben, 'resume')).toBe('You may not do that. ana may.');
    expect(await standing(world)).toMatchObject({ stopped: true });
    expect(await command(world, ana, 'resume done')).toMatch(
      /^Resumed: Countersign sends again, .*Lifted: stop 1 by ben .*: migration\.$/,
    );
    const resume = openResume(world.control.resumes.get(1), 1, await world.publicKey());
    expect(resume).toMatchObject({ from: 1, to: 1, by: { name: 'ana', via: 'slack', id: ana.id }, reason: 'done' });
    expect(await command(world, ana, 'resume')).toBe('Nothing is stopped: there is nothing to lift.');
    expect(said(world).at(-1)).toMatchObject({ word: 'resume', about: '1-1', envelope: world.control.resumes.get(1) });
  });

  test('lifts what tampering stopped, as any other stop', async () => {
    const world = new World();
    const change = {
      eventId: 'e1',
      table: 'countersign-audit',
      operation: 'MODIFY',
      pk: 'inc-1',
      sk: 1,
      before: 'planned',
      after: 'planned',
      text: null,
      image: null,
    };
    await world.archive([change]);
    expect(await standing(world)).toMatchObject({ stopped: true });
    expect(await command(world, ana, 'resume looked at it')).toContain('stop 1 by archive');
    expect(await standing(world)).toMatchObject({ stopped: false });
    await world.archive([change]);
    expect(await standing(world)).toMatchObject({ stopped: false });
  });

  test('one signature lifts a flood of 1,000 stops', async () => {
    const world = new World();
    flood(world, 1000);
    expect(await command(world, ben, 'stop')).toMatch(/^Stopped/);
    expect(await command(world, ana, 'resume')).toContain('995 more');
    expect(world.control.resumes.size).toBe(1);
    expect(await standing(world)).toMatchObject({ stopped: false, number: 1001 });
  });

  test('lifts no number that is still free: a row at the end of all numbers is no way to lift stops that nobody has put', async () => {
    const world = new World();
    flood(world, 2);
    flood(world, 1, 999_999_999);
    await command(world, ana, 'resume');
    expect(openResume(world.control.resumes.get(1), 1, await world.publicKey())).toMatchObject({ to: 2 });
    expect(await command(world, ben, 'stop')).toContain('stop 3 by ben');
  });

  test('by the button lifts up to the stop that the person saw, and not the one after it', async () => {
    const world = new World();
    await command(world, ben, 'stop first');
    const button = JSON.stringify(world.posts.at(-1));
    expect(button).toContain('"action_id":"countersign.resume"');
    expect(button).toContain('"confirm":{"title"');
    await command(world, ben, 'stop second');
    await pressSwitch(world, ana, 'resume', '1');
    expect(world.told.at(-1)).toMatch(/^Lifted: stop 1 .*first\. It is still stopped.*second/);
    expect(await standing(world)).toMatchObject({ stopped: true, number: 2 });
    await pressSwitch(world, ana, 'resume', '1');
    expect(world.told.at(-1)).toMatch(/^What you saw is lifted already\. It is stopped again: stop 2/);
  });

  test('a stop that comes while it is signed stays in force', async () => {
    const world = new World();
    flood(world, 1);
    world.fault = (port) => {
      if (port === 'control.putSigned') flood(world, 1, 2);
    };
    expect(await command(world, ana, 'resume')).toMatch(/It is still stopped.*stop 2 by eve/);
    expect(await standing(world)).toMatchObject({ stopped: true, number: 2 });
  });

  test('an abort that comes while it is signed was not seen, and is not lifted', async () => {
    const world = new World();
    flood(world, 1);
    const abort = await seal(
      payloadTypes.abort,
      { format: 1, number: 1, eventId: 'e', by: { ...ana, via: 'slack' }, at: isoOf(world.now), reason: '' },
      world.signQuietly,
    );
    world.fault = (port) => {
      if (port === 'control.putSigned') world.control.aborts.set(1, abort);
    };
    expect(await command(world, ana, 'resume')).toMatch(/^Not lifted: somebody aborted at the same moment/);
    expect(await standing(world)).toMatchObject({ stopped: true, aborted: { eventId: 'e' } });
  });

  test('a forged one in its place counts as absent, and is replaced', async () => {
    const world = new World();
    flood(world, 1);
    world.control.resumes.set(1, await seal(payloadTypes.vote, { format: 1, from: 1, to: 9 }, world.signQuietly));
    expect(await standing(world)).toMatchObject({ stopped: true, number: 1 });
    await command(world, ana, 'resume');
    expect(await standing(world)).toMatchObject({ stopped: false, number: 2 });
  });
});

describe('whoever Slack no longer has', () => {
  const guest = { id: ana.id, teams: ['T0'], isBot: false, isGuest: true, isDeactivated: false };

  test('lifts nothing, aborts nothing and reinstates nobody; stopping and suspending stay open', async () => {
    const world = new World();
    await command(world, ben, 'suspend ben');
    world.members.member = async () => guest;
    expect(await command(world, ana, 'stop --abort')).toMatch(/^NOT aborted: .*a guest here/);
    expect(await command(world, ana, 'resume')).toMatch(/a guest here/);
    expect(await command(world, ana, 'reinstate ben')).toMatch(/a guest here/);
    expect(await standing(world)).toMatchObject({ stopped: true, aborted: null });
    expect(await command(world, ana, 'suspend ana')).toMatch(/^ana is suspended .*may still resume/);
  });

  test('nor whom a Slack user group no longer holds, where only that group names them', async () => {
    const world = new World();
    world.compiled = compiledOf({
      policy: policyText(
        'live',
        'groups: { sre: { members: [ana], slack_group: S012AB3CD } }\nkill_switch: { resume: [sre] }',
      ),
    });
    await command(world, ben, 'stop');
    world.members.group = async () => [];
    expect(await command(world, ana, 'resume')).toMatch(/not in the Slack user group S012AB3CD/);
    world.members.group = async () => [ana.id];
    expect(await command(world, ana, 'resume')).toMatch(/^Resumed/);
  });
});

describe('suspend and reinstate', () => {
  const worldOfTwo = (more = 'kill_switch: { resume: [ana] }') => {
    const world = new World();
    world.compiled = compiledOf({
      policy: policyText('live', more).replace('approvers: [ana]', 'approvers: [ana, ben]'),
    });
    return world;
  };

  test('anybody suspends, unsigned: it bars approving, and neither resume nor reinstate', async () => {
    const world = worldOfTwo('kill_switch: { resume: [ana] }');
    expect(await command(world, ben, 'suspend ana lost her laptop')).toMatch(
      /^ana is suspended \(by ben: lost her laptop\).*may still resume and reinstate/,
    );
    expect(world.control.suspensions.get('ana/1')).toMatchObject({ by: 'ben', envelope: null });
    await command(world, ben, 'stop');
    expect(await command(world, ana, 'resume')).toMatch(/^Resumed/);
    expect(await command(world, ana, 'reinstate ana')).toBe('ana may approve again.');
  });

  test('whoever may reinstate suspends with a signature, which bars that too, also over a stranger’s row', async () => {
    const world = worldOfTwo('kill_switch: { resume: [ana, ben] }');
    world.control.suspensions.set('ben/1', { by: 'eve', why: '', at: '', envelope: null });
    expect(await command(world, ana, `suspend <@${ben.id}> phished`)).toContain('may not resume or reinstate either');
    await command(world, ana, 'stop');
    expect(await command(world, ben, 'resume')).toBe('Not done: You are suspended, and that is signed.');
    expect(await command(world, ben, 'reinstate ben')).toMatch(/Nobody reinstates themselves: ask ana/);
    expect(await command(world, ana, 'status')).toContain('Suspended: ben, by ana');
    expect(await command(world, ana, 'reinstate ben')).toBe('ben may approve again.');
    expect(await command(world, ben, 'resume')).toMatch(/^Resumed/);
  });

  test('somebody who was reinstated by another at the same moment is not called suspended', async () => {
    const world = worldOfTwo('kill_switch: { resume: [ana, ben] }');
    await command(world, ben, 'suspend ana');
    const by = { ...ben, via: 'slack' };
    const word = { format: 1, name: 'ana', from: 1, to: 1, by, at: isoOf(world.now), reason: '' };
    const theirs = await seal(payloadTypes.reinstate, word, world.signQuietly);
    world.fault = (port) => {
      if (port === 'control.putReinstatement') world.control.reinstatements.set('ana/1', theirs);
    };
    expect(await command(world, ben, 'reinstate ana')).toBe(
      'ana is not suspended any more: somebody reinstated ana at the same moment.',
    );
  });

  test('whoever may not reinstate does not, and a name that the policy does not know is none', async () => {
    const world = worldOfTwo();
    await command(world, ben, 'suspend ana');
    expect(await command(world, ben, 'reinstate ana')).toBe('You may not do that. ana may.');
    expect(await command(world, ben, 'suspend carl')).toMatch(/^The policy names nobody like that/);
    expect(await command(world, ana, 'reinstate ben')).toBe('ben is not suspended.');
  });
});

describe('status', () => {
  test('says who, since when, why, which number, and what may still run', async () => {
    const world = new World();
    expect(await command(world, ben, 'status')).toBe(
      'Not stopped: Countersign sends. The next stop is number 1.\nNo command is known to run.',
    );
    const id = await world.ring();
    await world.plan(id);
    world.respond = () => ({ status: 'InProgress' });
    const dispatch = { step: 1, part: 'run', attempt: 1, wave: 1 } as const;
    await world.gate(id);
    await world.execute(id, dispatch);
    await command(world, ben, 'stop migration');
    expect(await command(world, ben, 'status')).toMatch(
      new RegExp(
        `^Stopped: nothing is sent, but for what was under way, within ${sendBySeconds + skewSeconds} s of the stop\\. One stop is in force\\.\n- stop 1 by ben .*migration\n.*\n- ${id} 1\\.run\\.1\\.1 on i-0123456789abcdef0: may be running$`,
      ),
    );
  });

  test('lists what ended nobody knows how, on the hosts of which that is so', async () => {
    const world = new World();
    const id = await world.ring();
    await world.plan(id);
    world.respond = () => ({ status: 'InProgress' });
    await world.gate(id);
    const dispatch = { step: 1, part: 'run', attempt: 1, wave: 1 } as const;
    await world.execute(id, dispatch);
    await append(world.writer('poll'), id, { kind: 'command_finished', dispatch, outcome: 'unknown', results: [] });
    expect(await command(world, ben, 'status')).toBe(
      `Not stopped: Countersign sends. The next stop is number 1.\nNot known to have ended:\n- ${id} 1.run.1.1 on i-0123456789abcdef0: nobody knows how it ended, and whether it runs on`,
    );
  });
});

/** Everything that a word does to the outside, one call after the other, so that each may fail before or after its effect. */
async function calls(words: readonly string[]): Promise<string[]> {
  const world = new World();
  const seen: string[] = [];
  world.fault = (port) => void seen.push(port);
  for (const text of words) await command(world, ana, text);
  return seen;
}

describe('a crash, or a lost answer, at every call', async () => {
  const cases: [string, string[]][] = [
    ['stop', ['stop why']],
    ['abort', ['stop --abort why']],
    ['resume', ['stop why', 'resume done']],
  ];
  for (const [name, words] of cases) {
    const all = await calls(words);
    const first = (await calls(words.slice(0, -1))).length;
    for (let at = first; at < all.length; at += 1)
      for (const how of ['before', 'after'] as const)
        test(`of ${name}: ${how} ${all[at]} (${at - first + 1}): who is told so is right, and saying it again does it`, async () => {
          const world = new World();
          for (const text of words.slice(0, -1)) await command(world, ana, text);
          let count = 0;
          const fail = () => {
            if (count++ === at - first) throw new Error('crash');
          };
          if (how === 'before') world.fault = fail;
          else world.lost = fail;
          const heard = world.responses.length;
          await command(world, ana, words.at(-1) as string).catch(() => 'crashed');
          [world.fault, world.lost] = [() => {}, () => {}];
          const reading = await standing(world);
          for (const { text } of world.responses.slice(heard)) {
            if (text.startsWith('Stopped')) expect(reading.stopped).toBe(true);
            if (text.startsWith('Resumed')) expect(reading.stopped).toBe(false);
          }
          const text = await command(world, ana, words.at(-1) as string);
          const now = await standing(world);
          expect(now.stopped).toBe(name !== 'resume');
          if (name === 'abort') expect(now.aborted).not.toBeNull();
          expect(text).toMatch(name === 'resume' ? /^Resumed|^Nothing is stopped/ : /^Stopped/);
        });
  }
});

test('a thousand stops of one person are each told truly, and one resume lifts them all', async () => {
  const world = new World();
  const stop = (number: number): Stop => ({ eventId: `x${number}`, by: 'ben', why: '', at: isoOf(world.now) });
  for (let number = 1; number <= 997; number += 1) world.control.kills.set(number, stop(number));
  for (let more = 0; more < 5; more += 1) expect(await command(world, ben, 'stop')).toMatch(/^Stopped/);
  expect(world.control.kills.size).toBe(1000);
  await command(world, ana, 'resume');
  expect(await standing(world)).toMatchObject({ stopped: false, number: 1001 });
});
