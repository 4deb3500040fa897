/** Which runbooks could answer an alarm: facts exclude, routes and words rank what is left, and "none" is an honest answer. */
import type { Alarm } from '../alarm/alarm.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { aboutOf } from './about.ts';
import { type Considered, exclusionOf } from './exclusion.ts';
import { factsOf } from './facts.ts';
import { routeOf } from './route.ts';
import { evidenceOf, type Part, rarity } from './text.ts';

/** A runbook, how sure it is, and by what. */
export interface Rated {
  readonly runbookId: string;
  /** 0 to 1. A route has at least 0.92, a text match at most 0.85. */
  readonly confidence: number;
  /** For a card: what agreed. */
  readonly why: string;
  readonly kind: 'route' | 'text';
}

export interface Candidate extends Rated {
  /** What the confidence is made of; of a route, the route alone. */
  readonly parts: readonly Part[];
}

/** A runbook whose route or words fit, and that a fact excludes. */
export interface Excluded {
  readonly runbookId: string;
  /** In words for people. */
  readonly why: string;
}

/** What was considered for an alarm: for people who are told that no runbook fits. */
export interface Consideration {
  /** At most 5, best first, routes before text; equal ones by id. */
  readonly candidates: readonly Candidate[];
  /** At most 5, in the same order. */
  readonly excluded: readonly Excluded[];
}

/** The model's choice among candidates; null = none of them. */
export interface ModelAnswer {
  readonly runbookId: string | null;
  readonly confidence: number;
  readonly why: string;
}

export interface Choice {
  readonly runbookId: string;
  readonly confidence: number;
  readonly why: string;
  /** Who decided: an exact route, what the metric measures and words, or the model among what these found. */
  readonly kind: 'route' | 'text' | 'model';
}

const mostCandidates = 5;

/** Below this a text match is noise. */
const leastTextConfidence = 0.3;

/** A text match must be this much better than the next one to be chosen without a model. */
const clearLead = 0.1;

/** Never throws, whatever the alarm's texts say; the same in any order of runbooks. */
export function consider(runbooks: readonly Runbook[], alarm: Alarm): Consideration {
  const facts = factsOf(alarm);
  const rare = rarity(runbooks);
  const found = runbooks.flatMap((runbook) => {
    const route = routeOf(runbook.match, alarm);
    const considered: Considered = { runbook, about: aboutOf(runbook), alarm, facts, route };
    const candidate = candidateOf(considered, rare);
    return candidate === null ? [] : [{ candidate, excluded: exclusionOf(considered) }];
  });
  const sorted = found.sort((a, b) => byRank(a.candidate, b.candidate));
  return {
    candidates: sorted
      .flatMap(({ candidate, excluded }) => (excluded === null ? [candidate] : []))
      .slice(0, mostCandidates),
    excluded: sorted
      .flatMap(({ candidate: { runbookId }, excluded: why }) => (why === null ? [] : [{ runbookId, why }]))
      .slice(0, mostCandidates),
  };
}

/** No fact admits alone: it needs a route, or words above the floor. */
function candidateOf(considered: Considered, rare: ReturnType<typeof rarity>): Candidate | null {
  const { runbook, route } = considered;
  if (route !== null) {
    const { confidence, why } = route;
    return { runbookId: runbook.id, confidence, why, kind: 'route', parts: [{ what: why, adds: confidence }] };
  }
  const { confidence, parts } = evidenceOf(considered, rare);
  if (confidence < leastTextConfidence) return null;
  return { runbookId: runbook.id, confidence, why: parts.map(({ what }) => what).join('; '), kind: 'text', parts };
}

/** The candidates alone, as triage records them and the plan chooses from. */
export function candidates(runbooks: readonly Runbook[], alarm: Alarm): Candidate[] {
  return [...consider(runbooks, alarm).candidates];
}

function byRank(a: Rated, b: Rated): number {
  if (a.kind !== b.kind) return a.kind === 'route' ? -1 : 1;
  if (a.confidence !== b.confidence) return b.confidence - a.confidence;
  return a.runbookId < b.runbookId ? -1 : 1;
}

/** The best candidate, where it is a route and no other is as good; nothing that a model says matters then. */
export function exactRoute([best, next]: readonly Rated[]): Rated | null {
  if (best?.kind !== 'route') return null;
  return next?.kind === 'route' && next.confidence === best.confidence ? null : best;
}

/**
 * The runbook to plan with; null = none, people decide. A best exact route is what a person wrote down, and stands
 * whatever the model says. Otherwise the model may choose among the candidates (among the equal routes, if there are
 * any), with no more confidence than the search had; without its answer only a clear lead decides.
 *
 * @param found as `candidates` returns them, best first.
 * @param answer null when there is no model, or its answer was odd.
 */
export function decide(found: readonly Rated[], answer: ModelAnswer | null): Choice | null {
  const [best, next] = found;
  const exact = exactRoute(found);
  if (best === undefined || exact !== null) return exact && chosen(exact);
  const eligible = best.kind === 'route' ? found.filter(({ confidence }) => confidence === best.confidence) : found;
  if (answer !== null) return chosenByModel(eligible, answer);
  const clear = next === undefined || best.confidence - next.confidence >= clearLead;
  return clear ? chosen(best) : null;
}

function chosen({ runbookId, confidence, why, kind }: Rated): Choice {
  return { runbookId, confidence, why, kind };
}

function chosenByModel(eligible: readonly Rated[], { runbookId, confidence, why }: ModelAnswer): Choice | null {
  const one = eligible.find((candidate) => candidate.runbookId === runbookId);
  // Written so that NaN and anything out of bounds is no choice.
  if (one === undefined || !(confidence >= leastTextConfidence && confidence <= 1)) return null;
  return { runbookId: one.runbookId, confidence: Math.min(one.confidence, confidence), why, kind: 'model' };
}

/** Why no runbook was chosen, in one line: the candidates that stayed unclear, or those that a fact excludes. */
export function whyNone({ candidates: found, excluded }: Consideration): string {
  const near = found.map(({ runbookId, confidence }) => `${runbookId} ${confidence.toFixed(2)}`);
  const out = excluded.map(({ runbookId, why }) => `${runbookId} would fit, but ${why}`);
  const unclear =
    near.length > 1 ? [`too close to each other: ${near.join(', ')}`] : near.map((one) => `not chosen: ${one}`);
  return [...unclear, ...out].join('; ') || 'no runbook shares its trouble';
}
