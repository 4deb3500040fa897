/** The figures of an evaluation: precision, coverage, abstention, calibration, and how risk falls where fewer are answered. */
import type { Scenario } from './scenarios.ts';

export interface Answer {
  readonly runbookId: string | null;
  /** 0 to 1; 0 where nothing was answered. */
  readonly confidence: number;
}

export interface Figures {
  readonly scenarios: number;
  readonly answered: number;
  readonly right: number;
  /** Another runbook than the right one, where one would be right. */
  readonly wrongRunbook: number;
  /** Any runbook, where none is right. */
  readonly shouldAbstain: number;
  /** Wrong answers of a confidence of 0.6 or more. */
  readonly wrongAndSure: number;
  /** Right answers of all answers; null where there is none. */
  readonly precision: number | null;
  /** Right answers of all scenarios that have one; null where none has. */
  readonly coverage: number | null;
  /** Scenarios without a right runbook that got none, of all of these; null where there is none. */
  readonly abstention: number | null;
}

export function isRight({ expected, acceptable }: Scenario, { runbookId }: Answer): boolean {
  return runbookId !== null && (runbookId === expected || acceptable.includes(runbookId));
}

/** @throws {Error} when there is nothing to evaluate, or not one answer for each scenario. */
export function figuresOf(scenarios: readonly Scenario[], answers: readonly Answer[]): Figures {
  if (scenarios.length === 0) throw new Error('nothing was evaluated');
  if (scenarios.length !== answers.length)
    throw new Error(`${answers.length} answers to ${scenarios.length} scenarios: each must have one`);
  const pairs = scenarios.map((scenario, index) => ({ scenario, answer: answers[index] as Answer }));
  const given = pairs.filter(({ answer }) => answer.runbookId !== null);
  const right = given.filter(({ scenario, answer }) => isRight(scenario, answer));
  const wrong = given.filter(({ scenario, answer }) => !isRight(scenario, answer));
  const answerable = pairs.filter(({ scenario }) => scenario.expected !== null).length;
  const others = pairs.filter(({ scenario }) => scenario.expected === null);
  return {
    scenarios: pairs.length,
    answered: given.length,
    right: right.length,
    wrongRunbook: wrong.filter(({ scenario }) => scenario.expected !== null).length,
    shouldAbstain: wrong.filter(({ scenario }) => scenario.expected === null).length,
    wrongAndSure: wrong.filter(({ answer }) => answer.confidence >= 0.6).length,
    precision: shareOf(right.length, given.length),
    coverage: shareOf(right.filter(({ scenario }) => scenario.expected !== null).length, answerable),
    abstention: shareOf(others.filter(({ answer }) => answer.runbookId === null).length, others.length),
  };
}

function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 1000) / 1000;
}

/** Figures of each group of scenarios, by its name, sorted. */
export function figuresBy(
  scenarios: readonly Scenario[],
  answers: readonly Answer[],
  groupOf: (scenario: Scenario) => string,
): Record<string, Figures> {
  const groups = Map.groupBy(scenarios.keys(), (index) => groupOf(scenarios[index] as Scenario));
  const figures = [...groups].map(([name, indices]) => [
    name,
    figuresOf(
      indices.map((index) => scenarios[index] as Scenario),
      indices.map((index) => answers[index] as Answer),
    ),
  ]);
  return Object.fromEntries(figures.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

export interface Bin {
  /** Confidence from here on, up to the next bin. */
  readonly from: number;
  readonly answers: number;
  readonly meanConfidence: number;
  readonly right: number;
}

/** How often answers of like confidence are right, in steps of a tenth; empty bins are left out. */
export function calibrationOf(scenarios: readonly Scenario[], answers: readonly Answer[]): Bin[] {
  const given = answers
    .map((answer, index) => ({ answer, scenario: scenarios[index] as Scenario }))
    .filter(({ answer }) => answer.runbookId !== null);
  const groups = Map.groupBy(given, ({ answer }) => Math.min(9, Math.floor(answer.confidence * 10 + 1e-9)));
  return [...groups]
    .map(([tenth, members]) => ({
      from: tenth / 10,
      answers: members.length,
      meanConfidence: round(members.reduce((sum, { answer }) => sum + answer.confidence, 0) / members.length),
      right: members.filter(({ scenario, answer }) => isRight(scenario, answer)).length,
    }))
    .toSorted((a, b) => a.from - b.from);
}

export interface Point {
  /** Answers of this confidence or more are given. */
  readonly confidence: number;
  /** Answers given, of the scenarios that have a right one. */
  readonly coverage: number;
  /** Wrong answers of those given. */
  readonly risk: number;
}

/** From the surest answer to all of them: how much is answered, and how much of it wrongly. */
export function riskCoverage(scenarios: readonly Scenario[], answers: readonly Answer[]): Point[] {
  const answerable = scenarios.filter(({ expected }) => expected !== null).length;
  const given = answers
    .map((answer, index) => ({
      confidence: answer.confidence,
      right: isRight(scenarios[index] as Scenario, answer),
      answer,
    }))
    .filter(({ answer }) => answer.runbookId !== null)
    .toSorted((a, b) => b.confidence - a.confidence);
  const floors = [...new Set(given.map(({ confidence }) => confidence))];
  return floors.map((confidence) => {
    const taken = given.filter((one) => one.confidence >= confidence);
    const right = taken.filter((one) => one.right).length;
    return { confidence, coverage: round(right / Math.max(1, answerable)), risk: round(1 - right / taken.length) };
  });
}

/** What was answered where what would have been right: `expected → answered`, with its count; right ones too. */
export function confusionOf(scenarios: readonly Scenario[], answers: readonly Answer[]): Record<string, number> {
  const pairs = scenarios.map((scenario, index) => {
    const { runbookId } = answers[index] as Answer;
    const right = isRight(scenario, { runbookId, confidence: 1 }) ? scenario.expected : null;
    return `${right ?? scenario.expected ?? 'none'} → ${right ?? runbookId ?? 'none'}`;
  });
  const counts = [...Map.groupBy(pairs, (pair) => pair)].map(([pair, all]) => [pair, all.length] as const);
  return Object.fromEntries(counts.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
