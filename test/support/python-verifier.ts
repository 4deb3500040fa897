/** docs/verify.py as an outsider runs it: by the Python of local/requirements.in, which has `cryptography`. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonEnvironment } from '../../local/python-environment.ts';
import type { Verdict } from '../core/audit/bundles.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const driver = `
import json, sys
sys.path.insert(0, sys.argv[1])
import verify
for path in sys.stdin.read().split():
    answer = verify.verdict(path)
    print(json.dumps({**{k: answer[k] for k in ("verdict", "integrity", "completeness")}, "firstBad": answer["firstBad"] and [answer["firstBad"][0], answer["firstBad"][2]]}))
`;

/** What docs/verify.py says of each file, in their order. */
export async function byPython(files: readonly string[]): Promise<Verdict[]> {
  const { python } = await pythonEnvironment(() => {});
  const asked = run(python, ['-B', '-c', driver, join(root, 'docs')], { maxBuffer: 64 * 1024 * 1024 });
  asked.child.stdin?.end(files.join('\n'));
  const { stdout } = await asked;
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Verdict);
}

/** The script itself, on one file. */
export async function scriptOn(...arguments_: readonly string[]): Promise<{ code: number; said: string }> {
  const { python } = await pythonEnvironment(() => {});
  return run(python, ['-B', join(root, 'docs/verify.py'), ...arguments_]).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stdout, stderr }) => ({ code, said: `${stdout}${stderr}` }),
  );
}
