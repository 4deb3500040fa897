/** Suspended people: any row at the next number of a name bars approving, only a signed one bars more, and only a genuine word lifts. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type PayloadType, payloadTypes, seal } from '../../../core/dsse.ts';
import { readSuspension, readSuspensions, type Suspension } from '../../../core/incident/suspension.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = async () => publicKey.export({ type: 'spki', format: 'pem' }).toString();
const said = { format: 1, by: { name: 'ben', via: 'slack', id: 'U0000000002' }, at: '2026-11-21T04:00:00Z' };
const unsigned: Suspension = { by: 'somebody', why: 'because', at: '2026-11-21T03:00:00Z', envelope: null };

const sealed = (type: PayloadType, payload: object, key = privateKey) =>
  seal(type, { ...said, reason: 'looked at it', ...payload }, async (message) => ({
    keyid: 'k',
    sig: sign('sha256', message, key).toString('base64'),
  }));
const reinstate = (name: string, from: number, to: number, key = privateKey) =>
  sealed(payloadTypes.reinstate, { name, from, to }, key);
const suspend = async (name: string, number: number, key = privateKey): Promise<Suspension> => ({
  ...unsigned,
  envelope: await sealed(payloadTypes.suspend, { name, number }, key),
});

/** Rows by `name 1`, as Control holds them. */
function reading(suspensions: Record<string, Suspension>, words: Record<string, unknown> = {}) {
  const reader = {
    suspension: async (name: string, number: number) => suspensions[`${name} ${number}`] ?? null,
    reinstatement: async (name: string, number: number) => words[`${name} ${number}`] ?? null,
  };
  return { of: (name: string) => readSuspension(reader, pem, name), reader };
}

describe('a person', () => {
  test('without a row may approve, and a burn demands that number 1 stays absent', async () => {
    expect(await reading({}).of('ana')).toEqual({
      name: 'ana',
      suspended: false,
      signed: false,
      number: 1,
      suspension: null,
    });
  });

  test('is suspended by any row at number 1, and by none behind a gap or under another name', async () => {
    const { of } = reading({ 'ana 1': unsigned, 'ben 2': unsigned });
    expect(await of('ana')).toMatchObject({ suspended: true, signed: false, number: 1, suspension: unsigned });
    expect(await of('ben')).toMatchObject({ suspended: false, number: 1 });
  });

  test('is reinstated by one signed word for a whole stretch, and suspended again by the next row', async () => {
    const rows = { 'ana 1': unsigned, 'ana 2': unsigned, 'ana 3': unsigned };
    const word = { 'ana 1': await reinstate('ana', 1, 3) };
    expect(await reading(rows, word).of('ana')).toMatchObject({ suspended: false, number: 4 });
    expect(await reading({ ...rows, 'ana 4': unsigned }, word).of('ana')).toMatchObject({ suspended: true, number: 4 });
  });

  test.each([
    ['is no envelope', async () => ({ from: 1, to: 9 })],
    ['another key signed', () => reinstate('ana', 1, 9, other.privateKey)],
    ['was said of somebody else', () => reinstate('ben', 1, 9)],
    ['begins elsewhere', () => reinstate('ana', 2, 9)],
    ['ends before it begins', () => reinstate('ana', 1, 0)],
    ['was signed as a resume', () => sealed(payloadTypes.resume, { name: 'ana', from: 1, to: 9 })],
  ])('stays suspended under a word that %s', async (_, word) => {
    expect(await reading({ 'ana 1': unsigned }, { 'ana 1': await word() }).of('ana')).toMatchObject({
      suspended: true,
      number: 1,
    });
  });
});

describe('a suspension', () => {
  test('that the key signed for this row bars more than approving', async () => {
    expect(await reading({ 'ana 1': await suspend('ana', 1) }).of('ana')).toMatchObject({
      suspended: true,
      signed: true,
    });
  });

  test.each([
    ['of another key', () => suspend('ana', 1, other.privateKey)],
    ['of somebody else', () => suspend('ben', 1)],
    ['copied from a number that was lifted', () => suspend('ana', 7)],
  ])('%s is an unsigned one', async (_, row) => {
    expect(await reading({ 'ana 1': await row() }).of('ana')).toMatchObject({ suspended: true, signed: false });
  });
});

test('each name is read once, and a read that fails is not an answer', async () => {
  const { reader } = reading({ 'ben 1': unsigned });
  const found = await readSuspensions(reader, pem, ['ana', 'ben', 'ana']);
  expect(found.map(({ name, suspended }) => [name, suspended])).toEqual([
    ['ana', false],
    ['ben', true],
  ]);
  const failing = { ...reader, suspension: () => Promise.reject(new Error('no table')) };
  await expect(readSuspensions(failing, pem, ['ana'])).rejects.toThrow('no table');
});
