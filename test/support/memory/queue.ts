/** A queue and Lambda's pollers on a simulated clock: batches, visibility, deliveries, and what is given up. */
import type { Clock } from '../../../bench/clock.ts';
import type { BatchAnswer } from '../../../core/use-cases/triage.ts';

export interface QueueShape {
  readonly batchSize: number;
  readonly maximumConcurrency: number;
  readonly visibilitySeconds: number;
  readonly maximumDeliveries: number;
}

interface Queued {
  readonly id: string;
  readonly body: string;
  deliveries: number;
  visibleFrom: number;
}

export const queueArn = 'arn:aws:sqs:eu-central-1:111122223333:countersign-doorbells';

/** An event of a queue as Lambda hands it over. */
export function batchOf(messages: readonly { id: string; body: string; deliveries?: number }[], arn = queueArn) {
  return {
    Records: messages.map(({ id, body, deliveries = 1 }) => ({
      messageId: id,
      receiptHandle: `receipt-${id}`,
      body,
      attributes: { ApproximateReceiveCount: String(deliveries), SentTimestamp: '0' },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: arn,
      awsRegion: 'eu-central-1',
    })),
  };
}

export class MemoryQueue {
  readonly dead: string[] = [];
  /** The most deliveries that a message took. */
  deliveries = 0;
  readonly #waiting = new Map<string, Queued>();
  readonly #clock: Clock;
  readonly #shape: QueueShape;
  readonly #handler: (event: unknown) => Promise<BatchAnswer>;
  readonly #emptyMs: number;
  #sent = 0;

  /** @param emptyMs how often a poller looks into an empty queue; long polling answers at once when something comes */
  constructor(clock: Clock, shape: QueueShape, handler: (event: unknown) => Promise<BatchAnswer>, emptyMs = 50) {
    this.#clock = clock;
    this.#shape = shape;
    this.#handler = handler;
    this.#emptyMs = emptyMs;
  }

  send(content: unknown): void {
    this.#sent += 1;
    const id = `message-${this.#sent}`;
    this.#waiting.set(id, { id, body: JSON.stringify(content), deliveries: 0, visibleFrom: this.#clock.now });
  }

  /** Polls until `last` has sent everything and nothing waits any more. */
  async drain(last: Promise<unknown>): Promise<void> {
    let isOver = false;
    const over = last.finally(() => {
      isOver = true;
    });
    const poll = async () => {
      while (!isOver || this.#waiting.size > 0) if (!(await this.#deliver())) await this.#clock.sleep(this.#emptyMs);
    };
    await Promise.all([over, ...Array.from({ length: this.#shape.maximumConcurrency }, poll)]);
  }

  /** False when nothing was visible. */
  async #deliver(): Promise<boolean> {
    const { batchSize, visibilitySeconds, maximumDeliveries } = this.#shape;
    const visible = [...this.#waiting.values()].filter(({ visibleFrom }) => visibleFrom <= this.#clock.now);
    for (const message of visible.filter(({ deliveries }) => deliveries >= maximumDeliveries)) {
      this.#waiting.delete(message.id);
      this.dead.push(message.body);
    }
    const batch = visible.filter(({ deliveries }) => deliveries < maximumDeliveries).slice(0, batchSize);
    if (batch.length === 0) return false;
    for (const message of batch) {
      message.deliveries += 1;
      message.visibleFrom = this.#clock.now + visibilitySeconds * 1000;
      this.deliveries = Math.max(this.deliveries, message.deliveries);
    }
    const answer = await this.#handler(batchOf(batch)).catch(() => null);
    const failed =
      answer === null ? batch.map(({ id }) => id) : answer.batchItemFailures.map((one) => one.itemIdentifier);
    for (const { id } of batch) if (!failed.includes(id)) this.#waiting.delete(id);
    return true;
  }
}
