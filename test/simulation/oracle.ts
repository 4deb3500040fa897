/** What must hold in every world: looked at when something is burnt or sent, and when all is over. Each fault is a line that begins with its invariant. */

import type { QuestionRecord } from '../../core/approval/record.ts';
import { recoveryChain } from '../../core/audit/chain.ts';
import { verifyChain } from '../../core/audit/verify.ts';
import type { Burn } from '../../core/burn.ts';
import { sha256 } from '../../core/digest.ts';
import { type Dispatch, dispatchKey } from '../../core/dispatch.ts';
import { isMutation, progressOf } from '../../core/incident/progress.ts';
import { epochOf } from '../../core/time.ts';
import type { Send } from '../../core/use-cases/execute-ports.ts';
import type { World } from '../support/world.ts';
import { falseAlarms, leaks, lies, twice, unsigned, type Watched } from './afterwards.ts';
import { definition } from './machine.ts';

/** An invocation of `execute` that runs: since when, and with which deployment. */
interface Running {
  readonly since: number;
  readonly mode: string;
  readonly instances: World['instances'];
}

const tenMinutes = 600_000;

/** Where the gate never gets through, the machine's own time-out ends it, and `sweep` tells people, which may take it a few tries. */
const machineEnd = definition.TimeoutSeconds * 1000;

export class Oracle {
  readonly faults: string[] = [];
  readonly #watched: Watched;
  readonly #running = new Map<string, Running[]>();
  /** When people heard of an incident's end, or were paged about it; epoch milliseconds. */
  readonly #heard = new Map<string, number>();
  readonly #opened = new Map<string, number>();

  constructor(watched: Watched) {
    this.#watched = watched;
    const { world } = watched;
    const execute = world.execute.bind(world);
    world.execute = async (incidentId, dispatch) => {
      const key = dispatchKey(incidentId, dispatch);
      const own = { since: world.now, mode: world.compiled.policy.mode, instances: world.instances };
      this.#running.set(key, [...(this.#running.get(key) ?? []), own]);
      return execute(incidentId, dispatch);
    };
    world.dispatches.onBurn = (burn) => this.#atBurn(burn);
    const { onSend } = world;
    world.onSend = (send) => {
      this.#atSend(send);
      onSend(send);
    };
    world.onPage = (_, text) => this.#hear(text, world.now);
  }

  #hear(text: string, at: number): void {
    for (const [id = ''] of text.matchAll(/inc-[0-9a-f]{20}/g))
      this.#heard.set(id, Math.min(at, this.#heard.get(id) ?? at));
  }

  opened(incidentId: string): void {
    if (!this.#opened.has(incidentId)) this.#opened.set(incidentId, this.#watched.world.now);
  }

  /** When the first of those that could have made this burn began. */
  #beginOf(key: string): Running {
    const { world } = this.#watched;
    const running = this.#running.get(key) ?? [];
    return running[0] ?? { since: world.now, mode: '', instances: [] };
  }

  #question(digest: string | null, incidentId: string): QuestionRecord | undefined {
    return this.#watched.world.questions(incidentId).find((record) => record.digest === digest);
  }

  #atBurn(burn: Burn): void {
    const { world, killSwitch, alarms } = this.#watched;
    const key = dispatchKey(burn.incidentId, burn.dispatch);
    const running = this.#running.get(key) ?? [];
    if (running.length === 0) this.faults.push(`I3 ${key} was burnt, and execute was not called`);
    const since = Math.max(...running.map((one) => one.since));
    if (killSwitch.isStoppedAt(world.now)) this.faults.push(`I4 ${key} was burnt under an acknowledged stop`);
    if (burn.level === 'read_only') return;
    const record = this.#question(burn.questionDigest, burn.incidentId);
    if (burn.questionDigest && record?.status !== 'APPROVED')
      this.faults.push(`I4 ${key} was burnt on a question that is ${record?.status ?? 'not there'}`);
    const progress = this.#progress(burn.incidentId);
    const isFirst = !progress.dispatches.some((known) => known.burn && isMutation(known));
    const subject = progress.opened?.alarmArn ?? '';
    const states = alarms.statesBetween(subject, since, world.now);
    if (isFirst && states.length > 0 && !states.includes('ALARM'))
      this.faults.push(`I4 ${key} began while the alarm was ${states.join()}`);
    if (isFirst && running.every(({ mode }) => mode === 'dry_run'))
      this.faults.push(`I5 ${key} changes something in a dry run`);
  }

  #progress(incidentId: string) {
    const { world } = this.#watched;
    const burns = [...world.dispatches.burnt.values()].filter((burn) => burn.incidentId === incidentId);
    return progressOf(world.reading(incidentId).entries, {
      burns,
      byFirstRelease: this.#burntByFirstRelease(incidentId),
    });
  }

  #atSend(send: Send): void {
    const { world } = this.#watched;
    const key = dispatchKey(send.incidentId, send.dispatch);
    const burn = world.dispatches.burnt.get(key);
    if (!burn) {
      this.faults.push(`I3 ${key} was sent without a burn`);
      return;
    }
    if (world.now > epochOf(burn.sendBy) + 15_000) this.faults.push(`I4 ${key} was sent long after its burn`);
    if (burn.scriptHash !== sha256(send.script) || burn.targets.join() !== send.targets.join())
      this.faults.push(`I2 ${key} was burnt as something else`);
    const intents = world.events(send.incidentId).filter((event) => event.kind === 'dispatch_intended');
    const isIntended = intents.some(
      (event) => dispatchKey(send.incidentId, event.dispatch) === key && event.scriptHash === send.scriptHash,
    );
    if (!isIntended) this.faults.push(`I6 ${key} was sent without an intent`);
    this.#checkTargets(send, key);
  }

  #checkTargets(send: Send, key: string): void {
    const planned = this.#progress(send.incidentId).planned?.targets?.all;
    // The fleet may change between the call and its look at it: what was opted in at either end of that was seen so.
    const instances = [...this.#beginOf(key).instances, ...this.#watched.world.instances];
    for (const target of send.targets) {
      if (planned && !planned.includes(target)) this.faults.push(`I9 ${key} went to ${target}, which was not planned`);
      if (!instances.some(({ id, tags }) => id === target && tags.countersign === 'on'))
        this.faults.push(`I9 ${key} went to ${target}, which is not opted in`);
    }
  }

  /** What can be said only when all is over. */
  async atTheEnd(): Promise<string[]> {
    const chains = [...this.#watched.world.audit.chains.keys()].filter((chain) => /^inc-[0-9a-f]{20}$/.test(chain));
    const verified = await Promise.all(chains.map((chain) => this.#verify(chain)));
    return [
      ...this.faults,
      ...twice(this.#watched),
      ...unsigned(this.#watched),
      ...lies(this.#watched),
      ...leaks(this.#watched),
      ...this.#unended(),
      ...falseAlarms(this.#watched),
      ...verified.flat(),
    ];
  }

  #unended(): string[] {
    const { world, alarm, isTroubledForGood } = this.#watched;
    const longest = isTroubledForGood ? machineEnd + tenMinutes : 8 * 3600_000;
    const isDropped = world.work.opened.size === 0 && (alarm === 'opted out' || alarm === 'deleted');
    for (const { message, at } of world.closings) this.#hear(JSON.stringify(message), at);
    return [...this.#opened].flatMap(([id, at]) => {
      const heard = this.#heard.get(id);
      // What was opened and never begun, of an alarm that is none of ours by now, is dropped: nobody's incident ended.
      if (!world.audit.chains.has(id) && isDropped) return [];
      if (heard !== undefined && heard - at <= longest) return [];
      const when = heard === undefined ? 'never' : `only after ${Math.round((heard - at) / 60_000)} minutes`;
      const open = world.work.opened.has(id) ? 'open' : 'not open';
      return [`I12 people heard ${when} of ${id}, which is ${open}`];
    });
  }

  #burntByFirstRelease(id: string): Dispatch[] {
    const { byFirstRelease } = this.#watched.world.dispatches;
    return this.#watched.world
      .events(id)
      .flatMap((event) => (event.kind === 'dispatch_intended' ? [event.dispatch] : []))
      .filter((dispatch) => byFirstRelease.has(dispatchKey(id, dispatch)));
  }

  async #verify(id: string): Promise<string[]> {
    const { world } = this.#watched;
    const facts = {
      burns: [...world.dispatches.burnt.values()].filter((burn) => burn.incidentId === id),
      byFirstRelease: this.#burntByFirstRelease(id),
      publicKey: await world.publicKey(),
      isOpen: world.work.opened.has(id),
      recovery: world.audit.chains.get(recoveryChain(id)) ?? null,
    };
    const report = verifyChain(id, world.audit.chains.get(id) ?? [], facts);
    return report.verdict === 'broken'
      ? report.problems.map(({ place, problem }) => `I7 ${id} ${place}: ${problem}`)
      : [];
  }
}
