/** What a company wants of every deployment: its tags, its boundary, its network and its keys. It decides nothing about incidents. */
import * as z from 'zod';
import { list, pattern, Switch, section } from '../yaml-fields.ts';

const arn = (what: string) => `arn:aws(?:-[a-z]+)*:${what}`;

const KeyArn = pattern(
  new RegExp(`^${arn('kms')}:[a-z0-9-]+:\\d{12}:key/(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$`),
  "a key's ARN such as arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
);
const PolicyArn = pattern(
  new RegExp(`^${arn('iam')}::(?:\\d{12}|aws):policy/[\\w+=,.@/-]{1,512}$`),
  "a managed policy's ARN such as arn:aws:iam::123456789012:policy/boundary",
);
const SubnetId = pattern(/^subnet-[0-9a-f]{8,17}$/, 'a subnet id such as subnet-0123456789abcdef0');
const SecurityGroupId = pattern(/^sg-[0-9a-f]{8,17}$/, 'a security group id such as sg-0123456789abcdef0');

/** The opt-in and operator tag has a meaning: on our own alarms it would open incidents, on our roles admit operators. */
const TagName = pattern(
  /^(?!aws:)(?!countersign$)[\p{L}\p{N} _.:/=+@-]{1,128}$/iu,
  "a tag's name: letters, digits, spaces and _ . : / = + - @; not countersign, and not beginning with aws:",
);
const TagValue = pattern(
  /^[\p{L}\p{N} _.:/=+@-]{0,256}$/u,
  "a tag's value: letters, digits, spaces and _ . : / = + - @",
);

/** The days that CloudWatch Logs takes (API reference, PutRetentionPolicy). */
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const Network = section({
  subnets: list(SubnetId, 'subnet ids').min(1, { error: 'must name at least one subnet' }),
  security_groups: list(SecurityGroupId, 'security group ids').min(1, {
    error: 'must name at least one security group',
  }),
});

const Keys = section({
  /** Encrypts the secrets of Slack and the model; null = AWS's own key. */
  secrets: KeyArn.nullable().default(null),
  /** Encrypts the four tables; null = DynamoDB's own key. */
  tables: KeyArn.nullable().default(null),
  /** Encrypts the functions' log groups; null = CloudWatch's own key. */
  logs: KeyArn.nullable().default(null),
});

export const Deployment = section({
  /** On everything that can carry tags. */
  tags: z.record(TagName, TagValue, { error: 'must be a map from names to values' }).default({}),
  /** Of every role. */
  permission_boundary: PolicyArn.nullable().default(null),
  /** Days for which the functions' logs are kept. */
  log_days: z
    .literal(retentions, { error: `must be one of ${retentions.join(', ')}: the days that CloudWatch Logs takes` })
    .default(90),
  /** Where functions run; null = outside any VPC. */
  network: Network.nullable().default(null),
  keys: Keys.prefault({}),
  /** Whether people may answer at a function URL of `decide`, which IAM guards; without it only Slack's answers come in. */
  iam_door: Switch.default(true),
});
export type Deployment = z.infer<typeof Deployment>;
