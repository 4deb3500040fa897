/** The script of docs/audit.md, run by a real Python over chains that the code made: an outsider gets the same answer. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nextEntry } from '../../core/audit/chain.ts';
import type { AuditEvent } from '../../core/audit/entry.ts';
import type { AuditEntry } from '../../core/audit/envelope.ts';
import { canonicalJson } from '../../core/digest.ts';
import { fences, root } from './pages.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.warn('The script of docs/audit.md is not tested: no python3 on PATH.');

const script = fences(readFileSync(join(root, 'docs/audit.md'), 'utf8')).find(({ language }) => language === 'python');

const chain = 'inc-00000000000000000000';
const events: readonly AuditEvent[] = [
  {
    kind: 'incident_opened',
    alarmArn: 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:Größe "voll" \\ 🔥',
    alarmName: 'tab\there, line\nthere, \u0001, \u007f, \u2028, \ud83d\udd25',
    contributorId: null,
    stateChangedAt: '2026-11-21T03:00:00.000Z',
    candidates: [0, 0.3, 0.9635, 1, 1 / 3].map((confidence) => ({ runbookId: 'disk-full', confidence, why: '' })),
  },
  { kind: 'alarm_joined', alarmArn: 'arn', state: 'OK', why: 'the alarm is OK' },
  { kind: 'incident_closed', status: 'resolved', cause: null },
];

function entriesOf(some: readonly AuditEvent[]): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const [index, event] of some.entries()) {
    const author = { entryId: `e${index}`, at: `2026-11-21T03:00:0${index}.000Z`, actor: 'triage' };
    entries.push(nextEntry(chain, entries.at(-1) ?? null, author, event));
  }
  return entries;
}

/** Runs the page's script over entries in the shape in which DynamoDB answers. */
function verify(entries: readonly AuditEntry[]) {
  const Items = entries.map((entry) => ({ pk: { S: chain }, entry: { S: canonicalJson(entry) } }));
  const input = JSON.stringify({ Items });
  const environment = { ...process.env, PYTHONIOENCODING: 'utf-8' };
  const { status, stdout, stderr } = spawnSync('python3', ['-c', script?.text ?? ''], { input, env: environment });
  return { status, said: `${stdout}${stderr}`.trim() };
}

describe.skipIf(!hasPython)('the script of docs/audit.md', () => {
  test('finds a whole chain whole, whatever its texts and numbers are', () => {
    expect(verify(entriesOf(events))).toEqual({ status: 0, said: '3 entries, whole, closed' });
    expect(verify(entriesOf(events.slice(0, 2)))).toEqual({ status: 0, said: '2 entries, whole, NOT closed' });
    const late: AuditEvent = {
      kind: 'command_sent',
      dispatch: { step: 1, part: 'run', attempt: 1, wave: 1 },
      commandId: 'c',
      error: null,
      late: true,
    };
    expect(verify(entriesOf([...events, late]))).toEqual({ status: 0, said: '4 entries, whole, closed' });
  });

  test('finds what was changed, removed, reordered, added, and an empty chain', () => {
    const whole = entriesOf(events);
    const [first, second, last] = whole as [AuditEntry, AuditEntry, AuditEntry];
    const broken: Record<string, readonly AuditEntry[]> = {
      'entry 2 was changed': [first, { ...second, actor: 'gate' }, last],
      'before entry 2 something was removed, inserted or reordered': [first, last],
      'before entry 1 something was removed, inserted or reordered': [second, first, last],
      'entry 4 follows the closing entry': [...whole, last],
      'entry 5 follows the closing entry': entriesOf([...events, events[1], events[1]] as AuditEvent[]),
      'the chain has no entries': [],
    };
    for (const [problem, entries] of Object.entries(broken)) {
      const { status, said } = verify(entries);
      expect(status, problem).toBe(1);
      expect(said).toContain(problem);
    }
  });
});
