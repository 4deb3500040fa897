/** The verifier: whether a chain is whole, and if not, at which entry and how it was changed. */
import { type AuditEntry, AuditEntry as AuditEntrySchema, entryHash, noPrevious } from './entry.ts';

export interface ChainProblem {
  /** 1-based place in the given list. */
  readonly place: number;
  readonly problem: string;
}

export interface ChainReport {
  readonly chain: string;
  readonly entries: number;
  /** True when no problem was found. A chain that is not closed can be whole: its incident may still run. */
  readonly whole: boolean;
  readonly closed: boolean;
  readonly problems: readonly ChainProblem[];
}

/** Checks entries as read from the table (unknown shapes welcome); never throws. An empty chain is a problem, not a pass. */
export function verifyChain(chain: string, stored: readonly unknown[]): ChainReport {
  const problems: ChainProblem[] = [];
  let previous = noPrevious;
  let last: AuditEntry | null = null;
  if (stored.length === 0) problems.push({ place: 0, problem: `chain ${chain} has no entries` });
  for (const [index, raw] of stored.entries()) {
    const place = index + 1;
    const parsed = AuditEntrySchema.safeParse(raw);
    if (!parsed.success) {
      problems.push({ place, problem: `not an audit entry: ${parsed.error.issues[0]?.message ?? 'unknown shape'}` });
      continue;
    }
    const entry = parsed.data;
    for (const problem of entryProblems(chain, place, previous, last, entry)) problems.push({ place, problem });
    previous = entry.hash;
    last = entry;
  }
  return {
    chain,
    entries: stored.length,
    whole: problems.length === 0,
    closed: last?.event.kind === 'incident_closed',
    problems,
  };
}

function entryProblems(
  chain: string,
  place: number,
  previous: string,
  before: AuditEntry | null,
  entry: AuditEntry,
): string[] {
  const found: string[] = [];
  if (entry.chain !== chain) found.push(`belongs to chain ${entry.chain}`);
  if (entry.sequence !== place) found.push(`has sequence ${entry.sequence}, expected ${place}: removed or inserted`);
  if (entry.previous !== previous) found.push('does not follow the entry before it: removed, inserted or reordered');
  if (entryHash(entry) !== entry.hash) found.push('was changed: its hash does not fit its content');
  if (before?.event.kind === 'incident_closed') found.push('follows a closing entry');
  return found;
}
