/** Dispatches in memory: the same answers as the table's, in the same order, for worlds in which nothing else is real. */
import {
  Burn,
  type BurnAnswer,
  type BurnRequest,
  type DispatchesWriter,
  type Lease,
  type Slot,
} from '../../../core/burn.ts';
import { type Dispatch, dispatchKey, sameDispatch } from '../../../core/dispatch.ts';

/** What a burn checks in Control, looked at in the same moment as everything else. */
export interface ControlLook {
  /** Stops by their number. */
  readonly kills: ReadonlyMap<number, unknown>;
  /** Suspensions by `name/number`. */
  readonly suspensions: ReadonlyMap<string, unknown>;
  /** Rows of questions by `incidentId/sortKey`. */
  readonly questions: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

export class MemoryDispatches implements DispatchesWriter {
  /** By dispatch key. What a test puts here is read as it is, so that rows of a stranger can be tried. */
  readonly burnt = new Map<string, Burn>();
  /** Dispatch keys that the first release burnt. */
  readonly byFirstRelease = new Set<string>();
  readonly leases: Lease[] = [];
  readonly taken: (Slot & { readonly at: string })[] = [];
  /** Called before each call's effect, by its name: may wait, or throw. */
  port: (name: string) => void | Promise<void> = () => {};
  /** Called after each call's effect: an error thrown here is an answer that was lost. */
  after: (name: string) => void | Promise<void> = () => {};
  /** Called with each burn at the moment of its effect. */
  onBurn: (burn: Burn) => void = () => {};
  readonly #control: ControlLook;

  constructor({ control }: { readonly control: ControlLook }) {
    this.#control = control;
  }

  burns(incidentId: string): Promise<Burn[]> {
    return this.#call('dispatches.burns', () =>
      structuredClone([...this.burnt.values()].filter((burn) => burn.incidentId === incidentId)),
    );
  }

  burntByFirstRelease(incidentId: string, dispatches: readonly Dispatch[]): Promise<Dispatch[]> {
    return this.#call('dispatches.burntByFirstRelease', () =>
      dispatches.filter((dispatch) => this.byFirstRelease.has(dispatchKey(incidentId, dispatch))),
    );
  }

  slots(rows: readonly string[]): Promise<{ row: string; number: number; at: string }[]> {
    return this.#call('dispatches.slots', () => structuredClone(this.taken.filter(({ row }) => rows.includes(row))));
  }

  lease(host: string): Promise<Lease | null> {
    return this.#call('dispatches.lease', () => {
      const own = this.leases.filter((lease) => lease.host === host);
      return structuredClone(own.toSorted((a, b) => b.number - a.number)[0] ?? null);
    });
  }

  burn(request: BurnRequest): Promise<BurnAnswer> {
    return this.#call('dispatches.burn', () => {
      const refused = this.#refusal(request);
      if (refused) return refused;
      const burn = Burn.parse(structuredClone(request.burn));
      this.burnt.set(dispatchKey(burn.incidentId, burn.dispatch), burn);
      this.taken.push(...request.slots.map((slot) => ({ ...slot, at: burn.at })));
      this.leases.push(...structuredClone(request.leases));
      this.onBurn(burn);
      return { kind: 'burnt' };
    });
  }

  /** All or nothing: every condition is looked at before anything is put. */
  #refusal({ burn, question, slots, leases }: BurnRequest): BurnAnswer | null {
    const key = dispatchKey(burn.incidentId, burn.dispatch);
    const before = [...this.burnt.values()].find(
      ({ incidentId, dispatch }) => incidentId === burn.incidentId && sameDispatch(dispatch, burn.dispatch),
    );
    if (before || this.byFirstRelease.has(key)) return { kind: 'used', burn: structuredClone(before ?? null) };
    if (this.#control.kills.has(burn.switch)) return { kind: 'stopped' };
    const asked = question && this.#control.questions.get(`${burn.incidentId}/${question.sortKey}`);
    if (question && !(asked?.status === 'APPROVED' && asked.digest === question.digest))
      return { kind: 'not_approved' };
    const voter = question?.voters.find(({ name, number }) => this.#control.suspensions.has(`${name}/${number}`));
    if (voter) return { kind: 'suspended', name: voter.name };
    const slot = slots.find(({ row, number }) => this.taken.some((one) => one.row === row && one.number === number));
    if (slot) return { kind: 'slot_taken', row: slot.row };
    const lease = leases.find(({ host, number }) =>
      this.leases.some((one) => one.host === host && one.number === number),
    );
    return lease ? { kind: 'lease_taken', host: lease.host } : null;
  }

  async #call<T>(name: string, act: () => T): Promise<T> {
    await this.port(name);
    const answer = act();
    await this.after(name);
    return answer;
  }
}
