/** What can be told of a proof without STS: everything that is not exactly the request we want, signed whole, now. */
import { beforeEach, describe, expect, test } from 'vitest';
import { signed } from '../../../adapters/sts/sign.ts';
import { identityRequest, proofRefusal, proofSeconds, proofToSign } from '../../../core/door/proof.ts';
import { boundTo, type DoorWord } from '../../../core/door/spoken.ts';
import { region, start } from '../../support/fixtures.ts';
import { anaBySession, anaOfIam, door } from './principals.ts';

const dispatch = { step: 2, part: 'run', attempt: 1, wave: 1 } as const;
const spoken: DoorWord = {
  word: 'approve',
  question: { incidentId: `inc-${'0a'.repeat(10)}`, dispatch, revision: 1, digest: '0f'.repeat(32) },
};

let headers: Record<string, string>;
beforeEach(async () => {
  headers = await signed(proofToSign(spoken, door), anaOfIam, start);
});
const refusal = (changes: Record<string, string> = {}, now = start, said = spoken, at = door) =>
  proofRefusal({ ...headers, ...changes }, said, at, now);
const without = (name: string) =>
  proofRefusal(Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name)), spoken, door, start);

test('a proof of now, for exactly this, is worth asking STS; one with a session token too', async () => {
  expect(refusal()).toBeNull();
  headers = await signed(proofToSign(spoken, door), anaBySession, start);
  expect(headers['x-amz-security-token']).toBe('token-of-the-session');
  expect(refusal()).toBeNull();
});

test('every header is signed: the word, the question, the fields, the deployment, the host and the time', () => {
  expect(headers.authorization).toContain(
    'SignedHeaders=content-type;host;x-amz-date;x-countersign-about;x-countersign-audience;x-countersign-fields;x-countersign-word,',
  );
  expect(headers).toMatchObject({
    host: `sts.${region}.amazonaws.com`,
    'x-countersign-about': `inc-${'0a'.repeat(10)}.2.run.1.1.r0001.${'0f'.repeat(32)}`,
    'x-countersign-audience': door.audience,
    'x-countersign-word': 'approve',
  });
});

test('the request is STS’s own and takes no parameter', () => {
  expect(identityRequest).toMatchObject({
    method: 'POST',
    path: '/',
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
  });
});

describe('the time', () => {
  test.each([
    [0, true],
    [proofSeconds, true],
    [-proofSeconds, true],
    [proofSeconds + 1, false],
    [-proofSeconds - 1, false],
    [3600, false],
  ])('%i s later: %s', (seconds, isTaken) => {
    expect(refusal({}, start + seconds * 1000) === null).toBe(isTaken);
  });

  test.each([
    '',
    '20260230T030000Z',
    '2026-11-21T03:00:00Z',
    '20261121T030000',
    '20261121T250000Z',
    '99999999T999999Z',
  ])('%j is none', (date) => {
    expect(refusal({ 'x-amz-date': date })).toMatch(/is no time|is not plain/);
  });

  test('and the day of the signature are the same', () => {
    const yesterday = (headers.authorization ?? '').replace('/20261121/', '/20261120/');
    expect(refusal({ authorization: yesterday })).toMatch(/another day/);
  });
});

describe('what it is about', () => {
  const others: [string, DoorWord][] = [
    ['another word', { ...spoken, word: 'skip' }],
    ['another digest', { ...spoken, question: { ...spoken.question, digest: 'ff'.repeat(32) } as never }],
    ['another revision', { ...spoken, question: { ...spoken.question, revision: 2 } as never }],
    ['another incident', { ...spoken, question: { ...spoken.question, incidentId: `inc-${'1'.repeat(20)}` } as never }],
    ['a reason that was not signed', { ...spoken, fields: { reason: 'no' } }],
    ['no question', { word: 'approve' }],
  ];
  test.each(others)('%s is refused', (_, said) => {
    expect(refusal({}, start, said)).toMatch(/^the header x-countersign-/);
  });

  test('another deployment, and STS of another region, are refused', () => {
    expect(refusal({}, start, spoken, { ...door, audience: door.audience.replace(region, 'us-west-2') })).toMatch(
      /audience/,
    );
    expect(refusal({}, start, spoken, { ...door, audience: door.audience.replace(/\d{12}/, '999988887777') })).toMatch(
      /audience/,
    );
    expect(refusal({}, start, spoken, { ...door, stsHost: 'sts.amazonaws.com' })).toMatch(/header host/);
  });

  test('a command without a question is bound to its fields and to the deployment', () => {
    const of = (fields: DoorWord['fields'], audience = door.audience) =>
      boundTo({ word: 'resume', ...(fields && { fields }) }, audience);
    const abouts = [of({ to: 3 }), of({ to: 4 }), of(undefined), of({ to: 3 }, 'other')].map(
      (all) => all['x-countersign-about'],
    );
    expect(new Set(abouts).size).toBe(4);
    expect(of({ to: 3, from: 1 })).toEqual(of({ from: 1, to: 3 }));
  });
});

describe('the headers', () => {
  test.each([
    ['a foreign one', { 'x-amz-target': 'AWSSecurityTokenServiceV20110615.AssumeRole' }, /none of it/],
    ['one that would change the body’s hash', { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, /none of it/],
    ['a name in capitals beside its own', { Host: 'evil.example' }, /none of it/],
    ['a name of every object', { constructor: 'x' }, /none of it/],
    ['another host', { host: 'evil.example' }, /header host/],
    ['another host after ours', { host: `sts.${region}.amazonaws.com,evil.example` }, /header host/],
    ['a port', { host: `sts.${region}.amazonaws.com:8443` }, /header host/],
    ['another type', { 'content-type': 'application/json' }, /content-type/],
    ['a token over two lines', { 'x-amz-security-token': 'a\r\nx-evil: 1' }, /not plain/],
    ['spaces that a signature does not cover', { 'x-amz-security-token': 'a  b' }, /not plain/],
    ['a token that is not signed', { 'x-amz-security-token': 'a' }, /not every header/],
    ['nothing', { 'x-countersign-word': '' }, /word/],
  ])('%s are refused', (_, changes, why) => {
    expect(refusal(changes)).toMatch(why);
  });

  test.each(
    Object.keys({
      authorization: 1,
      'content-type': 1,
      host: 1,
      'x-amz-date': 1,
      'x-countersign-about': 1,
      'x-countersign-audience': 1,
      'x-countersign-fields': 1,
      'x-countersign-word': 1,
    }),
  )('none without %s is taken', (name) => {
    expect(without(name)).not.toBeNull();
  });
});

describe('the signature', () => {
  test.each<[string, (text: string) => string, RegExp]>([
    ['of another service', (text) => text.replace('/sts/', '/iam/'), /no signature/],
    ['of another region', (text) => text.replace(`/${region}/`, '/us-west-2/'), /us-west-2/],
    ['of another kind', (text) => text.replace('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'), /no signature/],
    ['that is too short', (text) => text.slice(0, -1), /no signature/],
    ['with something behind it', (text) => `${text}, Credential=x`, /no signature/],
    ['with a header left out', (text) => text.replace(';x-countersign-word', ''), /not every header/],
    ['with a header twice', (text) => text.replace('host;', 'host;host;'), /not every header/],
    [
      'with headers in another order',
      (text) => text.replace('content-type;host', 'host;content-type'),
      /not every header/,
    ],
    [
      'with two lists of headers',
      (text) => text.replace('SignedHeaders', 'SignedHeaders=host, SignedHeaders'),
      /no signature/,
    ],
    ['that is a bearer', () => 'Bearer x', /no signature/],
  ])('%s is refused', (_, change, why) => {
    expect(refusal({ authorization: change(headers.authorization ?? '') })).toMatch(why);
  });

  test('of a presigned request is none: it would stand in the query, which does not travel', () => {
    const presigned = { 'X-Amz-Signature': 'ff', 'X-Amz-Credential': 'x', 'X-Amz-Algorithm': 'AWS4-HMAC-SHA256' };
    expect(refusal(presigned)).toMatch(/none of it/);
    expect(without('authorization')).toMatch(/no signature/);
  });
});
