/**
 * CloudWatch as it is, before the emulator's: quotas, contributors and mute rules, which that does not know, log alarms left
 * out, and an alarm's state told late. It also finds alarms by tag. Everything else goes through as it came.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchClient, DescribeAlarmsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch';
import { credentials, region } from '../emulator.ts';
import { forward } from '../forward.ts';
import { Access } from '../ssm/access.ts';
import { Lag } from './lag.ts';
import { Quotas } from './quotas.ts';

/** A time series in ALARM; `since` is ISO 8601. */
export interface Contributor {
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly since: string;
}

export interface CloudWatchFront {
  /** The endpoint of CloudWatch and of the tagging API. */
  readonly url: string;
  /** How often each operation was throttled. */
  readonly throttled: ReadonlyMap<string, number>;
  /** What DescribeAlarmContributors lists of an alarm; CloudWatch lists those in ALARM only. */
  setContributors(alarmName: string, contributors: readonly Contributor[]): void;
  /** Puts an alarm mute rule in force for an alarm, or takes it away. */
  setMuted(alarmName: string, isMuted: boolean): void;
  /** Throttles every DescribeAlarms that names this alarm, as when others use up the account's quota, or no longer. */
  setThrottled(alarmName: string, isThrottled: boolean): void;
  /** From now on DescribeAlarms tells of a new state of this alarm only so many milliseconds after it was first asked for. */
  setLag(alarmName: string, milliseconds: number): void;
  stop(): Promise<void>;
}

interface Asked {
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

export async function startCloudWatch(endpoint: string): Promise<CloudWatchFront> {
  const front = new Front(endpoint);
  const server = createServer((incoming, response) => void front.serve(incoming, response));
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    throttled: front.throttled,
    setContributors: (alarmName, contributors) => void front.contributors.set(alarmName, contributors),
    setMuted: (alarmName, isMuted) => void (isMuted ? front.muted.add(alarmName) : front.muted.delete(alarmName)),
    setThrottled: (alarmName, isThrottled) =>
      void (isThrottled ? front.busy.add(alarmName) : front.busy.delete(alarmName)),
    setLag: (alarmName, milliseconds) => front.lag.set(alarmName, milliseconds),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      front.stop();
    },
  };
}

class Front {
  readonly contributors = new Map<string, readonly Contributor[]>();
  readonly muted = new Set<string>();
  readonly busy = new Set<string>();
  readonly throttled = new Map<string, number>();
  readonly lag = new Lag(Date.now);
  readonly #endpoint: URL;
  readonly #access: Access;
  readonly #cloudwatch: CloudWatchClient;
  readonly #quotas = new Quotas(Date.now);
  readonly #own: Readonly<Record<string, (input: Record<string, unknown>) => unknown>> = {
    DescribeAlarmContributors: (input) => this.#listed(String(input.AlarmName)),
    ListAlarmMuteRules: (input) => this.#rules(input.AlarmName),
    GetResources: (input) => this.#tagged(input),
  };

  constructor(endpoint: string) {
    this.#endpoint = new URL(endpoint);
    this.#access = new Access(endpoint);
    this.#cloudwatch = new CloudWatchClient({ endpoint, region, credentials });
  }

  stop(): void {
    this.#cloudwatch.destroy();
  }

  async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { headers } = incoming;
    const operation = String(headers['x-amz-target']).split('.').at(-1) ?? '';
    const asked = { operation, input: JSON.parse(body.toString() || '{}'), headers, body };
    const answer = await this.#answer(asked).catch((error: unknown) => refusal('InternalFailure', String(error), 500));
    response.writeHead(answer.status, { 'content-type': headers['content-type'] ?? 'application/json' });
    response.end(answer.body);
  }

  async #answer(asked: Asked): Promise<Answer> {
    const { operation, input } = asked;
    if (this.#isBusy(input) || !this.#quotas.take(operation)) {
      this.throttled.set(operation, (this.throttled.get(operation) ?? 0) + 1);
      return refusal('ThrottlingException', 'Rate exceeded');
    }
    const own = Object.hasOwn(this.#own, operation) ? this.#own[operation] : undefined;
    if (!own) return this.#passedOn(asked);
    const denied = await this.#access.refusal(asked, operation, []);
    return denied ?? { status: 200, body: JSON.stringify(await own(input)) };
  }

  #isBusy({ AlarmNames: names }: Record<string, unknown>): boolean {
    return Array.isArray(names) && names.some((name) => this.busy.has(String(name)));
  }

  async #passedOn(asked: Asked): Promise<Answer> {
    const answer = await forward(this.#endpoint, asked);
    if (asked.operation !== 'DescribeAlarms' || answer.status !== 200) return answer;
    const { MetricAlarms = [], ...rest } = JSON.parse(answer.body);
    const told = MetricAlarms.map((entry: Parameters<Lag['told']>[0]) => this.lag.told(entry));
    return { status: 200, body: JSON.stringify({ ...rest, MetricAlarms: told }) };
  }

  #listed(alarmName: string) {
    return {
      AlarmContributors: (this.contributors.get(alarmName) ?? []).map(({ id, attributes, since }) => ({
        ContributorId: id,
        ContributorAttributes: attributes,
        StateReason: 'the test says so',
        StateTransitionedTimestamp: Date.parse(since) / 1000,
      })),
    };
  }

  #rules(alarmName: unknown) {
    const muting = [...this.muted].filter((name) => alarmName === undefined || alarmName === name);
    return { AlarmMuteRuleSummaries: muting.map((name) => ({ AlarmMuteRuleArn: name, Status: 'ACTIVE' })) };
  }

  /** Every alarm with the tags asked for, on one page. */
  async #tagged({ TagFilters = [] }: { TagFilters?: readonly { Key: string; Values: string[] }[] }) {
    const { MetricAlarms = [], CompositeAlarms = [] } = await this.#cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: 100 }),
    );
    const found = await Promise.all(
      [...MetricAlarms, ...CompositeAlarms].map(async ({ AlarmArn: ResourceARN = '' }) => {
        const { Tags = [] } = await this.#cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN }));
        return { ResourceARN, Tags };
      }),
    );
    const fits = ({ Tags }: (typeof found)[number]) =>
      TagFilters.every(({ Key, Values }) => Tags.some((tag) => tag.Key === Key && Values.includes(tag.Value ?? '')));
    return { ResourceTagMappingList: found.filter(fits), PaginationToken: '' };
  }
}

function refusal(name: string, message: string, status = 400): Answer {
  return { status, body: JSON.stringify({ __type: name, message }) };
}
