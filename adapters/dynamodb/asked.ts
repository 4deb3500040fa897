/** Questions in Control as people may read them: everything but the task token that wakes the machine. */
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import {
  questionPrefixes,
  readableAttributes,
  type StoredQuestion,
  storedQuestion,
} from '../../core/approval/record.ts';
import type { Database } from './client.ts';

/** All questions of an incident, of every revision and status; their tokens are empty. */
export async function askedOf(database: Database, table: string, incidentId: string): Promise<StoredQuestion[]> {
  const names = Object.fromEntries(readableAttributes.map((name) => [`#${name}`, name]));
  const found: StoredQuestion[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await database.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        Select: 'SPECIFIC_ATTRIBUTES',
        ProjectionExpression: Object.keys(names).join(', '),
        KeyConditionExpression: '#pk = :incident',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ':incident': incidentId },
        ...(start ? { ExclusiveStartKey: start } : {}),
      }),
    );
    for (const { pk, sk, ...row } of Items)
      found.push(storedQuestion({ incidentId: String(pk), sortKey: String(sk) }, { ...row, token: '' }));
    start = LastEvaluatedKey;
  } while (start);
  return found.filter(({ sortKey }) => questionPrefixes.some((prefix) => sortKey.startsWith(prefix)));
}
