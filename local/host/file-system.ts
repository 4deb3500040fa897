/** The virtual host's file system: in memory, where a file may claim more bytes than it holds, so that disks can be full. */
import { type FileContent, type FsStat, InMemoryFs } from 'just-bash';

/** Not on the disk: a run must be possible on a full one. */
const notOnDisk = /^\/(proc|sys|dev|run)(\/|$)/;

/** Like a sparse file the other way round: `stat`, `ls`, `du`, `find -size` and `df` all see the claimed size. */
export class HostFileSystem extends InMemoryFs {
  readonly #claimed = new Map<string, number>();
  readonly #living = new Map<string, () => string>();

  /** Files as in `/proc`: their content is made when it is read. */
  live(files: Readonly<Record<string, () => string>>): void {
    for (const [path, content] of Object.entries(files)) {
      this.#living.set(path, content);
      this.#refresh(path);
    }
  }

  override readFile(...arguments_: Parameters<InMemoryFs['readFile']>): Promise<string> {
    this.#refresh(arguments_[0]);
    return super.readFile(...arguments_);
  }

  override readFileBytes(path: string): ReturnType<InMemoryFs['readFileBytes']> {
    this.#refresh(path);
    return super.readFileBytes(path);
  }

  override readFileBuffer(path: string): Promise<Uint8Array> {
    this.#refresh(path);
    return super.readFileBuffer(path);
  }

  #refresh(path: string): void {
    const content = this.#living.get(this.#absolute(path));
    if (content) this.writeFileSync(path, content());
  }

  /** Writes a file that claims `size` bytes and was last changed at `changed`. */
  claim(path: string, content: FileContent, size: number, changed: Date): void {
    this.writeFileSync(path, content, undefined, { mtime: changed, mode: 0o640 });
    this.#claimed.set(path, Math.round(size));
  }

  /** Bytes used on the disk. */
  async used(): Promise<number> {
    let bytes = 0;
    for (const path of this.getAllPaths()) {
      if (notOnDisk.test(path)) continue;
      const entry = await this.lstat(path);
      if (entry.isFile) bytes += entry.size;
    }
    return bytes;
  }

  override async stat(path: string): Promise<FsStat> {
    return this.#withClaim(path, await super.stat(path));
  }

  override async lstat(path: string): Promise<FsStat> {
    return this.#withClaim(path, await super.lstat(path));
  }

  /** Through a link, as the kernel writes: the in-memory one would replace the link. */
  override async writeFile(...[path, ...rest]: Parameters<InMemoryFs['writeFile']>): Promise<void> {
    const file = await this.realpath(path).catch(() => this.#absolute(path));
    await super.writeFile(file, ...rest);
    this.#claimed.delete(file);
  }

  override async rm(...arguments_: Parameters<InMemoryFs['rm']>): Promise<void> {
    await super.rm(...arguments_);
    for (const path of this.#below(arguments_[0])) this.#claimed.delete(path);
  }

  override async mv(from: string, to: string): Promise<void> {
    await super.mv(from, to);
    for (const path of this.#below(from)) {
      const size = this.#claimed.get(path) ?? 0;
      this.#claimed.delete(path);
      this.#claimed.set(this.#absolute(to) + path.slice(this.#absolute(from).length), size);
    }
  }

  #withClaim(path: string, stat: FsStat): FsStat {
    return { ...stat, size: Math.max(stat.size, this.#claimed.get(this.#absolute(path)) ?? 0) };
  }

  #below(path: string): string[] {
    const top = this.#absolute(path);
    return [...this.#claimed.keys()].filter((claimed) => claimed === top || claimed.startsWith(`${top}/`));
  }

  #absolute(path: string): string {
    return this.resolvePath('/', path);
  }
}
