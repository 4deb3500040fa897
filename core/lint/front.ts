/** What front matter says that is legal and hardly ever meant: about alarms, targets, environments, reviews and parameters. */
import { daysBetween, intervalDays } from '../runbook/dates.ts';
import type { MatchEntry } from '../runbook/front-matter-schema.ts';
import { namedTargets } from '../runbook/named-targets.ts';
import type { Draft } from '../runbook/parse.ts';
import { type Finding, shown } from '../runbook/problem.ts';
import { allTargets } from '../runbook/selectors.ts';
import { nearest } from '../runbook/spelling.ts';
import { leavesOf } from '../runbook/steps.ts';
import { placeholders } from '../runbook/substitute.ts';

export interface FrontContext {
  /** The environments of the policy; null when no policy was read. */
  readonly environments: readonly string[] | null;
  /** Such as `2026-11-28`. */
  readonly today: string;
}

export function frontFindings(draft: Draft, context: FrontContext): Finding[] {
  return [
    ...patternsInMatch(draft),
    ...noTarget(draft),
    ...unknownEnvironments(draft, context),
    ...reviewDates(draft, context.today),
    ...unusedParameters(draft),
    ...unusedTargets(draft),
    ...leftovers(draft),
  ];
}

/** What only a regular expression says. `*` is the one wildcard, and only in names of alarms. */
const regular = /\.\*|\.\+|^\^|\$$|\\[dwsDWSb.]|\[[^\]]*-[^\]]*\]|\((?:\?:)?[^)]*\|[^)]*\)|\([^)]*\)[?*+]|\.\{\d|\w\+$/;

type Path = readonly (string | number)[];

/** Each alternative of `match`, and what it excludes, with where it stands. */
function saidIn({ front }: Draft): { path: Path; said: Omit<MatchEntry, 'unless'> }[] {
  const { match } = front.partial;
  const entries = match === undefined ? [] : Array.isArray(match) ? match : [match];
  return entries.flatMap((entry, index) => {
    const path: Path = Array.isArray(match) ? ['match', index] : ['match'];
    return [{ path, said: entry }, ...(entry.unless ? [{ path: [...path, 'unless'], said: entry.unless }] : [])];
  });
}

/** The texts of a key that takes one or a list, with where each stands. */
function oneOrMore(path: Path, value: string | readonly string[] | undefined): { path: Path; value: string }[] {
  if (value === undefined) return [];
  return typeof value === 'string'
    ? [{ path, value }]
    : value.map((one, index) => ({ path: [...path, index], value: one }));
}

function patternsInMatch(draft: Draft): Finding[] {
  const rule = 'pattern-in-match';
  return saidIn(draft).flatMap(({ path, said }) => {
    const at = (where: Path) => draft.front.placeOf(where, 'value');
    const names = oneOrMore([...path, 'alarms'], said.alarms).flatMap(({ path: where, value }): Finding[] => {
      if (!regular.test(value)) return [];
      const message = `the alarm name ${shown(value)} looks like a regular expression, and is taken literally but for "*"`;
      const fix = 'write names with "*" for anything, one entry for each alternative';
      return [{ rule, ...at(where), message, fix }];
    });
    const exact = (['namespace', 'metric'] as const).flatMap((key) =>
      oneOrMore([...path, key], said[key]).flatMap(({ path: where, value }): Finding[] => {
        if (!value.includes('*') && !regular.test(value)) return [];
        const message = `the ${key} ${shown(value)} looks like a pattern, and must be equal to the alarm's: only names of alarms take "*"`;
        return [{ rule, ...at(where), message, fix: `write the whole ${key}, or leave it away` }];
      }),
    );
    const tags = Object.entries(said.tags).flatMap(([key, value]): Finding[] => {
      if (!value.includes('*')) return [];
      const message = `the tag ${key}: ${shown(value)} looks like a pattern, and must be equal to the alarm's`;
      return [{ rule, ...at([...path, 'tags', key]), message, fix: 'write the whole value' }];
    });
    return [...names, ...exact, ...tags];
  });
}

/** AWS's own namespaces whose alarms can name an instance by InstanceId; every other one of theirs never does. */
const withInstances = new Set([
  'AWS/EC2',
  'AWS/EC2/API',
  'AWS/ElasticBeanstalk',
  'AWS/OpsWorks',
  'AWS/SSM-RunCommand',
  'AWS/GameLift',
  'AWS/EBS',
]);

function noTarget(draft: Draft): Finding[] {
  const { front } = draft;
  const { targets } = front.partial;
  const [byAlarm] =
    Object.entries(targets === undefined ? {} : namedTargets(targets)).find(([, { from }]) => from === 'alarm') ?? [];
  if (byAlarm === undefined) return [];
  const path = byAlarm === allTargets ? ['targets', 'from'] : ['targets', byAlarm, 'from'];
  const alternatives = saidIn(draft).filter(({ path }) => path.at(-1) !== 'unless');
  return alternatives.flatMap(({ path: at, said }): Finding[] => {
    const namespaces = oneOrMore([...at, 'namespace'], said.namespace);
    const [first] = namespaces;
    // An alternative that wants the dimension, or that another namespace fits too, can have a host.
    if (
      first === undefined ||
      said.dimensions.includes('InstanceId') ||
      !namespaces.every(({ value }) => isHostless(value))
    )
      return [];
    const message = `alarms of ${namespaces.map(({ value }) => value).join(' and ')} have no dimension InstanceId, from which the steps would take their host`;
    const place = front.has(path) ? front.placeOf(path, 'value') : front.placeOf(first.path, 'value');
    return [{ rule: 'no-target', ...place, message, fix: 'name hosts by tag: targets: { tags: { role: ops } }' }];
  });
}

function isHostless(namespace: string): boolean {
  if (namespace.includes('*')) return false;
  return (namespace.startsWith('AWS/') && !withInstances.has(namespace)) || namespace === 'ECS/ContainerInsights';
}

function unknownEnvironments({ front }: Draft, { environments }: FrontContext): Finding[] {
  if (environments === null) return [];
  return (front.partial.environments ?? []).flatMap((name, index): Finding[] => {
    if (environments.includes(name)) return [];
    const message = `the policy has no environment ${shown(name)}; it has ${environments.join(', ')}`;
    const near = nearest(name, environments) ?? environments.find((known) => known.startsWith(name));
    return [
      {
        rule: 'unknown-environment',
        ...front.placeOf(['environments', index], 'value'),
        message,
        fix: `${near ? `did you mean ${near}? ` : ''}correct it, or add it to countersign.yaml`,
      },
    ];
  });
}

/** Where a runbook says when it was reviewed and not how often it should be. */
export const usualInterval = '1y';

function reviewDates({ front }: Draft, today: string): Finding[] {
  const { reviewed, review_every: every = usualInterval } = front.partial;
  if (reviewed === undefined) return [];
  const age = daysBetween(reviewed, today);
  const place = front.placeOf(['reviewed'], 'value');
  if (age < -1)
    return [
      {
        rule: 'review-in-future',
        ...place,
        message: `the review of ${reviewed} has not been yet: today is ${today}`,
        fix: 'write the day of the last review',
      },
    ];
  if (age <= intervalDays(every)) return [];
  const message = `the last review is ${age} days ago, and the runbook wants one every ${every}`;
  return [{ rule: 'review-overdue', ...place, message, fix: 'read it, run what only reads, and write today’s date' }];
}

function unusedParameters({ front, steps, body }: Draft): Finding[] {
  const scripts = [...leavesOf(steps).flatMap((step) => step.scripts), ...body.stray];
  const texts = scripts.map(({ template }) => template.text);
  const used = new Set(texts.flatMap(placeholders).map(({ name }) => name));
  const declared = [...(front.declared ?? [])];
  const strangers = [...used].filter((name) => !declared.includes(name));
  const odd = texts.flatMap((text) => [...text.matchAll(/\{\{\s*([\w.-]+)\s*\}\}/g)].map((match) => match[1] ?? ''));
  const foreign = leavesOf(steps).some((step) => step.foreign);
  return Object.keys(front.partial.parameters ?? {}).flatMap((name): Finding[] => {
    if (used.has(name) || foreign || scripts.length === 0) return [];
    // A placeholder that is misspelt is one fault, not two.
    if ([...strangers, ...odd].some((other) => nearest(other, [name]) !== null)) return [];
    const message = `the parameter ${name} is used in no script`;
    return [
      {
        rule: 'unused-parameter',
        ...front.placeOf(['parameters', name]),
        message,
        fix: `write {{ ${name} }} where it belongs, or remove it`,
      },
    ];
  });
}

function unusedTargets({ front, steps }: Draft): Finding[] {
  const { targets } = front.partial;
  const names = targets === undefined ? [] : Object.keys(namedTargets(targets));
  const used = new Set(leavesOf(steps).map(({ on }) => on));
  const unclear = leavesOf(steps).some(
    ({ on, foreign, command }) => foreign || (command !== null && !names.includes(on ?? '')),
  );
  if (unclear || names.length < 2) return [];
  return names.flatMap((name): Finding[] => {
    if (used.has(name)) return [];
    const message = `no step runs on the targets ${name}`;
    return [
      {
        rule: 'unused-target',
        ...front.placeOf(['targets', name]),
        message,
        fix: `write on=${name} on a fence, or remove them`,
      },
    ];
  });
}

/** Values of a template that nobody filled in. */
function leftovers(draft: Draft): Finding[] {
  const { front } = draft;
  const { id, title, owner, escalation } = front.partial;
  const own: (readonly [Path, string | undefined])[] = [
    [['id'], id],
    [['title'], title],
    [['owner'], owner],
    [['escalation'], escalation],
  ];
  const matched = saidIn(draft).flatMap(({ path, said }) =>
    (['alarms', 'namespace', 'metric'] as const).flatMap((key) => oneOrMore([...path, key], said[key])),
  );
  const values = [...own, ...matched.map(({ path, value }) => [path, value] as const)];
  return values.flatMap(([path, value]): Finding[] => {
    const written =
      /<[A-Za-z][\w -]*>|\bYOUR[_-][A-Z_-]+|\byour[-_][a-z][\w-]*|\bTODO\b|\bCHANGE-?ME\b|\{\{[^}]*\}\}|\bFIXME\b/.exec(
        value ?? '',
      )?.[0];
    if (written === undefined) return [];
    const message = `${path.join('.')} has the placeholder ${written}, which nothing fills`;
    return [{ rule: 'foreign-placeholder', ...front.placeOf(path, 'value'), message, fix: `write what it stands for` }];
  });
}
