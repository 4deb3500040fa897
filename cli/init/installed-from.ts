/** What a new package.json has to ask for so that it gets the release that runs now. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import * as z from 'zod';
import { release } from '../../core/release.ts';
import { root } from '../../package/assets.ts';

/** npm's own note of what it installed, and from where: `node_modules/.package-lock.json`. */
const Installed = z.looseObject({
  packages: z.looseObject({ 'node_modules/countersign': z.looseObject({ resolved: z.string() }) }),
});

/** The exact version; or for one that was installed from a tarball, that tarball, seen from the new folder. */
export function dependencyFor(folder: string): string {
  const modules = dirname(root);
  const tarball = tarballOf(join(modules, '.package-lock.json'));
  if (tarball === null) return release;
  const path = relative(resolve(folder), resolve(dirname(modules), tarball));
  return `file:${path.startsWith('.') ? path : `./${path}`}`;
}

function tarballOf(file: string): string | null {
  try {
    const { resolved } = Installed.parse(JSON.parse(readFileSync(file, 'utf8'))).packages['node_modules/countersign'];
    return resolved.startsWith('file:') && resolved.endsWith('.tgz') ? resolved.slice('file:'.length) : null;
  } catch {
    return null; // Another package manager, or this repository: the version says it all.
  }
}
