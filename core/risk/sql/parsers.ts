/** The real SQL parsers, each loaded when a statement first asks for it: hardly any script does, and they are half of the floor's code. */
// biome-ignore lint/style/noRestrictedImports: loading code when it is needed; nothing else is read
import { createRequire } from 'node:module';
import type { Parser } from 'node-sql-parser/build/mysql.js';
import type { Dialect } from './tokens.ts';

const load = createRequire(import.meta.url);

/** In a bundle each of these lies in a file of its own: cdk/bundle.ts. */
const files: Readonly<Record<Dialect, string>> = {
  mysql: 'node-sql-parser/build/mysql.js',
  postgresql: 'node-sql-parser/build/postgresql.js',
};

const parsers = new Map<Dialect, Parser>();

/** Throws when the file is missing, each time: whoever judges then takes the statement for one that cannot be read. */
export function parserOf(dialect: Dialect): Parser {
  const known = parsers.get(dialect);
  if (known) return known;
  const module = load(files[dialect]) as { readonly Parser: typeof Parser };
  const parser = new module.Parser();
  parsers.set(dialect, parser);
  return parser;
}
