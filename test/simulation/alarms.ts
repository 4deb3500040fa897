/** CloudWatch's side: alarms that recover, flap, lose their data, their tag or their contributor, and the doorbells that tell of it. */

import type { Clock } from '../../bench/clock.ts';
import { type Alarm, optInTag } from '../../core/alarm/alarm.ts';
import { isoOf } from '../../core/time.ts';
import type { Chance } from '../core/invariants/chance.ts';
import { alarmOf, instanceId } from '../support/fixtures.ts';
import { hostId } from '../support/fleet.ts';
import { doorbellOf, type World } from '../support/world.ts';
import type { Axes } from './axes.ts';

/** One alarm as it is, and every state that it had; times are epoch milliseconds. */
interface Course {
  alarm: Alarm | null;
  readonly states: { readonly from: number; readonly state: Alarm['state'] | null }[];
}

/** The states into which an alarm may turn of itself. */
const turnsOf: Partial<Record<Axes['alarm'], readonly Alarm['state'][]>> = {
  'recovers by itself': ['OK'],
  flaps: ['OK', 'ALARM', 'INSUFFICIENT_DATA'],
  'no data': ['INSUFFICIENT_DATA'],
};

const contributorId = '1234567890abcdef';

export class Alarms {
  readonly #axes: Axes;
  readonly #chance: Chance;
  readonly #clock: Clock;
  readonly #ring: (event: unknown) => void;
  readonly #begin: number;
  readonly #courses = new Map<string, Course>();

  /** @param ring hands an envelope to `triage`, with all that may go wrong on the way. */
  constructor(world: World, axes: Axes, chance: Chance, clock: Clock, ring: (event: unknown) => void) {
    [this.#axes, this.#chance, this.#clock, this.#ring] = [axes, chance, clock, ring];
    this.#begin = clock.now;
    const names = ['fix-web', 'fix-second'].slice(0, axes.incidents);
    for (const name of names) {
      const alarm = alarmOf({
        name,
        dimensions: { InstanceId: axes.past === 'nothing' ? hostId(1) : instanceId },
        contributorId: axes.contributor === 'none' ? null : contributorId,
      });
      this.#courses.set(alarm.arn, { alarm, states: [{ from: 0, state: 'ALARM' }] });
    }
    world.readAlarm = async (arn, id) => this.#read(arn, id);
    world.optedIn = async () =>
      this.arns.filter((arn) => this.#courses.get(arn)?.alarm?.tags[optInTag.key] === optInTag.value);
  }

  /** The names that ring when it begins. */
  get arns(): string[] {
    return [...this.#courses.keys()];
  }

  /** Every state of an alarm between two moments. */
  statesBetween(arn: string, from: number, to: number): (Alarm['state'] | null)[] {
    const states = this.#courses.get(arn)?.states ?? [];
    return states
      .filter((one, index) => one.from <= to && (states[index + 1]?.from ?? Number.POSITIVE_INFINITY) >= from)
      .map(({ state }) => state);
  }

  #read(arn: string, id: string | null): Alarm | null {
    const { contributor } = this.#axes;
    const alarm = this.#courses.get(arn)?.alarm ?? null;
    if (alarm === null || id === null) return alarm && { ...alarm, contributorId: null };
    if (contributor === 'page fails' && this.#chance.isTrue(0.1))
      throw Object.assign(new Error('the second page could not be read'), { name: 'ThrottlingException' });
    // What recovered is listed no more, or a while longer; what rang may not be listed yet.
    const isEarly = contributor === 'missing at first' && this.#clock.now < this.#begin + 90_000;
    const isListed = alarm.state === 'ALARM' ? !isEarly : contributor === 'listed';
    if (isListed) return alarm;
    const state = isEarly ? 'OK' : alarm.state;
    return { ...alarm, state, dimensions: {}, stateReason: 'CloudWatch lists no such contributor in ALARM' };
  }

  /** The alarm rings, once or more often. */
  ring(arn: string): void {
    const { alarm } = this.#courses.get(arn) ?? {};
    if (!alarm) return;
    const event = doorbellOf(alarm);
    const { contributorId: id } = alarm;
    const data = id === null ? event.alarmData : { ...event.alarmData, alarmContributor: { id } };
    this.#ring({ ...event, alarmData: data });
  }

  turn(arn: string, state: Alarm['state']): void {
    const course = this.#courses.get(arn);
    if (!course?.alarm || course.alarm.state === state) return;
    course.alarm = { ...course.alarm, state, stateChangedAt: isoOf(this.#clock.now) };
    course.states.push({ from: this.#clock.now, state });
    this.ring(arn);
  }

  /** What the axis says happens some time after it rang; called at moments that chance gives. */
  change(): void {
    const arn = this.#chance.of(this.arns);
    const course = this.#courses.get(arn);
    if (!course?.alarm) return;
    const turns = turnsOf[this.#axes.alarm];
    if (turns) this.turn(arn, this.#chance.of(turns));
    if (this.#axes.alarm === 'opted out') course.alarm = { ...course.alarm, tags: {} };
    if (this.#axes.alarm !== 'deleted') return;
    course.alarm = null;
    course.states.push({ from: this.#clock.now, state: null });
  }

  /** A change that succeeded everywhere cures its alarm a little later, where the axis says so. */
  async cure(arn: string, at: number): Promise<void> {
    if (this.#axes.alarm !== 'cured by the change') return;
    await this.#clock.sleep(Math.max(0, at - this.#clock.now) + 1000 * this.#chance.below(40));
    this.turn(arn, 'OK');
  }
}
