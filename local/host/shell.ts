/** Shells over the virtual host's one file system, each with a limit in time that holds, and `timeout`. */
import { Bash, type CustomCommand, defineCommand, type ExecResult, type IFileSystem } from 'just-bash';
import { failed } from './output.ts';

export interface ShellHost {
  readonly fs: IFileSystem;
  readonly commands: readonly CustomCommand[];
  /** Ends what is running now at the next statement, as far as a shell that never yields can be reached. */
  readonly signal: AbortSignal | null;
  /** Epoch milliseconds at which what is running now ends; an inner limit never reaches beyond an outer one. */
  deadline: number;
}

export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Far above what a script needs: only time and the thread's memory limit a run here, as on a host. */
const generous = {
  maxCommandCount: 1e9,
  maxLoopIterations: 1e9,
  maxWorkUnits: 1e12,
  maxLiveBytes: 2 ** 50,
  maxInputBytes: 2 ** 50,
  maxFileSystemBytes: 2 ** 50,
  maxOutputSize: 2 ** 26,
};

const rootEnvironment = {
  HOME: '/root',
  USER: 'root',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
};

/**
 * A new shell over the same file system; the time limit belongs to the shell. The braces keep what was printed before
 * the limit, which is lost otherwise. `milliseconds` ≥ 1.
 */
export async function runLimited(
  text: string,
  milliseconds: number,
  host: ShellHost,
  options: { readonly cwd?: string; readonly env?: Record<string, string>; readonly hasOwnGroup?: boolean } = {},
): Promise<ExecResult> {
  const outer = host.deadline;
  host.deadline = Math.min(outer, Date.now() + milliseconds);
  try {
    const bash = new Bash({
      fs: host.fs,
      cwd: options.cwd ?? '/',
      env: options.env ?? rootEnvironment,
      customCommands: [...host.commands],
      executionLimits: { ...generous, maxExecutionTimeMs: Math.max(1, host.deadline - Date.now()) },
    });
    const result = await bash.exec(`{\n${text}\n}`, {
      rawScript: true,
      // The agent kills its own process group, and nothing beyond it.
      ...(host.signal && !options.hasOwnGroup ? { signal: host.signal } : {}),
    });
    return { ...result, stderr: result.stderr.replace(/bash: .* exceeded (its )?execution deadline.*\n$/, '') };
  } finally {
    host.deadline = outer;
  }
}

const unitSeconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * `timeout [-k D] [-s SIG] D COMMAND…`: the built-in one cannot stop a busy loop and loses what was printed. A shell
 * with one script as its only argument runs that script's text, for the same reason.
 */
export function timeout(host: ShellHost): CustomCommand {
  return defineCommand('timeout', async (arguments_, { cwd, exportedEnv }) => {
    const rest = [...arguments_];
    let isForeground = false;
    while (rest[0]?.startsWith('-')) {
      const option = rest.shift() ?? '';
      isForeground ||= option === '--foreground';
      if (/^-(k|s)$|^--(kill-after|signal)$/.test(option)) rest.shift();
      else if (!/^-[ksv].|^--(kill-after|signal)=|^--(foreground|preserve-status|verbose)$|^-v$/.test(option))
        return failed(`timeout: invalid option '${option}'`, 125);
    }
    const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(rest.shift() ?? '') ?? [];
    if (count === undefined || rest.length === 0)
      return failed('timeout: invalid time interval or missing command', 125);
    const milliseconds = Number(count) * (unitSeconds[unit] ?? 1) * 1000;
    const [shell = '', script = ''] = rest;
    const isScript =
      /^(\/bin\/|\/usr\/bin\/)?(ba)?sh$/.test(shell) && rest.length === 2 && (await host.fs.exists(script));
    const text = isScript ? await host.fs.readFile(script) : rest.map(quoted).join(' ');
    return runLimited(text, milliseconds || Number.POSITIVE_INFINITY, host, {
      cwd,
      hasOwnGroup: !isForeground,
      ...(exportedEnv ? { env: exportedEnv } : {}),
    });
  });
}
