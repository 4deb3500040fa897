/** An alarm as CloudWatch's own answer tells it, read with our own credentials. No envelope contributes to it. */
import * as z from 'zod';
import { parseAlarmArn } from './envelope.ts';

/** The tag by which a platform team opts an alarm or an instance in. */
export const optInTag = { key: 'countersign', value: 'on' } as const;

/** What CloudWatch says of an alarm, read with our own credentials. Times are ISO 8601. */
export const Alarm = z.lazy(() =>
  z.strictObject({
    arn: z.string(),
    name: z.string(),
    account: z.string(),
    region: z.string(),
    kind: z.enum(['metric', 'composite', 'log']),
    state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
    /** StateTransitionedTimestamp, else StateUpdatedTimestamp; of a contributor that is not listed, when it was not. */
    stateChangedAt: z.string(),
    stateReason: z.string(),
    description: z.string(),
    namespace: z.string().nullable(),
    metric: z.string().nullable(),
    dimensions: z.record(z.string(), z.string()),
    tags: z.record(z.string(), z.string()),
    rule: z.string().nullable(),
    /** CloudWatch's ComparisonOperator, such as GreaterThanThreshold; null where the alarm has none of its own. */
    comparison: z.string().nullable(),
    threshold: z.number().nullable(),
    /** What of its metric the alarm compares, as CloudWatch names it, per how many seconds; null where it computes several. */
    series: z.strictObject({ statistic: z.string(), periodSeconds: z.int().min(1) }).nullable(),
    contributorId: z.string().nullable(),
    /** Why CloudWatch takes none of the alarm's actions now, in words; null when it does. Mute rules are asked for apart. */
    quiet: z.string().nullable(),
  }),
);
export type Alarm = z.infer<typeof Alarm>;

/** A time as the SDK gives it, or ISO 8601. */
const Time = z.lazy(() =>
  z.union([z.iso.datetime({ offset: true }), z.date().transform((time) => time.toISOString())]),
);

const Dimensions = z.lazy(() => z.array(z.object({ Name: z.string(), Value: z.string() })));

/** An entry of DescribeAlarms: MetricAlarms, CompositeAlarms or LogAlarms. Unknown keys are AWS's business. */
const Described = z.lazy(() =>
  z.object({
    AlarmArn: z.string(),
    AlarmDescription: z.string().default(''),
    StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
    StateReason: z.string().default(''),
    StateTransitionedTimestamp: Time.optional(),
    StateUpdatedTimestamp: Time.optional(),
    ActionsEnabled: z.boolean().default(true),
    ActionsSuppressedBy: z.string().optional(),
    ActionsSuppressedReason: z.string().optional(),
    /** PARTIAL_DATA, EVALUATION_ERROR or EVALUATION_FAILURE: what is not listed may be in ALARM all the same. */
    EvaluationState: z.string().optional(),
    AlarmRule: z.string().optional(),
    ScheduledQueryConfiguration: z.unknown().optional(),
    ComparisonOperator: z.string().optional(),
    Threshold: z.number().optional(),
    Namespace: z.string().optional(),
    MetricName: z.string().optional(),
    Dimensions: Dimensions.default([]),
    Statistic: z.string().optional(),
    ExtendedStatistic: z.string().optional(),
    Period: z.int().min(1).optional(),
    Metrics: z
      .array(
        z.object({
          Expression: z.string().optional(),
          MetricStat: z
            .object({
              Stat: z.string().optional(),
              Period: z.int().min(1).optional(),
              Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: Dimensions.default([]) }),
            })
            .optional(),
        }),
      )
      .default([]),
  }),
);
type Described = z.infer<typeof Described>;

/** An entry of DescribeAlarmContributors, which lists only what is in ALARM. */
const Contributor = z.lazy(() =>
  z.object({
    ContributorId: z.string(),
    ContributorAttributes: z.record(z.string(), z.string()).default({}),
    StateReason: z.string().default(''),
    StateTransitionedTimestamp: Time.optional(),
  }),
);

/** One time series of an alarm, looked for in every page of DescribeAlarmContributors. */
export interface Listing {
  readonly contributorId: string;
  /** Its entry as the SDK gives it; null when no page has one. A page that could not be read is an error, and no listing. */
  readonly entry: unknown;
  /** When the last page was read, ISO 8601. */
  readonly at: string;
}

/**
 * Maps an entry of DescribeAlarms to an Alarm.
 *
 * @param entry the SDK's object as it is.
 * @param tags the alarm's tags, by ListTagsForResource.
 * @param listing of the time series that the doorbell named; null for the alarm as a whole.
 * @throws {TypeError} naming the field, when the answer is not what AWS documents.
 */
export function alarmFromCloudWatch(
  entry: unknown,
  tags: Readonly<Record<string, string>>,
  listing: Listing | null,
): Alarm {
  const described = read(Described, entry);
  const arn = parseAlarmArn(described.AlarmArn);
  const changedAt = described.StateTransitionedTimestamp ?? described.StateUpdatedTimestamp;
  if (arn === null || changedAt === undefined)
    throw new TypeError(
      `DescribeAlarms: ${arn === null ? 'AlarmArn' : 'StateTransitionedTimestamp'} of ${JSON.stringify(described.AlarmArn)} is missing or malformed`,
    );
  const whole: Alarm = {
    arn: described.AlarmArn,
    name: arn.name,
    account: arn.account,
    region: arn.region,
    kind: kindOf(described),
    state: described.StateValue,
    stateChangedAt: changedAt,
    stateReason: described.StateReason,
    description: described.AlarmDescription,
    ...metricOf(described),
    tags: { ...tags },
    rule: described.AlarmRule ?? null,
    comparison: described.ComparisonOperator ?? null,
    threshold: described.Threshold ?? null,
    series: seriesOf(described),
    contributorId: null,
    quiet: quietOf(described),
  };
  return listing === null ? whole : ofContributor(whole, listing, described.EvaluationState);
}

function kindOf({ AlarmRule, ScheduledQueryConfiguration }: Described): Alarm['kind'] {
  if (AlarmRule !== undefined) return 'composite';
  return ScheduledQueryConfiguration === undefined ? 'metric' : 'log';
}

function quietOf({ ActionsEnabled, ActionsSuppressedBy: by, ActionsSuppressedReason: why }: Described): string | null {
  if (!ActionsEnabled) return 'its actions are disabled';
  return by === undefined ? null : `its actions are suppressed: ${why ?? by}`;
}

/** CloudWatch lists what is in ALARM, and only that: who is not listed is OK, where CloudWatch could tell. */
function ofContributor(whole: Alarm, { contributorId, entry, at }: Listing, evaluation: string | undefined): Alarm {
  const contributor = { ...whole, contributorId };
  if (entry === null || entry === undefined)
    return {
      ...contributor,
      dimensions: {},
      stateChangedAt: at,
      ...(whole.state === 'INSUFFICIENT_DATA' || evaluation !== undefined
        ? { state: 'INSUFFICIENT_DATA', stateReason: `CloudWatch could not evaluate all: ${evaluation ?? whole.state}` }
        : { state: 'OK', stateReason: 'CloudWatch lists no such contributor in ALARM' }),
    };
  const found = read(Contributor, entry);
  if (found.ContributorId !== contributorId)
    throw new TypeError('DescribeAlarmContributors: the entry is of another contributor');
  return {
    ...contributor,
    state: 'ALARM',
    stateChangedAt: found.StateTransitionedTimestamp ?? whole.stateChangedAt,
    stateReason: found.StateReason,
    dimensions: found.ContributorAttributes,
  };
}

/**
 * Metric and dimensions: the alarm's own, or with metric math those of its first metric, without the dimensions about
 * which another metric says something else, so that no expression over two hosts means one of them.
 */
function metricOf({
  Namespace,
  MetricName,
  Dimensions: own,
  Metrics,
}: Described): Pick<Alarm, 'namespace' | 'metric' | 'dimensions'> {
  const metrics = Metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []));
  const [first] = metrics;
  const others = metrics.flatMap(({ Dimensions: dimensions }) => dimensions);
  const dimensions =
    first === undefined
      ? own
      : first.Dimensions.filter(({ Name, Value }) =>
          others.every((other) => other.Name !== Name || other.Value === Value),
        );
  return {
    namespace: first?.Namespace ?? Namespace ?? null,
    metric: first?.MetricName ?? MetricName ?? null,
    dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])),
  };
}

/** The one statistic that is compared with the threshold. Of metric math it is none of its metrics'. */
function seriesOf({ Statistic, ExtendedStatistic, Period, Metrics }: Described): Alarm['series'] {
  const [only, ...others] = Metrics;
  if (others.length > 0 || only?.Expression !== undefined) return null;
  const statistic = only?.MetricStat?.Stat ?? Statistic ?? ExtendedStatistic;
  const periodSeconds = only?.MetricStat?.Period ?? Period;
  return statistic === undefined || periodSeconds === undefined ? null : { statistic, periodSeconds };
}

function read<T>(schema: z.ZodType<T>, entry: unknown): T {
  const parsed = schema.safeParse(entry);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new TypeError(`CloudWatch's answer: ${issue?.path.join('.') || 'the entry'}: ${issue?.message}`);
}
