/** The floor's second parser, which lies beside the code of the functions that judge scripts. */
import { loadReparse } from '../../adapters/tree-sitter/reparse.ts';
import type { RiskTools } from '../../core/policy/verdict.ts';
import { setting } from './environment.ts';

/** Begun while the function starts, which does not wait for it. Without the second parser nothing is read_only, so a failing load only makes verdicts stricter. */
const tools: Promise<RiskTools> = load().catch(() => ({}));

async function load(): Promise<RiskTools> {
  return { reparse: await loadReparse(setting('LAMBDA_TASK_ROOT')) };
}

/** The floor's tools, as soon as they are there. */
export function loadTools(): Promise<RiskTools> {
  return tools;
}
