/** Whether a team's repository and the installed package fit each other: both are asked for what they are, and neither is guessed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { release } from '../core/release.ts';

/** What `countersign init` writes into cdk.json, and which this release can read: raised when an older release would misread the folder. */
export const layout = 1;
export const layoutKey = 'countersign:layout';

/** @throws when the folder was made for a newer release, or asks for another one than is installed. */
export function checkTeamFolder(folder: string): void {
  checkLayout(read(join(folder, 'cdk.json'))?.context);
  checkWanted(read(join(folder, 'package.json')));
}

function checkLayout(context: unknown): void {
  const found = isRecord(context) ? (context[layoutKey] ?? layout) : layout;
  if (!Number.isInteger(found) || Number(found) < 1)
    throw new Error(
      `cdk.json: context: ${layoutKey} is ${JSON.stringify(found)}; countersign init wrote ${layout} there`,
    );
  if (Number(found) > layout)
    throw new Error(
      `cdk.json: context: ${layoutKey} is ${found}: a newer countersign made this folder, and ${release} reads ${layout}; install the newer one: npm install`,
    );
}

/** An exact version that is not the installed one: somebody changed package.json, or the branch, and did not install. */
function checkWanted(manifest: Record<string, unknown> | null): void {
  const wanted = [manifest?.dependencies, manifest?.devDependencies]
    .map((list) => (isRecord(list) ? list.countersign : undefined))
    .find((version) => version !== undefined);
  if (typeof wanted === 'string' && /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(wanted) && wanted !== release)
    throw new Error(`package.json asks for countersign ${wanted}, and node_modules has ${release}; run npm install`);
}

function read(file: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isRecord(value) ? value : null;
  } catch {
    return null; // CDK and npm say it better, and first.
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
