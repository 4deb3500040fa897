/** The rights that functions are given, by what they are for; which function has which is in authority.ts. */
import { ArnFormat, type Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { archiveFolders, folders } from '../core/audit/archived.ts';
import { archiveBucketName } from '../core/deployed-names.ts';
import type { Deployment } from '../core/policy/deployment.ts';
import type { Allowance, Grant } from './lambda-function.ts';
import {
  lambdaArn,
  lambdaName,
  paceKeys,
  roleName,
  stateMachineArn,
  stateMachineName,
  suspensionKeys,
  switchKeys,
} from './names.ts';

/** What the functions work on. The keys of approvals and checkpoints and the tables belong to the data stack, the rest to the response stack. */
export interface Resources {
  readonly work: Table;
  readonly control: Table;
  readonly audit: Table;
  readonly dispatches: Table;
  readonly approvalKey: IKey;
  readonly checkpointKey: IKey;
  readonly pages: ITopic;
  /** What alarms ring through. */
  readonly doorbells: IQueue;
  /** Encrypts the machine's data and the topics. */
  readonly operationsKey: IKey;
  /** ARNs of a customer's keys; null = AWS's own, which needs no right. */
  readonly keys: Deployment['keys'];
}

const noResourceType = 'The action has no resource type in IAM: it can only be allowed on everything.';

const tableWriting = ['Encrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext'];

/** What a service does with a customer's key for who calls it: nothing else may be done with it. */
function through(stack: Stack, service: string, key: string | null, ...actions: string[]): Allowance[] {
  if (key === null) return [];
  const conditions = { StringEquals: { 'kms:ViaService': `${service}.${stack.region}.${stack.urlSuffix}` } };
  return [{ actions: actions.map((action) => `kms:${action}`), resources: [key], conditions }];
}

/** What CDK's own grants give a table's reader, and below a writer; the caller of DynamoDB needs it, not the service. */
export function readingUnder(stack: Stack, tablesKey: string | null): Allowance[] {
  return through(stack, 'dynamodb', tablesKey, 'Decrypt', 'DescribeKey');
}

function inArchive(
  stack: Stack,
  rights: readonly { readonly actions: readonly string[]; readonly folder: string }[],
  listed: readonly string[] = [],
): Grant {
  const name = archiveBucketName(stack);
  const bucket = stack.formatArn({ service: 's3', region: '', account: '', resource: name });
  const wildcard = 'One folder of one bucket; names of objects hold digests, which nobody knows before.';
  const list = {
    actions: ['s3:ListBucket'],
    resources: [bucket],
    conditions: { StringLike: { 's3:prefix': listed.map((folder) => `${folder}*`) } },
  };
  return {
    environment: { ARCHIVE_BUCKET: name },
    allow: [
      ...rights.map(({ actions, folder }) => ({ actions, resources: [`${bucket}/${folder}*`], wildcard })),
      ...(listed.length > 0 ? [list] : []),
    ],
  };
}

const onEverything = (...actions: string[]): Grant => ({
  allow: [{ actions, resources: ['*'], wildcard: noResourceType }],
});

/** Every right that a function can have, bound to the deployed resources. */
export function grantsOf(stack: Stack, resources: Resources) {
  const { work, control, audit, dispatches, approvalKey, checkpointKey, pages, doorbells, operationsKey, keys } =
    resources;
  const reading = readingUnder(stack, keys.tables);
  const writing = through(stack, 'dynamodb', keys.tables, ...tableWriting);
  const on = (table: Table, variable: string, ...actions: string[]): Grant => ({
    environment: { [variable]: table.tableName },
    allow: [
      { actions: actions.map((action) => `dynamodb:${action}`), resources: [table.tableArn] },
      ...reading,
      ...(actions.some((action) => /^(?:Put|Update|Delete)Item$/.test(action)) ? writing : []),
    ],
  });
  const ofStream = (table: Table): Grant => {
    const actions = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
    const list = onEverything('dynamodb:ListStreams').allow;
    return { allow: [{ actions, resources: [streamOf(table)] }, ...list, ...reading] };
  };
  const arn = (service: string, resource: string, resourceName: string): string =>
    stack.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const secret = (variable: string, name: string): Grant => ({
    environment: { [variable]: name },
    allow: [
      {
        actions: ['secretsmanager:GetSecretValue'],
        resources: [arn('secretsmanager', 'secret', `${name}-??????`)],
      },
      ...through(stack, 'secretsmanager', keys.secrets, 'Decrypt'),
    ],
  });
  const runDocuments = stack.formatArn({ service: 'ssm', resource: 'document', resourceName: 'countersign-run-*' });
  const machine = stateMachineArn(stack);

  return {
    workWrite: on(work, 'WORK_TABLE', 'GetItem', 'Query', 'PutItem', 'UpdateItem'),
    /** Of an incident, what is kept for people, and which incidents are open. */
    workRead: on(work, 'WORK_TABLE', 'GetItem', 'Query'),
    workDelete: on(work, 'WORK_TABLE', 'DeleteItem'),
    /** Takes room for a message, and writes nothing else there. Not evaluated by the emulator, which knows no `dynamodb:LeadingKeys`. */
    pace: {
      environment: { WORK_TABLE: work.tableName },
      allow: [
        {
          actions: ['dynamodb:UpdateItem'],
          resources: [work.tableArn],
          conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': paceKeys } },
        },
        ...reading,
        ...writing,
      ],
    },
    auditAppend: on(audit, 'AUDIT_TABLE', 'PutItem', 'Query'),
    /** To hold an entry against the one before it. */
    auditRead: on(audit, 'AUDIT_TABLE', 'Query'),
    controlRead: on(control, 'CONTROL_TABLE', 'GetItem', 'Query'),
    /** Signed words, by key: that an incident shall begin, how the kill switch stands. */
    controlGet: on(control, 'CONTROL_TABLE', 'GetItem'),
    controlUpdate: on(control, 'CONTROL_TABLE', 'GetItem', 'Query', 'UpdateItem'),
    controlPut: on(control, 'CONTROL_TABLE', 'GetItem', 'Query', 'PutItem', 'UpdateItem'),
    /** For those who write Control otherwise. Not evaluated by the emulator, which knows no `dynamodb:LeadingKeys`. */
    notTheSwitch: {
      allow: [],
      deny: [
        {
          actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
          resources: [control.tableArn],
          conditions: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': [...switchKeys, ...suspensionKeys] } },
        },
      ],
    },
    dispatchesRead: on(dispatches, 'DISPATCHES_TABLE', 'Query'),
    /** One transaction burns a dispatch, and checks the first release's marker, the kill switch and the question. */
    burn: [
      on(dispatches, 'DISPATCHES_TABLE', 'PutItem'),
      on(audit, 'AUDIT_TABLE', 'ConditionCheckItem'),
      on(control, 'CONTROL_TABLE', 'ConditionCheckItem'),
    ],
    /**
     * Reads the kill switch and puts a stop, and reaches nothing else in Control. The emulator knows no
     * `dynamodb:LeadingKeys`, and an absent key satisfies ForAllValues: there the rest is open, on AWS it is not.
     */
    switchStop: {
      environment: { CONTROL_TABLE: control.tableName },
      allow: [
        {
          actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:ConditionCheckItem'],
          resources: [control.tableArn],
          conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': switchKeys } },
        },
        ...reading,
        ...writing,
      ],
    },
    /** Puts stops, suspensions and signed words, each with a look at the row beside it. */
    switchWrite: {
      environment: { CONTROL_TABLE: control.tableName },
      allow: [
        {
          actions: ['dynamodb:PutItem', 'dynamodb:ConditionCheckItem'],
          resources: [control.tableArn],
          conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...switchKeys, ...suspensionKeys] } },
        },
        ...reading,
        ...writing,
      ],
    },
    /** Lambda reads the streams with the function's role. */
    streamRead: [ofStream(audit), ofStream(dispatches)],
    auditStreamRead: ofStream(audit),

    /** Lambda reads the queue with the function's role. */
    doorbellsRead: {
      environment: { ALARM_QUEUE_ARN: doorbells.queueArn },
      allow: [
        {
          actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
          resources: [doorbells.queueArn],
        },
      ],
    },
    alarmRead: {
      allow: [
        {
          actions: [
            'cloudwatch:DescribeAlarms',
            'cloudwatch:DescribeAlarmContributors',
            'cloudwatch:ListTagsForResource',
          ],
          resources: ['*'],
          wildcard: 'Which alarms ring nobody knows before, and composite ones are told only to who may ask for all.',
        },
      ],
    },
    /** For those who begin something: a muted alarm begins nothing. */
    muteRead: {
      allow: [
        {
          actions: ['cloudwatch:ListAlarmMuteRules'],
          resources: ['*'],
          wildcard: 'It finds the rules that mute an alarm; which there are nobody knows before.',
        },
      ],
    },
    /** Whether policies, streams and what reads them are there. */
    safeguardRead: {
      environment: { ARCHIVE_FUNCTION: lambdaName('archive') },
      allow: [
        {
          actions: ['dynamodb:DescribeTable', 'dynamodb:GetResourcePolicy'],
          resources: [work, control, audit, dispatches].map(({ tableArn }) => tableArn),
        },
        ...onEverything('lambda:ListEventSourceMappings').allow,
      ],
    },
    /** Which alarms are opted in, for who looks for those that nobody answered. */
    tagSearch: onEverything('tag:GetResources'),
    metricRead: {
      allow: [
        {
          actions: ['cloudwatch:GetMetricData'],
          resources: ['*'],
          wildcard: 'What an alarm compares nobody knows before; a metric is no resource.',
        },
      ],
    },
    instanceRead: onEverything('ssm:DescribeInstanceInformation'),
    /** A command whose answer was lost is found again in the list, by its Comment. */
    commandRead: onEverything('ssm:GetCommandInvocation', 'ssm:ListCommands'),
    /** Cancels under a signed abort. Which commands are ours, only the code knows. */
    commandCancel: onEverything('ssm:CancelCommand'),
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
    /** With the public half a function verifies by itself, without asking KMS again. */
    publicKey: {
      environment: { APPROVAL_KEY_ARN: approvalKey.keyArn },
      allow: [{ actions: ['kms:GetPublicKey'], resources: [approvalKey.keyArn] }],
    },
    /** Puts only: `archive` reads nothing of what it wrote. */
    archivePut: inArchive(
      stack,
      archiveFolders.map((folder) => ({ actions: ['s3:PutObject'], folder })),
    ),
    /** Reads notes and its own checkpoints, and puts the next. */
    checkpointPut: inArchive(
      stack,
      [
        { actions: ['s3:GetObject'], folder: folders.notes },
        { actions: ['s3:GetObject', 's3:PutObject'], folder: folders.checkpoints },
      ],
      [folders.notes, folders.checkpoints],
    ),
    checkpointSign: {
      environment: { CHECKPOINT_KEY_ARN: checkpointKey.keyArn },
      allow: [{ actions: ['kms:Sign', 'kms:GetPublicKey'], resources: [checkpointKey.keyArn] }],
    },
    signingSecret: secret('SLACK_SIGNING_SECRET', 'countersign/slack-signing-secret'),
    botToken: secret('SLACK_BOT_TOKEN_SECRET', 'countersign/slack-bot-token'),
    modelKey: secret('ANTHROPIC_API_KEY_SECRET', 'countersign/anthropic-api-key'),
    triageInvoke: {
      environment: { TRIAGE_FUNCTION: lambdaName('triage') },
      allow: [{ actions: ['lambda:InvokeFunction'], resources: [lambdaArn(stack, 'triage')] }],
    },
    decideInvoke: {
      environment: { DECIDE_FUNCTION: lambdaName('decide') },
      allow: [{ actions: ['lambda:InvokeFunction'], resources: [lambdaArn(stack, 'decide')] }],
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
  } as const satisfies Record<string, Grant | readonly Grant[]>;
}

export type Grants = ReturnType<typeof grantsOf>;

/** The stream of a table; a table without one is a fault of the data stack. */
export function streamOf(table: Table): string {
  if (!table.tableStreamArn) throw new Error(`${table.node.path} has no stream; the data stack gives it one`);
  return table.tableStreamArn;
}

function sendRoleArn(stack: Stack): string {
  return stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: roleName(stack, 'send') });
}
