/** A plan for a person to read: what each step would send, how risky that is, whom it asks, and what would be refused. */

import { allTargets } from '../core/runbook/selectors.ts';
import type { Preview, PreviewAlarm, PreviewTargets, Safeguards } from '../core/use-cases/preview.ts';
import type { PreviewParameter } from '../core/use-cases/preview-parameters.ts';
import type { PreviewDecision, PreviewScript, PreviewStep, Refusal } from '../core/use-cases/preview-step.ts';
import { visible } from '../core/visible.ts';
import { colours as pc } from './colours.ts';
import { levelColours } from './verdict-lines.ts';

/** The lines to print, without line feeds. */
export function planLines(plan: Preview): string[] {
  const { runbook, mode, environment } = plan;
  return [
    pc.bold(visible(`${runbook.id}, ${runbook.title}`)),
    `  ${visible(runbook.file)} (sha256 ${runbook.digest.slice(0, 12)}), owner ${visible(runbook.owner)}, severity ${runbook.severity}`,
    `  mode ${mode}${mode === 'dry_run' ? ': what asks is skipped, and nothing is changed' : ''}; environment ${visible(environment)}`,
    ...section('Alarm', alarmLines(plan)),
    ...section('Parameters', plan.parameters.map(parameterLine)),
    ...section('Targets', targetLines(plan)),
    ...plan.steps.flatMap((step) => ['', ...stepLines(step, mode)]),
    ...section('Safeguards', safeguardLines(plan.safeguards)),
    ...section('Taken for granted', plan.assumptions.map(visible)),
    ...section('Would be refused', plan.refused.length === 0 ? ['nothing'] : plan.refused.map(refusalLine)),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', pc.bold(title), ...lines.map((line) => `  ${line}`)];
}

function alarmLines({ alarm, match, runbook }: Preview): string[] {
  if (alarm === null) return ['none given: what it would say waits (--alarm FILE)'];
  const said = Object.entries({ dimension: alarm.dimensions, tag: alarm.tags }).flatMap(([kind, values]) =>
    values === null
      ? [`${kind}s: not told by this file`]
      : Object.entries(values).map(([name, value]) => `${kind} ${name} = ${value}`),
  );
  const chosen = match?.runbookId;
  const fits = match?.why
    ? `this runbook fits with confidence ${match.confidence}: ${match.why}`
    : `this runbook does not fit${match?.excluded ? `: ${match.excluded}` : ''}`;
  const other =
    chosen === runbook.id
      ? []
      : [`${pc.yellow('!')} ${visible(`the alarm would be given ${chosen ?? 'no runbook'}, not this one`)}`];
  return [visible(headOf(alarm)), ...said.map(visible), visible(fits), ...other];
}

function headOf({
  name,
  form,
  account,
  region,
  namespace,
  metric,
  statistic,
  period,
  comparison,
  threshold,
}: PreviewAlarm) {
  const series = [namespace, metric, statistic, period && `over ${period} s`].filter(Boolean).join(' ');
  const condition = [comparison, threshold].filter((part) => part !== null).join(' ');
  const place = account === null ? [] : [`account ${account}`, `${region}`];
  return [`${name} (${form})`, ...place, series, condition].filter((part) => part !== '').join(', ');
}

function parameterLine({ name, value, source, from, sources }: PreviewParameter): string {
  const others = sources.filter((one) => one !== 'default' && one !== from);
  const origin = {
    given: 'given',
    alarm: `the alarm’s ${from}`,
    default: others.length > 0 ? `default; ${others.join(', ')} would come before it` : 'default',
    waiting: `waits for ${others.join(' or ')}`,
    person: 'a person types it on a card',
    missing: `missing: ${others.join(' or ') || 'no source'}`,
  }[source];
  const mark = source === 'missing' ? pc.red : source === 'waiting' || source === 'person' ? pc.yellow : pc.dim;
  const said = value === null ? name : visible(`${name} = ${value}`);
  return `${said}  ${mark(visible(value === null ? origin : `(${origin})`))}`;
}

function targetLines({ namedTargets }: Preview): string[] {
  return Object.entries(namedTargets).map(([name, targets]) =>
    name === allTargets ? targetLine(targets) : visible(`${name}: ${targetLine(targets)}`),
  );
}

function targetLine({ from, tags, maximum, allowed, instances, waiting }: PreviewTargets): string {
  const words = Object.entries(tags).map((tag) => tag.join('='));
  const meant = from === 'alarm' ? 'the alarm’s InstanceId' : `instances tagged ${words.join(', ')}`;
  const most =
    allowed < maximum ? `at most ${allowed} (the policy; the runbook says ${maximum})` : `at most ${maximum}`;
  return visible(`${waiting ? `not known yet: ${meant}` : `${instances.join(', ')} (${meant})`}, ${most}`);
}

const decisionColours: Readonly<Record<PreviewDecision, (text: string) => string>> = {
  proceeds: pc.green,
  asks: pc.yellow,
  refused: pc.red,
  waits: pc.cyan,
};

function stepLines(step: PreviewStep, mode: Preview['mode'], head = `${step.number}. ${step.title}`): string[] {
  const settings = [
    step.when === 'always' ? 'when=always' : null,
    step.on === null ? null : `on ${step.on}`,
    step.kind === 'manual' ? null : `time-out ${step.executionTimeoutSeconds} s`,
    step.waves.length > 1 ? `hosts at once: ${step.waves.join(', then ')}` : null,
  ].filter((setting) => setting !== null);
  const companions = { observe: step.observe, 'dry-run': step.dryRun, verify: step.verify, rollback: step.rollback };
  return [
    pc.bold(visible(head)) + (settings.length > 0 ? pc.dim(`  (${settings.join('; ')})`) : ''),
    ...(step.typing === null ? [] : [`   ${pc.yellow(visible(typingLine(step.typing, mode)))}`]),
    ...(step.kind === 'choice' ? choiceLines(step, mode) : scriptLines(step, '   ', mode)),
    ...Object.entries(companions).flatMap(([name, script]) =>
      script ? [`   ${pc.bold(name)}`, ...scriptLines(script, '     ', mode)] : [],
    ),
    ...(step.kind === 'command' && step.risk.level !== 'read_only' && !step.rollback
      ? [pc.dim('   no rollback: the runbook names no way back')]
      : []),
  ];
}

/** Each alternative as a step of its own, further in. */
function choiceLines({ alternatives, approvers }: PreviewStep, mode: Preview['mode']): string[] {
  const who = approvers.length === 0 ? '' : ` of ${approvers.join(', ')}`;
  const how =
    mode === 'dry_run' ? ' (in dry_run: skipped, and none is run)' : '; what is chosen is asked for by itself';
  return [
    `   ${pc.yellow(visible(`a person${who} chooses one of ${alternatives.length}${how}`))}`,
    ...alternatives.flatMap((one, at) => stepLines(one, mode, `${at + 1}) ${one.title}`).map((line) => `   ${line}`)),
  ];
}

function typingLine({ parameters, by }: NonNullable<PreviewStep['typing']>, mode: Preview['mode']): string {
  const who = by.length === 0 ? 'nobody may type it' : `asked of ${by.join(', ')}`;
  return `first a person types ${parameters.join(', ')}: ${who}; whoever does may not approve it${mode === 'dry_run' ? ' (in dry_run: skipped)' : ''}`;
}

function scriptLines(script: PreviewScript, indent: string, mode: Preview['mode']): string[] {
  const { risk, command, template, waiting } = script;
  const declared =
    risk.declared !== null && risk.declared !== risk.floor ? ` (floor ${risk.floor}, declared ${risk.declared})` : '';
  const level = [levelColours[risk.level](risk.level) + declared, ...risk.flags.map((flag) => pc.magenta(flag))].join(
    ' ',
  );
  const text = command ?? template;
  return [
    `${indent}${template === null ? 'manual' : level} → ${decisionColours[script.decision](script.decision)}${visible(whoOf(script, mode))}`,
    ...(text === null ? [] : text.split('\n').map((line) => `${indent}  ${pc.cyan('│')} ${visible(line)}`)),
    ...(script.waitSeconds > 0
      ? [`${indent}  ${pc.dim(`repeated for up to ${script.waitSeconds} s, until it exits with 0`)}`]
      : []),
    ...(waiting.length > 0
      ? [`${indent}  ${pc.yellow(`waits for a value of ${waiting.join(', ')}; judged with an example`)}`]
      : []),
    ...risk.reasons
      .filter(({ level: raised, flag }) => raised !== 'read_only' || flag !== null)
      .map(({ level: raised, flag, text: why, rule, excerpt }) => {
        const mark = levelColours[raised](flag ? `${raised}, ${flag}` : raised);
        return `${indent}  ${mark}: ${visible(why)} ${pc.dim(visible(`(${rule}) ${oneLine(excerpt)}`))}`;
      }),
  ];
}

/** Whom it asks, or why it is refused or proceeds. */
function whoOf(script: PreviewScript, mode: Preview['mode']): string {
  const said = (decision: string) =>
    script.reasons.filter((reason) => reason.decision === decision).map(({ text }) => text);
  if (script.decision === 'refused') return `: ${said('halt').join('; ')}`;
  if (script.approvers.length === 0) return script.decision === 'waits' ? '' : `: ${said('proceed').join('; ')}`;
  const { required, approvers, channel, approvalTimeoutSeconds } = script;
  const asked = `${required} of ${approvers.join(', ')} in ${channel}, within ${approvalTimeoutSeconds} s`;
  return `${script.decision === 'waits' ? '; it will ask' : ''} ${asked}: ${said('ask').join('; ')}${mode === 'dry_run' ? ' (in dry_run: skipped)' : ''}`;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

function safeguardLines(safeguards: Safeguards): string[] {
  const { freeze, waves, dispatches, maximumDispatches } = safeguards;
  return [
    ...(freeze.length === 0 ? ['no change freeze is in force or ahead'] : freeze.map(freezeLine)),
    `waves of ${waves.join(', ')} hosts; the next one goes out only when the last succeeded everywhere`,
    `at most ${dispatches} dispatches of ${maximumDispatches}`,
    `confidence below ${safeguards.minimumConfidence} asks for every step; ${safeguards.autoApproveReads ? 'what only reads is not asked for' : 'also what only reads is asked for'}`,
    `${safeguards.maximumAutonomousActions} changes under standing approvals; a failure ${safeguards.haltOnFailure ? 'ends it' : 'asks what is to follow'}`,
    `resolved when the alarm has been OK for ${safeguards.recoveredAfterSeconds} s, within ${safeguards.verificationWindowSeconds} s of the last step`,
  ];
}

function freezeLine({ from, to, reason, mutations, inForce }: Safeguards['freeze'][number]): string {
  const effect = mutations === 'halt' ? 'nothing is changed' : 'every change asks';
  return visible(`change freeze ${inForce ? 'now' : `from ${from}`} until ${to}: ${reason}; ${effect}`);
}

function refusalLine({ step, part, rule, text }: Refusal): string {
  const where =
    step === null
      ? 'the whole plan'
      : `step ${step}${part === 'run' || part === null ? '' : ` (${part.replace('_', ' ')})`}`;
  return `${pc.red('✗')} ${visible(`${where}: ${text}`)} ${pc.dim(`(${rule})`)}`;
}
