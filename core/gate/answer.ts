/** The shape of the gate's answer. */

import type { Derived } from '../derive/derive.ts';
import type { Dispatch } from '../dispatch.ts';
import { historyLimits } from '../limits.ts';
import type { GateDecision, IncidentStatus, QuestionKind, Reason } from '../words.ts';

/** `seconds` counts for `wait`, `status` for `halt` and `done`, `derived` for `proceed`, `ask` and `skip`, but for what is only looked at again. */
export interface GateAnswer {
  readonly decision: GateDecision;
  readonly dispatch: Dispatch | null;
  readonly seconds: number;
  readonly status: IncidentStatus | null;
  readonly reasons: readonly Reason[];
  readonly derived: Derived | null;
  /** What is asked about the dispatch; null where nothing is asked. */
  readonly asks: QuestionKind | null;
  /** Whether people must have signed it, whatever is to be done next: a later wave goes out under the signature of the first. */
  readonly signed: boolean;
}

const nothing = { dispatch: null, seconds: 0, status: null, derived: null, asks: null, signed: false } as const;

/** An answer that ends the incident. */
export function finish(decision: 'halt' | 'done', status: IncidentStatus, rule: string, text: string): GateAnswer {
  return { ...nothing, decision, status, reasons: [{ rule, text }] };
}

/** An answer that holds the machine: it asks again after so many seconds, at least one and at most a minute. */
export function wait(seconds: number, rule: string, text: string): GateAnswer {
  const whole = Math.min(historyLimits.longestWaitSeconds, Math.max(1, Math.ceil(seconds)));
  return { ...nothing, decision: 'wait', seconds: whole, reasons: [{ rule, text }] };
}
