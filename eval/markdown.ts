/** An evaluation for people, and what changed since the last one. */
import type { Evaluation, Result } from './evaluate.ts';
import type { Figures } from './figures.ts';
import { hardships } from './matchers.ts';

const percent = (value: number | null) => (value === null ? '–' : value.toFixed(3));

function table(first: string, groups: Readonly<Record<string, Figures>>): string[] {
  const rows = Object.entries(groups).map(
    ([name, { scenarios, answered, right, wrongRunbook, shouldAbstain, wrongAndSure, ...rates }]) =>
      `| ${[name, scenarios, answered, right, wrongRunbook, shouldAbstain, wrongAndSure, ...[rates.precision, rates.coverage, rates.abstention].map(percent)].join(' | ')} |`,
  );
  const head = `| ${first} | scenarios | answered | right | wrong runbook | should abstain | of wrong ≥ 0.6 | precision | coverage | abstention |`;
  return [head, `|---${'|---'.repeat(9)}|`, ...rows];
}

/** The whole report as Markdown. */
export function markdownOf(evaluation: Result): string {
  const { throughTriage, all, byPart, byCategory, byDifficulty, byRunbook, calibration, confusion, mistakes } =
    evaluation;
  const bins = calibration.map(
    ({ from, answers, meanConfidence, right }) =>
      `| ${from.toFixed(1)} | ${answers} | ${meanConfidence.toFixed(2)} | ${(right / answers).toFixed(2)} |`,
  );
  const harder = Object.entries(hardships).map(([name, { what }]) => `- \`${name}\`: ${what}.`);
  return [
    '# Evaluation of matching',
    '',
    'Written by `npm run eval -- --accept`.',
    '',
    ...table('part', { all, ...byPart }),
    '',
    '## By category, difficulty and right runbook',
    '',
    ...table('category', byCategory),
    '',
    ...table('difficulty', byDifficulty),
    '',
    ...table('right runbook', byRunbook),
    '',
    '## Calibration',
    '',
    '| confidence from | answers | mean confidence | right |',
    '|---|---|---|---|',
    ...bins,
    '',
    '## What the figures are worth',
    '',
    ...table('baseline', evaluation.baselines),
    '',
    '## Under hardship',
    '',
    ...harder,
    '',
    ...table('hardship', evaluation.hardships),
    '',
    '## Through the real triage',
    '',
    'Every scenario opens an incident in the in-memory world: triage, plan, policy, gate, request, votes and audit are the',
    'product’s own, whoever is asked rejects, and each expectation is scored.',
    '',
    '| expectation | met | of |',
    '|---|---|---|',
    ...Object.entries(throughTriage.met).map(([name, count]) => `| ${name} | ${count} | ${throughTriage.scenarios} |`),
    '',
    '## Confusion: right → answered',
    '',
    ...Object.entries(confusion).map(([pair, count]) => `- ${pair}: ${count}`),
    '',
    '## Mistakes',
    '',
    ...(mistakes.length === 0 ? ['None.'] : mistakes.map((one) => `- ${one}`)),
    '',
  ].join('\n');
}

/** One line for each figure that differs from the last accepted evaluation, and for each mistake that is new or gone. */
export function changesSince(last: Evaluation, now: Evaluation): string[] {
  const groups = (one: Evaluation): Record<string, Figures> => ({
    all: one.all,
    ...one.byPart,
    ...one.byCategory,
    ...one.hardships,
  });
  const before = groups(last);
  const figures = Object.entries(groups(now)).flatMap(([name, figures]) =>
    Object.entries(figures).flatMap(([key, value]) => {
      const old = before[name]?.[key as keyof Figures];
      return old === value ? [] : [`${name}: ${key} was ${old ?? 'not known'}, is ${value ?? 'not known'}`];
    }),
  );
  const fresh = now.mistakes.filter((one) => !last.mistakes.includes(one)).map((one) => `new mistake: ${one}`);
  const gone = last.mistakes.filter((one) => !now.mistakes.includes(one)).map((one) => `no mistake any more: ${one}`);
  return [...figures, ...fresh, ...gone];
}
