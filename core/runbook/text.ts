/** The text of a runbook file before it is Markdown: what people would not see as the machine reads it. */
import { hiddenCharacters } from '../visible.ts';
import { maximumFileLength, maximumLineLength } from './limits.ts';
import type { Finding } from './problem.ts';

export interface ReadText {
  /** With LF, without a byte order mark and without lines that only nest. */
  readonly text: string;
  readonly findings: readonly Finding[];
  /** Whether the file is too large to be read any further. */
  readonly stops: boolean;
}

/** Reads on after every fault but a file that is too large. */
export function readText(original: string): ReadText {
  if (original.length > maximumFileLength) {
    const message = `the file has ${original.length} characters; at most ${maximumFileLength} are allowed`;
    const finding: Finding = { rule: 'file-too-large', line: 1, column: 1, message, fix: 'split the runbook' };
    return { text: '', findings: [finding], stops: true };
  }
  const findings = [...byteOrderMark(original), ...windowsLineEnds(original)];
  const text = original
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n');
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) findings.push(...lineFindings(line, index + 1, lines));
  return { text: lines.map(withoutNesting).join('\n'), findings, stops: false };
}

function byteOrderMark(text: string): Finding[] {
  if (!text.startsWith('\ufeff')) return [];
  const message = 'the file begins with a byte order mark: it hides U+FEFF';
  return [{ rule: 'byte-order-mark', line: 1, column: 1, message, fix: 'save it as UTF-8 without BOM' }];
}

function windowsLineEnds(text: string): Finding[] {
  const at = text.indexOf('\r');
  if (at < 0) return [];
  const before = text.slice(0, at).split('\n');
  const message = 'the file has Windows line ends, which a shell would run';
  const column = (before.at(-1)?.length ?? 0) + 1;
  return [{ rule: 'windows-line-ends', line: before.length, column, message, fix: 'save it with LF' }];
}

function lineFindings(line: string, number: number, lines: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  if (line.length > maximumLineLength) {
    const message = `the line has ${line.length} characters; at most ${maximumLineLength} are allowed`;
    findings.push({ rule: 'line-too-long', line: number, column: maximumLineLength + 1, message, fix: 'break it' });
  }
  const judged = isProse(number, lines) ? withoutEmoji(line) : line;
  for (const name of hiddenCharacters(judged)) {
    const column = judged.indexOf(String.fromCodePoint(Number.parseInt(name.slice(2), 16))) + 1;
    const fix = 'remove it: people must see what they approve';
    findings.push({ rule: 'hidden-character', line: number, column, message: `the line hides ${name}`, fix });
  }
  return findings;
}

/** Outside fences and front matter, as far as a line tells: there an emoji is a picture, and runs nowhere. */
function isProse(number: number, lines: readonly string[]): boolean {
  const before = lines.slice(0, number - 1);
  const marks = before.filter((line) => /^\s*(?:`{3,}|~{3,})/.test(line)).length;
  return marks % 2 === 0 && !/^\s*(?:`{3,}|~{3,})/.test(lines[number - 1] ?? '');
}

/** What makes a character an emoji hides nothing after one, nor what joins two. Kept as long as it was, so that columns stay. */
function withoutEmoji(line: string): string {
  return line.replace(
    /[\p{Emoji}\p{So}]\ufe0f(?:\u20e3)?|(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d(?=\p{Extended_Pictographic})/gu,
    (emoji) => '-'.repeat(emoji.length),
  );
}

/** Some thousand list marks on one line take minutes to read; nobody means them. */
function withoutNesting(line: string): string {
  const marks = /^(?:[\s>*+-]|\d{1,9}[.)]\s)*/.exec(line)?.[0] ?? '';
  return marks.length > maximumLineLength / 3 ? '' : line;
}
