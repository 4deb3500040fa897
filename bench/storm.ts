/**
 * What a storm of doorbells costs, on a simulated clock and tables in memory: every port call takes 5 ms. `npm run bench
 * -- storm --json` ends with one JSON line; it fails when the storm opened a second incident, lost an entry, filled a chain,
 * left an alarm unanswered or a person untold, or posted faster than Slack takes it.
 */
import { isDeepStrictEqual } from 'node:util';
import { append } from '../core/audit/append.ts';
import { isoOf } from '../core/time.ts';
import type { IncidentStatus } from '../core/words.ts';
import { seed } from '../test/soak.ts';
import { alarmOf, ana, start } from '../test/support/fixtures.ts';
import { differentBells, StormWorld } from '../test/support/storm-world.ts';
import { doorbellOf, type Operator, World } from '../test/support/world.ts';
import { Clock } from './clock.ts';

const callMilliseconds = 5;
/** The longest pause of an append that lost, per weight; as functions/wiring/tables.ts pauses. */
const longestPause = 20;
/** Lambda tries an asynchronous event again after 1 and 2 minutes ("Asynchronous invocation", Lambda developer guide). */
const retriesAfter = [60_000, 120_000];
/** Entries that a storm may add to a chain. */
const room = 20;

/** One alarm whose runbook helps, a person who approves at once, and a machine that runs beside the doorbells. */
class Storm {
  readonly #clock = new Clock(start);
  readonly world = new World();
  readonly #machines = new Map<string, Promise<IncidentStatus>>();
  readonly #operator: Operator;

  constructor(random: () => number, operator: (storm: Storm) => Operator = () => approve) {
    const { world } = this;
    const clock = this.#clock;
    this.#operator = operator(this);
    Object.defineProperty(world, 'now', { get: () => clock.now });
    world.pass = (milliseconds) => clock.sleep(milliseconds);
    world.pause = (weight) => clock.sleep(Math.floor(random() * longestPause * weight));
    world.callTakes = callMilliseconds;
    world.onSend = ({ dispatch }) => {
      if (dispatch.step === 2 && dispatch.part === 'run') this.turn('OK');
    };
  }

  sleep(milliseconds: number): Promise<void> {
    return this.#clock.sleep(milliseconds);
  }

  /** The alarm changes its state. */
  turn(state: 'OK' | 'ALARM'): void {
    this.world.alarm = alarmOf({ state, stateChangedAt: isoOf(this.#clock.now) });
  }

  /** One doorbell, as Lambda delivers it: tried again when it fails. Starts the machines of incidents that it opens. */
  async ring(): Promise<void> {
    for (const delay of retriesAfter) {
      try {
        return await this.#ring();
      } catch {
        await this.sleep(delay);
      }
    }
    return this.#ring();
  }

  async #ring(): Promise<void> {
    await this.world.triage(doorbellOf(this.world.alarm ?? alarmOf()));
    for (const incidentId of this.world.executions.keys())
      if (!this.#machines.has(incidentId)) this.#machines.set(incidentId, this.world.run(incidentId, this.#operator));
  }

  /** Lets the doorbells ring and every incident end. */
  async over(doorbells: () => Promise<unknown>) {
    const ended = async () => {
      await doorbells();
      return Promise.all(this.#machines.values());
    };
    const statuses = await this.#clock.run(ended());
    const chains = [...this.#machines.keys()].map((chain) => this.world.audit.chains.get(chain)?.length ?? 0);
    return { incidents: statuses.length, entries: Math.max(...chains), status: statuses.join(', ') };
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#clock.run(work());
  }
}

const approve: Operator = (world, record) => world.click(record, ana, 'approve');

/** Numbers below 1 that follow from a seed (Park and Miller's generator). */
function randomFrom(first: number): () => number {
  let state = (first % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** So many at once, each appending one entry to one and the same chain. */
async function writersOnOneChain(random: () => number, writers: number) {
  const storm = new Storm(random);
  let calls = 0;
  storm.world.fault = (port) => {
    if (port.startsWith('audit.')) calls += 1;
  };
  const event = (index: number) => ({ kind: 'envelope_refused', alarmArn: null, why: `writer ${index}` }) as const;
  const appends = Array.from(
    { length: writers },
    (_, index) => () => append(storm.world.writer(`writer-${index}`), 'DAY#storm', event(index)),
  );
  const ends = await storm.run(() => Promise.allSettled(appends.map((act) => act())));
  const gaveUp = ends.filter(({ status }) => status === 'rejected').length;
  return { gaveUp, callsPerAppend: Math.round((calls / writers) * 10) / 10 };
}

function atOnce(random: () => number, doorbells: number) {
  const storm = new Storm(random);
  return storm.over(() => Promise.all(Array.from({ length: doorbells }, () => storm.ring())));
}

function atRate(random: () => number, doorbells: number, perSecond: number) {
  const storm = new Storm(random);
  return storm.over(async () => {
    const rings: Promise<void>[] = [];
    for (let rung = 0; rung < doorbells; rung += 1) {
      rings.push(storm.ring());
      await storm.sleep(1000 / perSecond);
    }
    await Promise.all(rings);
  });
}

/** The alarm goes to OK and back, ten changes a second, while a person thinks; it ends in ALARM. */
function flapping(random: () => number, flaps: number) {
  const storm = new Storm(random, (own) => async (world, record) => {
    const rings: Promise<void>[] = [];
    for (let flap = 1; flap <= flaps; flap += 1) {
      await own.sleep(100);
      own.turn(flap % 2 === 1 ? 'OK' : 'ALARM');
      rings.push(own.ring());
    }
    await Promise.all(rings);
    await approve(world, record);
  });
  return storm.over(() => storm.ring());
}

/** Hours of the world's clock after which what is not told counts as lost; an incident has 8 h. */
const longestHours = 9;

/** So many different alarms within a minute, with CloudWatch's quotas and Slack's rate in the way; each card is approved. */
async function different(random: () => number, alarms: number) {
  const world = new StormWorld(random);
  const bells = differentBells(alarms, 60_000);
  await world.run(bells, longestHours * 3_600_000);
  const names = bells.map(({ name }) => name);
  return {
    lost: world.lost(names).length,
    twice: world.twice(names).length,
    slackPerMinute: world.mostInAMinute(),
    modelCalls: world.modelCalls,
    minutes: Math.round((world.clock.now - start) / 60_000),
    pages: world.world.pages.length,
  };
}

/** Messages that Slack takes of one channel in a minute: about one a second (docs.slack.dev, "Rate limits"). */
const slackTakes = 60;

export async function storm(json: boolean): Promise<void> {
  const say = (text: string) => console.error(text);
  const random = randomFrom(seed);
  say(`storm: ${callMilliseconds} ms a call, seed ${seed}`);
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const answer = await work();
    say(`${what}: ${JSON.stringify(answer)} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    return answer;
  };
  const quiet = await timed('one doorbell', () => atOnce(random, 1));
  const writers200 = await timed('200 writers on one chain', () => writersOnOneChain(random, 200));
  const equal = await timed('10,000 equal doorbells at once', () => atOnce(random, 10_000));
  const rates: (Awaited<ReturnType<typeof atRate>> & { perSecond: number })[] = [];
  for (const perSecond of [50, 100, 200, 400])
    rates.push({
      perSecond,
      ...(await timed(`10,000 doorbells at ${perSecond} a second`, () => atRate(random, 10_000, perSecond))),
    });
  const flaps = await timed('100 flaps', () => flapping(random, 100));
  const {
    minutes: _,
    pages: __,
    ...different1000
  } = await timed('1,000 different alarms in a minute', () => different(random, 1_000));
  if (json)
    console.log(
      JSON.stringify({
        bench: 'storm',
        quietEntries: quiet.entries,
        writers200,
        equal10000: { incidents: equal.incidents, chainEntries: equal.entries, status: equal.status },
        rates: rates.map(({ perSecond, status }) => ({ perSecond, status })),
        flaps100: { incidents: flaps.incidents, entries: flaps.entries },
        different1000,
      }),
    );
  const bad = [quiet, equal, ...rates, flaps].filter(
    ({ incidents, entries, status }) =>
      !isDeepStrictEqual([incidents, status], [1, 'resolved']) || entries > quiet.entries + room,
  );
  const { lost, twice, slackPerMinute } = different1000;
  const isTold = lost === 0 && twice === 0 && slackPerMinute <= slackTakes;
  if (bad.length === 0 && writers200.gaveUp === 0 && isTold) return;
  say(
    `a storm must leave 1 resolved incident and ${room} more entries at most, and no append that gave up; of different alarms none may be lost or answered twice, and no minute may have more than ${slackTakes} messages`,
  );
  process.exitCode = 1;
}
