/** `countersign classify` as other programs and people use it: through its own process. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** Runs the command line with this standard input, in the chunks given. */
async function run(words: readonly string[], ...chunks: readonly (string | Uint8Array)[]) {
  const child = spawn(process.execPath, [main, 'classify', ...words], { env: { ...process.env, NO_COLOR: '1' } });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  for (const chunk of chunks) child.stdin.write(chunk);
  child.stdin.end();
  const code = await new Promise((resolve) => child.on('close', resolve));
  return {
    code,
    ...said,
    answers: () =>
      said.out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

test('each JSON string is answered by one object, in order', async () => {
  const { code, answers } = await run([], '"df -h"\n"rm x"\n\n"curl a.exa', 'mple"\n"a\\nb"');
  expect(code).toBe(0);
  expect(answers().map(({ command, level, flags }) => [command, level, flags])).toEqual([
    ['df -h', 'read_only', []],
    ['rm x', 'destructive', []],
    ['curl a.example', 'read_only', ['egress']],
    ['a\nb', 'destructive', []],
  ]);
  expect(Object.keys(answers()[0])).toEqual(['command', 'level', 'flags', 'reasons']);
  expect(answers()[1].reasons[0]).toEqual({
    rule: 'rm',
    text: 'deletes files',
    level: 'destructive',
    start: 0,
    end: 4,
  });
});

test('a line that is no JSON string is named by its number, the others are answered, and the exit code is 1', async () => {
  const { code, err, answers } = await run([], '"ls"\nls\n["ls"]\n"df"\n');
  expect(code).toBe(1);
  expect(answers()).toHaveLength(2);
  expect(err).toMatch(/line 2 is no JSON string: "ls".*--text[\s\S]*line 3 is no JSON string/);
});

test('--text takes lines as they stand, and only a line feed ends one', async () => {
  const { answers } = await run(
    ['--text'],
    'df -h\r\nls\u2028rm\n\nls é',
    Uint8Array.of(0x0a, 0xc3),
    Uint8Array.of(0xa9),
  );
  expect(answers().map(({ command, level }) => [command, level])).toEqual([
    ['df -h\r', 'forbidden'],
    ['ls\u2028rm', 'forbidden'],
    ['', 'read_only'],
    ['ls é', 'read_only'],
    ['é', 'destructive'],
  ]);
});

test('lines of a megabyte and binary input are answered', async () => {
  const long = `"echo ${'a'.repeat(2 ** 20)}"\n`;
  const { code, answers } = await run([], long, long, '"\\ud800"\n"\\u0000"\n');
  expect(code).toBe(0);
  expect(answers().map(({ level }) => level)).toEqual(['destructive', 'destructive', 'forbidden', 'forbidden']);
});

test('one command is shown to a person with what raised it underlined', async () => {
  const { code, out } = await run(['cd /srv && find . -delete\nls']);
  expect(code).toBe(0);
  expect(out.split('\n')).toEqual([
    'destructive',
    '  destructive: deletes files (find.delete)',
    '      cd /srv && find . -delete',
    `      ${' '.repeat(11)}${'^'.repeat(14)}`,
    '',
  ]);
  expect((await run(['ls \u202e'])).out).toContain('\\u{202e}');
});

test('carets stand under what they mean, also behind and under characters that are two columns wide', async () => {
  const { out } = await run(['echo "日本語"; rm -rf /srv/日本']);
  const [, , text = '', carets = ''] = out.split('\n');
  expect(text).toContain('echo "日本語"; rm -rf /srv/日本');
  const before = 'echo "'.length + 3 * 2 + '"; '.length;
  expect(carets).toBe(`      ${' '.repeat(before)}${'^'.repeat('rm -rf /srv/'.length + 2 * 2)}`);
});

test('what is refused for its form alone is told how to be written', async () => {
  const { out } = await run(['ps aux | less']);
  expect(out).toContain('only its form is refused: leave the pager away');
  const { answers } = await run([], '"ps aux | less"\n"(( x > 4 ))"\n"lsof -D b | less"\n"df -h"\n');
  expect(answers().map(({ cures }) => cures?.length ?? 0)).toEqual([1, 1, 0, 0]);
});

test("the organisation's own commands count when a policy is named, and a broken one is refused", async () => {
  expect((await run(['--policy', 'countersign.yaml', 'df -h'])).out).toContain('read_only');
  const { code, err } = await run(['--policy', 'package.json', 'df -h']);
  expect(code).toBe(1);
  expect(err).toMatch(/package\.json/);
});
