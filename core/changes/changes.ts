/** What a deploy would change: release, document, policy, runbooks, and the incidents that are open. */
import type { Compiled } from '../compiled.ts';
import { type Change, looser, same } from './change.ts';
import { policyChanges } from './policy.ts';
import { type Judges, runbookChanges } from './runbooks.ts';

/** Both sides are judged by this release's floor; what another one said of the same command is not known here. */
export function changesBetween(before: Compiled, after: Compiled, judges: Judges): Change[] {
  const policy = policyChanges(before.policy, after.policy);
  return [
    ...(before.release === after.release
      ? []
      : [
          looser(
            'release',
            `${after.release} (was ${before.release}): what CHANGELOG says of it; levels below are those of ${after.release}`,
          ),
        ]),
    ...(before.document.digest === after.document.digest
      ? []
      : [same('document', `scripts run by ${after.document.name} (was ${before.document.name}, which stays)`)]),
    ...policy,
    ...(policy.length === 0 && before.policyDigest !== after.policyDigest
      ? [same('policy', 'means the same, and is another to this release')]
      : []),
    ...runbookChanges(before, after, judges),
  ];
}
