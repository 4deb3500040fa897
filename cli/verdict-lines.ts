/** A verdict for a person: the level, then each finding with the text it is about underlined. */

import stringWidth from 'string-width';
import type { RiskReason, RiskVerdict } from '../core/risk/verdict.ts';
import { visible } from '../core/visible.ts';
import type { RiskLevel } from '../core/words.ts';
import { colours as pc } from './colours.ts';

/** How a level looks, wherever a person meets one on the command line. */
export const levelColours: Readonly<Record<RiskLevel, (text: string) => string>> = {
  read_only: pc.green,
  modifying: pc.yellow,
  destructive: pc.red,
  forbidden: (text) => pc.bold(pc.red(text)),
};

/** Characters of one line of the command that are shown around a finding. */
const longestLine = 160;

/** The lines to print, without line feeds. */
export function verdictLines(command: string, verdict: RiskVerdict): string[] {
  const flags = verdict.flags.map((flag) => pc.magenta(flag));
  const head = [pc.bold(levelColours[verdict.level](verdict.level)), ...flags].join(' ');
  return [head, ...telling(verdict).flatMap((reason) => reasonLines(command, reason))];
}

/** What raised the verdict; of a plain read, all. */
function telling({ reasons }: RiskVerdict): readonly RiskReason[] {
  const raising = reasons.filter((reason) => reason.level !== 'read_only' || reason.flag !== undefined);
  return raising.length > 0 ? raising : reasons;
}

function reasonLines(command: string, reason: RiskReason): string[] {
  const flag = reason.flag ? `, ${reason.flag}` : '';
  const mark = levelColours[reason.level](`${reason.level}${flag}`);
  return [`  ${mark}: ${visible(reason.text)} ${pc.dim(`(${reason.rule})`)}`, ...excerpt(command, reason)];
}

/** The line on which the finding starts, and carets under its part of that line. */
function excerpt(command: string, { start, end }: RiskReason): string[] {
  const lineStart = command.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = command.indexOf('\n', start) < 0 ? command.length : command.indexOf('\n', start);
  const from = Math.max(lineStart, Math.min(start - 40, lineEnd - longestLine));
  const to = Math.min(lineEnd, from + longestLine);
  const before = shown(command.slice(from, start));
  const marked = shown(command.slice(start, Math.max(start, Math.min(end, to))));
  const after = shown(command.slice(Math.min(end, to), to));
  if (marked === '') return [];
  return [
    `      ${before}${pc.underline(marked)}${after}`,
    `      ${' '.repeat(stringWidth(before))}${'^'.repeat(stringWidth(marked))}`,
  ];
}

function shown(text: string): string {
  return visible(text).replaceAll('\t', ' ').replaceAll('\n', ' ');
}
