/** Which environment an alarm belongs to: the account and region decide, everything else can only make it stricter. */
import type { PolicyKeys as Policy } from './keys.ts';

/** What an account that nobody mapped is taken for. */
export const strictestEnvironment = 'production';

/** The environment that lists this account, an entry with the region before one without; null when none does. */
export function mappedEnvironment(policy: Policy, account: string, region: string): string | null {
  const environments = Object.entries(policy.environments);
  const listing = (fits: (entry: Policy['environments'][string]['accounts'][number]) => boolean) =>
    environments.find(([, environment]) => environment.accounts.some(fits))?.[0];
  return (
    listing((entry) => typeof entry !== 'string' && entry.account === account && entry.region === region) ??
    listing((entry) => entry === account) ??
    null
  );
}

/** The environment of an account (12 digits) and region; unmapped = `production`. */
export function environmentOf(policy: Policy, account: string, region: string): string {
  return mappedEnvironment(policy, account, region) ?? strictestEnvironment;
}
