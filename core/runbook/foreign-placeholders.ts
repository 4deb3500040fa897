/** Placeholders of other tools and of wikis, which the shell would take literally or for something of its own. */
import type { Role } from './shell-text.ts';
import type { Slip } from './slips.ts';

interface Shape {
  readonly pattern: RegExp;
  /** Where it counts. */
  readonly roles: string;
  /** What the shell makes of it. */
  readonly is: string;
  readonly unless?: (match: RegExpExecArray, script: string) => boolean;
}

/** Names that wikis put between brackets. */
const usual =
  /^(?:your|the|my)\b|[_ -]|^[A-Z][A-Z0-9]+$|^(?:pod|pods|name|namespace|ns|host|hostname|node|id|ip|user|username|service|unit|container|cluster|deployment|path|file|port|pid|region|bucket|queue|db|database|instance|version|value|domain|secret|key|tag|url|target|env|environment|app|label|password|token|dir|directory|device|interface|table|index|topic|group|role|profile|account|arn|stack|command|date|time|number|size)$/;

const markup = /<\/|\b(?:x?html|xml|sgml)\b|\b(?:xmllint|xmlstarlet|pup|htmlq)\b/i;

const shapes: readonly Shape[] = [
  {
    pattern: /(?<![<$?(=])<([A-Za-z][\w.-]*(?: [\w.-]+)*)>(?![>\w])/g,
    roles: 'c',
    is: 'the shell would read a file of that name, and write one',
  },
  {
    pattern: /(?<![<$?(])<([A-Za-z][\w-]*(?: [\w-]+)*)>/g,
    roles: 'dsh',
    is: 'it would be taken literally',
    unless: ([, name = ''], script) => !usual.test(name) || markup.test(script),
  },
  {
    pattern: /(?<=^|[\s=/:,])\[([A-Za-z][\w-]*(?: [\w-]+)*)\](?=$|[\s/:;|&)])/gm,
    roles: 'c',
    is: 'the shell would take it for a pattern of file names',
    unless: ([, name = '']) => !usual.test(name),
  },
  {
    pattern: /(?<![{$%@#\\\w])\{([A-Za-z][\w-]*)\}(?!\})/g,
    roles: 'c',
    is: 'it would be taken literally',
    unless: (_match, script) => /\b(?:xargs|parallel)\b/.test(script),
  },
  {
    pattern: /(?<=:\/\/[^\s'"]*)(?<!\$)\{([A-Za-z][\w-]*)\}(?!\})/g,
    roles: 'ds',
    is: 'it would be taken literally',
  },
  { pattern: /\{\{\s*\$[\w.]*\s*\}\}/g, roles: 'cd', is: 'it would be taken literally' },
  {
    pattern:
      /(?<![\w$.{])(?:YOUR|INSERT|REPLACE|CHANGE|ENTER|PUT)[_-][A-Z0-9_-]*[A-Z0-9]\b|(?<![\w$.{-])(?:your|insert)[-_][a-z][\w-]*|\b(?:CHANGE-?ME|REPLACE-?ME|PLACEHOLDER|TODO|FIXME)\b/g,
    roles: 'cdsh',
    is: 'it would be taken literally',
  },
  {
    pattern: /(?<![A-Za-z.0-9])(?:x{3,}|X{3,})(?![A-Za-z])/g,
    roles: 'cds',
    is: 'it would be taken literally',
    unless: (_match, script) => /\bmktemp\b/.test(script),
  },
  {
    pattern: /(?<![\w$])(?:__[A-Z][A-Z0-9_]*__|@@\w+@@|%%\w+%%)(?!\w)/g,
    roles: 'cdsh',
    is: 'it would be taken literally',
  },
  { pattern: /(?<![\w.])\/?path\/to\/[\w./-]*/g, roles: 'cds', is: 'there is no such file' },
  {
    pattern: /(?<=^|[\s=])(?:\[?\.{3,}\]?|\[?…\]?)(?=$|[\s;|&)])/gm,
    roles: 'c',
    is: 'something was left out here',
    unless: ({ index }, script) =>
      /^\s*(?:echo|printf|logger)\b/.test(script.slice(script.lastIndexOf('\n', index - 1) + 1)),
  },
];

/** Every foreign placeholder of a script, where it stands, and what to write instead. */
export function foreignPlaceholders(script: string, roles: readonly Role[]): Slip[] {
  const found: Slip[] = [];
  for (const { pattern, roles: counts, is, unless } of shapes)
    for (const match of script.matchAll(pattern)) {
      const [written] = match;
      const start = match.index;
      const end = start + written.length;
      const taken = found.some((other) => start < other.end && end > other.start);
      if (taken || !counts.includes(roles[start] ?? 'c') || unless?.(match, script)) continue;
      const message = `${written} is a placeholder that nothing fills: ${is}`;
      const fix = `declare a parameter and write {{ ${nameFor(written)} }}`;
      found.push({ start, end, rule: 'foreign-placeholder', message, fix, mended: 'x'.repeat(written.length) });
    }
  return found.sort((a, b) => a.start - b.start);
}

/** A parameter's name made of what stands between the brackets. */
export function nameFor(written: string): string {
  const words = written.replace(/^\/?path\/to\//, '').match(/[A-Za-z][A-Za-z0-9]*/g) ?? [];
  const name = words
    .join('_')
    .toLowerCase()
    .replace(/^(?:your|insert|replace|change|enter|put)_(?=.)/, '')
    .slice(0, 40);
  return name === '' || /^x+$/.test(name) ? 'name' : name;
}
