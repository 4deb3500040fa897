/** Who may do what, over the synthesised policies: the table of the design, row by row, and its "never" column. */
import { describe, expect, test } from 'vitest';
import { switchKeys } from '../../cdk/names.ts';
import { type FunctionName, functionNames } from '../../core/functions.ts';
import { allows, at, dataResources, flat, functionOf, ofType, responseResources, roleOf } from './stacks.ts';

const work = /GetAttWork/;
const control = /GetAttControl/;
const audit = /GetAttAudit[0-9A-F]+Arn/;
const dispatches = /GetAttDispatches[0-9A-F]+Arn/;
const archiveObjects = /:s3:::countersign-archive-.*\/(audit|dispatches|texts|notes)\//;
const checkpointObjects = /:s3:::countersign-archive-.*\/checkpoints\//;
const closers = ['close', 'sweep'] as const satisfies readonly FunctionName[];
/** Written out, as in the data stack: what appends to the audit is decided by name, not by leaving one out. */
const appenders: readonly FunctionName[] = [
  'triage',
  'plan',
  'gate',
  'request-approval',
  'decide',
  'settle',
  'execute',
  'poll',
  ...closers,
];
/** By query, which may list what is there; the others read what they know the key of. */
const controlReaders: readonly FunctionName[] = ['gate', 'request-approval', 'decide', 'settle', 'execute', ...closers];
const switchReaders: readonly FunctionName[] = [...controlReaders, 'poll', 'archive'];
const workWriters: readonly FunctionName[] = [
  ...appenders.filter((name) => name !== 'gate' && name !== 'decide'),
  'tell',
];
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
  ['kms:Sign', /ApprovalKey/, ['decide']],
  ['kms:Sign', /CheckpointKey/, ['checkpoint']],
  ['kms:Sign', /./, ['decide', 'checkpoint']],
  ['kms:Verify', /./, []],
  ['kms:GetPublicKey', /ApprovalKey/, [...switchReaders, 'triage', 'tell']],
  ['kms:GetPublicKey', /CheckpointKey/, ['checkpoint']],
  ['s3:PutObject', archiveObjects, ['archive']],
  ['s3:PutObject', checkpointObjects, ['checkpoint']],
  ['s3:PutObject', /./, ['archive', 'checkpoint']],
  ['s3:GetObject', /./, ['checkpoint']],
  ['s3:ListBucket', /./, ['checkpoint']],
  ['s3:DeleteObject', /./, []],
  ['s3:DeleteObjectVersion', /./, []],
  ['s3:PutObjectRetention', /./, []],
  ['s3:BypassGovernanceRetention', /./, []],
  ['s3:PutBucketPolicy', /./, []],
  ['kms:CreateGrant', /./, []],
  ['states:SendTaskSuccess', /./, ['decide']],
  ['states:SendTaskFailure', /./, []],
  ['states:SendTaskHeartbeat', /./, []],
  ['states:StartExecution', /./, ['triage', 'sweep']],
  ['states:RedriveExecution', /./, []],
  ['states:StopExecution', /./, []],
  ['states:GetExecutionHistory', /./, []],
  ['lambda:InvokeFunction', /Decide|decide/, ['slack']],
  ['lambda:InvokeFunction', /Triage|triage/, ['decide']],
  ['lambda:InvokeFunction', /Execute|execute|Close|close|Sweep|sweep/, []],
  ['lambda:InvokeFunctionUrl', /./, []],
  ['sns:Publish', /./, ['settle', ...closers, 'archive']],
  ['secretsmanager:GetSecretValue', /anthropic-api-key/, ['plan']],
  ['secretsmanager:GetSecretValue', /slack-signing-secret/, ['slack', 'decide']],
  [
    'secretsmanager:GetSecretValue',
    /slack-bot-token/,
    ['request-approval', 'slack', 'decide', 'settle', 'close', 'sweep', 'tell'],
  ],
  ['dynamodb:GetItem', control, [...switchReaders, 'triage']],
  ['dynamodb:Query', control, controlReaders],
  ['dynamodb:PutItem', control, ['request-approval', 'decide', 'archive']],
  ['dynamodb:UpdateItem', control, ['request-approval', 'decide', 'settle', 'close', 'sweep']],
  ['dynamodb:DeleteItem', control, []],
  ['dynamodb:ConditionCheckItem', control, ['decide', 'execute', 'archive']],
  ['dynamodb:ConditionCheckItem', audit, ['execute']],
  ['dynamodb:DeleteItem', work, ['close', 'sweep']],
  ['dynamodb:PutItem', work, workWriters],
  ['dynamodb:GetItem', work, [...workWriters, 'decide', 'archive']],
  ['dynamodb:Query', work, [...workWriters, 'decide', 'archive']],
  ['dynamodb:PutItem', audit, appenders],
  ['dynamodb:Query', audit, [...appenders, 'archive', 'tell']],
  ['dynamodb:UpdateItem', audit, []],
  ['dynamodb:DeleteItem', audit, []],
  ['dynamodb:PutItem', dispatches, ['execute']],
  ['dynamodb:Query', dispatches, ['gate', 'request-approval', 'decide', 'execute', ...closers, 'tell']],
  ['dynamodb:UpdateItem', dispatches, []],
  ['dynamodb:DeleteItem', dispatches, []],
  ['dynamodb:ConditionCheckItem', dispatches, []],
  ['dynamodb:GetRecords', /Audit.*StreamArn/, ['archive', 'tell']],
  ['dynamodb:GetRecords', /Dispatches.*StreamArn/, ['archive']],
  ['dynamodb:DescribeTable', /./, ['sweep']],
  ['dynamodb:GetResourcePolicy', /./, ['sweep']],
  ['dynamodb:PutResourcePolicy', /./, []],
  ['dynamodb:DeleteResourcePolicy', /./, []],
  ['dynamodb:UpdateTable', /./, []],
  ['lambda:ListEventSourceMappings', /./, ['sweep']],
  ['lambda:UpdateEventSourceMapping', /./, []],
  ['dynamodb:Scan', /./, []],
  ['sqs:ReceiveMessage', /./, ['triage']],
  ['sqs:DeleteMessage', /./, ['triage']],
  ['sqs:SendMessage', /Doorbells|Ringing/, []],
  ['tag:GetResources', /./, ['sweep']],
  ['cloudwatch:ListAlarmMuteRules', /./, ['triage', 'sweep']],
  ['cloudwatch:PutAlarmMuteRule', /./, []],
  ['cloudwatch:PutMetricAlarm', /./, []],
  ['cloudwatch:SetAlarmState', /./, []],
  ['ssm:GetCommandInvocation', /./, ['execute', 'poll', ...closers, 'tell']],
  ['ssm:ListCommands', /./, ['execute', 'poll', ...closers, 'tell']],
  ['ssm:CancelCommand', /./, ['poll']],
  ['iam:PassRole', /./, []],
];

describe('the table of authority', () => {
  test.each(onlyThese)('%s on %s: only %j', (action, resource, who) => {
    const may = functionNames.filter((name) => allows(name, action, resource));
    expect(may).toEqual(functionNames.filter((name) => who.includes(name)));
  });

  test('slack reaches no table, no key, no token and no host', () => {
    const statements = roleOf('slack').statements.filter(({ effect }) => effect === 'Allow');
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
      for (const { effect, actions, resources } of roleOf(name).statements) {
        if (effect === 'Deny') continue;
        expect(actions.join(), name).not.toContain('*');
        if (resources.includes('*'))
          for (const action of actions)
            expect(action, name).toMatch(
              /^(cloudwatch|ssm|dynamodb|tag|lambda):(Describe|List|Get)|^states:SendTaskSuccess$|^ssm:CancelCommand$/,
            );
      }
  });
});

describe('what a role denies itself', () => {
  test('the names of the kill switch are those of the design', () => {
    expect(switchKeys).toEqual(['KILL', 'RESUME', 'ABORT', 'STOPPED']);
  });

  test('whoever writes Control keeps off the kill switch, but decide and archive', () => {
    const keys = [...switchKeys, 'SUSPEND#*', 'REINSTATE#*'];
    const writers = functionNames.filter((name) =>
      ['dynamodb:PutItem', 'dynamodb:UpdateItem'].some((action) => allows(name, action, control)),
    );
    const kept = functionNames.filter((name) => {
      const denials = roleOf(name).statements.filter(
        ({ effect, condition }) => effect === 'Deny' && 'ForAnyValue:StringLike' in condition,
      );
      for (const { actions, resources, condition } of denials) {
        expect(actions).toEqual(['dynamodb:PutItem', 'dynamodb:UpdateItem']);
        expect(resources).toEqual([expect.stringMatching(control)]);
        expect(condition).toEqual({ 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': keys } });
      }
      return denials.length > 0;
    });
    expect(writers).toEqual(['request-approval', 'decide', 'settle', 'close', 'sweep', 'archive']);
    expect(kept).toEqual(writers.filter((name) => name !== 'decide' && name !== 'archive'));
  });

  test('decide puts into Control what stops, suspends, or lifts that, and nothing else', () => {
    const puts = roleOf('decide').statements.filter(({ actions }) => actions.includes('dynamodb:PutItem'));
    const intoControl = puts.filter(({ resources }) => resources.some((one) => control.test(one)));
    expect(intoControl).toMatchObject([
      {
        actions: ['dynamodb:PutItem', 'dynamodb:ConditionCheckItem'],
        condition: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...switchKeys, 'SUSPEND#*', 'REINSTATE#*'] },
        },
      },
    ]);
  });

  test('decide writes into Work how fast messages go out, and nothing else', () => {
    const writes = roleOf('decide').statements.filter(
      ({ actions, resources }) =>
        actions.some((action) => /^dynamodb:(?:Put|Update|Delete)Item$/.test(action)) &&
        resources.some((one) => work.test(one)),
    );
    expect(writes).toMatchObject([
      {
        actions: ['dynamodb:UpdateItem'],
        condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['PACE#*'] } },
      },
    ]);
  });

  test('archive reaches of Control the kill switch alone', () => {
    const reached = roleOf('archive').statements.filter(({ resources }) => resources.some((one) => control.test(one)));
    expect(reached).toMatchObject([
      {
        effect: 'Allow',
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:ConditionCheckItem'],
        condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [...switchKeys] } },
      },
    ]);
  });

  test.each(functionNames)('%s: everything, to code of another function that was given the role', (name) => {
    const [denial, ...more] = roleOf(name).statements.filter(({ condition }) => 'Null' in condition);
    expect(more).toEqual([]);
    expect(denial).toMatchObject({ effect: 'Deny', actions: ['*'], resources: ['*'] });
    expect(denial?.condition.Null).toEqual({ 'lambda:SourceFunctionArn': 'false' });
    const own = `arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:countersign-${name}`;
    const allowed = at<unknown[]>(denial?.condition.ArnNotEquals, 'lambda:SourceFunctionArn');
    expect(allowed.map(flat)).toEqual([own, `${own}:*`]);
  });

  test('says so nowhere else: in a trust or a resource policy the key would match everybody', () => {
    const elsewhere = [...Object.values(responseResources), ...Object.values(dataResources)].filter(
      ({ Type }) => Type !== 'AWS::IAM::Policy',
    );
    expect(JSON.stringify(elsewhere)).not.toContain('SourceFunctionArn');
    for (const name of ['send', 'incident']) expect(JSON.stringify(roleOf(name))).not.toContain('SourceFunctionArn');
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
  const deciding = ['APPROVAL_KEY_ARN', 'AUDIT_TABLE', 'CONTROL_TABLE'];
  const gating = [...deciding, 'DISPATCHES_TABLE'];
  const judging = [...gating, 'WORK_TABLE'];
  const closing = [...judging, 'PAGE_TOPIC_ARN', 'SLACK_BOT_TOKEN_SECRET'];
  const expected: Record<FunctionName, string[]> = {
    triage: [...deciding, 'ALARM_QUEUE_ARN', 'STATE_MACHINE_ARN', 'WORK_TABLE'],
    plan: ['ANTHROPIC_API_KEY_SECRET', 'AUDIT_TABLE', 'WORK_TABLE'],
    gate: gating,
    'request-approval': [...judging, 'SLACK_BOT_TOKEN_SECRET'],
    slack: ['DECIDE_FUNCTION', 'SLACK_BOT_TOKEN_SECRET', 'SLACK_SIGNING_SECRET'],
    decide: [
      ...gating,
      'DOOR_AUDIENCE',
      'SLACK_BOT_TOKEN_SECRET',
      'SLACK_SIGNING_SECRET',
      'STATE_MACHINE_ARN',
      'STS_HOST',
      'TRIAGE_FUNCTION',
      'WORK_TABLE',
    ],
    settle: [
      'APPROVAL_KEY_ARN',
      'AUDIT_TABLE',
      'CONTROL_TABLE',
      'PAGE_TOPIC_ARN',
      'SLACK_BOT_TOKEN_SECRET',
      'WORK_TABLE',
    ],
    execute: [...judging, 'SEND_ROLE_ARN'],
    poll: [...deciding, 'WORK_TABLE'],
    close: closing,
    sweep: ['ARCHIVE_FUNCTION', ...closing, 'STATE_MACHINE_ARN'],
    archive: ['APPROVAL_KEY_ARN', 'ARCHIVE_BUCKET', 'AUDIT_TABLE', 'CONTROL_TABLE', 'PAGE_TOPIC_ARN', 'WORK_TABLE'],
    checkpoint: ['ARCHIVE_BUCKET', 'CHECKPOINT_KEY_ARN'],
    tell: ['APPROVAL_KEY_ARN', 'AUDIT_TABLE', 'DISPATCHES_TABLE', 'SLACK_BOT_TOKEN_SECRET', 'WORK_TABLE'],
  };

  test.each(functionNames)('%s knows only what it may use', (name) => {
    expect(Object.keys(variablesOf(name)).sort()).toEqual(expected[name].toSorted());
  });

  test('carries names and ARNs, never a secret', () => {
    for (const name of functionNames)
      for (const [variable, value] of Object.entries(variablesOf(name)))
        expect(flat(value), variable).toMatch(
          /^arn:|^countersign[-/]|^<|^countersign-data:|^sts\.<AWS::Region>\.<AWS::URLSuffix>$/,
        );
    expect(ofType(responseResources, 'AWS::SecretsManager::Secret')).toEqual([]);
    expect(ofType(dataResources, 'AWS::SecretsManager::Secret')).toEqual([]);
  });
});
