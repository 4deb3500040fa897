/** `countersign doctor` as a person runs it: one clear line where nothing can be looked at, its exit code, and no stack trace. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkLines } from '../../cli/doctor/examine.ts';

const root = join(import.meta.dirname, '../..');
const home = mkdtempSync(join(tmpdir(), 'countersign-doctor-'));

/** What AWS answers, by action: the body, or an error's code. */
let answers: Readonly<Record<string, string | { readonly code: string; readonly message: string }>> = {};
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const action = new URLSearchParams(body).get('Action') ?? '';
      const answer = answers[action] ?? { code: 'UnexpectedCall', message: action };
      response.setHeader('content-type', 'text/xml');
      if (typeof answer === 'string') {
        response.end(`<${action}Response><${action}Result>${answer}</${action}Result></${action}Response>`);
        return;
      }
      response.writeHead(400);
      response.end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>${answer.code}</Code><Message>${answer.message}</Message></Error></ErrorResponse>`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(home, { recursive: true, force: true });
});

const keys = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test' };
const somewhere = { AWS_REGION: 'eu-central-1' };

function doctor(
  environment: Record<string, string>,
  ...words: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    NO_COLOR: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...environment,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, ['cli/main.ts', 'doctor', ...words], { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

const me = '<Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/ana</Arn><UserId>A</UserId>';
const stackOf = (name: string) => {
  const outputs = ['SlackUrl', 'AlarmTopicArn', 'StateMachineArn'].map(
    (key) => `<member><OutputKey>${key}</OutputKey><OutputValue>https://example.com/</OutputValue></member>`,
  );
  return `<member><StackName>${name}</StackName><CreationTime>2026-11-21T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${outputs.join('')}</Outputs></member>`;
};
const stacks = (...names: string[]) => `<Stacks>${names.map(stackOf).join('')}</Stacks>`;
const roles = (...names: string[]) =>
  `<IsTruncated>false</IsTruncated><Roles>${names.map((name) => `<member><RoleName>${name}</RoleName></member>`).join('')}</Roles>`;

test.each([
  ['no credentials', somewhere, {}, /^✗ credentials {2}there are no credentials for AWS: .*\n {2,}→ sign in /],
  [
    'no region',
    keys,
    {},
    /^✗ credentials {2}no region is set, or it is none: Region is missing\n {2,}→ name the region/,
  ],
  [
    'an expired token',
    { ...keys, ...somewhere },
    { GetCallerIdentity: { code: 'ExpiredToken', message: 'The security token included in the request is expired' } },
    /^✗ credentials {2}the credentials for AWS have expired: .*\n {2,}→ sign in again/,
  ],
  [
    'the wrong region',
    { ...keys, ...somewhere },
    { GetCallerIdentity: me, DescribeStacks: stacks(), ListRoles: roles('other', 'countersign-execute-us-east-1') },
    /✗ stack {8}no stack of Countersign is in eu-central-1 of account 111122223333; there are roles of one in us-east-1\n {2,}→ .*AWS_REGION=us-east-1\n$/,
  ],
  [
    'two stacks',
    { ...keys, ...somewhere },
    { GetCallerIdentity: me, DescribeStacks: stacks('countersign-response', 'second') },
    /✗ stack {8}2 stacks look like Countersign’s: countersign-response, second\n {2,}→ say which is meant: --stack NAME\n$/,
  ],
] as const)('%s', async (_, environment, said, expected) => {
  answers = said;
  const { code, stdout, stderr } = await doctor(environment);
  expect(stdout, stderr).toMatch(expected);
  expect(stderr).toBe('');
  expect(code).toBe(1);
});

test('--json is one object, with the exit code in it; the clock is compared with AWS’s own', async () => {
  answers = { GetCallerIdentity: me, DescribeStacks: stacks(), ListRoles: { code: 'AccessDenied', message: 'no' } };
  const { code, stdout } = await doctor({ ...keys, ...somewhere }, '--json');
  const said = JSON.parse(stdout);
  expect(said).toMatchObject({
    exitCode: 1,
    checks: [{ name: 'credentials' }, { name: 'clock', outcome: 'ok' }, { name: 'stack', outcome: 'fail' }],
  });
  expect(code).toBe(1);
});

test('what a foreign text says is one line, and terminals only show it', () => {
  const [line] = checkLines([{ name: 'kill switch', outcome: 'fail', seen: 'stopped by \u001b[2J\nana', next: null }]);
  expect(line).toContain('stopped by \\u{1b}[2J ⏎ ana');
});
