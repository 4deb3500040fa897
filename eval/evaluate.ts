/** The evaluation of matching as data: the same for the command, its comparison with the last one, and the tests. */
import type { Runbook } from '../core/runbook/runbook.ts';
import {
  type Answer,
  type Bin,
  calibrationOf,
  confusionOf,
  type Figures,
  figuresBy,
  figuresOf,
  isRight,
  type Point,
  riskCoverage,
} from './figures.ts';
import { baselines, hardships, matched } from './matchers.ts';
import type { Scenario } from './scenarios.ts';
import type { ThroughTriage } from './through-triage.ts';

export interface Evaluation {
  readonly all: Figures;
  readonly byPart: Record<string, Figures>;
  readonly byCategory: Record<string, Figures>;
  readonly byDifficulty: Record<string, Figures>;
  /** By what is right; `none` = people. */
  readonly byRunbook: Record<string, Figures>;
  readonly calibration: readonly Bin[];
  readonly riskCoverage: readonly Point[];
  readonly confusion: Record<string, number>;
  readonly baselines: Record<string, Figures>;
  readonly hardships: Record<string, Figures>;
  /** Each scenario that was not answered as it should: name, what is right, the answer and its confidence. */
  readonly mistakes: readonly string[];
}

/** What is committed: the matching, and all scenarios through the real triage. */
export interface Result extends Evaluation {
  readonly throughTriage: ThroughTriage;
}

/** @throws {Error} when there is nothing to evaluate. */
export function evaluate(runbooks: readonly Runbook[], scenarios: readonly Scenario[]): Evaluation {
  const answers = scenarios.map(({ alarm }) => matched(runbooks, alarm));
  return {
    all: figuresOf(scenarios, answers),
    byPart: figuresBy(scenarios, answers, ({ part }) => part),
    byCategory: figuresBy(scenarios, answers, ({ category }) => category),
    byDifficulty: figuresBy(scenarios, answers, ({ difficulty }) => difficulty),
    byRunbook: figuresBy(scenarios, answers, ({ expected }) => expected ?? 'none'),
    calibration: calibrationOf(scenarios, answers),
    riskCoverage: riskCoverage(scenarios, answers),
    confusion: confusionOf(scenarios, answers),
    baselines: Object.fromEntries(
      Object.entries(baselines).map(([name, answer]) => [
        name,
        figuresOf(
          scenarios,
          scenarios.map((scenario) => answer(runbooks, scenario)),
        ),
      ]),
    ),
    hardships: Object.fromEntries(Object.keys(hardships).map((name) => [name, under(name, runbooks, scenarios)])),
    mistakes: mistakesOf(scenarios, answers),
  };
}

function under(name: string, runbooks: readonly Runbook[], scenarios: readonly Scenario[]): Figures {
  const made = scenarios.flatMap((scenario) => hardships[name]?.make(runbooks, scenario) ?? []);
  return figuresOf(
    made.map(({ scenario }) => scenario),
    made.map((one) => matched(one.runbooks, one.scenario.alarm)),
  );
}

function mistakesOf(scenarios: readonly Scenario[], answers: readonly Answer[]): string[] {
  return scenarios.flatMap((scenario, index) => {
    const { runbookId, confidence } = answers[index] as Answer;
    const isFine = runbookId === null ? scenario.expected === null : isRight(scenario, { runbookId, confidence });
    const given = runbookId === null ? 'none' : `${runbookId} (${confidence.toFixed(2)})`;
    return isFine ? [] : [`${scenario.alarm.name}: ${scenario.expected ?? 'none'} would be right, answered ${given}`];
  });
}

/** What the evaluation must reach, or the run fails. */
export const thresholds = { precision: 0.95, coverage: 0.8, wrongAndSure: 0 } as const;

/** In words, what was not reached, of all scenarios and of those held out; empty = all was. */
export function shortfalls({ all, byPart }: Pick<Evaluation, 'all' | 'byPart'>): string[] {
  return Object.entries({ all, ...byPart }).flatMap(([name, figures]) => [
    ...below(name, 'precision', figures.precision, thresholds.precision),
    ...below(name, 'coverage', figures.coverage, thresholds.coverage),
    ...(figures.wrongAndSure > thresholds.wrongAndSure
      ? [
          `${name}: ${figures.wrongAndSure} wrong answers of 0.6 or more; at most ${thresholds.wrongAndSure} are allowed`,
        ]
      : []),
  ]);
}

function below(name: string, what: string, value: number | null, least: number): string[] {
  return value !== null && value >= least
    ? []
    : [`${name}: ${what} is ${value ?? 'not known'}; at least ${least} is wanted`];
}
