/** What the emulator does not do, or does otherwise than AWS: each in one function, used by the local deploy only. */
import { DynamoDBClient, PutResourcePolicyCommand } from '@aws-sdk/client-dynamodb';
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand, SetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { account, credentials, region } from './emulator.ts';

/** No TLS on 127.0.0.1: the bootstrap bucket's policy refuses plain HTTP, as it should on AWS. */
export async function allowPlainHttpAssets(endpoint: string): Promise<void> {
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new DeleteBucketPolicyCommand({ Bucket: `cdk-hnb659fds-assets-${account}-${region}` }));
}

/** The same for topics: a statement that demands TLS would keep every page from being published. */
export async function allowPlainHttpTopics(endpoint: string): Promise<void> {
  const client = new SNSClient({ endpoint, region, credentials });
  for (const name of ['countersign-pages', 'countersign-alarms']) {
    const TopicArn = `arn:aws:sns:${region}:${account}:${name}`;
    const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
    const AttributeValue = withoutTls(Attributes?.Policy);
    await client.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }));
  }
}

/** The same for the queue of alarms: what the emulator's SNS delivers counts as plain HTTP there, and would vanish. */
export async function allowPlainHttpQueue(endpoint: string): Promise<void> {
  const client = new SQSClient({ endpoint, region, credentials });
  // The queue's policy counts for these calls too: they come in as those of a proxy that has ended TLS.
  client.middlewareStack.add(
    (next) => (call) => {
      Object.assign((call.request as { headers: object }).headers, { 'x-forwarded-proto': 'https' });
      return next(call);
    },
    { step: 'build' },
  );
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: 'countersign-doorbells' }));
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }));
  const changed = { Policy: withoutTls(Attributes?.Policy) };
  await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: changed }));
}

/**
 * The archive's bucket: its Object Lock is dropped from templates, its policy demands TLS, and that a put asks for absence
 * is a condition that nobody evaluates here (the put itself asks, and is refused as on AWS).
 */
export async function lockArchive(endpoint: string): Promise<void> {
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  const Bucket = `countersign-archive-${account}-${region}`;
  const { Policy } = await client.send(new GetBucketPolicyCommand({ Bucket }));
  const { Statement = [], ...rest }: Policy = JSON.parse(withoutTls(Policy));
  const kept = Statement.filter(({ Condition }) => !Object.hasOwn(Condition?.Null ?? {}, 's3:if-none-match'));
  await client.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ ...rest, Statement: kept }) }));
  const Rule = { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } } as const;
  const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule } as const;
  await client.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
}

interface Policy {
  readonly Statement?: readonly { readonly Condition?: { readonly Bool?: object; readonly Null?: object } }[];
}

/** A resource's policy without the statement that demands TLS. */
function withoutTls(text = '{}'): string {
  const policy: Policy = JSON.parse(text);
  const Statement = (policy.Statement ?? []).filter(
    ({ Condition }) => !Object.hasOwn(Condition?.Bool ?? {}, 'aws:SecureTransport'),
  );
  return JSON.stringify({ ...policy, Statement });
}

/** Where functions find what the emulator does not have, or not as AWS has it. */
export interface Stands {
  /** No managed instances. */
  readonly managedNodeUrl: string;
  /** No quotas, contributors, mute rules or search by tag. */
  readonly cloudWatchUrl: string;
}

/** Every function's clients of these services are pointed at what stands in for them. */
export async function reachStands(endpoint: string, { managedNodeUrl, cloudWatchUrl }: Stands): Promise<void> {
  const client = new LambdaClient({ endpoint, region, credentials });
  const names: string[] = [];
  for await (const page of paginateListFunctions({ client }, {})) {
    names.push(
      ...(page.Functions ?? []).flatMap(({ FunctionName = '' }) => FunctionName.match(/^countersign-/)?.input ?? []),
    );
  }
  await Promise.all(
    names.map(async (FunctionName) => {
      const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
      const Variables = {
        ...Environment?.Variables,
        AWS_ENDPOINT_URL_SSM: managedNodeUrl,
        AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatchUrl,
        AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API: cloudWatchUrl,
      };
      await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
    }),
  );
}

/** As much of a synthesised template as is read here. */
export interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: Properties }>>;
}
type Properties = Readonly<Record<string, unknown>>;

/** A table's own policy is dropped from templates. It denies nothing here either, but `sweep` looks that it is there. */
export async function putTablePolicies(endpoint: string, template: Template): Promise<void> {
  const client = new DynamoDBClient({ endpoint, region, credentials });
  await Promise.all(
    propertiesOf(template, 'AWS::DynamoDB::Table').map(({ TableName, ResourcePolicy }) =>
      client.send(
        new PutResourcePolicyCommand({
          ResourceArn: `arn:aws:dynamodb:${region}:${account}:table/${TableName}`,
          Policy: JSON.stringify(spelt((ResourcePolicy as { PolicyDocument: unknown }).PolicyDocument)),
        }),
      ),
    ),
  );
}

/** Who may read a table's policy is asked about everything, not about the table: `sweep` gets the right that is asked for. */
export async function allowPolicyReads(endpoint: string): Promise<void> {
  const Statement = { Effect: 'Allow', Action: 'dynamodb:GetResourcePolicy', Resource: '*' };
  await new IAMClient({ endpoint, region, credentials }).send(
    new PutRolePolicyCommand({
      RoleName: `countersign-sweep-${region}`,
      PolicyName: 'emulator-reads-table-policies',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  );
}

/** Reserved concurrency is dropped from templates. */
export async function reserveConcurrency(endpoint: string, template: Template): Promise<void> {
  const client = new LambdaClient({ endpoint, region, credentials });
  await Promise.all(
    propertiesOf(template, 'AWS::Lambda::Function').map(async ({ FunctionName, ReservedConcurrentExecutions }) => {
      if (typeof ReservedConcurrentExecutions === 'number')
        await client.send(
          new PutFunctionConcurrencyCommand({ FunctionName: String(FunctionName), ReservedConcurrentExecutions }),
        );
    }),
  );
}

function propertiesOf({ Resources }: Template, type: string): Properties[] {
  return Object.values(Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties = {} }) => Properties);
}

const pseudo: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::AccountId': account,
};

/** A value of a template with what CloudFormation would put for joins and references to the deployment's place. */
function spelt(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spelt);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (Ref !== undefined) return pseudo[Ref] ?? Ref;
  if (join !== undefined) return join[1].map(spelt).join(join[0]);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, spelt(inner)]));
}
