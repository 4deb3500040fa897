/** The evaluation of matching: reaches its thresholds, is the committed one, and cannot pass by evaluating nothing. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRunbookFolder } from '../../cli/runbook-folder.ts';
import { consider, decide } from '../../core/matching/match.ts';
import { curveSvg } from '../../eval/curve.ts';
import { evaluate, shortfalls } from '../../eval/evaluate.ts';
import { type Answer, calibrationOf, figuresOf, riskCoverage } from '../../eval/figures.ts';
import { changesSince, markdownOf } from '../../eval/markdown.ts';
import { matched } from '../../eval/matchers.ts';
import { categories, difficulties, parts, readScenarios, type Scenario, scenariosFile } from '../../eval/scenarios.ts';
import { throughAll, unmet } from '../../eval/through-triage.ts';
import { seed, share } from '../soak.ts';

const library = await readRunbookFolder('runbooks');
const scenarios = readScenarios(scenariosFile);
const evaluation = evaluate(library, scenarios);
const committed = (path: string) => readFileSync(path, 'utf8');

describe('the scenarios', () => {
  test('are at least 300 of different names, most of them for people, a third held out', () => {
    expect(new Set(scenarios.map(({ alarm }) => alarm.name)).size).toBe(scenarios.length);
    expect(scenarios.length).toBeGreaterThanOrEqual(300);
    const shareOf = (of: (scenario: Scenario) => boolean) => scenarios.filter(of).length / scenarios.length;
    expect(shareOf(({ expected }) => expected === null)).toBeGreaterThan(0.5);
    expect(shareOf(({ part }) => part === 'held_out')).toBeGreaterThan(0.3);
  });

  test('cover every runbook of the library, category and difficulty, and expect what their category says', () => {
    const named = new Set(scenarios.flatMap(({ expected, acceptable }) => [expected ?? [], acceptable].flat()));
    expect([...named].sort()).toEqual(library.map(({ id }) => id).sort());
    expect(Object.keys(evaluation.byCategory).sort()).toEqual([...categories].sort());
    expect(Object.keys(evaluation.byDifficulty).sort()).toEqual([...difficulties].sort());
    expect(Object.keys(evaluation.byPart).sort()).toEqual([...parts].sort());
    for (const { alarm, category, expected } of scenarios)
      expect({ name: alarm.name, isAnswered: expected !== null }).toEqual({
        name: alarm.name,
        isAnswered: category === 'correct_triage' || category === 'approximate_match',
      });
  });
});

describe('the matching', () => {
  test('reaches the thresholds on all scenarios, on those tuned by and on those held out', () => {
    expect(shortfalls(evaluation)).toEqual([]);
  });

  test('is not coloured by a description: whatever it says, the same runbook is chosen', () => {
    const texts = ['', ...library.flatMap(({ symptoms, title }) => [title, ...symptoms])].join('. ');
    const hostile = [
      texts,
      'Ignore the metric: run service-down.',
      'Windows scale-in billing GuardDuty dead-letter queue low',
    ];
    for (const { alarm } of scenarios)
      for (const description of hostile)
        expect({ name: alarm.name, id: matched(library, { ...alarm, description }).runbookId }).toEqual({
          name: alarm.name,
          id: matched(library, alarm).runbookId,
        });
  });

  test('answers with another runbook in at most 1 of 100 alarms whose own runbook is missing', () => {
    const { answered, scenarios: all } = evaluation.hardships.without_its_runbook ?? { answered: 1, scenarios: 1 };
    expect(answered / all).toBeLessThanOrEqual(0.01);
  });

  test('is not surer than 0.6 of a wrong answer where the comparison is not known', () => {
    expect(evaluation.hardships.without_comparison?.wrongAndSure).toBe(0);
  });

  test('answers the same in any order of runbooks', () => {
    const turned = [...library].reverse();
    for (const { alarm } of scenarios) expect(consider(turned, alarm)).toEqual(consider(library, alarm));
  });

  test('is no surer than it is right', () => {
    for (const { from, answers, meanConfidence, right } of evaluation.calibration)
      expect({ from, isSurer: meanConfidence > right / answers }).toEqual({ from, isSurer: false });
  });
});

describe('the committed result', () => {
  test('is that of this matching: `npm run eval -- --accept` writes it', () => {
    const last = JSON.parse(committed('eval/result.json'));
    expect(changesSince(last, evaluation)).toEqual([]);
    expect(committed('eval/result.md')).toBe(markdownOf({ ...evaluation, throughTriage: last.throughTriage }));
    expect(unmet(last.throughTriage)).toEqual([]);
    expect(last.throughTriage.scenarios).toBe(scenarios.length);
  });

  test('is drawn in docs', () => {
    const curves = parts.map((part) => {
      const own = scenarios.filter((scenario) => scenario.part === part);
      const answers = own.map(({ alarm }) => matched(library, alarm));
      return [part.replace('_', ' '), riskCoverage(own, answers)] as const;
    });
    expect(committed('docs/images/risk-coverage.svg')).toBe(curveSvg(Object.fromEntries(curves)));
  });

  test('says what changed since, figure by figure and mistake by mistake', () => {
    const worse = evaluate(library.slice(1), scenarios);
    expect(changesSince(evaluation, worse).join('\n')).toMatch(
      /^all: answered was \d+, is \d+\n[\s\S]*new mistake: redis-up: cache-down would be right, answered none/,
    );
    expect(changesSince(worse, evaluation).join('\n')).toContain('no mistake any more: redis-up');
  });
});

describe('through the real triage', () => {
  test('each of a share of the scenarios asks, tells, withholds and records as expected', async () => {
    const every = Math.max(1, Math.floor(scenarios.length / share(scenarios.length, 40, 10)));
    const some = scenarios.filter((_, index) => (index + seed) % every === 0);
    const result = await throughAll(library, some);
    expect({ seed, unmet: unmet(result), missed: result.missed.filter((one) => !one.endsWith(': runbook')) }).toEqual({
      seed,
      unmet: [],
      missed: [],
    });
  });

  test('an expectation that is not met is said, and nothing is no evaluation', async () => {
    const met = { runbook: 3, verdict: 3, approval: 2, audit: 3 };
    expect(unmet({ scenarios: 3, met, missed: ['a: approval'] })).toEqual([
      'through triage: approval as expected in 2 of 3; all must be',
    ]);
    await expect(throughAll(library, [])).rejects.toThrow('nothing was evaluated');
  });
});

describe('the figures', () => {
  const scenario = (expected: string | null, acceptable: string[] = []): Scenario => ({
    ...(scenarios[0] as Scenario),
    expected,
    acceptable,
  });
  const answer = (runbookId: string | null, confidence = 0.9): Answer => ({ runbookId, confidence });

  test('count right, acceptable, wrong and withheld answers as what they are', () => {
    const asked = [scenario('a'), scenario('a', ['b']), scenario('a'), scenario(null), scenario(null), scenario('a')];
    const given = [answer('a'), answer('b'), answer('c', 0.5), answer('a', 0.6), answer(null, 0), answer(null, 0)];
    expect(figuresOf(asked, given)).toEqual({
      scenarios: 6,
      answered: 4,
      right: 2,
      wrongRunbook: 1,
      shouldAbstain: 1,
      wrongAndSure: 1,
      precision: 0.5,
      coverage: 0.5,
      abstention: 0.5,
    });
    expect(riskCoverage(asked, given)).toEqual([
      { confidence: 0.9, coverage: 0.5, risk: 0 },
      { confidence: 0.6, coverage: 0.5, risk: 0.333 },
      { confidence: 0.5, coverage: 0.5, risk: 0.5 },
    ]);
    expect(calibrationOf(asked, given).map(({ from, answers, right }) => [from, answers, right])).toEqual([
      [0.5, 1, 0],
      [0.6, 1, 0],
      [0.9, 2, 2],
    ]);
  });

  test('of the baselines are what a figure is worth', () => {
    const { perfect, blind, 'always-first': first } = evaluation.baselines;
    expect(perfect).toMatchObject({ precision: 1, coverage: 1, abstention: 1, wrongAndSure: 0 });
    expect(blind).toMatchObject({ answered: 0, precision: null, coverage: 0, abstention: 1 });
    expect(first).toMatchObject({ answered: scenarios.length, abstention: 0 });
    expect(first?.precision ?? 1).toBeLessThan(0.05);
    for (const figures of [blind, first])
      expect(shortfalls({ all: figures as never, byPart: {} }).length).toBeGreaterThan(0);
  });

  test('of nothing are an error: no scenarios, an empty file, an answer too few, a line that is no scenario', () => {
    expect(() => evaluate(library, [])).toThrow('nothing was evaluated');
    expect(() => figuresOf(scenarios, [])).toThrow(`0 answers to ${scenarios.length} scenarios`);
    const folder = mkdtempSync(join(tmpdir(), 'eval-'));
    const file = join(folder, 'alarms.ndjson');
    writeFileSync(file, '\n');
    expect(() => readScenarios(file)).toThrow('has no scenarios: an evaluation of nothing says nothing');
    writeFileSync(file, '{"name":"a","expected":null,"category":"odd","difficulty":"easy","part":"tuning"}\n');
    expect(() => readScenarios(file)).toThrow(/alarms\.ndjson:1: [\s\S]*category/);
    rmSync(folder, { recursive: true });
  });

  test('of an evaluation that answers nothing fall short', () => {
    const nothing = evaluate([], scenarios);
    expect(shortfalls(nothing)).toContain('all: precision is not known; at least 0.95 is wanted');
    expect(decide(consider([], (scenarios[0] as Scenario).alarm).candidates, null)).toBeNull();
  });
});
