/** The virtual host's PostgreSQL: its sessions, which a leaking service can use up, and `psql` over them. */
import { DatabaseSync } from 'node:sqlite';
import { type CustomCommand, decodeBytesToUtf8, defineCommand, type ExecResult } from 'just-bash';
import { failed, isResult, parseOptions, printed } from './output.ts';
import type { Services } from './services.ts';

const database = 'checkout';
const maximumConnections = 100;
/** What the service's pool may hold. */
const poolSize = 20;
const socket = '/var/run/postgresql/.s.PGSQL.5432';

interface Session {
  readonly state: 'active' | 'idle' | 'idle in transaction';
  /** Seconds in this state. */
  readonly seconds: number;
  readonly query: string;
  readonly waitsFor?: string;
}

export class Postgres {
  readonly #table = new DatabaseSync(':memory:');
  readonly #services: Services;
  readonly #now: () => number;
  #nextPid = 31_007;
  #ended: number[] = [];

  constructor(services: Services, now: () => number) {
    this.#services = services;
    this.#now = now;
    this.#table.exec(
      'CREATE TABLE pg_stat_activity (datname, pid INTEGER, usename, application_name, client_addr, backend_start INTEGER, xact_start INTEGER, query_start INTEGER, state_change INTEGER, wait_event_type, wait_event, state, query, backend_type)',
    );
    const seconds = () => Math.floor(this.#now() / 1000);
    this.#table.function('now', seconds);
    this.#table.function('current_database', () => database);
    this.#table.function('left', (text, count) => String(text ?? '').slice(0, Number(count)));
    this.#table.function('pg_blocking_pids', (pid) => this.#blockers(Number(pid)));
    this.#table.function('pg_terminate_backend', (pid) => {
      this.#ended.push(Number(pid));
      return 1;
    });
    if (!services.find('postgresql@15-main')) return;
    this.#connect();
    services.watch('checkout', (change) => {
      this.#table.exec("DELETE FROM pg_stat_activity WHERE application_name = 'checkout'");
      if (change !== 'stopped') this.#connect();
    });
  }

  /** A release forgets to end its transactions: the pool is used up, and who still asks waits for a lock. */
  leak(): void {
    this.#table.exec("DELETE FROM pg_stat_activity WHERE application_name = 'checkout'");
    const reserved = 'SELECT id, stock FROM inventory WHERE sku = $1 FOR UPDATE';
    for (let index = 0; index < poolSize - 2; index++)
      this.#open({ state: 'idle in transaction', seconds: 412 + index * 97, query: reserved });
    for (const seconds of [388, 371])
      this.#open({ state: 'active', seconds, query: reserved, waitsFor: 'transactionid' });
    const warn = (text: string) => this.#services.log('checkout', 4, text);
    warn(
      'HikariPool-1 - Connection is not available, request timed out after 30000ms (total=20, active=20, idle=0, waiting=37)',
    );
    warn('POST /orders 503 in 30004 ms');
  }

  /** Requests of the service that wait for a connection. */
  waiting(): number {
    const { held } = this.#table
      .prepare("SELECT count(*) AS held FROM pg_stat_activity WHERE state <> 'idle' AND application_name = 'checkout'")
      .get() as { held: number };
    return held >= poolSize ? 37 : 0;
  }

  /** Ports of the sessions' clients on this host. */
  clientPorts(): number[] {
    const rows = this.#table
      .prepare('SELECT pid FROM pg_stat_activity WHERE client_addr IS NOT NULL ORDER BY pid')
      .all();
    return rows.map(({ pid }) => 40_000 + (Number(pid) % 20_000));
  }

  commands(): CustomCommand[] {
    return [
      defineCommand('psql', async (arguments_, { stdin, env }) => {
        const parsed = parseOptions('psql', arguments_, {
          'no-psqlrc': { type: 'boolean', short: 'X' },
          'no-align': { type: 'boolean', short: 'A' },
          'tuples-only': { type: 'boolean', short: 't' },
          quiet: { type: 'boolean', short: 'q' },
          command: { type: 'string', short: 'c', multiple: true },
          dbname: { type: 'string', short: 'd' },
          username: { type: 'string', short: 'U' },
        });
        if (isResult(parsed)) return parsed;
        const { values, operands } = parsed;
        const refusal = this.#refusal(
          String(values.dbname ?? operands[0] ?? 'postgres'),
          String(values.username ?? env.get('USER') ?? 'root'),
        );
        if (refusal) return refusal;
        const statements = Array.isArray(values.command) ? values.command.map(String) : [decodeBytesToUtf8(stdin)];
        const results = statements.map((text) =>
          this.#answer(text, values['tuples-only'] === true, values['no-align'] === true),
        );
        const wrong = results.find(({ exitCode }) => exitCode !== 0);
        return wrong ?? printed(results.map(({ stdout }) => stdout).join(''));
      }),
    ];
  }

  #refusal(name: string, user: string): ExecResult | null {
    const say = (text: string) => failed(`psql: error: connection to server on socket "${socket}" failed: ${text}`, 2);
    if (!this.#services.isActive('postgresql@15-main'))
      return say(
        'No such file or directory\n\tIs the server running locally and accepting connections on that socket?',
      );
    if (!['postgres', 'checkout'].includes(user)) return say(`FATAL:  role "${user}" does not exist`);
    return name === database || name === 'postgres' ? null : say(`FATAL:  database "${name}" does not exist`);
  }

  #answer(text: string, bare: boolean, unaligned: boolean): ExecResult {
    if (/^\s*show\s+max_connections\s*;?\s*$/i.test(text))
      return printed(shown(['max_connections'], [[String(maximumConnections)]], bare, unaligned));
    if (!/^\s*select\b/i.test(text))
      return failed('ERROR:  only SELECT and SHOW max_connections work on this virtual host');
    try {
      const statement = this.#table.prepare(translated(text));
      const headers = statement.columns().map(({ name }) => /^(\w+)\(.*\)$/.exec(name)?.[1] ?? name);
      statement.setReturnArrays(true);
      const rows = statement.all() as unknown as (string | number | null)[][];
      this.#end();
      return printed(
        shown(
          headers,
          rows.map((row) => row.map((value, index) => cell(value, headers[index]))),
          bare,
          unaligned,
        ),
      );
    } catch (error) {
      this.#ended = [];
      return failed(`ERROR:  ${error instanceof Error ? error.message : error}`);
    }
  }

  /** All who wait here wait for the session that has been idle in its transaction for longest. */
  #blockers(pid: number): string {
    const waits = this.#table
      .prepare("SELECT 1 FROM pg_stat_activity WHERE pid = ? AND wait_event_type = 'Lock'")
      .get(pid);
    const holder = this.#table
      .prepare("SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction' ORDER BY xact_start LIMIT 1")
      .get();
    return waits && holder ? `{${holder.pid}}` : '{}';
  }

  #end(): void {
    for (const pid of this.#ended.splice(0)) {
      this.#table.prepare('DELETE FROM pg_stat_activity WHERE pid = ?').run(pid);
      this.#services.log(
        'postgresql@15-main',
        3,
        `[${pid}] FATAL:  terminating connection due to administrator command`,
      );
    }
  }

  #connect(): void {
    for (let index = 0; index < 5; index++) this.#open({ state: 'idle', seconds: 2 + index * 3, query: 'SELECT 1' });
    this.#open({ state: 'active', seconds: 0, query: 'SELECT id, total FROM orders WHERE id = $1' });
  }

  #open({ state, seconds, query, waitsFor }: Session): void {
    const since = Math.floor(this.#now() / 1000) - seconds;
    const began = state === 'idle' ? null : since - 1;
    this.#table
      .prepare('INSERT INTO pg_stat_activity VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        database,
        this.#nextPid++,
        'checkout',
        'checkout',
        '127.0.0.1',
        since - 3600,
        began,
        since,
        since,
        waitsFor ? 'Lock' : state === 'active' ? null : 'Client',
        waitsFor ?? (state === 'active' ? null : 'ClientRead'),
        state,
        query,
        'client backend',
      );
  }
}

/** The few places where PostgreSQL's dialect is not SQLite's: intervals in seconds, and casts to whole numbers. */
function translated(text: string): string {
  return text
    .replace(/extract\s*\(\s*epoch\s+from\s+(now\(\)\s*-\s*\w+)\s*\)/gi, '($1)')
    .replace(/::(int|integer|bigint|text)\b/gi, '');
}

function cell(value: string | number | null, header = ''): string | number {
  if (value === null) return '';
  return header === 'pg_terminate_backend' ? (value === 1 ? 't' : 'f') : value;
}

/** As psql prints: names centred, numbers to the right, and how many rows there are. */
function shown(
  headers: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  bare: boolean,
  unaligned: boolean,
): string {
  const count = `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})\n`;
  if (unaligned) {
    const lines = rows.map((row) => `${row.join('|')}\n`).join('');
    return bare ? lines : `${headers.join('|')}\n${lines}${count}`;
  }
  const widths = headers.map((header, column) =>
    Math.max(header.length, ...rows.map((row) => String(row[column]).length)),
  );
  const pad = (value: string | number, column: number) => {
    const width = widths[column] ?? 0;
    return typeof value === 'number' ? String(value).padStart(width) : value.padEnd(width);
  };
  const lines = rows.map((row) => ` ${row.map(pad).join(' | ')}`.trimEnd());
  if (bare) return `${lines.map((line) => `${line}\n`).join('')}\n`;
  const centred = headers.map((header, column) => {
    const width = widths[column] ?? 0;
    return header.padStart(header.length + Math.floor((width - header.length) / 2)).padEnd(width);
  });
  const ruler = widths.map((width) => '-'.repeat(width + 2)).join('+');
  return `${[` ${centred.join(' | ')} `, ruler, ...lines].join('\n')}\n${count}\n`;
}
