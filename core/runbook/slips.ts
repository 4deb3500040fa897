/** Slips of the pen in a script: what was copied with it, or typed by an editor. Each is found, and mended for the rules that read on. */
import { findRule } from '../risk/catalogue.ts';
import { falseSpaces } from '../visible.ts';
import { foreignPlaceholders } from './foreign-placeholders.ts';
import type { RuleName } from './rules.ts';
import { type Role, rolesOf } from './shell-text.ts';

export interface Slip {
  /** UTF-16 offsets of what is wrong. */
  readonly start: number;
  readonly end: number;
  readonly rule: RuleName;
  readonly message: string;
  readonly fix: string;
  /** As long as what it replaces. */
  readonly mended: string;
}

/** Every slip, in order, and the script as it was meant: as long as it was, so that offsets stay. */
export function slipsIn(script: string): { readonly slips: readonly Slip[]; readonly mended: string } {
  const slips: Slip[] = [];
  let text = script;
  for (const find of [falseSpacesIn, promptsIn, typographyIn, foreignPlaceholders]) {
    const found = find(text, rolesOf(text));
    slips.push(...found);
    for (const { start, end, mended } of found) text = text.slice(0, start) + mended + text.slice(end);
  }
  return { slips, mended: text };
}

interface Line {
  readonly start: number;
  readonly text: string;
}

function linesOf(text: string): Line[] {
  let start = 0;
  return text.split('\n').map((line) => {
    const found = { start, text: line };
    start += line.length + 1;
    return found;
  });
}

/** White space that the shell takes for letters: legal, and hardly ever meant. */
function falseSpacesIn(script: string): Slip[] {
  return linesOf(script).flatMap(({ start, text }): Slip[] => {
    const names = falseSpaces(text);
    const at = text.search(/(?! )\p{Zs}/u);
    if (names.length === 0) return [];
    const message = `the script contains ${names.join(', ')}, which looks like a space, and which a shell takes for a letter`;
    const mended = text.slice(at).replace(/\p{Zs}/gu, ' ');
    return [
      { start: start + at, end: start + text.length, rule: 'false-space', message, fix: 'write a plain space', mended },
    ];
  });
}

const prompts: readonly RegExp[] = [
  /^[ \t]*(?:\([\w.-]+\)[ \t]*)?(?:[$%❯➜»])[ \t]+(?=\S)/u,
  /^[ \t]*\[?[A-Za-z_][\w.-]*@[\w.-]+(?:[:\s][^\s$#%\]]*)?\]?[ \t]*[$#%][ \t]+(?=\S)/,
  /^[ \t]*(?:ba|z|da|k|a)?sh-[\d.]+[a-z]?[$#][ \t]+(?=\S)/,
  /^[ \t]*(?:root|admin|ubuntu|ec2-user)[$#>][ \t]+(?=\S)/,
  /^[ \t]*(?:mysql|psql|postgres|sqlite|mongo\w*|redis|redis-cli|sql|irb(?:\([^)]*\))?|>>|MariaDB \[[^\]]*\]|(?:\d{1,3}\.){3}\d{1,3}:\d+|[a-z]\w*=[#>]?)(?:\(\w+\))?[>#][ \t]+(?=\S)/,
  /^[ \t]*PS [A-Z]:[^>]*>[ \t]*(?=\S)/,
  /^[ \t]*[A-Z]:\\[^>]*>[ \t]*(?=\S)/,
];

function promptsIn(script: string, roles: readonly Role[]): Slip[] {
  const lines = linesOf(script);
  const onlyComments = lines.every(({ text }) => /^\s*(?:#|$)/.test(text));
  return lines.flatMap(({ start, text }): Slip[] => {
    const begin = start + text.length - text.trimStart().length;
    if (roles[begin] !== 'c' && roles[begin] !== '#') return [];
    const prompt = prompts.map((shape) => shape.exec(text)?.[0]).find((found) => found !== undefined);
    const root = onlyComments && isCommand(text) ? /^\s*#+[ \t]*/.exec(text)?.[0] : undefined;
    const found = prompt ?? root;
    if (found === undefined) return [];
    const message =
      prompt === undefined
        ? `"${found.trim()}" before the command is a root prompt, and a comment to the shell: nothing would run`
        : `"${found.trim()}" is a prompt, not part of the command`;
    return [
      {
        start: begin,
        end: start + found.length,
        rule: 'prompt',
        message,
        fix: 'remove it',
        mended: ' '.repeat(start + found.length - begin),
      },
    ];
  });
}

/** Whether what follows a `#` is a command rather than a remark. */
function isCommand(comment: string): boolean {
  const [name = '', ...rest] = comment.replace(/^\s*#+\s*/, '').split(/\s+/);
  const words = name === 'sudo' ? rest : [name, ...rest];
  const remark = /[.!?:]$|\b(?:the|and|is|are|if|then|a|an|to|it|this|for|of)\b/.test(comment);
  return words[0] !== undefined && /^[a-z][\w.-]*$/.test(words[0]) && findRule(words[0]) !== undefined && !remark;
}

const typography: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '„': '"',
  '‟': '"',
  '«': '"',
  '»': '"',
  '″': '"',
  '‘': "'",
  '’': "'",
  '‚': "'",
  '‛': "'",
  '′': "'",
  '´': "'",
  '–': '-',
  '—': '-',
  '―': '-',
  '−': '-',
  '‐': '-',
  '‑': '-',
  '‒': '-',
};

/** Quotes and dashes that an editor made typographic, where the shell would take them for its own. */
function typographyIn(script: string, roles: readonly Role[]): Slip[] {
  return linesOf(script).flatMap(({ start, text }): Slip[] => {
    const found = [...text].flatMap((character, index) => {
      const at = start + index;
      return typography[character] !== undefined && roles[at] === 'c' ? [{ at, character }] : [];
    });
    const [first] = found;
    if (first === undefined || /^\s*(?:echo|printf|logger)\b/.test(text)) return [];
    const names = [...new Set(found.map(({ character }) => character))].map(
      (character) => `${character} (U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')})`,
    );
    const end = (found.at(-1)?.at ?? first.at) + 1;
    const mended = [...script.slice(first.at, end)]
      .map((one, index) => (roles[first.at + index] === 'c' ? (typography[one] ?? one) : one))
      .join('');
    const message = `the command contains ${names.join(' and ')}, which an editor made of a plain quote or hyphen, and which the shell takes for a letter`;
    const meant = [...new Set(found.map(({ character }) => typography[character]))].join(' and ');
    return [{ start: first.at, end, rule: 'typographic-character', message, fix: `write ${meant}`, mended }];
  });
}
