/** Storms in the Work table: which incident was the first of a relation, which alarms are parked, and when each opened incidents lately. Nothing here sends anything. */
import { randomUUID } from 'node:crypto';
import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { sha256 } from '../../core/digest.ts';
import { type Anchor, type KeepingPorts, Parked } from '../../core/use-cases/keeping.ts';
import type { ParkedList } from '../../core/use-cases/sweep-parked.ts';
import { type Database, failedConditions, isConditionFailure } from './client.ts';
import { despiteConflicts } from './conflicts.ts';

export type StormStore = Omit<KeepingPorts, 'writer' | 'lockedBy'> & ParkedList;

/** Alarms that join one incident, at most, also one that comes and goes: each is an entry or two of its chain. */
export const mostJoined = 50;

/** Seconds after which rows of a storm may expire: longer than any incident or rest. */
const lifeSeconds = 24 * 3600;

/** An incident that there is not; a lock that it holds is nobody's. */
const nobody = 'none';

const anchorKey = (relation: string) => ({ pk: `STORM#${sha256(relation)}`, sk: 'STORM' });
const parkedKey = (lock: string) => ({ pk: 'PARKED', sk: lock });
const openingsKey = (lock: string) => ({ pk: lock, sk: 'OPENINGS' });

const Openings = z.lazy(() => z.array(z.number()).max(100));

/** Puts of a transaction that opens an incident: it is the first of these relations, unless another became so meanwhile. */
export function anchoring(TableName: string, incidentId: string, anchors: readonly Anchor[], expiresAt: number) {
  return anchors.map(({ relation, incidentId: before }) => ({
    Put: {
      TableName,
      Item: { ...anchorKey(relation), incidentId, expiresAt },
      ...(before === null
        ? { ConditionExpression: 'NOT attribute_type(incidentId, :text)', ExpressionAttributeValues: { ':text': 'S' } }
        : { ConditionExpression: 'incidentId = :before', ExpressionAttributeValues: { ':before': before } }),
    },
  }));
}

/** `now` gives milliseconds since 1970. */
export function stormTable(database: Database, TableName: string, now: () => number): StormStore {
  const read = async (Key: Record<string, string>) =>
    (await database.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item;
  const expiry = () => Math.floor(now() / 1000) + lifeSeconds;
  const isOpen = async (incidentId: string) => (await read({ pk: 'OPEN', sk: incidentId })) !== undefined;
  const parkedOf = (item: Record<string, unknown> | undefined): Parked | null => {
    const parked = Parked.safeParse(item).data;
    return parked && item?.isOver !== true && item?.sk === parked.lock ? parked : null;
  };
  return {
    anchors: (relations) =>
      Promise.all(
        relations.map(async (relation): Promise<Anchor> => {
          const incidentId = (await read(anchorKey(relation)))?.incidentId;
          if (typeof incidentId !== 'string') return { relation, incidentId: null, isOpen: false };
          return { relation, incidentId, isOpen: incidentId !== '' && (await isOpen(incidentId)) };
        }),
      ),
    async join(parked) {
      const { lock, joined } = parked;
      const holder = (await read({ pk: lock, sk: 'LOCK' }))?.incidentId;
      if (typeof holder === 'string' && (await isOpen(holder))) return 'lost';
      const free =
        typeof holder === 'string'
          ? { ConditionExpression: 'incidentId = :holder', ExpressionAttributeValues: { ':holder': holder } }
          : {
              ConditionExpression: 'NOT attribute_type(incidentId, :text)',
              ExpressionAttributeValues: { ':text': 'S' },
            };
      const command = new TransactWriteCommand({
        TransactItems: [
          {
            Update: {
              TableName,
              Key: { pk: 'OPEN', sk: joined },
              UpdateExpression: 'ADD related :one',
              ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(related) OR related < :most)',
              ExpressionAttributeValues: { ':one': 1, ':most': mostJoined },
            },
          },
          { Put: { TableName, Item: { pk: lock, sk: 'LOCK', incidentId: joined }, ...free } },
          { Put: { TableName, Item: { ...parkedKey(lock), ...parked, expiresAt: expiry() } } },
        ],
        ClientRequestToken: randomUUID(),
      });
      try {
        await despiteConflicts(() => database.send(command));
        return 'joined';
      } catch (error) {
        const [isClosedOrFull] = failedConditions(error);
        return isClosedOrFull && (await isOpen(joined)) ? 'full' : 'lost';
      }
    },
    parked: async (lock) => parkedOf(await read(parkedKey(lock))),
    async letGo(lock, incidentId) {
      const own = {
        ConditionExpression: 'incidentId = :incident',
        ExpressionAttributeValues: { ':incident': incidentId },
      };
      const put = new PutCommand({ TableName, Item: { pk: lock, sk: 'LOCK', incidentId: nobody }, ...own });
      await database.send(put).catch((error: unknown) => {
        if (!isConditionFailure(error)) throw error;
      });
      await end(lock, { joined: incidentId });
    },
    async rest(parked) {
      const put = new PutCommand({
        TableName,
        Item: { ...parkedKey(parked.lock), ...parked, expiresAt: expiry() },
        ConditionExpression:
          'attribute_not_exists(pk) OR isOver = :true OR NOT attribute_type(#until, :number) OR #until <= :now',
        ExpressionAttributeNames: { '#until': 'until' },
        ExpressionAttributeValues: { ':true': true, ':number': 'N', ':now': now() },
      });
      try {
        await database.send(put);
        return true;
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
        return false;
      }
    },
    openings: async (lock) => Openings.safeParse((await read(openingsKey(lock)))?.at).data ?? [],
    async noteOpenings(lock, at) {
      await database.send(new PutCommand({ TableName, Item: { ...openingsKey(lock), at, expiresAt: expiry() } }));
    },
    async parkedAlarms() {
      const { Items = [] } = await database.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': 'PARKED' },
          ConsistentRead: true,
        }),
      );
      const found: Parked[] = [];
      for (const item of Items) {
        const parked = parkedOf(item);
        if (parked) found.push(parked);
        else await database.send(new DeleteCommand({ TableName, Key: { pk: 'PARKED', sk: item.sk } }));
      }
      return found;
    },
    async dropParked({ lock, joined, until }) {
      const command = new DeleteCommand({
        TableName,
        Key: parkedKey(lock),
        ...(joined === null
          ? {
              ConditionExpression: '#until = :until',
              ExpressionAttributeNames: { '#until': 'until' },
              ExpressionAttributeValues: { ':until': until },
            }
          : { ConditionExpression: 'joined = :joined', ExpressionAttributeValues: { ':joined': joined } }),
      });
      await database.send(command).catch((error: unknown) => {
        if (!isConditionFailure(error)) throw error;
      });
    },
    async toldOfRest(lock) {
      await database.send(
        new UpdateCommand({
          TableName,
          Key: parkedKey(lock),
          UpdateExpression: 'SET told = :true',
          ExpressionAttributeValues: { ':true': true },
        }),
      );
    },
  };

  /** Who may not delete notes that it is over. */
  async function end(lock: string, { joined }: { readonly joined: string }): Promise<void> {
    const update = new UpdateCommand({
      TableName,
      Key: parkedKey(lock),
      UpdateExpression: 'SET isOver = :true',
      ConditionExpression: 'joined = :joined',
      ExpressionAttributeValues: { ':true': true, ':joined': joined },
    });
    await database.send(update).catch((error: unknown) => {
      if (!isConditionFailure(error)) throw error;
    });
  }
}
