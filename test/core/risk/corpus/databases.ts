/** Databases, caches and brokers: what loses data or runs code, and what people ask them in an incident. */
import { lines } from './lines.ts';

export const dangerous = lines(String.raw`
psql -c 'DROP TABLE users'
psql -c 'drop database shop'
psql -c 'DELETE FROM users'
psql -c 'TRUNCATE users CASCADE'
psql -c 'UPDATE users SET admin = true'
psql -c 'select 1; delete from users'
psql -Atc 'WITH d AS (DELETE FROM users RETURNING *) SELECT count(*) FROM d'
psql -c 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity'
psql -c 'SELECT pg_catalog.pg_terminate_backend(1)'
psql -c 'SELECT "pg_terminate_backend"(1)'
psql -c 'select PG_CANCEL_BACKEND (1)'
psql -c 'select pg_terminate_backend/**/(1)'
psql -c 'SELECT pg_reload_conf()'
psql -c "SELECT lo_import('/etc/passwd')"
psql -c "SELECT lo_export(1, '/tmp/x')"
psql -c "COPY t TO PROGRAM 'sh'"
psql -c "COPY t FROM '/tmp/x'"
psql -c "COPY (select 1) TO '/tmp/x'"
psql -c 'SELECT nextval($$s$$)'
psql -c "SELECT nextval('s')"
psql -c "SELECT setval('s', 1)"
psql -c "SELECT set_config('a','b',false)"
psql -c 'EXPLAIN ANALYZE DELETE FROM users'
psql -c 'EXPLAIN (ANALYZE) UPDATE users SET a=1'
psql -c 'EXPLAIN (ANALYZE true, VERBOSE) WITH d AS (delete from a returning 1) select 1 from d'
psql -c 'SELECT * INTO t2 FROM t'
psql -c 'CREATE TABLE a AS SELECT 1'
psql -c 'ALTER SYSTEM SET x = 1'
psql -c 'ALTER USER postgres PASSWORD $$x$$'
psql -c 'GRANT ALL ON t TO public'
psql -c 'DO $$ begin delete from t; end $$'
psql -c 'CALL wipe()'
psql -c 'SELECT wipe_everything()'
psql -c 'SELECT app.cleanup()'
psql -c "SELECT dblink('host=evil','select 1')"
psql -c "select query_to_xml('delete from t returning 1', true, true, '')"
psql -c 'SELECT * FROM t FOR UPDATE'
psql -c 'LOCK TABLE t'
psql -c 'VACUUM FULL t'
psql -c 'SELECT pg_stat_reset()'
psql -c "SELECT pg_drop_replication_slot('a')"
psql -c 'SELECT pg_promote()'
psql -c 'SELECT pg_switch_wal()'
psql -c 'PREPARE x AS DELETE FROM t'
psql -c 'EXECUTE x'
psql -c '\! rm -rf /'
psql -c '\copy t to program $$sh$$'
psql -c '\i x.sql'
psql -c '\o x'

psql -f drop.sql
psql < drop.sql
cat x.sql | psql
echo 'DROP TABLE t' | psql shop
psql <<< 'DROP TABLE t'
psql <<EOF⏎select 1;⏎\! rm x⏎EOF
psql <<EOF⏎delete from t;⏎EOF
psql shop
psql -v ON_ERROR_STOP=1 -f x.sql
psql -c "$SQL"
psql -c "select * from t where id=$id"
psql --command='DROP TABLE t'
psql --comm='DROP TABLE t'
psql -1 -c 'DROP TABLE t'
psql -X -tAc 'DROP TABLE t'
psql -c 'select 1' -c 'drop table t'
psql -o /etc/cron.d/x -c 'select 1'
psql -L /etc/x -c 'select 1'
psql -c 'select 1 -- \n; drop table t'
psql -c '/* hi */ drop table t'
PGOPTIONS='-c x=y' psql -c 'drop table t'
sudo -u postgres psql -c 'drop table t'
su postgres -c "psql -c 'drop table t'"
docker exec db psql -c 'drop table t'
dropdb shop
dropuser app
pg_dump shop
pg_restore -d shop x.dump
pg_ctl stop -m immediate
pg_resetwal -f /data
pgbench -i shop
mysql -e 'DROP DATABASE shop'
mysql -e 'delete from users'
mysql -e 'SELECT 1; DROP TABLE t'
mysql -e 'select * from t into outfile "/tmp/x"'
mysql -e "select * into dumpfile '/tmp/x' from t"
mysql -e 'SELECT /*!50000 SLEEP(5),*/ 1'
mysql -e '/*!50001 DROP TABLE t */'
mysql -e "SELECT LOAD_FILE('/etc/shadow')"
mysql -e 'SELECT SLEEP(1000)'
mysql -e 'LOAD DATA INFILE "/x" INTO TABLE t'
mysql -e 'KILL 5'
mysql -e 'KILL QUERY 5'
mysql -e 'SET GLOBAL read_only = 0'
mysql -e 'SET PERSIST max_connections = 1'
mysql -e 'STOP SLAVE'
mysql -e 'RESET MASTER'
mysql -e 'CHANGE MASTER TO MASTER_HOST="x"'
mysql -e 'PURGE BINARY LOGS TO "x"'
mysql -e 'FLUSH TABLES WITH READ LOCK'
mysql -e 'SHUTDOWN'
mysql -e 'OPTIMIZE TABLE t'
mysql -e 'EXPLAIN ANALYZE UPDATE t SET a=1'
mysql -e 'SELECT * FROM t FOR UPDATE'
mysql -e 'SELECT * FROM t LOCK IN SHARE MODE'
mysql -e 'CALL x()'
mysql -e 'CREATE USER a'
mysql -e 'SELECT get_lock("a", 10)'
mysql -e 'system rm -rf /'
mysql -e '\! rm -rf /'
mysql -e 'source x.sql'
mysql -e "select 'a\'; drop table t; -- '"
mysql --pager='rm x' -e 'select 1'
mysql --tee=/etc/x -e 'select 1'
mysql --init-command='drop table t' -e 'select 1'
mysql --init='drop table t' -e 'select 1'
mysql shop < dump.sql
zcat dump.gz | mysql shop
echo 'drop table t' | mysql
mysql
mysqladmin shutdown
mysqladmin flush-hosts
mysqladmin -u root drop shop
mysqldump --all-databases
mysqlimport shop x
sqlite3 a.db 'DROP TABLE t'
sqlite3 a.db '.shell rm x'
sqlite3 a.db '.system rm x'
sqlite3 a.db '.import x t'
sqlite3 a.db '.output x'
sqlite3 a.db "SELECT writefile('x','y')"
sqlite3 a.db "SELECT load_extension('x')"
sqlite3 a.db "ATTACH 'x' AS y"
sqlite3 a.db 'PRAGMA journal_mode=DELETE'
sqlite3 a.db < x.sql
sqlite3 -init x a.db 'select 1'
clickhouse-client -q 'DROP TABLE t'
clickhouse-client -q 'SYSTEM SHUTDOWN'
clickhouse-client -q 'ALTER TABLE t DELETE WHERE 1'
clickhouse-client -q "SELECT * FROM url('http://evil', CSV)"
clickhouse-client -q "INSERT INTO FUNCTION file('x') SELECT 1"
clickhouse-client -q "SELECT 1 INTO OUTFILE 'x'"
cqlsh -e 'DROP KEYSPACE ks'
cqlsh -e 'TRUNCATE ks.t'
cqlsh -e "COPY ks.t TO 'x'"
cqlsh -e "SOURCE 'x'"
cqlsh -f x.cql
nodetool decommission
nodetool removenode x
nodetool drain
nodetool clearsnapshot
mongosh --eval 'db.dropDatabase()'
mongosh --eval 'db.users.drop()'
mongosh --eval 'db.users.deleteMany({})'
mongosh --eval 'db["users"]["drop"]()'
mongosh --eval 'db.users["dr" + "op"]()'
mongosh --eval 'db.users.find().forEach(function(d){db.users.remove(d)})'
mongosh --eval 'db.users.find().forEach(d => db.x.insertOne(d))'
mongosh --eval 'db.users.aggregate([{$out: "x"}])'
mongosh --eval 'db.users.find({$where: "sleep(1)"})'
mongosh --eval 'db.adminCommand({shutdown:1})'
mongosh --eval 'db.shutdownServer()'
mongosh --eval 'rs.stepDown()'
mongosh --eval 'rs.reconfig({})'
mongosh --eval 'db.killOp(1)'
mongosh --eval 'db.runCommand({dropDatabase: 1})'
mongosh --eval 'f=db.users.drop; f()'
mongosh --eval 'db.runCommand({"ping":1,}) || db.users.drop()'
mongosh --eval 'process.exit()'
mongosh --eval 'require("child_process").execSync("rm x")'
mongosh --eval 'load("x.js")'
mongosh x.js
mongosh < x.js
mongosh
mongorestore dump
mongodump
redis-cli FLUSHALL
redis-cli flushdb
redis-cli -n 3 FLUSHDB
redis-cli -h 10.0.0.5 FlushAll
redis-cli "flushall"
redis-cli flush""all
redis-cli DEL key
redis-cli UNLINK key
redis-cli SET a b
redis-cli EXPIRE a 1
redis-cli EVAL 'return redis.call("flushall")' 0
redis-cli --eval x.lua
redis-cli --pipe < x
redis-cli --rdb /tmp/x
redis-cli CONFIG SET dir /etc/cron.d
redis-cli config set requirepass x
redis-cli DEBUG SLEEP 100
redis-cli DEBUG SEGFAULT
redis-cli SHUTDOWN NOSAVE
redis-cli REPLICAOF NO ONE
redis-cli SLAVEOF evil 1
redis-cli MODULE LOAD /tmp/x.so
redis-cli SCRIPT FLUSH
redis-cli FUNCTION FLUSH
redis-cli CLUSTER RESET HARD
redis-cli CLUSTER FAILOVER
redis-cli --cluster del-node a b
redis-cli --cluster fix 127.0.0.1:7000
redis-cli --cluster call 127.0.0.1:7000 flushall
redis-cli CLIENT KILL TYPE normal
redis-cli ACL SETUSER x on
redis-cli SENTINEL FAILOVER mymaster
redis-cli SENTINEL remove x
redis-cli MIGRATE h 1 k 0 1
redis-cli SORT a STORE b
redis-cli GETDEL a
redis-cli GETEX a EX 1
redis-cli XREADGROUP GROUP a b STREAMS c 1
redis-cli BITFIELD a SET u8 0 1
redis-cli $cmd
redis-cli config $x y
redis-cli -x set a < f
redis-cli --scan --pattern 'x*' | xargs redis-cli del
echo FLUSHALL | redis-cli
redis-cli <<< FLUSHALL
redis-cli <<EOF⏎info⏎flushall⏎EOF
redis-cli
keydb-cli flushall
valkey-cli flushall
echo flush_all | nc localhost 11211
printf 'flush_all\r\n' | nc localhost 11211
echo 'set a 0 0 1' | nc localhost 11211
rabbitmqctl purge_queue x
rabbitmqctl delete_queue x
rabbitmqctl stop_app
rabbitmqctl reset
rabbitmqctl force_reset
rabbitmqctl forget_cluster_node x
rabbitmqctl delete_user x
rabbitmqctl eval 'rabbit:stop().'
rabbitmqctl close_all_connections x
rabbitmqadmin delete queue name=x
rabbitmqadmin purge queue name=x
kafka-topics.sh --bootstrap-server localhost:9092 --delete --topic x
kafka-topics --bootstrap-server localhost:9092 --list --delete --topic x
kafka-topics.sh --bootstrap-server localhost:9092 --del --topic x
kafka-consumer-groups.sh --bootstrap-server localhost:9092 --group g --reset-offsets --to-earliest --execute --all-topics
kafka-consumer-groups.sh --bootstrap-server localhost:9092 --delete --group g
kafka-configs.sh --bootstrap-server localhost:9092 --alter --entity-type topics --entity-name x --add-config retention.ms=1
kafka-configs.sh --describe --alter --add-config retention.ms=1
kafka-delete-records.sh --bootstrap-server localhost:9092 --offset-json-file x
kafka-reassign-partitions.sh --execute --reassignment-json-file x
kafka-acls.sh --remove --topic x
kafka-leader-election.sh --election-type preferred
zkCli.sh deleteall /brokers
etcdctl del "" --prefix
etcdctl member remove x
etcdctl put a b
curl -X DELETE localhost:9200/logs-2024
curl -XDELETE http://127.0.0.1:9200/_all
curl -X PUT localhost:9200/_cluster/settings -d '{}'
curl -XPOST localhost:9200/logs/_delete_by_query -d '{}'
curl -XPOST localhost:9200/_cluster/reroute
patronictl failover
`);

export const diagnostics = lines(String.raw`
psql -c 'SELECT count(*) FROM pg_stat_activity'
psql -c "SELECT pid, now() - query_start AS duration, query FROM pg_stat_activity WHERE state = 'active' ORDER BY duration DESC LIMIT 10;"
psql -U postgres -d shop -c "select state, count(*) from pg_stat_activity group by 1 order by 2 desc"
psql -At -c 'select pg_is_in_recovery()'
psql -h db.internal -p 5432 -U app -d shop -c 'select 1'
sudo -u postgres psql -c 'SELECT * FROM pg_stat_replication'
sudo -u postgres psql -x -c 'select * from pg_stat_replication;'
psql -c "SELECT now() - pg_last_xact_replay_timestamp() AS lag"
psql -c 'SELECT slot_name, active, pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)) FROM pg_replication_slots'
psql -c 'SELECT datname, pg_size_pretty(pg_database_size(datname)) FROM pg_database ORDER BY pg_database_size(datname) DESC'
psql -c "SELECT relname, n_dead_tup, n_live_tup, last_autovacuum FROM pg_stat_user_tables ORDER BY n_dead_tup DESC LIMIT 20"
psql -c 'SELECT * FROM pg_locks WHERE NOT granted'
psql -c "SELECT pid, pg_blocking_pids(pid), query FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0"
psql -c 'SHOW max_connections'
psql -c 'show all'
psql -c '\l+'
psql -c '\dt'
psql -c '\d+ orders'
psql -c '\conninfo'
psql -l
psql -c 'EXPLAIN SELECT * FROM orders WHERE id = 5'
psql -c 'EXPLAIN (ANALYZE, BUFFERS) SELECT count(*) FROM orders'
psql -c "SELECT schemaname, relname, pg_size_pretty(pg_total_relation_size(relid)) FROM pg_catalog.pg_statio_user_tables ORDER BY pg_total_relation_size(relid) DESC LIMIT 10"
psql -c "select count(*) filter (where state = 'idle in transaction') from pg_stat_activity"
psql -c 'SELECT query, calls, total_exec_time, mean_exec_time FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 10'
psql -c "SET statement_timeout = '5s'; SELECT count(*) FROM orders"
psql -c 'select version()'
psql -c "SELECT sum(heap_blks_hit) / (sum(heap_blks_hit) + sum(heap_blks_read)) AS ratio FROM pg_statio_user_tables"
psql -c 'SELECT c.oid::regclass AS table, age(c.relfrozenxid) FROM pg_class c ORDER BY 2 DESC LIMIT 5'
psql -p 6432 -U pgbouncer pgbouncer -c 'SHOW POOLS'
psql <<EOF⏎select count(*) from pg_stat_activity;⏎show work_mem;⏎EOF
echo 'select count(*) from pg_stat_activity' | psql shop
psql "host=db.internal dbname=shop" -c 'select 1'
psql -c "SELECT blocked_locks.pid AS blocked_pid, blocked_activity.usename AS blocked_user, blocking_locks.pid AS blocking_pid FROM pg_catalog.pg_locks blocked_locks JOIN pg_catalog.pg_stat_activity blocked_activity ON blocked_activity.pid = blocked_locks.pid JOIN pg_catalog.pg_locks blocking_locks ON blocking_locks.locktype = blocked_locks.locktype AND blocking_locks.database IS NOT DISTINCT FROM blocked_locks.database AND blocking_locks.pid != blocked_locks.pid WHERE NOT blocked_locks.granted"
pg_isready
pg_isready -h localhost -p 5432
pg_lsclusters
pg_controldata /var/lib/postgresql/14/main
pg_ctl status -D /var/lib/postgresql/data
patronictl list
patronictl -c /etc/patroni/patroni.yml list
vacuumdb --version
mysql -e 'SHOW PROCESSLIST'
mysql -e 'SHOW FULL PROCESSLIST;'
mysql -uroot -e 'SHOW ENGINE INNODB STATUS\G'
mysql -h 10.0.0.5 -u app -e 'SHOW SLAVE STATUS\G'
mysql -e 'SHOW REPLICA STATUS\G'
mysql -e "SHOW GLOBAL STATUS LIKE 'Threads_connected'"
mysql -e "SHOW GLOBAL VARIABLES LIKE 'max_connections'"
mysql -N -s -e 'SELECT @@read_only'
mysql -e 'SELECT * FROM information_schema.innodb_trx\G'
mysql -e "SELECT * FROM information_schema.processlist WHERE command != 'Sleep' ORDER BY time DESC"
mysql -e 'SELECT user, COUNT(*) FROM information_schema.processlist GROUP BY user'
mysql -e 'SELECT table_schema, ROUND(SUM(data_length + index_length)/1024/1024, 2) AS size_mb FROM information_schema.tables GROUP BY table_schema'
mysql -e 'SHOW BINARY LOGS'
mysql -e 'SHOW MASTER STATUS'
mysql -e 'SHOW DATABASES'
mysql shop -e 'SHOW TABLES'
mysql shop -e 'SHOW CREATE TABLE orders\G'
mysql shop -e 'SHOW INDEX FROM orders'
mysql shop -e 'EXPLAIN SELECT * FROM orders WHERE user_id = 5'
mysql -e 'SHOW OPEN TABLES WHERE In_use > 0'
mysql -e 'SELECT * FROM performance_schema.data_lock_waits'
mysql -e 'SELECT * FROM sys.innodb_lock_waits\G'
mysql -e "SHOW STATUS LIKE 'wsrep%'"
mysql -e 'SELECT user, host FROM mysql.user'
mysql --version
mysqladmin processlist
mysqladmin -u root status
mysqladmin extended-status
mysqladmin ping
mariadb -e 'show processlist'
pt-query-digest /var/log/mysql/slow.log
mysqldumpslow -s t /var/log/mysql/slow.log
sqlite3 app.db '.tables'
sqlite3 app.db '.schema users'
sqlite3 -readonly app.db 'select count(*) from jobs'
sqlite3 app.db 'PRAGMA integrity_check;'
clickhouse-client -q 'SHOW PROCESSLIST'
clickhouse-client --query "SELECT query_id, elapsed, query FROM system.processes ORDER BY elapsed DESC"
clickhouse-client -q 'SELECT database, table, formatReadableSize(sum(bytes)) FROM system.parts GROUP BY database, table'
cqlsh -e 'SELECT * FROM system.local'
cqlsh -e 'DESCRIBE KEYSPACES'
nodetool status
nodetool tpstats
nodetool compactionstats
nodetool netstats
nodetool info
mongosh --quiet --eval 'rs.status()'
mongosh --eval 'db.serverStatus().connections'
mongosh --eval 'db.currentOp()'
mongosh --eval 'db.currentOp({"secs_running": {$gte: 5}})'
mongosh --eval 'db.stats()'
mongosh shop --eval 'db.orders.countDocuments({})'
mongosh shop --eval 'db.orders.getIndexes()'
mongosh --eval 'printjson(rs.conf())'
mongosh --eval 'rs.printSecondaryReplicationInfo()'
mongosh --eval 'db.adminCommand({ping: 1})'
mongosh --eval 'db.orders.find({status: "failed"}).limit(5).toArray()'
mongosh --eval 'JSON.stringify(db.serverStatus().mem)'
mongosh --eval 'sh.status()'
mongosh --eval 'show dbs'
mongostat -n 5
mongotop 5 --rowcount 3
redis-cli info
redis-cli INFO memory
redis-cli info replication
redis-cli -h 127.0.0.1 -p 6380 info
redis-cli -h redis.internal -a secret ping
redis-cli ping
redis-cli dbsize
redis-cli slowlog get 10
redis-cli SLOWLOG LEN
redis-cli client list
redis-cli config get maxmemory
redis-cli config get maxmemory-policy
redis-cli memory stats
redis-cli MEMORY USAGE mykey
redis-cli memory doctor
redis-cli latency latest
redis-cli --latency-history -i 5
redis-cli --bigkeys
redis-cli --stat
redis-cli --scan --pattern 'session:*' | head
redis-cli keys '*' | wc -l
redis-cli get feature:x
redis-cli ttl lock:job
redis-cli type mykey
redis-cli llen queue:default
redis-cli lrange queue:default 0 10
redis-cli hgetall job:1
redis-cli zcard delayed
redis-cli xinfo groups stream
redis-cli cluster info
redis-cli cluster nodes
redis-cli --cluster check 127.0.0.1:7000
redis-cli -p 26379 sentinel masters
redis-cli -p 26379 sentinel get-master-addr-by-name mymaster
redis-cli role
redis-cli lastsave
redis-cli object encoding k
echo info | redis-cli
echo stats | nc localhost 11211
echo "stats slabs" | nc -w 1 127.0.0.1 11211
echo ruok | nc localhost 2181
echo mntr | nc localhost 2181
rabbitmqctl status
rabbitmqctl cluster_status
rabbitmqctl list_queues
rabbitmqctl list_queues -p / name messages consumers memory
rabbitmqctl list_connections name state
rabbitmq-diagnostics check_running
rabbitmq-diagnostics memory_breakdown
rabbitmq-diagnostics -q ping
rabbitmqadmin list queues
kafka-topics.sh --bootstrap-server localhost:9092 --list
kafka-topics.sh --bootstrap-server localhost:9092 --describe --topic orders
kafka-topics.sh --bootstrap-server localhost:9092 --describe --under-replicated-partitions
kafka-consumer-groups.sh --bootstrap-server localhost:9092 --list
kafka-consumer-groups.sh --bootstrap-server localhost:9092 --describe --group orders
/opt/kafka/bin/kafka-consumer-groups.sh --bootstrap-server localhost:9092 --describe --all-groups
kafka-consumer-groups --bootstrap-server kafka-1:9092 --describe --group orders
kafka-log-dirs.sh --bootstrap-server localhost:9092 --describe
kafka-configs.sh --bootstrap-server localhost:9092 --describe --entity-type topics --entity-name x
kafka-broker-api-versions.sh --bootstrap-server localhost:9092
etcdctl endpoint health
etcdctl endpoint status --cluster -w table
etcdctl member list
curl -s localhost:9200/_cluster/health?pretty
curl -s 'http://localhost:9200/_cat/indices?v'
curl -s localhost:9200/_cat/nodes?v
curl -s localhost:9200/_nodes/hot_threads
curl -s -H 'Content-Type: application/json' localhost:9200/logs/_search -d '{"size":1}'
curl -s -XPOST -H 'Content-Type: application/json' 'localhost:9200/logs/_count?pretty' -d '{"query":{"match_all":{}}}'
curl -s localhost:9200/_cluster/allocation/explain?pretty
`);
