/** Outcomes: what SSM's answers about a command on its hosts mean, one host at a time and all together. */
import type { DispatchOutcome, HostOutcome } from '../words.ts';
import { type RunRefusal, runRefusal, runTimedOut } from './run-document.ts';

/** SSM's answer about one command on one instance. */
export interface Invocation {
  readonly target: string;
  /** SSM's `StatusDetails`, such as `Success`, `Failed`, `ExecutionTimedOut`; `Pending` when SSM does not know it yet. */
  readonly status: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What people see of a command, redacted; the audit holds the hashes of exactly these texts. */
export interface StoredOutput {
  readonly target: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Status details of the Run Command API (Systems Manager user guide, "Understanding command statuses") without spaces.
 * `Failed` is told apart by its exit code; of a word that is not listed it is not known what it means. A delivery that timed out may be a script that runs and whose agent
 * went silent; a cancelled command may have begun.
 */
const outcomes: Readonly<Record<string, HostOutcome | 'running'>> = {
  Pending: 'running',
  InProgress: 'running',
  Delayed: 'running',
  Cancelling: 'running',
  Success: 'succeeded',
  TimedOut: 'timed_out',
  ExecutionTimedOut: 'timed_out',
  DeliveryTimedOut: 'unknown',
  Cancelled: 'unknown',
  Undeliverable: 'not_started',
  InvalidPlatform: 'not_started',
  AccessDenied: 'not_started',
  // "The parent command exceeded its MaxErrors limit and subsequent command invocations were canceled by the system."
  Terminated: 'not_started',
  // "The system has canceled the command before running it on any managed node."
  RateExceeded: 'not_started',
};

/** A second delivery was refused because the first one has been, or may have been, here: what that did, nobody heard. */
const ofAnEarlierDelivery: readonly RunRefusal[] = ['repeated', 'rebooted'];

/** What one host's status means; `running` until it ended. Spaces in SSM's status details are ignored. */
export function hostOutcome({
  status,
  exitCode,
  stderr,
}: Pick<Invocation, 'status' | 'exitCode' | 'stderr'>): HostOutcome | 'running' {
  const word = status.replaceAll(' ', '');
  if (word !== 'Failed') return outcomes[word] ?? 'unknown';
  const refusal = runRefusal(exitCode, stderr);
  if (refusal) return ofAnEarlierDelivery.includes(refusal) ? 'unknown' : 'refused_by_host';
  return runTimedOut(exitCode, stderr) ? 'timed_out' : 'failed';
}

/** What the agent says when its own folder under /var/lib/amazon/ssm cannot be written (amazon-ssm-agent issues 90 and 225). */
const agentCannotWrite = /Plugin with name aws:\w+ not found|\/amazon\/ssm\/.*no space left on device/i;

/** Begins the note on a text of which a part is missing. A script that prints it is taken to be cut, which hides nothing. */
export const cutMark = '… cut here';

/** "The first 24,000 characters written by the plugin to stdout", "The first 8,000 characters written … to stderr" (GetCommandInvocation). */
const handedOver = { stdout: 24_000, stderr: 8_000 } as const;

function handed(text: string, most: number): string {
  if (text.length < most) return text;
  return `${text}${cutMark}: Systems Manager hands over the first ${most} characters, and there may be more`;
}

/** The texts of an answer, beginning with what it means where the agent's own words do not say so, and with a note where they may be cut. */
export function explained({ stdout, stderr }: Pick<Invocation, 'stdout' | 'stderr'>): {
  stdout: string;
  stderr: string;
} {
  const isKnown = agentCannotWrite.test(stdout) || agentCannotWrite.test(stderr);
  const said = handed(stderr, handedOver.stderr);
  return {
    stdout: handed(stdout, handedOver.stdout),
    stderr: isKnown ? `the agent cannot write: is its disk full?\n${said}` : said,
  };
}

function ranNothing(host: HostOutcome): host is 'not_started' | 'refused_by_host' {
  return host === 'not_started' || host === 'refused_by_host';
}

/** How a dispatch ended, from how it ended on each host: one word if they agree, `not_started` if nothing ran anywhere, else `partial`. */
export function foldedOutcome(
  hosts: readonly HostOutcome[],
): Exclude<DispatchOutcome, 'running' | 'refused' | 'stale'> {
  const [first] = hosts;
  if (first === undefined) return 'failed';
  if (!ranNothing(first)) return hosts.every((host) => host === first) ? first : 'partial';
  return hosts.every(ranNothing) ? 'not_started' : 'partial';
}

/** All hosts together, `running` while one runs; no host at all is a failure. */
export function combinedOutcome(invocations: readonly Invocation[]): DispatchOutcome {
  const hosts = invocations.map(hostOutcome);
  return hosts.every((host) => host !== 'running') ? foldedOutcome(hosts) : 'running';
}
