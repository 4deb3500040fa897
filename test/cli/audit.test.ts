/** `countersign audit`: what an auditor sees, and the exit code a script relies on. */
import { createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { registerAudit } from '../../cli/audit.ts';
import { archivedItems, checkpointName } from '../../core/audit/archived.ts';
import { nextEntry, readChain, recoveryChain } from '../../core/audit/chain.ts';
import type { AuditEvent, EventOf } from '../../core/audit/entry.ts';
import type { AuditEntry } from '../../core/audit/envelope.ts';
import type { Burn } from '../../core/burn.ts';
import { canonicalJson } from '../../core/digest.ts';
import { dispatchName } from '../../core/dispatch.ts';
import { checkpointKey, signed } from '../core/audit/checkpoints.ts';
import { genuine, publicKey, rehashed } from '../core/audit/genuine.ts';
import type { MemoryBucket } from '../support/memory/bucket.ts';
import { mockArchive } from '../support/mock-archive.ts';

const database = mockClient(DynamoDBDocumentClient);
const kms = mockClient(KMSClient);
let lines: string[] = [];

beforeEach(() => {
  process.env.AWS_REGION = 'eu-central-1';
  lines = [];
  const print = (text: string) => void lines.push(text.replace(/\u001b\[\d+m/g, ''));
  vi.spyOn(console, 'log').mockImplementation(print);
  vi.spyOn(console, 'error').mockImplementation(print);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

const shape = { reads: 1, changes: ['modifying'], standing: false, closed: true, late: true } as const;
const { id, entries: chain, facts } = await genuine('fix-web', shape);

/** What lies in the tables beside the chain. */
interface Beside {
  readonly open?: readonly string[];
  readonly burns?: readonly Burn[];
  readonly recovery?: readonly AuditEntry[];
  /** What the work table keeps of step 2's output. */
  readonly printed?: string;
  /** Tables that refuse to be read. */
  readonly refused?: readonly string[];
}

const change = { step: 2, part: 'run', attempt: 1, wave: 1 };

/** As the chain's hashes name it when `stdout` is `out`. */
function outputOf(stdout: string) {
  const target = chain.flatMap(({ event }) =>
    event.kind === 'command_finished' ? (event as EventOf<'command_finished'>).results : [],
  )[0]?.target;
  return { target, exitCode: 0, stdout, stderr: '' };
}

/** What archive and checkpoint have of the chain is what its table has: only what it says itself is judged here. */
async function archiveAsItIs(bucket: MemoryBucket, name: string, texts: readonly string[]): Promise<void> {
  if (texts.length > 0)
    await bucket.put(
      archivedItems(
        name,
        texts.map((text, index) => ({ place: index + 1, text })),
      ),
    );
  const hash = readChain(
    name,
    texts.map((text, index) => ({ place: index + 1, text })),
    new Set([texts.length]),
  ).hashes.get(texts.length);
  if (hash === undefined) return;
  const at = '2026-11-21T03:01:00.000Z';
  const made = await signed(null, [{ chain: name, length: texts.length, hash }], at);
  await bucket.put({ name: checkpointName(1), body: JSON.stringify({ ...made, through: at, notes: [] }) });
}

/** Runs `countersign audit …` over an account with these items' texts. */
async function audit(arguments_: string[], stored: readonly unknown[], beside: Beside = {}) {
  const { open = [], burns = facts.burns, recovery = [], printed, refused = [] } = beside;
  kms.reset();
  for (const [alias, pem] of Object.entries({ approval: publicKey, checkpoint: checkpointKey })) {
    const PublicKey = createPublicKey(pem).export({ format: 'der', type: 'spki' });
    kms.on(GetPublicKeyCommand, { KeyId: `alias/countersign-${alias}` }).resolves({ PublicKey });
  }
  const texts = stored.map((entry) => (typeof entry === 'string' ? entry : canonicalJson(entry)));
  await archiveAsItIs(mockArchive(), String(arguments_[1]), texts);
  database.reset();
  database.on(GetCommand).resolves({});
  database.on(QueryCommand).callsFake(({ TableName, ExpressionAttributeValues: values }) => {
    if (refused.includes(TableName)) throw new Error(`not authorized to read ${TableName}`);
    if (TableName === 'countersign-work' && values?.[':prefix'] === 'OUTPUT#')
      return { Items: printed === undefined ? [] : [{ dispatch: change, outputs: [outputOf(printed)] }] };
    if (TableName === 'countersign-work') return { Items: open.map((sk) => ({ pk: 'OPEN', sk })) };
    if (TableName === 'countersign-dispatches')
      return { Items: burns.map((burn) => ({ ...burn, pk: id, sk: `BURN#${dispatchName(burn.dispatch)}` })) };
    const asked = Object.values(values ?? {}).map(String);
    if (asked.some((name) => name.startsWith('DISPATCH#'))) return { Items: [] };
    const items = asked.includes(recoveryChain(String(arguments_[1]))) ? recovery.map(canonicalJson) : texts;
    return { Items: items.map((entry, index) => ({ sk: index + 1, entry })) };
  });
  const program = new Command('countersign');
  registerAudit(program);
  await program.parseAsync(['audit', ...arguments_], { from: 'user' });
  return process.exitCode;
}

describe('verify', () => {
  test('a whole, closed chain with its votes and burns is exit 0', async () => {
    expect(await audit(['verify', id], chain)).toBe(0);
    expect(lines).toEqual([`✓ ${id}: ${chain.length} entries, whole, closed`]);
  });

  test('an open incident cannot be told, exit 2; the same chain of one that is not open was cut, exit 1', async () => {
    const [beginning, burns] = [chain.slice(0, 3), [] as Burn[]];
    expect(await audit(['verify', id], beginning, { open: [id], burns })).toBe(2);
    expect(lines.at(-1)).toBe(`? ${id}: 3 entries, not closed: nothing contradicts, but not everything could be told`);
    expect(await audit(['verify', id], beginning, { burns })).toBe(1);
    expect(lines.at(-1)).toMatch(/^✗ entry 4: is missing: no closing entry, although the incident is not open/);
  });

  test.each([
    [
      'countersign-dispatches',
      /^! the table countersign-dispatches could not be read: not authorized/,
      /Dispatches was not given/,
    ],
    ['countersign-work', /^! the table countersign-work could not be read/, /whole, closed/],
  ])('without %s it says so, and what cannot be told', async (table, warning, result) => {
    const code = await audit(['verify', id], chain, { refused: [table] });
    expect(lines[0]).toMatch(warning);
    expect(lines.join('\n')).toMatch(result);
    expect(code).toBe(table === 'countersign-dispatches' ? 2 : 0);
  });

  test('an audit that cannot be read is no finding: exit 2', async () => {
    await expect(audit(['verify', id], chain, { refused: ['countersign-audit'] })).rejects.toThrow(/not authorized/);
    expect(process.exitCode).toBe(2);
  });

  const tampered: [string, readonly unknown[], RegExp][] = [
    ['nothing there, and something was burnt', [], /^✗ entry 1: is missing: 1.run.1.1 was burnt/],
    ['an entry changed', chain.with(2, { ...(chain[2] as AuditEntry), actor: 'nobody' }), /^✗ entry 3: was changed/],
    ['an entry removed', chain.toSpliced(4, 1), /^✗ entry 5: .*removed/],
    ['two entries swapped', [...chain.slice(0, 3), chain[4], chain[3], ...chain.slice(5)], /^✗ entry 4: /],
    [
      'an intent removed and all hashed anew',
      rehashed(chain.toSpliced(3, 1)),
      /^✗ entry 4: command_sent of 1.run.1.1 without an intent/,
    ],
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
      /follows the closing entry/,
    ],
    ['text that is no JSON', [...chain.slice(0, 2), 'no JSON', ...chain.slice(3)], /^✗ entry 3: is no audit entry/],
  ];
  test.each(tampered)('%s is exit 1, and says where', async (_, stored, problem) => {
    expect(await audit(['verify', id], stored)).toBe(1);
    expect(lines.join('\n')).toMatch(new RegExp(problem, 'm'));
    expect(lines.join('\n')).not.toContain('✓');
  });

  test('the report as JSON says the same', async () => {
    expect(await audit(['verify', id, '--json'], chain.toSpliced(4, 1))).toBe(1);
    expect(JSON.parse(String(lines[0]))).toMatchObject({
      chain: id,
      verdict: 'broken',
      closed: true,
      problems: expect.arrayContaining([{ place: 5, problem: expect.stringMatching(/removed/) }]),
    });
    await audit(['verify', id, '--json'], chain);
    expect(JSON.parse(String(lines[1]))).toMatchObject({ verdict: 'whole', problems: [], cannotTell: [] });
  });

  test('a kind from the future is named: exit 2; a recovery chain too, which beside a whole chain is tampering: exit 1', async () => {
    const last = chain.at(-4) as AuditEntry;
    const future = rehashed(chain.toSpliced(-3, 0, { ...last, entryId: 'f', event: { kind: 'weather_seen' } }));
    expect(await audit(['verify', id], future)).toBe(2);
    expect(lines[0]).toMatch(new RegExp(`^\\? entry ${chain.length - 2}: is of the kind "weather_seen"`));
    const closing = nextEntry(
      recoveryChain(id),
      null,
      { entryId: 'r', at: last.at, actor: 'close' },
      { kind: 'incident_closed', status: 'halted', cause: 'audit.broken' },
    );
    const broken = chain.with(2, { ...(chain[2] as AuditEntry), actor: 'nobody' });
    expect(await audit(['verify', id], broken, { recovery: [closing] })).toBe(1);
    expect(lines.join('\n')).toMatch(/#recovery has 1 entries/);
    expect(await audit(['verify', id], chain, { recovery: [closing] })).toBe(1);
    expect(lines.join('\n')).toMatch(/lies beside a chain that nothing is wrong with/);
  });

  test('a day’s chain never closes: its end cannot be told', async () => {
    const day = 'DAY#2026-11-21#0';
    const author = { entryId: 'a', at: '2026-11-21T03:00:00.000Z', actor: 'triage' };
    const entry = nextEntry(day, null, author, { kind: 'envelope_refused', alarmArn: null, why: 'junk' });
    expect(await audit(['verify', day], [entry])).toBe(2);
    expect(await audit(['verify', day], [{ ...entry, actor: 'x' }])).toBe(1);
  });
});

const hostile =
  'one\ntwo\r\u001b[2J\u001b]8;;http://evil\u0007link \u202egnp.exe\u200b\ttab\u2028line \u009b31m <b>&amp;[x $(rm -rf /)]';

/** What a terminal would interpret, or what would begin a line of its own. */
const dangerous = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

describe('show', () => {
  test('prints one line per entry, in order, and exit 0', async () => {
    expect(await audit(['show', id], chain)).toBe(0);
    const head = lines.splice(0, lines.length - chain.length);
    expect(head[0]).toMatch(/^fix-web {2}arn:aws:cloudwatch:eu-central-1:111122223333:alarm:fix-web$/);
    expect(head[1]).toMatch(/^from 2026-11-2\d \d\d:\d\d:\d\d \S+ \(2026-11-21T03:00:01\.000Z\)$/);
    expect(head[3]).toMatch(/^runbook fix, SHA-256 [0-9a-f]{64}; live, production; policy [0-9a-f]{64}$/);
    expect(head[4]).toMatch(/^parameters: .*; targets: /);
    expect(head[5]).toMatch(/^ana \(slack U0000000001\) said approve to step 2 run, 2026-11-21T/);
    expect(lines[0]).toMatch(/^\+ +0\.0 s {2}triage +incident opened for fix-web; candidates: fix/);
    expect(lines.join('\n')).toMatch(
      /ana says approve to step 2 run, signed[\s\S]*about to send step 2 run \(modifying\) to i-/,
    );
    expect(lines.at(-3)).toMatch(/closed as resolved/);
    expect(lines.at(-2)).toMatch(/late: step 2 run succeeded/);
  });

  test('--outputs prints below it what each command printed, and of a text that the audit does not name only that it is missing', async () => {
    expect(await audit(['show', id, '--outputs'], chain, { printed: 'out' })).toBe(0);
    const asked = lines.findIndex((line) => /step 2 run, the command that was asked about/.test(line));
    expect(lines[asked + 1]).toBe("systemctl restart 'unit-2'");
    const at = lines.findIndex((line) => /step 2 run ran, on i-/.test(line));
    expect(lines.slice(at, at + 2)).toEqual([expect.stringMatching(/step 2 run ran, on i-/), 'out']);
    await audit(['show', id, '--outputs'], chain, { printed: 'forged' });
    expect(lines.join('\n')).not.toContain('forged');
    expect(lines.at(-1)).toMatch(/not kept, or is not what the audit names/);
  });

  test('a kind from the future is shown by its name; a recovery chain follows', async () => {
    const last = chain.at(-1) as AuditEntry;
    const future = nextEntry(id, last, { entryId: 'f', at: last.at, actor: 'x' }, { kind: 'weather_seen' } as never);
    const closing = nextEntry(
      recoveryChain(id),
      null,
      { entryId: 'r', at: last.at, actor: 'close' },
      { kind: 'incident_closed', status: 'halted', cause: 'audit.broken' },
    );
    expect(await audit(['show', id], [...chain, future], { recovery: [closing] })).toBe(0);
    expect(lines.at(-3)).toMatch(/weather_seen: this release does not know what it says/);
    expect(lines.at(-2)).toMatch(/#recovery: the chain was found broken/);
    expect(lines.at(-1)).toMatch(/closed as halted: audit.broken/);
  });

  test('an unknown chain is exit 1 with words', async () => {
    expect(await audit(['show', 'inc-00000000000000000000'], [])).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/inc-0{20} has no entries/)]);
  });

  test('hostile text in every field is displayed literally, on one line per entry', async () => {
    const author = { entryId: 'e', at: '2026-11-21T03:00:00.000Z', actor: hostile };
    const person = { id: hostile, name: hostile, via: 'slack' } as const;
    const dispatch = { step: 2, part: 'run', attempt: 1, wave: 1 } as const;
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
    for (const line of lines.splice(0, lines.length - events.length)) expect(line).not.toMatch(dangerous);
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
    lines.splice(0, lines.length - 4);
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
  expect(await audit(['verify', id], [foreign, { [hostile]: 1 }])).toBe(1);
  for (const line of lines) expect(line).not.toMatch(dangerous);
  expect(lines.join('\n')).toContain('\\u{202e}gnp.exe');
});
