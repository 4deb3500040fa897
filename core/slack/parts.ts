/** What approval cards and summaries share: how much room there is, outputs of hosts, reasons of a risk, the words for a level. */
import { structuredPatch } from 'diff';
import { redact } from '../redact.ts';
import type { HostOutput, PrintedOutput } from '../report/printed.ts';
import type { RiskReason } from '../risk/verdict.ts';
import { excerpt, shownInline } from '../shown.ts';
import { shorten, visible } from '../visible.ts';
import { riskLevels } from '../words.ts';
import type { RichElement, RichPart, SlackMessage } from './blocks.ts';
import { slackProblems } from './limits.ts';
import { bold, bullets, code, fallback, header, italic, line, literal, rich } from './rich.ts';

/** How much of everything that may be shortened is shown: characters per output, entries per list. */
export interface Room {
  readonly characters: number;
  readonly entries: number;
}

/** From generous to nothing: a builder takes the first with which its message fits. */
export const rooms: readonly Room[] = [
  { characters: 1500, entries: 10 },
  { characters: 700, entries: 6 },
  { characters: 250, entries: 4 },
  { characters: 80, entries: 2 },
  { characters: 0, entries: 1 },
];

/** A message, and the room that was left for what may be shortened in it. */
export interface Fitted {
  readonly message: SlackMessage;
  readonly room: Room;
}

/** The first message that Slack takes as it is, from the most generous room to the smallest; else the problems. */
export function firstThatFits(build: (room: Room) => SlackMessage): Fitted | string[] {
  let problems: string[] = [];
  for (const room of rooms) {
    const message = build(room);
    problems = slackProblems(message);
    if (problems.length === 0) return { message, room };
  }
  return problems;
}

/** No room at all: nothing is shown whole. */
const nothing: Room = { characters: 0, entries: 0 };

/** A message that always fits: the first that does, else its headline alone, which says that the rest is missing. */
export function fitting(text: string, build: (room: Room) => SlackMessage): Fitted {
  const fitted = firstThatFits(build);
  if (!Array.isArray(fitted)) return fitted;
  const missing = line('The rest of this message is too long for Slack; the audit trail and the work table have it.');
  return { message: { text: fallback(text), blocks: [header(text), rich(missing)] }, room: nothing };
}

/** A heading and what hosts printed; equal outputs of several hosts are shown once. Empty without outputs. */
export function outputs(title: string, printed: readonly HostOutput[], room: Room): RichPart[] {
  if (printed.length === 0) return [];
  const groups = [...Map.groupBy(printed, ({ text }) => text).values()];
  const kept = groups.slice(0, room.entries);
  const rest = printed.length - kept.flat().length;
  return [
    ...kept.flatMap((alike, at): RichPart[] => {
      const hosts = shownInline(alike.map(({ host }) => host).join(', '), 200);
      return [
        line(at === 0 ? bold(title) : '', at === 0 ? ' on ' : 'on ', hosts),
        ...alike.slice(0, 1).map((output) => literal(excerpt(output, room.characters))),
      ];
    }),
    ...(rest > 0 ? [line(italic(`… and on ${rest} more hosts, not shown here`))] : []),
  ];
}

/** Characters: a whole incident's outputs of ordinary size, and small enough to be sent within a file's 2.5 s. */
const longestTranscript = 400_000;

/** Everything that was printed, in one text file, for where a message has no room for it; nothing hidden, no secrets. */
export function transcript(printed: readonly PrintedOutput[]): string {
  const pieces = printed.flatMap(({ title, outputs: all }) =>
    all.map(({ host, text }) => `== ${title}, on ${host}\n${visible(redact(text.trimEnd())) || '(nothing)'}\n`),
  );
  return shorten(pieces.join('\n'), longestTranscript);
}

/** Whether all of these outputs are shown whole. */
export function areWhole(printed: readonly HostOutput[], room: Room): boolean {
  const texts = new Set(printed.map(({ text }) => text));
  const isWhole = ({ text, missing = 0 }: HostOutput) => missing === 0 && text.trimEnd().length <= room.characters;
  return texts.size <= room.entries && printed.every(isWhole);
}

/** A risk's reasons, worst first, each with the part of the script that it is about. */
export function reasonList(script: string, reasons: readonly RiskReason[], room: Room): RichPart[] {
  const sorted = reasons.toSorted((a, b) => riskLevels.indexOf(b.level) - riskLevels.indexOf(a.level));
  const kept = sorted.slice(0, Math.max(room.entries, 3));
  const rest = sorted.length - kept.length;
  const rows = kept.map((reason): (string | RichElement)[] => [
    shownInline(reason.text, 200),
    ...span(script, reason),
    ` (${shownInline(reason.rule, 60)}${reason.flag === undefined ? '' : `, ${reason.flag.replaceAll('_', ' ')}`})`,
  ]);
  if (rest > 0) rows.push([italic(`… ${rest} more reasons`)]);
  return rows.length === 0 ? [] : [bullets(rows)];
}

/** The part of the script that a reason is about, unless that is all of it. */
function span(script: string, { start, end }: RiskReason): (string | RichElement)[] {
  const part = script.slice(start, end).trim();
  return part === '' || part === script.trim() ? [] : [': ', code(shownInline(part, 80))];
}

/** More lines that differ than this are no longer looked for: of texts that have little in common a diff says nothing. */
const mostEdits = 2_000;

/**
 * What changed from one output to another, over their whole texts: lines that went (`-`), came (`+`), and one line around
 * them. Null when they are equal.
 */
export function difference(before: string, after: string): string | null {
  const [old, fresh] = [ended(before), ended(after)];
  if (old === fresh) return null;
  const patch = structuredPatch('', '', old, fresh, '', '', { context: 1, maxEditLength: mostEdits });
  if (patch === undefined) return `(more than ${mostEdits} lines differ; now it prints:)\n${fresh}`;
  const spaced = (row: string) => `${row.slice(0, 1)} ${row.slice(1)}`;
  return patch.hunks.map(({ lines: rows }) => rows.map(spaced).join('\n')).join('\n…\n');
}

/** With one line feed at the end, so that a missing one is no difference. */
function ended(text: string): string {
  return text.trimEnd() === '' ? '' : `${text.trimEnd()}\n`;
}
