/** What lies beside the function's code: the compiled runbooks and policy. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Compiled } from '../../core/compiled.ts';
import { release } from '../../core/release.ts';
import { setting } from './environment.ts';

/** Of the shape that this code reads: `core/compiled.ts` raises it when another one would be misread. */
const format: Compiled['format'] = 1;

let compiled: Compiled | undefined;

/**
 * compiled.json, read once per process: it cannot change under a running function. Synth made and checked it, whole, and
 * it travels in the same asset as this code; only its format and its release are
 * looked at again: a package brings the code built, and puts this file beside it.
 */
export function loadCompiled(): Compiled {
  compiled ??= read(join(setting('LAMBDA_TASK_ROOT'), 'compiled.json'));
  return compiled;
}

function read(path: string): Compiled {
  const found = JSON.parse(readFileSync(path, 'utf8')) as Compiled;
  if (found.format !== format)
    throw new Error(
      `${path}: its format is ${found.format}, and this code reads ${format}; deploy countersign-response again`,
    );
  if (found.release !== release)
    throw new Error(
      `${path}: countersign ${found.release} made it, and this code is of ${release}; deploy countersign-response again`,
    );
  return found;
}
