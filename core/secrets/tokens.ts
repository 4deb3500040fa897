/** Tokens that are known by their form alone, wherever they stand, also where a cut left only their beginning. */
import { type Known, knownSecrets } from './known.ts';
import { type Span, spansOf } from './span.ts';
import { isMixed, isRandom } from './value.ts';

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
    'key-|PMAK-|PMAT-|lin_api_|figd_|ntn_|gsk_|xai-|nvapi-|pplx-|r8_|sntry[su]_|dp\\.(?:pt|st|ct|sa|scim|audit)\\.|sq0(?:atp|csp)-|rubygems_|pul-|dapi|rdme_|pscale_(?:tkn|pw|oauth)_|shippo_|EZ[AT]K|sbp_|phc_|CCIPAT_|oy2|cio|fo1_|fm[12][ar]?_|rnd_|bkua_|vercel_|nfp_|sq[pua]_|ops_|pat-[a-z]{2}\\d-',
  ],
];

/** A vendor's prefix and what follows it: enough to be a token, or the little that a cut left of one. */
const token = new RegExp(
  `${edge}(?:${prefixed.map(([, prefix]) => prefix).join('|')})(?:(?:[\\w-]|\\.(?=\\w)){8,}={0,2}|[\\w-]{4,7}(?=\\r?\\n|$))`,
  'g',
);

const prefixes = prefixed.map(([kind, prefix]) => ({ kind, pattern: new RegExp(`^(?:${prefix})`) }));

/** Prefixes that are words of their own need more behind them to be a token. */
function prefixedSecrets(text: string): Span[] {
  return spansOf(text, token, '').flatMap((span): Span[] => {
    const value = text.slice(span.start, span.end);
    const { kind, pattern } = prefixes.find((one) => one.pattern.test(value)) ?? { kind: 'vendor token', pattern: /^/ };
    const rest = value.replace(pattern, '');
    const isSecret =
      kind === 'vendor token' || rest.length < 8
        ? isRandom(rest, kind === 'vendor token' ? 16 : 4)
        : /\d/.test(rest) || (/[A-Z]/.test(rest) && /[a-z]/.test(rest));
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
      /(?<![A-Za-z0-9])ey[A-Za-z0-9_-]{10,4000}\.(?:[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){1,3}|ey[A-Za-z0-9_-]*)|(?<![A-Za-z0-9])eyJ(?:hbGci|0eXAi|raWQi|jdHki|lbmMi|4NWMi|qa3Ui)[A-Za-z0-9_.-]+/g,
  },
  { kind: 'PASETO', pattern: /(?<![A-Za-z0-9])v[1-4]\.(?:local|public)\.[A-Za-z0-9_-]{20,}(?:\.[A-Za-z0-9_-]+)?/g },
  { kind: 'Firebase key', hint: ':apa91', pattern: /AAAA[\w-]{7}:[\w-]{100,}/g },
  { kind: 'Fernet token', hint: 'gaaaaa', pattern: /(?<![A-Za-z0-9])gAAAAA[A-Za-z0-9_-]{40,}={0,2}/g },
  { kind: 'Azure client secret', hint: 'q~', pattern: /(?<![\w~.])[\w~.]{3}\dQ~[\w~.-]{20,}/g },
  { kind: 'Google API key', hint: 'aiza', pattern: /(?<![A-Za-z0-9])AIza[\w-]{20,}/g },
  {
    kind: 'Vault token',
    hint: 's.',
    pattern: /(?<![\w.-])s\.[A-Za-z0-9]{24}(?![A-Za-z0-9])/g,
    isSecret: (value) => isMixed(value, 20),
  },
  { kind: 'Twilio key', hint: 'sk', pattern: /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])/g },
  { kind: 'OpenAI key', hint: 'sk-', pattern: /(?<![A-Za-z0-9-])sk-[A-Za-z0-9]{20,}/g },
  { kind: 'Telegram token', hint: ':a', pattern: /(?<!\d)\d{6,16}:A[A-Za-z0-9_-]{32,}/g },
  { kind: 'Discord token', pattern: /(?<![\w-])[MNO][A-Za-z\d_-]{22,28}\.[\w-]{6}\.[\w-]{27,45}(?![\w-])/g },
  {
    kind: 'bootstrap token',
    pattern: /(?<![\w.-])[a-z0-9]{6}\.[a-z0-9]{16}(?![\w.-])/g,
    isSecret: (value) => isRandom(value.slice(7), 16) && !/^[0-9a-f.]+$/.test(value),
  },
  { kind: 'k3s token', hint: '::', pattern: /K10[0-9a-f]{64}::[\w-]+:[\w-]+/g },
  {
    kind: 'signed cookie',
    hint: '--',
    pattern: /(?<![\w%+/=-])[\w%+/=]{40,4096}--[0-9a-f]{40,64}(?![0-9a-f])/g,
  },
];

/** Tokens by their vendor's prefix, and others that are known by their form. */
export function tokenSecrets(text: string): Span[] {
  return [...prefixedSecrets(text), ...knownSecrets(text, known)];
}
