/** The functions as they came with the package: looked at whole before anything is synthesised, and copied. */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { FunctionSource } from '../cdk/stacks.ts';
import { functionNames } from '../core/functions.ts';
import { release } from '../core/release.ts';
import { prebuiltFunctions } from './assets.ts';

/** `release.json` beside the functions: the build writes it last. */
export const releaseFile = 'release.json';

const Release = z.looseObject({ release: z.string() });

/** @throws when functions are missing, or are of another release than this code. */
export function prebuilt(folder = prebuiltFunctions): FunctionSource {
  const missing = functionNames.filter((name) => !existsSync(join(folder, name, 'index.js')));
  if (missing.length > 0)
    throw new Error(
      `${folder} lacks the built functions ${missing.join(', ')}: countersign ${release} is installed in part; install it again: rm -rf node_modules/countersign && npm install`,
    );
  const built = releaseOf(join(folder, releaseFile));
  if (built !== release)
    throw new Error(
      `${folder} holds functions of countersign ${built}, and this is ${release}; install it again: rm -rf node_modules/countersign && npm install`,
    );
  return { folder, write: (name, output) => cpSync(join(folder, name), output, { recursive: true }) };
}

function releaseOf(file: string): string {
  try {
    return Release.parse(JSON.parse(readFileSync(file, 'utf8'))).release;
  } catch {
    return 'an unknown release';
  }
}
