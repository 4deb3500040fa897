/** What steps print reaches people: on the next card and at the end, literally, and only texts that the audit names. */
import { describe, expect, test } from 'vitest';
import { compiledOf } from '../../support/fixtures.ts';
import { approving, type Operator, World } from '../../support/world.ts';

const look = 'ROOTCAUSE: /var/log/nginx ate 94 %';
const broke = 'systemctl: Job for checkout.service failed, see BROKENPIPE';

/** The diagnosis prints its cause, and the step that changes something fails with a word of its own. */
function worldWithTexts(mode: 'live' | 'dry_run' = 'live'): World {
  const world = new World();
  world.compiled = compiledOf({ mode });
  world.respond = ({ dispatch }) => {
    if (dispatch.step === 1 && dispatch.part === 'run') return { stdout: `${look}\n` };
    if (dispatch.step === 2 && dispatch.part === 'run')
      return { status: 'Failed', exitCode: 5, stdout: 'x'.repeat(5000), stderr: `${broke}\n` };
    return {};
  };
  return world;
}

const textOf = (messages: readonly unknown[]) => JSON.stringify(messages);

describe('the output of a step’s own command', () => {
  test('is on the card of the next step, and the failed step’s error with its exit code in the closing', async () => {
    const world = worldWithTexts();
    const id = await world.ring();
    const cards: string[] = [];
    const reading: Operator = async (there, record) => {
      cards.push(textOf(there.posts));
      await approving(there, record);
    };
    await world.run(id, reading);
    expect(cards[0]).toContain(look);
    expect(cards[0]).toMatch(/Step 1 \([^)]+\) ran/);
    const closing = textOf(world.posts.slice(-1));
    expect(closing).toContain(look);
    expect(closing).toContain(broke);
    expect(closing).toContain('(exit code 5)');
    expect(closing).toMatch(/[0-9]+ characters before …/);
  });

  test('is in the closing of a dry run, which is all that people get of it', async () => {
    const world = worldWithTexts('dry_run');
    await world.run(await world.ring());
    expect(textOf(world.posts)).toContain(look);
  });

  test('that has no room in a message is a file below it, whole', async () => {
    const world = worldWithTexts();
    const long = Array.from({ length: 900 }, (_, index) => `line ${index} of what was found`).join('\n');
    world.respond = ({ dispatch }) => (dispatch.step === 1 && dispatch.part === 'run' ? { stdout: long } : {});
    const posted: number[] = [];
    await world.run(await world.ring(), async (there, record) => {
      posted.push(there.files.length);
      await approving(there, record);
    });
    expect(posted[0]).toBe(1);
    expect(world.files[0]).toContain(long);
    expect(textOf(world.posts)).toMatch(/… [0-9]+ more characters/);
  });

  test('that Slack does not take as a file keeps no card from being out and no incident from its end', async () => {
    const world = worldWithTexts();
    world.respond = () => ({ stdout: 'y'.repeat(9000) });
    world.fault = (port) => {
      if (port === 'attach') throw new Error('missing_scope');
    };
    await world.run(await world.ring());
    expect([world.questions(world.incidentId()).length, world.closings.length, world.files]).toEqual([2, 1, []]);
  });

  test('that somebody put into Work is on no card and in no closing; that the true one is missing is said', async () => {
    const world = worldWithTexts();
    const id = await world.ring();
    const { saveOutput } = world.work;
    world.work.saveOutput = async (incidentId, dispatch, output) =>
      saveOutput.call(world.work, incidentId, dispatch, { ...output, stdout: 'FORGED: all is well' });
    await world.run(id);
    const all = textOf([...world.posts, ...world.files]);
    expect(all).not.toContain('FORGED');
    expect(all).toContain('not kept, or is not what the audit names');
  });

  test('that is empty is said to be nothing', async () => {
    const world = worldWithTexts();
    world.respond = () => ({ stdout: '' });
    await world.run(await world.ring());
    expect(textOf(world.posts)).toContain('(nothing)');
  });
});

describe('what changed', () => {
  test.each([
    ['failed', { status: 'Failed', exitCode: 127, stderr: 'df: not found' }],
    ['was cut by Systems Manager', { stdout: 'x'.repeat(24_000) }],
  ])('is not known where the observation %s both times, although it looks the same', async (_, said) => {
    const world = worldWithTexts();
    world.respond = ({ dispatch: { part } }) => (part === 'before' || part === 'after' ? said : {});
    await world.run(await world.ring());
    const all = textOf(world.posts);
    expect(all).not.toContain('Nothing changed');
    expect(world.sends.some(({ dispatch }) => dispatch.part === 'after')).toBe(true);
    expect(all).toContain('What changed is not known');
  });

  test('that nothing did although a step ran is said', async () => {
    const world = worldWithTexts();
    world.respond = () => ({ stdout: 'the same' });
    await world.run(await world.ring());
    expect(textOf(world.posts.slice(-1))).toContain('Nothing changed');
  });
});

test('an approved card says in the end who, when and what came of it', async () => {
  const world = worldWithTexts();
  await world.run(await world.ring());
  const [second = '', third = ''] = world.updates.slice(-2).map((message) => textOf([message]));
  expect(second).toMatch(/Approved: step 2.*U0000000001.*What came of it: .{0,80}failed/);
  expect(third).toMatch(/Approved: step 3.*U0000000001.*What came of it: .{0,80}ran/);
  expect(second).not.toContain('countersign.approve');
});
