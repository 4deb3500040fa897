/** What is wrong between runbooks: an id that two have, an alarm that two claim. */
import type { Alarm } from '../alarm/alarm.ts';
import { routeConfidence } from '../matching/route.ts';
import { sharedIds } from '../runbook/compile.ts';
import type { Draft } from '../runbook/parse.ts';
import { type Problem, problemsOf } from '../runbook/problem.ts';
import type { Runbook } from '../runbook/runbook.ts';

type Match = Runbook['match'];

/** Every problem that two files have with each other, at the later of them. */
export function libraryProblems(drafts: readonly Draft[]): Problem[] {
  const ids = drafts.flatMap(({ file, front }) =>
    front.partial.id === undefined ? [] : [{ id: front.partial.id, file, place: front.placeOf(['id'], 'value') }],
  );
  return [...sharedIds(ids), ...drafts.flatMap((draft, index) => clashes(draft, drafts.slice(0, index)))];
}

function clashes(draft: Draft, earlier: readonly Draft[]): Problem[] {
  const match = matchOf(draft);
  if (match === null) return [];
  for (const other of earlier) {
    const alarm = alarmOfBoth(match, matchOf(other));
    if (alarm === null || other.front.partial.id === draft.front.partial.id) continue;
    const message = `alarms such as ${alarm} are claimed by ${other.file} as well, just as exactly: neither would be planned`;
    const place = draft.front.placeOf(draft.front.has(['match', 'alarms']) ? ['match', 'alarms'] : ['match']);
    return problemsOf(draft.file, [
      {
        rule: 'alarm-clash',
        ...place,
        message,
        fix: 'make one of the two more exact: a longer name, a namespace, a metric, a tag',
      },
    ]);
  }
  return [];
}

function matchOf({ front: { partial } }: Draft): Match | null {
  const { match } = partial;
  return match
    ? { alarms: match.alarms, namespace: match.namespace ?? null, metric: match.metric ?? null, tags: match.tags }
    : null;
}

/** An alarm that both routes answer with the same confidence, in words; null when there is none to be found. */
function alarmOfBoth(a: Match, b: Match | null): string | null {
  if (b === null) return null;
  for (const name of namesFor(a, b)) {
    const alarm = {
      name,
      namespace: a.namespace ?? b.namespace,
      metric: a.metric ?? b.metric,
      tags: { ...a.tags, ...b.tags },
    } as unknown as Alarm;
    const [first, second] = [routeConfidence(a, alarm), routeConfidence(b, alarm)];
    if (first && second && first.confidence === second.confidence) return name === '' ? describe(alarm) : name;
  }
  return null;
}

function describe({ namespace, metric, tags }: Alarm): string {
  return [namespace, metric, ...Object.entries(tags).map((tag) => tag.join('='))].filter(Boolean).join(' ');
}

/** Names that the patterns of either stand for, with as little as possible for each `*`. */
function namesFor(a: Match, b: Match): string[] {
  if (a.alarms.length === 0 && b.alarms.length === 0) return [''];
  const all = [...a.alarms, ...b.alarms];
  const single = all.flatMap((pattern) => [pattern.replaceAll('*', ''), pattern.replaceAll('*', '1')]);
  return single.slice(0, 200);
}
