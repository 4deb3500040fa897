/** Every call to AWS is bounded in time: in the source of every adapter, and on a line that hangs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { isRetryable, patience } from '../../adapters/patience.ts';
import { readSecret } from '../../adapters/secretsmanager/secrets.ts';
import { type Answer, awsServer } from './aws-server.ts';

const aws = awsServer();
const folder = join(import.meta.dirname, '../../adapters');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const sources = files.map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);
const using = sources.filter(([, source]) => /from '@aws-sdk\/client-/.test(source) && /new \w+Client\(/.test(source));

describe('patience', () => {
  test.each(using)('%s makes no client without it', (_, source) => {
    for (const [made] of source.matchAll(/new \w+Client\([^)]*\)/g)) expect(made).toMatch(/requestHandler: patience\(/);
  });

  test('is asked of every adapter that talks to AWS', () => {
    expect([...new Set(using.map(([name]) => name.split('/')[0]))].sort()).toEqual([
      'cloudformation',
      'cloudwatch',
      'dynamodb',
      'iam',
      'kms',
      'lambda',
      'logs',
      's3',
      'secretsmanager',
      'sns',
      'sqs',
      'ssm',
      'stepfunctions',
      'sts',
      'tagging',
    ]);
  });

  test.each<[string, Answer]>([
    ['never answers', 'silence'],
    ['stops in the middle of its answer', 'half an answer'],
  ])('ends a call to a service that %s', async (_, answer) => {
    aws.answers = { GetSecretValue: [answer] };
    const client = new SecretsManagerClient({ requestHandler: patience(100), maxAttempts: 2 });
    const began = Date.now();
    await expect(client.send(new GetSecretValueCommand({ SecretId: 's' }))).rejects.toThrow();
    expect(Date.now() - began).toBeLessThan(2000);
  });

  test('three tries of the default fit into the shortest function of the machine', () => {
    expect(3 * patience().requestTimeout).toBeLessThanOrEqual(15_000);
    expect(patience()).toMatchObject({ throwOnRequestTimeout: true, socketTimeout: patience().requestTimeout });
  });
});

const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    message: 'cancelled',
    $metadata: { httpStatusCode: 400 },
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
const named = (name: string, httpStatusCode = 400) =>
  Object.assign(new Error('said AWS'), { name, $metadata: { httpStatusCode } });

describe('an error that may pass', () => {
  test.each<[string, Answer]>([
    ['ThrottlingException', { status: 400, error: 'ThrottlingException' }],
    ['TooManyRequestsException', { status: 429, error: 'TooManyRequestsException' }],
    ['RequestLimitExceeded', { status: 400, error: 'RequestLimitExceeded' }],
    ['InternalServerError', { status: 500, error: 'InternalServerError' }],
    ['a gateway that is not up', { status: 503, error: 'ServiceUnavailable' }],
    ['a 501, which the SDK does not try again', { status: 501, error: 'NotNow' }],
    ['a reset line', 'reset'],
    ['half an answer', 'half an answer'],
    ['silence', 'silence'],
  ])('is %s, as the SDK throws it', async (_, answer) => {
    aws.answers = { GetSecretValue: [answer] };
    const client = new SecretsManagerClient({ requestHandler: patience(100), maxAttempts: 1 });
    const error = await client.send(new GetSecretValueCommand({ SecretId: 's' })).catch((thrown: unknown) => thrown);
    expect(isRetryable(error)).toBe(true);
    expect(isRetryable(new TypeError('a caller that wraps it', { cause: error }))).toBe(true);
  });

  test.each([
    ['a conflict of a transaction', cancelled('None', 'TransactionConflict')],
    ['a throttled transaction', cancelled('ThrottlingError')],
    ['a conflict of a single write', named('TransactionConflictException')],
    ['a transaction of the same token under way', named('TransactionInProgressException')],
  ])('is %s', (_, error) => expect(isRetryable(error)).toBe(true));

  test.each<[string, unknown]>([
    ['a condition that failed', named('ConditionalCheckFailedException')],
    [
      'a transaction whose condition failed, whatever else did',
      cancelled('ConditionalCheckFailed', 'TransactionConflict'),
    ],
    ['a transaction that was wrong', cancelled('ValidationError')],
    ['a denial', named('AccessDeniedException')],
    ['a host that SSM does not know', named('InvalidInstanceId')],
    ['a bug', new TypeError('undefined is not a function')],
    ['what is no error', { name: 'ThrottlingException' }],
    ['nothing', undefined],
  ])('is not %s', (_, error) => expect(isRetryable(error)).toBe(false));

  test('is looked for no deeper than an error that causes itself', () => {
    const error = new Error('a circle');
    error.cause = error;
    expect(isRetryable(error)).toBe(false);
  });
});

describe('a secret', () => {
  test('is its text without space around it', async () => {
    aws.answers = { GetSecretValue: [{ SecretString: ' xoxb-1\n' }] };
    expect(await readSecret('countersign/slack-bot-token')).toBe('xoxb-1');
    expect(aws.asked[0]?.input).toEqual({ SecretId: 'countersign/slack-bot-token' });
  });

  test.each<[string, Answer]>([
    ['empty', { SecretString: '' }],
    ['blank', { SecretString: ' \n' }],
    ['binary', { SecretBinary: 'AAAA' }],
    ['missing', { status: 400, error: 'ResourceNotFoundException' }],
  ])('that is %s throws: an empty secret would open every door', async (_, answer) => {
    aws.answers = { GetSecretValue: [answer] };
    await expect(readSecret('s')).rejects.toThrow();
  });
});
