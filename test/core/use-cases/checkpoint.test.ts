/** Checkpoints: one after the other over what changed, none left out, none without a change, and none on what is not genuine. */
import { beforeEach, describe, expect, test } from 'vitest';
import { archivedNote, checkpointName, folders } from '../../../core/audit/archived.ts';
import {
  checkpointDigest,
  isTreeOf,
  KeptCheckpoint,
  noCheckpoint,
  openCheckpoint,
} from '../../../core/audit/checkpoint.ts';
import { sha256 } from '../../../core/digest.ts';
import { epochOf, isoOf } from '../../../core/time.ts';
import { lookAtArchive } from '../../../core/use-cases/doctor-archive.ts';
import { World } from '../../support/world.ts';

let world: World;
beforeEach(() => {
  world = new World();
});

const head = (name: string, length = 1) => ({ chain: name, length, hash: sha256(`${name} ${length}`) });
const note = (at: number, ...heads: ReturnType<typeof head>[]) =>
  world.bucket.put(archivedNote({ heads, missing: [] }, isoOf(at)));
const kept = (number: number) =>
  KeptCheckpoint.parse(JSON.parse(world.bucket.objects.get(checkpointName(number)) ?? 'null'));
const minute = 60_000;

test('no change, no checkpoint', async () => {
  expect(await world.checkpoint()).toEqual({ answer: 'unchanged' });
  await note(world.now, head('a'));
  expect(await world.checkpoint()).toMatchObject({ answer: 'signed', number: 1 });
  world.now += minute;
  expect(await world.checkpoint()).toEqual({ answer: 'unchanged' });
  expect([...world.bucket.objects.keys()].filter((name) => name.startsWith(folders.checkpoints))).toHaveLength(1);
});

test('each signs what changed since the one before it, and names it', async () => {
  for (let number = 1; number <= 12; number += 1) {
    await note(world.now, head('b', number), head('a', number));
    expect(await world.checkpoint()).toEqual({ answer: 'signed', number, heads: 2 });
    world.now += minute;
  }
  let previous = noCheckpoint;
  for (let number = 1; number <= 12; number += 1) {
    const { envelope, leaves } = kept(number);
    const opened = openCheckpoint(envelope, await world.checkpointKey());
    expect(opened).toMatchObject({ number, previous });
    expect(opened && isTreeOf(opened, leaves)).toBe(true);
    expect(leaves).toEqual([head('a', number), head('b', number)]);
    previous = checkpointDigest(envelope);
  }
});

test('a note that comes up to a minute late, by a clock that goes wrong, is taken in once', async () => {
  await note(world.now, head('a'));
  await world.checkpoint();
  await note(world.now - minute, head('late'));
  await note(world.now + minute, head('early'));
  world.now += minute;
  expect(await world.checkpoint()).toMatchObject({ answer: 'signed', heads: 2 });
  world.now += minute;
  expect(await world.checkpoint()).toEqual({ answer: 'unchanged' });
});

test('after an outage everything is taken in, however much it is', async () => {
  await note(world.now, head('first'));
  await world.checkpoint();
  const begun = world.now;
  for (let count = 0; count < 1000; count += 1) {
    world.now += 10_000;
    await note(world.now, head(`c${count}`));
  }
  const taken: string[] = [];
  const reached: number[] = [];
  for (let number = 2; number <= 4; number += 1) {
    expect(await world.checkpoint()).toMatchObject({ answer: 'signed', number });
    taken.push(...kept(number).leaves.map(({ chain }) => chain));
    const { through = '' } = openCheckpoint(kept(number).envelope, await world.checkpointKey()) ?? {};
    // 400 notes, ten seconds apart, are taken in by one; the last takes in the rest, up to now.
    reached.push((epochOf(through) - begun) / 1000);
    world.now += minute;
  }
  expect(new Set(taken).size).toBe(1000);
  expect(taken).toHaveLength(1000);
  expect(reached).toEqual([4000, 8000, 10_120]);
  expect(await world.checkpoint()).toEqual({ answer: 'unchanged' });
});

test('of two at once one makes the number, and nothing is lost', async () => {
  await note(world.now, head('a'));
  const answers = await Promise.all([world.checkpoint(), world.checkpoint()]);
  expect(answers.map(({ answer }) => answer).sort()).toEqual(['lost', 'signed']);
  await note(world.now, head('b'));
  expect(await world.checkpoint()).toMatchObject({ answer: 'signed', number: 2, heads: 1 });
});

test('a checkpoint whose answer was lost is there, and the next follows it', async () => {
  await note(world.now, head('a'));
  world.lost = (port) => {
    if (port === 'bucket.put') throw new Error('socket hang up');
  };
  await expect(world.checkpoint()).rejects.toThrow('socket hang up');
  world.lost = () => {};
  expect(await world.checkpoint()).toEqual({ answer: 'unchanged' });
  await note(world.now, head('b'));
  expect(await world.checkpoint()).toMatchObject({ answer: 'signed', number: 2, heads: 1 });
});

test.each([
  ['what is no checkpoint', () => '[]', 'does not have the form of one'],
  ['what is no JSON', () => 'not at all', 'does not have the form of one'],
  ['another number', () => world.bucket.objects.get(checkpointName(1)) ?? '', 'says that it is checkpoint 1'],
  [
    'an envelope that the key did not sign',
    () => JSON.stringify({ ...kept(1), envelope: { ...kept(1).envelope, payload: 'e30=' } }),
    'is not signed by this key',
  ],
])('nothing is built upon %s: it fails, and says what, why, and how to mend it', async (_, planted, what) => {
  await note(world.now, head('a'));
  await world.checkpoint();
  world.bucket.objects.set(checkpointName(2), planted());
  await note(world.now, head('b'));
  const said = await world.checkpoint().catch((error: Error) => error.message);
  expect(said).toContain(`checkpoint: ${checkpointName(2)}, the newest in the bucket, ${what}`);
  expect(said).toContain('nothing is built upon it, and no checkpoint is made');
  expect(said).toContain('If the stacks were deleted and deployed again, a new key was made: take the old one over');
  expect(said).toContain('docs/deploy.md, "Deleting, and deploying again"');
  expect(said).toContain('Else somebody put it there');
});

test('what is no note is not passed over', async () => {
  await world.bucket.put({ name: `${folders.notes}${isoOf(world.now)}-x.json`, body: '{}' });
  await expect(world.checkpoint()).rejects.toThrow('is no note of archive');
});

describe('doctor, who looks at it', () => {
  const look = () => {
    const { names, read, lock } = world.bucket;
    return lookAtArchive({ bucket: 'b', names, read, lock, publicKey: () => world.checkpointKey() }, world.now);
  };

  test('sees the newest, what waits for longer than it should, and nothing in a new account', async () => {
    expect(await look()).toMatchObject({ newest: null, unsignedSince: null, lock: { mode: 'GOVERNANCE' } });
    await note(world.now, head('a'));
    await world.checkpoint();
    const through = isoOf(world.now);
    expect(await look()).toMatchObject({ newest: { number: 1, through }, strange: null, unsignedSince: null });
    // Nothing changes for hours: then none is made, and nothing is wrong.
    world.now += 300 * minute;
    expect(await look()).toMatchObject({ newest: { number: 1, through }, unsignedSince: null });
    const at = world.now;
    await note(at, head('b'));
    world.now += 15 * minute;
    expect(await look()).toMatchObject({ unsignedSince: null });
    world.now += 1;
    expect(await look()).toMatchObject({ newest: { number: 1 }, unsignedSince: isoOf(at) });
    await world.checkpoint();
    expect(await look()).toMatchObject({ newest: { number: 2 }, unsignedSince: null });
  });

  test('sees a newest one upon which nothing can be built', async () => {
    world.bucket.objects.set(checkpointName(1), '[]');
    expect(await look()).toMatchObject({ newest: null, strange: expect.stringContaining('nothing is built upon it') });
  });
});
