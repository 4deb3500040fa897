/** What front matter says that is legal and hardly ever meant: about alarms, targets, environments, reviews and parameters. */
import { daysBetween, intervalDays } from '../runbook/dates.ts';
import type { Draft } from '../runbook/parse.ts';
import { placeholders } from '../runbook/placeholder.ts';
import { type Finding, shown } from '../runbook/problem.ts';
import { nearest } from '../runbook/spelling.ts';

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
    ...leftovers(draft),
  ];
}

/** What only a regular expression says. `*` is the one wildcard, and only in names of alarms. */
const regular = /\.\*|\.\+|^\^|\$$|\\[dwsDWSb.]|\[[^\]]*-[^\]]*\]|\((?:\?:)?[^)]*\|[^)]*\)|\([^)]*\)[?*+]|\.\{\d|\w\+$/;

function patternsInMatch({ front }: Draft): Finding[] {
  const { match } = front.partial;
  const findings = (match?.alarms ?? []).flatMap((pattern, index): Finding[] => {
    if (!regular.test(pattern)) return [];
    const message = `the alarm name ${shown(pattern)} looks like a regular expression, and is taken literally but for "*"`;
    return [
      {
        rule: 'pattern-in-match',
        ...front.placeOf(['match', 'alarms', index], 'value'),
        message,
        fix: 'write names with "*" for anything, one entry for each alternative',
      },
    ];
  });
  for (const key of ['namespace', 'metric'] as const) {
    const value = match?.[key];
    if (value === undefined || !(value.includes('*') || regular.test(value))) continue;
    const message = `the ${key} ${shown(value)} looks like a pattern, and must be equal to the alarm's: only names of alarms take "*"`;
    findings.push({
      rule: 'pattern-in-match',
      ...front.placeOf(['match', key], 'value'),
      message,
      fix: `write the whole ${key}, or leave it away`,
    });
  }
  for (const [key, value] of Object.entries(match?.tags ?? {}))
    if (value.includes('*'))
      findings.push({
        rule: 'pattern-in-match',
        ...front.placeOf(['match', 'tags', key], 'value'),
        message: `the tag ${key}: ${shown(value)} looks like a pattern, and must be equal to the alarm's`,
        fix: 'write the whole value',
      });
  return findings;
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

function noTarget({ front }: Draft): Finding[] {
  const { match, targets } = front.partial;
  const namespace = match?.namespace;
  if (namespace === undefined || targets?.from !== 'alarm' || namespace.includes('*')) return [];
  const none = (namespace.startsWith('AWS/') && !withInstances.has(namespace)) || namespace === 'ECS/ContainerInsights';
  if (!none) return [];
  const message = `alarms of ${namespace} have no dimension InstanceId, from which the steps would take their host`;
  const place = front.has(['targets', 'from'])
    ? front.placeOf(['targets', 'from'], 'value')
    : front.placeOf(['match', 'namespace'], 'value');
  return [{ rule: 'no-target', ...place, message, fix: 'name hosts by tag: targets: { tags: { role: ops } }' }];
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
const usualInterval = '1y';

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
  const scripts = [...steps.flatMap((step) => step.scripts), ...body.stray];
  const texts = scripts.map(({ template }) => template.text);
  const used = new Set(texts.flatMap(placeholders).map(({ name }) => name));
  const declared = [...(front.declared ?? [])];
  const strangers = [...used].filter((name) => !declared.includes(name));
  const odd = texts.flatMap((text) => [...text.matchAll(/\{\{\s*([\w.-]+)\s*\}\}/g)].map((match) => match[1] ?? ''));
  const foreign = steps.some((step) => step.foreign);
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

/** Values of a template that nobody filled in. */
function leftovers({ front }: Draft): Finding[] {
  const { id, title, owner, match, escalation } = front.partial;
  const values: (readonly [readonly (string | number)[], string | undefined])[] = [
    [['id'], id],
    [['title'], title],
    [['owner'], owner],
    [['escalation'], escalation],
    [['match', 'namespace'], match?.namespace],
    [['match', 'metric'], match?.metric],
    ...(match?.alarms ?? []).map((alarm, index) => [['match', 'alarms', index], alarm] as const),
  ];
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
