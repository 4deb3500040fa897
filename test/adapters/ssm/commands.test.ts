/** Systems Manager over real HTTP: a send is one request whatever happens, and says exactly what was approved. */
import { describe, expect, test } from 'vitest';
import {
  cancelCommand,
  DocumentChanged,
  documentIs,
  findCommand,
  glance,
  invocation,
  managedInstances,
  prepareSend,
} from '../../../adapters/ssm/commands.ts';
import { clockGraceSeconds, deliveryTimeoutSeconds, runDocument } from '../../../core/derive/run-document.ts';
import { sha256 } from '../../../core/digest.ts';
import { dispatchKey, maximumAttempts } from '../../../core/dispatch.ts';
import type { Send } from '../../../core/use-cases/execute-ports.ts';
import { Part } from '../../../core/words.ts';
import { instanceId, start } from '../../support/fixtures.ts';
import { type Answer, awsServer } from '../aws-server.ts';

const aws = awsServer();
const document = runDocument();
const hash = 'c0'.repeat(32);
const credentials = { accessKeyId: 'ASIATEST', secretAccessKey: 'secret', sessionToken: 'session' };
const script = "systemctl restart 'web'\n# {{ssm:secret}} ünïcode";
const send: Send = {
  incidentId: 'inc-0123456789abcdef0123',
  dispatch: { step: 2, part: 'run', attempt: 1, wave: 1 },
  script,
  scriptHash: sha256(script),
  targets: [instanceId, 'mi-0123456789abcdef0'],
  document: { name: document.name, digest: document.digest },
  executionTimeoutSeconds: 600,
  waitSeconds: 0,
  deliveryTimeoutSeconds,
  notAfter: Math.floor(start / 1000) + deliveryTimeoutSeconds + clockGraceSeconds,
  onBehalfOf: 'U0000000001',
};
const known = {
  GetDocument: [{ Content: document.content }],
  DescribeDocument: [{ Document: { Hash: hash, HashType: 'Sha256' } }],
};
/** Everything of a send, as `execute` does it. */
const sendCommand = async (longest = 10_000) => (await prepareSend(send, credentials))(longest);
const operations = () => aws.asked.map(({ operation }) => operation);
const inputOf = (operation: string) => aws.asked.find((one) => one.operation === operation)?.input;

describe('sending', () => {
  test('hands over exactly the approved bytes, targets and limits', async () => {
    aws.answers = { ...known, SendCommand: [{ Command: { CommandId: 'c-1' } }] };
    expect(await sendCommand()).toEqual({ kind: 'sent', commandId: 'c-1' });
    expect(operations().toSorted()).toEqual(['DescribeDocument', 'GetDocument', 'SendCommand']);
    expect(operations().at(-1)).toBe('SendCommand');
    expect(inputOf('SendCommand')).toEqual({
      DocumentName: document.name,
      DocumentVersion: '1',
      DocumentHash: hash,
      DocumentHashType: 'Sha256',
      InstanceIds: [...send.targets],
      Parameters: {
        Script: [Buffer.from(script).toString('base64')],
        ScriptHash: [send.scriptHash],
        DispatchKey: ['inc-0123456789abcdef0123.2.run.1.1'],
        NotAfter: [String(send.notAfter)],
        executionTimeout: ['600'],
      },
      TimeoutSeconds: 30,
      Comment: 'inc-0123456789abcdef0123.2.run.1.1',
      MaxConcurrency: '2',
      // More errors than that cannot be: AWS stops nothing by itself.
      MaxErrors: '2',
    });
    for (const operation of ['GetDocument', 'DescribeDocument'])
      expect(inputOf(operation)).toMatchObject({ Name: document.name, DocumentVersion: '1' });
  });

  test('waits for delivery no longer than a minute, and names every dispatch in at most 100 characters', () => {
    expect(deliveryTimeoutSeconds).toBeGreaterThanOrEqual(30);
    expect(deliveryTimeoutSeconds).toBeLessThanOrEqual(60);
    for (const part of Part.options)
      expect(
        dispatchKey(send.incidentId, { step: 30, part, attempt: maximumAttempts, wave: 20 }).length,
      ).toBeLessThanOrEqual(100);
  });

  const failures: [string, Answer, 'not_sent' | 'unknown'][] = [
    ['an error 500', { status: 500, error: 'InternalServerError' }, 'unknown'],
    ['an error 503', { status: 503, error: 'ServiceUnavailable' }, 'unknown'],
    ['a reset connection', 'reset', 'unknown'],
    ['no answer in time', 'silence', 'unknown'],
    ['half an answer', 'half an answer', 'unknown'],
    ['an answer without an id', { Command: {} }, 'unknown'],
    ['a request that took too long', { status: 408, error: 'RequestTimeout' }, 'unknown'],
    ['throttling', { status: 400, error: 'ThrottlingException' }, 'not_sent'],
    ['an instance that is gone', { status: 400, error: 'InvalidInstanceId' }, 'not_sent'],
    ['a missing right', { status: 400, error: 'AccessDeniedException' }, 'not_sent'],
  ];
  test.each(failures)('is one request on %s, and is %s after it', async (_, failure, kind) => {
    aws.answers = { ...known, SendCommand: [failure, { Command: { CommandId: 'c-2' } }] };
    expect(await sendCommand(250)).toEqual({ kind, why: expect.any(String) });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(operations().filter((operation) => operation === 'SendCommand')).toHaveLength(1);
  });

  test('can be prepared without being sent', async () => {
    aws.answers = { ...known };
    await prepareSend(send, credentials);
    expect(operations().toSorted()).toEqual(['DescribeDocument', 'GetDocument']);
  });

  const changed: [string, Record<string, Answer[]>][] = [
    ['another content', { GetDocument: [{ Content: document.content.replace('refused', 'accepted') }] }],
    ['no content', { GetDocument: [{}] }],
    ['no hash', { DescribeDocument: [{ Document: {} }] }],
  ];
  test.each(changed)('is refused when the document has %s', async (_, answers) => {
    aws.answers = { ...known, ...answers };
    await expect(sendCommand()).rejects.toThrow(DocumentChanged);
    expect(operations()).not.toContain('SendCommand');
  });

  test('takes the same document in another order of keys as the same', async () => {
    const { mainSteps, ...rest } = JSON.parse(document.content);
    aws.answers = {
      ...known,
      GetDocument: [{ Content: JSON.stringify({ mainSteps, ...rest }, null, 2) }],
      SendCommand: [{ Command: { CommandId: 'c-3' } }],
    };
    expect(await sendCommand()).toEqual({ kind: 'sent', commandId: 'c-3' });
  });

  test('is not tried when the document cannot be read, and a read is tried again', async () => {
    aws.answers = { ...known, GetDocument: [{ status: 400, error: 'InvalidDocument' }] };
    await expect(sendCommand()).rejects.toThrow(/said the test/);
    aws.answers = {
      ...known,
      GetDocument: ['reset', { Content: document.content }],
      SendCommand: [{ Command: { CommandId: 'c-4' } }],
    };
    aws.asked.length = 0;
    expect(await sendCommand()).toEqual({ kind: 'sent', commandId: 'c-4' });
    expect(operations().toSorted()).toEqual(['DescribeDocument', 'GetDocument', 'GetDocument', 'SendCommand']);
  });
});

describe('an older document', () => {
  test.each([
    ['exists unchanged', { GetDocument: [{ Content: document.content }] }, true],
    ['has another content', { GetDocument: [{ Content: '{}' }] }, false],
    ['has a content that is no JSON', { GetDocument: [{ Content: 'no' }] }, false],
    ['is gone', { GetDocument: [{ status: 400, error: 'InvalidDocument' } as const] }, false],
  ])('%s', async (_, answers, expected) => {
    aws.answers = answers;
    expect(await documentIs(send.document)).toBe(expected);
  });

  test('that cannot be read is not called gone', async () => {
    aws.answers = { GetDocument: [{ status: 400, error: 'AccessDeniedException' }] };
    await expect(documentIs(send.document)).rejects.toThrow();
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

  test('at a glance is one request, and throws on a throttle: that is left for later', async () => {
    aws.answers = {
      GetCommandInvocation: [{ status: 400, error: 'ThrottlingException' }, { StatusDetails: 'Success' }],
    };
    await expect(glance('c-1', instanceId)).rejects.toThrow();
    expect(operations()).toEqual(['GetCommandInvocation']);
    expect(await glance('c-1', instanceId)).toMatchObject({ status: 'Success' });
  });

  test('at a glance is over after a second, however long SSM is silent', async () => {
    aws.answers = { GetCommandInvocation: ['silence', { StatusDetails: 'Success' }] };
    await expect(glance('c-1', instanceId)).rejects.toThrow();
    expect(operations()).toEqual(['GetCommandInvocation']);
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
    // An incident lives 8 h: what is older is none of its commands, and a busy account has thousands of them.
    expect(inputOf('ListCommands')).toMatchObject({
      MaxResults: 50,
      Filters: [
        { key: 'DocumentName', value: document.name },
        { key: 'InvokedAfter', value: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) },
      ],
    });
    aws.asked.length = 0;
    expect(await findCommand(document.name, 'inc-x.1.run.1')).toBeNull();
  });
});

describe('managed instances', () => {
  const optIn = { Key: 'tag:countersign', Values: ['on'] };
  const found = { InstanceId: instanceId, PingStatus: 'Online', ComputerName: 'web-1' };

  const filters = () => aws.asked.map(({ input }) => input.Filters);
  const list = (...instances: object[]) => ({ InstanceInformationList: instances });

  test('by the alarm: all that are opted in, by one filter, which AWS takes alone only', async () => {
    aws.answers = { DescribeInstanceInformation: [list({ InstanceId: 'i-0fedcba9876543210' }, found)] };
    expect(await managedInstances({ from: 'alarm', tags: {}, maximum: 1 }, [])).toEqual([
      { id: 'i-0fedcba9876543210', tags: { countersign: 'on' }, online: false },
      { id: instanceId, tags: { Name: 'web-1', countersign: 'on' }, online: true },
    ]);
    expect(filters()).toEqual([[optIn]]);
  });

  test('by tags: one question per tag, over all pages, intersected by id', async () => {
    const second = { InstanceId: 'i-0fedcba9876543210', PingStatus: 'ConnectionLost' };
    const third = { InstanceId: 'i-00000000000000003', PingStatus: 'Online' };
    aws.answers.DescribeInstanceInformation = ({ Filters, NextToken }) => {
      const [{ Key }] = Filters as [{ Key: string }];
      if (Key === 'tag:role') return list(found, second, { InstanceId: 'i-00000000000000009' });
      return NextToken ? list(second, third, {}) : { ...list(found), NextToken: 'more' };
    };
    const tags = { role: 'web' };
    expect(await managedInstances({ from: 'tags', tags, maximum: 5 }, [third.InstanceId])).toEqual([
      { id: instanceId, tags: { Name: 'web-1', role: 'web', countersign: 'on' }, online: true },
      { id: second.InstanceId, tags: { role: 'web', countersign: 'on' }, online: false },
      // Planned, still opted in, and not meant by the selector any more.
      { id: third.InstanceId, tags: { countersign: 'on' }, online: true },
    ]);
    expect(filters().every((asked) => Array.isArray(asked) && asked.length === 1)).toBe(true);
  });

  test('a selector cannot drop the opt-in', async () => {
    aws.answers.DescribeInstanceInformation = ({ Filters }) =>
      JSON.stringify(Filters).includes('"off"') ? list() : list(found);
    expect(await managedInstances({ from: 'tags', tags: { countersign: 'off' }, maximum: 1 }, [])).toEqual([]);
    expect(filters()).toEqual(expect.arrayContaining([[optIn], [{ Key: 'tag:countersign', Values: ['off'] }]]));
  });
});

describe('cancelling', () => {
  test('asks for one command, on every host of it', async () => {
    aws.answers = { CancelCommand: [{}] };
    await cancelCommand('11111111-1111-4111-8111-111111111111');
    expect(aws.asked).toMatchObject([
      { operation: 'CancelCommand', input: { CommandId: '11111111-1111-4111-8111-111111111111' } },
    ]);
  });
});
