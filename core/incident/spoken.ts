/** What people said to the questions of an incident, by genuine votes alone: a word counts only when the approval key signed it. */
import type { ReadEntry } from '../audit/chain.ts';
import { type Dispatch, maximumAttempts } from '../dispatch.ts';
import type { Envelope } from '../dsse.ts';
import { openVote, type Question, type QuestionItem, questionDigest, type Vote } from '../question.ts';
import { epochOf } from '../time.ts';
import type { QuestionKind } from '../words.ts';
import type { Progress } from './progress.ts';
import { wavesOf } from './waves.ts';

/** What a person said to a question of this incident that the chain holds. */
export interface Spoken extends Vote {
  /** What was asked. */
  readonly kind: QuestionKind;
  /** The question's items, in its order. */
  readonly items: readonly QuestionItem[];
  readonly dispatches: readonly Dispatch[];
  /** As it lies in the chain. */
  readonly envelope: Envelope;
}

/** Envelopes that are looked at: an incident asks at most 150 questions. More were planted. */
const mostEnvelopes = 1_000;

/**
 * The genuine votes of an incident, question by question, each once. What a vote is about comes from the question whose
 * digest it signs, so that a vote of another incident, put into this chain, is nobody's word here.
 *
 * @param publicKey PEM of the approval key; null when it could not be read: then nobody is named.
 */
export function spokenIn(incidentId: string, entries: readonly ReadEntry[], publicKey: string | null): Spoken[] {
  if (publicKey === null) return [];
  const envelopes = new Map(entries.flatMap(envelopesOf).map((envelope) => [JSON.stringify(envelope), envelope]));
  const votes = [...envelopes.values()].slice(0, mostEnvelopes).flatMap((envelope) => {
    const vote = openVote(envelope, publicKey);
    return typeof vote === 'string' ? [] : [{ ...vote, envelope }];
  });
  const ofQuestion = Map.groupBy(votes, ({ question }) => question);
  return questionsOf(incidentId, entries).flatMap(([question, { kind, items }]) => {
    const dispatches = items.map(({ dispatch }) => dispatch);
    return (ofQuestion.get(question) ?? []).map((vote) => ({ ...vote, kind, items, dispatches }));
  });
}

/** Whether anybody is said to have said anything: what is worth reading the key. What was said, only signatures tell. */
export function hasWords(entries: readonly ReadEntry[]): boolean {
  return entries.some((entry) => envelopesOf(entry).length > 0);
}

/** The questions of this incident in the chain, by digest, each once. */
function questionsOf(incidentId: string, entries: readonly ReadEntry[]): [string, Question][] {
  const asked = entries.flatMap(({ event }) =>
    event?.kind === 'approval_requested' && event.question?.incidentId === incidentId ? [event.question] : [],
  );
  return [...new Map(asked.map((question) => [questionDigest(question), question]))];
}

function envelopesOf({ event }: ReadEntry): readonly Envelope[] {
  if (event?.kind === 'vote_signed') return [event.envelope];
  return event?.kind === 'dispatch_intended' ? (event.votes ?? []) : [];
}

/** What was said about a part of a step, whichever of its waves asked. */
function about(spoken: readonly Spoken[], { step, part, attempt }: Omit<Dispatch, 'wave'>): Spoken[] {
  return spoken.filter(({ dispatches }) =>
    dispatches.some((one) => one.step === step && one.part === part && one.attempt === attempt),
  );
}

/** Who skipped it; null when nobody did. A skip is final: it is not asked again. What failed is not skipped, but undone. */
export function skipOf(spoken: readonly Spoken[], dispatch: Omit<Dispatch, 'wave'>): Spoken | null {
  return about(spoken, dispatch).find(({ kind, word }) => word === 'skip' && kind !== 'failure') ?? null;
}

/** The same of any attempt. */
export function skippedIn(spoken: readonly Spoken[], { step, part }: Pick<Dispatch, 'step' | 'part'>): Spoken | null {
  const attempts = Array.from({ length: maximumAttempts }, (_, before) => before + 1);
  return attempts.map((attempt) => skipOf(spoken, { step, part, attempt })).find((one) => one !== null) ?? null;
}

/** What people changed of a step's run before it was approved, all their words together, and their names, sorted. */
export interface Amendment {
  /** Values that take the place of the plan's; the last word on each counts. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The hosts that are left; null = all. */
  readonly targets: readonly string[] | null;
  /** None of these may approve what they changed. */
  readonly by: readonly string[];
}

const nothing: Amendment = { parameters: {}, targets: null, by: [] };

/** Whether a word changes what is run, or where. */
export function amends(word: string): boolean {
  return word === 'modify' || word === 'input' || word === 'narrow';
}

/**
 * The words of `modify` and `narrow` on a step's run (what is typed where nothing was given is core/incident/typed.ts); its ways back and checks have the same, and so has a further
 * attempt, on top of which come its own. What looked and rehearsed before anybody was asked had the plan's own. And what
 * was said after a first wave was sent changes nothing: hosts that have the old values would be undone with the new ones,
 * and those left out would not be undone.
 */
export function amendmentOf(
  { spoken, progress }: { readonly spoken: readonly Spoken[]; readonly progress: Progress },
  { step, part, attempt }: Omit<Dispatch, 'wave'>,
): Amendment {
  if (part === 'before' || part === 'dry_run') return nothing;
  const words = Array.from({ length: attempt }, (_, before) => ({ step, attempt: before + 1, part: 'run' }) as const)
    .flatMap((run) => {
      const begunAt = wavesOf(progress, run)[0]?.burn?.at ?? null;
      return about(spoken, run).filter(({ at }) => begunAt === null || epochOf(at) < epochOf(begunAt));
    })
    .filter(({ word }) => amends(word) && word !== 'input')
    .toSorted((a, b) => epochOf(a.at) - epochOf(b.at));
  const values = words.flatMap(({ word, parameters }) => (word === 'narrow' ? [] : Object.entries(parameters ?? {})));
  const left = words.flatMap(({ word, targets }) => (word === 'narrow' && targets ? [targets] : []));
  const [first] = left;
  return {
    parameters: Object.fromEntries(values),
    targets: first === undefined ? null : first.filter((host) => left.every((hosts) => hosts.includes(host))),
    by: [...new Set(words.map(({ by }) => by.name))].toSorted(),
  };
}
