/**
 * Policy replay: what another policy, or other runbooks, would have decided about commands of the past. From what the
 * chain says and from texts that hash to what it names; a fact that was not kept is "cannot tell", never a guess. How its
 * stop alarms stood is not asked: it is judged as if none had fired.
 */
import type { ReadEntry } from '../audit/chain.ts';
import { type EventOf, openedSubject } from '../audit/entry.ts';
import {
  claimedEnvironments,
  givenIn,
  modelRiskOf,
  restsOn,
  templateOf,
  unattended,
  writtenFacts,
} from '../derive/derive.ts';
import { plannedFor } from '../derive/frozen.ts';
import { sha256 } from '../digest.ts';
import { type Dispatch, dispatchName } from '../dispatch.ts';
import type { Burns } from '../incident/progress.ts';
import { hasFailed, isMutation, progressOf } from '../incident/progress.ts';
import { environmentOf } from '../policy/environment.ts';
import type { Facts } from '../policy/facts.ts';
import { stopAlarmsOf } from '../policy/limits.ts';
import type { Policy } from '../policy/schema.ts';
import { type RiskTools, type Verdict, verdict } from '../policy/verdict.ts';
import { defaultedBy } from '../runbook/parameters.ts';
import { render } from '../runbook/render.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { epochOf } from '../time.ts';

export interface Redeciding {
  readonly policy: Policy;
  readonly tools: RiskTools;
  /** The runbook to judge with: the one of the time, by its digest, or today's of this id. Null = there is none. */
  runbookOf(id: string, digest: string): Runbook | null;
  /** Whether that may differ from the one of the time, so that other bytes are no surprise. */
  readonly isOther: boolean;
}

/** What was decided about a command, or would be. `proceed` is unasked; `ask` names who may answer. */
export interface Decided {
  readonly decision: 'proceed' | 'ask' | 'halt';
  /** How many must approve (null = not kept), and who may; null = nobody was asked. */
  readonly approvals: { readonly required: number | null; readonly approvers: readonly string[] } | null;
}

export interface Redecided {
  readonly incident: string;
  readonly dispatch: Dispatch;
  readonly title: string | null;
  readonly was: Decided;
  /** Null with a `why`: cannot be told. */
  readonly would: (Decided & { readonly reasons: readonly string[] }) | null;
  readonly why: string | null;
  readonly isSame: boolean | null;
}

/** Every command of an incident that was decided about, each as it was first, in the order in which it was. */
export function redecide(
  incident: string,
  entries: readonly ReadEntry[],
  burns: Burns | null,
  how: Redeciding,
): Redecided[] {
  const seen = new Set<string>();
  return entries.flatMap((entry, index) => {
    const { event } = entry;
    if (event?.kind !== 'gate_decided' || event.dispatch === null) return [];
    const decision = ({ proceed: 'proceed', ask: 'ask', skip: 'ask', halt: 'halt' } as const)[String(event.decision)];
    const name = dispatchName(event.dispatch);
    // A later wave goes out under the decision of the first. And what the gate itself halted for, whose rules have a dot in
    // their name, is no decision of the policy.
    const isOfGate = decision === 'halt' && event.reasons.some(({ rule }) => rule.includes('.'));
    if (!decision || event.dispatch.wave > 1 || isOfGate || seen.has(name)) return [];
    seen.add(name);
    const was = { decision, approvals: askedOf(entries, event) };
    return [
      one(
        incident,
        { entries, before: entries.slice(0, index), at: entry.at, dispatch: event.dispatch },
        was,
        burns,
        how,
      ),
    ];
  });
}

/** Who was asked: by the question; in a dry run, which asks nobody, by what the gate noted. */
function askedOf(
  entries: readonly ReadEntry[],
  { dispatch, wouldAsk, wouldRequire }: EventOf<'gate_decided'>,
): Decided['approvals'] {
  const name = dispatch && dispatchName(dispatch);
  const asked = entries.find(
    ({ event }) => event?.kind === 'approval_requested' && dispatchName(event.dispatch) === name,
  )?.event;
  if (asked?.kind === 'approval_requested' && asked.question)
    return { required: asked.required, approvers: asked.question.terms.approvers };
  return wouldAsk ? { required: wouldRequire ?? null, approvers: wouldAsk.map((person) => person.name) } : null;
}

interface Moment {
  readonly entries: readonly ReadEntry[];
  /** What lay before the gate's answer. */
  readonly before: readonly ReadEntry[];
  readonly at: string;
  readonly dispatch: Dispatch;
}

/** A fact that the chain does not hold. */
class NotKept extends Error {}

function one(incident: string, moment: Moment, was: Decided, burns: Burns | null, how: Redeciding): Redecided {
  const { dispatch } = moment;
  const base = { incident, dispatch, was };
  try {
    if (was.decision === 'ask' && was.approvals === null)
      throw new NotKept('who was asked, or would have been, was not kept');
    if (was.approvals?.required === null) throw new NotKept('how many would have had to approve was not kept');
    const { facts, script, title } = factsThen(moment, burns, how);
    const would = told(facts, script, how);
    return { ...base, title, would, why: null, isSame: same(was, would) };
  } catch (error) {
    if (!(error instanceof NotKept)) throw error;
    return { ...base, title: null, would: null, why: error.message, isSame: null };
  }
}

function same(was: Decided, would: Decided): boolean {
  if (was.decision !== would.decision) return false;
  if (!was.approvals || !would.approvals || was.decision !== 'ask') return true;
  const names = ({ approvers }: NonNullable<Decided['approvals']>) => [...approvers].sort().join('\n');
  return was.approvals.required === would.approvals.required && names(was.approvals) === names(would.approvals);
}

/**
 * The verdict; where a fact is known only within bounds, under both of them. How many unasked actions the alarm's other
 * incidents had taken in that hour lies in Dispatches and in no chain.
 */
function told(facts: Facts, script: string | null, { tools }: Redeciding): NonNullable<Redecided['would']> {
  const least = decidedBy(verdict(script, facts, tools));
  const most = decidedBy(verdict(script, { ...facts, autonomousActions: Number.MAX_SAFE_INTEGER }, tools));
  if (least.decision === most.decision) return least;
  throw new NotKept('how many unasked actions this alarm had in that hour was not kept');
}

function decidedBy({ decision, approvals, reasons }: Verdict): NonNullable<Redecided['would']> {
  const { required, approvers } = approvals;
  return {
    decision,
    approvals: decision === 'ask' ? { required, approvers: approvers.map(({ name }) => name) } : null,
    reasons: reasons.filter((reason) => reason.decision === decision).map(({ rule, text }) => `${rule}: ${text}`),
  };
}

function factsThen(
  { entries, before, at, dispatch }: Moment,
  burns: Burns | null,
  { policy, runbookOf, isOther }: Redeciding,
): { facts: Facts; script: string | null; title: string } {
  const [opened] = entries;
  if (opened?.event?.kind !== 'incident_opened') throw new NotKept('the incident’s opening was not kept');
  const planned = before.findLast(({ kind }) => kind === 'planned')?.event;
  if (planned?.kind !== 'planned' || !planned.runbook) throw new NotKept('no plan with a runbook was kept');
  const { runbook: named, alarm, targets, parameters, confidence } = planned;
  if (!alarm || !targets) throw new NotKept('the plan is of a release that kept neither the alarm’s tags nor targets');
  const runbook = runbookOf(named.id, named.digest);
  if (!runbook) throw new NotKept(`the runbook ${named.id} with the SHA-256 ${named.digest.slice(0, 12)}… is not here`);
  const step = runbook.steps.find(({ number }) => number === dispatch.step);
  if (!step) throw new NotKept(`the runbook ${named.id} has no step ${dispatch.step} any more`);
  if (step.alternatives.length > 0) throw new NotKept('people choose how the step is done, which is not in the plan');
  const template = templateOf(step, dispatch.part);
  const script = template && rendered(template.text, parameters);
  const kept = keptHash(entries, dispatch);
  if (!isOther && kept !== null && script !== null && sha256(script) !== kept)
    throw new NotKept('the command was made from values that the plan does not hold');
  const subject = openedSubject(opened.event);
  const [, , , region = '', account = ''] = opened.event.alarmArn.split(':');
  if (subject.kind !== 'alarm') throw new NotKept('what a person began without an alarm is not judged again');
  if (isChanged(before, dispatch))
    throw new NotKept('people had changed its values or hosts, which are not in the plan');
  const progress = progressOf(before, burns);
  const stopAlarms = Object.fromEntries(stopAlarmsOf(policy).map((name) => [name, 'OK']));
  // What follows or undoes a run rests on what was run.
  const undoes = step.when === 'always' || ['rollback', 'verify', 'after'].includes(dispatch.part);
  const defaulted = undoes && progress.dispatches.some(isMutation) ? [] : defaultedBy(runbook, alarm);
  return {
    title: step.title,
    script,
    facts: {
      policy: dispatch.attempt > 1 ? unattended(policy) : policy,
      environment: environmentOf(policy, account, region),
      claimedEnvironments: claimedEnvironments(alarm),
      account,
      region,
      ...writtenFacts(runbook, step, dispatch),
      modelRisk: modelRiskOf(planned, dispatch),
      confidence,
      targets: plannedFor({ targets }, step) ?? [],
      stopAlarms,
      defaulted: restsOn(template, defaulted),
      given: givenIn(template, runbook, parameters),
      autonomousActions: before.filter(({ event }) => event?.kind === 'dispatch_intended' && event.standing !== null)
        .length,
      failedBefore: progress.dispatches.some((known) => hasFailed(known) && isMutation(known)),
      initiator: initiatorOf(entries, subject.round),
      // A command that somebody changed is not judged here.
      changers: [],
      alarmName: opened.event.alarmName,
      now: epochOf(at),
    },
  };
}

/** Who began it: nobody a first round, which the alarm began; a further one somebody whom only a question names. */
function initiatorOf(entries: readonly ReadEntry[], round: number): string | null {
  if (round === 1) return null;
  for (const { event } of entries)
    if (event?.kind === 'approval_requested' && event.question) return event.question.initiator?.name ?? null;
  throw new NotKept('who began this further round was not kept');
}

/** Whether somebody changed the step's run before this was decided: its ways back and checks have those values and hosts. */
function isChanged(before: readonly ReadEntry[], { step }: Dispatch): boolean {
  const changes: readonly string[] = ['modify', 'narrow', 'input'];
  return before.some(
    ({ event }) => event?.kind === 'vote_signed' && event.dispatch.step === step && changes.includes(event.word),
  );
}

function rendered(template: string, parameters: Readonly<Record<string, string>>): string {
  try {
    return render(template, parameters);
  } catch {
    throw new NotKept('the command needs a value that the plan does not hold');
  }
}

/** The hash of the bytes that were asked about or sent; null = neither happened. */
function keptHash(entries: readonly ReadEntry[], dispatch: Dispatch): string | null {
  const name = dispatchName(dispatch);
  for (const { event } of entries)
    if (
      (event?.kind === 'dispatch_intended' || event?.kind === 'approval_requested') &&
      dispatchName(event.dispatch) === name
    )
      return event.scriptHash;
  return null;
}
