/** How an incident stands, in a few lines: what all its cards are answers to. */
import { parseAlarmArn } from '../alarm/envelope.ts';
import type { ReadEntry } from '../audit/chain.ts';
import type { Compiled } from '../compiled.ts';
import type { Dispatch } from '../dispatch.ts';
import { type DispatchProgress, isOpen, killSwitchRule, type Progress } from '../incident/progress.ts';
import { plannedRunbook } from '../incident/situation.ts';
import { type Spoken, skippedIn } from '../incident/spoken.ts';
import { restOf } from '../incident/waves.ts';
import type { Subject } from '../subject.ts';
import { epochOf } from '../time.ts';
import type { Mode, RiskLevel } from '../words.ts';
import { byName } from './host-names.ts';
import { type Link, linksOf } from './links.ts';
import type { Person } from './person.ts';
import { slackPerson } from './show.ts';
import { causeOf } from './summary.ts';
import type { Ending } from './told.ts';
import { chosenTitle } from './votes.ts';
import { endingWords, fateOf, inOrder, type Proof } from './words.ts';

/** One step of the plan, and how it stands. */
export interface HeadStep {
  readonly number: number;
  readonly title: string;
  readonly level: RiskLevel | null;
  /** `·` = not begun, `…` = goes on; the others as in a closing. */
  readonly mark: '✓' | '–' | '✗' | '…' | '·';
  readonly words: string;
}

export interface IncidentHead {
  readonly incidentId: string;
  readonly alarmName: string;
  readonly environment: string | null;
  readonly mode: Mode | null;
  /** How it stands, such as `Waits for an answer on step 3`. */
  readonly state: string;
  /** Why it stands so; null when the state says it all. */
  readonly cause: string | null;
  readonly isOver: boolean;
  /** Whether it waits because everything is stopped. */
  readonly isStopped: boolean;
  /** Epoch seconds of the first entry; null before there is one. */
  readonly since: number | null;
  readonly runbook: { readonly id: string; readonly title: string } | null;
  readonly steps: readonly HeadStep[];
  /** Who said that they are on it, each once, with the epoch seconds. Nobody signed that. */
  readonly onIt: readonly { readonly person: Person; readonly at: number }[];
  /** Names of alarms of the same storm that ring too, and are answered by nobody else meanwhile. */
  readonly related: readonly string[];
  readonly links: readonly Link[];
}

export interface HeadFacts {
  readonly incidentId: string;
  readonly compiled: Compiled;
  readonly subject: Subject | null;
  readonly entries: readonly ReadEntry[];
  readonly progress: Progress;
  /** What people said, by genuine votes. */
  readonly spoken: readonly Spoken[];
  readonly proof: Proof;
  /** As far as it is over: what may be told of how it ended. */
  readonly ending: Ending | null;
}

/** What is told at the top of an incident's thread. Of a chain that must not be believed only the ending and burns are told. */
export function incidentHead(facts: HeadFacts): IncidentHead {
  const { incidentId, compiled, subject, entries, progress, proof, ending } = facts;
  const isBelieved = proof === 'audit';
  const alarmArn = subject?.kind === 'alarm' ? subject.alarmArn : '';
  const runbook = isBelieved ? plannedRunbook(progress, compiled) : null;
  return {
    incidentId,
    alarmName: parseAlarmArn(alarmArn)?.name ?? 'unknown',
    environment: isBelieved ? (progress.planned?.environment ?? null) : null,
    mode: isBelieved ? (progress.planned?.mode ?? null) : null,
    ...stateOf(facts),
    isOver: ending !== null,
    isStopped: ending === null && isStopped(progress),
    since: progress.openedAt === null ? null : Math.floor(epochOf(progress.openedAt) / 1000),
    runbook: runbook && { id: runbook.id, title: runbook.title },
    steps: isBelieved ? stepsOf(facts) : [],
    onIt: isBelieved ? onItOf(entries) : [],
    related: isBelieved && ending === null ? relatedIn(entries) : [],
    links: linksOf({
      incidentId,
      alarmArn,
      hosts: [],
      runbook: { file: runbook?.file ?? '', url: runbook && compiled.policy.runbook_url },
    }),
  };
}

function stateOf({ progress, proof, ending }: HeadFacts): { state: string; cause: string | null } {
  if (ending !== null) return { state: endingWords[ending.status].title, cause: causeOf({ ending, progress, proof }) };
  const { planned, lastGate, dispatches } = progress;
  if (planned === null) return { state: 'Looks for a runbook', cause: null };
  const runs = dispatches.find(isOpen);
  if (runs) return { state: `${runningWords(runs)}: ${partOf(runs.dispatch)}`, cause: null };
  if (lastGate?.decision === 'wait')
    return {
      state: isStopped(progress) ? 'Stopped' : 'Waits',
      cause: lastGate.reasons.map(({ text }) => text).join('; ') || null,
    };
  const asked = dispatches.find(isWaiting);
  if (asked) return { state: `Waits for an answer on ${partOf(asked.dispatch)}`, cause: troubleOf(asked) };
  const failed = dispatches.find(isFailureOut);
  if (failed)
    return {
      state: `Step ${failed.dispatch.step} failed: waits for an answer what is to follow`,
      cause: failed.failure && troubleOf(failed.failure),
    };
  return { state: 'At work', cause: null };
}

function isStopped({ lastGate }: Progress): boolean {
  return lastGate?.decision === 'wait' && lastGate.reasons[0]?.rule === killSwitchRule;
}

/** Asked, and nothing came of it yet; a later wave may be asked about anew, after what an earlier question sent. */
function isWaiting({ requested, settled, burn, skipped }: DispatchProgress): boolean {
  const isUsed = burn !== null && burn.questionDigest === requested?.requestDigest;
  return requested !== null && settled === null && !isUsed && !skipped;
}

/** Asked what is to follow, and nobody said it yet. */
function isFailureOut({ failure }: DispatchProgress): boolean {
  return failure !== null && failure.settled === null;
}

/** What Systems Manager took is sent, and nobody knows yet how it ends; of anything else that is burnt not even that is known. */
function runningWords({ sent }: DispatchProgress): string {
  return sent?.commandId ? 'Sent, its end is awaited' : 'May be running';
}

/**
 * Said to be approved, and not burnt: then it is not told as one that was not run, nor as approved, which only a signature
 * could tell.
 */
function isOnItsWay({ settled, burn, refused, skipped }: DispatchProgress): boolean {
  return settled?.decision === 'approved' && burn === null && !refused && !skipped;
}

/** How far waves went of which more follow; null when none do. */
function soFar(run: readonly DispatchProgress[]): string | null {
  const last = inOrder(run).findLast(({ burn }) => burn !== null);
  const left = last ? restOf(last).length : 0;
  if (!last || left === 0 || last.finished?.outcome !== 'succeeded') return null;
  const waves = run.filter(({ dispatch }) => dispatch.attempt === last.dispatch.attempt);
  const done = waves.flatMap(({ burn }) => burn?.targets ?? []).length;
  return `ran on ${done} of ${done + left} hosts so far`;
}

function troubleOf({ undeliverable }: Pick<DispatchProgress, 'undeliverable'>): string | null {
  return undeliverable && `its card could not be posted: ${undeliverable.why}`;
}

const partWords: Readonly<Record<Dispatch['part'], string>> = {
  run: '',
  before: ', looking before',
  dry_run: ', its rehearsal',
  after: ', looking afterwards',
  verify: ', its check',
  rollback: ', its way back',
};

function partOf({ step, part }: Dispatch): string {
  return `step ${step}${partWords[part]}`;
}

function stepsOf({ progress, spoken, ending }: HeadFacts): HeadStep[] {
  const isOver = ending !== null;
  return (progress.planned?.steps ?? []).map(({ number, title, level }) => {
    const own = progress.dispatches.filter(({ dispatch }) => dispatch.step === number);
    const step = { number, title: chosenTitle(spoken, number) ?? title, level };
    const open = isOver ? undefined : own.find(isOpen);
    if (open) return { ...step, mark: '…' as const, words: runningWords(open).toLowerCase() };
    if (!isOver && own.some(isWaiting)) return { ...step, mark: '…' as const, words: 'waits for an answer' };
    if (!isOver && own.some(isFailureOut)) return { ...step, mark: '✗' as const, words: 'failed, waits for an answer' };
    const run = own.filter(({ dispatch }) => dispatch.part === 'run');
    const going = isOver ? null : (soFar(run) ?? (run.some(isOnItsWay) ? 'not sent yet' : null));
    if (going !== null) return { ...step, mark: '…' as const, words: going };
    const skip = skippedIn(spoken, { step: number, part: 'run' });
    const hasBegun = skip !== null || run.some(hasEnded);
    if (!isOver && !hasBegun) return { ...step, mark: '·' as const, words: 'not yet' };
    const { mark, words } = fateOf(run, 'audit');
    const said = skip ? `skipped by ${skip.by.name}` : 'skipped';
    const isSkipped = skip !== null || run.some(({ skipped }) => skipped);
    if (mark === '–' && isSkipped) return { ...step, mark, words: said };
    const rest = skip === null ? '' : `; the rest ${said}`;
    return { ...step, mark, words: `${byName(progress)(words)}${rest}` };
  });
}

/** What was answered with other values or fewer hosts is asked anew, and has not ended. */
function hasEnded({ burn, refused, settled, skipped }: DispatchProgress): boolean {
  return burn !== null || refused !== null || skipped || (settled !== null && settled.decision !== 'answered');
}

/** Those that joined and were not let go since. */
function relatedIn(entries: readonly ReadEntry[]): string[] {
  const ringing = new Map<string, string>();
  for (const { event } of entries) {
    if (event?.kind === 'related_joined') ringing.set(event.alarmArn, event.alarmName);
    if (event?.kind === 'related_let_go') ringing.delete(event.alarmArn);
  }
  return [...ringing.values()];
}

/** Each person once, since their first word. */
function onItOf(entries: readonly ReadEntry[]): IncidentHead['onIt'] {
  const said = entries.flatMap(({ at, event }) =>
    event?.kind === 'acknowledged' ? [{ person: slackPerson(event.by), at: Math.floor(epochOf(at) / 1000) }] : [],
  );
  return [...new Map(said.toReversed().map((one) => [one.person.name, one])).values()].toReversed();
}
