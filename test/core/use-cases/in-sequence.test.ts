/** Calls that wait for each other on the way to the card and from the click to the send: more of them is time that people wait. */
import { expect, test } from 'vitest';
import { Clock } from '../../../bench/clock.ts';
import type { QuestionRecord } from '../../../core/approval/record.ts';
import { ana, compiledOf, policyText, start } from '../../support/fixtures.ts';
import { stormRunbook } from '../../support/storm-world.ts';
import { World } from '../../support/world.ts';

/** Milliseconds of a call, of which nothing else takes any. */
const callMs = 10;

class Timed {
  readonly clock = new Clock(start);
  readonly world = new World();
  /** When each call was made for the last time. */
  readonly called = new Map<string, number>();

  constructor() {
    const { world, clock } = this;
    world.compiled = compiledOf({ runbook: stormRunbook, policy: policyText('live') });
    world.callTakes = callMs;
    Object.defineProperty(world, 'now', { get: () => clock.now });
    world.pass = (milliseconds) => clock.sleep(milliseconds);
    world.fault = (name) => void this.called.set(name, clock.now);
  }

  /** How many calls one after the other the work took; with `until`, to the end of that one. */
  async count<T>(work: () => Promise<T>, until?: string): Promise<{ answer: T; calls: number }> {
    const begun = this.clock.now;
    const answer = await this.clock.run(work());
    const end = until === undefined ? this.clock.now : (this.called.get(until) ?? Number.NaN) + callMs;
    return { answer, calls: (end - begun) / callMs };
  }
}

/** The most of each function: whoever needs one more lets somebody wait for it. */
const most = { triage: 5, plan: 5, gate: 3, ask: 5, decide: 4, settle: 2, execute: 6 } as const;

test('no more calls than these wait for each other from the alarm to the card, and from the click to the send', async () => {
  const timed = new Timed();
  const { world } = timed;
  const triage = await timed.count(() => world.ring(), 'start');
  const id = triage.answer;
  await timed.count(() => world.tell(id));
  const plan = await timed.count(() => world.plan(id));
  const gate = await timed.count(() => world.gate(id));
  const { dispatch } = gate.answer;
  if (!dispatch) throw new Error('nothing is asked');
  const ask = await timed.count(() => world.ask(id, dispatch), 'post');
  const record = world.request(id, dispatch) as QuestionRecord;
  const decide = await timed.count(() => world.click(record, ana, 'approve'), 'wake');
  const settle = await timed.count(() => world.settle(id, dispatch));
  const execute = await timed.count(() => world.execute(id, dispatch), 'send');
  const counted = { triage, plan, gate, ask, decide, settle, execute };
  const calls = Object.entries(counted).map(([name, one]) => [name as keyof typeof most, one.calls] as const);
  expect(calls.filter(([name, number]) => !(number <= most[name]))).toEqual([]);
  expect(world.sends).toHaveLength(1);
});
