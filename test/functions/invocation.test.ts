/** One invocation: its line in the log, and what AWS could not answer as the word `again`. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { invocation, invocationOrAgain } from '../../functions/wiring/invocation.ts';

const about = {
  incidentId: 'inc-1',
  token: 'AAAA-token',
  dispatch: { step: 1, part: 'run', attempt: 1, wave: 1 },
} as const;
const again = { outcome: 'again', seconds: 60 } as const;
const lines: unknown[] = [];

beforeEach(() => {
  lines.length = 0;
  const note = (line: unknown) => {
    lines.push(JSON.parse(String(line)));
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(note);
  vi.spyOn(process.stderr, 'write').mockImplementation(note);
});
afterEach(() => vi.restoreAllMocks());

function named(name: string, more: object = {}): Error {
  return Object.assign(new Error(`${name}: secret-in-a-message`), { name, ...more });
}

describe('what AWS could not answer', () => {
  test.each([
    ['a throttle', named('ThrottlingException')],
    ['DynamoDB’s throttle', named('ProvisionedThroughputExceededException')],
    ['a conflict', named('TransactionCanceledException', { CancellationReasons: [{ Code: 'TransactionConflict' }] })],
    ['a 500', named('InternalServerError', { $fault: 'server', $metadata: { httpStatusCode: 500 } })],
    ['a reset', Object.assign(named('Error'), { code: 'ECONNRESET' })],
    ['one of these as the cause', new Error('audit: unavailable', { cause: named('ThrottlingException') })],
  ])('%s is answered as again', async (_, error) => {
    const answer = await invocationOrAgain(about, again, () => Promise.reject(error));
    expect(answer).toMatchObject(again);
    expect(lines).toMatchObject([{ incidentId: 'inc-1', outcome: 'again', cause: expect.any(String) }]);
    expect(JSON.stringify(lines)).not.toContain('secret-in-a-message');
  });

  test.each([
    ['a refusal', named('AccessDeniedException', { $fault: 'client', $metadata: { httpStatusCode: 400 } })],
    [
      'a condition beside a conflict',
      named('TransactionCanceledException', {
        CancellationReasons: [{ Code: 'ConditionalCheckFailed' }, { Code: 'TransactionConflict' }],
      }),
    ],
    ['an error of ours', new TypeError('x is not a function')],
  ])('%s is thrown', async (_, error) => {
    await expect(invocationOrAgain(about, again, () => Promise.reject(error))).rejects.toBe(error);
    expect(lines).toMatchObject([{ incidentId: 'inc-1', error: error.name }]);
  });
});

test('an invocation is one line: ids, the words of the answer, how long it took, and nothing that may be secret', async () => {
  const answer = { outcome: 'succeeded', seconds: 0, stdout: 'password=hunter2', token: 'T' };
  expect(await invocation(about, async () => answer)).toBe(answer);
  expect(lines).toEqual([
    {
      level: 'INFO',
      message: 'invocation',
      service: 'countersign',
      timestamp: expect.any(String),
      sampling_rate: 0,
      incidentId: 'inc-1',
      dispatch: about.dispatch,
      outcome: 'succeeded',
      milliseconds: expect.any(Number),
      coldStart: expect.any(Boolean),
    },
  ]);
});
