/** `countersign audit`: what an auditor sees, and the exit code a script relies on. */
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { registerAudit } from '../../cli/audit.ts';
import { type AuditEntry, type AuditEvent, nextEntry } from '../../core/audit/entry.ts';
import { canonicalJson } from '../../core/digest.ts';
import { approving, World } from '../support/world.ts';

const database = mockClient(DynamoDBDocumentClient);
let lines: string[] = [];

beforeEach(() => {
  process.env.AWS_REGION = 'eu-central-1';
  lines = [];
  const print = (text: string) => {
    lines.push(text.replace(/\u001b\[\d+m/g, ''));
  };
  vi.spyOn(console, 'log').mockImplementation(print);
  vi.spyOn(console, 'error').mockImplementation(print);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

/** Runs `countersign audit …` over a table with these items' texts and these open incidents. */
async function audit(arguments_: string[], stored: readonly unknown[], open: readonly string[] = []) {
  database.reset();
  database.on(QueryCommand).callsFake(({ TableName, ExpressionAttributeValues: values }) => {
    if (TableName === 'countersign-work') return { Items: open.map((sk) => ({ pk: 'OPEN', sk })) };
    expect(values).toMatchObject({ ':chain': arguments_[1] });
    return { Items: stored.map((entry) => ({ entry: typeof entry === 'string' ? entry : canonicalJson(entry) })) };
  });
  const program = new Command('countersign');
  registerAudit(program);
  await program.parseAsync(['audit', ...arguments_], { from: 'user' });
  return process.exitCode;
}

async function closedChain(): Promise<{ id: string; chain: AuditEntry[] }> {
  const world = new World();
  const id = await world.ring();
  await world.run(id, approving);
  return { id, chain: world.chains.get(id) ?? [] };
}
const { id, chain } = await closedChain();

describe('verify', () => {
  test('a whole, closed chain is exit 0', async () => {
    expect(await audit(['verify', id], chain)).toBe(0);
    expect(lines).toEqual([`✓ ${id}: ${chain.length} entries, whole, closed`]);
  });

  test('a whole chain of an open incident is exit 0, and the same chain of one that is not open was cut', async () => {
    expect(await audit(['verify', id], chain.slice(0, 5), [id])).toBe(0);
    expect(lines).toEqual([`✓ ${id}: 5 entries, whole, still open`]);
    expect(await audit(['verify', id], chain.slice(0, 5))).toBe(1);
    expect(lines.at(-1)).toMatch(/^✗ the chain has no closing entry although the incident is not open/);
  });

  const tampered: [string, readonly unknown[], RegExp][] = [
    ['nothing there', [], /^✗ entry 0: chain inc-\w+ has no entries/],
    ['an entry changed', chain.with(2, { ...(chain[2] as AuditEntry), actor: 'nobody' }), /^✗ entry 3: was changed/],
    ['an entry removed', chain.toSpliced(4, 1), /^✗ entry 5: .*removed/],
    ['two entries swapped', [...chain.slice(0, 3), chain[4], chain[3], ...chain.slice(5)], /^✗ entry 4: /],
    ['the first entry removed', chain.slice(1), /^✗ entry 1: /],
    [
      'something after the end',
      [
        ...chain,
        nextEntry(
          id,
          chain.at(-1) ?? null,
          { entryId: 'x', at: 'now', actor: 'x' },
          { kind: 'incident_closed', status: 'resolved', cause: null },
        ),
      ],
      /follows a closing entry/,
    ],
    ['text that is no JSON', [...chain.slice(0, 2), 'no JSON', ...chain.slice(3)], /^✗ entry 3: not an audit entry/],
  ];
  test.each(tampered)('%s is exit 1, and says where', async (_, stored, problem) => {
    expect(await audit(['verify', id], stored, [id])).toBe(1);
    expect(lines.join('\n')).toMatch(new RegExp(problem, 'm'));
    expect(lines.join('\n')).not.toContain('✓');
  });

  test('the report as JSON says the same', async () => {
    expect(await audit(['verify', id, '--json'], chain.toSpliced(4, 1))).toBe(1);
    expect(JSON.parse(String(lines[0]))).toMatchObject({
      chain: id,
      whole: false,
      closed: true,
      problems: expect.arrayContaining([expect.stringMatching(/entry 5/)]),
    });
    await audit(['verify', id, '--json'], chain);
    expect(JSON.parse(String(lines[1]))).toMatchObject({ whole: true, problems: [] });
  });

  test('a day’s chain never closes, and is whole all the same', async () => {
    const day = 'DAY#2026-11-21';
    const author = { entryId: 'a', at: '2026-11-21T03:00:00.000Z', actor: 'triage' };
    const entry = nextEntry(day, null, author, { kind: 'envelope_refused', alarmArn: null, why: 'junk' });
    expect(await audit(['verify', day], [entry])).toBe(0);
  });
});

const hostile =
  'one\ntwo\r\u001b[2J\u001b]8;;http://evil\u0007link \u202egnp.exe\u200b\ttab\u2028line \u009b31m <b>&amp;[x $(rm -rf /)]';

/** What a terminal would interpret, or what would begin a line of its own. */
const dangerous = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

describe('show', () => {
  test('prints one line per entry, in order, and exit 0', async () => {
    expect(await audit(['show', id], chain)).toBe(0);
    expect(lines).toHaveLength(chain.length);
    expect(lines[0]).toMatch(/^\+ +0\.0 s {2}triage +incident opened for fix-web; candidates: fix/);
    expect(lines.join('\n')).toMatch(
      /ana votes approve on step 2 run, signed[\s\S]*about to send step 2 run \(modifying\) to i-/,
    );
    expect(lines.at(-1)).toMatch(/closed as unverified/);
  });

  test('an unknown chain is exit 1 with words', async () => {
    expect(await audit(['show', 'inc-00000000000000000000'], [])).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/inc-0{20} has no entries/)]);
  });

  test('hostile text in every field is displayed literally, on one line per entry', async () => {
    const author = { entryId: 'e', at: '2026-11-21T03:00:00.000Z', actor: hostile };
    const person = { id: hostile, name: hostile };
    const dispatch = { step: 2, part: 'run', attempt: 1 } as const;
    const events: AuditEvent[] = [
      {
        kind: 'incident_opened',
        alarmArn: hostile,
        alarmName: hostile,
        contributorId: hostile,
        stateChangedAt: hostile,
        candidates: [{ runbookId: hostile, confidence: 1, why: hostile }],
      },
      { kind: 'envelope_refused', alarmArn: hostile, why: hostile },
      {
        kind: 'gate_decided',
        decision: 'halt',
        dispatch,
        status: 'halted',
        reasons: [{ rule: hostile, text: hostile }],
      },
      { kind: 'vote_refused', reference: hostile, by: person, decision: 'approve', why: hostile },
      { kind: 'approval_undeliverable', dispatch, why: hostile },
      { kind: 'command_sent', dispatch, commandId: null, error: hostile },
      { kind: 'incident_closed', status: 'failed', cause: hostile },
    ];
    const stored = events.map((event) => nextEntry(id, null, author, event));
    await audit(['show', id], stored);
    expect(lines).toHaveLength(events.length);
    for (const line of lines) {
      expect(line).not.toMatch(dangerous);
      expect(line).toContain('[x $(rm -rf /)]');
      expect(line).toContain('\\u{202e}gnp.exe\\u{200b}');
    }
  });

  test('what cannot be read is one line too, and exit 1', async () => {
    const broken = [
      chain[0],
      `{"chain":"${'x'.repeat(10)}\\n\\u001b[2J"}`,
      'no \u001b[2J JSON',
      { ...(chain[3] as AuditEntry), at: `yesterday${hostile}` },
    ];
    expect(await audit(['show', id], broken)).toBe(1);
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/entry 2 cannot be read: .*countersign audit verify/);
    for (const line of lines) expect(line).not.toMatch(dangerous);
  });
});

test('hostile text in what verify finds wrong is displayed literally too', async () => {
  const foreign = nextEntry(
    hostile,
    null,
    { entryId: 'e', at: 'x', actor: 'x' },
    { kind: 'incident_closed', status: 'failed', cause: null },
  );
  expect(await audit(['verify', id], [foreign, { [hostile]: 1 }], [id])).toBe(1);
  for (const line of lines) expect(line).not.toMatch(dangerous);
  expect(lines.join('\n')).toContain('\\u{202e}gnp.exe');
});
