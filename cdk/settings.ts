/** The app's settings, read from CDK's context: everything that is no decision of the policy file. */
import type { App } from 'aws-cdk-lib';

export interface Settings {
  /** Path of the policy file, relative to the folder of cdk.json. */
  readonly policyFile: string;
  /** Folder of the runbooks, relative to the folder of cdk.json. */
  readonly runbookFolder: string;
  /** Seconds between two looks at an approval request. */
  readonly askTickSeconds: number;
  /** Whether functions that must not starve have a share of the account's concurrency of their own. */
  readonly reservedConcurrency: boolean;
  /** Whether the tables refuse to be deleted. */
  readonly protection: boolean;
  /** How long nobody changes or removes what is archived. */
  readonly auditLock: AuditLock;
}

/** S3 Object Lock: `governance` can be lifted by whoever has that right, `compliance` by nobody, the account's root included. */
export interface AuditLock {
  readonly mode: 'governance' | 'compliance';
  readonly days: number;
}

const names = ['policy', 'runbooks', 'askTickSeconds', 'reservedConcurrency', 'protection', 'auditLock'] as const;

/** The tick that the history budget is computed with. */
const usualTickSeconds = 60;
/** An approval may wait minutes; a tick above this would show an expiry that much late. */
const longestTickSeconds = 300;
/** The account of AWS emulators, which no customer has. */
const localAccount = '000000000000';
/** `@aws-cdk/…` and `aws:cdk:…` are CDK's own, `cli-…` its command line's; keys with a colon are its cached look-ups. */
const cdkOwnKey = /^(@aws-cdk\/|aws:|aws-cdk:|cli-|[a-z-]+:)/;

/** Reads and checks the settings. @throws on an unknown key, and on a value that is not allowed. */
export function readSettings(app: App, account: string | undefined): Settings {
  const context: Record<string, unknown> = app.node.getAllContext();
  for (const key of Object.keys(context))
    if (!names.some((name) => name === key) && !cdkOwnKey.test(key))
      throw new Error(
        `context: "${key}" is no setting of Countersign; allowed are ${names.join(', ')}. Everything else is set in the policy file.`,
      );
  return {
    policyFile: readPath('policy', context.policy ?? 'countersign.yaml', 'a policy file, for example countersign.yaml'),
    runbookFolder: readPath('runbooks', context.runbooks ?? 'runbooks', 'a folder of runbooks, for example runbooks'),
    askTickSeconds: readTick(context.askTickSeconds ?? usualTickSeconds, account),
    reservedConcurrency: readSwitch('reservedConcurrency', context.reservedConcurrency ?? 'on'),
    protection: readSwitch('protection', context.protection ?? 'on'),
    auditLock: readLock(context.auditLock ?? 'governance 1'),
  };
}

function readPath(name: string, value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`context: ${name} is ${JSON.stringify(value)}; it must be the path of ${what}`);
}

function readTick(value: unknown, account: string | undefined): number {
  const seconds = Number(value);
  const shortest = account === localAccount ? 1 : usualTickSeconds;
  if (Number.isInteger(seconds) && seconds >= shortest && seconds <= longestTickSeconds) return seconds;
  throw new Error(
    `context: askTickSeconds is ${JSON.stringify(value)}; it must be a whole number from ${shortest} to ${longestTickSeconds}. ` +
      `Below ${usualTickSeconds} is for the local account ${localAccount} only, since shorter ticks spend an execution's history.`,
  );
}

/** S3 takes 1 to 36,500 days. */
const mostLockDays = 36_500;

function readLock(value: unknown): AuditLock {
  const [, mode, days] = /^(governance|compliance) (\d{1,5})$/.exec(String(value)) ?? [];
  const isMode = mode === 'governance' || mode === 'compliance';
  if (isMode && Number(days) >= 1 && Number(days) <= mostLockDays) return { mode, days: Number(days) };
  throw new Error(
    `context: auditLock is ${JSON.stringify(value)}; it must be a mode and days from 1 to ${mostLockDays}: "governance 1" to try it, "compliance 400" in production, where nobody can shorten it`,
  );
}

function readSwitch(name: string, value: unknown): boolean {
  if (value === 'on' || value === 'off') return value === 'on';
  throw new Error(`context: ${name} is ${JSON.stringify(value)}; it must be on or off`);
}
