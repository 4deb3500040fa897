/** The floor's second parser, which lies beside the code of the functions that judge scripts. */
import { loadReparse } from '../../adapters/tree-sitter/reparse.ts';
import type { RiskTools } from '../../core/policy/verdict.ts';
import { setting } from './environment.ts';

/** Begun while the function starts, which does not wait for it. */
let tools: Promise<RiskTools> | null = begin();

/**
 * Without the second parser nothing is read_only, so that a failing load only makes verdicts stricter; each verdict says
 * so, and the log says why. The next invocation tries again.
 */
function begin(): Promise<RiskTools> {
  return load().catch((cause: unknown) => {
    tools = null;
    console.error({ error: 'the second shell parser could not be loaded', cause: String(cause) });
    return {};
  });
}

async function load(): Promise<RiskTools> {
  return { reparse: await loadReparse(setting('LAMBDA_TASK_ROOT')) };
}

/** The floor's tools, as soon as they are there. */
export function loadTools(): Promise<RiskTools> {
  tools ??= begin();
  return tools;
}
