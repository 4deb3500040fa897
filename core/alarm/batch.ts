/** A batch of the queue that alarms ring through: which messages it has, and what each rings for. */
import * as z from 'zod';
import { alarmDoorbell, brief, type Doorbell, EnvelopeError, has, read } from './envelope.ts';

export interface Message {
  /** By which the queue is told that it was not answered. */
  readonly id: string;
  /** How often it was delivered, this time included. */
  readonly deliveries: number;
  /** What it rings for, or why it is no envelope. */
  readonly doorbell: Doorbell | EnvelopeError;
}

const Batch = z.lazy(() =>
  z.object({
    Records: z
      .array(
        z.object({
          eventSource: z.literal('aws:sqs'),
          eventSourceARN: z.string(),
          messageId: z.string(),
          body: z.string(),
          attributes: z.object({ ApproximateReceiveCount: z.coerce.number().int().min(1) }),
        }),
      )
      .min(1),
  }),
);

/**
 * The messages of a batch; null for an event that is no batch, which is then one envelope by itself.
 *
 * @param queueArn the queue that Countersign reads: messages of another one are not meant for it.
 * @throws {EnvelopeError} for records of another source, and of another queue.
 */
export function messagesOf(event: unknown, queueArn: string): Message[] | null {
  if (!has(event, 'Records')) return null;
  const { Records } = read(Batch, event, 'SQS');
  const foreign = Records.find(({ eventSourceARN }) => eventSourceARN !== queueArn);
  if (foreign)
    throw new EnvelopeError(
      `SQS: eventSourceARN must be ${queueArn}, the queue that alarms ring through; it is ${brief(foreign.eventSourceARN)}`,
    );
  return Records.map(({ messageId, body, attributes }) => ({
    id: messageId,
    deliveries: attributes.ApproximateReceiveCount,
    doorbell: doorbellOf(body),
  }));
}

function doorbellOf(body: string): Doorbell | EnvelopeError {
  try {
    return alarmDoorbell(JSON.parse(body));
  } catch (error) {
    if (error instanceof EnvelopeError) return error;
    return new EnvelopeError(`SQS: body must be the JSON of an envelope; it is ${brief(body)}`);
  }
}
