/** What became of each dispatch of an incident, as people saw it: the question, the votes with their signatures, what it printed. */
import type { ReadEntry } from '../../core/audit/chain.ts';
import type { EventOf } from '../../core/audit/entry.ts';
import { cutMark } from '../../core/derive/outcome.ts';
import { type Dispatch, sameDispatch } from '../../core/dispatch.ts';
import type { DispatchProgress, Progress } from '../../core/incident/progress.ts';
import { openVote, type Question, type QuestionItem } from '../../core/question.ts';
import { fateOf } from '../../core/report/words.ts';
import { difference } from '../../core/slack/parts.ts';
import type { RiskLevel } from '../../core/words.ts';

export interface VoteStory {
  readonly name: string;
  readonly via: string;
  readonly id: string;
  readonly word: string;
  readonly reason: string;
  /** As signed; null when nothing of it is genuine. */
  readonly at: string | null;
  /** `misquoted`: genuine, and the entry says something else than was signed, which is shown here. */
  readonly signature: 'genuine' | 'misquoted' | 'forged' | 'not verified';
  readonly keyid: string;
}

export interface HostStory {
  readonly host: string;
  readonly exitCode: number;
  readonly status: string;
  /** Null = the bundle does not hold the text. */
  readonly stdout: string | null;
  readonly stderr: string | null;
}

/** What two looks at a host show. */
export interface ChangeStory {
  readonly host: string;
  /** Null = both show the same. */
  readonly difference: string | null;
  /** One of the looks failed, or was cut: that both show the same says nothing. */
  readonly isBlind: boolean;
}

/** In words, where both looks show the same. */
export function sameWords({ isBlind }: ChangeStory): string {
  return isBlind ? 'not known: its observation failed or was cut' : 'nothing, as far as its observation shows';
}

export interface DispatchStory {
  readonly dispatch: Dispatch;
  readonly title: string;
  readonly level: RiskLevel | null;
  /** Null where nobody was asked: then the chain holds its hash only. */
  readonly script: string | null;
  readonly scriptHash: string | null;
  readonly question: Question | null;
  readonly item: QuestionItem | null;
  readonly askedAt: string | null;
  readonly settledAt: string | null;
  readonly decision: EventOf<'approval_settled'>['decision'] | null;
  readonly settledWhy: string;
  readonly votes: readonly VoteStory[];
  readonly standing: string | null;
  readonly targets: readonly string[];
  readonly intendedAt: string | null;
  readonly finishedAt: string | null;
  readonly commandId: string | null;
  readonly outcome: string;
  readonly mark: '✓' | '–' | '✗';
  readonly hosts: readonly HostStory[];
  /** What differs from before the step, on each host; null = this is no look after a change. */
  readonly changed: readonly ChangeStory[] | null;
  /** Whether anything that is shown of it lies at or behind the first thing that is wrong. */
  readonly isDoubtful: boolean;
}

interface Told {
  readonly entries: readonly ReadEntry[];
  readonly progress: Progress;
  textOf(digest: string): string | null;
  readonly publicKey: string | null;
  readonly brokenAt: number | null;
}

/** In the order in which they first came up. */
export function dispatchStories(told: Told): DispatchStory[] {
  return told.progress.dispatches.map((known) => storyOf(told, known));
}

function storyOf(told: Told, known: DispatchProgress): DispatchStory {
  const { dispatch, requested, intended, burn, settled, sent, finished } = known;
  const own = told.entries.filter(({ event }) => isAbout(event, dispatch));
  const at = (kind: string) => own.find((entry) => entry.kind === kind)?.at ?? null;
  const question = requested?.question ?? null;
  const item = question?.items.find((one) => sameDispatch(one.dispatch, dispatch)) ?? null;
  const script = requested?.scripts?.find((one) => sameDispatch(one.dispatch, dispatch))?.script ?? null;
  const planned = told.progress.planned?.steps.find(({ number }) => number === dispatch.step);
  const hosts = (finished?.results ?? []).map((result) => hostOf(told, result));
  const fate = fateOf([known], 'audit');
  return {
    dispatch,
    title: item?.title ?? planned?.title ?? '',
    level: burn?.level ?? intended?.level ?? item?.level ?? planned?.level ?? null,
    script,
    scriptHash: intended?.scriptHash ?? requested?.scriptHash ?? null,
    question,
    item,
    askedAt: at('approval_requested'),
    settledAt: at('approval_settled'),
    decision: settled?.decision ?? null,
    settledWhy: settled?.reason ?? '',
    votes: own.flatMap(({ event }) => (event?.kind === 'vote_signed' ? [voteOf(event, told.publicKey)] : [])),
    standing: intended?.standing ?? null,
    targets: intended?.targets ?? requested?.targets ?? [],
    intendedAt: at('dispatch_intended'),
    finishedAt: at('command_finished') ?? at('step_confirmed'),
    commandId: sent?.commandId ?? null,
    outcome: known.skipped && !burn ? 'skipped' : fate.words,
    mark: known.skipped && !burn ? '–' : fate.mark,
    hosts,
    changed: dispatch.part === 'after' ? changesOf(told, dispatch, hosts) : null,
    isDoubtful: told.brokenAt !== null && own.some(({ sequence }) => sequence >= (told.brokenAt ?? 0)),
  };
}

function isAbout(event: ReadEntry['event'], dispatch: Dispatch): boolean {
  return event !== null && 'dispatch' in event && event.dispatch !== null && sameDispatch(event.dispatch, dispatch);
}

function hostOf(told: Told, result: EventOf<'command_finished'>['results'][number]): HostStory {
  const { target: host, exitCode, status, stdoutHash, stderrHash } = result;
  return { host, exitCode, status, stdout: told.textOf(stdoutHash), stderr: told.textOf(stderrHash) };
}

function voteOf({ by, word, envelope }: EventOf<'vote_signed'>, publicKey: string | null): VoteStory {
  const vote = publicKey === null ? null : openVote(envelope, publicKey);
  const { keyid } = envelope.signatures[0];
  const said = { name: by.name, via: by.via, id: by.id, word, keyid };
  if (vote === null || vote === 'foreign') return { ...said, reason: '', at: null, signature: 'not verified' };
  if (vote === 'forged') return { ...said, reason: '', at: null, signature: 'forged' };
  const { name, via, id } = vote.by;
  const isQuoted = name === by.name && via === by.via && id === by.id && vote.word === word;
  const { word: signed, reason, at } = vote;
  return { name, via, id, word: signed, keyid, reason, at, signature: isQuoted ? 'genuine' : 'misquoted' };
}

function changesOf(told: Told, dispatch: Dispatch, hosts: readonly HostStory[]): DispatchStory['changed'] {
  const before = told.progress.dispatches.findLast(
    (one) => one.dispatch.step === dispatch.step && one.dispatch.part === 'before' && one.finished,
  );
  const old = (before?.finished?.results ?? []).map((result) => hostOf(told, result));
  return hosts.flatMap((now) => {
    const then = old.find(({ host }) => host === now.host);
    if (!then || then.stdout === null || now.stdout === null) return [];
    const isBlind = [then, now].some(({ exitCode, stdout }) => exitCode !== 0 || stdout?.includes(cutMark));
    return [{ host: now.host, difference: difference(then.stdout, now.stdout), isBlind }];
  });
}
