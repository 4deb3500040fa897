/** Three envelopes, one doorbell: EventBridge, SNS and a direct alarm action each contribute an alarm's ARN and nothing else. */
import * as z from 'zod';

export interface Doorbell {
  readonly alarmArn: string;
  /** The time series of a multi-time-series alarm; null for an alarm as a whole. */
  readonly contributorId: string | null;
}

/** A malformed envelope. The message never repeats more than 80 characters of it. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';
}

export interface AlarmName {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly name: string;
}

/** The parts of `arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME`; null for any other text. A name has 1 to 255 characters, colons too. */
export function parseAlarmArn(arn: string): AlarmName | null {
  const match = /^arn:(aws[a-z-]{0,20}):cloudwatch:([a-z0-9-]{1,32}):([0-9]{12}):alarm:([^\p{Cc}]{1,255})$/u.exec(arn);
  if (match === null) return null;
  const [, partition = '', region = '', account = '', name = ''] = match;
  return { partition, region, account, name };
}

const AlarmArn = z.string().refine((arn) => parseAlarmArn(arn) !== null);

/** AWS writes 16 hexadecimal digits and documents at most 1,024 characters. */
const ContributorId = z.string().regex(/^[!-~]{1,1024}$/);

const stateChanges = ['CloudWatch Alarm State Change', 'CloudWatch Alarm Contributor State Change'] as const;

const Contributor = z.object({ id: ContributorId });

const EventBridge = z.object({
  source: z.literal('aws.cloudwatch'),
  'detail-type': z.enum(stateChanges),
  resources: z.tuple([AlarmArn]),
  detail: z.object({ alarmContributor: Contributor.optional() }),
});

const Action = z.object({
  source: z.literal('aws.cloudwatch'),
  alarmArn: AlarmArn,
  alarmData: z.object({ alarmContributor: Contributor.optional() }),
});

const Notification = z.object({ AlarmArn, AlarmContributorId: ContributorId.nullish() });

/** Messages of before AlarmArn was added, and of emulators: the alarm lives where the topic lives, and CloudWatch is asked anyway. */
const OldNotification = z.object({ AlarmName: z.string(), AWSAccountId: z.string() });

const Sns = z.object({
  /** SNS puts one record into an event; ten is what any other source of records would put in. */
  Records: z
    .array(
      z.object({
        EventSource: z.literal('aws:sns'),
        Sns: z.object({ Message: z.string().max(262_144), TopicArn: z.string().optional() }),
      }),
    )
    .min(1)
    .max(10),
});

/**
 * What an event rings for. All else in it, state and texts included, is the sender's word and is dropped.
 *
 * @throws {EnvelopeError} saying which envelope it looked like, which field is wrong and what was expected.
 */
export function alarmDoorbell(event: unknown): Doorbell[] {
  if (has(event, 'Records')) return read(Sns, event, 'SNS').Records.map((record) => fromMessage(record.Sns));
  if (has(event, 'detail-type')) {
    const { 'detail-type': kind, resources, detail } = read(EventBridge, event, 'EventBridge');
    if (kind === 'CloudWatch Alarm State Change') return [{ alarmArn: resources[0], contributorId: null }];
    if (!detail.alarmContributor)
      throw new EnvelopeError(
        'EventBridge: detail.alarmContributor.id must name the contributor that changed; it is missing',
      );
    return [{ alarmArn: resources[0], contributorId: detail.alarmContributor.id }];
  }
  if (has(event, 'alarmArn')) {
    const { alarmArn, alarmData } = read(Action, event, 'alarm action');
    return [{ alarmArn, contributorId: alarmData.alarmContributor?.id ?? null }];
  }
  throw new EnvelopeError(
    `the event is no alarm envelope; expected EventBridge (detail-type), SNS (Records) or an alarm action (alarmArn); it has ${keysOf(event)}`,
  );
}

function fromMessage({ Message: message, TopicArn }: { Message: string; TopicArn?: string | undefined }): Doorbell {
  let content: unknown;
  try {
    content = JSON.parse(message);
  } catch {
    throw new EnvelopeError(
      `SNS: Message must be the JSON that CloudWatch publishes; it begins with ${JSON.stringify(message.slice(0, 60))}`,
    );
  }
  const named = { AlarmArn: oldArn(content, TopicArn), ...(content as object | null) };
  const { AlarmArn: alarmArn, AlarmContributorId: contributorId } = read(Notification, named, 'SNS Message');
  return { alarmArn, contributorId: contributorId ?? null };
}

function oldArn(content: unknown, topicArn = ''): string | undefined {
  const old = OldNotification.safeParse(content);
  const [, partition, , region] = topicArn.split(':');
  return old.success
    ? `arn:${partition}:cloudwatch:${region}:${old.data.AWSAccountId}:alarm:${old.data.AlarmName}`
    : undefined;
}

function read<T>(schema: z.ZodType<T>, event: unknown, envelope: string): T {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const wrong = path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part], event);
  throw new EnvelopeError(
    `${envelope}: ${path.join('.') || 'the envelope'} must be ${expected(path.at(-1))}; it is ${brief(wrong)}`,
  );
}

const expectations: Readonly<Record<string, string>> = {
  AlarmArn: 'the ARN of a CloudWatch alarm',
  alarmArn: 'the ARN of a CloudWatch alarm',
  resources: 'a list of one alarm ARN',
  source: 'aws.cloudwatch',
  EventSource: 'aws:sns',
  'detail-type': stateChanges.join(' or '),
  Records: 'a list of 1 to 10 records',
  Message: 'the text that CloudWatch publishes, at most 262,144 characters',
};

function expected(field: PropertyKey | undefined): string {
  if (typeof field === 'number') return 'the ARN of a CloudWatch alarm';
  return expectations[String(field)] ?? 'as AWS documents it';
}

function has(event: unknown, key: string): boolean {
  return typeof event === 'object' && event !== null && Object.hasOwn(event, key);
}

function brief(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? keysOf(value) : (JSON.stringify(value) ?? 'missing');
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

function keysOf(event: unknown): string {
  if (Array.isArray(event)) return `a list of ${event.length}`;
  if (typeof event !== 'object' || event === null) return brief(event);
  return `the keys ${Object.keys(event).slice(0, 5).join(', ') || 'none'}`.slice(0, 80);
}
