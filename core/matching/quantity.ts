/** What an alarm's metric measures, and on which side it is bad: from CloudWatch's facts alone, never from a description. */
import type { Alarm } from '../alarm/alarm.ts';
import { type Bad, type QuantityRule, quantityRules, well, wrong } from './quantity-rules.ts';
import type { Topic } from './topics.ts';
import { spoken } from './words.ts';

export interface Quantity {
  readonly topic: Topic;
  /** The side on which it is trouble; null where either may be. */
  readonly bad: Bad;
  /** The metric's name means something else here, so that a route by that name does not mean this alarm. */
  readonly isOtherwise?: true;
}

/** What of an alarm says what it measures. */
export type Measured = Pick<Alarm, 'name' | 'namespace' | 'metric' | 'dimensions' | 'series' | 'threshold'>;

/** Words by which a process is known to be a cache's. */
const caches = /\b(?:redis|valkey|memcached?|keydb)\b/;

/** What the metric measures, or null where it is not known; a metric that is counted by its samples measures how many report. */
export function quantityOf(alarm: Measured): Quantity | null {
  if (alarm.metric === null) return null;
  const metric = spoken(alarm.metric);
  const namespace = alarm.namespace ?? '';
  if (alarm.series?.statistic === 'SampleCount') return reporting(namespace);
  const isDeadLetters = namespace === 'AWS/SQS' && topicOfQueue(alarm);
  if (isDeadLetters) return { topic: 'dead_letters', bad: 'above', isOtherwise: true };
  if (namespace === 'AWS/SQS' && isAnyMessage(alarm)) return { topic: 'traffic', bad: null, isOtherwise: true };
  if (/cloud ?trail|cis ?benchmark|guard ?duty/.test(spoken(namespace))) return { topic: 'security', bad: null };
  if (isOfProcess(alarm) && well.test(metric)) return { topic: 'process', bad: 'below' };
  const rule = quantityRules.find((one) => one.metric.test(metric) && (one.namespace?.test(namespace) ?? true));
  if (rule === undefined) return byNamespace(spoken(namespace));
  const bad = rule.flip?.test(metric) ? flipped(rule, metric) : rule.bad;
  const isCache = rule.topic === 'process' && caches.test(subjectOf(alarm));
  return { topic: isCache ? 'cache' : rule.topic, bad };
}

/** Tasks of an ECS service each report once a minute, and how many do is how many run; of anything else it says nothing. */
function reporting(namespace: string): Quantity {
  return namespace === 'AWS/ECS'
    ? { topic: 'tasks', bad: 'below', isOtherwise: true }
    : { topic: 'limits', bad: null, isOtherwise: true };
}

function topicOfQueue({ name, dimensions }: Measured): boolean {
  const queue = Object.hasOwn(dimensions, 'QueueName') ? (dimensions.QueueName ?? '') : '';
  return /\b(?:dlqs?|dead ?letters?|dead)\b|dlq$|dlq\b|deadletter/.test(`${spoken(queue)} ${spoken(name)}`);
}

/** One message is no backlog: whoever alarms on it waits for something that should never come. */
function isAnyMessage({ metric, threshold }: Measured): boolean {
  return threshold !== null && threshold <= 1 && /MessagesVisible$/.test(metric ?? '');
}

/** A name that says both, such as `active_of_service-down-1`, says nothing of the side. */
function flipped({ bad, flip }: QuantityRule, metric: string): Bad {
  return flip === wrong && well.test(metric) && !/\bnot\b/.test(metric) ? null : opposite(bad);
}

function opposite(bad: Bad): Bad {
  return bad === null ? null : bad === 'above' ? 'below' : 'above';
}

/** A namespace that is about one thing says it where the metric does not. */
function byNamespace(namespace: string): Quantity | null {
  if (/\b(?:cis|security|audit)\b/.test(namespace)) return { topic: 'security', bad: null };
  if (/\b(?:billing|cost)\b/.test(namespace)) return { topic: 'cost', bad: 'above' };
  return null;
}

const processKeys =
  /^(?:exe|pattern|process(?:_?name)?|pidfile|pid_file|service(?:_?name)?|unit|job|app(?:lication)?|name|program)$/i;

/** Whether the dimensions name a process or a service of one host. */
function isOfProcess({ dimensions }: Measured): boolean {
  const keys = Object.keys(dimensions);
  return keys.includes('InstanceId') && keys.some((key) => /^(?:exe|process_?name|service|unit|pidfile)$/i.test(key));
}

/** What the metric is about, beside its own name: the values of dimensions that name a process, a unit or a service. */
export function subjectOf({ metric, dimensions }: Pick<Measured, 'metric' | 'dimensions'>): string {
  const named = Object.entries(dimensions).filter(([key]) => processKeys.test(key));
  return spoken([metric ?? '', ...named.map(([, value]) => value)].join(' '));
}
