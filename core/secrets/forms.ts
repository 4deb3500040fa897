/** Secrets that are known by their form alone, wherever they stand: tokens, web tokens, hashes of passwords, URLs. */
import { type Span, spansOf } from './span.ts';
import { isMixed, isOrdinary, isRandom, isReference, isSecretish } from './value.ts';

interface Known {
  readonly kind: string;
  /** One of these must be in the text; a pattern that is cheap has none. */
  readonly hint?: string;
  readonly pattern: RegExp;
  readonly isSecret?: (value: string) => boolean;
}

const edge = '(?<![A-Za-z0-9])';

/** Tokens that begin with a word of their vendor, of any length from a few characters on: cut ones too. */
const prefixed: readonly (readonly [string, string])[] = [
  ['Slack token', 'xox[a-z](?:\\.xox[a-z])?-|xapp-|xwfp-'],
  ['GitHub token', 'gh[pousr]_|github_pat_'],
  ['GitLab token', 'gl(?:pat|cbt|dt|ft|imt|agent|oas|ptt|rt|soat|ffct|rtr|wt)-|GR1348941'],
  ['Anthropic key', 'sk-ant-'],
  ['OpenAI key', 'sk-(?:proj|svcacct|admin|None|or-v1)-'],
  ['Stripe key', '[srp]k_(?:live|test|prod)_|whsec_'],
  ['npm token', 'npm_'],
  ['PyPI token', 'pypi-AgE'],
  ['Docker token', 'dckr_(?:pat|oat)_'],
  ['Vault token', 'hv[sbr]\\.'],
  ['Google secret', 'GOCSPX-|ya29\\.|1//0'],
  ['Hugging Face token', 'hf_|api_org_'],
  ['age key', 'AGE-SECRET-KEY-1'],
  ['DigitalOcean token', 'do[opr]_v1_'],
  ['Shopify token', 'shp(?:at|ca|pa|ss|ua)_'],
  ['SendGrid key', 'SG\\.'],
  ['New Relic key', 'NR(?:AK|II|JS|RA)-'],
  ['Tailscale key', 'tskey-(?:[a-z]+-)?'],
  ['Grafana token', 'gl(?:sa|c)_'],
  ['Atlassian token', 'AT(?:ATT|CTT)3|ATBB'],
  ['swarm token', 'SWMTKN-1-'],
  ['Terraform token', '[A-Za-z0-9]{14}\\.atlasv1\\.'],
  [
    'vendor token',
    'key-|PMAK-|PMAT-|lin_api_|figd_|ntn_|gsk_|xai-|nvapi-|pplx-|r8_|sntry[su]_|dp\\.(?:pt|st|ct|sa|scim|audit)\\.|sq0(?:atp|csp)-|rubygems_|pul-|dapi|rdme_|pscale_(?:tkn|pw|oauth)_|shippo_|EZ[AT]K|sbp_|phc_|CCIPAT_|oy2|cio|fo1_|fm[12][ar]?_|rnd_|vercel_|nfp_|sq[pua]_|ops_|pat-[a-z]{2}\\d-',
  ],
];

/** A vendor's prefix and what follows it: enough to be a token, or the little that a cut left of one. */
const token = new RegExp(
  `${edge}(?:${prefixed.map(([, prefix]) => prefix).join('|')})(?:(?:[\\w-]|\\.(?=\\w)){8,}={0,2}|[\\w-]{4,7}(?=\\r?\\n|$))`,
  'g',
);

const prefixes = prefixed.map(([kind, prefix]) => ({ kind, pattern: new RegExp(`^(?:${prefix})`) }));

/** Prefixes that are words of their own need more behind them to be a token. */
function tokenSecrets(text: string): Span[] {
  return spansOf(text, token, '').flatMap((span): Span[] => {
    const value = text.slice(span.start, span.end);
    const { kind, pattern } = prefixes.find((one) => one.pattern.test(value)) ?? { kind: 'vendor token', pattern: /^/ };
    const rest = value.replace(pattern, '');
    const isSecret =
      kind === 'vendor token' || rest.length < 8
        ? isRandom(rest, kind === 'vendor token' ? 16 : 4)
        : /\d|[A-Z].*[a-z]|[a-z].*[A-Z]/.test(rest);
    return isSecret ? [{ ...span, kind }] : [];
  });
}

const known: readonly Known[] = [
  {
    kind: 'AWS access key id',
    pattern:
      /(?<![A-Za-z0-9])A(?:KIA|SIA|BIA|CCA|3T[A-Z0-9])(?:[A-Z0-9]{12,124}|[A-Z2-7]{4,12}(?=\r?$|(?:\r?\n)))(?![a-z])/g,
  },
  { kind: 'AWS session token', pattern: /(?<![A-Za-z0-9])(?:IQoJ|Fwo[GD]ZX|FQoG|AQoD)[A-Za-z0-9+/=]{40,}/g },
  { kind: 'Bedrock key', pattern: /(?<![A-Za-z0-9])(?:ABSK[A-Za-z0-9+/=]{40,}|bedrock-api-key-[A-Za-z0-9+/=]{16,})/g },
  {
    kind: 'JSON web token',
    hint: 'ey',
    pattern:
      /(?<![A-Za-z0-9])ey[A-Za-z0-9_-]{10,}\.(?:[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){1,3}|ey[A-Za-z0-9_-]*)|(?<![A-Za-z0-9])eyJ(?:hbGci|0eXAi|raWQi|jdHki|lbmMi|4NWMi|qa3Ui)[A-Za-z0-9_.-]+/g,
  },
  { kind: 'PASETO', pattern: /(?<![A-Za-z0-9])v[1-4]\.(?:local|public)\.[A-Za-z0-9_-]{20,}(?:\.[A-Za-z0-9_-]+)?/g },
  { kind: 'Fernet token', hint: 'gAAAAA', pattern: /(?<![A-Za-z0-9])gAAAAA[A-Za-z0-9_-]{40,}={0,2}/g },
  { kind: 'Azure client secret', hint: 'Q~', pattern: /(?<![\w~.])[\w~.]{3}\dQ~[\w~.-]{20,}/g },
  { kind: 'Google API key', hint: 'AIza', pattern: /(?<![A-Za-z0-9])AIza[\w-]{20,}/g },
  {
    kind: 'Vault token',
    hint: 's.',
    pattern: /(?<![\w.-])s\.[A-Za-z0-9]{24}(?![A-Za-z0-9])/g,
    isSecret: (value) => isMixed(value, 20),
  },
  { kind: 'Twilio key', hint: 'SK', pattern: /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])/g },
  { kind: 'OpenAI key', hint: 'sk-', pattern: /(?<![A-Za-z0-9-])sk-[A-Za-z0-9]{20,}/g },
  { kind: 'Telegram token', hint: ':A', pattern: /(?<!\d)\d{6,16}:A[A-Za-z0-9_-]{32,}/g },
  { kind: 'Discord token', pattern: /(?<![\w-])[MNO][A-Za-z\d_-]{22,28}\.[\w-]{6}\.[\w-]{27,45}(?![\w-])/g },
  {
    kind: 'bootstrap token',
    pattern: /(?<![\w.-])[a-z0-9]{6}\.[a-z0-9]{16}(?![\w.-])/g,
    isSecret: (value) => isRandom(value.slice(7), 16) && !/^[0-9a-f.]+$/.test(value),
  },
  { kind: 'k3s token', hint: '::', pattern: /K10[0-9a-f]{64}::[\w-]+:[\w-]+/g },
  { kind: 'signed cookie', hint: '--', pattern: /(?<![\w%+/=-])[\w%+/=]{40,}--[0-9a-f]{40,64}(?![0-9a-f])/g },
  {
    kind: 'webhook',
    hint: 'hook',
    pattern:
      /(?<=(?:hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api(?:\/v\d+)?\/webhooks\/\d{4,30}|\/webhookb2\/[^\s"'<>]{1,120}\/IncomingWebhook|hooks\.zapier\.com\/hooks\/catch|\/hooks|\/webhooks?)\/)[A-Za-z0-9/_-]{8,}/gi,
    isSecret: (value) => isRandom(value.replaceAll('/', ''), 16) || /[A-Z].*\/.*[a-z]/.test(value),
  },
  { kind: 'Telegram token', hint: '/bot', pattern: /(?<=\/bot)\d{6,16}:[A-Za-z0-9_-]{20,}/g },
  // Hashes of passwords: crypt, phpass, argon2, LDAP, frameworks, databases, Windows.
  {
    kind: 'password hash',
    hint: '$',
    pattern:
      /\$(?:[1-9]|2[abxy]?|y|gy|apr1|[PHSA]|argon2(?:id?|d)|scrypt|pbkdf2[\w-]*|bcrypt-sha256|krb5\w+|sha1|md5|sm3\w*|ml)\$[./A-Za-z0-9=,+$*@-]{13,}/g,
  },
  {
    kind: 'password hash',
    hint: '}',
    pattern: /\{(?:S?SHA\d*|S?MD5|CRYPT|PBKDF2[\w-]*|ARGON2|BCRYPT|SMD5|x-[\w-]+)\}[A-Za-z0-9+/=$.,]{8,}/gi,
  },
  {
    kind: 'password hash',
    pattern:
      /(?<![\w$])(?:pbkdf2_sha\d+|bcrypt_sha256|bcrypt|argon2|scrypt|sha1|md5|pbkdf2(?::\w+){1,2}|scrypt(?::\d+){3}|SCRAM-SHA-(?:1|256))\$[^\s"'<>;,]{16,}/g,
  },
  {
    kind: 'password hash',
    pattern:
      /(?<![\w])(?:md5[0-9a-f]{32}(?![0-9a-f])|\*[0-9A-F]{40}(?![0-9A-F])|0x0[12]00[0-9A-F]{48,}|grub\.pbkdf2\.sha\d+\.\d+\.[0-9A-F.]{32,})/g,
  },
  { kind: 'password hash', pattern: /(?<![0-9a-f:])[0-9a-f]{32}:[0-9a-f]{32}(?![0-9a-f])/gi },
  // URLs: up to the last @ before the path, or, where the password holds a slash, up to the first one.
  {
    kind: 'password',
    hint: '://',
    pattern:
      /(?<=[A-Za-z][\w+.-]{0,30}:\/\/[^\s/:@"'`<>]{0,200}:)(?<secret>(?!\d{1,5}(?:[/?#\s]|$))[^\s"'`<>/]{1,400})(?=@)/g,
    isSecret: (value) => !isReference(value),
  },
  {
    kind: 'password',
    hint: '://',
    pattern:
      /(?<=[A-Za-z][\w+.-]{0,30}:\/\/[^\s/:@"'`<>]{0,200}:)(?<secret>(?!\d{1,5}(?:[/?#\s]|$))[^\s"'`<>@]{1,400})(?=@)/g,
    isSecret: (value) => !isReference(value),
  },
  {
    kind: 'token',
    hint: '://',
    pattern: /(?<=[A-Za-z][\w+.-]{0,30}:\/\/)[^\s/:@"'`<>]{12,400}(?=:?@)/g,
    isSecret: (value) => isRandom(value, 12),
  },
  {
    kind: 'password',
    hint: '@',
    pattern:
      /(?<=(?<![\w/.@-])[A-Za-z][\w.-]{0,60}:)[^\s:@"'`<>/]{4,200}(?=@(?:tcp|unix|udp)\(|@[a-z0-9][\w-]*[.:/])/gi,
    isSecret: (value) => isSecretish(value) && !isReference(value),
  },
  {
    kind: 'password',
    hint: '/',
    pattern:
      /(?<=(?:jdbc:oracle:(?:thin|oci):|sqlplus(?:\s+-\S+){0,3}\s+|connect\s+|(?:userid|conn)\s*=\s*)["']?[\w$#]{1,60}\/)[^\s@"']{1,200}(?=@)/gi,
    isSecret: (value) => !isReference(value),
  },
  // Headers of requests.
  {
    kind: 'credentials',
    hint: 'uthorization',
    pattern:
      /(?<=authorization["']?\s{0,4}[:=]\s{0,4}\\?["']?(?:[A-Za-z][\w-]{2,30}[ \t]{1,4})?)(?![A-Za-z][\w-]{2,30}[ \t]+\S)[^\s"',\\](?:[^\r\n"'\\]*[^\s"'\\,])?/gi,
    isSecret: (value) => !isReference(value) && !isOrdinary(value),
  },
  {
    kind: 'bearer token',
    hint: 'earer',
    pattern: /(?<=\bbearer\s{1,4})[A-Za-z0-9._~+/=-]{8,}/gi,
    isSecret: (value) =>
      isRandom(value, 8) || (isSecretish(value) && !value.includes('=')) || /^[A-Za-z]{24,}$/.test(value),
  },
];

/** Tokens by their vendor's prefix, and what is known by its form. */
export function formSecrets(text: string): Span[] {
  const lower = text.toLowerCase();
  const found = known.flatMap(({ kind, hint, pattern, isSecret }) =>
    hint !== undefined && !lower.includes(hint.toLowerCase()) ? [] : spansOf(text, pattern, kind, isSecret),
  );
  return [...tokenSecrets(text), ...found];
}
