/** `countersign match` from outside: one answer a line, in order, whatever a line is. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function match(text: string, ...options: string[]): Promise<Ended & { readonly file: string }> {
  const file = join(await mkdtemp(join(tmpdir(), 'match-')), 'alarms.ndjson');
  await writeFile(file, text);
  const ended = await run(process.execPath, ['cli/main.ts', 'match', '--alarms', file, ...options], {
    maxBuffer: 64 * 1024 * 1024,
  }).then(
    ({ stdout, stderr }): Ended => ({ code: 0, stdout, stderr }),
    (error): Ended => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  );
  await rm(dirname(file), { recursive: true });
  return { ...ended, file };
}

const answersOf = ({ stdout }: Ended) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const host = { dimensions: { InstanceId: 'i-0123456789abcdef0' }, comparison: 'GreaterThanThreshold' };
const disk = { name: 'a', namespace: 'CWAgent', metric: 'disk_used_percent', ...host };

test('answers with runbook, confidence, why and candidates, in the order of the file', async () => {
  const lines = [
    disk,
    { name: 'b' },
    { ...disk, name: 'c', metric: 'mem_used_percent', description: null, tags: null },
  ];
  const ended = await match(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(answersOf(ended)).toMatchObject([
    {
      name: 'a',
      runbookId: 'disk-full',
      confidence: 0.926,
      why: 'namespace CWAgent, metric disk_used_percent, rings above its threshold',
      candidates: [{ runbookId: 'disk-full', kind: 'route' }],
    },
    { name: 'b', runbookId: null, confidence: null, why: expect.any(String), candidates: [] },
    { name: 'c', runbookId: 'memory-pressure', confidence: expect.any(Number) },
  ]);
});

test('says what would have fitted and why it does not', async () => {
  const [answer] = answersOf(await match(JSON.stringify({ ...disk, dimensions: { AutoScalingGroupName: 'web' } })));
  const why = 'it runs on the instance that the alarm names, and the alarm has no dimension InstanceId';
  expect(answer).toMatchObject({ runbookId: null, why: `disk-full would fit, but ${why}`, excluded: [{ why }] });
});

test('names a bad line by file and number, keeps its place, and answers the others', async () => {
  const bad = [
    '{"name":',
    '[]',
    '{"namespace":"CWAgent"}',
    '{"name":"x","dimensions":["InstanceId"]}',
    '{"name":"y","comparison":"more"}',
    '{"name":"z","period":0}',
  ];
  const ended = await match(
    `${JSON.stringify(disk)}\n\n${bad.join('\r\n')}\r\n${JSON.stringify({ ...disk, name: 'last' })}`,
  );
  expect(ended.code).toBe(1);
  expect(answersOf(ended).map(({ name, runbookId }) => [name, runbookId])).toEqual([
    ['a', 'disk-full'],
    [null, null],
    [null, null],
    [null, null],
    ['x', null],
    ['y', null],
    ['z', null],
    ['last', 'disk-full'],
  ]);
  const said = ended.stderr.trim().split('\n');
  expect(said).toHaveLength(6);
  expect(said[0]).toBe(
    `countersign: ${ended.file}:3: the line is no JSON object; write one alarm a line, such as {"name":"disk-full-web-1"}`,
  );
  expect(said[2]).toContain(':5: name must be the alarm’s name, a text');
  expect(said[3]).toContain(':6: dimensions must be an object of names and values');
  expect(said[4]).toContain(':7: comparison must be one of GreaterThanThreshold, GreaterThanOrEqualToThreshold,');
  expect(said[5]).toContain(':8: period must be at least 1');
});

test.each([
  [
    'a file that is not there',
    ['match', '--alarms', '/nowhere.ndjson'],
    /cannot read \/nowhere\.ndjson; name a file of alarms/,
  ],
  ['no file', ['match'], /required option '--alarms <file>' not specified/],
  [
    'a folder that is not there',
    ['match', '--alarms', 'package.json', '--runbooks', '/nowhere'],
    /cannot read the folder \/nowhere; name the one with your runbooks/,
  ],
])('%s is said, with exit 1', async (_what, args, says) => {
  const failed = await run(process.execPath, ['cli/main.ts', ...args]).catch((error) => error);
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringMatching(says) });
});

test('a file of nothing is an error', async () => {
  expect(await match('\n\n')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/has no alarms/) });
});

test('answers the same twice, and the same with other runbooks only where they differ', async () => {
  const text = await readFile('eval/alarms.ndjson', 'utf8');
  const [first, second] = await Promise.all([match(text), match(text)]);
  expect(first.stdout).toBe(second.stdout);
  expect(answersOf(first)).toHaveLength(text.trim().split('\n').length);
});
