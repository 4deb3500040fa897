/** Runbooks through the front door: what compiles, what a folder must be, and that nothing else is thrown. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileRunbooks, isRunbookFile } from '../../../core/runbook/compile.ts';
import { parseRunbook } from '../../../core/runbook/parse.ts';
import { RunbookError } from '../../../core/runbook/problem.ts';
import { Runbook } from '../../../core/runbook/runbook.ts';
import { seed, share } from '../../soak.ts';

import { good } from './example.ts';

test('a runbook with everything in it', () => {
  const runbook = parseRunbook(good, 'runbooks/q.md');
  expect(Runbook.parse(runbook)).toMatchObject({
    id: 'queue-stuck',
    file: 'runbooks/q.md',
    severity: 'high',
    environments: [],
    match: [
      {
        alarms: ['queue-*'],
        namespaces: [],
        metrics: ['Depth'],
        comparison: null,
        dimensions: [],
        tags: { team: 'payments' },
        unless: null,
      },
    ],
    targets: { all: { from: 'tags', tags: { role: 'worker' }, maximum: 3 } },
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(runbook.parameters[0]?.sources).toEqual([
    { kind: 'tag', name: 'queue' },
    { kind: 'dimension', name: 'QueueName' },
    { kind: 'default', value: 'orders' },
  ]);
  expect(runbook.parameters[1]).toMatchObject({ type: 'integer', minimum: 1, maximum: 30, maximumLength: 15 });
  expect(runbook.steps.map(({ number, title, line }) => [number, title, line])).toEqual([
    [1, 'Look', 33],
    [2, 'Drop what is older than some days', 40],
    [3, 'Tell the shop', 63],
  ]);
});

test("a step's fences become its scripts and settings", () => {
  const [look, drop, tell] = parseRunbook(good, 'q.md').steps;
  expect(look).toMatchObject({ timeoutSeconds: 30, declaredRisk: null, when: 'alarm', dryRun: null });
  expect(look?.command).toEqual({
    waitSeconds: 0,
    line: 35,
    text: "qctl list {{ queue }}\ndocker ps --format '{{.Names}}'",
  });
  expect(drop).toMatchObject({
    declaredRisk: 'destructive',
    timeoutSeconds: 300,
    when: 'always',
    command: { text: 'qctl drop --queue={{ queue }} --days={{days}}', line: 43 },
    dryRun: { text: 'qctl drop --dry-run {{ queue }}' },
    observe: { text: 'qctl depth {{ queue }}' },
    rollback: { text: 'qctl restore {{ queue }}' },
    verify: { text: 'qctl depth {{ queue }} | grep -qx 0' },
  });
  expect(tell).toMatchObject({ command: null, timeoutSeconds: 60 });
});

test('what prose quotes never becomes a command', () => {
  expect(JSON.stringify(parseRunbook(good, 'q.md').steps)).not.toMatch(/rm -rf|README|depth.: 0/);
});

describe('a folder', () => {
  const folder = new URL('../../../runbooks/', import.meta.url);

  test('the runbooks of this repository compile, sorted by id', () => {
    const files = readdirSync(folder).filter(isRunbookFile);
    const texts = files.map((file) => ({
      file: `runbooks/${file}`,
      text: readFileSync(new URL(file, folder), 'utf8'),
    }));
    const ids = compileRunbooks(texts.reverse()).map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
    expect(ids).toContain('disk-full');
    expect(ids).toContain('service-down');
  });

  test('the digest is of the bytes: a changed comment is another runbook', () => {
    const digests = [good, `${good}\n<!-- -->\n`].map((text) => parseRunbook(text, 'q.md').digest);
    expect(new Set(digests).size).toBe(2);
  });

  test('an id of two files and the problems of a third are one error', () => {
    const files = [
      { file: 'a.md', text: good },
      { file: 'b.md', text: good },
      { file: 'c.md', text: 'hello' },
    ];
    expect(() => compileRunbooks(files)).toThrow(
      /^c.md:1:1: the file has no front matter[^\n]*(?:\nc.md:[^\n]*)*\nb.md:2:5: the id "queue-stuck" belongs to a.md already; give this runbook another$/,
    );
  });

  test.each([
    ['runbooks/disk-full.md', true],
    ['runbooks/README.md', false],
    ['notes.txt', false],
  ])('%s: %s', (path, expected) => {
    expect(isRunbookFile(path)).toBe(expected);
  });
});

test('whatever is cut out, doubled or inserted: a runbook or a RunbookError', { timeout: 600_000 }, () => {
  const pieces = fc.constantFrom(
    '```',
    '   ',
    '---',
    '{{ queue }}',
    "'",
    '\n',
    '1. ',
    '- ',
    '\t',
    '&a',
    '*a',
    ': ',
    '<!--',
    '<pre>',
    '> ',
    '\u0000',
    '😀',
  );
  fc.assert(
    fc.property(fc.nat(good.length), fc.nat(40), fc.array(pieces, { maxLength: 4 }), (at, length, inserted) => {
      const text = good.slice(0, at) + inserted.join('') + good.slice(at + length);
      try {
        expect(Runbook.safeParse(parseRunbook(text, 'q.md')).success).toBe(true);
      } catch (error) {
        expect(error, text).toBeInstanceOf(RunbookError);
        expect((error as RunbookError).problems.length).toBeGreaterThan(0);
      }
    }),
    { seed, numRuns: share(20_000) },
  );
});

test('keeps the author’s prose of each step, and the section for when the alarm stays', () => {
  const text = `---
id: prose
title: Prose
owner: platform
severity: low
match: { alarms: ['x-*'] }
targets: { from: alarm, max: 1 }
---

Before the steps.

1. Look

   Compare \`IUse%\` with
   \`Use%\`.

   - one
   - two

   \`\`\`bash
   df -h
   \`\`\`

2. Call the owner

## If the alarm stays

- A process holds a deleted file open:
  restart it.

### By day

Grow the volume.

## See also

Nothing of it.
`;
  const { steps, ifAlarmStays } = parseRunbook(text, 'prose.md');
  expect(steps.map(({ prose }) => prose)).toEqual(['Compare `IUse%` with `Use%`.\n\n- one\n- two', '']);
  expect(ifAlarmStays).toBe('- A process holds a deleted file open: restart it.\n\n### By day\n\nGrow the volume.');
});
