/** Which runbooks could answer an alarm: exact routes first, then text search, with "none" as an honest answer. */
import type { Alarm } from '../alarm/alarm.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { routeConfidence } from './route.ts';
import { searchByText } from './text.ts';

export interface Candidate {
  readonly runbookId: string;
  /** 0 to 1. A route has at least 0.92, a text match at most 0.85. */
  readonly confidence: number;
  /** For a card: what agreed. */
  readonly why: string;
  readonly kind: 'route' | 'text';
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
  /** Who decided: an exact route, the text search, or the model among what these found. */
  readonly kind: 'route' | 'text' | 'model';
}

const mostCandidates = 5;

/** Below this a text match is noise: fewer than about half of the alarm's known words, or only one of them. */
const leastTextConfidence = 0.3;

/** A text match must be this much better than the next one to be chosen without a model. */
const clearLead = 0.1;

/** At most 5 candidates, best first, routes before text; equal ones by id. Never throws, whatever the alarm's texts say. */
export function candidates(runbooks: readonly Runbook[], alarm: Alarm): Candidate[] {
  const routes = runbooks.flatMap((runbook): Candidate[] => {
    const route = routeConfidence(runbook.match, alarm);
    return route === null ? [] : [{ runbookId: runbook.id, ...route, kind: 'route' }];
  });
  const routed = new Set(routes.map(({ runbookId }) => runbookId));
  const texts = searchByText(runbooks, alarm)
    .filter(({ runbookId, confidence }) => confidence >= leastTextConfidence && !routed.has(runbookId))
    .map((found): Candidate => ({ ...found, kind: 'text' }));
  return [...routes.sort(byConfidence), ...texts.sort(byConfidence)].slice(0, mostCandidates);
}

function byConfidence(a: Candidate, b: Candidate): number {
  if (a.confidence !== b.confidence) return b.confidence - a.confidence;
  return a.runbookId < b.runbookId ? -1 : 1;
}

/** The best candidate, where it is a route and no other is as good; nothing that a model says matters then. */
export function exactRoute([best, next]: readonly Candidate[]): Candidate | null {
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
export function decide(found: readonly Candidate[], answer: ModelAnswer | null): Choice | null {
  const [best, next] = found;
  const exact = exactRoute(found);
  if (best === undefined || exact !== null) return exact;
  const eligible = best.kind === 'route' ? found.filter(({ confidence }) => confidence === best.confidence) : found;
  if (answer !== null) return chosenByModel(eligible, answer);
  const clear = next === undefined || best.confidence - next.confidence >= clearLead;
  return clear ? best : null;
}

function chosenByModel(eligible: readonly Candidate[], { runbookId, confidence, why }: ModelAnswer): Choice | null {
  const chosen = eligible.find((candidate) => candidate.runbookId === runbookId);
  // Written so that NaN and anything out of bounds is no choice.
  if (chosen === undefined || !(confidence >= leastTextConfidence && confidence <= 1)) return null;
  return { runbookId: chosen.runbookId, confidence: Math.min(chosen.confidence, confidence), why, kind: 'model' };
}
