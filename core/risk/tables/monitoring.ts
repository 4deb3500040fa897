/** Argument table: clients of monitoring, alerting and log servers, and supervisors that say how services are. */
import { reachServer } from '../private-hosts.ts';
import type { Call, Table } from '../table.ts';
import { ownConfiguration, phrases, verbs } from './phrases.ts';

/** Servers that an option or an operand names by their address. */
function reachAddresses(options: RegExp): (call: Call) => void {
  return (call) => {
    for (const { name, value } of call.options) if (options.test(name)) reachServer(call, value);
    for (const word of call.operands) if (/:\/\//.test(word.text)) reachServer(call, word);
  };
}

export const monitoring = (): Table => ({
  promtool: phrases({
    does: 'checks Prometheus and its files',
    options:
      '-h --help --version -o: --format= --lint= --lint-fatal[=] --syntax-only[=] --agent[=] --start= --end= --step= --match= --limit= --extended[=] --header= --url= --query.lookback-delta=',
    effects: {
      '--http.config.file=': {
        does: 'takes access from another file',
        level: 'destructive',
        unless: ownConfiguration('prometheus'),
      },
    },
    shows:
      /^(?:check (?:healthy|ready|config|rules|metrics|web-config|service-discovery)|query (?:instant|range|series|labels|analyze)|tsdb (?:list|analyze))(?: .*)?$/,
    check: reachAddresses(/^--url$/),
    examples: {
      'promtool check config /etc/prometheus/prometheus.yml': 'read_only',
      "promtool query instant http://localhost:9090 'up == 0'": 'read_only',
      'promtool query instant https://prom.example.com up': 'read_only egress',
      'promtool push metrics http://localhost:9091 f': 'destructive',
      'promtool tsdb create-blocks-from rules x': 'destructive',
      'promtool debug all http://localhost:9090': 'destructive',
      'promtool query instant --http.config.file=/tmp/x http://localhost:9090 up': 'destructive',
    },
  }),
  amtool: phrases({
    does: 'asks Alertmanager',
    options:
      '-h --help --version -v --verbose -o: --output= --timeout= --alertmanager.url= -a --active -s --silenced -i --inhibited --unprocessed --receiver= -q --quiet -c: --created-by= --expired --within= --author= --id=',
    effects: {
      '--config.file= --http.config.file= --tls.config.file=': {
        does: 'takes access from another file',
        level: 'destructive',
        unless: ownConfiguration('(?:amtool|alertmanager)'),
      },
    },
    shows:
      /^(?:alert(?: query(?: .*)?)?|silence query(?: .*)?|config routes(?: (?:show|test)(?: .*)?)?|cluster show|check-config(?: .*)?)$/,
    secrets: verbs('config show'),
    check: reachAddresses(/^--alertmanager\.url$/),
    examples: {
      'amtool alert query --alertmanager.url=http://localhost:9093': 'read_only',
      'amtool silence query': 'read_only',
      'amtool config show': 'read_only sensitive_read',
      'amtool silence expire x': 'destructive',
      'amtool alert add x': 'destructive',
      'amtool --alertmanager.url=https://am.example.com alert': 'read_only egress',
      'amtool --config.file=/tmp/x alert': 'destructive',
    },
  }),
  logcli: phrases({
    does: 'asks a log server',
    options:
      '-h --help --version -q --quiet --addr= --since= --from= --to= --limit= --batch= --forward --no-labels -o: --output= --timezone= --tail -f --follow --org-id= --username= --step= --interval= --stats --include-label= --exclude-label= --labels-length= --delay-for= --now= --analyze-labels',
    shows: verbs('query .*, instant-query .*, labels, series .*, stats .*, volume .*, detected-fields .*'),
    check: reachAddresses(/^--addr$/),
    examples: {
      'logcli query \'{app="api"}\' --limit=20': 'read_only',
      'logcli labels': 'read_only',
      'logcli query x --addr=https://loki.example.com': 'read_only egress',
      'logcli query x --part-path-prefix=/srv': 'destructive',
      'logcli delete create x': 'destructive',
    },
  }),
  hubble: phrases({
    does: 'shows flows of a cluster',
    options:
      '-h --help --version -o: --output= -n: --namespace= --last= --first= --since= --until= -f --follow --pod= --from-pod= --to-pod= --verdict= --protocol= --port= --to-port= --type= --ip= --from-ip= --to-ip= --label= -A --all --numeric --print-node-name --http-status= --identity= -t:',
    shows: verbs('observe, status, list nodes, list namespaces, version'),
    examples: {
      'hubble observe --last 20': 'read_only',
      'hubble status': 'read_only',
      'hubble config set x y': 'destructive',
      'hubble observe --server x:1': 'destructive',
    },
  }),
  zabbix_get: {
    does: 'asks an agent for a value',
    level: 'read_only',
    options: '-s: --host= -k: --key= -p: --port= -t: --timeout= -h --help -V --version',
    effects: { '-I: --source-address=': { does: 'speaks from another address', level: 'read_only' } },
    operands: { level: 'destructive', does: 'has an operand that is not known' },
    check: (call) => {
      for (const { name, value } of call.options) {
        if (name === '-s' || name === '--host') reachServer(call, value);
        if (
          (name === '-k' || name === '--key') &&
          !(
            value?.literal &&
            /^(?:agent|system\.(?:cpu|uptime|uname|hostname|swap|users|localtime|boottime)|vm\.memory|vfs\.fs|net\.if|proc\.(?:num|mem|cpu))[\w.]*(?:\[[\w,/:.%-]*\])?$/.test(
              value.text,
            )
          )
        )
          call.raise('key', 'asks for what the agent may run a command for', 'destructive');
      }
    },
    examples: {
      'zabbix_get -s 127.0.0.1 -k agent.ping': 'read_only',
      "zabbix_get -s 127.0.0.1 -k 'system.run[reboot]'": 'destructive',
      'zabbix_get -s zabbix.example.com -k agent.ping': 'read_only egress',
      'zabbix_get -s 127.0.0.1 -k agent.ping -I 10.0.0.1': 'read_only',
      'zabbix_get -s 127.0.0.1 -k agent.ping x': 'destructive',
    },
  },
  monit: phrases({
    does: 'shows supervised services',
    options: '-B -h -V -t',
    shows: verbs('status, summary, report'),
    changes: verbs('monitor'),
    examples: {
      'monit summary': 'read_only',
      'monit monitor x': 'modifying',
      'monit stop all': 'destructive',
      'monit -c /tmp/x status': 'destructive',
    },
  }),
  'gitlab-ctl': phrases({
    does: 'shows the services of GitLab',
    options: '--help',
    shows: verbs('status, service-list, tail, get-redis-master, repmgr cluster show, patroni members'),
    changes: verbs('restart, start, hup'),
    examples: {
      'gitlab-ctl status': 'read_only',
      'gitlab-ctl restart puma': 'modifying',
      'gitlab-ctl reconfigure': 'destructive',
      'gitlab-ctl show-config': 'destructive',
    },
  }),
});
