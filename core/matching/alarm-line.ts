/** An alarm as one line of JSON, for looking at the matching apart from CloudWatch. */
import * as z from 'zod';
import type { Alarm } from '../alarm/alarm.ts';

const comparisons = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
  'GreaterThanUpperThreshold',
  'LessThanLowerThreshold',
  'LessThanLowerOrGreaterThanUpperThreshold',
] as const;

/** Absent, null and empty are the same: not known. */
function optional<T extends z.ZodType>(inner: T) {
  return z.preprocess((value) => (value === '' || value === undefined ? null : value), inner.nullable());
}

/** Values of people's own exports: a reference that was not resolved may be null, a number a number. */
const Values = z.record(
  z.string(),
  z
    .union([z.string(), z.number(), z.boolean(), z.null()], { error: 'must be text' })
    .transform((value) => String(value ?? '')),
  { error: 'must be an object of names and values, such as {"InstanceId":"i-0123456789abcdef0"}' },
);

/** Other keys are the file's own business. */
const Line = z.object({
  name: z.string({ error: 'must be the alarm’s name, a text' }).min(1, { error: 'must not be empty' }),
  namespace: optional(z.string({ error: 'must be a text, such as CWAgent' })),
  metric: optional(z.string({ error: 'must be a text, such as disk_used_percent' })),
  dimensions: optional(Values),
  description: optional(z.string({ error: 'must be a text' })),
  tags: optional(Values),
  comparison: optional(z.enum(comparisons, { error: `must be one of ${comparisons.join(', ')}` })),
  statistic: optional(z.string({ error: 'must be a text, such as Average' })),
  threshold: optional(z.number({ error: 'must be a number' })),
  period: optional(z.int({ error: 'must be a whole number of seconds' }).min(1, { error: 'must be at least 1' })),
});

export type ReadAlarmLine =
  | { readonly alarm: Alarm; readonly problem: null }
  | { readonly name: string | null; readonly problem: string };

/** Never throws. A problem names the field, what is wrong with it and what is allowed. */
export function readAlarmLine(line: string): ReadAlarmLine {
  const value = parsed(line);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return {
      name: null,
      problem: 'the line is no JSON object; write one alarm a line, such as {"name":"disk-full-web-1"}',
    };
  const read = Line.safeParse(value);
  if (read.success) return { alarm: alarmOf(read.data), problem: null };
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  const { name } = value as { name?: unknown };
  return { name: typeof name === 'string' ? name : null, problem: problems.join('; ') };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** What the line does not say is as CloudWatch would leave it empty. */
function alarmOf({ name, namespace, metric, dimensions, description, tags, ...line }: z.infer<typeof Line>): Alarm {
  return {
    arn: '',
    name,
    account: '',
    region: '',
    kind: 'metric',
    state: 'ALARM',
    stateChangedAt: '',
    stateReason: '',
    description: description ?? '',
    namespace,
    metric,
    dimensions: dimensions ?? {},
    tags: tags ?? {},
    rule: null,
    comparison: line.comparison,
    threshold: line.threshold,
    series: line.statistic === null ? null : { statistic: line.statistic, periodSeconds: line.period ?? 60 },
    contributorId: null,
    quiet: null,
  };
}
