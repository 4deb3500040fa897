/** Targets by name: where each step of a runbook runs, when it does not run everywhere. */
import { placeOf } from './blocks.ts';
import type { ReadFrontMatter } from './front-matter.ts';
import type { FrontMatter } from './front-matter-schema.ts';
import { type Finding, shown } from './problem.ts';
import { allTargets } from './selectors.ts';
import { didYouMean } from './spelling.ts';
import { type DraftStep, leavesOf, type ReadSteps } from './steps.ts';

type Targets = FrontMatter['targets'];
type Entry = Extract<Targets, { max: number }>;

/** What front matter says, by name. */
export function namedTargets(targets: Targets): Readonly<Record<string, Entry>> {
  return isOne(targets) ? { [allTargets]: targets } : targets;
}

function isOne(targets: Targets): targets is Entry {
  return typeof targets.max === 'number';
}

/** What is wrong with `on=`: a name that is not there, or none where there are several. */
export function targetFindings(front: ReadFrontMatter, { steps }: ReadSteps): Finding[] {
  const { targets } = front.partial;
  if (targets === undefined) return [];
  const names = isOne(targets) ? [] : Object.keys(targets);
  return [...leavesOf(steps).flatMap((step) => stepFindings(step, names)), ...differing(steps)];
}

function stepFindings({ number, on, command, scripts }: DraftStep, names: readonly string[]): Finding[] {
  const own = scripts.find(({ kind }) => kind === 'command');
  if (command === null || own === undefined) return [];
  const wrong = (message: string, fix: string): Finding => ({
    rule: 'unknown-target',
    ...placeOf(own.code),
    message,
    fix,
  });
  if (on !== null && !names.includes(on))
    return [
      wrong(
        `on=${shown(on)} of step ${number} names no targets; ${names.length === 0 ? 'the front matter names none' : `there are ${names.join(', ')}`}`,
        `${didYouMean(on, [...names])}${names.length === 0 ? 'name them under targets, or remove it' : 'correct it'}`,
      ),
    ];
  if (on === null && names.length > 1)
    return [
      wrong(
        `step ${number} does not say on which targets it runs: ${names.join(' or ')}`,
        `write on=${names[0]} (or ${names.slice(1).join(', ')}) on its fence`,
      ),
    ];
  return [];
}

/** Of one step people choose how, and not where: its card names one set of hosts. */
function differing(steps: readonly DraftStep[]): Finding[] {
  return steps.flatMap(({ number, ways }) =>
    ways
      .filter(({ on, command }) => command !== null && on !== (ways[0]?.on ?? null))
      .map(({ item }): Finding => {
        const message = `the alternatives of step ${number} run on different targets`;
        return { rule: 'invalid-choice', ...placeOf(item), message, fix: 'make them steps of their own' };
      }),
  );
}
