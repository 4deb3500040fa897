/** The queue that alarms ring through: it turns a storm into batches at a pace that CloudWatch's quotas bear, and loses none. */
import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { lostQueues } from '../core/deployed-names.ts';
import type { CountersignFunction } from './lambda-function.ts';
import { lostAndFound } from './lost-and-found.ts';

/** How the queue hands over; test/core/use-cases/storm.test.ts lets a storm through it. */
export const alarmQueueShape = {
  /** Messages of one invocation: the most without a batching window, which would hold up every alarm. What waits anyway fills batches. */
  batchSize: 10,
  /** Invocations at a time, the fewest that Lambda takes: two already ask CloudWatch as often as its quotas allow. */
  maximumConcurrency: 2,
  /** After which a message that was not answered is delivered again. Longer than triage may take. */
  visibilitySeconds: 60,
  /** Deliveries before a message is given up: 20 minutes of throttles. */
  maximumDeliveries: 20,
} as const;

export class AlarmQueue extends Construct {
  readonly queue: Queue;
  /** Doorbells that were not answered in all their deliveries. They can be sent back to the queue. */
  readonly dead: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.dead = lostAndFound(this, 'Dead', lostQueues.doorbells);
    this.queue = new Queue(this, 'Queue', {
      queueName: 'countersign-doorbells',
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(alarmQueueShape.visibilitySeconds),
      deadLetterQueue: { queue: this.dead, maxReceiveCount: alarmQueueShape.maximumDeliveries },
    });
  }

  /** Only what failed of a batch is delivered again. */
  wakes(triage: CountersignFunction): void {
    const mapping = new EventSourceMapping(this, 'Triage', {
      target: triage.lambda,
      eventSourceArn: this.queue.queueArn,
      batchSize: alarmQueueShape.batchSize,
      maxConcurrency: alarmQueueShape.maximumConcurrency,
      reportBatchItemFailures: true,
    });
    // Lambda tries the role when the mapping is made.
    mapping.node.addDependency(triage.role);
  }
}
