/** The lines of `countersign drift`: what a person should look at, runbook by runbook, with how often and since when. */
import type { BundleReport } from '../../core/audit/bundle-report.ts';
import {
  type Drift,
  type DriftKind,
  driftKinds,
  isOdd,
  type RunbookDrift,
  type Seen,
  type StepDrift,
} from '../../core/report/drift.ts';
import { colours as pc } from '../colours.ts';
import { oneLine } from '../timeline.ts';

const words: Readonly<Record<DriftKind, string>> = {
  failed: 'failed',
  unverified: 'its check failed',
  modified: 'changed by people',
  skipped: 'skipped',
  rejected: 'rejected',
  expired: 'not answered in time',
};

export function driftLines(drift: Drift, report: BundleReport): string[] {
  const since = report.selection && 'since' in report.selection ? report.selection.since : null;
  const odd = drift.runbooks.filter(isOdd).flatMap((runbook) => runbookLines(runbook, since));
  const unanswered = Object.entries(drift.unanswered).toSorted(([, a], [, b]) => b.incidents - a.incidents);
  const nothing = odd.length === 0 && unanswered.length === 0;
  return [
    ...belief(report),
    ...odd,
    ...unanswered.map(([alarm, seen]) => oneLine(`${pc.yellow('!')} no runbook fits ${alarm}: ${timesOf(seen)}`)),
    ...(nothing
      ? [
          `${pc.green('✓')} nothing drifts: ${drift.runbooks.length} runbooks, all used and reviewed, and no step of them failed or was refused`,
        ]
      : []),
  ];
}

function belief({ verdict, integrity, completeness, chains }: BundleReport): string[] {
  const said = `Counted over ${chains} chains. Integrity: ${integrity.verdict}, completeness: ${completeness.verdict}.`;
  return verdict === 'broken'
    ? [said, pc.red('What follows was counted over chains that were tampered with.'), '']
    : [said, ''];
}

function runbookLines(runbook: RunbookDrift, since: string | null): string[] {
  const own = [...aboutFile(runbook, since), ...aboutReview(runbook)];
  const used = runbook.incidents > 0 ? `${incidents(runbook.incidents)}: ${endings(runbook)}` : 'no incident';
  return [
    oneLine(`${pc.yellow('!')} ${pc.bold(runbook.id)}  ${used}${own.length > 0 ? `; ${own.join('; ')}` : ''}`),
    ...runbook.steps.flatMap(stepLines),
  ];
}

function endings({ endings: by }: RunbookDrift): string {
  return Object.entries(by)
    .toSorted(([, a], [, b]) => b - a)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ');
}

function aboutFile({ file, lastUsed }: RunbookDrift, since: string | null): string[] {
  if (file === 'unused') return [`not used since ${since === null ? 'the bundle begins' : day(since)}`];
  if (file === 'gone') return [`its file is gone; last used ${day(lastUsed ?? '')}`];
  return file === 'changed' ? ['its file has changed since its last plan'] : [];
}

function aboutReview({ review, reviewDays, reviewEvery }: RunbookDrift): string[] {
  if (review === 'never') return ['it says no day of a review'];
  return review === 'overdue' ? [`last reviewed ${reviewDays} days ago, and wants it every ${reviewEvery}`] : [];
}

function stepLines({ step, title, isCurrent, planned, seen }: StepDrift): string[] {
  return driftKinds.flatMap((kind) => {
    const of = seen[kind];
    return of
      ? [
          oneLine(
            `    ${step}. ${title}: ${words[kind]} in ${of.incidents} of ${planned}, ${when(of)}${isCurrent ? '' : ', before its file changed'}`,
          ),
        ]
      : [];
  });
}

const timesOf = (seen: Seen) => `${incidents(seen.incidents)}, ${when(seen)}`;
const incidents = (count: number) => `${count} incident${count === 1 ? '' : 's'}`;
const day = (at: string) => at.slice(0, 10);

function when({ first, last }: Seen): string {
  return day(first) === day(last) ? `on ${day(first)}` : `from ${day(first)} to ${day(last)}`;
}
