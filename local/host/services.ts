/** The virtual host's systemd: units that can fail, leak, run away and be restarted, and what it says about them. */
import type { ExecResult } from 'just-bash';
import { type JournalEntry, line, unitName } from './journal.ts';
import { binarySize, duration, longTime, printed } from './output.ts';
import { type UnitDefinition, unitsOf } from './roles.ts';

type ActiveState = 'active' | 'inactive' | 'failed';

export interface Unit extends Omit<UnitDefinition, 'pid'> {
  state: ActiveState;
  /** systemd's Result, `success` unless it failed. */
  result: string;
  pid: number;
  /** Epoch milliseconds of the last change of state. */
  since: number;
  /** Bytes that it holds by now. */
  held: number;
  /** Percent of one core that it would use by now. */
  busy: number;
  /** systemd's CPUQuota in percent of one core; null = none. */
  quota: number | null;
}

export type Change = 'started' | 'stopped' | 'reloaded';

const day = 86_400_000;

export class Services {
  readonly units: Unit[];
  readonly journal: JournalEntry[] = [];
  readonly #hostname: string;
  readonly #now: () => number;
  readonly #listeners: { readonly unit: string; told(change: Change): void }[] = [];
  #nextPid = 20_417;

  constructor(hostname: string, role: string, now: () => number) {
    this.#hostname = hostname;
    this.#now = now;
    this.units = unitsOf(role).map((definition) => ({
      ...definition,
      state: definition.kind === 'idle' ? 'inactive' : 'active',
      result: 'success',
      since: now() - 12 * day,
      held: definition.memory,
      busy: definition.cpu,
      quota: null,
    }));
    if (this.find('checkout'))
      for (let minute = 9; minute > 0; minute--)
        this.log('checkout', 6, `GET /health 200 in ${minute + 2} ms`, { time: now() - minute * 60_000 });
  }

  find(name: string): Unit | undefined {
    return this.units.find((unit) => unit.name === unitName(name));
  }

  /** The unit, or an error: for faults and tools, which know what runs here. */
  expect(name: string): Unit {
    const unit = this.find(name);
    if (!unit) throw new Error(`no unit ${name} runs on ${this.#hostname}`);
    return unit;
  }

  /** Tells a tool's own state when its unit starts, stops or is reloaded. */
  watch(unit: string, told: (change: Change) => void): void {
    this.#listeners.push({ unit: unitName(unit), told });
  }

  isActive(name: string): boolean {
    return this.find(name)?.state === 'active';
  }

  /** 1 for a running service, 0 for any other. */
  running(): Record<string, number> {
    const own = this.units.filter(({ kind }) => kind === undefined);
    return Object.fromEntries(own.map((unit) => [unit.name.replace('.service', ''), unit.state === 'active' ? 1 : 0]));
  }

  start(unit: Unit): void {
    if (unit.state === 'active') return;
    const pid = unit.kind === 'timer' ? 0 : this.#nextPid++;
    const fresh = { pid, since: this.#now(), held: unit.memory, busy: unit.cpu };
    Object.assign(unit, { state: 'active', result: 'success', ...fresh });
    this.log('systemd', 6, `Started ${unit.name} - ${unit.description}.`, { unit: unit.name });
    if (unit.kind === undefined) this.log(unit.name.replace('.service', ''), 6, 'ready');
    this.#tell(unit, 'started');
  }

  stop(unit: Unit): void {
    if (unit.state !== 'active') return;
    Object.assign(unit, { state: 'inactive', result: 'success', pid: 0, since: this.#now() });
    this.log('systemd', 6, `Stopped ${unit.name} - ${unit.description}.`, { unit: unit.name });
    this.#tell(unit, 'stopped');
  }

  reload(unit: Unit): void {
    this.log('systemd', 6, `Reloaded ${unit.name} - ${unit.description}.`, { unit: unit.name });
    this.#tell(unit, 'reloaded');
  }

  /** The kernel kills the process for its memory, and systemd does not try again. */
  killForMemory(unit: Unit): void {
    const name = unit.name.replace('.service', '');
    const kibibytes = Math.round(unit.held / 1024);
    this.log(
      'kernel',
      3,
      `Out of memory: Killed process ${unit.pid} (${name}) total-vm:${kibibytes * 3}kB, anon-rss:${kibibytes}kB, file-rss:0kB`,
    );
    Object.assign(unit, { state: 'failed', result: 'oom-kill', pid: 0, since: this.#now() });
    const own = { unit: unit.name };
    this.log('systemd', 4, `${unit.name}: Main process exited, code=killed, status=9/KILL`, own);
    this.log('systemd', 4, `${unit.name}: Failed with result 'oom-kill'.`, own);
    this.log('systemd', 3, `${unit.name}: Start request repeated too quickly.`, own);
    this.#tell(unit, 'stopped');
  }

  status(unit: Unit): ExecResult {
    const mark = { active: '●', failed: '×', inactive: '○' }[unit.state];
    const state = {
      active: unit.kind === 'timer' ? 'active (waiting)' : 'active (running)',
      failed: `failed (Result: ${unit.result})`,
      inactive: 'inactive (dead)',
    }[unit.state];
    const lines = [
      `${mark} ${unit.name} - ${unit.description}`,
      `     Loaded: loaded (/etc/systemd/system/${unit.name}; enabled; preset: enabled)`,
      `     Active: ${state} since ${longTime(unit.since)}; ${duration(this.#now() - unit.since)} ago`,
      ...(unit.state === 'active' && unit.pid > 0
        ? [
            `   Main PID: ${unit.pid} (${unit.name.replace('.service', '')})`,
            `     Memory: ${binarySize(unit.held)}`,
            `     CGroup: /system.slice/${unit.name}`,
            `             └─${unit.pid} ${unit.command}`,
          ]
        : unit.kind === 'timer'
          ? []
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
    const active = unit.state === 'active';
    return {
      Id: unit.name,
      Description: unit.description,
      LoadState: 'loaded',
      ActiveState: unit.state,
      SubState: { active: unit.kind === 'timer' ? 'waiting' : 'running', inactive: 'dead', failed: 'failed' }[
        unit.state
      ],
      Result: unit.result,
      MainPID: String(unit.pid),
      ExecMainStatus: unit.state === 'failed' ? '9' : '0',
      NRestarts: unit.state === 'failed' ? '5' : '0',
      MemoryCurrent: active ? String(Math.round(unit.held)) : '[not set]',
      MemoryMax: 'infinity',
      CPUUsageNSec: active ? String(Math.round(cpuSeconds(unit, this.#now()) * 1e9)) : '[not set]',
      CPUQuotaPerSecUSec: unit.quota === null ? 'infinity' : `${unit.quota * 10}ms`,
      UnitFileState: 'enabled',
      FragmentPath: `/etc/systemd/system/${unit.name}`,
      ActiveEnterTimestamp: active ? longTime(unit.since) : '',
      StateChangeTimestamp: longTime(unit.since),
    };
  }

  /** `priority` is syslog's: 3 error, 4 warning, 6 info. */
  log(source: string, priority: number, text: string, how: { time?: number; unit?: string } = {}): void {
    const pid = source === 'systemd' ? 1 : this.find(source)?.pid;
    const unit = how.unit ?? source;
    const name = unit === 'kernel' ? 'kernel' : unitName(unit);
    const time = how.time ?? this.#now();
    this.journal.push({ time, unit: name, source: pid ? `${source}[${pid}]` : source, priority, text });
  }

  #tell(unit: Unit, change: Change): void {
    for (const listener of this.#listeners) if (listener.unit === unit.name) listener.told(change);
  }
}

/** Percent of one core that the unit gets. */
export function cpuShare({ state, busy, quota }: Unit): number {
  return state === 'active' ? Math.min(busy, quota ?? busy) : 0;
}

/** Seconds of CPU time since it started, as if it had always been as busy as now. */
export function cpuSeconds(unit: Unit, now: number): number {
  return (cpuShare(unit) / 100) * Math.max(0, (now - unit.since) / 1000);
}

export function unitFile(unit: Unit): string {
  return `[Unit]\nDescription=${unit.description}\n\n[Service]\nUser=${unit.user}\nExecStart=${unit.command}\nRestart=on-failure\n\n[Install]\nWantedBy=multi-user.target\n`;
}
