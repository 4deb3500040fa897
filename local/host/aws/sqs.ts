/** A queue behind `aws sqs`: a consumer that hangs lets it grow, one that works empties it, a purge clears it. */
import type { Services } from '../services.ts';
import { AwsError, type Operation, one, type Parameters } from './operation.ts';

export const queueName = 'orders';
/** Messages that a fresh consumer works off in a second. */
const rate = 12_000;

export class Queue {
  readonly #services: Services;
  readonly #now: () => number;
  readonly #url: string;
  readonly #arn: string;
  #backlog = 0;
  /** Messages that wait at any time; none just after a purge. */
  #usual = 3;
  #inFlight = 2;
  /** Since when messages wait, and since when the consumer works them off; null = it does not. */
  #stuckSince: number | null = null;
  #workingSince: number | null = null;

  constructor(services: Services, region: string, account: string, now: () => number) {
    this.#services = services;
    this.#now = now;
    this.#url = `https://sqs.${region}.amazonaws.com/${account}/${queueName}`;
    this.#arn = `arn:aws:sqs:${region}:${account}:${queueName}`;
    services.watch('orders-worker', (change) => {
      if (change === 'started' && this.#stuckSince !== null) this.#workingSince = this.#now();
    });
  }

  /** The consumer holds ten messages, waits for a lock that never comes, and receives no more. */
  block(): void {
    const log = (priority: number, text: string) => this.#services.log('orders-worker', priority, text);
    this.#backlog = 48_211;
    this.#inFlight = 10;
    this.#stuckSince = this.#now() - 5_460_000;
    this.#workingSince = null;
    for (let index = 0; index < 10; index++)
      log(6, `received message 7f1c${(41_200 + index).toString(16)}-5d0e-4c1a order=${212_040 + index}`);
    log(4, 'handler timed out after 300 s waiting for lock inventory/4711 (10 of 10 handlers busy)');
    log(4, 'not polling: no free handler');
    this.#services.expect('orders-worker').busy = 0.1;
  }

  /** Messages that may be received. */
  visible(): number {
    const worked = this.#workingSince === null ? 0 : ((this.#now() - this.#workingSince) / 1000) * rate;
    return Math.max(this.#usual, Math.round(this.#backlog - worked));
  }

  /** Seconds that the oldest message waits. */
  oldestAge(): number {
    if (this.#stuckSince === null || this.visible() <= this.#usual) return 1;
    return Math.round((this.#now() - this.#stuckSince) / 1000);
  }

  operations(): Record<string, Operation> {
    const known = (parameters: Parameters) => {
      if (one(parameters, 'queue-url') !== this.#url)
        throw new AwsError('AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist.');
    };
    return {
      'sqs get-queue-url': {
        needs: ['queue-name'],
        perform: (parameters) => {
          if (one(parameters, 'queue-name') !== queueName)
            throw new AwsError('AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist.');
          return { QueueUrl: this.#url };
        },
      },
      'sqs get-queue-attributes': {
        needs: ['queue-url'],
        takes: ['attribute-names'],
        perform: (parameters) => {
          known(parameters);
          const asked = parameters['attribute-names'] ?? [];
          const all = Object.entries(this.#attributes());
          const shown = all.filter(([name]) => asked.includes('All') || asked.includes(name));
          return shown.length === 0 ? null : { Attributes: Object.fromEntries(shown) };
        },
      },
      'sqs purge-queue': {
        needs: ['queue-url'],
        perform: (parameters) => {
          known(parameters);
          this.#backlog = 0;
          this.#usual = 0;
          this.#stuckSince = null;
          return null;
        },
      },
    };
  }

  #attributes(): Record<string, string> {
    return {
      QueueArn: this.#arn,
      ApproximateNumberOfMessages: String(this.visible()),
      ApproximateNumberOfMessagesNotVisible: String(this.#inFlight),
      ApproximateNumberOfMessagesDelayed: '0',
      VisibilityTimeout: '300',
      MessageRetentionPeriod: '345600',
    };
  }
}
