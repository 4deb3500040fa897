/** What goes wrong between Countersign and its hosts when a test says so: calls that fail, agents that go, hosts that end otherwise. */
import { SsmError } from './error.ts';

/**
 * `throttled` and `error` before anything happens; `error_after`, `reset` and `hanging` after it did: an answer of 500, a
 * connection that is cut, and none at all.
 */
export type CallFault = 'throttled' | 'error' | 'error_after' | 'reset' | 'hanging';

/** How a command ends on a host, whatever its script does. */
export interface HostFault {
  /** SSM's StatusDetails, as SSM writes it. */
  readonly details: string;
  /** Whether the script ran all the same. */
  readonly ran: boolean;
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

export type PingStatus = 'Online' | 'ConnectionLost';

/** An answer that the server must not give; `kind` says what it does instead. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
  readonly kind: 'error_after' | 'reset' | 'hanging';

  constructor(kind: 'error_after' | 'reset' | 'hanging') {
    super(kind);
    this.kind = kind;
  }
}

export class Faults {
  readonly #calls = new Map<string, CallFault[]>();
  readonly #rates = new Map<string, { readonly perSecond: number; tokens: number; at: number }>();
  readonly #hosts = new Map<string, HostFault[]>();
  readonly #agents = new Map<string, PingStatus>();

  /** The next `times` calls of this action. */
  call(action: string, fault: CallFault, times = 1): void {
    this.#calls.set(action, [...(this.#calls.get(action) ?? []), ...Array<CallFault>(times).fill(fault)]);
  }

  /** From now on at most so many calls of this action a second, and as many at once; others are throttled. */
  rate(action: string, perSecond: number): void {
    this.#rates.set(action, { perSecond, tokens: perSecond, at: Date.now() });
  }

  /** The next command on this host. */
  host(instanceId: string, fault: HostFault): void {
    this.#hosts.set(instanceId, [...(this.#hosts.get(instanceId) ?? []), fault]);
  }

  /** An agent that lost its connection hears of no command, and is listed so. */
  agent(instanceId: string, status: PingStatus): void {
    this.#agents.set(instanceId, status);
  }

  pingStatus(instanceId: string): PingStatus {
    return this.#agents.get(instanceId) ?? 'Online';
  }

  nextOn(instanceId: string): HostFault | null {
    return this.#hosts.get(instanceId)?.shift() ?? null;
  }

  /** Performs a call as the scripted faults have it. Throws ThrottlingException, InternalServerError, Unanswered. */
  perform<Answer>(action: string, call: () => Answer): Answer {
    const fault = this.#isTooMuch(action) ? 'throttled' : this.#calls.get(action)?.shift();
    if (fault === 'throttled') throw new SsmError('ThrottlingException', 'Rate exceeded');
    if (fault === 'error') throw new SsmError('InternalServerError', 'An error occurred on the server side.');
    const answer = call();
    if (fault !== undefined) throw new Unanswered(fault);
    return answer;
  }

  #isTooMuch(action: string): boolean {
    const bucket = this.#rates.get(action);
    if (bucket === undefined) return false;
    const now = Date.now();
    bucket.tokens = Math.min(bucket.perSecond, bucket.tokens + ((now - bucket.at) / 1000) * bucket.perSecond);
    bucket.at = now;
    if (bucket.tokens < 1) return true;
    bucket.tokens -= 1;
    return false;
  }
}
