/** Who watches the watchman: alarms of our own, which page people and never open an incident, and one dashboard. */
import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { lostQueues } from '../core/deployed-names.ts';
import type { FunctionName } from '../core/functions.ts';
import type { Measure } from '../core/report/measures.ts';
import { IncidentStatus, riskLevels } from '../core/words.ts';
import type { AlarmQueue } from './alarm-queue.ts';
import type { CountersignFunction } from './lambda-function.ts';
import { lambdaName } from './names.ts';

export interface WatchProps {
  readonly functions: Readonly<Record<FunctionName, CountersignFunction>>;
  readonly machine: StateMachine;
  readonly ringing: AlarmQueue;
  readonly undelivered: Queue;
  /** Records of Audit and Dispatches that could not be looked at. */
  readonly unchecked: Queue;
  readonly pages: ITopic;
}

const minutes = Duration.minutes;
/** Seconds after which an alarm should have been answered: 1,000 in a minute take under three (test/core/use-cases/storm.test.ts). */
const oldestDoorbellSeconds = 300;
/** Milliseconds after which a change of a record should have been seen: tampering stops all sending within a minute. */
const oldestRecordMs = 60_000;

/** `request-approval` throws once per request to say that it is decided already; a rate above that is an outage. */
const toleratedErrors: Partial<Record<FunctionName, number>> = { 'request-approval': 5 };

export class Watch extends Construct {
  readonly #pages: ITopic;

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    this.#pages = props.pages;
    this.#alarms(props);
    this.#dashboard(props);
  }

  #alarms({ functions, machine, ringing, undelivered, unchecked, pages }: WatchProps): void {
    for (const [name, { lambda }] of entries(functions))
      this.#atLeast(
        `${lambdaName(name)}-errors`,
        `The function ${name} fails. Its log group says why; incidents it left open are closed by sweep.`,
        lambda.metricErrors({ period: minutes(5) }),
        (toleratedErrors[name] ?? 0) + 1,
      );
    this.#atLeast(
      lostQueues.undelivered,
      `An event reached no function in time. It waits in the queue ${lostQueues.undelivered}.`,
      undelivered.metricApproximateNumberOfMessagesVisible({ period: minutes(1), statistic: 'Maximum' }),
      1,
    );
    this.#atLeast(
      'countersign-doorbells-late',
      'Alarms wait to be answered: triage fails, or CloudWatch throttles it.',
      ringing.queue.metricApproximateAgeOfOldestMessage({ period: minutes(1), statistic: 'Maximum' }),
      oldestDoorbellSeconds,
    );
    this.#atLeast(
      lostQueues.doorbells,
      `Alarms were not answered in 20 deliveries. They wait in the queue ${lostQueues.doorbells}.`,
      ringing.dead.metricApproximateNumberOfMessagesVisible({ period: minutes(1), statistic: 'Maximum' }),
      1,
    );
    this.#atLeast(
      lostQueues.unchecked,
      `Changes of Audit or Dispatches could not be checked. What they were waits in the queue ${lostQueues.unchecked}.`,
      unchecked.metricApproximateNumberOfMessagesVisible({ period: minutes(1), statistic: 'Maximum' }),
      1,
    );
    this.#atLeast(
      'countersign-archive-late',
      'Changes of Audit or Dispatches are seen late: tampering would not stop what is sent within a minute.',
      recordAge(functions.archive),
      oldestRecordMs + 1,
    );
    this.#atLeast(
      'countersign-executions-failed',
      'An incident ended without closing itself, which sweep does and pages people; or an execution was foreign to its incident.',
      machine.metricFailed({ period: minutes(5) }),
      1,
    );
    this.#atLeast(
      'countersign-pages-failed',
      'A page was not delivered. Check the subscriptions of the topic countersign-pages.',
      notificationsFailed(pages),
      1,
    );
    this.#silent(
      'SweepSilent',
      functions.sweep,
      5,
      'Nothing looks after open incidents: sweep has not been called for 5 minutes.',
    );
    this.#silent(
      'CheckpointSilent',
      functions.checkpoint,
      15,
      'Heads of chains are not signed: checkpoint has not been called for 15 minutes.',
    );
  }

  /**
   * Errors have alarms of their own: this one is about not being called. An invocation that is not there is no data, and no
   * data is INSUFFICIENT_DATA: the change to it pages. An alarm begins
   * in that state, so that the first deploy, before the first minute, pages nobody; missing data that counted as breaching
   * would.
   */
  #silent(id: string, { name, lambda }: CountersignFunction, evaluationPeriods: number, words: string): void {
    const alarm = new Alarm(this, id, {
      alarmName: `${lambdaName(name)}-silent`,
      alarmDescription: `${words} INSUFFICIENT_DATA says that it was not called at all.`,
      metric: lambda.metricInvocations({ period: minutes(1) }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods,
      treatMissingData: TreatMissingData.MISSING,
    });
    alarm.addAlarmAction(new SnsAction(this.#pages));
    alarm.addInsufficientDataAction(new SnsAction(this.#pages));
  }

  #atLeast(alarmName: string, alarmDescription: string, metric: IMetric, threshold: number): void {
    new Alarm(this, alarmName, {
      alarmName,
      alarmDescription,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(this.#pages));
  }

  #dashboard({ functions, machine, ringing, undelivered, unchecked, pages }: WatchProps): void {
    const lambdas = entries(functions).map(([, { lambda }]) => lambda);
    const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 12 });
    new Dashboard(this, 'Dashboard', {
      // Dashboards are global in an account.
      dashboardName: `countersign-${Stack.of(this).region}`,
      widgets: [
        [
          graph('Incidents', [machine.metricStarted(), machine.metricSucceeded(), machine.metricFailed()]),
          graph('Time to close', [machine.metricTime({ statistic: 'p50' }), machine.metricTime({ statistic: 'p90' })]),
        ],
        [
          graph(
            'Errors',
            lambdas.map((lambda) => lambda.metricErrors()),
          ),
          graph(
            'Duration, p99',
            lambdas.map((lambda) => lambda.metricDuration({ statistic: 'p99' })),
          ),
        ],
        [
          graph('Sweeps', [functions.sweep.lambda.metricInvocations()]),
          graph('Age of the last record checked, ms', [recordAge(functions.archive)]),
        ],
        [
          graph(
            'Doorbells that opened nothing',
            ignored.map((reason) => own('Doorbells', ['Reason', reason], 'Sum')),
          ),
          graph('Undelivered', [
            ringing.dead.metricApproximateNumberOfMessagesVisible(),
            undelivered.metricApproximateNumberOfMessagesVisible(),
            unchecked.metricApproximateNumberOfMessagesVisible(),
            notificationsFailed(pages),
          ]),
        ],
        [
          graph(
            'Incidents closed',
            IncidentStatus.options.map((status) => own('IncidentsClosed', ['Status', status], 'Sum')),
          ),
          graph(
            'Commands sent, by risk',
            riskLevels.map((level) => own('Sends', ['Level', level], 'Sum')),
          ),
        ],
        [
          graph('Alarm to first card, s', [own('TimeToFirstCard', null, 'p50'), own('TimeToFirstCard', null, 'p90')]),
          graph('Card to answer, s', [
            own('TimeToAnswer', ['Word', 'approve'], 'p50'),
            own('TimeToAnswer', ['Word', 'approve'], 'p90'),
            own('TimeToAnswer', ['Word', 'reject'], 'p50'),
          ]),
        ],
        [
          graph(
            'Answers, by word',
            ['approve', 'reject', 'skip', 'modify'].map((word) => own('Answers', ['Word', word], 'Sum')),
          ),
          graph('What nobody answered', [
            own('TimeOuts', null, 'Sum'),
            own('Escalations', ['EscalationLevel', '2'], 'Sum'),
            own('Escalations', ['EscalationLevel', 'page'], 'Sum'),
          ]),
        ],
      ],
    });
  }
}

/** What triage and sweep say of doorbells that open nothing, and of alarms whose doorbell was never heard. */
const ignored = ['not_opted_in', 'quiet', 'not_in_alarm', 'unconfirmed', 'unanswered'];

const ownNamespace = 'Countersign';

/** What the functions write into their logs in CloudWatch's embedded metric format (`adapters/powertools/metrics.ts`). */
function own(
  metricName: Measure['name'],
  by: readonly [name: string, value: string] | null,
  statistic: string,
): Metric {
  return new Metric({
    namespace: ownNamespace,
    metricName,
    dimensionsMap: { service: 'countersign', ...(by && { [by[0]]: by[1] }) },
    statistic,
    period: minutes(5),
  });
}

/** Milliseconds; the older of the two streams, since a function's metric covers all its mappings. */
function recordAge({ lambda }: CountersignFunction): Metric {
  return lambda.metric('IteratorAge', { period: minutes(1), statistic: 'Maximum' });
}

function notificationsFailed(topic: ITopic): Metric {
  const dimensionsMap = { TopicName: topic.topicName };
  return new Metric({
    namespace: 'AWS/SNS',
    metricName: 'NumberOfNotificationsFailed',
    dimensionsMap,
    statistic: 'Sum',
    period: minutes(5),
  });
}

function entries(functions: WatchProps['functions']): [FunctionName, CountersignFunction][] {
  return Object.entries(functions) as [FunctionName, CountersignFunction][];
}
