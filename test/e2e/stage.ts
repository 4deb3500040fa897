/** The deployed laptop that the end-to-end scenarios of a file share, driven through its front doors: alarms, Slack, tables. */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { alarmFromCloudWatch } from '../../core/alarm/alarm.ts';
import type { ReadEntry } from '../../core/audit/chain.ts';
import type { AuditEvent, EventOf } from '../../core/audit/entry.ts';
import { verifyChain } from '../../core/audit/verify.ts';
import { incidentIdOf } from '../../core/subject.ts';
import { isTold } from '../../local/demo/follow.ts';
import { countMutating, isVerified } from '../../local/demo/result.ts';
import { credentials, region } from '../../local/emulator.ts';
import { type Laptop, startLaptop } from '../../local/laptop.ts';
import type { SentCommand } from '../../local/managed-node.ts';
import type { StoredMessage } from '../../local/slack/emulated.ts';
import { webHost } from '../../local/virtual-host.ts';
import { eventually } from './eventually.ts';
import { type HostileModel, modelKey, startHostileModel } from './hostile-model.ts';
import { type Pages, subscribePages } from './pages.ts';
import { type Records, recordsOf } from './records.ts';

/** The longest a scenario may take, in milliseconds: time-outs are for what hangs, not for what is slow today. */
export const patienceMs = 240_000;
/** Seconds an approval may wait, and the wait of alarms that claim to be in a hurry. */
const approvalSeconds = 300;
export const hurried = { environment: 'hurried', timeout: '6s' } as const;
/** Two people for every change. */
export const guarded = { environment: 'guarded', demands: { quorum: { modifying: 2 } } } as const;

export interface Incident {
  readonly id: string;
  readonly alarmName: string;
  readonly alarmArn: string;
}

/** How the alarm of an incident differs from an opted-in one about the checkout service of web-1. */
export interface Raise {
  readonly tags?: Readonly<Record<string, string>>;
  readonly instanceId?: string;
  readonly description?: string;
  /** No route of a runbook names it: only its words lead to one, and a model is asked. */
  readonly unrouted?: boolean;
  readonly state?: 'ALARM' | 'OK';
  /** Whether its actions reach Countersign; without, the test rings itself. */
  readonly rings?: boolean;
}

export interface Stage {
  readonly laptop: Laptop;
  readonly records: Records;
  readonly model: HostileModel;
  readonly pages: Pages;
  readonly machine: SFNClient;
  /** Incidents whose chains a test damaged. */
  readonly tampered: string[];
  /** Puts an alarm `service-down-<name>` and lets it ring: each has a metric, an incident and a lock of its own. */
  raise(name: string, how?: Raise): Promise<Incident>;
  setState(incident: Incident, state: 'ALARM' | 'OK'): Promise<void>;
  /** The incident's card, as soon as it has buttons. */
  card(incident: Pick<Incident, 'id'>): Promise<StoredMessage>;
  /** The first entry of this kind that `fits`, as soon as it is in the incident's chain. */
  event<K extends AuditEvent['kind']>(
    incident: Pick<Incident, 'id'>,
    kind: K,
    fits?: (event: EventOf<K>) => boolean,
  ): Promise<EventOf<K>>;
  /** The whole verified chain, as soon as the incident is closed, told and released. */
  closed(incident: Pick<Incident, 'id'>): Promise<readonly ReadEntry[]>;
  /** What the managed node got for the incident. */
  sent(incident: Pick<Incident, 'id'>): SentCommand[];
  /** How many of those are above read_only, judged by their bytes. */
  mutating(incident: Pick<Incident, 'id'>): Promise<number>;
  /** Stops the incident's machine, so that its asking again every tick does not slow the others down. */
  leave(incident: Pick<Incident, 'id'>): Promise<void>;
  close(): Promise<void>;
}

/** Deploys everything: about 12 s of two cores. */
export async function openStage(): Promise<Stage> {
  const model = await startHostileModel();
  const laptop = await startLaptop({
    mode: 'live',
    approvalSeconds,
    modelKey,
    modelUrl: model.url,
    environments: {
      [hurried.environment]: { timeout: hurried.timeout },
      [guarded.environment]: guarded.demands,
    },
    onProgress: () => {},
  }).catch(async (error: unknown) => {
    await model.stop();
    throw error;
  });
  const settings = { endpoint: laptop.emulator.endpoint, region, credentials };
  const pages = await subscribePages(settings, laptop.outputs.PageTopicArn ?? '');
  const close = async () => {
    await Promise.allSettled([laptop.stop(), model.stop(), pages.stop()]);
  };
  const machine = new SFNClient(settings);
  return {
    laptop,
    model,
    pages,
    machine,
    tampered: [],
    records: recordsOf(laptop),
    close,
    ...incidentsOf(laptop, settings, machine),
  };
}

type Driving = Omit<Stage, 'laptop' | 'records' | 'model' | 'pages' | 'machine' | 'tampered' | 'close'>;

function incidentsOf(
  laptop: Laptop,
  settings: ConstructorParameters<typeof CloudWatchClient>[0],
  machine: SFNClient,
): Driving {
  const cloudwatch = new CloudWatchClient(settings ?? {});
  const setState = async (AlarmName: string, StateValue: 'ALARM' | 'OK') => {
    await cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: `a test says ${StateValue}` }),
    );
  };
  const sent: Driving['sent'] = ({ id }) => laptop.node.commands.filter(({ comment }) => comment.startsWith(`${id}.`));
  const event = <K extends AuditEvent['kind']>(
    { id }: Pick<Incident, 'id'>,
    kind: K,
    fits: (event: EventOf<K>) => boolean = () => true,
  ) => {
    const isIt = (found: AuditEvent): found is EventOf<K> => found.kind === kind && fits(found as EventOf<K>);
    return eventually(
      `${kind} in ${id}`,
      async () => eventsOf(await laptop.chain(id)).find(isIt),
      async () => `; its chain ends with ${JSON.stringify(eventsOf(await laptop.chain(id)).slice(-2)).slice(0, 1500)}`,
    );
  };
  return {
    async raise(name, how = {}) {
      const alarmName = `${how.unrouted ? 'checkout' : 'service-down'}-${name}`;
      await cloudwatch.send(new PutMetricAlarmCommand(alarmOf(alarmName, laptop, how)));
      await setState(alarmName, how.state ?? 'ALARM');
      const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [alarmName] }));
      const { arn: alarmArn, stateChangedAt } = alarmFromCloudWatch(MetricAlarms?.[0], {}, null);
      const id = incidentIdOf({ kind: 'alarm', alarmArn, contributorId: null, stateChangedAt, round: 1 });
      return { id, alarmName, alarmArn };
    },
    setState: ({ alarmName }, state) => setState(alarmName, state),
    async card(incident) {
      // The audit is asked first: Slack limits how often a channel's history may be read.
      const { messageTs } = await event(incident, 'approval_delivered');
      const card = (await laptop.slack.messages()).find(({ ts }) => ts === messageTs);
      if (!card) throw new Error(`${incident.id}: the channel has no message ${messageTs}`);
      return card;
    },
    event,
    async leave({ id }) {
      const executionArn = executionOf(laptop, id);
      await machine.send(new StopExecutionCommand({ executionArn })).catch(() => {});
    },
    async closed({ id }) {
      const entries = await eventually(`the closing of ${id}`, () => endOf(laptop, id));
      const report = verifyChain(id, await laptop.items(id), await laptop.facts(id));
      if (!isVerified(report, entries)) throw new Error(`${id}: ${JSON.stringify(report)}`);
      return entries;
    },
    sent,
    mutating: (incident) => countMutating(sent(incident)),
  };
}

/** Its metric has no data, so that nothing but the test changes its state. */
function alarmOf(AlarmName: string, { outputs }: Laptop, how: Raise) {
  const actions = how.rings === false ? [] : [outputs.AlarmTopicArn ?? ''];
  const tags = how.tags ?? { countersign: 'on' };
  return {
    AlarmName,
    AlarmDescription: how.description ?? 'The checkout service on web-1 does not run',
    Namespace: 'CWAgent',
    MetricName: `active_of_${AlarmName}`,
    Dimensions: [
      { Name: 'InstanceId', Value: how.instanceId ?? webHost.instanceId },
      { Name: 'service', Value: 'checkout' },
    ],
    Period: 10,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold' as const,
    Statistic: 'Minimum' as const,
    AlarmActions: actions,
    OKActions: actions,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

/** The buttons of a message, with the reference that each carries. */
export function buttonsOf({ blocks }: Pick<StoredMessage, 'blocks'>): { action_id: string; value: string }[] {
  return blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements.map(({ action_id, value }) => ({ action_id, value: value ?? '' })) : [],
  );
}

/** The execution is named like the incident. */
export function executionOf({ outputs }: Laptop, id: string): string {
  return `${(outputs.StateMachineArn ?? '').replace(':stateMachine:', ':execution:')}:${id}`;
}

/** The chain of an incident that is closed, told and released; undefined before that. */
export async function endOf(laptop: Laptop, id: string): Promise<readonly ReadEntry[] | undefined> {
  const chain = await laptop.chain(id);
  return isTold(chain) && !(await laptop.isOpen(id)) ? chain : undefined;
}

/** What happened, in order. */
export function eventsOf(entries: readonly ReadEntry[]): AuditEvent[] {
  return entries.flatMap(({ event }) => event ?? []);
}

/** How the incident ended, from its closing entry. */
export function statusOf(entries: readonly ReadEntry[]): string {
  return eventsOf(entries).find((event) => event.kind === 'incident_closed')?.status ?? 'open';
}

/** The chains of today in which what belongs to no incident is recorded. */
export function todaysChains(): string[] {
  const today = new Date().toISOString().slice(0, 10);
  return [...'0123456789abcdef'].map((shard) => `DAY#${today}#${shard}`);
}
