/** The virtual host's systemd: units that can fail and be restarted, and what it says about them. */
import type { ExecResult } from 'just-bash';
import { type JournalEntry, line, unitName } from './journal.ts';
import { duration, longTime, printed } from './output.ts';

type ActiveState = 'active' | 'inactive' | 'failed';

export interface Unit {
  readonly name: string;
  readonly description: string;
  readonly command: string;
  readonly memory: string;
  state: ActiveState;
  /** systemd's Result, `success` unless it failed. */
  result: string;
  pid: number;
  /** Epoch milliseconds of the last change of state. */
  since: number;
}

const day = 86_400_000;
/** The one that breaks. */
export const breakableService = 'checkout';

export class Services {
  readonly units: Unit[];
  readonly journal: JournalEntry[] = [];
  readonly #hostname: string;
  readonly #now: () => number;
  #nextPid = 20_417;

  constructor(hostname: string, now: () => number) {
    this.#hostname = hostname;
    this.#now = now;
    const unit = (name: string, description: string, command: string, pid: number, memory: string): Unit => ({
      name: `${name}.service`,
      description,
      command,
      memory,
      pid,
      state: 'active',
      result: 'success',
      since: now() - 12 * day,
    });
    this.units = [
      unit('amazon-ssm-agent', 'amazon-ssm-agent', '/usr/bin/amazon-ssm-agent', 611, '34.1M'),
      unit('checkout', 'Checkout API', '/opt/checkout/bin/checkout --port 8080', 1412, '412.6M'),
      unit('cron', 'Regular background program processing daemon', '/usr/sbin/cron -f', 598, '1.2M'),
      unit(
        'nginx',
        'A high performance web server and a reverse proxy server',
        '/usr/sbin/nginx -g daemon on;',
        902,
        '11.8M',
      ),
      unit('ssh', 'OpenBSD Secure Shell server', '/usr/sbin/sshd -D', 640, '5.4M'),
    ];
    for (let minute = 9; minute > 0; minute--)
      this.#log('checkout', 6, `GET /health 200 in ${minute + 2} ms`, now() - minute * 60_000);
  }

  /** The service is killed for its memory and has used up its restarts. */
  breakService(): void {
    const unit = this.find(breakableService);
    if (!unit) return;
    const before = unit.pid;
    this.#log('checkout', 4, 'heap at 97 % of 512M, 1184 requests waiting');
    this.#log('kernel', 3, `Out of memory: Killed process ${before} (checkout) total-vm:1894312kB, anon-rss:511204kB`);
    Object.assign(unit, { state: 'failed', result: 'oom-kill', pid: 0, since: this.#now() });
    this.#log('systemd', 4, `checkout.service: Main process exited, code=killed, status=9/KILL`, undefined, 'checkout');
    this.#log('systemd', 4, `checkout.service: Failed with result 'oom-kill'.`, undefined, 'checkout');
    this.#log('systemd', 3, 'checkout.service: Start request repeated too quickly.', undefined, 'checkout');
  }

  find(name: string): Unit | undefined {
    return this.units.find((unit) => unit.name === unitName(name));
  }

  /** 1 for a running service, 0 for any other. */
  running(): Record<string, number> {
    return Object.fromEntries(
      this.units.map((unit) => [unit.name.replace('.service', ''), unit.state === 'active' ? 1 : 0]),
    );
  }

  start(unit: Unit): void {
    if (unit.state === 'active') return;
    Object.assign(unit, { state: 'active', result: 'success', pid: this.#nextPid++, since: this.#now() });
    this.#log('systemd', 6, `Started ${unit.name} - ${unit.description}.`, undefined, unit.name);
    this.#log(unit.name.replace('.service', ''), 6, 'ready');
  }

  stop(unit: Unit): void {
    if (unit.state !== 'active') return;
    Object.assign(unit, { state: 'inactive', result: 'success', pid: 0, since: this.#now() });
    this.#log('systemd', 6, `Stopped ${unit.name} - ${unit.description}.`, undefined, unit.name);
  }

  reload(unit: Unit): void {
    this.#log('systemd', 6, `Reloaded ${unit.name} - ${unit.description}.`, undefined, unit.name);
  }

  note(source: string, text: string): void {
    this.#log(source, 6, text);
  }

  status(unit: Unit): ExecResult {
    const mark = { active: '●', failed: '×', inactive: '○' }[unit.state];
    const state = {
      active: 'active (running)',
      failed: `failed (Result: ${unit.result})`,
      inactive: 'inactive (dead)',
    }[unit.state];
    const lines = [
      `${mark} ${unit.name} - ${unit.description}`,
      `     Loaded: loaded (/etc/systemd/system/${unit.name}; enabled; preset: enabled)`,
      `     Active: ${state} since ${longTime(unit.since)}; ${duration(this.#now() - unit.since)} ago`,
      ...(unit.state === 'active'
        ? [
            `   Main PID: ${unit.pid} (${unit.name.replace('.service', '')})`,
            `     Memory: ${unit.memory}`,
            `     CGroup: /system.slice/${unit.name}`,
            `             └─${unit.pid} ${unit.command}`,
          ]
        : [
            `    Process: ExecStart=${unit.command} (code=${unit.state === 'failed' ? 'killed, signal=KILL' : 'exited, status=0/SUCCESS'})`,
          ]),
      '',
      ...this.journal
        .filter((entry) => entry.unit === unit.name)
        .slice(-10)
        .map((entry) => line(this.#hostname, entry)),
    ];
    return printed(`${lines.join('\n')}\n`, unit.state === 'active' ? 0 : 3);
  }

  properties(unit: Unit): Record<string, string> {
    return {
      Id: unit.name,
      Description: unit.description,
      LoadState: 'loaded',
      ActiveState: unit.state,
      SubState: { active: 'running', inactive: 'dead', failed: 'failed' }[unit.state],
      Result: unit.result,
      MainPID: String(unit.pid),
      ExecMainStatus: unit.state === 'failed' ? '9' : '0',
      NRestarts: unit.state === 'failed' ? '5' : '0',
      UnitFileState: 'enabled',
      FragmentPath: `/etc/systemd/system/${unit.name}`,
      ActiveEnterTimestamp: unit.state === 'active' ? longTime(unit.since) : '',
      StateChangeTimestamp: longTime(unit.since),
    };
  }

  #log(source: string, priority: number, text: string, time = this.#now(), unit = source): void {
    const pid = source === 'systemd' ? 1 : this.find(source)?.pid;
    const name = unit === 'kernel' ? 'kernel' : unitName(unit);
    this.journal.push({ time, unit: name, source: pid ? `${source}[${pid}]` : source, priority, text });
  }
}

export function unitFile(unit: Unit): string {
  return `[Unit]\nDescription=${unit.description}\n\n[Service]\nExecStart=${unit.command}\nRestart=on-failure\n\n[Install]\nWantedBy=multi-user.target\n`;
}
