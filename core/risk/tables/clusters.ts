/** Argument table: clusters of storage and of services: Ceph, Gluster, DRBD, Pacemaker, Corosync. */
import type { Effect, Table } from '../table.ts';
import { either, names, only, ownConfiguration, phrases, verbs } from './phrases.ts';

const cephOptions =
  '-f: --format= --cluster= --connect-timeout= -n: --name= --id= --user= -p: --pool= --namespace= --pretty-format --no-progress -l --long -a --all --image= --snap= --verbose -v --version -h --help';

const cephEffects: Record<string, Effect> = {
  '-c: --conf= -k: --keyring= --keyfile=': {
    does: 'takes access from another file',
    level: 'destructive',
    unless: ownConfiguration('ceph'),
  },
  '-m: --mon-host= --mon_host= -i: --in-file= -o: --out-file= --admin-daemon= --admin-socket= --setuser= --setgroup=': {
    does: 'talks to another cluster, or uses other files',
    level: 'destructive',
  },
};

/** Words of one daemon that only show, by its socket or by `tell`. */
const daemonShows =
  'version|status|help|config (?:show|get|diff)|config diff get|dump_(?:ops_in_flight|historic_ops|historic_slow_ops|blocked_ops|mempools|metrics|reservations|pgstate_history|blocklist|watchers|recovery_reservations)|perf (?:dump|schema|histogram dump)|ops|session ls|client ls|mon_status|quorum_status|sync_status|mds_metadata|get_latest_osdmap|heap stats|cache status|bluestore allocator (?:score|fragmentation) \\w+|osd_?map|log dump';

export const clusters = (): Table => ({
  ceph: phrases({
    does: 'shows the state of a Ceph cluster',
    options: `-s --status --block ${cephOptions}`,
    effects: {
      ...cephEffects,
      '-w --watch -W: --watch-channel= --watch-debug --watch-info --watch-sec --watch-warn --watch-error': {
        does: 'waits for messages',
        level: 'read_only',
      },
    },
    shows: either(
      only(
        '(?:), status, health, health detail, df, df detail, versions, report, features, time-sync-status, quorum_status, mon_status, fsid, progress, progress json, insights, osd (?:tree|dump|stat|df|perf|ls|lspools|utilization|versions|blocked-by|numa-status|df tree|tree-from|getmaxosd|require-osd-release), osd blocklist ls, osd pool (?:ls|ls detail|stats|autoscale-status), osd crush (?:dump|tree|show-tunables|rule ls|rule dump|class ls|weight-set ls|weight-set dump|get-device-class), osd erasure-code-profile ls, pg (?:stat|dump|dump_json|debug), mon (?:stat|dump|metadata|versions|feature ls), mgr (?:stat|dump|metadata|services|versions|module ls), mds (?:stat|dump|metadata|versions), fs (?:ls|status|dump|volume ls), crash (?:ls|ls-new|stat), config (?:dump|ls|log), balancer (?:status|eval|mode|ls|show), orch (?:status|ls|ps|device ls|host ls|upgrade status), device ls, service (?:dump|status), node ls, telemetry (?:status|show), nfs cluster ls, healthcheck history ls, log last',
      ),
      verbs(
        `osd (?:find|map|metadata|tree|df|dump|ls|ok-to-stop|safe-to-destroy|pool get|pool stats|pool get-quota|crush rule dump|crush ls|crush tree|erasure-code-profile get|ls-tree|test-reweight-by-utilization), pg (?:dump|dump_stuck|dump_pools_json|ls|ls-by-osd|ls-by-pool|ls-by-primary|map), pg [\\w….]+ (?:query|list_unfound|list_missing), mon metadata, mgr metadata, mds metadata, mds compat show, fs (?:get|status|subvolume ls|subvolumegroup ls|subvolume info|authorize ls), crash info, config (?:get|show|help|show-with-defaults), orch (?:ls|ps|device ls), device (?:info|ls-by-daemon|ls-by-host|get-health-metrics|check-health), rbd perf image (?:stats|counters), log last, df, health, node ls, nfs cluster info, telemetry show, tell [\\w….*]+ (?:${daemonShows}), daemon [\\w…./]+ (?:${daemonShows})`,
      ),
    ),
    secrets: verbs(
      'auth (?:ls|list|get|get-key|print-key|print_key|export|get-or-create-key), config-key (?:dump|get|ls|list|exists)',
    ),
    changes: verbs(
      'health (?:mute|unmute), osd (?:set|unset|in|reweight), osd pool application, crash (?:archive|archive-all), pg (?:scrub|deep-scrub|repair), osd (?:scrub|deep-scrub|repair), balancer (?:on|off), mgr fail, orch (?:restart|redeploy|pause|resume), device (?:light|monitoring)',
    ),
    examples: {
      'ceph -s': 'read_only',
      'ceph status': 'read_only',
      'ceph health detail': 'read_only',
      'ceph health mute OSD_DOWN': 'modifying',
      'ceph osd tree': 'read_only',
      'ceph osd df tree -f json': 'read_only',
      'ceph osd pool ls': 'read_only',
      'ceph osd pool delete a a': 'destructive',
      'ceph osd out 3': 'destructive',
      'ceph pg 1.2f query': 'read_only',
      'ceph pg stat': 'read_only',
      'ceph mon remove a': 'destructive',
      'ceph tell osd.0 version': 'read_only',
      "ceph tell 'osd.*' injectargs x": 'destructive',
      'ceph daemon osd.3 dump_historic_ops': 'read_only',
      'ceph auth get-key client.admin': 'read_only sensitive_read',
      'ceph df -o x': 'destructive',
      'ceph df --setgroup=x': 'destructive',
      'ceph -c /tmp/x -s': 'destructive',
      'ceph --keyfile=/tmp/x -s': 'destructive',
      'ceph -w': 'read_only',
      'ceph --watch-error': 'read_only',
      "ceph osd tree ';' osd out 3": 'destructive',
    },
  }),
  rbd: phrases({
    does: 'shows images of a Ceph cluster',
    options: cephOptions,
    effects: cephEffects,
    shows: either(
      only('showmapped, device (?:list|ls)'),
      verbs(
        'ls, list, info, du, disk-usage, status, children, diff, snap (?:ls|list), lock (?:ls|list), device (?:list|ls), trash (?:ls|list), mirror (?:pool|image) (?:status|info), image-meta (?:list|ls|get), namespace (?:ls|list), group (?:ls|list|image ls|image list|snap ls|snap list), pool stats, config (?:pool|image|global) (?:ls|list|get), journal (?:info|status), perf image (?:iostat|iotop)',
      ),
    ),
    changes: verbs('snap create, create, lock add, device map, map'),
    examples: {
      'rbd ls pool': 'read_only',
      'rbd -p pool info image': 'read_only',
      'rbd snap ls pool/image': 'read_only',
      'rbd snap rollback pool/image@a': 'destructive',
      'rbd rm pool/image': 'destructive',
      'rbd snap create pool/image@a': 'modifying',
      'rbd -m evil ls': 'destructive',
      'rbd ls --setgroup=x': 'destructive',
      'rbd ls --keyfile=x': 'destructive',
    },
  }),
  rados: phrases({
    does: 'shows pools of a Ceph cluster',
    options: `-N: --pgid= ${cephOptions}`,
    effects: cephEffects,
    shows: either(
      only('df, lspools, ls, ls -'),
      verbs(
        'stat, stat2, lssnap, listxattr, listomapkeys, listwatchers, list-inconsistent-pg, list-inconsistent-obj, list-inconsistent-snapset',
      ),
    ),
    examples: {
      'rados df': 'read_only',
      'rados -p pool ls': 'read_only',
      'rados -p pool ls f': 'destructive',
      'rados -p pool rm x': 'destructive',
      'rados -p pool stat x': 'read_only',
      'rados bench 10 write -p pool': 'destructive',
      'rados -c x df': 'destructive',
      'rados --keyfile=x df': 'destructive',
      'rados --setgroup=x df': 'destructive',
    },
  }),
  'radosgw-admin': phrases({
    does: 'shows the object gateway of a Ceph cluster',
    options: `--uid= --bucket= --tenant= --rgw-zone= --rgw-realm= --rgw-zonegroup= --start-date= --end-date= --show-log-entries= --show-log-sum= --max-entries= --marker= --allow-unordered --include-all --shard-id= --object= ${cephOptions}`,
    effects: cephEffects,
    shows: only(
      'user (?:list|stats), bucket (?:list|stats|limit check), (?:zone|realm|zonegroup|period) (?:list|get|get-default), sync status, data sync status, metadata sync status, bucket sync status, usage show, gc list, lc list, object stat, reshard list, reshard status, quota get, policy, orphans list-jobs, metadata list, log list, datalog status, mdlog status',
    ),
    secrets: only('user info, metadata get'),
    examples: {
      'radosgw-admin bucket stats --bucket x': 'read_only',
      'radosgw-admin user info --uid x': 'read_only sensitive_read',
      'radosgw-admin bucket rm --bucket x': 'destructive',
      'radosgw-admin -c x user list': 'destructive',
      'radosgw-admin --keyfile=x user list': 'destructive',
      'radosgw-admin --setgroup=x user list': 'destructive',
    },
  }),
  'ceph-volume': phrases({
    does: 'shows the disks of a Ceph cluster',
    options: '--format= --log-level= -h --help',
    shows: verbs('lvm list, inventory, raw list, simple scan --help'),
    examples: { 'ceph-volume lvm list': 'read_only', 'ceph-volume lvm zap /dev/sdb': 'destructive' },
  }),
  cephadm: {
    does: 'manages the daemons of a Ceph cluster',
    level: 'destructive',
    options: '--verbose -v --timeout= --log-dest= --no-detail',
    subcommands: {
      'ls version list-networks check-host': 'read_only',
      shell: { does: 'starts a container to run a command in', level: 'modifying', inner: { as: 'words' } },
    },
    examples: {
      'cephadm ls': 'read_only',
      'cephadm shell -- ceph -s': 'modifying',
      'cephadm shell ceph osd out 1': 'destructive',
      'cephadm shell': 'destructive',
      'cephadm rm-cluster --force': 'destructive',
    },
  },
  gluster: phrases({
    does: 'shows a Gluster cluster',
    options: '--mode= --xml --timeout= --version -h --help',
    shows: either(
      only(
        'peer status, pool list, volume (?:info|list|status|get), volume status all, system uuid get, snapshot (?:list|info|status|config)',
      ),
      verbs(
        `volume (?:info|status|top), volume heal [\\w…-]+ (?:info|statistics), volume profile [\\w…-]+ info, volume (?:rebalance|remove-brick) [\\w…-]+ status, volume quota [\\w…-]+ (?:list|list-objects), volume get, snapshot (?:list|info|status), volume geo-replication status, volume geo-replication [\\w…-]+ [\\w…:@-]+ status, volume bitrot [\\w…-]+ scrub status`,
      ),
    ),
    check: (call) => {
      if (call.operands.some((word) => /^(?:clear|incremental|nfs-clear)$/.test(word.text)))
        call.raise('clear', 'resets counts', 'modifying');
    },
    changes: new RegExp(
      `^volume heal [\\w…-]+(?: full| enable)?$|^volume (?:start|create)${names}$|^snapshot create${names}$`,
    ),
    examples: {
      'gluster volume info': 'read_only',
      'gluster volume status all': 'read_only',
      'gluster volume heal vol info split-brain': 'read_only',
      'gluster volume heal vol': 'modifying',
      'gluster volume stop vol': 'destructive',
      'gluster peer detach x': 'destructive',
      'gluster volume top vol read clear': 'modifying',
    },
  }),
  'drbdadm drbdsetup': phrases({
    does: 'shows replicated disks',
    options: '--verbose --statistics --json --color[=] --now --timestamps --full -h --help',
    shows: verbs('status, cstate, dstate, role, show-gi, get-gi, events2, sh-ll-dev, sh-dev, sh-resources, version'),
    secrets: verbs('dump, show, dump-xml'),
    changes: verbs('connect, up, verify, resume-sync, pause-sync'),
    check: (call) => {
      if (call.operands[0]?.text === 'events2' && !call.options.some((option) => option.name === '--now'))
        call.raise('waits', 'waits for changes', 'read_only');
    },
    examples: {
      'drbdadm status': 'read_only',
      'drbdadm status r0': 'read_only',
      'drbdadm dump': 'read_only sensitive_read',
      'drbdadm connect r0': 'modifying',
      'drbdadm down r0': 'destructive',
      'drbdadm primary --force r0': 'destructive',
    },
  }),
  pcs: phrases({
    does: 'shows a Pacemaker cluster',
    options: '--full --hide-inactive --debug --version -h --help --all --output-format= --request-timeout=',
    shows: either(
      only(
        '(?:), status, status (?:cluster|nodes|resources|pcsd|corosync|quorum|booth|xml|wait), cluster (?:status|pcsd-status|verify), constraint, constraint (?:list|show|config|order|location|colocation), quorum (?:status|config), property, property (?:list|show|config), alert, node (?:attribute|utilization), resource, stonith, tag config, dr status',
      ),
      verbs(
        'status (?:nodes|resources|cluster), resource (?:status|show|config|relations|failcount show|describe|list), stonith (?:status|history show|list|describe), constraint (?:ref|location show), property (?:show|config), tag config',
      ),
    ),
    secrets: verbs('config, config show, stonith (?:config|show), cluster cib, cluster report'),
    changes: verbs(
      'resource (?:cleanup|refresh|enable|restart|clear), stonith (?:cleanup|refresh), node unstandby, node unmaintenance, cluster start',
    ),
    examples: {
      'pcs status': 'read_only',
      'pcs status --full': 'read_only',
      'pcs resource cleanup x': 'modifying',
      'pcs resource disable x': 'destructive',
      'pcs stonith fence x': 'destructive',
      'pcs config': 'read_only sensitive_read',
    },
  }),
  crm_mon: {
    does: 'shows a Pacemaker cluster',
    level: 'read_only',
    options:
      '-1 --one-shot -r --inactive -n --group-by-node -A --show-node-attributes -f --failcounts -o --operations -t --timing-details -c --tickets -R --show-detail -V --verbose -N --disable-ncurses -b --brief -i: --interval= -Q --quiet -j --quorum -D --neg-locations --output-as= -m --fence-history[=] -L --include= -U --exclude= --node= --resource= -s --simple-status -X --as-xml -$ -? --help --version',
    operands: 'text',
    examples: {
      'crm_mon -1': 'read_only',
      'crm_mon -1 -rfA': 'read_only',
      'crm_mon -E ./x': 'destructive',
      'crm_mon --daemonize': 'destructive',
    },
  },
  crm: phrases({
    does: 'shows a Pacemaker cluster',
    options: '-h --help --version -w --wait',
    shows: either(
      only('status, status full, node (?:status|show|list), cluster status, corosync status, resource (?:status|list)'),
      verbs('resource (?:status|list|show), node (?:status|show)'),
    ),
    secrets: verbs('configure show'),
    changes: verbs('resource (?:cleanup|refresh|start|restart|clear), node online'),
    examples: {
      'crm status': 'read_only',
      'crm configure show': 'read_only sensitive_read',
      'crm resource stop x': 'destructive',
      'crm node online x': 'modifying',
    },
  }),
  'corosync-quorumtool corosync-cfgtool': {
    does: 'shows a Corosync ring',
    level: 'read_only',
    options: '-s -l -i -n -b -p -m -V -h',
    effects: {
      '-a -o: -e: -v: -f -R -k: -H -r -c: -t: -x:': {
        does: 'changes a ring, its votes, or ends nodes',
        level: 'destructive',
      },
    },
    operands: { rest: 'text', level: 'destructive' },
    examples: {
      'corosync-quorumtool -s': 'read_only',
      'corosync-cfgtool -s': 'read_only',
      'corosync-cfgtool -H': 'destructive',
      'corosync-cfgtool -x 1': 'destructive',
    },
  },
});
