/** Every state of the machine while DynamoDB throttles: each function answers `again`, and request-approval fails under that name. */
import { rmSync } from 'node:fs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { again } from '../../core/again.ts';
import { compiledOf } from '../support/fixtures.ts';
import { deployed } from './environment.ts';

const database = mockClient(DynamoDBDocumentClient);
const context = {
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:countersign-execute',
} as Context;
const incidentId = 'inc-0123456789abcdef0123';
const dispatch = { step: 2, part: 'run', attempt: 1, wave: 1 };
let code = '';

beforeAll(() => {
  code = deployed(compiledOf());
  database.onAnyCommand().rejects(Object.assign(new Error('Throughput exceeds'), { name: 'ThrottlingException' }));
  vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterAll(() => {
  rmSync(code, { recursive: true });
  vi.restoreAllMocks();
});

async function invoke(name: string, event: object): Promise<unknown> {
  const { handler } = await import(`../../functions/${name}.ts`);
  return handler(event, context);
}

test.each<[keyof typeof again, object]>([
  ['plan', { incidentId }],
  ['gate', { incidentId }],
  ['settle', { incidentId, dispatch }],
  ['execute', { incidentId, dispatch }],
  ['poll', { incidentId, dispatch }],
  ['close', { incidentId, status: 'failed', cause: null }],
])('%s answers again, with the error’s name', async (name, event) => {
  expect(await invoke(name, event)).toEqual({ ...(again[name] as object), cause: 'ThrottlingException' });
});

test('request-approval fails with the name that its state waits for', async () => {
  const asked = invoke('request-approval', { incidentId, dispatch, token: 'token' });
  await expect(asked).rejects.toMatchObject({ name: again['request-approval'] });
});

test('what will not pass is thrown', async () => {
  database.onAnyCommand().rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
  await expect(invoke('gate', { incidentId })).rejects.toThrow('no');
});
