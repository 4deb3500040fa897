/** `countersign audit export` and `audit verify --bundle`: from an account's tables to a verdict that needs none of them. */
import { createPublicKey } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { DynamoDBDocumentClient, GetCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { registerAudit } from '../../cli/audit.ts';
import { registerReplay } from '../../cli/replay.ts';
import { registerReport } from '../../cli/report.ts';
import { evidenceDigest } from '../../core/alarm/evidence.ts';
import { canonicalJson } from '../../core/digest.ts';
import { dispatchName } from '../../core/dispatch.ts';
import { type Genuine, genuine, publicKey } from '../core/audit/genuine.ts';
import { mockArchive } from '../support/mock-archive.ts';

const database = mockClient(DynamoDBDocumentClient);
const kms = mockClient(KMSClient);
const shape = { reads: 1, changes: ['modifying'], standing: false, closed: true, late: true } as const;
const chains = await Promise.all(['fix-web', 'fix-db'].map((name) => genuine(name, shape)));
const [first, second] = chains as [Genuine, Genuine];

let lines: string[] = [];
let folder = '';
beforeEach(() => {
  mockArchive();
  process.env.AWS_REGION = 'eu-central-1';
  folder = mkdtempSync(join(tmpdir(), 'countersign-export-'));
  lines = [];
  const print = (text: string) => {
    // These chains are older than the archive; test/cli/audit-archive.test.ts has others.
    if (text.includes('the archive holds nothing of')) return;
    lines.push(text.replace(/\u001b\[\d+m/g, ''));
  };
  vi.spyOn(console, 'log').mockImplementation(print);
  vi.spyOn(console, 'error').mockImplementation(print);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
  rmSync(folder, { recursive: true });
});

/** An account with these chains, of which something is missing. */
function account(without: { readonly chain?: string; readonly table?: string } = {}): void {
  kms.reset();
  const der = createPublicKey(publicKey).export({ format: 'der', type: 'spki' });
  kms.on(GetPublicKeyCommand).resolves({ PublicKey: der });
  database.reset();
  database.on(GetCommand).resolves({});
  database
    .on(ScanCommand)
    .callsFake(({ TableName, ExpressionAttributeValues: { ':since': since, ':until': until } }) => {
      const rows = chains.flatMap(({ id, entries, facts }): { pk: string; sk: unknown; at: string }[] =>
        TableName === 'countersign-audit'
          ? entries.filter(() => id !== without.chain).map(({ at, sequence }) => ({ pk: id, sk: sequence, at }))
          : facts.burns.map(({ at, dispatch }) => ({ pk: id, sk: `BURN#${dispatchName(dispatch)}`, at })),
      );
      return { Items: rows.filter(({ at }) => at >= since && at < until) };
    });
  database.on(QueryCommand).callsFake(({ TableName, ExpressionAttributeValues: values }) => {
    if (TableName === without.table) throw new Error(`not authorized to read ${TableName}`);
    const asked = Object.values(values ?? {}).map(String);
    const chain = chains.find(({ id }) => asked.includes(id));
    if (TableName === 'countersign-work' && asked.includes('OUTPUT#'))
      return {
        Items: [
          {
            dispatch: { step: 1, part: 'run', attempt: 1, wave: 1 },
            outputs: [{ target: 'i-1', exitCode: 0, stdout: 'out', stderr: 'planted' }],
          },
        ],
      };
    if (TableName === 'countersign-dispatches')
      return {
        Items:
          chain?.facts.burns.map((burn) => ({ ...burn, pk: chain.id, sk: `BURN#${dispatchName(burn.dispatch)}` })) ??
          [],
      };
    if (TableName !== 'countersign-audit' || !chain || chain.id === without.chain) return { Items: [] };
    return { Items: chain.entries.map((entry) => ({ sk: entry.sequence, entry: canonicalJson(entry) })) };
  });
}

async function audit(...arguments_: string[]) {
  const program = new Command('countersign');
  registerAudit(program);
  await program.parseAsync(['audit', ...arguments_], { from: 'user' });
  return process.exitCode;
}
const file = () => join(folder, 'bundle.ndjson');

describe('list', () => {
  test('says of each incident in a span of time when it was, how it ended, and who signed', async () => {
    account();
    await audit('list', '--since', '2026-11-21', '--until', '2026-11-22', '--json');
    const listed = JSON.parse(lines.at(-1) ?? '');
    expect(listed.map(({ incident }: { incident: string }) => incident).sort()).toEqual([first.id, second.id].sort());
    expect(listed[0]).toMatchObject({
      status: 'resolved',
      runbook: 'fix',
      people: ['ana'],
      openedAt: '2026-11-21T03:00:01.000Z',
    });
    await audit('list', '--since', '2026-11-21', '--until', '2026-11-22');
    expect(lines.at(-1)).toMatch(
      /^2026-11-21T03:00:01.000Z {2}inc-[0-9a-f]{20} {2}resolved {4}fix, production, live: fix-/,
    );
    await audit('list', '--since', '2026-12-01');
    expect(lines.at(-1)).toBe('nothing was written in this time');
  });
});

describe('export and verify', () => {
  test('one incident: clean, exit 0, with the account out of reach', async () => {
    account();
    await audit('export', '--incident', first.id, file());
    expect(lines[0]).toBe(`✓ ${file()}: 1 chains, ${first.entries.length} entries, 1 texts, 0 checkpoints`);
    // Of the outputs only the one that an entry names by its hash.
    expect(readFileSync(file(), 'utf8')).not.toContain('planted');
    database.reset();
    kms.reset();
    expect(await audit('verify', '--bundle', file())).toBe(0);
    expect(lines.at(-1)).toBe('✓ clean: whole, and all that was asked for is here');
    const key = join(folder, 'key.pem');
    writeFileSync(key, publicKey);
    expect(await audit('verify', '--bundle', file(), '--key', key)).toBe(0);
  });

  test('a tampered file: exit 1, and the first bad entry by chain and place', async () => {
    account();
    await audit('export', '--incident', first.id, file());
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('"actor":"settle"', '"actor":"nobody"'));
    expect(await audit('verify', '--bundle', file())).toBe(1);
    const place = first.entries.findIndex(({ actor }) => actor === 'settle') + 1;
    expect(lines.at(-1)).toBe(
      `✗ first bad: ${first.id}, entry ${place}: was changed: its hash does not fit its content`,
    );
    expect(await audit('verify', '--bundle', file(), '--json')).toBe(1);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ verdict: 'broken', firstBad: { chain: first.id, place } });
  });

  test('a span of time holds every chain that was written to in it; whether one is missing cannot be told, unless it was burnt', async () => {
    account();
    await audit('export', '--since', '2026-11-21', '--until', '2026-11-22T00:00:00Z', file());
    expect(lines[0]).toMatch(/: 2 chains/);
    expect(await audit('verify', '--bundle', file())).toBe(2);
    expect(lines.join('\n')).toMatch(/completeness: cannot tell\n.*there are no checkpoints/);
    account({ chain: second.id });
    const other = join(folder, 'other.ndjson');
    await audit('export', '--since', '2026-11-21', '--until', '2026-11-22', other);
    expect(await audit('verify', '--bundle', other)).toBe(1);
    expect(lines.at(-1)).toMatch(new RegExp(`^✗ first bad: ${second.id}, entry 1: is missing: .*was burnt`));
    const before = join(folder, 'before.ndjson');
    await audit('export', '--since', '2026-11-19', '--until', '2026-11-20', before);
    expect(lines.at(-2)).toMatch(/: 0 chains/);
  });

  test('without Dispatches: exported, said, and cannot be told', async () => {
    account({ table: 'countersign-dispatches' });
    await audit('export', '--incident', first.id, file());
    expect(lines[0]).toMatch(/^! the table countersign-dispatches could not be read/);
    expect(await audit('verify', '--bundle', file())).toBe(2);
  });
});

test('replay and report read the account as an export does', async () => {
  account();
  const program = new Command('countersign');
  registerReplay(program);
  registerReport(program);
  await program.parseAsync(['replay', first.id], { from: 'user' });
  expect(process.exitCode).toBe(0);
  expect(lines.join('\n')).toContain('✓ Verified: integrity whole, completeness whole');
  await program.parseAsync(['report', '--since', '2026-11-21', '--until', '2026-11-22', '--json'], { from: 'user' });
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ incidents: 2, byStatus: { resolved: 2 } });
});

describe('what cannot be done says why', () => {
  test.each([
    [['export', 'FILE'], /either --incident ID, or --since/],
    [['export', '--incident', 'inc-1', 'FILE'], /"inc-1" is no incident id/],
    [['export', '--since', 'yesterday', 'FILE'], /--since "yesterday" is no time; write 30d, 2026-11-21/],
    [['export', '--incident', first.id, '--since', '2026-11-21', 'FILE'], /either --incident ID, or --since/],
    [['verify'], /either a chain, .* or --bundle/],
    [['verify', first.id, '--bundle', 'FILE'], /either a chain, .* or --bundle/],
    [['verify', '--bundle', 'FILE'], /ENOENT/],
  ] as [string[], RegExp][])('%s', async (arguments_, why) => {
    account();
    await expect(audit(...arguments_.map((one) => (one === 'FILE' ? file() : one)))).rejects.toThrow(why);
    expect(existsSync(file())).toBe(false);
  });

  test('a file that is there is never written over, and a key that is none is refused', async () => {
    account();
    writeFileSync(file(), 'precious');
    await expect(audit('export', '--incident', first.id, file())).rejects.toThrow(/exists already/);
    expect(readFileSync(file(), 'utf8')).toBe('precious');
    await expect(audit('verify', '--bundle', file(), '--key', file())).rejects.toThrow(/is no public key in PEM/);
    expect(process.exitCode).toBe(2);
  });
});

test('evidence is held as the bytes that were hashed', async () => {
  const { namedTexts, shownOf } = await import('../../core/report/named-texts.ts');
  const one = { label: 'disk', text: 'full' };
  const items = [{ place: 1, text: `"${evidenceDigest(one)}"` }];
  const texts = namedTexts(items, { evidence: [one, { label: 'x', text: 'y' }], outputs: [] });
  expect(texts).toHaveLength(1);
  expect(shownOf(new Map(texts.map(({ digest, text }) => [digest, text]))).evidence).toEqual([one]);
});
