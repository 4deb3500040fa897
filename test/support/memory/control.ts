/** Control in memory: plain rows as the table holds them, which a test may tamper with, and answers that may be lost. */
import {
  keyOf,
  type QuestionKey,
  type QuestionRecord,
  questionPrefixes,
  type StoredQuestion,
  storedQuestion,
} from '../../../core/approval/record.ts';
import { canonicalJson } from '../../../core/digest.ts';
import type { Dispatch } from '../../../core/dispatch.ts';
import type { NumberedStop, SignedRows, Stop, SwitchStore } from '../../../core/incident/kill-switch.ts';
import type { Suspension, SuspensionStore } from '../../../core/incident/suspension.ts';
import { questionPrefix } from '../../../core/question.ts';
import type { ControlStore } from '../../../core/use-cases/ports.ts';
import type { RetryStore } from '../../../core/use-cases/retry.ts';

type Row = Record<string, unknown>;

export class MemoryControl implements ControlStore, SwitchStore, SuspensionStore, RetryStore {
  /** By `incidentId/sortKey`. */
  readonly questions = new Map<string, Row>();
  readonly kills = new Map<number, Stop>();
  readonly resumes = new Map<number, unknown>();
  readonly aborts = new Map<number, unknown>();
  /** By `name/number`. */
  readonly suspensions = new Map<string, Suspension>();
  readonly reinstatements = new Map<string, unknown>();
  /** Incident → the word that it shall begin. */
  readonly retries = new Map<string, unknown>();
  /** Events that have stopped once. */
  readonly stopped = new Set<string>();
  /** Called before each call's effect; what it throws is thrown. */
  port: (name: string) => void | Promise<void> = () => {};
  /** Called after each call's effect: an error thrown here is an answer that was lost. */
  after: (name: string) => void | Promise<void> = () => {};

  /** The records of an incident that this release can read, in the order in which they were asked. */
  records(incidentId: string): QuestionRecord[] {
    return this.#of(incidentId).flatMap(({ record }) => record ?? []);
  }

  latest(incidentId: string, dispatch: Dispatch): Promise<StoredQuestion | null> {
    const isOf = ({ sortKey }: StoredQuestion) => sortKey.startsWith(questionPrefix(dispatch));
    return this.#call('control.latest', () => this.#of(incidentId).filter(isOf).sort(bySortKey).at(-1) ?? null);
  }

  retry = (incidentId: string): Promise<unknown> =>
    this.#call('control.retry', () => this.retries.get(incidentId) ?? null);

  putRetry = (incidentId: string, envelope: unknown, replaced: unknown): Promise<boolean> =>
    this.#call('control.putRetry', () => {
      const there = this.retries.get(incidentId) ?? null;
      if (canonicalJson(there) !== canonicalJson(replaced)) return canonicalJson(there) === canonicalJson(envelope);
      this.retries.set(incidentId, envelope);
      return true;
    });

  read(key: QuestionKey): Promise<StoredQuestion | null> {
    return this.#call('control.read', () => this.#read(key));
  }

  list(incidentId: string): Promise<StoredQuestion[]> {
    return this.#call('control.list', () => this.#of(incidentId).sort(bySortKey));
  }

  create(record: QuestionRecord): Promise<boolean> {
    return this.#call('control.create', () => {
      const key = keyOf(record.question);
      const there = this.#read(key);
      if (there) return there.record?.digest === record.digest;
      this.questions.set(nameOf(key), structuredClone(record));
      return true;
    });
  }

  rearm(key: QuestionKey, token: string): Promise<boolean> {
    return this.#call('control.rearm', () => this.#change(key, isPending, { token }));
  }

  delivered(key: QuestionKey, place: { channel: string; messageTs: string }, card: unknown): Promise<void> {
    return this.#call('control.delivered', () => {
      const places = this.#read(key)?.places ?? [];
      const isKnown = places.some((other) => canonicalJson(other) === canonicalJson(place));
      if (!isKnown) this.#change(key, () => true, { places: [...places, place], card });
    });
  }

  vote(key: QuestionKey, change: Parameters<ControlStore['vote']>[1]): Promise<QuestionRecord | null> {
    return this.#call('control.vote', () => {
      const { digest, vote, status, statusBefore = 'PENDING', votesBefore } = change;
      const votes = this.#read(key)?.record?.votes ?? [];
      const fits = (row: Row) => row.status === statusBefore && row.digest === digest && votes.length === votesBefore;
      const isWritten = this.#change(key, fits, { status, votes: [...votes, vote] });
      const isOwn = votes.some((cast) => canonicalJson(cast) === canonicalJson(vote));
      return isWritten || isOwn ? (this.#read(key)?.record ?? null) : null;
    });
  }

  end(key: QuestionKey, status: 'EXPIRED' | 'WITHDRAWN' | 'SUPERSEDED'): Promise<boolean> {
    return this.#call(
      'control.end',
      () => this.#change(key, isPending, { status }) || this.#read(key)?.status === status,
    );
  }

  stop(number: number): Promise<Stop | null> {
    return this.#call('control.stop', () => this.kills.get(number) ?? null);
  }

  resume(number: number): Promise<unknown> {
    return this.#call('control.resume', () => this.resumes.get(number) ?? null);
  }

  abort(number: number): Promise<unknown> {
    return this.#call('control.abort', () => this.aborts.get(number) ?? null);
  }

  stops(from: number): Promise<NumberedStop[]> {
    return this.#call('control.stops', () => {
      const found: NumberedStop[] = [];
      for (let number = from; ; number += 1) {
        const stop = this.kills.get(number);
        if (stop === undefined) return found;
        found.push({ ...stop, number });
      }
    });
  }

  putSigned(word: keyof SignedRows, number: number, envelope: unknown, read: SignedRows): Promise<boolean> {
    return this.#call('control.putSigned', () => {
      const there = { resume: this.resumes.get(number) ?? null, abort: this.aborts.get(number) ?? null };
      if (canonicalJson(there[word]) === canonicalJson(envelope)) return true;
      if (canonicalJson(there) !== canonicalJson(read)) return false;
      (word === 'resume' ? this.resumes : this.aborts).set(number, structuredClone(envelope));
      return true;
    });
  }

  suspension(name: string, number: number): Promise<Suspension | null> {
    return this.#call('control.suspension', () => this.suspensions.get(`${name}/${number}`) ?? null);
  }

  reinstatement(name: string, number: number): Promise<unknown> {
    return this.#call('control.reinstatement', () => this.reinstatements.get(`${name}/${number}`) ?? null);
  }

  putSuspension(name: string, number: number, row: Suspension, read: Suspension | null): Promise<boolean> {
    return this.#call('control.putSuspension', () => {
      const there = this.suspensions.get(`${name}/${number}`) ?? null;
      if (there !== null && canonicalJson(there) === canonicalJson(row)) return true;
      if (read === null ? there !== null : canonicalJson(there?.envelope ?? null) !== canonicalJson(read.envelope))
        return false;
      this.suspensions.set(`${name}/${number}`, structuredClone(row));
      return true;
    });
  }

  lastSuspension(name: string, from: number): Promise<number> {
    return this.#call('control.lastSuspension', () => {
      let last = from;
      while (this.suspensions.has(`${name}/${last + 1}`)) last += 1;
      return last;
    });
  }

  putReinstatement: SuspensionStore['putReinstatement'] = (name, number, envelope, read) =>
    this.#call('control.putReinstatement', () => {
      const key = `${name}/${number}`;
      const there = this.reinstatements.get(key) ?? null;
      if (canonicalJson(there) === canonicalJson(envelope)) return true;
      const beside = this.suspensions.get(key)?.envelope ?? null;
      if (canonicalJson([there, beside]) !== canonicalJson([read.reinstatement, read.suspension.envelope]))
        return false;
      this.reinstatements.set(key, structuredClone(envelope));
      return true;
    });

  putStop(number: number, stop: Stop): Promise<'put' | 'taken' | 'known'> {
    return this.#call('control.putStop', () => {
      if (this.stopped.has(stop.eventId)) return 'known';
      if (this.kills.has(number)) return 'taken';
      this.stopped.add(stop.eventId);
      this.kills.set(number, stop);
      return 'put';
    });
  }

  #read(key: QuestionKey): StoredQuestion | null {
    const row = this.questions.get(nameOf(key));
    return row ? storedQuestion(key, structuredClone(row)) : null;
  }

  #of(incidentId: string): StoredQuestion[] {
    return [...this.questions.keys()].flatMap((name) => {
      const sortKey = name.slice(incidentId.length + 1);
      const isOf = name === nameOf({ incidentId, sortKey }) && questionPrefixes.some((one) => sortKey.startsWith(one));
      return (isOf && this.#read({ incidentId, sortKey })) || [];
    });
  }

  #change(key: QuestionKey, condition: (row: Row) => boolean, change: Row): boolean {
    const row = this.questions.get(nameOf(key));
    if (!row || !condition(row)) return false;
    this.questions.set(nameOf(key), structuredClone({ ...row, ...change }));
    return true;
  }

  async #call<T>(name: string, effect: () => T): Promise<T> {
    await this.port(name);
    const answer = effect();
    await this.after(name);
    return answer;
  }
}

function isPending({ status }: Row): boolean {
  return status === 'PENDING';
}

function nameOf({ incidentId, sortKey }: QuestionKey): string {
  return `${incidentId}/${sortKey}`;
}

function bySortKey(a: StoredQuestion, b: StoredQuestion): number {
  return a.sortKey < b.sortKey ? -1 : 1;
}
