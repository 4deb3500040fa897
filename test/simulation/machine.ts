/** Step Functions, as far as an incident needs it: interprets the definition itself, with JSONata, retries, catches and task tokens. */
import { readFileSync } from 'node:fs';
import jsonata from 'jsonata';
import { type State as CountedState, stateEvents } from '../statemachines/history-budget.ts';

/** An error as Step Functions names it: of a function that threw, the name of what it threw. */
export class TaskFailed extends Error {
  constructor(name: string, message = '') {
    super(message);
    this.name = name;
  }
}

export type ExecutionEnd = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** What surrounds an execution: Lambda, the clock, and chance for the jitter of retries (0 … 1). */
export interface Surroundings {
  /** Answers the function's payload, or throws what Step Functions makes of its failure. */
  invoke(functionName: string, payload: unknown): Promise<unknown>;
  sleep(milliseconds: number): Promise<void>;
  now(): number;
  chance(): number;
  newToken(): string;
}

interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Assign?: object;
  readonly Output?: unknown;
  readonly Next: string;
}

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
}

interface Choice {
  readonly Condition: string;
  readonly Assign?: object;
  readonly Next: string;
}

type State = Omit<CountedState, 'Catch' | 'Retry' | 'Choices'> & {
  readonly Arguments?: { readonly FunctionName: string; readonly Payload: object };
  readonly Seconds?: unknown;
  readonly Assign?: object;
  readonly Output?: unknown;
  readonly Catch?: readonly Catcher[];
  readonly Retry?: readonly Retrier[];
  readonly Choices?: readonly Choice[];
};

export interface Definition {
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, State>>;
}

export const definition: Definition = JSON.parse(readFileSync('statemachines/incident.asl.json', 'utf8'));

type Variables = Readonly<Record<string, unknown>>;

/** What a state hands to the next. */
interface Step {
  readonly next: string | null;
  readonly output: unknown;
  readonly assigned: Variables;
}

const compiledExpressions = new Map<string, ReturnType<typeof jsonata>>();

/** A template of the definition with every `{% … %}` evaluated. Nothing as a result is an error, as it is in AWS. */
async function evaluated(template: unknown, bindings: Variables): Promise<unknown> {
  if (typeof template === 'string') {
    const [, expression] = /^\{%([\s\S]*)%\}$/.exec(template) ?? [];
    if (expression === undefined) return template;
    const compiled = compiledExpressions.get(expression) ?? jsonata(expression);
    compiledExpressions.set(expression, compiled);
    const result = await compiled.evaluate(undefined, { ...bindings });
    if (result === undefined) throw new TaskFailed('States.QueryEvaluationError', `${expression} has no result`);
    return result;
  }
  if (Array.isArray(template)) return Promise.all(template.map((part) => evaluated(part, bindings)));
  if (typeof template !== 'object' || template === null) return template;
  const pairs = Object.entries(template).map(async ([key, part]) => [key, await evaluated(part, bindings)] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

export class Execution {
  /** Events of its history so far, with Step Functions' own counts. */
  events = 0;
  /** Names of the states that it went through, the newest last. */
  readonly trail: string[] = [];
  readonly #name: string;
  readonly #around: Surroundings;
  readonly #tokens: Map<string, () => void>;
  #variables: Variables = {};
  #isStopped = false;

  /** @param tokens where whoever sends a token finds what it wakes. */
  constructor(name: string, around: Surroundings, tokens: Map<string, () => void>) {
    [this.#name, this.#around, this.#tokens] = [name, around, tokens];
  }

  /** StopExecution. */
  stop(): void {
    this.#isStopped = true;
  }

  async run(input: unknown): Promise<ExecutionEnd> {
    const until = this.#around.now() + definition.TimeoutSeconds * 1000;
    let [name, carried]: [string, unknown] = [definition.StartAt, input];
    for (;;) {
      const state = definition.States[name];
      if (!state) throw new Error(`the definition has no state ${name}`);
      this.trail.push(name);
      this.events += stateEvents({ Type: state.Type, ...(state.Resource ? { Resource: state.Resource } : {}) });
      if (state.Type === 'Succeed') return 'SUCCEEDED';
      if (state.Type === 'Fail') return 'FAILED';
      let step: Step;
      try {
        step = await this.#pass(name, state, carried);
      } catch {
        return 'FAILED';
      }
      if (this.#isStopped) return 'ABORTED';
      if (this.#around.now() > until) return 'TIMED_OUT';
      this.#variables = { ...this.#variables, ...step.assigned };
      [name, carried] = [step.next ?? '', step.output];
    }
  }

  async #pass(name: string, state: State, input: unknown): Promise<Step> {
    if (state.Type === 'Choice') return this.#choose(name, state, input);
    if (state.Type === 'Wait') {
      const seconds = await evaluated(state.Seconds, this.#bindings(name, { input }));
      await this.#around.sleep(Number(seconds) * 1000);
      return this.#leave(name, state, { input }, state.Next);
    }
    if (state.Type === 'Task') return this.#task(name, state, input);
    throw new Error(`${name}: a state of type ${state.Type} is not interpreted here`);
  }

  async #choose(name: string, state: State, input: unknown): Promise<Step> {
    for (const choice of state.Choices ?? [])
      if ((await evaluated(choice.Condition, this.#bindings(name, { input }))) === true)
        return this.#leave(name, choice, { input }, choice.Next);
    return this.#leave(name, state, { input }, state.Default);
  }

  async #task(name: string, state: State, input: unknown): Promise<Step> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await this.#attempt(name, state, input);
        return await this.#leave(name, state, { input, result }, state.Next, result);
      } catch (error) {
        const errorOutput = { Error: nameOf(error), Cause: '' };
        const retry = state.Retry?.find(({ ErrorEquals }) => matches(ErrorEquals, errorOutput.Error));
        if (retry && attempt <= retry.MaxAttempts) {
          this.events += 3;
          const seconds = retry.IntervalSeconds * retry.BackoffRate ** (attempt - 1);
          await this.#around.sleep(seconds * 1000 * this.#around.chance());
          continue;
        }
        const caught = state.Catch?.find(({ ErrorEquals }) => matches(ErrorEquals, errorOutput.Error));
        if (!caught) throw error;
        return this.#leave(name, caught, { input, errorOutput }, caught.Next, errorOutput);
      }
    }
  }

  async #attempt(name: string, state: State, input: unknown): Promise<unknown> {
    const { FunctionName: template = '', Payload } = state.Arguments ?? {};
    const functionName = template.slice(2, -1);
    const isWaiting = state.Resource?.endsWith('.waitForTaskToken') === true;
    const token = this.#around.newToken();
    const payload = JSON.parse(JSON.stringify(await evaluated(Payload, this.#bindings(name, { input }, token))));
    const woken = new Promise<void>((wake) => {
      if (isWaiting) this.#tokens.set(token, wake);
    });
    const work = this.#around.invoke(functionName, payload).then(async (answer) => {
      if (isWaiting) await woken;
      return isWaiting ? {} : { Payload: JSON.parse(JSON.stringify(answer)) };
    });
    try {
      return await Promise.race([work, this.#timeOut(state.TimeoutSeconds ?? 0)]);
    } finally {
      this.#tokens.delete(token);
      // Whatever comes of it later reaches nobody.
      work.catch(() => {});
    }
  }

  async #timeOut(seconds: number): Promise<never> {
    await this.#around.sleep(seconds * 1000);
    throw new TaskFailed('States.Timeout');
  }

  /** Assign and Output see the same: the variables as they were when the state was entered. */
  async #leave(
    name: string,
    { Assign, Output }: { readonly Assign?: object; readonly Output?: unknown },
    states: Variables,
    next: string | undefined,
    otherwise: unknown = states.input,
  ): Promise<Step> {
    const bindings = this.#bindings(name, states);
    const assigned = (await evaluated(Assign ?? {}, bindings)) as Variables;
    const output = Output === undefined ? otherwise : await evaluated(Output, bindings);
    return { next: next ?? null, output, assigned };
  }

  #bindings(state: string, states: Variables, token = ''): Variables {
    const context = { Execution: { Name: this.#name }, State: { Name: state }, Task: { Token: token } };
    return { ...this.#variables, states: { ...states, context } };
  }
}

function matches(wanted: readonly string[], error: string): boolean {
  return wanted.some((one) => one === error || one === 'States.ALL');
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}
