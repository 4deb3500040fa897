/** What may be replaced at any time: functions and their roles, the state machine, triggers, topics, the dashboard. */
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { lostQueues } from '../core/deployed-names.ts';
import { type FunctionName, functionNames } from '../core/functions.ts';
import type { Deployment } from '../core/policy/deployment.ts';
import { AlarmQueue } from './alarm-queue.ts';
import { authority } from './authority.ts';
import type { Bundles } from './bundles.ts';
import type { DataStack } from './data-stack.ts';
import { Door } from './door.ts';
import { grantsOf } from './grants.ts';
import { IncidentMachine } from './incident-machine.ts';
import { CountersignFunction } from './lambda-function.ts';
import { lostAndFound } from './lost-and-found.ts';
import { SendRole } from './send-role.ts';
import { SlackDoor, type SlackDoorSettings } from './slack-door.ts';
import { Streams } from './streams.ts';
import { Triggers } from './triggers.ts';
import { Watch } from './watch.ts';

export interface ResponseStackProps extends StackProps {
  readonly data: DataStack;
  readonly bundles: Bundles;
  readonly askTickSeconds: number;
  readonly reservedConcurrency: boolean;
  /** ARNs of a customer's keys, for the rights on them. */
  readonly keys: Deployment['keys'];
  /** By which door Slack comes in. */
  readonly slack: SlackDoorSettings;
}

interface Shape {
  readonly description: string;
  /** Shorter than the `TimeoutSeconds` of the state that invokes it, or the machine gives up on a function that still acts. */
  readonly timeoutSeconds: number;
  readonly memorySize?: number;
  /**
   * Invocations at a time that are kept free for this function, and that it may have: the public URL cannot take more of
   * the account's, and what sends, decides, looks after and watches has its own. Together 116 of the usual 1,000.
   */
  readonly reserved?: number;
  /** How often a lost asynchronous invocation is tried again, and for how long. */
  readonly asynchronous?: { readonly retries: number; readonly maximumAgeSeconds: number };
}

const shapes: Readonly<Record<FunctionName, Shape>> = {
  triage: {
    description: 'Opens an incident for an alarm and starts the machine',
    // Within the queue's visibility time-out, or what it still answers is delivered again.
    timeoutSeconds: 55,
    asynchronous: { retries: 2, maximumAgeSeconds: 3600 },
  },
  plan: {
    description: 'Chooses the runbook, gathers evidence, judges every step',
    timeoutSeconds: 120,
    memorySize: 1024,
  },
  gate: { description: 'Answers what comes next in an incident', timeoutSeconds: 30 },
  'request-approval': { description: 'Stores an approval request and posts its card', timeoutSeconds: 30 },
  slack: {
    description: 'Checks the signature of a request from Slack and hands it on',
    timeoutSeconds: 10,
    // Slack waits for three seconds, a cold start included, and CPU comes with memory.
    memorySize: 1024,
    // Lambda lets a function URL have ten requests a second for each.
    reserved: 20,
  },
  decide: {
    description: 'Checks a vote, signs it, and wakes the machine',
    timeoutSeconds: 60,
    reserved: 20,
    // Never again by itself: the person sees no change on the card and clicks again.
    asynchronous: { retries: 0, maximumAgeSeconds: 60 },
  },
  settle: { description: 'Says how an approval request stands, and lets it expire', timeoutSeconds: 30 },
  execute: {
    description: 'The kernel: checks everything again and sends one command once',
    timeoutSeconds: 60,
    reserved: 50,
  },
  poll: { description: 'Says how a command stands', timeoutSeconds: 30 },
  close: { description: 'Closes an incident and tells people', timeoutSeconds: 60 },
  sweep: {
    description: 'Closes what nobody closed, starts what was never started',
    timeoutSeconds: 55,
    reserved: 5,
    asynchronous: { retries: 1, maximumAgeSeconds: 300 },
  },
  archive: {
    description: 'Pages and stops when a record was changed or removed; copies what was added',
    timeoutSeconds: 60,
    // One a shard: a table on demand begins with a few, and there are two.
    reserved: 20,
  },
  checkpoint: {
    description: 'Signs the heads of chains that changed',
    // Below the minute after which it is called again.
    timeoutSeconds: 55,
    // One at a time: a second one would only lose.
    reserved: 1,
    asynchronous: { retries: 0, maximumAgeSeconds: 60 },
  },
  tell: { description: 'Keeps the first message of each incident in Slack', timeoutSeconds: 60 },
};

export class ResponseStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { data, bundles, askTickSeconds, reservedConcurrency, keys, slack: door, ...props }: ResponseStackProps,
  ) {
    super(scope, id, props);
    const key = this.#operationsKey();
    const pages = this.#topic('Pages', 'countersign-pages', key);
    const alarms = this.#topic('Alarms', 'countersign-alarms', key);
    const undelivered = lostAndFound(this, 'Undelivered', lostQueues.undelivered);
    const ringing = new AlarmQueue(this, 'Ringing');
    const doorbells = ringing.queue;
    const functions = this.#functions(bundles, undelivered, reservedConcurrency);
    const rows = authority(grantsOf(this, { ...data, pages, doorbells, operationsKey: key, keys }));
    for (const name of functionNames) functions[name].may(...rows[name]);

    new SendRole(this, 'SendRole', { executor: functions.execute.role });
    const { machine } = new IncidentMachine(this, 'Incident', { functions, askTickSeconds, key });
    const { triage, sweep, checkpoint, slack } = functions;
    new Triggers(this, 'Triggers', {
      triage: triage.lambda,
      sweep: sweep.lambda,
      checkpoint: checkpoint.lambda,
      alarms,
      doorbells,
      undelivered,
    });
    ringing.wakes(triage);
    const { unchecked } = new Streams(this, 'Streams', {
      archive: functions.archive,
      tell: functions.tell,
      ...data,
    });
    new Watch(this, 'Watch', { functions, machine, ringing, undelivered, unchecked, pages });

    new SlackDoor(this, 'SlackDoor', { slack: slack.lambda, settings: door });
    new Door(this, 'Door', { decide: functions.decide, ...data, tablesKey: keys.tables });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarms.topicArn, description: 'Action for alarms that use SNS' });
    new CfnOutput(this, 'PageTopicArn', { value: pages.topicArn, description: 'Subscribe the people on call' });
    new CfnOutput(this, 'StateMachineArn', { value: machine.stateMachineArn });
  }

  #functions(
    bundles: Bundles,
    undelivered: Queue,
    reservedConcurrency: boolean,
  ): Record<FunctionName, CountersignFunction> {
    const make = (name: FunctionName) => {
      const { asynchronous, reserved, ...shape } = shapes[name];
      const delivery = asynchronous ? { asynchronous: { ...asynchronous, undelivered } } : {};
      const share = reserved && reservedConcurrency ? { reservedConcurrency: reserved } : {};
      return new CountersignFunction(this, { name, code: bundles.code(name), ...shape, ...share, ...delivery });
    };
    return Object.fromEntries(functionNames.map((name) => [name, make(name)])) as Record<
      FunctionName,
      CountersignFunction
    >;
  }

  /** Encrypts what is on its way: the machine's history, which shows task tokens, and the topics. */
  #operationsKey(): Key {
    const key = new Key(this, 'OperationsKey', {
      description: 'Countersign: the state machine and the topics',
      enableKeyRotation: true,
      // With the stack goes all that it encrypts. A key that stayed would cost 1 USD a month, each time.
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(30),
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublish',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    return key;
  }

  /** Alarms of this account may publish; whoever else may is in the account's own policies. */
  #topic(id: string, topicName: string, masterKey: Key): Topic {
    const topic = new Topic(this, id, { topicName, masterKey, enforceSSL: true });
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublish',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    return topic;
  }
}
