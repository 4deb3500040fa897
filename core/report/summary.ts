/** The closing message: what ran, who signed it, what changed, and what a person should do now. */
import type { Alarm } from '../alarm/alarm.ts';
import { isDrillAlarm } from '../alarm/drill.ts';
import type { ReadEntry } from '../audit/chain.ts';
import type { PlannedStep } from '../audit/entry.ts';
import type { Compiled } from '../compiled.ts';
import type { Attempt } from '../incident/attempts.ts';
import { doneByHand } from '../incident/by-hand.ts';
import { type DispatchProgress, type Progress, touchedHosts } from '../incident/progress.ts';
import { isOffered } from '../incident/retry.ts';
import { plannedRunbook } from '../incident/situation.ts';
import { type Spoken, skippedIn } from '../incident/spoken.ts';
import { waysOf } from '../runbook/ways.ts';
import type { Subject } from '../subject.ts';
import type { GateDecision, RiskLevel } from '../words.ts';
import { byName, withId } from './host-names.ts';
import type { IncidentReport, StepReport } from './incident-report.ts';
import type { ChannelMessage } from './message.ts';
import type { HostOutput } from './printed.ts';
import { outputsOf, printedSoFar, printedTitle, type ShownOutputs, slackPerson } from './show.ts';
import type { Ending } from './told.ts';
import { answersOn, chosenTitle, fieldWords, isTakenBack } from './votes.ts';
import { endingWords, type Fate, fateOf, type Proof, unsureAdvice } from './words.ts';

export interface ClosingFacts {
  readonly incidentId: string;
  readonly compiled: Compiled;
  readonly ending: Ending;
  /** From the subject that hashes to the incident's id; `unknown` when nothing does. */
  readonly alarmName: string;
  readonly subject: Subject | null;
  readonly alarm: Alarm | null;
  readonly entries: readonly ReadEntry[];
  /** Folded over these entries and the burns. */
  readonly progress: Progress;
  readonly proof: Proof;
  readonly answers: readonly Spoken[];
  /** Digests of the questions under which something was burnt. */
  readonly burntQuestions: readonly string[];
  /** Since the alarm's change; null when it is not known. */
  readonly seconds: number | null;
}

/** The message for a closed incident. */
export function summaryOf(facts: ClosingFacts, shown: ShownOutputs): ChannelMessage {
  return { kind: 'closing', report: reportOf(facts, shown), isDryRun: facts.ending.status === 'dry_run' };
}

function reportOf(facts: ClosingFacts, shown: ShownOutputs): IncidentReport {
  const { incidentId, compiled, ending, alarmName, alarm, progress, seconds } = facts;
  const isBelieved = facts.proof === 'audit';
  const runbook = isBelieved ? plannedRunbook(progress, compiled) : null;
  const isRetryOffered = isOffered(ending.status, alarm?.state ?? null, facts.subject);
  return {
    incidentId,
    title: `${alarm && isDrillAlarm(alarm) ? 'Drill: ' : ''}${endingWords[ending.status].title}`,
    environment: isBelieved ? (progress.planned?.environment ?? null) : null,
    alarm: { name: alarmName, state: alarm?.state ?? null },
    runbook: runbook && { id: runbook.id, title: runbook.title },
    steps: stepsOf(facts).map((number) => stepReport(facts, shown, number)),
    cause: causeOf(facts),
    seconds,
    next: nextOf(facts, isRetryOffered),
    isRetryOffered,
    ifAlarmStays: helped.includes(ending.status) ? '' : (runbook?.ifAlarmStays ?? ''),
  };
}

/** What to do now; where it is not known whether something ran, on which hosts to look: of a group many have the same name. */
function nextOf(facts: ClosingFacts, isRetryOffered: boolean): string {
  const unsure = unsureSteps(facts);
  const next = `${endingWords[facts.ending.status].next}${isRetryOffered ? ' Or try again, for a new plan.' : ''}`;
  return unsure.length > 0 ? `${unsureAdvice} ${next} It is ${unsure.join('; ')}.` : next;
}

/** Endings after which nobody has to go on by hand. */
const helped: readonly Ending['status'][] = ['resolved', 'recovered', 'dry_run'];

/** The planned steps, and those of which a burn is left although no plan that may be believed names them. */
function stepsOf({ progress, proof }: ClosingFacts): number[] {
  const planned = proof === 'burns' ? [] : (progress.planned?.steps ?? []).map(({ number }) => number);
  const burnt = progress.dispatches.flatMap(({ dispatch, burn }) => (burn ? [dispatch.step] : []));
  return [...new Set([...planned, ...burnt])].toSorted((a, b) => a - b);
}

/** Steps of which it is not known whether they ran, or how they ended, with the hosts on which they may have. */
export function unsureSteps(facts: ClosingFacts): string[] {
  return stepsOf(facts).flatMap((number) =>
    (['run', 'rollback'] as const).flatMap((part) => {
      const dispatches = partOf(facts.progress, number, part);
      if (part === 'rollback' && dispatches.length === 0) return [];
      const fate = fateOf(dispatches, facts.proof);
      if (!fate.isUnsure) return [];
      const hosts = new Set(dispatches.flatMap(({ burn }) => burn?.targets ?? []).map(withId(facts.progress)));
      return [
        `step ${number}${part === 'run' ? '' : ' (way back)'} on ${[...hosts].join(', ') || 'hosts that are not known'}`,
      ];
    }),
  );
}

/** Why an incident ended: what Close was told, else the gate's last reasons. */
export function causeOf({
  ending,
  progress,
  proof,
}: Pick<ClosingFacts, 'ending' | 'progress' | 'proof'>): string | null {
  if (ending.cause !== null || proof !== 'audit') return ending.cause;
  const gate = progress.lastGate;
  const reasons = gate?.decision === 'halt' || gate?.decision === 'done' ? gate.reasons : [];
  return reasons.map(({ text }) => text).join('; ') || null;
}

function partOf(progress: Progress, step: number, part: 'run' | 'rollback'): DispatchProgress[] {
  return progress.dispatches.filter(({ dispatch }) => dispatch.step === step && dispatch.part === part);
}

/** What the gate last said of a step's command, and what became of it. */
export function stepOutcome(
  progress: Progress,
  entries: readonly ReadEntry[],
  number: number,
  proof: Proof = 'audit',
): Fate & {
  readonly decision: GateDecision | null;
  readonly reasons: string;
  readonly wouldAsk: StepReport['people'];
} {
  const gate = entries.findLast(
    ({ event }) => event?.kind === 'gate_decided' && event.dispatch?.step === number && event.dispatch.part === 'run',
  )?.event;
  const said = gate?.kind === 'gate_decided' && proof === 'audit' ? gate : null;
  return {
    ...fateOf(partOf(progress, number, 'run'), proof),
    decision: said?.decision ?? null,
    reasons: (said?.reasons ?? []).map(({ text }) => text).join('; '),
    wouldAsk: (said?.wouldAsk ?? []).map(slackPerson),
  };
}

function stepReport(facts: ClosingFacts, shown: ShownOutputs, number: number): StepReport {
  const { progress, entries, proof } = facts;
  const isBelieved = proof === 'audit';
  const named = byName(progress);
  const onHosts = (outputs: readonly HostOutput[]) => outputs.map((one) => ({ ...one, host: named(one.host) }));
  const planned = isBelieved ? progress.planned?.steps.find((step) => step.number === number) : undefined;
  const { decision, reasons, wouldAsk, ...fate } = stepOutcome(progress, entries, number, proof);
  const { outcome, words, mark } = isOnlyConfirmed(facts, number) ? confirmed : fate;
  const people = peopleOf(facts, number, outcome !== 'not_sent' && outcome !== 'confirmed');
  const isSkipped =
    isBelieved && outcome === 'not_sent' && (decision === 'skip' || people.word === 'reject' || people.word === 'skip');
  return {
    number,
    title: (isBelieved ? chosenTitle(facts.answers, number) : null) ?? planned?.title ?? 'a step of the plan',
    risk: riskOf(planned, partOf(progress, number, 'run').findLast(({ burn }) => burn)?.burn?.level ?? null),
    done: named(words),
    mark,
    command: isSkipped ? commandOf(facts, number) : null,
    saying: decision === 'skip' && outcome === 'not_sent' ? 'would ask' : people.saying,
    people: decision === 'skip' && outcome === 'not_sent' ? wouldAsk : people.people,
    note: noteOf(facts, number, [people.reason, decision === 'proceed' || decision === 'ask' ? '' : reasons]),
    before: isBelieved ? onHosts(outputsOf(progress, shown, number, 'before')) : [],
    after: isBelieved ? onHosts(outputsOf(progress, shown, number, 'after')) : [],
    dryRun: isBelieved ? onHosts(outputsOf(progress, shown, number, 'dry_run')) : [],
    printed: isBelieved
      ? printedBy(facts, shown, number).map((one) => ({ ...one, outputs: onHosts(one.outputs) }))
      : [],
  };
}

/** Of a step of which people chose the plan knows the riskiest alternative, and the burn the one that ran. */
function riskOf(planned: PlannedStep | undefined, burnt: RiskLevel | null): RiskLevel | null {
  return planned?.alternatives ? (burnt ?? planned.level) : (planned?.level ?? burnt);
}

/** A manual step that somebody confirmed when nothing was burnt any more, as once the alarm is OK: it was done all the same. */
function isOnlyConfirmed({ progress, proof, answers }: ClosingFacts, number: number): boolean {
  const isBurnt = partOf(progress, number, 'run').some(({ burn }) => burn !== null);
  return proof === 'audit' && !isBurnt && doneByHand({ dispatches: [] }, answers).some(({ step }) => step === number);
}

const confirmed = { outcome: 'confirmed', words: 'done by hand', mark: '✓' } as const;

function printedBy({ progress }: ClosingFacts, shown: ShownOutputs, number: number) {
  const own = printedSoFar(progress, shown).filter(({ dispatch }) => dispatch.step === number);
  return own.toReversed().map((printed) => ({
    title: printedTitle(printed, progress.planned?.steps ?? []),
    outputs: printed.outputs,
  }));
}

/** The first of these words that explains the step, what people made of it, and what became of its way back. */
function noteOf({ progress, proof, answers }: ClosingFacts, number: number, words: readonly string[]): string | null {
  const left = skippedIn(answers, { step: number, part: 'rollback' });
  const skipped = left ? [`way back: skipped by ${left.by.name}${left.reason === '' ? '' : `: ${left.reason}`}`] : [];
  const back = partOf(progress, number, 'rollback');
  const touched = partOf(progress, number, 'run').flatMap(touchedHosts);
  const isTold = ({ burn, settled }: DispatchProgress) =>
    burn !== null || settled?.decision === 'rejected' || settled?.decision === 'expired';
  const undone = back.some(isTold) ? [`way back: ${fateOf(back, proof, touched).words}`] : [];
  const isSilent = partOf(progress, number, 'run').some(({ failure }) => failure?.settled?.decision === 'expired');
  const silent = isSilent ? ['failed, and nobody said what was to follow'] : [];
  const made =
    proof === 'audit' ? [...silent, ...madeOf(progress, answers, number), ...leftOut(progress, answers, number)] : [];
  const said = [words.find((text) => text !== '') ?? '', ...made, ...undone, ...skipped].filter((text) => text !== '');
  return said.map(byName(progress)).join('; ') || null;
}

/** Other values or fewer hosts, an approval that was taken back, and what people made of a failure: whoever reads must know that it was not as planned. */
function madeOf(progress: Progress, answers: readonly Spoken[], number: number): string[] {
  const words: Readonly<Record<string, string>> = {
    modify: 'changed by',
    choose: 'chosen by',
    input: 'given by',
    narrow: 'hosts left out by',
    revoke: 'approval taken back by',
  };
  return answersOn(answers, number).flatMap((answer) => {
    const said = answer.kind === 'failure' ? afterFailure(progress, answer) : words[answer.word];
    return said === undefined ? [] : [[`${said} ${answer.by.name}`, ...fieldWords(answer)].join(': ')];
  });
}

/** That it was tried again is said only where it was. */
function afterFailure(progress: Progress, { word, dispatches }: Spoken): string | undefined {
  const words: Readonly<Record<string, string>> = {
    continue: 'failed, left as it is by',
    retry: dispatches.some((one) => wasSent(progress, { ...one, attempt: one.attempt + 1 }))
      ? 'failed, tried again by'
      : 'failed, a further attempt wanted by',
    skip: 'failed, given up by',
    abort: 'failed, the incident aborted by',
  };
  return words[word];
}

function wasSent(progress: Progress, { step, attempt }: Attempt): boolean {
  return partOf(progress, step, 'run').some(({ burn, dispatch }) => burn !== null && dispatch.attempt === attempt);
}

/** Of a step that ran: who skipped or rejected the hosts that were left, or a further attempt, and why. */
function leftOut(progress: Progress, answers: readonly Spoken[], number: number): string[] {
  if (partOf(progress, number, 'run').every(({ burn }) => burn === null)) return [];
  return answersOn(answers, number).flatMap(({ kind, word, by, reason, dispatches: [about] }) => {
    if (kind === 'failure' || !about || (word !== 'skip' && word !== 'reject')) return [];
    const what = wasSent(progress, about) ? 'the rest' : `attempt ${about.attempt}`;
    return [`${what} ${sayings[word]} ${by.name}${reason === '' ? '' : `: ${reason}`}`];
  });
}

const sayings: Readonly<Record<string, string>> = {
  approve: 'approved by',
  confirm: 'confirmed by',
  reject: 'rejected by',
  skip: 'skipped by',
};

/** Who answered on a step, and how: the votes under which it was burnt, else the last word that was signed on it. */
function peopleOf({ answers, burntQuestions, progress }: ClosingFacts, number: number, isBurnt: boolean) {
  const burns = partOf(progress, number, 'run').flatMap(({ burn }) => burn ?? []);
  const own = answersOn(answers, number)
    .filter(({ word, question }) =>
      isBurnt ? (word === 'approve' || word === 'confirm') && burntQuestions.includes(question) : word in sayings,
    )
    .filter(
      (answer) => !isTakenBack(answers, answer, burns.find((burn) => burn.questionDigest === answer.question)?.at),
    );
  const last = own.at(-1);
  const same = own.filter(({ word }) => word === last?.word);
  const people = [...new Map(same.map(({ by }) => [by.name, slackPerson(by)])).values()];
  const saying = sayings[last?.word ?? ''] ?? '';
  return { word: last?.word ?? null, saying, people, reason: last?.word === 'approve' ? '' : (last?.reason ?? '') };
}

function commandOf({ compiled, progress }: ClosingFacts, number: number): string | null {
  const step = plannedRunbook(progress, compiled)?.steps.find((candidate) => candidate.number === number);
  const commands = step ? waysOf(step).flatMap(({ command }) => command?.text ?? []) : [];
  return commands.join('\n\n# or\n\n') || null;
}
