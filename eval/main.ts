/** `npm run eval [-- --json | --accept]`: evaluates matching on the committed alarms, and compares with the last accepted result. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readRunbookFolder } from '../cli/runbook-folder.ts';
import { curveSvg } from './curve.ts';
import { evaluate, type Result, shortfalls } from './evaluate.ts';
import { riskCoverage } from './figures.ts';
import { changesSince, markdownOf } from './markdown.ts';
import { matched } from './matchers.ts';
import { parts, readScenarios, scenariosFile } from './scenarios.ts';
import { throughAll, unmet } from './through-triage.ts';

const root = new URL('../', import.meta.url);
const result = new URL('result.json', import.meta.url);
const report = new URL('result.md', import.meta.url);
const picture = new URL('docs/images/risk-coverage.svg', root);

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, accept: { type: 'boolean', default: false } },
});
const runbooks = await readRunbookFolder(new URL('runbooks', root).pathname);
const scenarios = readScenarios(scenariosFile);
const evaluation: Result = { ...evaluate(runbooks, scenarios), throughTriage: await throughAll(runbooks, scenarios) };

console.log(values.json ? JSON.stringify(evaluation) : markdownOf(evaluation));
for (const change of lastChanges()) console.error(`since the last accepted result: ${change}`);
if (values.accept) accept();
for (const shortfall of [...shortfalls(evaluation), ...unmet(evaluation.throughTriage)]) {
  console.error(`not reached: ${shortfall}`);
  process.exitCode = 1;
}

function lastChanges(): string[] {
  if (!existsSync(result)) return ['there is none; --accept makes this one the last'];
  return changesSince(JSON.parse(readFileSync(result, 'utf8')) as Result, evaluation);
}

/** Writes the result, its report and the picture, to be reviewed and committed. */
function accept(): void {
  writeFileSync(result, `${JSON.stringify(evaluation, null, 2)}\n`);
  writeFileSync(report, markdownOf(evaluation));
  const curves = parts.map((part) => {
    const own = scenarios.filter((scenario) => scenario.part === part);
    return [
      part.replace('_', ' '),
      riskCoverage(
        own,
        own.map(({ alarm }) => matched(runbooks, alarm)),
      ),
    ] as const;
  });
  writeFileSync(picture, curveSvg(Object.fromEntries(curves)));
}
