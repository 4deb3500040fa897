/** A compiled runbook: what the Markdown says, as data that rules can judge and execute can render. */
import * as z from 'zod';
import { RiskLevel, Severity } from '../words.ts';

/** A script of a step: its template with `{{ placeholders }}`, and how long one run may take. */
export const ScriptTemplate = z.strictObject({
  text: z.string(),
  /** 1-based line of the fence in the Markdown file, for messages. */
  line: z.int(),
  /** For how many seconds the host repeats it until it exits with 0, beyond its time-out; 0 = it runs once. */
  waitSeconds: z.int(),
});
export type ScriptTemplate = z.infer<typeof ScriptTemplate>;

/** Where a parameter's value comes from when a plan is made; nothing here is written by a model. */
export const ParameterSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('default'), value: z.string() }),
  z.strictObject({ kind: z.literal('dimension'), name: z.string() }),
  z.strictObject({ kind: z.literal('tag'), name: z.string() }),
  /** Nobody knows it when the plan is made: a person types it on a card, signed. */
  z.strictObject({ kind: z.literal('person') }),
]);
export type ParameterSource = z.infer<typeof ParameterSource>;

export const Parameter = z.strictObject({
  name: z.string(),
  type: z.enum(['string', 'integer', 'enum', 'path', 'unit', 'hostname', 'duration']),
  description: z.string(),
  /** Tried in order; the first that yields a value is validated and used. */
  sources: z.array(ParameterSource),
  pattern: z.string().nullable(),
  values: z.array(z.string()).nullable(),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  maximumLength: z.int(),
  /** Whether a destructive step may rest on its default where the alarm was to give the value. */
  destructiveDefault: z.boolean(),
});
export type Parameter = z.infer<typeof Parameter>;

/** What a step, or one of its alternatives, runs. */
const Scripts = {
  dryRun: ScriptTemplate.nullable(),
  /** Runs before and after `command`; the difference is what people see. */
  observe: ScriptTemplate.nullable(),
  rollback: ScriptTemplate.nullable(),
  verify: ScriptTemplate.nullable(),
  /** The author's word; null = none given, the floor alone decides. */
  declaredRisk: RiskLevel.nullable(),
  /** Seconds one run may take. */
  timeoutSeconds: z.int(),
  /** The name of the targets on which it runs; null = all of the runbook's. */
  on: z.string().nullable(),
} as const;

/** One way of doing a step, of which a person chooses one. */
export const Alternative = z.strictObject({
  title: z.string(),
  line: z.int(),
  command: ScriptTemplate,
  ...Scripts,
  prose: z.string(),
});
export type Alternative = z.infer<typeof Alternative>;

export const Step = z.strictObject({
  /** Counts from 1. */
  number: z.int(),
  title: z.string(),
  line: z.int(),
  /** Absent on a manual step, which a person confirms, and on one with alternatives until one is chosen. */
  command: ScriptTemplate.nullable(),
  ...Scripts,
  /** In the order in which they are written; empty = there is nothing to choose. */
  alternatives: z.array(Alternative),
  /** `always`: also runs when the alarm is OK again or an earlier step failed (undo, re-enable, verify). */
  when: z.enum(['alarm', 'always']),
  /** What the author wrote under the step beside its scripts, as Markdown; empty when nothing. */
  prose: z.string(),
});
export type Step = z.infer<typeof Step>;

/** Where steps run: the instance the alarm's dimension names, or instances by tag. At most `maximum` of them. */
export const TargetSelector = z.strictObject({
  from: z.enum(['alarm', 'tags']),
  tags: z.record(z.string(), z.string()),
  maximum: z.int(),
});
export type TargetSelector = z.infer<typeof TargetSelector>;

/** What an alarm must be like; empty and null say nothing. */
const Said = z.strictObject({
  /** Alarm name patterns with `*`: one of them fits. */
  alarms: z.array(z.string()),
  /** The alarm's is one of them. */
  namespaces: z.array(z.string()),
  metrics: z.array(z.string()),
  comparison: z.enum(['above', 'below', 'outside']).nullable(),
  /** Names of dimensions: the alarm has each. */
  dimensions: z.array(z.string()),
  tags: z.record(z.string(), z.string()),
});
export type Said = z.infer<typeof Said>;

/** One alternative of `match`: an exact route when everything that it says agrees. */
export const Match = z.strictObject({
  ...Said.shape,
  /** An alarm of which all this is true is not this runbook's, whatever else agrees. */
  unless: Said.nullable(),
});
export type Match = z.infer<typeof Match>;

export const Runbook = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  file: z.string(),
  title: z.string(),
  owner: z.string(),
  severity: Severity,
  services: z.array(z.string()),
  environments: z.array(z.string()),
  match: z.array(Match),
  symptoms: z.array(z.string()),
  parameters: z.array(Parameter),
  /** By name; `all` is the one of a runbook that names none. */
  targets: z.record(z.string(), TargetSelector),
  steps: z.array(Step).min(1).max(30),
  /** The section "If the alarm stays", as Markdown: what a person does where the steps did not help. Empty when there is none. */
  ifAlarmStays: z.string(),
  /** SHA-256, hex, over the file's bytes. */
  digest: z.string(),
});
export type Runbook = z.infer<typeof Runbook>;
