/** Notes put into a runbook's Markdown, as prose below the titles of its steps: nothing of them is a command, a value or a setting. */
import { visible } from '../visible.ts';
import type { Runbook } from './runbook.ts';

/** Null = for the section "If the alarm stays". */
export interface Note {
  readonly step: number | null;
  readonly text: string;
}

const adviceHeading = '## If the alarm stays';
/** Characters of a note: a person's reason may be long, and a card shows what stands under a step. */
const longest = 300;

/** The text with the notes in it. */
export function withNotes(text: string, { steps }: Pick<Runbook, 'steps'>, notes: readonly Note[]): string {
  const lines = text.split('\n');
  // From the last step up, so that lines keep their numbers.
  for (const { number, line } of steps.toReversed()) {
    const own = notes.filter(({ step }) => step === number);
    if (own.length === 0) continue;
    const indent = ' '.repeat(/^\s*\d+[.)]\s+/.exec(lines[line - 1] ?? '')?.[0].length ?? 3);
    const title = endOfTitle(lines, line);
    lines.splice(title, 0, ...own.flatMap((note) => ['', `${indent}${inert(note.text)}`]));
    const next = title + 2 * own.length;
    if ((lines[next] ?? '').trim() !== '') lines.splice(next, 0, '');
  }
  const advice = notes.filter(({ step }) => step === null).map(({ text: one }) => inert(one));
  if (advice.length === 0) return lines.join('\n');
  return `${lines.join('\n').trimEnd()}\n\n${adviceHeading}\n\n${advice.join('\n\n')}\n`;
}

/** The number of lines up to the end of the step's first paragraph: before a blank line, or a script that follows at once. */
function endOfTitle(lines: readonly string[], line: number): number {
  let end = line;
  while (
    end < lines.length &&
    (lines[end] ?? '').trim() !== '' &&
    !/^\s*(```|~~~|[-*+] |\d+[.)] |#)/.test(lines[end] ?? '')
  )
    end += 1;
  return end;
}

/** One line of plain words, whatever somebody wrote: no markup, no placeholder, no fence; and its first word begins no list. */
function inert(text: string): string {
  const plain = visible(text)
    .replaceAll('\n', ' ')
    .replace(/[`*_[\]<>|#{}\\~]/g, ' ');
  return `Note: ${plain.replace(/\s+/g, ' ').trim().slice(0, longest)}`;
}
