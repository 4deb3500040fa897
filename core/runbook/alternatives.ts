/** Alternatives: a bullet list under a step, each bullet with its own fences, of which a person chooses one when the step comes. */
import { type Block, type Code, codesIn, type Item, placeOf } from './blocks.ts';
import { illustrationLanguage } from './fence.ts';
import { maximumAlternatives, maximumScriptLength, maximumTitleLength } from './limits.ts';
import type { Finding } from './problem.ts';
import type { Alternative } from './runbook.ts';
import type { DraftStep } from './steps.ts';

type List = Extract<Block, { type: 'list' }>;

/** The first bullet list under an item of which at least two bullets have code of their own; null when nothing is to be chosen. */
export function choiceUnder({ children }: Item): List | null {
  const lists = children.filter((child): child is List => child.type === 'list' && child.ordered !== true);
  return lists.find((list) => list.children.filter(hasOwnCode).length >= 2) ?? null;
}

function hasOwnCode({ children }: Item): boolean {
  return children.some((child) => child.type === 'code' && child.lang !== illustrationLanguage);
}

/** Code of a bullet that stands deeper than directly under it. */
export function deeperCodes(list: List): Code[] {
  return list.children.flatMap(({ children }) =>
    children.flatMap((child) => (child.type === 'code' ? [] : codesIn(child))),
  );
}

/** As compiled. `ways` without a command were reported, and no runbook is made then. */
export function alternativesOf(ways: readonly DraftStep[]): Alternative[] {
  return ways.flatMap(
    ({ title, line, command, dryRun, observe, rollback, verify, declaredRisk, timeoutSeconds, on, prose }) =>
      command === null
        ? []
        : [{ title, line, command, dryRun, observe, rollback, verify, declaredRisk, timeoutSeconds, on, prose }],
  );
}

/** What keeps a list of alternatives from being one. */
export function choiceFindings(
  step: Pick<DraftStep, 'number' | 'title' | 'scripts'>,
  ways: readonly DraftStep[],
): Finding[] {
  const wrong = (at: Parameters<typeof placeOf>[0], message: string, fix: string): Finding => ({
    rule: 'invalid-choice',
    ...placeOf(at),
    message,
    fix,
  });
  const [first] = ways;
  const own = step.scripts.find(({ kind }) => kind === 'command') ?? step.scripts[0];
  const extra = ways[maximumAlternatives];
  return [
    ...(own
      ? [
          wrong(
            own.code,
            `step ${step.number} has a fence of its own beside its alternatives`,
            'make it a step of its own before them, or give each alternative its own',
          ),
        ]
      : []),
    ...(extra
      ? [
          wrong(
            extra.item,
            `step ${step.number} has ${ways.length} alternatives; at most ${maximumAlternatives} fit a card`,
            'split the step, or ask the host which it is',
          ),
        ]
      : []),
    ...ways.flatMap((way, at) => [
      ...(way.command === null &&
      way.scripts.length === 0 &&
      !way.item.children.some((child) => codesIn(child).length > 0)
        ? [
            wrong(
              way.item,
              `this alternative of step ${step.number} has no command`,
              'indent a ```bash fence under it; what people do by hand is a step of its own, and Skip is an answer already',
            ),
          ]
        : []),
      ...(ways.findIndex(({ title }) => title === way.title) < at
        ? [wrong(way.item, `step ${step.number} has two alternatives of this name`, 'say how they differ')]
        : []),
      ...(first && way.command !== null && way.when !== first.when
        ? [
            wrong(
              way.item,
              `one alternative of step ${step.number} is marked when=always, and this one is not like it`,
              'mark all of them so, or none',
            ),
          ]
        : []),
      ...titleFindings(step, way),
    ]),
    ...lengthFindings(step, ways),
  ];
}

/** Once chosen, both are the step's title. */
function titleFindings(step: Pick<DraftStep, 'number' | 'title'>, way: DraftStep): Finding[] {
  const length = `${step.title}: ${way.title}`.length;
  if (length <= maximumTitleLength || way.title.length > maximumTitleLength) return [];
  const message = `the titles of step ${step.number} and of this alternative have ${length} characters together; at most ${maximumTitleLength} fit a card`;
  return [{ rule: 'step-title', ...placeOf(way.item), message, fix: 'put the rest into a paragraph of its own' }];
}

/** The card on which people choose shows all of them. */
function lengthFindings({ number }: Pick<DraftStep, 'number'>, ways: readonly DraftStep[]): Finding[] {
  const lengths = ways.map(({ command }) => command?.text.length ?? 0);
  const all = lengths.reduce((sum, length) => sum + length, 0);
  const [first] = ways;
  if (!first || all <= maximumScriptLength || lengths.some((length) => length > maximumScriptLength)) return [];
  const message = `the alternatives of step ${number} have ${all} characters together; at most ${maximumScriptLength} fit the card on which one is chosen`;
  return [{ rule: 'script-too-long', ...placeOf(first.item), message, fix: 'split it into steps' }];
}
