/** What a paged person reads when a record that must never change was changed, or an entry does not continue its chain. */
import type { SwitchReading } from '../incident/kill-switch.ts';
import { shownInline } from '../shown.ts';

/** Something that happened to one item of Audit or Dispatches. */
export interface Change {
  /** The stream's own id of it, the same however often it is delivered. */
  readonly eventId: string;
  /** The table's name. */
  readonly table: string;
  /** `INSERT`, `MODIFY` or `REMOVE`, as the stream says. */
  readonly operation: string;
  readonly pk: string;
  /** A place in a chain of Audit, or a text. */
  readonly sk: number | string;
  /** The kind that the item named before, and names now; null = it names none, or there is none. Never its body. */
  readonly before: string | null;
  readonly after: string | null;
  /** The entry's text of a new item of Audit; null for everything else. */
  readonly text: string | null;
  /** The new item as the stream gives it; null when there is none. */
  readonly image: unknown;
}

/** One change that people must know about: what was wrong, or what became of stopping. */
export type Finding =
  | { readonly change: Change; readonly problem: string }
  | { readonly change: Change; readonly stop: SwitchReading | Error };

/** A page lists as many; a flood of changes is one page and a number. */
const mostListed = 10;
const longestLine = 600;

/** Subject and text: what, where and under which key, old and new kind, whether sending is stopped. Never a body. */
export function tamperingPage(findings: readonly Finding[]): { subject: string; text: string } {
  const changed = findings.filter((finding) => 'stop' in finding);
  const left = findings.length - mostListed;
  const lines = [
    changed.length > 0
      ? 'Records of Countersign that nobody may change were changed or removed. Treat it as an attack until you know better.'
      : 'Entries of Countersign’s audit do not continue their chains. On such a chain nothing is sent.',
    ...findings.slice(0, mostListed).map(lineOf),
    ...(left > 0 ? [`… and ${left} more. The log group of countersign-archive has them all.`] : []),
    ...changed.slice(-1).map(({ stop }) => stopLine(stop)),
    'Look: countersign audit verify CHAIN. What an item was before is in the tables’ point-in-time recovery.',
  ];
  return {
    subject: changed.length > 0 ? 'Countersign: records were changed' : 'Countersign: an audit chain is broken',
    text: lines.map((line) => shownInline(line, longestLine)).join('\n'),
  };
}

function lineOf(finding: Finding): string {
  const { table, operation, pk, sk, before, after } = finding.change;
  const where = `${table}, ${pk}, ${sk}`;
  if ('problem' in finding) return `- ${where}: ${after ?? 'an item'} was added and ${finding.problem}`;
  if (operation === 'REMOVE') return `- ${where}: ${before ?? 'an item'} was removed`;
  return `- ${where}: ${before ?? 'an item'} became ${after ?? 'something else'} (${operation})`;
}

/** Says only what is known: a stop that could not be put is for people to put. */
function stopLine(stop: SwitchReading | Error): string {
  if (stop instanceof Error)
    return `Countersign could not stop itself (${stop.message}) and tries again. Stop it by hand: docs/operations.md, "Stop everything".`;
  if (stop.stopped)
    return `Countersign sends nothing any more: stop ${stop.number} is in force until a person lifts it: countersign resume. What runs already goes on.`;
  return 'It was stopped for this once, and a person has lifted that stop: Countersign sends again.';
}
