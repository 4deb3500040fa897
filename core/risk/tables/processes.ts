/** Argument table: processes, sessions, memory, performance (procps, sysstat, tracing). */
import type { Call, Table } from '../table.ts';

export const processes: Table = {
  ps: {
    does: 'lists processes',
    level: 'read_only',
    others: 'harmless',
    options: '-o: -O: -p: -C: -u: -U: -g: -G: -t: -q: -s: --sort= --pid= --ppid= --user= --format= --cols=',
    operands: 'text',
    check: (call) => {
      const bsd = call.words.find(
        (word) =>
          /^[a-zA-Z]+$/.test(word.text) &&
          /e/.test(word.text) &&
          /^[aAcCdeEfgGhHjklLmnNorsSTuUvVwxXZ]+$/.test(word.text),
      );
      if (bsd && call.words.indexOf(bsd) === 0)
        call.raise('environment', 'shows the environment of processes', 'read_only', 'sensitive_read');
    },
    examples: {
      'ps aux --sort=-%mem | head': 'read_only',
      'ps -ef': 'read_only',
      'ps auxe': 'read_only sensitive_read',
      'ps -o pid,cmd -p $(pgrep nginx)': 'read_only',
      'ps eww 1': 'read_only sensitive_read',
    },
  },
  'pgrep pidof pstree free uptime w who last lastb lastlog vmstat iostat mpstat pidstat slabtop pmap pwdx jps numastat sadf nfsiostat cifsiostat tapestat':
    {
      does: 'shows processes, sessions or memory',
      level: 'read_only',
      others: 'harmless',
      operands: 'text',
      examples: {
        'free -m': 'read_only',
        'vmstat 1 5': 'read_only',
        'pgrep -af nginx': 'read_only',
        'iostat -xz 1 3': 'read_only',
        'last -n 20': 'read_only',
        'pstree -p $(pidof x)': 'read_only',
      },
    },
  sar: {
    does: 'shows recorded activity',
    level: 'read_only',
    others: 'harmless',
    options: '-f? -n: -P: -s? -e? -i: -I: -m:',
    effects: { '-o?': { does: 'writes a record file', level: 'destructive' } },
    operands: 'text',
    examples: { 'sar -n DEV 1 3': 'read_only', 'sar -u': 'read_only', 'sar -o x 1 1': 'destructive' },
  },
  'top htop atop btop glances iotop nmon bashtop': {
    does: 'shows processes as they run',
    level: 'read_only',
    others: 'harmless',
    options: '-n: -d: -p: -u: -U: -o: -w? -E: -e:',
    operands: 'text',
    effects: { '--export= --export-csv-file= --config=': { does: 'writes or reads files', level: 'destructive' } },
    check: (call) => {
      const batch = call.options.some((option) => /^-(?:b|-batch)$/.test(option.name));
      if (/^(?:atop|nmon)$/.test(call.rule) && call.options.some((option) => /^-[wfF]$/.test(option.name)))
        call.raise('record', 'writes a record file', 'destructive');
      if (!batch && /^(?:htop|btop|bashtop)$/.test(call.rule))
        call.raise('interactive', 'runs at a terminal, where it can signal processes', 'read_only');
    },
    examples: {
      'top -bn1 | head -20': 'read_only',
      'top -b -n 1 -o %MEM': 'read_only',
      'iotop -bon 1': 'read_only',
      'glances --export csv': 'destructive',
      'atop -w x': 'destructive',
    },
  },
  lsof: {
    does: 'lists open files',
    level: 'read_only',
    others: 'harmless',
    options: '-i? -p: -u: -c: -d: -s? -F? -g? -r? -T? -S?',
    effects: { '-D:': { does: 'writes a device cache', level: 'destructive' } },
    operands: 'names',
    examples: {
      'lsof -i :8080': 'read_only',
      'lsof -nP -iTCP -sTCP:LISTEN': 'read_only',
      'lsof +L1': 'read_only',
      'lsof -p 1': 'read_only',
      'lsof -D b': 'destructive',
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
    does: 'signals processes',
    level: 'modifying',
    modes: { '-l? --list[=] -L --table -0': 'read_only' },
    others: 'harmless',
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
    others: 'harmless',
    operands: 'text',
    modes: { '-l --list -0': 'read_only' },
    check: (call) => {
      const others = call.options.filter((option) => !/^-[0lfxeanou]$/.test(option.name));
      if (call.options.some((option) => option.name === '-0') && others.length > 0)
        call.raise('signal', 'sends a signal', 'destructive');
    },
    examples: {
      'pkill nginx': 'destructive',
      'pkill -0 nginx': 'read_only',
      'pkill -0 -9 nginx': 'destructive',
      'killall -9 java': 'destructive',
      'killall -l': 'read_only',
    },
  },
  renice: {
    does: 'changes the priority of processes',
    level: 'modifying',
    others: 'harmless',
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
      '-T -x -k -u -L? -l: -f: -t -w -W -d -e -J -r -P -s: -F: --ctime --level= --facility= --decode --kernel --userspace --follow --follow-new --raw --json --notime --time-format= --since= --until= --nopager --color[=] --show-delta --reltime --noescape -i -S --syslog --buffer-size= --force-prefix -p',
    effects: {
      '-C --clear -c --read-clear': { does: "clears the kernel's messages", level: 'destructive' },
      '-D --console-off -E --console-on -n: --console-level=': {
        does: 'changes what the console shows',
        level: 'modifying',
      },
      '-H --human': { does: 'opens a pager, which can start a shell', level: 'destructive' },
    },
    examples: {
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
        others: 'harmless',
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
    others: 'harmless',
    examples: { 'strace -p 1': 'destructive', 'gdb -p 1': 'destructive' },
  },
  jstat: {
    does: "shows a Java machine's statistics",
    level: 'read_only',
    others: 'harmless',
    operands: 'text',
    examples: { 'jstat -gcutil 123 1000 5': 'read_only' },
  },
  'reboot shutdown halt poweroff init telinit': {
    does: 'ends or restarts the machine',
    level: 'destructive',
    others: 'harmless',
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
    others: 'harmless',
    operands: 'text',
    examples: { atq: 'read_only' },
  },
  'at batch atrm': {
    does: 'plans commands that are not written here',
    level: 'destructive',
    others: 'harmless',
    check: (call) => call.input.kind === 'pipe' && call.hidden('plans commands'),
    examples: { 'echo rm x | at now': 'destructive', 'atrm 1': 'destructive' },
  },
  'useradd userdel usermod groupadd groupdel groupmod passwd chpasswd chage gpasswd adduser deluser addgroup delgroup chsh chfn newusers pwconv grpconv pwck':
    {
      does: 'changes accounts',
      level: 'destructive',
      others: 'harmless',
      operands: 'text',
      modes: { '-S --status': 'read_only' },
      examples: { 'userdel -r x': 'destructive', 'passwd root': 'destructive', 'passwd -S root': 'read_only' },
    },
  getent: {
    does: 'shows entries of a name database',
    level: 'read_only',
    others: 'harmless',
    options: '-s: -i',
    operands: 'text',
    check: (call) => {
      const database = call.operands[0];
      if (database && (!database.literal || /^g?shadow$/.test(database.text)))
        call.raise('shadow', 'shows password hashes', 'read_only', 'sensitive_read');
    },
    examples: {
      'getent hosts db': 'read_only',
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
      others: 'harmless',
      operands: 'names',
      examples: { 'modprobe -r x': 'destructive', 'umount -l /mnt': 'destructive' },
    },
};

const hardSignals = /^(?:-?(?:9|19|SIGKILL|KILL|STOP|SIGSTOP))$/i;

function judgeKill(call: Call): void {
  const texts = call.words.map((word) => word.text);
  if (texts[0] === '-0' && call.words.slice(1).every((word) => !word.prefix.startsWith('-'))) return;
  if (
    texts.some((text) => hardSignals.test(text) && text.startsWith('-')) ||
    (call.options.some((option) => /^-(?:s|n|-signal)$/.test(option.name)) &&
      texts.some((text) => hardSignals.test(text)))
  ) {
    call.raise('hard', 'kills without letting processes finish', 'destructive');
  }
  if (
    texts.slice(1).some((text) => /^-\d+$/.test(text)) ||
    texts.slice(1).includes('-1') ||
    texts.some((text) => text === '1')
  )
    call.raise('all', 'signals every process or the first one', 'destructive');
}
