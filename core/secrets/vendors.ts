/** Secrets by the forms that vendors give them: gitleaks' rules, each run only where one of its keywords stands. */
import { gitleaksForms } from './generated/gitleaks.ts';
import type { Span } from './span.ts';
import { entropy } from './value.ts';

/** One rule of gitleaks, as scripts/secret-rules.ts writes it. */
export interface Form {
  /** Gitleaks' own name, such as `heroku-api-key`. */
  readonly id: string;
  /** In small letters; a text without any of them is not looked at. */
  readonly keywords: readonly string[];
  /** The vendor's name that must stand before the secret; without it the secret is known by its form. */
  readonly near?: string;
  readonly source: string;
  readonly ignoreCase?: true;
  /** The least entropy of the secret, in bits a character. */
  readonly entropy?: number;
}

/** What gitleaks lets stand between a vendor's name and the value; every repetition is bounded. */
const between = String.raw`(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}`;

const compiled = new Map<string, RegExp>();

/** Compiled when its keyword is first seen: most texts have none. */
function patternOf({ id, near, source, ignoreCase }: Form): RegExp {
  const known = compiled.get(id);
  if (known) return known;
  const text = near === undefined ? `(?<secret>${source})` : `(?:${near})${between}(?<secret>${source})(?!\\w)`;
  const pattern = new RegExp(text, ignoreCase ? 'dgi' : 'dg');
  compiled.set(id, pattern);
  return pattern;
}

/** The forms by keyword, and one pattern that finds every place where a keyword begins. */
interface Index {
  readonly forms: ReadonlyMap<string, readonly Form[]>;
  readonly keyword: RegExp;
}

let index: Index | undefined;

function madeIndex(): Index {
  const forms = new Map<string, Form[]>();
  for (const form of gitleaksForms())
    for (const keyword of form.keywords) forms.set(keyword, [...(forms.get(keyword) ?? []), form]);
  // The longest first; those that it begins with are meant too.
  const all = [...forms.keys()].sort((a, b) => b.length - a.length);
  for (const keyword of all)
    for (const shorter of all)
      if (shorter !== keyword && keyword.startsWith(shorter)) forms.get(keyword)?.push(...(forms.get(shorter) ?? []));
  const literals = all.map((keyword) => keyword.replace(/[.*+?^$()[\]{}|~\\]/g, '\\$&'));
  return { forms, keyword: new RegExp(`(?=(${literals.join('|')}))`, 'g') };
}

/** Characters from which on one pass for all keywords is worth what its pattern costs to compile. */
const longText = 4096;

/** The forms one of whose keywords is in the text. */
function formsFor(text: string): Set<Form> {
  const lower = text.toLowerCase();
  if (lower.length < longText)
    return new Set(gitleaksForms().filter(({ keywords }) => keywords.some((keyword) => lower.includes(keyword))));
  index ??= madeIndex();
  const found = new Set<string>();
  for (const match of lower.matchAll(index.keyword)) found.add(match[1] ?? '');
  return new Set([...found].flatMap((keyword) => index?.forms.get(keyword) ?? []));
}

export function vendorSecrets(text: string): Span[] {
  return [...formsFor(text)].flatMap((form) => spansOfForm(text, form));
}

function spansOfForm(text: string, form: Form): Span[] {
  const spans: Span[] = [];
  let next = 0;
  for (const match of text.matchAll(patternOf(form))) {
    // What continues a token is a part of it, whatever it looks like.
    if (match.index < next) continue;
    const span = spanOf(text, form, match);
    if (span === null) continue;
    spans.push(span);
    next = span.end;
  }
  return spans;
}

function spanOf(text: string, form: Form, match: RegExpExecArray): Span | null {
  const [start, end] = match.indices?.groups?.secret ?? [0, 0];
  const value = text.slice(start, end);
  // Beside a name a word of the right length is no secret.
  if (entropy(value) < (form.entropy ?? 0) || (form.near !== undefined && !/\d/.test(value))) return null;
  return { start, end: runEnd(text, end), kind: form.id.replaceAll('-', ' ') };
}

/** Forms change: what continues a token is hidden with it. */
function runEnd(text: string, end: number): number {
  const run = /[\w-]*/y;
  run.lastIndex = end;
  run.test(text);
  return run.lastIndex;
}
