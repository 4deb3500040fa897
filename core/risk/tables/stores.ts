/** Argument table: vault, consul, nomad and etcdctl. */
import { ownAddress } from '../own.ts';
import type { Call, Effect, Rule, Table } from '../table.ts';

/** Options that change whom a client talks to, or carry a credential. */
const addressEffects: Record<string, Effect> = {
  '-http-addr: -agent-address: -address:': {
    does: 'talks to another server',
    level: 'destructive',
    flag: 'egress',
    unless: ownAddress,
  },
  '-tls-skip-verify -ca-cert: -ca-path: -ca-file: -client-cert: -client-key: -tls-server-name: -unlock-key: -mfa:': {
    does: 'changes whom it trusts',
    level: 'modifying',
  },
  '-token-file: -token:': { does: 'carries a credential', flag: 'sensitive_read' },
};

function reading(does: string, more: Partial<Rule> = {}): Rule {
  return { does, level: 'read_only', operands: 'text', ...more };
}

const secret = { flag: 'sensitive_read' } as const;

function group(does: string, verbs: NonNullable<Rule['subcommands']>): Rule {
  return { does, level: 'read_only', subcommands: verbs };
}

/** What the server says of itself is no secret, everything else may be. */
function judgePath(call: Call): void {
  const own = /^sys\/(?:health|leader|seal-status|mounts|auth|ha-status|host-info|version-history|license\/status)$/;
  if (call.operands.length !== 1 || !call.operands.every((word) => word.literal && own.test(word.text)))
    call.raise('secret', 'shows secrets', 'read_only', 'sensitive_read');
}

const vault = (): Rule => ({
  does: 'shows how it is used',
  level: 'read_only',
  style: 'word',
  options:
    '-format: -field: -namespace: -ns: -mount: -detailed -version: -versions -help -h -no-color -wrap-ttl: -header: -log-level: -log-format: -policy-override -non-interactive -accessor -max-versions: -scope: -filter: -show-secondaries',
  effects: {
    ...addressEffects,
    '-output-curl-string -output-policy': { does: 'shows the request with its credential', flag: 'sensitive_read' },
  },
  subcommands: {
    'status version list path-help monitor': reading('shows the state of the server'),
    unwrap: reading('shows secrets', secret),
    read: reading('reads a path', { check: judgePath }),
    kv: group('manages secrets', {
      get: reading('shows secrets', secret),
      list: reading('lists names of secrets'),
      metadata: group('shows versions of secrets', {
        get: reading('shows versions of secrets'),
        'put patch': 'modifying',
        delete: 'destructive',
      }),
      'put patch undelete rollback enable-versioning': 'modifying',
      'delete destroy': 'destructive',
    }),
    'secrets auth audit plugin namespace': group('lists what is enabled', {
      'list info lookup': reading('lists what is enabled'),
      'enable tune': 'modifying',
      'disable move register deregister delete create help reload lock unlock patch': 'destructive',
    }),
    policy: group('shows policies', { 'list read': reading('shows policies'), 'write delete fmt': 'destructive' }),
    token: group('shows tokens', {
      capabilities: reading('asks what is allowed'),
      lookup: reading('shows a token', secret),
      'create revoke renew': 'destructive',
    }),
    lease: group('shows leases', { lookup: reading('shows a lease'), renew: 'modifying', revoke: 'destructive' }),
    operator: group('shows the state of the server', {
      'key-status members usage': reading('shows the state of the server'),
      raft: group('shows the cluster', {
        'list-peers state': reading('shows the cluster'),
        autopilot: group('shows the cluster', {
          'get-config state': reading('shows the cluster'),
          'set-config': 'modifying',
        }),
        'join remove-peer snapshot': 'destructive',
      }),
      unseal: 'modifying',
      // It starts the server's parts by a configuration file, its storage included.
      'init seal step-down rekey rotate migrate generate-root import utilization diagnose': 'destructive',
    }),
    print: group('shows a credential', { token: reading('shows a credential', secret) }),
    'write patch': 'modifying',
    'delete login ssh agent server proxy debug transform transit pki events hcp': 'destructive',
  },
  examples: {
    'vault status': 'read_only',
    'vault status -address=https://127.0.0.1:8200': 'read_only',
    'vault status -address=https://x': 'destructive egress',
    'vault status -tls-skip-verify -mfa=x': 'modifying',
    'vault status -token=x': 'read_only sensitive_read',
    'vault list -output-policy x': 'read_only sensitive_read',
    'vault kv get secret/x': 'read_only sensitive_read',
    'vault kv list secret/': 'read_only',
    'vault read x': 'read_only sensitive_read',
    'vault operator seal': 'destructive',
    'vault operator raft list-peers': 'read_only',
    'vault write x y=z': 'modifying',
  },
});

/** Everything below a prefix, and keys that are named like secrets. */
function judgeKey(call: Call): void {
  const many = call.options.some((option) => /^--?(?:recurse|prefix|from-key|detailed)$/.test(option.name));
  const names = call.options.some((option) => /^--?(?:keys|keys-only|count-only)$/.test(option.name));
  const [key] = call.operands;
  const open = !key?.literal || /^$|secret|token|password|credential|\bkey\b|private/i.test(key.text);
  if (!names && (many || open || call.operands.length > 1))
    call.raise('secrets', 'may show secrets', 'read_only', 'sensitive_read');
}

const consul = (): Rule => ({
  does: 'shows how it is used',
  level: 'read_only',
  style: 'word',
  options:
    '-format: -datacenter: -stale -namespace: -partition: -detailed -status: -wan -segment: -filter: -service: -node: -tags -near: -node-meta: -log-level: -log-json -help -h -kind: -name: -id: -separator: -quiet -version',
  effects: addressEffects,
  operands: 'text',
  subcommands: {
    'members info version rtt validate monitor': reading('shows the state of the cluster'),
    catalog: group('shows services', { 'datacenters nodes services': reading('shows services') }),
    kv: group('manages keys', {
      get: reading('shows keys', { options: '-recurse -keys -detailed -base64', check: judgeKey }),
      export: reading('shows all keys', secret),
      'put import': 'modifying',
      delete: 'destructive',
    }),
    operator: group('shows the state of the cluster', {
      raft: group('shows the cluster', {
        'list-peers': reading('shows the cluster'),
        'remove-peer transfer-leader': 'destructive',
      }),
      autopilot: group('shows the cluster', {
        'get-config state': reading('shows the cluster'),
        'set-config': 'modifying',
      }),
      'usage area utilization': 'destructive',
    }),
    'config peering': group('shows the configuration', {
      'list read': reading('shows the configuration'),
      'write generate-token establish': 'modifying',
      delete: 'destructive',
    }),
    intention: group('shows intentions', {
      'list get check match': reading('shows intentions'),
      create: 'modifying',
      delete: 'destructive',
    }),
    snapshot: group('manages snapshots', {
      inspect: reading('shows a snapshot'),
      'save restore agent decode': 'destructive',
    }),
    acl: group('manages access', {
      'policy role auth-method binding-rule': group('shows access', {
        'list read': reading('shows access'),
        'create update delete': 'destructive',
      }),
      token: group('shows tokens', {
        'list read': reading('shows tokens', secret),
        'create update delete clone': 'destructive',
      }),
      'bootstrap set-agent-token': 'destructive',
    }),
    'reload event services maint': 'modifying',
    'agent exec lock watch leave force-leave join debug keyring keygen login logout connect tls logout troubleshoot':
      'destructive',
  },
  examples: {
    'consul members': 'read_only',
    'consul kv get app/config/timeout': 'read_only',
    'consul kv get -recurse app': 'read_only sensitive_read',
    'consul kv delete -recurse app': 'destructive',
    'consul members -http-addr=http://127.0.0.1:8500': 'read_only',
    'consul members -address=x': 'destructive egress',
    'consul members -mfa=x': 'modifying',
    'consul members -token=x': 'read_only sensitive_read',
    'consul exec ls': 'destructive',
    'consul lock x ls': 'destructive',
  },
});

function judgeAllocation(call: Call): void {
  if (call.operands.some((word) => !word.literal || /secret|\.env|token|\.key/i.test(word.text)))
    call.raise('secret', 'may show secrets', 'read_only', 'sensitive_read');
}

const nomadExec: Rule = {
  does: 'runs a command in a task',
  level: 'read_only',
  options: '-task: -job -i: -t: -group: -e:',
  operands: 'text',
  inner: { as: 'words', after: 1 },
};

/** A job may be an address from which it is fetched: with a scheme, of a forge, or in the form of scp. */
function judgeJobFile(call: Call): void {
  for (const word of call.operands)
    if (!word.literal || /:|^(?:[\w-]+\.)+(?:com|org|net|io)\//.test(word.text))
      call.raise('fetch', `may fetch a job: ${word.text}`, 'read_only', 'egress');
}

const nomad = (): Rule => ({
  does: 'shows how it is used',
  level: 'read_only',
  style: 'word',
  options:
    '-namespace: -region: -json -t: -short -verbose -stats -self -allocs -per-page: -page-token: -filter: -os -quiet -detailed -monitor -help -h -no-color -force-color -evals -all-allocs -latest -p -version: -log-level: -node-id: -server-id:',
  effects: addressEffects,
  operands: 'text',
  subcommands: {
    'status version agent-info monitor': reading('shows the state of the cluster'),
    node: group('shows nodes', {
      status: reading('shows nodes'),
      'eligibility meta': 'modifying',
      'drain config pool': 'destructive',
    }),
    job: group('shows jobs', {
      'status history deployments allocs': reading('shows jobs'),
      inspect: reading('shows a job with its environment', secret),
      validate: reading('checks a job', { check: judgeJobFile }),
      plan: reading('compares a job with what runs', {
        options: '-diff: -policy-override -var: -var-file: -hcl1',
        check: judgeJobFile,
      }),
      'run scale revert restart promote dispatch periodic eval tag': 'modifying',
      'stop init action start': 'destructive',
    }),
    alloc: group('shows allocations', {
      'status checks': reading('shows allocations', {
        effects: { '-json': { does: 'shows the environment of its job', flag: 'sensitive_read' } },
      }),
      logs: reading('shows logs', { options: '-f -tail -n: -c: -stderr -stdout -task: -job' }),
      fs: reading('shows files', { options: '-H -f -tail -n: -c: -stat -i -job', check: judgeAllocation }),
      exec: nomadExec,
      'restart signal stop pause': 'modifying',
    }),
    logs: reading('shows logs', { options: '-f -tail -n: -c: -stderr -stdout -task: -job' }),
    exec: nomadExec,
    'eval deployment namespace quota service volume plugin scaling server': group('shows the state of the cluster', {
      'status list info members inspect': reading('shows the state of the cluster'),
      'promote resume pause apply register': 'modifying',
      'fail delete deregister force-leave join detach create init unblock snapshot': 'destructive',
    }),
    var: group('manages variables', {
      list: reading('lists names of variables'),
      get: reading('shows variables', secret),
      'put init lock purge': 'destructive',
    }),
    operator: group('shows the state of the cluster', {
      raft: group('shows the cluster', {
        'list-peers': reading('shows the cluster'),
        'remove-peer transfer-leadership info logs state': 'destructive',
      }),
      autopilot: group('shows the cluster', {
        'get-config health': reading('shows the cluster'),
        'set-config': 'modifying',
      }),
      scheduler: group('shows the scheduler', {
        'get-config': reading('shows the scheduler'),
        'set-config': 'modifying',
      }),
      'api debug snapshot keyring root metrics gossip client-state utilization': 'destructive',
    }),
    'run system stop agent acl sentinel login recommendation setup tls ui init plan fmt config': 'destructive',
  },
  examples: {
    'nomad node status -self': 'read_only',
    'nomad alloc logs -stderr x': 'read_only',
    'nomad alloc fs x y/secrets/z': 'read_only sensitive_read',
    'nomad alloc exec -task x y sh': 'destructive',
    'nomad alloc exec y ls': 'read_only',
    'nomad job stop -purge x': 'destructive',
    'nomad job inspect x': 'read_only sensitive_read',
    'nomad alloc status x': 'read_only',
    'nomad alloc status -json x': 'read_only sensitive_read',
    'nomad job validate x.nomad': 'read_only',
    'nomad job plan github.com/x/y': 'read_only egress',
    'nomad status -address=http://x': 'destructive egress',
    'nomad status -mfa=x': 'modifying',
    'nomad status -token=x': 'read_only sensitive_read',
    'nomad var get x': 'read_only sensitive_read',
  },
});

/** Members of a cluster have private addresses, or plain names of their own network. */
const memberAddresses =
  /^(?:(?:https?:\/\/)?(?:localhost|127\.0\.0\.1|\[::1\]|10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|[a-z][\w-]*)(?::\d+)?\/?(?:,(?=.)|$))+$/;

const etcdctl = (): Rule => ({
  does: 'shows how it is used',
  level: 'read_only',
  options:
    '-w: --write-out= --command-timeout= --dial-timeout= --keepalive-time= --keepalive-timeout= --cacert= --cert= --key= --insecure-transport[=] --cluster --debug[=] --hex -h --help --version',
  effects: {
    '--endpoints=': { does: 'talks to other members', flag: 'egress', unless: memberAddresses },
    '--user= --password=': { does: 'carries a credential', flag: 'sensitive_read' },
    '--insecure-skip-tls-verify[=] --insecure-discovery[=] --discovery-srv= -d: --discovery-srv-name=': {
      does: 'changes whom it trusts',
      level: 'modifying',
    },
  },
  operands: 'text',
  subcommands: {
    version: 'read_only',
    get: reading('shows keys', {
      options:
        '--prefix[=] --from-key[=] --keys-only[=] --count-only[=] --limit= --order= --sort-by= --rev= --consistency= --print-value-only[=] --min-mod-rev= --max-mod-rev=',
      check: judgeKey,
    }),
    endpoint: group('shows the state of members', {
      'health status hashkv': reading('shows the state of members', { options: '--rev=' }),
    }),
    member: group('shows members', { list: 'read_only', 'add remove update promote': 'destructive' }),
    alarm: group('shows alarms', { list: 'read_only', disarm: 'modifying' }),
    'user role': group('shows users', {
      'list get': 'read_only',
      'add delete grant-role revoke-role passwd grant-permission revoke-permission': 'destructive',
    }),
    lease: group('shows leases', {
      'list timetolive': { does: 'shows leases', level: 'read_only', options: '--keys' },
      'grant keep-alive': 'modifying',
      revoke: 'destructive',
    }),
    auth: group('shows whether access is checked', { status: 'read_only', 'enable disable': 'destructive' }),
    snapshot: group('manages snapshots', {
      status: reading('shows a snapshot', { operands: 'names' }),
      'save restore': 'destructive',
    }),
    check: group('loads the cluster', { 'perf datascale': 'modifying' }),
    'put defrag move-leader': 'modifying',
    'del compaction txn watch lock elect make-mirror migrate downgrade completion': 'destructive',
  },
  examples: {
    'etcdctl endpoint health --cluster': 'read_only',
    'etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/x --cert=/y --key=/z endpoint status -w table': 'read_only',
    'etcdctl --endpoints=https://10.0.0.1:2379,https://10.0.0.2:2379 member list': 'read_only',
    'etcdctl --endpoints=https://x.example:2379 member list': 'read_only egress',
    'etcdctl --password=x member list': 'read_only sensitive_read',
    'etcdctl --discovery-srv-name=x member list': 'modifying',
    'etcdctl get / --prefix --keys-only': 'read_only',
    'etcdctl get /registry/secrets/x/y': 'read_only sensitive_read',
    'etcdctl get "" --prefix': 'read_only sensitive_read',
    'etcdctl del x --prefix': 'destructive',
    'etcdctl watch x -- sh': 'destructive',
  },
});

export const stores = (): Table => ({
  vault: vault(),
  consul: consul(),
  nomad: nomad(),
  'etcdctl etcdutl': etcdctl(),
});
