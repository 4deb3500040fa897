/** An alarm that somebody wrote into a file: CloudWatch's own four forms, or a plain object, and what each leaves unsaid. */
import * as z from 'zod';
import { type Alarm, alarmFromCloudWatch, type Listing } from './alarm.ts';
import { alarmDoorbell, brief, EnvelopeError, has, parsed } from './envelope.ts';
import { PlainAlarm } from './plain.ts';
import { present, toldByEnvelope } from './written-envelope.ts';

/** What a form does not carry: a plan says that these wait, and never takes them for absent. */
export type Unsaid = 'account' | 'dimensions' | 'tags';

export interface WrittenAlarm {
  readonly form: 'DescribeAlarms' | 'EventBridge' | 'SNS' | 'alarm action' | 'object';
  /** In ALARM, whatever the file says of its state: a plan is for that. */
  readonly alarm: Alarm;
  readonly unsaid: ReadonlySet<Unsaid>;
  /** Keys of a plain object that mean nothing here. */
  readonly ignored?: readonly string[];
}

/** Where an alarm is taken to be whose file does not say it: no account of anybody's. */
export const unknownPlace = { account: '000000000000', region: 'us-east-1' } as const;

const forms =
  'an alarm as DescribeAlarms gives it, the EventBridge event "CloudWatch Alarm State Change", the SNS notification, or an object { "name", "namespace", "metric", "dimensions": {}, "description", "tags": {}, "comparison", "statistic", "threshold", "period" }';

/**
 * Reads the JSON of a file as an alarm.
 *
 * @param at when it changed to ALARM, ISO 8601, where the file does not say it.
 * @throws {EnvelopeError} or {TypeError} naming the field that is wrong and what was expected.
 */
export function alarmFromFile(text: string, at: string): WrittenAlarm {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new EnvelopeError(`it is no JSON (${error instanceof Error ? error.message : error}); expected ${forms}`);
  }
  const written = read(content, at);
  return { ...written, alarm: { ...written.alarm, state: 'ALARM' } };
}

function read(content: unknown, at: string): WrittenAlarm {
  if (has(content, 'Type') || has(content, 'detail-type') || has(content, 'alarmData'))
    return fromEnvelope(content, at);
  if (has(content, 'Trigger') || has(content, 'NewStateValue'))
    return fromEnvelope({ Type: 'Notification', Message: JSON.stringify(content) }, at);
  const listed = Array.isArray(content) ? content : listedIn(content);
  if (listed.length > 0 || has(content, 'AlarmName')) return described(only(listed) ?? content, at);
  if (has(content, 'name')) return plain(content, at);
  throw new EnvelopeError(`it is no alarm: expected ${forms}; it has ${brief(content)}`);
}

/** The entries of a whole answer of DescribeAlarms. */
function listedIn(content: unknown): unknown[] {
  const lists = content as Record<string, unknown> | null;
  return ['MetricAlarms', 'CompositeAlarms', 'LogAlarms'].flatMap((key) => (has(lists, key) ? lists?.[key] : []) ?? []);
}

function only(listed: readonly unknown[]): unknown {
  if (listed.length <= 1) return listed[0];
  const names = listed.map((entry) => brief((entry as { AlarmName?: unknown } | null)?.AlarmName));
  throw new EnvelopeError(
    `it holds ${listed.length} alarms (${names.slice(0, 5).join(', ')}); keep the one that is meant`,
  );
}

const Tags = z.array(z.object({ Key: z.string(), Value: z.string() }));

/** An entry of DescribeAlarms, or what PutMetricAlarm takes: that has no ARN, no state, and may have tags. */
function described(entry: unknown, at: string): WrittenAlarm {
  const { Tags: tags, ...rest } = entry as Record<string, unknown>;
  const said = tags === undefined || tags === null ? null : parsed(Tags, tags, 'Tags');
  const isPlaced = typeof rest.AlarmArn === 'string';
  const whole = { ...defaultsOf(String(rest.AlarmName), at), ...present(rest) };
  return {
    form: 'DescribeAlarms',
    alarm: alarmFromCloudWatch(whole, Object.fromEntries((said ?? []).map(({ Key, Value }) => [Key, Value])), null),
    unsaid: unsaid(isPlaced || 'account', said !== null || 'tags'),
  };
}

function defaultsOf(name: string, at: string) {
  const { account, region } = unknownPlace;
  const AlarmArn = `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
  return { AlarmArn, StateValue: 'ALARM', StateUpdatedTimestamp: at };
}

/** EventBridge, SNS and a direct action: the doorbell's own rules, and what the envelope tells beside. */
function fromEnvelope(event: unknown, at: string): WrittenAlarm {
  const { alarmArn, contributorId, claim } = alarmDoorbell(event);
  const { form, entry, attributes } = toldByEnvelope(event);
  const whole = { ...defaultsOf('', claim?.at ?? at), ...present(entry), AlarmArn: alarmArn };
  return {
    form,
    alarm: alarmFromCloudWatch(whole, {}, listingOf(contributorId, attributes, at)),
    unsaid: unsaid('tags'),
  };
}

function listingOf(
  contributorId: string | null,
  attributes: Readonly<Record<string, string>>,
  at: string,
): Listing | null {
  if (contributorId === null) return null;
  return { contributorId, entry: { ContributorId: contributorId, ContributorAttributes: attributes }, at };
}

function plain(content: unknown, at: string): WrittenAlarm {
  const allowed = Object.keys(PlainAlarm.shape);
  const keys = Object.keys(content as object);
  const ignored = keys.filter((key) => !allowed.includes(key));
  if (ignored.length > 0 && keys.length === ignored.length + 1)
    throw new EnvelopeError(`it is no alarm: it has ${brief(content)}; an alarm has ${allowed.join(', ')}`);
  const { name, tags, dimensions, ...said } = parsed(PlainAlarm, content, 'the alarm');
  const entry = present({
    AlarmDescription: said.description,
    Namespace: said.namespace,
    MetricName: said.metric,
    ComparisonOperator: said.comparison,
    Statistic: said.statistic,
    Threshold: said.threshold,
    Period: said.period,
    Dimensions: Object.entries(dimensions ?? {}).map(([Name, Value]) => ({ Name, Value })),
  });
  return {
    form: 'object',
    alarm: alarmFromCloudWatch({ ...defaultsOf(name, at), ...entry }, tags ?? {}, null),
    unsaid: unsaid('account', !!dimensions || 'dimensions', !!tags || 'tags'),
    ignored,
  };
}

function unsaid(...given: readonly (Unsaid | true)[]): ReadonlySet<Unsaid> {
  return new Set(given.filter((one) => one !== true));
}
