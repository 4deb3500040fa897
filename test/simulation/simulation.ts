/** One world of a seed, from its first doorbell until nothing is open any more. */
import { Clock } from '../../bench/clock.ts';
import { dispatchKey } from '../../core/dispatch.ts';
import { Chance } from '../core/invariants/chance.ts';
import { isChange, Witness } from '../core/invariants/witness.ts';
import { start } from '../support/fixtures.ts';
import { plantLanded } from '../support/landed.ts';
import { World } from '../support/world.ts';
import { Alarms } from './alarms.ts';
import { Archive } from './archive.ts';
import { type Axes, drawAxes } from './axes.ts';
import { deployed } from './deploys.ts';
import { Happenings } from './happenings.ts';
import { Hosts } from './hosts.ts';
import { Lambda } from './lambda.ts';
import { Execution, type ExecutionEnd } from './machine.ts';
import { modelOf } from './models.ts';
import { Oracle } from './oracle.ts';
import { People } from './people.ts';
import { KillSwitch } from './switch.ts';
import { Troubles } from './troubles.ts';

export interface Outcome {
  readonly axes: Axes;
  readonly faults: readonly string[];
  /** How each incident ended, as its chain says. */
  readonly statuses: readonly string[];
  readonly sends: number;
  readonly changes: number;
  /** Events of the longest history. */
  readonly events: number;
  /** What happened, for whoever looks into a failure. */
  readonly story: () => string;
}

const minute = 60_000;
/** After this nothing can be open any more: 8 h, and an hour for what begins late. */
const longest = 10 * 60 * minute;

export async function simulate(seed: number, axes: Axes = drawAxes(seed)): Promise<Outcome> {
  const simulation = new Simulation(seed, axes);
  return simulation.run();
}

class Simulation {
  readonly #axes: Axes;
  readonly #clock = new Clock(start);
  readonly #world = new World();
  readonly #chance: (part: string) => Chance;
  readonly #hosts: Hosts;
  readonly #troubles: Troubles;
  readonly #lambda: Lambda;
  readonly #alarms: Alarms;
  readonly #killSwitch: KillSwitch;
  readonly #oracle: Oracle;
  readonly #witness: Witness;
  readonly #archive: Archive;
  readonly #executions = new Map<string, Execution>();
  readonly #tokens = new Map<string, () => void>();
  /** Things that were rung or asked for and are not dealt with yet. */
  #pending = 0;
  #tokenCount = 0;

  constructor(seed: number, axes: Axes) {
    this.#axes = axes;
    const parts = new Map<string, Chance>();
    this.#chance = (part) => {
      const salt = [...part].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7);
      const own = parts.get(part) ?? new Chance(seed ^ salt);
      parts.set(part, own);
      return own;
    };
    const world = this.#world;
    const clock = this.#clock;
    world.compiled = deployed(axes);
    world.callTakes = axes.callTakes;
    world.pass = async (milliseconds) => {
      await clock.sleep(milliseconds);
    };
    world.pause = (weight) => clock.sleep(1 + this.#chance('pause').below(weight * 10));
    Object.defineProperty(world, 'now', { get: () => clock.now });
    this.#witness = new Witness(world);
    this.#hosts = new Hosts(world, axes, this.#chance('hosts'));
    this.#troubles = new Troubles(world, axes, this.#chance('troubles'), clock);
    this.#lambda = new Lambda(world, axes, this.#chance('lambda'), clock);
    this.#alarms = new Alarms(world, axes, this.#chance('alarms'), clock, (event) => void this.#ring(event));
    this.#killSwitch = new KillSwitch(world);
    this.#oracle = new Oracle({
      world,
      witness: this.#witness,
      hosts: this.#hosts,
      alarms: this.#alarms,
      killSwitch: this.#killSwitch,
      past: axes.past,
      alarm: axes.alarm,
      isTroubledForGood: axes.trouble !== 'none' && axes.troubleHow === 'often',
    });
    const click: World['click'] = (...input) => this.#lambda.invokeLater('decide', 60, 0, () => witnessed(...input));
    const witnessed = world.click;
    new People(world, axes, this.#chance('people'), clock, click);
    world.model = modelOf(axes.model, this.#chance('model'), clock);
    this.#witness.outcomeOn = (send, target) => this.#hosts.truth(send, target);
    this.#witness.alarmDuring = ({ begun, at }, incidentId) => {
      const subject = world.work.rows.get(incidentId)?.subject;
      return this.#alarms.statesBetween(subject?.kind === 'alarm' ? subject.alarmArn : '', begun, at);
    };
    world.onStart = (incidentId) => this.#begin(incidentId);
    world.onWake = (token) => this.#tokens.get(token)?.();
    this.#archive = new Archive(world);
    this.#curing();
    new Happenings({
      world,
      axes,
      clock,
      chance: this.#chance,
      hosts: this.#hosts,
      alarms: this.#alarms,
      killSwitch: this.#killSwitch,
      troubles: this.#troubles,
      stopOne: () => this.#stopOne(),
    });
    this.#past();
  }

  async run(): Promise<Outcome> {
    await this.#clock.run(this.#live());
    const faults = await this.#oracle.atTheEnd();
    const world = this.#world;
    const ids = [...world.work.rows.keys()];
    return {
      axes: this.#axes,
      faults,
      statuses: ids.map((id) => this.#statusOf(id)),
      sends: world.sends.length,
      changes: world.sends.filter(isChange).length,
      events: Math.max(0, ...[...this.#executions.values()].map(({ events }) => events)),
      story: () => this.#story(ids),
    };
  }

  /** The doorbells, and then the minutes of `sweep`, until nothing is open and nothing is pending. */
  async #live(): Promise<void> {
    for (const arn of this.#alarms.arns) this.#alarms.ring(arn);
    if (this.#axes.contributor === 'missing at first') void this.#ringLater();
    do {
      await this.#clock.sleep(minute);
      for (const id of this.#world.work.opened.keys()) this.#oracle.opened(id);
      await this.#sweep();
      await this.#lambda.invokeLater('archive', 60, 0, () => this.#archive.look()).catch(() => {});
      await this.#lambda.invokeLater('tell', 60, 0, () => this.#archive.tell()).catch(() => {});
    } while (!this.#isOver() && this.#clock.now < start + longest);
  }

  /** CloudWatch's next evaluation rings again. */
  async #ringLater(): Promise<void> {
    this.#pending += 1;
    await this.#clock.sleep(2 * minute);
    for (const arn of this.#alarms.arns) this.#alarms.ring(arn);
    this.#pending -= 1;
  }

  #isOver(): boolean {
    const isRunning = [...this.#world.executions.values()].includes('RUNNING');
    return this.#world.work.opened.size === 0 && !isRunning && this.#pending === 0;
  }

  async #sweep(): Promise<void> {
    await this.#lambda.invokeLater('sweep', 55, 0, () => this.#world.sweep()).catch(() => {});
  }

  async #ring(event: unknown): Promise<void> {
    this.#pending += 1;
    await this.#lambda.invokeLater('triage', 60, 2, () => this.#world.triage(event)).catch(() => {});
    for (const id of this.#world.work.opened.keys()) this.#oracle.opened(id);
    this.#pending -= 1;
  }

  #begin(incidentId: string): void {
    this.#world.startedAt.set(incidentId, this.#clock.now);
    const around = {
      invoke: (name: string, payload: unknown) => this.#lambda.invoke(name, payload),
      sleep: (milliseconds: number) => this.#clock.sleep(milliseconds),
      now: () => this.#clock.now,
      chance: () => this.#chance('jitter').next(),
      newToken: () => `token-${++this.#tokenCount}`,
    };
    const execution = new Execution(incidentId, around, this.#tokens);
    this.#executions.set(incidentId, execution);
    void execution.run({ incidentId }).then((end) => this.#ended(incidentId, end));
  }

  /** Whatever fails rings `sweep` at once, not only at its next minute. */
  async #ended(incidentId: string, end: ExecutionEnd): Promise<void> {
    this.#world.executions.set(incidentId, end);
    if (end !== 'SUCCEEDED') await this.#sweep();
  }

  /** A change that succeeded on every host of the incident's last wave cures its alarm. */
  #curing(): void {
    const world = this.#world;
    const { onSend } = world;
    world.onSend = (send) => {
      onSend(send);
      const subject = world.work.rows.get(send.incidentId)?.subject;
      if (!isChange(send) || subject?.kind !== 'alarm') return;
      const isLast = (world.dispatches.burnt.get(dispatchKey(send.incidentId, send.dispatch))?.rest ?? []).length === 0;
      if (isLast && this.#hosts.hasSucceeded(send)) void this.#alarms.cure(subject.alarmArn, this.#hosts.endOf(send));
    };
  }

  /** An incident of the first release goes on in a machine of this one, which plans nothing that is planned. */
  #past(): void {
    const { past } = this.#axes;
    if (past === 'nothing') return;
    const { id } = plantLanded(this.#world, past === 'an incident that waits' ? 'waiting.json' : 'sent.json');
    this.#begin(id);
  }

  #stopOne(): void {
    const [execution] = this.#executions.values();
    execution?.stop();
  }

  #statusOf(id: string): string {
    const closing = [id, `${id}#recovery`]
      .flatMap((chain) => this.#world.audit.events(chain))
      .find(({ kind }) => kind === 'incident_closed');
    return String(closing?.status ?? 'none');
  }

  #story(ids: readonly string[]): string {
    const chains = ids.flatMap((id) =>
      this.#world.audit
        .entries(id)
        .map(({ at, actor, event }) => `${at} ${actor} ${JSON.stringify(event).slice(0, 260)}`),
    );
    const trails = ids.map((id) => `${id}: ${this.#executions.get(id)?.trail.slice(-40).join(' ') ?? 'never started'}`);
    const ran = this.#hosts.ran.map(({ host, key, at }) => `${new Date(at).toISOString()} ${key} ran on ${host}`);
    return [
      JSON.stringify(this.#axes),
      ...chains,
      ...trails,
      ...ran,
      ...this.#troubles.deeds.slice(0, 60),
      ...this.#lambda.deeds,
    ].join('\n');
  }
}
