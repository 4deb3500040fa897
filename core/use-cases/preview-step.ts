/** One step of a plan that was not made: each of its scripts rendered and judged as it would be, or what it waits for. */
import { type Derived, derive, templateOf, templatesOf } from '../derive/derive.ts';
import { Underivable } from '../derive/frozen.ts';
import type { RiskTools } from '../policy/verdict.ts';
import { RenderError } from '../runbook/render.ts';
import type { Step } from '../runbook/runbook.ts';
import { placeholders } from '../runbook/substitute.ts';
import { waysOf } from '../runbook/ways.ts';
import type { Part, PolicyDecision, RiskFlag, RiskLevel } from '../words.ts';
import { type Assumed, hostsFor } from './preview-situation.ts';

/** `waits`: a value is missing that an alarm may still say, or a person type, so that nobody can judge the bytes. */
export type PreviewDecision = 'proceeds' | 'asks' | 'refused' | 'waits';

export interface Refusal {
  /** Null = the whole plan. */
  readonly step: number | null;
  readonly part: Part | null;
  readonly rule: string;
  readonly text: string;
}

export interface PreviewRisk {
  /** What counts: the highest of floor and declared. Of a script that waits, judged with an example in the value's place. */
  readonly level: RiskLevel;
  readonly floor: RiskLevel;
  readonly declared: RiskLevel | null;
  readonly flags: readonly RiskFlag[];
  /** The floor's, with the text of the script that each is about. */
  readonly reasons: readonly {
    readonly rule: string;
    readonly text: string;
    readonly level: RiskLevel;
    readonly flag: RiskFlag | null;
    readonly excerpt: string;
    readonly start: number;
    readonly end: number;
  }[];
}

export interface PreviewScript {
  /** The bytes that would be sent; null while a value waits, and for a manual step. */
  readonly command: string | null;
  /** As the runbook has it; null for a manual step. */
  readonly template: string | null;
  readonly scriptHash: string | null;
  /** For how many seconds it is repeated until it exits with 0; 0 = it runs once. In a dry run it always does. */
  readonly waitSeconds: number;
  /** Parameters without a value. */
  readonly waiting: readonly string[];
  readonly risk: PreviewRisk;
  readonly decision: PreviewDecision;
  /** The policy's, by the names of its rules. */
  readonly reasons: readonly { readonly rule: string; readonly text: string; readonly decision: PolicyDecision }[];
  /** Names of those who would be asked; empty when nobody is. */
  readonly approvers: readonly string[];
  /** How many of them must approve. */
  readonly required: number;
  /** Where they are asked, and how long they have. Null when nobody is asked. */
  readonly channel: string | null;
  readonly approvalTimeoutSeconds: number | null;
  /** The standing approval under which it proceeds. */
  readonly standing: { readonly owner: string; readonly reason: string; readonly expires: string } | null;
}

export interface PreviewStep extends PreviewScript {
  readonly number: number;
  readonly title: string;
  readonly line: number;
  readonly kind: 'command' | 'manual' | 'choice';
  readonly prose: string;
  readonly when: Step['when'];
  /** How long one run may take. */
  readonly executionTimeoutSeconds: number;
  /** The name of the targets on which it runs; null = all of them. */
  readonly on: string | null;
  readonly targets: readonly string[];
  /** How many hosts each send takes; where the hosts wait, of as many as are allowed. */
  readonly waves: readonly number[];
  /** What people choose from, each as if it were chosen; empty = nothing. Then all above is of the riskiest of them. */
  readonly alternatives: readonly PreviewStep[];
  /** What a person types on a card before anything of this step runs, and who may; null = nothing. */
  readonly typing: { readonly parameters: readonly string[]; readonly by: readonly string[] } | null;
  readonly observe: PreviewScript | null;
  readonly dryRun: PreviewScript | null;
  readonly rollback: PreviewScript | null;
  readonly verify: PreviewScript | null;
  readonly refused: readonly Refusal[];
}

/** @param step as it was written: its templates and words. */
export function previewStep(assumed: Assumed, step: Step, tools: RiskTools): PreviewStep {
  const ways = step.alternatives.length > 0 ? waysOf(step) : [];
  const alternatives = ways.map((way) => previewStep(asChosen(assumed, way), way, tools));
  const own = previewOf(assumed, step, tools);
  if (alternatives.length === 0) return own;
  const refused = alternatives.flatMap(({ title, refused: some }) =>
    some.map((one) => ({ ...one, text: `${title}: ${one.text}` })),
  );
  return { ...own, kind: 'choice', command: null, scriptHash: null, typing: null, alternatives, refused };
}

/** The same situation once this alternative was chosen. */
function asChosen(assumed: Assumed, way: Step): Assumed {
  const { situation } = assumed;
  const steps = (situation.runbook?.steps ?? []).map((step) => (step.number === way.number ? way : step));
  return { ...assumed, situation: { ...situation, runbook: situation.runbook && { ...situation.runbook, steps } } };
}

function previewOf(assumed: Assumed, step: Step, tools: RiskTools): PreviewStep {
  const script = (part: Part) => previewScript(assumed, step, part, tools);
  const run = script('run');
  const scripts = {
    observe: step.observe && script('before'),
    dryRun: step.dryRun && script('dry_run'),
    rollback: step.rollback && script('rollback'),
    verify: step.verify && script('verify'),
  };
  const parts = {
    before: scripts.observe,
    dry_run: scripts.dryRun,
    run,
    rollback: scripts.rollback,
    verify: scripts.verify,
  };
  const { number, title, line, prose, when, timeoutSeconds: executionTimeoutSeconds } = step;
  return {
    number,
    title,
    line,
    kind: step.command === null ? 'manual' : 'command',
    alternatives: [],
    prose,
    when,
    executionTimeoutSeconds,
    on: step.on,
    ...plain(run),
    targets: step.command === null && step.alternatives.length === 0 ? [] : hostsFor(assumed, step),
    waves: run.waves,
    typing: typingIn(assumed, step, run.mayAnswer),
    observe: scripts.observe && plain(scripts.observe),
    dryRun: scripts.dryRun && plain(scripts.dryRun),
    rollback: scripts.rollback && plain(scripts.rollback),
    verify: scripts.verify && plain(scripts.verify),
    refused: Object.entries(parts).flatMap(([part, one]) => (one ? refusalsOf(number, part as Part, one) : [])),
  };
}

type Judged = PreviewScript & { readonly waves: readonly number[]; readonly mayAnswer: readonly string[] };

function plain({ waves: _, mayAnswer: _may, ...script }: Judged): PreviewScript {
  return script;
}

function typingIn({ parameters }: Assumed, step: Step, by: readonly string[]): PreviewStep['typing'] {
  const texts = templatesOf(step).map(({ text }) => text);
  const named = new Set(texts.flatMap(placeholders).map(({ name }) => name));
  const open = parameters.filter(({ name, source }) => source === 'person' && named.has(name));
  return open.length === 0 ? null : { parameters: open.map(({ name }) => name), by };
}

function refusalsOf(step: number, part: Part, { decision, reasons }: PreviewScript): Refusal[] {
  if (decision !== 'refused') return [];
  return reasons.filter((reason) => reason.decision === 'halt').map(({ rule, text }) => ({ step, part, rule, text }));
}

function previewScript(assumed: Assumed, step: Step, part: Part, tools: RiskTools): Judged {
  const template = templateOf(step, part)?.text ?? null;
  const waiting = waitingIn(template, assumed);
  const derived = derivedOr(assumed, step, part, tools);
  if (!('verdict' in derived)) return notDerived(template, waiting, step, derived.why);
  const { verdict, script, scriptHash, waves } = derived;
  const halts = verdict.decision === 'halt';
  const decision = halts ? 'refused' : waiting.length > 0 ? 'waits' : verdict.decision === 'ask' ? 'asks' : 'proceeds';
  const asks = !halts && verdict.decision === 'ask';
  return {
    command: waiting.length > 0 ? null : script,
    template,
    scriptHash: waiting.length > 0 || script === null ? null : scriptHash,
    waitSeconds: templateOf(step, part)?.waitSeconds ?? 0,
    waiting,
    risk: riskOf(derived, part === 'run' ? step.declaredRisk : null),
    decision,
    reasons: verdict.reasons.map(({ rule, text, decision: said }) => ({ rule, text, decision: said })),
    approvers: asks ? verdict.approvals.approvers.map(({ name }) => name) : [],
    required: asks ? verdict.approvals.required : 0,
    channel: asks ? verdict.approvals.channel : null,
    approvalTimeoutSeconds: asks ? verdict.approvals.timeoutSeconds : null,
    standing: verdict.standing,
    mayAnswer: verdict.approvals.approvers.map(({ name }) => name),
    waves: script === null ? [] : waves.map((hosts) => hosts.length).filter((size) => size > 0),
  };
}

/** Each parameter of the script that has no value yet, once. */
function waitingIn(template: string | null, { parameters }: Assumed): string[] {
  const named = new Set(placeholders(template ?? '').map(({ name }) => name));
  return parameters.filter(({ name, value }) => value === null && named.has(name)).map(({ name }) => name);
}

/** What Plan refuses a plan for, it refuses here. */
function derivedOr({ situation }: Assumed, step: Step, part: Part, tools: RiskTools): Derived | { why: string } {
  try {
    return derive(situation, { step: step.number, part, attempt: 1, wave: 1 }, tools);
  } catch (error) {
    if (error instanceof Underivable || error instanceof RenderError) return { why: error.message };
    throw error;
  }
}

function notDerived(template: string | null, waiting: string[], step: Step, text: string): Judged {
  const level = step.declaredRisk ?? 'forbidden';
  return {
    command: null,
    template,
    scriptHash: null,
    waitSeconds: 0,
    waiting,
    risk: { level, floor: level, declared: step.declaredRisk, flags: [], reasons: [] },
    decision: 'refused',
    reasons: [{ rule: 'plan.refused', text, decision: 'halt' }],
    approvers: [],
    required: 0,
    channel: null,
    approvalTimeoutSeconds: null,
    standing: null,
    mayAnswer: [],
    waves: [],
  };
}

function riskOf({ verdict, script }: Derived, declared: RiskLevel | null): PreviewRisk {
  const { level, floor, flags } = verdict;
  return {
    level,
    floor: floor.level,
    declared,
    flags,
    reasons: floor.reasons.map(({ rule, text, level: raised, flag, start, end }) => ({
      rule,
      text,
      level: raised,
      flag: flag ?? null,
      excerpt: (script ?? '').slice(start, end),
      start,
      end,
    })),
  };
}
