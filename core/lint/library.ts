/** What is wrong between runbooks: an id that two have, an alarm that two claim. */
import type { Alarm } from '../alarm/alarm.ts';
import { routeOf } from '../matching/route.ts';
import { sharedIds } from '../runbook/compile.ts';
import { type Draft, matchesOf } from '../runbook/parse.ts';
import { type Problem, problemsOf } from '../runbook/problem.ts';
import type { Match } from '../runbook/runbook.ts';

/** Every problem that two files have with each other, at the later of them. */
export function libraryProblems(drafts: readonly Draft[]): Problem[] {
  const ids = drafts.flatMap(({ file, front }) =>
    front.partial.id === undefined ? [] : [{ id: front.partial.id, file, place: front.placeOf(['id'], 'value') }],
  );
  return [...sharedIds(ids), ...drafts.flatMap((draft, index) => clashes(draft, drafts.slice(0, index)))];
}

function clashes(draft: Draft, earlier: readonly Draft[]): Problem[] {
  const matches = alternativesOf(draft);
  for (const other of earlier) {
    const alarm = alarmOfBoth(matches, alternativesOf(other));
    if (alarm === null || other.front.partial.id === draft.front.partial.id) continue;
    const message = `alarms such as ${alarm} are claimed by ${other.file} as well, just as exactly: neither would be planned`;
    const { front, file } = draft;
    const place = front.placeOf(front.has(['match', 'alarms']) ? ['match', 'alarms'] : ['match']);
    const fix = 'make one of the two more exact: a longer name, a namespace, a metric, a tag';
    return problemsOf(file, [{ rule: 'alarm-clash', ...place, message, fix }]);
  }
  return [];
}

function alternativesOf({ front: { partial } }: Draft): Match[] {
  return partial.match === undefined ? [] : matchesOf(partial.match);
}

/** An alarm that both answer with the same confidence, in words; null when there is none to be found. */
function alarmOfBoth(a: readonly Match[], b: readonly Match[]): string | null {
  for (const one of a)
    for (const other of b) {
      const alarm = alarmsFor(one, other).find((candidate) => isTie(a, b, candidate));
      if (alarm) return alarm.name === '' ? describe(alarm) : alarm.name;
    }
  return null;
}

function isTie(a: readonly Match[], b: readonly Match[], alarm: Alarm): boolean {
  const first = routeOf(a, alarm);
  return first !== null && first.confidence === routeOf(b, alarm)?.confidence;
}

function describe({ namespace, metric, tags }: Alarm): string {
  return [namespace, metric, ...Object.entries(tags).map((tag) => tag.join('='))].filter(Boolean).join(' ');
}

const operators = {
  above: 'GreaterThanThreshold',
  below: 'LessThanThreshold',
  outside: 'LessThanLowerOrGreaterThanUpperThreshold',
};

/** Alarms that have what either says: names with as little as possible for each `*`. */
function alarmsFor(a: Match, b: Match): Alarm[] {
  const patterns = [...a.alarms, ...b.alarms];
  const names =
    patterns.length === 0 ? [''] : patterns.flatMap((one) => [one.replaceAll('*', ''), one.replaceAll('*', '1')]);
  const shared = (first: readonly string[], second: readonly string[]) =>
    first.find((one) => second.includes(one)) ?? first[0] ?? second[0] ?? null;
  const comparison = a.comparison ?? b.comparison;
  return names.map(
    (name) =>
      ({
        name,
        namespace: shared(a.namespaces, b.namespaces),
        metric: shared(a.metrics, b.metrics),
        comparison: comparison === null ? null : operators[comparison],
        dimensions: Object.fromEntries([...a.dimensions, ...b.dimensions].map((key) => [key, 'x'])),
        tags: { ...a.tags, ...b.tags },
      }) as unknown as Alarm,
  );
}
