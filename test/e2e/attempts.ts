/** What a function might try with its role: each attempt reaches the service and does no harm where IAM lets it through. */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListAlarmMuteRulesCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeTableCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { AttachRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateGrantCommand, GetPublicKeyCommand, KMSClient, SignCommand, VerifyCommand } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  CancelCommandCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  GetDocumentCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { runDocument } from '../../core/derive/run-document.ts';
import { account, region } from '../../local/emulator.ts';
import type { Laptop } from '../../local/laptop.ts';
import { foreignHost, webHost } from '../../local/virtual-host.ts';
import type { TableName } from './records.ts';
import type { RoleCredentials } from './roles.ts';

export type Attempt = () => Promise<unknown>;

const no = `arn:aws:states:${region}:${account}:execution:countersign-incident:inc-${'0'.repeat(20)}`;

/** Every attempt by its name, with one role's credentials. */
export function attemptsOf(
  { emulator, node, outputs, cloudwatch }: Laptop,
  keys: { readonly approval: string; readonly checkpoint: string },
  credentials: RoleCredentials,
): Record<string, Attempt> {
  const settings = { endpoint: emulator.endpoint, region, credentials, maxAttempts: 2 };
  return {
    ...tableAttempts(settings),
    ...signingAttempts(settings, keys.approval),
    ...machineAttempts(settings, outputs),
    ...hostAttempts(settings, node.url),
    ...otherAttempts(settings, outputs),
    ...ringingAttempts(settings, cloudwatch.url),
    ...archiveAttempts(settings, keys.checkpoint),
  };
}

/** The queue's messages are taken for no time, so that an attempt takes none away. */
function ringingAttempts(settings: Settings, front: string): Record<string, Attempt> {
  const sqs = new SQSClient(settings);
  const cloudwatch = new CloudWatchClient({ ...settings, endpoint: front });
  const tagging = new ResourceGroupsTaggingAPIClient({ ...settings, endpoint: front });
  const QueueUrl = `${settings.endpoint}/${account}/countersign-doorbells`;
  return {
    'doorbells: take': () => sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 })),
    'doorbells: put': () => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' })),
    'alarms: which are muted': () => cloudwatch.send(new ListAlarmMuteRulesCommand({ Statuses: ['ACTIVE'] })),
    'archive: what wakes it': () =>
      new LambdaClient(settings).send(new ListEventSourceMappingsCommand({ FunctionName: 'countersign-archive' })),
    'alarms: search by tag': () => tagging.send(new GetResourcesCommand({})),
  };
}

/** Puts ask for what is never there, so that nothing is written. */
function archiveAttempts(settings: Settings, KeyId: string): Record<string, Attempt> {
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  const kms = new KMSClient(settings);
  const Bucket = `countersign-archive-${account}-${region}`;
  const put = (Key: string) => () => s3.send(new PutObjectCommand({ Bucket, Key, Body: '', IfMatch: '"never"' }));
  return {
    'archive: put an entry': put('audit/attempt'),
    'archive: put a checkpoint': put('checkpoints/attempt'),
    'archive: read an entry': () => s3.send(new GetObjectCommand({ Bucket, Key: 'audit/attempt' })),
    'archive: list notes': () => s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'notes/', MaxKeys: 1 })),
    'archive: list entries': () => s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'audit/', MaxKeys: 1 })),
    'archive: delete': () => s3.send(new DeleteObjectCommand({ Bucket, Key: 'audit/attempt' })),
    'checkpoint key: sign': () =>
      kms.send(
        new SignCommand({ KeyId, Message: Buffer.alloc(32), MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' }),
      ),
    'checkpoint key: public half': () => kms.send(new GetPublicKeyCommand({ KeyId })),
  };
}

interface Settings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: RoleCredentials;
  readonly maxAttempts: number;
}

function tableAttempts(settings: Settings): Record<string, Attempt> {
  const client = new DynamoDBClient(settings);
  const database = DynamoDBDocumentClient.from(client);
  const forTable = (name: 'work' | 'control' | 'audit' | 'dispatches'): Record<string, Attempt> => {
    const TableName: TableName = `countersign-${name}`;
    const Key = { pk: 'ATTEMPT', sk: name === 'audit' ? 0 : 'ATTEMPT' };
    const partition = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': 'ATTEMPT' } };
    const never = 'attribute_exists(attempt) AND attribute_not_exists(attempt)';
    const statement = (Statement: string) => () => client.send(new ExecuteStatementCommand({ Statement }));
    const where = `WHERE pk = 'ATTEMPT' AND sk = ${name === 'audit' ? 0 : "'ATTEMPT'"}`;
    return {
      [`${name}: get`]: () => database.send(new GetCommand({ TableName, Key })),
      [`${name}: query`]: () => database.send(new QueryCommand({ TableName, ...partition })),
      [`${name}: scan`]: () => database.send(new ScanCommand({ TableName })),
      [`${name}: put`]: () => database.send(new PutCommand({ TableName, Item: Key, ConditionExpression: never })),
      [`${name}: update`]: () =>
        database.send(
          new UpdateCommand({ TableName, Key, UpdateExpression: 'REMOVE attempt', ConditionExpression: never }),
        ),
      [`${name}: delete`]: () => database.send(new DeleteCommand({ TableName, Key, ConditionExpression: never })),
      [`${name}: delete in a transaction`]: () =>
        database.send(
          new TransactWriteCommand({
            TransactItems: [{ Delete: { TableName, Key, ConditionExpression: never } }],
          }),
        ),
      [`${name}: batch put`]: () =>
        database.send(new BatchWriteCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item: Key } }] } })),
      [`${name}: batch delete`]: () =>
        database.send(new BatchWriteCommand({ RequestItems: { [TableName]: [{ DeleteRequest: { Key } }] } })),
      [`${name}: PartiQL insert`]: statement(
        `INSERT INTO "${TableName}" VALUE {'pk': 'ATTEMPT', 'sk': ${name === 'audit' ? 0 : "'ATTEMPT'"}}`,
      ),
      [`${name}: PartiQL update`]: statement(`UPDATE "${TableName}" SET attempt = 1 ${where}`),
      [`${name}: PartiQL delete`]: statement(`DELETE FROM "${TableName}" ${where}`),
      [`${name}: describe`]: () => client.send(new DescribeTableCommand({ TableName })),
      [`${name}: unprotect`]: () =>
        client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false })),
    };
  };
  const stop = {
    TableName: 'countersign-control',
    Item: { pk: 'KILL', sk: '000000000' },
    ConditionExpression: 'attribute_exists(pk)',
  };
  return {
    ...forTable('work'),
    ...forTable('control'),
    'control: put a stop': () => database.send(new PutCommand(stop)),
    ...forTable('audit'),
    ...forTable('dispatches'),
  };
}

function signingAttempts(settings: Settings, KeyId: string): Record<string, Attempt> {
  const kms = new KMSClient(settings);
  const digest = {
    KeyId,
    Message: new Uint8Array(32),
    MessageType: 'DIGEST',
    SigningAlgorithm: 'ECDSA_SHA_256',
  } as const;
  const grant = { KeyId, GranteePrincipal: `arn:aws:iam::${account}:root`, Operations: ['Sign' as const] };
  return {
    'key: sign': () => kms.send(new SignCommand(digest)),
    'key: verify': () => kms.send(new VerifyCommand({ ...digest, Signature: new Uint8Array(64) })),
    'key: public half': () => kms.send(new GetPublicKeyCommand({ KeyId: digest.KeyId })),
    'key: grant': () => kms.send(new CreateGrantCommand(grant)),
  };
}

function machineAttempts(settings: Settings, outputs: Laptop['outputs']): Record<string, Attempt> {
  const states = new SFNClient(settings);
  const stateMachineArn = outputs.StateMachineArn ?? '';
  return {
    'machine: start': () => states.send(new StartExecutionCommand({ stateMachineArn, input: 'not JSON' })),
    'machine: describe': () => states.send(new DescribeExecutionCommand({ executionArn: no })),
    'machine: history': () => states.send(new GetExecutionHistoryCommand({ executionArn: no })),
    'machine: stop': () => states.send(new StopExecutionCommand({ executionArn: no })),
    'machine: wake': () => states.send(new SendTaskSuccessCommand({ taskToken: 'none', output: '{}' })),
    'machine: fail': () => states.send(new SendTaskFailureCommand({ taskToken: 'none' })),
  };
}

function hostAttempts(settings: Settings, nodeUrl: string): Record<string, Attempt> {
  const ssm = new SSMClient({ ...settings, endpoint: nodeUrl, maxAttempts: 1 });
  const sts = new STSClient(settings);
  const { name } = runDocument();
  const InstanceIds = [webHost.instanceId];
  const command = { CommandId: '00000000-0000-4000-8000-000000000000', InstanceId: webHost.instanceId };
  const shell = { DocumentName: 'AWS-RunShellScript', InstanceIds, Parameters: { commands: ['true'] } };
  const session = { RoleArn: `arn:aws:iam::${account}:role/countersign-send-${region}`, RoleSessionName: 'attempt' };
  return {
    'hosts: send our document': () => ssm.send(new SendCommandCommand({ DocumentName: name, InstanceIds })),
    'hosts: send our document to a stranger': () =>
      ssm.send(new SendCommandCommand({ DocumentName: name, InstanceIds: [foreignHost.instanceId] })),
    'hosts: send any script': () => ssm.send(new SendCommandCommand(shell)),
    'hosts: list': () => ssm.send(new DescribeInstanceInformationCommand({})),
    'hosts: read a result': () => ssm.send(new GetCommandInvocationCommand(command)),
    'hosts: cancel a command': () => ssm.send(new CancelCommandCommand({ CommandId: command.CommandId })),
    'hosts: read our document': () => ssm.send(new GetDocumentCommand({ Name: name })),
    'hosts: become the sender': () => sts.send(new AssumeRoleCommand(session)),
  };
}

function otherAttempts(settings: Settings, outputs: Laptop['outputs']): Record<string, Attempt> {
  const secrets = new SecretsManagerClient(settings);
  const lambda = new LambdaClient(settings);
  const cloudwatch = new CloudWatchClient(settings);
  const iam = new IAMClient(settings);
  const secret = (SecretId: string) => () => secrets.send(new GetSecretValueCommand({ SecretId }));
  const invoke = (FunctionName: string) => () => lambda.send(new InvokeCommand({ FunctionName, Payload: '{}' }));
  const page = { TopicArn: outputs.PageTopicArn, Message: 'an attempt' };
  const rights = { RoleName: `countersign-slack-${region}`, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' };
  const metrics = { StartTime: new Date(0), EndTime: new Date(1000), MetricDataQueries: [] };
  const state = { AlarmName: 'attempt', StateValue: 'OK', StateReason: 'attempt' } as const;
  return {
    'secret: signing': secret('countersign/slack-signing-secret'),
    'secret: bot token': secret('countersign/slack-bot-token'),
    'secret: model key': secret('countersign/anthropic-api-key'),
    'invoke: decide': invoke('countersign-decide'),
    'invoke: triage': invoke('countersign-triage'),
    'invoke: execute': invoke('countersign-execute'),
    'alarm: read': () => cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['attempt'] })),
    'alarm: set': () => cloudwatch.send(new SetAlarmStateCommand(state)),
    'metric: read': () => cloudwatch.send(new GetMetricDataCommand(metrics)),
    'people: page': () => new SNSClient(settings).send(new PublishCommand(page)),
    'rights: widen': () => iam.send(new AttachRolePolicyCommand(rights)),
  };
}
