/** `countersign stop | resume | status | suspend | reinstate`: what is said at the door, what is printed, and the exit code. */
import { Command } from 'commander';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { DoorWord } from '../../core/door/spoken.ts';
import { aboutSwitch, switchFields } from '../../core/use-cases/switch-at-door.ts';

const said: DoorWord[] = [];
let answers: Record<string, object> = {};
let typed: string | null = 'yes';
vi.mock('../../cli/door.ts', () => ({
  callDoor: async (spoken: DoorWord) => {
    said.push(spoken);
    const by = 'arn:aws:iam::111122223333:user/ana';
    return {
      kind: 'heard',
      outcome: 'counted',
      status: null,
      by,
      texts: [`${spoken.word} done`],
      ...answers[spoken.word],
    };
  },
}));
vi.mock('../../cli/approvals/answer.ts', () => ({ asked: async () => typed }));
const { registerSwitch } = await import('../../cli/switch.ts');
const { registerRetry } = await import('../../cli/retry.ts');
const { registerRun } = await import('../../cli/run.ts');

const standing = { stopped: true, number: 3, count: 2, stops: [], aborted: null, unended: [], suspended: [] };

async function countersign(...words: string[]): Promise<{ code: unknown; out: string[] }> {
  const out: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line) => void out.push(String(line)));
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  const program = new Command('countersign').exitOverride();
  registerSwitch(program);
  registerRetry(program);
  registerRun(program);
  process.exitCode = undefined;
  try {
    await program.parseAsync(words, { from: 'user' });
    return { code: process.exitCode, out };
  } finally {
    process.exitCode = undefined;
    for (const spy of [log, error]) spy.mockRestore();
  }
}

beforeEach(() => {
  said.length = 0;
  answers = { status: { switch: standing } };
  typed = 'yes';
});

describe('run', () => {
  const id = 'inc-763fa915d472ab296160';

  test('names the runbook about the incident that is over', async () => {
    expect(await countersign('run', 'disk-full', '--incident', id)).toMatchObject({ code: 0 });
    expect(said).toEqual([{ word: 'retry', fields: { incidentId: id, runbook: 'disk-full' } }]);
  });

  test.each([
    [[], /either --alarm NAME or --incident/],
    [['--alarm', 'a', '--incident', id], /either --alarm NAME or --incident/],
    [['--incident', 'inc-1'], /"inc-1" is no incident/],
  ])('with %j says nothing', async (words, why) => {
    await expect(countersign('run', 'disk-full', ...words)).rejects.toThrow(why);
    expect(said).toEqual([]);
  });
});

describe('retry', () => {
  const id = 'inc-763fa915d472ab296160';

  test('is said about the incident, and its exit code is what became of it', async () => {
    expect(await countersign('retry', id)).toMatchObject({ code: 0, out: ['✓ retry done'] });
    expect(said).toEqual([{ word: 'retry', fields: { incidentId: id } }]);
    answers = { retry: { outcome: 'refused', texts: ['This incident still goes on.'] } };
    expect(await countersign('retry', id)).toMatchObject({ code: 1, out: ['✗ This incident still goes on.'] });
  });

  test('of what is no incident says nothing', async () => {
    await expect(countersign('retry', 'inc-1')).rejects.toThrow(/"inc-1" is no incident/);
    expect(said).toEqual([]);
  });
});

describe('what is said', () => {
  test.each([
    [['stop'], { word: 'stop' }],
    [
      ['stop', '--abort', '--reason', 'wrong cluster'],
      { word: 'stop', fields: { abort: true, reason: 'wrong cluster' } },
    ],
    [
      ['suspend', 'Ana Lee', '--reason', 'phished'],
      { word: 'suspend', fields: { name: 'Ana Lee', reason: 'phished' } },
    ],
    [['reinstate', 'ana'], { word: 'reinstate', fields: { name: 'ana' } }],
  ])('%j', async (words, spoken) => {
    expect(await countersign(...words)).toMatchObject({ code: 0 });
    expect(said).toEqual([spoken]);
    expect('why' in aboutSwitch(said[0] as DoorWord, null)).toBe(false);
    const known: readonly string[] = switchFields[spoken.word as keyof typeof switchFields];
    for (const name of Object.keys(said[0]?.fields ?? {})) expect(known).toContain(name);
  });

  test('resume lifts exactly what was shown, and only if the person types yes', async () => {
    expect(await countersign('resume', '--reason', 'looked')).toMatchObject({ code: 0 });
    expect(said).toEqual([{ word: 'status' }, { word: 'resume', fields: { to: 4, reason: 'looked' } }]);
    for (const answer of ['y', 'no', null]) {
      said.length = 0;
      typed = answer;
      expect(await countersign('resume')).toMatchObject({ code: 2 });
      expect(said).toEqual([{ word: 'status' }]);
    }
  });

  test('resume where nothing is stopped says nothing more', async () => {
    answers = { status: { switch: { ...standing, stopped: false } } };
    expect(await countersign('resume')).toMatchObject({ code: 0 });
    expect(said).toEqual([{ word: 'status' }]);
  });
});

describe('exit codes', () => {
  test('status: 3 stopped, 0 not, an error where it is not known', async () => {
    expect(await countersign('status')).toMatchObject({ code: 3 });
    const { out, code } = await countersign('status', '--json');
    expect([code, JSON.parse(out.join())]).toEqual([3, { by: expect.any(String), ...standing }]);
    answers = { status: { switch: { ...standing, stopped: false } } };
    expect(await countersign('status')).toMatchObject({ code: 0 });
    answers = { status: { outcome: 'refused', texts: ['The policy does not name you.'] } };
    await expect(countersign('status')).rejects.toThrow('The policy does not name you.');
  });

  test('1 where it does not count, with the reason', async () => {
    answers = { stop: { outcome: 'refused', texts: ['You may not do that. ben may.'] } };
    const { code, out } = await countersign('stop', '--abort');
    expect(code).toBe(1);
    expect(out.join()).toContain('You may not do that. ben may.');
  });
});

test.each([
  [{ word: 'stop', fields: { abort: 'yes' } }, 'the field abort must be true or false'],
  [{ word: 'resume', fields: { to: 0 } }, 'the field to must be the number of a stop, from 1 to 999999999'],
  [{ word: 'resume', fields: { to: '1' } }, 'the field to must be the number of a stop, from 1 to 999999999'],
  [{ word: 'suspend' }, '"suspend" needs the field name: of a person in the policy'],
])('at the door %j is refused: %s', (spoken, why) => {
  expect(aboutSwitch(spoken as DoorWord, null)).toEqual({ why });
});
