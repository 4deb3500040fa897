/** The IAM door as it is deployed: who gets in, what they may read, and that nobody of ours is among them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { isAllowed, type Request } from '../support/iam.ts';
import { at, build, flat, functionOf, ofType, resourcesOf, responseResources, statementsOf } from './stacks.ts';

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

test('with a key of the customer’s for the tables, it may read under it, through DynamoDB alone', () => {
  const arn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const file = join(mkdtempSync(join(tmpdir(), 'countersign-door-')), 'policy.yaml');
  const shipped = readFileSync(new URL('../../countersign.yaml', import.meta.url), 'utf8');
  writeFileSync(file, `${shipped}\ndeployment: { keys: { tables: '${arn}' } }\n`);
  const [own] = ofType(resourcesOf(build({ policy: file }).response), 'AWS::IAM::ManagedPolicy');
  rmSync(dirname(file), { recursive: true });
  const decrypting = statementsOf(at(own?.Properties, 'PolicyDocument')).filter(({ actions }) =>
    actions.includes('kms:Decrypt'),
  );
  expect(decrypting).toMatchObject([
    { effect: 'Allow', actions: ['kms:Decrypt', 'kms:DescribeKey'], resources: [arn] },
  ]);
  expect(decrypting.map(({ condition }) => flat(condition.StringEquals?.['kms:ViaService']))).toEqual([
    'dynamodb.<AWS::Region>.<AWS::URLSuffix>',
  ]);
});

test('decide knows which deployment it is, and where STS of its own region is', () => {
  const variables = at<Record<string, unknown>>(functionOf('decide').Properties, 'Environment.Variables');
  expect(flat(variables.DOOR_AUDIENCE)).toBe(decide);
  expect(flat(variables.STS_HOST)).toBe('sts.<AWS::Region>.<AWS::URLSuffix>');
});
