/** What lies in each function's asset: no code that it does not use, and beside it what it loads only when it needs it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import * as z from 'zod';
import { fromSources, functionOptions } from '../../cdk/bundle.ts';
import { Bundles } from '../../cdk/bundles.ts';
import { compile, reviewed } from '../../cdk/compile.ts';
import { sha256 } from '../../core/digest.ts';
import { type FunctionName, functionNames } from '../../core/functions.ts';
import { root } from '../../package/assets.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-bundles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { metafile } = buildSync({
  ...functionOptions,
  metafile: true,
  absWorkingDir: root,
  entryPoints: functionNames.map((name) => ({ in: join(root, 'functions', `${name}.ts`), out: name })),
  outdir: 'unused',
});

/** Paths of the sources of which something is in the function's bundle. */
function sourcesOf(name: FunctionName): string[] {
  const output = metafile.outputs[`unused/${name}.js`];
  if (!output) throw new Error(`esbuild made no ${name}`);
  return Object.entries(output.inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => path);
}

const judges: readonly FunctionName[] = ['plan', 'gate', 'request-approval', 'execute'];
const others = functionNames.filter((name) => !judges.includes(name));

test.each(functionNames)(
  '%s starts without the SQL parsers, the second shell parser, the model and credentials that Lambda does not use',
  (name) => {
    const unwanted =
      /node_modules\/(?:node-sql-parser|web-tree-sitter|@anthropic-ai|@aws-sdk\/(?:nested-clients|token-providers|credential-provider-(?!env|node))|@smithy\/credential-provider-imds)\//;
    expect(sourcesOf(name).filter((path) => unwanted.test(path))).toEqual([]);
  },
);

test.each(others)('%s has no part of the floor: no shell parser, no tables', (name) => {
  const floor =
    /node_modules\/(?:unbash|web-tree-sitter)\/|core\/risk\/(?:tables|sql)\/|core\/risk\/(?:classify|catalogue)/;
  expect(sourcesOf(name).filter((path) => floor.test(path))).toEqual([]);
});

const compiled = compile('countersign.yaml');
const bundles = new Bundles(root, fromSources(join(root, 'functions')), compiled, reviewed(compiled));

/** Loads from the function's asset as its own code would. */
function loaderOf(name: FunctionName): NodeJS.Require {
  const asset = join(folder, name);
  mkdirSync(asset, { recursive: true });
  bundles.write(name, asset);
  return createRequire(join(asset, 'index.js'));
}

test.each(judges)('%s has each SQL parser beside it', (name) => {
  const load = loaderOf(name);
  for (const dialect of ['mysql', 'postgresql']) {
    const { Parser } = load(`node-sql-parser/build/${dialect}.js`);
    expect(new Parser().astify('SELECT 1')).toMatchObject({ type: 'select' });
  }
});

test('plan has the SDK of the model beside it, which reads schemas of the zod in the code', () => {
  const load = loaderOf('plan');
  const { zodOutputFormat } = load('@anthropic-ai/sdk/helpers/zod');
  expect(zodOutputFormat(z.strictObject({ risk: z.enum(['low', 'high']) })).schema).toMatchObject({
    properties: { risk: { enum: ['low', 'high'] } },
  });
  const { Anthropic } = load('@anthropic-ai/sdk');
  expect(new Anthropic({ apiKey: 'sk-test' }).messages.parse).toBeTypeOf('function');
});

test.each(others)(
  '%s has nothing beside its code but compiled.json, archive what it was made of, and decide its door',
  (name) => {
    loaderOf(name);
    const beside = name === 'archive' ? ['reviewed.json'] : name === 'decide' ? ['node_modules'] : [];
    expect(readdirSync(join(folder, name)).sort()).toEqual(['compiled.json', 'index.js', ...beside]);
  },
);

test('decide has the client of its IAM door beside it, and starts without it', () => {
  const { STSClient } = loaderOf('decide')('@aws-sdk/client-sts');
  expect(new STSClient({ region: 'eu-central-1' }).send).toBeTypeOf('function');
  expect(sourcesOf('decide').filter((path) => path.includes('client-sts'))).toEqual([]);
});

test('what archive has beside its code hashes to the digests of compiled.json', () => {
  const read = (file: string) => JSON.parse(readFileSync(join(folder, 'archive', file), 'utf8'));
  const { runbooks, policyDigest } = read('compiled.json') as { runbooks: { digest: string }[]; policyDigest: string };
  const digests = (read('reviewed.json') as string[]).map((text) => sha256(text));
  expect(digests.sort()).toEqual([...runbooks.map(({ digest }) => digest), policyDigest].sort());
});

test.each(judges)('%s reads scripts by both parsers where it lies', async (name) => {
  const load = loaderOf(name);
  const { Parser, Language } = load('web-tree-sitter');
  await Parser.init({ wasmBinary: readFileSync(join(folder, name, 'web-tree-sitter.wasm')) });
  const parser = new Parser();
  parser.setLanguage(await Language.load(readFileSync(join(folder, name, 'tree-sitter-bash.wasm'))));
  expect(parser.parse('df -h')?.rootNode.hasError).toBe(false);
});
