/** A draft post-mortem of a closed incident: everything in it stands in its audit, and what does not is left to people. */

import { isDrillAlarm } from '../../core/alarm/drill.ts';
import { parseAlarmArn } from '../../core/alarm/envelope.ts';
import type { BundleReport } from '../../core/audit/bundle-report.ts';
import type { ReadEntry } from '../../core/audit/chain.ts';
import { spokenIn } from '../../core/incident/spoken.ts';
import { type Lesson, lessonsOf } from '../../core/report/lessons.ts';
import { stepOutcome } from '../../core/report/summary.ts';
import { fieldWords } from '../../core/report/votes.ts';
import { incidentsOf, keyOf } from '../bundle-chains.ts';
import { storyOf } from '../replay/story.ts';
import { between } from '../replay/words.ts';
import { wordsOf } from '../timeline.ts';

export interface Moment {
  /** Counts the entries of the chain from 1. */
  readonly entry: number;
  readonly at: string;
  readonly actor: string;
  readonly words: string;
}

export interface PostMortem {
  readonly incidentId: string;
  readonly alarm: string | null;
  readonly alarmArn: string | null;
  readonly account: string | null;
  readonly region: string | null;
  readonly isDrill: boolean;
  readonly environment: string | null;
  readonly mode: string | null;
  readonly runbook: { readonly id: string; readonly digest: string } | null;
  readonly status: string;
  readonly cause: string | null;
  /** When the alarm changed, the incident began and ended, ISO 8601. */
  readonly alarmAt: string | null;
  readonly openedAt: string | null;
  readonly closedAt: string | null;
  /** Seconds; null = it did not happen. */
  readonly toQuestion: number | null;
  readonly toEnd: number | null;
  readonly steps: readonly {
    readonly number: number;
    readonly title: string;
    readonly level: string;
    readonly done: string;
  }[];
  /** Words whose signature was verified. */
  readonly decisions: readonly {
    readonly at: string;
    readonly by: string;
    readonly word: string;
    readonly steps: readonly number[];
    readonly said: string;
  }[];
  readonly timeline: readonly Moment[];
  /** What is not known. */
  readonly unknown: readonly string[];
  readonly lessons: readonly Lesson[];
  readonly integrity: BundleReport['integrity']['verdict'];
  readonly completeness: BundleReport['completeness']['verdict'];
}

/** What a reader of the timeline can do without: it is in the chain, and in `audit show`. */
const noise: readonly string[] = ['approval_delivered', 'dispatch_intended', 'command_sent', 'step_confirmed'];

/**
 * @param lines of a bundle that holds the incident.
 * @param adviceOf whether the runbook of this id has a section "If the alarm stays".
 * @throws where the incident is not in it, still goes on, or its audit is broken.
 */
export async function postMortemOf(
  lines: readonly string[],
  incidentId: string,
  adviceOf: (runbookId: string) => boolean,
): Promise<PostMortem> {
  const { report, progress, openedAt, closedAt, brokenAt } = await storyOf(lines, incidentId);
  if (report.verdict === 'broken')
    throw new Error(
      `report: the audit is broken${brokenAt === null ? '' : ` at entry ${brokenAt}`}, and no post-mortem is drafted from it; countersign audit verify says what is wrong`,
    );
  const entries = [...incidentsOf(lines)].find(({ id }) => id === incidentId)?.entries ?? [];
  const { planned, opened, closed } = progress;
  if (!closed) throw new Error(`report: ${incidentId} still goes on; a post-mortem is drafted when it is over`);
  const named = parseAlarmArn(opened?.alarmArn ?? '');
  const spoken = spokenIn(incidentId, entries, keyOf(lines));
  const at = (kind: string) => entries.find((entry) => entry.kind === kind)?.at ?? null;
  return {
    incidentId,
    alarm: opened?.alarmName ?? null,
    alarmArn: opened?.alarmArn ?? null,
    account: named?.account ?? null,
    region: named?.region ?? null,
    isDrill: planned?.alarm !== undefined && isDrillAlarm(planned.alarm),
    environment: planned?.environment ?? null,
    mode: planned?.mode ?? null,
    runbook: planned?.runbook ?? null,
    status: closed.status,
    cause: closed.cause ?? (progress.lastGate?.reasons.map(({ text }) => text).join('; ') || null),
    alarmAt: opened?.stateChangedAt ?? null,
    openedAt,
    closedAt,
    toQuestion: between(openedAt, at('approval_requested')),
    toEnd: between(openedAt, closedAt),
    steps: (planned?.steps ?? []).map(({ number, title, level }) => ({
      number,
      title,
      level,
      done: stepOutcome(progress, entries, number).words,
    })),
    decisions: spoken.map((answer) => ({
      at: answer.at,
      by: answer.by.name,
      word: answer.word,
      steps: [...new Set(answer.dispatches.map(({ step }) => step))],
      said: [...fieldWords(answer), ...(answer.reason ? [answer.reason] : [])].join('; '),
    })),
    timeline: entries.flatMap(momentOf),
    unknown: progress.dispatches.flatMap(({ dispatch, burn, finished }) =>
      burn && !finished ? [`how step ${dispatch.step} (${dispatch.part}) ended, and whether it ran`] : [],
    ),
    lessons: lessonsOf(progress, spoken, planned?.runbook ? adviceOf(planned.runbook.id) : true),
    integrity: report.integrity.verdict,
    completeness: report.completeness.verdict,
  };
}

function momentOf({ sequence, at, actor, kind, event }: ReadEntry): Moment[] {
  if (noise.includes(kind)) return [];
  if (event?.kind === 'gate_decided' && (event.decision === 'proceed' || event.decision === 'ask')) return [];
  const words = event ? wordsOf(event) : `${kind.slice(0, 60)}: this release does not know what it says`;
  return [{ entry: sequence, at, actor, words }];
}
