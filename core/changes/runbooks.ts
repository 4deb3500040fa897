/** What changes in the library of runbooks: which are new or gone, and of each what it answers, where, and how. */
import type { Compiled } from '../compiled.ts';
import { canonicalJson } from '../digest.ts';
import type { Reparse } from '../risk/classify.ts';
import type { Parameter, Runbook, TargetSelector } from '../runbook/runbook.ts';
import { allTargets } from '../runbook/selectors.ts';
import { visible } from '../visible.ts';
import { riskAtLeast } from '../words.ts';
import { type Change, looser, same, setWords } from './change.ts';
import { highestLevel, type JudgedRunbook, stepChanges } from './steps.ts';

/** The floor's second parser; without it nothing is read_only. */
export interface Judges {
  readonly reparse?: Reparse;
}

/** Each side is judged under its own policy's commands. */
export function runbookChanges(before: Compiled, after: Compiled, judges: Judges): Change[] {
  const of = ({ runbooks, policy }: Compiled) =>
    new Map(runbooks.map((runbook) => [runbook.id, { runbook, tools: { ...judges, commands: policy.commands } }]));
  const [old, now] = [of(before), of(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((id) => {
    const [was, is] = [old.get(id), now.get(id)];
    if (!was) return is ? [added(is)] : [];
    return is ? changed(was, is) : [same(id, `is gone: its alarms find no runbook, or another one`)];
  });
}

function added(judged: JudgedRunbook): Change {
  const { id, title, steps } = judged.runbook;
  const level = highestLevel(judged);
  const text = `is new: ${title} (${steps.length} ${steps.length === 1 ? 'step' : 'steps'}, ${level?.replace('_', ' ') ?? 'all by hand'} at most)`;
  return level !== null && riskAtLeast(level, 'modifying') ? looser(id, text) : same(id, text);
}

function changed(before: JudgedRunbook, after: JudgedRunbook): Change[] {
  const { id } = after.runbook;
  const found = [...frontChanges(before.runbook, after.runbook), ...stepChanges(id, before, after)];
  if (found.length > 0 || before.runbook.digest === after.runbook.digest) return found;
  return [same(id, 'its text changed, and nothing that it would do')];
}

function frontChanges(before: Runbook, after: Runbook): Change[] {
  const { id } = after;
  return [
    ...words(id, 'title', before.title, after.title),
    ...words(id, 'owner', before.owner, after.owner),
    ...words(id, 'severity', before.severity, after.severity),
    ...set(id, 'services', before.services, after.services),
    ...environments(id, before.environments, after.environments),
    ...(differs(before.match, after.match) ? [looser(id, 'answers other alarms (match changed)')] : []),
    ...set(id, 'symptoms', before.symptoms, after.symptoms),
    ...targets(before, after),
    ...parameters(id, before.parameters, after.parameters),
    ...(before.ifAlarmStays === after.ifAlarmStays ? [] : [same(id, 'what to do if the alarm stays changed')]),
  ];
}

function words(id: string, what: string, before: string, after: string): Change[] {
  return before === after ? [] : [same(id, `${what}: was ${visible(before)}, is ${visible(after)}`)];
}

function set(id: string, what: string, before: readonly string[], after: readonly string[]): Change[] {
  const text = setWords(before, after);
  return text === null ? [] : [same(id, `${what}: ${visible(text)}`)];
}

/** None named means all. */
function environments(id: string, before: readonly string[], after: readonly string[]): Change[] {
  if (!differs(before, after)) return [];
  const name = (some: readonly string[]) => (some.length === 0 ? 'all environments' : visible(some.join(', ')));
  const isWider = after.length === 0 || after.some((one) => before.length > 0 && !before.includes(one));
  const text = `may run in ${name(after)} (was ${name(before)})`;
  return [isWider ? looser(id, text) : same(id, text)];
}

/** Targets are told apart by their names; those without are one. */
function targets({ targets: before }: Runbook, { id, targets: after }: Runbook): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const about = name === allTargets ? '' : `on ${name}: `;
    const [old, now] = [before[name], after[name]];
    if (!now) return [same(id, `${about || 'without a name: '}no step runs there any more`)];
    if (!old) return [looser(id, `${about}runs on ${visible(whereOf(now))}, at most ${now.maximum} (is new)`)];
    return selectorChanges(id, about, old, now);
  });
}

function selectorChanges(id: string, about: string, before: TargetSelector, after: TargetSelector): Change[] {
  const most =
    before.maximum === after.maximum ? [] : [`${about}at most ${after.maximum} hosts (was ${before.maximum})`];
  const where = differs(whereOf(before), whereOf(after))
    ? [`${about}runs on ${visible(whereOf(after))} (was ${visible(whereOf(before))})`]
    : [];
  const isWider = after.maximum > before.maximum || where.length > 0;
  return [...where, ...most].map((text) => (isWider ? looser(id, text) : same(id, text)));
}

function whereOf({ from, tags }: TargetSelector): string {
  return from === 'alarm' ? 'the alarm’s instance' : `instances with ${JSON.stringify(tags)}`;
}

function parameters(id: string, before: readonly Parameter[], after: readonly Parameter[]): Change[] {
  const names = setWords(
    before.map(({ name }) => name),
    after.map(({ name }) => name),
  );
  const other = after.filter((one) => {
    const old = before.find(({ name }) => name === one.name);
    return old !== undefined && differs(old, one);
  });
  return [
    ...(names === null ? [] : [same(id, `parameters: ${names}`)]),
    ...other.map(({ name }) => looser(id, `the parameter ${name} takes other values`)),
  ];
}

function differs(a: unknown, b: unknown): boolean {
  return canonicalJson(a) !== canonicalJson(b);
}
