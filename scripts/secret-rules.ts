/**
 * Makes core/secrets/generated/gitleaks.ts, the forms of vendors' secrets, from gitleaks' own rules (MIT):
 * `node scripts/secret-rules.ts FILE` reads a gitleaks.toml, or the gitleaks program, which carries the same text.
 * What has no literal to look for, may run on without bounds, or is judged better by core/secrets itself is left out.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';
import type { Form } from '../core/secrets/vendors.ts';

const file = new URL('../core/secrets/generated/gitleaks.ts', import.meta.url);

/** A rule as gitleaks writes it, as far as it is used. */
interface Rule {
  readonly id: string;
  readonly regex?: string;
  readonly keywords?: readonly string[];
  readonly entropy?: number;
  readonly path?: string;
}

/** Left out, each with the reason. */
const leftOut: Readonly<Record<string, string>> = {
  'generic-api-key': 'names and values are judged in core/secrets/names.ts and value.ts',
  'curl-auth-header': 'core/secrets/options.ts and pairs.ts',
  'curl-auth-user': 'core/secrets/options.ts',
  'hashicorp-tf-password': 'core/secrets/pairs.ts',
  'kubernetes-secret-yaml': 'core/secrets/encoded.ts and pairs.ts',
  'private-key': 'core/secrets/blocks.ts, also cut',
  jwt: 'core/secrets/forms.ts, also cut',
  'jwt-base64': 'core/secrets/encoded.ts',
  'atlassian-api-token': 'two rules in one; core/secrets/forms.ts and names.ts',
  'azure-ad-client-secret': 'core/secrets/forms.ts',
  'sourcegraph-access-token': 'its third form is any commit of git',
};

/** How a rule that looks for a vendor's name near a value begins, and what stands between the two. */
const nearHead = /^(?:\(\?i\))?\[\\w\.-\]\{0,50\}\?(?:\(\?i:\[\\w\.-\]\{0,50\}\?)?\(\?:/;
const nearMiddle = String.raw`)(?:[ \t\w.-]{0,20})[\s'"]{0,3}`;
const nearSeparator = String.raw`(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}`;

/** What may follow a value; for hiding one, whatever does not continue it. */
const ends = [
  String.raw`(?:[^\w-]|\z)`,
  String.raw`(?:[^a-zA-Z0-9+/]|\z)`,
  String.raw`(?:[\x60'"\s;]|\\[nr]|$)`,
  String.raw`(?:[\x60'"\s;]|\\[nr]|$|\b)`,
];

/** The forms of a rule; none if it is left out. */
export function formOf(rule: Rule): Form | null {
  const { id, regex, entropy } = rule;
  if (regex === undefined || rule.path !== undefined || id in leftOut) return null;
  const near = nearHead.exec(regex);
  const middle = regex.indexOf(nearMiddle);
  // A rule of two alternatives is none that only looks near a name.
  const isNear = near !== null && middle > 0 && !regex.includes(String.raw`|\b(`);
  const keywords = [...(rule.keywords ?? (isNear ? [regex.slice(near[0].length, middle)] : []))];
  if (keywords.length === 0) throw new Error(`${id}: no keyword, so it would run on every text; name it in leftOut`);
  const source = isNear ? valuePart(regex.slice(middle + nearMiddle.length)) : regex;
  return {
    id,
    keywords,
    ...(isNear ? { near: withoutModifiers(inJavaScript(regex.slice(near[0].length, middle)), true) } : {}),
    source: withoutModifiers(bounded(inJavaScript(withoutEnd(source))), isNear || regex.startsWith('(?i)')),
    ...(isNear || regex.startsWith('(?i)') ? { ignoreCase: true as const } : {}),
    ...(entropy === undefined ? {} : { entropy }),
  };
}

function valuePart(rest: string): string {
  const from = rest.indexOf(nearSeparator);
  if (from < 0) throw new Error(`no separator in ${rest}`);
  return rest.slice(from + nearSeparator.length);
}

function withoutEnd(source: string): string {
  const end = ends.find((one) => source.endsWith(one));
  return end === undefined ? source : source.slice(0, -end.length);
}

/** Go's syntax as JavaScript's: flags in the middle of a group become a group, classes by name are spelt out. */
export function inJavaScript(source: string): string {
  const text = source
    .replace(/^\(\?i\)/, '')
    .replaceAll('[[:alnum:]]', '[A-Za-z0-9]')
    .replaceAll('(?P<', '(?<')
    .replaceAll(String.raw`\z`, '(?![\\s\\S])');
  let written = '';
  const opened: number[] = [0];
  for (const [piece] of text.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|\(\?i\)|[\s\S]/g)) {
    if (piece === '(?i)') {
      written += '(?i:';
      opened[opened.length - 1] = (opened.at(-1) ?? 0) + 1;
    } else if (piece === ')') written += ')'.repeat(1 + (opened.pop() ?? 0));
    else {
      if (piece === '(') opened.push(0);
      written += piece;
    }
  }
  return written + ')'.repeat(opened.pop() ?? 0);
}

/**
 * The same without `(?i:…)` and `(?-i:…)`, which Node 20 and 22 do not know: letters of the first are written in both cases,
 * and the second, which only narrows, is dropped.
 */
export function withoutModifiers(source: string, ignoresCase: boolean): string {
  const isInsensitive = [ignoresCase];
  let written = '';
  for (const [piece] of source.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|\(\?-?i:|\((?:\?(?:[:=!]|<[=!]))?|[\s\S]/g)) {
    const isOpen = isInsensitive.at(-1) === true && !ignoresCase;
    if (piece === '(?i:') isInsensitive.push(true);
    else if (piece.startsWith('(')) isInsensitive.push(piece === '(?-i:' ? false : isInsensitive.at(-1) === true);
    else if (piece === ')') isInsensitive.pop();
    if (piece === '(?i:' || piece === '(?-i:') written += '(?:';
    else written += isOpen ? inBothCases(piece) : piece;
  }
  return written;
}

/** One letter, or one class, in both cases; escapes and everything else as they are. */
function inBothCases(piece: string): string {
  if (/^[a-z]$/i.test(piece)) return `[${piece.toLowerCase()}${piece.toUpperCase()}]`;
  if (!piece.startsWith('[')) return piece;
  const inner = piece.slice(1, -1);
  const others = [...inner.matchAll(/\\.|[a-z]-[a-z]|[A-Z]-[A-Z]|[\s\S]/g)]
    .map(([one]) => one)
    .filter((one) => /^[a-z](?:-[a-z])?$/i.test(one))
    .map((one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase()));
  // In front, so that a hyphen at the end stays one.
  return `[${[...new Set(others)].join('')}${inner}]`;
}

/** Repetitions without a bound get one: whatever continues a token is hidden with it anyway. */
const bounded = (source: string): string =>
  source.replace(
    /(\\.|\[(?:\\.|[^\]\\])*\]|\))(?:([+*])|\{(\d+),\})/g,
    (_, what, sign, least) => `${what}{${sign === '*' ? 0 : (least ?? 1)},${Number(least ?? 1) + 1000}}`,
  );

/** Gitleaks' own text, from its configuration or from the program that carries it. */
export function rulesIn(bytes: Uint8Array): Rule[] {
  const text = Buffer.from(bytes).toString('latin1');
  const start = text.indexOf('title = "gitleaks config"');
  if (start < 0) throw new Error('no gitleaks configuration: expected gitleaks.toml or the gitleaks program');
  const lastKeywords = text.indexOf('\0', start);
  const whole = text.slice(start, lastKeywords < 0 ? undefined : lastKeywords);
  const end = /^keywords = \[[^\]]*\]\n(?![\s\S]*^keywords = \[)/m.exec(whole);
  const configuration = end && lastKeywords >= 0 ? whole.slice(0, end.index + end[0].length) : whole;
  return (parse(configuration) as unknown as { rules: Rule[] }).rules;
}

function moduleText(forms: readonly Form[]): string {
  const rows = forms.map((form) => `  ${JSON.stringify(form)},`);
  return [
    '/** Generated by scripts/secret-rules.ts from gitleaks (MIT, Copyright (c) 2019 Zachary Rice): do not edit. */',
    "import type { Form } from '../vendors.ts';",
    '',
    '// biome-ignore format: one rule a line',
    'const forms = (): readonly Form[] => [',
    ...rows,
    '];',
    '',
    'let made: readonly Form[] | undefined;',
    '',
    '/** Made when first asked for: most of what loads this never looks at a text. */',
    'export function gitleaksForms(): readonly Form[] {',
    '  made ??= forms();',
    '  return made;',
    '}',
    '',
  ].join('\n');
}

if (import.meta.main) {
  const [path = 'gitleaks.toml'] = process.argv.slice(2);
  const rules = rulesIn(readFileSync(path));
  const forms = rules.flatMap((rule) => formOf(rule) ?? []);
  writeFileSync(file, moduleText(forms));
  console.log(`${forms.length} of ${rules.length} rules in ${fileURLToPath(file)}`);
}
