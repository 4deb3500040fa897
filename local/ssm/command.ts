/** A command and its invocations, and the shapes in which the SSM API tells about them. */
import { type AgentHost, agentSeconds } from './agent.ts';
import type { Filled } from './document.ts';
import type { HostFault } from './faults.ts';

export interface SendCommandInput {
  readonly DocumentName: string;
  readonly DocumentVersion?: string;
  readonly DocumentHash?: string;
  readonly DocumentHashType?: string;
  readonly InstanceIds?: readonly string[];
  readonly Targets?: readonly unknown[];
  readonly Parameters?: Readonly<Record<string, readonly string[]>>;
  readonly TimeoutSeconds?: number;
  readonly Comment?: string;
  readonly MaxConcurrency?: string;
  readonly MaxErrors?: string;
}

export interface Invocation {
  readonly host: AgentHost;
  status: 'Pending' | 'InProgress' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelling' | 'Cancelled';
  details: string;
  startedAt: number;
  endedAt: number;
  exitCode: number;
  stdout: string;
  stderr: string;
  readonly cancel: AbortController;
}

export interface Command {
  readonly id: string;
  readonly input: SendCommandInput;
  readonly filled: Filled;
  /** Epoch milliseconds. */
  readonly requestedAt: number;
  readonly invocations: readonly Invocation[];
}

/** What ListCommandInvocations gives of an output, and what a command without a delivery time-out gets, in seconds. */
const listedOutput = 2_500;
export const usualDeliverySeconds = 3_600;

/** Run Command's `Status` for each of its `StatusDetails` that ends an invocation. */
const statusOfDetails: Readonly<Record<string, Invocation['status']>> = {
  Success: 'Success',
  DeliveryTimedOut: 'TimedOut',
  ExecutionTimedOut: 'TimedOut',
  Cancelled: 'Cancelled',
  Terminated: 'Cancelled',
};

export function pending(host: AgentHost): Invocation {
  const times = { startedAt: 0, endedAt: 0, exitCode: -1, stdout: '', stderr: '' };
  return { host, status: 'Pending', details: 'Pending', ...times, cancel: new AbortController() };
}

/** Once ended, an invocation's answer does not change any more. */
export function end(
  invocation: Invocation,
  details: string,
  { exitCode = -1, stdout = '', stderr = '' }: Partial<Pick<HostFault, 'exitCode' | 'stdout' | 'stderr'>> = {},
): void {
  if (invocation.endedAt > 0) return;
  const status = statusOfDetails[details] ?? 'Failed';
  Object.assign(invocation, { status, details, exitCode, stdout, stderr, endedAt: Date.now() });
}

/**
 * "If Run Command doesn't receive a document terminal response from SSM Agent, the command invocation is marked as
 * deliveryTimeout": so may be called what has begun and still runs.
 */
export function expire({ invocations }: Command): void {
  for (const invocation of invocations) end(invocation, 'DeliveryTimedOut');
}

/** Epoch seconds: "Total timeout": delivery and execution time-outs together, for all hosts of a command. */
export function expiresAfter({ input, filled, requestedAt }: Command): number {
  const delivery = input.TimeoutSeconds ?? usualDeliverySeconds;
  return requestedAt / 1000 + delivery + agentSeconds(filled.timeoutSeconds);
}

export function statusOf({ invocations }: Command): string {
  const statuses = invocations.map(({ status }) => status);
  if (statuses.some((status) => status === 'Pending' || status === 'InProgress' || status === 'Cancelling'))
    return 'InProgress';
  return statuses.find((status) => status !== 'Success') ?? 'Success';
}

export function commandAnswer(command: Command) {
  const { input, requestedAt, invocations } = command;
  const status = statusOf(command);
  const ended = invocations.filter(({ endedAt }) => endedAt > 0);
  return {
    CommandId: command.id,
    DocumentName: input.DocumentName,
    DocumentVersion: input.DocumentVersion ?? '$DEFAULT',
    Comment: input.Comment ?? '',
    Parameters: input.Parameters ?? {},
    InstanceIds: input.InstanceIds ?? [],
    Targets: [],
    RequestedDateTime: requestedAt / 1000,
    ExpiresAfter: expiresAfter(command),
    Status: invocations.every(({ startedAt, endedAt }) => startedAt + endedAt === 0) ? 'Pending' : status,
    StatusDetails: invocations.length === 1 ? invocations[0]?.details : status,
    TargetCount: invocations.length,
    CompletedCount: ended.length,
    ErrorCount: ended.filter(({ status }) => status !== 'Success').length,
    DeliveryTimedOutCount: ended.filter(({ details }) => details === 'DeliveryTimedOut').length,
    MaxConcurrency: input.MaxConcurrency ?? '50',
    MaxErrors: input.MaxErrors ?? '0',
    TimeoutSeconds: input.TimeoutSeconds ?? usualDeliverySeconds,
  };
}

export function common({ id, input }: Command, { host, status, details }: Invocation) {
  return {
    CommandId: id,
    InstanceId: host.definition.instanceId,
    Comment: input.Comment ?? '',
    DocumentName: input.DocumentName,
    DocumentVersion: input.DocumentVersion ?? '$DEFAULT',
    Status: status,
    StatusDetails: details,
  };
}

export function pluginAnswer(
  { filled }: Command,
  { status, details, exitCode, stdout, stderr, startedAt, endedAt }: Invocation,
) {
  const times = { ResponseStartDateTime: startedAt / 1000, ResponseFinishDateTime: endedAt / 1000 };
  const output = `${stdout}${stderr ? `\n----------ERROR-------\n${stderr}` : ''}`.slice(0, listedOutput);
  return {
    Name: filled.pluginName,
    Status: status,
    StatusDetails: details,
    ResponseCode: exitCode,
    Output: output,
    ...times,
  };
}

export function isoTime(milliseconds: number): string {
  return milliseconds === 0 ? '' : new Date(milliseconds).toISOString();
}
