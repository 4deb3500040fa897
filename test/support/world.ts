/** A world in memory: every port of the use cases over plain maps, with a clock, faults, and the state machine's routing. */
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import type { Alarm } from '../../core/alarm/alarm.ts';
import { type RequestKey, type RequestRecord, requestSortKey } from '../../core/approval/request.ts';
import type { AuditWriter } from '../../core/audit/append.ts';
import type { AuditEntry } from '../../core/audit/entry.ts';
import type { Compiled } from '../../core/compiled.ts';
import type { Invocation, StoredOutput } from '../../core/derive/outcome.ts';
import { type Dispatch, dispatchKey } from '../../core/dispatch.ts';
import type { Model } from '../../core/matching/model.ts';
import { formatReference } from '../../core/reference.ts';
import type { SlackMessage } from '../../core/slack/blocks.ts';
import { actionIds, reasonInput, rejectCallbackId } from '../../core/slack/interaction.ts';
import { slackSignature } from '../../core/slack/signature.ts';
import { isoOf } from '../../core/time.ts';
import { close } from '../../core/use-cases/close.ts';
import { decide } from '../../core/use-cases/decide.ts';
import { type Burn, execute, type Send } from '../../core/use-cases/execute.ts';
import { gate } from '../../core/use-cases/gate.ts';
import { plan } from '../../core/use-cases/plan.ts';
import { poll } from '../../core/use-cases/poll.ts';
import { requestApproval } from '../../core/use-cases/request-approval.ts';
import { settle } from '../../core/use-cases/settle.ts';
import { type ExecutionState, sweep } from '../../core/use-cases/sweep.ts';
import { type IncidentRow, lockOf, triage } from '../../core/use-cases/triage.ts';
import type { IncidentStatus } from '../../core/words.ts';
import { account, alarmOf, ana, compiledOf, instanceId, region, riskTools, start } from './fixtures.ts';

const signingSecret = 'signing-secret-of-the-test';

export class World {
  now = start;
  compiled: Compiled = compiledOf();
  alarm: Alarm | null = alarmOf();
  stopped = false;
  slackIsDown = false;
  pagerIsDown = false;
  model: Model | null = null;
  /** Called before every port call with its name; throws to crash there. */
  fault: (port: string) => void = () => {};
  respond: (send: Send) => Partial<Invocation> = () => ({});
  onSend: (send: Send) => void = () => {};
  readonly chains = new Map<string, AuditEntry[]>();
  readonly burnt = new Set<string>();
  readonly requests = new Map<string, RequestRecord>();
  readonly incidents = new Map<string, IncidentRow>();
  readonly open = new Set<string>();
  readonly locks = new Map<string, string>();
  readonly executions = new Map<string, ExecutionState>();
  readonly sends: Send[] = [];
  readonly outputs: { incidentId: string; dispatch: Dispatch; outputs: StoredOutput[] }[] = [];
  readonly posts: SlackMessage[] = [];
  readonly updates: SlackMessage[] = [];
  readonly told: string[] = [];
  readonly pages: string[] = [];
  readonly woken: string[] = [];
  readonly #key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #undelivered = new Map<string, number>();
  #ids = 0;

  writer(actor: string): AuditWriter {
    return {
      actor,
      now: () => isoOf(this.now),
      newId: () => `entry-${++this.#ids}`,
      pause: async () => {},
      store: {
        head: async (chain) => this.#port('head', () => this.chains.get(chain)?.at(-1) ?? null),
        entries: async (chain) => this.#port('entries', () => [...(this.chains.get(chain) ?? [])]),
        putIfAbsent: async (entry) =>
          this.#port('putIfAbsent', () => {
            const chain = this.chains.get(entry.chain) ?? [];
            const there = chain[entry.sequence - 1];
            if (there) return there;
            this.chains.set(entry.chain, [...chain, entry]);
            return null;
          }),
      },
    };
  }

  #port<T>(name: string, call: () => T): T {
    this.fault(name);
    return call();
  }

  #situation(actor: string) {
    const writer = this.writer(actor);
    return {
      writer,
      entries: writer.store.entries,
      alarm: async () => this.#port('alarm', () => this.alarm),
      instances: async () => [{ id: instanceId, tags: { countersign: 'on', Name: 'web-1' }, online: true }],
      stopped: async () => this.#port('stopped', () => this.stopped),
      now: () => this.now,
    };
  }

  readonly #requestName = (key: RequestKey) => `${key.incidentId}/${requestSortKey(key)}`;

  readonly control = {
    read: async (key: RequestKey) => this.#port('read', () => this.requests.get(this.#requestName(key)) ?? null),
    list: async (incidentId: string) =>
      [...this.requests].filter(([name]) => name.startsWith(incidentId)).map(([, record]) => record),
    create: async (record: RequestRecord) => {
      const name = this.#requestName(record.request);
      if (this.requests.has(name)) return false;
      this.requests.set(name, record);
      return true;
    },
    rearm: async (key: RequestKey, token: string) => this.#change(key, ({ status }) => status === 'PENDING', { token }),
    delivered: async (key: RequestKey, place: { channel: string; messageTs: string }, card: RequestRecord['card']) => {
      this.#change(key, () => true, { ...place, card });
    },
    vote: async (
      key: RequestKey,
      change: {
        digest: string;
        vote: RequestRecord['votes'][number];
        status: 'PENDING' | 'APPROVED' | 'REJECTED';
        votesBefore: number;
      },
    ) =>
      this.#port('vote', () => {
        const record = this.requests.get(this.#requestName(key));
        const fits = record?.status === 'PENDING' && record.digest === change.digest;
        if (!record || !fits || record.votes.length !== change.votesBefore) return null;
        this.#change(key, () => true, { status: change.status, votes: [...record.votes, change.vote] });
        return this.requests.get(this.#requestName(key)) ?? null;
      }),
    end: async (key: RequestKey, status: 'EXPIRED' | 'WITHDRAWN' | 'SUPERSEDED') =>
      this.#change(key, (record) => record.status === 'PENDING', { status }),
  };

  #change(key: RequestKey, condition: (record: RequestRecord) => boolean, change: Partial<RequestRecord>): boolean {
    const record = this.requests.get(this.#requestName(key));
    if (!record || !condition(record)) return false;
    this.requests.set(this.#requestName(key), { ...record, ...change });
    return true;
  }

  readonly cards = {
    post: async (channel: string, message: SlackMessage) =>
      this.#port('post', () => {
        if (this.slackIsDown) throw new Error('Slack is down');
        this.posts.push(message);
        return { channel, messageTs: `${this.posts.length}.0` };
      }),
    update: async (_place: unknown, message: SlackMessage) => {
      if (this.slackIsDown) throw new Error('Slack is down');
      this.updates.push(message);
    },
    tell: async (_channel: string, _user: string, text: string) => {
      this.told.push(text);
    },
  };

  #shown = async (incidentId: string) => ({
    evidence: [],
    outputs: this.outputs.filter((row) => row.incidentId === incidentId),
  });

  triage(event: unknown): Promise<void> {
    const ports = {
      writer: this.writer('triage'),
      account,
      region,
      alarm: async () => this.#port('alarm', () => this.alarm),
      lockedBy: async (lock: string) =>
        this.#port('lockedBy', () => {
          const holder = this.locks.get(lock);
          return holder && this.open.has(holder) ? holder : null;
        }),
      open: async (incidentId: string, lock: string, row: IncidentRow) =>
        this.#port('open', () => {
          const holder = this.locks.get(lock);
          if (holder && holder !== incidentId && this.open.has(holder)) return 'locked' as const;
          if (this.incidents.has(incidentId)) return 'exists' as const;
          this.incidents.set(incidentId, row);
          this.open.add(incidentId);
          this.locks.set(lock, incidentId);
          return 'opened' as const;
        }),
      start: this.#start,
    };
    return triage(ports, this.compiled, event);
  }

  readonly #start = async (incidentId: string): Promise<void> =>
    this.#port('start', () => {
      if (!this.executions.has(incidentId)) this.executions.set(incidentId, 'RUNNING');
    });

  plan(incidentId: string): Promise<void> {
    const ports = {
      ...this.#situation('plan'),
      incidentRow: async (id: string) => this.incidents.get(id) ?? null,
      evidence: async () => [],
      saveEvidence: async () => {},
      model: this.model,
    };
    return plan(ports, this.compiled, riskTools, incidentId);
  }

  gate(incidentId: string) {
    return gate(this.#situation('gate'), this.compiled, riskTools, incidentId);
  }

  ask(incidentId: string, dispatch: Dispatch, token = `token-${++this.#ids}`): Promise<void> {
    const ports = {
      ...this.#situation('request-approval'),
      control: this.control,
      cards: this.cards,
      shown: this.#shown,
    };
    return requestApproval(ports, this.compiled, riskTools, { incidentId, dispatch, token });
  }

  settle(incidentId: string, dispatch: Dispatch) {
    const writer = this.writer('settle');
    const ports = {
      writer,
      control: this.control,
      cards: this.cards,
      entries: writer.store.entries,
      countUndelivered: async (id: string, request: string) => {
        const rounds = (this.#undelivered.get(id + request) ?? 0) + 1;
        this.#undelivered.set(id + request, rounds);
        return rounds;
      },
      now: () => this.now,
    };
    return settle(ports, this.compiled, incidentId, dispatch);
  }

  /** Signs as the approval key does. */
  sign = (digest: string) => sign('sha256', Buffer.from(digest, 'hex'), this.#key.privateKey).toString('base64');

  /** A click on the newest card of the dispatch, signed as Slack signs. */
  async click(record: RequestRecord, user: { id: string; name: string }, verdict: 'approve' | 'reject', at = this.now) {
    const value = formatReference({
      incidentId: record.request.incidentId,
      dispatch: record.request.dispatch,
      policyDigest12: record.request.policyDigest.slice(0, 12),
      requestDigest: record.digest,
    });
    const payload =
      verdict === 'approve'
        ? {
            type: 'block_actions',
            user,
            trigger_id: '1.2.x',
            channel: { id: 'C1' },
            message: { ts: '1.0' },
            actions: [{ action_id: actionIds.approve, value }],
          }
        : {
            type: 'view_submission',
            user,
            view: {
              callback_id: rejectCallbackId,
              private_metadata: value,
              state: { values: { [reasonInput.blockId]: { [reasonInput.actionId]: { value: 'not now' } } } },
            },
          };
    const rawBody = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
    const timestamp = String(Math.floor(at / 1000));
    await this.decide({ rawBody, timestamp, signature: slackSignature(rawBody, timestamp, signingSecret) });
  }

  decide(raw: { rawBody: string; timestamp: string; signature: string }): Promise<void> {
    const ports = {
      writer: this.writer('decide'),
      control: this.control,
      cards: this.cards,
      signingSecret: async () => signingSecret,
      sign: async (digest: string) => this.#port('sign', () => this.sign(digest)),
      wake: async (token: string) => void this.woken.push(token),
      now: () => this.now,
    };
    return decide(ports, this.compiled, raw);
  }

  execute(incidentId: string, dispatch: Dispatch) {
    const ports = {
      ...this.#situation('execute'),
      request: this.control.read,
      isSigned: async (digest: string, signature: string) =>
        verify('sha256', Buffer.from(digest, 'hex'), this.#key.publicKey, Buffer.from(signature, 'base64')),
      burn: async (burn: Burn) =>
        this.#port('burn', () => {
          const name = dispatchKey(burn.incidentId, burn.dispatch);
          if (this.burnt.has(name)) return 'used' as const;
          if (this.stopped) return 'stopped' as const;
          const record = burn.request && this.requests.get(this.#requestName(burn.request.key));
          if (burn.request && (record?.status !== 'APPROVED' || record.digest !== burn.request.digest))
            return 'not_approved' as const;
          this.burnt.add(name);
          return 'burnt' as const;
        }),
      send: async (send: Send) =>
        this.#port('send', () => {
          this.sends.push(send);
          this.onSend(send);
          return `command-${this.sends.length}`;
        }),
    };
    return execute(ports, this.compiled, riskTools, { incidentId, dispatch });
  }

  poll(incidentId: string, dispatch: Dispatch) {
    const writer = this.writer('poll');
    const find = (key: string) => this.sends.findIndex((send) => dispatchKey(send.incidentId, send.dispatch) === key);
    const ports = {
      writer,
      entries: writer.store.entries,
      invocation: async (commandId: string, target: string): Promise<Invocation> => {
        const send = this.sends[Number(commandId.split('-')[1]) - 1];
        const done = { target, status: 'Success', exitCode: 0, stdout: 'output', stderr: '' };
        return { ...done, ...(send ? this.respond(send) : {}) };
      },
      findCommand: async (_document: string, key: string) => (find(key) < 0 ? null : `command-${find(key) + 1}`),
      saveOutputs: async (id: string, of: Dispatch, outputs: readonly StoredOutput[]) => {
        this.outputs.push({ incidentId: id, dispatch: of, outputs: [...outputs] });
      },
      now: () => this.now,
    };
    return poll(ports, { incidentId, dispatch });
  }

  #closePorts(actor: string) {
    const writer = this.writer(actor);
    return {
      writer,
      control: this.control,
      cards: this.cards,
      entries: writer.store.entries,
      alarm: async () => this.alarm,
      shown: this.#shown,
      page: async (subject: string) => {
        if (this.pagerIsDown) throw new Error('the pager is down');
        this.pages.push(subject);
      },
      release: async (incidentId: string) => {
        this.open.delete(incidentId);
        for (const [lock, holder] of this.locks) if (holder === incidentId) this.locks.delete(lock);
      },
      now: () => this.now,
    };
  }

  close(incidentId: string, status: IncidentStatus, cause: string | null = null) {
    return close(this.#closePorts('close'), this.compiled, { incidentId, status, cause });
  }

  sweep() {
    const ports = {
      ...this.#closePorts('sweep'),
      openIncidents: async () => [...this.open],
      execution: async (incidentId: string) => {
        const state = this.executions.get(incidentId) ?? ('missing' as const);
        return { state, startedAt: state === 'missing' ? null : isoOf(start) };
      },
      start: this.#start,
    };
    return sweep(ports, this.compiled);
  }

  /**
   * What the state machine does, with `operator` called once per asking round. An error of a Task goes to Close, as its
   * Catch does. Returns the status that Close answered.
   */
  async run(incidentId: string, operator: (world: World, record: RequestRecord) => Promise<void> = approving) {
    try {
      await this.plan(incidentId);
      return await this.#loop(incidentId, operator);
    } catch (error) {
      const status = await this.close(incidentId, 'failed', error instanceof Error ? error.name : 'error');
      this.executions.set(incidentId, 'SUCCEEDED');
      return status;
    }
  }

  async #loop(incidentId: string, operator: (world: World, record: RequestRecord) => Promise<void>) {
    for (let turns = 0; turns < 2000; turns += 1) {
      const { decision, dispatch, seconds, status } = await this.gate(incidentId);
      if (decision === 'halt' || decision === 'done') {
        const closed = await this.close(incidentId, status ?? 'failed');
        this.executions.set(incidentId, 'SUCCEEDED');
        return closed;
      }
      this.now += seconds * 1000;
      if (!dispatch || decision === 'skip' || decision === 'wait') continue;
      if (decision === 'ask' && (await this.#wait(incidentId, dispatch, operator)) !== 'approved') continue;
      let sent = await this.execute(incidentId, dispatch);
      while (sent.outcome === 'running') {
        this.now += sent.seconds * 1000;
        sent = await this.poll(incidentId, dispatch);
      }
    }
    throw new Error('the machine went round 2,000 times');
  }

  async #wait(
    incidentId: string,
    dispatch: Dispatch,
    operator: (world: World, record: RequestRecord) => Promise<void>,
  ) {
    for (;;) {
      await this.ask(incidentId, dispatch).catch(() => {});
      const record = this.request(incidentId, dispatch);
      if (record?.messageTs) await operator(this, record);
      this.now += 60_000;
      const decision = await this.settle(incidentId, dispatch);
      if (decision !== 'waiting') return decision;
    }
  }

  /** The request of a dispatch under the policy in force. */
  request(incidentId: string, dispatch: Dispatch): RequestRecord | undefined {
    const { policyDigest } = this.compiled;
    return this.requests.get(this.#requestName({ incidentId, dispatch, policyDigest }));
  }

  /** Rings the doorbell of this world's alarm and returns the incident that is open then. */
  async ring(): Promise<string> {
    await this.triage(doorbellOf(this.alarm ?? alarmOf()));
    return this.incidentId();
  }

  incidentId(): string {
    const id = [...this.incidents.keys()].at(-1);
    if (!id) throw new Error('no incident was opened');
    return id;
  }

  lockOfAlarm(): string {
    return lockOf((this.alarm ?? alarmOf()).arn, null);
  }

  events(chain: string) {
    return (this.chains.get(chain) ?? []).map(({ event }) => event);
  }
}

export async function approving(world: World, record: RequestRecord): Promise<void> {
  await world.click(record, ana, 'approve');
}

export async function rejecting(world: World, record: RequestRecord): Promise<void> {
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
