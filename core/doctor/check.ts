/** What `countersign doctor` answers: one finding per thing it looked at, and the exit code that follows from all of them. */

/** In the order in which they are told. */
export const checkNames = [
  'credentials',
  'clock',
  'stack',
  'kill switch',
  'stop alarms',
  'tables',
  'document',
  'archive',
  'dead letters',
  'drift',
  'slack',
  'channel',
  'url',
  'model',
  'instances',
  'agents',
] as const;
export type CheckName = (typeof checkNames)[number];

/** `warn`: it works, and somebody should look. `cannot_tell`: it was not seen, so nothing is said of it. */
export type CheckOutcome = 'ok' | 'warn' | 'fail' | 'cannot_tell';

export interface Check {
  readonly name: CheckName;
  readonly outcome: CheckOutcome;
  /** What was seen, in one sentence. */
  readonly seen: string;
  /** What to do; null where nothing has to be done. */
  readonly next: string | null;
}

export const ok = (name: CheckName, seen: string): Check => ({ name, outcome: 'ok', seen, next: null });
export const warn = (name: CheckName, seen: string, next: string): Check => ({ name, outcome: 'warn', seen, next });
export const fail = (name: CheckName, seen: string, next: string): Check => ({ name, outcome: 'fail', seen, next });
export const cannotTell = (name: CheckName, seen: string, next: string): Check => ({
  name,
  outcome: 'cannot_tell',
  seen,
  next,
});

/** What a look at one thing brought: its value, or why it was not seen. */
export type Look<T> = { readonly value: T } | { readonly failure: Failure };

/** Why something could not be looked at, told apart as far as people would do something else about it. */
export interface Failure {
  readonly kind:
    | 'no_credentials'
    | 'expired'
    | 'invalid'
    | 'clock'
    | 'no_region'
    | 'denied'
    | 'missing'
    | 'unreachable'
    | 'other';
  readonly text: string;
}

/** 1 when something fails, else 2 when something cannot be told, else 0. */
export function exitCodeOf(checks: readonly Check[]): 0 | 1 | 2 {
  if (checks.some(({ outcome }) => outcome === 'fail')) return 1;
  return checks.some(({ outcome }) => outcome === 'cannot_tell') ? 2 : 0;
}
