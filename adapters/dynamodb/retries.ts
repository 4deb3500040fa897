/** Words that begin further rounds, in the Control table: one item per incident that shall begin, put where no other word is. */
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { RetryStore } from '../../core/use-cases/retry.ts';
import { type Database, isConditionFailure } from './client.ts';
import { asRead, envelopeOf, isSame } from './signed.ts';

export function retryRows(database: Database, TableName: string): RetryStore {
  const keyOf = (pk: string) => ({ pk, sk: 'RETRY' });
  const retry = async (incidentId: string): Promise<unknown> => {
    const { Item } = await database.send(new GetCommand({ TableName, Key: keyOf(incidentId), ConsistentRead: true }));
    return envelopeOf(Item);
  };
  return {
    retry,
    async putRetry(incidentId, envelope, replaced) {
      const { ConditionExpression, ExpressionAttributeValues } = asRead(replaced);
      try {
        await database.send(
          new UpdateCommand({
            TableName,
            Key: keyOf(incidentId),
            UpdateExpression: 'SET envelope = :envelope',
            ConditionExpression,
            ExpressionAttributeValues: { ':envelope': envelope, ...ExpressionAttributeValues },
          }),
        );
        return true;
      } catch (error) {
        if (isSame(await retry(incidentId), envelope)) return true;
        if (isConditionFailure(error)) return false;
        throw error;
      }
    },
  };
}
