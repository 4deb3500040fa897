/** What a command receives for a word: its literal text, or what can be said about it before it is expanded. */

/** One word of a command. `start` and `end` are UTF-16 offsets into the classified script. */
export interface Argument {
  /** Without quotes; what is unresolved stands as it is written, `~` stands for `$HOME`. */
  readonly text: string;
  /** Whether the command receives exactly `text`, as one word. */
  readonly literal: boolean;
  /** All texts it can be when these are known (a variable's values, braces): otherwise null. */
  readonly values: readonly string[] | null;
  /** Texts it may be as far as the script says, with `*` for what is open: for looking for secrets, never for lowering. */
  readonly hints: readonly string[];
  /** The literal beginning. */
  readonly prefix: string;
  /** An unquoted expansion, which may become several words or none. */
  readonly splits: boolean;
  /** Has unquoted `*`, `?` or `[…]`. */
  readonly glob: boolean;
  /** Whether none of the words that come of it can be an option, however it splits: for words that are not literal. */
  readonly tame: boolean;
  /** Whether a tame value may hold spaces (a path): it is tame in double quotes only. */
  readonly spaced?: boolean;
  /** Every open part is a variable that only the machine's own environment can set. */
  readonly inherited?: boolean;
  /** Unquoted, and nothing comes of it: the command receives no word at all. */
  readonly absent?: boolean;
  readonly start: number;
  readonly end: number;
}

/** What may stand for any text. */
export const anything: readonly string[] = ['*'];

/** A word whose text is known. */
export function literalArgument(text: string, at: { start: number; end: number }): Argument {
  const values = [text];
  return {
    text,
    literal: true,
    values,
    hints: values,
    prefix: text,
    splits: false,
    glob: false,
    tame: false,
    start: at.start,
    end: at.end,
  };
}

/** A word of which nothing is known; it may become several, or none. */
export function openArgument(text: string, at: { start: number; end: number }): Argument {
  return {
    ...literalArgument(text, at),
    literal: false,
    values: null,
    hints: anything,
    prefix: '',
    splits: true,
    tame: false,
  };
}

/** Whether the command may take this word as an option. A leading `*` may match a file that is named like one. */
export function mayBeOption(word: Argument): boolean {
  if (word.literal) return word.text.startsWith('-') && word.text.length > 1;
  if (word.splits) return true;
  if (word.values !== null && !word.glob) return word.values.some((value) => value.startsWith('-'));
  return word.prefix === '' || word.prefix.startsWith('-');
}

const aVariable = String.raw`\$(?:\{[A-Z]\w*\}|[A-Z]\w*)`;
const inheritedHost = new RegExp(`^(?:[a-z]+://)?${aVariable}(?::(?:\\d+|${aVariable}))?(?:[/?]|$)`);
const inheritedPort = new RegExp(`:${aVariable}(?:[/?]|$)`);

/** Whether the machine's own environment alone says which machine an address names, and no text is added to the name. */
export function namesInheritedHost(word: Argument): boolean {
  return word.inherited === true && inheritedHost.test(word.text);
}

/** `http://localhost:$PORT/x`: the address with a number for such a port. */
export function withoutInheritedPort(word: Argument): string {
  return word.inherited === true
    ? word.text.replace(inheritedPort, (found) => `:1${found.slice(-1).replace(/\w|\}/, '')}`)
    : word.text;
}

/** Whether none of the words that come of it can be an option, however it splits. Few words are asked for it. */
export function isTame(word: Pick<Argument, 'literal' | 'text' | 'tame'>): boolean {
  return word.literal ? isTameText(word.text) : word.tame;
}

/** Whether a text keeps starting no option, also when the shell splits it and makes file names of it. */
function isTameText(text: string): boolean {
  return text !== '' && text.split(/\s+/).every((part) => /^[^-*?[]/.test(part));
}
