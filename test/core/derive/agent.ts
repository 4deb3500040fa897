/** The run document as the agent of Systems Manager runs it on Linux: its habits, from its source, around a real shell. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { runDocument, runFolder } from '../../../core/derive/run-document.ts';

const { mainSteps, parameters: definitions } = JSON.parse(runDocument().content);
const [{ inputs }] = mainSteps;

export interface AgentAnswer {
  /** 137 when the agent killed the run. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Every `{{ name }}` of the document becomes the parameter's value; `/run` and `/proc/uptime` are those of `folder`. */
export function documentText(folder: string, parameters: Record<string, string[]>, uptime = '/proc/uptime'): string {
  const lines: string = inputs.runCommand.join('\n');
  const here = lines.replaceAll(runFolder, join(folder, 'run')).replaceAll('/proc/uptime', uptime);
  const filled = (text: string, [name, [value]]: [string, string[]]) =>
    text.replaceAll(`{{ ${name} }}`, () => `${value}`);
  const defaults = Object.entries<{ default?: string }>(definitions).map(
    ([name, { default: value = '' }]): [string, string[]] => [name, [value]],
  );
  return Object.entries({ ...Object.fromEntries(defaults), ...parameters }).reduce(filled, here);
}

/** `pluginutil.ValidateExecutionTimeout`: what is below 5 s or above 48 h becomes 3600 s. */
export function agentTimeout(seconds: number): number {
  return seconds < 5 || seconds > 172_800 ? 3600 : seconds;
}

/**
 * `sh` in a process group of its own, which a cancel and a time-out end with SIGKILL; it has ended when everybody has
 * closed its pipes, and a code other than 0 is appended to stderr (`executers_unix.go`, `runscript.go`).
 */
export function agentRun(
  text: string,
  options: { readonly shell?: string[]; readonly seconds?: number; readonly environment?: NodeJS.ProcessEnv } = {},
): { readonly ended: Promise<AgentAnswer>; cancel(): void } {
  const [shell = 'sh', ...flags] = options.shell ?? ['/bin/sh'];
  const child = spawn(shell, [...flags, '-c', text], {
    env: options.environment ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const timer = setTimeout(() => killGroup(child), agentTimeout(options.seconds ?? 60) * 1000);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('latin1').on('data', (piece) => (output.stdout += piece));
  child.stderr.setEncoding('latin1').on('data', (piece) => (output.stderr += piece));
  const ended = new Promise<AgentAnswer>((resolve) => {
    child.on('close', (exitCode) => {
      clearTimeout(timer);
      const code = exitCode ?? 137;
      const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => Buffer.from(bytes, 'latin1').toString());
      const note = code === 0 ? '' : `failed to run commands: exit status ${code}`;
      resolve({ code, stdout: stdout ?? '', stderr: `${stderr}${note}` });
    });
  });
  return { ended, cancel: () => killGroup(child) };
}

function killGroup({ pid = 0 }: ChildProcess): void {
  if (pid > 1) process.kill(-pid, 'SIGKILL');
}
