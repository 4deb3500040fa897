/** What front matter may say: every key, its bounds, and the words for what it must be. */
import * as z from 'zod';
import { maximumTargets } from '../dispatch.ts';
import { Severity } from '../words.ts';
import { list, section } from '../yaml-fields.ts';

/** A printable line. Hidden characters are refused for the whole file. */
function line(maximum: number, what: string) {
  const error = `must be ${what}: text on one line, at most ${maximum} characters`;
  return z
    .string({ error })
    .max(maximum, { error })
    .regex(/^[^\n\t]*\S[^\n\t]*$/, { error });
}

function shaped(pattern: RegExp, what: string) {
  return z.string({ error: `must be ${what}` }).regex(pattern, { error: `must be ${what}` });
}

/** AWS: tag keys have at most 128 characters, values 256. */
const Tags = z.record(
  z.string().min(1).max(128),
  z.string({ error: 'must be text; put numbers and true or false in quotes' }).max(256),
  { error: 'must be a map of tags, such as service: web' },
);

const Source = shaped(
  /^(?:dimension|tag):[^\s:|][^\n\t|]{0,254}(?:\|[^\s:|][^\n\t|]{0,254}){0,9}$/,
  '"dimension:NAME" or "tag:KEY", such as dimension:InstanceId, with up to ten names joined by "|"',
);

const Scalar = z.union([z.string(), z.number()], {
  error: 'must be text or a number; put true, false and null in quotes',
});

const types = ['string', 'integer', 'enum', 'path', 'unit', 'hostname', 'duration'] as const;

export const ParameterEntry = section({
  type: z.enum(types, { error: `must be one of ${types.join(', ')}` }),
  description: line(200, 'what the value means').default(''),
  from: z
    .union([z.literal('person'), Source, z.array(Source).min(1)], {
      error: 'must be "dimension:NAME" or "tag:KEY", or a list of them, tried in order, or "person" alone',
    })
    .optional(),
  default: Scalar.transform(String).optional(),
  destructive_default: z
    .boolean({ error: 'must be true or false: whether a destructive step may rest on the default' })
    .default(false),
  pattern: line(200, 'a regular expression for the whole value').optional(),
  values: list(Scalar.transform(String), 'the allowed values')
    .min(1, { error: 'must name at least one value' })
    .optional(),
  min: z.number({ error: 'must be a number' }).optional(),
  max: z.number({ error: 'must be a number' }).optional(),
  max_length: z.int({ error: 'must be a whole number' }).min(1, { error: 'must be at least 1' }).optional(),
});
export type ParameterEntry = z.infer<typeof ParameterEntry>;

const patterns = list(line(255, 'an alarm name, * standing for anything'), 'alarm name patterns').default([]);
const namespace = line(255, "the metric's namespace, such as CWAgent");
const metric = line(255, "the metric's name, such as disk_used_percent");

/** What both a match and its `unless` may say of an alarm. */
const said = {
  alarms: patterns,
  namespace: oneOrMore(namespace, "the metric's namespace, or a list of them"),
  metric: oneOrMore(metric, "the metric's name, or a list of them"),
  comparison: z.enum(['above', 'below', 'outside'], { error: 'must be above, below or outside' }).optional(),
  dimensions: list(line(255, "a dimension's name"), 'names of dimensions that the alarm has').default([]),
  tags: Tags.default({}),
};

function oneOrMore(item: z.ZodString, what: string) {
  return z.union([item, z.array(item).min(1)], { error: `must be ${what}: text on one line` }).optional();
}

const MatchEntry = section({
  ...said,
  unless: section(said)
    .refine(saysAnything, { error: 'must say which alarms this runbook does not answer, by the same keys as match' })
    .optional(),
}).refine(saysAnything, {
  error:
    'must say which alarms this runbook answers: alarms (a pattern with more than *), namespace, metric or tags; all given ones must agree',
});
export type MatchEntry = z.infer<typeof MatchEntry>;

/** A comparison or a dimension alone would be every second alarm. */
function saysAnything(given: z.infer<z.ZodObject<typeof said>>): boolean {
  return (
    given.alarms.some((pattern) => /[^*]/.test(pattern)) ||
    (given.namespace ?? given.metric) !== undefined ||
    Object.keys(given.tags).length > 0
  );
}

const Matches = z.union([
  MatchEntry,
  z
    .array(MatchEntry)
    .min(1, { error: 'must name at least one alternative' })
    .max(20, { error: 'must have at most 20 alternatives' }),
]);

const maximumError = `must be a whole number from 1 to ${maximumTargets}`;

const TargetsEntry = section({
  from: z.literal('alarm', { error: 'must be "alarm", or absent where tags are given' }).optional(),
  tags: Tags.refine((tags) => Object.keys(tags).length > 0, { error: 'must name at least one tag' }).optional(),
  max: z
    .int({ error: maximumError })
    .min(1, { error: maximumError })
    .max(maximumTargets, { error: maximumError })
    .default(1),
}).refine(({ from, tags }) => (from === undefined) !== (tags === undefined), {
  error: 'must have either "from: alarm" (the instance in the alarm\'s InstanceId dimension) or tags',
});

/** Keys of a single selector: a map without any of them holds selectors by name. */
export const selectorKeys = ['from', 'tags', 'max'] as const;

const NamedTargets = z
  .record(
    shaped(
      /^(?!(?:from|tags|max|all)$)[a-z][a-z0-9_-]{0,39}$/,
      'a name of lower-case letters, digits, "_" and "-", such as db',
    ),
    TargetsEntry,
    { error: 'must be one map of from or tags, or a map from a name to such maps' },
  )
  .refine((named) => Object.keys(named).length >= 1 && Object.keys(named).length <= 5, {
    error: 'must name 1 to 5 groups of targets',
  });

const Targets = z.union([TargetsEntry, NamedTargets]);

/** A day as people write it, kept as written. */
const Day = z.iso.date({ error: 'must be a day that exists, such as 2026-11-28' });

const Link = shaped(/^https?:\/\/[^\s<>"]{1,500}$/, 'an address that begins with https:// or http://');

/** What only people read, and `validate` where it is a date: nothing of it is compiled. */
const forPeople = {
  description: line(500, 'what the runbook is for').optional(),
  reviewed: Day.optional(),
  review_every: shaped(
    /^[1-9][0-9]{0,3}[dwm]$|^[1-9]y$/,
    'a number of days, weeks, months or years, such as 90d, 26w, 6m or 1y',
  ).optional(),
  links: z
    .union([list(Link, 'links'), z.record(z.string().min(1).max(80), Link)], {
      error: 'must be a list of addresses, or a map from a name to an address',
    })
    .optional(),
  source: line(500, 'where the runbook comes from').optional(),
  escalation: line(200, 'whom to ask where the steps do not help').optional(),
};

export const FrontMatter = section({
  id: shaped(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and "-" (at most 64), such as disk-full'),
  title: line(150, 'what the runbook does'),
  owner: line(80, 'the team or person who keeps it'),
  severity: z.enum(Severity.options, { error: `must be one of ${Severity.options.join(', ')}` }),
  services: list(line(80, 'a service'), 'services').default([]),
  environments: list(line(80, 'an environment'), 'environments').default([]),
  match: Matches,
  symptoms: list(line(200, 'what people see'), 'symptoms')
    .max(50, { error: 'must have at most 50 entries' })
    .default([]),
  parameters: z
    .record(
      shaped(/^[a-z][a-z0-9_]{0,39}$/, 'a name of lower-case letters, digits and "_", such as log_dir'),
      ParameterEntry,
      { error: 'must be a map from a name to its type, description and source' },
    )
    .default({}),
  targets: Targets.default({ from: 'alarm', max: 1 }),
  ...forPeople,
});
export type FrontMatter = z.infer<typeof FrontMatter>;
