/** Run Command: what was sent, how it stands on every host, and the API's answers about it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunDocument } from '../../core/derive/run-document.ts';
import type { VirtualHost } from '../virtual-host.ts';
import {
  type Command,
  commandAnswer,
  common,
  type Invocation,
  isoTime,
  pluginAnswer,
  type SendCommandInput,
  statusOf,
  usualDeliverySeconds,
} from './command.ts';
import { fillDocument } from './document.ts';
import { SsmError } from './error.ts';

/** How long GetCommandInvocation does not know a command yet; on AWS it is eventually consistent. */
const unseenMs = 150;
/** The API's limits on output, and on what an instance list and a comment may hold. */
const limits = { stdout: 24_000, stderr: 8_000, instances: 50, comment: 100 } as const;
const deliverySeconds = { least: 30, most: 2_592_000 } as const;
/** What the agent reports for a process that it killed. */
const killedExitCode = 137;

export class RunCommand {
  readonly #documents: ReadonlyMap<string, RunDocument>;
  readonly #hosts: ReadonlyMap<string, VirtualHost>;
  readonly #afterRun: (host: VirtualHost) => Promise<void>;
  readonly #commands: Command[] = [];
  /** One run at a time on a host. */
  readonly #queues = new Map<VirtualHost, Promise<void>>();

  constructor(
    documents: readonly RunDocument[],
    hosts: readonly VirtualHost[],
    afterRun: (host: VirtualHost) => Promise<void>,
  ) {
    this.#documents = new Map(documents.map((document) => [document.name, document]));
    this.#hosts = new Map(hosts.map((host) => [host.definition.instanceId, host]));
    this.#afterRun = afterRun;
  }

  document(name: string, version?: string): RunDocument {
    const document = this.#documents.get(name);
    if (!document) throw new SsmError('InvalidDocument', `document ${name} does not exist`);
    if (version !== undefined && !['1', '$DEFAULT', '$LATEST'].includes(version)) {
      throw new SsmError('InvalidDocumentVersion', `document ${name} has no version ${version}`);
    }
    return document;
  }

  send(input: SendCommandInput) {
    const document = this.document(input.DocumentName, input.DocumentVersion);
    if (input.DocumentHash !== undefined && (input.DocumentHashType ?? 'Sha256') !== 'Sha256') {
      throw new SsmError('ValidationException', 'DocumentHashType: only Sha256 is supported');
    }
    if (input.DocumentHash !== undefined && input.DocumentHash !== document.digest) {
      throw new SsmError('InvalidDocument', `DocumentHash is not the hash of ${document.name}`);
    }
    checkLimits(input);
    const command: Command = {
      id: randomUUID(),
      input,
      filled: fillDocument(document, input.Parameters ?? {}),
      requestedAt: Date.now(),
      invocations: this.#targets(input).map(pending),
    };
    this.#commands.push(command);
    for (const invocation of command.invocations) this.#enqueue(command, invocation);
    return { Command: commandAnswer(command) };
  }

  getInvocation({ CommandId, InstanceId }: { readonly CommandId: string; readonly InstanceId: string }) {
    const command = this.#commands.find(({ id }) => id === CommandId);
    const invocation = command?.invocations.find(({ host }) => host.definition.instanceId === InstanceId);
    if (!command || !invocation || Date.now() < command.requestedAt + unseenMs) {
      throw new SsmError('InvocationDoesNotExist', '');
    }
    return {
      ...common(command, invocation),
      PluginName: command.filled.pluginName,
      ResponseCode: invocation.exitCode,
      ExecutionStartDateTime: isoTime(invocation.startedAt),
      ExecutionEndDateTime: isoTime(invocation.endedAt),
      StandardOutputContent: invocation.stdout.slice(0, limits.stdout),
      StandardOutputUrl: '',
      StandardErrorContent: invocation.stderr.slice(0, limits.stderr),
      StandardErrorUrl: '',
    };
  }

  list(input: {
    readonly CommandId?: string;
    readonly InstanceId?: string;
    readonly Filters?: readonly { readonly key: string; readonly value: string }[];
  }) {
    return { Commands: this.#found(input).map(commandAnswer) };
  }

  listInvocations(input: Parameters<RunCommand['list']>[0] & { readonly Details?: boolean }) {
    const found = this.#found(input).flatMap((command) =>
      command.invocations
        .filter(({ host }) => input.InstanceId === undefined || host.definition.instanceId === input.InstanceId)
        .map((invocation) => ({
          ...common(command, invocation),
          InstanceName: invocation.host.definition.name,
          RequestedDateTime: command.requestedAt / 1000,
          CommandPlugins: input.Details ? [pluginAnswer(command, invocation)] : [],
        })),
    );
    return { CommandInvocations: found };
  }

  cancel({ CommandId, InstanceIds }: { readonly CommandId: string; readonly InstanceIds?: readonly string[] }) {
    const command = this.#commands.find(({ id }) => id === CommandId);
    if (!command) throw new SsmError('InvalidCommandId', `command ${CommandId} does not exist`);
    for (const invocation of command.invocations) {
      const named = !InstanceIds?.length || InstanceIds.includes(invocation.host.definition.instanceId);
      if (named && invocation.endedAt === 0) {
        Object.assign(invocation, { status: 'Cancelling', details: 'Cancelling' });
        invocation.cancel.abort();
      }
    }
    return {};
  }

  #found({ CommandId, InstanceId, Filters = [] }: Parameters<RunCommand['list']>[0]): Command[] {
    const supported = {
      DocumentName: (command: Command) => command.input.DocumentName,
      Status: (command: Command) => statusOf(command),
    };
    return this.#commands
      .filter(({ id }) => CommandId === undefined || id === CommandId)
      .filter(
        ({ invocations }) =>
          InstanceId === undefined || invocations.some(({ host }) => host.definition.instanceId === InstanceId),
      )
      .filter((command) =>
        Filters.every(({ key, value }) => {
          if (key === 'InvokedAfter') return command.requestedAt >= Date.parse(value);
          if (key === 'InvokedBefore') return command.requestedAt < Date.parse(value);
          if (key === 'DocumentName' || key === 'Status') return supported[key](command) === value;
          throw new SsmError(
            'InvalidFilterKey',
            `filter ${key}: only DocumentName, Status, InvokedAfter, InvokedBefore`,
          );
        }),
      )
      .toReversed();
  }

  #targets({ InstanceIds = [] }: SendCommandInput): VirtualHost[] {
    return InstanceIds.map((id) => {
      const host = this.#hosts.get(id);
      if (!host) throw new SsmError('InvalidInstanceId', `instance ${id} is not a managed node of this account`);
      return host;
    });
  }

  #enqueue(command: Command, invocation: Invocation): void {
    const before = this.#queues.get(invocation.host) ?? Promise.resolve();
    const mine = before.then(() => this.#run(command, invocation));
    this.#queues.set(invocation.host, mine);
  }

  async #run({ input, filled, requestedAt }: Command, invocation: Invocation): Promise<void> {
    const { host, cancel } = invocation;
    const end = (status: Invocation['status'], details: string) =>
      Object.assign(invocation, { status, details, endedAt: Date.now() });
    await delay(20);
    if (cancel.signal.aborted) return void end('Cancelled', 'Cancelled');
    const latest = requestedAt + (input.TimeoutSeconds ?? usualDeliverySeconds) * 1000;
    if (Date.now() > latest) return void end('TimedOut', 'DeliveryTimedOut');
    Object.assign(invocation, { status: 'InProgress', details: 'InProgress', startedAt: Date.now() });
    const { exitCode, stdout, stderr, timedOut } = await host.run(filled.script, filled.timeoutSeconds, cancel.signal);
    Object.assign(invocation, { exitCode: timedOut ? killedExitCode : exitCode, stdout, stderr });
    if (cancel.signal.aborted) end('Cancelled', 'Cancelled');
    else if (timedOut) end('TimedOut', 'ExecutionTimedOut');
    else end(exitCode === 0 ? 'Success' : 'Failed', exitCode === 0 ? 'Success' : 'Failed');
    await this.#afterRun(host);
  }
}

function pending(host: VirtualHost): Invocation {
  const times = { startedAt: 0, endedAt: 0, exitCode: -1, stdout: '', stderr: '' };
  return { host, status: 'Pending', details: 'Pending', ...times, cancel: new AbortController() };
}

function checkLimits({ InstanceIds = [], Targets = [], Comment = '', TimeoutSeconds }: SendCommandInput): void {
  const seconds = TimeoutSeconds ?? usualDeliverySeconds;
  if (seconds < deliverySeconds.least || seconds > deliverySeconds.most) {
    throw new SsmError(
      'ValidationException',
      `TimeoutSeconds ${seconds}: ${deliverySeconds.least} to ${deliverySeconds.most}`,
    );
  }
  if (Comment.length > limits.comment)
    throw new SsmError('ValidationException', `Comment: at most ${limits.comment} characters`);
  if (Targets.length > 0) throw new SsmError('InvalidTarget', 'this managed node takes InstanceIds, not Targets');
  if (InstanceIds.length === 0 || InstanceIds.length > limits.instances) {
    throw new SsmError('ValidationException', `InstanceIds: 1 to ${limits.instances}`);
  }
  if (new Set(InstanceIds).size < InstanceIds.length)
    throw new SsmError('DuplicateInstanceId', 'InstanceIds names one twice');
}
