/** The local CloudWatch refuses what AWS refuses, and answers what the emulator does not know; the real SDK asks it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CloudWatchClient,
  DescribeAlarmContributorsCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListAlarmMuteRulesCommand,
} from '@aws-sdk/client-cloudwatch';
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isRetryable } from '../../adapters/patience.ts';
import { type CloudWatchFront, startCloudWatch } from '../../local/cloudwatch/front.ts';
import { Lag } from '../../local/cloudwatch/lag.ts';
import { cloudWatchQuotas, Quotas } from '../../local/cloudwatch/quotas.ts';

describe('quotas', () => {
  test.each(Object.entries(cloudWatchQuotas))('%s is answered %i times a second, and no more', (operation, most) => {
    let now = 0;
    const quotas = new Quotas(() => now);
    const taken = (times: number) => Array.from({ length: times }, () => quotas.take(operation)).filter(Boolean).length;
    expect(taken(50)).toBe(most);
    now += 500;
    expect(taken(50)).toBe(Math.floor(most / 2));
    now += 60_000;
    expect(taken(50)).toBe(most);
  });

  test('are those of AWS, each operation’s by itself', () => {
    expect(cloudWatchQuotas).toMatchObject({
      DescribeAlarms: 9,
      ListTagsForResource: 10,
      DescribeAlarmContributors: 9,
    });
    const quotas = new Quotas(() => 0);
    for (let calls = 0; calls < 20; calls += 1) quotas.take('DescribeAlarms');
    expect(quotas.take('ListTagsForResource')).toBe(true);
  });
});

describe('lag', () => {
  const entry = (StateValue: string, StateUpdatedTimestamp: number) => ({
    AlarmName: 'a',
    StateValue,
    StateUpdatedTimestamp,
  });

  test('tells of the state before, for as long as it is set, counted from when it was asked for', () => {
    let now = 0;
    const lag = new Lag(() => now);
    expect(lag.told(entry('ALARM', 5_000))).toEqual(entry('ALARM', 5_000));
    lag.set('a', 1_000);
    expect(lag.told(entry('ALARM', 5_000))).toMatchObject({ StateValue: 'OK', StateUpdatedTimestamp: 1_400 });
    now = 999;
    expect(lag.told(entry('ALARM', 5_000))).toMatchObject({ StateValue: 'OK' });
    now = 1_000;
    expect(lag.told(entry('ALARM', 5_000))).toEqual(entry('ALARM', 5_000));
    expect(lag.told(entry('OK', 6_000))).toEqual(entry('ALARM', 5_000));
    now = 2_000;
    expect(lag.told(entry('OK', 6_000))).toEqual(entry('OK', 6_000));
    expect(lag.told(entry('ALARM', 7_000))).toEqual(entry('OK', 6_000));
    lag.set('a', 0);
    expect(lag.told(entry('ALARM', 7_000))).toEqual(entry('ALARM', 7_000));
  });
});

describe('the front', () => {
  const arn = (name: string) => `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${name}`;
  /** What stands for the emulator: it knows two alarms, and says what it was asked. */
  const asked: string[] = [];
  let denies = false;
  const answers: Record<string, (input: { ResourceARN?: string }) => object> = {
    DescribeAlarms: () => ({
      MetricAlarms: ['a', 'b'].map((AlarmName) => ({
        AlarmName,
        AlarmArn: arn(AlarmName),
        StateValue: 'ALARM',
        StateUpdatedTimestamp: 10_000,
      })),
      CompositeAlarms: [],
    }),
    ListTagsForResource: ({ ResourceARN }) => ({
      Tags: ResourceARN === arn('a') ? [{ Key: 'countersign', Value: 'on' }] : [],
    }),
    GetMetricData: () => ({ MetricDataResults: [] }),
    GetResources: () => ({ ResourceTagMappingList: [] }),
  };
  const emulator = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
      asked.push(operation);
      const answer = answers[operation]?.(JSON.parse(Buffer.concat(chunks).toString()));
      const type = { 'content-type': 'application/x-amz-json-1.0' };
      if (denies) response.writeHead(403, type).end(JSON.stringify({ __type: 'AccessDenied', message: 'no' }));
      else if (answer) response.writeHead(200, type).end(JSON.stringify(answer));
      else response.writeHead(400, type).end(JSON.stringify({ __type: 'InvalidAction', message: operation }));
    });
  });

  let front: CloudWatchFront;
  let client: CloudWatchClient;
  let tagging: ResourceGroupsTaggingAPIClient;
  beforeAll(async () => {
    await new Promise<void>((resolve) => emulator.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(async () => {
    await front?.stop();
    front = await startCloudWatch(`http://127.0.0.1:${(emulator.address() as AddressInfo).port}`);
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const settings = { endpoint: front.url, region: 'us-east-1', credentials, maxAttempts: 1 };
    client = new CloudWatchClient(settings);
    tagging = new ResourceGroupsTaggingAPIClient(settings);
    denies = false;
    asked.length = 0;
  });
  afterAll(async () => {
    await front.stop();
    emulator.closeAllConnections();
    emulator.close();
  });

  test('throttles as AWS does, and what is throttled never reaches the emulator', async () => {
    const calls = Array.from({ length: 30 }, () => client.send(new DescribeAlarmsCommand({})));
    const refused = (await Promise.allSettled(calls)).flatMap((one) => (one.status === 'rejected' ? one.reason : []));
    expect(refused.length).toBeGreaterThan(10);
    for (const error of refused) expect(error).toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' });
    expect(refused.every(isRetryable)).toBe(true);
    expect(asked.length + refused.length).toBe(30);
    expect(front.throttled.get('DescribeAlarms')).toBe(refused.length);
  });

  test('lets everything else through as it came', async () => {
    const metrics = { StartTime: new Date(0), EndTime: new Date(1), MetricDataQueries: [] };
    expect((await client.send(new GetMetricDataCommand(metrics))).MetricDataResults).toEqual([]);
    expect(asked).toEqual(['GetMetricData']);
  });

  test('lists contributors and mute rules that are set, and those alone', async () => {
    const since = '2026-11-28T00:00:00.000Z';
    front.setContributors('a', [{ id: 'c-1', attributes: { InstanceId: 'i-1' }, since }]);
    front.setMuted('b', true);
    const contributorsOf = async (AlarmName: string) =>
      (await client.send(new DescribeAlarmContributorsCommand({ AlarmName }))).AlarmContributors;
    expect(await contributorsOf('a')).toMatchObject([
      {
        ContributorId: 'c-1',
        ContributorAttributes: { InstanceId: 'i-1' },
        StateTransitionedTimestamp: new Date(since),
      },
    ]);
    expect(await contributorsOf('b')).toEqual([]);
    const rulesOf = async (AlarmName?: string) =>
      (await client.send(new ListAlarmMuteRulesCommand(AlarmName ? { AlarmName } : {}))).AlarmMuteRuleSummaries;
    expect([await rulesOf(), await rulesOf('a'), await rulesOf('b')].map((rules) => rules?.length)).toEqual([1, 0, 1]);
    front.setMuted('b', false);
    expect(await rulesOf()).toEqual([]);
  });

  test('finds alarms by their tag', async () => {
    const found = await tagging.send(new GetResourcesCommand({ TagFilters: [{ Key: 'countersign', Values: ['on'] }] }));
    expect(found.ResourceTagMappingList?.map(({ ResourceARN }) => ResourceARN)).toEqual([arn('a')]);
  });

  test('tells of a state late where that is set', async () => {
    front.setLag('a', 60_000);
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms?.map(({ StateValue }) => StateValue)).toEqual(['OK', 'ALARM']);
  });

  test('asks the emulator who may, for its own answers too', async () => {
    denies = true;
    await expect(client.send(new ListAlarmMuteRulesCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(client.send(new DescribeAlarmContributorsCommand({ AlarmName: 'a' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(tagging.send(new GetResourcesCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
