/** Counting: whose signed approvals of a question count, when they are enough, and whose are missing. */

import { standingApprovals } from '../answers.ts';
import type { Question } from '../question.ts';
import { epochOf } from '../time.ts';
import { type GenuineVote, type People, personOf } from './votes.ts';

/** What of the present decides whether a vote counts, beside question and clock. */
export interface Electors {
  readonly people: People;
  /** Names of people who are suspended now: what they approved before counts no more either. */
  readonly suspended: ReadonlySet<string>;
}

export interface Tally {
  readonly isComplete: boolean;
  /** One approval of each person, in the order of time; when it is complete, those that made it so and no more. */
  readonly counted: readonly GenuineVote[];
}

/**
 * Counts the approvals among these votes, which are genuine and about this question, that nobody took back: distinct people whom question and
 * policy name, each while it was open. One person counts once, by name; where one approval must come through IAM, theirs
 * through IAM takes the place of theirs through Slack.
 */
export function tally(question: Question, votes: readonly GenuineVote[], electors: Electors): Tally {
  const { required, secondChannel } = question.terms;
  const byName = new Map<string, GenuineVote>();
  const standing = standingApprovals(question.kind, votes);
  for (const cast of inTime(standing.filter((vote) => counts(question, vote, electors)))) {
    const { name } = cast.vote.by;
    const before = byName.get(name);
    if (!before || (secondChannel && !isThroughIam(before) && isThroughIam(cast))) byName.set(name, cast);
    const chosen = chosenOf([...byName.values()], required, secondChannel);
    if (chosen) return { isComplete: true, counted: chosen };
  }
  return { isComplete: false, counted: inTime([...byName.values()]) };
}

/** What is missing, for people to read. */
export interface Missing {
  /** How many more people must approve. */
  readonly people: number;
  /** One approval must come through IAM, and none has: of somebody more, or once more of somebody who approved in Slack. */
  readonly throughIam: boolean;
  /** The names of those whose approval would count, sorted; of the suspended none. */
  readonly of: readonly string[];
}

/** What these votes lack; null when they are enough. */
export function missing(question: Question, votes: readonly GenuineVote[], electors: Electors): Missing | null {
  const { isComplete, counted } = tally(question, votes, electors);
  if (isComplete) return null;
  const { required, secondChannel, approvers } = question.terms;
  const have = counted.map(({ vote }) => vote.by.name);
  const throughIam = secondChannel && !counted.some(isThroughIam);
  const more = Math.max(0, required - have.length);
  const hasIam = (name: string) => electors.people.some((one) => one.name === name && one.iam.length > 0);
  return {
    people: more,
    throughIam,
    of: approvers.filter((name) => !electors.suspended.has(name) && (more === 0 ? hasIam(name) : !have.includes(name))),
  };
}

function isThroughIam({ vote }: GenuineVote): boolean {
  return vote.by.via === 'iam';
}

function inTime(votes: readonly GenuineVote[]): GenuineVote[] {
  return votes.toSorted((a, b) => epochOf(a.vote.at) - epochOf(b.vote.at));
}

/** So many of these as are required, the first ones, with one through IAM where one is wanted; null when there are not. */
function chosenOf(votes: readonly GenuineVote[], required: number, secondChannel: boolean): GenuineVote[] | null {
  const sorted = inTime(votes);
  if (!secondChannel) return sorted.length >= required ? sorted.slice(0, required) : null;
  const iam = sorted.find(isThroughIam);
  if (!iam || sorted.length < required) return null;
  return inTime([iam, ...sorted.filter((vote) => vote !== iam).slice(0, required - 1)]);
}

/** Whether a vote was given while the question was open by a person whom both question and policy name. */
function counts({ createdAt, expiresAt, terms }: Question, { vote }: GenuineVote, electors: Electors): boolean {
  const at = epochOf(vote.at);
  const isOpen = epochOf(createdAt) <= at && at < epochOf(expiresAt);
  const isNamed = terms.approvers.includes(vote.by.name) && personOf(electors.people, vote.by)?.name === vote.by.name;
  return isOpen && isNamed && !electors.suspended.has(vote.by.name);
}
