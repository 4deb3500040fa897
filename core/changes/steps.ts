/** What changes in the steps of a runbook: which are new, gone or moved, and what each would do that it did not. */
import { diffArrays } from 'diff';
import type { ClassifyTools } from '../risk/classify.ts';
import { floorsOf, reasonsOf } from '../runbook/review.ts';
import type { Runbook, Step } from '../runbook/runbook.ts';
import { waysOf } from '../runbook/ways.ts';
import { higherRisk, type RiskLevel, riskAtLeast } from '../words.ts';
import { type Change, looser, same } from './change.ts';

/** A runbook with the means by which its steps are judged: the floor, and the organisation's own commands. */
export interface JudgedRunbook {
  readonly runbook: Runbook;
  readonly tools: ClassifyTools;
}

interface JudgedStep {
  readonly step: Step;
  /** Of its command: the higher of floor and author's word; null for a manual step. */
  readonly level: RiskLevel | null;
  /** Why the floor says so. */
  readonly why: string;
}

export function stepChanges(about: string, before: JudgedRunbook, after: JudgedRunbook): Change[] {
  const pairs = paired(judged(before), judged(after));
  return pairs.flatMap(([old, now]) => {
    if (!old) return now ? [added(about, now)] : [];
    if (!now) return [same(about, `step ${old.step.number} (${old.step.title}) is gone`)];
    return changed(about, old, now);
  });
}

/** The highest level of its steps' commands; null where all are manual. */
export function highestLevel(judgedRunbook: JudgedRunbook): RiskLevel | null {
  return judged(judgedRunbook).reduce<RiskLevel | null>(
    (highest, { level }) => (level === null ? highest : highest === null ? level : higherRisk(highest, level)),
    null,
  );
}

function judged({ runbook, tools }: JudgedRunbook): JudgedStep[] {
  const floors = floorsOf(runbook, tools);
  return runbook.steps.flatMap((written) =>
    waysOf(written).map((step) => {
      const floor = floors.find(({ line, script }) => line === step.command?.line && script === 'command')?.verdict;
      if (!floor) return { step, level: null, why: '' };
      const level = step.declaredRisk === null ? floor.level : higherRisk(floor.level, step.declaredRisk);
      return { step, level, why: reasonsOf(floor) };
    }),
  );
}

type Pair = readonly [JudgedStep | null, JudgedStep | null];

/** By title, in order; what is left over between two equal titles by its place there, since a step may have been renamed. */
function paired(before: readonly JudgedStep[], after: readonly JudgedStep[]): Pair[] {
  const pairs: Pair[] = [];
  let [gone, come]: [JudgedStep[], JudgedStep[]] = [[], []];
  const settle = () => {
    for (let at = 0; at < Math.max(gone.length, come.length); at += 1) pairs.push([gone[at] ?? null, come[at] ?? null]);
    [gone, come] = [[], []];
  };
  let [old, now] = [0, 0];
  for (const { added: isNew, removed: isGone, count } of diffArrays(before.map(titleOf), after.map(titleOf))) {
    if (isGone) gone.push(...before.slice(old, old + count));
    else if (isNew) come.push(...after.slice(now, now + count));
    else {
      settle();
      for (let at = 0; at < count; at += 1) pairs.push([before[old + at] ?? null, after[now + at] ?? null]);
    }
    if (!isNew) old += count;
    if (!isGone) now += count;
  }
  settle();
  return pairs;
}

const titleOf = ({ step }: JudgedStep): string => step.title;
const word = (level: RiskLevel | null): string => level?.replace('_', ' ') ?? 'done by hand';

function added(about: string, { step, level, why }: JudgedStep): Change {
  const text = `step ${step.number} (${step.title}) is new: ${word(level)}${why ? `: ${why}` : ''}`;
  return level !== null && riskAtLeast(level, 'modifying') ? looser(about, text) : same(about, text);
}

function changed(about: string, old: JudgedStep, now: JudgedStep): Change[] {
  const { step } = now;
  const name = `step ${step.number}`;
  return [
    ...(old.step.number === step.number ? [] : [same(about, `${name} was step ${old.step.number}`)]),
    ...(old.step.title === step.title
      ? []
      : [same(about, `${name} is now called ${step.title} (was ${old.step.title})`)]),
    ...levelChange(about, name, old, now),
    ...scripts.flatMap(([key, what]) => scriptChange(about, `${name}: ${what}`, old.step[key]?.text, step[key]?.text)),
    ...(old.step.timeoutSeconds === step.timeoutSeconds
      ? []
      : [same(about, `${name} may run ${step.timeoutSeconds} s (was ${old.step.timeoutSeconds} s)`)]),
    ...(old.step.command?.waitSeconds === step.command?.waitSeconds
      ? []
      : [
          same(
            about,
            `${name} is repeated for ${step.command?.waitSeconds ?? 0} s until it succeeds (was ${old.step.command?.waitSeconds ?? 0} s)`,
          ),
        ]),
    ...(old.step.on === step.on
      ? []
      : [looser(about, `${name} now runs on ${step.on ?? 'all targets'} (was ${old.step.on ?? 'all targets'})`)]),
    ...(old.step.when === step.when
      ? []
      : [
          step.when === 'always'
            ? looser(about, `${name} now also runs after a failure and when the alarm is off (when=always)`)
            : same(about, `${name} no longer runs after a failure or when the alarm is off`),
        ]),
    ...(old.step.prose === step.prose ? [] : [same(about, `${name}: its words for the approver changed`)]),
  ];
}

function levelChange(about: string, name: string, old: JudgedStep, now: JudgedStep): Change[] {
  if (old.level === now.level) return [];
  const text = `${name} is now ${word(now.level)} (was ${word(old.level)})${now.why ? `: ${now.why}` : ''}`;
  // A lower level asks fewer people; a higher one changes more. Both are looked at.
  return [looser(about, text)];
}

const scripts = [
  ['command', 'its command'],
  ['dryRun', 'its dry run'],
  ['observe', 'its observation'],
  ['rollback', 'its way back'],
  ['verify', 'its check'],
] as const;

function scriptChange(about: string, what: string, before: string | undefined, after: string | undefined): Change[] {
  if (before === after) return [];
  if (before === undefined) return [same(about, `${what} is new`)];
  return after === undefined ? [looser(about, `${what} is gone`)] : [same(about, `${what} changed`)];
}
