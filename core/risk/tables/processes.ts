/** Argument table: processes, sessions, memory, performance (procps, sysstat, tracing). */
import type { Call, Rule, Table } from '../table.ts';

/** An entry that lists processes, sessions or counters; its operands are no paths. */
function looks(options: string, examples: Rule['examples']): Rule {
  return {
    does: 'shows processes, sessions or memory',
    level: 'read_only',
    options,
    complete: true,
    operands: 'text',
    ...(examples ? { examples } : {}),
  };
}

export const processes = (): Table => ({
  ps: {
    does: 'lists processes',
    level: 'read_only',
    options:
      '-A -a -d --deselect -e -N -C: -G: -g: --Group= --group= -p: --pid= --ppid= -q: --quick-pid= -s: --sid= -t: --tty= -U: -u: --User= --user= -c --context -f -F --format= -j -l -M -Z -O: -o: -P -y --cols= --columns= --cumulative --forest -H --headers --heading --lines= --no-headers --no-heading --rows= --sort= -w --width= -L -m -T --info -V -# --delimiter= --signames --help=',
    complete: true,
    operands: 'text',
    check: (call) => {
      // Words without a dash are options of the BSD kind, of which `e` shows the environment.
      const bsd = call.operands.find(
        (word) => /^(?!pid|ppid|user|comm)[a-zA-Z]+$/.test(word.text) && word.text.includes('e'),
      );
      const formats = call.options.filter((option) => /^-(?:[oO]|-format)$/.test(option.name));
      const shown = [...formats.map((option) => option.value?.text ?? ''), ...call.operands.map((word) => word.text)];
      if (bsd || shown.some((text) => /\benviron\b/.test(text)))
        call.raise('environment', 'shows the environment of processes', 'read_only', 'sensitive_read');
    },
    examples: {
      'ps aux --sort=-%mem | head': 'read_only',
      'ps -ef': 'read_only',
      'ps auxe': 'read_only sensitive_read',
      'ps -o pid,cmd -p $(pgrep nginx)': 'read_only',
      'ps eww 1': 'read_only sensitive_read',
      'ps -p 1 e': 'read_only sensitive_read',
      'ps -p $pid -o args=': 'read_only',
    },
  },
  pgrep: looks(
    '-# --signal= -c --count -d: --delimiter= -e --echo -f --full -g: --pgroup= -G: --group= -i --ignore-case -l --list-name -a --list-full -n --newest -o --oldest -O: --older= -P: --parent= -s: --session= -t: --terminal= -u: --euid= -U: --uid= -v --inverse -w --lightweight -x --exact -F: --pidfile= -L --logpidfile -r: --runstates= -A --ignore-ancestors --cgroup= --ns= --nslist= -q: --queue= --quiet --env= --mrelease -H --require-handler -p: --pid= --shell-quote -V -h',
    { 'pgrep -af nginx': 'read_only', 'pgrep -u www-data -c php': 'read_only', 'pgrep $x': 'read_only' },
  ),
  pidof: looks('-s -c -n -q -x -z -d: -o: -S: -t -w -V -h', { 'pidof nginx': 'read_only', 'pidof -s $x': 'read_only' }),
  pstree: looks(
    '-a --arguments -A --ascii -c --compact-not -C: --color= -g --show-pgids -G --vt100 -h --highlight-all -H: --highlight-pid= -l --long -n --numeric-sort -N: --ns-sort= -p --show-pids -s --show-parents -S --ns-changes -t --thread-names -T --hide-threads -u --uid-changes -U --unicode -V -Z --security-context',
    { 'pstree -p $(pidof x)': 'read_only', 'pstree -ap 1': 'read_only' },
  ),
  free: looks(
    '-b --bytes -k --kibi -m --mebi -g --gibi --tebi --pebi --kilo --mega --giga --tera --peta -h --human -w --wide -c: --count= -l --lohi -L --line -s: --seconds= --si -t --total -v --committed -V',
    { 'free -m': 'read_only', 'free -h -s 5 -c 3': 'read_only' },
  ),
  uptime: looks('-p --pretty -h -s --since -r --raw -c --container -V', {
    uptime: 'read_only',
    'uptime -p': 'read_only',
  }),
  w: looks(
    '-h --no-header -u --no-current -s --short -f --from -i --ip-addr -V -o --old-style -c --container -p --pids -t --terminal',
    { 'w -h': 'read_only' },
  ),
  who: looks(
    '-a --all -b --boot -d --dead -H --heading --ips -l --login --lookup -m -p --process -q --count -r --runlevel -s --short -t --time -T -w --mesg -u --users --message --writable',
    { 'who -b': 'read_only' },
  ),
  'last lastb': {
    ...looks(
      '-# -a --hostlast -d --dns -F --fulltimes -i --ip -n: --limit= -p: --present= -R --nohostname -s: --since= -t: --until= --time-format= -w --fullnames -x --system -h -V -T --tab-separated',
      { 'last -n 20': 'read_only', 'lastb -5': 'read_only', 'last -f /etc/shadow': 'read_only sensitive_read' },
    ),
    effects: { '-f: --file=': { value: 'reads' } },
  },
  lastlog: {
    ...looks('-b: --before= -h -R: --root= -t: --time= -u: --user=', {
      'lastlog -u x': 'read_only',
      'lastlog -C -u x': 'destructive',
      'lastlog -S -u x': 'destructive',
    }),
    effects: { '-C --clear -S --set': { does: 'changes the records of log-ins', level: 'destructive' } },
    examples: {
      'lastlog -u x': 'read_only',
      'lastlog -C -u x': 'destructive',
      'lastlog --set -u x': 'destructive',
    },
  },
  faillog: {
    ...looks('-a --all -h -R: --root= -t: --time= -u: --user=', undefined),
    effects: {
      '-l: --lock-secs= -m: --maximum= -r --reset': {
        does: 'changes the records of failed log-ins',
        level: 'destructive',
      },
    },
    examples: { 'faillog -a': 'read_only', 'faillog -u x --reset': 'destructive' },
  },
  vmstat: looks(
    '-a --active -f --forks -m --slabs -n --one-header -s --stats -d --disk -D --disk-sum -p: --partition= -S: --unit= -t --timestamp -w --wide -y --no-first -V -h',
    { 'vmstat 1 5': 'read_only', 'vmstat -s': 'read_only' },
  ),
  iostat: looks('-c --compact -d --dec= -f: +f: -g: -H -h --human -j: -k -m -N -o: -p? --pretty -s -t -V -x -y -z', {
    'iostat -xz 1 3': 'read_only',
    'iostat -p sda 1 1': 'read_only',
  }),
  mpstat: looks('-A --dec= -H -I: -N: -n -o: -P: -T -u -V', { 'mpstat -P ALL 1 1': 'read_only' }),
  pidstat: {
    ...looks('-C: -d --dec= -G: -H -h --human -I -l -p: -R -r -s -T: -t -U? -u -V -v -w', undefined),
    effects: { '-e': { does: 'runs a command', level: 'destructive' } },
    examples: { 'pidstat -u 1 3': 'read_only', 'pidstat -p ALL': 'read_only', 'pidstat -e rm x': 'destructive' },
  },
  slabtop: looks('-d: --delay= -s: --sort= -o --once -V -h --human', { 'slabtop -o': 'read_only' }),
  pmap: {
    ...looks(
      '-x --extended -d --device -q --quiet -A: --range= -X -p --show-path -V -h -k --use-kernel-name',
      undefined,
    ),
    effects: {
      '-c --read-rc': { does: 'reads its settings', level: 'read_only' },
      '-C: --read-rc-from=': { value: 'reads' },
      '-n --create-rc': { does: 'writes its settings', level: 'destructive' },
      '-N: --create-rc-to=': { value: 'overwrites' },
    },
    examples: {
      'pmap -x 1': 'read_only',
      'pmap -c 1': 'read_only',
      'pmap -n': 'destructive',
      'pmap -N f': 'destructive',
      'pmap --read-rc 1': 'read_only',
      'pmap --create-rc': 'destructive',
    },
  },
  pwdx: looks('-V -h', { 'pwdx 1': 'read_only', 'pwdx $x': 'read_only' }),
  jps: {
    ...looks('-q -m -l -V -help', undefined),
    effects: {
      '-v': { does: 'shows the options of Java machines, which may hold secrets', flag: 'sensitive_read' },
      '-J?': { does: 'gives options to a Java machine', level: 'destructive' },
    },
    examples: {
      'jps -l': 'read_only',
      'jps -lm': 'read_only',
      'jps -v': 'read_only sensitive_read',
      'jps -J-Xlog:gc:f': 'destructive',
    },
  },
  numastat: looks('-c -m -n -p: -s? -v -V -z', { 'numastat -m': 'read_only' }),
  sadf: {
    ...looks('-C -d --dev= -e? --fs= -g -H -h --iface= --int= -j -O: -P: -p -r -s? -T -t -U -V -x -# --', undefined),
    effects: {
      '-c': { does: 'converts a record file', level: 'read_only' },
      '-l': { does: 'writes an archive', level: 'destructive' },
    },
    operands: 'reads',
    examples: {
      'sadf -d': 'read_only',
      'sadf -j -- -u': 'read_only',
      'sadf -c x': 'read_only',
      'sadf -l': 'destructive',
    },
  },
  nfsiostat: looks('-a --attr -d --dir -h -l: --list= -p --page -s --sort --version', { 'nfsiostat 1 3': 'read_only' }),
  cifsiostat: looks('--dec= -h --human -k -m --pretty -t -V -y', { 'cifsiostat 1 1': 'read_only' }),
  tapestat: looks('--human -k -m -t -V -y -z', { 'tapestat 1 1': 'read_only' }),
  sar: {
    does: 'shows recorded activity',
    level: 'read_only',
    options:
      '-# -A -B -b -C -D -d --dec= --dev= -e? -F? --fs= -H -h --help= --human -I? -i: --iface= --int= -j: -m: -n: -P: -p --pretty -q? -r? -R -S -s? -t -u? -V -v -W -w -y -z',
    complete: true,
    effects: {
      '-f?': { value: 'reads' },
      '-o?': { does: 'writes a record file', level: 'destructive' },
      '--sadc': { does: 'tells where its collector is', level: 'read_only' },
    },
    operands: 'reads',
    examples: {
      'sar -n DEV 1 3': 'read_only',
      'sar -u': 'read_only',
      'sar -o x 1 1': 'destructive',
      'sar --sadc': 'read_only',
      'sar -f /var/log/sysstat/sa01': 'read_only',
    },
  },
  top: {
    ...looks(
      '-b --batch -c --cmdline-toggle -d: --delay= -E: --scale-summary-mem= -e: --scale-task-mem= -H --threads-show -h -i --idle-toggle -n: --iterations= -O --list-fields -o: --sort-override= -p: --pid= -S --accum-time-toggle -s --secure-mode -U: --filter-any-user= -u: --filter-only-euser= -V -w? --width[=] -1 --single-cpu-toggle -A --apply-defaults',
      {
        'top -bn1 | head -20': 'read_only',
        'top -b -n 1 -o %MEM': 'read_only',
        'top -p $pid': 'read_only',
        'top -b -n1 -p 1': 'read_only',
      },
    ),
    does: 'shows processes as they run',
  },
  'htop btop bashtop': {
    does: 'runs at a terminal, where it can signal processes',
    level: 'read_only',
    options:
      '-d: --delay= -C --no-color -F: --filter= -h -p: --pid= -s: --sort-key= -u? --user[=] -U --no-unicode -M --no-mouse --readonly -V -t --tree -H? --highlight-changes[=] -n: --max-iterations= -lc --low-color',
    effects: { '--drop-capabilities[=]': { does: 'drops rights first', level: 'read_only' } },
    operands: 'text',
    examples: { 'htop -p 1': 'read_only', 'htop --drop-capabilities': 'read_only' },
  },
  atop: {
    does: 'shows processes as they run',
    level: 'read_only',
    options:
      '-g -m -d -n -u -p -s -c -v -o -y -Y -C -M -D -N -A -a -f -F -G -1 -x -R -L: -P: -Z -J: -V -h -l -b: -e: -j -2 -B -H -k -K -E -I -q -z -7 -t',
    effects: {
      '-r?': { value: 'reads' },
      '-w:': { does: 'writes a record file', level: 'destructive' },
      '-S': { does: 'keeps recording until midnight', level: 'modifying' },
    },
    operands: 'text',
    examples: {
      'atop 1 1': 'read_only',
      'atop -P CPU,DSK 1 1': 'read_only',
      'atop -w x': 'destructive',
      'atop -S 1 1': 'modifying',
      'atop -r /var/log/atop/atop_20240101': 'read_only',
    },
  },
  glances: {
    does: 'shows processes as they run',
    level: 'read_only',
    options:
      '-h -V --disable-plugin= --enable-plugin= --stdout= --stdout-csv= --stdout-json= --disable-process --light --enable-light -0 --disable-irix -1 --percpu -2 --disable-left-sidebar -3 --disable-quicklook -4 --full-quicklook -5 --disable-top -6 --meangpu --disable-bold --disable-bg --enable-process-extended -t: --time= -q --quiet -f: --process-filter= --process-short-name --hide-kernel-threads -b --byte --diskio-show-ramfs --diskio-iops --fahrenheit --fs-free-space --theme-white --stop-after=',
    operands: 'text',
    examples: {
      'glances --stdout cpu.user,mem.used --stop-after 1': 'read_only',
      'glances --export csv': 'destructive',
      'glances -w': 'destructive',
      'glances -s': 'destructive',
      'glances -C x': 'destructive',
    },
  },
  'iotop iotop-c': {
    does: 'shows who uses the disks',
    level: 'read_only',
    options:
      '-o --only -b --batch -n: --iter= -d: --delay= -p: --pid= -u: --user= -P --processes -a --accumulated -k --kilobytes -t --time -q --quiet -h --version --no-help -H -1 -2 -3 -4 -5 -6 -7 -8 -9 -c --fullcmdline',
    operands: 'text',
    examples: { 'iotop -bon 1': 'read_only', 'iotop -b -o -n 3 -d 1': 'read_only', 'iotop --write': 'destructive' },
  },
  nmon: {
    does: 'shows the load at a terminal',
    level: 'read_only',
    options: '-h -s: -c: -b -B -V',
    effects: {
      '-f -F: -x -X -z -r: -m: -t -T': { does: 'writes a record file', level: 'destructive' },
    },
    operands: 'text',
    examples: { 'nmon -s 1 -c 5': 'read_only', 'nmon -f -s 1 -c 5': 'destructive', 'nmon -T': 'destructive' },
  },
  lsof: {
    does: 'lists open files',
    level: 'read_only',
    options:
      '-a -A: -b -c: +c: -C +d: -d: -E +E -F? -f? +f? -g? -h -i? -K? -l +L? -L? +M -M -n -N -o? -O -p: -P -Q -r? +r? -R -s? -S? -T? -t -u: -U -v -V +w -w -x? +x? -X -z? -Z? -?',
    complete: true,
    effects: {
      '-D: +D:': { does: 'reads a folder, or writes a cache of devices', level: 'read_only' },
      '-e: +e: -k: -m: +m?': { does: 'works in another way', level: 'read_only' },
    },
    operands: 'names',
    check: (call) => {
      // Linux keeps no such cache, so that an open word can do nothing by it.
      for (const option of call.options)
        if (option.name === '-D' && !(option.value?.literal && /^[ir?]$/.test(option.value.text)))
          call.raise('cache', 'writes a cache of devices', 'destructive');
    },
    examples: {
      'lsof -i :8080': 'read_only',
      'lsof -nP -iTCP -sTCP:LISTEN': 'read_only',
      'lsof +L1': 'read_only',
      'lsof -p 1': 'read_only',
      'lsof -D b': 'destructive',
      'lsof +D /var/log': 'read_only',
      'lsof -p "$pid"': 'read_only',
      'lsof -m x': 'read_only',
      'lsof +m': 'read_only',
    },
  },
  fuser: {
    does: 'tells who uses a file',
    level: 'read_only',
    options:
      '-a -c -f -I -l -m -M -n: -s -u -v -4 -6 --all --list-signals --mount --namespace= --silent --user --verbose --ipv4 --ipv6',
    effects: {
      '-k --kill': { does: 'kills processes', level: 'destructive' },
      '-i --interactive -w --writeonly': { does: 'is meant for killing processes', level: 'destructive' },
    },
    operands: 'names',
    examples: {
      'fuser -v /var/log/x': 'read_only',
      'fuser -n tcp 80': 'read_only',
      'fuser -k 80/tcp': 'destructive',
      'fuser -km /mnt': 'destructive',
      'fuser -i x': 'destructive',
    },
  },
  kill: {
    does: 'names or tests signals',
    level: 'read_only',
    style: 'plain',
    operands: 'text',
    check: judgeKill,
    examples: {
      'kill 123': 'modifying',
      'kill -HUP 123': 'modifying',
      'kill -9 123': 'destructive',
      'kill -9 -1': 'destructive',
      'kill 1': 'destructive',
      'kill -l': 'read_only',
      'kill -0 1': 'read_only',
      'kill -0 12': 'read_only',
      'kill -s KILL 3': 'destructive',
      'kill $(cat x.pid)': 'modifying',
    },
  },
  'pkill killall skill xkill': {
    does: 'signals processes by name',
    level: 'destructive',
    operands: 'text',
    options:
      '-f -x -e -a -n -o -u: -U: -g: -G: -P: -t: -i -c --exact --full --echo --newest --oldest --euid= --uid= --user=',
    modes: { '-l --list -0': 'read_only' },
    check: (call) => {
      const lists = call.options.some((option) => /^(?:-l|--list)$/.test(option.name));
      if (lists && !(call.rule === 'killall' && call.words.length === 1))
        call.raise('signal', 'sends a signal', 'destructive');
    },
    examples: {
      'pkill nginx': 'destructive',
      'pkill -0 nginx': 'read_only',
      'pkill -0 -9 nginx': 'destructive',
      'killall -9 java': 'destructive',
      'killall -l': 'read_only',
      'pkill -l nginx': 'destructive',
    },
  },
  renice: {
    does: 'changes the priority of processes',
    level: 'modifying',
    options: '-# -n: --priority= --relative= -g --pgrp -p --pid -u --user -h -V',
    operands: 'text',
    examples: { 'renice 10 -p 1': 'modifying' },
  },
  sysctl: {
    does: 'shows kernel settings',
    level: 'read_only',
    options: '-a -A -X -b -e -n -N -q -r: --all --values --names --ignore --pattern= --deprecated --binary',
    effects: {
      '-w --write': { does: 'changes kernel settings', level: 'destructive' },
      '-p? --load[=] --system -f': { does: 'loads kernel settings', level: 'destructive' },
    },
    operands: 'text',
    check: (call) => {
      if (call.operands.some((word) => !word.literal || word.text.includes('=')))
        call.raise('set', 'changes kernel settings', 'destructive');
    },
    examples: {
      'sysctl -a': 'read_only',
      'sysctl vm.swappiness': 'read_only',
      'sysctl vm.swappiness=1': 'destructive',
      'sysctl -w a=b': 'destructive',
      'sysctl -p': 'destructive',
    },
  },
  dmesg: {
    does: "shows the kernel's messages",
    level: 'read_only',
    options:
      '-T -x -k -u -L? -l: -f: -t -w -W -d -e -J -r -P -s: --ctime --level= --facility= --decode --kernel --userspace --follow --follow-new --raw --json --notime --time-format= --since= --until= --nopager --color[=] --show-delta --reltime --noescape -i -S --syslog --buffer-size= --force-prefix -p',
    effects: {
      '-C --clear -c --read-clear': { does: "clears the kernel's messages", level: 'destructive' },
      '-D --console-off -E --console-on -n: --console-level=': {
        does: 'changes what the console shows',
        level: 'modifying',
      },
      '-H --human': { does: 'opens a pager, which can start a shell', level: 'destructive' },
      '-F: --file=': { value: 'reads' },
    },
    examples: {
      'dmesg --file=.env': 'read_only sensitive_read',
      'dmesg -T | tail': 'read_only',
      'dmesg --level=err,warn': 'read_only',
      'dmesg -C': 'destructive',
      'dmesg -c': 'destructive',
      'dmesg -n 1': 'modifying',
      'dmesg -H': 'destructive',
      'dmesg -wT': 'read_only',
    },
  },
  perf: {
    does: 'measures performance',
    level: 'read_only',
    options: '--no-pager -h --version',
    subcommands: {
      list: {
        does: 'lists events',
        level: 'read_only',
        options: '-d --desc --no-desc -v --long-desc --debug --details --deprecated --unit= -j --json',
        operands: 'text',
        examples: { 'perf list': 'read_only' },
      },
      stat: {
        does: 'counts events',
        level: 'read_only',
        options: '-e: -p: -t: -a -d -r: -I: -C: -x: --per-core --per-socket',
        effects: { '-o: --output=': { value: 'overwrites' }, '--pre= --post=': { value: 'script' } },
        inner: { as: 'words', bare: 'read_only' },
        examples: {
          'perf stat -p 1 sleep 5': 'read_only',
          'perf stat rm x': 'destructive',
          'perf stat -o x ls': 'destructive',
          "perf stat --pre 'rm x' ls": 'destructive',
          'perf stat -a': 'read_only',
        },
      },
      top: {
        does: 'shows hot functions',
        level: 'read_only',
        options: '-p: -e: -g -a -F: --stdio -K -U -s: -C:',
        operands: 'text',
        examples: { 'perf top --stdio': 'read_only', 'perf top --foo': 'destructive' },
      },
      'record report script trace annotate': 'destructive',
    },
    examples: { 'perf record -a': 'destructive' },
  },
  'strace ltrace gdb pstack gcore bpftrace bpftool stap systemtap opensnoop tcplife execsnoop': {
    does: 'attaches to processes, which it stops or changes',
    level: 'destructive',
    examples: { 'strace -p 1': 'destructive', 'gdb -p 1': 'destructive' },
  },
  jstat: {
    does: "shows a Java machine's statistics",
    level: 'read_only',
    style: 'word',
    options:
      '-t -h: -help -options -class -compiler -gc -gccapacity -gccause -gcnew -gcnewcapacity -gcold -gcoldcapacity -gcmetacapacity -gcutil -printcompilation',
    operands: 'text',
    examples: { 'jstat -gcutil 123 1000 5': 'read_only', 'jstat -J-Dx=y -gc 1': 'destructive' },
  },
  'reboot shutdown halt poweroff init telinit': {
    does: 'ends or restarts the machine',
    level: 'destructive',
    modes: { '-c': 'modifying' },
    operands: 'text',
    examples: {
      reboot: 'destructive',
      'shutdown -h now': 'destructive',
      'shutdown -c': 'modifying',
      'init 0': 'destructive',
    },
  },
  crontab: {
    does: 'replaces scheduled commands',
    level: 'destructive',
    options: '-u:',
    modes: { '-l': 'read_only', '-e': 'destructive', '-r': 'destructive' },
    operands: 'names',
    examples: {
      'crontab -l': 'read_only',
      'crontab -u www -l': 'read_only',
      'crontab -r': 'destructive',
      'crontab x': 'destructive',
      'crontab -e': 'destructive',
      'crontab -l -r': 'destructive',
    },
  },
  atq: {
    does: 'lists planned commands',
    level: 'read_only',
    options: '-V -q: -o:',
    complete: true,
    operands: 'text',
    examples: { atq: 'read_only' },
  },
  'at batch atrm': {
    does: 'plans commands that are not written here',
    level: 'destructive',
    check: (call) => call.input.kind === 'pipe' && call.hidden('plans commands'),
    examples: { 'echo rm x | at now': 'destructive', 'atrm 1': 'destructive' },
  },
  'useradd userdel usermod groupadd groupdel groupmod passwd chpasswd chage gpasswd adduser deluser addgroup delgroup chsh chfn newusers pwconv grpconv pwck':
    {
      does: 'changes accounts',
      level: 'destructive',
      operands: 'text',
      options: '-a --all',
      modes: { '-S --status': 'read_only' },
      check: (call) => {
        if (call.rule !== 'passwd' && call.options.some((option) => option.known?.mode))
          call.raise('status', 'is not known to show only', 'destructive');
      },
      examples: {
        'userdel -r x': 'destructive',
        'passwd root': 'destructive',
        'passwd -S root': 'read_only',
        'chpasswd -S': 'destructive',
      },
    },
  getent: {
    does: 'shows entries of a name database',
    level: 'read_only',
    options: '-s: --service= -i --no-idn -V --usage -A --no-addrconfig',
    complete: true,
    operands: 'text',
    check: (call) => {
      const [database, ...keys] = call.operands;
      // Names that are not written here may carry data to whoever answers for their zone.
      if (database?.literal && /^(?:hosts|ahosts\w*|networks)$/.test(database.text))
        for (const key of keys) call.use(key, 'quiet_host');
      if (database && (!database.literal || /^g?shadow$/.test(database.text)))
        call.raise('shadow', 'shows password hashes', 'read_only', 'sensitive_read');
    },
    examples: {
      'getent hosts db': 'read_only',
      'getent hosts "$(hostname).x.example"': 'read_only egress',
      'getent passwd': 'read_only',
      'getent shadow': 'read_only sensitive_read',
    },
  },
  mount: {
    does: 'shows what is mounted',
    level: 'read_only',
    options: '-l --show-labels -t: --types= -v --verbose',
    operands: { rest: 'names', level: 'destructive', does: 'mounts a file system' },
    examples: {
      mount: 'read_only',
      'mount | grep nfs': 'read_only',
      'mount -t ext4': 'read_only',
      'mount -o remount,rw /': 'destructive',
      'mount -a': 'destructive',
    },
  },
  'modprobe insmod rmmod depmod kexec swapoff umount pivot_root switch_root mknod ldconfig update-grub grub-install grub2-mkconfig dracut update-initramfs efibootmgr setpci setterm loadkeys':
    {
      does: 'changes the kernel, mounts or boot',
      level: 'destructive',
      operands: 'names',
      examples: { 'modprobe -r x': 'destructive', 'umount -l /mnt': 'destructive' },
    },
});

const hardSignals = /^(?:-?(?:9|19|SIGKILL|KILL|STOP|SIGSTOP))$/i;

function judgeKill(call: Call): void {
  const texts = call.words.map((word) => word.text);
  const [first = '', ...rest] = call.words;
  const name = typeof first === 'string' ? first : first.literal ? first.text : '';
  const plain = rest.every((word) => !word.prefix.startsWith('-'));
  if (/^(?:-l.*|--list.*|-L|--table)$/.test(name) || (name === '-0' && plain)) return;
  if (name === '-s' && rest[0]?.text === '0' && plain) return;
  call.raise('signal', 'signals processes', 'modifying');
  const named = texts.some((text) => /^(?:-s|-n|--signal)/.test(text)) && texts.some((text) => hardSignals.test(text));
  if (named || texts.some((text) => text.startsWith('-') && hardSignals.test(text.replace(/^-s|^--signal=/, '-'))))
    call.raise('hard', 'kills without letting processes finish', 'destructive');
  if (texts.slice(1).some((text) => /^-\d+$/.test(text)) || texts.includes('1'))
    call.raise('all', 'signals every process or the first one', 'destructive');
}
