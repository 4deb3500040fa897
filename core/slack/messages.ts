/** How an incident ended, and what a dry run would have asked: one message each, the most important first. */
import type { DispatchOutcome, GateDecision, IncidentStatus, RiskLevel } from '../words.ts';
import type { Block, RichElement, RichPart, SlackMessage } from './blocks.ts';
import { difference, fitting, type HostOutput, levelWords, type Room } from './parts.ts';
import {
  bold,
  fallback,
  footer,
  header,
  line,
  lines,
  literal,
  mention,
  type Person,
  people,
  quietly,
  rich,
  shown,
  shownInline,
} from './rich.ts';

/** What became of one step. */
export interface StepReport {
  readonly number: number;
  readonly title: string;
  readonly risk: RiskLevel | null;
  readonly decision: GateDecision;
  readonly outcome: DispatchOutcome | 'not_sent';
  /** The script; shown in a dry run only. */
  readonly command: string | null;
  /** Who signed it, or in a dry run who would be asked. */
  readonly people: readonly Person[];
  /** Why it was skipped, halted or failed. */
  readonly note: string | null;
  readonly before: readonly HostOutput[];
  readonly after: readonly HostOutput[];
  /** What the `dry-run` companion printed. */
  readonly dryRun: readonly HostOutput[];
}

export interface IncidentReport {
  readonly incidentId: string;
  readonly status: IncidentStatus;
  readonly environment: string;
  readonly alarm: { readonly name: string; readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | null };
  readonly runbook: { readonly id: string; readonly title: string } | null;
  readonly steps: readonly StepReport[];
  /** Why it ended so; null when the status says it all. */
  readonly cause: string | null;
  /** Seconds from the alarm to the end. */
  readonly seconds: number;
  /** What a person should do now; null = the usual advice for the status. */
  readonly next: string | null;
}

/** Per status: the headline, and what to do next. */
const endings: Readonly<Record<IncidentStatus, { readonly title: string; readonly next: string }>> = {
  resolved: { title: 'Resolved', next: 'Nothing to do. Look into the cause by day.' },
  recovered: { title: 'Recovered by itself', next: 'Nothing was changed. Look into the cause by day.' },
  unverified: { title: 'Not verified', next: 'The steps ran, but the alarm did not stay in OK. Look at it now.' },
  rejected: { title: 'Rejected', next: 'The alarm stands. Fix it by hand, or raise it again for a new plan.' },
  expired: { title: 'Nobody answered in time', next: 'The alarm stands and nobody decided. Take over by hand now.' },
  halted: { title: 'Halted', next: 'Countersign stopped and will not go on by itself. Take over by hand now.' },
  failed: { title: 'Failed', next: 'A step or Countersign itself failed. Take over by hand now.' },
  aborted: {
    title: 'Stopped from outside',
    next: 'Someone stopped the run. Check what already ran, then take over by hand.',
  },
  dry_run: {
    title: 'Dry run, nothing changed',
    next: 'The alarm stands. Fix it by hand, or set mode: live in countersign.yaml.',
  },
  no_match: { title: 'No runbook fits', next: 'Fix it by hand, then write a runbook for this alarm.' },
};

/** The closing message of an incident. Always fits: outputs, then steps, are shortened with a note. */
export function incidentSummary(report: IncidentReport): SlackMessage {
  return summary(report, ranStep);
}

/** The one card of a dry run: what would have been asked, of whom, and no buttons. Notifies nobody by name. */
export function dryRunSummary(report: IncidentReport): SlackMessage {
  return summary(report, plannedStep);
}

function summary(report: IncidentReport, show: (step: StepReport, room: Room) => Block): SlackMessage {
  const headline = `${endings[report.status].title}: ${report.alarm.name}`;
  const next = report.next ?? endings[report.status].next;
  return fitting(`${headline}. ${next}`, (room) => {
    const steps = report.steps.slice(0, room.entries * 3).map((step) => show(step, room));
    const hidden = report.steps.length - steps.length;
    const more = hidden > 0 ? [rich(line(`… ${hidden} more steps`))] : [];
    const advice = rich(line(bold('Next: '), shown(next, 600)));
    return {
      text: fallback(`${headline}. ${next}`),
      blocks: [header(headline), situation(report), advice, ...steps, ...more, closing(report)],
    };
  });
}

const stateWords = {
  OK: 'The alarm is OK again',
  ALARM: 'The alarm is still in ALARM',
  INSUFFICIENT_DATA: 'The alarm has too little data',
} as const;

function situation({ alarm, cause, seconds, environment }: IncidentReport): Block {
  const state = alarm.state === null ? 'The alarm could not be read' : stateWords[alarm.state];
  const rows: (string | RichElement)[][] = [
    [bold(`${state}, ${duration(seconds)} after it began`), ` · ${shownInline(environment, 60)}`],
  ];
  if (cause !== null) rows.push([shown(cause, 600)]);
  return rich(lines(...rows));
}

/** One step of a live run: what was done, who signed it, and what changed. */
function ranStep(step: StepReport, room: Room): Block {
  const by = step.people.length === 0 ? [] : [', approved by ', ...people(step.people, mention)];
  const note = step.note === null ? [] : [`: ${shownInline(step.note, 300)}`];
  return rich(line(bold(`${mark(step)} ${title(step)}`), ` – ${done(step)}`, ...by, ...note), ...changes(step, room));
}

/** One step of a dry run: what would have been asked, of whom, and what its companion printed. */
function plannedStep(step: StepReport, room: Room): Block {
  const asks = step.people.length === 0 ? [] : [', would ask ', ...people(step.people, quietly, 'or')];
  const note = step.note === null ? [] : [`: ${shownInline(step.note, 300)}`];
  const level = step.risk === null ? 'manual' : levelWords[step.risk].toLowerCase();
  const ran = step.outcome === 'not_sent' ? 'not run' : done(step);
  return rich(
    line(bold(title(step)), ` – ${level}, ${ran}`, ...asks, ...note),
    ...(step.command === null ? [] : [literal(shown(step.command, Math.max(room.characters, 80)))]),
    ...step.dryRun
      .slice(0, room.entries)
      .flatMap(({ host, text }): RichPart[] => [
        line('It would, on ', shownInline(host, 100)),
        literal(shown(text.trimEnd(), room.characters)),
      ]),
  );
}

function changes(step: StepReport, room: Room): RichPart[] {
  return step.after.slice(0, room.entries).flatMap(({ host, text }): RichPart[] => {
    const before = step.before.find((output) => output.host === host);
    if (before === undefined) return [];
    const changed = difference(shown(before.text, room.characters), shown(text, room.characters));
    return [line('Before and after on ', shownInline(host, 100)), literal(changed)];
  });
}

const outcomeWords: Readonly<Record<StepReport['outcome'], string>> = {
  running: 'still running',
  succeeded: 'ran',
  failed: 'failed',
  timed_out: 'timed out',
  unknown: 'sent, but its result is unknown',
  refused: 'refused by the executor',
  stale: 'not sent, the policy changed',
  not_sent: 'not run',
};

function done(step: StepReport): string {
  return outcomeWords[step.outcome];
}

function mark(step: StepReport): string {
  if (step.outcome === 'succeeded') return '✓';
  return step.outcome === 'not_sent' ? '–' : '✗';
}

function title(step: StepReport): string {
  return `${step.number}. ${shownInline(step.title, 150)}`;
}

function closing(report: IncidentReport): Block {
  const runbook = report.runbook === null ? 'no runbook' : `${report.runbook.title} (${report.runbook.id})`;
  return footer(`${report.incidentId} · ${shownInline(runbook, 200)} · countersign audit verify ${report.incidentId}`);
}

/** `48 s`, `4 min`, `2 h 5 min`. */
function duration(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
