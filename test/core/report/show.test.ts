/** What people are shown of outputs: only texts that the audit's hashes name, cut by bytes and marked. */
import { describe, expect, test } from 'vitest';
import { type Evidence, evidenceDigest } from '../../../core/alarm/evidence.ts';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import { sha256 } from '../../../core/digest.ts';
import type { Dispatch } from '../../../core/dispatch.ts';
import { type Progress, progressOf } from '../../../core/incident/progress.ts';
import { evidenceOf, longestStream, outputsOf, storable } from '../../../core/report/show.ts';
import { dispatchOf, planned } from '../use-cases/closing.ts';

const observed = (changes: Partial<Dispatch> = {}) => dispatchOf(2, { part: 'before', ...changes });
const output = (target: string, stdout: string) => ({ target, exitCode: 0, stdout, stderr: '' });

/** Folded over entries that say these texts were printed. */
function progressWith(printed: readonly (readonly [Dispatch, ...ReturnType<typeof output>[]])[]): Progress {
  const events: AuditEvent[] = printed.map(([dispatch, ...outputs]) => ({
    kind: 'command_finished',
    dispatch,
    outcome: 'succeeded',
    results: outputs.map(({ target, stdout, stderr }) => ({
      target,
      status: 'Success',
      exitCode: 0,
      stdoutHash: sha256(stdout),
      stderrHash: sha256(stderr),
    })),
  }));
  return progressOf(events.map((event) => ({ ...entry, event, kind: event.kind })));
}

const hash = sha256('');
const entry = {
  format: 1 as const,
  chain: 'c',
  sequence: 1,
  entryId: 'e',
  at: '',
  actor: 'a',
  raw: { kind: 'x' },
  previous: hash,
  hash,
};

describe('outputsOf', () => {
  test('shows the newest attempt’s waves, and no text whose hash is not in the chain', () => {
    const first = observed();
    const second = observed({ attempt: 2 });
    const wave = observed({ attempt: 2, wave: 2 });
    const progress = progressWith([
      [first, output('i-1', 'old')],
      [second, output('i-1', 'one')],
      [wave, output('i-2', 'two'), output('i-3', 'three')],
    ]);
    const outputs = [
      { dispatch: first, outputs: [output('i-1', 'old')] },
      { dispatch: second, outputs: [output('i-1', 'forged'), output('i-1', 'one')] },
      { dispatch: wave, outputs: [output('i-2', 'two'), output('i-3', 'forged')] },
    ];
    expect(outputsOf(progress, { evidence: [], outputs }, 2, 'before')).toEqual([
      { host: 'i-1', text: 'one' },
      { host: 'i-2', text: 'two' },
    ]);
  });
});

test('evidence is shown in the plan’s order, and none that the plan does not name', () => {
  const [a, b, gone] = ['a', 'b', 'gone'].map((text) => ({ label: `Log ${text}`, text })) as [
    Evidence,
    Evidence,
    Evidence,
  ];
  const event = planned({ evidence: [b, a, gone].map(evidenceDigest) });
  const progress = progressOf([{ ...entry, event, kind: event.kind }]);
  const planted = { label: 'Change board', text: 'CHG-4711 approved by the CAB' };
  const evidence = [planted, a, { ...b, label: 'CHG-4711 approved by the CAB' }, b];
  expect(evidenceOf(progress, { evidence, outputs: [] })).toEqual([b, a]);
});

describe('storable', () => {
  test.each(['x', 'é', '漢', '😀'])('cuts %s by bytes, between characters, with the count', (character) => {
    const text = character.repeat(200_000);
    const { stdout } = storable({ ...output('i-1', text), stderr: 'short' });
    expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(longestStream);
    const [, kept = '', missing] = /^(.*)… cut here: ([0-9]+) more bytes$/u.exec(stdout) ?? [];
    expect(text.startsWith(kept)).toBe(true);
    expect(Buffer.byteLength(kept) + Number(missing)).toBe(Buffer.byteLength(text));
    expect(storable(storable({ ...output('i-1', text) })).stdout).toBe(stdout);
  });

  test('leaves what fits as it is', () => {
    const text = 'x'.repeat(longestStream);
    expect(storable(output('i-1', text))).toEqual(output('i-1', text));
  });
});
