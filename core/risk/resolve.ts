/** Resolves a word of the tree to what a command receives for it, by what the script's variables hold. */
import type { DoubleQuotedChild, Word, WordPart } from 'unbash';
import { type Argument, anything, isTame, literalArgument } from './arguments.ts';
import { isTameSubstitution, namesPath, tamePrefix } from './tame.ts';
import type { Variables } from './variables.ts';

/** A part of a word: its possible texts (null = any), whether file names or further words may come of it. */
interface Piece {
  readonly text: string;
  readonly values: readonly string[] | null;
  readonly hints: readonly string[];
  /** The literal beginning, where the rest is open. */
  readonly prefix?: string;
  readonly splits?: boolean;
  readonly glob?: boolean;
  /** Unknown, but none of its words is an option or empty at its start: a number, a folder, a host's name. */
  readonly tame?: boolean;
  /** Tame in double quotes only. */
  readonly spaced?: boolean;
  readonly inherited?: boolean;
  /** A variable that counts as not set. */
  readonly unset?: boolean;
  readonly quoted?: boolean;
}

/** More alternatives than this are not followed: the word counts as unknown. */
const mostValues = 64;

/** Numbers, absolute folders and names that the shell itself sets. */
const tameVariables = /^(?:[?#$!]|PPID|E?UID|RANDOM|SECONDS|LINENO|BASHPID|HOSTNAME|USER|LOGNAME|EPOCHSECONDS)$/;

/** Names that the shell itself sets, by what it reads, runs or matches: their values may come from anywhere. */
const ownNames =
  /^(?:_|BASH\w*|REPLY|MAPFILE|OPT(?:ARG|IND|ERR)|COPROC\w*|FUNCNAME|DIRSTACK|PIPESTATUS|GROUPS|COMP_\w+|READLINE_\w+|HIST\w*|PS[0-4]|IFS|PWD|OLDPWD|LINENO|SHELLOPTS|READ\w*|LINES|COLUMNS|(?:AWS_)?SSM_\w+)$/;

/** Whether a name's value can only come from the machine's own environment: nothing in the script sets it. */
function isInherited(name: string, variables: Variables): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !ownNames.test(name) && !variables.touches(name) && !variables.namesAreOpen;
}

/** Resolves a word. `variables` are the script's own assignments, as far as they are certain here. */
export function resolveWord(word: Word, variables: Variables, at: { start: number; end: number }): Argument {
  const parts = word.parts;
  if (parts === undefined) return literalArgument(word.value, at);
  if (parts.length > 0 && parts.every(isText)) return literalArgument(parts.map(textOf).join(''), at);
  const pieces = parts.map((part) => unquoted(pieceOf(part, variables)));
  const text = pieces.map((piece) => piece.text).join('');
  const values = product(pieces.map((piece) => piece.values));
  const literal = values?.length === 1 && !pieces.some((piece) => piece.splits || piece.glob);
  return {
    text: values?.length === 1 ? (values[0] ?? text) : text,
    literal,
    values,
    hints: values ?? product(pieces.map((piece) => piece.hints)) ?? anything,
    prefix: prefixOf(pieces),
    splits: pieces.some((piece) => piece.splits === true),
    glob: pieces.some((piece) => piece.glob === true),
    tame: pieces.every(isSteady) && startsTame(pieces),
    ...(pieces.some((piece) => piece.spaced) ? { spaced: true } : {}),
    ...(areInherited(pieces) ? { inherited: true } : {}),
    ...(pieces.every((piece) => piece.unset) && parts.every((part) => part.type !== 'DoubleQuoted')
      ? { absent: true }
      : {}),
    ...at,
  };
}

/** Most words with quotes hold nothing that the shell expands. */
function isText(part: WordPart): boolean {
  if (part.type === 'DoubleQuoted') return part.parts.every((child) => child.type === 'Literal');
  return part.type === 'Literal' || part.type === 'SingleQuoted';
}

function textOf(part: WordPart): string {
  if (part.type === 'DoubleQuoted')
    return part.parts.map((child) => (child.type === 'Literal' ? child.value : '')).join('');
  return part.type === 'Literal' || part.type === 'SingleQuoted' ? part.value : '';
}

function areInherited(pieces: readonly Piece[]): boolean {
  return (
    pieces.some((piece) => piece.inherited) &&
    pieces.every((piece) => piece.inherited || (piece.values?.length === 1 && !piece.splits))
  );
}

/** Outside quotes the shell splits what holds spaces. */
function unquoted(piece: Piece): Piece {
  return piece.spaced && !piece.quoted ? { ...piece, tame: false, splits: true, glob: piece.values === null } : piece;
}

/** No part adds a word that could be an option. */
function isSteady(piece: Piece): boolean {
  if (piece.tame) return true;
  if (piece.glob || piece.values === null) return false;
  return piece.values.every((value) => !/[*?[]|\s-|\s$/.test(value));
}

/** A part that may be empty lets the next one begin the word. */
function startsTame(pieces: readonly Piece[]): boolean {
  for (const piece of pieces) {
    if (piece.tame) continue;
    if (piece.values === null || piece.glob) return false;
    return piece.values.every((value) => /^[^-*?[]/.test(value));
  }
  return pieces.length > 0;
}

function pieceOf(part: WordPart, variables: Variables): Piece {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return known(part.value);
    case 'DoubleQuoted':
    case 'LocaleString':
      return joined(part.parts, variables);
    case 'Glob':
      return { ...known(part.value), glob: true };
    case 'SimpleExpansion':
      return variable(part.text.slice(1), part.text, variables);
    case 'ParameterExpansion':
      return parameter(part, variables);
    case 'ArithmeticExpansion':
      return { text: part.text, values: null, hints: anything, tame: true };
    case 'ProcessSubstitution':
      return known('/dev/fd/63');
    case 'BraceExpansion': {
      const values = braceValues(part.text);
      return { text: part.text, values, hints: values ?? anything, splits: values === null };
    }
    case 'CommandExpansion':
      return isTameSubstitution(part.script)
        ? {
            text: part.text,
            values: null,
            hints: anything,
            tame: true,
            prefix: tamePrefix(part.script),
            ...(isSpaced(namesPath(part.script), variables) ? { spaced: true } : {}),
          }
        : { text: part.text, values: null, hints: variables.hintsOfOutput(part.script), splits: true, glob: true };
    default:
      return { text: part.text, values: null, hints: anything, splits: true, glob: true };
  }
}

function isSpaced(path: ReturnType<typeof namesPath>, variables: Variables): boolean {
  return path === 'anywhere' || (path === 'here' && variables.foldersAreOpen);
}

function known(text: string): Piece {
  return { text, values: [text], hints: [text] };
}

/** `${x:-/var/log}` is one of x's values, or the default; `${#x}` is a number; the other operations are not followed. */
function parameter(part: Extract<WordPart, { type: 'ParameterExpansion' }>, variables: Variables): Piece {
  const { operation, parameter: name } = part;
  if (part.prefix === '#') return { text: part.text, values: null, hints: anything, tame: true };
  if (part.index || part.prefix)
    return { text: part.text, values: null, hints: variables.hintsOf(name) ?? anything, splits: true };
  if (operation === undefined) return variable(name, part.text, variables);
  const set = variables.hintsOf(name) ?? anything;
  if (operation.type !== 'Default' || !/^:?[-=]$/.test(operation.operator))
    return { text: part.text, values: null, hints: anything, splits: true };
  const other = resolveWord(operation.operand, variables, { start: part.pos, end: part.end });
  const hints = [...new Set([...set, ...other.hints])];
  // What the script does not set comes from the machine's own environment, or is the default.
  if (operation.operator.endsWith('-') && isInherited(name, variables) && other.literal && isTame(other))
    return { text: part.text, values: null, hints, tame: true };
  return { text: part.text, values: null, hints, splits: true };
}

/** Inside double quotes nothing splits but `"$@"` and `"${list[@]}"`, and no file names are made. */
function joined(children: readonly DoubleQuotedChild[], variables: Variables): Piece {
  const pieces = children.map((child) => pieceOf(child, variables));
  return {
    text: pieces.map((piece) => piece.text).join(''),
    values: product(pieces.map((piece) => piece.values)),
    hints: product(pieces.map((piece) => piece.hints)) ?? anything,
    prefix: prefixOf(pieces.map(({ glob: _, ...piece }) => piece)),
    splits: children.some(isList),
    tame: pieces.every(isSteady) && startsTame(pieces) && pieces.some((piece) => piece.tame),
    quoted: true,
    ...(pieces.some((piece) => piece.spaced) ? { spaced: true } : {}),
    ...(areInherited(pieces) ? { inherited: true } : {}),
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
    return { text: values[0] ?? '', values, hints: values, splits };
  }
  const hints = variables.hintsOf(name) ?? anything;
  if (variables.isTame(name)) {
    const spaced = variables.isSpaced(name) ? { spaced: true } : {};
    return { text, values: null, hints, tame: true, prefix: variables.prefixOf(name) || '0', ...spaced };
  }
  if (variables.touches(name)) return { text, values: null, hints, splits: true, prefix: variables.prefixOf(name) };
  if (name === 'HOME') return known('~');
  const spaced = isSpaced('here', variables) ? { spaced: true } : {};
  if (name === 'PWD') return { ...known('.'), ...spaced };
  if (name === 'OLDPWD') return { text, values: null, hints, tame: true, ...spaced };
  if (tameVariables.test(name)) return { text, values: null, hints, tame: true };
  return fromEnvironment(name, text, variables) ?? { text, values: null, hints, splits: true };
}

/** Names in which people keep options or programs: a value of theirs may well start with a dash, or be several words. */
const keepsOptions = /OPT|ARG|FLAG|PARAM|EXTRA|SWITCH|CMD|COMMAND|ACTION|SCRIPT|EXEC|SQL|EDITOR|PAGER|SHELL|EXPR/;

/** A variable of the machine's own environment as `readings` takes it: one plain word, or nothing. */
function fromEnvironment(name: string, text: string, variables: Variables): Piece | null {
  if (!/^[A-Z][A-Z0-9_]+$/.test(name) || keepsOptions.test(name) || !isInherited(name, variables)) return null;
  const reading = variables.readInherited(name);
  if (reading === 'set') return { text, values: null, hints: anything, tame: true, inherited: true };
  return reading === 'unset' ? { ...known(''), unset: true } : null;
}

/** `{a,b}` without quotes or nesting inside; ranges and the rest are not followed. */
function braceValues(text: string): readonly string[] | null {
  return /^\{[^{}'"$`\\]*,[^{}'"$`\\]*\}$/.test(text) ? [...text.slice(1, -1).split(','), text] : null;
}

function product(pieces: readonly (readonly string[] | null)[]): readonly string[] | null {
  let all: string[] = [''];
  for (const values of pieces) {
    if (values === null || all.length * values.length > mostValues) return null;
    all = all.flatMap((start) => values.map((value) => start + value));
  }
  return all;
}

/** A tame piece counts as a letter: whatever it is, it starts no option. */
function prefixOf(pieces: readonly Piece[]): string {
  let prefix = '';
  for (const [index, piece] of pieces.entries()) {
    if (piece.glob) return prefix;
    if (piece.values?.length === 1) prefix += piece.values[0];
    else if (piece.tame)
      return prefix !== '' || startsTame(pieces.slice(index)) ? prefix + (piece.prefix ?? '0') : prefix;
    else return prefix + (piece.prefix ?? '');
  }
  return prefix;
}
