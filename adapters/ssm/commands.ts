/** Systems Manager: managed instances, sending a script once, and looking at how it went. */

import {
  DescribeDocumentCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  GetDocumentCommand,
  type InstanceInformationStringFilter,
  InvocationDoesNotExist,
  ListCommandsCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { type Alarm, optInTag } from '../../core/alarm/alarm.ts';
import type { Invocation } from '../../core/derive/outcome.ts';
import { type RunDocument, runParameters } from '../../core/derive/run-document.ts';
import { canonicalJson } from '../../core/digest.ts';
import { dispatchKey } from '../../core/dispatch.ts';
import type { TargetSelector } from '../../core/runbook/runbook.ts';
import type { ManagedInstance } from '../../core/runbook/targets.ts';
import type { Send } from '../../core/use-cases/execute.ts';
import { patience } from '../patience.ts';

/** The document that AWS holds is not the one this deployment was made with. */
export class DocumentChanged extends Error {
  override readonly name = 'DocumentChanged';
}

/** The first version's content can never change under its name; later versions are nobody's. */
const firstVersion = '1';

/** Milliseconds. Longer than a read, because a send is never tried again; far less than the 60 s that `execute` has. */
const longestSend = 15_000;

const open = () => new SSMClient({ requestHandler: patience() });

/** The opted-in managed instances that a selector could mean: the alarm's instance, or those with the selector's tags. */
export async function managedInstances(selector: TargetSelector, alarm: Alarm): Promise<ManagedInstance[]> {
  const client = open();
  const named = alarm.dimensions.InstanceId;
  if (selector.from === 'alarm' && named === undefined) return [];
  const wanted = selector.from === 'tags' ? selector.tags : {};
  const Filters: InstanceInformationStringFilter[] = [
    { Key: `tag:${optInTag.key}`, Values: [optInTag.value] },
    ...Object.entries(wanted).map(([key, value]) => ({ Key: `tag:${key}`, Values: [value] })),
    ...(selector.from === 'alarm' ? [{ Key: 'InstanceIds', Values: [String(named)] }] : []),
  ];
  const found: ManagedInstance[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new DescribeInstanceInformationCommand({ Filters, ...(NextToken ? { NextToken } : {}) }),
    );
    for (const { InstanceId, PingStatus, ComputerName } of page.InstanceInformationList ?? [])
      if (InstanceId)
        // The filters are what says that it has these tags: the answer itself carries none.
        found.push({
          id: InstanceId,
          tags: { ...(ComputerName ? { Name: ComputerName } : {}), ...wanted, [optInTag.key]: optInTag.value },
          online: PingStatus === 'Online',
        });
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

/**
 * Sends a script once with the given credentials: `maxAttempts: 1`, because SendCommand has no client token and a
 * repeated call is a second command. Throws DocumentChanged when AWS holds another document under our name, and anything
 * else when no answer came within `longest` milliseconds: the command may run then.
 */
export async function sendCommand(
  send: Send,
  document: RunDocument,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string },
  longest = longestSend,
): Promise<string> {
  const DocumentHash = await hashOf(document);
  const client = new SSMClient({ credentials, maxAttempts: 1, requestHandler: patience(longest) });
  const { Command } = await client.send(
    new SendCommandCommand({
      DocumentName: document.name,
      DocumentVersion: firstVersion,
      DocumentHash,
      DocumentHashType: 'Sha256',
      InstanceIds: [...send.targets],
      Parameters: runParameters({
        script: send.script,
        dispatchKey: dispatchKey(send.incidentId, send.dispatch),
        notAfter: send.notAfter,
        timeoutSeconds: send.executionTimeoutSeconds,
      }),
      TimeoutSeconds: send.deliveryTimeoutSeconds,
      Comment: dispatchKey(send.incidentId, send.dispatch),
      MaxConcurrency: '1',
      MaxErrors: '0',
    }),
  );
  if (!Command?.CommandId) throw new Error('ssm: SendCommand answered without a command id');
  return Command.CommandId;
}

/** AWS's own hash of the document's first version, after its content was compared with ours. */
async function hashOf(document: RunDocument): Promise<string> {
  const client = open();
  const version = { Name: document.name, DocumentVersion: firstVersion };
  const { Content } = await client.send(new GetDocumentCommand({ ...version, DocumentFormat: 'JSON' }));
  if (!Content || canonicalJson(JSON.parse(Content)) !== document.content)
    throw new DocumentChanged(
      `ssm: document ${document.name} is not the one that was deployed; deploy countersign-target again`,
    );
  const { Document } = await client.send(new DescribeDocumentCommand(version));
  if (!Document?.Hash) throw new DocumentChanged(`ssm: document ${document.name} has no hash`);
  return Document.Hash;
}

/** One look at a command on one instance; `Pending` while SSM does not know it yet (it is eventually consistent). */
export async function invocation(commandId: string, target: string): Promise<Invocation> {
  try {
    const found = await open().send(new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: target }));
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

/** A lost command by the dispatch key in its comment: ListCommands has no filter for it, so it is compared here. */
export async function findCommand(document: string, key: string): Promise<string | null> {
  const client = open();
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new ListCommandsCommand({
        Filters: [{ key: 'DocumentName', value: document }],
        ...(NextToken ? { NextToken } : {}),
      }),
    );
    const found = page.Commands?.find(({ Comment }) => Comment === key)?.CommandId;
    if (found) return found;
    NextToken = page.NextToken;
  } while (NextToken);
  return null;
}
