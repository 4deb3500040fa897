/** `countersign redact` as people use it: through its own process. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** Runs the command with this standard input, in the chunks given, each after the one before was taken. */
async function run(words: readonly string[], ...chunks: readonly (string | Uint8Array)[]) {
  const child = spawn(process.execPath, [main, 'redact', ...words]);
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  for (const chunk of chunks) await new Promise((resolve) => child.stdin.write(chunk, resolve));
  child.stdin.end();
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { code, out };
}

test('prints the whole text without its secrets, line for line', async () => {
  const { code, out } = await run([], 'DB_PASSWORD=x7Qz9k4w\n\nUse% 94%\nsee https://app:x7Qz9k4w@h/');
  expect(code).toBe(0);
  expect(out).toBe('DB_PASSWORD=[redacted: password]\n\nUse% 94%\nsee https://app:[redacted: password]@h/');
});

test('a secret over the border of two chunks is found, and so is a letter', async () => {
  const { out } = await run([], 'pass', 'word=x7Q', 'z9k4w é', Uint8Array.of(0x20, 0xc3), Uint8Array.of(0xa9), '\n');
  expect(out).toBe('password=[redacted: password] é é\n');
});

test('nothing is cut, however long, and what cannot be seen is written out', async () => {
  const line = `${'plain words '.repeat(9_000)}password=x7Qz9k4w \u202e end\n`;
  const { out } = await run([], line.repeat(10));
  expect(out.split('\n')).toHaveLength(11);
  expect(out).toBe(line.replace('x7Qz9k4w', '[redacted: password]').replace('\u202e', '\\u{202e}').repeat(10));
});

test('--json gives the text and how many of each kind were taken out', async () => {
  const { code, out } = await run(['--json'], 'password=x7Qz9k4w\nPGPASSWORD=x7Qz9k4w\n');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({
    text: 'password=[redacted: password]\nPGPASSWORD=[redacted: password]\n',
    found: { password: 2 },
  });
});

test('no input is no error', async () => {
  expect(await run([], '')).toEqual({ code: 0, out: '' });
  expect(await run(['--json'], '')).toEqual({ code: 0, out: '{"text":"","found":{}}\n' });
});
