/** A world in memory: every port of the use cases over memory tables, with a clock, faults, and the state machine's routing. */

import { generateKeyPairSync, sign as signWith } from 'node:crypto';
import { isRetryable } from '../../adapters/patience.ts';
import type { Alarm } from '../../core/alarm/alarm.ts';
import type { Evidence } from '../../core/alarm/evidence.ts';
import { type CardPlace, keyOf, type QuestionRecord } from '../../core/approval/record.ts';
import type { AuditWriter } from '../../core/audit/append.ts';
import type { Archived } from '../../core/audit/archived.ts';
import { readChain, recoveryChain } from '../../core/audit/chain.ts';
import type { AuditEvent } from '../../core/audit/entry.ts';
import type { ChainFacts } from '../../core/audit/verify-finding.ts';
import type { Compiled } from '../../core/compiled.ts';
import type { Invocation } from '../../core/derive/outcome.ts';
import { type Dispatch, dispatchKey } from '../../core/dispatch.ts';
import { type Envelope, payloadTypes, type Sign, seal } from '../../core/dsse.ts';
import { neverStopped, readSwitch } from '../../core/incident/kill-switch.ts';
import { begunBy } from '../../core/incident/retry.ts';
import { readSuspensions } from '../../core/incident/suspension.ts';
import { budgeted } from '../../core/matching/budget.ts';
import type { Model } from '../../core/matching/model.ts';
import { hourBucket, minuteBucket, modelBucket } from '../../core/pace.ts';
import type { Vote } from '../../core/question.ts';
import type { Measure } from '../../core/report/measures.ts';
import type { ChannelMessage } from '../../core/report/message.ts';
import type { Change } from '../../core/report/tampering.ts';
import type { ManagedInstance } from '../../core/runbook/targets.ts';
import type { SlackMessage } from '../../core/slack/blocks.ts';
import { slackMessage } from '../../core/slack/message.ts';
import { slackSignature } from '../../core/slack/signature.ts';
import type { Subject } from '../../core/subject.ts';
import { isoOf } from '../../core/time.ts';
import { archive } from '../../core/use-cases/archive.ts';
import type { Failure } from '../../core/use-cases/archive-copy.ts';
import { checkpoint } from '../../core/use-cases/checkpoint.ts';
import { close } from '../../core/use-cases/close.ts';
import { decide } from '../../core/use-cases/decide.ts';
import { execute } from '../../core/use-cases/execute.ts';
import type { Send, Sent } from '../../core/use-cases/execute-ports.ts';
import { gate } from '../../core/use-cases/gate.ts';
import { paced, slackBucket } from '../../core/use-cases/paced.ts';
import { plan } from '../../core/use-cases/plan.ts';
import { poll } from '../../core/use-cases/poll.ts';
import { type Cards, ChannelBusy, type Posted } from '../../core/use-cases/ports.ts';
import { NotItsTurn, requestApproval } from '../../core/use-cases/request-approval.ts';
import { settle } from '../../core/use-cases/settle.ts';
import { type ExecutionState, sweep } from '../../core/use-cases/sweep.ts';
import { tell } from '../../core/use-cases/tell.ts';
import { triage } from '../../core/use-cases/triage.ts';
import type { IncidentStatus } from '../../core/words.ts';
import { type Clicking, payloadOf } from './clicking.ts';
import { account, alarmOf, ana, compiledOf, instanceId, region, riskTools, start } from './fixtures.ts';
import { MemoryAudit } from './memory/audit.ts';
import { MemoryBucket } from './memory/bucket.ts';
import { MemoryControl } from './memory/control.ts';
import { MemoryDispatches } from './memory/dispatches.ts';
import { MemoryMembers } from './memory/members.ts';
import { MemoryPace } from './memory/pace.ts';
import { queueArn } from './memory/queue.ts';
import { MemoryStorms } from './memory/storms.ts';
import { MemoryThreads } from './memory/threads.ts';
import { MemoryWaits } from './memory/waits.ts';
import { MemoryWork } from './memory/work.ts';

export const signingSecret = 'signing-secret-of-the-test';

export class World {
  now = start;
  compiled: Compiled = compiledOf();
  alarm: Alarm | null = alarmOf();
  /** What CloudWatch says when it is asked: this world's alarm, whichever is asked for. */
  readAlarm: (alarmArn: string, contributorId: string | null) => Promise<Alarm | null> = async () => this.alarm;
  /** What it says of many at once, which is one call. */
  readMany: (
    parts: readonly { alarmArn: string; contributorId: string | null }[],
  ) => Promise<PromiseSettledResult<Omit<Alarm, 'tags'> | null>[]> = (parts) =>
    Promise.allSettled(parts.map(({ alarmArn, contributorId }) => this.#alarm(alarmArn, contributorId)));
  /** Tags of one alarm. */
  readTags: (alarmArn: string) => Promise<Readonly<Record<string, string>>> = async (alarmArn) =>
    (await this.readAlarm(alarmArn, null))?.tags ?? {};
  /** The ARNs of alarms that are tagged as opted in. */
  optedIn: () => Promise<string[]> = async () => (this.alarm?.tags.countersign === 'on' ? [this.alarm.arn] : []);
  /** Names of alarms that a mute rule mutes. */
  readonly muted = new Set<string>();
  /** How the policy's stop alarms stand, by name. */
  stopAlarms: Record<string, string | null> = {};
  instances: ManagedInstance[] = [{ id: instanceId, tags: { countersign: 'on', Name: 'web-1' }, online: true }];
  slackIsDown = false;
  pagerIsDown = false;
  model: Model | null = null;
  evidence: Evidence[] = [];
  /** Images below first messages. */
  readonly pictures: { place: CardPlace; name: string; png: Uint8Array; words: string }[] = [];
  /** Called before every port call with its name; throws to crash there, or takes its time. */
  fault: (port: string) => void | Promise<void> = () => {};
  /** Called after every port call's effect; throws to lose its answer, or takes its time. */
  lost: (port: string) => void | Promise<void> = () => {};
  /** How time passes, in milliseconds. A test that runs one thing after the other only puts its clock forward. */
  pass: (milliseconds: number) => Promise<void> = async (milliseconds) => {
    this.now += milliseconds;
  };
  /** How long each port call takes, half of it before its effect and half after; milliseconds. */
  callTakes = 0;
  /** How an append waits that lost to another. */
  pause: AuditWriter['pause'] = async () => {};
  respond: (send: Send, target: string) => Partial<Invocation> = () => ({});
  onSend: (send: Send) => void = () => {};
  /** Called when Systems Manager is asked to cancel a command. */
  onCancel: (commandId: string) => void = () => {};
  /** Milliseconds until Systems Manager lists a command that it was sent. */
  listsAfter = 0;
  /** Called when a machine is started, a token is sent, a person is paged. */
  onStart: (incidentId: string) => void = () => {};
  onWake: (token: string) => void = () => {};
  onPage: (subject: string, text: string) => void = () => {};
  readonly audit = new MemoryAudit();
  readonly control = new MemoryControl();
  readonly dispatches = new MemoryDispatches({ control: this.control });
  readonly work = new MemoryWork();
  readonly threads = new MemoryThreads(() => this.now);
  readonly storms = new MemoryStorms(this.work, () => this.now);
  readonly pace = new MemoryPace(() => this.now);
  readonly waits = new MemoryWaits(() => this.now);
  /** Whether messages go out at the pace of the policy. Most tests post more in a moment than fits into a minute. */
  keepsPace = false;
  /** When a message was posted or changed in a channel, epoch milliseconds. */
  readonly slackAt: number[] = [];
  readonly bucket = new MemoryBucket();
  readonly executions = new Map<string, ExecutionState>();
  /** When an execution began, epoch milliseconds; the world's start, where it is not said. */
  readonly startedAt = new Map<string, number>();
  readonly sends: Send[] = [];
  /** When each of them was accepted, epoch milliseconds. */
  readonly sentAt: number[] = [];
  /** What `close` and `sweep` told the channel. */
  readonly closings: Closing[] = [];
  /** Cards and closings. */
  readonly posts: SlackMessage[] = [];
  readonly #drawn = new WeakMap<ChannelMessage, SlackMessage>();
  /** In which thread each of them is; null = in none. */
  readonly below: (string | null)[] = [];
  /** The first messages of threads, as they were posted and drawn again. */
  readonly heads: SlackMessage[] = [];
  readonly replies: SlackMessage[] = [];
  /** Texts of files below messages. */
  readonly files: string[] = [];
  readonly updates: SlackMessage[] = [];
  readonly told: string[] = [];
  /** What was posted to answer addresses of commands. */
  readonly responses: { readonly url: string; readonly text: string }[] = [];
  readonly pages: string[] = [];
  readonly woken: string[] = [];
  readonly metrics: string[] = [];
  readonly measures: Measure[] = [];
  readonly #key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #checkpointKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  #ids = 0;

  constructor() {
    for (const table of [
      this.audit,
      this.control,
      this.dispatches,
      this.work,
      this.threads,
      this.storms,
      this.pace,
      this.waits,
      this.bucket,
    ]) {
      table.port = (name) => this.#before(name);
      table.after = (name) => this.#after(name);
    }
  }

  #newId = (): string => `id-${String(++this.#ids).padStart(16, '0')}`;

  writer(actor: string): AuditWriter {
    return { store: this.audit, actor, now: () => isoOf(this.now), newId: this.#newId, pause: this.pause };
  }

  async #before(name: string): Promise<void> {
    const fault = this.fault(name);
    if (fault) await fault;
    if (this.callTakes > 0) await this.pass(this.callTakes / 2);
  }

  async #after(name: string): Promise<void> {
    if (this.callTakes > 0) await this.pass(this.callTakes / 2);
    const lost = this.lost(name);
    if (lost) await lost;
  }

  async #port<T>(name: string, call: () => T): Promise<T> {
    await this.#before(name);
    const answer = call();
    await this.#after(name);
    return answer;
  }

  readonly #pem = this.#key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  publicKey = async (): Promise<string> => this.#pem;

  /** Signs as the approval key does. */
  sign: Sign = (message) => this.#port('sign', () => this.#signature(message));

  /** The same where nothing goes wrong on the way. */
  signQuietly: Sign = async (message) => this.#signature(message);

  #signature(message: Buffer, { privateKey } = this.#key): Awaited<ReturnType<Sign>> {
    return { keyid: 'test-key', sig: signWith('sha256', message, privateKey).toString('base64') };
  }

  /** The checkpoint key's public half, PEM. */
  checkpointKey = async (): Promise<string> =>
    this.#checkpointKey.publicKey.export({ type: 'spki', format: 'pem' }).toString();

  /** A vote as `decide` seals it, whoever is said to cast it. */
  vote(record: QuestionRecord, by: { id: string; name: string }, changes: Partial<Vote> = {}): Promise<Envelope> {
    const vote = {
      format: 1,
      question: record.digest,
      word: 'approve',
      by: { ...by, via: 'slack' },
      at: isoOf(this.now),
      reason: '',
      ...changes,
    };
    return seal(payloadTypes.vote, vote, this.sign);
  }

  /** Puts a question into Control as somebody with write access would. */
  plant(record: QuestionRecord): void {
    const { incidentId, sortKey } = keyOf(record.question);
    this.control.questions.set(`${incidentId}/${sortKey}`, { ...record });
  }

  /** Puts a stop, or takes every stop away as nobody can. */
  set stopped(stop: boolean) {
    this.control.kills.clear();
    if (stop) this.control.kills.set(1, { eventId: 'test', by: 'the test', why: 'stop', at: isoOf(this.now) });
  }

  #situation(actor: string) {
    const writer = this.writer(actor);
    return {
      writer,
      items: (incidentId: string) => this.audit.items(incidentId),
      dispatches: this.dispatches,
      alarm: this.#alarm,
      instances: () => this.#port('instances', () => this.instances),
      stopAlarms: () => this.#port('stopAlarms', () => this.stopAlarms),
      kill: () => readSwitch(this.control, this.publicKey),
      begun: (incidentId: string, subject: Subject) => begunBy(this.control, this.publicKey, incidentId, subject),
      publicKey: this.publicKey,
      suspensions: this.#suspensions,
      now: () => this.now,
    };
  }

  readonly members = new MemoryMembers();

  readonly #suspensions = (names: readonly string[]) => readSuspensions(this.control, this.publicKey, names);

  /** Cards as a function has them, of one invocation. */
  #paced(cards: Omit<Cards, 'room'> = this.cards): Cards {
    const most = this.compiled.policy.slack.messages_per_minute;
    return paced(cards, async (urgency) => !this.keepsPace || this.pace.take(minuteBucket(slackBucket, most, urgency)));
  }

  /** A call of Slack that shows something to everybody. */
  #said<T>(name: string, call: () => T): Promise<T> {
    return this.#port(name, () => {
      if (this.slackIsDown) throw new Error('Slack is down');
      this.slackAt.push(this.now);
      return call();
    });
  }

  readonly cards = {
    post: async (channel: string, message: ChannelMessage, below: CardPlace | null = null): Promise<Posted> =>
      this.#said('post', () => {
        const { message: drawn, rest } = slackMessage(message);
        if (message.kind === 'head') {
          this.heads.push(drawn);
          return { place: { channel, messageTs: `head-${this.heads.length}` }, rest };
        }
        this.posts.push(drawn);
        this.#drawn.set(message, drawn);
        this.below.push(below?.messageTs ?? null);
        const threadTs = below === null ? {} : { threadTs: below.messageTs };
        return { place: { channel, messageTs: `${this.posts.length}.0`, ...threadTs }, rest };
      }),
    update: async (_place: CardPlace, message: ChannelMessage) =>
      this.#said('update', () => {
        const { message: drawn } = slackMessage(message);
        if (message.kind === 'head') this.heads.push(drawn);
        else this.updates.push(drawn);
      }),
    reply: async (_place: CardPlace, message: ChannelMessage) =>
      this.#said('reply', () => {
        this.replies.push(slackMessage(message).message);
      }),
    attach: async (_place: unknown, _name: string, text: string) =>
      this.#said('attach', () => {
        this.files.push(text);
      }),
    picture: async (place: CardPlace, name: string, png: Uint8Array, words: string) =>
      this.#said('picture', () => {
        this.pictures.push({ place, name, png, words });
      }),
    tell: async (_channel: string, _user: string, text: string) => this.#port('tell', () => void this.told.push(text)),
  };

  /** Reads and faults of one alarm, whoever asks. */
  readonly #alarm = async (alarmArn: string, contributorId: string | null): Promise<Alarm | null> => {
    await this.#before('alarm');
    const alarm = await this.readAlarm(alarmArn, contributorId);
    await this.#after('alarm');
    return alarm;
  };

  readonly #alarms = {
    alarms: (parts: Parameters<World['readMany']>[0]) => this.readMany(parts),
    tags: (alarmArn: string) => this.readTags(alarmArn),
    muted: async (names: readonly string[]) => new Set(names.filter((name) => this.muted.has(name))),
    noted: (what: string) => void this.metrics.push(what),
  };

  triage(event: unknown) {
    const ports = {
      ...this.#alarms,
      ...this.storms,
      writer: this.writer('triage'),
      account,
      region,
      queue: queueArn,
      pause: this.pass,
      lockedBy: this.work.lockedBy,
      open: this.work.open,
      ring: this.work.ring,
      start: this.#start,
      retry: this.control.retry,
      publicKey: this.publicKey,
    };
    return triage(ports, this.compiled, event);
  }

  readonly #start = async (incidentId: string): Promise<void> =>
    this.#port('start', () => {
      if (this.executions.has(incidentId)) return;
      this.executions.set(incidentId, 'RUNNING');
      this.onStart(incidentId);
    });

  plan(incidentId: string, execution = incidentId) {
    const ports = {
      ...this.#situation('plan'),
      dispatches: null,
      kill: async () => neverStopped,
      begun: async () => ({ by: null }),
      incidentRow: this.work.incidentRow,
      evidence: () => this.#port('evidence', () => this.evidence),
      saveEvidence: this.work.saveEvidence,
      vote: this.work.vote,
      keepVote: this.work.keepVote,
      model: Promise.resolve(
        this.model &&
          budgeted(this.model, () => this.pace.take(hourBucket(modelBucket, this.compiled.policy.llm.calls_per_hour))),
      ),
    };
    return plan(ports, this.compiled, riskTools, { incidentId, execution });
  }

  gate(incidentId: string) {
    return gate(this.#situation('gate'), this.compiled, riskTools, incidentId);
  }

  ask(incidentId: string, dispatch: Dispatch, token = `token-${++this.#ids}`): Promise<void> {
    const ports = {
      ...this.#situation('request-approval'),
      control: this.control,
      cards: this.#paced(),
      waits: this.waits,
      shown: this.work.shown,
      threads: this.threads,
      sleep: (milliseconds: number) => this.pass(milliseconds),
      newId: this.#newId,
    };
    return requestApproval(ports, this.compiled, riskTools, { incidentId, dispatch, token });
  }

  settle(incidentId: string, dispatch: Dispatch, again = false) {
    const ports = {
      writer: this.writer('settle'),
      control: this.control,
      cards: this.#paced(),
      waits: this.waits,
      publicKey: this.publicKey,
      countUndelivered: this.work.countUndelivered,
      kill: () => readSwitch(this.control, this.publicKey),
      page: this.#page,
      now: () => this.now,
    };
    return settle(ports, this.compiled, { incidentId, dispatch, again });
  }

  /** A click on the newest card of the dispatch, or its modal, signed as Slack signs. */
  async click(
    record: QuestionRecord,
    user: { id: string; name: string },
    word: string,
    at = this.now,
    clicking: Clicking = {},
  ) {
    const payload = payloadOf(record, user.id, word, {
      ...(word === 'reject' ? { reason: 'not now' } : {}),
      ...clicking,
    });
    const rawBody = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
    const timestamp = String(Math.floor(at / 1000));
    await this.decide({ rawBody, timestamp, signature: slackSignature(rawBody, timestamp, signingSecret) });
  }

  decide(raw: { rawBody: string; timestamp: string; signature: string }): Promise<void> {
    const ports = {
      writer: this.writer('decide'),
      control: this.control,
      cards: this.#paced(),
      signingSecret: async () => signingSecret,
      sign: this.sign,
      publicKey: this.publicKey,
      suspensions: this.#suspensions,
      members: this.members,
      wake: (token: string) =>
        this.#port('wake', () => {
          this.woken.push(token);
          this.onWake(token);
        }),
      incidentRow: this.work.incidentRow,
      begin: async (incidentId: string) => void (await this.#port('begin', () => this.triage({ retry: incidentId }))),
      dispatches: this.dispatches,
      openIncidents: this.work.openIncidents,
      sleep: (milliseconds: number) => this.pass(milliseconds),
      respond: (url: string, text: string) => this.#port('respond', () => void this.responses.push({ url, text })),
      now: () => this.now,
    };
    return decide(ports, this.compiled, raw);
  }

  execute(incidentId: string, dispatch: Dispatch) {
    const ports = {
      ...this.#situation('execute'),
      dispatches: this.dispatches,
      question: this.control.latest.bind(this.control),
      documentIs: async ({ name, digest }: Send['document']) =>
        this.#port('documentIs', () => this.documents.get(name) === digest),
      prepare: async (send: Send) => this.#port('prepare', () => (longest: number) => this.#sendWithin(send, longest)),
      findCommand: this.#findCommand,
      invocation: this.#invocation,
      glance: (commandId: string, target: string) => this.#port('glance', () => this.#saidBy(commandId, target)),
      saveOutput: this.work.saveOutput,
      sleep: (milliseconds: number) => this.pass(milliseconds),
    };
    return execute(ports, this.compiled, riskTools, { incidentId, dispatch });
  }

  /** Documents that AWS holds besides the one in force: name → digest. */
  readonly documents = new Map<string, string>();

  /** How AWS answers a send, and whether it took effect; null = it is accepted, and says so. */
  accepts: (send: Send) => { readonly answer: Sent; readonly arrives: boolean } | null = () => null;

  /** What has not left in time never does, and nobody who waited for its answer knows that. */
  async #sendWithin(send: Send, longest: number): Promise<Sent> {
    const end = this.now + longest;
    await this.#before('send');
    if (this.now > end) return { kind: 'unknown', why: 'AbortError: the request was cut off' };
    const sent = this.#send(send);
    await this.#after('send');
    return sent;
  }

  #send(send: Send): Sent {
    const other = this.accepts(send);
    if (other && !other.arrives) return other.answer;
    this.sends.push(send);
    this.sentAt.push(this.now);
    this.onSend(send);
    if (other) return other.answer;
    return { kind: 'sent', commandId: `command-${this.sends.length}` };
  }

  /** The one document under which commands are found; null = each under the one that it was sent with. */
  findsOnly: string | null = null;

  readonly #findCommand = async (document: string, key: string): Promise<string | null> => {
    const place = this.sends.findIndex(
      (send) =>
        dispatchKey(send.incidentId, send.dispatch) === key && document === (this.findsOnly ?? send.document.name),
    );
    const isListed = place >= 0 && this.now >= (this.sentAt[place] ?? 0) + this.listsAfter;
    return this.#port('findCommand', () => (isListed ? `command-${place + 1}` : null));
  };

  #saidBy(commandId: string, target: string): Invocation {
    const send = this.sends[Number(commandId.split('-')[1]) - 1];
    const done = { target, status: 'Success', exitCode: 0, stdout: 'output', stderr: '' };
    return { ...done, ...(send ? this.respond(send, target) : {}) };
  }

  readonly #invocation = async (commandId: string, target: string): Promise<Invocation> =>
    this.#port('invocation', () => this.#saidBy(commandId, target));

  poll(incidentId: string, dispatch: Dispatch) {
    const ports = {
      writer: this.writer('poll'),
      items: (id: string) => this.audit.items(id),
      invocation: this.#invocation,
      findCommand: this.#findCommand,
      cancel: (commandId: string) => this.#port('cancel', () => this.onCancel(commandId)),
      kill: () => readSwitch(this.control, this.publicKey),
      saveOutput: this.work.saveOutput,
      now: () => this.now,
    };
    return poll(ports, { incidentId, dispatch });
  }

  readonly #page = async (subject: string, text: string) =>
    this.#port('page', () => {
      if (this.pagerIsDown) throw new Error('the pager is down');
      this.pages.push(subject);
      this.onPage(subject, text);
    });

  /** What it posts is a closing message: kept with who tells it, since when he looks, and how the alarm stands. */
  #closingPost(actor: string): World['cards']['post'] {
    const begun = this.now;
    return async (channel, message, below) => {
      try {
        return await this.cards.post(channel, message, below);
      } finally {
        // Also where the answer was lost: people read it all the same.
        const posted = this.#drawn.get(message);
        if (posted && message.kind === 'closing')
          this.closings.push({ actor, message: posted, begun, at: this.now, alarm: this.alarm?.state ?? null });
      }
    };
  }

  #closePorts(actor: string) {
    return {
      writer: this.writer(actor),
      dispatches: this.dispatches,
      publicKey: this.publicKey,
      control: this.control,
      cards: this.#paced({ ...this.cards, post: this.#closingPost(actor) }),
      waits: this.waits,
      threads: this.threads,
      sleep: (milliseconds: number) => this.pass(milliseconds),
      alarm: this.#alarm,
      findCommand: this.#findCommand,
      invocation: this.#invocation,
      shown: this.work.shown,
      doorbells: this.work.doorbells,
      incidentRow: this.work.incidentRow,
      page: this.#page,
      release: this.work.release,
      isPassing: isRetryable,
      now: () => this.now,
    };
  }

  close(incidentId: string, status: IncidentStatus, cause: string | null = null) {
    return close(this.#closePorts('close'), this.compiled, { incidentId, status, cause });
  }

  sweep() {
    const ports = {
      ...this.#closePorts('sweep'),
      ...this.#alarms,
      ...this.storms,
      safeguards: null,
      retry: this.control.retry,
      optedIn: () => this.optedIn(),
      openIncidents: this.work.openIncidents,
      lockedBy: this.work.lockedBy,
      open: this.work.open,
      ring: this.work.ring,
      execution: async (incidentId: string) => {
        const state = this.executions.get(incidentId) ?? ('missing' as const);
        return { state, startedAt: state === 'missing' ? null : isoOf(this.startedAt.get(incidentId) ?? start) };
      },
      start: this.#start,
    };
    return sweep(ports, this.compiled);
  }

  /** What the stream of Audit wakes, with the places of the new entries. */
  tell(incidentId: string, places: readonly number[] = []): Promise<void> {
    const ports = {
      writer: { store: this.audit },
      dispatches: this.dispatches,
      publicKey: this.publicKey,
      cards: this.#paced(),
      waits: this.waits,
      threads: this.threads,
      alarm: this.#alarm,
      isPassing: () => false,
      findCommand: this.#findCommand,
      invocation: this.#invocation,
      incidentRow: this.work.incidentRow,
      readEvidence: this.work.readEvidence,
      sleep: (milliseconds: number) => this.pass(milliseconds),
      measured: (measure: Measure) => void this.measures.push(measure),
      now: () => this.now,
    };
    return tell(ports, this.compiled, { incidentId, places });
  }

  /** Changes of Audit and Dispatches, as their streams hand them over. */
  archive(changes: readonly Change[]): Promise<Failure[]> {
    const item = async (chain: string, place: number) =>
      (await this.audit.items(chain)).find((one) => one.place === place) ?? null;
    const ports = {
      item,
      items: (chain: string) => this.audit.items(chain),
      shown: this.work.shown,
      keep: async (object: Archived) => void (await this.bucket.put(object)),
      reviewed: [],
      control: this.control,
      publicKey: this.publicKey,
      page: this.#page,
      now: () => this.now,
    };
    return archive(ports, changes);
  }

  /** What the one-minute rule does. */
  checkpoint() {
    const { names, read, put } = this.bucket;
    const sign: Sign = (message) => this.#port('sign', () => this.#signature(message, this.#checkpointKey));
    return checkpoint({ names, read, put, sign, publicKey: this.checkpointKey, now: () => this.now });
  }

  /**
   * What the state machine does, with `operator` called once per asking round. An error of a Task goes to Close, as its
   * Catch does. Returns the status that Close answered.
   */
  async run(incidentId: string, operator: Operator = approving) {
    try {
      await this.plan(incidentId);
      return await this.#loop(incidentId, operator);
    } catch (error) {
      const status = await this.close(incidentId, 'failed', error instanceof Error ? error.name : 'error');
      this.executions.set(incidentId, 'SUCCEEDED');
      return status;
    }
  }

  async #loop(incidentId: string, operator: Operator) {
    for (let turns = 0; turns < 2000; turns += 1) {
      const { decision, dispatch, seconds, status } = await this.gate(incidentId);
      if (decision === 'halt' || decision === 'done') {
        const closed = await this.close(incidentId, status ?? 'failed');
        this.executions.set(incidentId, 'SUCCEEDED');
        return closed;
      }
      await this.pass(seconds * 1000);
      if (!dispatch || decision === 'skip' || decision === 'wait') continue;
      if (decision === 'ask' && (await this.#wait(incidentId, dispatch, operator)) !== 'approved') continue;
      let sent = await this.execute(incidentId, dispatch);
      for (let looks = 0; sent.outcome === 'running'; looks += 1) {
        if (looks > 600) throw new Error('the machine polled 600 times');
        await this.pass(sent.seconds * 1000);
        sent = await this.poll(incidentId, dispatch);
      }
      if (sent.outcome === 'stale') await this.pass(60_000);
    }
    throw new Error('the machine went round 2,000 times');
  }

  async #wait(incidentId: string, dispatch: Dispatch, operator: Operator) {
    for (let rounds = 0; rounds < 600; rounds += 1) {
      const error: unknown = await this.ask(incidentId, dispatch).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      const record = this.request(incidentId, dispatch);
      if (record && record.places.length > 0) await operator(this, record);
      await this.pass(60_000);
      const decision = await this.settle(
        incidentId,
        dispatch,
        error instanceof ChannelBusy || error instanceof NotItsTurn,
      );
      if (decision !== 'waiting') return decision;
    }
    throw new Error('the machine waited 600 rounds');
  }

  /** The newest question of a dispatch. */
  request(incidentId: string, dispatch: Dispatch): QuestionRecord | undefined {
    return this.questions(incidentId).findLast(({ question }) => dispatchIs(question.items[0]?.dispatch, dispatch));
  }

  /** All questions of an incident, oldest first. */
  questions(incidentId: string): QuestionRecord[] {
    return this.control.records(incidentId);
  }

  /** Rings the doorbell of this world's alarm and returns the incident that is open then. */
  async ring(): Promise<string> {
    await this.triage(doorbellOf(this.alarm ?? alarmOf()));
    return this.incidentId();
  }

  incidentId(): string {
    const id = [...this.work.rows.keys()].at(-1);
    if (!id) throw new Error('no incident was opened');
    return id;
  }

  /** The events of a chain that this release knows. */
  events(chain: string): AuditEvent[] {
    return this.reading(chain).entries.flatMap(({ event }) => event ?? []);
  }

  reading(chain: string) {
    return readChain(chain, this.audit.chains.get(chain) ?? []);
  }

  /** What verifying a chain of an incident that is over wants beside it. */
  async facts(incidentId: string): Promise<ChainFacts> {
    return {
      burns: [...this.dispatches.burnt.values()],
      byFirstRelease: [],
      publicKey: await this.publicKey(),
      isOpen: false,
      recovery: this.audit.chains.get(recoveryChain(incidentId)) ?? null,
    };
  }
}

/** What people were told at the end, by whom, since when he looked, and how the alarm stood then. Times are epoch milliseconds. */
export interface Closing {
  readonly actor: string;
  readonly message: SlackMessage;
  readonly begun: number;
  readonly at: number;
  readonly alarm: string | null;
}

export type Operator = (world: World, record: QuestionRecord) => Promise<void>;

function dispatchIs(a: Dispatch | undefined, b: Dispatch): boolean {
  return a !== undefined && a.step === b.step && a.part === b.part && a.attempt === b.attempt;
}

/** Yes to everything: what is asked may go ahead, and what failed is left as it is. */
export async function approving(world: World, record: QuestionRecord): Promise<void> {
  await world.click(record, ana, record.question.kind === 'failure' ? 'continue' : 'approve');
}

export async function rejecting(world: World, record: QuestionRecord): Promise<void> {
  await world.click(record, ana, 'reject');
}

export async function ignoring(): Promise<void> {}

/** The direct action's event for an alarm. */
export function doorbellOf(alarm: Alarm) {
  return {
    source: 'aws.cloudwatch',
    alarmArn: alarm.arn,
    accountId: alarm.account,
    time: '2026-11-21T03:00:00.000+0000',
    region: alarm.region,
    alarmData: {
      alarmName: alarm.name,
      state: { value: 'ALARM', reason: '', timestamp: '2026-11-21T03:00:00.000+0000' },
    },
  };
}
