/** One file of a function's deployed code: from the archive that Lambda names, and an error that says what is missing. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { deployedFile } from '../../../adapters/lambda/code.ts';

const lambda = mockClient(LambdaClient);
let server: Server;
let answer: { status: number; body: Uint8Array } = { status: 200, body: new Uint8Array() };
beforeAll(async () => {
  process.env.AWS_REGION = 'eu-central-1';
  server = createServer((_, response) => response.writeHead(answer.status).end(answer.body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  lambda.reset();
  const { port } = server.address() as AddressInfo;
  lambda.on(GetFunctionCommand).resolves({ Code: { Location: `http://127.0.0.1:${port}/code` } });
});

test('the file, whatever else is in the archive', async () => {
  const body = zipSync({ 'compiled.json': strToU8('{"format":1}'), 'index.js': strToU8('x'.repeat(100_000)) });
  answer = { status: 200, body };
  expect(await deployedFile('countersign-execute', 'compiled.json')).toBe('{"format":1}');
  await expect(deployedFile('countersign-execute', 'other.json')).rejects.toThrow(
    'countersign-execute holds no other.json',
  );
});

test.each([
  ['an archive that is none', 200, strToU8('no archive at all, but some text'), /invalid zip/i],
  ['an address that expired', 403, new Uint8Array(), /was answered with 403/],
] as const)('%s', async (_, status, body, message) => {
  answer = { status, body };
  await expect(deployedFile('countersign-execute', 'compiled.json')).rejects.toThrow(message);
});

test('a function without code', async () => {
  lambda.on(GetFunctionCommand).resolves({});
  await expect(deployedFile('countersign-execute', 'compiled.json')).rejects.toThrow(/has no code that can be read/);
});
