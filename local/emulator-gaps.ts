/** What the emulator does not do, or does otherwise than AWS: each in one function, used by the local deploy only. */
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { DeleteBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand, SetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
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
    const policy = JSON.parse(Attributes?.Policy ?? '{}');
    const Statement = (policy.Statement ?? []).filter(
      (statement: { Condition?: { Bool?: object } }) =>
        !Object.hasOwn(statement.Condition?.Bool ?? {}, 'aws:SecureTransport'),
    );
    const AttributeValue = JSON.stringify({ ...policy, Statement });
    await client.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }));
  }
}

/** No managed instances: every function's SSM client is pointed at the managed node. */
export async function reachManagedNode(endpoint: string, managedNodeUrl: string): Promise<void> {
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
      const Variables = { ...Environment?.Variables, AWS_ENDPOINT_URL_SSM: managedNodeUrl };
      await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
    }),
  );
}
