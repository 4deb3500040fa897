/** The virtual host's cache: Redis that loads its snapshot when its unit starts, and `redis-cli`. */
import { type CustomCommand, defineCommand, type ExecResult } from 'just-bash';
import type { HostFileSystem } from './file-system.ts';
import { failed, printed } from './output.ts';
import type { Services } from './services.ts';

const port = 6379;
const snapshotKeys = 18_204;
const snapshot = '/var/lib/redis/dump.rdb';

export class Redis {
  readonly #services: Services;
  #hits = 4_118_203;
  #misses = 96_411;

  constructor(fs: HostFileSystem, services: Services, now: () => number) {
    this.#services = services;
    if (!services.find('redis-server')) return;
    fs.claim(snapshot, 'REDIS0010\n', 71 * 2 ** 20, new Date(now() - 240_000));
    services.watch('redis-server', (change) => {
      if (change !== 'started') return;
      this.#hits = 0;
      this.#misses = 0;
      const log = (text: string) => services.log('redis-server', 6, text);
      log('* Loading RDB produced by version 7.0.15');
      log(`* DB loaded from disk: 0.214 seconds, ${snapshotKeys} keys loaded`);
      log('* Ready to accept connections');
    });
  }

  /** The cache asks for more memory than there is, and is killed. */
  crash(): void {
    const unit = this.#services.expect('redis-server');
    this.#services.log(
      'redis-server',
      4,
      '# WARNING overcommit_memory is set to 0! Background save may fail under low memory condition.',
    );
    unit.held = 1_412 * 2 ** 20;
    this.#services.killForMemory(unit);
  }

  commands(): CustomCommand[] {
    return [
      defineCommand('redis-cli', async (arguments_) => {
        const rest = [...arguments_];
        let host = '127.0.0.1';
        let asked = port;
        while (rest[0]?.startsWith('-')) {
          const option = rest.shift();
          if (option === '-h') host = rest.shift() ?? '';
          else if (option === '-p') asked = Number(rest.shift());
          else if (option !== '--raw' && option !== '--no-auth-warning')
            return failed(`Unrecognized option or bad number of args for: '${option}'`);
        }
        if (!/^(127\.0\.0\.1|localhost)$/.test(host) || asked !== port || !this.#services.isActive('redis-server'))
          return failed(`Could not connect to Redis at ${host}:${asked}: Connection refused`);
        return this.#answer(rest);
      }),
    ];
  }

  #answer([command = '', ...operands]: readonly string[]): ExecResult {
    const unit = this.#services.expect('redis-server');
    switch (command.toUpperCase()) {
      case 'PING':
        return printed('PONG\n');
      case 'DBSIZE':
        return printed(`${snapshotKeys}\n`);
      case 'INFO': {
        const sections = this.#sections(Math.round(unit.held));
        const section = (operands[0] ?? '').toLowerCase();
        const names = section === '' ? Object.keys(sections) : [section];
        const texts = names.flatMap((name) => {
          const fields = sections[name];
          return fields ? [`# ${name[0]?.toUpperCase()}${name.slice(1)}\n${lines(fields)}`] : [];
        });
        return printed(`${texts.join('\n')}\n`);
      }
      default:
        return printed(`(error) ERR unknown command '${command}', with args beginning with: (on this virtual host)\n`);
    }
  }

  #sections(held: number): Record<string, Record<string, string | number>> {
    return {
      memory: {
        used_memory: held,
        used_memory_human: `${(held / 2 ** 20).toFixed(2)}M`,
        used_memory_rss: Math.round(held * 1.08),
        maxmemory: 0,
        maxmemory_human: '0B',
        maxmemory_policy: 'noeviction',
        mem_fragmentation_ratio: '1.08',
      },
      persistence: { loading: 0, rdb_bgsave_in_progress: 0, rdb_last_bgsave_status: 'ok', aof_enabled: 0 },
      stats: {
        total_connections_received: 214,
        instantaneous_ops_per_sec: 812,
        rejected_connections: 0,
        expired_keys: 0,
        evicted_keys: 0,
        keyspace_hits: this.#hits,
        keyspace_misses: this.#misses,
      },
      keyspace: { db0: `keys=${snapshotKeys},expires=17911,avg_ttl=1422310` },
    };
  }
}

function lines(fields: Readonly<Record<string, string | number>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}:${value}\n`)
    .join('');
}
