/** What runs on a virtual host, by the role that its tag `role` names: sizes and shares as such processes have them. */
export interface UnitDefinition {
  /** With `.service` or `.timer`. */
  readonly name: string;
  readonly description: string;
  readonly command: string;
  readonly user: string;
  /** Bytes that the process holds when it is fresh. */
  readonly memory: number;
  /** Percent of one core that it usually uses. */
  readonly cpu: number;
  /** Where it listens; empty = nowhere. */
  readonly ports: readonly number[];
  readonly pid: number;
  /** `timer`: it waits and has no process. `idle`: it runs only when its timer starts it. */
  readonly kind?: 'timer' | 'idle';
}

const mebibyte = 2 ** 20;

const agent: UnitDefinition = {
  name: 'amazon-ssm-agent.service',
  description: 'amazon-ssm-agent',
  command: '/usr/bin/amazon-ssm-agent',
  user: 'root',
  memory: 34.1 * mebibyte,
  cpu: 0.2,
  ports: [],
  pid: 611,
};
const cron: UnitDefinition = {
  name: 'cron.service',
  description: 'Regular background program processing daemon',
  command: '/usr/sbin/cron -f',
  user: 'root',
  memory: 1.2 * mebibyte,
  cpu: 0,
  ports: [],
  pid: 598,
};
const ssh: UnitDefinition = {
  name: 'ssh.service',
  description: 'OpenBSD Secure Shell server',
  command: '/usr/sbin/sshd -D',
  user: 'root',
  memory: 5.4 * mebibyte,
  cpu: 0,
  ports: [22],
  pid: 640,
};

const web: readonly UnitDefinition[] = [
  {
    name: 'checkout.service',
    description: 'Checkout API',
    command: '/opt/checkout/bin/checkout --port 8080',
    user: 'checkout',
    memory: 412.6 * mebibyte,
    cpu: 4.1,
    ports: [8080],
    pid: 1412,
  },
  {
    name: 'nginx.service',
    description: 'A high performance web server and a reverse proxy server',
    command: '/usr/sbin/nginx -g daemon on;',
    user: 'root',
    memory: 11.8 * mebibyte,
    cpu: 0.6,
    ports: [80, 443],
    pid: 902,
  },
  {
    name: 'postgresql@15-main.service',
    description: 'PostgreSQL Cluster 15-main',
    command: '/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main',
    user: 'postgres',
    memory: 148.3 * mebibyte,
    cpu: 1.9,
    ports: [5432],
    pid: 734,
  },
  {
    name: 'redis-server.service',
    description: 'Advanced key-value store',
    command: '/usr/bin/redis-server 127.0.0.1:6379',
    user: 'redis',
    memory: 96.2 * mebibyte,
    cpu: 0.8,
    ports: [6379],
    pid: 751,
  },
  {
    name: 'report-builder.service',
    description: 'Nightly sales reports',
    command: '/opt/report/bin/report-builder --all',
    user: 'report',
    memory: 62.7 * mebibyte,
    cpu: 0.3,
    ports: [],
    pid: 1633,
  },
  {
    name: 'certbot.service',
    description: 'Certbot',
    command: '/usr/bin/certbot -q renew',
    user: 'root',
    memory: 0,
    cpu: 0,
    ports: [],
    pid: 0,
    kind: 'idle',
  },
  {
    name: 'certbot.timer',
    description: 'Run certbot twice daily',
    command: '',
    user: 'root',
    memory: 0,
    cpu: 0,
    ports: [],
    pid: 0,
    kind: 'timer',
  },
];

const worker: readonly UnitDefinition[] = [
  {
    name: 'orders-worker.service',
    description: 'Consumer of the queue orders',
    command: '/opt/orders/bin/worker --queue orders --concurrency 10',
    user: 'orders',
    memory: 188.4 * mebibyte,
    cpu: 6.2,
    ports: [],
    pid: 1377,
  },
];

/** The units of a host with this role; a host without one is a web server. */
export function unitsOf(role: string): readonly UnitDefinition[] {
  const own = role === 'worker' ? worker : role === 'ops' ? [] : web;
  return [agent, ...own, cron, ssh].sort((a, b) => (a.name < b.name ? -1 : 1));
}
