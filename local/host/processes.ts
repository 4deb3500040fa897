/** The virtual host's processes, memory and CPU, and what `/proc` says of them. */
import { cpuSeconds, cpuShare, type Services } from './services.ts';

export const cores = 2;
const kibibyte = 1024;
/** 3.7 GiB, in KiB, as an instance with 4 GB shows it. */
export const totalMemory = 3_906_250;
/** Used while every unit is as large as when it is fresh, in KiB. */
const quietMemory = 1_204_112;
/** Percent of one core that the kernel and the agents use. */
const quietCpu = 3.2;
const quietLoad = 0.42;

export interface Process {
  readonly pid: number;
  readonly ppid: number;
  readonly user: string;
  readonly nice: number;
  /** KiB. */
  readonly rss: number;
  readonly virtual: number;
  /** Percent of one core, now. */
  readonly cpu: number;
  readonly startedAt: number;
  readonly cpuSeconds: number;
  readonly command: string;
}

export class Processes {
  readonly #services: Services;
  bootedAt: number;
  readonly #now: () => number;

  constructor(services: Services, bootedAt: number, now: () => number) {
    this.#services = services;
    this.bootedAt = bootedAt;
    this.#now = now;
  }

  /** In the order of their ids. */
  all(): Process[] {
    const system = (pid: number, rss: number, command: string): Process => ({
      pid,
      ppid: pid === 1 ? 0 : 1,
      user: 'root',
      nice: 0,
      rss,
      virtual: rss * 9,
      cpu: 0.1,
      startedAt: this.bootedAt,
      cpuSeconds: 41,
      command,
    });
    const units = this.#services.units.filter(({ pid }) => pid > 0);
    const running = units.map((unit) => ({
      ...system(unit.pid, Math.round(unit.held / kibibyte), unit.command),
      user: unit.user,
      cpu: cpuShare(unit),
      startedAt: unit.since,
      cpuSeconds: cpuSeconds(unit, this.#now()),
    }));
    const base = [system(1, 12_412, '/sbin/init'), system(318, 38_204, '/lib/systemd/systemd-journald')];
    return [...base, ...running].sort((a, b) => a.pid - b.pid);
  }

  /** KiB, as `free` names them. */
  memory() {
    const grown = this.#services.units
      .filter(({ kind }) => kind === undefined)
      .reduce((sum, { state, held, memory }) => sum + (state === 'active' ? held : 0) - memory, 0);
    const used = Math.min(totalMemory - 90_000, Math.round(quietMemory + grown / kibibyte));
    const rest = totalMemory - used;
    const cache = Math.min(2_089_738, Math.round(rest * 0.77));
    const available = Math.max(Math.round(rest * 0.6), rest - 299_258);
    return { total: totalMemory, used, free: rest - cache, shared: 1_204, cache, available };
  }

  memoryUsedPercent(): number {
    return (this.memory().used / totalMemory) * 100;
  }

  /** 0…100 of all cores, as EC2 measures it. */
  cpuPercent(): number {
    const busy = this.#services.units.reduce((sum, unit) => sum + cpuShare(unit), quietCpu);
    return Math.min(100, busy / cores);
  }

  load(): string[] {
    const waiting = this.#services.units.reduce((sum, unit) => sum + Math.max(0, cpuShare(unit) - unit.cpu) / 100, 0);
    return [quietLoad + waiting, 0.37 + waiting * 0.9, 0.31 + waiting * 0.6].map((value) => value.toFixed(2));
  }

  /** Percent of the last ten seconds in which everything waited for memory. */
  stalled(): number {
    const { available, total } = this.memory();
    return available / total > 0.1 ? 0 : 11.27;
  }

  /** As `uptime` prints it: ` 03:37:07 up 12 days, 45 min,  0 users,  load average: 0.42, 0.37, 0.31`. */
  uptime(): string {
    const now = this.#now();
    const minutes = Math.floor((now - this.bootedAt) / 60_000);
    const days = Math.floor(minutes / 1_440);
    const hours = Math.floor(minutes / 60) % 24;
    const rest = hours > 0 ? `${hours}:${String(minutes % 60).padStart(2, '0')}` : `${minutes % 60} min`;
    const clock = new Date(now).toISOString().slice(11, 19);
    return ` ${clock} up ${days} ${days === 1 ? 'day' : 'days'}, ${rest},  0 users,  load average: ${this.load().join(', ')}`;
  }

  files(): Record<string, () => string> {
    const pressure = (some: number, full: number) => {
      const line = (kind: string, value: number) =>
        `${kind} avg10=${value.toFixed(2)} avg60=${(value * 0.8).toFixed(2)} avg300=${(value * 0.5).toFixed(2)} total=${Math.round(value * 1_000_000)}\n`;
      return line('some', some) + line('full', full);
    };
    return {
      '/proc/uptime': () => `${((this.#now() - this.bootedAt) / 1000).toFixed(2)} 0.00\n`,
      '/proc/loadavg': () => `${this.load().join(' ')} 1/214 20417\n`,
      '/proc/meminfo': () => {
        const { total, free, available, cache, shared } = this.memory();
        const rows = {
          MemTotal: total,
          MemFree: free,
          MemAvailable: available,
          Buffers: 61_204,
          Cached: cache - 61_204,
        };
        const more = { SwapTotal: 0, SwapFree: 0, Shmem: shared, Slab: 184_312 };
        return Object.entries({ ...rows, ...more })
          .map(([name, value]) => `${`${name}:`.padEnd(15)}${String(value).padStart(9)} kB\n`)
          .join('');
      },
      '/proc/pressure/memory': () => pressure(this.stalled() * 1.4, this.stalled()),
      '/proc/pressure/cpu': () => pressure(Math.max(0, this.cpuPercent() - 60), 0),
    };
  }
}
