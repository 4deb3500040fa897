/** CloudWatch in memory, as the SDK's client: pages, the most names of a call, contributors in ALARM only, mute rules, quotas and lag. */
import type { CloudWatch } from '../../../adapters/cloudwatch/alarms.ts';
import { Quotas } from '../../../local/cloudwatch/quotas.ts';
import { account, instanceId, region } from '../fixtures.ts';

type State = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** One alarm as it is. Times are milliseconds since 1970. */
export interface MemoryAlarm {
  readonly name: string;
  type: 'MetricAlarm' | 'CompositeAlarm' | 'LogAlarm';
  state: State;
  changedAt: number;
  /** The state before, which DescribeAlarms still tells of until `tellsFrom`. */
  before: { state: State; changedAt: number };
  tellsFrom: number;
  tags: Record<string, string>;
  muted: boolean;
  /** Contributors in ALARM by id, with their attributes and since when. */
  contributors: Map<string, { attributes: Record<string, string>; since: number }>;
  /** More of the alarm's entry. */
  more: Record<string, unknown>;
}

/** As the SDK throws it. */
function awsError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
}

/** Contributors of one page, so that tests meet more than one. */
const contributorsPage = 2;

export class MemoryCloudWatch {
  readonly alarms = new Map<string, MemoryAlarm>();
  /** How often each operation was asked, and how often it was throttled. */
  readonly asked = new Map<string, number>();
  readonly throttled = new Map<string, number>();
  /** What a call throws instead of its answer. */
  fault: (operation: string, input: Record<string, unknown>) => Error | null = () => null;
  readonly #now: () => number;
  readonly #quotas: Quotas | null;

  /** @param hasQuotas whether calls beyond AWS's quotas are throttled; there is no second try here. */
  constructor(now: () => number, hasQuotas = false) {
    this.#now = now;
    this.#quotas = hasQuotas ? new Quotas(now) : null;
  }

  put(name: string, changes: Partial<MemoryAlarm> = {}): MemoryAlarm {
    const changedAt = changes.changedAt ?? this.#now();
    const alarm: MemoryAlarm = {
      name,
      type: 'MetricAlarm',
      state: 'ALARM',
      changedAt,
      before: { state: 'OK', changedAt: changedAt - 3_600_000 },
      tellsFrom: changedAt,
      tags: { countersign: 'on' },
      muted: false,
      contributors: new Map(),
      more: {},
      ...changes,
    };
    this.alarms.set(name, alarm);
    return alarm;
  }

  /** The alarm changes its state now, and DescribeAlarms tells so after `lag` milliseconds. */
  turn(name: string, state: State, lag = 0): void {
    const alarm = this.#named(name);
    const { state: earlier, changedAt } = alarm;
    const now = this.#now();
    Object.assign(alarm, { state, changedAt: now, before: { state: earlier, changedAt }, tellsFrom: now + lag });
  }

  get client(): CloudWatch {
    return { send: ((command: Command) => this.#send(command)) as unknown as CloudWatch['send'] };
  }

  async #send({ constructor: { name: className }, input }: Command): Promise<unknown> {
    const operation = className.replace(/Command$/, '');
    count(this.asked, operation);
    const fault = this.fault(operation, input);
    if (fault) throw fault;
    if (this.#quotas?.take(operation) === false) {
      count(this.throttled, operation);
      throw awsError('ThrottlingException', 'Rate exceeded');
    }
    switch (operation) {
      case 'DescribeAlarms':
        return this.#describe(input);
      case 'ListTagsForResource': {
        const { tags } = this.#named(String(input.ResourceARN).split(':alarm:')[1] ?? '');
        return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
      }
      case 'DescribeAlarmContributors':
        return this.#contributors(this.#named(String(input.AlarmName)), input);
      case 'ListAlarmMuteRules':
        return this.#muteRules(input);
      default:
        throw awsError('InvalidAction', `Unknown action: ${operation}`);
    }
  }

  #named(name: string): MemoryAlarm {
    const alarm = this.alarms.get(name);
    if (!alarm) throw awsError('ResourceNotFoundException', `${name} is not known`);
    return alarm;
  }

  #describe({ AlarmNames, AlarmTypes = ['MetricAlarm'], MaxRecords = 50, NextToken }: Record<string, unknown>) {
    const names = AlarmNames as string[];
    if (names.length > 100) throw awsError('ValidationError', '1 validation error detected: AlarmNames: at most 100');
    const most = Number(MaxRecords);
    if (most > 100) throw awsError('ValidationError', '1 validation error detected: MaxRecords: at most 100');
    const first = Number(NextToken ?? 0);
    const found = names.flatMap((name) => this.alarms.get(name) ?? []);
    const wanted = found.filter(({ type }) => (AlarmTypes as string[]).includes(type));
    const page = wanted.slice(first, first + most);
    const of = (type: MemoryAlarm['type']) =>
      page.filter((alarm) => alarm.type === type).map((one) => this.#entry(one));
    return {
      MetricAlarms: of('MetricAlarm'),
      CompositeAlarms: of('CompositeAlarm'),
      LogAlarms: of('LogAlarm'),
      ...(first + most < wanted.length ? { NextToken: String(first + most) } : {}),
    };
  }

  #entry({ name, type, more, before, tellsFrom, ...now }: MemoryAlarm): Record<string, unknown> {
    const { state, changedAt } = this.#now() < tellsFrom ? before : now;
    return {
      AlarmName: name,
      AlarmArn: arnOf(name),
      StateValue: state,
      StateReason: `it is ${state}`,
      StateTransitionedTimestamp: new Date(changedAt),
      ...(type === 'CompositeAlarm' ? { AlarmRule: 'ALARM(a)' } : {}),
      ...(type === 'LogAlarm' ? { ScheduledQueryConfiguration: { QueryString: 'fields @message' } } : {}),
      ...(type === 'MetricAlarm'
        ? { Namespace: 'CWAgent', MetricName: 'm', Dimensions: [{ Name: 'InstanceId', Value: instanceId }] }
        : {}),
      ...more,
    };
  }

  #contributors({ contributors }: MemoryAlarm, { NextToken }: Record<string, unknown>) {
    const first = Number(NextToken ?? 0);
    const page = [...contributors].slice(first, first + contributorsPage);
    return {
      AlarmContributors: page.map(([ContributorId, { attributes, since }]) => ({
        ContributorId,
        ContributorAttributes: attributes,
        StateReason: 'its own',
        StateTransitionedTimestamp: new Date(since),
      })),
      ...(first + contributorsPage < contributors.size ? { NextToken: String(first + contributorsPage) } : {}),
    };
  }

  /** Each muted alarm has a rule of its own, in force. */
  #muteRules({ AlarmName }: Record<string, unknown>) {
    const muting = [...this.alarms.values()].filter(({ muted }) => muted);
    const rules = muting.filter(({ name }) => AlarmName === undefined || AlarmName === name);
    return {
      AlarmMuteRuleSummaries: rules.map(({ name }) => ({ AlarmMuteRuleArn: `arn:mute:${name}`, Status: 'ACTIVE' })),
    };
  }
}

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Record<string, unknown>;
}

function count(counts: Map<string, number>, operation: string): void {
  counts.set(operation, (counts.get(operation) ?? 0) + 1);
}

export function arnOf(name: string): string {
  return `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
}
