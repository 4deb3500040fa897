/** plan: woken by the machine; gathers evidence, chooses a reviewed runbook and judges its steps. */

import * as z from 'zod';
import { anthropicModel } from '../adapters/anthropic/model.ts';
import { readSecret } from '../adapters/secretsmanager/secrets.ts';
import { again } from '../core/again.ts';
import { IncidentId } from '../core/dispatch.ts';
import { budgeted } from '../core/matching/budget.ts';
import type { Model } from '../core/matching/model.ts';
import { hourBucket, modelBucket } from '../core/pace.ts';
import { type PlanAnswer, plan } from '../core/use-cases/plan.ts';
import { cloudwatch } from './wiring/alarms.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { setting } from './wiring/environment.ts';
import { parseInput } from './wiring/input.ts';
import { invocationOrAgain } from './wiring/invocation.ts';
import { loadTools } from './wiring/risk-tools.ts';
import { situationPorts } from './wiring/situation.ts';
import { auditWriter, pace, work } from './wiring/tables.ts';

/** `execution` is the name of the execution that asks, from Step Functions' context object; a machine of the first release does not say it. */
const Input = z.strictObject({ incidentId: IncidentId, execution: z.string().optional() });

export async function handler(event: unknown): Promise<PlanAnswer | typeof again.plan> {
  const input = parseInput(Input, event);
  return invocationOrAgain(input, again.plan, () => planned(input));
}

async function planned(input: z.infer<typeof Input>): Promise<PlanAnswer> {
  const writer = auditWriter('plan');
  const store = work();
  const model = configuredModel();
  // Its key is read beside the chain; an error is met where the model is asked for.
  model.catch(() => {});
  const ports = {
    // The kill switch stops what is sent; a plan sends nothing, and has no right to Control or Dispatches.
    ...situationPorts(writer, { dispatches: null, control: null }),
    writer,
    incidentRow: store.incidentRow,
    evidence: cloudwatch.evidence,
    saveEvidence: store.saveEvidence,
    vote: store.vote,
    keepVote: store.keepVote,
    model,
  };
  const { incidentId, execution = incidentId } = input;
  return plan(ports, loadCompiled(), await loadTools(), { incidentId, execution });
}

/** Null when the policy switches the model off or no key is stored: planning is then deterministic, and says so. */
async function configuredModel(): Promise<Model | null> {
  const { llm } = loadCompiled().policy;
  if (!llm.enabled) return null;
  const apiKey = await readSecret(setting('ANTHROPIC_API_KEY_SECRET')).catch(() => null);
  if (apiKey === null) return null;
  const model = anthropicModel({ apiKey, id: llm.id, baseUrl: llm.base_url });
  return budgeted(model, () => pace()(hourBucket(modelBucket, llm.calls_per_hour)));
}
