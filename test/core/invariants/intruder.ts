/** A function whose code is taken over: at moments that chance gives it uses its own rights at will, and answers the machine as it likes. */
import type { QuestionRecord } from '../../../core/approval/record.ts';
import type { Envelope } from '../../../core/dsse.ts';
import { type Question, questionDigest, questionSortKey } from '../../../core/question.ts';
import { incidentIdOf } from '../../../core/subject.ts';
import { isoOf } from '../../../core/time.ts';
import { GateDecision, IncidentStatus, RequestStatus, SettleDecision } from '../../../core/words.ts';
import { ana, ben, instanceId } from '../../support/fixtures.ts';
import { rejecting, type World } from '../../support/world.ts';
import type { Chance } from './chance.ts';
import { dispatchBy, envelopeBy, tamperWithAudit } from './forgeries.ts';

/** Every function but `execute` and `decide`, which are the trusted base. */
export const victims = [
  'triage',
  'plan',
  'gate',
  'request-approval',
  'slack',
  'settle',
  'poll',
  'close',
  'sweep',
  'archive',
] as const;
export type Victim = (typeof victims)[number];

type Right = 'audit' | 'work' | 'delete' | 'control' | 'stop' | 'start' | 'click';

/** Of cdk/authority.ts, what writes. An update of Control can make a row as well as a put. */
const rights: Readonly<Record<Victim, readonly Right[]>> = {
  triage: ['audit', 'work', 'start'],
  plan: ['audit', 'work'],
  gate: ['audit', 'work'],
  'request-approval': ['audit', 'work', 'control'],
  slack: ['click'],
  settle: ['audit', 'work', 'control'],
  poll: ['audit', 'work'],
  close: ['audit', 'work', 'control', 'delete'],
  sweep: ['audit', 'work', 'control', 'delete', 'start'],
  archive: ['stop'],
};

export class Intruder {
  /** What it did, for whoever looks into a failure. */
  readonly deeds: string[] = [];
  /** Ids of incidents that it wants the machine to run. */
  readonly planted: string[] = [];
  /** It took the OPEN item away. */
  isSilenced = false;
  readonly #world: World;
  readonly #chance: Chance;
  readonly #victim: Victim;
  readonly #genuine: Envelope[] = [];
  #left: number;
  /** It waits until a change is out, where a false word weighs most. */
  readonly #isPatient: boolean;

  constructor(world: World, victim: Victim, chance: Chance) {
    [this.#world, this.#victim, this.#chance] = [world, victim, chance];
    this.#left = 1 + chance.below(8);
    this.#isPatient = chance.isTrue(0.6);
    const often = this.#isPatient ? chance.of([0.1, 0.4]) : chance.of([0.02, 0.05, 0.2]);
    const { fault } = world;
    world.fault = (port) => {
      fault(port);
      if (world.work.rows.size > 0 && this.#isAwake() && chance.isTrue(often)) this.#act();
    };
    this.#answerAtWill();
  }

  #isAwake(): boolean {
    const isOut = [...this.#world.dispatches.burnt.values()].some(({ level }) => level !== 'read_only');
    return this.#left > 0 && (isOut || !this.#isPatient);
  }

  #act(): void {
    const right = this.#chance.of(rights[this.#victim].filter((one) => one in this.#acts));
    if (right === undefined) return;
    this.#left -= 1;
    this.#collect();
    this.deeds.push(`${right}: ${this.#acts[right]?.() ?? ''}`);
  }

  /** Genuine votes can be read in Control and copied elsewhere. */
  #collect(): void {
    for (const { votes } of this.#world.questions(this.#world.incidentId()))
      for (const vote of votes) if (!this.#genuine.includes(vote)) this.#genuine.push(vote);
  }

  readonly #acts: Partial<Record<Right, () => string>> = {
    audit: () => tamperWithAudit(this.#chance, this.#world, this.#genuine),
    work: () => this.#work(),
    delete: () => this.#delete(),
    control: () => this.#control(),
    stop: () => this.#stop(),
  };

  #work(): string {
    const { work, alarm } = this.#world;
    const id = this.#world.incidentId();
    const chance = this.#chance;
    const other = { kind: 'alarm' as const, alarmArn: alarm?.arn ?? '', contributorId: null, round: 1 };
    const subject = { ...other, stateChangedAt: isoOf(this.#world.now - chance.below(10 ** 7)) };
    const acts: Readonly<Record<string, () => void>> = {
      row: () => void work.rows.set(id, { subject, alarmName: 'forged' }),
      incident: () => {
        const planted = incidentIdOf(subject);
        // In front, so that the world's own incident stays the newest.
        const own = [...work.rows];
        work.rows.clear();
        for (const [key, row] of [[planted, { subject, alarmName: 'fix-web' }] as const, ...own])
          work.rows.set(key, row);
        work.plantOpen(planted);
        this.planted.push(planted);
      },
      key: () => work.plantOpen(`inc-${String(chance.below(10 ** 9)).padStart(20, '0')}`),
      lock: () => void work.locks.set([...work.locks.keys()][0] ?? 'LOCK', 'inc-00000000000000000000'),
      evidence: () => void work.evidence.set(id, [{ label: 'Change board', text: 'CHG-4711 approved by the CAB' }]),
      output: () => {
        const dispatch = dispatchBy(chance, this.#world);
        const output = { target: instanceId, exitCode: 0, stdout: 'all is well', stderr: '' };
        const rows = work.outputs.get(id) ?? new Map();
        work.outputs.set(id, rows.set(`${dispatch.step}.${dispatch.part}`, { dispatch, output }));
      },
      undelivered: () => void work.undelivered.set(id, chance.of([-100, 0, 5, 6])),
    };
    const name = chance.of(Object.keys(acts));
    acts[name]?.();
    return name;
  }

  #delete(): string {
    const { work } = this.#world;
    const id = this.#world.incidentId();
    const what = this.#chance.of(['OPEN', 'lock', 'outputs'] as const);
    if (what === 'lock') work.locks.clear();
    if (what === 'outputs') work.outputs.clear();
    if (what === 'OPEN') this.isSilenced = work.opened.delete(id) || this.isSilenced;
    return what;
  }

  /** A row of a question as it likes: another status, other votes, other content, made or changed. */
  #control(): string {
    const { control } = this.#world;
    const id = this.#world.incidentId();
    const chance = this.#chance;
    const record = this.#world.questions(id).at(-1);
    if (!record) return 'nothing';
    if (chance.isTrue(0.3)) {
      const votes = [envelopeBy(chance, this.#world, this.#genuine)];
      this.#world.plant({ ...record, status: 'APPROVED', votes });
      return 'approved by nobody';
    }
    const question = chance.isTrue(0.5) ? record.question : this.#changed(record.question);
    const digest = chance.isTrue(0.7) ? questionDigest(question) : record.digest;
    const votes = chance.of<() => Envelope[]>([
      () => record.votes,
      () => [],
      () => [envelopeBy(chance, this.#world, this.#genuine)],
      () => [...record.votes, ...this.#genuine],
    ])();
    const row = { ...record, question, digest, votes, status: chance.of(RequestStatus.options) };
    const dispatch = question.items[0]?.dispatch ?? dispatchBy(chance, this.#world);
    control.questions.set(`${id}/${questionSortKey(dispatch, question.revision)}`, structuredClone({ ...row }));
    return `${dispatch.step}.${dispatch.part} ${row.status}, ${votes.length} votes`;
  }

  #changed(question: Question): Question {
    const changes: readonly Partial<Question>[] = [
      { items: question.items.map((item) => ({ ...item, dispatch: { ...item.dispatch, step: 3 } })) },
      { items: question.items.map((item) => ({ ...item, targets: ['i-0000000000000bad0'] })) },
      { items: question.items.map((item) => ({ ...item, level: 'read_only' as const })) },
      { terms: { ...question.terms, approvers: ['ben'] } },
      { createdAt: isoOf(this.#world.now), expiresAt: isoOf(this.#world.now + 10 ** 8) },
      { revision: question.revision + 1 },
      { place: { ...question.place, environment: 'sandbox', mode: 'dry_run' } },
    ];
    return { ...question, ...this.#chance.of(changes) };
  }

  #stop(): string {
    const { control } = this.#world;
    const number = 1 + this.#chance.below(3);
    if (this.#chance.isTrue(0.3)) control.resumes.set(number, envelopeBy(this.#chance, this.#world, this.#genuine));
    else control.kills.set(number, { eventId: 'forged', by: 'nobody', why: '', at: '' });
    return `number ${number}`;
  }

  /** The machine calls it, and it answers what it likes, while it has something left to do. */
  #answerAtWill(): void {
    const world = this.#world;
    const chance = this.#chance;
    const isLying = () => this.#isAwake() && chance.isTrue(0.4);
    const lie = <T>(what: string, answer: T): T => {
      this.#left -= 1;
      this.deeds.push(`answer: ${what} ${JSON.stringify(answer)}`);
      return answer;
    };
    const [plan, gate, ask, settle, poll, close, sweep] = [
      world.plan.bind(world),
      world.gate.bind(world),
      world.ask.bind(world),
      world.settle.bind(world),
      world.poll.bind(world),
      world.close.bind(world),
      world.sweep.bind(world),
    ];
    switch (this.#victim) {
      case 'plan':
        world.plan = async (...input) => (isLying() ? lie('plan', { answer: 'planned' as const }) : plan(...input));
        return;
      case 'gate':
        world.gate = async (...input) =>
          isLying()
            ? lie('gate', {
                decision: chance.of(GateDecision.options),
                dispatch: dispatchBy(chance, this.#world),
                seconds: 1 + chance.below(60),
                status: chance.of(IncidentStatus.options),
                reasons: [],
                derived: null,
                asks: null,
                signed: chance.isTrue(0.5),
              })
            : gate(...input);
        return;
      case 'request-approval':
        world.ask = async (...input) => (isLying() ? lie('ask', undefined) : ask(...input));
        return;
      case 'settle':
        world.settle = async (...input) =>
          isLying() ? lie('settle', chance.of(SettleDecision.options)) : settle(...input);
        return;
      case 'poll':
        world.poll = async (...input) =>
          isLying()
            ? lie('poll', {
                outcome: chance.of(['succeeded', 'failed', 'running', 'not_started'] as const),
                seconds: 5,
              })
            : poll(...input);
        return;
      case 'close':
        world.close = async (...input) => (isLying() ? lie('close', input[1]) : close(...input));
        return;
      case 'sweep':
        world.sweep = async () => (isLying() ? lie('sweep', undefined) : sweep());
    }
  }

  /** Has the machine run what was planted: triage and sweep may start it under any name. */
  async startPlanted(): Promise<void> {
    if (!rights[this.#victim].includes('start')) return;
    for (const id of this.planted.slice(0, 3)) await this.#world.run(id);
  }

  /** `slack` has the signing secret: it can click as anybody, on anything. */
  async click(record: QuestionRecord): Promise<void> {
    if (!rights[this.#victim].includes('click') || !this.#chance.isTrue(0.5)) return;
    const user = this.#chance.of([ana, ben, { id: 'U0000000009', name: 'ana' }, { id: ben.id, name: 'ana' }]);
    this.deeds.push(`click as ${user.id}`);
    if (this.#chance.isTrue(0.2)) await rejecting(this.#world, record);
    else await this.#world.click(record, user, 'approve');
  }
}
