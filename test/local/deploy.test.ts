/** The local deploy: the real CDK CLI against the local AWS, secrets, and functions that find the managed node. */
import { readdirSync } from 'node:fs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeployOptions, deployLocally } from '../../local/deploy.ts';
import { credentials, type Emulator, region, startEmulator } from '../../local/emulator.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ onProgress: () => {} });
});
afterAll(() => emulator?.stop());

const app = (environment = '') => ({
  command: `${environment} "${process.execPath}" ${import.meta.dirname}/tiny-app.ts`,
  stacks: ['countersign-tiny'],
});
const secrets = {
  'countersign/slack-signing-secret': 'signing',
  'countersign/slack-bot-token': 'xoxb-1',
  'countersign/anthropic-api-key': 'none',
};
const secret = async (SecretId: string) => {
  const client = new SecretsManagerClient({ endpoint: emulator.endpoint, region, credentials });
  return (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString;
};
const said: string[] = [];
const options = (overrides: Partial<DeployOptions> = {}): DeployOptions => ({
  emulator,
  policyFile: 'countersign.yaml',
  secrets,
  managedNodeUrl: 'http://127.0.0.1:9',
  onProgress: (text) => said.push(text),
  app: app(),
  ...overrides,
});

test('deploys into the run and nowhere else', async () => {
  process.env.ANTHROPIC_API_KEY = 'of the person at the keyboard';
  const outputs = await deployLocally(options());
  delete process.env.ANTHROPIC_API_KEY;
  expect(outputs).toEqual({ 'countersign-tiny': { Name: 'countersign-tiny' } });
  expect(said).toHaveLength(2);
  const lambda = new LambdaClient({ endpoint: emulator.endpoint, region, credentials });
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'countersign-tiny' }));
  expect(JSON.parse(new TextDecoder().decode(Payload))).toEqual({
    ssm: 'http://127.0.0.1:9',
    kept: 'yes',
    node: process.version,
    secret: null,
  });
  expect(await secret('countersign/slack-bot-token')).toBe('xoxb-1');
  expect(readdirSync(emulator.folder)).toEqual(expect.arrayContaining(['cdk.out', 'outputs.json']));
}, 120_000);

test('a failing synth stops with its own words; a secret that exists is replaced', async () => {
  const changed = { ...secrets, 'countersign/slack-bot-token': 'xoxb-2' };
  await expect(deployLocally(options({ app: app('FAIL=1'), secrets: changed }))).rejects.toThrow(
    /^cdk synth ended with 1:[\s\S]*runbooks\/disk-full\.md:7: unknown key "sevrity"/,
  );
  expect(await secret('countersign/slack-bot-token')).toBe('xoxb-2');
}, 60_000);
