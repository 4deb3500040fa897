/** What lies beside the function's code: the compiled runbooks and policy, and the floor's second parser. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadReparse } from '../adapters/tree-sitter/reparse.ts';
import { Compiled } from '../core/compiled.ts';
import type { RiskTools } from '../core/policy/verdict.ts';
import { setting } from './environment.ts';

let compiled: Compiled | undefined;
let tools: Promise<RiskTools> | undefined;

/** compiled.json, checked once per process: it cannot change under a running function. */
export function loadCompiled(): Compiled {
  compiled ??= Compiled.parse(JSON.parse(readFileSync(join(setting('LAMBDA_TASK_ROOT'), 'compiled.json'), 'utf8')));
  return compiled;
}

/** The floor's tools. Without the second parser nothing is read_only, so a failing load only makes verdicts stricter. */
export function loadTools(): Promise<RiskTools> {
  tools ??= loadReparse(setting('LAMBDA_TASK_ROOT')).then(
    (reparse) => ({ reparse }),
    () => ({}),
  );
  return tools;
}
