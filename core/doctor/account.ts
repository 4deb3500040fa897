/** Checks of the account: who asks, whether the clock fits, and which deployment is there. */
import { type Check, cannotTell, fail, type Look, ok, warn } from './check.ts';
import { nextFor } from './failure.ts';

export interface Caller {
  readonly account: string;
  readonly arn: string;
  readonly region: string;
  /** What AWS's clock and this computer's said at once, epoch milliseconds; null = AWS gave no date. */
  readonly clocks: { readonly aws: number; readonly own: number } | null;
}

/** A stack that has the outputs of `countersign-response`. */
export interface FoundStack {
  readonly name: string;
  /** As CloudFormation says, such as `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly slackUrl: string;
}

export function credentialsCheck(caller: Look<Caller>): Check {
  if ('value' in caller) {
    const { account, arn, region } = caller.value;
    return ok('credentials', `account ${account}, region ${region}, as ${arn}`);
  }
  const { failure } = caller;
  const words = {
    no_credentials: 'there are no credentials for AWS',
    expired: 'the credentials for AWS have expired',
    invalid: 'AWS refuses the credentials',
    clock: 'AWS refuses the signature for its time',
    no_region: 'no region is set, or it is none',
    denied: 'AWS does not let these credentials ask who they are',
    unreachable: 'AWS cannot be reached',
    missing: 'AWS did not say who asks',
    other: 'AWS did not say who asks',
  };
  return fail('credentials', `${words[failure.kind]}: ${failure.text}`, nextFor(failure));
}

/** Seconds. AWS refuses signatures that are more than five minutes off; a minute is seen before that. */
const tolerated = 60;

export function clockCheck({ clocks }: Caller): Check {
  if (clocks === null) return cannotTell('clock', 'AWS gave no time to compare with', 'try again');
  const seconds = Math.round((clocks.own - clocks.aws) / 1000);
  const off = `this computer’s clock is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} AWS’s`;
  if (Math.abs(seconds) <= tolerated) return ok('clock', off);
  return warn('clock', off, 'set it by NTP: beyond 300 s AWS refuses what this computer signs');
}

/** One that is there, whole, and the only one; else what to do. `elsewhere` are other regions that have roles of one. */
export function stackCheck(
  stacks: Look<readonly FoundStack[]>,
  { account, region }: Caller,
  elsewhere: Look<readonly string[]>,
): Check {
  if ('failure' in stacks)
    return cannotTell('stack', `CloudFormation could not be asked: ${stacks.failure.text}`, nextFor(stacks.failure));
  const [first, ...others] = stacks.value;
  if (!first) return noStack(account, region, elsewhere);
  if (others.length > 0)
    return fail(
      'stack',
      `${stacks.value.length} stacks look like Countersign’s: ${stacks.value.map(({ name }) => name).join(', ')}`,
      'say which is meant: --stack NAME',
    );
  return standing(first);
}

function noStack(account: string, region: string, elsewhere: Look<readonly string[]>): Check {
  const seen = `no stack of Countersign is in ${region} of account ${account}`;
  const regions = 'value' in elsewhere ? elsewhere.value.filter((one) => one !== region) : [];
  const [other] = regions;
  return other === undefined
    ? fail(
        'stack',
        seen,
        'deploy it (npm run deploy, or npx cdk deploy --all), or choose its account and region: AWS_PROFILE, AWS_REGION',
      )
    : fail(
        'stack',
        `${seen}; there are roles of one in ${regions.join(', ')}`,
        `choose its region: export AWS_REGION=${other}`,
      );
}

function standing({ name, status }: FoundStack): Check {
  const seen = `${name} is ${status}`;
  const again = 'see what it says (aws cloudformation describe-stack-events), and deploy again';
  if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return ok('stack', seen);
  if (/ROLLBACK_COMPLETE$/.test(status)) return warn('stack', `${seen}: the last deploy was taken back`, again);
  if (/IN_PROGRESS$/.test(status)) return warn('stack', seen, 'wait until the deploy has ended, and look again');
  return fail('stack', seen, again);
}
