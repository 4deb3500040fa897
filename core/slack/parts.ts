/** What approval cards and summaries share: how much room there is, outputs of hosts, reasons of a risk, the words for a level. */
import type { RiskReason } from '../risk/verdict.ts';
import { type RiskLevel, riskLevels } from '../words.ts';
import type { RichElement, RichPart, SlackMessage } from './blocks.ts';
import { slackProblems } from './limits.ts';
import { bold, bullets, code, fallback, header, italic, line, literal, rich, shown, shownInline } from './rich.ts';

/** What a host printed. */
export interface HostOutput {
  /** The instance's id or name. */
  readonly host: string;
  readonly text: string;
}

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

/** The first message that Slack takes as it is, from the most generous room to the smallest; else the problems. */
export function firstThatFits(build: (room: Room) => SlackMessage): SlackMessage | string[] {
  let problems: string[] = [];
  for (const room of rooms) {
    const message = build(room);
    problems = slackProblems(message);
    if (problems.length === 0) return message;
  }
  return problems;
}

/** A message that always fits: the first that does, else its headline alone, which says that the rest is missing. */
export function fitting(text: string, build: (room: Room) => SlackMessage): SlackMessage {
  const message = firstThatFits(build);
  if (!Array.isArray(message)) return message;
  const missing = line('The rest of this message is too long for Slack; the audit trail and the work table have it.');
  return { text: fallback(text), blocks: [header(text), rich(missing)] };
}

export const levelWords: Readonly<Record<RiskLevel, string>> = {
  read_only: 'Read only',
  modifying: 'Modifying',
  destructive: 'Destructive',
  forbidden: 'Forbidden',
};

/** A heading and what hosts printed; equal outputs of several hosts are shown once. Empty without outputs. */
export function outputs(title: string, printed: readonly HostOutput[], room: Room): RichPart[] {
  if (printed.length === 0) return [];
  const groups = new Map<string, string[]>();
  for (const { host, text } of printed) groups.set(text, [...(groups.get(text) ?? []), host]);
  const kept = [...groups].slice(0, room.entries);
  const rest = printed.length - kept.reduce((sum, [, hosts]) => sum + hosts.length, 0);
  return [
    ...kept.flatMap(([text, hosts], at): RichPart[] => [
      line(at === 0 ? bold(title) : '', at === 0 ? ' on ' : 'on ', shownInline(hosts.join(', '), 200)),
      literal(shown(text.trimEnd(), room.characters)),
    ]),
    ...(rest > 0 ? [line(italic(`… and on ${rest} more hosts, not shown here`))] : []),
  ];
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

/** The lines that differ between two outputs, as `- before` and `+ after`; what they share at both ends is left out. */
export function difference(before: string, after: string): string {
  const [old, fresh] = [before.trimEnd().split('\n'), after.trimEnd().split('\n')];
  if (old.join('\n') === fresh.join('\n')) return '(no difference)';
  while (old.length > 0 && fresh.length > 0 && old[0] === fresh[0]) [old.shift(), fresh.shift()];
  while (old.length > 0 && fresh.length > 0 && old.at(-1) === fresh.at(-1)) [old.pop(), fresh.pop()];
  return [...old.map((text) => `- ${text}`), ...fresh.map((text) => `+ ${text}`)].join('\n');
}
