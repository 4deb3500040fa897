/** Where a plan is made for: the alarm's account and region, or those that stand for an environment. */
import { unknownPlace, type WrittenAlarm } from '../alarm/written.ts';
import { strictestEnvironment } from '../policy/environment.ts';
import type { Policy } from '../policy/schema.ts';
import { PreviewError } from './preview-parameters.ts';

/**
 * Account and region, and the policy in which they belong to the environment that is asked for.
 *
 * @throws {PreviewError} for an environment that the policy does not have.
 */
export function placeOf(
  policy: Policy,
  written: WrittenAlarm | null,
  environment: string | null,
): { policy: Policy; account: string; region: string; assumptions: readonly string[] } {
  const { account, region } = written?.alarm ?? unknownPlace;
  const isTold = written !== null && !written.unsaid.has('account');
  if (environment === null && isTold) return { policy, account, region, assumptions: [] };
  const name = environment ?? strictestEnvironment;
  const known = [...new Set([...Object.keys(policy.environments), strictestEnvironment])];
  if (!known.includes(name))
    throw new PreviewError([`--environment ${name}: the policy has no such environment; it has ${known.join(', ')}`]);
  const unlisted = unlistedAccount(policy);
  const listed = policy.environments[name];
  const environments = listed && {
    ...policy.environments,
    [name]: { ...listed, accounts: [...listed.accounts, unlisted] },
  };
  const assumptions =
    environment === null ? [`the environment is ${name}, the strictest: no account of an alarm is given`] : [];
  return { policy: environments ? { ...policy, environments } : policy, account: unlisted, region, assumptions };
}

/** An account id that no environment lists, so that the one asked for is the only one that has it. */
function unlistedAccount({ environments }: Policy): string {
  const listed = Object.values(environments).flatMap(({ accounts }) =>
    accounts.map((entry) => (typeof entry === 'string' ? entry : entry.account)),
  );
  const free = Array.from({ length: listed.length + 1 }, (_, index) => String(index).padStart(12, '0'));
  return free.find((id) => !listed.includes(id)) ?? unknownPlace.account;
}
