/** What wakes the functions: alarms through a queue or as an action, failed executions, and the minute. */
import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { stateMachineArn } from './names.ts';

export interface TriggersProps {
  readonly triage: IFunction;
  readonly sweep: IFunction;
  readonly checkpoint: IFunction;
  /** For alarms whose actions are SNS topics. */
  readonly alarms: ITopic;
  readonly doorbells: IQueue;
  readonly undelivered: IQueue;
}

export class Triggers extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { triage, sweep, checkpoint, alarms, doorbells, undelivered }: TriggersProps,
  ) {
    super(scope, id);
    const stack = Stack.of(this);
    // An alarm's news is worth an hour; after that the alarm itself, read again, says more.
    const delivery = { deadLetterQueue: undelivered, maxEventAge: Duration.hours(1), retryAttempts: 3 };

    new Rule(this, 'AlarmChanged', {
      ruleName: 'countersign-alarm-changed',
      description: 'Countersign: an alarm, or one contributor of it, changed its state',
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change', 'CloudWatch Alarm Contributor State Change'],
        detail: {
          alarmName: Match.anythingButPrefix('countersign-'),
          state: { value: ['ALARM', 'OK'] },
        },
      },
      targets: [new SqsQueue(doorbells, delivery)],
    });
    alarms.addSubscription(new SqsSubscription(doorbells, { deadLetterQueue: undelivered }));
    // CloudWatch cannot put an action's message into a queue.
    triage.addPermission('AlarmAction', {
      principal: new ServicePrincipal('lambda.alarms.cloudwatch.amazonaws.com'),
      sourceAccount: stack.account,
    });

    new Rule(this, 'ExecutionEnded', {
      ruleName: 'countersign-execution-ended',
      description: 'Countersign: an execution ended without closing its incident',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [stateMachineArn(stack)], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: [new LambdaFunction(sweep, delivery)],
    });
    // The next minute brings the next one.
    const minutely = { maxEventAge: Duration.minutes(1), retryAttempts: 0 };
    new Rule(this, 'EveryMinute', {
      ruleName: 'countersign-sweep',
      description: 'Countersign: closes what nobody closed, starts what was never started',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(sweep, minutely)],
    });
    new Rule(this, 'Checkpoint', {
      ruleName: 'countersign-checkpoint',
      description: 'Countersign: signs the heads of chains that changed',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(checkpoint, minutely)],
    });
  }
}
