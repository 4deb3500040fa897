/** Foreign front matter as ours: what we have a key for is carried over, the rest is kept as `x-…`, what is missing is guessed. */
import { parseDocument } from 'yaml';
import { FrontMatter } from '../runbook/front-matter-schema.ts';
import type { Note } from './import.ts';

export interface ImportedFront {
  readonly title: string | null;
  /** The file with the front matter blanked out, so that line numbers stay. */
  readonly body: string;
  readonly notes: readonly Note[];
  /** Front matter of ours for a runbook of this title. */
  readonly keys: (title: string) => Record<string, unknown>;
}

const severities: Readonly<Record<string, string>> = {
  sev1: 'critical',
  p1: 'critical',
  s1: 'critical',
  critical: 'critical',
  page: 'critical',
  urgent: 'critical',
  sev2: 'high',
  p2: 'high',
  s2: 'high',
  high: 'high',
  major: 'high',
  error: 'high',
  sev3: 'medium',
  p3: 'medium',
  s3: 'medium',
  medium: 'medium',
  warning: 'medium',
  minor: 'medium',
  sev4: 'low',
  p4: 'low',
  s4: 'low',
  low: 'low',
  info: 'low',
};

export function importFront(text: string, name: string): ImportedFront {
  const { given, body, line } = split(text);
  const notes: Note[] = [];
  const say = (what: string) => notes.push({ line, text: what });
  const id = slug(String(given.id ?? given.slug ?? name.replace(/\.[^.]*$/, '')));
  const own = carried(given, say);
  const owner = own.owner ?? given.team ?? given.author ?? given.maintainer;
  if (typeof owner !== 'string') say('the owner was guessed: "unknown"; write the team that keeps it');
  const severity = severities[String(given.severity ?? given.priority ?? '').toLowerCase()];
  if (severity === undefined) say('the severity was guessed: medium');
  if (own.match === undefined) say(`the alarms were guessed: ${id}-*; write which ones it answers`);
  const keys = (title: string) => ({
    id,
    title,
    owner: typeof owner === 'string' ? owner : 'unknown',
    severity: severity ?? 'medium',
    match: own.match ?? { alarms: [`${id}-*`] },
    ...own,
    ...foreign(given, say),
  });
  const title = typeof given.title === 'string' ? given.title : null;
  // Notes are made once, whoever asks for the keys.
  const made = keys(title ?? '');
  return { title, body, notes, keys: (own) => ({ ...made, title: own }) };
}

function split(text: string): { given: Record<string, unknown>; body: string; line: number } {
  const lines = text.split('\n');
  const end = lines[0] === '---' ? lines.indexOf('---', 1) : -1;
  if (end < 0) return { given: {}, body: text, line: 0 };
  const body = lines.map((line, index) => (index <= end ? '' : line)).join('\n');
  const document = parseDocument(lines.slice(1, end).join('\n'), { schema: 'core' });
  const value: unknown = document.errors.length > 0 ? null : document.toJS({ maxAliasCount: 0 });
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return { given: isMap ? (value as Record<string, unknown>) : {}, body, line: 1 };
}

/** Keys of ours whose value is right as it stands. */
function carried(given: Record<string, unknown>, say: (what: string) => void): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(FrontMatter.shape)) {
    if (given[key] === undefined || ['id', 'title', 'severity', 'parameters'].includes(key)) continue;
    if (schema.safeParse(given[key]).success) own[key] = given[key];
    else say(`${key} was dropped: its value is not what ours must be`);
  }
  return own;
}

/** Everything else, for the tools that it belongs to. */
function foreign(given: Record<string, unknown>, say: (what: string) => void): Record<string, unknown> {
  const known = new Set([...Object.keys(FrontMatter.shape), 'severity', 'slug']);
  const rest = Object.entries(given).filter(([key]) => !known.has(key));
  if (rest.length > 0) say(`kept for other tools: ${rest.map(([key]) => `x-${key.replace(/^x-/, '')}`).join(', ')}`);
  return Object.fromEntries(rest.map(([key, value]) => [`x-${key.replace(/^x-/, '')}`, value]));
}

function slug(name: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
  return words === '' ? 'imported' : words;
}
