/** DynamoDB: how much a table holds, as DynamoDB counts it every few hours. */
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { Database } from './client.ts';

/** Null = there is no table of this name. */
export async function tableSize(
  database: Database,
  TableName: string,
): Promise<{ items: number; bytes: number } | null> {
  try {
    const { Table } = await database.send(new DescribeTableCommand({ TableName }));
    return { items: Table?.ItemCount ?? 0, bytes: Table?.TableSizeBytes ?? 0 };
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return null;
    throw error;
  }
}
