/** What the envelopes of an alarm tell of it beside its ARN, in the words of DescribeAlarms. */
import * as z from 'zod';
import { has, parsed } from './envelope.ts';

/** An entry as DescribeAlarms would give it, as far as the envelope tells. */
export interface Told {
  readonly form: 'EventBridge' | 'SNS' | 'alarm action';
  readonly entry: Readonly<Record<string, unknown>>;
  /** Of the time series that changed; empty for an alarm as a whole. */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * @param event an envelope that `alarmDoorbell` takes.
 * @throws {EnvelopeError} naming the field that is not as AWS documents it.
 */
export function toldByEnvelope(event: unknown): Told {
  const inner = innermost(event);
  if (has(inner, 'AlarmName')) return { form: 'SNS', ...fromMessage(inner) };
  return { form: has(inner, 'alarmData') ? 'alarm action' : 'EventBridge', ...fromChange(inner) };
}

/** The fields that are there: what AWS leaves out it sometimes writes as null. */
export function present(entry: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null && value !== undefined));
}

const Text = z.string().nullish();
const Values = z.record(z.string(), z.string());

const Configuration = z.object({
  description: Text,
  alarmRule: Text,
  metrics: z
    .array(
      z.object({
        expression: Text,
        metricStat: z
          .object({
            metric: z.object({ namespace: z.string(), name: z.string(), dimensions: Values.nullish() }),
            period: z.number().nullish(),
            stat: Text,
          })
          .nullish(),
      }),
    )
    .nullish(),
});

const Contributor = z.object({ attributes: Values.nullish() }).nullish();
const State = z.object({ reason: Text }).nullish();
const Change = z.object({
  configuration: Configuration.nullish(),
  alarmContributor: Contributor,
  state: State,
});

const PairOf = z.array(z.object({ name: z.string(), value: z.string() }));
const Message = z.object({
  AlarmDescription: Text,
  NewStateReason: Text,
  AlarmRule: Text,
  AlarmContributorAttributes: Values.nullish(),
  Trigger: z
    .object({
      Namespace: Text,
      MetricName: Text,
      Statistic: Text,
      ExtendedStatistic: Text,
      Period: z.number().nullish(),
      ComparisonOperator: Text,
      Threshold: z.number().nullish(),
      Dimensions: PairOf.nullish(),
      Metrics: z
        .array(
          z.object({
            Expression: Text,
            MetricStat: z
              .object({
                Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: PairOf.nullish() }),
                Period: z.number().nullish(),
                Stat: Text,
              })
              .nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});

/** What SNS carries, where it is SNS. */
function innermost(event: unknown): unknown {
  return has(event, 'Message') ? JSON.parse(String((event as { Message: unknown }).Message)) : event;
}

function fromChange(event: unknown) {
  const { detail, alarmData } = event as { detail?: unknown; alarmData?: unknown };
  const { configuration, alarmContributor, state } = parsed(
    Change,
    detail ?? alarmData,
    detail ? 'detail' : 'alarmData',
  );
  const Metrics = (configuration?.metrics ?? []).map(({ expression, metricStat }) =>
    present({
      Expression: expression,
      MetricStat:
        metricStat &&
        present({
          Stat: metricStat.stat,
          Period: metricStat.period,
          Metric: {
            Namespace: metricStat.metric.namespace,
            MetricName: metricStat.metric.name,
            Dimensions: Object.entries(metricStat.metric.dimensions ?? {}).map(([Name, Value]) => ({ Name, Value })),
          },
        }),
    }),
  );
  const entry = {
    AlarmDescription: configuration?.description,
    AlarmRule: configuration?.alarmRule,
    StateReason: state?.reason,
    Metrics,
  };
  return { entry, attributes: alarmContributor?.attributes ?? {} };
}

function fromMessage(message: unknown) {
  const { AlarmDescription, AlarmRule, NewStateReason, AlarmContributorAttributes, Trigger } = parsed(
    Message,
    message,
    'SNS Message',
  );
  const { Dimensions, Metrics, Statistic, ...rest } = Trigger ?? {};
  const entry = {
    AlarmDescription,
    AlarmRule,
    StateReason: NewStateReason,
    ...present(rest),
    Statistic: Statistic && titled(Statistic),
    Dimensions: pairs(Dimensions),
    Metrics: (Metrics ?? []).map(({ Expression, MetricStat }) =>
      present({
        Expression,
        MetricStat:
          MetricStat &&
          present({ ...MetricStat, Metric: { ...MetricStat.Metric, Dimensions: pairs(MetricStat.Metric.Dimensions) } }),
      }),
    ),
  };
  return { entry, attributes: AlarmContributorAttributes ?? {} };
}

/** SNS writes `SAMPLE_COUNT` for what everybody else calls `SampleCount`. */
function titled(statistic: string): string {
  return statistic.replace(/([A-Z])([A-Z]*)_?/g, (_, first: string, rest: string) => first + rest.toLowerCase());
}

function pairs(dimensions: z.infer<typeof PairOf> | null | undefined) {
  return (dimensions ?? []).map(({ name, value }) => ({ Name: name, Value: value }));
}
