/** The virtual host's systemd: units that can fail and be restarted, `systemctl` and `service`. */
import { type CustomCommand, defineCommand, type ExecResult } from 'just-bash';
import { type JournalEntry, line, unitName } from './journal.ts';
import { duration, failed, isResult, longTime, parseOptions, printed, table } from './output.ts';

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

const options = {
  'no-pager': { type: 'boolean' },
  'no-legend': { type: 'boolean' },
  'no-block': { type: 'boolean' },
  'no-ask-password': { type: 'boolean' },
  plain: { type: 'boolean' },
  full: { type: 'boolean', short: 'l' },
  all: { type: 'boolean', short: 'a' },
  quiet: { type: 'boolean', short: 'q' },
  failed: { type: 'boolean' },
  value: { type: 'boolean' },
  lines: { type: 'string', short: 'n' },
  property: { type: 'string', short: 'p', multiple: true },
  type: { type: 'string', short: 't' },
  state: { type: 'string' },
} as const;
type Values = Readonly<Record<string, unknown>>;

const changes: Readonly<Record<string, (services: Services, unit: Unit) => void>> = {
  start: (services, unit) => services.start(unit),
  stop: (services, unit) => services.stop(unit),
  restart: (services, unit) => {
    services.stop(unit);
    services.start(unit);
  },
  'try-restart': (services, unit) => {
    if (unit.state !== 'active') return;
    services.stop(unit);
    services.start(unit);
  },
  reload: (services, unit) => services.reload(unit),
  'reload-or-restart': (services, unit) => (unit.state === 'active' ? services.reload(unit) : services.start(unit)),
  'reset-failed': (_, unit) => {
    if (unit.state === 'failed') Object.assign(unit, { state: 'inactive', result: 'success' });
  },
};

export function systemctl(services: Services): CustomCommand {
  return defineCommand('systemctl', async (arguments_) => {
    const parsed = parseOptions('systemctl', arguments_, options);
    if (isResult(parsed)) return parsed;
    const [verb = 'list-units', ...names] = parsed.operands;
    return perform(services, verb, names, parsed.values);
  });
}

/** `service NAME VERB`, the older way to say it. */
export function service(services: Services): CustomCommand {
  return defineCommand('service', async ([name = '', verb = 'status']) => perform(services, verb, [name], {}));
}

function perform(services: Services, verb: string, names: readonly string[], values: Values): ExecResult {
  if (verb === 'list-units') return listed(services, values);
  if (verb === 'daemon-reload') return printed('');
  if (names.length === 0) return failed('Too few arguments.');
  const missing = names.find((name) => !services.find(name));
  const units = names.flatMap((name) => services.find(name) ?? []);
  const change = changes[verb];
  if (change) {
    if (missing !== undefined)
      return failed(`Failed to ${verb} ${unitName(missing)}: Unit ${unitName(missing)} not found.`, 5);
    for (const unit of units) change(services, unit);
    return printed('');
  }
  return asked(services, verb, units, missing, values);
}

function asked(
  services: Services,
  verb: string,
  units: readonly Unit[],
  missing: string | undefined,
  values: Values,
): ExecResult {
  const say = (text: string, exitCode: number) => printed(values.quiet ? '' : text, exitCode);
  const states = units.map((unit) => unit.state);
  switch (verb) {
    case 'status':
      if (missing !== undefined) return failed(`Unit ${unitName(missing)} could not be found.`, 4);
      return joined(units.map((unit) => services.status(unit)));
    case 'is-active':
      return say(
        `${(missing === undefined ? states : [...states, 'inactive']).join('\n')}\n`,
        states.includes('active') ? 0 : missing === undefined ? 3 : 4,
      );
    case 'is-failed':
      return say(
        `${(missing === undefined ? states : [...states, 'inactive']).join('\n')}\n`,
        states.includes('failed') ? 0 : 1,
      );
    case 'is-enabled':
      if (missing !== undefined)
        return failed(`Failed to get unit file state for ${unitName(missing)}: No such file or directory`);
      return say('enabled\n', 0);
    case 'show':
      return joined(units.map((unit) => printed(shown(services.properties(unit), values))));
    case 'cat':
      if (missing !== undefined) return failed(`No files found for ${unitName(missing)}.`);
      return joined(units.map((unit) => printed(`# /etc/systemd/system/${unit.name}\n${unitFile(unit)}`)));
    default:
      return failed(`Unknown command verb '${verb}' (on this virtual host).`);
  }
}

export function unitFile(unit: Unit): string {
  return `[Unit]\nDescription=${unit.description}\n\n[Service]\nExecStart=${unit.command}\nRestart=on-failure\n\n[Install]\nWantedBy=multi-user.target\n`;
}

function shown(properties: Record<string, string>, values: Values): string {
  const wanted = Array.isArray(values.property)
    ? values.property.flatMap((names) => String(names).split(','))
    : Object.keys(properties);
  const present = wanted.filter((name) => name in properties);
  return present.map((name) => `${values.value ? '' : `${name}=`}${properties[name]}\n`).join('');
}

function joined(results: readonly ExecResult[]): ExecResult {
  return printed(results.map(({ stdout }) => stdout).join('\n'), Math.max(...results.map(({ exitCode }) => exitCode)));
}

function listed(services: Services, values: Values): ExecResult {
  if (values.type && values.type !== 'service') return printed('0 loaded units listed.\n');
  const state = values.failed ? 'failed' : values.state;
  const units = services.units.filter(
    (unit) => !state || unit.state === state || (state === 'running' && unit.state === 'active'),
  );
  const rows = units.map((unit) => [
    unit.state === 'failed' && !values.plain ? '●' : ' ',
    unit.name,
    'loaded',
    unit.state,
    services.properties(unit).SubState ?? '',
    unit.description,
  ]);
  const header = values['no-legend'] ? [] : [[' ', 'UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION']];
  const legend = values['no-legend'] ? '' : `\n${units.length} loaded units listed.\n`;
  return printed(`${table([...header, ...rows], new Set())}${legend}`);
}
