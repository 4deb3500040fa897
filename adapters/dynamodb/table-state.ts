/** DynamoDB: how a table stands, its own policy, protection and stream included. */
import { DescribeTableCommand, GetResourcePolicyCommand } from '@aws-sdk/client-dynamodb';
import type { TableState } from '../../core/use-cases/sweep-safeguards.ts';
import type { Database } from './client.ts';

/** Null = there is no table of this name. */
export async function tableState(database: Database, tableName: string): Promise<TableState | null> {
  const Table = await described(database, tableName);
  if (!Table?.TableArn) return null;
  const { StreamSpecification, LatestStreamArn, DeletionProtectionEnabled } = Table;
  const isStreamed = StreamSpecification?.StreamEnabled === true && LatestStreamArn !== undefined;
  return {
    arn: Table.TableArn,
    policy: await policyOf(database, Table.TableArn),
    isProtected: DeletionProtectionEnabled === true,
    stream: isStreamed ? { arn: LatestStreamArn, view: StreamSpecification.StreamViewType ?? '' } : null,
  };
}

async function described(database: Database, TableName: string) {
  try {
    return (await database.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function policyOf(database: Database, ResourceArn: string): Promise<string | null> {
  try {
    return (await database.send(new GetResourcePolicyCommand({ ResourceArn }))).Policy ?? null;
  } catch (error) {
    if (error instanceof Error && error.name === 'PolicyNotFoundException') return null;
    throw error;
  }
}
