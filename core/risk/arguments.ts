/** What a command receives for a word: its literal text, or what can be said about it before it is expanded. */
import type { DoubleQuotedChild, Word, WordPart } from 'unbash';
import type { Variables } from './variables.ts';

/** One word of a command. `start` and `end` are UTF-16 offsets into the classified script. */
export interface Argument {
  /** Without quotes; what is unresolved stands as it is written, `~` stands for `$HOME`. */
  readonly text: string;
  /** Whether the command receives exactly `text`, as one word. */
  readonly literal: boolean;
  /** All texts it can be when these are known (a variable's values, braces): otherwise null. */
  readonly values: readonly string[] | null;
  /** The literal beginning. */
  readonly prefix: string;
  /** An unquoted expansion, which may become several words or none. */
  readonly splits: boolean;
  /** Has unquoted `*`, `?` or `[…]`. */
  readonly glob: boolean;
  readonly start: number;
  readonly end: number;
}

/** A part of a word: its possible texts (null = any), whether file names or further words may come of it. */
interface Piece {
  readonly text: string;
  readonly values: readonly string[] | null;
  /** The literal beginning, where the rest is open. */
  readonly prefix?: string;
  readonly splits?: boolean;
  readonly glob?: boolean;
  /** Unknown, but surely no option: a number, a folder, a host's name. */
  readonly tame?: boolean;
}

/** More alternatives than this are not followed: the word counts as unknown. */
const mostValues = 64;

/** Numbers, absolute folders and names that the shell itself sets. */
const tameVariables =
  /^(?:[?#$!]|PPID|E?UID|RANDOM|SECONDS|LINENO|BASHPID|HOSTNAME|USER|LOGNAME|PWD|OLDPWD|EPOCHSECONDS)$/;

/** Resolves a word. `variables` are the script's own assignments, as far as they are certain here. */
export function resolveWord(word: Word, variables: Variables, at: { start: number; end: number }): Argument {
  const parts = word.parts;
  if (parts === undefined) return literalArgument(word.value, at);
  const pieces = parts.map((part) => pieceOf(part, variables));
  const text = pieces.map((piece) => piece.text).join('');
  const values = product(pieces);
  const literal = values?.length === 1 && !pieces.some((piece) => piece.splits || piece.glob);
  return {
    text: values?.length === 1 ? (values[0] ?? text) : text,
    literal,
    values,
    prefix: prefixOf(pieces),
    splits: pieces.some((piece) => piece.splits === true),
    glob: pieces.some((piece) => piece.glob === true),
    ...at,
  };
}

/** A word whose text is known. */
export function literalArgument(text: string, at: { start: number; end: number }): Argument {
  return {
    text,
    literal: true,
    values: [text],
    prefix: text,
    splits: false,
    glob: false,
    start: at.start,
    end: at.end,
  };
}

/** Whether the command may take this word as an option. A leading `*` may match a file that is named like one. */
export function mayBeOption(word: Argument): boolean {
  if (word.literal) return word.text.startsWith('-') && word.text.length > 1;
  if (word.splits) return true;
  if (word.values !== null && !word.glob) return word.values.some((value) => value.startsWith('-'));
  return word.prefix === '' || word.prefix.startsWith('-');
}

function pieceOf(part: WordPart, variables: Variables): Piece {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return { text: part.value, values: [part.value] };
    case 'DoubleQuoted':
    case 'LocaleString':
      return joined(part.parts, variables);
    case 'Glob':
      return { text: part.value, values: [part.value], glob: true };
    case 'SimpleExpansion':
      return variable(part.text.slice(1), part.text, variables);
    case 'ParameterExpansion':
      return part.operation || part.index || part.prefix
        ? { text: part.text, values: null, splits: part.prefix !== '#', tame: part.prefix === '#' }
        : variable(part.parameter, part.text, variables);
    case 'ArithmeticExpansion':
      return { text: part.text, values: null, tame: true };
    case 'ProcessSubstitution':
      return { text: '/dev/fd/63', values: ['/dev/fd/63'] };
    case 'BraceExpansion':
      return { text: part.text, values: braceValues(part.text), splits: braceValues(part.text) === null };
    case 'CommandExpansion':
      return isTame(part)
        ? { text: part.text, values: null, tame: true }
        : { text: part.text, values: null, splits: true, glob: true };
    default:
      return { text: part.text, values: null, splits: true, glob: true };
  }
}

/** `$(pgrep nginx)`: numbers or a host's name, whatever they are on the machine. */
function isTame(part: Extract<WordPart, { type: 'CommandExpansion' }>): boolean {
  const [statement, second] = part.script?.commands ?? [];
  const command = statement?.type === 'Statement' ? statement.command : statement;
  if (second !== undefined || command?.type !== 'Command' || command.prefix.length > 0) return false;
  if (!/^(?:pgrep|pidof|nproc|hostname|whoami)$/.test(command.name?.value ?? '')) return false;
  return command.suffix.every(
    (word) => word.type === 'Word' && /^[\w.,/-]+$/.test(word.text) && !/^-\w*[alS]|^--/.test(word.text),
  );
}

/** Inside double quotes nothing splits but `"$@"` and `"${list[@]}"`, and no file names are made. */
function joined(children: readonly DoubleQuotedChild[], variables: Variables): Piece {
  const pieces = children.map((child) => pieceOf(child, variables));
  return {
    text: pieces.map((piece) => piece.text).join(''),
    values: product(pieces),
    prefix: prefixOf(pieces),
    splits: children.some(isList),
    tame: pieces[0]?.tame === true,
  };
}

function isList(child: DoubleQuotedChild): boolean {
  if (child.type === 'SimpleExpansion') return child.text === '$@';
  return child.type === 'ParameterExpansion' && (child.parameter === '@' || child.index?.value === '@');
}

function variable(name: string, text: string, variables: Variables): Piece {
  const values = variables.valuesOf(name);
  if (values !== null) {
    const splits = values.some((value) => value === '' || /[\s*?[]/.test(value));
    return { text: values[0] ?? '', values, splits };
  }
  if (variables.touches(name)) return { text, values: null, splits: true };
  if (name === 'HOME') return { text: '~', values: ['~'] };
  if (name === 'PWD') return { text: '.', values: ['.'] };
  return tameVariables.test(name) ? { text, values: null, tame: true } : { text, values: null, splits: true };
}

/** `{a,b}` without quotes or nesting inside; ranges and the rest are not followed. */
function braceValues(text: string): readonly string[] | null {
  return /^\{[^{}'"$`\\]*,[^{}'"$`\\]*\}$/.test(text) ? [...text.slice(1, -1).split(','), text] : null;
}

function product(pieces: readonly Piece[]): readonly string[] | null {
  let all: string[] = [''];
  for (const piece of pieces) {
    if (piece.values === null) return null;
    if (all.length * piece.values.length > mostValues) return null;
    const values = piece.values;
    all = all.flatMap((start) => values.map((value) => start + value));
  }
  return all;
}

/** A tame piece counts as a letter: whatever it is, it starts no option. */
function prefixOf(pieces: readonly Piece[]): string {
  let prefix = '';
  for (const piece of pieces) {
    if (piece.glob) return prefix;
    if (piece.values?.length === 1) prefix += piece.values[0];
    else return piece.tame ? `${prefix}0` : prefix + (piece.prefix ?? '');
  }
  return prefix;
}
