/** A client of Slack's Web API as all of ours are: it gives up early, and waits for no rate limit. */
import { LogLevel, WebClient } from '@slack/web-api';

/** `apiUrl` ends in `/api/` (https://slack.com/api/, GovSlack, a local front). */
export interface SlackAccess {
  readonly token: string;
  readonly apiUrl: string;
}

export interface Patience {
  /** Milliseconds of one call. */
  readonly timeout: number;
  /** More tries after 0.3 s each; none unless given. */
  readonly retries?: number;
  /** Slack takes a file's content at an address of its own, which it gives anew for each. */
  readonly allowAbsoluteUrls?: boolean;
}

export function slackClient(
  { token, apiUrl }: SlackAccess,
  { timeout, retries = 0, allowAbsoluteUrls = false }: Patience,
): WebClient {
  return new WebClient(token, {
    slackApiUrl: apiUrl,
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls,
    logLevel: LogLevel.ERROR,
    timeout,
    retryConfig: { retries, minTimeout: 300, maxTimeout: 300 },
  });
}
