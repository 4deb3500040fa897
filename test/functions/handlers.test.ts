/** The shape of every handler: short, free of SDKs, granted what it reads, and refusing what it does not understand. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { functionNames } from '../../core/functions.ts';
import { at, functionOf } from '../cdk/stacks.ts';
import { compiledOf } from '../support/fixtures.ts';
import { deployed } from './environment.ts';

const folder = join(import.meta.dirname, '../../functions');
const sourceOf = (name: string) => readFileSync(join(folder, name), 'utf8');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

describe('the source', () => {
  test('has one file per function', () => {
    for (const name of functionNames) expect(files).toContain(`${name}.ts`);
  });

  test.each(functionNames)('of %s has at most 60 lines and one exported handler', (name) => {
    const source = sourceOf(`${name}.ts`);
    expect(source.split('\n').length - 1).toBeLessThanOrEqual(60);
    expect(source.match(/^export /gm)).toEqual(['export ']);
    expect(source).toMatch(/^export async function handler\(/m);
  });

  test.each(files)('of %s imports no SDK, no other room, and reads the environment in one place only', (name) => {
    const source = sourceOf(name);
    for (const [, from = ''] of source.matchAll(/from '([^']+)'/g)) {
      expect(from).toMatch(/^(\.\/|(\.\.\/){1,2}(core|adapters)\/|node:|zod$|aws-lambda$)/);
      if (from === 'aws-lambda') expect(source).toMatch(/import type [^;]* from 'aws-lambda'/);
    }
    if (name !== 'wiring/environment.ts') expect(source).not.toMatch(/process\./);
  });
});

/** What one top-level declaration of a file says, by its name. */
function declarationsOf(file: string): Map<string, string> {
  const parts = sourceOf(file).split(/\n(?=export |function |async function |const |let |class )/);
  return new Map(parts.map((part) => [/(?:function|const|let|class) (\w+)/.exec(part)?.[1] ?? '', part]));
}

/** Every setting that a declaration reaches: read by itself, or by what it names in its file or imports from its room. */
function settingsOf(file: string, name: string | null, seen = new Set<string>()): Set<string> {
  const source = sourceOf(file);
  const declarations = declarationsOf(file);
  const text = name === null ? source : (declarations.get(name) ?? '');
  const found = new Set([...text.matchAll(/setting\('(\w+)'\)/g)].map(([, setting = '']) => setting));
  const follow = (other: string, word: string) => {
    if (seen.has(`${other}#${word}`)) return;
    seen.add(`${other}#${word}`);
    for (const setting of settingsOf(other, word, seen)) found.add(setting);
  };
  for (const [, names = '', other = ''] of source.matchAll(/import \{([^}]*)\} from '\.\/((?:wiring\/)?[\w-]+\.ts)'/g))
    for (const word of names.split(',').map((one) => one.trim()))
      if (word && new RegExp(`\\b${word}\\b`).test(text.replace(/import [^;]*;/g, '')))
        follow(join(dirname(file), other), word);
  if (name !== null)
    for (const word of declarations.keys())
      if (word && word !== name && new RegExp(`\\b${word}\\b`).test(text)) follow(file, word);
  return found;
}

describe('the environment', () => {
  const given = ['AWS_REGION', 'LAMBDA_TASK_ROOT'];

  test.each(functionNames)('of %s has every name that its code reads', (name) => {
    const granted = Object.keys(at<Record<string, unknown>>(functionOf(name).Properties, 'Environment.Variables'));
    const read = [...settingsOf(`${name}.ts`, null)].filter((setting) => !given.includes(setting));
    expect(granted).toEqual(expect.arrayContaining(read));
    expect(read.length).toBeGreaterThan(0);
  });

  test('is followed through what functions share', () => {
    expect(settingsOf('close.ts', null)).toEqual(
      new Set([
        'APPROVAL_KEY_ARN',
        'PAGE_TOPIC_ARN',
        'WORK_TABLE',
        'AUDIT_TABLE',
        'CONTROL_TABLE',
        'DISPATCHES_TABLE',
        'SLACK_BOT_TOKEN_SECRET',
        'LAMBDA_TASK_ROOT',
      ]),
    );
    expect(settingsOf('poll.ts', null)).toEqual(
      new Set(['APPROVAL_KEY_ARN', 'AUDIT_TABLE', 'CONTROL_TABLE', 'WORK_TABLE']),
    );
  });
});

describe('malformed input', () => {
  const database = mockClient(DynamoDBClient);
  const context = {
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:countersign-execute',
  } as Context;
  const incidentId = 'inc-0123456789abcdef0123';
  const dispatch = { step: 2, part: 'run', attempt: 1 };
  const token = 'AQCEAAAAKgAAAAMAAAAAAAAAAsecretTaskToken';
  let code = '';
  beforeAll(() => {
    code = deployed(compiledOf());
  });
  afterAll(() => rmSync(code, { recursive: true }));

  const rows: [name: string, what: string, event: unknown, place: RegExp][] = [
    ['plan', 'nothing', undefined, /expected object/],
    ['plan', 'another id', { incidentId: 'inc-1' }, /at incidentId/],
    ['plan', 'an id that is a path', { incidentId: '../../OPEN' }, /at incidentId/],
    ['gate', 'one key more', { incidentId, status: 'resolved' }, /"status"/],
    ['gate', 'an id with a line feed', { incidentId: `${incidentId}\n` }, /at incidentId/],
    ['execute', 'no dispatch', { incidentId }, /at dispatch/],
    ['execute', 'a sixth attempt', { incidentId, dispatch: { ...dispatch, attempt: 6 } }, /at dispatch\.attempt/],
    ['execute', 'step 0', { incidentId, dispatch: { ...dispatch, step: 0 } }, /at dispatch\.step/],
    ['execute', 'half a step', { incidentId, dispatch: { ...dispatch, step: 1.5 } }, /at dispatch\.step/],
    ['execute', 'an approval of its own', { incidentId, dispatch, approved: true }, /"approved"/],
    ['execute', 'a script of its own', { incidentId, dispatch: { ...dispatch, script: 'rm -rf /' } }, /"script"/],
    ['poll', 'another part', { incidentId, dispatch: { ...dispatch, part: 'all' } }, /at dispatch\.part/],
    ['request-approval', 'no token', { incidentId, dispatch }, /at token/],
    ['request-approval', 'an empty token', { incidentId, dispatch, token: '' }, /at token/],
    ['request-approval', 'a token that is too long', { incidentId, dispatch, token: token.repeat(60) }, /at token/],
    [
      'request-approval',
      'a token and a wrong step',
      { incidentId, dispatch: { ...dispatch, step: 31 }, token },
      /at dispatch\.step/,
    ],
    ['settle', 'a list', [incidentId], /expected object/],
    ['decide', 'a parsed body', { rawBody: { type: 'block_actions' }, timestamp: '1', signature: 'v0=' }, /at rawBody/],
    ['decide', 'an approver', { rawBody: '', timestamp: '1', signature: 'v0=', approver: 'ana' }, /"approver"/],
    ['close', 'an unknown status', { incidentId, status: 'fine', cause: null }, /at status/],
    ['close', 'no cause', { incidentId, status: 'resolved' }, /at cause/],
  ];
  test.each(rows)('%s refuses %s, names the place and reaches nothing', async (name, _, event, place) => {
    const { handler } = await import(`../../functions/${name}.ts`);
    const refusal: unknown = await handler(event, context).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'InvalidInput', message: expect.stringMatching(place) });
    expect(String(refusal)).not.toContain(token);
    expect(database.calls()).toEqual([]);
  });
});
