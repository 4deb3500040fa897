/** Run Command: what was sent, how it stands on every host, and the API's answers about it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunDocument } from '../../core/derive/run-document.ts';
import { type AgentHost, runByAgent } from './agent.ts';
import {
  type Command,
  commandAnswer,
  common,
  end,
  expire,
  expiresAfter,
  type Invocation,
  isoTime,
  pending,
  pluginAnswer,
  type SendCommandInput,
  statusOf,
  usualDeliverySeconds,
} from './command.ts';
import { enforce, paged } from './contract.ts';
import { fillDocument } from './document.ts';
import { SsmError } from './error.ts';
import { Faults } from './faults.ts';

/** How long GetCommandInvocation does not know a command yet; on AWS it is eventually consistent. */
const unseenMs = 150;
/** "The first 24,000 characters written by the plugin to stdout", "The first 8,000 characters written … to stderr". */
const limits = { stdout: 24_000, stderr: 8_000 } as const;
/** "The default value is 50", "The default value is 0". */
const usualConcurrency = '50';
const usualErrors = '0';
/** "The size limit of a document is 64 KB": its parameters' values count. */
const maximumBytes = 65_536;
/** Milliseconds: a longer timer would fire at once. */
const longestTimer = 2 ** 31 - 1;
/** How often an agent asks for commands, in milliseconds. */
const askingMs = 20;
/** "Invocation failures count", "Execution timeouts count against the MaxErrors limit"; a lost delivery does not. */
const countsAsError = ['Failed', 'ExecutionTimedOut'];

export class RunCommand {
  readonly #documents: ReadonlyMap<string, RunDocument>;
  readonly #hosts: ReadonlyMap<string, AgentHost>;
  readonly #afterRun: (host: AgentHost) => Promise<void>;
  readonly #faults: Faults;
  readonly #commands: Command[] = [];
  /** One run at a time on a host. */
  readonly #queues = new Map<AgentHost, Promise<void>>();

  constructor(
    documents: readonly RunDocument[],
    hosts: readonly AgentHost[],
    afterRun: (host: AgentHost) => Promise<void>,
    faults = new Faults(),
  ) {
    this.#faults = faults;
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
    enforce('SendCommand', input);
    const document = this.document(input.DocumentName, input.DocumentVersion);
    if (input.DocumentHash !== undefined && input.DocumentHash !== document.digest) {
      throw new SsmError('InvalidDocument', `DocumentHash is not the hash of ${document.name}`);
    }
    checkTargets(input);
    checkSize(document, input);
    const command: Command = {
      id: randomUUID(),
      input,
      filled: fillDocument(document, input.Parameters ?? {}),
      requestedAt: Date.now(),
      invocations: this.#targets(input).map(pending),
    };
    this.#commands.push(command);
    void this.#carryOut(command);
    return { Command: commandAnswer(command) };
  }

  getInvocation(input: { readonly CommandId: string; readonly InstanceId: string }) {
    enforce('GetCommandInvocation', input);
    const { CommandId, InstanceId } = input;
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

  list(input: ListInput) {
    enforce('ListCommands', input);
    const { page, rest } = paged(this.#found(input), input);
    return { ...rest, Commands: page.map(commandAnswer) };
  }

  listInvocations(input: ListInput & { readonly Details?: boolean }) {
    enforce('ListCommandInvocations', input);
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
    const { page, rest } = paged(found, input);
    return { ...rest, CommandInvocations: page };
  }

  cancel(input: { readonly CommandId: string; readonly InstanceIds?: readonly string[] }) {
    enforce('CancelCommand', input);
    const { CommandId, InstanceIds } = input;
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

  #found({ CommandId, InstanceId, Filters = [] }: ListInput): Command[] {
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

  #targets({ InstanceIds = [] }: SendCommandInput): AgentHost[] {
    return InstanceIds.map((id) => {
      const host = this.#hosts.get(id);
      if (!host) throw new SsmError('InvalidInstanceId', `instance ${id} is not a managed node of this account`);
      return host;
    });
  }

  /** At most MaxConcurrency hosts at once; once more than MaxErrors failed, the others are not begun. */
  async #carryOut(command: Command): Promise<void> {
    const { input, invocations } = command;
    const waiting = [...invocations];
    const atOnce = Math.max(1, share(input.MaxConcurrency ?? usualConcurrency, invocations.length));
    const tolerated = share(input.MaxErrors ?? usualErrors, invocations.length);
    const errors = () => invocations.filter(({ details }) => countsAsError.includes(details)).length;
    const takeTurns = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        if (errors() > tolerated) end(next, 'Terminated');
        else await this.#enqueue(command, next);
      }
    };
    const left = Math.min(expiresAfter(command) * 1000 - Date.now(), longestTimer);
    const expiry = setTimeout(() => expire(command), left).unref();
    await Promise.all(Array.from({ length: atOnce }, takeTurns));
    clearTimeout(expiry);
  }

  #enqueue(command: Command, invocation: Invocation): Promise<void> {
    const before = this.#queues.get(invocation.host) ?? Promise.resolve();
    const mine = before.then(() => this.#run(command, invocation));
    this.#queues.set(invocation.host, mine);
    return mine;
  }

  async #run(command: Command, invocation: Invocation): Promise<void> {
    const { host, cancel } = invocation;
    const { instanceId } = host.definition;
    const latest = command.requestedAt + (command.input.TimeoutSeconds ?? usualDeliverySeconds) * 1000;
    const isDeliverable = () => this.#faults.pingStatus(instanceId) === 'Online';
    do await delay(askingMs);
    while (!isDeliverable() && Date.now() <= latest && !cancel.signal.aborted);
    if (invocation.endedAt > 0) return;
    if (cancel.signal.aborted) return end(invocation, 'Cancelled');
    if (Date.now() > latest) return end(invocation, 'DeliveryTimedOut');
    const fault = this.#faults.nextOn(instanceId);
    if (fault && !fault.ran) return end(invocation, fault.details, fault);
    Object.assign(invocation, { status: 'InProgress', details: 'InProgress', startedAt: Date.now() });
    const isOver = () => invocation.endedAt > 0;
    const run = await runByAgent(host, command.filled, cancel.signal, isOver);
    if (fault) end(invocation, fault.details, fault);
    else if (cancel.signal.aborted) end(invocation, 'Cancelled', run);
    else if (run.timedOut) end(invocation, 'ExecutionTimedOut', run);
    else end(invocation, run.exitCode === 0 ? 'Success' : 'Failed', run);
    await this.#afterRun(host);
  }
}

interface ListInput {
  readonly CommandId?: string;
  readonly InstanceId?: string;
  readonly Filters?: readonly { readonly key: string; readonly value: string }[];
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** "You can specify a number like 10 or a percentage like 10%." */
function share(text: string, of: number): number {
  const count = Number.parseInt(text, 10);
  return text.endsWith('%') ? Math.ceil((count * of) / 100) : count;
}

function checkTargets({ InstanceIds = [], Targets = [] }: SendCommandInput): void {
  if (Targets.length > 0) throw new SsmError('InvalidTarget', 'this managed node takes InstanceIds, not Targets');
  if (InstanceIds.length === 0) throw new SsmError('ValidationException', 'InstanceIds: at least 1 here');
  if (new Set(InstanceIds).size < InstanceIds.length)
    throw new SsmError('DuplicateInstanceId', 'InstanceIds names one twice');
}

function checkSize({ content }: RunDocument, { Parameters = {} }: SendCommandInput): void {
  const bytes = Buffer.byteLength(content) + Buffer.byteLength(Object.values(Parameters).flat().join(''));
  if (bytes > maximumBytes)
    throw new SsmError('MaxDocumentSizeExceeded', `${bytes} bytes with its parameters; at most ${maximumBytes}`);
}
