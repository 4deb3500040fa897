/** Argument table: hardware, security state, and the runtimes of programs. */
import type { Call, Table } from '../table.ts';

export const machine = (): Table => ({
  dmidecode: {
    does: 'describes the hardware',
    level: 'read_only',
    options: '-t: --type= -s: --string= -q --quiet -H:',
    effects: {
      '--dump-bin=': { value: 'overwrites' },
      '-d: --dev-mem= --from-dump=': { does: 'reads memory past the system', level: 'destructive' },
      '-u --dump': { does: 'prints raw bytes', level: 'read_only' },
    },
    examples: {
      'dmidecode -t memory': 'read_only',
      'dmidecode -s system-serial-number': 'read_only',
      'dmidecode --dump-bin x': 'destructive',
      'dmidecode -u': 'read_only',
      'dmidecode -d /dev/mem': 'destructive',
    },
  },
  'nvidia-smi': {
    does: 'shows graphics processors',
    level: 'read_only',
    options:
      '-L -q -i: --id= -d: --display= -x -l: --loop= -lms: --query-gpu= --query-compute-apps= --format= -h --list-gpus --query -a -u',
    subcommands: {
      'topo pmon dmon nvlink': {
        does: 'shows graphics processors',
        level: 'read_only',
        options: '-m -s: -c: -o: -d: -i: -h -p -M',
        operands: 'text',
        examples: { 'nvidia-smi topo -m': 'read_only', 'nvidia-smi dmon -c 5': 'read_only' },
      },
    },
    examples: {
      'nvidia-smi': 'read_only',
      'nvidia-smi -q -d ECC': 'read_only',
      'nvidia-smi --gpu-reset -i 0': 'destructive',
      'nvidia-smi --query-gpu=name,memory.used --format=csv': 'read_only',
      'nvidia-smi -pl 200': 'destructive',
      'nvidia-smi -f x': 'destructive',
    },
  },
  ipmitool: {
    does: 'manages a machine past its system',
    level: 'destructive',
    options: '-v -c -I:',
    effects: { '-H: -U: -P: -E -f: -L:': { does: 'manages another machine', level: 'destructive', flag: 'egress' } },
    subcommands: {
      sel: {
        does: 'shows the event log',
        level: 'read_only',
        subcommands: { 'list elist info get': 'read_only' },
        examples: { 'ipmitool sel list': 'read_only', 'ipmitool sel clear': 'destructive' },
      },
      'sdr sensor': {
        does: 'shows sensors',
        level: 'read_only',
        subcommands: { 'list elist get type info reading': 'read_only' },
        examples: { 'ipmitool sdr list': 'read_only', 'ipmitool sensor thresh x': 'destructive' },
      },
      fru: {
        does: 'shows parts',
        level: 'read_only',
        subcommands: { 'print list': 'read_only' },
        examples: { 'ipmitool fru print': 'read_only' },
      },
      chassis: {
        does: 'controls the chassis',
        level: 'destructive',
        subcommands: { status: 'read_only' },
        examples: { 'ipmitool chassis status': 'read_only', 'ipmitool chassis power off': 'destructive' },
      },
      mc: {
        does: 'asks the controller',
        level: 'destructive',
        subcommands: { 'info guid': 'read_only' },
        examples: { 'ipmitool mc info': 'read_only' },
      },
      lan: {
        does: 'shows its network',
        level: 'destructive',
        subcommands: { print: 'read_only' },
        examples: { 'ipmitool lan print 1': 'read_only', 'ipmitool lan set 1 x': 'destructive' },
      },
    },
    examples: { 'ipmitool power cycle': 'destructive', 'ipmitool -H bmc power off': 'destructive egress' },
  },
  sensors: {
    does: 'shows the hardware',
    level: 'read_only',
    options: '-h -A --no-adapter -u -j -v -f --fahrenheit --bus-list --allow-no-sensors',
    effects: {
      '-s --set': { does: 'sets limits of sensors', level: 'destructive' },
      '-c: --config-file=': { value: 'reads' },
    },
    operands: 'text',
    complete: true,
    examples: {
      sensors: 'read_only',
      'sensors -j': 'read_only',
      'sensors -s': 'destructive',
      'sensors --set': 'destructive',
      'sensors -c /etc/shadow': 'read_only sensitive_read',
    },
  },
  'edac-util ras-mc-ctl': {
    does: 'shows errors of the memory',
    level: 'read_only',
    options:
      '-h -q --quiet -v --verbose -s --status -r: --report= --summary --errors --error-count --layout --mainboard --print-labels --guess-labels',
    operands: 'text',
    examples: {
      'edac-util -v': 'read_only',
      'ras-mc-ctl --summary': 'read_only',
      'ras-mc-ctl --register-labels': 'destructive',
    },
  },
  'lstopo lstopo-no-graphics hwloc-ls': {
    does: 'shows how the machine is built',
    level: 'read_only',
    options:
      '-v --verbose -s --silent --distances --memattrs --cpukinds -l --logical -p --physical -c --cpuset -C --cpuset-only --taskset --only= --filter= --ignore= --no-smt --no-caches --no-useless-caches --no-icaches --disallowed --merge --no-io --no-bridges --whole-io --no-factorize --no-collapse --no-legend --no-text= --version -h --of= --output-format=',
    effects: { '-i: --input= --if= --input-format=': { value: 'reads' } },
    operands: { rest: 'overwrites' },
    examples: {
      'lstopo --of console': 'read_only',
      'lstopo-no-graphics -': 'read_only',
      'lstopo f.png': 'destructive',
      'lstopo -i /etc/shadow': 'read_only sensitive_read',
    },
  },
  'cpuid x86info acpi biosdecode vpddecode lsgpu': {
    does: 'shows the hardware',
    level: 'read_only',
    options: '-1 -r -a -b -t -c -V -s -i -f -k -v -h --verbose --raw --one-cpu --battery --thermal --everything',
    operands: 'text',
    examples: { 'cpuid -1': 'read_only', 'acpi -V': 'read_only' },
  },
  'inxi hwinfo': {
    does: 'shows the hardware',
    level: 'read_only',
    options:
      '-F -b -C -D -M -N -n -P -p -S -s -G -A -m -r -x -xx -xxx -z -c: -v: --short --cpu --disk --memory --network --bios --pci --usb --listmd --partition --storage --block --cdrom',
    operands: 'text',
    examples: {
      'inxi -Fxz': 'read_only',
      'hwinfo --short': 'read_only',
      'hwinfo --log x': 'destructive',
      'inxi --export': 'destructive',
    },
  },
  upower: {
    does: 'shows batteries',
    level: 'read_only',
    options: '-e --enumerate -d --dump -i: --show-info= -v --version -w --wakeups',
    operands: 'text',
    examples: { 'upower -d': 'read_only' },
  },
  mcelog: {
    does: 'reads machine checks, which it takes from the kernel',
    level: 'destructive',
    modes: { '--client --version --help --is-cpu-supported': 'read_only' },
    operands: 'text',
    examples: { 'mcelog --client': 'read_only', mcelog: 'destructive', 'mcelog --daemon': 'destructive' },
  },
  cpupower: {
    does: 'changes how processors run',
    level: 'destructive',
    options: '-c: --cpu=',
    subcommands: {
      monitor: {
        does: 'measures processors',
        level: 'read_only',
        options: '-l -c -m: -i: -v -h',
        operands: { rest: 'text', level: 'destructive', does: 'runs a command' },
        examples: { 'cpupower monitor -l': 'read_only', 'cpupower monitor rm x': 'destructive' },
      },
      'frequency-info idle-info info': {
        does: 'shows how processors run',
        level: 'read_only',
        options:
          '-e --debug -a --related-cpus --affected-cpus -g --governors -p --policy -d --driver -l --hwlimits -f --freq -y --latency -w --hwfreq -s --stats -m --human -n --no-rounding -c --perf -o --proc -b --perf-bias -r --boost -i: -l -h --silent',
        operands: 'text',
        examples: { 'cpupower frequency-info': 'read_only' },
      },
      'frequency-set idle-set set': {
        does: 'changes how processors run',
        level: 'modifying',
        options:
          '-d: --min= -u: --max= -g: --governor= -f: --freq= -r --related -e: --enable= -D: --disable-by-latency= -E --enable-all -b: --perf-bias= -t: --turbo-boost=',
        operands: 'text',
      },
    },
    examples: { 'cpupower frequency-set -g performance': 'modifying' },
  },
  turbostat: {
    does: 'measures processors',
    level: 'read_only',
    options:
      '--interval= -i: --num_iterations= -n: --quiet -q --Summary -S --show= --hide= --Joules -J --cpu= -c: --list -l',
    effects: { '-o: --out=': { value: 'overwrites' } },
    operands: { rest: 'text', level: 'destructive', does: 'runs a command' },
    examples: { 'turbostat -n 1': 'read_only', 'turbostat rm x': 'destructive' },
  },
  'getenforce sestatus aa-status apparmor_status selinuxenabled getsebool avcstat seinfo': {
    does: 'shows the access policy',
    level: 'read_only',
    options: '-v -b -a --json --pretty-json --enabled --profiled --enforced --complaining --verbose',
    operands: 'text',
    examples: {
      getenforce: 'read_only',
      'sestatus -v': 'read_only',
      'aa-status': 'read_only',
      'getsebool -a': 'read_only',
    },
  },
  'setenforce aa-enforce aa-complain aa-disable aa-teardown apparmor_parser semodule restorecond load_policy fixfiles chcat audit2allow':
    {
      does: 'changes the access policy',
      level: 'destructive',
      operands: 'names',
      options: '-v --verbose --list-modules=',
      modes: { '-l --list': 'read_only' },
      check: (call) => {
        if (call.rule !== 'semodule' && call.options.some((option) => option.known?.mode))
          call.raise('list', 'is not known to list only', 'destructive');
      },
      examples: { 'setenforce 0': 'destructive', 'semodule -l': 'read_only', 'aa-teardown -l': 'destructive' },
    },
  auditctl: {
    does: 'changes the audit rules',
    level: 'destructive',
    options: '-v',
    modes: { '-l -s': 'read_only' },
    examples: {
      'auditctl -l': 'read_only',
      'auditctl -s': 'read_only',
      'auditctl -D': 'destructive',
      'auditctl -l -D': 'destructive',
      'auditctl -e 0': 'destructive',
    },
  },
  'ausearch aureport aulast aulastlog': {
    does: 'shows audit records',
    level: 'read_only',
    options:
      '-m: -ts: -te: -k: -i -ui: -ua: -p: -sv: -c: -x: -f: -au -l -s --summary --failed --success -n -t --start= --end= --message= --interpret -a: -ul: -u -w -e --format= -r --just-one --raw -sc: -hn: -tm: -gi: -pp: -o: -ue:',
    style: 'word',
    effects: { '-if: --input:': { value: 'reads' }, '--checkpoint:': { value: 'overwrites' } },
    operands: 'text',
    examples: {
      'ausearch -m avc -ts recent -i': 'read_only',
      'aureport -au': 'read_only',
      'ausearch --checkpoint x -m avc': 'destructive',
    },
  },
  'fail2ban-client': {
    does: 'controls bans',
    level: 'destructive',
    subcommands: {
      'status ping version banned': {
        does: 'shows bans',
        level: 'read_only',
        operands: 'text',
        examples: { 'fail2ban-client status sshd': 'read_only' },
      },
      reload: 'modifying',
    },
    examples: { 'fail2ban-client stop': 'destructive', 'fail2ban-client reload': 'modifying' },
  },
  'faillock pam_tally2': {
    does: 'shows failed log-ins',
    level: 'read_only',
    options: '--user=',
    effects: { '-r --reset': { does: 'resets them', level: 'modifying' } },
    examples: { 'faillock --user bob': 'read_only', 'faillock --user bob --reset': 'modifying' },
  },
  jstack: {
    does: "shows a Java machine's threads",
    level: 'read_only',
    options: '-l -e -h -help',
    style: 'word',
    complete: true,
    effects: {
      '-F -m': { does: 'halts the program to look', level: 'modifying' },
      '-J:': { does: 'gives options to a Java machine', level: 'destructive' },
    },
    operands: { rest: 'text', maximum: 1, level: 'destructive' },
    examples: {
      'jstack -l 123': 'read_only',
      'jstack "$(pgrep -f app)"': 'read_only',
      'jstack -F 123': 'modifying',
      'jstack -m 123': 'modifying',
      'jstack -J x 123': 'destructive',
    },
  },
  jinfo: {
    does: "shows a Java machine's flags",
    level: 'read_only',
    options: '-flags',
    style: 'word',
    effects: { '-sysprops': { does: 'shows system properties', flag: 'sensitive_read' } },
    operands: { rest: 'text', maximum: 1, level: 'destructive' },
    check: (call) => {
      if (!call.options.some((option) => option.name === '-flags'))
        call.raise('all', 'shows system properties', 'read_only', 'sensitive_read');
    },
    examples: {
      'jinfo -flags 123': 'read_only',
      'jinfo 123': 'read_only sensitive_read',
      'jinfo -sysprops 123': 'read_only sensitive_read',
      'jinfo -flag +X 123': 'destructive sensitive_read',
    },
  },
  jmap: {
    does: "shows a Java machine's heap",
    level: 'read_only',
    style: 'word',
    options: '-histo -heap -clstats -finalizerinfo',
    operands: { rest: 'text', maximum: 1, level: 'destructive' },
    examples: {
      'jmap -histo 123': 'read_only',
      'jmap -heap 123': 'read_only',
      'jmap -dump:live,file=x 123': 'destructive',
      'jmap -histo:live 123': 'destructive',
    },
  },
  jcmd: {
    does: 'asks a Java machine',
    level: 'read_only',
    options: '-l',
    operands: 'text',
    ordered: true,
    check: judgeJcmd,
    examples: {
      jcmd: 'read_only',
      'jcmd -l': 'read_only',
      'jcmd 123 Thread.print': 'read_only',
      'jcmd 123 VM.native_memory summary': 'read_only',
      'jcmd 123 GC.run': 'modifying',
      'jcmd 123 GC.heap_dump x': 'destructive',
      'jcmd 123 VM.system_properties': 'read_only sensitive_read',
      'jcmd 123 -f x': 'destructive',
    },
  },
  'py-spy': {
    does: 'samples a Python program',
    level: 'read_only',
    options:
      '-p: --pid= -n --native --nonblocking -d: --duration= -r: --rate= -F -s --subprocesses -t --threads -g --gil -i --idle -j --json',
    effects: { '-l --locals': { does: 'shows the values of variables', flag: 'sensitive_read' } },
    subcommands: {
      'dump top': {
        does: 'shows stacks',
        level: 'read_only',
        operands: { rest: 'text', level: 'destructive', does: 'runs a program' },
        examples: {
          'py-spy dump --pid 123': 'read_only',
          'py-spy dump --locals --pid 1': 'read_only sensitive_read',
          'py-spy top -- python x.py': 'destructive',
        },
      },
      record: {
        does: 'records stacks',
        level: 'read_only',
        options: '-f: --format=',
        effects: { '-o: --output=': { value: 'overwrites' } },
        operands: { rest: 'text', level: 'destructive', does: 'runs a program' },
        check: (call) => {
          if (!call.options.some((option) => /^(?:-o|--output)$/.test(option.name)))
            call.raise('file', 'writes a file', 'destructive');
        },
        examples: { 'py-spy record -o /tmp/x.svg --pid 1': 'destructive', 'py-spy record --pid 1': 'destructive' },
      },
    },
    examples: { 'py-spy --version': 'read_only' },
  },
  'rbspy phpspy async-profiler profiler.sh asprof jattach arthas jfr jhat gops dlv delve lldb rr drgn crash kdump makedumpfile biolatency biosnoop tcpconnect tcpaccept tcpretrans runqlat cachestat ext4slower xfsslower offcputime profile funccount argdist sysdig falco trace-cmd':
    {
      does: 'attaches to programs or to the kernel',
      level: 'destructive',
      operands: 'names',
      examples: { 'dlv attach 1': 'destructive', 'sysdig -c spy_users': 'destructive' },
    },
  hwclock: {
    does: 'shows the hardware clock',
    level: 'read_only',
    options: '-r --show --get --verbose -v -u --utc -l --localtime -V',
    examples: {
      'hwclock -r': 'read_only',
      hwclock: 'read_only',
      'hwclock --systohc': 'destructive',
      'hwclock --set --date x': 'destructive',
    },
  },
  zramctl: {
    does: 'shows compressed swap',
    level: 'read_only',
    options: '-b --bytes -n --noheadings -o: --output= --output-all --raw',
    operands: 'names',
    examples: { zramctl: 'read_only', 'zramctl --reset /dev/zram0': 'destructive', 'zramctl -f -s 1G': 'destructive' },
  },
  'ntpdate ntpd sntp rdate phc2sys ptp4l': {
    does: 'changes the clock',
    level: 'destructive',
    flag: 'egress',
    operands: 'text',
    examples: { 'ntpdate pool.ntp.org': 'destructive egress' },
  },
  'tuned-adm': {
    does: 'changes how the machine is tuned',
    level: 'destructive',
    subcommands: { 'active list verify recommend': 'read_only', profile: 'modifying' },
    examples: { 'tuned-adm active': 'read_only', 'tuned-adm off': 'destructive' },
  },
});

/** `jcmd PID COMMAND`: only these are known to show. */
function judgeJcmd(call: Call): void {
  const words =
    call.operands.length === 0
      ? []
      : call.words.slice(call.words.indexOf(call.operands[0] as (typeof call.words)[number]));
  const [process, verb, ...rest] = words;
  if (process === undefined || (process.literal && verb === undefined)) return;
  const name = verb?.literal && (process.literal || process.tame) ? verb.text : '';
  const harmless = rest.every(
    (word) => word.literal && /^-?[a-z_.=-]+$/i.test(word.text) && !/file|path/i.test(word.text),
  );
  if (/^(?:VM\.system_properties|VM\.command_line)$/.test(name))
    call.raise(
      'properties',
      'shows system properties',
      'read_only',
      name === 'VM.command_line' ? null : 'sensitive_read',
    );
  else if (
    /^(?:GC\.run|GC\.class_histogram|GC\.run_finalization)$/.test(name) &&
    !(name === 'GC.class_histogram' && rest[0]?.text === '-all')
  )
    call.raise('collect', 'collects garbage first', 'modifying');
  else if (
    !/^(?:help|Thread\.print|GC\.heap_info|GC\.class_histogram|GC\.finalizer_info|VM\.(?:version|flags|uptime|native_memory|info|metaspace|classloader_stats|classloaders|stringtable|symboltable|dynlibs|log|events)|Compiler\.(?:codecache|codelist|queue)|PerfCounter\.print|JFR\.check)$/.test(
      name,
    ) ||
    !harmless
  )
    call.raise('verb', `may change it: ${name}`, 'destructive');
  else if (name === 'VM.native_memory' && rest.some((word) => word.text.startsWith('baseline')))
    call.raise('baseline', 'replaces the baseline of memory tracking', 'modifying');
  else if (
    name === 'VM.native_memory' &&
    rest.some((word) => !/^(?:summary|detail|scale|statistics)\b/.test(word.text))
  )
    call.raise('tracking', 'changes how memory is tracked', 'destructive');
  else if (name === 'VM.log' && rest.some((word) => word.text !== 'list'))
    call.raise('log', 'changes logging', 'destructive');
}
