/**
 * The format of the argument tables in `tables/`: data that reads like a reference, one entry per command.
 *
 * A table is a record from command names (several names of one command separated by spaces) to a `Rule`:
 *
 *     'sort': {
 *       does: 'sorts lines',                       // fits an approval card: "sorts lines"
 *       level: 'read_only',                        // when nothing below says otherwise
 *       complete: true,                            // the list holds every option that the tool has
 *       options: '-k: --key= -t: -S: --parallel= …',
 *       effects: {
 *         '-o: --output=': { value: 'overwrites' },
 *         '--compress-program=': { does: 'runs a program', level: 'destructive' },
 *       },
 *       operands: 'reads',                         // paths whose content is read: secrets are flagged
 *       examples: { 'sort -u a': 'read_only', 'sort a -o b': 'destructive', 'sort --out=b a': 'destructive' },
 *     }
 *
 * **Options** are written as in a manual: `-x` takes nothing, `-x:` a value (attached or the next word), `-x?` an
 * optional attached value; `--name`, `--name=`, `--name[=]` likewise. Clusters (`-tulpn`), abbreviations (`--outp`)
 * and `--` are understood. `-#` stands for a number (`head -20`). With `style: 'word'` options are whole words with one
 * dash (`find -name`, `java -jar`, `terraform -json`), written `-name`, `-name:`, and `-name=value` is understood.
 * With `style: 'plain'` no word is an option (`echo`, `test`). An option that is not listed makes the call destructive.
 * An option that takes a value must be listed with its colon, or its value counts as an operand.
 * `complete` says that every option of every tool of the entry is listed, which `scripts/option-inventory.ts` compares with the
 * manuals: then an open word can do no more than the listed options do. Without it, it may be anything.
 * `parameters: 'request'` (aws, gcloud and az alone) says that what is not listed is a parameter of the request that
 * the sub-command names, and can do no more than it; a `check` judges the files and addresses among them.
 *
 * **Effects** are options that matter. An effect raises to `level` (default: that of its `value`), adds `flag`, and says
 * what it does; `value` says what its value is for (see `Use`); `unless` names values for which nothing of this holds. `modes` are options that replace the entry's own level
 * (`crontab -l` is a read although `crontab` is not); of several, the highest counts, and effects still raise. A mode
 * is believed only when all options of the call are listed: one that is not might swallow it as its value.
 *
 * **Operands** are the words that are no options: a `Use` for all, or `{ first, rest, level, maximum }`. Use `names` for
 * commands that show no content (`ls`, `stat`), `text` for words that are no paths.
 *
 * **Sub-commands**: `subcommands` maps names (several separated by spaces) to rules of the same format, to any depth;
 * options of the parent hold for them too (list a parent's options that take values). A short form is a level:
 * `'list show': 'read_only'` means: that level, with the parent's options. Unknown ones are destructive.
 * Without any sub-command the entry's own level holds.
 *
 * **Wrappers** run the rest of their words: `inner` (see `Inner`). Options before the inner command must all be listed;
 * a mode (`sudo -l`, `command -v`) means that nothing is run. `operands` is the use of the operands before the command.
 *
 * **check** is a function for grammars that options cannot express (`find`, `sed`, `ip`); it may only raise.
 *
 * **examples** maps commands to what the whole classifier must answer: the level, then flags
 * (`'read_only egress'`). A test runs all of them, and fails when an entry has none, or when an effect, mode or
 * sub-command (other than short forms) is named by no example. Give matching and non-matching ones.
 */
import type { RiskFlag, RiskLevel } from '../words.ts';
import type { Argument } from './arguments.ts';

/**
 * What a word is used for. `reads`: a path, secrets are flagged. `tree`: the same, with everything below. `names`: a
 * path whose content is not shown. `text`: no path. `overwrites`, `appends`: as the redirections `>` and `>>`.
 * `host`, `url`: another machine, unless literally this one. `quiet_host`: a host that is only asked for an answer
 * (ping, dig): egress only when the word is not literal. `folder`: relative names stand in it from here on. `opens`: as `names`, but the path is opened. `script`: text for a shell. `program`: one program to run.
 */
export type Use =
  | 'reads'
  | 'tree'
  | 'names'
  | 'opens'
  | 'folder'
  | 'text'
  | 'overwrites'
  | 'appends'
  | 'host'
  | 'quiet_host'
  | 'url'
  | 'script'
  | 'program';

export interface Effect {
  readonly does?: string;
  readonly level?: RiskLevel;
  readonly flag?: RiskFlag;
  readonly value?: Use;
  /** Literal values for which the option is harmless (`--server=` of this machine). */
  readonly unless?: RegExp;
  /** What its output becomes by this option, for what runs it. */
  readonly yields?: 'download' | 'decoded';
}

/** What the table knows about an option. */
export interface KnownOption {
  /** All its names with dashes, e.g. `-o`, `--output`. */
  readonly names: readonly string[];
  readonly takes: 'nothing' | 'value' | 'attached';
  readonly effect: Effect | null;
  readonly mode: RiskLevel | null;
}

/** An option as given. `known` is null when the table does not list it. */
export interface GivenOption {
  readonly name: string;
  readonly word: Argument;
  readonly value: Argument | null;
  readonly known: KnownOption | null;
}

export interface Operands {
  /** For the first operand, where it is not like the rest (`grep PATTERN FILE…`). */
  readonly first?: Use;
  readonly rest?: Use;
  /** For the last operand of at least two (`cp FROM… TO`). */
  readonly last?: Use;
  /** The level as soon as there is an operand (`hostname NAME`), or more than `maximum`. */
  readonly level?: RiskLevel;
  readonly maximum?: number;
  readonly does?: string;
}

/** Where a wrapper's inner command stands. */
export interface Inner {
  /** Operands before it (`timeout 5 …` 1, `chroot DIR …` 1). */
  readonly after?: number;
  /** `words`: the remaining words are the command. `shell`: they are joined by spaces and given to a shell. */
  readonly as: 'words' | 'shell';
  /** Further words, unknown here, are added at its end (xargs). */
  readonly adds?: boolean;
  /** Takes `NAME=value` before the command (env, sudo). */
  readonly assignments?: boolean;
  /** The level without an inner command: mostly an interactive shell. Default destructive. */
  readonly bare?: RiskLevel;
}

/** A call of a command, as a `check` sees it. */
export interface Call {
  /** The rule's name: `git.log`. */
  readonly rule: string;
  /** All words after the command's name (and sub-command names). */
  readonly words: readonly Argument[];
  readonly options: readonly GivenOption[];
  readonly operands: readonly Argument[];
  /** What standard input is: `nothing` new, a pipe, a file, or a text (null: not literal). */
  readonly input: Input;
  /** Adds a finding over the whole call, or over one word. */
  raise(rule: string, does: string, level: RiskLevel, flag?: RiskFlag | null, at?: Argument): void;
  /** Applies what the format says about a use. */
  use(word: Argument, use: Use): void;
  /** Adds a finding for running what is not written here: forbidden when it was fetched or decoded. */
  hidden(what: string, at?: Argument): void;
  /** Says that the output was fetched or decoded. */
  origin(origin: 'download' | 'decoded'): void;
  /** Judges words as a command of their own. */
  judgeWords(words: readonly Argument[]): void;
  /** Judges a text as a shell script; a word that is not literal is destructive. */
  judgeScript(word: Argument): void;
}

export type Input =
  | { readonly kind: 'nothing' | 'file' }
  /** `text`: all that comes through the pipe, when it is a plain `echo` of literal words. */
  | { readonly kind: 'pipe'; readonly text?: Argument }
  | { readonly kind: 'text'; readonly text: Argument | null };

export interface Rule {
  readonly does: string;
  readonly level: RiskLevel;
  readonly flag?: RiskFlag;
  readonly style?: 'word' | 'plain';
  readonly options?: string;
  readonly complete?: true;
  /** Options that are not listed are parameters of the request, for its level holds: clients of web interfaces only. */
  readonly parameters?: 'request';
  readonly effects?: Readonly<Record<string, Effect>>;
  readonly modes?: Readonly<Record<string, RiskLevel>>;
  readonly operands?: Use | Operands;
  /** Options end at the first operand, as for wrappers; a `check` judges what follows. */
  readonly ordered?: true;
  readonly subcommands?: Readonly<Record<string, Rule | RiskLevel>>;
  /** What a sub-command that is not listed counts as doing, where the list says more than "known". */
  readonly unlisted?: string;
  readonly inner?: Inner;
  readonly check?: (call: Call) => void;
  /** What its output is, for what runs it: fetched from elsewhere, or text that nobody could read before. */
  readonly yields?: 'download' | 'decoded';
  readonly examples?: Readonly<Record<string, string>>;
}

export type Table = Readonly<Record<string, Rule>>;
