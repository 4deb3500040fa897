/** Small builders of Block Kit: lines, lists and literal blocks, in which no text is ever interpreted. */

import type { Person } from '../report/person.ts';
import { shown, shownInline } from '../shown.ts';
import { isoOf } from '../time.ts';
import type { Block, RichElement, RichPart } from './blocks.ts';

const userId = /^[UW][A-Z0-9]{1,31}$/;

type Line = readonly (string | RichElement)[];

export function bold(text: string): RichElement {
  return { type: 'text', text, style: { bold: true } };
}

export function italic(text: string): RichElement {
  return { type: 'text', text, style: { italic: true } };
}

export function code(text: string): RichElement {
  return { type: 'text', text: text === '' ? ' ' : text, style: { code: true } };
}

/** Names a person and lets Slack notify them. */
export function mention(person: Person): RichElement {
  const { slackId } = person;
  return slackId !== null && userId.test(slackId) ? { type: 'user', user_id: slackId } : quietly(person);
}

/** Names a person without notifying them. */
export function quietly(person: Person): RichElement {
  return bold(shownInline(person.name ?? person.slackId ?? 'an unknown person', 120));
}

/** A link to a console page. `url` is ours (https); `text` may come from outside. */
export function link(url: string, text: string): RichElement {
  return { type: 'link', url, text: shownInline(text, 200) || url };
}

/** A moment in the reader's own time zone, with UTC beside it. `at` in epoch seconds. */
export function moment(at: number): RichElement[] {
  const fallback = utc(at);
  return [
    { type: 'date', timestamp: at, format: '{date_short_pretty} {time}', fallback },
    { type: 'text', text: ` (${fallback.slice(11)})` },
  ];
}

/** `2026-11-21 03:27 UTC`, from epoch seconds. */
export function utc(at: number): string {
  return `${isoOf(at * 1000)
    .slice(0, 16)
    .replace('T', ' ')} UTC`;
}

/** `48 s`, `4 min`, `2 h 5 min`, rounded down: what is said to be left is there. */
export function duration(seconds: number): string {
  if (seconds < 100) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** One paragraph. Empty strings vanish; an empty line is a dash. */
export function line(...parts: Line): Extract<RichPart, { type: 'rich_text_section' }> {
  const elements = parts.flatMap((part): RichElement[] => {
    if (typeof part !== 'string') return [part];
    return part === '' ? [] : [{ type: 'text', text: part }];
  });
  return { type: 'rich_text_section', elements: elements.length > 0 ? elements : [{ type: 'text', text: '–' }] };
}

/** Lines one below the other in one paragraph. */
export function lines(...rows: readonly Line[]): RichPart {
  return line(...rows.flatMap((row, at) => (at === 0 ? row : ['\n', ...row])));
}

/** Text exactly as it is, in a fixed-width frame. */
export function literal(text: string): RichPart {
  return { type: 'rich_text_preformatted', elements: [{ type: 'text', text: text === '' ? '(nothing)' : text }] };
}

export function bullets(rows: readonly Line[]): RichPart {
  return { type: 'rich_text_list', style: 'bullet', elements: rows.map((row) => line(...row)) };
}

export function rich(...elements: RichPart[]): Block {
  return { type: 'rich_text', elements };
}

export function plain(text: string, maximum: number) {
  return {
    type: 'plain_text' as const,
    text: shown(text, maximum - 30).slice(0, maximum) || '–',
    emoji: false as const,
  };
}

/** Slack's largest letters, at most 150 of them. */
export function header(text: string): Block {
  return { type: 'header', text: plain(text.replace(/\s+/g, ' ').trim(), 150) };
}

/** Small grey print. */
export function footer(text: string): Block {
  return { type: 'context', elements: [plain(text, 3000)] };
}

/** Text for the one place where Slack interprets it: a message's fallback. Mentions and links cannot be forged. */
export function fallback(text: string): string {
  return escaped(shownInline(text, 600)) || '–';
}

/** A text as mrkdwn in which mentions and links cannot be forged. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** `@ana`, `@ana and @bo`, `@ana, @bo and 3 more`; `nobody` when empty. */
export function people(
  persons: readonly Person[],
  name: (person: Person) => RichElement,
  last: 'and' | 'or' = 'and',
): Line {
  const kept = persons.slice(0, 12);
  const rest = persons.length - kept.length;
  const named = kept.map(name);
  const final = rest > 0 ? `${rest} more` : named.pop();
  if (final === undefined) return ['nobody'];
  const listed = named.flatMap((element, at): (string | RichElement)[] => (at === 0 ? [element] : [', ', element]));
  return listed.length === 0 ? [final] : [...listed, ` ${last} `, final];
}
