/** What lies beside the function's code: the compiled runbooks and policy. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Compiled } from '../../core/compiled.ts';
import { setting } from './environment.ts';

let compiled: Compiled | undefined;

/** compiled.json, checked once per process: it cannot change under a running function. */
export function loadCompiled(): Compiled {
  compiled ??= Compiled.parse(JSON.parse(readFileSync(join(setting('LAMBDA_TASK_ROOT'), 'compiled.json'), 'utf8')));
  return compiled;
}
