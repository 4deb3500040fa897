/** Whether what is deployed is what lies in the files here. */
import type { Compiled } from '../compiled.ts';
import { type Check, cannotTell, type Look, ok, warn } from './check.ts';
import { nextFor } from './failure.ts';

/** What of compiled.json is compared. */
export type Reviewed = Pick<Compiled, 'release' | 'policyDigest'> & {
  readonly runbooks: readonly Pick<Compiled['runbooks'][number], 'id' | 'digest'>[];
};

export function driftCheck(deployed: Look<Reviewed>, local: Look<Reviewed>): Check {
  if ('failure' in deployed)
    return cannotTell(
      'drift',
      `what is deployed could not be read: ${deployed.failure.text}`,
      nextFor(deployed.failure),
    );
  if ('failure' in local)
    return cannotTell(
      'drift',
      `the files here could not be read: ${local.failure.text}`,
      'run it in the repository of your runbooks, or name them: --policy FILE --runbooks FOLDER',
    );
  const parts = differences(deployed.value, local.value);
  if (parts.length === 0)
    return ok('drift', `${deployed.value.runbooks.length} runbooks and the policy are deployed as they are here`);
  return warn(
    'drift',
    `what is deployed is not what is here: ${parts.join('; ')}`,
    'countersign diff says what a deploy would change',
  );
}

function differences(deployed: Reviewed, local: Reviewed): string[] {
  const before = new Map(deployed.runbooks.map(({ id, digest }) => [id, digest]));
  const after = new Map(local.runbooks.map(({ id, digest }) => [id, digest]));
  const list = (what: string, ids: string[]) => (ids.length > 0 ? [`${what} ${ids.join(', ')}`] : []);
  return [
    ...(deployed.release === local.release ? [] : [`release ${deployed.release} there, ${local.release} here`]),
    ...(deployed.policyDigest === local.policyDigest ? [] : ['another policy']),
    ...list(
      'changed',
      [...after].filter(([id, digest]) => (before.get(id) ?? digest) !== digest).map(([id]) => id),
    ),
    ...list(
      'only here',
      [...after.keys()].filter((id) => !before.has(id)),
    ),
    ...list(
      'only there',
      [...before.keys()].filter((id) => !after.has(id)),
    ),
  ];
}
