/**
 * How long each function's code takes to load, against a bundle of nothing but the SDK clients that it loads, as they
 * come: fresh processes, one of each in turn, the fastest of each. `npm run bench -- coldstart --json` ends with one JSON line.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, buildSync, transformSync } from 'esbuild';
import { bundleOptions, fromSources } from '../cdk/bundle.ts';
import { Bundles } from '../cdk/bundles.ts';
import { compile } from '../cdk/compile.ts';
import { type FunctionName, functionNames } from '../core/functions.ts';
import { root } from '../package/assets.ts';

/** Processes of each kind and function; the fastest counts, since whatever else the machine does only adds. */
const rounds = 15;

/** What a process of Lambda has in its environment, as far as loading reads it. */
const environment = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
};

const isSdk = /^(?:@aws-sdk|@anthropic-ai|@slack)\//;

interface Measured {
  readonly function: FunctionName;
  readonly own: string;
  readonly sdk: string;
  ownMs: number;
  sdkMs: number;
}

/** Milliseconds and kilobytes of each function. */
export function coldstart(json: boolean): void {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-coldstart-'));
  try {
    const measured = functionNames.map((name) => prepare(name, folder));
    for (let round = 0; round < rounds; round++) for (const one of measured) measure(one);
    const figures = Object.fromEntries(
      measured.map((one) => [
        one.function,
        {
          ratio: Number((one.ownMs / one.sdkMs).toFixed(2)),
          ownMs: Number(one.ownMs.toFixed(1)),
          sdkMs: Number(one.sdkMs.toFixed(1)),
          ownKB: Math.round(readFileSync(one.own).length / 1000),
        },
      ]),
    );
    console.table(figures);
    if (json) console.log(JSON.stringify({ bench: 'coldstart', coldstart: figures }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const bundles = new Bundles(root, fromSources(join(root, 'functions')), compile('countersign.yaml'), []);

function prepare(name: FunctionName, folder: string): Measured {
  const own = join(folder, name);
  mkdirSync(own);
  bundles.write(name, own);
  const sdk = join(folder, `${name}.sdk.js`);
  buildSync({
    ...bundleOptions,
    write: true,
    stdin: { contents: sdkImportsOf(name), resolveDir: root, loader: 'js' },
    outfile: sdk,
  } satisfies BuildOptions);
  return {
    function: name,
    own: join(own, 'index.js'),
    sdk,
    ownMs: Number.POSITIVE_INFINITY,
    sdkMs: Number.POSITIVE_INFINITY,
  };
}

/** One export for each name that the function's own sources import from an SDK and that its first file holds. */
function sdkImportsOf(name: FunctionName): string {
  const { metafile } = buildSync({
    ...bundleOptions,
    metafile: true,
    entryPoints: [join(root, 'functions', `${name}.ts`)],
    outdir: 'unused',
    absWorkingDir: root,
  });
  const sources = Object.keys(metafile.inputs).filter(
    (path) => !path.startsWith('node_modules/') && existsSync(join(root, path)),
  );
  const imports = sources.flatMap((path) => importsOf(readFileSync(join(root, path), 'utf8')));
  const names = new Map(imports.map(({ from, what }) => [`${from} ${what}`, { from, what }]));
  return [...names.values()]
    .map(({ from, what }, index) => `export { ${what} as sdk${index} } from ${JSON.stringify(from)};`)
    .join('\n');
}

/** What a source imports from SDKs, without types. */
function importsOf(source: string): { from: string; what: string }[] {
  const { code } = transformSync(source, { loader: 'ts' });
  return [...code.matchAll(/import\s*(?:\{([^}]*)\}|(\w+))\s*from\s*"([^"]+)"/g)]
    .filter(([, , , from = '']) => isSdk.test(from))
    .flatMap(([, named, byDefault, from = '']) =>
      byDefault
        ? [{ from, what: 'default' }]
        : (named ?? '').split(',').map((one) => ({ from, what: one.trim().split(/\s+as\s+/)[0] ?? '' })),
    )
    .filter(({ what }) => what !== '');
}

function measure(one: Measured): void {
  one.ownMs = Math.min(one.ownMs, loadMs(one.own));
  one.sdkMs = Math.min(one.sdkMs, loadMs(one.sdk));
}

const program =
  'const t=performance.now();require(process.argv[1]);process.stdout.write(String(performance.now()-t));process.exit()';

/** Milliseconds from `require` to its return, in a process of its own. */
function loadMs(file: string): number {
  const env = { ...environment, LAMBDA_TASK_ROOT: join(file, '..') };
  const text = execFileSync(process.execPath, ['-e', program, file], { env, encoding: 'utf8' });
  return Number(text);
}
