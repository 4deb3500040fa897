/** What a function says of its work: lines of JSON for people who search, and metrics in CloudWatch's embedded format. No secret, no token, no output. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { doorbellMeasure, type Measure } from '../../core/report/measures.ts';

/** Both write to stdout (errors: stderr) by themselves: a line of Lambda's patched console would be wrapped, and no metric any more. */
const serviceName = 'countersign';
export const logger = new Logger({ serviceName });
const metrics = new Metrics({ namespace: 'Countersign', serviceName });

/** Counts or times something; its line is a metric when CloudWatch reads it. */
export function measured({ name, unit, value, by }: Measure): void {
  const single = metrics.singleMetric();
  if (by !== null) single.addDimension(by.name, by.value);
  single.addMetric(name, unit, value);
}

/** A doorbell that opened nothing, or an alarm whose doorbell was never heard: a line and a count, no entry of the audit. */
export function noted(doorbell: string, alarmArn: string): void {
  logger.info('doorbell', { doorbell, alarmArn });
  measured(doorbellMeasure(doorbell));
}
