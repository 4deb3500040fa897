/** What a function says of its work: lines of JSON for people who search. No secret, no token, no output. */
import { Logger } from '@aws-lambda-powertools/logger';

export const serviceName = 'countersign';

/** Writes to stdout (errors: stderr) by itself: a line of Lambda's patched console would be wrapped. */
export const logger = new Logger({ serviceName });
