/** A storm of alarms through the queue as it is deployed, with CloudWatch's quotas in the way: none is lost, and each opens one incident. */
import { describe, expect, test } from 'vitest';
import { alarms, type CloudWatch } from '../../../adapters/cloudwatch/alarms.ts';
import { rememberedTags } from '../../../adapters/cloudwatch/remembered-tags.ts';
import { isRetryable } from '../../../adapters/patience.ts';
import { Clock } from '../../../bench/clock.ts';
import { alarmQueueShape } from '../../../cdk/alarm-queue.ts';
import { isoOf } from '../../../core/time.ts';
import { triage } from '../../../core/use-cases/triage.ts';
import { account, compiledOf, region, start } from '../../support/fixtures.ts';
import { MemoryAudit } from '../../support/memory/audit.ts';
import { arnOf, MemoryCloudWatch } from '../../support/memory/cloudwatch.ts';
import { MemoryQueue, queueArn } from '../../support/memory/queue.ts';
import { MemoryStorms } from '../../support/memory/storms.ts';
import { MemoryWork } from '../../support/memory/work.ts';

const compiled = compiledOf();

/** How long a call of AWS takes here, in milliseconds. */
const callMs = 10;

/** Tries of a read, and the longest pause between two, as adapters/patience.ts has them. */
const mostTries = 6;
const longestPauseMs = 1_000;

class Storm {
  readonly clock = new Clock(start);
  readonly audit = new MemoryAudit();
  readonly work = new MemoryWork();
  readonly cloudwatch = new MemoryCloudWatch(() => this.clock.now, true);
  readonly started: string[] = [];
  readonly noted: string[] = [];
  readonly queue: MemoryQueue;
  /** When the last incident was opened. */
  lastAt = 0;

  constructor(shape = alarmQueueShape) {
    for (const table of [this.work, this.audit]) table.port = () => this.clock.sleep(callMs);
    const { readMany, tags, muted } = alarms(this.#tried(), () => this.clock.now);
    const ports = {
      writer: { ...this.audit.writer('triage'), pause: () => this.clock.sleep(callMs) },
      account,
      region,
      queue: queueArn,
      alarms: readMany,
      tags: rememberedTags(tags, () => this.clock.now),
      muted,
      pause: (milliseconds: number) => this.clock.sleep(milliseconds),
      ...new MemoryStorms(this.work, () => this.clock.now),
      lockedBy: this.work.lockedBy,
      open: this.work.open,
      ring: this.work.ring,
      retry: async () => null,
      publicKey: async () => '',
      noted: (what: string) => void this.noted.push(what),
      start: async (incidentId: string) => {
        this.started.push(incidentId);
        this.lastAt = this.clock.now;
      },
    };
    this.queue = new MemoryQueue(this.clock, shape, (event) => triage(ports, compiled, event));
  }

  /** The client as the SDK tries it: again after a throttle, with pauses that double. */
  #tried(): CloudWatch {
    const send = async (command: never) => {
      for (let tries = 1; ; tries += 1) {
        await this.clock.sleep(callMs);
        try {
          return await this.cloudwatch.client.send(command);
        } catch (error) {
          if (tries >= mostTries || !isRetryable(error)) throw error;
          await this.clock.sleep(Math.min(longestPauseMs, 500 * 2 ** (tries - 1)));
        }
      }
    };
    return { send: send as unknown as CloudWatch['send'] };
  }

  /** Everything rings at its moment (milliseconds from the start), and the queue is drained. */
  async rings(bells: readonly { name: string; at: number }[]): Promise<void> {
    const ring = async () => {
      for (const { name, at } of bells.toSorted((a, b) => a.at - b.at)) {
        const left = start + at - this.clock.now;
        if (left > 0) await this.clock.sleep(left);
        if (!this.cloudwatch.alarms.has(name)) this.cloudwatch.put(name);
        const { changedAt } = this.cloudwatch.alarms.get(name) ?? { changedAt: start };
        this.queue.send({
          source: 'aws.cloudwatch',
          'detail-type': 'CloudWatch Alarm State Change',
          resources: [arnOf(name)],
          detail: { state: { value: 'ALARM', timestamp: isoOf(changedAt) } },
        });
      }
    };
    await this.clock.run(this.queue.drain(ring()));
  }

  summary() {
    const seconds = Math.round((this.lastAt - start) / 1000);
    const throttled = Object.fromEntries(this.cloudwatch.throttled);
    return { seconds, throttled, asked: Object.fromEntries(this.cloudwatch.asked), deliveries: this.queue.deliveries };
  }
}

const within = (count: number, milliseconds: number) =>
  Array.from({ length: count }, (_, number) => ({ name: `fix-${number}`, at: (number * milliseconds) / count }));

const storms: [string, { name: string; at: number }[]][] = [
  ['in a minute', within(1_000, 60_000)],
  ['in the same moment', within(1_000, 0)],
];

describe('1,000 alarms', () => {
  test.each(storms)(
    '%s: none is lost, none is given up, each opens one incident and starts it once',
    async (_, bells) => {
      const storm = new Storm();
      await storm.rings(bells);
      expect(storm.queue.dead).toEqual([]);
      expect(storm.noted).toEqual([]);
      expect([...storm.work.rows.values()].map(({ alarmName }) => alarmName).toSorted()).toEqual(
        bells.map(({ name }) => name).toSorted(),
      );
      expect(storm.started).toHaveLength(1_000);
      expect(new Set(storm.started).size).toBe(1_000);
      const days = [...storm.audit.chains.keys()].filter((chain) => chain.startsWith('DAY#'));
      expect(days, JSON.stringify(storm.summary())).toEqual([]);
      // ListTagsForResource takes 10 calls a second: 1,000 alarms are 100 s, whatever is done.
      expect(storm.summary().seconds).toBeLessThan(170);
      expect(storm.summary().deliveries).toBeLessThan(alarmQueueShape.maximumDeliveries / 2);
    },
  );

  test('of which nine in ten are not opted in, and each rings twice: only the others open', async () => {
    const storm = new Storm();
    const bells = within(1_000, 60_000);
    for (const [index, { name }] of bells.entries()) storm.cloudwatch.put(name, index % 10 === 0 ? {} : { tags: {} });
    await storm.rings([...bells, ...bells.map(({ name, at }) => ({ name, at: at + 5_000 }))]);
    expect(storm.queue.dead).toEqual([]);
    expect(storm.started).toHaveLength(100);
    expect(storm.noted).toHaveLength(1_800);
    // Copies within a minute are not asked for again.
    expect(storm.summary().asked.ListTagsForResource).toBeLessThan(
      2_000 + (storm.summary().throttled.ListTagsForResource ?? 0),
    );
  });

  test('while another tool takes the whole quota for ten minutes wait, and are answered then', async () => {
    const storm = new Storm();
    const until = start + 600_000;
    storm.cloudwatch.fault = () =>
      storm.clock.now < until
        ? Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } })
        : null;
    await storm.rings(within(100, 60_000));
    expect(storm.queue.dead).toEqual([]);
    expect(storm.started).toHaveLength(100);
  });
});
