/** Which files a client may mean: those in the server's folder, also where a link in it leads out. */
import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { LintFile } from '../../core/lint/lint.ts';
import { runbookFiles } from '../runbook-files.ts';

/** @throws {Error} for a path that leads out of the folder. */
export async function refuseOutside(root: string, path: string): Promise<void> {
  const wanted = resolve(root, path);
  const real = await realpath(wanted).catch(() => wanted);
  if (!isBelow(root, wanted) || !isBelow(await realpath(root), real))
    throw new Error(`${JSON.stringify(path.slice(0, 200))} is not in the folder that this server was started for`);
}

/** The runbook files that a path in the folder means. @throws {Error} when one of them leads out of it. */
export async function filesInside(root: string, path: string): Promise<readonly LintFile[]> {
  await refuseOutside(root, path);
  const { files } = await runbookFiles([path]);
  for (const { file } of files) await refuseOutside(root, file);
  return files;
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
