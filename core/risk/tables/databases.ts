/** Argument table: clients and tools of databases and caches; statements are parsed, commands looked up. */
import type { Argument } from '../arguments.ts';
import { mongoDoubt, mongoShowsSecrets } from '../mongo.ts';
import { reachServer } from '../private-hosts.ts';
import { redisRisk } from '../redis.ts';
import { judgeSql } from '../sql/judge.ts';
import type { Dialect } from '../sql/tokens.ts';
import type { Call, Effect, Table } from '../table.ts';

/** Such a file may name programs, libraries and statements; the administrators' own may. */
const ownDefaults: Effect = {
  does: 'takes options from a file that anybody may have written',
  level: 'destructive',
  unless: /^(?!.*\.\.)(?:\/etc\/[\w./-]+|(?:~|\/root|\/home\/[\w.-]+)\/\.[\w-]*my[\w-]*\.cnf)$/,
};

export const databases = (): Table => ({
  psql: {
    does: 'asks a PostgreSQL server',
    level: 'read_only',
    options:
      '-c: --command= -d: --dbname= -h: --host= -p: --port= -U: --username= -w --no-password -W --password -q --quiet -t --tuples-only -A --no-align -X --no-psqlrc -x --expanded -E --echo-hidden -e --echo-queries -a --echo-all -b --echo-errors -1 --single-transaction -n --no-readline -S --single-line -z -0 -R: --record-separator= -F: --field-separator= -P: --pset= -T: --table-attr= -H --html --csv -l --list -V',
    effects: {
      '-f: --file=': { does: 'runs statements from a file', level: 'destructive' },
      '-o: --output= -L: --log-file=': { value: 'overwrites' },
      '-v: --set= --variable=': { does: 'sets a variable', level: 'destructive' },
    },
    operands: 'text',
    check: (call) => judgeClient(call, 'postgresql'),
    examples: {
      "psql -c 'select count(*) from pg_stat_activity'": 'read_only',
      "psql -U app -d shop -Atc 'SELECT pid, state FROM pg_stat_activity'": 'read_only',
      "psql -h db.internal -c 'SELECT 1'": 'read_only',
      "psql -h db.example.com -c 'SELECT 1'": 'read_only egress',
      "psql postgresql://db.example.com/x -c 'SELECT 1'": 'read_only egress',
      "psql -c '\\dt+ public.*'": 'read_only',
      "psql -c '\\! rm x'": 'destructive',
      "psql -c '\\copy t to x'": 'destructive',
      'psql -l': 'read_only',
      psql: 'destructive',
      'psql -f x.sql': 'destructive',
      'psql -o x -c "select 1"': 'destructive',
      'psql -v a=b -c "select 1"': 'destructive',
      "psql -c 'drop table x'": 'destructive',
      "psql -c 'select 1; drop table x'": 'destructive',
      "psql -c 'select pg_cancel_backend(1)'": 'modifying',
      "psql -c 'vacuum analyze x'": 'modifying',
      'psql -c "select * from t where id=\'$x\'"': 'destructive',
      "psql -c 'select * from pg_shadow'": 'read_only sensitive_read',
      'psql <<EOF\nselect 1;\nEOF': 'read_only',
      'cat x | psql': 'destructive',
      "echo 'select 1' | psql": 'read_only',
      "echo 'drop table x' | psql": 'destructive',
      "psql -c 'select 1' | cat": 'read_only',
    },
  },
  'mysql mariadb': {
    does: 'asks a MySQL server',
    level: 'read_only',
    options:
      '-e: --execute= -h: --host= -P: --port= -u: --user= -p? --password[=] -D: --database= -N --skip-column-names -s --silent -B --batch -t --table -E --vertical -r --raw -v --verbose -A --no-auto-rehash -H --html -X --xml -f --force --column-names --ssl-mode= --ssl-ca= --ssl --skip-ssl --connect-timeout= --defaults-group-suffix= --login-path= --no-defaults -S: --socket= --protocol= --default-character-set= -C --compress -n --unbuffered -q --quick --safe-updates -U --line-numbers --skip-line-numbers --max-allowed-packet= --read-timeout= --binary-as-hex -V',
    effects: {
      '--tee=': { value: 'overwrites' },
      '--pager[=] --plugin-dir= --local-infile[=] --delimiter= --default-auth= --auto-vertical-output': {
        does: 'runs programs or reads files',
        level: 'destructive',
      },
      '--defaults-file= --defaults-extra-file=': ownDefaults,
      '--init-command= --init-command-add=': { does: 'runs further statements', level: 'destructive' },
    },
    operands: 'text',
    check: (call) => judgeClient(call, 'mysql'),
    examples: {
      "mysql -e 'SHOW FULL PROCESSLIST'": 'read_only',
      "mysql -uroot -psecret -h 10.0.0.5 -e 'SHOW ENGINE INNODB STATUS\\G'": 'read_only',
      "mysql -h db.example.com -e 'select 1'": 'read_only egress',
      'mysql -e \'select * from t into outfile "/tmp/x"\'': 'destructive',
      "mysql -e 'KILL 5'": 'destructive',
      "mysql --defaults-file=/etc/mysql/debian.cnf -e 'show processlist'": 'read_only',
      "mysql --defaults-extra-file=/tmp/x -e 'select 1'": 'destructive',
      "mysql -e 'system rm x'": 'destructive',
      "mysql -e 'SET GLOBAL max_connections = 500'": 'modifying',
      'mysql shop': 'destructive',
      'mysql shop < dump.sql': 'destructive',
      "mysql --tee=x -e 'select 1'": 'destructive',
      "mysql --pager=sh -e 'select 1'": 'destructive',
      "mysql --init-command='drop table x' -e 'select 1'": 'destructive',
      "mysql -e 'select /*!50000 load_file(1) */ 1'": 'destructive',
    },
  },
  'sqlite3 sqlite': {
    does: 'asks an SQLite file',
    level: 'read_only',
    style: 'word',
    options:
      '-readonly -header -noheader -csv -column -json -line -list -html -table -box -markdown -quote -batch -bail -echo -stats -separator: -newline: -nullvalue: -safe -version',
    effects: {
      '-cmd: -init:': { does: 'runs further commands', level: 'destructive' },
      '-A -append -deserialize -unsafe-testing -vfs: -zip -nofollow': {
        does: 'opens files in another way',
        level: 'destructive',
      },
    },
    operands: { first: 'reads', rest: 'text' },
    check: judgeSqlite,
    examples: {
      "sqlite3 app.db 'select count(*) from users'": 'read_only',
      'sqlite3 -readonly app.db .tables': 'read_only',
      "sqlite3 app.db '.shell rm x'": 'destructive',
      "sqlite3 app.db 'delete from x'": 'destructive',
      'sqlite3 app.db': 'destructive',
      "sqlite3 -cmd 'drop table x' app.db 'select 1'": 'destructive',
      "sqlite3 -A app.db 'select 1'": 'destructive',
      "sqlite3 app.db 'PRAGMA integrity_check'": 'read_only',
      "sqlite3 app.db \"select writefile('a','b')\"": 'destructive',
    },
  },
  'clickhouse-client clickhouse': {
    does: 'asks a ClickHouse server',
    level: 'read_only',
    options:
      '-q: --query= -h: --host= --port= -u: --user= --password[=] -d: --database= -t --time -f: --format= -s --secure -E --vertical -n --multiquery -m --multiline --max_memory_usage= --progress',
    effects: {
      '--queries-file= --config-file= -C: --external --file= --init-query= -i --interactive': {
        does: 'runs what is not written here',
        level: 'destructive',
      },
    },
    operands: 'text',
    check: (call) => {
      if (call.operands.some((word) => word.text !== 'client'))
        call.raise('mode', 'runs in another mode', 'destructive');
      judgeClient(call, 'postgresql');
    },
    examples: {
      "clickhouse-client -q 'SELECT count() FROM system.processes'": 'read_only',
      "clickhouse-client --query 'DROP TABLE x'": 'destructive',
      'clickhouse-client --queries-file x': 'destructive',
      'clickhouse local -q "select 1"': 'destructive',
    },
  },
  cqlsh: {
    does: 'asks a Cassandra server',
    level: 'read_only',
    options:
      '-e: --execute= -k: --keyspace= -u: --username= -p: --password= --ssl --connect-timeout= --request-timeout= --no-color -C --color',
    effects: { '-f: --file= --cqlshrc=': { does: 'runs statements from a file', level: 'destructive' } },
    operands: 'text',
    check: (call) => judgeClient(call, 'mysql'),
    examples: {
      "cqlsh -e 'SELECT * FROM system.local'": 'read_only',
      "cqlsh -e 'DESCRIBE KEYSPACES'": 'read_only',
      'cqlsh -f x': 'destructive',
      "cqlsh -e 'TRUNCATE ks.t'": 'destructive',
    },
  },
  nodetool: {
    does: 'manages a Cassandra node',
    level: 'destructive',
    options: '-p: --port= -u: --username= -H --human-readable',
    effects: {
      '-h: --host=': { value: 'host' },
    },
    subcommands: {
      'status info ring tpstats compactionstats netstats describecluster version gossipinfo cfstats tablestats tablehistograms proxyhistograms gcstats failuredetector getendpoints getcompactionthroughput getstreamthroughput statusbinary statusgossip statushandoff listsnapshots describering toppartitions getlogginglevels compactionhistory gettimeout clientstats':
        {
          does: 'shows a node',
          level: 'read_only',
          options:
            '-r --resolve-ip -T --tokens -F: --format= -o: --output= -H --human-readable -i: -s: -k: --limit= -t: --top= -sd -a: -e --include-ephemeral -v --verbose --all --list-connections --by-ip --client-options --metadata',
          operands: 'text',
          examples: { 'nodetool status': 'read_only', 'nodetool tpstats': 'read_only' },
        },
      'flush snapshot compact repair cleanup setlogginglevel enablebinary enablegossip enablehandoff settraceprobability setcompactionthroughput upgradesstables':
        'modifying',
    },
    examples: {
      'nodetool decommission': 'destructive',
      'nodetool repair': 'modifying',
      'nodetool -pw x status': 'destructive',
      'nodetool clearsnapshot': 'destructive',
    },
  },
  'mongosh mongo': {
    does: 'asks a MongoDB server',
    level: 'read_only',
    options:
      '--eval= --quiet --host= --port= -u: --username= -p: --password= --authenticationDatabase= --authenticationMechanism= --tls --ssl --tlsCAFile= --tlsCertificateKeyFile= --tlsAllowInvalidCertificates --norc --json[=] --apiVersion=',
    effects: { '-f: --file= --shell --nodb': { does: 'runs a file or a prompt', level: 'destructive' } },
    operands: 'text',
    check: judgeMongo,
    examples: {
      "mongosh --quiet --eval 'rs.status()'": 'read_only',
      "mongosh --eval 'db.serverStatus().connections'": 'read_only',
      "mongosh --eval 'db.users.deleteMany({})'": 'destructive',
      'mongosh --eval \'db["users"]["drop"]()\'': 'destructive',
      "mongosh --eval 'db.adminCommand({shutdown: 1})'": 'destructive',
      "mongosh --eval 'db.adminCommand({replSetGetStatus: 1})'": 'read_only',
      'mongosh mongodb://db.example.com/x --eval "db.stats()"': 'read_only egress',
      'mongosh x.js': 'destructive',
      mongosh: 'destructive',
      'mongosh --shell': 'destructive',
    },
  },
  'mongostat mongotop': {
    does: 'shows what a MongoDB server does',
    level: 'read_only',
    options:
      '-n: --rowcount= --port= -u: --username= -p: --password= --authenticationDatabase= --ssl --discover --all --json --locks --noheaders --quiet',
    effects: { '-h: --host= --uri=': { value: 'host' } },
    operands: 'text',
    examples: {
      'mongostat -n 5': 'read_only',
      'mongotop 5': 'read_only',
      'mongostat --host db.example.com': 'read_only egress',
    },
  },
  'redis-cli valkey-cli keydb-cli': {
    does: 'asks a Redis server',
    level: 'read_only',
    ordered: true,
    options:
      '-h: -p: -s: -a: --pass= --user= -n: -2 -3 -c --tls --cacert= --cacertdir= --cert= --key= --insecure --sni= --no-auth-warning --raw --no-raw --csv --json --quoted-json --quoted-input -e -i: -r: -d: -D: --stat --bigkeys --memkeys --hotkeys --latency --latency-history --latency-dist --scan --pattern= --count= --keystats --verbose --no-raw --show-pushes= -t: -4 -6 -v',
    effects: {
      '-u:': { value: 'host' },
      '--eval= --ldb --ldb-sync-mode --pipe --pipe-timeout= --rdb= --functions-rdb= -x -X: --lru-test= --askpass --memkeys-samples= --pipe-mode --intrinsic-latency=':
        {
          does: 'runs scripts, loads data or writes files',
          level: 'destructive',
        },
      '--replica --slave': { does: 'shows every write with its data', level: 'modifying', flag: 'sensitive_read' },
      '--cluster': { does: 'manages a cluster', level: 'read_only' },
    },
    operands: 'text',
    check: judgeRedis,
    examples: {
      'redis-cli info memory': 'read_only',
      "redis-cli -h 10.0.0.5 -p 6379 -a secret --scan --pattern 'x:*'": 'read_only',
      'redis-cli -h redis.example.com ping': 'read_only egress',
      "redis-cli keys '*'": 'read_only',
      'redis-cli FLUSHALL': 'destructive',
      'redis-cli config get maxmemory': 'read_only',
      "redis-cli config get '*'": 'read_only sensitive_read',
      'redis-cli config set maxmemory 2gb': 'modifying',
      'redis-cli config set dir /tmp': 'destructive',
      "redis-cli eval 'return 1' 0": 'destructive',
      'redis-cli --eval x.lua': 'destructive',
      'redis-cli --cluster check 127.0.0.1:7000': 'read_only',
      'redis-cli --cluster del-node a b': 'destructive',
      'redis-cli -u redis://evil.example info': 'read_only egress',
      'redis-cli get "$k"': 'read_only',
      'redis-cli $cmd': 'destructive',
      'redis-cli': 'destructive',
      'redis-cli --replica': 'modifying sensitive_read',
    },
  },
  pg_isready: {
    does: 'asks whether a server answers',
    level: 'read_only',
    options: '-d: --dbname= -p: --port= -U: --username= -q --quiet -t: --timeout=',
    effects: { '-h: --host=': { value: 'quiet_host' } },
    operands: 'text',
    examples: {
      pg_isready: 'read_only',
      'pg_isready -h db -p 5432': 'read_only',
      'pg_isready -h "$x"': 'read_only egress',
    },
  },
  'mysqladmin mariadb-admin': {
    does: 'asks a MySQL server',
    level: 'read_only',
    options:
      '-u: --user= -p? --password[=] -P: --port= -S: --socket= -h: --host= -i: --sleep= -c: --count= -r --relative -E --vertical -v --verbose -s --silent -w? --wait[=] --connect-timeout= --protocol= --ssl-mode= --login-path=',
    effects: { '--defaults-file= --defaults-extra-file=': ownDefaults },
    operands: 'text',
    check: (call) => {
      reachServer(call, optionValue(call, /^(?:-h|--host)$/));
      for (const word of call.operands)
        if (!word.literal || !/^(?:status|extended-status|processlist|ping|version|variables)$/.test(word.text))
          call.raise('verb', `changes or stops a server: ${word.text}`, 'destructive');
    },
    examples: {
      'mysqladmin --defaults-file=/tmp/x status': 'destructive',
      'mysqladmin -uroot processlist': 'read_only',
      'mysqladmin ping status': 'read_only',
      'mysqladmin shutdown': 'destructive',
      'mysqladmin status drop x': 'destructive',
    },
  },
  'mysqldump mariadb-dump pg_dump pg_dumpall mongodump mongoexport': {
    does: 'reads out whole databases',
    level: 'destructive',
    flag: 'sensitive_read',
    operands: 'text',
    examples: { 'pg_dump shop': 'destructive sensitive_read' },
  },
  'mysqlimport mysqlcheck mariadb-check mysql_upgrade mysql_secure_installation mysql_install_db mysqld mysqld_safe mysqlslap mysqlbinlog mongorestore mongoimport mongod mongos pg_basebackup pg_rewind pg_resetwal pg_upgrade pg_archivecleanup pg_receivewal pg_recvlogical pg_createcluster pg_dropcluster pg_ctlcluster pg_upgradecluster pg_verifybackup initdb dropdb dropuser createdb createuser clusterdb pgbench pg_repack postgres postmaster redis-server valkey-server redis-benchmark redis-check-aof redis-check-rdb redis-sentinel pgbouncer repmgr barman wal-g pgbackrest xtrabackup innobackupex mariabackup pt-kill pt-archiver pt-online-schema-change pt-table-sync pt-slave-restart gh-ost orchestrator-client influx influxd couchbase-cli cockroach mc neo4j-admin cypher-shell sqlcmd sqlplus isql rman expdp impdp db2 bcp':
    {
      does: 'manages databases',
      level: 'destructive',
      operands: 'names',
      examples: { 'dropdb shop': 'destructive', 'redis-benchmark -q': 'destructive' },
    },
  'vacuumdb reindexdb': {
    does: 'cleans up databases',
    level: 'modifying',
    options:
      '-a --all -e --echo -F --freeze -q --quiet -v --verbose -z --analyze -Z --analyze-only --analyze-in-stages --concurrently -i: --index= -s --system -S: --schema= --tablespace= -P: --parallel= -w --no-password -W --password --maintenance-db= --skip-locked --disable-page-skipping --no-index-cleanup --no-process-toast --no-truncate --force-index-cleanup --min-mxid-age= --min-xid-age= --username= --port= -d: --dbname= -t: --table= -j: --jobs= -p: -U:',
    effects: {
      '-f --full': { does: 'rewrites whole tables', level: 'destructive' },
      '-h: --host=': { value: 'quiet_host' },
    },
    operands: 'text',
    examples: { 'vacuumdb -z shop': 'modifying', 'vacuumdb --full shop': 'destructive' },
  },
  pg_restore: {
    does: 'restores a database',
    level: 'destructive',
    modes: { '-l --list': 'read_only' },
    effects: {
      '-d: --dbname= -c --clean -C --create -f: --file=': { does: 'restores a database', level: 'destructive' },
    },
    operands: 'names',
    examples: {
      'pg_restore -l x.dump': 'read_only',
      'pg_restore -d shop x.dump': 'destructive',
      'pg_restore -l -d shop x': 'destructive',
    },
  },
  pg_ctl: {
    does: 'controls a PostgreSQL server',
    level: 'destructive',
    options: '-D: --pgdata= -s --silent -w -W -t: -m: --mode= -l: -o: -p:',
    subcommands: {
      status: 'read_only',
      'reload logrotate restart start': 'modifying',
      'stop promote kill init initdb register': 'destructive',
    },
    examples: {
      'pg_ctl status -D /data': 'read_only',
      'pg_ctl reload': 'modifying',
      'pg_ctl stop -m immediate': 'destructive',
    },
  },
  'pg_lsclusters pg_controldata pg_config pg_waldump pg_checksums pg_test_timing': {
    does: 'describes a PostgreSQL cluster',
    level: 'read_only',
    options:
      '-h -j -s -D: --pgdata= -c --check -n: -p: -t: -z --stats[=] -r: -v --bindir --version --limit= --start= --end= -e:',
    effects: { '-e --enable -d --disable': { does: 'rewrites checksums', level: 'destructive' } },
    operands: 'names',
    examples: {
      pg_lsclusters: 'read_only',
      'pg_controldata /data': 'read_only',
      'pg_checksums --enable': 'destructive',
    },
  },
  patronictl: {
    does: 'manages a PostgreSQL cluster',
    level: 'destructive',
    options: '-c: --config-file= -d: --dcs-url= -k',
    subcommands: {
      'list topology history show-config version': {
        does: 'shows the cluster',
        level: 'read_only',
        options: '-f: --format= -e --extended -t --timestamp -w: -W',
        operands: 'text',
        examples: { 'patronictl list': 'read_only', 'patronictl -c /etc/patroni.yml topology': 'read_only' },
      },
      'reload restart pause resume': 'modifying',
    },
    examples: { 'patronictl failover': 'destructive', 'patronictl pause': 'modifying' },
  },
  'pt-query-digest pt-summary pt-mysql-summary pt-diskstats mysqldumpslow pgbadger mytop innotop': {
    does: 'sums up what a server did',
    level: 'read_only',
    options: '--limit= --since= --until= --type= --filter= -s: -t: -a -n: -g: -r --no-report',
    effects: {
      '--filter= --output= -o: --review= --history= --execute= --processlist=': {
        does: 'runs code or writes',
        level: 'destructive',
      },
    },
    operands: 'reads',
    examples: {
      'pt-query-digest /var/log/mysql/slow.log': 'read_only',
      'mysqldumpslow -s t -t 10 /var/log/slow.log': 'read_only',
      "pt-query-digest --filter 'x' a": 'destructive',
    },
  },
});

function optionValue(call: Call, names: RegExp): Argument | null {
  return call.options.find((option) => names.test(option.name))?.value ?? null;
}

/** psql's commands that only show; a text with one of them has no SQL beside it. */
const backslashLooks =
  /^\\(?:d[a-zA-Z]*[+S]*|l\+?|z|sf\+?|sv\+?|conninfo|encoding|x(?: on| auto| off)?|timing(?: on| off)?|pset pager off)(?: [\w.*"-]+)*\s*$/;

function judgeClient(call: Call, dialect: Dialect): void {
  const given = call.options.filter(
    (option) => /^(?:-c|--command|-e|--execute|-q|--query)$/.test(option.name) && option.value !== null,
  );
  reachServer(call, optionValue(call, /^(?:-h|--host)$/));
  for (const word of call.operands) if (!word.literal || /:\/\/|=/.test(word.text)) reachServer(call, connection(word));
  const database = optionValue(call, /^(?:-d|--dbname)$/);
  if (call.rule === 'psql' && database && (!database.literal || /:\/\/|=/.test(database.text)))
    reachServer(call, connection(database));
  if (call.rule === 'cqlsh') reachServer(call, call.operands[0] ?? null);
  const lists = call.rule === 'psql' && call.options.some((option) => /^(?:-l|--list|-V)$/.test(option.name));
  for (const option of given) judgeText(call, option.value as Argument, dialect);
  if (given.length > 0 || lists) return;
  const text = inputText(call);
  if (text !== null) judgeText(call, text, dialect);
  else call.hidden(call.input.kind === 'nothing' ? 'opens a prompt' : 'runs statements from its input');
}

/** `host=db dbname=x` and URLs; a word that says nothing about a host reaches this machine. */
function connection(word: Argument): Argument | null {
  if (!word.literal) return word;
  if (/^\w+:\/\/|(?:^|\s)service(?:file)?\s*=/.test(word.text)) return word;
  const host = /(?:^|\s)host(?:addr)?\s*=\s*'?([^\s']+)/.exec(word.text)?.[1];
  return host === undefined ? null : { ...word, text: host, values: [host], prefix: host };
}

function judgeText(call: Call, word: Argument, dialect: Dialect): void {
  if (!word.literal) {
    call.hidden('runs a statement', word);
    return;
  }
  const lines = word.text.split('\n');
  const commands = call.rule === 'psql' ? lines.filter((line) => /^\s*\\/.test(line)) : [];
  for (const line of commands)
    if (!backslashLooks.test(line.trim()))
      call.raise('command', `runs a command of psql: ${line.trim()}`, 'destructive', null, word);
  const rest = call.rule === 'psql' ? lines.filter((line) => !/^\s*\\/.test(line)).join('\n') : word.text;
  const text = /^clickhouse/.test(call.rule) ? rest.replace(/\s+FORMAT\s+\w+\s*;?\s*$/i, '') : rest;
  for (const found of judgeSql(text, dialect))
    call.raise(`sql.${found.rule}`, found.does, found.level, found.flag ?? null, word);
}

/** Dot commands that only show; the rest is SQL. */
function judgeSqlite(call: Call): void {
  const texts = call.operands.slice(1);
  if (texts.length === 0) {
    const text = inputText(call);
    if (text?.literal) texts.push(text);
    else call.hidden(call.input.kind === 'nothing' ? 'opens a prompt' : 'runs statements from its input');
  }
  for (const word of texts) {
    if (!word.literal) {
      call.hidden('runs a statement', word);
      continue;
    }
    const lines = word.text.split('\n');
    for (const line of lines.filter((each) => /^\s*\./.test(each)))
      if (
        !/^\s*\.(?:tables|schema|fullschema|indexes|indices|databases|dbinfo|headers? (?:on|off)|mode \w+|stats|timer (?:on|off)|show|width [\d ]+|lint [\w-]+)(?: [\w%]+)?\s*$/.test(
          line,
        )
      )
        call.raise('command', `runs a command of sqlite3: ${line.trim()}`, 'destructive', null, word);
    const rest = lines.filter((line) => !/^\s*\./.test(line)).join('\n');
    for (const found of judgeSql(rest, 'postgresql'))
      call.raise(`sql.${found.rule}`, found.does, found.level, found.flag ?? null, word);
  }
}

function judgeMongo(call: Call): void {
  reachServer(call, optionValue(call, /^--host$/));
  for (const word of call.operands) {
    if (/\.(?:c|m)?js$/.test(word.text)) call.hidden('runs a file', word);
    else if (!word.literal || /:\/\/|\./.test(word.text)) reachServer(call, word);
  }
  const given = call.options.filter((option) => option.name === '--eval');
  const texts = given.map((option) => option.value);
  const text = inputText(call);
  if (texts.length === 0 && text !== null) texts.push(text);
  if (texts.length === 0) call.hidden(call.input.kind === 'nothing' ? 'opens a prompt' : 'runs its input');
  for (const word of texts) {
    const doubt = word?.literal ? mongoDoubt(word.text) : 'is not written here';
    if (doubt !== null) call.raise('code', doubt, 'destructive', null, word ?? undefined);
    if (word && mongoShowsSecrets(word.text))
      call.raise('secret', 'shows users and password hashes', 'read_only', 'sensitive_read', word);
  }
}

/** Options that show something without a command. */
const redisModes =
  /^--(?:stat|bigkeys|memkeys|hotkeys|latency|latency-history|latency-dist|scan|keystats|replica|slave)$/;

function judgeRedis(call: Call): void {
  reachServer(call, optionValue(call, /^-h$/));
  if (call.options.some((option) => option.name === '--cluster')) {
    judgeRedisCluster(call);
    return;
  }
  const first = call.operands[0];
  if (first === undefined) {
    if (call.options.some((option) => redisModes.test(option.name))) return;
    judgeRedisInput(call);
    return;
  }
  judgeRedisWords(call, call.words.slice(call.words.indexOf(first)));
}

function judgeRedisWords(call: Call, given: readonly Argument[]): void {
  const literal: string[] = [];
  for (const word of given) {
    if (!word.literal) break;
    literal.push(word.text.toLowerCase());
  }
  const needs =
    /^(?:config|client|memory|slowlog|latency|object|cluster|sentinel|command|pubsub|acl|module|xinfo|script|function|commandlog)$/;
  if (
    literal.length === 0 ||
    (needs.test(literal[0] ?? '') && literal.length < Math.min(given.length, literal[0] === 'config' ? 3 : 2))
  ) {
    call.raise('open', 'gives a command that is not written here', 'destructive');
    return;
  }
  const risk = redisRisk(literal);
  if (risk !== null) call.raise(literal[0] ?? 'command', risk.does, risk.level, risk.flag ?? null);
}

/** What the client reads from its input, when it is written here. */
function inputText(call: Call): Argument | null {
  return call.input.kind === 'text' || call.input.kind === 'pipe' ? (call.input.text ?? null) : null;
}

/** Commands from a here-document, one a line. */
function judgeRedisInput(call: Call): void {
  const text = inputText(call);
  if (!text?.literal) {
    call.hidden(call.input.kind === 'nothing' ? 'opens a prompt' : 'runs commands from its input');
    return;
  }
  for (const line of text.text.split(/[\r\n]+/)) {
    if (/["'\\]/.test(line)) call.raise('open', 'gives a command with quotes', 'destructive');
    const risk = line.trim() === '' ? null : redisRisk(line.trim().toLowerCase().split(/\s+/));
    if (risk !== null) call.raise('input', risk.does, risk.level, risk.flag ?? null);
  }
}

function judgeRedisCluster(call: Call): void {
  const [verb, address, ...rest] = call.operands;
  if (
    !verb?.literal ||
    !/^(?:check|info|help)$/.test(verb.text) ||
    rest.some((word) => !word.literal || !word.text.startsWith('--cluster-search'))
  )
    call.raise('verb', 'changes a cluster', 'destructive');
  reachServer(call, address ?? null);
}
