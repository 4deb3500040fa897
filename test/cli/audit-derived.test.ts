/** `audit extract`: OCSF events that OCSF's own schema takes, and in-toto statements that say what entries say. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { registerAudit } from '../../cli/audit.ts';
import { incidentsOf, linesOfText } from '../../cli/bundle-chains.ts';
import { release } from '../../core/release.ts';
import type { Statement } from '../../core/report/provenance.ts';
import { sampleBundle } from '../support/sample-bundle.ts';

const { bundle, incidentId } = await sampleBundle();
const [incident] = [...incidentsOf(linesOfText(bundle))];
const entries = incident?.entries ?? [];
const count = (kind: string) => entries.filter((entry) => entry.kind === kind).length;

let folder = '';
let lines: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-derived-'));
  lines = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void lines.push(text));
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
  rmSync(folder, { recursive: true });
});

async function extract(form: string, text = bundle): Promise<Record<string, unknown>[]> {
  const file = join(folder, 'bundle.ndjson');
  writeFileSync(file, text);
  const program = new Command('countersign');
  registerAudit(program);
  await program.parseAsync(['audit', 'extract', file, '--as', form], { from: 'user' });
  return lines.map((line) => JSON.parse(line));
}

/** OCSF 1.5.0, compiled by ocsf-json-schema 1.2.0 (PyPI) from the published schema, with the cloud profile. */
function ocsfSchema(name: string) {
  const path = join(import.meta.dirname, '..', 'fixtures', 'ocsf', `${name}-1.5.0.json`);
  return new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(path, 'utf8')));
}

describe('OCSF', () => {
  const schemas = { 6003: ocsfSchema('api_activity'), 2005: ocsfSchema('incident_finding') };

  test('every event is one that its class allows, and nothing is left out', async () => {
    const events = await extract('ocsf');
    for (const event of events) {
      const accepts = schemas[event.class_uid as keyof typeof schemas];
      expect(accepts(event), JSON.stringify([accepts.errors, event])).toBe(true);
    }
    expect(process.exitCode).toBe(0);
    const of = (uid: number) => events.filter((event) => event.class_uid === uid);
    expect(of(2005).map(({ activity_id, status }) => [activity_id, status])).toEqual([
      [1, 'New'],
      [3, 'Resolved'],
    ]);
    expect(of(6003)).toHaveLength(count('vote_signed') + count('command_sent'));
    expect(JSON.stringify(of(6003))).toContain('"user":{"name":"ana"');
  });

  test('the schema would refuse an event that lacks what is required', async () => {
    const [event] = await extract('ocsf');
    expect(schemas[2005]({ ...event, finding_info_list: undefined })).toBe(false);
  });
});

describe('provenance', () => {
  test('is a statement of every command, and each says what its entries say', async () => {
    const statements = (await extract('provenance')) as unknown as Statement[];
    expect(statements).toHaveLength(count('command_sent'));
    for (const { _type, subject, predicateType, predicate } of statements) {
      // https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md: all that a statement must have.
      expect(_type).toBe('https://in-toto.io/Statement/v1');
      expect(predicateType).toMatch(/^urn:countersign:execution:v1$/);
      expect(subject[0].digest.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(subject[0].name.startsWith(`${incidentId}.`)).toBe(true);
      for (const { sequence, digest } of predicate.entries) expect(entries[sequence - 1]?.hash).toBe(digest.sha256);
      expect(predicate.risk.release).toBe(release);
      expect(predicate.result).toBe('succeeded');
    }
    const asked = statements.filter(({ predicate }) => predicate.risk.level !== 'read_only');
    expect(asked.length).toBeGreaterThan(0);
    for (const { predicate } of asked) {
      expect(predicate.approvals[0]).toMatchObject({ word: 'approve', by: { name: 'ana' } });
      expect(predicate.runbook?.id).toBe('disk-full');
    }
  });

  test('nothing is derived from a broken bundle: it would look like evidence', async () => {
    expect(await extract('provenance', bundle.replace('"actor":"decide"', '"actor":"nobody"'))).toEqual([]);
    expect(process.exitCode).toBe(1);
  });
});
