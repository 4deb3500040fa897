/** The IAM door as it is deployed: who gets in, what they may read, and that nobody of ours is among them. */
import { expect, test } from 'vitest';
import { isAllowed, type Request } from '../support/iam.ts';
import { at, flat, functionOf, ofType, responseResources, statementsOf } from './stacks.ts';

const [policy, ...others] = ofType(responseResources, 'AWS::IAM::ManagedPolicy');
const statements = statementsOf(at(policy?.Properties, 'PolicyDocument'));
const decide = 'arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:countersign-decide';
const resourceOf = (action: string) =>
  statements.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources);
const may = (action: string, resource: string, context: Request['context'] = {}) =>
  isAllowed({ action, resource, context }, { identity: statements });

test('there is one policy, attached to nobody: the account says who its approvers are', () => {
  expect(others).toEqual([]);
  expect(flat(at(policy?.Properties, 'ManagedPolicyName'))).toBe('countersign-approver-<AWS::Region>');
  for (const key of ['Roles', 'Users', 'Groups']) expect(at(policy?.Properties, key), key).toBeUndefined();
});

test('whoever has it gets in at the door, and cannot invoke the function past it', () => {
  const iam = { 'lambda:FunctionUrlAuthType': 'AWS_IAM' };
  const throughDoor = { 'lambda:InvokedViaFunctionUrl': 'true' };
  expect(may('lambda:InvokeFunctionUrl', decide, iam)).toBe(true);
  expect(may('lambda:InvokeFunction', decide, throughDoor)).toBe(true);
  expect(may('lambda:InvokeFunctionUrl', decide, { 'lambda:FunctionUrlAuthType': 'NONE' })).toBe(false);
  expect(may('lambda:InvokeFunction', decide)).toBe(false);
  expect(may('lambda:InvokeFunction', decide.replace('decide', 'execute'), throughDoor)).toBe(false);
});

test('it reads questions without their task tokens, the audit and what is open, and writes nothing', () => {
  const [control = ''] = statements
    .filter(({ condition }) => 'ForAllValues:StringEquals' in condition)
    .flatMap(({ resources }) => resources);
  const asking = (attributes: readonly string[], select = 'SPECIFIC_ATTRIBUTES') =>
    may('dynamodb:Query', control, { 'dynamodb:Attributes': attributes, 'dynamodb:Select': select });
  expect(control).toMatch(/Control/);
  expect(asking(['pk', 'sk', 'question', 'votes'])).toBe(true);
  expect(asking(['pk', 'sk', 'token'])).toBe(false);
  expect(asking(['pk', 'sk'], 'ALL_ATTRIBUTES')).toBe(false);
  expect(resourceOf('dynamodb:Query').join()).toMatch(/Control.*Work.*Audit/);
  const actions = new Set(statements.flatMap((statement) => statement.actions));
  expect(resourceOf('dynamodb:GetItem').join()).toMatch(/^[^,]*Work[^,]*$/);
  expect([...actions].sort()).toEqual([
    'dynamodb:GetItem',
    'dynamodb:Query',
    'kms:GetPublicKey',
    'lambda:GetFunctionUrlConfig',
    'lambda:InvokeFunction',
    'lambda:InvokeFunctionUrl',
  ]);
});

test('decide knows which deployment it is, and where STS of its own region is', () => {
  const variables = at<Record<string, unknown>>(functionOf('decide').Properties, 'Environment.Variables');
  expect(flat(variables.DOOR_AUDIENCE)).toBe(decide);
  expect(flat(variables.STS_HOST)).toBe('sts.<AWS::Region>.<AWS::URLSuffix>');
});
