/** Where runbooks and what happens have parted: steps that fail or that people change, skip and refuse, and runbooks that nobody uses or reads. */
import { type Progress, progressOf } from '../incident/progress.ts';
import { type Spoken, spokenIn } from '../incident/spoken.ts';
import { daysBetween, intervalDays } from '../runbook/dates.ts';
import type { Chronicle } from './decisions.ts';
import { fateOf } from './words.ts';

/** What may come of a step that its author did not mean. */
export const driftKinds = ['failed', 'unverified', 'modified', 'skipped', 'rejected', 'expired'] as const;
export type DriftKind = (typeof driftKinds)[number];

/** In how many incidents, with the time of the first and the last of them, ISO 8601. */
export interface Seen {
  readonly incidents: number;
  readonly first: string;
  readonly last: string;
}

export interface StepDrift {
  readonly step: number;
  readonly title: string;
  /** Whether it is of the runbook as its file is now; else of an earlier text, which somebody may have mended. */
  readonly isCurrent: boolean;
  /** Incidents whose plan had it under this title. */
  readonly planned: number;
  readonly seen: Readonly<Partial<Record<DriftKind, Seen>>>;
}

/** A runbook as it lies in the folder. */
export interface Kept {
  readonly id: string;
  /** SHA-256 of its file, as plans name it. */
  readonly digest: string;
  /** Such as `2026-11-28`; null = it does not say. */
  readonly reviewed: string | null;
  /** Such as `90d`. */
  readonly reviewEvery: string;
}

export interface RunbookDrift {
  readonly id: string;
  /** Incidents that it was planned for, and when the last of them was opened. */
  readonly incidents: number;
  readonly lastUsed: string | null;
  /** How these ended; `open` where they have not. */
  readonly endings: Readonly<Record<string, number>>;
  /** Whether the folder has it, and as the newest plan knew it. */
  readonly file: 'same' | 'changed' | 'gone' | 'unused';
  readonly review: 'done' | 'overdue' | 'never' | 'unknown';
  /** Days since the last review, and the interval that the runbook wants. */
  readonly reviewDays: number | null;
  readonly reviewEvery: string | null;
  /** Steps of which something is seen, in order. */
  readonly steps: readonly StepDrift[];
}

export interface Drift {
  readonly runbooks: readonly RunbookDrift[];
  /** Alarms that no runbook fits, by name. */
  readonly unanswered: Readonly<Record<string, Seen>>;
}

/**
 * Counts over incidents. What people said counts with their signature alone, since whoever may append could write any name
 * into a chain; what became of commands is as the audit tells it, and whether that may be believed, verifying says.
 *
 * @param publicKey PEM of the approval key; null = nobody's word is known.
 * @param today such as `2026-11-28`.
 */
export function driftOf(
  incidents: Iterable<Chronicle>,
  publicKey: string | null,
  kept: readonly Kept[],
  today: string,
): Drift {
  const used = new Map<string, Used>();
  const unanswered = new Map<string, Seen>();
  for (const incident of incidents) {
    const progress = progressOf(incident.entries);
    const at = progress.openedAt ?? '';
    const { planned, opened, closed } = progress;
    if (planned?.runbook) {
      const { id, digest } = planned.runbook;
      const isCurrent = kept.some((runbook) => runbook.id === id && runbook.digest === digest);
      used.set(id, counted(used.get(id) ?? unused, { incident, progress, isCurrent, at }, publicKey));
    } else if (closed?.status === 'no_match' && opened)
      unanswered.set(opened.alarmName, seenAt(unanswered.get(opened.alarmName), at));
  }
  const gone = [...used.keys()].filter((id) => !kept.some((runbook) => runbook.id === id));
  return {
    runbooks: [
      ...kept.map((runbook) => runbookDrift(runbook.id, used.get(runbook.id) ?? unused, runbook, today)),
      ...gone.map((id) => runbookDrift(id, used.get(id) ?? unused, null, today)),
    ].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    unanswered: Object.fromEntries(unanswered),
  };
}

/** Whether a person should look at it. That its file changed or went is somebody's own doing. */
export function isOdd({ file, review, steps }: RunbookDrift): boolean {
  return file === 'unused' || review === 'overdue' || review === 'never' || steps.some(({ isCurrent }) => isCurrent);
}

/** Whether there is something that a person should look at. */
export function isDrifting({ runbooks, unanswered }: Drift): boolean {
  return Object.keys(unanswered).length > 0 || runbooks.some(isOdd);
}

interface Used {
  readonly incidents: number;
  readonly last: { readonly at: string; readonly digest: string } | null;
  readonly endings: Readonly<Record<string, number>>;
  /** By text, number and title: a runbook that was rewritten has other steps under the same number. */
  readonly steps: ReadonlyMap<string, StepDrift>;
}

const unused: Used = { incidents: 0, last: null, endings: {}, steps: new Map() };

interface Use {
  readonly incident: Chronicle;
  readonly progress: Progress;
  readonly isCurrent: boolean;
  /** When it was opened. */
  readonly at: string;
}

function counted(used: Used, { incident, progress, isCurrent, at }: Use, publicKey: string | null): Used {
  const { planned, closed } = progress;
  if (!planned?.runbook) return used;
  const spoken = spokenIn(incident.id, incident.entries, publicKey);
  const ending = closed?.status ?? 'open';
  const steps = new Map(used.steps);
  for (const { number, title } of planned.steps) {
    const key = `${isCurrent} ${number} ${title}`;
    const known = steps.get(key) ?? { step: number, title, isCurrent, planned: 0, seen: {} };
    const seen = Object.fromEntries(
      kindsOf(progress, spoken, number).map((kind) => [kind, seenAt(known.seen[kind], at)]),
    );
    steps.set(key, { ...known, planned: known.planned + 1, seen: { ...known.seen, ...seen } });
  }
  const isLast = used.last === null || at >= used.last.at;
  return {
    incidents: used.incidents + 1,
    last: isLast ? { at, digest: planned.runbook.digest } : used.last,
    endings: { ...used.endings, [ending]: (used.endings[ending] ?? 0) + 1 },
    steps,
  };
}

function seenAt(known: Seen | undefined, at: string): Seen {
  if (known === undefined) return { incidents: 1, first: at, last: at };
  return {
    incidents: known.incidents + 1,
    first: at < known.first ? at : known.first,
    last: at > known.last ? at : known.last,
  };
}

/** Outcomes of a command of which nobody can say that it worked. */
const bad: readonly string[] = ['failed', 'partial', 'timed_out', 'unknown'];

const saidAs: Readonly<Record<string, DriftKind>> = {
  modify: 'modified',
  narrow: 'modified',
  skip: 'skipped',
  reject: 'rejected',
};

function kindsOf({ dispatches }: Progress, spoken: readonly Spoken[], number: number): DriftKind[] {
  const of = (part: string) => dispatches.filter(({ dispatch }) => dispatch.step === number && dispatch.part === part);
  // A step that helped at its second attempt failed all the same at its first.
  const isBad = (part: string) =>
    of(part).some((known) => known.burn !== null && bad.includes(fateOf([known], 'audit').outcome));
  const said = spoken
    .filter((answer) => answer.dispatches.some(({ step }) => step === number))
    .flatMap(({ kind, word }) => (kind !== 'failure' && Object.hasOwn(saidAs, word) ? (saidAs[word] ?? []) : []));
  const isExpired = of('run').some(({ settled }) => settled?.decision === 'expired');
  const found = [
    ...(isBad('run') || isBad('rollback') ? ['failed' as const] : []),
    ...(isBad('verify') ? ['unverified' as const] : []),
    ...said,
    ...(isExpired ? ['expired' as const] : []),
  ];
  return driftKinds.filter((kind) => found.includes(kind));
}

function runbookDrift(id: string, used: Used, kept: Kept | null, today: string): RunbookDrift {
  const days = kept?.reviewed ? daysBetween(kept.reviewed, today) : null;
  return {
    id,
    incidents: used.incidents,
    lastUsed: used.last?.at ?? null,
    endings: used.endings,
    file: fileOf(used, kept),
    review: reviewOf(kept, days),
    reviewDays: days,
    reviewEvery: kept?.reviewEvery ?? null,
    steps: [...used.steps.values()]
      .filter(({ seen }) => Object.keys(seen).length > 0)
      .toSorted((a, b) => a.step - b.step),
  };
}

function fileOf({ last }: Used, kept: Kept | null): RunbookDrift['file'] {
  if (kept === null) return 'gone';
  if (last === null) return 'unused';
  return last.digest === kept.digest ? 'same' : 'changed';
}

function reviewOf(kept: Kept | null, days: number | null): RunbookDrift['review'] {
  if (kept === null) return 'unknown';
  if (days === null) return 'never';
  return days > intervalDays(kept.reviewEvery) ? 'overdue' : 'done';
}
