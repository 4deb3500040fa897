/** Doorbells: three envelopes about one alarm are one incident, and what CloudWatch does not confirm is recorded and nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import {
  DescribeRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import { incidentIdOf } from '../../core/subject.ts';
import { account, credentials, region } from '../../local/emulator.ts';
import { foreignHost, webHost } from '../../local/virtual-host.ts';
import { eventually } from './eventually.ts';
import { eventsOf, type Stage, statusOf, todaysChains } from './stage.ts';

const fixtures = new URL('../fixtures/alarms/', import.meta.url);
const fixture = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, fixtures), 'utf8'));

/** The documented envelopes, ringing for this alarm. All else in them stays a stranger's word; none says that it is muted. */
export const envelopes = {
  eventbridge(arn: string) {
    const event = fixture('eventbridge-metric');
    return { ...event, resources: [arn], detail: { ...event.detail, muteDetail: undefined } };
  },
  action: (arn: string) => ({ ...fixture('action-metric'), alarmArn: arn }),
  sns(arn: string) {
    const notification = fixture('sns-metric');
    return { ...notification, Message: JSON.stringify({ ...JSON.parse(notification.Message), AlarmArn: arn }) };
  },
};

const queueArn = `arn:aws:sqs:${region}:${account}:countersign-doorbells`;

export function triggers(on: () => Stage): void {
  const ring = (event: unknown) => on().laptop.invoke('countersign-triage', event);

  test('three envelopes, and ten at once, open one incident with one first entry', async () => {
    const stage = on();
    const incident = await stage.raise('doorbells', { rings: false });
    const bells = Object.values(envelopes).map((envelope) => envelope(incident.alarmArn));
    await Promise.all(Array.from({ length: 10 }, (_, index) => ring(bells[index % bells.length])));
    for (const bell of bells) await ring(bell);
    const events = eventsOf(await stage.laptop.chain(incident.id));
    expect(events.filter(({ kind }) => kind === 'incident_opened')).toHaveLength(1);
    expect(events.filter(({ kind }) => kind === 'alarm_joined')).toEqual([]);
    const [open] = (await stage.records.items('countersign-work', 'OPEN')).filter(({ sk }) => sk === incident.id);
    expect(open, 'copies are counted where the incident is open').toMatchObject({ rung: 13 });
    await stage.event(incident, 'command_sent');
    await stage.leave(incident);
    const chain = await stage.laptop.chain(incident.id);
    expect(chain.filter(({ kind }) => kind === 'planned')).toHaveLength(1);
  });

  test('an alarm that CloudWatch does not know, that is OK, or that did not opt in plans nothing; what cannot be ours is recorded', async () => {
    const stage = on();
    const ok = await stage.raise('is-ok', { state: 'OK' });
    const stranger = await stage.raise('not-opted-in', { tags: {} });
    const unknown = `arn:aws:cloudwatch:${region}:${account}:alarm:service-down-unknown`;
    const elsewhere = 'arn:aws:cloudwatch:us-east-1:444455556666:alarm:service-down-elsewhere';
    await ring(envelopes.eventbridge(unknown));
    expect(await recorded(stage, unknown)).toContain('CloudWatch does not know this alarm');
    await ring(envelopes.sns(elsewhere));
    expect(await recorded(stage, elsewhere)).toContain(`not an alarm of account ${account}`);
    await ring({ hello: 'world' });
    await ring(envelopes.action(ok.alarmArn));
    await ring(envelopes.sns(stranger.alarmArn));
    for (const { id } of [ok, stranger]) {
      expect(await stage.laptop.chain(id)).toEqual([]);
      expect(await stage.laptop.isOpen(id)).toBe(false);
    }
  });

  test('the rule and the topic reach triage through the queue, SNS around EventBridge too', async () => {
    const stage = on();
    const settings = { endpoint: stage.laptop.emulator.endpoint, region, credentials };
    const incident = await stage.raise('through-the-queue', { rings: false, instanceId: foreignHost.instanceId });
    const event = envelopes.eventbridge(incident.alarmArn);
    const topic = new SNSClient(settings);
    const TopicArn = stage.laptop.outputs.AlarmTopicArn;
    await topic.send(new PublishCommand({ TopicArn, Message: JSON.stringify(event) }));
    await stage.event(incident, 'incident_opened');
    await new EventBridgeClient(settings).send(
      new PutEventsCommand({
        Entries: [
          {
            Source: event.source,
            DetailType: event['detail-type'],
            Resources: event.resources,
            Detail: JSON.stringify({ ...event.detail, alarmName: incident.alarmName }),
          },
        ],
      }),
    );
    const entries = await stage.closed(incident);
    expect(statusOf(entries)).toBe('halted');
    expect(eventsOf(entries).filter(({ kind }) => kind === 'incident_opened')).toHaveLength(1);
  });

  test('a batch of 50 that are muted, lagging, no envelope or fine opens what is fine, and names what is to come again', async () => {
    const stage = on();
    const raise = (name: string) => stage.raise(name, { rings: false, instanceId: foreignHost.instanceId });
    const [fine, muted, lagging] = [
      await raise('batch-fine'),
      await raise('batch-muted'),
      await raise('batch-lagging'),
    ];
    stage.laptop.cloudwatch.setMuted(muted.alarmName, true);
    stage.laptop.cloudwatch.setLag(lagging.alarmName, 20_000);
    const claim = { value: 'ALARM', timestamp: new Date().toISOString() };
    const bodies = [fine, muted, lagging].map(({ alarmArn }) => {
      const event = envelopes.eventbridge(alarmArn);
      return { ...event, detail: { ...event.detail, state: claim } };
    });
    const strangers = Array.from({ length: 47 }, (_, number) => ({ hello: number }));
    const batch = (events: readonly object[]) => ({
      Records: events.map((body, number) => ({
        messageId: `m-${number}`,
        body: JSON.stringify(body),
        attributes: { ApproximateReceiveCount: '1' },
        eventSource: 'aws:sqs',
        eventSourceARN: queueArn,
      })),
    });
    expect(await ring(batch([...bodies, ...strangers]))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-2' }] });
    expect(statusOf(await stage.closed(fine))).toBe('halted');
    for (const { id } of [muted, lagging]) expect(await stage.laptop.items(id)).toEqual([]);
    stage.laptop.cloudwatch.setMuted(muted.alarmName, false);
    stage.laptop.cloudwatch.setLag(lagging.alarmName, 0);
    expect(await ring(batch(bodies.slice(1)))).toEqual({ batchItemFailures: [] });
    for (const incident of [muted, lagging]) expect(statusOf(await stage.closed(incident))).toBe('halted');
  });

  test('a contributor opens an incident with its own attributes, and is OK once it is listed no more', async () => {
    const stage = on();
    const { alarmArn, alarmName } = await stage.raise('fleet', { rings: false, state: 'OK' });
    const since = new Date().toISOString();
    const attributes = { InstanceId: webHost.instanceId, service: 'checkout' };
    stage.laptop.cloudwatch.setContributors(alarmName, [{ id: 'c0ffee', attributes, since }]);
    const contributor = (value: string) => ({
      ...fixture('eventbridge-contributor'),
      resources: [alarmArn],
      detail: { alarmContributor: { id: 'c0ffee' }, state: { value, timestamp: since } },
    });
    await ring(contributor('ALARM'));
    const subject = { kind: 'alarm' as const, alarmArn, contributorId: 'c0ffee', stateChangedAt: since, round: 1 };
    const incident = { id: incidentIdOf(subject), alarmName, alarmArn };
    expect(await stage.event(incident, 'planned')).toMatchObject({ alarm: { dimensions: attributes }, problems: [] });
    const { ts } = await stage.card(incident);
    stage.laptop.cloudwatch.setContributors(alarmName, []);
    await ring(contributor('OK'));
    expect((await stage.event(incident, 'alarm_joined')).why).toContain('lists the contributor c0ffee no more');
    await stage.laptop.slack.press({ user: 'ana', button: 'approve', messageTs: ts }).catch((error: Error) => {
      // On a busy machine the incident may have ended before, and taken the buttons with it.
      if (!error.message.includes('has no button')) throw error;
    });
    expect(statusOf(await stage.closed(incident))).toBe('recovered');
    expect(await stage.mutating(incident)).toBe(0);
  });

  test('a real alarm about an instance that did not opt in sends nothing and halts', async () => {
    const stage = on();
    const incident = await stage.raise('foreign', { instanceId: foreignHost.instanceId });
    const entries = await stage.closed(incident);
    expect(statusOf(entries)).toBe('halted');
    expect(stage.sent(incident)).toEqual([]);
    expect(stage.laptop.node.commands.flatMap(({ instanceIds }) => instanceIds)).not.toContain(foreignHost.instanceId);
    await stage.pages.about(incident.id);
  });

  test('an approval of what the alarm no longer asks for sends nothing: the incident ends as recovered', async () => {
    const stage = on();
    const incident = await stage.raise('recovers');
    const { ts } = await stage.card(incident);
    await stage.setState(incident, 'OK');
    await stage.event(incident, 'alarm_joined', ({ state }) => state === 'OK');
    await stage.laptop.slack.press({ user: 'ana', button: 'approve', messageTs: ts });
    expect(statusOf(await stage.closed(incident))).toBe('recovered');
    expect(await stage.mutating(incident)).toBe(0);
  });

  test('the rule rings for changes to ALARM and OK of alarms that are not our own', async () => {
    const { laptop } = on();
    const bus = new EventBridgeClient({ endpoint: laptop.emulator.endpoint, region, credentials });
    const { EventPattern = '' } = await bus.send(new DescribeRuleCommand({ Name: 'countersign-alarm-changed' }));
    const rings = async (event: unknown) => {
      const { Result } = await bus.send(new TestEventPatternCommand({ EventPattern, Event: JSON.stringify(event) }));
      return Result;
    };
    const names = readdirSync(fixtures).filter((name) => name.startsWith('eventbridge-'));
    const answers = await Promise.all(
      names.map(async (name) => [name.slice(12, -5), await rings(fixture(name.slice(0, -5)))]),
    );
    expect(Object.fromEntries(answers)).toEqual({
      anomaly: true,
      composite: true,
      configuration: false,
      contributor: true,
      metric: true,
      'metric-math': true,
      'multi-time-series': true,
    });
    const metric = fixture('eventbridge-metric');
    const withDetail = (detail: object) => ({ ...metric, detail: { ...metric.detail, ...detail } });
    expect(await rings(withDetail({ alarmName: 'countersign-undelivered' }))).toBe(false);
    expect(await rings(withDetail({ state: { value: 'INSUFFICIENT_DATA' } }))).toBe(false);
    expect(await rings({ ...metric, source: 'my.app' })).toBe(false);
  });
}

/** Why a chain of the day says that this alarm was refused. */
function recorded({ laptop }: Stage, arn: string): Promise<string> {
  return eventually(`a refusal of ${arn}`, async () => {
    for (const name of todaysChains())
      for (const event of eventsOf(await laptop.chain(name)))
        if (event.kind === 'envelope_refused' && event.alarmArn === arn) return event.why;
    return undefined;
  });
}
