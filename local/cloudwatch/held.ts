/** Metrics that no virtual host measures, published beyond an alarm's threshold for as long as the run lasts. */
import { CloudWatchClient, PutMetricDataCommand, type PutMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { credentials, region } from '../emulator.ts';

/** One datum that is published again and again. */
export interface HeldMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly value: number;
  /** How often the value counts, so that what hosts publish of the same metric does not outweigh it. */
  readonly count: number;
}

export class HeldMetrics {
  readonly #client: CloudWatchClient;
  readonly #held = new Map<string, PutMetricDataCommandInput>();

  constructor(endpoint: string) {
    this.#client = new CloudWatchClient({ endpoint, region, credentials });
  }

  /** From now on; one metric at a time for each alarm. */
  hold(alarmName: string, { namespace, name, dimensions, value, count }: HeldMetric): void {
    const datum = { MetricName: name, Dimensions: [...dimensions], Values: [value], Counts: [count] };
    this.#held.set(alarmName, { Namespace: namespace, MetricData: [datum] });
  }

  async publish(): Promise<void> {
    for (const input of this.#held.values()) await this.#client.send(new PutMetricDataCommand(input));
  }

  stop(): void {
    this.#held.clear();
    this.#client.destroy();
  }
}
