/** An incident for the tests of closing: a chain written event by event, burns, cards and the rest of the world beside it. */

import { generateKeyPairSync, sign } from 'node:crypto';
import { preAuthEncoding } from '@sigstore/core/dist/dsse.js';
import { isRetryable } from '../../../adapters/patience.ts';
import type { Alarm } from '../../../core/alarm/alarm.ts';
import type { StoredQuestion } from '../../../core/approval/record.ts';
import { append } from '../../../core/audit/append.ts';
import { nextEntry, readChain } from '../../../core/audit/chain.ts';
import type { AuditEvent, EventOf } from '../../../core/audit/entry.ts';
import type { Burn } from '../../../core/burn.ts';
import type { Invocation } from '../../../core/derive/outcome.ts';
import { canonicalJson, sha256 } from '../../../core/digest.ts';
import type { Dispatch } from '../../../core/dispatch.ts';
import { type Envelope, payloadTypes } from '../../../core/dsse.ts';
import { type Question, questionDigest } from '../../../core/question.ts';
import type { ChannelMessage } from '../../../core/report/message.ts';
import type { SlackMessage } from '../../../core/slack/blocks.ts';
import { slackMessage } from '../../../core/slack/message.ts';
import { incidentIdOf } from '../../../core/subject.ts';
import { isoOf } from '../../../core/time.ts';
import { close } from '../../../core/use-cases/close.ts';
import { lockOf, openedEvent } from '../../../core/use-cases/opening.ts';
import type { Posted } from '../../../core/use-cases/ports.ts';
import { type ExecutionState, type SweepPorts, sweep } from '../../../core/use-cases/sweep.ts';
import type { IncidentStatus, RiskLevel } from '../../../core/words.ts';
import { alarmOf, compiledOf, instanceId, start } from '../../support/fixtures.ts';
import { MemoryAudit } from '../../support/memory/audit.ts';
import { MemoryStorms } from '../../support/memory/storms.ts';
import { MemoryThreads } from '../../support/memory/threads.ts';
import { MemoryWaits } from '../../support/memory/waits.ts';
import { MemoryWork } from '../../support/memory/work.ts';

export const { arn: alarmArn, stateChangedAt } = alarmOf();
export const subject = { kind: 'alarm' as const, alarmArn, contributorId: null, stateChangedAt, round: 1 };
export const id = incidentIdOf(subject);
export const digest = sha256('anything');
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const publicKey = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();

export const dispatchOf = (step: number, changes: Partial<Dispatch> = {}): Dispatch => ({
  step,
  part: 'run',
  attempt: 1,
  wave: 1,
  ...changes,
});

export function burnOf(dispatch: Dispatch, changes: Partial<Burn> = {}): Burn {
  return {
    incidentId: id,
    dispatch,
    level: 'modifying',
    scriptHash: digest,
    targets: [instanceId],
    planDigest: digest,
    parametersDigest: digest,
    standing: null,
    questionDigest: null,
    switch: 1,
    leases: {},
    intent: 'e',
    at: isoOf(start),
    sendBy: isoOf(start),
    ...changes,
  };
}

export function intended(dispatch: Dispatch, changes: Partial<EventOf<'dispatch_intended'>> = {}): AuditEvent {
  return {
    kind: 'dispatch_intended',
    dispatch,
    scriptHash: digest,
    level: 'modifying',
    targets: [instanceId],
    document: 'd',
    requestDigest: null,
    standing: null,
    approvedBy: [],
    notAfter: 0,
    executionTimeoutSeconds: 60,
    planDigest: digest,
    ...changes,
  };
}

export function planned(changes: Partial<EventOf<'planned'>> = {}): AuditEvent {
  const compiled = compiledOf();
  const [runbook] = compiled.runbooks;
  const step = (number: number, title: string, level: RiskLevel) => ({
    number,
    title,
    declared: null,
    floor: level,
    model: null,
    level,
    flags: [],
    decision: 'ask' as const,
  });
  return {
    kind: 'planned',
    mode: 'live',
    environment: 'production',
    runbook: { id: runbook?.id ?? '', digest: runbook?.digest ?? '' },
    policyDigest: compiled.policyDigest,
    confidence: 0.9,
    chosenBy: 'route',
    model: 'off',
    parameters: {},
    steps: [step(1, 'Look', 'read_only'), step(2, 'Restart', 'modifying'), step(3, 'Delete', 'destructive')],
    problems: [],
    ...changes,
  };
}

export function questionOn(dispatch: Dispatch, changes: Partial<Question> = {}): Question {
  return {
    format: 2,
    kind: 'approve',
    revision: 1,
    incidentId: id,
    place: { account: '111122223333', region: 'eu-central-1', environment: 'production', mode: 'live' },
    subject,
    runbook: { id: 'fix', digest },
    policyDigest: digest,
    items: [
      {
        dispatch,
        title: 'Restart',
        scriptHash: digest,
        parameters: {},
        targets: [instanceId],
        waves: [1],
        level: 'modifying',
        flags: [],
        executionTimeoutSeconds: 60,
        deliveryTimeoutSeconds: 60,
      },
    ],
    shown: { evidence: [], before: null, dryRun: null, outcomes: digest, rollback: null },
    document: { name: 'd', digest },
    terms: {
      required: 1,
      approvers: ['ana'],
      secondChannel: false,
      levels: [{ place: 'C1', mention: null, until: isoOf(start) }],
    },
    initiator: null,
    nonce: 'n'.repeat(16),
    createdAt: isoOf(start),
    expiresAt: isoOf(start + 600_000),
    ...changes,
  };
}

export function requested(question: Question): AuditEvent {
  const [item] = question.items;
  return {
    kind: 'approval_requested',
    dispatch: item?.dispatch ?? dispatchOf(1),
    requestDigest: questionDigest(question),
    policyDigest: digest,
    scriptHash: digest,
    level: 'modifying',
    targets: [instanceId],
    approvers: ['U1'],
    required: 1,
    expiresAt: question.expiresAt,
    question,
  };
}

/** A vote in ana's name; `forged` is signed by a key that is not the approval key. */
export function voteOf(question: Question, word: string, forged = false): Envelope {
  const by = { name: 'ana', via: 'slack' as const, id: 'U0000000001' };
  const { privateKey } = forged ? stranger : key;
  const vote = { format: 1, question: questionDigest(question), word, by, at: isoOf(start), reason: 'not now' };
  const payload = Buffer.from(canonicalJson(vote), 'utf8');
  const sig = sign('sha256', preAuthEncoding(payloadTypes.vote, payload), privateKey).toString('base64');
  return {
    payloadType: payloadTypes.vote,
    payload: payload.toString('base64'),
    signatures: [{ keyid: 'k', sig }],
  };
}

export class Scene {
  now = start + 60_000;
  readonly audit = new MemoryAudit();
  readonly work = new MemoryWork();
  alarm: Alarm | null = alarmOf();
  mode: 'live' | 'dry_run' = 'live';
  slackIsDown = false;
  pagerIsDown = false;
  key: string | null = publicKey;
  burns: Burn[] | null = [];
  /** What Systems Manager knows, by the dispatch key in the comment; null = it is down. */
  systemsManager: Map<string, Partial<Invocation>> | null = null;
  /** The documents whose commands were looked for. */
  readonly asked: string[] = [];
  readonly posts: SlackMessage[] = [];
  readonly pages: { subject: string; text: string }[] = [];
  readonly rows: StoredQuestion[] = [];
  readonly ended: string[] = [];
  readonly executions = new Map<string, ExecutionState>();
  readonly started: string[] = [];
  /** ARNs that the search by tag finds. */
  optedIn: string[] = [];
  readonly muted = new Set<string>();
  readonly unanswered: string[] = [];
  /** The word in Control that an incident shall begin. */
  word: unknown = null;
  #writer = this.audit.writer('close', () => isoOf(this.now));

  readonly ports = {
    ...new MemoryStorms(this.work, () => this.now),
    writer: this.#writer,
    dispatches: {
      burns: async () => {
        if (this.burns === null) throw new Error('Dispatches is down');
        return this.burns;
      },
      burntByFirstRelease: async () => [],
      slots: async () => [],
      lease: async () => null,
    },
    control: {
      list: async () => this.rows,
      end: async ({ sortKey }: { sortKey: string }) => {
        this.ended.push(sortKey);
        return true;
      },
    },
    cards: {
      post: async (channel: string, message: ChannelMessage): Promise<Posted> => {
        if (this.slackIsDown) throw new Error('Slack is down');
        const { message: drawn, rest } = slackMessage(message);
        if (message.kind !== 'head') this.posts.push(drawn);
        return { place: { channel, messageTs: message.kind }, rest };
      },
      room: async () => true,
      update: async () => {},
      attach: async () => {},
    },
    waits: new MemoryWaits(() => this.now),
    threads: new MemoryThreads(() => this.now),
    sleep: async () => {},
    publicKey: async () => {
      if (this.key === null) throw new Error('KMS is down');
      return this.key;
    },
    retry: async (): Promise<unknown> => this.word,
    incidentRow: this.work.incidentRow,
    alarm: async () => this.alarm,
    isPassing: isRetryable,
    findCommand: async (document: string, key: string) => {
      this.asked.push(document);
      if (this.systemsManager === null) throw new Error('Systems Manager is down');
      return this.systemsManager.has(key) ? key : null;
    },
    invocation: async (key: string, target: string) => ({
      target,
      status: 'Pending',
      exitCode: 0,
      stdout: '',
      stderr: '',
      ...this.systemsManager?.get(key),
    }),
    shown: this.work.shown,
    doorbells: this.work.doorbells,
    page: async (about: string, text: string) => {
      if (this.pagerIsDown) throw new Error('the pager is down');
      this.pages.push({ subject: about, text });
    },
    release: this.work.release,
    now: () => this.now,
    openIncidents: this.work.openIncidents,
    lockedBy: this.work.lockedBy,
    open: this.work.open,
    ring: this.work.ring,
    safeguards: null as SweepPorts['safeguards'],
    optedIn: async () => this.optedIn,
    alarms: async (parts: readonly unknown[]) => Promise.allSettled(parts.map(async () => this.alarm)),
    muted: async (names: readonly string[]) => new Set(names.filter((name) => this.muted.has(name))),
    noted: (_what: string, arn: string) => void this.unanswered.push(arn),
    execution: async (incidentId: string) => {
      const state = this.executions.get(incidentId) ?? ('missing' as const);
      return { state, startedAt: state === 'missing' ? null : isoOf(start) };
    },
    start: async (incidentId: string) => {
      this.started.push(incidentId);
    },
  };

  /** An open incident with this chain behind its opening. */
  static async of(events: readonly AuditEvent[] = [planned()], prepare: (scene: Scene) => void = () => {}) {
    const scene = new Scene();
    prepare(scene);
    await scene.work.open(id, lockOf(alarmArn, null), { subject, alarmName: 'fix-web' });
    await scene.write(id, openedEvent(subject, compiledOf(), alarmOf()), ...events);
    return scene;
  }

  async write(chain: string, ...events: AuditEvent[]): Promise<void> {
    for (const event of events) await append(this.#writer, chain, event);
  }

  /** Appends as somebody with PutItem could: past every rule of `append`. */
  plant(chain: string, event: Record<string, unknown> & { kind: string }): void {
    const items = this.audit.chains.get(chain) ?? [];
    const { head } = readChain(chain, items);
    const author = { entryId: `planted-${items.length}`, at: isoOf(this.now), actor: 'close' };
    const entry = nextEntry(chain, head, author, event as unknown as AuditEvent);
    this.audit.plant(chain, entry.sequence, canonicalJson(entry));
  }

  /** Changes an entry without making its hash anew. */
  tamper(chain: string, place: number): void {
    const item = (this.audit.chains.get(chain) ?? []).find((found) => found.place === place);
    this.audit.plant(chain, place, (item?.text ?? '').replace('"actor":"close"', '"actor":"nobody"'));
  }

  close(status: IncidentStatus, cause: string | null = null): Promise<IncidentStatus> {
    return close(this.ports, compiledOf({ mode: this.mode }), { incidentId: id, status, cause });
  }

  sweep(): Promise<void> {
    return sweep(this.ports, compiledOf({ mode: this.mode }));
  }

  kinds(chain: string): string[] {
    return this.audit.events(chain).map(({ kind }) => kind);
  }

  /** Everything that the channel was told, as text. */
  told(): string {
    return JSON.stringify(this.posts);
  }

  paged(): string {
    return this.pages.map(({ text }) => text).join('\n');
  }
}
