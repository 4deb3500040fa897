/** Metric names and what they measure: names of AWS, of the CloudWatch agent, and of the agents that people bring along. */
import type { Topic } from './topics.ts';

/** The side of a threshold on which a quantity is trouble; null where either may be. */
export type Bad = 'above' | 'below' | null;

/** `bad` by words: `flip` names the words of a metric that turn the side, as "free" does for a disk. */
export interface QuantityRule {
  readonly topic: Topic;
  readonly metric: RegExp;
  /** Only in these namespaces. */
  readonly namespace?: RegExp;
  readonly bad: Bad;
  readonly flip?: RegExp;
}

const free = /\b(?:free|avail|available|remaining|left|idle|unused|usable|headroom)\b/;
export const wrong =
  /\b(?:down|dead|fail(?:ed|s|ure|ures|ing)?|stop(?:ped)?|inactive|missing|unhealthy|not|error|errors|absent|crash(?:ed|es)?|expired)\b/;
export const well = /^(?:is )?(?:active|alive|running|up)\b|\b(?:service|process|unit) (?:active|alive|running|up)\b/;
const kubernetes = /^(?:containerinsights|kubernetes|eks)\b/i;

/** In order: the first that fits says it. Metric names are read as `spoken` says. Sources: AWS's metric lists, the agents' own names. */
export const quantityRules: readonly QuantityRule[] = [
  { topic: 'containers', metric: /\bdocker containers\b|\bcontainers (?:running|stopped|count)\b/, bad: null },
  { topic: 'status_check', metric: /\bstatus ?check|\breachab|\binstance health\b|\bhost heartbeat\b/, bad: 'above' },
  { topic: 'cost', metric: /\bestimated charges\b|\bbilling\b|\bcosts?\b|\bspend\b|\bbudget\b/, bad: 'above' },
  {
    topic: 'limits',
    metric:
      /\bread ?only\b|\braid\b|\bsmart\b|\b(?:disk|filesystem|file system|memory|mem)\b.*\b(?:health|errors?)\b|\bmount\b.*\b(?:missing|stale|fail\w*)\b|\b(?:mem|memory|swap|disk|inodes?|filesystem)\b(?!.*\b(?:used|usage|free|avail\w*|util\w*)\b).*\b(?:total|size|limit|buffer(?:s|ed)?|cached?|inactive|slab|hugepages?)\b|\bcluster (?:health|status)\b|\b(?:process|service|unit|systemd|app)\b.*\brestarts?\b|\b(?:password|licen[sc]e|domain|account|token|subscription|warranty)\b.*\b(?:expir\w*|days)\b|\bprocstat (?:read|write|pid$|involuntary|voluntary|num|rlimit|signals|realtime|nice|major|minor)|\b(?:processes|ps) (?:number|count processes)\b|\bps count\b/,
    bad: null,
  },
  { topic: 'credits', metric: /\bcredits?\b|\b(?:burst|byte|io) ?balance\b/, bad: null },
  { topic: 'dead_letters', metric: /\bdlq\b|\bdead ?letters?\b/, bad: 'above' },
  { topic: 'logs', namespace: /^AWS\/Logs$/, metric: /^incoming (?:bytes|log events)$/, bad: 'above' },
  {
    topic: 'queue',
    namespace: /^AWS\/SQS$/,
    metric: /^approximate (?:age of oldest message|number of messages (?:visible|not visible))$/,
    bad: 'above',
  },
  { topic: 'traffic', namespace: /^AWS\/SQS$/, metric: /./, bad: null },
  {
    topic: 'tasks',
    namespace: /^(?:AWS\/ECS|ECS\/ContainerInsights)$/,
    metric: /^(?:running task count|task count)$/,
    bad: 'below',
  },
  {
    topic: 'tasks',
    namespace: /^ECS\/ContainerInsights$/,
    metric: /^(?:restart count|un ?healthy container health status)$/,
    bad: 'above',
  },
  {
    topic: 'containers',
    namespace: /^(?:AWS\/ECS|ECS\/ContainerInsights)$/,
    metric: /\b(?:utili[sz]ation|utili[sz]ed|reserv)/,
    bad: 'above',
  },
  { topic: 'containers', namespace: /^(?:AWS\/ECS|ECS\/ContainerInsights)$/, metric: /./, bad: null },
  {
    topic: 'pods',
    metric:
      /\b(?:pods?|containers?)\b.*\b(?:restarts?|crash\w*|oom\w*)\b|\brestarts?\b.*\b(?:pods?|containers?)\b|\bcrash ?loop/,
    bad: 'above',
  },
  { topic: 'node', namespace: kubernetes, metric: /^node (?:status condition )?ready$|\bnodes? ready\b/, bad: 'below' },
  {
    topic: 'node',
    namespace: kubernetes,
    metric:
      /^node (?:status condition|status|filesystem|memory)\b|^cluster failed node count$|\bnot ?ready nodes?\b|\bnodes? not ?ready\b/,
    bad: 'above',
  },
  { topic: 'node', metric: /\bkube node status condition\b|\bnodes? not ?ready\b|\bnot ?ready nodes?\b/, bad: 'above' },
  {
    topic: 'containers',
    namespace: kubernetes,
    metric: /^(?:pod|container|node|cluster|service|namespace)\b/,
    bad: null,
  },
  {
    topic: 'secret',
    metric:
      /\bsecrets?\b.*\b(?:age|days|old|leak\w*|found|exposed|expos\w*|rotat\w*|log|expir\w*)\b|\bleaked secrets?\b|\b(?:password|credential|access key|key) (?:age|leak\w*|expos\w*)\b|\brotation\b/,
    bad: 'above',
  },
  {
    topic: 'security',
    metric:
      /\bunauthori[sz]ed|\bsign ?in|\blog ?in\b|\bmfa\b|\broot (?:account|usage|user|login)|\biam\b|\bpolicy\b|\baccess ?denied|\bguard ?duty|\bfailed (?:ssh|login|password)|\bssh\b|\bsudo\b|\bbrute|\bintrusion|\bcloud ?trail|\bkms\b|\bcmk\b|\bsecurity\b|\bnacl\b|\bnetwork acl|\broute table|\bvpc\b.*\bchange|\bnetwork gateway|\bconfig changes?\b|\bwaf\b|\bvulnerabilit|\bmalware|\bthreats?\b|\bfindings?\b|\bbanned\b|\bunsuccessful\b/,
    bad: null,
  },
  {
    topic: 'certificate',
    metric:
      /\b(?:cert|certs|certificates?|ssl|tls|x509)\b|\bdays? (?:to|until|till|before) expir|\bexpir\w* (?:in )?days?\b|\bnot after\b/,
    bad: 'below',
    flip: /\bexpir(?:ed|ing)\b|\bfail|\binvalid\b|\bcount\b|\bage\b/,
  },
  { topic: 'gpu', metric: /\bgpus?\b|\bnvidia\b/, bad: null },
  { topic: 'heap', metric: /\bheap\b|\bjvm\b|\bgc\b|\bgarbage\b|\bold gen\b|\bmeta ?space\b/, bad: null },
  {
    topic: 'cache',
    metric:
      /\b(?:redis|valkey|memcached?|keydb)\b.*\b(?:up|connect|ping|alive|down|status|running|available|availability|health\w*|process|pid)\b/,
    bad: 'below',
    flip: wrong,
  },
  { topic: 'cache_use', metric: /\b(?:redis|valkey|memcached?|keydb|cache)\b/, bad: null },
  {
    topic: 'connections',
    metric:
      /\b(?:connections?|conn|jdbc|db|hikari ?cp|hikari|datasource) ?pools?\b|\bpool\b.*\b(?:exhaust\w*|wait\w*|pending|active|usage|used|connections?)\b|\bhikari ?cp\b|\bpgbouncer\b|\b(?:db|database|postgres(?:ql)?|pg|mysql|mariadb|sql)\b.*\b(?:connections?|clients?|backends|sessions?|activity)\b|\bmax used connections\b|\bidle in transaction\b/,
    bad: 'above',
    flip: /\b(?:free|avail|available|remaining|left|unused|idle(?! in))\b/,
  },
  {
    topic: 'logs',
    metric:
      /\blogs?\b.*\b(?:volume|bytes|lines|rate|size|ingest\w*|growth|written)\b|\bingest(?:ed|ion)\b.*\blogs?\b|\bincoming log\b/,
    bad: 'above',
  },
  {
    topic: 'queue',
    metric:
      /(?<!\b(?:disk|io|run|volume) )\bqueues? (?:depth|length|size|messages?|backlog|age|ready|count|total|jobs)\b|\bbacklog\b|\boldest (?:message|job)\b|\bmessages? (?:ready|visible|waiting|unacked|unacknowledged|queued)\b|\brabbitmq queue\b|\bsidekiq (?:queue|latency|enqueued)\b|\bqueued (?:messages|jobs|tasks)\b/,
    bad: 'above',
    flip: /\bconsumers?\b/,
  },
  { topic: 'lag', metric: /\blag\b|\breplica(?:tion)?\b|\bbehind\b|\biterator age\b/, bad: 'above' },
  { topic: 'backup', metric: /\bbackups?\b|\bsnapshots?\b/, bad: null },
  { topic: 'clock', metric: /\bntp\b|\bchrony\b|\bclock\b|\btimex\b/, bad: null },
  {
    topic: 'limits',
    metric:
      /\bfile descriptors?\b|\bfds?\b|\bfilefd\b|\bopen files\b|\bentropy\b|\bconntrack\b|\bethtool\b|\btemperature\b|\bthreads?\b/,
    bad: null,
  },
  {
    topic: 'disk_io',
    metric:
      /\bdisk ?io\b|\bio ?wait\b|\bwait\b.*\bio\b|\biops\b|\bi o\b|\b(?:disk|ebs|volume|fs|nvme|blk|sda\w*|instance ebs)\b.*\b(?:reads?|writes?|io|ops|queue|latency|busy|throughput|time|iowait|merged|stalled|exceeded)\b/,
    bad: 'above',
  },
  {
    topic: 'network',
    metric:
      /\bnetwork\b|\bnetstat\b|\bpackets?\b|\b(?:net|eth\d*|ens\d*)\b.*\b(?:bytes|drop\w*|err\w*|recv|sent|in|out)\b|\bbandwidth\b|\btcp\b|\budp\b|\bvpn\b|\btunnel\b|\bnat\b|\bdns\b|\bping\b|\brtt\b/,
    bad: null,
  },
  {
    topic: 'memory',
    metric:
      /\b(?:mem|memory|ram|swap)\b(?!.*\b(?:cached?|buffer(?:s|ed)?|slab|limit|hugepages?)\b)|\boom\b|\bout of memory\b/,
    bad: 'above',
    flip: free,
  },
  {
    topic: 'memory',
    metric:
      /^(?:highmem\w*|mem(?:ory)?(?:usage|util\w*|used\w*|percent\w*)|used ?mem\w*|ram\w*usage|swap(?:usage|used))$/,
    bad: 'above',
  },
  {
    topic: 'limits',
    metric:
      /\bcpu\b.*\b(?:steal|stolen|io ?wait|wait|throttl\w*|limit|request|reserved|quota|credits?|nice|guest|irq|softirq)\b|\bthrottled\b/,
    bad: null,
  },
  {
    topic: 'cpu',
    metric:
      /\bcpus?\b|^cpu(?:usage|util\w*|percent\w*|load)?$|\bload ?(?:average|avg|1|5|15|norm|percent|shortterm|midterm|longterm)|\bload \d|\bsystem load\b|\bnode load\d+\b|^load\d*$/,
    bad: 'above',
    flip: free,
  },
  {
    topic: 'disk',
    metric:
      /\b(?:disks?|diskspace|disk ?usage\w*|disk ?used\w*|filesystems?|file system|fs|rootfs|root ?file ?system|volumes?|df|storage|mount(?:ed|point)?|partitions?|inodes?|ebs)\b(?!.*\b(?:read ?only|errors?|status|health)\b)|^(?:root|var|data|home|tmp) (?:used|usage|free|full|utili[sz]ation|percent)\b|\b(?:free|used) space\b|\bspace (?:used|free|left|available|utilization)\b/,
    bad: 'above',
    flip: free,
  },
  {
    topic: 'process_table',
    metric:
      /\bzombies?\b|\bprocesses (?:total|blocked|sleeping|running|paging|stopped|dead|idle|wait|unknown|zombies)\b|\bprocs? (?:total|blocked|running)\b/,
    bad: null,
  },
  {
    topic: 'requests',
    metric:
      /\b(?:5xx|4xx|5 xx|4 xx|http|errors?|exceptions?|faults?|latency|response time|requests?|throttl\w*|time ?outs?|durations?|invocations?|rejected|dropped|apdex|retries|p\d\d)\b|\b50\d\b|\bunhealthy host|\bhealthy host|\bun healthy\b/,
    bad: 'above',
  },
  {
    topic: 'process',
    metric:
      /\bpid ?count\b|\bprocs? ?stat\b|\b(?:process|processes|procs?)\b|\b(?:service|daemon|systemd|unit|supervisor)\b.*\b(?:up|down|running|active|inactive|alive|status|fail\w*|state|stopped|health\w*|check|available|units?)\b|^(?:service|daemon) ?(?:up|down)$|\b(?:is )?(?:running|alive|up|down)$|^up$|\b(?:nginx|apache|httpd|tomcat|haproxy|mysqld?|postgres(?:ql)?|docker|php fpm|gunicorn|sshd|mongod|elasticsearch)\b.*\b(?:status|state|health\w*|available|availability|check)\b/,
    bad: 'below',
    flip: wrong,
  },
  { topic: 'jobs', metric: /\bcron\b|\bjobs?\b|\betl\b|\bpipeline\b/, bad: null },
];
