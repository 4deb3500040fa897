/** The rights that functions are given, by what they are for; which function has which is in authority.ts. */
import { ArnFormat, type Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Grant } from './lambda-function.ts';
import { lambdaName, roleName, stateMachineArn, stateMachineName } from './names.ts';

/** What the functions work on. The approval key and the tables belong to the data stack, the rest to the response stack. */
export interface Resources {
  readonly work: Table;
  readonly control: Table;
  readonly audit: Table;
  readonly approvalKey: IKey;
  readonly pages: ITopic;
  /** Encrypts the machine's data and the topics. */
  readonly operationsKey: IKey;
}

const noResourceType = 'The action has no resource type in IAM: it can only be allowed on everything.';

function on(table: Table, variable: string, ...actions: string[]): Grant {
  return {
    environment: { [variable]: table.tableName },
    allow: [{ actions: actions.map((action) => `dynamodb:${action}`), resources: [table.tableArn] }],
  };
}

const onEverything = (...actions: string[]): Grant => ({
  allow: [{ actions, resources: ['*'], wildcard: noResourceType }],
});

/** Every right that a function can have, bound to the deployed resources. */
export function grantsOf(stack: Stack, { work, control, audit, approvalKey, pages, operationsKey }: Resources) {
  const arn = (service: string, resource: string, resourceName: string): string =>
    stack.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const secret = (variable: string, name: string): Grant => ({
    environment: { [variable]: name },
    allow: [
      {
        actions: ['secretsmanager:GetSecretValue'],
        resources: [arn('secretsmanager', 'secret', `${name}-??????`)],
      },
    ],
  });
  const runDocuments = stack.formatArn({ service: 'ssm', resource: 'document', resourceName: 'countersign-run-*' });
  const machine = stateMachineArn(stack);

  return {
    workWrite: on(work, 'WORK_TABLE', 'GetItem', 'Query', 'PutItem', 'UpdateItem'),
    workDelete: on(work, 'WORK_TABLE', 'DeleteItem'),
    auditAppend: on(audit, 'AUDIT_TABLE', 'PutItem', 'Query'),
    controlRead: on(control, 'CONTROL_TABLE', 'GetItem', 'Query'),
    /** One transaction burns a dispatch in Audit and checks request, votes and kill switch here. */
    controlCheck: on(control, 'CONTROL_TABLE', 'GetItem', 'Query', 'ConditionCheckItem'),
    controlUpdate: on(control, 'CONTROL_TABLE', 'GetItem', 'Query', 'UpdateItem'),
    controlPut: on(control, 'CONTROL_TABLE', 'GetItem', 'Query', 'PutItem', 'UpdateItem'),

    alarmRead: onEverything(
      'cloudwatch:DescribeAlarms',
      'cloudwatch:DescribeAlarmContributors',
      'cloudwatch:ListTagsForResource',
    ),
    metricRead: onEverything('cloudwatch:GetMetricData'),
    instanceRead: onEverything('ssm:DescribeInstanceInformation'),
    /** A command whose answer was lost is found again in the list, by its Comment. */
    commandRead: onEverything('ssm:GetCommandInvocation', 'ssm:ListCommands'),
    documentRead: {
      allow: [
        {
          actions: ['ssm:GetDocument', 'ssm:DescribeDocument'],
          resources: [runDocuments],
          wildcard: 'The documents of this product only; the name ends in the digest of the content.',
        },
      ],
    },
    sendAs: {
      environment: { SEND_ROLE_ARN: sendRoleArn(stack) },
      allow: [{ actions: ['sts:AssumeRole', 'sts:SetSourceIdentity'], resources: [sendRoleArn(stack)] }],
    },

    machineStart: {
      environment: { STATE_MACHINE_ARN: machine },
      allow: [{ actions: ['states:StartExecution'], resources: [machine] }],
    },
    machineRead: {
      environment: { STATE_MACHINE_ARN: machine },
      allow: [
        {
          actions: ['states:DescribeExecution'],
          resources: [arn('states', 'execution', `${stateMachineName}:*`)],
          wildcard: 'The executions of this machine only; their names are incident ids.',
        },
      ],
    },
    tokenWake: { environment: { STATE_MACHINE_ARN: machine }, ...onEverything('states:SendTaskSuccess') },

    sign: {
      environment: { APPROVAL_KEY_ARN: approvalKey.keyArn },
      allow: [{ actions: ['kms:Sign'], resources: [approvalKey.keyArn] }],
    },
    verify: {
      environment: { APPROVAL_KEY_ARN: approvalKey.keyArn },
      allow: [{ actions: ['kms:Verify'], resources: [approvalKey.keyArn] }],
    },
    signingSecret: secret('SLACK_SIGNING_SECRET', 'countersign/slack-signing-secret'),
    botToken: secret('SLACK_BOT_TOKEN_SECRET', 'countersign/slack-bot-token'),
    modelKey: secret('ANTHROPIC_API_KEY_SECRET', 'countersign/anthropic-api-key'),
    decideInvoke: {
      environment: { DECIDE_FUNCTION: lambdaName('decide') },
      allow: [{ actions: ['lambda:InvokeFunction'], resources: [arn('lambda', 'function', lambdaName('decide'))] }],
    },
    page: {
      environment: { PAGE_TOPIC_ARN: pages.topicArn },
      allow: [
        { actions: ['sns:Publish'], resources: [pages.topicArn] },
        {
          actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
          resources: [operationsKey.keyArn],
          conditions: { StringEquals: { 'kms:ViaService': `sns.${stack.region}.${stack.urlSuffix}` } },
        },
      ],
    },
  } as const satisfies Record<string, Grant>;
}

export type Grants = ReturnType<typeof grantsOf>;

function sendRoleArn(stack: Stack): string {
  return stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: roleName(stack, 'send') });
}
