/**
 * A storm of different alarms as it is deployed, on a simulated clock: the queue, CloudWatch with its quotas, the state
 * machine's own definition, the pace of Slack, the stream that wakes `tell`, the minutes of `sweep`, and a person who
 * approves whatever they are asked.
 */
import { alarms, type CloudWatch } from '../../adapters/cloudwatch/alarms.ts';
import { rememberedTags } from '../../adapters/cloudwatch/remembered-tags.ts';
import { isRetryable } from '../../adapters/patience.ts';
import { Clock } from '../../bench/clock.ts';
import { alarmQueueShape } from '../../cdk/alarm-queue.ts';
import type { Alarm } from '../../core/alarm/alarm.ts';
import type { Dispatch } from '../../core/dispatch.ts';
import { isoOf } from '../../core/time.ts';
import { functions } from '../simulation/lambda.ts';
import { Execution, type ExecutionEnd } from '../simulation/machine.ts';
import { ana, compiledOf, start } from './fixtures.ts';
import { arnOf, MemoryCloudWatch } from './memory/cloudwatch.ts';
import { MemoryQueue } from './memory/queue.ts';
import { World } from './world.ts';

/** How long a call takes; milliseconds. */
const callMs = 5;

/** Tries of a read, and the longest pause between two, as adapters/patience.ts has them. */
const mostTries = 6;
const longestPauseMs = 1_000;

const minute = 60_000;

/** How often a poller looks into an empty queue, milliseconds: these storms last for hours. */
const emptyMs = 1_000;

/** One step that changes something, so that each incident asks once. */
export const stormRunbook = `---
id: fix
title: Fix it
owner: platform
severity: low
services: [web]
environments: [production]
match:
  alarms: ['fix-*']
symptoms: [broken]
parameters: {}
targets: { from: alarm, max: 1 }
---

1. Restart

   \`\`\`bash
   systemctl restart web
   \`\`\`
`;

/** An alarm that rings, on a host of its own if it names none. */
export interface Bell {
  readonly name: string;
  /** Milliseconds after the start. */
  readonly at: number;
  readonly host?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** The rule that makes it a composite alarm. */
  readonly composite?: string;
}

export class StormWorld {
  readonly clock = new Clock(start);
  readonly world = new World();
  readonly cloudwatch = new MemoryCloudWatch(() => this.clock.now, true);
  readonly queue: MemoryQueue;
  modelCalls = 0;
  /** Alarms that no change cures. */
  readonly incurable = new Set<string>();
  /** How each execution ended, by incident. */
  readonly ended = new Map<string, ExecutionEnd>();
  /** Who answers a card, so many milliseconds after it was posted; null = nobody. */
  answersAfter: number | null = 1_000;
  readonly #news = new Map<string, number[]>();
  #isOver = false;
  #tokens = new Map<string, () => void>();
  #tokenCount = 0;
  #pending = 0;
  readonly #random: () => number;

  constructor(random: () => number, policy = '') {
    this.#random = random;
    const { world, clock } = this;
    world.compiled = compiledOf({ runbook: stormRunbook, policy: stormPolicy(policy) });
    world.keepsPace = true;
    world.callTakes = callMs;
    Object.defineProperty(world, 'now', { get: () => clock.now });
    world.pass = (milliseconds) => clock.sleep(milliseconds);
    world.pause = (weight) => clock.sleep(1 + Math.floor(random() * weight * 20));
    world.alarm = null;
    const { read, readMany, tags } = alarms(this.#tried(), () => clock.now);
    const remembered = rememberedTags(tags, () => clock.now);
    world.readAlarm = (arn, contributorId) => read(arn, contributorId);
    world.readMany = readMany;
    world.readTags = remembered;
    world.optedIn = async () => [...this.cloudwatch.alarms.keys()].map(arnOf);
    world.model = {
      name: 'model',
      ask: async ({ schema }) => {
        this.modelCalls += 1;
        return schema.parse({ steps: [{ step: 1, risk: 'modifying', why: 'it restarts' }] });
      },
    };
    world.onStart = (incidentId) => this.#begin(incidentId);
    world.onWake = (token) => this.#tokens.get(token)?.();
    world.onSend = ({ incidentId }) => {
      const subject = world.work.rows.get(incidentId)?.subject;
      const name = subject?.kind === 'alarm' ? (subject.alarmArn.split(':alarm:')[1] ?? '') : '';
      if (!this.incurable.has(name)) this.cloudwatch.turn(name, 'OK');
    };
    world.audit.onInsert = ({ chain, sequence }) => {
      if (chain.startsWith('inc-')) this.#news.set(chain, [...(this.#news.get(chain) ?? []), sequence]);
    };
    this.queue = new MemoryQueue(clock, alarmQueueShape, (event) => world.triage(event), emptyMs);
  }

  /** The client as the SDK tries it: again after a throttle, with pauses that double. */
  #tried(): CloudWatch {
    const send = async (command: never) => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await this.cloudwatch.client.send(command);
        } catch (error) {
          if (tries >= mostTries || !isRetryable(error)) throw error;
          await this.clock.sleep(this.#random() * Math.min(longestPauseMs, 500 * 2 ** (tries - 1)));
        }
      }
    };
    return { send: send as unknown as CloudWatch['send'] };
  }

  /** The alarm as CloudWatch tells it, changed now; the doorbell rings through the queue. */
  turn(name: string, state: Alarm['state']): void {
    if (this.cloudwatch.alarms.has(name)) this.cloudwatch.turn(name, state);
    this.ring(name, state);
  }

  /** A doorbell of the alarm, which says of it what CloudWatch does. */
  ring(name: string, state: Alarm['state']): void {
    this.queue.send({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      resources: [arnOf(name)],
      detail: { state: { value: state, timestamp: isoOf(this.cloudwatch.alarms.get(name)?.changedAt ?? start) } },
    });
  }

  /** Rings all of them, and lets time pass until nothing is open and nothing waits, for `longest` milliseconds at most. */
  run(bells: readonly Bell[], longest: number, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    const until = start + longest;
    for (const { name, host = hostOf(name) } of bells)
      if (!this.world.instances.some(({ id }) => id === host))
        this.world.instances.push({ id: host, tags: { countersign: 'on' }, online: true });
    const ringing = async () => {
      for (const { name, at, host = hostOf(name), tags = {}, composite } of bells.toSorted((a, b) => a.at - b.at)) {
        const left = start + at - this.clock.now;
        if (left > 0) await this.clock.sleep(left);
        this.cloudwatch.put(name, {
          tags: { countersign: 'on', ...tags },
          ...(composite === undefined
            ? { more: { Dimensions: [{ Name: 'InstanceId', Value: host }] } }
            : { type: 'CompositeAlarm', more: { AlarmRule: composite } }),
        });
        this.ring(name, 'ALARM');
      }
      await meanwhile();
    };
    const life = async () => {
      const rung = ringing();
      await Promise.all([rung, this.queue.drain(this.#minutes(until, rung)), this.#stream()]);
    };
    return this.clock.run(life());
  }

  async #minutes(until: number, rung: Promise<void>): Promise<void> {
    let isRung = false;
    void rung.then(() => {
      isRung = true;
    });
    do {
      await this.clock.sleep(minute);
      await this.world.sweep().catch(() => {});
    } while ((!isRung || !this.#isQuiet()) && this.clock.now < until);
    this.#isOver = true;
  }

  #isQuiet(): boolean {
    const { world } = this;
    return (
      world.work.opened.size === 0 &&
      world.storms.rows.size === 0 &&
      this.#pending === 0 &&
      this.#news.size === 0 &&
      world.waits.digest.place === null
    );
  }

  /** The stream of Audit: what was added within a second is drawn once. */
  async #stream(): Promise<void> {
    while (!this.#isOver) {
      await this.clock.sleep(1_000);
      const batch = [...this.#news];
      this.#news.clear();
      for (const [incidentId, places] of batch) await this.world.tell(incidentId, places).catch(() => {});
    }
  }

  #begin(incidentId: string): void {
    this.#pending += 1;
    this.world.startedAt.set(incidentId, this.clock.now);
    const execution = new Execution(incidentId, this.#around(), this.#tokens);
    void execution.run({ incidentId }).then((end) => {
      this.#pending -= 1;
      this.ended.set(incidentId, end);
      this.world.executions.set(incidentId, end);
    });
  }

  #around() {
    return {
      invoke: async (name: string, payload: unknown) => {
        const { incidentId, dispatch } = payload as { incidentId: string; dispatch: Dispatch };
        const answer = await functions[name]?.handler(this.world, payload as never);
        if (name === 'RequestApprovalFunction') void this.#answer(incidentId, dispatch);
        return answer;
      },
      sleep: (milliseconds: number) => this.clock.sleep(milliseconds),
      now: () => this.clock.now,
      chance: this.#random,
      newToken: () => `token-${++this.#tokenCount}`,
    };
  }

  readonly #answered = new Set<string>();

  async #answer(incidentId: string, dispatch: Dispatch): Promise<void> {
    const record = this.world.request(incidentId, dispatch);
    if (this.answersAfter === null || !record || record.places.length === 0 || this.#answered.has(record.digest))
      return;
    this.#answered.add(record.digest);
    this.#pending += 1;
    await this.clock.sleep(this.answersAfter);
    await this.world.click(record, ana, 'approve').catch(() => {});
    this.#pending -= 1;
  }

  /** The most messages of Slack in any minute, wherever it begins. */
  mostInAMinute(): number {
    const times = this.world.slackAt.toSorted((a, b) => a - b);
    let [most, first] = [0, 0];
    for (const [last, at] of times.entries()) {
      while (at - (times[first] ?? at) >= minute) first += 1;
      most = Math.max(most, last - first + 1);
    }
    return most;
  }

  /** The incidents of an alarm, by its name. */
  incidentsOf(name: string): string[] {
    return [...this.world.work.rows].flatMap(([id, row]) => (row.alarmName === name ? [id] : []));
  }

  /** Alarms that no incident is about, or whose incident did not end, or nobody heard of how. */
  lost(names: readonly string[]): string[] {
    return names.filter((name) => !this.incidentsOf(name).some((id) => this.#isHeard(id)));
  }

  #isHeard(incidentId: string): boolean {
    const events = this.world.events(incidentId);
    const isClosed = events.some(({ kind }) => kind === 'incident_closed');
    return isClosed && events.some((event) => event.kind === 'people_told' && (event.slack || event.paged));
  }

  /** What was done twice: an incident of an alarm, a dispatch of an incident, a report in the channel. */
  twice(names: readonly string[]): string[] {
    const { sends, closings } = this.world;
    const keys = [
      ...names.flatMap((name) => this.incidentsOf(name).map(() => `incident about ${name}`)),
      ...sends.map(({ incidentId, dispatch }) => `send ${incidentId} ${JSON.stringify(dispatch)}`),
      ...closings.map(({ message }) => `report ${JSON.stringify(message).match(/inc-[0-9a-f]{20}/)?.[0]}`),
    ];
    const seen = new Set<string>();
    return keys.filter((key) => seen.size === seen.add(key).size);
  }
}

/** So many different alarms, each on a host of its own, over so many milliseconds. */
export function differentBells(count: number, milliseconds: number): Bell[] {
  return Array.from({ length: count }, (_, number) => ({
    name: `fix-${number}`,
    at: Math.floor((number * milliseconds) / count),
  }));
}

function hostOf(name: string): string {
  return `i-${Buffer.from(name).toString('hex').slice(-17).padStart(17, '0')}`;
}

function stormPolicy(more: string): string {
  return `
mode: live
safety: { timeout: 10m, recovered_after: 10s, verification_window: 60s }
people: [{ name: ana, slack: ${ana.id} }]
approvers: [ana]
single_operator: true
llm: { enabled: true }
${more}`;
}
