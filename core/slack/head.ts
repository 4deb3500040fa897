/** The message at the top of an incident's thread: how it stands, at a glance. */
import type { HeadStep, IncidentHead } from '../report/incident-head.ts';
import { levelWords } from '../report/words.ts';
import { shown, shownInline } from '../shown.ts';
import type { Block, RichElement, SlackMessage } from './blocks.ts';
import { fitting } from './parts.ts';
import { bold, code, fallback, footer, header, line, lines, link, moment, quietly, rich } from './rich.ts';
import { stopButton } from './switch.ts';

/** Notifies nobody by name: cards do. Always fits: steps are left out with a note. */
export function headMessage(head: IncidentHead): SlackMessage {
  const headline = `${head.state}: ${head.alarmName}`;
  return fitting(headline, ({ entries }) => ({
    text: fallback(headline),
    blocks: [
      header(headline),
      situation(head),
      ...related(head),
      ...steps(head, entries * 3),
      ...onIt(head),
      ...places(head),
      ...(head.isOver || head.isStopped ? [] : [stopButton(head.incidentId)]),
      small(head),
    ],
  })).message;
}

type Row = (string | RichElement)[];

function situation({ alarmName, environment, mode, cause, since, runbook }: IncidentHead): Block {
  const where = [environment === null ? '' : shownInline(environment, 60), mode === 'dry_run' ? 'dry run' : ''];
  const began: Row = since === null ? [] : [' since ', ...moment(since)];
  const rows: Row[] = [
    [bold('ALARM '), code(shownInline(alarmName, 255)), ...began],
    ...(cause === null ? [] : [[shown(cause, 600)]]),
    [[...where, runbook === null ? '' : shownInline(runbook.title, 120)].filter((word) => word !== '').join(' · ')],
  ];
  return rich(lines(...rows.filter((row) => row.some((element) => element !== ''))));
}

function steps({ steps: all }: IncidentHead, most: number): Block[] {
  if (all.length === 0) return [];
  const rest = all.length - most;
  const rows = all.slice(0, most).map(stepRow);
  return [rich(lines(...rows, ...(rest > 0 ? [[`… ${rest} more steps`]] : [])))];
}

function stepRow({ number, title, level, mark, words }: HeadStep): Row {
  const risk = level === null ? 'by hand' : levelWords[level].toLowerCase();
  return [`${mark} `, bold(`${number}. ${shownInline(title, 150)}`), ` (${risk}) – ${shownInline(words, 300)}`];
}

/** Names that are listed; the others are counted. */
const mostRelated = 10;

function related({ related: names }: IncidentHead): Block[] {
  if (names.length === 0) return [];
  const rest = names.length - mostRelated;
  const named = names
    .slice(0, mostRelated)
    .flatMap((name, at): Row => [...(at === 0 ? [] : [', ']), code(shownInline(name, 120))]);
  const more = rest > 0 ? ` and ${rest} more` : '';
  return [
    rich(
      lines(
        [bold('Also ringing: '), ...named, more],
        ['Nothing is done about them here. Each rings for itself when this is over.'],
      ),
    ),
  ];
}

function onIt({ onIt: people }: IncidentHead): Block[] {
  if (people.length === 0) return [];
  const rows = people.slice(0, 5).map(({ person, at }): Row => [quietly(person), ' is on it since ', ...moment(at)]);
  return [rich(lines(...rows))];
}

function places({ links }: IncidentHead): Block[] {
  const named = links.flatMap(({ text, url }, at) => [...(at === 0 ? [] : [' · ']), link(url, text)]);
  return named.length === 0 ? [] : [rich(line(bold('Open '), ...named))];
}

function small({ incidentId, runbook }: IncidentHead): Block {
  const named = runbook === null ? [] : [shownInline(runbook.id, 120)];
  return footer([incidentId, ...named, `countersign audit show ${incidentId}`].join(' · '));
}
