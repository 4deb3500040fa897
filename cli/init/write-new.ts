/** Writes files that are not there yet: all of them or none. */
import { existsSync, lstatSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** What is in the way of these files, each path once: a file of that name, or a file where a folder has to be. */
export function inTheWay(folder: string, paths: Iterable<string>): string[] {
  const found = [...paths].flatMap((path) =>
    foldersOf(path)
      .filter((one) => kindOf(join(folder, one)) === 'other')
      .concat(kindOf(join(folder, path)) === null ? [] : [path]),
  );
  return [...new Set(found)];
}

/** What begins as a script may be run. @throws with the first file that cannot be written; what was written before it is gone again */
export function writeNew(folder: string, files: ReadonlyMap<string, string>): void {
  const undo: (() => void)[] = [];
  try {
    makeFolders(resolve(folder), undo);
    for (const [path, text] of files) {
      makeFolders(dirname(join(resolve(folder), path)), undo);
      const file = join(folder, path);
      // Not before it is made: a file that came meanwhile is somebody else's.
      writeFileSync(file, '', { flag: 'wx', mode: text.startsWith('#!') ? 0o777 : 0o666 });
      undo.push(() => rmSync(file, { force: true }));
      writeFileSync(file, text);
    }
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error;
  }
}

/** Step by step: Node's `recursive` never ends where a file system answers ENOENT (`/proc`). */
function makeFolders(path: string, undo: (() => void)[]): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path), undo);
  mkdirSync(path);
  undo.push(() => rmdirSync(path));
}

/** `.github/workflows/x.yml` → `.github`, `.github/workflows`. */
function foldersOf(path: string): string[] {
  const above = dirname(path);
  return above === '.' ? [] : [...foldersOf(above), above];
}

function kindOf(path: string): 'folder' | 'other' | null {
  try {
    return lstatSync(path).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Below a file is nothing; that file itself is found as one.
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
