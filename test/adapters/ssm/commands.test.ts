/** Systems Manager over real HTTP: a send is one request whatever happens, and says exactly what was approved. */
import { describe, expect, test } from 'vitest';
import {
  DocumentChanged,
  findCommand,
  invocation,
  managedInstances,
  sendCommand,
} from '../../../adapters/ssm/commands.ts';
import { clockGraceSeconds, deliveryTimeoutSeconds } from '../../../core/derive/derive.ts';
import { runDocument } from '../../../core/derive/run-document.ts';
import { sha256 } from '../../../core/digest.ts';
import { dispatchKey, maximumAttempts } from '../../../core/dispatch.ts';
import type { Send } from '../../../core/use-cases/execute.ts';
import { Part } from '../../../core/words.ts';
import { alarmOf, instanceId, start } from '../../support/fixtures.ts';
import { type Answer, awsServer } from '../aws-server.ts';

const aws = awsServer();
const document = runDocument();
const hash = 'c0'.repeat(32);
const credentials = { accessKeyId: 'ASIATEST', secretAccessKey: 'secret', sessionToken: 'session' };
const script = "systemctl restart 'web'\n# {{ssm:secret}} ünïcode";
const send: Send = {
  incidentId: 'inc-0123456789abcdef0123',
  dispatch: { step: 2, part: 'run', attempt: 1 },
  script,
  scriptHash: sha256(script),
  targets: [instanceId, 'mi-0123456789abcdef0'],
  executionTimeoutSeconds: 600,
  deliveryTimeoutSeconds,
  notAfter: Math.floor(start / 1000) + deliveryTimeoutSeconds + clockGraceSeconds,
  onBehalfOf: 'U0000000001',
};
const known = {
  GetDocument: [{ Content: document.content }],
  DescribeDocument: [{ Document: { Hash: hash, HashType: 'Sha256' } }],
};
const operations = () => aws.asked.map(({ operation }) => operation);
const inputOf = (operation: string) => aws.asked.find((one) => one.operation === operation)?.input;

describe('sending', () => {
  test('hands over exactly the approved bytes, targets and limits', async () => {
    aws.answers = { ...known, SendCommand: [{ Command: { CommandId: 'c-1' } }] };
    expect(await sendCommand(send, document, credentials)).toBe('c-1');
    expect(operations()).toEqual(['GetDocument', 'DescribeDocument', 'SendCommand']);
    expect(inputOf('SendCommand')).toEqual({
      DocumentName: document.name,
      DocumentVersion: '1',
      DocumentHash: hash,
      DocumentHashType: 'Sha256',
      InstanceIds: [...send.targets],
      Parameters: {
        Script: [Buffer.from(script).toString('base64')],
        ScriptHash: [send.scriptHash],
        DispatchKey: ['inc-0123456789abcdef0123.2.run.1'],
        NotAfter: [String(send.notAfter)],
        executionTimeout: ['600'],
      },
      TimeoutSeconds: 30,
      Comment: 'inc-0123456789abcdef0123.2.run.1',
      MaxConcurrency: '1',
      MaxErrors: '0',
    });
    for (const operation of ['GetDocument', 'DescribeDocument'])
      expect(inputOf(operation)).toMatchObject({ Name: document.name, DocumentVersion: '1' });
  });

  test('waits for delivery no longer than a minute, and names every dispatch in at most 100 characters', () => {
    expect(deliveryTimeoutSeconds).toBeGreaterThanOrEqual(30);
    expect(deliveryTimeoutSeconds).toBeLessThanOrEqual(60);
    for (const part of Part.options)
      expect(dispatchKey(send.incidentId, { step: 30, part, attempt: maximumAttempts }).length).toBeLessThanOrEqual(
        100,
      );
  });

  const failures: [string, Answer][] = [
    ['an error 500', { status: 500, error: 'InternalServerError' }],
    ['an error 503', { status: 503, error: 'ServiceUnavailable' }],
    ['throttling', { status: 400, error: 'ThrottlingException' }],
    ['a reset connection', 'reset'],
    ['no answer in time', 'silence'],
    ['half an answer', 'half an answer'],
    ['an answer without an id', { Command: {} }],
  ];
  test.each(failures)('is one request on %s, and throws', async (_, failure) => {
    aws.answers = { ...known, SendCommand: [failure, { Command: { CommandId: 'c-2' } }] };
    await expect(sendCommand(send, document, credentials, 250)).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(operations().filter((operation) => operation === 'SendCommand')).toHaveLength(1);
  });

  const changed: [string, Record<string, Answer[]>][] = [
    ['another content', { GetDocument: [{ Content: document.content.replace('refused', 'accepted') }] }],
    ['no content', { GetDocument: [{}] }],
    ['no hash', { DescribeDocument: [{ Document: {} }] }],
  ];
  test.each(changed)('is refused when the document has %s', async (_, answers) => {
    aws.answers = { ...known, ...answers };
    await expect(sendCommand(send, document, credentials)).rejects.toThrow(DocumentChanged);
    expect(operations()).not.toContain('SendCommand');
  });

  test('takes the same document in another order of keys as the same', async () => {
    const { mainSteps, ...rest } = JSON.parse(document.content);
    aws.answers = {
      ...known,
      GetDocument: [{ Content: JSON.stringify({ mainSteps, ...rest }, null, 2) }],
      SendCommand: [{ Command: { CommandId: 'c-3' } }],
    };
    expect(await sendCommand(send, document, credentials)).toBe('c-3');
  });

  test('is not tried when the document cannot be read, and a read is tried again', async () => {
    aws.answers = { ...known, GetDocument: [{ status: 400, error: 'InvalidDocument' }] };
    await expect(sendCommand(send, document, credentials)).rejects.toThrow(/said the test/);
    aws.answers = {
      ...known,
      GetDocument: ['reset', { Content: document.content }],
      SendCommand: [{ Command: { CommandId: 'c-4' } }],
    };
    aws.asked.length = 0;
    expect(await sendCommand(send, document, credentials)).toBe('c-4');
    expect(operations()).toEqual(['GetDocument', 'GetDocument', 'DescribeDocument', 'SendCommand']);
  });
});

describe('looking', () => {
  test('gives status, exit code and output of one instance', async () => {
    aws.answers = {
      GetCommandInvocation: [
        {
          Status: 'Failed',
          StatusDetails: 'Failed',
          ResponseCode: 3,
          StandardOutputContent: 'out',
          StandardErrorContent: 'err',
        },
        {},
      ],
    };
    const failed = { target: instanceId, status: 'Failed', exitCode: 3, stdout: 'out', stderr: 'err' };
    expect(await invocation('c-1', instanceId)).toEqual(failed);
    expect(inputOf('GetCommandInvocation')).toEqual({ CommandId: 'c-1', InstanceId: instanceId });
    expect(await invocation('c-1', instanceId)).toMatchObject({ status: 'Unknown', exitCode: -1, stdout: '' });
  });

  test('is pending while SSM does not know the command yet, and throws on any other error', async () => {
    aws.answers = {
      GetCommandInvocation: [
        { status: 400, error: 'InvocationDoesNotExist' },
        { status: 400, error: 'InvalidInstanceId' },
      ],
    };
    expect(await invocation('c-1', instanceId)).toMatchObject({ status: 'Pending' });
    await expect(invocation('c-1', instanceId)).rejects.toThrow();
  });

  test('finds a lost command by its comment, page after page, and nothing that only looks like it', async () => {
    const key = dispatchKey(send.incidentId, send.dispatch);
    const page = (comments: (string | undefined)[], NextToken?: string) => ({
      Commands: comments.map((Comment, index) => ({ CommandId: `c-${Comment}-${index}`, Comment })),
      ...(NextToken ? { NextToken } : {}),
    });
    const pages = [page(['other', undefined, `${key}0`], 'two'), page([], 'three'), page(['x', key])];
    aws.answers = { ListCommands: pages };
    expect(await findCommand(document.name, key)).toBe(`c-${key}-1`);
    expect(aws.asked.map(({ input }) => input.NextToken)).toEqual([undefined, 'two', 'three']);
    expect(inputOf('ListCommands')).toMatchObject({ Filters: [{ key: 'DocumentName', value: document.name }] });
    aws.asked.length = 0;
    expect(await findCommand(document.name, 'inc-x.1.run.1')).toBeNull();
  });
});

describe('managed instances', () => {
  const optIn = { Key: 'tag:countersign', Values: ['on'] };
  const found = { InstanceId: instanceId, PingStatus: 'Online', ComputerName: 'web-1' };

  test('by the alarm: the request asks for the opt-in tag and for that instance', async () => {
    aws.answers = { DescribeInstanceInformation: [{ InstanceInformationList: [found] }] };
    expect(await managedInstances({ from: 'alarm', tags: {}, maximum: 1 }, alarmOf())).toEqual([
      { id: instanceId, tags: { Name: 'web-1', countersign: 'on' }, online: true },
    ]);
    expect(inputOf('DescribeInstanceInformation')?.Filters).toEqual([
      optIn,
      { Key: 'InstanceIds', Values: [instanceId] },
    ]);
  });

  test('by tags: over all pages, with every tag in the request', async () => {
    const second = { InstanceId: 'i-0fedcba9876543210', PingStatus: 'ConnectionLost' };
    aws.answers = {
      DescribeInstanceInformation: [
        { InstanceInformationList: [found], NextToken: 'more' },
        { InstanceInformationList: [second, {}] },
      ],
    };
    const tags = { role: 'web', Name: 'web-*', countersign: 'on' };
    const instances = await managedInstances({ from: 'tags', tags, maximum: 5 }, alarmOf());
    expect(instances).toEqual([
      { id: instanceId, tags, online: true },
      { id: second.InstanceId, tags, online: false },
    ]);
    expect(aws.asked).toHaveLength(2);
    for (const { input } of aws.asked)
      expect(input.Filters).toEqual(
        expect.arrayContaining([optIn, { Key: 'tag:role', Values: ['web'] }, { Key: 'tag:Name', Values: ['web-*'] }]),
      );
  });

  test('nobody is asked for an alarm that names no instance, and a selector cannot drop the opt-in', async () => {
    expect(await managedInstances({ from: 'alarm', tags: {}, maximum: 1 }, alarmOf({ dimensions: {} }))).toEqual([]);
    expect(aws.asked).toEqual([]);
    aws.answers = { DescribeInstanceInformation: [{ InstanceInformationList: [] }] };
    await managedInstances({ from: 'tags', tags: { countersign: 'off' }, maximum: 1 }, alarmOf());
    expect(inputOf('DescribeInstanceInformation')?.Filters).toEqual([
      optIn,
      { Key: 'tag:countersign', Values: ['off'] },
    ]);
  });
});
