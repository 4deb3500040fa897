/** Systems Manager: managed instances, sending a script once, and looking at how it went. */

import {
  CancelCommandCommand,
  DescribeDocumentCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  GetDocumentCommand,
  type InstanceInformation,
  InvalidDocument,
  InvocationDoesNotExist,
  ListCommandsCommand,
  SendCommandCommand,
  SSMClient,
  SSMServiceException,
} from '@aws-sdk/client-ssm';
import { optInTag } from '../../core/alarm/alarm.ts';
import { sendBySeconds } from '../../core/burn.ts';
import type { Invocation } from '../../core/derive/outcome.ts';
import { runParameters } from '../../core/derive/run-document.ts';
import { canonicalJson, sha256 } from '../../core/digest.ts';
import { dispatchKey } from '../../core/dispatch.ts';
import type { TargetSelector } from '../../core/runbook/runbook.ts';
import type { ManagedInstance } from '../../core/runbook/targets.ts';
import type { Send, SendOnce } from '../../core/use-cases/execute-ports.ts';
import { patience } from '../patience.ts';

/** The document that AWS holds is not the one this deployment was made with. */
export class DocumentChanged extends Error {
  override readonly name = 'DocumentChanged';
}

/** What the send role gives for this one send. */
interface SendingKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** The first version's content can never change under its name; later versions are nobody's. */
const firstVersion = '1';

/** Milliseconds that one glance may take, without a second try: what SSM does not say at once, `poll` asks later. */
const longestGlance = 1_000;

/** Milliseconds that the SDK itself waits for a send; the caller's own end comes first. */
const longestOfAll = sendBySeconds * 1000;

let reading: SSMClient | undefined;
let glancing: SSMClient | undefined;

/** One for the life of the function: a new client is a new connection for every call. */
const open = () => (reading ??= new SSMClient({ requestHandler: patience() }));

/**
 * The opted-in managed instances that a selector could mean (of one by the alarm, all of them: which it names is known
 * later), and those of `also` that are still opted in. AWS takes one tag filter and nothing beside it ("Tag filters
 * can't be combined with other filter types"), so each tag is asked for by itself and the answers are intersected here,
 * by id.
 */
export async function managedInstances(selector: TargetSelector, also: readonly string[]): Promise<ManagedInstance[]> {
  const client = open();
  const wanted = selector.from === 'tags' ? Object.entries(selector.tags) : [];
  const [optedIn = [], ...tagged] = await Promise.all(
    [[optInTag.key, optInTag.value] as const, ...wanted].map(([key, value]) => instancesTagged(client, key, value)),
  );
  return optedIn.flatMap(({ InstanceId: id = '', PingStatus, ComputerName }) => {
    const tags = wanted.filter((_, place) => tagged[place]?.some(({ InstanceId }) => InstanceId === id));
    if (tags.length < wanted.length && !also.includes(id)) return [];
    const name = ComputerName ? { Name: ComputerName } : {};
    const online = PingStatus === 'Online';
    return [{ id, tags: { ...name, ...Object.fromEntries(tags), [optInTag.key]: optInTag.value }, online }];
  });
}

async function instancesTagged(client: SSMClient, key: string, value: string): Promise<InstanceInformation[]> {
  const Filters = [{ Key: `tag:${key}`, Values: [value] }];
  const found: InstanceInformation[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new DescribeInstanceInformationCommand({ Filters, MaxResults: 50, ...(NextToken ? { NextToken } : {}) }),
    );
    found.push(...(page.InstanceInformationList ?? []).filter(({ InstanceId }) => InstanceId));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

/** Whether AWS holds a document of this name whose first version has exactly this content. */
export async function documentIs(document: Send['document']): Promise<boolean> {
  try {
    return sha256(canonicalJson(JSON.parse(await contentOf(open(), document.name)))) === document.digest;
  } catch (error) {
    if (error instanceof InvalidDocument || error instanceof SyntaxError) return false;
    throw error;
  }
}

/**
 * Reads what a send needs, and returns what sends once with the given credentials: `maxAttempts: 1`, because SendCommand
 * has no client token and a repeated call is a second command. Throws DocumentChanged, before anything is sent, when AWS
 * holds another document under its name. The send itself never throws; after `longest` milliseconds it is cut off, whatever
 * it was doing, so that nothing of it leaves later.
 */
export async function prepareSend(send: Send, assumed: SendingKeys | Promise<SendingKeys>): Promise<SendOnce> {
  const [credentials, DocumentHash] = await Promise.all([assumed, hashOf(send.document)]);
  const client = new SSMClient({ credentials, maxAttempts: 1, requestHandler: patience(longestOfAll) });
  const key = dispatchKey(send.incidentId, send.dispatch);
  const command = new SendCommandCommand({
    DocumentName: send.document.name,
    DocumentVersion: firstVersion,
    DocumentHash,
    DocumentHashType: 'Sha256',
    InstanceIds: [...send.targets],
    Parameters: runParameters({
      script: send.script,
      dispatchKey: key,
      notAfter: send.notAfter,
      timeoutSeconds: send.executionTimeoutSeconds,
      waitSeconds: send.waitSeconds,
    }),
    TimeoutSeconds: send.deliveryTimeoutSeconds,
    Comment: key,
    MaxConcurrency: String(send.targets.length),
    // As many as there are hosts: AWS stops nothing by itself, and each host has an outcome of its own.
    MaxErrors: String(send.targets.length),
  });
  return async (longest) => {
    try {
      const { Command } = await client.send(command, { abortSignal: AbortSignal.timeout(Math.max(0, longest)) });
      return Command?.CommandId
        ? { kind: 'sent', commandId: Command.CommandId }
        : { kind: 'unknown', why: 'SendCommand answered without a command id' };
    } catch (error) {
      return { kind: isRefused(error) ? 'not_sent' : 'unknown', why: String(error) };
    }
  };
}

/** Whether AWS certainly did not accept the command: it answered, and said that the fault is the caller's. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof SSMServiceException) || error.$fault !== 'client') return false;
  const status = error.$metadata.httpStatusCode ?? 0;
  return status >= 400 && status < 500 && status !== 408;
}

/** AWS's own hash of the document's first version, once its content was compared with ours. */
async function hashOf(document: Send['document']): Promise<string> {
  const client = open();
  const describe = new DescribeDocumentCommand({ Name: document.name, DocumentVersion: firstVersion });
  const [content, { Document }] = await Promise.all([contentOf(client, document.name), client.send(describe)]);
  if (sha256(canonicalJson(JSON.parse(content))) !== document.digest)
    throw new DocumentChanged(
      `ssm: document ${document.name} is not the one that was deployed; deploy countersign-target again`,
    );
  if (!Document?.Hash) throw new DocumentChanged(`ssm: document ${document.name} has no hash`);
  return Document.Hash;
}

async function contentOf(client: SSMClient, name: string): Promise<string> {
  const { Content } = await client.send(
    new GetDocumentCommand({ Name: name, DocumentVersion: firstVersion, DocumentFormat: 'JSON' }),
  );
  return Content ?? 'null';
}

/** One look at a command on one instance; `Pending` while SSM does not know it yet (it is eventually consistent). */
export function invocation(commandId: string, target: string): Promise<Invocation> {
  return invocationBy(open(), commandId, target);
}

/** The same without a second try, and within a second. */
export function glance(commandId: string, target: string): Promise<Invocation> {
  glancing ??= new SSMClient({ maxAttempts: 1, requestHandler: patience(longestGlance) });
  return invocationBy(glancing, commandId, target);
}

async function invocationBy(client: SSMClient, commandId: string, target: string): Promise<Invocation> {
  try {
    const found = await client.send(new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: target }));
    return {
      target,
      status: found.StatusDetails ?? found.Status ?? 'Unknown',
      exitCode: found.ResponseCode ?? -1,
      stdout: found.StandardOutputContent ?? '',
      stderr: found.StandardErrorContent ?? '',
    };
  } catch (error) {
    if (!(error instanceof InvocationDoesNotExist)) throw error;
    return { target, status: 'Pending', exitCode: -1, stdout: '', stderr: '' };
  }
}

/**
 * Asks to stop a command wherever it runs. IAM knows no resource for it, so whoever may, may cancel every command of the
 * account: the caller has to know that it is ours.
 */
export async function cancelCommand(commandId: string): Promise<void> {
  await open().send(new CancelCommandCommand({ CommandId: commandId }));
}

/** How far back a command is looked for: an incident lives 8 h, and is closed a little later at most. */
const longestAgo = 24 * 3_600_000;

/** A lost command by the dispatch key in its comment: ListCommands has no filter for it, so it is compared here. */
export async function findCommand(document: string, key: string): Promise<string | null> {
  const client = open();
  const since = new Date(Date.now() - longestAgo).toISOString().replace(/\.\d+Z$/, 'Z');
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new ListCommandsCommand({
        Filters: [
          { key: 'DocumentName', value: document },
          { key: 'InvokedAfter', value: since },
        ],
        MaxResults: 50,
        ...(NextToken ? { NextToken } : {}),
      }),
    );
    const found = page.Commands?.find(({ Comment }) => Comment === key)?.CommandId;
    if (found) return found;
    NextToken = page.NextToken;
  } while (NextToken);
  return null;
}
