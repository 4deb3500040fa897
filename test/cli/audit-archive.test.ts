/** `countersign audit` where there is an archive: a cut tail and what was written anew are found online and in the bundle. */
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { registerAudit } from '../../cli/audit.ts';
import { checkpointName } from '../../core/audit/archived.ts';
import { recoveryChain, type StoredItem } from '../../core/audit/chain.ts';
import { dispatchName } from '../../core/dispatch.ts';
import type { Change } from '../../core/report/tampering.ts';
import { epochOf, isoOf } from '../../core/time.ts';
import { copy } from '../../core/use-cases/archive-copy.ts';
import { checkpointKey, signed } from '../core/audit/checkpoints.ts';
import { genuine, itemsOf, publicKey, rehashed, strangersKey } from '../core/audit/genuine.ts';
import type { MemoryBucket } from '../support/memory/bucket.ts';
import { mockArchive } from '../support/mock-archive.ts';
import { scriptOn } from '../support/python-verifier.ts';

const database = mockClient(DynamoDBDocumentClient);
const kms = mockClient(KMSClient);
const shape = { reads: 1, changes: ['modifying'], standing: false, closed: true, late: true } as const;
const { id, entries, facts } = await genuine('fix-web', shape);
const begun = epochOf(entries[0]?.at ?? '');
const minute = 60_000;

let lines: string[] = [];
let folder = '';
let bucket: MemoryBucket;
beforeEach(async () => {
  process.env.AWS_REGION = 'eu-central-1';
  folder = mkdtempSync(join(tmpdir(), 'countersign-archive-'));
  lines = [];
  const print = (text: string) => void lines.push(text.replace(/\u001b\[\d+m/g, ''));
  vi.spyOn(console, 'log').mockImplementation(print);
  vi.spyOn(console, 'error').mockImplementation(print);
  bucket = mockArchive();
  kms.reset();
  for (const [alias, pem] of Object.entries({ approval: publicKey, checkpoint: checkpointKey })) {
    const PublicKey = createPublicKey(pem).export({ format: 'der', type: 'spki' });
    kms.on(GetPublicKeyCommand, { KeyId: `alias/countersign-${alias}` }).resolves({ PublicKey });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
  rmSync(folder, { recursive: true });
});

/** The stream has been archived, one entry a batch, and a checkpoint was made of each head. */
async function archived(upTo = entries.length): Promise<void> {
  const changes = itemsOf(entries).map(({ place, text }): Change => {
    const about = { pk: id, sk: place, before: null, after: null, text, image: {} };
    return { eventId: `e${place}`, table: 'countersign-audit', operation: 'INSERT', ...about };
  });
  const ports = {
    keep: async (object: Parameters<MemoryBucket['put']>[0]) => void (await bucket.put(object)),
    items: async () => itemsOf(entries),
    shown: async () => ({ evidence: [], outputs: [] }),
    // `genuine` names these as runbook and policy.
    reviewed: ['runbook', 'policy'],
    now: () => begun,
  };
  await copy(ports, changes, new Set());
  let before: Awaited<ReturnType<typeof signed>> | null = null;
  for (const [index, length] of [2, 5, upTo].entries()) {
    const head = { chain: id, length, hash: entries[length - 1]?.hash ?? '' };
    const at = isoOf(begun + (index + 1) * minute);
    before = await signed(before, [head], at);
    await bucket.put({ name: checkpointName(index + 1), body: JSON.stringify({ ...before, through: at, notes: [] }) });
  }
}

/** Runs `countersign audit …` over an account with these items in its table. */
async function audit(items: readonly StoredItem[], ...arguments_: string[]) {
  process.exitCode = 0;
  database.reset();
  database.on(GetCommand).resolves({});
  database.on(QueryCommand).callsFake(({ TableName, ExpressionAttributeValues: values }) => {
    if (TableName === 'countersign-dispatches')
      return { Items: facts.burns.map((burn) => ({ ...burn, pk: id, sk: `BURN#${dispatchName(burn.dispatch)}` })) };
    const asked = Object.values(values ?? {}).map(String);
    if (TableName !== 'countersign-audit' || !asked.includes(id) || asked.includes(recoveryChain(id)))
      return { Items: [] };
    return { Items: items.map(({ place, text }) => ({ pk: id, sk: place, entry: text })) };
  });
  const program = new Command('countersign');
  registerAudit(program);
  await program.parseAsync(['audit', ...arguments_], { from: 'user' });
  return process.exitCode;
}

const changed = (place: number) =>
  itemsOf(rehashed(entries.map((entry, index) => (index === place - 1 ? { ...entry, actor: 'nobody' } : entry))));

describe('audit verify, from the account', () => {
  test('a chain that archive and checkpoints have as it is, is whole', async () => {
    await archived();
    expect(await audit(itemsOf(entries), 'verify', id)).toBe(0);
    expect(lines).toEqual([`✓ ${id}: ${entries.length} entries, whole, closed`]);
  });

  test('late facts that were cut off, and an actor that was changed, are found at their entries', async () => {
    await archived();
    expect(await audit(itemsOf(entries.slice(0, -1)), 'verify', id)).toBe(1);
    expect(lines.join('\n')).toContain(`✗ entry ${entries.length}: is missing: checkpoint 3 of`);
    expect(lines.join('\n')).toContain(`✗ entry ${entries.length}: is missing: the archive has it`);
    lines = [];
    expect(await audit(changed(4), 'verify', id)).toBe(1);
    expect(lines.join('\n')).toContain('✗ entry 4: is not what the archive has of this place');
    expect(lines.join('\n')).toContain('✗ entry 3: or one behind it up to entry 5 is not what checkpoint 2 of');
    expect(lines.join('\n')).not.toContain('entry 2:');
  });

  test('what is in no checkpoint yet cannot be told: exit 2', async () => {
    await archived(entries.length - 2);
    expect(await audit(itemsOf(entries), 'verify', id)).toBe(2);
    expect(lines.join('\n')).toContain(`entries from ${entries.length - 1} on are in no checkpoint yet`);
  });

  test('a checkpoint that another key signed is named', async () => {
    await archived();
    const head = { chain: id, length: 2, hash: entries[1]?.hash ?? '' };
    const forged = await signed(null, [head], isoOf(begun + 2 * minute), strangersKey);
    bucket.objects.set(checkpointName(2), JSON.stringify({ ...forged, through: isoOf(begun), notes: [] }));
    expect(await audit(itemsOf(entries), 'verify', id)).toBe(1);
    expect(lines.join('\n')).toContain('✗ the checkpoints: is no checkpoint that the key has signed');
  });

  test('a chain of which the archive holds nothing rests on itself alone: exit 2, and why', async () => {
    expect(await audit(itemsOf(entries), 'verify', id)).toBe(2);
    expect(lines[0]).toBe(
      '? the chain: the archive holds nothing of it, and has no checkpoint: it rests on itself alone',
    );
    expect(lines.at(-1)).toContain('nothing contradicts, but not everything could be told');
  });

  test('a chain that was begun before the first checkpoint, and is in none, is older than the archive: exit 2', async () => {
    const at = isoOf(begun + 24 * 60 * minute);
    const made = await signed(null, [{ chain: 'DAY#2026-11-22#0', length: 1, hash: 'a'.repeat(64) }], at);
    await bucket.put({ name: checkpointName(1), body: JSON.stringify({ ...made, through: at, notes: [] }) });
    expect(await audit(itemsOf(entries), 'verify', id)).toBe(2);
    expect(lines[0]).toBe(
      `? the chain: it was begun before the first checkpoint, of ${at}, and is in none: it rests on itself alone`,
    );
    expect(lines.join('\n')).not.toContain('in no checkpoint yet');
  });

  test('a chain that no checkpoint names, where there were some before it began, is in none: exit 2', async () => {
    const at = isoOf(begun - 5 * minute);
    const made = await signed(null, [{ chain: 'DAY#2026-11-21#0', length: 1, hash: 'a'.repeat(64) }], at);
    await bucket.put({ name: checkpointName(1), body: JSON.stringify({ ...made, through: at, notes: [] }) });
    expect(await audit(itemsOf(entries), 'verify', id)).toBe(2);
    expect(lines.join('\n')).toContain('? the chain: the archive holds nothing of it');
    expect(lines.join('\n')).toContain('? the chain: entries from 1 on are in no checkpoint yet');
  });

  test.each([
    ['the bucket', 'bucket.names', 'the archive'],
    ['what lies in it', 'bucket.read', 'the archive'],
  ])('where %s cannot be read it says so, and nothing of it is whole: exit 2', async (_, port, what) => {
    await archived();
    bucket.port = (name) => {
      if (name === port) throw new Error('AccessDenied');
    };
    expect(await audit(itemsOf(entries), 'verify', id)).toBe(2);
    expect(lines[0]).toBe(`! ${what} could not be read: AccessDenied`);
    expect(lines[1]).toBe(
      `? the chain: ${what} could not be read: what it and checkpoints say of the chain is not known`,
    );
    expect(lines.join('\n')).not.toContain('whole');
  });

  test('where the checkpoint key cannot be read, the archive is compared, and checkpoints are not believed: exit 2', async () => {
    await archived();
    // A key that was read is remembered for as long as the process lives.
    vi.resetModules();
    kms.on(GetPublicKeyCommand, { KeyId: 'alias/countersign-checkpoint' }).rejects(new Error('AccessDenied'));
    expect(await audit(itemsOf(entries), 'verify', id)).toBe(2);
    expect(lines.slice(1)).toEqual([
      '? the chain: the checkpoint key could not be read: what checkpoints say of the chain is not known',
      expect.stringContaining('nothing contradicts'),
    ]);
    lines = [];
    expect(await audit(changed(4), 'verify', id)).toBe(1);
    expect(lines.join('\n')).toContain('✗ entry 4: is not what the archive has of this place');
  });
});

describe('audit export', () => {
  const exported = async (items: readonly StoredItem[]) => {
    const file = join(folder, 'bundle.ndjson');
    await audit(items, 'export', file, '--incident', id);
    return file;
  };
  const key = () => {
    const file = join(folder, 'checkpoint.pem');
    writeFileSync(file, checkpointKey);
    return file;
  };

  test('takes checkpoints, key and reviewed texts along, and the bundle is clean by itself, for both verifiers', async () => {
    await archived();
    const file = await exported(itemsOf(entries));
    expect(lines[0]).toContain('3 checkpoints');
    const texts = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{"record":"text"'));
    expect(texts.map((line) => JSON.parse(line).text).sort()).toEqual(['policy', 'runbook']);
    expect(await audit([], 'verify', '--bundle', file, '--checkpoint-key', key())).toBe(0);
    expect(lines.join('\n')).toContain('last checkpoint: 3 of');
    expect((await scriptOn(file)).code).toBe(0);
  });

  test('of a table that was changed is broken at the very entry, which the archive has otherwise', async () => {
    await archived();
    const file = await exported(changed(4));
    expect(await audit([], 'verify', '--bundle', file, '--json')).toBe(1);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ verdict: 'broken', completeness: { verdict: 'whole' } });
    expect(lines.at(-1)).toContain('"place":4,"line":null,"text":"is not what the archive has of this place"');
    expect((await scriptOn(file)).code).toBe(1);
  });

  test('without checkpoints cannot be told by who knows that there must be some', async () => {
    const file = await exported(itemsOf(entries));
    expect(await audit([], 'verify', '--bundle', file)).toBe(0);
    expect(lines.join('\n')).toContain('no checkpoints: what no signature and no burn speaks of');
    expect(await audit([], 'verify', '--bundle', file, '--checkpoint-key', key())).toBe(2);
    const approval = join(folder, 'approval.pem');
    writeFileSync(approval, publicKey);
    expect((await scriptOn(file, approval, key())).code).toBe(2);
  });
});
