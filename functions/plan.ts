/** plan: woken by the machine; gathers evidence, chooses a reviewed runbook and judges its steps. */

import * as z from 'zod';
import { anthropicModel } from '../adapters/anthropic/model.ts';
import { alarms } from '../adapters/cloudwatch/alarms.ts';
import { readSecret } from '../adapters/secretsmanager/secrets.ts';
import { IncidentId } from '../core/dispatch.ts';
import type { Model } from '../core/matching/model.ts';
import { plan } from '../core/use-cases/plan.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { setting } from './wiring/environment.ts';
import { parseInput } from './wiring/input.ts';
import { loadTools } from './wiring/risk-tools.ts';
import { situationPorts } from './wiring/situation.ts';
import { auditWriter, now, work } from './wiring/tables.ts';

const Input = z.strictObject({ incidentId: IncidentId });

export async function handler(event: unknown): Promise<Record<string, never>> {
  const { incidentId } = parseInput(Input, event);
  const writer = auditWriter('plan');
  const store = work();
  const ports = {
    // The kill switch stops what is sent; a plan sends nothing, and plan has no right to Control.
    ...situationPorts(writer, () => Promise.resolve(false)),
    writer,
    incidentRow: store.incidentRow,
    evidence: alarms(now).evidence,
    saveEvidence: store.saveEvidence,
    model: await configuredModel(),
  };
  await plan(ports, loadCompiled(), await loadTools(), incidentId);
  return {};
}

/** Null when the policy switches the model off or no key is stored: planning is then deterministic, and says so. */
async function configuredModel(): Promise<Model | null> {
  const { model } = loadCompiled().policy;
  if (!model.enabled) return null;
  const apiKey = await readSecret(setting('ANTHROPIC_API_KEY_SECRET')).catch(() => null);
  return apiKey === null ? null : anthropicModel({ apiKey, id: model.id, baseUrl: model.base_url });
}
