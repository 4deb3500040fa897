/** What can be said of a compiled runbook before any alarm: the floor of each script, and what could never run. */
import { historyLimits } from '../limits.ts';
import { type ClassifyTools, classify } from '../risk/classify.ts';
import type { OrganisationRule } from '../risk/organisation-rule.ts';
import type { RiskVerdict } from '../risk/verdict.ts';
import { type Finding, type Problem, problemsOf } from './problem.ts';
import { render } from './render.ts';
import type { Parameter, Runbook, ScriptTemplate, Step } from './runbook.ts';
import { waysOf } from './ways.ts';

export interface Floor {
  readonly step: number;
  /** Of which of its alternatives, from 1; null = the step's own. */
  readonly alternative: number | null;
  /** As in a fence's info string; `command` for the step's own. */
  readonly script: 'command' | 'dry-run' | 'observe' | 'rollback' | 'verify';
  /** 1-based line of the fence. */
  readonly line: number;
  /** Whether the host repeats it until it succeeds. */
  readonly waits: boolean;
  readonly verdict: RiskVerdict;
}

/** The floor of every script, with each parameter's default, or a value of its type, in its place. */
export function floorsOf(runbook: Runbook, tools: ClassifyTools): Floor[] {
  const values = Object.fromEntries(runbook.parameters.map((parameter) => [parameter.name, exampleOf(parameter)]));
  return runbook.steps.flatMap((step) =>
    waysOf(step).flatMap((way, at) =>
      scriptsOf(way).map(({ script, template }) => ({
        step: step.number,
        alternative: step.alternatives.length > 0 ? at + 1 : null,
        script,
        line: template.line,
        waits: template.waitSeconds > 0,
        verdict: classify(render(template.text, values), tools),
      })),
    ),
  );
}

function scriptsOf(step: Step): { script: Floor['script']; template: ScriptTemplate }[] {
  const scripts = {
    command: step.command,
    'dry-run': step.dryRun,
    observe: step.observe,
    rollback: step.rollback,
    verify: step.verify,
  };
  return Object.entries(scripts).flatMap(([script, template]) =>
    template ? [{ script: script as Floor['script'], template }] : [],
  );
}

const examples: Readonly<Record<Parameter['type'], string>> = {
  string: 'example',
  integer: '1',
  enum: 'example',
  path: '/srv/example',
  unit: 'example.service',
  hostname: 'example.com',
  duration: '10m',
};

/** A value that stands for all that the parameter may have: its default, or one of its type. */
export function exampleOf({ type, sources, values }: Parameter): string {
  const fallback = sources.find((source) => source.kind === 'default');
  return fallback?.value ?? values?.[0] ?? examples[type];
}

/** What would halt every incident that uses the runbook: scripts that must only read but do not, and too many dispatches. */
export function reviewProblems(runbook: Runbook, floors: readonly Floor[]): Problem[] {
  const findings = floors.flatMap((floor) =>
    floorFindings(floor).map((finding) => ({ ...finding, line: floor.line, column: 1 })),
  );
  return problemsOf(runbook.file, [...findings, ...dispatchFindings(runbook.steps)]);
}

/** What the floor of one script forbids, without its place. */
export function floorFindings({
  script,
  verdict,
  waits,
}: Pick<Floor, 'script' | 'verdict' | 'waits'>): Omit<Finding, 'line' | 'column'>[] {
  if (verdict.level === 'forbidden')
    return [
      {
        rule: 'forbidden-script',
        message: `this script is forbidden, and never runs, even with approval: ${reasonsOf(verdict)}`,
        fix: 'remove it, or do it by hand',
      },
    ];
  if (script === 'command' && waits && verdict.level !== 'read_only')
    return [
      {
        rule: 'wait-changes',
        message: `this script is repeated until it succeeds (wait=), so it must be read_only, and it is ${verdict.level}: ${reasonsOf(verdict)}`,
        fix: 'make the change a step of its own, and wait in the next one, or in its verify fence',
      },
    ];
  if (script === 'command' || script === 'rollback' || verdict.level === 'read_only') return [];
  return [
    {
      rule: 'companion-changes',
      message: `the ${script} script must be read_only, and it is ${verdict.level}: ${reasonsOf(verdict)}`,
      fix: 'make it a step of its own, or look without changing',
    },
  ];
}

/** More dispatches than one incident may have. */
export function dispatchFindings(steps: readonly Step[]): Finding[] {
  const most = steps.reduce((sum, step) => sum + dispatchesOf(step), 0);
  if (most <= historyLimits.maximumDispatches) return [];
  const message = `the runbook may need ${most} dispatches; at most ${historyLimits.maximumDispatches} fit into one incident`;
  return [{ rule: 'too-many-dispatches', line: steps[0]?.line ?? 1, column: 1, message, fix: 'split it' }];
}

/** `observe` counts twice, before and after. */
function dispatchesOf(step: Step): number {
  const ways = waysOf(step).map((way) => scriptsOf(way).length + (way.observe ? 1 : 0) + (way.command ? 0 : 1));
  return Math.max(...ways);
}

/** Why a verdict has its level, in words. */
export function reasonsOf({ level, reasons }: RiskVerdict): string {
  return reasons
    .filter((reason) => reason.level === level)
    .map(({ text }) => text)
    .join('; ');
}

/** The organisation's rules that no script of these runbooks meets: most likely misspelt. */
export function unusedRules(runbooks: readonly Runbook[], tools: ClassifyTools): OrganisationRule[] {
  return (tools.commands ?? []).filter(
    (rule) =>
      !runbooks.some((runbook) =>
        floorsOf(runbook, { ...tools, commands: [rule] }).some(({ verdict }) =>
          verdict.reasons.some((reason) => reason.rule.startsWith('organisation.')),
        ),
      ),
  );
}
