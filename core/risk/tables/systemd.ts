/** Argument table: systemd and the journal, and older service managers. */
import type { Call, Table } from '../table.ts';

/** A pager is a shell: systemd opens one only at a terminal, which a script sent to a host does not have. */
export const systemd = (): Table => ({
  systemctl: {
    does: 'lists units',
    level: 'read_only',
    options:
      '-t: --type= --state= -p: --property= -P: -a --all -r --recursive --reverse --after --before -l --full --value --no-pager --no-legend --no-ask-password -q --quiet --plain -n: --lines= -o: --output= --user --system --failed -T --show-types --with-dependencies --no-block --now -f --force --runtime --job-mode= --wait --legend= --show-transaction --kill-whom= -s: --signal= --kill-who= --timestamp= --what= --message= -i --check-inhibitors= --no-warn --fail --preset-mode= --dry-run',
    effects: {
      '-H: --host=': { value: 'host', does: 'talks to another machine', level: 'destructive' },
      '-M: --machine=': { does: 'talks to a container', level: 'modifying' },
      '--root= --image=': { does: 'works on another root', level: 'destructive' },
    },
    subcommands: {
      'status cat help list-units list-unit-files list-sockets list-timers list-dependencies list-jobs list-machines list-automounts list-paths is-active is-enabled is-failed is-system-running get-default':
        'read_only',
      show: {
        does: 'shows properties of units',
        level: 'read_only',
        operands: 'text',
        check: (call) => {
          for (const { name, value } of call.options)
            if (/^(?:-p|-P|--property)$/.test(name) && value && /environ|credential|\$|\*/i.test(value.text))
              call.raise('environment', 'shows the environment of a unit', 'read_only', 'sensitive_read');
        },
        examples: {
          'systemctl show x -p MainPID --value': 'read_only',
          'systemctl show x -p Environment': 'read_only sensitive_read',
          'systemctl show --property=ActiveState,Environment x': 'read_only sensitive_read',
        },
      },
      'show-environment': {
        does: "shows the manager's environment",
        level: 'read_only',
        flag: 'sensitive_read',
        operands: 'text',
        examples: { 'systemctl show-environment': 'read_only sensitive_read' },
      },
      'start restart try-restart reload-or-restart try-reload-or-restart condrestart bind': {
        does: 'starts or restarts units',
        level: 'modifying',
        operands: 'text',
        check: (call) => {
          mightyUnit(call);
          if (!/\.(?:start|bind)$/.test(call.rule)) vitalUnit(call);
        },
        examples: {
          'systemctl restart nginx': 'modifying',
          'systemctl start nginx@a.service nginx.socket': 'modifying',
          "systemctl restart 'poweroff.target'": 'destructive',
          'systemctl start systemd-reboot': 'destructive',
          'systemctl restart ssh.service': 'destructive',
          'systemctl restart "$unit"': 'destructive',
        },
      },
      'reload force-reload reset-failed enable reenable preset daemon-reload daemon-reexec freeze thaw bind cancel log-level log-target service-watchdogs set-property':
        'modifying',
      stop: {
        does: 'stops units',
        level: 'modifying',
        operands: 'text',
        check: (call) => {
          mightyUnit(call);
          vitalUnit(call);
        },
        examples: { 'systemctl stop nginx': 'modifying', 'systemctl stop sshd': 'destructive' },
      },
      disable: {
        does: 'keeps units from starting',
        level: 'modifying',
        operands: 'text',
        check: vitalUnit,
        examples: { 'systemctl disable --now nginx': 'modifying', 'systemctl disable ssh.service': 'destructive' },
      },
      'kill mask unmask isolate default rescue emergency halt poweroff reboot kexec soft-reboot exit switch-root add-wants add-requires suspend hibernate hybrid-sleep suspend-then-hibernate sleep edit link revert set-default set-environment unset-environment import-environment clean mount-image preset-all':
        'destructive',
    },
    examples: {
      'systemctl --no-pager status nginx': 'read_only',
      'systemctl list-units --failed': 'read_only',
      systemctl: 'read_only',
      'systemctl restart nginx': 'modifying',
      'systemctl --failed': 'read_only',
      'systemctl -H root@x status': 'destructive egress',
      'systemctl poweroff': 'destructive',
      'systemctl show nginx -p MainPID --value': 'read_only',
      'systemctl -M c status': 'modifying',
      'systemctl --root=/x enable y': 'destructive',
      'systemctl $verb nginx': 'destructive',
      'systemctl status $unit': 'destructive',
      'systemctl status "nginx-$x"': 'read_only',
    },
  },
  journalctl: {
    does: 'shows the journal',
    level: 'read_only',
    options:
      '-# -u: --unit= --user-unit= -n? --lines[=] -S: --since= -U: --until= -p: --priority= -o: --output= -f --follow -e --pager-end -x --catalog -k --dmesg -b? --boot[=] -r --reverse -t: --identifier= -g: --grep= -c: --cursor= --after-cursor= --no-pager -q --quiet --no-hostname --utc -a --all --no-full --full -l --system --user -D: --directory= --file= --list-boots --disk-usage --header -F: --field= -N --fields --output-fields= --no-tail --case-sensitive[=] --facility= --show-cursor -m --merge --truncate-newline --verify --list-catalog --dump-catalog -M: --machine= -i: -T: --exclude-identifier= --namespace= -I --invocation= --list-invocations',
    effects: {
      '--vacuum-size= --vacuum-time= --vacuum-files=': { does: 'deletes journal files', level: 'destructive' },
      '--rotate --flush --relinquish-var --smart-relinquish-var --sync': {
        does: 'moves journal files',
        level: 'modifying',
      },
      '--setup-keys --update-catalog --force --new-id128 --interval= --verify-key=': {
        does: "changes the journal's keys",
        level: 'destructive',
      },
      '--cursor-file=': { value: 'overwrites' },
      '--root= --image=': { does: 'works on another root', level: 'destructive' },
    },
    operands: 'text',
    examples: {
      "journalctl -u nginx --since '1 hour ago' --no-pager": 'read_only',
      'journalctl -p err -b': 'read_only',
      'journalctl --vacuum-size=1G': 'destructive',
      'journalctl --vacuum-t=1s': 'destructive',
      'journalctl --rotate': 'modifying',
      'journalctl -xeu nginx': 'read_only',
      'journalctl --cursor-file=x': 'destructive',
      'journalctl --setup-keys': 'destructive',
      'journalctl --root=/x': 'destructive',
      'journalctl -n 50 -f': 'read_only',
      'journalctl -k -b -1': 'read_only',
      'journalctl -u $x': 'destructive',
      'journalctl -u "$x"': 'read_only',
      'journalctl --disk-usage': 'read_only',
    },
  },
  'hostnamectl timedatectl localectl': {
    does: "shows the machine's name, clock or language",
    level: 'read_only',
    options:
      '--no-pager --no-ask-password --json= -j --static --transient --pretty -p: --property= --value -a --all --monitor',
    effects: { '-H: --host= -M: --machine=': { does: 'talks to another machine', level: 'destructive' } },
    subcommands: {
      'status show list-timezones list-locales list-keymaps timesync-status show-timesync': 'read_only',
      'hostname icon-name chassis deployment location set-hostname set-icon-name set-chassis set-deployment set-location set-time set-timezone set-local-rtc set-ntp set-locale set-keymap set-x11-keymap ntp-servers revert':
        'destructive',
    },
    examples: {
      timedatectl: 'read_only',
      'timedatectl status': 'read_only',
      'timedatectl set-time 10:00': 'destructive',
      hostnamectl: 'read_only',
      'hostnamectl -H x status': 'destructive',
    },
  },
  loginctl: {
    does: 'lists sessions',
    level: 'read_only',
    options: '--no-pager --no-legend -p: --property= -a --all --value -l --full -n: -o: -j --json=',
    subcommands: {
      'list-sessions session-status show-session list-users user-status show-user list-seats seat-status show-seat':
        'read_only',
      'activate lock-session unlock-session lock-sessions unlock-sessions terminate-session kill-session enable-linger disable-linger terminate-user kill-user attach flush-devices terminate-seat':
        'destructive',
    },
    examples: { loginctl: 'read_only', 'loginctl terminate-user x': 'destructive' },
  },
  'systemd-analyze': {
    does: 'shows how the machine started',
    level: 'read_only',
    options: '--no-pager --user --system --order --require --fuzz= --json= --iterations=',
    subcommands: {
      'time blame critical-chain dump cat-config unit-files unit-paths exit-status capability condition syscall-filter filesystems calendar timestamp timespan security plot dot verify inspect-elf fdstore image-policy':
        'read_only',
      'log-level log-target service-watchdogs set-log-level set-log-target malloc': 'modifying',
    },
    examples: { 'systemd-analyze blame': 'read_only', 'systemd-analyze set-log-level debug': 'modifying' },
  },
  'systemd-cgls systemd-cgtop systemd-detect-virt systemd-delta systemd-path systemd-id128 systemd-escape': {
    does: 'shows what systemd knows',
    level: 'read_only',
    options:
      '--all -l --full -u: --unit= --user-unit= -k -M: --machine= -x --xattr= -c --cgroup-id= -h --no-pager -p -P --order= -t -m -i -b --batch -r --raw --cpu= --recursive= -n: --iterations= -1 -d: --delay= --depth= --container -v --vm --chroot --private-users --cvm -q --quiet --list --list-cvm --type= --diff= --suffix= --pretty -a: --app-specific= --uuid --template= --path --unescape --mangle --instance --no-legend -j --json= --value',
    operands: 'text',
    examples: { 'systemd-cgtop -b -n 1': 'read_only', 'systemd-cgls --no-pager': 'read_only' },
  },
  coredumpctl: {
    does: 'lists core dumps',
    level: 'read_only',
    options: '--no-pager --no-legend -n: -S: --since= -U: --until= -r --reverse -1 -F: --field= -q --quiet --json=',
    effects: {
      '-o: --output=': { value: 'overwrites' },
      '--debugger= -A:': { does: 'runs a debugger', level: 'destructive' },
    },
    subcommands: { 'list info': 'read_only', 'dump debug gdb': 'destructive' },
    examples: {
      coredumpctl: 'read_only',
      'coredumpctl list': 'read_only',
      'coredumpctl dump 1 -o x': 'destructive',
      'coredumpctl --debugger=sh debug': 'destructive',
    },
  },
  'resolvectl systemd-resolve': {
    does: 'shows how names are resolved',
    level: 'read_only',
    options: '--no-pager -4 -6 -i: --interface= -t: --type= --legend= --json= --status --statistics',
    effects: {
      '--flush-caches --reset-statistics --set-dns= --set-domain= --revert --reset-server-features': {
        does: 'changes how names are resolved',
        level: 'modifying',
      },
    },
    operands: 'text',
    subcommands: {
      'status statistics show-server-state show-cache dns domain default-route llmnr mdns dnssec nta dnsovertls': {
        does: 'shows how names are resolved',
        level: 'read_only',
        operands: { rest: 'text', level: 'destructive', maximum: 1, does: 'changes how names are resolved' },
        examples: { 'resolvectl dns': 'read_only', 'resolvectl dns eth0 8.8.8.8': 'destructive' },
      },
      'query service': {
        does: 'asks for a name',
        level: 'read_only',
        operands: 'quiet_host',
        examples: {
          'resolvectl query example.com': 'read_only',
          'resolvectl query "$x.example.com"': 'destructive egress',
        },
      },
      'flush-caches reset-statistics reset-server-features': 'modifying',
      'revert log-level': 'destructive',
    },
    examples: {
      'resolvectl status': 'read_only',
      'systemd-resolve --statistics': 'read_only',
      'systemd-resolve --flush-caches': 'modifying',
    },
  },
  networkctl: {
    does: 'lists network links',
    level: 'read_only',
    options: '--no-pager --no-legend -a --all -s --stats -l --full -n: --lines= --json=',
    subcommands: {
      'list status lldp label cat': 'read_only',
      'up down renew forcerenew reconfigure reload delete edit mask unmask persistent-storage': 'destructive',
    },
    examples: { 'networkctl status eth0': 'read_only', 'networkctl down eth0': 'destructive' },
  },
  'machinectl portablectl homectl bootctl udevadm systemd-tmpfiles systemd-run systemd-nspawn systemd-sysusers systemd-cryptsetup systemd-firstboot systemd-inhibit busctl':
    {
      does: 'changes what systemd manages',
      level: 'destructive',
      operands: 'names',
      examples: { 'systemd-run rm x': 'destructive', 'udevadm trigger': 'destructive' },
    },
  'service rc-service invoke-rc.d': {
    does: 'controls a service',
    level: 'read_only',
    options: '--status-all --full-restart',
    operands: 'text',
    check: judgeService,
    examples: {
      'service nginx status': 'read_only',
      'service nginx restart': 'modifying',
      'service --status-all': 'read_only',
      'service nginx stop': 'modifying',
      'service x purge': 'destructive',
      'service x': 'destructive',
      'service ssh stop': 'destructive',
    },
  },
  supervisorctl: {
    does: 'opens a shell of the supervisor',
    level: 'destructive',
    options: '-i',
    effects: {
      '-c: --configuration=': {
        does: 'takes plugins and servers from another file',
        level: 'destructive',
        unless: /^\/etc\/(?!.*\.\.)[\w./-]+$/,
      },
      '-s: -u: -p: --serverurl=': { does: 'talks to another supervisor', flag: 'egress' },
    },
    subcommands: {
      'status pid tail avail version maintail': 'read_only',
      'start stop restart reread update add signal clear': 'modifying',
      'remove shutdown reload fg open': 'destructive',
    },
    examples: {
      'supervisorctl status': 'read_only',
      'supervisorctl restart all': 'modifying',
      supervisorctl: 'destructive',
      'supervisorctl --configuration=/tmp/x status': 'destructive',
      'supervisorctl -s http://x status': 'read_only egress',
    },
  },
  logrotate: {
    does: 'rotates logs',
    level: 'destructive',
    options: '-v --verbose -s: --state=',
    modes: { '-d --debug': 'read_only' },
    effects: {
      '-f --force': { does: 'rotates at once', level: 'destructive' },
      '-m: --mail=': { does: 'runs a mail command', level: 'destructive' },
      '-l: --log=': { value: 'overwrites' },
    },
    examples: {
      'logrotate -d /etc/logrotate.conf': 'read_only',
      'logrotate -f x': 'destructive',
      'logrotate -d -m sh x': 'destructive',
      'logrotate -d --log=x y': 'destructive',
      'logrotate x': 'destructive',
    },
  },
  logger: {
    does: 'writes a line to the log',
    level: 'modifying',
    options:
      '-d --udp -e --skip-empty -i --id[=] --journald[=] --msgid= --no-act --octet-count -P: --port= -p: --priority= --prio-prefix --rfc3164 --rfc5424[=] -s --stderr --sd-id= --sd-param= -S: --size= --socket-errors[=] -T --tcp -t: --tag= -u: --socket= -h -V',
    effects: { '-n: --server=': { value: 'host' }, '-f: --file=': { value: 'reads' } },
    operands: 'text',
    examples: {
      'logger x': 'modifying',
      'logger -n log.example x': 'modifying egress',
      'logger -f /etc/shadow': 'modifying sensitive_read',
    },
  },
});

/** Without these nobody can reach or repair the machine, or what runs on it. */
const vital =
  /^(?:sshd?(?:@.*)?|amazon-ssm-agent|snap\.amazon-ssm-agent.*|systemd-(?!timesyncd|tmpfiles|resolved|oomd|coredump|random-seed|update|hostnamed|timedated|localed)\w[\w-]*|dbus(?:-broker)?|networkd?|NetworkManager|networking|wicked\w*|firewalld|iptables|ip6tables|nftables|ufw|auditd|falcon-sensor|rsyslog|polkit|getty@.*|serial-getty@.*|user@.*|lvm2-\w+|multipathd|iscsid|kubelet|containerd|docker)(?:\.\w+)?$|\*/;

function vitalUnit(call: Call): void {
  const looseRestart = /restart/.test(call.rule);
  const found = call.operands.find((word) => {
    if (!word.literal) return true;
    if (
      looseRestart &&
      /^(?:kubelet|containerd|docker|rsyslog|multipathd|iscsid|polkit|nftables|iptables|ufw|firewalld|amazon-ssm-agent|falcon-sensor|auditd)(?:\.service)?$/.test(
        word.text,
      )
    )
      return false;
    return vital.test(word.text);
  });
  if (found) call.raise('vital', `stops what keeps the machine reachable or watched: ${found.text}`, 'destructive');
}

/** Services that end the machine, or bring it into another state. */
const ending =
  /^(?:systemd-(?:reboot|poweroff|halt|kexec|soft-reboot|suspend|hibernate|hybrid-sleep|suspend-then-hibernate|sleep|exit|quotacheck|fsck\S*|tmpfiles-clean|firstboot|repart|growfs\S*|factory-reset\S*)|initrd-\S*|reboot|poweroff|halt|shutdown|kexec\S*|rescue|emergency|debug-shell|ctrl-alt-del|plymouth-(?:reboot|poweroff|halt|kexec)|kdump\S*|unattended-upgrades-shutdown)(?:\.service)?$/;

/**
 * Units that are no service, socket, timer or path are states of the whole machine, mounts, swap or groups of processes:
 * starting `reboot.target` reboots.
 */
function mightyUnit(call: Call): void {
  for (const word of call.operands) {
    const open = !word.literal;
    const other =
      /\.(?!service$|socket$|timer$|path$)(?:target|mount|automount|swap|scope|slice|device|snapshot)$/.test(word.text);
    if (open || other || ending.test(word.text))
      call.raise('machine', `may end or change the whole machine: ${word.text}`, 'destructive', null, word);
  }
}

function judgeService(call: Call): void {
  const [name, verb] = call.operands;
  if (name === undefined) return;
  if (name.literal && ending.test(name.text) && verb?.text !== 'status')
    call.raise('machine', `may end the whole machine: ${name.text}`, 'destructive');
  if (!verb?.literal || !name.literal) call.raise('open', 'controls a service in an open way', 'destructive');
  else if (verb.text === 'status') return;
  else if (!/^(?:start|stop|restart|reload|force-reload|condrestart|try-restart|configtest)$/.test(verb.text))
    call.raise('verb', `is not known: ${verb.text}`, 'destructive');
  else if (verb.text !== 'configtest')
    call.raise(
      verb.text,
      `${verb.text}s a service`,
      verb.text === 'stop' && /^ssh/.test(name.text) ? 'destructive' : 'modifying',
    );
}
