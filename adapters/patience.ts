/** How long one call to AWS may take, how often a read is tried, and whether an error says "not now" rather than "no". */
import { randomInt } from 'node:crypto';
import { AdaptiveRetryStrategy, isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';

/** What the SDK's request handler takes; all in milliseconds. */
export interface Patience {
  readonly connectionTimeout: number;
  /** Until the answer begins. Without `throwOnRequestTimeout` the SDK only warns. */
  readonly requestTimeout: number;
  /** Of silence in the middle of an answer. */
  readonly socketTimeout: number;
  readonly throwOnRequestTimeout: true;
}

/**
 * The SDK tries a call three times, so that a service which hangs costs 15 s by default: half of the 30 s that the
 * shortest function of the machine has. Without this the SDK waits for ever.
 */
export function patience(milliseconds = 5_000): Patience {
  return {
    connectionTimeout: Math.min(milliseconds, 2_000),
    requestTimeout: milliseconds,
    socketTimeout: milliseconds,
    throwOnRequestTimeout: true,
  };
}

const mostReadingTries = 6;

/** Milliseconds between two tries of a read, at most; the SDK's own 20 s would be longer than the functions that wait. */
const longestPause = 1_000;

/**
 * How reads are tried where many read at once, against quotas of a few calls a second that the whole account shares: six
 * times, and at a pace that the throttles set (the SDK's own rate limiter, one per client). For calls that change nothing.
 */
export function readingTries(): { readonly retryStrategy: AdaptiveRetryStrategy } {
  let base = 0;
  const backoff = {
    setDelayBase: (delay: number) => {
      base = delay;
    },
    computeNextBackoffDelay: (tries: number) => randomInt(1 + Math.min(longestPause, base * 2 ** tries)),
  };
  return { retryStrategy: new AdaptiveRetryStrategy(mostReadingTries, { backoff }) };
}

/** Names that DynamoDB and SSM use for "not now", and that the SDK's own lists do not hold. */
const passingNames = ['TransactionConflictException', 'ReplicatedWriteConflictException', 'InternalServerError'];

/** Why DynamoDB cancelled a transaction, where trying the same one again may succeed. */
const passingReasons = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

/**
 * Whether the same call may succeed a minute later: a throttle, a 5xx, a time-out, a lost connection, or a conflict with
 * another's transaction, also where such an error is the `cause` of another. It does not say that nothing happened: after
 * a 5xx, a time-out or a reset the call may have taken effect.
 */
export function isRetryable(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 10; at = at.cause, depth += 1)
    if (isPassing(at)) return true;
  return false;
}

type ServiceError = Parameters<typeof isThrottlingError>[0];

function isPassing(error: Error): boolean {
  if (isConflict(error)) return true;
  const known = error as ServiceError;
  return (
    passingNames.includes(error.name) || isThrottlingError(known) || isTransientError(known) || isServerError(known)
  );
}

/**
 * Whether DynamoDB wrote nothing, because of another's transaction or a throttle of it. A condition that failed as well
 * decides: then it is no passing refusal.
 */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (['TransactionConflictException', 'TransactionInProgressException'].includes(error.name)) return true;
  const codes = reasonsOf(error);
  return !codes.includes('ConditionalCheckFailed') && codes.some((code) => passingReasons.includes(code));
}

function reasonsOf(error: Error): string[] {
  const { CancellationReasons: reasons } = error as { CancellationReasons?: readonly { Code?: string }[] };
  return error.name === 'TransactionCanceledException' && Array.isArray(reasons)
    ? reasons.map(({ Code }) => String(Code))
    : [];
}
