/** How a table stands, as DynamoDB and Lambda say it: what is missing is told apart from what cannot be asked. */
import { DescribeTableCommand, DynamoDBClient, GetResourcePolicyCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { tableState } from '../../../adapters/dynamodb/table-state.ts';
import { eventSources } from '../../../adapters/lambda/mappings.ts';

const database = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const dynamodb = mockClient(database);
const lambda = mockClient(LambdaClient);
const TableArn = 'arn:aws:dynamodb:eu-central-1:111122223333:table/countersign-audit';
const LatestStreamArn = `${TableArn}/stream/2026`;
const named = (name: string) => Object.assign(new Error(name), { name });
const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' as const };

beforeEach(() => {
  dynamodb.reset();
  lambda.reset();
  dynamodb.on(GetResourcePolicyCommand).resolves({ Policy: '{"Statement":[]}' });
  dynamodb
    .on(DescribeTableCommand)
    .resolves({ Table: { TableArn, LatestStreamArn, DeletionProtectionEnabled: true, StreamSpecification } });
});

test('a table with everything', async () => {
  expect(await tableState(database, 'countersign-audit')).toEqual({
    arn: TableArn,
    policy: '{"Statement":[]}',
    isProtected: true,
    stream: { arn: LatestStreamArn, view: 'NEW_AND_OLD_IMAGES' },
  });
  expect(dynamodb.commandCalls(DescribeTableCommand)[0]?.args[0].input).toEqual({ TableName: 'countersign-audit' });
  expect(dynamodb.commandCalls(GetResourcePolicyCommand)[0]?.args[0].input).toEqual({ ResourceArn: TableArn });
});

test('a table without policy, protection and stream', async () => {
  dynamodb.on(GetResourcePolicyCommand).rejects(named('PolicyNotFoundException'));
  // The last stream's ARN stays when the stream is switched off.
  dynamodb.on(DescribeTableCommand).resolves({ Table: { TableArn, LatestStreamArn } });
  expect(await tableState(database, 't')).toEqual({ arn: TableArn, policy: null, isProtected: false, stream: null });
});

test('no table', async () => {
  dynamodb.on(DescribeTableCommand).rejects(named('ResourceNotFoundException'));
  expect(await tableState(database, 't')).toBeNull();
});

test.each(['AccessDeniedException', 'ThrottlingException'])('%s is no answer', async (name) => {
  dynamodb.on(GetResourcePolicyCommand).rejects(named(name));
  await expect(tableState(database, 't')).rejects.toThrow(name);
  dynamodb.on(DescribeTableCommand).rejects(named(name));
  await expect(tableState(database, 't')).rejects.toThrow(name);
});

test('the event sources of a function, from every page', async () => {
  const one = { UUID: 'u1', EventSourceArn: LatestStreamArn, State: 'Disabled' };
  lambda
    .on(ListEventSourceMappingsCommand, { FunctionName: 'countersign-archive' })
    .resolves({ EventSourceMappings: [one], NextMarker: 'm' })
    .on(ListEventSourceMappingsCommand, { FunctionName: 'countersign-archive', Marker: 'm' })
    .resolves({ EventSourceMappings: [{ ...one, UUID: 'u2', State: 'Enabled' }] });
  expect(await eventSources('countersign-archive')).toEqual([
    { id: 'u1', sourceArn: LatestStreamArn, state: 'Disabled' },
    { id: 'u2', sourceArn: LatestStreamArn, state: 'Enabled' },
  ]);
});
