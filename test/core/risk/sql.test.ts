/** SQL: queries read, everything that a query is joined with is seen, and no text makes the judge throw. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeSql } from '../../../core/risk/sql/judge.ts';
import { seed, share } from '../../soak.ts';
import { lines } from './corpus/lines.ts';

const queries = {
  postgresql: lines(`
SELECT pid, now() - query_start AS duration, query FROM pg_stat_activity WHERE state = 'active' ORDER BY duration DESC LIMIT 10
select count(*) from pg_stat_activity
SELECT * FROM pg_stat_replication
select pg_is_in_recovery()
select now() - pg_last_xact_replay_timestamp() as lag
SELECT datname, pg_size_pretty(pg_database_size(datname)) FROM pg_database ORDER BY pg_database_size(datname) DESC
SELECT relname, n_dead_tup, last_autovacuum FROM pg_stat_user_tables ORDER BY n_dead_tup DESC LIMIT 20
select state, count(*) from pg_stat_activity group by 1 order by 2 desc
SELECT blocked_locks.pid AS blocked_pid, blocking_locks.pid AS blocking_pid FROM pg_catalog.pg_locks blocked_locks JOIN pg_catalog.pg_locks blocking_locks ON blocking_locks.locktype = blocked_locks.locktype AND blocking_locks.database IS NOT DISTINCT FROM blocked_locks.database AND blocking_locks.pid != blocked_locks.pid WHERE NOT blocked_locks.granted
select * from pg_stat_activity where wait_event_type is not null and state <> 'idle'
SHOW max_connections
EXPLAIN SELECT * FROM users WHERE id = 1
EXPLAIN (ANALYZE, BUFFERS) SELECT count(*) FROM orders
SELECT name, setting, unit FROM pg_settings WHERE name IN ('max_connections','shared_buffers')
select pg_blocking_pids(pid), pid, query from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0
SELECT slot_name, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) FROM pg_replication_slots
select client_addr, state, sent_lsn, replay_lsn, (extract(epoch from now() - pg_last_xact_replay_timestamp()))::int as lag from pg_stat_replication
SELECT schemaname||'.'||relname, seq_scan, idx_scan FROM pg_stat_user_tables WHERE seq_scan > 1000 ORDER BY seq_scan DESC
SELECT sum(blks_hit)*100/sum(blks_hit+blks_read) AS hit_ratio FROM pg_stat_database
select version()
select 1
SELECT age(datfrozenxid), datname FROM pg_database ORDER BY 1 DESC
with t as (select * from pg_stat_activity) select count(*) from t
SELECT date_trunc('hour', created_at) h, count(*) FROM orders WHERE created_at > now() - interval '1 day' GROUP BY 1
SELECT * FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 5
select a.pid, b.query from pg_stat_activity a left join pg_locks l using (pid) cross join lateral (select 1) b
SELECT CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'primary' END
select count(*) filter (where state='idle in transaction') from pg_stat_activity
select rank() over (partition by a order by b) from t
SELECT c.oid::regclass, age(c.relfrozenxid) FROM pg_class c WHERE relkind IN ('r','m') ORDER BY 2 DESC
SELECT left(query, 60) q, calls, round(mean_exec_time::numeric, 2) FROM pg_stat_statements ORDER BY 3 DESC LIMIT 10
TABLE pg_stat_wal_receiver
select exists(select 1 from pg_stat_replication)
SELECT * FROM pg_stat_activity WHERE query ILIKE '%vacuum%' AND pid <> pg_backend_pid()
select coalesce(max(now()-xact_start), interval '0') from pg_stat_activity
SELECT array_agg(pid) FROM pg_locks WHERE NOT granted
select string_agg(name, ',' order by name) from pg_settings
select * from pg_ls_waldir() limit 5
select count(distinct client_addr) from pg_stat_activity
select * from generate_series(1,3) g
SELECT pg_size_pretty(sum(size)) FROM pg_ls_waldir()
SELECT current_setting('wal_level')
select current_user, session_user, current_database(), current_timestamp
SELECT indexrelname FROM pg_stat_user_indexes WHERE idx_scan=0 AND indexrelname NOT LIKE '%pkey'
select extract(epoch from now()) 
select data->>'id', data#>>'{a,b}' from events limit 1
SELECT pid FROM pg_stat_activity WHERE query_start < now() - '5 minutes'::interval
SELECT pid FROM pg_stat_activity WHERE query ~ 'foo' and state = any(array['active','idle'])
`),
  mysql: lines(`
SHOW PROCESSLIST
SHOW FULL PROCESSLIST
show databases
SHOW TABLES
SHOW SLAVE STATUS
SHOW REPLICA STATUS
SHOW ENGINE INNODB STATUS
SHOW GLOBAL STATUS LIKE 'Threads_%'
SHOW GLOBAL VARIABLES LIKE 'max_connections'
SHOW VARIABLES WHERE Variable_name IN ('a','b')
SHOW BINARY LOGS
SHOW MASTER STATUS
SHOW CREATE TABLE orders
SHOW INDEX FROM orders
SHOW TABLE STATUS LIKE 'orders'
SHOW OPEN TABLES WHERE In_use > 0
SELECT * FROM information_schema.processlist WHERE command != 'Sleep' ORDER BY time DESC LIMIT 10
SELECT table_schema, ROUND(SUM(data_length+index_length)/1024/1024,1) AS mb FROM information_schema.tables GROUP BY table_schema
SELECT @@version
SELECT @@global.read_only, @@hostname
EXPLAIN SELECT * FROM orders WHERE id=1
EXPLAIN ANALYZE SELECT * FROM orders WHERE id=1
EXPLAIN FORMAT=JSON SELECT 1
DESCRIBE orders
DESC orders
SELECT trx_id, trx_started, TIMESTAMPDIFF(SECOND, trx_started, NOW()) AS age FROM information_schema.innodb_trx ORDER BY trx_started
SELECT * FROM performance_schema.data_lock_waits
SELECT * FROM sys.innodb_lock_waits
SELECT COUNT(*), state FROM information_schema.processlist GROUP BY state
SELECT user, host, count(*) c FROM information_schema.processlist GROUP BY user, host HAVING c > 5
SELECT VERSION()
SELECT 1
SELECT SUBSTRING_INDEX(host, ':', 1) AS h, COUNT(*) FROM information_schema.processlist GROUP BY h
SELECT DIGEST_TEXT, COUNT_STAR, AVG_TIMER_WAIT/1e9 FROM performance_schema.events_statements_summary_by_digest ORDER BY SUM_TIMER_WAIT DESC LIMIT 5
SELECT * FROM orders WHERE created_at > NOW() - INTERVAL 1 HOUR LIMIT 10
SELECT DATE(created_at), COUNT(*) FROM orders GROUP BY 1
SELECT SCHEMA(), DATABASE(), USER(), CURRENT_USER()
WITH t AS (SELECT 1 a) SELECT * FROM t
SELECT GROUP_CONCAT(id) FROM t
SELECT IF(a>1,'x','y') FROM t
SELECT CONCAT(user,'@',host) FROM mysql.user
SHOW WARNINGS
SELECT * FROM \`orders\` o LEFT JOIN items u ON u.id=o.item_id WHERE u.email LIKE '%x%'
SELECT COUNT(*) FROM orders WHERE status IN ('a','b') AND created_at BETWEEN '2024-01-01' AND '2024-02-01'
SELECT variable_value FROM performance_schema.global_status WHERE variable_name = 'Threads_connected'
SHOW STATUS LIKE 'wsrep%'
`),
} as const;

describe.each(['postgresql', 'mysql'] as const)('%s', (dialect) => {
  it('finds nothing in queries', () => {
    const found = Object.fromEntries(queries[dialect].map((query) => [query, judgeSql(query, dialect)]));
    expect(Object.entries(found).filter(([, findings]) => findings.length > 0)).toEqual([]);
  });

  it('sees what follows, precedes or hides in a query', () => {
    const joined = queries[dialect].flatMap((query) => [
      `${query}; DROP TABLE x`,
      `DELETE FROM x; ${query}`,
      `${query} /*!50000 ; drop table x */`,
      `${query} -- \n`,
    ]);
    expect(joined.filter((text) => judgeSql(text, dialect).length === 0)).toEqual([]);
  });

  it('never throws, and never reads a text that has lost a word to garbage', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...queries[dialect]), fc.nat(), (noise, query, at) => {
        const cut = at % (query.length + 1);
        expect(Array.isArray(judgeSql(query.slice(0, cut) + noise + query.slice(cut), dialect))).toBe(true);
        expect(judgeSql(`${query};${noise};drop table x`, dialect)).not.toEqual([]);
      }),
      { seed, numRuns: share(20_000) },
    );
  });
});
