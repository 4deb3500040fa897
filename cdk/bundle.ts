/** Bundles all functions in one esbuild run; beside each bundle lies what it loads: packages when they are needed, and grammars. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import { type FunctionName, functionNames } from '../core/functions.ts';
import { root } from '../package/assets.ts';
import type { WriteFunction } from './bundles.ts';

/** Functions that run the risk floor, and so parse shell. */
const judges: readonly FunctionName[] = ['plan', 'gate', 'request-approval', 'execute'];
const grammars = ['web-tree-sitter/web-tree-sitter.wasm', 'tree-sitter-bash/tree-sitter-bash.wasm'] as const;

/** Loaded by core/risk/sql/parsers.ts when it meets a statement of that dialect. */
const sqlParsers = ['node-sql-parser/build/mysql.js', 'node-sql-parser/build/postgresql.js'];
/** Loaded by adapters/tree-sitter/reparse.ts, with the grammars that lie beside the code. */
const shellParser = ['web-tree-sitter'];
/** Loaded by adapters/anthropic/model.ts when it asks its first question. */
const modelSdk = ['@anthropic-ai/sdk', '@anthropic-ai/sdk/helpers/zod'];
/** Loaded by adapters/sts/identity.ts when somebody comes through the IAM door. */
const doorSdk = ['@aws-sdk/client-sts'];

/** What a function loads only when it needs it: each lies in a file of its own where `require` looks, `node_modules` beside the code. */
function loadedWhenNeeded(name: FunctionName): readonly string[] {
  return [
    ...(judges.includes(name) ? [...sqlParsers, ...shellParser] : []),
    ...(name === 'plan' ? modelSdk : []),
    ...(name === 'decide' ? doorSdk : []),
  ];
}

/** Where the SDK looks for credentials that are not in the environment. Lambda puts them there; a call without them fails, naming the first of these. */
const elsewhereCredentials: string[] = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-login',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/** How code for Lambda is bundled. */
export const bundleOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  // What Lambda's loader starts fastest; the source stays ESM, whose `import.meta` CommonJS does not have.
  format: 'cjs',
  define: {
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
    'import.meta.url': 'bundleUrl',
  },
  banner: { js: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;' },
  // The SDK's ESM builds shake off what is not used: a third less to load on a cold start.
  mainFields: ['module', 'main'],
  // Function names survive, so that a stack trace reads without a source map, which would be half of every upload.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'error',
  write: false,
} as const satisfies BuildOptions;

/** How a function's own code is bundled: without what it loads from beside it, or never. */
export const functionOptions = { ...bundleOptions, external: elsewhereCredentials } as const satisfies BuildOptions;

/** Path in the asset → content. */
type Files = ReadonlyMap<string, Uint8Array>;

/**
 * Writes functions that are bundled from their sources, when the first of them is asked for.
 *
 * @param folder where `<function>.ts` lies
 * @param tell is told the path of every file of which something is bundled, relative to the repository
 */
export function fromSources(folder: string, tell: (path: string) => void = () => {}): WriteFunction {
  let files: ReadonlyMap<FunctionName, Files> | undefined;
  return (name, output) => {
    files ??= build(folder, tell);
    for (const [path, contents] of files.get(name) ?? []) {
      mkdirSync(dirname(join(output, path)), { recursive: true });
      writeFileSync(join(output, path), contents);
    }
    if (judges.includes(name))
      for (const grammar of grammars) copyFileSync(locate(grammar), join(output, basename(grammar)));
  };
}

function build(folder: string, tell: (path: string) => void): ReadonlyMap<FunctionName, Files> {
  const entries = functionNames.map((name) => ({ in: join(folder, `${name}.ts`), out: name }));
  const missing = entries.filter((entry) => !existsSync(entry.in)).map((entry) => entry.in);
  if (missing.length > 0) throw new Error(`synth: no code for these functions: ${missing.join(', ')}`);
  const code = bundled(entries, functionOptions, tell);
  const names = [...new Set(functionNames.flatMap(loadedWhenNeeded))];
  const packages = bundled(
    names.map((name) => ({ in: name, out: withoutExtension(name) })),
    bundleOptions,
    tell,
  );
  return new Map(
    functionNames.map((name) => {
      const beside = loadedWhenNeeded(name).map(withoutExtension);
      const files = beside.map((one) => [`node_modules/${one}.js`, packages(one)] as const);
      return [name, new Map([['index.js', code(name)], ...files])];
    }),
  );
}

/** One bundle of each entry, by its `out`. */
function bundled(
  entryPoints: { in: string; out: string }[],
  options: BuildOptions,
  tell: (path: string) => void,
): (out: string) => Uint8Array {
  const { outputFiles = [], metafile } = buildSync({
    ...options,
    metafile: true,
    entryPoints,
    outdir: 'bundles',
    absWorkingDir: root,
  });
  for (const path of Object.keys(metafile?.inputs ?? {})) tell(path);
  const byOut = new Map(outputFiles.map(({ path, contents }) => [relative(join(root, 'bundles'), path), contents]));
  return (out) => byOut.get(`${out}.js`) ?? raise(`synth: esbuild made nothing of ${out}`);
}

function raise(message: string): never {
  throw new Error(message);
}

const withoutExtension = (name: string): string => name.replace(/\.js$/, '');

function locate(file: string): string {
  return createRequire(import.meta.url).resolve(file);
}
