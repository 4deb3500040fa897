/** Words that arrive late, or once more: what was said before something was taken back, stopped or suspended does not undo it. */
import { expect, test } from 'vitest';
import type { QuestionRecord } from '../../../core/approval/record.ts';
import { readSwitch } from '../../../core/incident/kill-switch.ts';
import { untilAsked } from '../../support/asked-step.ts';
import { payloadOf } from '../../support/clicking.ts';
import { command, commandBody, deliverable } from '../../support/commands.ts';
import { ana, ben, compiledOf, policyText } from '../../support/fixtures.ts';
import { World } from '../../support/world.ts';

/** Two people must approve what changes something. */
const two = policyText(
  'live',
  "environments: { production: { accounts: ['111122223333'], second_channel: none, quorum: { modifying: 2 } } }",
)
  .replace('approvers: [ana]', 'approvers: [ana, ben]')
  .replace('single_operator: true\n', '');

async function askedOfTwo() {
  const world = new World();
  world.compiled = compiledOf({ policy: two });
  return { world, ...(await untilAsked(world, 2)) };
}

const pressed = (world: World, record: QuestionRecord, word: string) =>
  deliverable(world, `payload=${encodeURIComponent(JSON.stringify(payloadOf(record, ana.id, word, {})))}`);

test('an approval that was taken back does not count again when its click is delivered once more', async () => {
  const { world, asked } = await askedOfTwo();
  const click = pressed(world, asked(), 'approve');
  await click();
  world.now += 5000;
  await world.click(asked(), ana, 'revoke');
  world.now += 5000;
  await click();
  expect(world.told.at(-1)).toContain('before your approval was taken back');
  await world.click(asked(), ben, 'approve');
  expect(asked().status).toBe('PENDING');
  world.now += 1000;
  await world.click(asked(), ana, 'approve');
  expect(asked().status).toBe('APPROVED');
});

test('a second click of a double click that arrives after the approval was taken back does not count either', async () => {
  const { world, asked } = await askedOfTwo();
  const [first, second] = [pressed(world, asked(), 'approve'), pressed(world, asked(), 'approve')];
  await first();
  world.now += 2000;
  await world.click(asked(), ana, 'revoke');
  await second();
  await world.click(asked(), ben, 'approve');
  expect(asked().status).toBe('PENDING');
});

test('an approval is taken back also while Slack says nothing about its members', async () => {
  const { world, asked } = await askedOfTwo();
  await world.click(asked(), ana, 'approve');
  world.members.member = () => Promise.reject(new Error('ratelimited'));
  await world.click(asked(), ana, 'revoke');
  expect(asked().votes).toHaveLength(2);
});

test('a resume that is delivered once more lifts no later stop', async () => {
  const world = new World();
  await command(world, ben, 'stop one');
  const resume = deliverable(world, commandBody(ana.id, 'resume'));
  await resume();
  world.now += 1000;
  await command(world, ben, 'stop two');
  await resume();
  expect(world.responses.at(-1)?.text).toMatch(/^Not lifted: it was stopped after you said that\. .*stop 2 by ben/);
  expect(await readSwitch(world.control, world.publicKey)).toMatchObject({ stopped: true, number: 2 });
  expect(await command(world, ana, 'resume')).toMatch(/^Resumed/);
});

test('a resume lifts what was there when it was said, and no stop that came before it was heard', async () => {
  const world = new World();
  await command(world, ben, 'stop one');
  const resume = deliverable(world, commandBody(ana.id, 'resume'));
  world.now += 1000;
  await command(world, ben, 'stop two');
  await resume();
  expect(world.responses.at(-1)?.text).toMatch(/^Lifted: stop 1 .*still stopped.*stop 2 by ben/);
});

test.each(['', 'whenever', '9999-01-01T00:00:00Z'])(
  'a row of a stranger whose time is %j bars nobody for ever',
  async (at) => {
    const world = new World();
    world.control.kills.set(1, { eventId: 'e', by: 'eve', why: '', at });
    world.control.suspensions.set('ben/1', { by: 'eve', why: '', at, envelope: null });
    expect(await command(world, ana, 'resume')).toMatch(/^Resumed/);
    expect(await command(world, ana, 'reinstate ben')).toBe('ben may approve again.');
  },
);

test('a reinstatement that is delivered once more lifts no later suspension', async () => {
  const world = new World();
  await command(world, ana, 'suspend ben');
  world.now += 1000;
  const reinstate = deliverable(world, commandBody(ana.id, 'reinstate ben'));
  await reinstate();
  world.now += 1000;
  await command(world, ana, 'suspend ben again');
  await reinstate();
  expect(world.responses.at(-1)?.text).toMatch(/^ben is suspended/);
  expect(await command(world, ana, 'status')).toContain('Suspended: ben');
});

test('a suspension that was said once more stays, also where a reinstatement was on its way', async () => {
  const world = new World();
  await command(world, ana, 'suspend ben');
  world.now += 1000;
  const reinstate = deliverable(world, commandBody(ana.id, 'reinstate ben'));
  world.now += 2000;
  await command(world, ana, 'suspend ben leaked token');
  await reinstate();
  expect(await command(world, ana, 'status')).toContain('Suspended: ben');
});

test('a suspension counts at once, while Slack is asked whether it may be signed, and says why it is not', async () => {
  const world = new World();
  let rowsWhileAsked = 0;
  world.members.member = async () => {
    rowsWhileAsked = world.control.suspensions.size;
    throw new Error('ratelimited');
  };
  expect(await command(world, ana, 'suspend ben')).toMatch(
    /^ben is suspended .*may still resume and reinstate\. It is not signed: Slack does not say .*ratelimited.* Say it again to sign it\.$/,
  );
  expect(rowsWhileAsked).toBe(1);
});

test('what was put in the very second of a word, after it, was not seen by it', async () => {
  const world = new World();
  await command(world, ben, 'stop one');
  world.now = Math.ceil(world.now / 1000) * 1000 + 50;
  const resume = deliverable(world, commandBody(ana.id, 'resume'));
  world.now += 500;
  world.control.kills.set(2, { eventId: 'e2', by: 'ben', why: 'two', at: new Date(world.now).toISOString() });
  world.now += 300;
  await resume();
  expect(await readSwitch(world.control, world.publicKey)).toMatchObject({ stopped: true, number: 2 });
});

test('each word about the switch is recorded once, however often it is delivered', async () => {
  const world = new World();
  const words = ['stop', 'resume', 'suspend ben', 'reinstate ben'].map((text) => commandBody(ana.id, text));
  for (const body of words) {
    const say = deliverable(world, body);
    await say();
    await say();
    world.now += 1000;
  }
  const days = [...world.audit.chains.keys()].filter((name) => name.startsWith('DAY#'));
  const said = days
    .flatMap((name) => world.events(name))
    .flatMap((event) => (event.kind === 'switch_said' ? [event] : []));
  expect(said.map(({ word }) => word).toSorted()).toEqual(['reinstate', 'resume', 'stop', 'suspend']);
});
