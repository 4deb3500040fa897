/** What a function is given and what its code asks for: a right that no code uses is one that only somebody else can use. */
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import { functionOptions } from '../../cdk/bundle.ts';
import { type FunctionName, functionNames } from '../../core/functions.ts';
import { root } from '../../package/assets.ts';
import { at, functionOf } from './stacks.ts';

const { outputFiles } = buildSync({
  ...functionOptions,
  absWorkingDir: root,
  entryPoints: functionNames.map((name) => ({ in: join(root, 'functions', `${name}.ts`), out: name })),
  outdir: 'unused',
});

function codeOf(name: FunctionName): string {
  const found = outputFiles.find(({ path }) => path.endsWith(`/${name}.js`));
  if (!found) throw new Error(`esbuild made no ${name}`);
  return found.text;
}

/** Lambda itself sets these. */
const lambdas = ['AWS_REGION', 'LAMBDA_TASK_ROOT'];

/** Each grant brings the name of what it is for as an environment variable, so that names tell rights (cdk/grants.ts). */
test.each(functionNames)('%s is given the names that its code asks for, and no others', (name) => {
  const asked = [...codeOf(name).matchAll(/\bsetting\("([A-Z_]+)"\)/g)].map(([, setting = '']) => setting);
  const given = Object.keys(at<object>(functionOf(name).Properties, 'Environment.Variables'));
  expect(given.sort()).toEqual([...new Set(asked)].filter((setting) => !lambdas.includes(setting)).sort());
});
