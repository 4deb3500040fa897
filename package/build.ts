/** Builds what the package runs into `dist/`: the command, the CDK app, all functions, the grammars. `npm pack` begins with it. */
import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { fromSources } from '../cdk/bundle.ts';
import { functionNames } from '../core/functions.ts';
import { release } from '../core/release.ts';
import { prebuiltFunctions, root } from './assets.ts';
import { releaseFile } from './prebuilt.ts';
import { writeThirdParty } from './third-party.ts';

const dist = join(root, 'dist');

/** Installed beside the package, not bundled into it: CDK's libraries are made for that. */
const installed = ['aws-cdk-lib', 'constructs', 'cdk-nag'];

async function build(): Promise<void> {
  rmSync(dist, { recursive: true, force: true });
  const inputs = await buildCommandAndApp();
  const sources = fromSources(join(root, 'functions'), (path) => inputs.add(path));
  for (const name of functionNames) {
    const output = join(prebuiltFunctions, name);
    mkdirSync(output, { recursive: true });
    sources(name, output);
  }
  shareWithCommand();
  shareWithDemo();
  writeThirdParty(inputs, dist);
  writeFileSync(join(prebuiltFunctions, releaseFile), `${JSON.stringify({ release })}\n`);
}

/** Shared code lies in chunks, and a command loads those that it needs. Returns the paths of all that is in it. */
async function buildCommandAndApp(): Promise<Set<string>> {
  const { metafile } = await bundle({
    absWorkingDir: root,
    entryPoints: [
      { in: 'package/bin.ts', out: 'countersign' },
      { in: 'package/app.ts', out: 'app' },
      { in: 'local/guard.ts', out: 'guard' },
      { in: 'local/host/worker.ts', out: 'worker' },
    ],
    outdir: dist,
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]',
    platform: 'node',
    format: 'esm',
    // The functions run on Node 24; the command and the app on what people have.
    target: 'node20',
    inject: [join(root, 'package', 'older-node.ts')],
    external: installed,
    // Packages that are CommonJS ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);",
    },
    mainFields: ['module', 'main'],
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  });
  return new Set(Object.keys(metafile.inputs));
}

/** The command judges scripts as `plan` does, with the same files: they lie where its modules look for them too. */
function shareWithCommand(): void {
  const plan = join(prebuiltFunctions, 'plan');
  for (const grammar of ['web-tree-sitter.wasm', 'tree-sitter-bash.wasm'])
    copyFileSync(join(plan, grammar), join(dist, grammar));
  for (const loaded of ['web-tree-sitter.js', 'node-sql-parser'])
    cpSync(join(plan, 'node_modules', loaded), join(dist, 'node_modules', loaded), { recursive: true });
}

/** The demo's Slack loads files that lie beside its modules. */
function shareWithDemo(): void {
  copyFileSync(join(root, 'node_modules/slack-blocks-to-jsx/dist/style.css'), join(dist, 'blocks.css'));
  cpSync(join(root, 'node_modules/emulate/dist/fonts'), join(dist, 'fonts'), { recursive: true });
}

await build();
