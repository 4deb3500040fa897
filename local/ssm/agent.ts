/** The agent of Systems Manager on one host: it runs a command's script as the real one does, reboots and runs again on 194. */
import type { HostRun, VirtualHost } from '../virtual-host.ts';
import type { Filled } from './document.ts';

/** What the agent needs of its host. */
export type AgentHost = Pick<VirtualHost, 'definition' | 'run' | 'reboot'>;

/** "exit 194 … instructs the agent to reboot the node, then to restart the script" (`RebootExitCode`, constants_unix.go). */
const rebootExitCode = 194;

/** What the agent reports for a process that it killed. */
const killedExitCode = 137;

/** `pluginutil.ValidateExecutionTimeout`: seconds below 5 or above 48 hours are taken for 3600. */
export function agentSeconds(seconds: number): number {
  return seconds < 5 || seconds > 172_800 ? 3_600 : seconds;
}

/**
 * One execution, until `isOver`; a reboot clears `/run` and starts the script anew. A code other than 0 is appended to
 * stderr, as runscript.go does.
 */
export async function runByAgent(
  host: AgentHost,
  { script, timeoutSeconds }: Filled,
  cancelled: AbortSignal,
  isOver: () => boolean,
): Promise<HostRun> {
  const seconds = agentSeconds(timeoutSeconds);
  let run = await host.run(script, seconds, cancelled);
  while (run.exitCode === rebootExitCode && !cancelled.aborted && !isOver()) {
    await host.reboot();
    run = await host.run(script, seconds, cancelled);
  }
  const exitCode = run.timedOut ? killedExitCode : run.exitCode;
  const note = exitCode === 0 ? '' : `failed to run commands: exit status ${exitCode}`;
  return { ...run, exitCode, stderr: `${run.stderr}${note}` };
}
