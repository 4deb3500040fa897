/** STS asked who signed a request: exactly that request is sent, whatever it answers is read strictly, and we ourselves are never the answer. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { identityOf } from '../../../adapters/sts/identity.ts';
import { signed } from '../../../adapters/sts/sign.ts';
import { callerArn } from '../../../core/door/caller.ts';
import { identityRequest, proofToSign } from '../../../core/door/proof.ts';
import { anaBySession, door } from '../../core/door/principals.ts';
import { start } from '../../support/fixtures.ts';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const seen: Seen[] = [];
let answers: { status: number; body: string; headers?: Record<string, string> }[] = [];
let server: Server;
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      const { status, body: text, headers = {} } = answers.shift() ?? { status: 500, body: '' };
      response.writeHead(status, { 'content-type': 'text/xml', ...headers }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIAOFTHEFUNCTION000',
    AWS_SECRET_ACCESS_KEY: 'of the function',
  });
});
afterEach(() => {
  seen.length = 0;
  answers = [];
});
afterAll(() => server.close());

/** As STS writes it (API Reference, GetCallerIdentity, "Examples"). */
const said = (inner: string) => `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>${inner}</GetCallerIdentityResult>
  <ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>`;
const anaSaid = said(
  '<Arn>arn:aws:iam::123456789012:user/Alice&amp;Co</Arn><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>123456789012</Account>',
);
const refused = (code: string) =>
  `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
const proof = () => signed(proofToSign({ word: 'stop' }, door), anaBySession, start);

test('exactly the signed request goes out: its headers, its host, its body, and nothing that signs it anew', async () => {
  answers = [{ status: 200, body: anaSaid }];
  const headers = await proof();
  expect(await identityOf(headers)).toEqual({
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:user/Alice&Co',
    UserId: 'AIDACKCEVSQ6C2EXAMPLE',
  });
  const [request] = seen;
  expect([request?.method, request?.url, request?.body]).toEqual(['POST', '/', identityRequest.body]);
  expect(request?.headers).toMatchObject(headers);
  const ofTransport = ['connection', 'content-length', 'transfer-encoding', 'accept', 'accept-encoding'];
  const more = Object.keys(request?.headers ?? {}).filter((name) => !(name in headers) && !ofTransport.includes(name));
  expect(more).toEqual([]);
  expect(JSON.stringify(seen)).not.toMatch(/AKIAOFTHEFUNCTION|NOBODY/);
});

test.each(['SignatureDoesNotMatch', 'InvalidClientTokenId', 'ExpiredToken', 'AccessDenied', 'InvalidAction'])(
  '%s is a no, and is not tried again',
  async (code) => {
    answers = [{ status: code === 'InvalidAction' ? 400 : 403, body: refused(code) }];
    expect(await identityOf(await proof())).toBeNull();
    expect(seen).toHaveLength(1);
  },
);

test('a 500 is tried again with the same request; then it is no answer', async () => {
  answers = [
    { status: 500, body: '' },
    { status: 200, body: anaSaid },
  ];
  const headers = await proof();
  expect(await identityOf(headers)).toMatchObject({ Account: '123456789012' });
  expect(seen.map((request) => request.headers.authorization)).toEqual([headers.authorization, headers.authorization]);
  answers = [];
  await expect(identityOf(headers)).rejects.toThrow();
});

test('a redirect is followed nowhere, and is no answer', async () => {
  answers = [{ status: 302, body: '', headers: { location: `${process.env.AWS_ENDPOINT_URL}/elsewhere` } }];
  const answer = await identityOf(await proof()).catch(() => 'none');
  expect([null, 'none']).toContain(answer);
  expect(seen.map(({ url }) => url)).not.toContain('/elsewhere');
});

test.each([
  ['an empty body', ''],
  ['something else', '<html>hello</html>'],
  ['a result without an ARN', said('<Account>123456789012</Account>')],
  [
    'two ARNs',
    said(
      '<Arn>arn:aws:iam::123456789012:user/a</Arn><Arn>arn:aws:iam::123456789012:user/b</Arn><UserId>AIDA1</UserId><Account>123456789012</Account>',
    ),
  ],
  [
    'an ARN in a comment',
    said('<!-- <Arn>arn:aws:iam::123456789012:user/a</Arn> --><UserId>AIDA1</UserId><Account>123456789012</Account>'),
  ],
  [
    'the ARN of somebody inside another',
    said(
      '<Name><Arn>arn:aws:iam::123456789012:user/a</Arn></Name><UserId>AIDA1</UserId><Account>123456789012</Account>',
    ),
  ],
  ['JSON', '{"GetCallerIdentityResponse":{}}'],
])('%s names nobody', async (_, body) => {
  answers = [{ status: 200, body }];
  const answer = await identityOf(await proof()).catch(() => null);
  expect(callerArn(answer)).toBeNull();
});
