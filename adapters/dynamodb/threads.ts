/** Threads of incidents in the Work table: which message is the first one. Mutable, so it decides nothing but where something is said. */
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { claimSeconds, type ThreadRow, type ThreadStore } from '../../core/use-cases/thread.ts';
import { type Database, isConditionFailure } from './client.ts';
import { lifeSeconds } from './work.ts';

/** `channel` as the policy names it; `channelId` and `messageTs` once it is posted. */
const Row = z.lazy(() =>
  z.object({
    channel: z.string(),
    channelId: z.string().optional(),
    messageTs: z.string().optional(),
    drawn: z.string().optional(),
    pictured: z.literal(true).optional(),
  }),
);

/** `now` gives milliseconds since 1970. */
export function threadsTable(database: Database, TableName: string, now: () => number): ThreadStore {
  const keyOf = (pk: string) => ({ pk, sk: 'THREAD' });
  const thread = async (incidentId: string): Promise<ThreadRow | null> => {
    const { Item } = await database.send(new GetCommand({ TableName, Key: keyOf(incidentId), ConsistentRead: true }));
    const row = Row.safeParse(Item).data;
    if (row === undefined) return null;
    const { channel, channelId, messageTs, drawn = null, pictured = false } = row;
    const place = channelId !== undefined && messageTs !== undefined ? { channel: channelId, messageTs } : null;
    return { channel, place, drawn, pictured };
  };

  return {
    thread,
    async claimThread(incidentId, channel) {
      // Nearly always it is there: `tell` posts it while the plan is made.
      const there = await thread(incidentId);
      if (there?.place) return there;
      const seconds = Math.floor(now() / 1000);
      try {
        await database.send(
          new PutCommand({
            TableName,
            Item: {
              ...keyOf(incidentId),
              channel,
              claimedUntil: seconds + claimSeconds,
              expiresAt: seconds + lifeSeconds,
            },
            ConditionExpression:
              'attribute_not_exists(pk) OR (attribute_not_exists(messageTs) AND (NOT attribute_type(claimedUntil, :number) OR claimedUntil < :now))',
            ExpressionAttributeValues: { ':number': 'N', ':now': seconds },
          }),
        );
        return 'mine';
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
        return (await thread(incidentId)) ?? { channel, place: null, drawn: null, pictured: false };
      }
    },
    async placeThread(incidentId, channel, place) {
      const update = new UpdateCommand({
        TableName,
        Key: keyOf(incidentId),
        UpdateExpression: 'SET #channel = :channel, channelId = :id, messageTs = :ts',
        ConditionExpression: 'attribute_not_exists(messageTs)',
        ExpressionAttributeNames: { '#channel': 'channel' },
        ExpressionAttributeValues: { ':channel': channel, ':id': place.channel, ':ts': place.messageTs },
      });
      await database.send(update).catch((error: unknown) => {
        // Somebody took over a claim that was slow: theirs is the one that is kept up.
        if (!isConditionFailure(error)) throw error;
      });
    },
    async claimPicture(incidentId) {
      const seconds = Math.floor(now() / 1000);
      const update = new UpdateCommand({
        TableName,
        Key: keyOf(incidentId),
        UpdateExpression: 'SET pictureUntil = :until',
        ConditionExpression:
          'attribute_not_exists(pictured) AND (NOT attribute_type(pictureUntil, :number) OR pictureUntil < :now)',
        ExpressionAttributeValues: { ':number': 'N', ':now': seconds, ':until': seconds + claimSeconds },
      });
      try {
        await database.send(update);
        return true;
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
        return false;
      }
    },
    async keptPicture(incidentId) {
      await database.send(
        new UpdateCommand({
          TableName,
          Key: keyOf(incidentId),
          UpdateExpression: 'SET pictured = :true',
          ExpressionAttributeValues: { ':true': true },
        }),
      );
    },
    async drewThread(incidentId, drawn) {
      await database.send(
        new UpdateCommand({
          TableName,
          Key: keyOf(incidentId),
          UpdateExpression: 'SET drawn = :drawn',
          ExpressionAttributeValues: { ':drawn': drawn },
        }),
      );
    },
  };
}
