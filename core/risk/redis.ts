/** The Redis command table as far as it matters here: what only reads, and what changes little; all else may destroy. */
import type { RiskFlag, RiskLevel } from '../words.ts';
import { personal } from './personal.ts';

const words = (text: string) => new Set(text.trim().split(/\s+/));

/** From `COMMAND` of Redis 7.4 and Valkey 8: flag `readonly`, and the commands about the server that only show. */
const reading = words(`
  info ping dbsize keys scan type ttl pttl expiretime pexpiretime exists strlen get getrange substr mget lcs bitcount bitpos
  getbit bitfield_ro llen lrange lindex lpos hget hgetall hlen hkeys hvals hscan hmget hexists hstrlen hrandfield httl hpttl
  scard smembers sismember smismember sscan srandmember sinter sintercard sunion sdiff zcard zrange zrevrange zscore
  zmscore zrank zrevrank zcount zlexcount zrangebyscore zrevrangebyscore zrangebylex zrevrangebylex zscan zrandmember zinter
  zunion zdiff zintercard xlen xrange xrevrange xpending xinfo geopos geodist geohash georadius_ro georadiusbymember_ro geosearch
  pfcount randomkey dump time role lastsave echo hello select readonly lolwut quit`);

/** Of these, those that show what is stored. */
const showsValues = words(`
  get getrange substr mget lcs lrange lindex hget hgetall hvals hscan hmget hrandfield smembers sscan srandmember sinter
  sunion sdiff zrange zrevrange zrangebyscore zrevrangebyscore zscan zrandmember xrange xrevrange dump`);

/** Sub-commands that only show. */
const readingBelow: Readonly<Record<string, ReadonlySet<string>>> = {
  config: words('get help'),
  client: words('list info id getname getredir trackinginfo help'),
  memory: words('usage stats doctor malloc-stats help'),
  slowlog: words('get len help'),
  latency: words('latest history doctor graph histogram help'),
  object: words('encoding freq idletime refcount help'),
  cluster: words(
    'info nodes slots shards keyslot countkeysinslot getkeysinslot myid myshardid links replicas slaves count-failure-reports slot-stats help',
  ),
  sentinel: words('masters master replicas slaves sentinels get-master-addr-by-name ckquorum myid info-cache help'),
  command: words('count docs info list getkeys help'),
  pubsub: words('channels numsub numpat shardchannels shardnumsub help'),
  acl: words('whoami cat help'),
  module: words('list help'),
  xinfo: words('stream groups consumers help'),
  script: words('exists help'),
  function: words('stats help'),
  commandlog: words('get len help'),
};

/** Adds or counts, or can be taken back; CONFIG SET of what is no path. */
const modifying = words(`
  bgsave save bgrewriteaof incr incrby incrbyfloat decr decrby append lpush rpush lpushx rpushx sadd zadd hsetnx setnx
  hincrby hincrbyfloat zincrby persist publish spublish touch wait waitaof xadd xack pfadd geoadd`);
const modifyingBelow =
  /^(?:slowlog reset|latency reset|acl log|client (?:pause|unpause|no-evict|setname|no-touch|reply|tracking|caching)|config (?:resetstat|rewrite)|memory purge|cluster saveconfig|script kill|function kill)$/;
const softSettings =
  /^(?:maxmemory(?:-policy|-samples)?|maxclients|timeout|tcp-keepalive|loglevel|slowlog-[\w-]+|latency-[\w-]+|hz|activedefrag|active-defrag-[\w-]+|lazyfree-[\w-]+|client-output-buffer-limit|repl-[\w-]+|notify-keyspace-events|io-threads)$/;

export interface RedisRisk {
  readonly does: string;
  readonly level: RiskLevel;
  readonly flag?: RiskFlag;
}

/** Judges a command by its leading literal words in lower case; null for what only reads. */
export function redisRisk(command: readonly string[]): RedisRisk | null {
  const [verb = '', below = '', third = ''] = command;
  const name = verb.toUpperCase();
  if (verb === 'config' && below === 'get' && /[*?[]|pass|auth|key|user/.test(command.slice(2).join(' ')))
    return { does: 'shows settings with passwords', level: 'read_only', flag: 'sensitive_read' };
  if (verb === 'monitor')
    return { does: 'shows every command with its data', level: 'read_only', flag: 'sensitive_read' };
  if (verb === 'acl' && (/^(?:list|getuser|users)$/.test(below) || (below === 'log' && third !== 'reset')))
    return { does: 'shows users and password hashes', level: 'read_only', flag: 'sensitive_read' };
  const inside = Object.hasOwn(readingBelow, verb) ? readingBelow[verb] : undefined;
  if (inside !== undefined) {
    if (inside.has(below) || (verb === 'command' && below === '')) return null;
    if (verb === 'config' && below === 'set' && softSettings.test(third))
      return { does: `changes a setting: ${third}`, level: 'modifying' };
    if (modifyingBelow.test(`${verb} ${below}`))
      return { does: `changes something: ${name} ${below}`, level: 'modifying' };
    return { does: `deletes, overwrites or is not known: ${name} ${below.toUpperCase()}`, level: 'destructive' };
  }
  if (showsValues.has(verb) && personal.test(command.slice(1).join(' ')))
    return { does: `shows values of people or keys: ${below}`, level: 'read_only', flag: 'sensitive_read' };
  if (reading.has(verb)) return null;
  if (modifying.has(verb)) return { does: `changes data: ${name}`, level: 'modifying' };
  return { does: `deletes, overwrites or is not known: ${name}`, level: 'destructive' };
}
