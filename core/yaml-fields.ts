/** The kinds of value that countersign.yaml is made of, each with the words that say what it must be. */
import * as z from 'zod';

/**
 * A map that knows its keys: anything else in it is an error that lists them. `noun` is what a key of it is called,
 * `formerly` says of a key that a release no longer has what to write instead.
 */
export function section<Shape extends z.ZodRawShape>(
  shape: Shape,
  noun = 'key',
  formerly: Readonly<Record<string, string>> = {},
) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return `must be a map with the keys ${keys}`;
      const instead = issue.keys.flatMap((key) => (Object.hasOwn(formerly, key) ? [`; ${formerly[key]}`] : []));
      return `is an unknown ${noun}; allowed: ${keys}${instead.join('') || '; correct its spelling or remove it'}`;
    },
  });
}

/** A list of such items. */
export function list<Item extends z.ZodType>(item: Item, what: string) {
  return z.array(item, { error: `must be a list of ${what}` });
}

export const Switch = z.boolean({ error: 'must be true or false' });

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** `90s`, `15m` or `2h` in the file, whole seconds in the policy. A bare whole number is seconds, so that a compiled policy parses again. */
export function duration(least: string, most: string) {
  const error = `must be a duration from ${least} to ${most}: a whole number with s, m or h, such as 90s`;
  const text = z.string().regex(/^\d{1,5}[smh]$/);
  return z
    .union([z.int(), text.transform(seconds)], { error })
    .refine((value) => value >= seconds(least) && value <= seconds(most), { error });
}

function seconds(text: string): number {
  return Number.parseInt(text, 10) * (unitSeconds[text.slice(-1)] ?? Number.NaN);
}

export function wholeNumber(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

const fractionError = 'must be a number from 0 to 1';
export const Fraction = z
  .number({ error: fractionError })
  .min(0, { error: fractionError })
  .max(1, { error: fractionError });

const instantError = 'must be an existing instant with seconds and a zone, in quotes, such as "2027-01-31T08:00:00Z"';

/** An instant with a zone, kept as written: people read it on cards. Aborts, so that no check between keys meets a broken one. */
export const Instant = z.iso.datetime({ offset: true, abort: true, error: instantError });

/** Words for a card: visible characters only, so that no control, bidi or zero-width character can dress them up. */
export const Words = pattern(
  /^(?=.*\S)[^\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]{1,200}$/u,
  '1 to 200 visible characters on one line',
);

/** A key of `environments` or `teams`: lower case, so that two spellings cannot be two environments. */
export const ScopeName = pattern(
  /^[a-z0-9][a-z0-9_.-]{0,62}$/,
  'lower-case letters, digits, "-", "_" and "." (at most 63)',
);

export const PersonName = pattern(
  /^[\p{L}\p{N}][\p{L}\p{N} ._@'-]{0,79}$/u,
  "letters, digits, spaces and . _ @ ' - (at most 80)",
);

export const SlackUserId = pattern(
  /^[UW][A-Z0-9]{2,30}$/,
  'a Slack member id such as U012AB3CD (Slack profile, "Copy member ID")',
);

/**
 * Who AWS says is calling (sts:GetCallerIdentity): an IAM user, or a session of a role. A role alone is nobody's, and the
 * name of a session is one person's only where the role says so (trusted_session_roles).
 */
export const IamIdentity = pattern(
  /^arn:aws[a-z-]*:(iam::\d{12}:user\/([\x21-\x7e]{1,511}\/)?[\w+=,.@-]{1,64}|sts::\d{12}:assumed-role\/[\w+=,.@-]{1,64}\/[\w+=,.@-]{2,64})$/,
  "one person's ARN: arn:aws:iam::123456789012:user/ana, or arn:aws:sts::123456789012:assumed-role/ROLE/SESSION of a role in trusted_session_roles",
);

export const RoleArn = pattern(
  /^arn:aws[a-z-]*:iam::\d{12}:role\/([\x21-\x7e]{1,511}\/)?[\w+=,.@-]{1,64}$/,
  'the ARN of a role such as arn:aws:iam::123456789012:role/Admins',
);

export const Account = pattern(/^\d{12}$/, 'an AWS account id: 12 digits in quotes, such as "123456789012"');

export const Region = pattern(/^[a-z]{2,5}(-[a-z]+)+-\d{1,2}$/, 'an AWS region such as eu-central-1');

export const Sha256 = pattern(/^[0-9a-f]{64}$/, 'a SHA-256 digest: 64 lower-case hexadecimal digits');

export const SlackChannel = pattern(
  /^(#?[a-z0-9][a-z0-9_-]{0,79}|[CG][A-Z0-9]{2,30})$/,
  'a Slack channel name such as incidents, or its id such as C012AB3CD',
);

/** A service's address. Clear text is for this machine only: secrets travel to it. */
export const ServiceUrl = z
  .url({ error: 'must be an https address' })
  .refine((value) => /^https:\/\/[^/@]+(\/|$)|^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/|$)/.test(value), {
    error: 'must be an https address without a user name (http only for 127.0.0.1, localhost and [::1])',
  });

export function pattern(shape: RegExp, what: string) {
  return z.string({ error: `must be ${what}` }).regex(shape, { error: `must be ${what}` });
}
