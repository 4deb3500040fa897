/** Argument table: virtual machines, overlay networks, routing daemons and private clouds. */
import { reachServer } from '../private-hosts.ts';
import type { Call, Table } from '../table.ts';
import { either, only, ownConfiguration, phrases, valuesOf, verbs } from './phrases.ts';

const openStackNouns =
  'server(?: group| event| migration| volume)?|volume(?: snapshot| backup| type| service| attachment)?|network(?: agent| qos policy| segment)?|subnet(?: pool)?|port|router|image|flavor|hypervisor(?: stats)?|project|user|group|role(?: assignment)?|service|endpoint|catalog|compute (?:service|agent)|availability zone|aggregate|host|security group(?: rule)?|floating ip|stack(?: resource| event| output| template)?|loadbalancer(?: listener| pool| member| healthmonitor| amphora| provider| status)?|domain|region|quota|usage|limits|extension|baremetal (?:node|port|driver)|dns|recordset|zone|share|resource provider(?: inventory| usage)?|allocation|trunk|coe cluster|console log';

export const virtual = (): Table => ({
  virsh: phrases({
    does: 'shows virtual machines',
    options:
      '-r --readonly -q --quiet -t --timing -v -V --version[=] -h --help --all --name --uuid --id --title --inactive --transient --persistent --autostart --no-autostart --state-running --state-paused --state-shutoff --managed-save --details --reason --human --full --source= --interface= --domain= --pool= --vol= --network= --raw --state --cpu-total --balloon --vcpu --block --perf --iothread --backing --list-active --list-running --tree --leaf --roots --parent --current --live --config --maximum --active --pretty --start= --count= --total --type --cap= --physical --migratable --inactive-only --anystats --table --xml --os --timezone --hostname --filesystem --disk --error --rerror',
    effects: {
      '-c: --connect=': {
        does: 'talks to another hypervisor',
        level: 'destructive',
        flag: 'egress',
        unless: /^(?:qemu|xen|lxc|vbox|test|ch):\/\/\/(?:system|session|default)?$/,
      },
      '--security-info --include-password --update-cpu': { does: 'shows passwords', flag: 'sensitive_read' },
    },
    shows: verbs(
      'list, dominfo, domstate, domblklist, domblkinfo, domblkstat, domblkerror, domifstat, domiflist, domifaddr, domif-getlink, dommemstat, domstats, domuuid, domid, domname, domjobinfo, domcontrol, domfsinfo, domhostname, domdisplay, vcpuinfo, vcpucount, iothreadinfo, cpu-stats, nodeinfo, nodecpustats, nodememstats, nodecpumap, nodesevinfo, freecell, freepages, hostname, capabilities, domcapabilities, uri, version, sysinfo, maxvcpus, dumpxml, net-list, net-info, net-dumpxml, net-dhcp-leases, net-uuid, net-name, pool-list, pool-info, pool-dumpxml, pool-capabilities, vol-list, vol-info, vol-path, vol-name, vol-key, vol-dumpxml, vol-pool, snapshot-list, snapshot-info, snapshot-parent, snapshot-dumpxml, checkpoint-list, checkpoint-info, iface-list, iface-dumpxml, nwfilter-list, nodedev-list, nodedev-dumpxml, secret-list, event --list, help',
    ),
    changes: verbs('start, resume, suspend, autostart, net-start, pool-start, pool-refresh, snapshot-create-as'),
    secrets: verbs('secret-get-value, vncdisplay'),
    examples: {
      'virsh list --all': 'read_only',
      'virsh dominfo vm1': 'read_only',
      'virsh -c qemu:///system domstate vm1': 'read_only',
      'virsh --connect=qemu+ssh://x/system list': 'destructive egress',
      'virsh destroy vm1': 'destructive',
      'virsh shutdown vm1': 'destructive',
      'virsh start vm1': 'modifying',
      "virsh 'list; destroy vm1'": 'destructive',
      'virsh dumpxml --security-info vm1': 'read_only sensitive_read',
      'virsh dumpxml --update-cpu vm1': 'read_only sensitive_read',
      virsh: 'destructive',
    },
  }),
  'ovs-vsctl ovn-nbctl ovn-sbctl': phrases({
    does: 'shows virtual switches',
    options:
      '--no-wait --oneline -t: --timeout= -f: --format= -d: --data= --no-headings --pretty --bare --max-column-width= --columns= --if-exists --no-syslog --retry --no-leader-only --uuid --ovs -h --help -V --version',
    effects: {
      '--db=': {
        does: 'talks to another database',
        level: 'destructive',
        unless: /^unix:\/(?:var\/)?run\/(?!.*\.\.)[\w./-]+\.sock$/,
      },
    },
    shows: either(
      only('show, list-br, get-manager, get-ssl, ls-list, lr-list, list-dp'),
      verbs(
        'list-ports, list-ifaces, br-exists, br-to-vlan, br-to-parent, br-get-external-id, port-to-br, iface-to-br, get-controller, get-fail-mode, list, find, get, show, lsp-list, lrp-list, lr-route-list, lr-nat-list, lr-policy-list, lb-list, acl-list, lsp-get-addresses, lsp-get-up, lsp-get-type, lflow-list, dump-flows, count-flows, get-connection',
      ),
    ),
    changes: verbs('add-br, add-port'),
    examples: {
      'ovs-vsctl show': 'read_only',
      'ovs-vsctl list Interface eth0': 'read_only',
      'ovs-vsctl --columns=name,ofport list Interface': 'read_only',
      'ovs-vsctl show -- del-br br0': 'destructive',
      'ovs-vsctl list Bridge -- del-br br0': 'destructive',
      'ovs-vsctl del-br br0': 'destructive',
      'ovs-vsctl add-br br0': 'modifying',
      'ovs-vsctl --db=tcp:10.0.0.1:6640 show': 'destructive',
    },
  }),
  'ovs-ofctl': phrases({
    does: 'shows flows of virtual switches',
    options:
      '-O: --protocols= --names --no-names --stats --no-stats --read-only -m --more --sort[=] --rsort[=] -F: --flow-format= --timestamp --color[=] --strict -t: --timeout= -h --help -V --version',
    shows:
      /^(?:show|dump-(?:flows|aggregate|tables|table-desc|table-features|ports|ports-desc|groups|group-stats|group-features|meters|tlv-map|ipfix-bridge|ipfix-flow)|queue-stats|queue-get-config|meter-stats|meter-features|get-frags|bundle-stats)(?: [\w…./=,-]+)+$/,
    examples: {
      'ovs-ofctl dump-flows br0': 'read_only',
      'ovs-ofctl -O OpenFlow13 dump-flows br0 table=0': 'read_only',
      'ovs-ofctl del-flows br0': 'destructive',
      'ovs-ofctl dump-flows tcp:1.2.3.4:6653': 'destructive',
    },
  }),
  'ovs-appctl ovn-appctl': phrases({
    does: 'asks a virtual switch',
    options: '-T: --timeout= -h --help -V --version',
    effects: {
      '-t: --target=': {
        does: 'asks another daemon',
        level: 'destructive',
        unless: /^(?:ovs-vswitchd|ovsdb-server|ovn-\w+)$/,
      },
    },
    shows: either(
      only(
        '(?:bond|fdb|mdb|stp|rstp|lacp|coverage|memory|upcall|bfd|cfm|dpif|dpctl)/(?:show|list|stats-show|show-stats|show-detail|dump-flows|dump-conntrack|ct-stats-show), ofproto/(?:list|list-tunnels), version, list-commands, vlog/list, dpif-netdev/(?:pmd-stats-show|pmd-rxq-show|pmd-perf-show|bond-show)',
      ),
      verbs(
        '(?:bond|fdb|mdb|stp|rstp|lacp|bfd|cfm|qos|upcall)/(?:show|show-types|stats-show), dpctl/(?:show|dump-flows|dump-conntrack|ct-stats-show|get-flow), dpif/dump-flows, bridge/dump-flows, dpif-netdev/(?:pmd-stats-show|pmd-rxq-show), cluster/status, ofproto/tnl-push-pop',
      ),
    ),
    check: (call) => {
      if (call.operands.some((word) => word.text.includes('tnl-push-pop')))
        call.raise('set', 'changes a setting', 'destructive');
    },
    examples: {
      'ovs-appctl bond/show': 'read_only',
      'ovs-appctl fdb/show br0': 'read_only',
      'ovs-appctl -t ovs-vswitchd dpif/show': 'read_only',
      'ovs-appctl --target=/tmp/x.ctl dpif/show': 'destructive',
      'ovs-appctl fdb/flush br0': 'destructive',
      'ovs-appctl exit': 'destructive',
    },
  }),
  'ovs-dpctl': phrases({
    does: 'shows data paths of virtual switches',
    options: '-s --statistics -m --more --names --no-names -h --help -V --version',
    shows: verbs('show, dump-flows, dump-dps, dump-conntrack, ct-stats-show, get-flow'),
    examples: { 'ovs-dpctl show': 'read_only', 'ovs-dpctl del-flows': 'destructive' },
  }),
  calicoctl: phrases({
    does: 'shows a Calico network',
    options:
      '-o: --output= -a --all-namespaces -A -n: --namespace= --show-blocks --show-borrowed --show-configuration --ip= -l: --log-level= -h --help --context= --allow-version-mismatch',
    effects: {
      '-c: --config= -f: --filename=': {
        does: 'takes access or names from another file',
        level: 'destructive',
        unless: ownConfiguration('calico'),
      },
    },
    check: (call) => {
      if (call.operands[0]?.text !== 'ipam') return;
      for (const { name, value } of call.options) if (/^(?:-o|--o)/.test(name) && value) call.use(value, 'overwrites');
    },
    shows: verbs('get, node status, node checksystem, ipam (?:show|check), version, cluster diags --help'),
    examples: {
      'calicoctl get nodes -o wide': 'read_only',
      'calicoctl node status': 'read_only',
      'calicoctl delete pool x': 'destructive',
      'calicoctl --config=/tmp/x get nodes': 'destructive',
      'calicoctl get nodes --filename=x': 'destructive',
      'calicoctl node diags': 'destructive',
      'calicoctl ipam check -o x': 'destructive',
    },
  }),
  vtysh: {
    does: 'asks a routing daemon',
    level: 'read_only',
    options: '-d: --daemon= -E --echo -h --help --vty_socket=',
    modes: { '-c: --command=': 'read_only' },
    operands: { rest: 'text', level: 'destructive' },
    check: judgeRouter,
    examples: {
      'vtysh -c "show ip bgp summary"': 'read_only',
      "vtysh -c 'show ip route' -c 'show interface brief'": 'read_only',
      "vtysh -c 'show running-config'": 'read_only sensitive_read',
      "vtysh -c 'clear ip bgp *'": 'destructive',
      "vtysh -c 'configure terminal' -c 'no router bgp'": 'destructive sensitive_read',
      vtysh: 'destructive',
    },
  },
  'birdc birdcl birdc6': phrases({
    does: 'asks a routing daemon',
    options: '-r -v -l',
    effects: {
      '-s:': { does: 'asks another daemon', level: 'destructive', unless: /^\/(?:var\/)?run\/(?!.*\.\.)[\w./-]+$/ },
    },
    shows: verbs('show (?:status|interfaces|protocols|route|ospf|static|bfd|babel|rip|symbols|memory|roa|eval), show'),
    changes: verbs('configure check, enable, restart, reload'),
    examples: {
      'birdc show protocols': 'read_only',
      'birdc show route for 10.0.0.1': 'read_only',
      'birdc disable x': 'destructive',
      'birdc reload x': 'modifying',
      'birdc -s /tmp/x show route': 'destructive',
      birdc: 'destructive',
    },
  }),
  lldpcli: phrases({
    does: 'shows the neighbours of a switch port',
    options: '-d -v -f: -h',
    effects: { '-c: -u:': { does: 'runs commands from a file, or asks another daemon', level: 'destructive' } },
    shows: verbs('show, watch'),
    examples: {
      'lldpcli show neighbors': 'read_only',
      'lldpcli configure system hostname x': 'destructive',
      'lldpcli -u x show': 'destructive',
    },
  }),
  lldpctl: {
    does: 'shows the neighbours of a switch port',
    level: 'read_only',
    options: '-d -v -a -f: -h',
    operands: 'text',
    examples: { lldpctl: 'read_only', 'lldpctl -f json eth0': 'read_only', 'lldpctl -L x': 'destructive' },
  },
  iw: phrases({
    does: 'shows wireless links',
    options: '--debug --version',
    shows: either(
      only('dev, phy, list, reg get, event, features, commands'),
      /^(?:dev [\w…-]+ (?:info|link|station dump|scan dump|survey dump|get power_save|mpath dump)|phy [\w…-]+ (?:info|channels|reg get))$/,
    ),
    examples: { 'iw dev': 'read_only', 'iw dev wlan0 link': 'read_only', 'iw dev wlan0 del': 'destructive' },
  }),
  wg: phrases({
    does: 'shows tunnels',
    shows: either(
      only('(?:), show, show (?:all|interfaces)'),
      /^show [\w…-]+(?: (?:public-key|listen-port|peers|endpoints|allowed-ips|latest-handshakes|transfer|persistent-keepalive|fwmark))?$/,
    ),
    secrets: /^(?:show [\w…-]+ (?:dump|private-key|preshared-keys)|showconf [\w…-]+|genkey|genpsk)$/,
    examples: {
      wg: 'read_only',
      'wg show wg0 latest-handshakes': 'read_only',
      'wg show all dump': 'read_only sensitive_read',
      'wg set wg0 peer x remove': 'destructive',
    },
  }),
  netplan: phrases({
    does: 'shows how networks are set up',
    options: '-a --all -f: --format= -h --help --verbose --diff --diff-only',
    shows: verbs('info, ip leases'),
    // It starts systemd-networkd where that does not run.
    changes: verbs('status'),
    secrets: verbs('get'),
    examples: {
      'netplan status': 'modifying',
      'netplan info': 'read_only',
      'netplan get': 'read_only sensitive_read',
      'netplan apply': 'destructive',
    },
  }),
  openstack: phrases({
    does: 'asks a private cloud',
    options:
      '-f: --format= -c: --column= --long --all-projects --all --host= --project= --status= --name= --limit= --max-width= --fit-width --sort= --sort-column= --server= --network= --router= --device-id= --device-owner= --fixed-ip= --ip= --image= --flavor= --user= --instance-name= --noindent --print-empty --quote= --marker= --public --private --shared --community --agent-type= --service= --matching= --deleted --changes-since= --changes-before= --availability-zone= --loadbalancer= --with-generation -n: --names --effective --role= -q --quiet -v --verbose -h --help --lines= --os-cloud= --nested --resource-type= --uuid --provisioning-state= --maintenance --associated --fields=',
    shows: new RegExp(`^(?:${openStackNouns}) (?:list|show)(?: [\\w…./:@-]+)*$|^versions show$|^complete$`),
    secrets:
      /^(?:token issue|(?:secret|credential|keypair|ec2 credentials|application credential|access rule)(?: \w+)* (?:list|show|get)(?: [\w…./:@-]+)*)$/,
    changes: /^server (?:start|unpause|resume|unlock|reboot)(?: [\w…./:@-]+)+$/,
    examples: {
      'openstack server list': 'read_only',
      'openstack server show web1 -f json': 'read_only',
      'openstack compute service list': 'read_only',
      'openstack server delete list': 'destructive',
      'openstack server delete web1': 'destructive',
      'openstack token issue': 'read_only sensitive_read',
      'openstack server start web1': 'modifying',
    },
  }),
  'nova neutron cinder glance heat ironic manila': phrases({
    does: 'asks a private cloud',
    options:
      '--all-tenants[=] --all --fields= --host= --status= --name= --limit= --marker= --sort= --long --minimal --tenant= --project= --detail --fit-width --image= --flavor= --deleted -c: -f: --column= --format= -h --help',
    shows:
      /^(?!.*(?:credential|secret|keypair|cert|password|token|console))(?:list|show|[a-z]+(?:-[a-z]+)*-(?:list|show))(?: [\w…./:@-]+)*$/,
    examples: {
      'nova list': 'read_only',
      'neutron agent-list': 'read_only',
      'nova delete x': 'destructive',
      'cinder show x': 'read_only',
    },
  }),
  'qm pct': phrases({
    does: 'shows virtual machines',
    options: '--full[=] --verbose[=] --current[=] --snapshot= --pretty[=] --output-format= -h --help',
    shows: verbs('list, status, config, showcmd, listsnapshot, pending, cpusets, df, help'),
    changes: verbs('start, resume, snapshot, unlock'),
    examples: {
      'qm list': 'read_only',
      'qm config 100': 'read_only',
      'qm stop 100': 'destructive',
      'qm start 100': 'modifying',
    },
  }),
  pvesh: phrases({
    does: 'asks the interface of Proxmox',
    options: '--output-format= --human-readable[=] --noborder[=] --noheader[=] --quiet[=] -h --help',
    shows: /^(?:get|ls|usage) (?!.*(?:access|token|secret|password|acme|key))[\w…./-]+$/,
    secrets: /^(?:get|ls) [\w…./-]+$/,
    examples: {
      'pvesh get /cluster/status': 'read_only',
      'pvesh get /access/users': 'read_only sensitive_read',
      'pvesh delete /nodes/x/qemu/100': 'destructive',
    },
  }),
  'pvecm pvesm ha-manager pveceph pvesr': phrases({
    does: 'shows a Proxmox cluster',
    options: '--verbose[=] --storage= --content= --vmid= -h --help',
    shows: verbs('status, nodes, list, config, expected --help, crush, mon list, pool ls, osd details'),
    examples: { 'pvecm status': 'read_only', 'pvesm status': 'read_only', 'pvecm delnode x': 'destructive' },
  }),
  xl: phrases({
    does: 'shows virtual machines',
    options: '-v -n -l --long --numa -h',
    shows: verbs(
      'list, info, vcpu-list, uptime, network-list, block-list, top, sched-credit2 --help, claims, cpupool-list, pci-list',
    ),
    changes: verbs('unpause'),
    examples: { 'xl list': 'read_only', 'xl destroy x': 'destructive', 'xl unpause x': 'modifying' },
  }),
  // Where LXD is not installed yet, Ubuntu's `lxc` installs it, whatever it is asked.
  'lxc lxd': {
    does: 'installs LXD where Ubuntu has only its installer',
    level: 'modifying',
    operands: 'text',
    check: (call) => {
      if (!/^(?:list|ls|info|version)$/.test(call.operands[0]?.text ?? ''))
        call.raise('verb', 'manages containers', 'destructive');
    },
    examples: { 'lxc list': 'modifying', 'lxc delete x': 'destructive', 'lxc exec x -- df -h': 'destructive' },
  },
  incus: {
    does: 'shows containers',
    level: 'read_only',
    options:
      '--project= -q --quiet -v --verbose -h --help --version -f: --format= -c: --columns= --all-projects --fast --resources --show-log',
    subcommands: {
      'list ls info': {
        does: 'lists containers',
        level: 'read_only',
        operands: 'text',
        check: remote,
        examples: { 'incus list': 'read_only' },
      },
      'version warning operation': 'read_only',
      'image storage network profile cluster project remote snapshot': {
        does: 'shows what there is',
        level: 'destructive',
        subcommands: {
          'list ls info get-default': {
            does: 'lists what there is',
            level: 'read_only',
            operands: 'text',
            check: remote,
          },
          show: {
            does: 'shows settings, which may hold secrets',
            level: 'read_only',
            flag: 'sensitive_read',
            operands: 'text',
          },
        },
        examples: {
          'incus storage list': 'read_only',
          'incus image list images:': 'read_only egress',
          'incus profile show x': 'read_only sensitive_read',
          'incus profile delete x': 'destructive',
        },
      },
      config: {
        does: 'shows the settings of a container',
        level: 'destructive',
        subcommands: {
          show: {
            does: 'shows settings and environment',
            level: 'read_only',
            flag: 'sensitive_read',
            operands: 'text',
            options: '-e --expanded',
          },
        },
        examples: { 'incus config show x': 'read_only sensitive_read' },
      },
      exec: {
        does: 'runs a command in a container',
        level: 'read_only',
        options: '-t -T --cwd= --user= --group= --mode= -n --disable-stdin',
        operands: 'text',
        ordered: true,
        check: judgeInside,
        examples: {
          'incus exec x -- df -h': 'read_only',
          'incus exec x -- rm y': 'destructive',
          'incus exec x': 'destructive',
        },
      },
      'start restart': 'modifying',
    },
    examples: { 'incus list': 'read_only', 'incus delete x': 'destructive', 'incus restart x': 'modifying' },
  },
  gsutil: phrases({
    does: 'shows what a bucket holds',
    options: '-m -q -l -L -a -h -s -b -r -R -d -p: -e -c -u: -j --help',
    shows: verbs(
      'ls, du, stat, version, hash, (?:lifecycle|versioning|iam|acl|defacl|cors|logging|label|web|requesterpays|retention|bucketpolicyonly|ubla|pap|defstorageclass|notification|rpo|autoclass) (?:get|list)',
    ),
    secrets: verbs('cat'),
    check: (call) => {
      if (call.operands[0]?.text === 'acl' && call.options.length > 0)
        call.raise('option', 'changes who may read', 'destructive');
    },
    examples: {
      'gsutil ls gs://bucket': 'read_only',
      'gsutil du -sh gs://bucket': 'read_only',
      'gsutil cat gs://bucket/x': 'read_only sensitive_read',
      'gsutil rm gs://bucket/x': 'destructive',
      'gsutil cp gs://bucket/x .': 'destructive',
      'gsutil -o Boto:proxy=x ls': 'destructive',
    },
  }),
  'snmpwalk snmpget snmpbulkwalk snmpgetnext snmpstatus snmptable snmpdf snmpbulkget': {
    does: 'asks a machine by SNMP',
    level: 'read_only',
    options: '-v: -c: -O: -m: -M: -t: -r: -u: -l: -a: -A: -x: -X: -n: -C: -I: -L: -E: -e: -1 -2c -3 -V -h',
    operands: 'text',
    check: (call) => {
      const [host] = call.operands;
      if (host) reachServer(call, host);
      if (valuesOf(call, /^-L$/).some((value) => /f/.test(value))) call.raise('log', 'writes a log', 'destructive');
      if (call.options.some((option) => option.name === '-m' || option.name === '-M'))
        call.raise('files', 'reads other definitions', 'read_only');
    },
    examples: {
      'snmpwalk -v2c -c public 10.0.0.1 sysUpTime': 'read_only',
      'snmpget -v2c -c public switch.example.com sysName.0': 'read_only egress',
      'snmpwalk -Lf x 10.0.0.1': 'destructive',
    },
  },
  'upsc apcaccess': {
    does: 'shows a power supply',
    level: 'read_only',
    options: '-l -L -u -h',
    operands: 'text',
    check: (call) => {
      const [name] = call.operands;
      if (name && /@|\.|:/.test(name.text)) reachServer(call, { ...name, text: name.text.replace(/^.*@/, '') });
    },
    examples: {
      'upsc ups': 'read_only',
      'upsc ups@10.0.0.9': 'read_only',
      apcaccess: 'read_only',
      'upsc ups@a.example.com': 'read_only egress',
    },
  },
});

/** `REMOTE:` and `REMOTE:NAME` ask another server. */
function remote(call: Call): void {
  for (const word of call.operands)
    if (/:/.test(word.text)) call.raise('remote', `asks another server: ${word.text}`, 'read_only', 'egress', word);
}

/** `exec NAME [--] command`. */
function judgeInside(call: Call): void {
  const [name] = call.operands;
  const rest = name ? call.words.slice(call.words.indexOf(name) + 1) : [];
  const inner = rest[0]?.text === '--' ? rest.slice(1) : rest;
  if (inner.length === 0) call.raise('bare', 'runs nothing readable', 'destructive');
  else call.judgeWords(inner);
}

/** Only commands that show, and none that shows the passwords of neighbours unflagged. */
function judgeRouter(call: Call): void {
  const given = valuesOf(call, /^(?:-c|--command)$/);
  const open = call.options.some((option) => /^(?:-c|--command)$/.test(option.name) && !option.value?.literal);
  if (given.length === 0 || open || !given.every((text) => /^\s*sh(?:ow?)? [\w ./:*|_-]+$/.test(text)))
    call.raise('command', 'may change how packets are routed', 'destructive');
  if (given.some((text) => /\b(?:run|conf|start|debug|key|pass)/.test(text)))
    call.raise('secret', 'shows passwords of neighbours', 'read_only', 'sensitive_read');
}
