/** One item of the Audit table, for whoever holds an entry against the one before it. */
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { StoredItem } from '../../core/audit/chain.ts';
import type { Database } from './client.ts';

/** Reads one place of a chain consistently; null when nothing is there. Needs Query, the only right to read that table. */
export function auditItem(database: Database, table: string) {
  return async (chain: string, place: number): Promise<StoredItem | null> => {
    const { Items } = await database.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :chain AND sk = :place',
        ExpressionAttributeValues: { ':chain': chain, ':place': place },
        ConsistentRead: true,
      }),
    );
    const [item] = Items ?? [];
    return item ? { place, text: typeof item.entry === 'string' ? item.entry : '' } : null;
  };
}
