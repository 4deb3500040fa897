/** How an incident ended, and what a dry run would have asked: one message each, the most important first. */
import type { IncidentReport, StepReport } from '../report/incident-report.ts';
import type { Person } from '../report/person.ts';
import type { HostOutput, PrintedOutput } from '../report/printed.ts';
import { levelWords } from '../report/words.ts';
import { shown, shownInline } from '../shown.ts';
import type { Block, RichElement, RichPart, SlackMessage } from './blocks.ts';
import { actionIds } from './controls.ts';
import { areWhole, difference, type Fitted, fitting, outputs, type Room, transcript } from './parts.ts';
import {
  bold,
  duration,
  fallback,
  footer,
  header,
  line,
  lines,
  literal,
  mention,
  people,
  plain,
  quietly,
  rich,
} from './rich.ts';

/** The closing message of an incident. Always fits: outputs, then steps, are shortened with a note. */
export function incidentSummary(report: IncidentReport): SlackMessage {
  return summary(report, ranStep).message;
}

/** The one card of a dry run: what would have been asked, of whom, and no buttons. Notifies nobody by name. */
export function dryRunSummary(report: IncidentReport): SlackMessage {
  return summary(report, plannedStep).message;
}

/** The whole of what hosts printed, when the message shows only a part of it; null when it shows all. */
export function summaryTranscript(report: IncidentReport, isDryRun: boolean): string | null {
  const { room } = summary(report, isDryRun ? plannedStep : ranStep);
  const isWhole = report.steps.length <= room.entries * 3 && report.steps.every((step) => isShownWhole(step, room));
  return isWhole ? null : transcript(report.steps.flatMap(everything));
}

function isShownWhole({ printed, before, after, dryRun }: StepReport, room: Room): boolean {
  return [...printed.map(({ outputs: all }) => all), before, after, dryRun].every((all) => areWhole(all, room));
}

function everything({ number, title: name, printed, before, after, dryRun }: StepReport): PrintedOutput[] {
  const companion = (what: string, all: readonly HostOutput[]) => ({
    title: `Step ${number} (${name}), ${what}`,
    outputs: all,
  });
  return [companion('before', before), companion('dry run', dryRun), ...printed, companion('after', after)];
}

function summary(report: IncidentReport, show: (step: StepReport, room: Room) => Block): Fitted {
  const headline = `${report.title}: ${report.alarm.name}`;
  const { next } = report;
  return fitting(`${headline}. ${next}`, (room) => {
    const steps = report.steps.slice(0, room.entries * 3).map((step) => show(step, room));
    const hidden = report.steps.length - steps.length;
    const more = hidden > 0 ? [rich(line(`… ${hidden} more steps`))] : [];
    const advice = rich(line(bold('Next: '), shown(next, 600)));
    return {
      text: fallback(`${headline}. ${next}`),
      blocks: [
        header(headline),
        situation(report),
        advice,
        ...byHand(report, room),
        ...steps,
        ...more,
        ...tryAgain(report),
        closing(report),
      ],
    };
  });
}

function tryAgain({ isRetryOffered, incidentId }: IncidentReport): Block[] {
  if (!isRetryOffered) return [];
  const button = { type: 'button' as const, action_id: actionIds.retry, value: incidentId };
  return [{ type: 'actions', block_id: 'countersign.retry', elements: [{ ...button, text: plain('Try again', 75) }] }];
}

function byHand({ ifAlarmStays }: IncidentReport, room: Room): Block[] {
  if (ifAlarmStays === '') return [];
  return [
    rich(line(bold('If the alarm stays, the runbook says')), line(shown(ifAlarmStays, Math.max(room.characters, 300)))),
  ];
}

const stateWords = {
  OK: 'The alarm is OK again',
  ALARM: 'The alarm is still in ALARM',
  INSUFFICIENT_DATA: 'The alarm has too little data',
} as const;

function situation({ alarm, cause, seconds, environment }: IncidentReport): Block {
  const state = alarm.state === null ? 'The alarm could not be read' : stateWords[alarm.state];
  const since = seconds === null ? '' : `, ${duration(seconds)} after it began`;
  const where = environment === null ? '' : ` · ${shownInline(environment, 60)}`;
  const rows: (string | RichElement)[][] = [[bold(`${state}${since}`), where]];
  if (cause !== null) rows.push([shown(cause, 600)]);
  return rich(lines(...rows));
}

/** One step of a live run: what was done, who signed it, what it printed, and what changed. */
function ranStep(step: StepReport, room: Room): Block {
  const said = bold(`${step.mark} ${title(step)}`);
  return rich(
    line(said, ` – ${shownInline(step.done, 900)}`, ...answered(step, mention, 'and'), ...note(step)),
    ...step.printed.flatMap(({ outputs: all }, at) => outputs(at === 0 ? 'It printed' : 'Then', all, room)),
    ...changes(step, room),
  );
}

/** One step of a dry run: what would have been asked, of whom, and what its companion printed. */
function plannedStep(step: StepReport, room: Room): Block {
  const level = step.risk === null ? 'manual' : levelWords[step.risk].toLowerCase();
  return rich(
    line(
      bold(title(step)),
      ` – ${level}, ${shownInline(step.done, 900)}`,
      ...answered(step, quietly, 'or'),
      ...note(step),
    ),
    ...(step.command === null ? [] : [literal(shown(step.command, Math.max(room.characters, 80)))]),
    ...step.printed.flatMap(({ outputs: all }) => outputs('It printed', all, room)),
    ...outputs('It would', step.dryRun, room),
  );
}

function answered(step: StepReport, name: (person: Person) => RichElement, last: 'and' | 'or') {
  return step.people.length === 0 ? [] : [`, ${step.saying} `, ...people(step.people, name, last)];
}

/** As long as what became of the step: of its way back too each of twenty hosts is named. */
function note(step: StepReport): string[] {
  return step.note === null ? [] : [`: ${shownInline(step.note, 900)}`];
}

/** What the observation showed before and after; that nothing changed where something ran, or the other way round, is said. */
function changes(step: StepReport, room: Room): RichPart[] {
  const seen = step.after.flatMap((after) => {
    const before = step.before.find(({ host }) => host === after.host);
    return before === undefined ? [] : [{ before, after }];
  });
  // An observation that failed, or was cut when it was stored, looks the same whatever changed.
  const [blind, sighted] = [seen.filter(isBlind), seen.filter((pair) => !isBlind(pair))];
  const changed = sighted.map(({ before, after }) => ({
    host: after.host,
    text: difference(before.text, after.text) ?? '',
  }));
  const [same, different] = [changed.filter(({ text }) => text === ''), changed.filter(({ text }) => text !== '')];
  const onlyReads = step.risk === 'read_only';
  return [
    ...(same.length > 0 && !onlyReads
      ? [line(bold('Nothing changed'), ` on ${hostsOf(same)}, as far as its observation shows`)]
      : []),
    ...outputs(onlyReads ? 'Changed, although it only reads,' : 'Changed', different, room),
    ...(blind.length > 0
      ? [
          line(
            bold('What changed is not known'),
            ` on ${hostsOf(blind.map(({ after }) => after))}: its observation failed or was cut`,
          ),
        ]
      : []),
    ...outputs(
      'It shows now',
      blind.map(({ after }) => after),
      room,
    ),
  ];
}

function isBlind({ before, after }: { readonly before: HostOutput; readonly after: HostOutput }): boolean {
  return [before, after].some(({ keep, isPart = false }) => keep === 'end' || isPart);
}

function hostsOf(printed: readonly HostOutput[]): string {
  return shownInline(printed.map(({ host }) => host).join(', '), 300);
}

function title(step: StepReport): string {
  return `${step.number}. ${shownInline(step.title, 150)}`;
}

function closing(report: IncidentReport): Block {
  const runbook = report.runbook === null ? 'no runbook' : `${report.runbook.title} (${report.runbook.id})`;
  return footer(`${report.incidentId} · ${shownInline(runbook, 200)} · countersign audit verify ${report.incidentId}`);
}
