/** An incident as its bundle tells it: what happened when, what was asked, answered, sent and printed, and from where on nothing may be believed. */
import type { Evidence } from '../../core/alarm/evidence.ts';
import { isEntryLine, itemOfLine, type Section } from '../../core/audit/bundle.ts';
import type { BundleReport } from '../../core/audit/bundle-report.ts';
import { entryOf, type ReadEntry, readChain, readEntry, type StoredItem } from '../../core/audit/chain.ts';
import { type KnownElsewhere, verifyBundle } from '../../core/audit/verify-bundle.ts';
import { IncidentId } from '../../core/dispatch.ts';
import { type Progress, progressOf } from '../../core/incident/progress.ts';
import { shownOf } from '../../core/report/named-texts.ts';
import { epochOrNull } from '../../core/time.ts';
import { wordsOf } from '../timeline.ts';
import { type DispatchStory, dispatchStories } from './dispatches.ts';

/** One item of the chain. */
export interface Row {
  readonly place: number;
  /** ISO 8601; null for what is no entry. */
  readonly at: string | null;
  /** Seconds since the first entry. */
  readonly since: number | null;
  readonly actor: string;
  readonly words: string;
  readonly isLate: boolean;
  readonly hash: string | null;
  /** What verifying found here. */
  readonly problems: readonly string[];
  /** `after`: behind the first thing that is wrong. */
  readonly state: 'held' | 'wrong' | 'after';
}

export interface Story {
  readonly incidentId: string;
  readonly report: BundleReport;
  readonly progress: Progress;
  readonly openedAt: string | null;
  readonly closedAt: string | null;
  /** The first place at which something is wrong; null = nowhere. */
  readonly brokenAt: number | null;
  readonly rows: readonly Row[];
  readonly dispatches: readonly DispatchStory[];
  readonly evidence: readonly Evidence[];
  /** Entries of a recovery chain. */
  readonly recovery: number;
}

/**
 * Reads the story of one incident from the lines of a bundle.
 *
 * @throws {Error} when the bundle holds no such incident, or several and none was named.
 */
export async function storyOf(lines: readonly string[], incident?: string, known: KnownElsewhere = {}): Promise<Story> {
  const report = await verifyBundle([lines], known);
  const told = toldIn(lines, incident ?? selected(report) ?? onlyIncident(lines));
  const { chain: incidentId, burns, byFirstRelease } = told.section;
  const { entries } = readChain(incidentId, told.items);
  // Without Dispatches nobody knows that something was not sent: an intent counts as sent then.
  const progress = progressOf(entries, burns === null ? null : { burns, byFirstRelease });
  const found = problemsOf(report, incidentId);
  const brokenAt = found.length > 0 ? Math.min(...found.map(({ place }) => place)) : null;
  const shown = shownOf(told.texts);
  return {
    incidentId,
    report,
    progress,
    openedAt: entries[0]?.at ?? null,
    closedAt: entries.find(({ kind }) => kind === 'incident_closed')?.at ?? null,
    brokenAt,
    rows: rowsOf(told.items, found, brokenAt),
    dispatches: dispatchStories({
      entries,
      progress,
      textOf: shown.textOf,
      publicKey: known.publicKey ?? told.publicKey,
      brokenAt,
    }),
    evidence: shown.evidence,
    recovery: told.recovery,
  };
}

interface Told {
  readonly section: Section;
  readonly items: readonly StoredItem[];
  readonly texts: ReadonlyMap<string, string>;
  readonly publicKey: string | null;
  readonly recovery: number;
}

/** What the bundle holds of an incident; the first of two sections, of which verifying says that they are two. */
function toldIn(lines: readonly string[], incident: string): Told {
  let section: Section | null = null;
  let current: string | null = null;
  let publicKey: string | null = null;
  let recovery = 0;
  const items: StoredItem[] = [];
  const texts = new Map<string, string>();
  for (const line of lines) {
    const record = isEntryLine(line) ? null : recordOf(line);
    if (record?.record === 'key') publicKey ??= String(record.pem);
    if (record?.record === 'chain') {
      current = section && record.chain === incident ? null : String(record.chain);
      if (current === incident) section = record as unknown as Section;
    } else if (current === incident && record?.record === 'text') texts.set(String(record.digest), String(record.text));
    else if (current === incident && record?.record === 'item')
      items.push({ place: Number(record.place), text: String(record.text) });
    else if (current === incident && record === null) items.push(itemOfLine(line, items.length + 1));
    else if (current === `${incident}#recovery` && record === null) recovery += 1;
  }
  if (section) return { section, items, texts, publicKey, recovery };
  throw new Error(
    `replay: the bundle does not hold ${incident}; it holds: ${incidentsIn(lines).join(', ') || 'no incident'}`,
  );
}

function recordOf(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'record' in value ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const selected = ({ selection }: BundleReport) => (selection && 'incident' in selection ? selection.incident : null);

function incidentsIn(lines: readonly string[]): string[] {
  const chains = lines.flatMap((line) => (line.startsWith('{"record":"chain"') ? [String(recordOf(line)?.chain)] : []));
  return chains.filter((chain) => IncidentId.safeParse(chain).success);
}

function onlyIncident(lines: readonly string[]): string {
  const [only, ...others] = incidentsIn(lines);
  if (only !== undefined && others.length === 0) return only;
  const which = [only, ...others].slice(0, 20).join(', ');
  throw new Error(
    only
      ? `replay: name one of its incidents with --incident: ${which}`
      : 'replay: the file is no bundle that holds an incident',
  );
}

function problemsOf(report: BundleReport, chain: string): { place: number; text: string }[] {
  return [...report.integrity.problems, ...report.completeness.problems].flatMap((one) =>
    one.chain === chain && one.place !== null ? [{ place: one.place, text: one.text }] : [],
  );
}

function rowsOf(
  items: readonly StoredItem[],
  found: readonly { place: number; text: string }[],
  brokenAt: number | null,
): Row[] {
  const entries = items.map(({ text }) => entryOf(text));
  const first = epochOrNull(entries.find((entry) => entry !== null)?.at ?? '');
  const missing = found.filter(({ place }) => place > items.length);
  const rows = entries.map((entry, index): Row => {
    const place = index + 1;
    const problems = found.filter((one) => one.place === place).map(({ text }) => text);
    const state = problems.length > 0 ? 'wrong' : brokenAt !== null && place > brokenAt ? 'after' : 'held';
    const said = entry ? readEntry(entry) : null;
    const at = epochOrNull(said?.at ?? '');
    const since = at === null || first === null ? null : (at - first) / 1000;
    const { actor = '?', hash = null } = said ?? {};
    return {
      place,
      at: said?.at ?? null,
      since,
      actor,
      words: wordsIn(said),
      isLate: said?.raw.late === true,
      hash,
      problems,
      state,
    };
  });
  const lost = missing.map(({ place, text }): Row => {
    const nothing = { at: null, since: null, actor: '', isLate: false, hash: null };
    return { ...nothing, place, words: 'nothing is here', problems: [text], state: 'wrong' };
  });
  return [...rows, ...lost];
}

function wordsIn(said: ReadEntry | null): string {
  if (!said) return 'no audit entry: it cannot be read';
  return said.event ? wordsOf(said.event) : `${said.kind.slice(0, 60)}: this release does not know what it says`;
}
