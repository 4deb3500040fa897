/** The shape of the gate's answer. */

import type { Derived } from '../derive/derive.ts';
import type { Dispatch } from '../dispatch.ts';
import type { GateDecision, IncidentStatus } from '../words.ts';

export interface GateReason {
  readonly rule: string;
  readonly text: string;
}

/** `seconds` counts for `wait`, `status` for `halt` and `done`, `derived` for `proceed`, `ask` and `skip`. */
export interface GateAnswer {
  readonly decision: GateDecision;
  readonly dispatch: Dispatch | null;
  readonly seconds: number;
  readonly status: IncidentStatus | null;
  readonly reasons: readonly GateReason[];
  readonly derived: Derived | null;
}

/** An answer that ends the incident. */
export function finish(decision: 'halt' | 'done', status: IncidentStatus, rule: string, text: string): GateAnswer {
  return { decision, dispatch: null, seconds: 0, status, reasons: [{ rule, text }], derived: null };
}
