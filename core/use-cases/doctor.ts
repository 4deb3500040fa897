/** doctor: looks at a deployment and at all that it rests on, changes nothing, and says of each thing what was seen and what to do. */
import type { Compiled } from '../compiled.ts';
import { type Caller, clockCheck, credentialsCheck, type FoundStack, stackCheck } from '../doctor/account.ts';
import { type ArchiveSeen, archiveCheck } from '../doctor/archive.ts';
import { type Check, type CheckName, cannotTell, checkNames, type Look } from '../doctor/check.ts';
import { driftCheck, type Reviewed } from '../doctor/drift.ts';
import { look, nextFor } from '../doctor/failure.ts';
import {
  channelCheck,
  instanceChecks,
  type ModelSeen,
  modelCheck,
  type SeenInstance,
  type SlackBot,
  type SlackChannelSeen,
  slackCheck,
  urlCheck,
} from '../doctor/reach.ts';
import {
  documentCheck,
  killSwitchCheck,
  queueChecks,
  type Safeguards,
  stopAlarmChecks,
  tablesChecks,
  type WaitingQueue,
} from '../doctor/safety.ts';
import type { SwitchReading } from '../incident/kill-switch.ts';
import type { StopAlarms } from '../policy/facts.ts';
import { stopAlarmsOf } from '../policy/limits.ts';
import type { Policy } from '../policy/schema.ts';

/** Every port only reads; one that throws makes its own check one that cannot tell. */
export interface DoctorPorts {
  caller(): Promise<Caller>;
  /** Stacks of this account and region that have the outputs of ours. */
  stacks(): Promise<readonly FoundStack[]>;
  /** Regions for which the account has roles of ours. */
  regionsOfRoles(): Promise<readonly string[]>;
  /** compiled.json, as it lies beside the deployed code of `execute`. */
  deployed(): Promise<Compiled>;
  /** The files here. */
  local(): Promise<Reviewed>;
  killSwitch(): Promise<SwitchReading>;
  safeguards(): Promise<Safeguards>;
  archive(): Promise<ArchiveSeen>;
  queues(): Promise<readonly WaitingQueue[]>;
  /** How these alarms stand, by name; null for one that there is not. */
  stopAlarms(names: readonly string[]): Promise<StopAlarms>;
  documentIs(document: Compiled['document']): Promise<boolean>;
  slackBot(policy: Policy): Promise<SlackBot>;
  slackChannel(policy: Policy): Promise<SlackChannelSeen>;
  /** The status with which a URL answers an unsigned POST. */
  knock(url: string): Promise<number>;
  model(policy: Policy): Promise<ModelSeen>;
  instances(): Promise<readonly SeenInstance[]>;
}

/** All checks in the order of their names. Who asks, and which stack is meant, has to be known before anything else is looked at. */
export async function doctor(ports: DoctorPorts, only: string | null = null): Promise<Check[]> {
  const caller = await look(ports.caller);
  if ('failure' in caller) return [credentialsCheck(caller)];
  const asked = await look(ports.stacks);
  const stacks =
    only === null || 'failure' in asked ? asked : { value: asked.value.filter(({ name }) => name === only) };
  const none = 'value' in stacks && stacks.value.length === 0;
  const elsewhere = none ? await look(ports.regionsOfRoles) : { value: [] };
  const found = stackCheck(stacks, caller.value, elsewhere);
  const first = [credentialsCheck(caller), clockCheck(caller.value), found];
  const [stack, ...others] = 'value' in stacks ? stacks.value : [];
  if (!stack || others.length > 0) return first;
  return inOrder([...first, ...(await ofStack(ports, stack))]);
}

async function ofStack(ports: DoctorPorts, { slackUrl }: FoundStack): Promise<Check[]> {
  const [deployed, local, kill, safeguards, archive, queues, status, instances] = await Promise.all([
    look(ports.deployed),
    look(ports.local),
    look(ports.killSwitch),
    look(ports.safeguards),
    look(ports.archive),
    look(ports.queues),
    look(() => ports.knock(slackUrl)),
    look(ports.instances),
  ]);
  return [
    killSwitchCheck(kill),
    ...tablesChecks(safeguards),
    archiveCheck(archive),
    ...queueChecks(queues),
    driftCheck(deployed, local),
    urlCheck(slackUrl, status),
    ...instanceChecks(instances),
    ...(await ofPolicy(ports, deployed)),
  ];
}

/** What is asked as the deployed policy says: where that cannot be read, nothing is known of it. */
async function ofPolicy(ports: DoctorPorts, deployed: Look<Compiled>): Promise<Check[]> {
  if ('failure' in deployed) {
    const { failure } = deployed;
    return (['stop alarms', 'document', 'slack', 'channel', 'model'] as const).map((name) =>
      cannotTell(name, `the deployed policy could not be read: ${failure.text}`, nextFor(failure)),
    );
  }
  const { document, policy } = deployed.value;
  const names = stopAlarmsOf(policy);
  const [stopAlarms, isThere, bot, channel, model] = await Promise.all([
    names.length > 0 ? look(() => ports.stopAlarms(names)) : { value: {} },
    look(() => ports.documentIs(document)),
    look(() => ports.slackBot(policy)),
    look(() => ports.slackChannel(policy)),
    policy.llm.enabled ? look(() => ports.model(policy)) : null,
  ]);
  return [
    ...stopAlarmChecks(stopAlarms),
    documentCheck(document.name, isThere),
    slackCheck(bot),
    channelCheck(policy.safety.approval_channel, channel),
    modelCheck(policy.llm, model),
  ];
}

function inOrder(checks: readonly Check[]): Check[] {
  const place = (name: CheckName) => checkNames.indexOf(name);
  return checks.toSorted((a, b) => place(a.name) - place(b.name));
}
