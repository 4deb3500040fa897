/** Storms in the Work table against the local AWS: one is the first of a relation, joining is all or nothing, and what is parked is found again. */
import { type AttributeValue, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../adapters/dynamodb/client.ts';
import { mostJoined, stormTable } from '../../../adapters/dynamodb/storms.ts';
import { workTable } from '../../../adapters/dynamodb/work.ts';
import { sha256 } from '../../../core/digest.ts';
import { incidentIdOf } from '../../../core/subject.ts';
import type { Anchor } from '../../../core/use-cases/keeping.ts';
import { lockOf } from '../../../core/use-cases/opening.ts';
import { start } from '../../support/fixtures.ts';
import { createTables, emulatedAws, tables } from '../emulated.ts';

emulatedAws(createTables);
process.env.AWS_REGION = 'us-east-1';
let now = start;
const database = openDatabase();
const work = workTable(database, tables.work, () => now);
const storms = stormTable(database, tables.work, () => now);

/** An alarm's change, with what opening its incident takes. */
function changeOf(name: string) {
  const alarmArn = `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${name}`;
  const subject = {
    kind: 'alarm' as const,
    alarmArn,
    contributorId: null,
    stateChangedAt: '2026-11-21T02:59:30.000Z',
    round: 1,
  };
  return { id: incidentIdOf(subject), lock: lockOf(alarmArn, null), row: { subject, alarmName: name }, alarmArn };
}
const parkedAs = (name: string, joined: string | null, until: number | null = null) => {
  const { lock, alarmArn } = changeOf(name);
  return { lock, alarmArn, alarmName: name, joined, until, incidents: 3, told: false };
};
const joining = (name: string, joined: string) => storms.join({ ...parkedAs(name, null), joined });

async function plant(pk: string, sk: string, item: Record<string, AttributeValue>): Promise<void> {
  const Item = { pk: { S: pk }, sk: { S: sk }, ...item };
  await new DynamoDBClient({}).send(new PutItemCommand({ TableName: tables.work, Item }));
}

async function lockIn(lock: string): Promise<string | undefined> {
  const Key = { pk: { S: lock }, sk: { S: 'LOCK' } };
  return (await new DynamoDBClient({}).send(new GetItemCommand({ TableName: tables.work, Key }))).Item?.incidentId?.S;
}

test('of 20 alarms of one host at the same moment one opens as the first, and the others are told so', async () => {
  const anchors = await storms.anchors(['host a']);
  expect(anchors).toEqual([{ relation: 'host a', incidentId: null, isOpen: false }]);
  const all = Array.from({ length: 20 }, (_, at) => changeOf(`first-${at}`));
  const answers = await Promise.all(all.map(({ id, lock, row }) => work.open(id, lock, row, anchors)));
  expect(answers.filter((answer) => answer === 'opened')).toHaveLength(1);
  expect(answers.filter((answer) => answer === 'related')).toHaveLength(19);
  const [first] = await storms.anchors(['host a']);
  expect(first).toEqual({ relation: 'host a', incidentId: all[answers.indexOf('opened')]?.id, isOpen: true });
});

test('an anchor of an incident that is over is taken over, if it is still the same', async () => {
  const [old, next] = [changeOf('old'), changeOf('next')];
  await work.open(old.id, old.lock, old.row, await storms.anchors(['host b']));
  await work.release(old.id);
  const anchors = await storms.anchors(['host b']);
  expect(anchors).toEqual([{ relation: 'host b', incidentId: old.id, isOpen: false }]);
  expect(await work.open(next.id, next.lock, next.row, anchors)).toBe('opened');
  const late = changeOf('late');
  expect(await work.open(late.id, late.lock, late.row, anchors)).toBe('related');
});

test('who joins an open incident holds its lock there, is found parked, and is let go', async () => {
  const first = changeOf('holder');
  await work.open(first.id, first.lock, first.row, []);
  const { lock } = changeOf('other');
  expect(await joining('other', first.id)).toBe('joined');
  expect(await work.lockedBy(lock)).toBe(first.id);
  expect(await storms.parked(lock)).toEqual(parkedAs('other', first.id));
  expect(await joining('other', first.id)).toBe('lost');
  await storms.letGo(lock, 'inc-00000000000000000000');
  expect(await work.lockedBy(lock)).toBe(first.id);
  await storms.letGo(lock, first.id);
  expect(await work.lockedBy(lock)).toBeNull();
  expect(await storms.parked(lock)).toBeNull();
  expect(await storms.parkedAlarms()).toEqual([]);
  const other = changeOf('other');
  expect(await work.open(other.id, other.lock, other.row, [])).toBe('opened');
  expect(await joining('other', first.id)).toBe('lost');
});

test('nobody joins what is over, nor more than fit', async () => {
  const [over, full] = [changeOf('over'), changeOf('full')];
  await work.open(over.id, over.lock, over.row, []);
  await work.release(over.id);
  expect(await joining('late-one', over.id)).toBe('lost');
  expect(await lockIn(changeOf('late-one').lock)).toBeUndefined();
  await work.open(full.id, full.lock, full.row, []);
  await plant('OPEN', full.id, { related: { N: String(mostJoined) } });
  expect(await joining('late-one', full.id)).toBe('full');
  expect(await storms.parked(changeOf('late-one').lock)).toBeNull();
});

test('an alarm rests once, until its rest is over, and people are told once', async () => {
  const until = now + 60_000;
  const resting = parkedAs('flapping', null, until);
  expect(await storms.rest(resting)).toBe(true);
  expect(await storms.rest({ ...resting, until: until + 1 })).toBe(false);
  await storms.toldOfRest(resting.lock);
  expect(await storms.parkedAlarms()).toContainEqual({ ...resting, told: true });
  now += 61_000;
  const next = { ...resting, until: now + 60_000 };
  expect(await storms.rest(next)).toBe(true);
  await storms.dropParked(resting);
  expect(await storms.parked(resting.lock)).toEqual(next);
  await storms.dropParked(next);
  expect(await storms.parked(resting.lock)).toBeNull();
});

test('openings are noted per alarm; what a stranger wrote there is none', async () => {
  expect(await storms.openings('LOCK#x')).toEqual([]);
  await storms.noteOpenings('LOCK#x', [1, 2, 3]);
  expect(await storms.openings('LOCK#x')).toEqual([1, 2, 3]);
  await plant('LOCK#x', 'OPENINGS', { at: { S: 'always' } });
  expect(await storms.openings('LOCK#x')).toEqual([]);
});

test.each<[string, Record<string, AttributeValue>]>([
  ['nothing', {}],
  ['another lock', { lock: { S: 'LOCK#elsewhere' }, joined: { S: 'inc-0123456789abcdef0123' } }],
  ['numbers', { lock: { N: '1' }, until: { S: 'for ever' } }],
])('a parked row of which a stranger made %s parks nothing, and goes', async (name, item) => {
  await plant('PARKED', `LOCK#${name}`, item);
  expect(await storms.parked(`LOCK#${name}`)).toBeNull();
  expect((await storms.parkedAlarms()).map(({ lock }) => lock)).not.toContain(`LOCK#${name}`);
});

test('an anchor of which a stranger made no text is nobody’s, and can be taken', async () => {
  const planted: Anchor = { relation: 'host c', incidentId: null, isOpen: false };
  const change = changeOf('anchored');
  await plant(`STORM#${sha256('host c')}`, 'STORM', { incidentId: { N: '7' } });
  expect(await storms.anchors(['host c'])).toEqual([planted]);
  expect(await work.open(change.id, change.lock, change.row, [planted])).toBe('opened');
});
