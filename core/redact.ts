/** Secrets in texts: found by shape, replaced before anything is shown, stored for people or given to a model. */

interface SecretShape {
  /** What is shown in its place. */
  readonly what: string;
  readonly pattern: RegExp;
}

/** A value that only refers to a secret: a shell variable or substitution, a placeholder, a mask. */
const reference = String.raw`(?!\$\{?[A-Za-z_]\w*\}?(?:[\s"';&|)]|$)|\$\(|\{\{|\*{3,}|<[^>\s]*>|\[redacted)`;

const secretName =
  '(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|auth[_-]?key|private[_-]?key|encryption[_-]?key|credentials?)';

/**
 * In order: whole blocks first, then tokens with a known form, then whatever a telling name introduces, then what is
 * merely long. Every pattern is linear: no nested repetition, and repetitions are bounded where they may overlap.
 */
const shapes: readonly SecretShape[] = [
  {
    what: 'private key',
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  },
  { what: 'AWS access key id', pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])/g },
  { what: 'Slack token', pattern: /(?<![A-Za-z0-9])(?:xox[a-z](?:\.xox[a-z])?|xapp|xwfp)-[A-Za-z0-9-]{8,}/g },
  { what: 'Slack webhook', pattern: /hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9/_-]+/g },
  { what: 'GitHub token', pattern: /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/g },
  {
    what: 'API key',
    pattern:
      /(?<![A-Za-z0-9])(?:sk-(?:ant|proj|svcacct)-[A-Za-z0-9_-]{16,}|sk-[A-Za-z0-9]{20,}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|glpat-[A-Za-z0-9_-]{16,}|npm_[A-Za-z0-9]{30,}|AIza[A-Za-z0-9_-]{35}|dop_v1_[a-f0-9]{60,}|hvs\.[A-Za-z0-9_-]{20,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})/g,
  },
  { what: 'JSON web token', pattern: /(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g },
  {
    what: 'credentials',
    pattern: new RegExp(
      String.raw`(?<=authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:(?:bearer|basic|token|digest|aws4-hmac-sha256)\s{1,4})?)(?!(?:bearer|basic|token|digest|aws4-hmac-sha256)\s)${reference}[^\s"',](?:[^\r\n"']*[^\s"'])?`,
      'gi',
    ),
  },
  {
    what: 'bearer token',
    pattern: new RegExp(String.raw`(?<=\bbearer\s{1,4})${reference}[A-Za-z0-9._~+/=-]{8,}`, 'gi'),
  },
  {
    what: 'password',
    pattern: new RegExp(
      String.raw`(?<=[a-z][a-z0-9+.-]{1,20}://[^\s/:@"']{0,200}:)${reference}[^\s/@"']{1,400}(?=@)`,
      'gi',
    ),
  },
  {
    what: 'secret',
    pattern: new RegExp(String.raw`(?<=${secretName}["']?\s{0,4}[:=]>?\s{0,4})"${reference}[^"\r\n]+(?:"|$)`, 'gim'),
  },
  {
    what: 'secret',
    pattern: new RegExp(String.raw`(?<=${secretName}["']?\s{0,4}[:=]>?\s{0,4})'${reference}[^'\r\n]+(?:'|$)`, 'gim'),
  },
  {
    what: 'secret',
    pattern: new RegExp(
      String.raw`(?<=${secretName}["']?\s{0,4}[:=]>?\s{0,4})${reference}[^\s"',;&|){}<>][^\s"',;&|)}]*`,
      'gi',
    ),
  },
  {
    what: 'secret',
    pattern: new RegExp(
      String.raw`(?<=(?:^|\s)--?(?:[a-z]{1,20}-)?${secretName}\s{1,4}["']?)${reference}[^\s"'-][^\s"']*`,
      'gim',
    ),
  },
  {
    what: 'long token',
    pattern:
      /(?<![A-Za-z0-9+/_=-])(?=[^\s]{0,120}[A-Z])(?=[^\s]{0,120}[a-z])(?=[^\s]{0,120}[0-9])[A-Za-z0-9+_][A-Za-z0-9+/_-]{119,}={0,2}/g,
  },
];

/** The text with every secret replaced by `[redacted: what it was]`; names such as `password=` stay. Idempotent. */
export function redact(text: string): string {
  return shapes.reduce((rest, { what, pattern }) => rest.replace(pattern, `[redacted: ${what}]`), text);
}

/** Whether a text shows a secret. A command that does is refused; one that only names a variable is not. */
export function containsSecret(text: string): boolean {
  return redact(text) !== text;
}
