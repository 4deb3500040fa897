/** How long one call to AWS may take: bounded, so that a hung call ends before the function that waits for it. */

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
