/**
 * Keeps core/risk/tables/generated/options.json, the options that manual pages give to the tools of the argument tables:
 * `node scripts/option-inventory.ts FOLDER…` adds what the pages below these folders (`/usr/share/man`) say, and without
 * folders it only reports. A source of what is known, never of all: what an entry lists beyond it is fine.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { allTables } from '../core/risk/catalogue.ts';
import { type OptionList, optionList } from '../core/risk/options.ts';
import type { Rule, Table } from '../core/risk/table.ts';

/** Tool (`docker-ps` for a sub-command) → its options, separated by spaces. */
export type Inventory = Readonly<Record<string, string>>;

const file = new URL('../core/risk/tables/generated/options.json', import.meta.url);

export const readInventory = (): Inventory => JSON.parse(readFileSync(file, 'utf8')) as Inventory;

/** An entry or sub-command with the manual pages that speak of it. */
export interface Entry {
  readonly name: string;
  readonly pages: readonly string[];
  readonly rule: Rule;
  /** Whether it is a tool itself, and no sub-command. */
  readonly isTool: boolean;
  /** What the look-up of the entry's options knows. */
  readonly listed: ReadonlySet<string>;
}

/** All entries whose options matter: those that may be called less than destructive. */
export function entriesOf(all: readonly Table[]): Entry[] {
  return all.flatMap((table) => Object.entries(table).flatMap(([names, rule]) => below(names.split(' '), rule, null)));
}

function below(names: readonly string[], rule: Rule, parent: OptionList | null): Entry[] {
  const list = optionList(rule, parent);
  const own = {
    name: names[0] ?? '',
    pages: names,
    rule,
    isTool: parent === null,
    listed: new Set(list.byName.keys()),
  };
  const inner = Object.entries(rule.subcommands ?? {}).flatMap(([verbs, sub]) =>
    typeof sub === 'string'
      ? []
      : below(
          verbs.split(' ').flatMap((verb) => names.map((name) => `${name}-${verb}`)),
          sub,
          list,
        ),
  );
  return rule.level === 'destructive' && rule.modes === undefined ? inner : [own, ...inner];
}

/** Options in the inventory that the entry does not list: nobody has looked at them. */
export function unlooked(entry: Entry, inventory: Inventory): string[] {
  return entry.pages.flatMap((page) =>
    (inventory[page] ?? '')
      .split(' ')
      .filter((option) => option !== '' && !isListed(option, entry) && !noOptions[page]?.split(' ').includes(option)),
  );
}

/** What looks like an option in a manual and is none of the tool's, with the reason. */
const noOptions: Readonly<Record<string, string>> = {
  atq: '-M -b -c -d -f -l -m -r -t -u -v', // those of at and batch, whose page it shares
  cut: '-M', // the end of a list of ranges
  numfmt: '-M', // the same
  pr: '-COLUMN', // a number
  strings: '-min-len', // a number
};

/** A cluster as manuals write it (`-vv`) is its letters; `--help` and `--version` are known of every tool. */
function isListed(option: string, entry: Entry): boolean {
  if (/^--?(?:help|version|usage|\?)$/.test(option) || entry.listed.has(option)) return true;
  if (/^-\d+$|^-NUM$|^-number$|^-signal$/i.test(option)) return entry.listed.has('-#') || entry.listed.has(option);
  return /^-\w{2,}$/.test(option) && [...option.slice(1)].every((letter) => entry.listed.has(`-${letter}`));
}

/** The options that a manual page describes: lines that begin with one, as roff's lists of options look. */
function optionsOf(page: string): string[] {
  const text = execFileSync('sh', ['-c', 'man -l "$1" 2>/dev/null | col -bx', 'sh', page], {
    encoding: 'utf8',
    env: { ...process.env, MANWIDTH: '240' },
    maxBuffer: 64 * 1024 * 1024,
  }).replace(/[\u2010\u2011\u2212]/g, '-');
  const found = new Set<string>();
  for (const line of text.split('\n')) {
    const head = /^ {1,16}(-{1,2}[A-Za-z0-9?#@].*)$/.exec(line)?.[1]?.split(/ {3,}/)[0] ?? '';
    for (const word of head.split(/,\s+(?=-)|\s+\|\s+(?=-)|\s+or\s+(?=-)/)) {
      const name = /^-{1,2}[A-Za-z0-9?#@][\w?#-]*(?=$|[=[ ])/.exec(word.trim())?.[0];
      if (name !== undefined) found.add(name);
    }
  }
  return [...found];
}

/** Pages of sections 1 and 8 by the tool's name; distributions add their own ending to some (`w.procps`). */
function pagesBelow(folder: string): Map<string, string> {
  const pages = new Map<string, string>();
  for (const section of ['man1', 'man8']) {
    if (!existsSync(`${folder}/${section}`)) continue;
    for (const name of readdirSync(`${folder}/${section}`)) {
      const tool = name.replace(/\.(?:gz|xz|zst)$/, '').replace(/\.[18]\w*$/, '');
      pages.set(
        tool.replace(/\.(?:sysstat|procps|db|openbsd|traditional|gnu|iputils)$/, ''),
        `${folder}/${section}/${name}`,
      );
    }
  }
  return pages;
}

function update(folders: readonly string[]): Inventory {
  const known: Record<string, string> = existsSync(file) ? { ...readInventory() } : {};
  const wanted = new Set(
    entriesOf(allTables())
      .filter((entry) => entry.isTool || entry.rule.complete)
      .flatMap((entry) => entry.pages),
  );
  for (const folder of folders)
    for (const [tool, page] of pagesBelow(folder)) {
      if (!wanted.has(tool)) continue;
      const options = new Set([...(known[tool] ?? '').split(' ').filter(Boolean), ...optionsOf(page)]);
      if (options.size > 0) known[tool] = [...options].sort().join(' ');
    }
  return Object.fromEntries(
    Object.entries(known)
      .filter(([tool]) => wanted.has(tool))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Lines that say how far the tables are from the manuals. */
export function report(inventory: Inventory): string[] {
  const entries = entriesOf(allTables());
  const withPage = entries.filter((entry) => entry.pages.some((page) => inventory[page] !== undefined));
  const options = withPage.reduce(
    (sum, entry) => sum + entry.pages.reduce((own, page) => own + (inventory[page]?.split(' ').length ?? 0), 0),
    0,
  );
  const complete = entries.filter((entry) => entry.rule.complete);
  const missing = complete
    .map((entry) => [entry.name, unlooked(entry, inventory)] as const)
    .filter(([, left]) => left.length > 0);
  const others = withPage
    .filter((entry) => !entry.rule.complete)
    .reduce((sum, entry) => sum + unlooked(entry, inventory).length, 0);
  return [
    `${entries.length} entries and sub-commands may be less than destructive; manual pages speak of ${withPage.length}, with ${options} options`,
    `${complete.length} say that their list is complete; options of theirs that nobody looked at: ${missing.reduce((sum, [, left]) => sum + left.length, 0)}`,
    ...missing.map(([name, left]) => `  ${name}: ${left.join(' ')}`),
    `options that the other entries do not list, and that are asked about: ${others}`,
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folders = process.argv.slice(2);
  if (folders.length > 0) writeFileSync(file, `${JSON.stringify(update(folders), null, 2)}\n`);
  for (const line of report(readInventory())) console.log(line);
}
