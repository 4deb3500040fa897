/** `countersign approvals`: what waits, shown in full, and answered by a person at a terminal with their own credentials. */
import { createPublicKey } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetFunctionUrlConfigCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { registerApprovals } from '../../cli/approvals.ts';
import { genuineVotes } from '../../core/approval/votes.ts';
import { sha256 } from '../../core/digest.ts';
import { type Question, questionDigest } from '../../core/question.ts';
import type { ApprovalCard } from '../../core/report/question-card.ts';
import { shortCode } from '../../core/short-code.ts';
import { compiledFor, pem } from '../core/approval/asked.ts';
import { anaOfIam, door, strangerOfIam } from '../core/door/principals.ts';
import { incidentId } from '../core/gate/situations.ts';
import { House } from '../core/use-cases/asking.ts';
import { fixRunbook, region } from '../support/fixtures.ts';

const database = mockClient(DynamoDBDocumentClient);
const kms = mockClient(KMSClient);
const lambda = mockClient(LambdaClient);
const terminal = process.stdin;
let house: House;
let url: Server;
/** Requests at the door, with their headers. */
const knocks: { authorization: string | undefined; host: string | undefined }[] = [];
let out: string[] = [];
let err: string[] = [];

beforeAll(async () => {
  url = createServer((request, response) => {
    knocks.push({ authorization: request.headers.authorization, host: request.headers.host });
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', async () => {
      const answer = await house.arrives(body);
      response.writeHead(answer.kind === 'heard' ? 200 : 401).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => url.listen(0, '127.0.0.1', resolve));
});
afterAll(() => url.close());

beforeEach(async () => {
  house = new House();
  await house.ask('token-1');
  house.now += 1000;
  vi.useFakeTimers({ toFake: ['Date'], now: house.now });
  [out, err] = [[], []];
  knocks.length = 0;
  const plain = (text: string) => text.replace(/\u001b\[\d+m/g, '');
  vi.spyOn(console, 'log').mockImplementation((text: string) => void out.push(plain(text)));
  vi.spyOn(console, 'error').mockImplementation((text: string) => void err.push(plain(text)));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(plain(String(text))) > 0);
  signedInAs(anaOfIam);
  deployed();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  Object.defineProperty(process, 'stdin', { value: terminal, configurable: true });
  process.exitCode = 0;
});

function signedInAs({ accessKeyId, secretAccessKey }: Partial<typeof anaOfIam>): void {
  Object.assign(process.env, { AWS_REGION: region, AWS_EC2_METADATA_DISABLED: 'true' });
  for (const [name, value] of Object.entries({
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  }))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
}

/** The account as the stacks made it: tables, key and door. */
function deployed(): void {
  const port = (url.address() as AddressInfo).port;
  lambda.reset();
  lambda
    .on(GetFunctionUrlConfigCommand, { FunctionName: 'countersign-decide' })
    .resolves({ FunctionUrl: `http://127.0.0.1:${port}/`, FunctionArn: door.audience });
  kms.reset();
  kms.on(GetPublicKeyCommand).resolves({ PublicKey: createPublicKey(pem).export({ format: 'der', type: 'spki' }) });
  database.reset();
  database.on(GetCommand).resolves({});
  database.on(QueryCommand).callsFake(({ TableName, ExpressionAttributeValues: values, ProjectionExpression }) => {
    if (TableName === 'countersign-audit')
      return {
        Items: (house.audit.chains.get(incidentId) ?? []).map(({ place, text }) => ({ sk: place, entry: text })),
      };
    if (TableName === 'countersign-control') {
      expect(ProjectionExpression).not.toContain('token');
      return { Items: rows(String(values?.[':incident'])) };
    }
    return { Items: Object.values(values ?? {}).includes('OPEN') ? [{ pk: 'OPEN', sk: incidentId }] : [] };
  });
}

function rows(of: string) {
  return [...house.control.questions].flatMap(([name, { token: _, ...row }]) => {
    const [pk, sk] = name.split('/');
    return pk === of ? [{ ...row, pk, sk }] : [];
  });
}

/** Runs `countersign approvals …` at a terminal where somebody types these lines; null = there is no terminal. */
async function approvals(arguments_: string[], typed: readonly string[] | null = []) {
  const stdin = Object.assign(new PassThrough(), { isTTY: typed !== null });
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
  const prompts = ['Type yes', 'Type the code', 'Why?', 'Which alternative', 'pid = '];
  let line = 0;
  vi.mocked(process.stderr.write).mockImplementation((text) => {
    err.push(String(text));
    if (prompts.some((prompt) => String(text).includes(prompt))) {
      const next = typed?.[line++];
      setImmediate(() => (next === undefined ? stdin.end() : stdin.write(next === '\u0003' ? next : `${next}\n`)));
    }
    return true;
  });
  const program = new Command('countersign').exitOverride();
  registerApprovals(program);
  await program.parseAsync(['approvals', ...arguments_], { from: 'user' });
  return process.exitCode;
}
const text = () => out.join('\n');
const untouched = () => expect([house.record().votes, house.woken, knocks]).toEqual([[], [], []]);

/** The same question, as the kernel's floor would have it for something destructive. */
function makeDestructive(): void {
  const { question } = house.record();
  const items = question.items.map((item) => ({ ...item, level: 'destructive' as const }));
  const changed = { ...question, items };
  house.tamper({ question: changed, digest: questionDigest(changed) });
  house.append({ ...requested(), question: changed, requestDigest: questionDigest(changed) });
}
const scriptAsked = () => requested().scripts?.[0]?.script ?? 'none';
function requested() {
  const [event] = house.events('approval_requested');
  if (!event) throw new Error('nothing was asked');
  return event;
}

describe('list', () => {
  test('names what waits, how long, and by which name to answer it', async () => {
    await approvals(['list']);
    expect(out[0]).toMatch(new RegExp(`^${incidentId}\\.2\\.run\\.1\\.1\\.r0001  modifying  step 2: .*i-`));
    expect(out[1]).toMatch(/min \d+ s left, until \d\d:\d\d:\d\d UTC$/);
  });

  test('as JSON', async () => {
    await approvals(['list', '--json']);
    const [row] = JSON.parse(text());
    expect(row).toMatchObject({ incidentId, level: 'modifying', required: 1, votes: 0, approvers: ['ana', 'ben'] });
    expect(text()).not.toContain('token-1');
  });

  test('says that nothing waits, and leaves out what is answered', async () => {
    house.tamper({ status: 'APPROVED' });
    expect(await approvals(['list'])).toBe(0);
    expect(out).toEqual(['nothing waits for an answer']);
  });
});

describe('show', () => {
  test('shows the exact bytes, where, with what, who may answer, and the digest that would be signed', async () => {
    await approvals(['show', incidentId]);
    const { question, digest } = house.record();
    const script = scriptAsked();
    for (const line of script.split('\n')) expect(text()).toContain(line);
    expect(sha256(script)).toBe(question.items[0]?.scriptHash);
    for (const host of question.items[0]?.targets ?? []) expect(text()).toContain(host);
    expect(text()).toMatch(/Needs 1 approval, of ana, ben/);
    expect(text()).toContain(digest);
    expect(text()).not.toContain('token-1');
  });

  test('says that one approval must come through IAM, where the question wants it', async () => {
    const { question } = house.record();
    const changed = { ...question, terms: { ...question.terms, required: 2, secondChannel: true } };
    house.tamper({ question: changed, digest: questionDigest(changed) });
    house.append({ ...requested(), question: changed, requestDigest: questionDigest(changed) });
    await approvals(['show', incidentId]);
    expect(text()).toMatch(/Needs 2 approvals of different people, one of them through IAM, as here, of ana, ben/);
  });

  /** The same question with other terms, posted as it is. */
  const changedTo = (more: Partial<Question>) => {
    const { question, card } = house.record();
    const changed = { ...question, ...more };
    const digest = questionDigest(changed);
    const { reference, ...rest } = card as ApprovalCard;
    house.tamper({
      question: changed,
      digest,
      card: { ...rest, required: changed.terms.required, reference: { ...reference, questionDigest: digest } },
    });
    house.append({ ...requested(), question: changed, requestDigest: digest });
  };
  const termsOfTwo = () => ({ terms: { ...house.record().question.terms, required: 2 } });

  test('says who approved so far, each once, and not who took it back', async () => {
    changedTo(termsOfTwo());
    await house.click('approve');
    await approvals(['show', incidentId]);
    expect(text()).toMatch(/; approved so far by ana$/m);
    house.now += 1000;
    await house.click('revoke');
    out = [];
    await approvals(['show', incidentId]);
    expect(text()).not.toContain('approved so far');
    house.now += 1000;
    await house.click('approve');
    out = [];
    await approvals(['show', incidentId]);
    expect(text()).toMatch(/; approved so far by ana$/m);
  });

  test('who confirmed a manual step counts as who approved', async () => {
    changedTo({ ...termsOfTwo(), kind: 'manual' });
    await house.click('confirm');
    await approvals(['show', incidentId]);
    expect(text()).toMatch(/; approved so far by ana$/m);
  });

  test('says what the alarm does not have, where the runbook’s default was taken instead', async () => {
    const given = { unit: 'nginx', path: '/srv' };
    changedTo({ items: house.record().question.items.map((item) => ({ ...item, parameters: given })) });
    const lacks = 'dimension path';
    const parameters = [
      { name: 'path', value: '/srv', lacks },
      { name: 'unit', value: 'another', lacks },
    ];
    house.tamper({ card: { ...(house.record().card as object), parameters } });
    await approvals(['show', incidentId]);
    expect(text()).toMatch(/path = \/srv \(the default: the alarm has no dimension path\)$/m);
    expect(text()).toMatch(/unit = nginx$/m);
  });

  test('one question by its name, and as JSON with the same neutral data as the card', async () => {
    await approvals(['show', `${incidentId}.2.run.1.1.r0001`, '--json']);
    const shown = JSON.parse(text());
    expect(shown).toMatchObject({ status: 'PENDING', digest: house.record().digest });
    const stored = house.control.records(incidentId)[0]?.card as Record<string, unknown>;
    for (const part of ['reference', 'command', 'environment', 'mode', 'risk', 'required', 'expiresAt'])
      expect(shown.cards[0][part], part).toEqual(stored[part]);
  });

  test('without a card, since Slack never took one, shows the bytes all the same', async () => {
    house.tamper({ places: [], card: null });
    await approvals(['show', incidentId]);
    expect(text()).toContain(scriptAsked().split('\n')[0]);
  });

  test('what somebody put into the row beside the question changes no byte of what is shown as bound', async () => {
    const { card } = house.record();
    house.tamper({ card: { ...(card as object), command: 'echo harmless', environment: 'sandbox', required: 9 } });
    await approvals(['show', incidentId]);
    expect(text()).not.toMatch(/echo harmless|sandbox|Needs 9/);
  });

  test.each<[string, () => void, RegExp]>([
    [
      'a question that was changed',
      () => house.tamper({ question: { ...house.record().question, nonce: 'n'.repeat(16) } }),
      /changed after it was asked/,
    ],
    [
      'bytes that the audit does not hold',
      () => void house.audit.chains.set(incidentId, []),
      /does not hold the bytes/,
    ],
  ])('%s is not shown as if it could be approved', async (_, happens, why) => {
    happens();
    await expect(approvals(['show', incidentId])).rejects.toThrow(why);
  });

  test.each([
    ['inc-00000000000000000000', /nothing was asked under/],
    ['web-1', /is no incident/],
    [`${incidentId}.2.run.1.1.r0002`, /nothing was asked under/],
  ])('%s: says what there is none of', async (name, why) => {
    await expect(approvals(['show', name])).rejects.toThrow(why);
  });
});

describe('approve', () => {
  test('shows all of it, asks, and with yes is counted as the person whom STS names: exit 0', async () => {
    expect(await approvals(['approve', incidentId], ['yes'])).toBe(0);
    expect(text()).toMatch(
      /Runs exactly this[\s\S]*Needs 1 approval[\s\S]*✓ Your approve is counted, as arn:aws:iam::\d+:user\/ana; the question is approved/,
    );
    expect(house.record().status).toBe('APPROVED');
    expect(house.events('vote_signed')).toMatchObject([
      { word: 'approve', by: { name: 'ana', via: 'iam', id: anaOfIam.arn } },
    ]);
    expect(house.woken).toEqual(['token-1']);
    expect(knocks).toMatchObject([
      { authorization: expect.stringMatching(new RegExp(`/${region}/lambda/aws4_request`)) },
    ]);
  });

  test.each([['no'], ['y'], ['YES'], ['yes please'], ['']])(
    'anything but yes, as %j, is a no: exit 2, nothing is said',
    async (typed) => {
      expect(await approvals(['approve', incidentId], [typed])).toBe(2);
      expect(out.at(-1)).toBe('Not answered: nothing was said.');
      untouched();
    },
  );

  test('the end of input, as Ctrl-D, is a no', async () => {
    expect(await approvals(['approve', incidentId], [])).toBe(2);
    untouched();
  });

  test('Ctrl-C is a no', async () => {
    const done = approvals(['approve', incidentId], ['\u0003']);
    expect(await done).toBe(2);
    untouched();
  });

  test('without a terminal nobody answers, whatever is piped in', async () => {
    await expect(approvals(['approve', incidentId], null)).rejects.toThrow(/by a person at a terminal/);
    untouched();
  });

  test('there is no switch that answers', async () => {
    for (const flag of ['--yes', '-y', '--force'])
      await expect(approvals(['approve', incidentId, flag])).rejects.toThrow(/unknown option/);
    untouched();
  });

  test('something destructive wants the incident’s code too', async () => {
    makeDestructive();
    expect(await approvals(['approve', incidentId], ['yes', 'AAAA'])).toBe(2);
    untouched();
    expect(await approvals(['approve', incidentId], ['yes', shortCode(incidentId).toLowerCase()])).toBe(0);
    expect(house.record().status).toBe('APPROVED');
  });

  test('by somebody whom the policy does not name: exit 1, and why', async () => {
    signedInAs(strangerOfIam);
    expect(await approvals(['approve', incidentId], ['yes'])).toBe(1);
    expect(text()).toMatch(/✗ Your approve does not count, as arn:aws:iam::\d+:user\/zoe[\s\S]*does not name you/);
    expect(house.record().votes).toEqual([]);
  });

  test('again is counted once: exit 0', async () => {
    house.tamper({ status: 'PENDING' });
    await approvals(['approve', incidentId], ['yes']);
    house.tamper({ status: 'PENDING' });
    expect(await approvals(['approve', incidentId], ['yes'])).toBe(0);
    expect(text()).toMatch(/was counted already/);
    expect(house.record().votes).toHaveLength(1);
  });

  test('as JSON: the answer alone on standard output', async () => {
    await approvals(['approve', incidentId, '--json'], ['yes']);
    expect(JSON.parse(text())).toMatchObject({
      word: 'approve',
      outcome: 'counted',
      status: 'APPROVED',
      by: anaOfIam.arn,
    });
    expect(err.join('')).toMatch(/Runs exactly this/);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['is decided', () => house.tamper({ status: 'REJECTED' }), /is rejected: nothing waits/],
    ['is over', () => vi.setSystemTime(house.now + 3_600_000), /time to answer this question is over/],
  ])('what %s is not asked about', async (_, happens, why) => {
    happens();
    await expect(approvals(['approve', incidentId], ['yes'])).rejects.toThrow(why);
    untouched();
  });
});

describe('reject', () => {
  test('with a reason is counted, and the reason is kept', async () => {
    expect(await approvals(['reject', incidentId, '--reason', 'wrong host'])).toBe(0);
    expect([house.record().status, house.events('vote_signed')[0]?.word]).toEqual(['REJECTED', 'reject']);
    expect(house.updates[0]?.text).toContain('wrong host');
  });

  test('asks why where it is not said; nothing is no answer', async () => {
    expect(await approvals(['reject', incidentId], [''])).toBe(2);
    untouched();
    expect(await approvals(['reject', incidentId], ['wrong host'])).toBe(0);
    expect(house.record().status).toBe('REJECTED');
  });
});

describe('what is in the way is one clear line', () => {
  const lambdaSays = (name: string, message = 'said the test') =>
    lambda.on(GetFunctionUrlConfigCommand).rejects(Object.assign(new Error(message), { name }));
  test.each<[string, () => unknown, RegExp]>([
    ['no stack here', () => lambdaSays('ResourceNotFoundException'), /not deployed in this account and region/],
    [
      'no right',
      () => lambdaSays('AccessDeniedException', 'not authorized'),
      /AWS does not let you: not authorized.*countersign-approver-REGION/,
    ],
    ['expired credentials', () => lambdaSays('ExpiredTokenException'), /expired: sign in again/],
    ['unknown credentials', () => lambdaSays('UnrecognizedClientException'), /AWS does not let you/],
    ['no credentials', () => lambdaSays('CredentialsProviderError'), /no AWS credentials: sign in/],
    ['no region', () => lambdaSays('Error', 'Region is missing'), /no region: set AWS_REGION/],
    [
      'no door',
      () =>
        lambda
          .on(GetFunctionUrlConfigCommand)
          .resolves({ FunctionUrl: 'http://127.0.0.1:1/', FunctionArn: door.audience }),
      /did not answer.*not known whether/,
    ],
  ])('%s', async (_, happens, why) => {
    happens();
    const refusal = await approvals(['approve', incidentId], ['yes']).catch((error: Error) => error.message);
    expect(refusal).toMatch(why);
    expect(String(refusal)).not.toContain('\n');
    untouched();
  });

  test('a clock that is wrong by minutes', async () => {
    house.now += 300_000;
    await expect(approvals(['approve', incidentId], ['yes'])).rejects.toThrow(
      /not heard: the proof is of .*look at the clock/,
    );
  });
});

describe('what is chosen and typed', () => {
  /** The same question of another kind, about these scripts. */
  function makeOpen(kind: 'choose' | 'input', scripts: readonly string[]): void {
    house.compiled = compiledFor({
      runbook: fixRunbook
        .replace('parameters: {}', 'parameters: { pid: { type: integer, from: person } }')
        .replace('systemctl restart web\n', 'kill {{ pid }}\n'),
    });
    const { question } = house.record();
    const [item] = question.items;
    const [runbook] = house.compiled.runbooks;
    if (!item || !runbook) throw new Error('nothing was asked');
    const changed = {
      ...question,
      kind,
      policyDigest: house.compiled.policyDigest,
      runbook: { id: runbook.id, digest: runbook.digest },
      items: scripts.map((script, at) => ({ ...item, title: `Way ${at + 1}`, scriptHash: sha256(script) })),
    };
    const digest = questionDigest(changed);
    house.tamper({ question: changed, digest });
    const { dispatch } = item;
    house.append({
      ...requested(),
      question: changed,
      requestDigest: digest,
      scripts: scripts.map((script) => ({ dispatch, script })),
    });
  }
  const votes = async () => genuineVotes(house.record().votes, house.record().digest, pem).map(({ vote }) => vote);

  test('every alternative is shown, and the one whose number is typed is signed', async () => {
    makeOpen('choose', ['systemctl restart nginx', 'systemctl restart httpd']);
    expect(await approvals(['choose', incidentId], ['2', 'yes'])).toBe(0);
    for (const shown of ['Alternative 1', 'systemctl restart nginx', 'Alternative 2', 'systemctl restart httpd'])
      expect(text()).toContain(shown);
    expect(await votes()).toMatchObject([{ word: 'choose', choice: 2, by: { name: 'ana', via: 'iam' } }]);
  });

  test.each(['3', '0', 'x', 'nginx'])('there is no alternative %j', async (typed) => {
    makeOpen('choose', ['systemctl restart nginx', 'systemctl restart httpd']);
    expect(await approvals(['choose', incidentId], [typed, 'yes'])).not.toBe(0);
    expect(await votes()).toEqual([]);
  });

  test('each value that is wanted is asked for, checked and signed', async () => {
    makeOpen('input', ['kill {{ pid }}']);
    expect(await approvals(['input', incidentId], ["1'; reboot; '", 'yes'])).toBe(1);
    expect(await votes()).toEqual([]);
    expect(await approvals(['input', incidentId], ['4711', 'yes'])).toBe(0);
    expect(text()).toContain('Wants values to be typed');
    expect(await votes()).toMatchObject([{ word: 'input', parameters: { pid: '4711' } }]);
  });

  test('no is no', async () => {
    makeOpen('input', ['kill {{ pid }}']);
    expect(await approvals(['input', incidentId], ['4711', 'no'])).toBe(2);
    expect(await approvals(['approve', incidentId], ['yes']).catch(({ message }) => message)).toMatch(
      /approve is no answer/,
    );
    expect(await votes()).toEqual([]);
  });
});
