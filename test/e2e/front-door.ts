/** What the command line reads of a deployment: `doctor` with each fault planted, `diff`, `incidents`, `logs` and `destroy`. */
import { execFile } from 'node:child_process';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueUrlCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import type { Check } from '../../core/doctor/check.ts';
import { awsEnvironment, credentials, region } from '../../local/emulator.ts';
import { lift, stopByHand } from './kill-switch.ts';
import type { Stage } from './stage.ts';

/** Where the queues are asked. */
let sqs = '';

const root = join(import.meta.dirname, '../..');

/** Our queues refuse what does not come by TLS, and the emulator has none: these calls come in as a proxy's that has ended it. */
async function withTls(endpoint: string): Promise<{ url: string; close(): void }> {
  const { hostname, port } = new URL(endpoint);
  const server = createServer((asked, answer) => {
    const headers = { ...asked.headers, 'x-forwarded-proto': 'https' };
    const { method, url: path } = asked;
    const on = request({ hostname, port, method, path, headers }, (said) => {
      answer.writeHead(said.statusCode ?? 500, said.headers);
      said.pipe(answer);
    });
    asked.pipe(on);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

/** As a person runs it, with what stands in for the emulator's Systems Manager. */
function run({ laptop }: Stage, ...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { endpoint, folder } = laptop.emulator;
  const env = {
    ...awsEnvironment(endpoint, folder),
    AWS_ENDPOINT_URL_SSM: laptop.node.url,
    AWS_ENDPOINT_URL_SQS: sqs,
    NO_COLOR: '1',
  };
  return new Promise((resolve) => {
    execFile(process.execPath, ['cli/main.ts', ...words], { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

/** The policy that this laptop deployed. */
const policyOf = ({ laptop }: Stage) => ['--policy', join(laptop.emulator.folder, 'countersign.yaml')];

/** What is not ok, as `name outcome`. */
async function faults(stage: Stage): Promise<{ code: number; found: string[]; checks: Check[] }> {
  const { code, stdout, stderr } = await run(stage, 'doctor', '--json', ...policyOf(stage));
  expect(stderr).toBe('');
  const { checks }: { checks: Check[] } = JSON.parse(stdout);
  const found = checks.filter(({ outcome }) => outcome !== 'ok').map(({ name, outcome }) => `${name} ${outcome}`);
  return { code, found, checks };
}

export function frontDoor(on: () => Stage): void {
  test('doctor finds each fault that is planted, and no other', async () => {
    const stage = on();
    const settings = { endpoint: stage.laptop.emulator.endpoint, region, credentials };
    const tls = await withTls(settings.endpoint);
    onTestFinished(() => tls.close());
    sqs = tls.url;
    const healthy = (await faults(stage)).found;

    const secrets = new SecretsManagerClient(settings);
    const SecretId = 'countersign/slack-bot-token';
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }));
    const queues = new SQSClient({ ...settings, endpoint: sqs, useQueueUrlAsEndpoint: false });
    const { QueueUrl } = await queues.send(new GetQueueUrlCommand({ QueueName: 'countersign-undelivered' }));
    const tables = new DynamoDBClient(settings);
    const protect = (DeletionProtectionEnabled: boolean) =>
      tables.send(new UpdateTableCommand({ TableName: 'countersign-work', DeletionProtectionEnabled }));
    const [host] = stage.laptop.node.hosts;
    const { instanceId } = host?.definition ?? { instanceId: '' };

    await stopByHand(stage, 'doctor is tried');
    await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: 'xoxb-of-nobody' }));
    await queues.send(new SendMessageCommand({ QueueUrl, MessageBody: 'lost' }));
    await protect(false);
    stage.laptop.node.faults.agent(instanceId, 'ConnectionLost');
    try {
      const { code, found, checks } = await faults(stage);
      expect(code).toBe(1);
      expect(found.filter((one) => !healthy.includes(one))).toEqual(
        expect.arrayContaining([
          'kill switch fail',
          'tables fail',
          'dead letters warn',
          'slack fail',
          'instances warn',
        ]),
      );
      const seen = (name: string) => checks.find((check) => check.name === name)?.seen;
      expect(seen('kill switch')).toContain('by ana');
      expect(seen('kill switch')).toContain('doctor is tried');
      expect(seen('tables')).toContain('countersign-work is not protected');
      expect(seen('dead letters')).toContain('1 event waits in countersign-undelivered');
      expect(seen('slack')).toContain('invalid_auth');
      expect(seen('instances')).toContain(instanceId);
    } finally {
      stage.laptop.node.faults.agent(instanceId, 'Online');
      await protect(true);
      await queues.send(new PurgeQueueCommand({ QueueUrl }));
      await secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
      await lift(stage);
    }
    const after = await faults(stage);
    expect(after.found).toEqual(healthy);
    expect(after.checks.find(({ name }) => name === 'url')?.outcome).toBe('ok');
    expect(after.checks.find(({ name }) => name === 'drift')?.outcome).toBe('ok');
  });

  test('diff, incidents, logs and destroy read the deployment, and change nothing', async () => {
    const stage = on();
    const same = await run(stage, 'diff', ...policyOf(stage));
    expect(same.stdout, same.stderr).toContain('A deploy would change nothing');
    const other = await run(stage, 'diff', '--markdown');
    expect(other.stdout).toMatch(/- \*\*policy\*\*: mode&#58; was live, is dry\\_run/);
    expect([same.code, other.code]).toEqual([0, 0]);
    expect((await run(stage, 'incidents')).code).toBe(0);
    const leaving = await run(stage, 'destroy');
    expect(leaving.stdout, leaving.stderr).toMatch(/countersign-audit: \d+ items/);
    expect(leaving.code).toBe(0);
    expect((await run(stage, 'logs', 'slack')).code).toBe(0);
  });
}
