/** A draft with what the floor says of each of its scripts: what every rule about scripts is given. */
import { type ClassifyTools, classify } from '../risk/classify.ts';
import type { RiskReason, RiskVerdict } from '../risk/verdict.ts';
import type { Draft } from '../runbook/parse.ts';
import type { Finding } from '../runbook/problem.ts';
import { exampleOf } from '../runbook/review.ts';
import type { RuleName } from '../runbook/rules.ts';
import type { Parameter } from '../runbook/runbook.ts';
import { type DraftScript, placeIn } from '../runbook/scripts.ts';
import { type DraftStep, leavesOf } from '../runbook/steps.ts';
import { placeholders } from '../runbook/substitute.ts';
import { type Call, callsIn, type Tree, treeOf } from './shell.ts';

export interface JudgedScript {
  readonly draft: DraftScript;
  readonly step: DraftStep;
  /** As it would be sent, with an example of each value. */
  readonly script: string;
  readonly tree: Tree;
  readonly calls: readonly Call[];
  readonly verdict: RiskVerdict;
  /** A finding at an offset of `script`. */
  readonly at: (offset: number, rule: RuleName, message: string, fix: string) => Finding;
}

export interface Judged {
  readonly draft: Draft;
  /** Scripts that can be judged: those of which no shell makes sense are left out. */
  readonly scripts: readonly JudgedScript[];
  /** Those that stand where none runs. */
  readonly stray: readonly JudgedScript[];
}

export function judge(draft: Draft, tools: ClassifyTools): Judged {
  const scripts = leavesOf(draft.steps).flatMap((step) =>
    step.scripts.flatMap((script) => (script.sound ? judgeScript(draft, step, script, tools) : [])),
  );
  const stray = draft.body.stray.flatMap((script) => (script.sound ? judgeScript(draft, nowhere, script, tools) : []));
  return { draft, scripts, stray };
}

/** The step of a script that belongs to none. */
const nowhere = { number: 0, title: '', prose: '', declaredRisk: null, when: 'alarm' } as unknown as DraftStep;

function judgeScript(draft: Draft, step: DraftStep, own: DraftScript, tools: ClassifyTools): JudgedScript[] {
  const { script, origin } = renderExample(own.mended, draft.parameters);
  const tree = treeOf(script);
  if (tree === null) return [];
  const at: JudgedScript['at'] = (offset, rule, message, fix) => ({
    rule,
    ...placeIn(own.template, origin(offset), draft.lines),
    message,
    fix,
  });
  return [{ draft: own, step, script, tree, calls: callsIn(tree), verdict: classify(script, tools), at }];
}

/** The script with an example of each value, and the way back from its offsets to the template's. */
function renderExample(template: string, parameters: readonly Parameter[]) {
  const moves: { readonly from: number; readonly shift: number }[] = [];
  let script = '';
  let read = 0;
  for (const { name, start, end } of placeholders(template)) {
    const parameter = parameters.find((one) => one.name === name);
    script += `${template.slice(read, start)}'${(parameter ? exampleOf(parameter) : 'example').replaceAll("'", '')}'`;
    read = end;
    moves.push({ from: script.length, shift: end - script.length });
  }
  script += template.slice(read);
  const origin = (offset: number): number => offset + (moves.findLast(({ from }) => from <= offset)?.shift ?? 0);
  return { script, origin };
}

/** The reasons that lie within a part of the script. */
export function reasonsWithin({ reasons }: RiskVerdict, start: number, end: number): RiskReason[] {
  return reasons.filter((reason) => reason.start >= start && reason.end <= end);
}
