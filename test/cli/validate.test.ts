/** `countersign validate`: what a pull request sees. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { registerValidate } from '../../cli/validate.ts';
import { good } from '../core/runbook/example.ts';

let folder = '';
let printed = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-validate-'));
  printed = '';
  const print = (text: string) => {
    printed += `${text.replace(/\u001b\[\d+m/g, '')}\n`;
  };
  vi.spyOn(console, 'log').mockImplementation(print);
  vi.spyOn(console, 'error').mockImplementation(print);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.restoreAllMocks();
  process.exitCode = 0;
});

async function validate(
  runbooks: Record<string, string>,
  policy = 'countersign.yaml',
): Promise<typeof process.exitCode> {
  for (const [name, text] of Object.entries(runbooks)) writeFileSync(join(folder, name), text);
  const program = new Command('countersign');
  registerValidate(program);
  await program.parseAsync(['validate', folder, '--policy', policy], { from: 'user' });
  return process.exitCode;
}

const small = (command: string, more = '') =>
  `---\nid: small\ntitle: Small\nowner: me\nseverity: low\nmatch:\n  alarms: [small]\n---\n\n1. Do it\n\n   \`\`\`bash\n   ${command}\n   \`\`\`\n${more}`;

test('good runbooks are listed with the floor of each step', async () => {
  expect(
    await validate({ 'a.md': small('systemctl restart nginx', '\n2. Tell somebody\n'), 'README.md': 'not one' }),
  ).toBe(0);
  expect(printed).toMatch(
    /✓ .*a\.md: small, Small \(sha256 [0-9a-f]{12}\)\n +1\. Do it: modifying\n +2\. Tell somebody: manual/,
  );
});

test('every problem of every file has its place, and the exit code is 1', async () => {
  const broken = { 'a.md': small('true').replace('severity: low', 'severity: urgent'), 'b.md': small('echo {{ x }}') };
  expect(await validate(broken)).toBe(1);
  expect(printed).toMatch(/✗ .*a\.md:5: severity is "urgent": must be one of/);
  expect(printed).toMatch(/✗ .*b\.md:13: {{ x }} is not declared/);
});

test('what could never run is a problem although it parses', async () => {
  const companion = '   ```bash observe\n   rm -f /srv/x\n   ```\n';
  expect(await validate({ 'a.md': small('true', companion) })).toBe(1);
  expect(printed).toMatch(
    /a\.md:15: the observe script must be read_only, and it is destructive: .*; make it a step of its own/,
  );
});

test('a plan that cannot fit into an incident is a problem', async () => {
  const step = (n: number) =>
    `${n}. Step\n\n${['', ' dry-run', ' observe', ' rollback', ' verify'].map((word) => `    \`\`\`bash${word}\n    true\n    \`\`\`\n`).join('')}\n`;
  const steps = Array.from({ length: 17 }, (_, index) => step(index + 1)).join('');
  expect(await validate({ 'a.md': small('true').replace(/1\. Do it[\s\S]*/, () => steps) })).toBe(1);
  expect(printed).toMatch(/the runbook may need 102 dispatches; at most 100 fit into one incident; split it/);
});

test('a broken policy is a problem with its place', async () => {
  writeFileSync(join(folder, 'policy.yaml'), 'mode: yolo\n');
  expect(await validate({ 'a.md': small('true') }, join(folder, 'policy.yaml'))).toBe(1);
  expect(printed).toMatch(/✗ .*policy\.yaml:1:.*mode.*yolo/);
});

test("a rule of the organisation's that matches nothing is a warning", async () => {
  const rule =
    '{ match: { command: deployctl, arguments: [status] }, level: read_only, owner: me, reason: only reads }';
  writeFileSync(join(folder, 'policy.yaml'), `commands:\n  - ${rule}\n`);
  const outcome = await validate({ 'a.md': small('true') }, join(folder, 'policy.yaml'));
  expect(printed).toMatch(/! .*policy\.yaml: commands: "deployctl status" matches no command of any runbook/);
  expect(outcome).toBe(0);
});

test('a folder without runbooks, or none at all, is said so', async () => {
  await expect(validate({})).rejects.toThrow(/has no runbooks/);
  rmSync(folder, { recursive: true });
  await expect(validate({})).rejects.toThrow(/cannot read the folder/);
});

test('the example of the parser tests is as good here', async () => {
  await validate({ 'a.md': good });
  expect(printed).toMatch(/queue-stuck, Unstick the queue/);
});

test.each([
  ['no-break', '\u00a0', 'U+00A0'],
  ['em', '\u2003', 'U+2003'],
  ['ideographic', '\u3000', 'U+3000'],
  ['narrow no-break', '\u202f', 'U+202F'],
])('white space that is none to a shell is named with its line: %s', async (_name, space, name) => {
  expect(await validate({ 'a.md': small(`echo ok\n   [ -e /etc/keep${space}] || df -h`) })).toBe(0);
  const what = `the script contains ${name}, which looks like a space, and which a shell takes for a letter`;
  expect(printed).toContain(`a.md:14: ${what}; write a plain space`);
});

test('a zero-width character in a script is an error that names it', async () => {
  expect(await validate({ 'a.md': small('df\u200b -h') })).toBe(1);
  expect(printed).toMatch(/✗ .*a\.md:13: .*U\+200B/);
});
