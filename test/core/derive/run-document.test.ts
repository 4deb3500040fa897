/** The document's own script, run by the machine's real `sh` in a throw-away folder (I2 and I3 on the host). */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  maximumScriptBytes,
  refusalCodes,
  runDocument,
  runParameters,
  runRefusal,
} from '../../../core/derive/run-document.ts';
import { seed, share } from '../../soak.ts';
import { agentRun, documentText } from './agent.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** All that the document may call. */
const tools = [
  'mkdir',
  'chmod',
  'base64',
  'sha256sum',
  'date',
  'timeout',
  'bash',
  'mkfifo',
  'tee',
  'wc',
  'head',
  'sleep',
];

const document = JSON.parse(runDocument().content);
const dispatchKey = 'inc-0123456789abcdef0123.2.run.1.1';
const soon = () => Math.floor(Date.now() / 1000) + 60;
const parametersFor = (script: string, overrides: Partial<Parameters<typeof runParameters>[0]> = {}) =>
  runParameters({ script, dispatchKey, notAfter: soon(), timeoutSeconds: 10, ...overrides });

const run = (parameters: Record<string, string[]>, environment = process.env) =>
  agentRun(documentText(folder, parameters), { environment }).ended;

describe('runs what was approved', () => {
  test('with its output, its exit code, and nobody else able to read it', async () => {
    expect(await run(parametersFor('echo out; echo err >&2; exit 7'))).toEqual({
      code: 7,
      stdout: 'out\n',
      stderr: 'err\nfailed to run commands: exit status 7',
    });
    expect(statSync(join(folder, 'run')).mode & 0o777).toBe(0o700);
    expect(existsSync(join(folder, 'run', dispatchKey, 'script'))).toBe(true);
  });

  test('byte for byte: quotes, Unicode, placeholders, no last newline', async () => {
    const script = `printf '%s' '{{ssm:secret}} {{ Script }} $(id) "quoted" \`x\` \\n é 漢 🙂 \u202e' "it's"\n\n# end`;
    const answer = await run(parametersFor(script));
    expect(answer).toEqual({
      code: 0,
      stdout: `{{ssm:secret}} {{ Script }} $(id) "quoted" \`x\` \\n é 漢 🙂 \u202eit's`,
      stderr: '',
    });
    expect(readFileSync(join(folder, 'run', dispatchKey, 'script'), 'utf8')).toBe(script);
  });

  test('in bash, without start-up files and without input', async () => {
    const startup = join(folder, 'startup');
    execFileSync('sh', ['-c', `echo 'echo hijacked' >${startup}`]);
    const script = 'a=(one); [[ $a == o* ]] && cat && echo "$PWD $0"';
    const answer = await run(parametersFor(script), { ...process.env, BASH_ENV: startup, ENV: startup });
    expect(answer.stdout).toBe(`/ ${join(folder, 'run', dispatchKey, 'script')}\n`);
  });

  test(`byte for byte, ${share(5_000)} random scripts (seed ${seed})`, async () => {
    let step = 0;
    const script = fc.string({ unit: 'binary', maxLength: 400 }).map((text) => `exit 0\n${text}`);
    await fc.assert(
      fc.asyncProperty(script, async (text) => {
        const key = `inc-${String(++step).padStart(20, '0')}.1.run.1.1`;
        expect(await run(parametersFor(text, { dispatchKey: key }))).toEqual({ code: 0, stdout: '', stderr: '' });
        expect(readFileSync(join(folder, 'run', key, 'script'))).toEqual(Buffer.from(text));
      }),
      { seed, numRuns: share(5_000) },
    );
  });

  test('up to the longest script that can be sent', async () => {
    const script = `echo long\n#${'x'.repeat(maximumScriptBytes - 11)}`;
    const parameters = parametersFor(script);
    expect(parameters.Script[0].length).toBeLessThanOrEqual(document.parameters.Script.maxChars);
    expect((await run(parameters)).stdout).toBe('long\n');
    expect(() => parametersFor(`${script}x`)).toThrow('24577 bytes; 1 to 24576 can be sent');
    expect(() => parametersFor('')).toThrow('0 bytes');
    for (const timeoutSeconds of [4, 3601, 5.5])
      expect(() => parametersFor('x', { timeoutSeconds })).toThrow('5 to 3600');
  });
});

describe('refuses', () => {
  const canary = () => join(folder, 'canary');
  const touching = () => `touch ${canary()}`;

  async function expectRefused(
    answer: Awaited<ReturnType<typeof run>>,
    reason: keyof typeof refusalCodes,
  ): Promise<void> {
    expect(answer).toMatchObject({ code: refusalCodes[reason], stdout: '' });
    const isUnsure = reason === 'repeated' || reason === 'rebooted';
    const words = isUnsure ? 'this delivery ran nothing, an earlier one may have' : 'nothing was run';
    expect(answer.stderr).toMatch(new RegExp(`^countersign: refused: .*; ${words}\nfailed to run commands`));
    expect(runRefusal(answer.code, answer.stderr)).toBe(reason);
    expect(existsSync(canary())).toBe(false);
  }

  test('another script than the approved one', async () => {
    const other = parametersFor('true').ScriptHash;
    await expectRefused(await run({ ...parametersFor(touching()), ScriptHash: other }), 'wrong_hash');
  });

  test('a script that is not base64', async () => {
    await expectRefused(await run({ ...parametersFor(touching()), Script: ['A'] }), 'wrong_hash');
  });

  test('a start after notAfter', async () => {
    await expectRefused(await run(parametersFor(touching(), { notAfter: soon() - 62 })), 'too_late');
  });

  test('a clock that cannot be read', async () => {
    const path = onlyTools(tools.filter((tool) => tool !== 'date'));
    execFileSync('sh', ['-c', `printf '#!/bin/sh\nexit 1\n' >${path}/date; chmod +x ${path}/date`]);
    await expectRefused(await run(parametersFor(touching()), { PATH: path }), 'too_late');
  });

  test('a dispatch that has been here before, however it ended', async () => {
    await run(parametersFor('exit 1'));
    await expectRefused(await run(parametersFor(touching())), 'repeated');
    expect((await run(parametersFor('echo two', { dispatchKey: dispatchKey.replace('.1', '.2') }))).stdout).toBe(
      'two\n',
    );
  });

  test('twenty deliveries at once run once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => run(parametersFor('echo ran; sleep 0.2'))));
    expect(answers.filter(({ stdout }) => stdout === 'ran\n')).toHaveLength(1);
    expect(answers.filter(({ code, stderr }) => runRefusal(code, stderr) !== null)).toHaveLength(19);
  });

  test('a host without bash, and says so', async () => {
    const path = onlyTools([...tools.filter((tool) => tool !== 'bash'), 'touch']);
    const answer = await run(parametersFor(touching()), { PATH: path });
    await expectRefused(answer, 'unsupported_host');
    expect(answer.stderr).toContain('this host has no bash');
  });

  test.skipIf(process.getuid?.() === 0)('a folder that cannot be made', async () => {
    chmodSync(folder, 0o500);
    await expectRefused(await run(parametersFor(touching())), 'no_folder');
  });

  test('a folder that is a file', async () => {
    execFileSync('touch', [join(folder, 'run')]);
    await expectRefused(await run(parametersFor(touching())), 'no_folder');
  });

  test('and a script that exits with such a code has run and failed, whatever it says', async () => {
    for (const code of Object.values(refusalCodes)) {
      const key = dispatchKey.replace('.1.1', `.1.${code - 90}`);
      const script = `echo 'countersign: refused: this host has no bash; nothing was run' >&2; exit ${code}`;
      const answer = await run(parametersFor(script, { dispatchKey: key }));
      expect([answer.code, runRefusal(answer.code, answer.stderr)]).toEqual([code, null]);
      expect(answer.stderr).toMatch(`countersign: the script itself exited with ${code}\n`);
    }
  });
});

describe('the document', () => {
  test('is named by its content', () => {
    const { name, digest, content } = runDocument();
    expect(name).toBe(`countersign-run-${digest.slice(0, 12)}`);
    expect(digest).toBe(execFileSync('sha256sum', { input: content, encoding: 'utf8' }).slice(0, 64));
    expect(runDocument()).toEqual({ name, digest, content });
  });

  test('takes no parameter that could leave its single quotes, end as a path elsewhere, or switch the time-out off', () => {
    const good = parametersFor('true');
    const allowed = (name: string, value: string) => new RegExp(document.parameters[name].allowedPattern).test(value);
    for (const [name, [value]] of Object.entries(good))
      expect([name, allowed(name, String(value))]).toEqual([name, true]);
    const hostile = [
      "'; id; '",
      '{{ssm:x}}',
      '$(id)',
      '`id`',
      '..',
      '../../etc',
      'a b',
      'a\nb',
      '',
      '0',
      '00',
      '-1',
      'é',
    ];
    for (const name of Object.keys(good)) {
      for (const value of hostile) {
        const harmless = name === 'Script' && /^0+$/.test(value);
        expect([name, value, allowed(name, value)]).toEqual([name, value, harmless]);
      }
      expect(document.parameters[name].type).toBe('String');
      expect(document.parameters[name].allowedPattern).toMatch(/^\^.*\$$/);
    }
    expect(
      ['1', '4', '5', '10', '60', '999', '3600', '3601', '3700', '10000'].map((value) =>
        allowed('executionTimeout', value),
      ),
    ).toEqual([false, false, true, true, true, true, true, false, false, false]);
  });

  test('is one step, for Linux only, and small', () => {
    expect(document.mainSteps).toMatchObject([
      { action: 'aws:runShellScript', precondition: { StringEquals: ['platformType', 'Linux'] } },
    ]);
    expect(runDocument().content.length).toBeLessThan(6_000);
  });

  test('uses every parameter, and no command beyond its list', () => {
    const text: string = document.mainSteps[0].inputs.runCommand.join('\n');
    const used = [...text.matchAll(/{{ (\w+) }}/g)].map((match) => match[1]);
    expect(new Set(used)).toEqual(new Set(Object.keys(document.parameters)));
    expect(text).toMatch(/^ *timeout --foreground .* bash "\$run\/script" <\/dev\/null >\S+ 2>\S+$/m);
    const path = onlyTools(tools);
    return expect(run(parametersFor('echo enough'), { PATH: path })).resolves.toEqual({
      code: 0,
      stdout: 'enough\n',
      stderr: '',
    });
  });
});

function onlyTools(names: readonly string[]): string {
  const path = join(folder, 'tools');
  mkdirSync(path);
  for (const name of names) symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(path, name));
  return path;
}
