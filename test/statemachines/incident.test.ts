/** The state machine's definition: every wait ends, every failure is caught, nothing that acts is tried twice. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { type HistoryLimits, historyLimits, nextWait } from '../../core/limits.ts';
import { DispatchOutcome, GateDecision, SettleDecision } from '../../core/words.ts';
import { type Definition, longestWay, type State, successors, worstCaseHistory } from './history-budget.ts';

type FullState = State & {
  readonly Arguments?: { readonly FunctionName: string; readonly Payload: Record<string, unknown> };
  readonly Seconds?: unknown;
  readonly Assign?: unknown;
  readonly Output?: unknown;
};
type FullDefinition = Definition & {
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, FullState>>;
};

const text = readFileSync('statemachines/incident.asl.json', 'utf8');
const definition: FullDefinition = JSON.parse(text);
const states = Object.entries(definition.States);
const tasks = states.filter(([, { Type }]) => Type === 'Task');
const state = (name: string): FullState => definition.States[name] as FullState;
const catches = (name: string) => state(name).Catch?.map(({ ErrorEquals, Next }) => [ErrorEquals, Next]);

/** Lambda's own errors: the function was busy, or it is not known whether it ran. */
const throttles = ['TooManyRequests', 'Service', 'AWSLambda', 'SdkClient'].map((name) => `Lambda.${name}Exception`);

/** Where a Choice leads for a word: the rule that names it, else Default. */
function routeOf(choice: string, word: string): string | undefined {
  const rule = state(choice).Choices?.find(({ Condition }) => Condition.includes(`'${word}'`));
  return rule?.Next ?? state(choice).Default;
}

describe('the definition', () => {
  test('is valid Amazon States Language', () => {
    const validate = createRequire(import.meta.url)('asl-validator');
    const { isValid, errorsText } = validate(JSON.parse(text.replaceAll(/\$\{Partition\}/g, 'aws')));
    expect(isValid, errorsText?.('\n')).toBe(true);
  });

  test('has the states of the design and no way to one that is not there', () => {
    expect(Object.keys(definition.States).sort()).toEqual(
      'Ask AskFailed Close CloseAgain Closed Ended Execute Foreign Gate Hold Pause Plan PlanAgain Planned Poll Sent Settle Settled Unclosed Verdict'.split(
        ' ',
      ),
    );
    for (const [, one] of states) for (const next of successors(one)) expect(definition.States).toHaveProperty(next);
  });

  test('ends: every task has a literal time-out, and so has the machine, a little after the oldest incident', () => {
    for (const [name, { TimeoutSeconds }] of tasks) expect(Number.isInteger(TimeoutSeconds), name).toBe(true);
    expect(definition.TimeoutSeconds).toBeGreaterThan(historyLimits.maximumAgeSeconds);
    expect(definition.TimeoutSeconds).toBeLessThanOrEqual(historyLimits.maximumAgeSeconds + 900);
  });

  test('catches everything: tasks end in Close, Ask waits its tick out, a failing Close fails the execution', () => {
    for (const name of ['Gate', 'Settle', 'Execute', 'Poll'])
      expect(catches(name)?.at(-1), name).toEqual([['States.ALL'], 'Close']);
    expect(catches('Plan')?.at(-1)).toEqual([['States.ALL'], 'Planned']);
    expect(catches('Ask')).toEqual([
      [['States.Timeout', 'AlreadyDecided'], 'Settle'],
      [['Again', ...throttles], 'AskFailed'],
      [['States.ALL'], 'AskFailed'],
    ]);
    expect(catches('Close')?.at(-1)).toEqual([['States.ALL'], 'Unclosed']);
    expect(tasks.map(([name]) => name).sort()).toEqual('Ask Close Execute Gate Plan Poll Settle'.split(' '));
  });

  test('waits a minute when a function was throttled or Lambda failed: a second call finds what the first did', () => {
    const onward: Record<string, string> = {
      Plan: 'Planned',
      Gate: 'Hold',
      Settle: 'AskFailed',
      Poll: 'Pause',
      Execute: 'Hold',
      Close: 'Closed',
    };
    for (const [name, next] of Object.entries(onward)) expect(catches(name)?.[0], name).toEqual([throttles, next]);
  });

  test('comes back to every state that answers `again`, a minute later', () => {
    expect(routeOf('Planned', 'again')).toBe('PlanAgain');
    expect(state('PlanAgain')).toMatchObject({ Type: 'Wait', Seconds: 60, Next: 'Plan' });
    expect(state('PlanAgain').Output).toEqual({ incidentId: '{% $incidentId %}' });
    expect(routeOf('Verdict', 'again')).toBe('Hold');
    expect(routeOf('Sent', 'again')).toBe('Hold');
    for (const name of ['Verdict', 'Sent'])
      expect(state(name).Choices?.find(({ Condition }) => Condition.includes("'again'"))).toMatchObject({
        Assign: { seconds: 60 },
      });
    expect(routeOf('Settled', 'again')).toBe('AskFailed');
    expect(state('AskFailed')).toMatchObject({ Type: 'Wait', Next: 'Settle' });
    // A look that AWS did not answer is no end of a command, and never leads back to the gate.
    expect(state('Poll').Output).toEqual({
      outcome: "{% $states.result.Payload.outcome = 'again' ? 'running' : $states.result.Payload.outcome %}",
    });
    expect(routeOf('Sent', 'running')).toBe('Pause');
    expect(routeOf('Closed', 'again')).toBe('CloseAgain');
    expect(routeOf('Closed', 'closed')).toBe('Ended');
    expect(state('CloseAgain')).toMatchObject({ Type: 'Wait', Seconds: 60, Next: 'Close' });
  });

  test('tells Settle whether a question was lost to AWS, which is no round without a card', () => {
    expect(state('Settle').Arguments?.Payload.again).toBe('{% $again %}');
    expect(state('Ask').Catch?.map(({ Assign }) => Assign)).toEqual([
      { again: false },
      { again: true },
      { again: false },
    ]);
    expect(state('Plan').Assign).toMatchObject({ again: false });
    expect(state('Ask').Assign).toEqual({ again: false });
  });

  test('tries nothing again but Plan and Close, and these only when the service failed, not the function', () => {
    const retried = tasks.filter(([, { Retry }]) => Retry !== undefined).map(([name]) => name);
    expect(retried.sort()).toEqual(['Close', 'Plan']);
    for (const name of retried)
      for (const error of state(name).Retry?.flatMap(({ ErrorEquals }) => ErrorEquals) ?? [])
        expect(error).toMatch(/^Lambda\.(TooManyRequests|Service|AWSLambda|SdkClient)Exception$/);
  });

  test('carries ids and words only: no state hands a whole answer or error on', () => {
    for (const [name, one] of states)
      if (one.Type === 'Task') expect(Object.keys((one.Output as object) ?? { whole: 1 }).length, name).toBeLessThan(2);
    for (const [name, { Arguments }] of tasks)
      for (const key of Object.keys(Arguments?.Payload ?? {}))
        expect(['incidentId', 'dispatch', 'token', 'status', 'cause', 'execution', 'again'], name).toContain(key);
    expect(text).not.toMatch(/errorOutput(?!\.Error\b)|result(?!\.Payload\.\w)/);
  });

  test('tells Plan its own name, and ends when that is not the incident’s, also when Plan failed', () => {
    expect(state('Plan').Arguments?.Payload.execution).toBe('{% $states.context.Execution.Name %}');
    expect(['foreign', 'failed', 'planned', 'nonsense'].map((word) => routeOf('Planned', word))).toEqual([
      'Foreign',
      'Close',
      'Gate',
      'Gate',
    ]);
    expect(state('Foreign').Type).toBe('Fail');
    // A genuine execution's failing Plan is closed; a stranger's reaches neither Close nor Gate.
    expect(state('Plan').Next).toBe('Planned');
    expect(JSON.stringify(state('Plan').Catch)).toContain(
      "$states.context.Execution.Name = $states.input.incidentId ? 'failed' : 'foreign'",
    );
    const before = states.filter(([, one]) => successors(one).includes('Planned')).map(([name]) => name);
    expect(before).toEqual(['Plan']);
  });

  test('hands the token to nobody but the function that stores it', () => {
    expect(tasks.filter(([, one]) => JSON.stringify(one).includes('Task.Token')).map(([name]) => name)).toEqual([
      'Ask',
    ]);
  });

  test('routes every word, and what is no word to the safe side', () => {
    const gate = { proceed: 'Execute', ask: 'Ask', skip: 'Gate', wait: 'Hold', halt: 'Close', done: 'Close' };
    const routes = (choice: string, words: readonly string[]) =>
      Object.fromEntries(words.map((word) => [word, routeOf(choice, word)]));
    expect(routes('Verdict', GateDecision.options)).toEqual(gate);
    expect(routeOf('Verdict', 'nonsense')).toBe('Close');
    expect(routes('Settled', SettleDecision.options)).toEqual({
      waiting: 'Ask',
      approved: 'Execute',
      answered: 'Gate',
      rejected: 'Gate',
      expired: 'Gate',
      undeliverable: 'Gate',
    });
    const onward: Record<string, string> = { running: 'Pause', stale: 'Hold' };
    for (const word of [...DispatchOutcome.options, 'nonsense'])
      expect(routeOf('Sent', word), word).toBe(onward[word] ?? 'Gate');
    const stale = state('Sent').Choices?.find(({ Next }) => Next === 'Hold');
    expect(stale).toMatchObject({ Assign: { seconds: 60 } });
  });

  test('sends only what Gate or Settle allowed', () => {
    const before = states.filter(([, one]) => successors(one).includes('Execute')).map(([name]) => name);
    expect(before.sort()).toEqual(['Settled', 'Verdict']);
    expect(state('Settle').Next).toBe('Settled');
  });
});

describe('the history budget', () => {
  const budget = worstCaseHistory(definition, historyLimits);

  test('counts a round of asking, polling and holding, a dispatch and a question, as Step Functions does', () => {
    expect(budget).toMatchObject({
      askRound: 15,
      planRound: 18,
      closeRound: 18,
      pollRound: 9,
      holdRound: 16,
      dispatch: 14 + 6 * 9,
      question: 29,
    });
  });

  test('is below 20,000 of the 25,000 events that an execution may record', () => {
    expect(budget.total).toBeLessThan(20_000);
    expect(budget.total).toBeGreaterThan(480 * 18 + 100 * 68 + 150 * 29);
    expect(budget.total).toBeLessThan(historyLimits.maximumEvents);
  });

  test('pays dispatches and questions apart', () => {
    const more = (change: Partial<HistoryLimits>) =>
      worstCaseHistory(definition, { ...historyLimits, ...change }).total - budget.total;
    expect(more({ maximumDispatches: historyLimits.maximumDispatches + 1 })).toBe(budget.dispatch);
    expect(more({ maximumQuestions: historyLimits.maximumQuestions + 1 })).toBe(budget.question);
  });

  test('grows when a state is added to a round or a retry to a task', () => {
    const changed = structuredClone(definition) as { States: Record<string, object> };
    changed.States.Detour = { Type: 'Pass', Next: 'Settle' };
    changed.States.AskFailed = { ...state('AskFailed'), Next: 'Detour' };
    expect(worstCaseHistory(changed as Definition, historyLimits).askRound).toBe(17);
    changed.States.Poll = { ...state('Poll'), Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }] };
    expect(worstCaseHistory(changed as Definition, historyLimits).pollRound).toBe(15);
  });

  test('leaves no round unpaid: without ticks, waits and the gate nothing goes round', () => {
    const paid = ['Ask', 'AskFailed', 'Hold', 'Pause', 'Gate', 'PlanAgain', 'CloseAgain'];
    for (const [name] of states)
      if (!paid.includes(name)) expect(longestWay(definition, name, name, paid), name).toBe(0);
  });

  test('looks again after 2, 4, 8 … 60 seconds, without a memory', () => {
    const waits: number[] = [];
    for (let elapsed = 0; waits.length < 8; elapsed += waits.at(-1) ?? 0) waits.push(nextWait(elapsed));
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
    expect(nextWait(-5)).toBe(2);
  });
});
