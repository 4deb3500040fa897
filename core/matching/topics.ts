/** Troubles by name, and the words by which runbooks and alarms speak of them. */

/**
 * What can be wrong. The first thirteen are what runbooks on hosts are about most; the others are known so that their
 * alarms are not taken for one of these.
 */
export type Topic =
  | 'disk'
  | 'memory'
  | 'cpu'
  | 'process'
  | 'certificate'
  | 'connections'
  | 'queue'
  | 'pods'
  | 'node'
  | 'secret'
  | 'cache'
  | 'logs'
  | 'tasks'
  | 'backup'
  | 'cache_use'
  | 'clock'
  | 'containers'
  | 'cost'
  | 'credits'
  | 'dead_letters'
  | 'disk_io'
  | 'gpu'
  | 'heap'
  | 'jobs'
  | 'lag'
  | 'limits'
  | 'network'
  | 'process_table'
  | 'requests'
  | 'scaling'
  | 'security'
  | 'status_check'
  | 'traffic';

/** Over `spoken` text. A topic is spoken of where its expression is found. */
const phrases: readonly (readonly [Topic, RegExp])[] = [
  [
    'disk',
    /\b(?:disks?|diskspace|file ?systems?|rootfs|enospc|no space left|inodes?|(?<!log )volumes?|partitions?|(?:low|free|out of|left) (?:disk )?space|storage (?:full|space|used|usage))\b/,
  ],
  ['memory', /\b(?:mem|memory|ram|swap|oom|enomem|(?:high|low)mem(?:ory)?)\b/],
  ['cpu', /\b(?:cpus?|load average|load avg|high load|(?:high|low)cpu|processor)\b/],
  [
    'process',
    /\b(?:service|process|daemon|systemd|unit|nginx|apache2?|httpd|tomcat|haproxy|web ?server|app ?server|application|worker|agent)\b.{0,40}\b(?:down|stopped|gone|dead|died|not running|isn t running|failed|inactive|crashed|unavailable|not active|missing|terminated|back|restart(?:ed)?)\b|\b(?:stopped|failed|dead|crashed|restart) (?:an? |the )?(?:\w+ )?(?:service|process|unit|daemon)\b|\bno (?:\w+ ){0,2}process(?:es)?\b|\bnot running\b|\bserviced?down\b/,
  ],
  ['certificate', /\b(?:certs?|certificates?|certbot|x509|(?:tls|ssl).{0,30}expir\w*|expir\w*.{0,30}(?:tls|ssl))\b/],
  [
    'connections',
    /\b(?:(?:connections?|conn|db|database|hikari|jdbc|thread) ?pools?|pool (?:is )?exhaust\w*|connections? (?:slots?|exhaust\w*|limit|saturat\w*)|too many (?:clients|connections|db)|max connections|db connections?|database connections?|pgbouncer|hikari(?:cp| pool)?|postgres(?:ql)? connections?|mysql connections?)\b/,
  ],
  ['dead_letters', /\b(?:dlqs?|dead ?letters?|dead ?letter ?queues?|redrive)\b/],
  ['queue', /\b(?:(?<!disk )queues?|backlogs?|sqs|oldest message|rabbitmq|sidekiq|consumers? (?:lag|stuck))\b/],
  ['pods', /\b(?:pods?|crash ?loop\w*|crashloopbackoff|container restarts?|restarting containers?)\b/],
  [
    'node',
    /\b(?:kubernetes nodes?|k8s nodes?|eks nodes?|worker nodes?|nodes? (?:not ready|notready|pressure|unhealthy|unreachable|drain\w*|ready|failed)|drain(?:ing)? (?:an? |the |an? \w+ )?(?:\w+ )?nodes?|cordon\w*|kubelet)\b/,
  ],
  ['secret', /\b(?:secrets?|credentials?|passwords?|api keys?|access key age|key age)\b/],
  ['cache', /\b(?:redis|valkey|memcached?|keydb|cache)\b/],
  [
    'logs',
    /\b(?:log ?(?:flood\w*|volume|growth|burst|spike|storm|ingest\w*|bytes|rate|spam)|(?:flood|burst|storm|spike) of logs?(?: lines?)?|logs? (?:grow\w*|ingest\w*|explo\w*)|too many logs?)\b/,
  ],
  ['tasks', /\b(?:ecs|fargate|(?:running|pending|desired) tasks?|tasks? (?:count|running|stopped))\b/],
  ['backup', /\b(?:backups?|snapshots?)\b/],
  ['clock', /\b(?:ntp|chrony|clock (?:skew|drift|offset)|time (?:drift|offset))\b/],
  ['cost', /\b(?:billing|estimated charges?|budgets?|spend(?:ing)?|costs?)\b/],
  ['credits', /\b(?:credits?|burst balance)\b/],
  [
    'disk_io',
    /\b(?:iops|io ?wait|disk (?:io|i o|reads?|writes?|latency|queue|throughput|busy)|volume (?:reads?|writes?|queue|idle))\b/,
  ],
  ['gpu', /\b(?:gpus?|nvidia)\b/],
  ['heap', /\b(?:heap|jvm|garbage|gc)\b/],
  ['jobs', /\b(?:cron ?(?:job)?s?|jobs?|batch run|pipeline|etl|deploy(?:ment)?s? failed|builds?)\b/],
  ['lag', /\b(?:replica(?:tion)?|replicas|lag|iterator age|behind)\b/],
  ['network', /\b(?:network|packets?|bandwidth|vpn|tunnel|nat|dns|ping|latency to|tcp|udp|traffic)\b/],
  [
    'requests',
    /\b(?:5xx|4xx|50[0234]s?|http|errors?|exceptions?|latency|response time|request(?:s| count)|throttl(?:es|ed|ing)|timeouts?|faults?|elb|alb|nlb|load ?balancer|target group|unhealthy hosts?|api)\b/,
  ],
  ['scaling', /\b(?:scal(?:e|ing) ?(?:in|out|up|down)|auto ?scal\w*|target ?tracking|scal(?:e|ing))\b/],
  [
    'security',
    /\b(?:guard ?duty|unauthori[sz]ed|sign ?ins?|log ?ins?|mfa|root (?:account|user|usage|login)|iam|policy changes?|access denied|brute|ssh|intrusion|cloud ?trail|kms|cmk|security groups?|nacl|security hub|vulnerabilit\w*|malware|waf|console (?:login|sign)|config changes?|threats?|complian\w*|encrypt\w*)\b/,
  ],
  [
    'status_check',
    /\b(?:status ?checks?|status ?check ?failed|reachability|auto ?recover\w*|instance (?:down|unreachable|recovery)|host (?:down|unreachable)|server (?:down|unreachable))\b/,
  ],
];

/** The topics that a text speaks of, in the order of the table. */
export function topicsIn(text: string): Set<Topic> {
  return new Set(phrases.flatMap(([topic, pattern]) => (pattern.test(text) ? [topic] : [])));
}

/** Topics that say what a thing is, and in whose runbooks `process` is only the way to mend it. */
export const things: readonly Topic[] = [
  'certificate',
  'connections',
  'queue',
  'pods',
  'node',
  'secret',
  'cache',
  'logs',
  'tasks',
];

/** The same, without `process` where a thing is named whose process it is, and without the queue of its dead letters. */
export function mainTopics(text: string): Set<Topic> {
  const topics = topicsIn(text);
  if (things.some((topic) => topics.has(topic))) topics.delete('process');
  if (topics.has('dead_letters')) topics.delete('queue');
  if (topics.has('disk_io')) topics.delete('disk');
  return topics;
}

/** In words for people. */
export const topicWords: Readonly<Record<Topic, string>> = {
  disk: 'disk space',
  memory: 'memory',
  cpu: 'CPU',
  process: 'whether a process runs',
  certificate: 'a certificate’s expiry',
  connections: 'database connections',
  queue: 'a queue’s backlog',
  pods: 'container restarts',
  node: 'a Kubernetes node’s condition',
  secret: 'a secret',
  cache: 'whether a cache answers',
  logs: 'log volume',
  tasks: 'running tasks',
  backup: 'backups',
  cache_use: 'a cache’s use',
  clock: 'the clock',
  containers: 'containers’ use of a resource',
  cost: 'cost',
  credits: 'credits',
  dead_letters: 'dead letters',
  disk_io: 'disk I/O',
  gpu: 'a GPU',
  heap: 'a runtime’s heap',
  jobs: 'jobs',
  lag: 'lag',
  limits: 'limits or health of host and hardware',
  network: 'the network',
  process_table: 'the number of processes',
  requests: 'requests and errors',
  scaling: 'scaling',
  security: 'security',
  status_check: 'the instance’s status checks',
  traffic: 'traffic through a queue',
};
