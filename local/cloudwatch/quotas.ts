/** How often CloudWatch answers an account and region in a second: what is beyond is throttled. */

/**
 * Calls a second, from "CloudWatch service quotas" in the user guide. ListTagsForResource cannot be raised; all are shared
 * with consoles and every other tool of the account. Not listed is ListAlarmMuteRules: taken as the strictest.
 */
export const cloudWatchQuotas: Readonly<Record<string, number>> = {
  DescribeAlarms: 9,
  DescribeAlarmContributors: 9,
  ListTagsForResource: 10,
  ListAlarmMuteRules: 9,
};

/** Buckets of a second's calls, which fill up again as time passes. */
export class Quotas {
  readonly #now: () => number;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether one more call of this operation is answered now. */
  take(operation: string): boolean {
    const perSecond = cloudWatchQuotas[operation];
    if (perSecond === undefined) return true;
    const now = this.#now();
    const { left, at } = this.#buckets.get(operation) ?? { left: perSecond, at: now };
    const filled = Math.min(perSecond, left + ((now - at) / 1000) * perSecond);
    this.#buckets.set(operation, { left: filled >= 1 ? filled - 1 : filled, at: now });
    return filled >= 1;
  }
}
