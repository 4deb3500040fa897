/** The Python environment of emulator and cfn-lint: made in the cache on first use from the hashed lock, reused afterwards. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonLock as lockFile, cache as usualCache } from '../package/assets.ts';

const run = promisify(execFile);

/** MiniStack's oldest supported Python. */
const oldestPython = [3, 10] as const;
const pythonNames = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

export interface PythonEnvironment {
  /** Absolute path of the environment's own interpreter. */
  readonly python: string;
  /** Whether this call built it; false when it was there already. */
  readonly fresh: boolean;
}

/**
 * The environment whose name carries the lock's hash. It is built aside and renamed into place, so that two starts at
 * once and a build that was interrupted leave either nothing or a whole environment. `cache` and `path` (of commands)
 * are for tests. Throws when no Python ≥ 3.10 is found, or when neither `uv`, `pip` nor `ensurepip` can install.
 */
export async function pythonEnvironment(
  onProgress: (text: string) => void,
  cache = usualCache,
  path = process.env.PATH ?? '',
): Promise<PythonEnvironment> {
  const name = `emulator-${createHash('sha256').update(readFileSync(lockFile)).digest('hex').slice(0, 12)}`;
  const folder = join(cache, name);
  removeAbandoned(cache);
  if (isWhole(folder)) return { python: join(folder, 'bin', 'python'), fresh: false };
  const environment = { ...process.env, PATH: path };
  const python = await findPython(environment);
  onProgress(`First use: installing the AWS emulator into ${cache} (about 140 MB, 10 to 60 seconds) …`);
  mkdirSync(cache, { recursive: true });
  const building = join(cache, `${name}.${process.pid}.${randomBytes(4).toString('hex')}.building`);
  await install(python, building, environment);
  writeFileSync(join(building, 'complete'), '');
  moveIntoPlace(building, folder);
  onProgress('The AWS emulator is installed.');
  return { python: join(folder, 'bin', 'python'), fresh: true };
}

/** Removes an environment that turned out to be broken, so that the next call builds it anew. */
export function removeEnvironment(environment: PythonEnvironment): void {
  rmSync(join(environment.python, '..', '..'), { recursive: true, force: true });
}

/** `existsSync` follows the interpreter's link: an upgraded or removed system Python makes an environment incomplete. */
function isWhole(folder: string): boolean {
  return existsSync(join(folder, 'complete')) && existsSync(join(folder, 'bin', 'python'));
}

function moveIntoPlace(building: string, folder: string): void {
  if (!isWhole(folder)) rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(building, folder);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    if (!isWhole(folder)) throw error;
  }
}

/** Builds whose process is gone were interrupted. */
function removeAbandoned(cache: string): void {
  if (!existsSync(cache)) return;
  for (const name of readdirSync(cache)) {
    const builder = /^emulator-.*\.(\d+)\.[0-9a-f]+\.building$/.exec(name)?.[1];
    if (builder && !isRunning(Number(builder))) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function findPython(environment: NodeJS.ProcessEnv): Promise<string> {
  const question = 'import sys; print(sys.executable, *sys.version_info[:2], sep="\\n")';
  const tooOld: string[] = [];
  for (const name of pythonNames) {
    const answer = await run(name, ['-c', question], { env: environment }).catch(() => null);
    const [executable = '', major = '0', minor = '0'] = answer?.stdout.trim().split('\n') ?? [];
    if (!executable) continue;
    if (Number(major) === oldestPython[0] && Number(minor) >= oldestPython[1]) return executable;
    tooOld.push(`${executable} is ${major}.${minor}`);
  }
  const found = tooOld.length > 0 ? tooOld.join(', ') : `none of ${pythonNames.join(', ')} is on PATH`;
  throw new Error(
    `The local AWS emulator needs Python 3.10 or newer; ${found}. ` +
      'Install one (Debian and Ubuntu: apt install python3 python3-venv; macOS: brew install python), ' +
      'or set AWS_ENDPOINT_URL to an emulator that is running already.',
  );
}

/** Tries the fastest way first: `uv` 0.6 s, the system's own pip 4 s, a private pip 10 s. */
async function install(python: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const own = join(folder, 'bin', 'python');
  const arguments_ = ['install', '--quiet', '--no-compile', '--disable-pip-version-check', '--require-hashes', '-r'];
  const ways = [
    [
      ['uv', 'venv', '--quiet', '--no-project', '--python', python, folder],
      ['uv', 'pip', 'sync', '--quiet', '--require-hashes', '--python', own, lockFile],
    ],
    [
      [python, '-m', 'venv', '--without-pip', folder],
      [python, '-m', 'pip', '--python', own, ...arguments_, lockFile],
    ],
    [
      [python, '-m', 'venv', folder],
      [own, '-m', 'pip', ...arguments_, lockFile],
    ],
  ];
  const problems: string[] = [];
  for (const commands of ways) {
    rmSync(folder, { recursive: true, force: true });
    const problem = await firstProblem(commands, env);
    if (problem === null) return;
    problems.push(problem);
  }
  rmSync(folder, { recursive: true, force: true });
  throw new Error(
    `The local AWS emulator could not be installed with ${python}. Install uv (pip install uv) or the venv and pip ` +
      `modules (Debian and Ubuntu: apt install python3-venv python3-pip), and check that packages can be downloaded.\n` +
      problems.join('\n'),
  );
}

async function firstProblem(commands: readonly string[][], env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const [command = '', ...rest] of commands) {
    try {
      await run(command, rest, { env, maxBuffer: 16 * 1024 * 1024 });
    } catch (error) {
      const text = error instanceof Error ? error.message.trim().split('\n') : [String(error)];
      return `  ${[command, ...rest].join(' ')}: ${text.slice(1).join(' ').slice(0, 500) || text[0]}`;
    }
  }
  return null;
}
