/** Who may do what, over the synthesised policies: the table of the design, row by row, and its "never" column. */
import { describe, expect, test } from 'vitest';
import { type FunctionName, functionNames } from '../../cdk/names.ts';
import { allows, at, dataResources, flat, functionOf, ofType, responseResources, roleOf } from './stacks.ts';

const work = /GetAttWork/;
const control = /GetAttControl/;
const audit = /GetAttAudit/;
const changes = [
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'PartiQLInsert',
  'PartiQLUpdate',
  'PartiQLDelete',
];

/** Who may, per action and resource; everybody else never. */
const onlyThese: readonly [action: string, resource: RegExp, who: readonly FunctionName[]][] = [
  ['ssm:SendCommand', /./, []],
  ['ssm:StartAutomationExecution', /./, []],
  ['sts:AssumeRole', /./, ['execute']],
  ['sts:SetSourceIdentity', /./, ['execute']],
  ['kms:Sign', /./, ['decide']],
  ['kms:Verify', /./, ['execute']],
  ['kms:CreateGrant', /./, []],
  ['states:SendTaskSuccess', /./, ['decide']],
  ['states:SendTaskFailure', /./, []],
  ['states:SendTaskHeartbeat', /./, []],
  ['states:StartExecution', /./, ['triage', 'sweep']],
  ['states:RedriveExecution', /./, []],
  ['states:StopExecution', /./, []],
  ['states:GetExecutionHistory', /./, []],
  ['lambda:InvokeFunction', /./, ['slack']],
  ['sns:Publish', /./, ['close', 'sweep']],
  ['secretsmanager:GetSecretValue', /anthropic-api-key/, ['plan']],
  ['secretsmanager:GetSecretValue', /slack-signing-secret/, ['slack', 'decide']],
  [
    'secretsmanager:GetSecretValue',
    /slack-bot-token/,
    ['request-approval', 'slack', 'decide', 'settle', 'close', 'sweep'],
  ],
  ['dynamodb:PutItem', control, ['request-approval']],
  ['dynamodb:UpdateItem', control, ['request-approval', 'decide', 'settle', 'close', 'sweep']],
  ['dynamodb:DeleteItem', control, []],
  ['dynamodb:ConditionCheckItem', control, ['execute']],
  ['dynamodb:DeleteItem', work, ['close', 'sweep']],
  ['dynamodb:PutItem', work, functionNames.filter((name) => name !== 'slack')],
  ['dynamodb:PutItem', audit, functionNames.filter((name) => name !== 'slack')],
  ['dynamodb:UpdateItem', audit, []],
  ['dynamodb:DeleteItem', audit, []],
  ['dynamodb:Scan', /./, []],
  ['cloudwatch:PutMetricAlarm', /./, []],
  ['cloudwatch:SetAlarmState', /./, []],
  ['ssm:GetCommandInvocation', /./, ['poll']],
  ['iam:PassRole', /./, []],
];

describe('the table of authority', () => {
  test.each(onlyThese)('%s on %s: only %j', (action, resource, who) => {
    const may = functionNames.filter((name) => allows(name, action, resource));
    expect(may).toEqual(functionNames.filter((name) => who.includes(name)));
  });

  test('slack reaches no table, no key, no token and no host', () => {
    const { statements } = roleOf('slack');
    const actions = statements.flatMap(({ actions }) => actions);
    expect(new Set(actions)).toEqual(
      new Set(['logs:CreateLogStream', 'logs:PutLogEvents', 'secretsmanager:GetSecretValue', 'lambda:InvokeFunction']),
    );
    const invoked = statements.filter(({ actions }) => actions.includes('lambda:InvokeFunction'));
    expect(invoked.flatMap(({ resources }) => resources)).toEqual([
      'arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:countersign-decide',
    ]);
  });

  test('nobody changes many items at once', () => {
    for (const name of functionNames)
      for (const action of changes.slice(3))
        expect(allows(name, `dynamodb:${action}`), `${name} ${action}`).toBe(false);
  });

  test('no right is a pattern of actions, and what is allowed on everything only reads, or has no resource type', () => {
    for (const name of functionNames)
      for (const { actions, resources } of roleOf(name).statements) {
        expect(actions.join(), name).not.toContain('*');
        if (resources.includes('*'))
          for (const action of actions)
            expect(action, name).toMatch(/^(cloudwatch|ssm):(Describe|List|Get)|^states:SendTaskSuccess$/);
      }
  });
});

describe('roles', () => {
  test('are one per function, under fixed names, trusted by Lambda only', () => {
    const ids = functionNames.map((name) => {
      const { id, trust } = roleOf(name);
      expect(trust).toMatchObject([{ actions: ['sts:AssumeRole'], principal: { Service: 'lambda.amazonaws.com' } }]);
      expect(at(functionOf(name).Properties, 'Role')).toEqual({ 'Fn::GetAtt': [id, 'Arn'] });
      expect(at(roleOf(name).properties, 'ManagedPolicyArns'), name).toBeUndefined();
      return id;
    });
    expect(new Set(ids).size).toBe(functionNames.length);
    expect(ofType(responseResources, 'AWS::Lambda::Function')).toHaveLength(functionNames.length);
    expect(ofType(responseResources, 'AWS::IAM::Role')).toHaveLength(functionNames.length + 2);
  });

  test('countersign-send is trusted by execute alone, and sends our documents to opted-in instances only', () => {
    const { trust, statements } = roleOf('send');
    const execute = { AWS: { 'Fn::GetAtt': [roleOf('execute').id, 'Arn'] } };
    expect(trust.map(({ actions }) => actions)).toEqual([['sts:AssumeRole'], ['sts:SetSourceIdentity']]);
    for (const { principal } of trust) expect(principal).toEqual(execute);
    const arn = (service: string, rest: string) =>
      `arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${rest}`;
    expect(statements).toMatchObject([
      { actions: ['ssm:SendCommand'], resources: [arn('ssm', 'document/countersign-run-*')], condition: {} },
      {
        actions: ['ssm:SendCommand'],
        resources: [arn('ec2', 'instance/*'), arn('ssm', 'managed-instance/*')],
        condition: { StringEquals: { 'ssm:resourceTag/countersign': 'on' } },
      },
    ]);
  });

  test('the machine may invoke exactly the functions that its definition names', () => {
    const [machine] = ofType(responseResources, 'AWS::StepFunctions::StateMachine');
    const { Partition: _, ...named } = at<Record<string, unknown>>(machine?.Properties, 'DefinitionSubstitutions');
    const may = roleOf('incident').statements.filter(({ actions }) => actions.includes('lambda:InvokeFunction'));
    expect(may.flatMap(({ resources }) => resources).sort()).toEqual(Object.values(named).map(flat).sort());
    expect(Object.keys(named)).toHaveLength(7);
    for (const action of ['ssm:SendCommand', 'dynamodb:GetItem', 'kms:Sign', 'states:StartExecution', 'sns:Publish'])
      expect(allows('incident', action)).toBe(false);
  });
});

describe('environment', () => {
  const variablesOf = (name: string) =>
    at<Record<string, unknown>>(functionOf(name).Properties, 'Environment.Variables');
  const expected: Record<FunctionName, string[]> = {
    triage: ['AUDIT_TABLE', 'STATE_MACHINE_ARN', 'WORK_TABLE'],
    plan: ['ANTHROPIC_API_KEY_SECRET', 'AUDIT_TABLE', 'WORK_TABLE'],
    gate: ['AUDIT_TABLE', 'CONTROL_TABLE', 'WORK_TABLE'],
    'request-approval': ['AUDIT_TABLE', 'CONTROL_TABLE', 'SLACK_BOT_TOKEN_SECRET', 'WORK_TABLE'],
    slack: ['DECIDE_FUNCTION', 'SLACK_BOT_TOKEN_SECRET', 'SLACK_SIGNING_SECRET'],
    decide: [
      'APPROVAL_KEY_ARN',
      'AUDIT_TABLE',
      'CONTROL_TABLE',
      'SLACK_BOT_TOKEN_SECRET',
      'SLACK_SIGNING_SECRET',
      'STATE_MACHINE_ARN',
      'WORK_TABLE',
    ],
    settle: ['AUDIT_TABLE', 'CONTROL_TABLE', 'SLACK_BOT_TOKEN_SECRET', 'WORK_TABLE'],
    execute: ['APPROVAL_KEY_ARN', 'AUDIT_TABLE', 'CONTROL_TABLE', 'SEND_ROLE_ARN', 'WORK_TABLE'],
    poll: ['AUDIT_TABLE', 'WORK_TABLE'],
    close: ['AUDIT_TABLE', 'CONTROL_TABLE', 'PAGE_TOPIC_ARN', 'SLACK_BOT_TOKEN_SECRET', 'WORK_TABLE'],
    sweep: [
      'AUDIT_TABLE',
      'CONTROL_TABLE',
      'PAGE_TOPIC_ARN',
      'SLACK_BOT_TOKEN_SECRET',
      'STATE_MACHINE_ARN',
      'WORK_TABLE',
    ],
  };

  test.each(functionNames)('%s knows only what it may use', (name) => {
    expect(Object.keys(variablesOf(name)).sort()).toEqual(expected[name]);
  });

  test('carries names and ARNs, never a secret', () => {
    for (const name of functionNames)
      for (const [variable, value] of Object.entries(variablesOf(name)))
        expect(flat(value), variable).toMatch(/^arn:|^countersign[-/]|^<|^countersign-data:/);
    expect(ofType(responseResources, 'AWS::SecretsManager::Secret')).toEqual([]);
    expect(ofType(dataResources, 'AWS::SecretsManager::Secret')).toEqual([]);
  });
});
