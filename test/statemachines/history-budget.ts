/** The worst history that a definition can make of an incident's limits, counted as Step Functions counts events. */
import type { HistoryLimits } from '../../core/limits.ts';

/** The part of a state machine's definition that a history depends on. */
export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly TimeoutSeconds?: number;
  readonly Choices?: readonly { readonly Next: string; readonly Condition: string }[];
  readonly Catch?: readonly {
    readonly Next: string;
    readonly ErrorEquals: readonly string[];
    readonly Assign?: unknown;
  }[];
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts?: number }[];
}

/** How a budget comes about; every number counts events. */
export interface HistoryBudget {
  /** One tick of waiting for people, when the question could not be put: Ask, AskFailed, Settle, Settled. */
  readonly askRound: number;
  /** One minute in which AWS does not answer Plan, or Close: Task, Choice, Wait. */
  readonly planRound: number;
  readonly closeRound: number;
  readonly pollRound: number;
  /** One minute of holding: an alarm that recovers, a stop, a throttle, a dispatch that is stale. */
  readonly holdRound: number;
  /** One dispatch from the gate to the gate, looked at until the looks are a tick apart. */
  readonly dispatch: number;
  /** One question from the gate to the gate, whose answer turns out to be stale. */
  readonly question: number;
  /** What happens once: start, Plan, the last Gate, Close and their retries. */
  readonly once: number;
  readonly total: number;
}

/** How many looks are less than the longest wait apart, the first of the longest ones included. */
function quickLooks(longest: number): number {
  return Math.ceil(Math.log2(longest));
}

/** Events of passing one state once; Step Functions' own counts, with every retry used up. */
export function stateEvents(state: State): number {
  const retries = (state.Retry ?? []).reduce((sum, retry) => sum + (retry.MaxAttempts ?? 3), 0);
  switch (state.Type) {
    case 'Task':
      // Entered, Scheduled, Started, Succeeded, Exited; a callback adds Submitted; a retry adds Scheduled, Started, Failed.
      return (state.Resource?.endsWith('.waitForTaskToken') ? 6 : 5) + 3 * retries;
    case 'Choice':
    case 'Wait':
    case 'Pass':
    case 'Succeed':
      return 2;
    case 'Fail':
      return 1;
    default:
      throw new Error(`history budget: no event count is known for a state of type "${state.Type}"; add one`);
  }
}

/** Where a state may lead: Next, Choices, Default and Catch. */
export function successors(state: State): readonly string[] {
  const nexts = [
    state.Next,
    state.Default,
    ...(state.Choices ?? []).map((c) => c.Next),
    ...(state.Catch ?? []).map((c) => c.Next),
  ];
  return [...new Set(nexts.filter((next) => next !== undefined))];
}

/**
 * The most events of a way from `from` until `to` is entered again or at last, passing no state twice and none of `without`.
 * The definition is small (about a dozen states), so all ways are tried. 0 = there is none.
 */
export function longestWay(definition: Definition, from: string, to: string, without: readonly string[] = []): number {
  const walk = (name: string, seen: ReadonlySet<string>): number => {
    const state = definition.States[name];
    if (state === undefined) throw new Error(`history budget: the definition has no state "${name}"`);
    const rest = successors(state).map((next) => {
      if (next === to) return 0;
      return seen.has(next) || without.includes(next) ? -1 : walk(next, new Set([...seen, next]));
    });
    const longest = Math.max(-1, ...rest);
    return longest < 0 ? -1 : stateEvents(state) + longest;
  };
  return Math.max(0, walk(from, new Set([from])));
}

/**
 * The most events that one incident can record. Minutes are paid at the dearest round that takes a minute, dispatches and
 * questions by the piece; all are paid in full although no incident can spend them all.
 */
export function worstCaseHistory(definition: Definition, limits: HistoryLimits): HistoryBudget {
  const way = (from: string, to: string, without: readonly string[]) => longestWay(definition, from, to, without);
  const askRound = way('Ask', 'Ask', ['Gate', 'Close', 'Execute']);
  const planRound = way('Plan', 'Plan', ['Gate', 'Close']);
  const closeRound = way('Close', 'Close', []);
  const pollRound = way('Poll', 'Poll', ['Gate', 'Hold', 'Close']);
  const holdRound = way('Hold', 'Hold', ['Close', 'Ask', 'Pause']);
  const quick = quickLooks(limits.longestWaitSeconds);
  const dispatch = way('Gate', 'Gate', ['Close', 'Ask', 'Hold', 'Pause']) + quick * pollRound;
  const question = way('Gate', 'Gate', ['Close', 'AskFailed', 'Pause']);
  const ends =
    way(definition.StartAt, 'Gate', ['Close', 'PlanAgain']) +
    way('Gate', 'Ended', ['Ask', 'Execute', 'Hold', 'CloseAgain']) +
    4;
  const once = ends + quick * holdRound;
  const tick = Math.min(definition.States.Ask?.TimeoutSeconds ?? Number.NaN, limits.longestWaitSeconds);
  const minutes =
    Math.ceil(limits.maximumAgeSeconds / tick) * Math.max(askRound, pollRound, holdRound, planRound, closeRound);
  const pieces = limits.maximumDispatches * dispatch + limits.maximumQuestions * question;
  return {
    askRound,
    planRound,
    closeRound,
    pollRound,
    holdRound,
    dispatch,
    question,
    once,
    total: minutes + pieces + once,
  };
}
