/** A house for the use cases of asking: memory tables, a clock, Slack and Step Functions as lists, and one incident that has come to its first question. */

import { signed } from '../../../adapters/sts/sign.ts';
import type { Alarm } from '../../../core/alarm/alarm.ts';
import { type Evidence, evidenceDigest } from '../../../core/alarm/evidence.ts';
import type { CardPlace, QuestionRecord } from '../../../core/approval/record.ts';
import { nextEntry, readChain } from '../../../core/audit/chain.ts';
import type { AuditEvent, EventOf } from '../../../core/audit/entry.ts';
import type { Compiled } from '../../../core/compiled.ts';
import { canonicalJson } from '../../../core/digest.ts';
import { type Dispatch, dispatchName } from '../../../core/dispatch.ts';
import { proofToSign } from '../../../core/door/proof.ts';
import { type DoorRequest, type DoorWord, doorBody } from '../../../core/door/spoken.ts';
import { neverStopped } from '../../../core/incident/kill-switch.ts';
import { readSuspensions } from '../../../core/incident/suspension.ts';
import { formatReference, type Reference } from '../../../core/reference.ts';
import type { ChannelMessage } from '../../../core/report/message.ts';
import type { ShownOutputs } from '../../../core/report/show.ts';
import type { ManagedInstance } from '../../../core/runbook/targets.ts';
import type { SlackMessage } from '../../../core/slack/blocks.ts';
import { slackMessage } from '../../../core/slack/message.ts';
import { slackSignature } from '../../../core/slack/signature.ts';
import { isoOf } from '../../../core/time.ts';
import { decide } from '../../../core/use-cases/decide.ts';
import { type DoorAnswer, hearAtDoor } from '../../../core/use-cases/hear-at-door.ts';
import type { IncidentRow } from '../../../core/use-cases/opening.ts';
import type { Posted } from '../../../core/use-cases/ports.ts';
import { requestApproval } from '../../../core/use-cases/request-approval.ts';
import { settle } from '../../../core/use-cases/settle.ts';
import { type Clicking, payloadOf } from '../../support/clicking.ts';
import { alarmOf, ana, instanceId, region, riskTools, start } from '../../support/fixtures.ts';
import { MemoryAudit } from '../../support/memory/audit.ts';
import { MemoryControl } from '../../support/memory/control.ts';
import { MemoryDispatches } from '../../support/memory/dispatches.ts';
import { MemoryMembers } from '../../support/memory/members.ts';
import { MemorySts } from '../../support/memory/sts.ts';
import { MemoryThreads } from '../../support/memory/threads.ts';
import { MemoryWaits } from '../../support/memory/waits.ts';
import { compiledFor, eventsBefore, pem, signer } from '../approval/asked.ts';
import { anaOfIam, door, principals } from '../door/principals.ts';
import { burnsOf, chainOf, incidentId, named, opened, planned } from '../gate/situations.ts';

export const asked: Dispatch = named('2.run');
const secret = 'signing-secret-of-the-test';

export class House {
  now = start;
  compiled: Compiled = compiledFor();
  alarm: Alarm | null = alarmOf();
  instances: ManagedInstance[] = [{ id: instanceId, tags: { countersign: 'on', Name: 'web-1' }, online: true }];
  shown: ShownOutputs = { evidence: [], outputs: [] };
  slackIsDown = false;
  /** Called before each call of what has no table; throws to fail there. */
  port: (name: string) => void = () => {};
  readonly audit = new MemoryAudit();
  readonly control = new MemoryControl();
  readonly dispatches = new MemoryDispatches({ control: this.control });
  readonly threads = new MemoryThreads(() => this.now);
  readonly posts: SlackMessage[] = [];
  /** First messages of threads. */
  readonly heads: SlackMessage[] = [];
  readonly replies: SlackMessage[] = [];
  readonly files: { name: string; text: string }[] = [];
  readonly updates: { messageTs: string; text: string }[] = [];
  readonly told: { channel: string; user: string; text: string }[] = [];
  readonly woken: string[] = [];
  readonly pages: string[] = [];
  /** What triage was woken for. */
  readonly begun: string[] = [];
  /** What the work table says of the incident. */
  row: IncidentRow | null = null;
  readonly sts = new MemorySts(principals, region, () => this.now);
  undelivered = 0;
  #ids = 0;
  /** The newest question that could be read when somebody clicked. */
  #seen: QuestionRecord | undefined;

  /** `before` are the events behind opening and plan, which names `evidence`; the last of them comes before the first question. */
  constructor(before: readonly AuditEvent[] = eventsBefore, evidence: readonly Evidence[] = []) {
    this.shown = { evidence, outputs: [] };
    const events = [opened, planned(this.compiled, { evidence: evidence.map(evidenceDigest) }), ...before];
    for (const { place, text } of chainOf(events)) this.audit.plant(incidentId, place, text);
    for (const burn of burnsOf(events))
      this.dispatches.burnt.set(`${burn.incidentId}.${dispatchName(burn.dispatch)}`, burn);
  }

  #writer(actor: string) {
    return this.audit.writer(actor, () => isoOf(this.now));
  }

  readonly cards = {
    post: async (channel: string, message: ChannelMessage, below: CardPlace | null = null): Promise<Posted> => {
      this.port(message.kind === 'head' ? 'head' : 'post');
      if (this.slackIsDown) throw new Error('Slack is down');
      const { message: drawn, rest } = slackMessage(message);
      if (message.kind === 'head') {
        this.heads.push(drawn);
        return { place: { channel, messageTs: 'head' }, rest };
      }
      this.posts.push(drawn);
      const threadTs = below === null ? {} : { threadTs: below.messageTs };
      return { place: { channel, messageTs: `${this.posts.length}.0`, ...threadTs }, rest };
    },
    room: async () => true,
    update: async ({ messageTs }: CardPlace, message: ChannelMessage) => {
      this.port('update');
      if (this.slackIsDown) throw new Error('Slack is down');
      this.updates.push({ messageTs, text: JSON.stringify(slackMessage(message).message) });
    },
    reply: async (_place: CardPlace, message: ChannelMessage) => {
      this.port('reply');
      if (this.slackIsDown) throw new Error('Slack is down');
      this.replies.push(slackMessage(message).message);
    },
    attach: async (_place: unknown, name: string, text: string) => {
      this.port('attach');
      if (this.slackIsDown) throw new Error('Slack is down');
      this.files.push({ name, text });
    },
    picture: async () => {},
    tell: async (channel: string, user: string, text: string) => {
      this.told.push({ channel, user, text });
    },
  };

  readonly waits = new MemoryWaits(() => this.now);

  readonly #suspensions = (names: readonly string[]) => readSuspensions(this.control, async () => pem, names);

  ask(token = 'token-1', dispatch = asked) {
    const writer = this.#writer('request-approval');
    const ports = {
      writer,
      items: (id: string) => this.audit.items(id),
      dispatches: this.dispatches,
      alarm: async () => {
        this.port('alarm');
        return this.alarm;
      },
      instances: async () => this.instances,
      kill: async () => {
        const stop = this.control.kills.get(1) ?? null;
        return { stopped: stop !== null, number: 1, stop, aborted: null };
      },
      begun: async () => ({ by: null }),
      now: () => this.now,
      control: this.control,
      cards: this.cards,
      waits: this.waits,
      publicKey: async () => pem,
      suspensions: this.#suspensions,
      stopAlarms: async () => ({}),
      shown: async () => this.shown,
      threads: this.threads,
      sleep: async (milliseconds: number) => {
        this.now += milliseconds;
      },
      newId: () => `nonce-${String(++this.#ids).padStart(16, '0')}`,
    };
    return requestApproval(ports, this.compiled, riskTools, { incidentId, dispatch, token });
  }

  settle(dispatch = asked, again = false) {
    const ports = {
      writer: this.#writer('settle'),
      control: this.control,
      cards: this.cards,
      waits: this.waits,
      publicKey: async () => pem,
      countUndelivered: async () => ++this.undelivered,
      kill: async () => neverStopped,
      page: async (subject: string, text: string) => {
        this.port('page');
        this.pages.push(`${subject}\n${text}`);
      },
      now: () => this.now,
    };
    return settle(ports, this.compiled, { incidentId, dispatch, again });
  }

  /** A click, or a submitted modal, as Slack signs it. */
  click(
    word: string,
    changes: Omit<Clicking, 'reference'> & {
      user?: string;
      reference?: Partial<Reference> | string;
      secret?: string;
    } = {},
  ) {
    const { user = ana.id, reference = {}, secret: key = secret, ...clicking } = changes;
    const value = typeof reference === 'string' ? reference : formatReference({ ...this.reference(), ...reference });
    this.#seen = this.control.records(incidentId).at(-1) ?? this.#seen;
    if (!this.#seen) throw new Error('nothing was asked');
    const payload = payloadOf(this.#seen, user, word, { ...clicking, reference: value });
    const rawBody = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
    const timestamp = String(Math.floor(this.now / 1000));
    const signature = slackSignature(rawBody, timestamp, key);
    const ports = { ...this.#deciding(), signingSecret: async () => secret, respond: async () => {} };
    return decide(ports, this.compiled, { rawBody, timestamp, signature });
  }

  /** What is said at the IAM door, with the proof that the principal signs; `change` alters what arrives there. */
  async speak(
    spoken: DoorWord,
    { by = anaOfIam, change = (body: DoorRequest): unknown => body } = {},
  ): Promise<DoorAnswer> {
    const headers = await signed(proofToSign(spoken, door), by, this.now);
    const body = change(JSON.parse(doorBody(spoken, headers)));
    return this.arrives(typeof body === 'string' ? body : JSON.stringify(body));
  }

  /** A body at the door, as it came. */
  arrives(body: string): Promise<DoorAnswer> {
    return hearAtDoor({ ...this.#deciding(), identity: this.sts.identity }, this.compiled, door, body);
  }

  /** An answer to the newest question. */
  spoken(word: string, reason?: string): DoorWord {
    const { questionDigest, ...rest } = this.reference();
    return {
      word,
      question: { ...rest, digest: questionDigest },
      ...(reason === undefined ? {} : { fields: { reason } }),
    };
  }

  readonly members = new MemoryMembers();

  #deciding() {
    return {
      writer: this.#writer('decide'),
      control: this.control,
      cards: this.cards,
      members: this.members,
      sign: async (message: Buffer) => {
        this.port('sign');
        return signer(message);
      },
      publicKey: async () => pem,
      suspensions: this.#suspensions,
      wake: async (token: string) => {
        this.port('wake');
        this.woken.push(token);
      },
      incidentRow: async () => this.row,
      begin: async (next: string) => {
        this.port('begin');
        this.begun.push(next);
      },
      dispatches: this.dispatches,
      openIncidents: async () => [],
      sleep: async (milliseconds: number) => {
        this.now += milliseconds;
      },
      now: () => this.now,
    };
  }

  reference(): Reference {
    const { question, digest } = this.record();
    return { incidentId, dispatch: asked, revision: question.revision, questionDigest: digest };
  }

  /** The newest question. */
  record(): QuestionRecord {
    const record = this.control.records(incidentId).at(-1);
    if (!record) throw new Error('nothing was asked');
    this.#seen = record;
    return record;
  }

  /** Changes the newest question's row as somebody could who may write Control. */
  tamper(change: Record<string, unknown>) {
    const { question } = this.record();
    const name = `${incidentId}/QUESTION#2.run.1.1#${String(question.revision).padStart(4, '0')}`;
    this.control.questions.set(name, { ...this.control.questions.get(name), ...change });
  }

  events<K extends AuditEvent['kind']>(kind: K): EventOf<K>[] {
    const { entries, problems } = readChain(incidentId, this.audit.chains.get(incidentId) ?? []);
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    return entries.flatMap(({ event }) => (event?.kind === kind ? [event as EventOf<K>] : []));
  }

  /** Appends what another function would write. */
  append(event: AuditEvent) {
    const head = this.audit.entries(incidentId).at(-1) ?? null;
    const author = { entryId: `by-test-${head?.sequence}`, at: isoOf(this.now), actor: 'test' };
    const entry = nextEntry(incidentId, head, author, event);
    this.audit.plant(incidentId, entry.sequence, canonicalJson(entry));
  }
}
