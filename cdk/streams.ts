/** What streams of Audit and Dispatches wake: `archive` by everything that happens there, until it was looked at; `tell` by what was added. */
import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { lostQueues } from '../core/deployed-names.ts';
import { streamOf } from './grants.ts';
import type { CountersignFunction } from './lambda-function.ts';
import { lostAndFound } from './lost-and-found.ts';

export interface StreamsProps {
  readonly archive: CountersignFunction;
  readonly tell: CountersignFunction;
  readonly audit: Table;
  readonly dispatches: Table;
}

/** For `tell`: entries of a second are drawn once, in the most invocations that one shard allows. */
const gatherSeconds = 1;
/** What could not be told after so long, or so often, is let go: the incident's own messages were posted without it. */
const toldWithin = { tries: 5, minutes: 5 };

/** Records of one invocation of `archive`: each may cost a read of the chain and, at worst, a stop and a page. */
const batchSize = 50;
/**
 * How often a record that fails is tried again before it goes to the queue; a stream's next records wait meanwhile, seen
 * already: a batch is looked at for tampering before it is copied. So long that a bucket which is throttled, or refuses for
 * a while, costs no copy.
 */
const retryAttempts = 60;

export class Streams extends Construct {
  /** Where the news of records ends that could not be looked at. The records themselves stay in the stream for a day. */
  readonly unchecked: Queue;

  constructor(scope: Construct, id: string, { archive, tell, audit, dispatches }: StreamsProps) {
    super(scope, id);
    this.unchecked = lostAndFound(this, 'Unchecked', lostQueues.unchecked);
    for (const table of [audit, dispatches]) {
      const mapping = new EventSourceMapping(this, table.node.id, {
        target: archive.lambda,
        eventSourceArn: streamOf(table),
        // From the oldest record: what was changed before the mapping was made, or while it was made anew, counts too.
        // A record that was seen before stops nothing twice.
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize,
        // One reader a shard: an entry is held against the one before it.
        parallelizationFactor: 1,
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        retryAttempts,
        onFailure: new SqsDlq(this.unchecked),
      });
      // Lambda tries the role when the mapping is made.
      mapping.node.addDependency(archive.role);
    }
    this.#telling(tell, audit);
  }

  /** The second reader of this stream; DynamoDB has room for two. */
  #telling(tell: CountersignFunction, audit: Table): void {
    const mapping = new EventSourceMapping(this, 'Telling', {
      target: tell.lambda,
      eventSourceArn: streamOf(audit),
      startingPosition: StartingPosition.LATEST,
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(gatherSeconds),
      filters: [FilterCriteria.filter({ eventName: FilterRule.isEqual('INSERT') })],
      parallelizationFactor: 1,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: toldWithin.tries,
      maxRecordAge: Duration.minutes(toldWithin.minutes),
    });
    mapping.node.addDependency(tell.role);
  }
}
