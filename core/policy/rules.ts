/** The rules of the policy, one small function each. To add one, add it to the table: requirements only add up. */
import type { RiskVerdict } from '../risk/verdict.ts';
import { type PolicyDecision, type RiskLevel, riskAtLeast } from '../words.ts';
import { strictestEnvironment } from './environment.ts';
import type { Facts } from './facts.ts';
import { environmentsInPlay, type Limits } from './limits.ts';
import type { StandingMatch } from './standing.ts';

/** What every rule sees. */
export interface RuleInput {
  readonly facts: Facts;
  /** False for a manual step: nothing is sent. */
  readonly sends: boolean;
  readonly floor: RiskVerdict;
  readonly level: RiskLevel;
  readonly limits: Limits;
  readonly standing: StandingMatch | null;
}

/** A rule speaks or is silent (null). Silence allows nothing: some rule must say `proceed`. */
export type Rule = (input: RuleInput) => { readonly decision: PolicyDecision; readonly text: string } | null;

const proceed = (text: string) => ({ decision: 'proceed', text }) as const;
const ask = (text: string) => ({ decision: 'ask', text }) as const;
const halt = (text: string) => ({ decision: 'halt', text }) as const;

const forbidden: Rule = ({ level }) =>
  level === 'forbidden' ? halt('forbidden: it never runs, even with approval') : null;

/** Observations and checks run unasked before a person has looked: they may change nothing. */
const companion: Rule = ({ facts, floor }) =>
  facts.part === 'run' || facts.part === 'rollback' || floor.level === 'read_only'
    ? null
    : halt(`a step's "${facts.part}" part must be read_only, this one is ${floor.level}; move it to a step of its own`);

const manual: Rule = ({ sends }) => (sends ? null : ask('a manual step: a person does it and confirms'));

const read: Rule = ({ sends, level, floor }) =>
  sends && level === 'read_only' && floor.flags.length === 0 ? proceed('changes nothing') : null;

const flagged: Rule = ({ floor }) =>
  floor.flags.length === 0 ? null : ask(floor.flags.map((flag) => flagWords[flag]).join(' and '));

const flagWords = { sensitive_read: 'may show a secret', egress: 'talks to another machine' } as const;

const reads: Rule = ({ limits }) =>
  limits.autoApproveReads ? null : ask('every step asks: auto_approve_reads is false here');

const mutation: Rule = ({ level, standing }) => {
  if (!riskAtLeast(level, 'modifying')) return null;
  if (level === 'destructive') return ask('destructive: a person must approve');
  if (!standing) return ask('modifying: a person must approve');
  const { entry, obstacle } = standing;
  if (obstacle) return ask(`modifying: a person must approve (standing approval of ${entry.owner}: ${obstacle})`);
  return proceed(`standing approval of ${entry.owner} until ${entry.expires}: ${entry.reason}`);
};

/** `ask: true` under `commands`: no standing approval covers it. */
const organisation: Rule = ({ floor }) => {
  const asked = floor.reasons.find(({ rule }) => rule === 'organisation.ask');
  return asked ? ask(asked.text) : null;
};

const confidence: Rule = ({ facts }) => {
  const least = facts.policy.tiers[facts.severity].min_confidence;
  if (facts.confidence >= least) return null;
  return ask(`confidence ${facts.confidence} is below ${least}, the least of tier ${facts.severity}`);
};

/** What is destroyed must be what the alarm is about, and not what the author wrote for when it does not say. */
const defaulted: Rule = ({ facts, level }) => {
  const [one] = facts.defaulted.filter(({ isAllowed }) => !isAllowed);
  if (!one || !riskAtLeast(level, 'destructive')) return null;
  return halt(
    `destructive, and ${one.name} is only the runbook's default: the alarm has no ${one.lacks}; give it one, or say destructive_default: true for ${one.name} in the runbook`,
  );
};

const noTarget: Rule = ({ facts, sends }) =>
  sends && facts.targets.length === 0 ? halt('no target: nothing to run it on') : null;

const blastRadius: Rule = ({ facts, sends, limits }) =>
  !sends || facts.targets.length <= limits.maximumTargets
    ? null
    : halt(`${facts.targets.length} targets, at most ${limits.maximumTargets} are allowed here`);

const freeze: Rule = ({ facts, level, limits }) => {
  const [window] = limits.freezes;
  if (!window || !riskAtLeast(level, 'modifying')) return null;
  const text = `change freeze until ${window.to}: ${window.reason}`;
  const undoes = facts.part === 'rollback' || facts.always;
  return limits.freezes.some(({ mutations }) => mutations === 'halt') && !undoes ? halt(text) : ask(text);
};

/** The rule of what a stop alarm forbids: the gate winds down by it. */
export const stopAlarmRule = 'stop_alarm';

/** Missing data fire no alarm of their own; that an alarm is not there is found out before it is needed. */
const stopAlarm: Rule = ({ facts, level, limits }) => {
  if (facts.part === 'rollback' || facts.always || !riskAtLeast(level, 'modifying')) return null;
  const firing = limits.stopAlarms.flatMap((name) => {
    const state = Object.hasOwn(facts.stopAlarms, name) ? facts.stopAlarms[name] : null;
    if (state === 'OK' || state === 'INSUFFICIENT_DATA') return [];
    return [state === 'ALARM' ? `${name} is in ALARM` : `CloudWatch does not know ${name}`];
  });
  return firing.length === 0 ? null : halt(`stop alarm: ${firing.join('; ')}`);
};

const afterFailure: Rule = ({ facts, level }) => {
  const undoes = facts.part === 'rollback' || facts.always;
  const stops = facts.policy.tiers[facts.severity].halt_on_failure;
  if (!facts.failedBefore || !stops || undoes || !riskAtLeast(level, 'modifying')) return null;
  return halt(`a dispatch failed before, and tier ${facts.severity} halts on failure`);
};

/** The runbook's own list of environments can only exclude. A tag's word that names no environment of the policy excludes nothing. */
const runbookEnvironment: Rule = ({ facts }) => {
  const listed = facts.runbookEnvironments.map((name) => name.toLowerCase());
  const exists = (name: string) => name === strictestEnvironment || Object.hasOwn(facts.policy.environments, name);
  const outside = environmentsInPlay(facts).filter((name) => exists(name) && !listed.includes(name));
  if (listed.length === 0 || outside.length === 0) return null;
  const hint = outside.includes(strictestEnvironment)
    ? '; an account that no environment lists counts as production'
    : '';
  return halt(`runbook ${facts.runbookId} is for ${listed.join(', ')}, not for ${outside.join(', ')}${hint}`);
};

/** Every rule by its name on cards and in the audit. The order is the order of the reasons. */
export const rules: Readonly<Record<string, Rule>> = {
  forbidden,
  companion,
  runbook_environment: runbookEnvironment,
  default_value: defaulted,
  no_target: noTarget,
  blast_radius: blastRadius,
  freeze,
  [stopAlarmRule]: stopAlarm,
  halt_on_failure: afterFailure,
  manual,
  mutation,
  flagged,
  organisation,
  min_confidence: confidence,
  auto_approve_reads: reads,
  read_only: read,
};
