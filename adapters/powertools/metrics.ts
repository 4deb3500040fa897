/** Metrics in CloudWatch's embedded format, for the few functions that count: the others do not load what writes them. */
import { Metrics } from '@aws-lambda-powertools/metrics';
import { doorbellMeasure, type Measure } from '../../core/report/measures.ts';
import { logger, serviceName } from './log.ts';

/** Writes to stdout by itself: a line of Lambda's patched console would be no metric any more. */
const metrics = new Metrics({ namespace: 'Countersign', serviceName });

/** Counts or times something; its line is a metric when CloudWatch reads it. */
export function measured({ name, unit, value, by, and }: Measure): void {
  const single = metrics.singleMetric();
  if (by !== null) single.addDimension(by.name, by.value);
  if (and) single.addDimension(and.name, and.value);
  single.addMetric(name, unit, value);
}

/** A doorbell that opened nothing, or an alarm whose doorbell was never heard: a line and a count, no entry of the audit. */
export function noted(doorbell: string, alarmArn: string): void {
  logger.info('doorbell', { doorbell, alarmArn });
  measured(doorbellMeasure(doorbell));
}
