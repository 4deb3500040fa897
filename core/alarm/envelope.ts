/** Three envelopes, one doorbell: EventBridge, SNS and a direct alarm action each contribute an alarm's ARN, and nothing that decides. */
import * as z from 'zod';
import { epochOrNull, isoOf } from '../time.ts';

export interface Doorbell {
  readonly alarmArn: string;
  /** The time series of a multi-time-series alarm; null for an alarm as a whole. */
  readonly contributorId: string | null;
  /** What the alarm is said to have changed to; null where it is not said. It decides only whether CloudWatch is asked again. */
  readonly claim: Claim | null;
  /** Whether a mute rule is said to be in force. It can only keep the alarm from being answered. */
  readonly isMuted: boolean;
}

/** `at` is ISO 8601. */
export interface Claim {
  readonly state: string;
  readonly at: string;
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

const AlarmArn = z.lazy(() => z.string().refine((arn) => parseAlarmArn(arn) !== null));

/** AWS writes 16 hexadecimal digits and documents at most 1,024 characters. */
const ContributorId = z.lazy(() => z.string().regex(/^[!-~]{1,1024}$/));

const stateChanges = ['CloudWatch Alarm State Change', 'CloudWatch Alarm Contributor State Change'] as const;

const Contributor = z.lazy(() => z.object({ id: ContributorId }));

/** AWS writes `2023-08-04T12:36:15.490+0000`, without the colon that ISO 8601 wants. What is no time claims nothing. */
const State = z.lazy(() =>
  z
    .object({ value: z.string().max(32), timestamp: z.string().max(64) })
    .transform(({ value: state, timestamp }) => {
      const at = epochOrNull(timestamp.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
      return at === null ? null : { state, at: isoOf(at) };
    })
    .nullable()
    .catch(null)
    .default(null),
);

const EventBridge = z.lazy(() =>
  z.object({
    source: z.literal('aws.cloudwatch'),
    'detail-type': z.enum(stateChanges),
    resources: z.tuple([AlarmArn]),
    detail: z.object({ alarmContributor: Contributor.optional(), state: State, muteDetail: z.unknown().optional() }),
  }),
);

const Action = z.lazy(() =>
  z.object({
    source: z.literal('aws.cloudwatch'),
    alarmArn: AlarmArn,
    alarmData: z.object({ alarmContributor: Contributor.optional(), state: State }),
  }),
);

const Notification = z.lazy(() =>
  z.object({
    AlarmArn,
    AlarmContributorId: ContributorId.nullish(),
    NewStateValue: z.unknown().optional(),
    StateChangeTime: z.unknown().optional(),
  }),
);

/** Messages of before AlarmArn was added, and of emulators: the alarm lives where the topic lives, and CloudWatch is asked anyway. */
const OldNotification = z.lazy(() => z.object({ AlarmName: z.string(), AWSAccountId: z.string() }));

/** As SNS puts it into a queue. */
const Sns = z.lazy(() =>
  z.object({
    Type: z.literal('Notification'),
    Message: z.string().max(262_144),
    TopicArn: z.string().optional(),
  }),
);

/**
 * What an event rings for. All else in it, texts included, is the sender's word and is dropped.
 *
 * @throws {EnvelopeError} saying which envelope it looked like, which field is wrong and what was expected.
 */
export function alarmDoorbell(event: unknown): Doorbell {
  if (has(event, 'Type')) return fromSns(read(Sns, event, 'SNS'));
  if (has(event, 'detail-type')) return fromEventBridge(event, 'EventBridge');
  if (has(event, 'alarmArn')) {
    const { alarmArn, alarmData } = read(Action, event, 'alarm action');
    const { alarmContributor, state } = alarmData;
    return { alarmArn, contributorId: alarmContributor?.id ?? null, claim: state, isMuted: false };
  }
  throw new EnvelopeError(
    `the event is no alarm envelope; expected EventBridge (detail-type), SNS (Type) or an alarm action (alarmArn); it has ${keysOf(event)}`,
  );
}

function fromEventBridge(event: unknown, envelope: string): Doorbell {
  const { 'detail-type': kind, resources, detail } = read(EventBridge, event, envelope);
  const isWhole = kind === 'CloudWatch Alarm State Change';
  if (!isWhole && !detail.alarmContributor)
    throw new EnvelopeError(
      `${envelope}: detail.alarmContributor.id must name the contributor that changed; it is missing`,
    );
  return {
    alarmArn: resources[0],
    contributorId: isWhole ? null : (detail.alarmContributor?.id ?? null),
    claim: detail.state,
    isMuted: detail.muteDetail !== undefined && detail.muteDetail !== null,
  };
}

/** What CloudWatch published itself, or an event that a rule of EventBridge sent to the topic. */
function fromSns({ Message: message, TopicArn }: z.infer<typeof Sns>): Doorbell {
  let content: unknown;
  try {
    content = JSON.parse(message);
  } catch {
    throw new EnvelopeError(
      `SNS: Message must be the JSON that CloudWatch publishes; it begins with ${JSON.stringify(message.slice(0, 60))}`,
    );
  }
  if (has(content, 'detail-type')) return fromEventBridge(content, 'EventBridge in SNS');
  const named = { AlarmArn: oldArn(content, TopicArn), ...(content as object | null) };
  const {
    AlarmArn: alarmArn,
    AlarmContributorId,
    NewStateValue,
    StateChangeTime,
  } = read(Notification, named, 'SNS Message');
  const claim = State.parse({ value: NewStateValue, timestamp: StateChangeTime });
  return { alarmArn, contributorId: AlarmContributorId ?? null, claim, isMuted: false };
}

function oldArn(content: unknown, topicArn = ''): string | undefined {
  const old = OldNotification.safeParse(content);
  const [, partition, , region] = topicArn.split(':');
  return old.success
    ? `arn:${partition}:cloudwatch:${region}:${old.data.AWSAccountId}:alarm:${old.data.AlarmName}`
    : undefined;
}

/** An envelope by its schema; throws an EnvelopeError that names the envelope, the field, and what it must be. */
export function read<T>(schema: z.ZodType<T>, event: unknown, envelope: string): T {
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
  Type: 'Notification',
  'detail-type': stateChanges.join(' or '),
  eventSource: 'aws:sqs',
  Records: 'a list of messages of a queue',
  Message: 'the text that CloudWatch publishes, at most 262,144 characters',
};

function expected(field: PropertyKey | undefined): string {
  if (typeof field === 'number') return 'the ARN of a CloudWatch alarm';
  return expectations[String(field)] ?? 'as AWS documents it';
}

export function has(event: unknown, key: string): boolean {
  return typeof event === 'object' && event !== null && Object.hasOwn(event, key);
}

/** At most 80 characters of a value, for a message. */
export function brief(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? keysOf(value) : (JSON.stringify(value) ?? 'missing');
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

function keysOf(event: unknown): string {
  if (Array.isArray(event)) return `a list of ${event.length}`;
  if (typeof event !== 'object' || event === null) return brief(event);
  return `the keys ${Object.keys(event).slice(0, 5).join(', ') || 'none'}`.slice(0, 80);
}

/** What a person wrote, by its schema; throws an EnvelopeError with the path, what zod wants there, and what is there. */
export function parsed<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const { data, error } = schema.safeParse(value);
  if (!error) return data;
  const [issue] = error.issues;
  const path = issue?.path ?? [];
  const wrong = path.reduce<unknown>((inner, part) => (inner as Record<PropertyKey, unknown> | null)?.[part], value);
  throw new EnvelopeError(`${[what, ...path].join('.')}: ${issue?.message ?? 'is wrong'}; it is ${brief(wrong)}`);
}
