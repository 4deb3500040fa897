/** What waits for room in the channel, and the digest that says so, in the Work table. Mutable, so it decides nothing but when something is said. */
import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Wait, type WaitKind, type WaitList } from '../../core/use-cases/waits.ts';
import { type Database, isConditionFailure } from './client.ts';
import { lifeSeconds } from './work.ts';

const Digest = z.lazy(() =>
  z.object({
    place: z.object({ channel: z.string(), messageTs: z.string() }).nullable(),
    drawn: z.string().nullable(),
  }),
);

const digestKey = { pk: 'DIGEST', sk: 'DIGEST' };

/** The most pages of 1 MB that are read: some ten thousand incidents. */
const mostPages = 3;

/** `now` gives milliseconds since 1970. */
export function waitsTable(database: Database, TableName: string, now: () => number): WaitList {
  const keyOf = (kind: WaitKind, incidentId: string) => ({ pk: 'WAIT', sk: `${kind}#${incidentId}` });
  const drop = async (kind: WaitKind, incidentId: string) =>
    void (await database.send(new DeleteCommand({ TableName, Key: keyOf(kind, incidentId) })));
  return {
    async waitsSince(kind, incidentId) {
      const { Item } = await database.send(
        new GetCommand({ TableName, Key: keyOf(kind, incidentId), ConsistentRead: true }),
      );
      return Item?.isOver === true ? null : (Wait.safeParse(Item).data?.since ?? null);
    },
    async wait({ kind, incidentId, step }) {
      const at = now();
      const put = new PutCommand({
        TableName,
        Item: {
          ...keyOf(kind, incidentId),
          kind,
          incidentId,
          step,
          since: at,
          expiresAt: Math.floor(at / 1000) + lifeSeconds,
        },
        ConditionExpression: 'attribute_not_exists(pk) OR isOver = :true OR NOT attribute_type(since, :number)',
        ExpressionAttributeValues: { ':true': true, ':number': 'N' },
      });
      await database.send(put).catch((error: unknown) => {
        if (!isConditionFailure(error)) throw error;
      });
    },
    async waitsNoMore(kind, incidentId) {
      const update = new UpdateCommand({
        TableName,
        Key: keyOf(kind, incidentId),
        UpdateExpression: 'SET isOver = :true',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':true': true },
      });
      await database.send(update).catch((error: unknown) => {
        if (!isConditionFailure(error)) throw error;
      });
    },
    async waits() {
      const found: Wait[] = [];
      let start: Record<string, unknown> | undefined;
      let pages = 0;
      do {
        const page = await database.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': 'WAIT' },
            ConsistentRead: true,
            ...(start ? { ExclusiveStartKey: start } : {}),
          }),
        );
        for (const item of page.Items ?? []) {
          const wait = Wait.safeParse(item).data;
          // What is over, and what a stranger put there, is taken away.
          const isOurs = wait !== undefined && item.sk === `${wait.kind}#${wait.incidentId}`;
          if (isOurs && item.isOver !== true) found.push(wait);
          else await database.send(new DeleteCommand({ TableName, Key: { pk: item.pk, sk: item.sk } }));
        }
        start = page.LastEvaluatedKey;
        pages += 1;
      } while (start && pages < mostPages);
      return found;
    },
    dropWait: drop,
    async claimDigest(minute) {
      const update = new UpdateCommand({
        TableName,
        Key: digestKey,
        UpdateExpression: 'SET drawnIn = :minute',
        ConditionExpression:
          'attribute_not_exists(drawnIn) OR NOT attribute_type(drawnIn, :number) OR drawnIn < :minute OR drawnIn > :unbelievable',
        ExpressionAttributeValues: { ':minute': minute, ':number': 'N', ':unbelievable': minute + 2 },
        ReturnValues: 'ALL_NEW',
      });
      try {
        const { Attributes } = await database.send(update);
        return Digest.safeParse(Attributes?.digest).data ?? { place: null, drawn: null };
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
        return null;
      }
    },
    async keepDigest(digest) {
      await database.send(
        new UpdateCommand({
          TableName,
          Key: digestKey,
          UpdateExpression: 'SET digest = :digest',
          ExpressionAttributeValues: { ':digest': digest },
        }),
      );
    },
  };
}
