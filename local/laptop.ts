/** A whole Countersign on a laptop: emulator, managed node and Slack workspace, with the real CDK app deployed into them. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { stringify } from 'yaml';
import { auditTable } from '../adapters/dynamodb/audit.ts';
import { dispatchesTable } from '../adapters/dynamodb/dispatches.ts';
import { workTable } from '../adapters/dynamodb/work.ts';
import { type Alarm, alarmFromCloudWatch } from '../core/alarm/alarm.ts';
import { type ReadEntry, readChain, recoveryChain, type StoredItem } from '../core/audit/chain.ts';
import type { ChainFacts } from '../core/audit/verify-finding.ts';
import type { Policy } from '../core/policy/schema.ts';
import type { ShownOutputs } from '../core/report/show.ts';
import { incidentIdOf } from '../core/subject.ts';
import type { Mode } from '../core/words.ts';
import { type CloudWatchFront, startCloudWatch } from './cloudwatch/front.ts';
import { HeldMetrics } from './cloudwatch/held.ts';
import { deployLocally, deployStacks, type StackOutputs } from './deploy.ts';
import { account, credentials, type Emulator, region, startEmulator } from './emulator.ts';
import type { Fault } from './host/faults.ts';
import { incidentFor, type Raised, type RaisedAlarm } from './incidents.ts';
import { type ManagedNode, startManagedNode } from './managed-node.ts';
import { type RealSlackSettings, startRealSlack } from './slack/real.ts';
import { type SlackWorkspace, startSlackWorkspace } from './slack/workspace.ts';
import { foreignHost, opsHost, webHost, workerHost } from './virtual-host.ts';

export interface LaptopOptions {
  readonly mode: Mode;
  /** Seconds an approval may wait. */
  readonly approvalSeconds: number;
  /** Key of the real model; null = planning is deterministic. */
  readonly modelKey: string | null;
  /** For tests: where the model's API is, when it is not Anthropic's. */
  readonly modelUrl?: string;
  /** For tests: demands, by a name that an alarm's tag `environment` can claim. */
  readonly environments?: Readonly<Record<string, object>>;
  /** A folder of other runbooks. */
  readonly runbookFolder?: string;
  /** What the organisation's own commands do, as in countersign.yaml. */
  readonly commands?: Policy['commands'];
  /** The name of the environment to which the local account belongs; without one it is `staging`. */
  readonly environment?: string;
  /** One person sits here: what else two people would decide, one does. */
  readonly singleOperator?: boolean;
  /** Seconds that the alarm has after the last step to come back to OK. */
  readonly verificationSeconds?: number;
  /** A real workspace in place of the local one. */
  readonly realSlack?: RealSlackSettings;
  readonly onProgress: (text: string) => void;
}

export interface Laptop {
  readonly emulator: Emulator;
  /** Milliseconds until emulator, workspace and node answered. */
  readonly startMs: number;
  readonly node: ManagedNode;
  readonly slack: SlackWorkspace;
  /** For tests: what CloudWatch says to the functions. */
  readonly cloudwatch: CloudWatchFront;
  readonly outputs: Readonly<Record<string, string>>;
  /** Where Slack sends clicks. */
  readonly interactivityUrl: string;
  readonly database: DynamoDBDocumentClient;
  /** Creates the alarm if needed, breaks its host and publishes its metrics: CloudWatch rings. Returns the incident's id. */
  raiseAlarm(runbookId: string): Promise<string>;
  /** The same for any alarm. `changed`: it did not ring under its own condition, and has the other one now. */
  raise(raised: Raised): Promise<{ readonly incidentId: string; readonly changed: boolean }>;
  alarm(runbookId: string): Promise<Alarm | null>;
  /** All items of a chain, as they lie there. */
  items(chain: string): Promise<StoredItem[]>;
  /** What of a chain can be read as entries, unchecked. */
  chain(name: string): Promise<readonly ReadEntry[]>;
  /** The approval key's public half, PEM. */
  publicKey(): Promise<string>;
  /** What the verifier wants beside an incident's chain. */
  facts(incidentId: string): Promise<ChainFacts>;
  isOpen(incidentId: string): Promise<boolean>;
  /** What commands of the incident printed, as the work table keeps it. */
  printed(incidentId: string): Promise<ShownOutputs['outputs']>;
  /** For tests: deploys the policy anew with another mode. An incident that runs meanwhile may fail: functions know the managed node again at the end. */
  redeploy(mode: Mode): Promise<void>;
  /** For tests: deploys the same once more. Returns what the CDK CLI said. */
  deployAgain(): Promise<string>;
  /** What the one-minute rule does. */
  sweep(): Promise<void>;
  invoke(functionName: string, payload: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** The people of the workspace; the first two may approve. */
const people = [
  { name: 'ana', realName: 'Ana Oncall' },
  { name: 'ben', realName: 'Ben Oncall' },
  { name: 'eve', realName: 'Eve Elsewhere' },
];
const channel = 'incidents';

/** Starts everything; when a part fails, what was started is stopped again and the error thrown. */
export async function startLaptop(options: LaptopOptions): Promise<Laptop> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.allSettled(stops.splice(0).map((end) => end()));
  };
  try {
    return await assemble(options, stops, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble(
  options: LaptopOptions,
  stops: (() => Promise<void>)[],
  stop: () => Promise<void>,
): Promise<Laptop> {
  const began = performance.now();
  const secrets = {
    'countersign/slack-signing-secret': randomBytes(16).toString('hex'),
    'countersign/slack-bot-token': options.realSlack?.botToken ?? `xoxb-local-${randomBytes(12).toString('hex')}`,
    'countersign/anthropic-api-key': options.modelKey ?? 'none',
  };
  const emulator = await startEmulator({ onProgress: options.onProgress });
  stops.push(() => emulator.stop());
  const slack = await workspaceOf(options, secrets);
  stops.push(() => slack.stop());
  const node = await startManagedNode({
    emulatorEndpoint: emulator.endpoint,
    publishMetrics: true,
    hosts: [webHost, workerHost, opsHost, foreignHost],
  });
  const held = new HeldMetrics(emulator.endpoint);
  const publish = async () => {
    await held.publish();
    await node.publish();
  };
  const agent = setInterval(() => void publish().catch(() => {}), publishMs);
  stops.push(async () => {
    clearInterval(agent);
    held.stop();
    await node.stop();
  });
  const cloudwatch = await startCloudWatch(emulator.endpoint);
  stops.push(() => cloudwatch.stop());
  const startMs = Math.round(performance.now() - began);
  const parts = { emulator, node, slack, cloudwatch };
  const redeploy = async (mode: Mode) => {
    await deploy({ ...options, mode }, parts, secrets);
  };
  const outputs = await deploy(options, parts, secrets);
  return { ...laptopOf(parts, held, outputs), startMs, redeploy, deployAgain: () => deployStacks(emulator), stop };
}

function workspaceOf(
  { realSlack }: LaptopOptions,
  secrets: Readonly<Record<'countersign/slack-signing-secret' | 'countersign/slack-bot-token', string>>,
): Promise<SlackWorkspace> {
  const signingSecret = secrets['countersign/slack-signing-secret'];
  if (realSlack) return startRealSlack(realSlack, signingSecret);
  return startSlackWorkspace({ people, channel, signingSecret, botToken: secrets['countersign/slack-bot-token'] });
}

type Parts = Pick<Laptop, 'emulator' | 'node' | 'slack' | 'cloudwatch'>;

async function deploy(
  options: LaptopOptions,
  { emulator, node, slack, cloudwatch }: Parts,
  secrets: Parameters<typeof deployLocally>[0]['secrets'],
): Promise<StackOutputs> {
  const policyFile = join(emulator.folder, 'countersign.yaml');
  writeFileSync(policyFile, stringify(policyOf(options, slack)));
  const { onProgress, runbookFolder = 'runbooks' } = options;
  const stands = { managedNodeUrl: node.url, cloudWatchUrl: cloudwatch.url };
  const outputs = await deployLocally({ emulator, policyFile, runbookFolder, secrets, stands, onProgress });
  slack.setInteractivityUrl(slackUrl(emulator, outputs));
  return outputs;
}

/** The function URL as the emulator serves it: its real host name does not lead here. */
function slackUrl({ endpoint }: Emulator, outputs: StackOutputs): string {
  const [id = ''] = new URL(outputs['countersign-response']?.SlackUrl ?? '').host.split('.');
  return `${endpoint}/_aws/lambda-url/${id}/`;
}

/** The policy that a company would write for this account; a deadline and a wait are short, because nobody sleeps here. */
function policyOf(options: LaptopOptions, slack: SlackWorkspace) {
  return {
    mode: options.mode,
    safety: {
      timeout: `${options.approvalSeconds}s`,
      approval_channel: options.realSlack?.channel ?? channel,
      recovered_after: '2s',
      verification_window: `${options.verificationSeconds ?? 60}s`,
    },
    people: slack.users.map(({ id, name }) => ({ name, slack: id, iam: `arn:aws:iam::${account}:user/${name}` })),
    approvers: (options.realSlack ? slack.users : people.slice(0, 2)).map(({ name }) => name),
    single_operator: options.singleOperator ?? false,
    environments: {
      [options.environment ?? 'staging']: { accounts: [account], max_targets: 1 },
      ...options.environments,
    },
    // The local workspace takes whatever comes; Slack itself does not.
    slack: { api_url: slack.apiUrl, ...(options.realSlack ? {} : { messages_per_minute: 6000 }) },
    commands: options.commands ?? [],
    llm: { enabled: options.modelKey !== null, ...(options.modelUrl ? { base_url: options.modelUrl } : {}) },
  };
}

function laptopOf(
  { emulator, node, slack, cloudwatch: front }: Parts,
  held: HeldMetrics,
  stacks: StackOutputs,
): Omit<Laptop, 'stop' | 'startMs' | 'redeploy' | 'deployAgain'> {
  const settings = { endpoint: emulator.endpoint, region, credentials };
  const cloudwatch = new CloudWatchClient(settings);
  const lambda = new LambdaClient(settings);
  const database = DynamoDBDocumentClient.from(new DynamoDBClient(settings));
  const outputs = stacks['countersign-response'] ?? {};
  const alarmNamed = async (AlarmName: string) => {
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }));
    return MetricAlarms?.[0] ? alarmFromCloudWatch(MetricAlarms[0], {}, null) : null;
  };
  const alarm = (runbookId: string) => alarmNamed(incidentFor(runbookId).alarm.AlarmName);
  const put = (input: RaisedAlarm) =>
    cloudwatch.send(new PutMetricAlarmCommand(alarmInput(input, outputs.AlarmTopicArn ?? '')));
  const raise = async ({ host, fault, alarm: own, otherwise, held: datum }: Raised) => {
    await node.publish();
    await calm(cloudwatch, await alarmNamed(own.AlarmName));
    await put(own);
    if (fault) await breakHost(node, host, fault);
    if (datum) held.hold(own.AlarmName, datum);
    await held.publish();
    await node.publish();
    const changed = otherwise !== undefined && (await alarmNamed(own.AlarmName))?.state !== 'ALARM';
    if (changed) {
      await put({ ...own, ...otherwise });
      await node.publish();
    }
    return { incidentId: openedBy(await alarmNamed(own.AlarmName)), changed };
  };
  const publicKey = () => publicKeyOf(new KMSClient(settings));
  const { items } = auditTable(database, 'countersign-audit');
  const isOpen = async (incidentId: string) => {
    const Key = { pk: 'OPEN', sk: incidentId };
    const { Item } = await database.send(new GetCommand({ TableName: 'countersign-work', Key, ConsistentRead: true }));
    return Item !== undefined;
  };
  const invoke = async (FunctionName: string, payload: unknown) => {
    const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload) }));
    const text = Buffer.from(answer.Payload ?? []).toString('utf8');
    if (answer.FunctionError) throw new Error(`${FunctionName}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
  return {
    emulator,
    node,
    slack,
    cloudwatch: front,
    outputs,
    interactivityUrl: slackUrl(emulator, stacks),
    database,
    alarm,
    invoke,
    raise,
    raiseAlarm: async (runbookId) => (await raise(incidentFor(runbookId))).incidentId,
    items,
    chain: async (name) => readChain(name, await items(name)).entries,
    publicKey,
    async facts(incidentId) {
      const tables = {
        dispatches: 'countersign-dispatches',
        audit: 'countersign-audit',
        control: 'countersign-control',
      };
      const recovery = await auditTable(database, tables.audit).items(recoveryChain(incidentId));
      return {
        burns: await dispatchesTable(database, tables).burns(incidentId),
        byFirstRelease: [],
        publicKey: await publicKey(),
        isOpen: await isOpen(incidentId),
        recovery: recovery.length > 0 ? recovery : null,
      };
    },
    async printed(incidentId) {
      return (await workTable(database, 'countersign-work', Date.now).shown(incidentId)).outputs;
    },
    isOpen,
    async sweep() {
      await invoke('countersign-sweep', { source: 'aws.events', 'detail-type': 'Scheduled Event' });
    },
  };
}

/** A high-resolution alarm: an old datum is forgotten after the shortest period that CloudWatch has. */
export const alarmPeriodSeconds = 10;
/** How often the hosts' agents publish, in milliseconds. */
const publishMs = 2_000;

function alarmInput(alarm: RaisedAlarm, topic: string): PutMetricAlarmCommandInput {
  return { ...alarm, Period: alarmPeriodSeconds, EvaluationPeriods: 1, AlarmActions: [topic], OKActions: [topic] };
}

/** An alarm that is still on, as after a rejection, rings no more: only a change to ALARM does. */
async function calm(cloudwatch: CloudWatchClient, alarm: Alarm | null): Promise<void> {
  if (alarm?.state !== 'ALARM') return;
  const StateReason = 'Set by hand, so that it can ring again';
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: alarm.name, StateValue: 'OK', StateReason }));
}

async function breakHost(node: ManagedNode, host: string, fault: Fault): Promise<void> {
  await node.hosts.find(({ definition }) => definition.name === host)?.break(fault);
}

/** The incident that this change to ALARM opens: its id derives from what CloudWatch says. */
function openedBy(alarm: Alarm | null): string {
  if (alarm?.state !== 'ALARM')
    throw new Error(`the alarm ${alarm?.name ?? ''} is ${alarm?.state ?? 'missing'}, not ALARM`);
  return incidentIdOf({
    kind: 'alarm',
    alarmArn: alarm.arn,
    contributorId: null,
    stateChangedAt: alarm.stateChangedAt,
    round: 1,
  });
}

/** The approval key's public half, PEM. */
async function publicKeyOf(kms: KMSClient): Promise<string> {
  const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: 'alias/countersign-approval' }));
  const body = Buffer.from(PublicKey ?? []).toString('base64');
  return `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`;
}
