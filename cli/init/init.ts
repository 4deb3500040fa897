/** Makes a team's repository: asks, looks for what is in the way, writes all files or none, and says what comes next. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { colours as pc } from '../colours.ts';
import { askOnTerminal, defaults } from './answers.ts';
import { filesOf } from './files.ts';
import { dependencyFor } from './installed-from.ts';
import { inTheWay, writeNew } from './write-new.ts';

/** @throws naming every file that is in the way; nothing is written then */
export async function init(folder: string, takeDefaults: boolean): Promise<void> {
  const dependency = dependencyFor(folder);
  const isInstalled = dependsAlready(folder);
  const refuse = (paths: Iterable<string>) => {
    const found = inTheWay(folder, paths);
    if (found.length > 0)
      throw new Error(
        `init overwrites nothing, and in ${resolve(folder)} there is already: ${found.join(', ')}; move it away, or name another folder`,
      );
  };
  const wanted = filesOf(resolve(folder), dependency, defaults).keys();
  refuse([...wanted].filter((path) => !(isInstalled && path === 'package.json')));
  const files = filesOf(resolve(folder), dependency, takeDefaults ? defaults : await askOnTerminal());
  if (isInstalled) files.delete('package.json');
  write(folder, files);
  for (const path of files.keys()) console.log(`${pc.green('✓')} ${join(folder, path)}`);
  if (isInstalled) console.log(`  ${join(folder, 'package.json')} depends on countersign already, and stays as it is`);
  sayNext(folder, isInstalled, dependency);
}

function write(folder: string, files: ReadonlyMap<string, string>): void {
  try {
    writeNew(folder, files);
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Error(
      `init could not write ${path ?? resolve(folder)} (${code}), and left nothing behind; name a folder that you may write to`,
      { cause: error },
    );
  }
}

const Manifest = z.looseObject({
  dependencies: z.looseObject({ countersign: z.string().optional() }).optional(),
  devDependencies: z.looseObject({ countersign: z.string().optional() }).optional(),
});

/** `npm install countersign` makes a package.json of its own: it is not in the way. */
function dependsAlready(folder: string): boolean {
  try {
    const { dependencies, devDependencies } = Manifest.parse(
      JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
    );
    return (dependencies?.countersign ?? devDependencies?.countersign) !== undefined;
  } catch {
    return false; // What cannot be read is in the way.
  }
}

function sayNext(folder: string, isInstalled: boolean, dependency: string): void {
  console.log('\nNext:');
  if (resolve(folder) !== process.cwd()) console.log(`  cd ${folder}`);
  if (!isInstalled) console.log('  npm install');
  console.log('  npx countersign validate');
  console.log('  npx countersign demo          something breaks on this machine, and your runbook answers');
  console.log('  git config core.hooksPath .githooks   checks runbooks and policy before each commit');
  console.log(
    '  npx cdk synth --quiet         touches nothing; then docs/deploy.md of Countersign: Slack app, secrets, bootstrap',
  );
  if (dependency.startsWith('file:'))
    console.log('Countersign came from a tarball: put it where the workflow finds it too, before its `npm ci`.');
}
