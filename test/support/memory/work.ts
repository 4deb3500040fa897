/** The Work table in memory, with hooks for faults before and after a call's effect, and rows that a test may plant. */
import type { WorkStore } from '../../../adapters/dynamodb/work.ts';
import type { Evidence } from '../../../core/alarm/evidence.ts';
import type { StoredOutput } from '../../../core/derive/outcome.ts';
import { type Dispatch, dispatchName } from '../../../core/dispatch.ts';
import { storable } from '../../../core/report/show.ts';
import { incidentIdOf } from '../../../core/subject.ts';
import type { Anchor } from '../../../core/use-cases/keeping.ts';
import type { Ring } from '../../../core/use-cases/opening.ts';
import { type IncidentRow, lockOf } from '../../../core/use-cases/opening.ts';

interface OpenItem {
  rung: number;
  changes: number;
  state: string | null;
  changedAt: string | null;
}

export class MemoryWork implements WorkStore {
  readonly rows = new Map<string, IncidentRow>();
  readonly opened = new Map<string, OpenItem>();
  readonly locks = new Map<string, string>();
  /** Relation → the incident that was the first of it. */
  readonly anchors = new Map<string, string>();
  readonly votes = new Map<string, unknown>();
  readonly evidence = new Map<string, readonly Evidence[]>();
  /** Incident → `dispatch#host` → what it printed. */
  readonly outputs = new Map<string, Map<string, { dispatch: Dispatch; output: StoredOutput }>>();
  readonly undelivered = new Map<string, number>();
  /** Called before each call's effect; what it throws is thrown. */
  port: (name: string) => void | Promise<void> = () => {};
  /** Called after each call's effect: an error thrown here is an answer that was lost. */
  after: (name: string) => void | Promise<void> = () => {};

  open = (incidentId: string, lock: string, row: IncidentRow, anchors: readonly Anchor[] = []) =>
    this.#call('work.open', (): 'opened' | 'exists' | 'locked' | 'related' => {
      const holder = this.locks.get(lock);
      if (holder !== undefined && this.opened.has(holder)) return holder === incidentId ? 'exists' : 'locked';
      const own = this.rows.get(incidentId);
      if (own && incidentIdOf(own.subject) === incidentId) return 'exists';
      if (anchors.some(({ relation, incidentId: before }) => (this.anchors.get(relation) ?? null) !== before))
        return 'related';
      for (const { relation } of anchors) this.anchors.set(relation, incidentId);
      const changedAt = row.subject.kind === 'alarm' ? row.subject.stateChangedAt : null;
      this.rows.set(incidentId, row);
      this.opened.set(incidentId, { rung: 1, changes: 0, state: 'ALARM', changedAt });
      this.locks.set(lock, incidentId);
      return 'opened';
    });

  ring = (incidentId: string, { state, changedAt }: Ring) =>
    this.#call('work.ring', (): 'changed' | 'counted' | 'closed' => {
      const item = this.opened.get(incidentId);
      if (!item) return 'closed';
      item.rung += 1;
      if ((item.state === state && item.changedAt === changedAt) || item.changes >= 10) return 'counted';
      Object.assign(item, { changes: item.changes + 1, state, changedAt });
      return 'changed';
    });

  lockedBy = (lock: string) =>
    this.#call('work.lockedBy', () => {
      const holder = this.locks.get(lock);
      return holder !== undefined && this.opened.has(holder) ? holder : null;
    });

  incidentRow = (incidentId: string) => this.#call('work.incidentRow', () => this.rows.get(incidentId) ?? null);

  openIncidents = () => this.#call('work.openIncidents', () => [...this.opened.keys()]);

  doorbells = (incidentId: string) =>
    this.#call('work.doorbells', () => {
      const item = this.opened.get(incidentId);
      return item ? { rung: item.rung, changes: item.changes } : null;
    });

  release = (incidentId: string) =>
    this.#call('work.release', () => {
      const subject = this.rows.get(incidentId)?.subject;
      const lock = subject?.kind === 'alarm' ? lockOf(subject.alarmArn, subject.contributorId) : '';
      if (this.locks.get(lock) === incidentId) this.locks.delete(lock);
      this.opened.delete(incidentId);
    });

  readEvidence = (incidentId: string) => this.#call('work.readEvidence', () => this.evidence.get(incidentId) ?? []);
  saveEvidence = (incidentId: string, evidence: readonly Evidence[]) =>
    this.#call('work.saveEvidence', () => void this.evidence.set(incidentId, evidence));

  vote = (key: string) => this.#call('work.vote', () => this.votes.get(key) ?? null);

  keepVote = (key: string, vote: unknown) => this.#call('work.keepVote', () => void this.votes.set(key, vote));

  saveOutput = (incidentId: string, dispatch: Dispatch, output: StoredOutput) =>
    this.#call('work.saveOutput', () => {
      const rows = this.outputs.get(incidentId) ?? new Map();
      rows.set(`${dispatchName(dispatch)}#${output.target}`, { dispatch, output: storable(output) });
      this.outputs.set(incidentId, rows);
    });

  shown = (incidentId: string) =>
    this.#call('work.shown', () => ({
      evidence: this.evidence.get(incidentId) ?? [],
      outputs: [...(this.outputs.get(incidentId)?.values() ?? [])].map(({ dispatch, output }) => ({
        dispatch,
        outputs: [output],
      })),
    }));

  countUndelivered = (incidentId: string) =>
    this.#call('work.countUndelivered', () => {
      const rounds = (this.undelivered.get(incidentId) ?? 0) + 1;
      this.undelivered.set(incidentId, rounds);
      return rounds;
    });

  /** An OPEN item as somebody with PutItem could put it. */
  plantOpen(incidentId: string): void {
    this.opened.set(incidentId, { rung: 0, changes: 0, state: null, changedAt: null });
  }

  async #call<T>(name: string, effect: () => T): Promise<T> {
    await this.port(name);
    const answer = effect();
    await this.after(name);
    return answer;
  }
}
