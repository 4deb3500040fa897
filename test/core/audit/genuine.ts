/** Genuine chains: incidents as the functions write them, with votes that a real key signed and the burns that belong to them. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { noPrevious, type StoredItem } from '../../../core/audit/chain.ts';
import { type AuditEvent, type EventOf, openedSubject, planDigest, writable } from '../../../core/audit/entry.ts';
import type { AuditEntry } from '../../../core/audit/envelope.ts';
import { entryHash } from '../../../core/audit/stored.ts';
import type { ChainFacts } from '../../../core/audit/verify-finding.ts';
import type { Burn } from '../../../core/burn.ts';
import { canonicalJson, digest, sha256 } from '../../../core/digest.ts';
import type { Dispatch } from '../../../core/dispatch.ts';
import { type Envelope, payloadTypes, seal } from '../../../core/dsse.ts';
import { type Question, questionDigest } from '../../../core/question.ts';
import { incidentIdOf } from '../../../core/subject.ts';
import { isoOf } from '../../../core/time.ts';
import type { RiskLevel } from '../../../core/words.ts';

const approvalKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const publicKey = approvalKey.publicKey.export({ type: 'spki', format: 'pem' }).toString();
/** A key that is not the approval key. */
export const strangersKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

export const people = {
  ana: { name: 'ana', via: 'slack', id: 'U0000000001' },
  ben: { name: 'ben', via: 'slack', id: 'U0000000002' },
} as const;

/** A vote, sealed. */
export function sealed(vote: Record<string, unknown>, key: KeyObject = approvalKey.privateKey): Promise<Envelope> {
  const signWith = async (message: Buffer) => ({ keyid: 'test', sig: sign('sha256', message, key).toString('base64') });
  return seal(payloadTypes.vote, { format: 1, word: 'approve', reason: '', ...vote }, signWith);
}

/** A chain that a test may tamper with, and what belongs to it. */
export interface Genuine {
  readonly id: string;
  readonly entries: AuditEntry[];
  readonly facts: ChainFacts & { readonly burns: Burn[] };
  /** Seals a vote with the approval key that the chain's own votes were signed with. */
  readonly sealed: (vote: Record<string, unknown>) => Promise<Envelope>;
}

/** What an incident is to be like. */
export interface Shape {
  /** Steps that only read, before and after those that change. */
  readonly reads: number;
  /** The mutating steps; each is asked, by as many people as its level wants. */
  readonly changes: readonly ('modifying' | 'destructive')[];
  /** Whether one more step goes out under a standing approval. */
  readonly standing: boolean;
  readonly closed: boolean;
  /** Whether one vote of each quorum must come through IAM, and whether one does. */
  readonly second?: 'missing' | 'given';
  /** Whether what changes is confirmed as done by hand; else it is approved. */
  readonly manual?: boolean;
  /** Whether the plan lists its steps; else it lists none. */
  readonly titled?: boolean;
  /** Of the runbook's file, as the plan names it. */
  readonly runbookDigest?: string;
  /** The step whose command fails. */
  readonly failing?: number;
  /** Ana says this to the last step that changes, instead of approving it: it is not sent. */
  readonly refusal?: 'reject' | 'skip';
  /** Why, in her words. */
  readonly why?: string;
  /** Late facts behind the closing entry: of the last dispatch, and that people were told. */
  readonly late: boolean;
}

const start = Date.parse('2026-11-21T03:00:00.000Z');
const script = (step: number) => `systemctl restart 'unit-${step}'`;

/** Hashes and links entries anew from one place on, as somebody who may put whole items can. */
export function rehashed(entries: readonly AuditEntry[]): AuditEntry[] {
  let previous = noPrevious;
  return entries.map((entry, index) => {
    const { hash: _, ...body } = { ...entry, sequence: index + 1, previous };
    previous = entryHash(body);
    return { ...body, hash: previous };
  });
}

export function itemsOf(entries: readonly AuditEntry[]): StoredItem[] {
  return entries.map((entry, index) => ({ place: index + 1, text: canonicalJson(entry) }));
}

/** An incident from its opening on; `name` makes it another one. */
export async function genuine(name: string, shape: Shape): Promise<Genuine> {
  const opened: EventOf<'incident_opened'> = {
    kind: 'incident_opened',
    alarmArn: `arn:aws:cloudwatch:eu-central-1:111122223333:alarm:${name}`,
    alarmName: name,
    contributorId: null,
    stateChangedAt: isoOf(start - 30_000),
    candidates: [{ runbookId: 'fix', confidence: 0.95, why: 'its name fits' }],
  };
  const incident = new Incident(openedSubject({ ...opened }), opened);
  incident.plan(shape);
  let step = 0;
  for (let count = 0; count < shape.reads; count += 1) incident.read(++step);
  for (const level of shape.changes) await incident.change(++step, level, shape);
  if (shape.standing) incident.standing(++step);
  incident.close(shape);
  const facts = {
    burns: incident.burns,
    byFirstRelease: [],
    publicKey,
    isOpen: !shape.closed,
    recovery: [],
  };
  return { id: incident.id, entries: rehashed(incident.entries), facts, sealed: (vote) => sealed(vote) };
}

function stepsOf({ reads, changes, standing }: Shape): EventOf<'planned'>['steps'] {
  const levels = [...Array.from({ length: reads }, () => 'read_only' as const), ...changes];
  const all = standing ? [...levels, 'modifying' as const] : levels;
  return all.map((level, index) => ({
    number: index + 1,
    title: `Step ${index + 1}`,
    declared: null,
    floor: level,
    model: null,
    level,
    flags: [],
    decision: level === 'read_only' ? 'proceed' : 'ask',
    scriptHash: sha256(script(index + 1)),
  }));
}

class Incident {
  readonly id: string;
  readonly entries: AuditEntry[] = [];
  readonly burns: Burn[] = [];
  readonly #subject;
  #planDigest = '';
  #failing: number | null = null;
  #now = start;

  constructor(subject: ReturnType<typeof openedSubject>, opened: AuditEvent) {
    this.#subject = subject;
    this.id = incidentIdOf(subject);
    this.#add('triage', opened);
  }

  #add(actor: string, event: AuditEvent): string {
    this.#now += 1000;
    const entryId = `${this.id}-${this.entries.length}`;
    const { id: chain } = this;
    const entry = {
      format: 1,
      chain,
      sequence: 1,
      entryId,
      at: isoOf(this.#now),
      actor,
      previous: '',
      hash: '',
    } as const;
    this.entries.push({ ...entry, event: writable(event) });
    return entryId;
  }

  plan(shape: Shape): void {
    this.#failing = shape.failing ?? null;
    const planned: EventOf<'planned'> = {
      kind: 'planned',
      mode: 'live',
      environment: 'production',
      runbook: { id: 'fix', digest: shape.runbookDigest ?? sha256('runbook') },
      policyDigest: sha256('policy'),
      confidence: 0.95,
      chosenBy: 'route',
      model: 'off',
      parameters: { unit: 'web' },
      steps: shape.titled ? stepsOf(shape) : [],
      problems: [],
      targets: { all: ['i-1', 'i-2'] },
    };
    this.#planDigest = planDigest(planned);
    this.#add('plan', planned);
  }

  #gate(dispatch: Dispatch, decision: 'proceed' | 'ask'): void {
    this.#add('gate', { kind: 'gate_decided', decision, dispatch, status: null, reasons: [] });
  }

  /** Intent, burn, send and end. */
  #send(dispatch: Dispatch, level: RiskLevel, asked: Partial<EventOf<'dispatch_intended'>>, unfinished = false): void {
    const intent: EventOf<'dispatch_intended'> = {
      kind: 'dispatch_intended',
      dispatch,
      scriptHash: sha256(script(dispatch.step)),
      level,
      targets: ['i-1', 'i-2'],
      document: 'countersign-run-0123',
      requestDigest: null,
      standing: null,
      approvedBy: [],
      notAfter: Math.floor(this.#now / 1000) + 60,
      executionTimeoutSeconds: 60,
      votes: [],
      planDigest: this.#planDigest,
      parametersDigest: digest('parameters/v1', { unit: 'web' }),
      ...asked,
    };
    const entryId = this.#add('execute', intent);
    const { scriptHash, targets, standing, requestDigest, parametersDigest = '' } = intent;
    this.burns.push({
      incidentId: this.id,
      dispatch,
      level,
      scriptHash,
      targets,
      standing,
      planDigest: this.#planDigest,
      parametersDigest,
      questionDigest: requestDigest,
      switch: 1,
      leases: {},
      intent: entryId,
      at: isoOf(this.#now + 500),
      sendBy: isoOf(this.#now + 10_500),
    });
    this.#add('execute', { kind: 'command_sent', dispatch, commandId: `command-${dispatch.step}`, error: null });
    if (!unfinished) this.#add('poll', this.finished(dispatch));
  }

  finished(dispatch: Dispatch): EventOf<'command_finished'> {
    const isFailing = dispatch.step === this.#failing;
    const of = (target: string) =>
      ({
        target,
        status: isFailing ? 'Failed' : 'Success',
        exitCode: isFailing ? 1 : 0,
        stdoutHash: sha256('out'),
        stderrHash: sha256(''),
        outcome: isFailing ? 'failed' : 'succeeded',
      }) as const;
    const outcome = isFailing ? 'failed' : 'succeeded';
    return { kind: 'command_finished', dispatch, outcome, results: [of('i-1'), of('i-2')] };
  }

  read(step: number): void {
    const dispatch: Dispatch = { step, part: 'run', attempt: 1, wave: 1 };
    this.#gate(dispatch, 'proceed');
    this.#send(dispatch, 'read_only', {});
  }

  standing(step: number): void {
    const dispatch: Dispatch = { step, part: 'run', attempt: 1, wave: 1 };
    this.#gate(dispatch, 'proceed');
    this.#send(dispatch, 'modifying', { standing: 'platform: restarts are harmless' });
  }

  async change(step: number, level: 'modifying' | 'destructive', shape: Shape): Promise<void> {
    const dispatch: Dispatch = { step, part: 'run', attempt: 1, wave: 1 };
    const { late, closed, changes, standing, second } = shape;
    const refusal = step === shape.reads + changes.length ? shape.refusal : undefined;
    this.#gate(dispatch, 'ask');
    const question = this.#question(dispatch, level, shape);
    const word = refusal ?? (shape.manual ? 'confirm' : 'approve');
    const requestDigest = questionDigest(question);
    const [item] = question.items;
    this.#add('request-approval', {
      kind: 'approval_requested',
      dispatch,
      requestDigest,
      policyDigest: question.policyDigest,
      scriptHash: item?.scriptHash ?? '',
      level,
      targets: item?.targets ?? [],
      approvers: [people.ana.id, people.ben.id],
      required: question.terms.required,
      expiresAt: question.expiresAt,
      question,
      scripts: [{ dispatch, script: script(step) }],
    });
    this.#add('request-approval', { kind: 'approval_delivered', dispatch, channel: 'C1', messageTs: `${step}.1` });
    const ana = second === 'given' ? ({ ...people.ana, via: 'iam' } as const) : people.ana;
    const by = [ana, people.ben].slice(0, refusal ? 1 : question.terms.required);
    const votes: Envelope[] = [];
    for (const person of by) {
      const said = { question: requestDigest, by: person, at: isoOf(this.#now + 10), word };
      const envelope = await sealed({ ...said, ...(refusal && shape.why ? { reason: shape.why } : {}) });
      votes.push(envelope);
      this.#add('decide', {
        kind: 'vote_signed',
        dispatch,
        questionDigest: requestDigest,
        word,
        by: person,
        envelope,
      });
    }
    const { policyDigest } = question;
    this.#add('settle', {
      kind: 'approval_settled',
      dispatch,
      policyDigest,
      requestDigest,
      decision: refusal === undefined ? 'approved' : refusal === 'reject' ? 'rejected' : 'answered',
      by,
      reason: '',
    });
    if (refusal) return;
    const isLast = !standing && changes.length + this.#reads() === step;
    this.#send(dispatch, level, { requestDigest, approvedBy: by, votes }, closed && late && isLast);
  }

  #reads(): number {
    return this.burns.filter(({ level }) => level === 'read_only').length;
  }

  #question(dispatch: Dispatch, level: RiskLevel, { second, manual, runbookDigest }: Shape): Question {
    return {
      format: 2,
      kind: manual ? 'manual' : 'approve',
      revision: 1,
      incidentId: this.id,
      place: { account: '111122223333', region: 'eu-central-1', environment: 'production', mode: 'live' },
      subject: this.#subject,
      runbook: { id: 'fix', digest: runbookDigest ?? sha256('runbook') },
      policyDigest: sha256('policy'),
      items: [
        {
          dispatch,
          title: `Step ${dispatch.step}`,
          scriptHash: sha256(script(dispatch.step)),
          parameters: { unit: 'web' },
          targets: ['i-1', 'i-2'],
          waves: [2],
          level,
          flags: [],
          executionTimeoutSeconds: 60,
          deliveryTimeoutSeconds: 30,
        },
      ],
      shown: { evidence: [], before: null, dryRun: null, outcomes: sha256('outcomes'), rollback: null },
      document: { name: 'countersign-run-0123', digest: sha256('document') },
      terms: {
        required: level === 'destructive' ? 2 : 1,
        approvers: ['ana', 'ben'],
        secondChannel: second !== undefined,
        levels: [{ place: 'C1', mention: null, until: isoOf(this.#now + 900_000) }],
      },
      initiator: null,
      nonce: `nonce-of-the-step-${dispatch.step}`,
      createdAt: isoOf(this.#now),
      expiresAt: isoOf(this.#now + 900_000),
    };
  }

  close({ closed, late, refusal }: Shape): void {
    if (!closed) return;
    this.#add('close', {
      kind: 'incident_closed',
      status: refusal === 'reject' ? 'rejected' : 'resolved',
      cause: null,
    });
    const last = this.burns.at(-1);
    const isOpen = this.entries.at(-2)?.event.kind === 'command_sent';
    if (late && last && isOpen) this.#add('poll', { ...this.finished(last.dispatch), late: true });
    const told = { incidentId: this.id, status: 'resolved', slack: true, paged: false } as const;
    if (late) this.#add('close', { kind: 'people_told', ...told, late: true });
  }
}
