/** SQS: how many messages a queue holds; none is received. */
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { patience } from '../patience.ts';

/** Visible and in flight, as SQS counts them (about); null = there is no such queue. */
export async function messagesIn(QueueName: string): Promise<number | null> {
  // Asked at the region's endpoint: the address in a queue's URL may be another one, as behind a VPC endpoint.
  const client = new SQSClient({ requestHandler: patience(), useQueueUrlAsEndpoint: false });
  const QueueUrl = await urlOf(client, QueueName);
  if (QueueUrl === null) return null;
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  const visible = Number(Attributes.ApproximateNumberOfMessages ?? 0);
  return visible + Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0);
}

async function urlOf(client: SQSClient, QueueName: string): Promise<string | null> {
  try {
    return (await client.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl ?? null;
  } catch (error) {
    if (error instanceof Error && /QueueDoesNotExist|NonExistentQueue/.test(error.name)) return null;
    throw error;
  }
}
