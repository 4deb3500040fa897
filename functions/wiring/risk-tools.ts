/** The floor's second parser, which lies beside the code of the functions that judge scripts. */
import { loadReparse } from '../../adapters/tree-sitter/reparse.ts';
import type { RiskTools } from '../../core/policy/verdict.ts';
import { setting } from './environment.ts';

let tools: Promise<RiskTools> | undefined;

/** The floor's tools. Without the second parser nothing is read_only, so a failing load only makes verdicts stricter. */
export function loadTools(): Promise<RiskTools> {
  tools ??= loadReparse(setting('LAMBDA_TASK_ROOT')).then(
    (reparse) => ({ reparse }),
    () => ({}),
  );
  return tools;
}
