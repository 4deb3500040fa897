/** Argument table: find and its kin, and what runs commands over lists. */

import type { Argument } from '../arguments.ts';
import { literalArgument, mayBeOption, openArgument } from '../arguments.ts';
import type { Call, Table } from '../table.ts';

export const find = (): Table => ({
  'find gfind bfs': {
    does: 'finds files',
    level: 'read_only',
    style: 'plain',
    operands: 'names',
    check: judgeFind,
    examples: {
      "find /var/log -name '*.gz' -mtime +7": 'read_only',
      'find . -type f -size +100M -exec ls -lh {} +': 'read_only',
      "find / -xdev -printf '%s %p\\n'": 'read_only',
      "find . -name '*.gz' -delete": 'destructive',
      'find . -exec rm {} \\;': 'destructive',
      'find . -fprint x': 'destructive',
      'find $x': 'destructive',
      'find . $opts': 'destructive',
      'find . -execdir sh -c x {} +': 'destructive',
      "find . -ok rm {} ';'": 'destructive',
      'find /etc -name shadow -exec cat {} \\;': 'read_only sensitive_read',
      'find "/var/$x" -type f': 'read_only',
      'find . -exec cat /etc/shadow \\;': 'read_only sensitive_read',
      'find . -foo': 'destructive',
      'find -mtime -1': 'read_only',
      'find -name *.sh': 'read_only',
      'find . \\( -name a -o -name b \\) ! -user root -print0 | xargs -0 ls': 'read_only',
      "find . -newermt '2 days ago'": 'read_only',
      'find . -name $x': 'destructive',
      'find . -name "$x"': 'read_only',
    },
  },
  'fd fdfind': {
    does: 'finds files',
    level: 'read_only',
    options:
      '-H -I -L -a -p -F -g -i -s -l -0 -1 -q -e: -t: -d: -E: -S: --hidden --no-ignore --type= --extension= --max-depth= --exclude= --size= --changed-within= --changed-before= --absolute-path --color=',
    effects: { '-x: --exec= -X: --exec-batch=': { does: 'runs a command for every file', level: 'destructive' } },
    operands: { first: 'text', rest: 'names' },
    examples: { 'fd -e log': 'read_only', 'fd -e log -x rm': 'destructive' },
  },
  'locate plocate mlocate': {
    does: 'finds files by name',
    level: 'read_only',
    options: '-i -c -b -l: -n: -r: -e -A --regex --limit=',
    operands: 'text',
    examples: { 'locate -i x': 'read_only', 'locate -d db x': 'destructive' },
  },
  'xargs gxargs': {
    does: 'runs a command for words of its input',
    level: 'read_only',
    options:
      '-0 --null -r --no-run-if-empty -t --verbose -x --exit -n: --max-args= -P: --max-procs= -L: --max-lines[=] -l? -s: --max-chars= -d: --delimiter= -E: -e? -I: -i? --replace[=] --show-limits',
    effects: {
      '-a: --arg-file=': { value: 'reads' },
      '-p --interactive -o --open-tty': { does: 'asks at a terminal', level: 'read_only' },
      '--process-slot-var=': { does: 'sets a variable', level: 'destructive' },
    },
    ordered: true,
    operands: 'text',
    check: judgeXargs,
    examples: {
      'ls | xargs -n1 stat': 'read_only',
      'ls | xargs rm': 'destructive',
      'ls | xargs -I{} ls -l {}': 'read_only',
      "ls | xargs -I{} sh -c 'ls {}'": 'destructive',
      'xargs -a /etc/shadow echo': 'read_only sensitive_read',
      'ls | xargs': 'read_only',
      'ls | xargs find': 'destructive',
      'ls | xargs -P4 -n1 grep -l x': 'read_only',
      'ls | xargs -p ls': 'read_only',
      'ls | xargs --process-slot-var=PATH ls': 'destructive',
      'ls | xargs -I % mv % x': 'destructive',
      'ls | xargs $x': 'destructive',
      'cat pids | xargs kill': 'modifying',
      'ls | xargs -0 bash': 'destructive',
    },
  },
  'parallel rush': {
    does: 'runs a command for words of its input',
    level: 'read_only',
    ordered: true,
    options:
      '-j: -k -0 -n: -P: -N: --jobs= --keep-order --null --max-args= --max-procs= --line-buffer --lb --tag --bar --will-cite',
    operands: 'text',
    check: judgeParallel,
    examples: {
      'ls | parallel rm': 'destructive',
      'ls | parallel -j4 stat {}': 'read_only',
      'parallel rm {} ::: a b': 'destructive',
      "parallel 'cat {}; rm {}' ::: a": 'destructive',
      'parallel cat ::: /etc/shadow': 'read_only sensitive_read',
      parallel: 'destructive',
      'parallel --sshlogin h ls ::: a': 'destructive',
    },
  },
});

/** Tests and actions of find that take one word; what runs or writes is in `judgeFind`. */
const oneWord = new Set(
  '-amin -anewer -atime -cmin -cnewer -context -ctime -fstype -gid -group -ilname -iname -inum -ipath -iregex -iwholename -links -lname -maxdepth -mindepth -mmin -mtime -name -newer -path -perm -printf -regex -regextype -samefile -size -type -uid -used -user -wholename -xtype -D'.split(
    ' ',
  ),
);
const noWord = new Set(
  '-daystart -depth -d -follow -noleaf -mount -xdev -empty -executable -false -nogroup -nouser -readable -true -writable -ls -print -print0 -prune -quit -not -a -and -o -or -H -L -P -E -X -x -s -warn -nowarn -ignore_readdir_race -noignore_readdir_race -O0 -O1 -O2 -O3 -help -version --help --version'.split(
    ' ',
  ),
);

function judgeFind(call: Call): void {
  const words = call.words;
  if (words.some((word) => /^-(?:exec|ok)/.test(word.text)))
    for (const word of words) {
      if (word.text.length <= 2) continue;
      call.use(word, 'reads');
      // What stands in a starting point is given to the command: `find /root/.ssh -exec cat {} +`.
      if (word.literal && /^[/~.]/.test(word.text)) call.use(literalArgument(`${word.text}/x`, word), 'reads');
    }
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as Argument;
    if (!word.literal && mayBeOption(word)) {
      call.raise('open', `may be given an action by ${word.text}`, 'destructive', null, word);
    } else if (!word.prefix.startsWith('-') || word.text === '-') continue;
    else if (/^-(?:exec|execdir|ok|okdir)$/.test(word.text)) index = judgeExec(call, index + 1);
    else if (word.text === '-delete') call.raise('delete', 'deletes files', 'destructive');
    else if (/^-(?:fprintf?|fprint0|fls)$/.test(word.text)) {
      const target = words[++index];
      if (target) call.use(target, 'overwrites');
    } else if (word.text === '-files0-from') {
      const list = words[++index];
      if (list) call.use(list, 'reads');
    } else if (oneWord.has(word.text) || /^-newer[aBcmt]{2}$/.test(word.text)) {
      const value = words[++index];
      if (value && mayBeAction(value))
        call.raise('open', `may be given an action by ${value.text}`, 'destructive', null, value);
    } else if (!noWord.has(word.text))
      call.raise('option', `has a word that is not known to be harmless: ${word.text}`, 'destructive');
  }
}

/** `*.log` becomes names that end so, and no action does; `*` and `$x` may become anything. */
function mayBeAction(value: Argument): boolean {
  if (!value.glob || value.values?.length !== 1) return value.splits;
  return value.prefix === '' && !/\*[^*?[\]]*[.\d_][^*?[\]]*$/.test(value.text);
}

/** The words up to `;` or `+` are a command to which file names are given; those begin with a starting point's path. */
function judgeExec(call: Call, from: number): number {
  let end = from;
  while (
    end < call.words.length &&
    !(call.words[end]?.text === ';' || (call.words[end]?.text === '+' && call.words[end - 1]?.text === '{}'))
  )
    end++;
  const inner = call.words.slice(from, end).map((word) => fill(word, '{}', './'));
  if (inner.length === 0) call.raise('exec', 'runs nothing readable', 'destructive');
  else call.judgeWords(inner);
  return end;
}

/** A word that holds the place of file names or input is open from there on. */
function fill(word: Argument, mark: string, known: string): Argument {
  const at = word.text.indexOf(mark);
  if (at < 0) return word;
  return { ...literalArgument(word.text, word), literal: false, values: null, prefix: word.text.slice(0, at) + known };
}

/** The words before `:::` are joined and given to a shell; only plain words stay what they are there. */
function judgeParallel(call: Call): void {
  const from = call.operands[0] ? call.words.indexOf(call.operands[0]) : call.words.length;
  const marks = call.words.findIndex((word) => /^::::?\+?$/.test(word.text));
  const inner = call.words.slice(from, marks < from ? undefined : marks);
  if (marks >= 0) for (const word of call.words.slice(marks + 1)) call.use(word, 'reads');
  if (inner.length === 0) {
    call.raise('bare', 'runs its input', 'destructive');
    return;
  }
  judgeFilled(call, inner, '{}');
  if (inner.every((word) => word.literal && /^[\w./:=@%+,{}-]+$/.test(word.text))) return;
  call.raise('shell', 'gives a text with open places to a shell', 'destructive');
  for (const word of inner) if (word.literal) call.judgeScript(word);
}

function judgeXargs(call: Call): void {
  let from = 0;
  const valued = /^(?:-[0rtx]*[nPLsdEIa]|--(?:max-args|max-procs|max-chars|delimiter|arg-file))$/;
  while (from < call.words.length && (call.words[from]?.prefix.startsWith('-') ?? false))
    from += valued.test(call.words[from]?.text ?? '') ? 2 : 1;
  const inner = call.words.slice(from);
  if (inner.length === 0) return;
  const replace = call.options.find((option) => /^-(?:I|i|-replace)$/.test(option.name));
  judgeFilled(call, inner, replace ? replace.value?.text || '{}' : null);
}

/** Judges a command that gets words from elsewhere: at each `mark`, or at its end. */
function judgeFilled(call: Call, inner: readonly Argument[], mark: string | null): void {
  const at = { start: inner[0]?.start ?? 0, end: inner.at(-1)?.end ?? 0 };
  const open = openArgument('…', at);
  const marked = mark !== null && inner.some((word) => word.text.includes(mark));
  call.judgeWords(
    mark !== null && (marked || call.rule === 'xargs') ? inner.map((word) => fill(word, mark, '')) : [...inner, open],
  );
}
