/** Rows of a partition that are numbered from 1: how far they go without a gap. It shows what there is, and permits nothing. */
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Database } from './client.ts';

type Item = Record<string, unknown>;

/** Numbers as text that sorts as they do. */
export const sortable = (number: number) => String(number).padStart(9, '0');

/** A page is 1 MB: thousands of rows as they are put, some as somebody may make them. What is further on, the next word lifts. */
const mostPages = 5;

/** The rows that follow on this number, in their order, up to the first gap. */
export async function rowsBehind(database: Database, TableName: string, pk: string, number: number): Promise<Item[]> {
  const found: Item[] = [];
  let start: Item | undefined;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const page = await database.send(
      new QueryCommand({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': pk, ':from': sortable(number + 1), ':to': '999999999' },
        ...(start ? { ExclusiveStartKey: start } : {}),
      }),
    );
    for (const item of page.Items ?? []) {
      if (item.sk !== sortable(number + 1 + found.length)) return found;
      found.push(item);
    }
    start = page.LastEvaluatedKey;
    if (!start) return found;
  }
  return found;
}
