/** What happened in a span of time, counted over the chains of a bundle: incidents, times, actions, and who approved what. */

import { isDrillAlarm } from '../../core/alarm/drill.ts';
import { progressOf } from '../../core/incident/progress.ts';
import type { Chronicle } from '../../core/report/decisions.ts';
import { epochOrNull } from '../../core/time.ts';
import { type RiskLevel, riskLevels } from '../../core/words.ts';
import { incidentsOf } from '../bundle-chains.ts';

/** Seconds of what took time; null = it never happened. */
export interface Span {
  readonly count: number;
  readonly median: number | null;
  /** Nine of ten were not slower. */
  readonly slow: number | null;
  readonly longest: number | null;
}

export interface Figures {
  readonly incidents: number;
  /** By ending; `open` where there is no closing entry. */
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byRunbook: Readonly<Record<string, number>>;
  readonly toQuestion: Span;
  readonly toAcknowledge: Span;
  readonly toAnswer: Span;
  readonly toEnd: Span;
  /** Commands that were burnt, by risk. */
  readonly commands: Readonly<Record<RiskLevel, number>>;
  /** Of them, what went out unasked under a standing approval, by who granted it. */
  readonly standing: Readonly<Record<string, number>>;
  /** How questions ended. */
  readonly questions: Readonly<Record<string, number>>;
  /** Words of people, by name and word. */
  readonly people: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Incidents of which something is not known or could not be told to people. */
  readonly unverified: readonly { readonly incident: string; readonly why: string }[];
  readonly dryRuns: number;
  /** Of an alarm that is there for drills, as its tags were when the plan was made. */
  readonly drills: number;
}

/** Counts over the lines of a bundle, chain by chain. Says nothing about whether they may be believed: verify does. */
export function figuresOf(lines: Iterable<string>): Figures {
  const tally = new Tally();
  for (const incident of incidentsOf(lines)) tally.count(incident);
  return tally.figures();
}

type Counts = Map<string, number>;

function add(counts: Counts, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

class Tally {
  readonly #spans = {
    toQuestion: [] as number[],
    toAcknowledge: [] as number[],
    toAnswer: [] as number[],
    toEnd: [] as number[],
  };
  readonly #commands: Record<RiskLevel, number> = Object.fromEntries(riskLevels.map((level) => [level, 0])) as Record<
    RiskLevel,
    number
  >;
  readonly #byStatus: Counts = new Map();
  readonly #byRunbook: Counts = new Map();
  readonly #standing: Counts = new Map();
  readonly #questions: Counts = new Map();
  readonly #people = new Map<string, Counts>();
  readonly #unverified: { incident: string; why: string }[] = [];
  #incidents = 0;
  #dryRuns = 0;
  #drills = 0;

  count({ id, entries }: Chronicle): void {
    const progress = progressOf(entries);
    const { planned, closed, openedAt } = progress;
    this.#incidents += 1;
    if (planned?.mode === 'dry_run') this.#dryRuns += 1;
    if (planned?.alarm && isDrillAlarm(planned.alarm)) this.#drills += 1;
    add(this.#byStatus, closed?.status ?? 'open');
    add(this.#byRunbook, planned?.runbook?.id ?? 'none');
    for (const { event } of entries) this.#word(event);
    const at = (kind: string) => entries.find((entry) => entry.kind === kind)?.at ?? null;
    this.#span('toQuestion', openedAt, at('approval_requested'));
    this.#span('toAcknowledge', openedAt, at('acknowledged'));
    this.#span('toEnd', openedAt, at('incident_closed'));
    this.#answers(entries);
    const unknown = progress.dispatches.filter(({ intended, sent, finished }) => intended && sent && !finished);
    if (closed && unknown.length > 0)
      this.#unverified.push({ incident: id, why: `${unknown.length} commands without a known end` });
    if (closed?.status === 'unverified') this.#unverified.push({ incident: id, why: 'closed as unverified' });
  }

  #word(event: Chronicle['entries'][number]['event']): void {
    if (event?.kind === 'approval_settled') add(this.#questions, event.decision);
    if (event?.kind === 'vote_signed') this.#said(event.by.name, event.word);
    if (event?.kind !== 'dispatch_intended') return;
    this.#commands[event.level] += 1;
    if (event.standing !== null) add(this.#standing, event.standing);
  }

  #said(name: string, word: string): void {
    const words = this.#people.get(name) ?? new Map();
    this.#people.set(name, words);
    add(words, word);
  }

  /** From each question to its settlement. */
  #answers(entries: Chronicle['entries']): void {
    const asked = new Map<string, string>();
    for (const { event, at } of entries) {
      if (event?.kind === 'approval_requested') asked.set(event.requestDigest, at);
      if (event?.kind === 'approval_settled' && event.decision !== 'expired')
        this.#span('toAnswer', asked.get(event.requestDigest ?? '') ?? null, at);
    }
  }

  #span(name: 'toQuestion' | 'toAcknowledge' | 'toAnswer' | 'toEnd', from: string | null, to: string | null): void {
    const [start, end] = [epochOrNull(from ?? ''), epochOrNull(to ?? '')];
    if (start !== null && end !== null) this.#spans[name].push((end - start) / 1000);
  }

  figures(): Figures {
    const { toQuestion, toAcknowledge, toAnswer, toEnd } = this.#spans;
    return {
      incidents: this.#incidents,
      byStatus: Object.fromEntries(this.#byStatus),
      byRunbook: Object.fromEntries(this.#byRunbook),
      toQuestion: spanOf(toQuestion),
      toAcknowledge: spanOf(toAcknowledge),
      toAnswer: spanOf(toAnswer),
      toEnd: spanOf(toEnd),
      commands: this.#commands,
      standing: Object.fromEntries(this.#standing),
      questions: Object.fromEntries(this.#questions),
      people: Object.fromEntries([...this.#people].map(([name, words]) => [name, Object.fromEntries(words)])),
      unverified: this.#unverified,
      dryRuns: this.#dryRuns,
      drills: this.#drills,
    };
  }
}

function spanOf(seconds: readonly number[]): Span {
  const sorted = seconds.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
  return { count: sorted.length, median: at(0.5), slow: at(0.9), longest: sorted.at(-1) ?? null };
}
