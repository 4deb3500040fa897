/** decide's own door: what Lambda says of a caller is not believed, and nothing is read before a proof is. */
import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { signed } from '../../adapters/sts/sign.ts';
import { proofToSign } from '../../core/door/proof.ts';
import { type DoorWord, doorBody } from '../../core/door/spoken.ts';
import { anaOfIam } from '../core/door/principals.ts';
import { compiledOf } from '../support/fixtures.ts';
import { deployed } from './environment.ts';

const database = mockClient(DynamoDBDocumentClient);
let sts: Server;
let asked = 0;
let answer = { status: 403, body: '' };
let folder = '';
let handler: (event: unknown) => Promise<{ statusCode?: number; body?: string }>;

const refused =
  '<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error></ErrorResponse>';
const door = {
  audience: 'arn:aws:lambda:eu-central-1:111122223333:function:countersign-decide',
  stsHost: 'sts.eu-central-1.amazonaws.com',
};
const spoken: DoorWord = {
  word: 'approve',
  question: {
    incidentId: 'inc-0123456789abcdef0123',
    dispatch: { step: 2, part: 'run', attempt: 1, wave: 1 },
    revision: 1,
    digest: 'ab'.repeat(32),
  },
};

beforeAll(async () => {
  sts = createServer((request, response) => {
    asked += 1;
    request
      .resume()
      .on('end', () => response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body));
  });
  await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
  folder = deployed(compiledOf());
  process.env.AWS_ENDPOINT_URL_STS = `http://127.0.0.1:${(sts.address() as AddressInfo).port}`;
  ({ handler } = (await import('../../functions/decide.ts')) as never);
});
afterAll(() => {
  sts.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  database.reset();
  asked = 0;
  answer = { status: 403, body: refused };
});

/** As Lambda hands on a request to a function URL with AWS_IAM (Developer Guide, "Request payload format"). */
function arrived(body: string, more: object = {}) {
  const iam = { userArn: anaOfIam.arn, accountId: '111122223333', callerId: anaOfIam.userId, accessKey: 'AKIA' };
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/',
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: { accountId: '111122223333', authorizer: { iam }, http: { method: 'POST', path: '/' } },
    body,
    isBase64Encoded: false,
    ...more,
  };
}
const proven = async (now = Date.now()) => doorBody(spoken, await signed(proofToSign(spoken, door), anaOfIam, now));

test('an authorizer alone, made up or real, is nobody: 400, and nothing is asked or read', async () => {
  const bodies = ['', '{}', JSON.stringify(spoken), JSON.stringify({ ...spoken, proof: { headers: {} } })];
  for (const body of bodies) {
    const { statusCode } = await handler(arrived(body));
    expect([400, 401]).toContain(statusCode);
  }
  expect((await handler(arrived('', { body: undefined }))).statusCode).toBe(400);
  expect([asked, database.calls()]).toEqual([0, []]);
});

test('a proof that is too old is 401, before STS is asked', async () => {
  const { statusCode, body } = await handler(arrived(await proven(Date.now() - 120_000)));
  expect([statusCode, JSON.parse(body ?? '').kind, asked]).toEqual([401, 'unproven', 0]);
  expect(body).toMatch(/more than 60 s/);
});

test('a proof that STS refuses is 401, also in base64; nothing is read', async () => {
  const { statusCode } = await handler(arrived(await proven()));
  const encoded = Buffer.from(await proven()).toString('base64');
  const other = await handler(arrived(encoded, { isBase64Encoded: true }));
  expect([statusCode, other.statusCode, asked, database.calls()]).toEqual([401, 401, 2, []]);
});

test('an STS that is down is "again", not a no: 503', async () => {
  answer = { status: 503, body: '' };
  const { statusCode, body } = await handler(arrived(await proven()));
  expect([statusCode, JSON.parse(body ?? '')]).toEqual([503, { kind: 'again', cause: expect.any(String) }]);
  expect(database.calls()).toEqual([]);
});

test('what neither Slack nor the door sends is refused', async () => {
  await expect(handler({ word: 'approve' })).rejects.toMatchObject({ name: 'InvalidInput' });
});
