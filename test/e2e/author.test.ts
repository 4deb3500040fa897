/** The author's path of docs/runbooks.md: every command that it shows is run, on the very files that it shows. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fence, fences, root } from '../docs/pages.ts';

/** What the page calls its folder. */
const shownFolder = 'my-runbooks';

const page = readFileSync(join(root, 'docs/runbooks.md'), 'utf8');
const section = /^## Write, validate, plan, try\n([\s\S]*?)^##/m.exec(page)?.[1] ?? '';
const blocks = fences(section);
const [runbook, alarm] = ['markdown', 'json'].map(
  (word) => blocks.find(({ language }) => language === word)?.text ?? '',
);

let work = '';
let folder = '';

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'author-test-'));
  folder = join(work, shownFolder);
  mkdirSync(folder);
  writeFileSync(join(folder, 'batch-job-runs-wild.md'), runbook ?? '');
  writeFileSync(join(folder, 'alarm.json'), alarm ?? '');
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

/** A shown command, run in the repository; what it printed on both streams, as a reader of the page would see it. */
function run(command: string): Promise<{ code: number; text: string }> {
  const [program = '', ...words] = command.trim().replaceAll(shownFolder, folder).split(' ');
  const env = { ...process.env, TMPDIR: work, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(program, words, { cwd: root, env, maxBuffer: 2 ** 24 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, text: stdout + stderr }),
    );
  });
}

/** Each command with the output that the page shows below it. */
const commands = blocks.flatMap((block: Fence, index) => {
  if (block.language !== '') return [];
  const next = blocks[index + 1];
  return block.text
    .trim()
    .split('\n')
    .map((command) => [command, next?.language === 'text' ? next.text.trimEnd().split('\n') : []] as const);
});

test('the page shows how to validate, to plan and to try', () => {
  expect(commands.map(([command]) => / -- (validate|plan|--runbooks) /.exec(command)?.[1])).toEqual([
    'validate',
    'plan',
    '--runbooks',
  ]);
});

test.each(commands)(
  '%s',
  async (command, lines) => {
    const { code, text } = await run(command);
    expect(code, text).toBe(0);
    for (const line of lines) expect(text.split('\n')).toContain(line);
  },
  240_000,
);

test.runIf(process.env.SOAK)(
  'an alarm that cannot recover on the virtual host ends as unverified, in bounded time',
  async () => {
    const own = { ...JSON.parse(alarm ?? ''), namespace: 'Reports' };
    writeFileSync(join(folder, 'elsewhere.json'), JSON.stringify(own));
    const words = `--runbooks ${shownFolder} --alarm ${shownFolder}/elsewhere.json --yes --json`;
    const { code, text } = await run(`npm run --silent demo -- ${words}`);
    expect(code, text).toBe(1);
    expect(text).toMatch(/nothing on the virtual hosts moves Reports CPUUtilization: .* cannot recover here/);
    expect(text).toMatch(/closed as unverified/);
    const result = JSON.parse(text.split('\n').find((line) => line.startsWith('{')) ?? '');
    expect(result).toMatchObject({
      status: 'unverified',
      runbook: 'batch-job-runs-wild',
      approvals: 1,
      auditVerified: true,
    });
  },
  240_000,
);
