/** Bundles all functions in one esbuild run; beside each bundle lies what it reads: compiled.json, and the grammars where scripts are judged. */
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync, type OutputFile } from 'esbuild';
import type { Compiled } from '../core/compiled.ts';
import { type FunctionName, functionNames } from './names.ts';

/** Functions that run the risk floor, and so parse shell. */
const judges: readonly FunctionName[] = ['plan', 'gate', 'request-approval', 'execute'];
const grammars = ['web-tree-sitter/web-tree-sitter.wasm', 'tree-sitter-bash/tree-sitter-bash.wasm'] as const;

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

/** The code of every function, made when the first of them is asked for: template tests that skip bundling make none. */
export class Bundles {
  readonly #folder: string;
  readonly #compiled: string;
  #files: ReadonlyMap<string, readonly OutputFile[]> | undefined;

  /** @param folder where `<function>.ts` lies */
  constructor(folder: string, compiled: Compiled) {
    this.#folder = folder;
    this.#compiled = JSON.stringify(compiled);
  }

  /** The function's asset: `index.js`, `compiled.json`, and the grammars if it judges scripts. */
  code(name: FunctionName): Code {
    return Code.fromAsset(this.#folder, {
      assetHashType: AssetHashType.OUTPUT,
      bundling: {
        // Never pulled: the local bundling below always succeeds or throws.
        image: DockerImage.fromRegistry('scratch'),
        // CDK would take functions with the same source and the same options for one.
        command: [name],
        local: {
          tryBundle: (output) => {
            this.write(name, output);
            return true;
          },
        },
      },
    });
  }

  /** Writes the function's asset into the folder. */
  write(name: FunctionName, output: string): void {
    this.#files ??= build(this.#folder);
    for (const { path, contents } of this.#files.get(name) ?? []) writeFileSync(join(output, basename(path)), contents);
    writeFileSync(join(output, 'compiled.json'), this.#compiled);
    if (judges.includes(name))
      for (const grammar of grammars) copyFileSync(locate(grammar), join(output, basename(grammar)));
  }
}

function build(folder: string): Map<string, OutputFile[]> {
  const entryPoints = functionNames.map((name) => ({ in: join(folder, `${name}.ts`), out: `${name}/index` }));
  const missing = entryPoints.filter((entry) => !existsSync(entry.in)).map((entry) => entry.in);
  if (missing.length > 0) throw new Error(`synth: no code for these functions: ${missing.join(', ')}`);
  const { outputFiles } = buildSync({ ...bundleOptions, entryPoints, outdir: 'bundles' });
  return Map.groupBy(outputFiles, ({ path }) => basename(dirname(path)));
}

function locate(file: string): string {
  return createRequire(import.meta.url).resolve(file);
}
