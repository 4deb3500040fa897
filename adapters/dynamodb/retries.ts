/** Words that begin further rounds, in the Control table: one item per incident that shall begin, put where no other word is. */
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { canonicalJson } from '../../core/digest.ts';
import type { RetryStore } from '../../core/use-cases/retry.ts';
import { type Database, isConditionFailure } from './client.ts';

export function retryRows(database: Database, TableName: string): RetryStore {
  const keyOf = (pk: string) => ({ pk, sk: 'RETRY' });
  const retry = async (incidentId: string): Promise<unknown> => {
    const { Item } = await database.send(new GetCommand({ TableName, Key: keyOf(incidentId), ConsistentRead: true }));
    const envelope: unknown = Item?.envelope;
    return isMap(envelope) ? envelope : null;
  };
  return {
    retry,
    async putRetry(incidentId, envelope, replaced) {
      const isFree = replaced === null ? 'NOT attribute_type(envelope, :map)' : 'envelope = :replaced';
      try {
        await database.send(
          new UpdateCommand({
            TableName,
            Key: keyOf(incidentId),
            UpdateExpression: 'SET envelope = :envelope',
            ConditionExpression: isFree,
            ExpressionAttributeValues: {
              ':envelope': envelope,
              ...(replaced === null ? { ':map': 'M' } : { ':replaced': replaced }),
            },
          }),
        );
        return true;
      } catch (error) {
        const there = await retry(incidentId);
        if (there !== null && canonicalJson(there) === canonicalJson(envelope)) return true;
        if (isConditionFailure(error)) return false;
        throw error;
      }
    },
  };
}

/** Every envelope is one; whatever else somebody put there counts as absent, since not all of it can be compared again. */
function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
