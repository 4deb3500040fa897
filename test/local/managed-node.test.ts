/** The managed node over the real SSM client, under enforced IAM: who may send what where, and how runs end. */

import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CancelCommandCommand,
  DescribeDocumentCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandOutput,
  GetDocumentCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  ListDocumentsCommand,
  ListTagsForResourceCommand,
  SendCommandCommand,
  type SendCommandCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusalCodes, runDocument, runParameters, runRefusal } from '../../core/derive/run-document.ts';
import { account, credentials, type Emulator, region, startEmulator } from '../../local/emulator.ts';
import { type ManagedNode, startManagedNode } from '../../local/managed-node.ts';
import { resolveTags } from '../../local/ssm/access.ts';
import { foreignHost, webHost } from '../../local/virtual-host.ts';

const document = runDocument();
let emulator: Emulator;
let node: ManagedNode;
let nextStep = 0;
let root: SSMClient;

beforeAll(async () => {
  emulator = await startEmulator({ onProgress: () => {} });
  node = await startManagedNode({ emulatorEndpoint: emulator.endpoint });
  root = new SSMClient({ endpoint: node.url, region, credentials, maxAttempts: 1 });
});
afterAll(async () => {
  await node?.stop();
  await emulator?.stop();
});

const documentArn = `arn:aws:ssm:${region}:${account}:document/${document.name}`;
const instanceArn = (id: string) => `arn:aws:ec2:${region}:${account}:instance/${id}`;
const allow = (Action: string | string[], Resource: string | string[], Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});
const tagged = { StringEquals: { 'ssm:resourceTag/countersign': 'on' } };

/** A client with a role's own temporary credentials. */
async function clientFor(RoleName: string, Statement: object[]): Promise<SSMClient> {
  const options = { endpoint: emulator.endpoint, region, credentials };
  const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'sts:AssumeRole' };
  const iam = new IAMClient(options);
  const policy = (statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy([trust]) }));
  if (Statement.length > 0) {
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: policy(Statement) }));
  }
  const RoleArn = `arn:aws:iam::${account}:role/${RoleName}`;
  const { Credentials } = await new STSClient(options).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return new SSMClient({
    endpoint: node.url,
    region,
    maxAttempts: 1,
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
  });
}

function command(
  script: string,
  overrides: Partial<SendCommandCommandInput> & { seconds?: number } = {},
): SendCommandCommandInput {
  // What takes no time here may take long on a busy machine.
  const { seconds = 60, ...rest } = overrides;
  return {
    DocumentName: document.name,
    DocumentHash: document.digest,
    DocumentHashType: 'Sha256',
    InstanceIds: [webHost.instanceId],
    TimeoutSeconds: 30,
    Parameters: runParameters({
      script,
      dispatchKey: `inc-0123456789abcdef0123.${++nextStep}.run.1.1`,
      notAfter: Math.floor(Date.now() / 1000) + 60,
      timeoutSeconds: seconds,
    }),
    ...rest,
  };
}

async function ended(CommandId: string, InstanceId = webHost.instanceId): Promise<GetCommandInvocationCommandOutput> {
  for (;;) {
    const found = await root.send(new GetCommandInvocationCommand({ CommandId, InstanceId })).catch((error) => {
      if (error.name !== 'InvocationDoesNotExist') throw error;
      return null;
    });
    if (found && !['Pending', 'InProgress', 'Delayed', 'Cancelling'].includes(found.Status ?? '')) return found;
    await delay(50);
  }
}

async function send(client: SSMClient, input: SendCommandCommandInput): Promise<string> {
  return (await client.send(new SendCommandCommand(input))).Command?.CommandId ?? '';
}

describe('IAM', () => {
  test('a role scoped to the document and to opted-in instances sends, and its script runs', async () => {
    const client = await clientFor('scoped', [
      allow('ssm:SendCommand', documentArn),
      allow('ssm:SendCommand', instanceArn('*'), tagged),
    ]);
    const id = await send(client, command('hostname; df --output=pcent / | tail -n 1'));
    expect(await ended(id)).toMatchObject({
      Status: 'Success',
      StatusDetails: 'Success',
      ResponseCode: 0,
      StandardOutputContent: 'web-1\n 47%\n',
      StandardErrorContent: '',
    });
    expect(node.commands.at(-1)).toMatchObject({ commandId: id, script: 'hostname; df --output=pcent / | tail -n 1' });
  });

  test.each<[string, object[], Partial<SendCommandCommandInput>]>([
    ['no-policy', [], {}],
    ['document-only', [allow('ssm:SendCommand', documentArn)], {}],
    ['instances-only', [allow('ssm:SendCommand', instanceArn('*'))], {}],
    ['another-document', [allow('ssm:SendCommand', [documentArn.replace('run', 'ran'), instanceArn('*')])], {}],
    ['another-instance', [allow('ssm:SendCommand', [documentArn, instanceArn(foreignHost.instanceId)])], {}],
    ['another-action', [allow('ssm:StartSession', '*')], {}],
    [
      'untagged-instance',
      [allow('ssm:SendCommand', documentArn), allow('ssm:SendCommand', instanceArn('*'), tagged)],
      { InstanceIds: [foreignHost.instanceId] },
    ],
    [
      'one-of-two-instances',
      [allow('ssm:SendCommand', documentArn), allow('ssm:SendCommand', instanceArn('*'), tagged)],
      { InstanceIds: [webHost.instanceId, foreignHost.instanceId] },
    ],
    [
      'shell-document',
      [allow('ssm:SendCommand', [documentArn, instanceArn('*')])],
      { DocumentName: 'AWS-RunShellScript', DocumentHash: undefined as never, Parameters: { commands: ['id'] } },
    ],
    [
      'explicit-deny',
      [
        allow('ssm:SendCommand', [documentArn, instanceArn('*')]),
        { ...allow('ssm:SendCommand', instanceArn(webHost.instanceId)), Effect: 'Deny' },
      ],
      {},
    ],
    [
      'unknown-operator',
      [
        allow('ssm:SendCommand', documentArn),
        allow('ssm:SendCommand', instanceArn('*'), { StringNotEquals: { 'ssm:resourceTag/countersign': 'off' } }),
      ],
      {},
    ],
  ])('%s is denied, and nothing runs', async (name, statements, overrides) => {
    const before = node.commands.length;
    const client = await clientFor(name, statements);
    const failure = await client
      .send(new SendCommandCommand(command('true', overrides)))
      .catch((error: Error) => error);
    expect(failure).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('ssm:SendCommand'),
    });
    expect(node.commands).toHaveLength(before);
  });

  test('a wrong secret, an unknown key and no signature are not let in', async () => {
    const sender = await clientFor('guesser', [allow('ssm:*', '*')]);
    const own = await sender.config.credentials();
    for (const wrong of [
      { ...own, secretAccessKey: 'guess' },
      { accessKeyId: 'AKIAGUESS', secretAccessKey: 'guess' },
    ]) {
      const client = new SSMClient({ endpoint: node.url, region, credentials: wrong, maxAttempts: 1 });
      await expect(client.send(new SendCommandCommand(command('true')))).rejects.toThrow(/signature|security token/i);
      await expect(client.send(new ListCommandsCommand())).rejects.toThrow(/signature|security token/i);
    }
    const unsigned = await fetch(node.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonSSM.SendCommand' },
      body: JSON.stringify(command('true')),
    });
    expect(unsigned.status).toBeGreaterThanOrEqual(400);
  });

  test('every other action needs its own right', async () => {
    const nobody = await clientFor('nobody', []);
    const id = await send(root, command('true'));
    const asked = [
      new GetCommandInvocationCommand({ CommandId: id, InstanceId: webHost.instanceId }),
      new ListCommandsCommand(),
      new ListCommandInvocationsCommand(),
      new CancelCommandCommand({ CommandId: id }),
      new DescribeInstanceInformationCommand(),
      new GetDocumentCommand({ Name: document.name }),
      new DescribeDocumentCommand({ Name: document.name }),
    ];
    for (const one of asked) {
      await expect(nobody.send(one as GetDocumentCommand), one.constructor.name).rejects.toMatchObject({
        name: 'AccessDeniedException',
      });
    }
    const reader = await clientFor('reader', [
      allow(
        [
          'ssm:GetCommandInvocation',
          'ssm:ListCommands',
          'ssm:ListCommandInvocations',
          'ssm:CancelCommand',
          'ssm:DescribeInstanceInformation',
        ],
        '*',
      ),
      allow(['ssm:GetDocument', 'ssm:DescribeDocument'], documentArn),
    ]);
    await ended(id);
    for (const one of asked) await reader.send(one as GetDocumentCommand);
  });

  test('conditions on tags are resolved strictly', () => {
    const statement = (Effect: string, operator: string, value: string | string[]) => ({
      Statement: { Effect, Action: '*', Resource: '*', Condition: { [operator]: { 'aws:ResourceTag/team': value } } },
    });
    const resolved = (...rule: Parameters<typeof statement>) =>
      resolveTags(statement(...rule), { team: 'a' }).Statement.length;
    expect(resolved('Allow', 'StringEquals', 'a')).toBe(1);
    expect(resolved('Allow', 'StringEquals', ['b', 'a'])).toBe(1);
    expect(resolved('Allow', 'StringEquals', 'b')).toBe(0);
    expect(resolved('Allow', 'StringLike', '*')).toBe(0);
    expect(resolved('Deny', 'StringEquals', 'a')).toBe(1);
    expect(resolved('Deny', 'StringEquals', 'b')).toBe(0);
    expect(resolved('Deny', 'StringLike', 'b')).toBe(1);
  });
});

describe('a run', () => {
  test('is unknown for a moment, then ends with its exit code', async () => {
    // The moment is short: on a busy machine a look may come too late for it.
    const looks: unknown[] = [];
    let id = '';
    while (looks.length < 20 && !looks.includes('InvocationDoesNotExist')) {
      id = await send(root, command('echo oops >&2; exit 3'));
      const look = new GetCommandInvocationCommand({ CommandId: id, InstanceId: webHost.instanceId });
      looks.push(await root.send(look).catch(({ name }: Error) => name));
    }
    expect(looks.at(-1)).toBe('InvocationDoesNotExist');
    expect(await ended(id)).toMatchObject({
      Status: 'Failed',
      ResponseCode: 3,
      StandardErrorContent: 'oops\nfailed to run commands: exit status 3',
    });
  });

  test.each(['while :; do :; done', 'sleep 60'])(
    '%s: is stopped at its time-out, keeping what it printed',
    async (busy) => {
      const id = await send(root, command(`echo before; ${busy}`, { seconds: 5 }));
      expect(await ended(id)).toMatchObject({
        Status: 'TimedOut',
        StatusDetails: 'ExecutionTimedOut',
        ResponseCode: 137,
        StandardOutputContent: 'before\n',
      });
    },
  );

  test('gives no more output than AWS does', async () => {
    const id = await send(root, command('seq 1 9000; seq 1 9000 >&2'));
    const { StandardOutputContent: stdout = '', StandardErrorContent: stderr = '' } = await ended(id);
    expect([stdout.length, stderr.length]).toEqual([24_000, 8_000]);
    const { CommandInvocations } = await root.send(new ListCommandInvocationsCommand({ CommandId: id, Details: true }));
    expect(CommandInvocations?.[0]?.CommandPlugins?.[0]?.Output).toHaveLength(2_500);
  });

  test('is refused by the document itself, with the refusal in its output', async () => {
    const input = command('echo once');
    await ended(await send(root, input));
    const again = await ended(await send(root, input));
    expect(again.ResponseCode).toBe(refusalCodes.repeated);
    expect(runRefusal(again.ResponseCode ?? 0, again.StandardErrorContent ?? '')).toBe('repeated');
    const late = { ...command('echo late').Parameters, NotAfter: [String(Math.floor(Date.now() / 1000) - 1)] };
    expect((await ended(await send(root, command('true', { Parameters: late })))).ResponseCode).toBe(
      refusalCodes.too_late,
    );
  });

  test('can be found again by its comment, and cancelled', async () => {
    const id = await send(root, command('sleep 20', { Comment: 'inc-1.2.run.1', seconds: 30 }));
    const { Commands } = await root.send(
      new ListCommandsCommand({ Filters: [{ key: 'DocumentName', value: document.name }] }),
    );
    expect(Commands?.find(({ Comment }) => Comment === 'inc-1.2.run.1')).toMatchObject({
      CommandId: id,
      DocumentName: document.name,
    });
    await delay(200);
    await root.send(new CancelCommandCommand({ CommandId: id }));
    expect(await ended(id)).toMatchObject({ Status: 'Cancelled', StatusDetails: 'Cancelled' });
  });

  test('on two hosts has two results', async () => {
    const id = await send(root, command('hostname', { InstanceIds: [webHost.instanceId, foreignHost.instanceId] }));
    expect((await ended(id)).StandardOutputContent).toBe('web-1\n');
    expect((await ended(id, foreignHost.instanceId)).StandardOutputContent).toBe('payroll-1\n');
    const { Commands } = await root.send(new ListCommandsCommand({ CommandId: id }));
    expect(Commands?.[0]).toMatchObject({ Status: 'Success', TargetCount: 2, CompletedCount: 2, ErrorCount: 0 });
  });
});

describe('what AWS refuses is refused', () => {
  test.each<[string, Partial<SendCommandCommandInput>]>([
    ['InvalidDocument', { DocumentName: 'countersign-run-000000000000' }],
    ['InvalidDocument', { DocumentHash: 'a'.repeat(64) }],
    ['InvalidDocumentVersion', { DocumentVersion: '2' }],
    ['InvalidInstanceId', { InstanceIds: ['i-0123456789abcdef0'] }],
    ['DuplicateInstanceId', { InstanceIds: [webHost.instanceId, webHost.instanceId] }],
    ['ValidationException', { TimeoutSeconds: 29 }],
    ['ValidationException', { Comment: 'x'.repeat(101) }],
    ['ValidationException', { InstanceIds: [] }],
    ['InvalidTarget', { Targets: [{ Key: 'tag:countersign', Values: ['on'] }] }],
    ['InvalidParameters', { Parameters: {} }],
    ['InvalidParameters', { Parameters: { ...command('true').Parameters, Extra: ['1'] } }],
    ['InvalidParameters', { Parameters: { ...command('true').Parameters, DispatchKey: ["x'; id; '"] } }],
    ['InvalidParameters', { Parameters: { ...command('true').Parameters, executionTimeout: ['4'] } }],
    ['InvalidParameters', { Parameters: { ...command('true').Parameters, executionTimeout: ['5', '6'] } }],
  ])('%s %o', async (name, overrides) => {
    const before = node.commands.length;
    await expect(send(root, command('true', overrides))).rejects.toMatchObject({ name });
    expect(node.commands).toHaveLength(before);
  });

  test('an operation that it does not speak is named, with those it speaks', async () => {
    await expect(root.send(new ListDocumentsCommand())).rejects.toThrow(
      /AmazonSSM\.ListDocuments: .* speaks only SendCommand, GetCommandInvocation/,
    );
    await expect(
      root.send(new ListTagsForResourceCommand({ ResourceType: 'ManagedInstance', ResourceId: webHost.instanceId })),
    ).rejects.toMatchObject({ name: 'InvalidResourceId' });
  });
});

test('instances are found by tag and id', async () => {
  const found = async (...Filters: { Key: string; Values: string[] }[]) =>
    (await root.send(new DescribeInstanceInformationCommand({ Filters }))).InstanceInformationList?.map(
      ({ InstanceId }) => InstanceId,
    );
  expect(await found()).toEqual([webHost.instanceId, foreignHost.instanceId]);
  expect(await found({ Key: 'tag:countersign', Values: ['on'] })).toEqual([webHost.instanceId]);
  await expect(
    found({ Key: 'InstanceIds', Values: [foreignHost.instanceId] }, { Key: 'tag:countersign', Values: ['on'] }),
  ).rejects.toMatchObject({ name: 'ValidationException' });
});

describe('calls that tests let fail', () => {
  const look = () => root.send(new ListCommandsCommand());

  test.each([
    ['throttled', 'ThrottlingException'],
    ['error', 'InternalServerError'],
    ['error_after', 'InternalServerError'],
    ['reset', 'TimeoutError'],
  ] as const)('%s answers %s once', async (fault, name) => {
    node.faults.call('ListCommands', fault);
    await expect(look()).rejects.toMatchObject({ name });
    await look();
  });

  test('a send whose answer was lost was sent; one that was throttled was not', async () => {
    const before = node.commands.length;
    node.faults.call('SendCommand', 'throttled');
    node.faults.call('SendCommand', 'error_after');
    node.faults.call('SendCommand', 'reset');
    for (const sent of [0, 1, 2]) {
      await expect(send(root, command('true'))).rejects.toThrow();
      expect(node.commands).toHaveLength(before + sent);
    }
  });

  test('a call that hangs is not answered', async () => {
    node.faults.call('ListCommands', 'hanging');
    const abort = AbortSignal.timeout(500);
    await expect(root.send(new ListCommandsCommand(), { abortSignal: abort })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  test('more calls than a rate allows are throttled', async () => {
    node.faults.rate('ListCommands', 3);
    const answers = await Promise.allSettled(Array.from({ length: 8 }, look));
    expect(answers.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(3);
    node.faults.rate('ListCommands', 1_000);
  });
});

test('the document is the one of core', async () => {
  const { Content } = await root.send(new GetDocumentCommand({ Name: document.name }));
  const { Document } = await root.send(new DescribeDocumentCommand({ Name: document.name }));
  expect(Content).toBe(document.content);
  expect(Document).toMatchObject({
    Name: document.name,
    Hash: document.digest,
    HashType: 'Sha256',
    DocumentType: 'Command',
  });
});

test('metrics follow the host, on request and after every run', async () => {
  const client = new CloudWatchClient({ endpoint: emulator.endpoint, region, credentials });
  const latest = async (MetricName: string, Name: string, Value: string) => {
    const Dimensions = [
      { Name: 'InstanceId', Value: webHost.instanceId },
      { Name, Value },
    ];
    const MetricStat = { Metric: { Namespace: 'CWAgent', MetricName, Dimensions }, Period: 1, Stat: 'Maximum' };
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: [{ Id: 'm', MetricStat }],
        StartTime: new Date(Date.now() - 60_000),
        EndTime: new Date(Date.now() + 60_000),
        ScanBy: 'TimestampDescending',
      }),
    );
    const { Timestamps = [], Values = [] } = MetricDataResults?.[0] ?? {};
    const newest = Timestamps.reduce((best, time, index) => (time > (Timestamps[best] ?? time) ? index : best), 0);
    return Values[newest];
  };
  const [web] = node.hosts;
  await web?.break('stale-logs');
  await web?.break('service-killed');
  await delay(1_100);
  await node.publish();
  expect(await latest('disk_used_percent', 'path', '/')).toBeCloseTo(95, 0);
  expect(await latest('service_active', 'service', 'checkout')).toBe(0);
  await delay(1_100);
  await ended(
    await send(root, command("find /var/log/app -name '*.gz' -mtime +7 -delete; systemctl restart checkout")),
  );
  await delay(300);
  expect(await latest('disk_used_percent', 'path', '/')).toBeCloseTo(47, 0);
  expect(await latest('service_active', 'service', 'checkout')).toBe(1);
});
