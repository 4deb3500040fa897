/** The response stack: functions that end before their states do, a machine with literal waits, and every trigger. */
import type { Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { runDocument } from '../../core/derive/run-document.ts';
import { type FunctionName, functionNames } from '../../core/functions.ts';
import { IncidentStatus, riskLevels } from '../../core/words.ts';
import {
  at,
  build,
  dataResources,
  flat,
  functionOf,
  ofType,
  resourcesOf,
  responseResources,
  stacks,
  statementsOf,
  targetResources,
} from './stacks.ts';

const [machine] = ofType(responseResources, 'AWS::StepFunctions::StateMachine');
const definition = JSON.parse(at(machine?.Properties, 'DefinitionString'));
const substitutions = at<Record<string, unknown>>(machine?.Properties, 'DefinitionSubstitutions');
const functionIds = Object.fromEntries(
  functionNames.map((name) => [flat({ 'Fn::GetAtt': [idOf(name), 'Arn'] }), name]),
);

function idOf(name: FunctionName): string {
  const found = Object.entries(responseResources).find(([, resource]) => resource === functionOf(name));
  return found?.[0] ?? '';
}

function rule(name: string) {
  const found = ofType(responseResources, 'AWS::Events::Rule').find(
    ({ Properties }) => at(Properties, 'Name') === name,
  );
  return found?.Properties;
}

function queueNamed(name: string) {
  return ofType(responseResources, 'AWS::SQS::Queue').find(({ Properties }) => at(Properties, 'QueueName') === name)
    ?.Properties;
}

const queueId = Object.entries(responseResources).find(
  ([, { Type, Properties }]) => Type === 'AWS::SQS::Queue' && at(Properties, 'QueueName') === 'countersign-doorbells',
)?.[0];
const doorbells = flat({ 'Fn::GetAtt': [queueId, 'Arn'] });

const targets = (name: string) =>
  at<{ Arn: unknown }[]>(rule(name), 'Targets').map(({ Arn }) => functionIds[flat(Arn)] ?? flat(Arn));

describe('functions', () => {
  test.each(functionNames)(
    '%s runs Node 24 on arm64, logs JSON to a group that ends, and is called unqualified',
    (name) => {
      expect(functionOf(name).Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogFormat: 'JSON' },
      });
      const group = ofType(responseResources, 'AWS::Logs::LogGroup').find(
        ({ Properties }) => at(Properties, 'LogGroupName') === `/aws/lambda/countersign-${name}`,
      );
      expect(at(group?.Properties, 'RetentionInDays')).toBe(90);
    },
  );

  const shares = (resources = responseResources) =>
    Object.fromEntries(
      ofType(resources, 'AWS::Lambda::Function').flatMap(({ Properties }) => {
        const share = at<number | undefined>(Properties, 'ReservedConcurrentExecutions');
        return share === undefined ? [] : [[at<string>(Properties, 'FunctionName').replace('countersign-', ''), share]];
      }),
    );

  test('that must not starve have a share of their own, which a flood at the public URL cannot take', () => {
    expect(shares()).toEqual({ slack: 20, decide: 20, execute: 50, sweep: 5, archive: 20, checkpoint: 1 });
  });

  test('have no share where the setting says so: an account of ten at a time could not deploy it', () => {
    const { response } = build({ reservedConcurrency: 'off' });
    expect(shares(resourcesOf(response))).toEqual({});
  });

  test('slack has the memory, and so the CPU, for a cold start within the three seconds of Slack', () => {
    expect(at(functionOf('slack').Properties, 'MemorySize')).toBe(1024);
  });

  test('end before the state that invokes them gives up', () => {
    for (const [state, { TimeoutSeconds, Arguments }] of Object.entries<Record<string, never>>(definition.States)) {
      if (!Arguments) continue;
      const name = functionIds[flat(substitutions[at<string>(Arguments, 'FunctionName').slice(2, -1)])];
      expect(name, state).toBeDefined();
      expect(Number(TimeoutSeconds), state).toBeGreaterThan(at(functionOf(name ?? '').Properties, 'Timeout'));
    }
  });

  test('that are woken without waiting have a limit and a place for what is lost; decide is never tried twice', () => {
    const settings = ofType(responseResources, 'AWS::Lambda::EventInvokeConfig').map(({ Properties }) => {
      const name = functionNames.find((one) => at(Properties, 'FunctionName.Ref') === idOf(one));
      expect(flat(at(Properties, 'DestinationConfig.OnFailure.Destination'))).toMatch(/^<Undelivered/);
      return [name, at(Properties, 'MaximumRetryAttempts'), at(Properties, 'MaximumEventAgeInSeconds')];
    });
    expect(Object.fromEntries(settings.map(([name, ...rest]) => [name, rest]))).toEqual({
      triage: [2, 3600],
      decide: [0, 60],
      sweep: [1, 300],
      // The next minute's is about the same and more.
      checkpoint: [0, 60],
    });
  });
});

describe('the machine', () => {
  test('has literal waits in the template, and the tick of the context in two places', () => {
    for (const [name, one] of Object.entries<Record<string, unknown>>(definition.States))
      if (one.Type === 'Task') expect(Number.isInteger(one.TimeoutSeconds), name).toBe(true);
    expect([definition.States.Ask.TimeoutSeconds, definition.States.AskFailed.Seconds]).toEqual([60, 60]);
  });

  test('is encrypted, traced, and logs failures without data', () => {
    expect(machine?.Properties).toMatchObject({
      StateMachineName: 'countersign-incident',
      EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY' },
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
    });
  });

  test('knows every name that its definition uses, and no other', () => {
    const used = new Set([...JSON.stringify(definition).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual(Object.keys(substitutions).sort());
  });

  test('takes a short tick for the local account only', () => {
    const { response } = build({ askTickSeconds: '2' }, '000000000000');
    const text = JSON.stringify(
      response.resolve(
        at(response.node.findChild('Incident').node.findChild('Machine').node.defaultChild, 'definitionString'),
      ),
    );
    expect(text).toMatch(/TimeoutSeconds\\*":2,/);
    expect(() => build({ askTickSeconds: '2' }, '123456789012')).toThrow(
      /askTickSeconds is "2"; it must be a whole number from 60/,
    );
  });
});

describe('triggers', () => {
  test('alarms reach triage through one queue as events and by topic, and as action; our own alarms do not', () => {
    expect(targets('countersign-alarm-changed')).toEqual([doorbells]);
    expect(at(rule('countersign-alarm-changed'), 'EventPattern')).toEqual({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change', 'CloudWatch Alarm Contributor State Change'],
      detail: { alarmName: [{ 'anything-but': { prefix: 'countersign-' } }], state: { value: ['ALARM', 'OK'] } },
    });
    const [subscription] = ofType(responseResources, 'AWS::SNS::Subscription');
    expect(subscription?.Properties).toMatchObject({ Protocol: 'sqs' });
    expect(at(subscription?.Properties, 'RawMessageDelivery')).toBeUndefined();
    expect(flat(at(subscription?.Properties, 'Endpoint'))).toBe(doorbells);
    expect(flat(at(subscription?.Properties, 'TopicArn'))).toMatch(/Alarms/);
    const actions = permissions().filter(({ Principal }) => Principal === 'lambda.alarms.cloudwatch.amazonaws.com');
    expect(actions).toMatchObject([{ Action: 'lambda:InvokeFunction', SourceAccount: { Ref: 'AWS::AccountId' } }]);
    expect(functionIds[flat(actions[0]?.FunctionName)]).toBe('triage');
  });

  test('sweep runs every minute and when an execution of ours fails', () => {
    expect(at(rule('countersign-sweep'), 'ScheduleExpression')).toBe('rate(1 minute)');
    expect(targets('countersign-sweep')).toEqual(['sweep']);
    expect(targets('countersign-execution-ended')).toEqual(['sweep']);
    const pattern = at<Record<string, unknown>>(rule('countersign-execution-ended'), 'EventPattern');
    expect(pattern).toMatchObject({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
    });
    expect(flat(at<unknown[]>(pattern, 'detail.stateMachineArn')[0])).toMatch(/stateMachine:countersign-incident$/);
  });

  test('the queue hands over batches, has only failures come again, and gives up into a queue of its own', () => {
    const [mapping, ...more] = ofType(responseResources, 'AWS::Lambda::EventSourceMapping').filter(
      ({ Properties }) => flat(at(Properties, 'EventSourceArn')) === doorbells,
    );
    expect(more).toEqual([]);
    expect(at(mapping?.Properties, 'FunctionName.Ref')).toBe(idOf('triage'));
    expect(mapping?.Properties).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    // A window would hold up every alarm, and is what a batch above ten wants.
    expect(at(mapping?.Properties, 'MaximumBatchingWindowInSeconds')).toBeUndefined();
    const queue = queueNamed('countersign-doorbells');
    expect(at(queue, 'VisibilityTimeout')).toBeGreaterThanOrEqual(at(functionOf('triage').Properties, 'Timeout'));
    expect(at(queue, 'SqsManagedSseEnabled')).toBe(true);
    expect(at(queue, 'RedrivePolicy.maxReceiveCount')).toBeGreaterThan(5);
    expect(flat(at(queue, 'RedrivePolicy.deadLetterTargetArn'))).toMatch(/^<RingingDead/);
    expect(at(queueNamed('countersign-doorbells-dead'), 'MessageRetentionPeriod')).toBe(14 * 86_400);
  });

  test('only the rule and the topic put something into the queue, and nobody without TLS', () => {
    const policies = ofType(responseResources, 'AWS::SQS::QueuePolicy').filter(({ Properties }) =>
      at<{ Ref: string }[]>(Properties, 'Queues').some(({ Ref }) => doorbells.includes(Ref)),
    );
    const statements = policies.flatMap(({ Properties }) => statementsOf(at(Properties, 'PolicyDocument')));
    const allowed = statements.filter(({ effect }) => effect === 'Allow');
    expect(allowed.map(({ principal }) => at(principal, 'Service')).sort()).toEqual([
      'events.amazonaws.com',
      'sns.amazonaws.com',
    ]);
    for (const { actions, condition } of allowed) {
      expect(actions).toContain('sqs:SendMessage');
      expect(flat(at(condition.ArnEquals, 'aws:SourceArn'))).toMatch(/^<(TriggersAlarmChanged|Alarms)/);
    }
    expect(statements.some(({ effect, condition }) => effect === 'Deny' && condition.Bool)).toBe(true);
  });

  test('the dashboard shows what the functions count: each name and dimension is one that they write', () => {
    const [dashboard] = ofType(responseResources, 'AWS::CloudWatch::Dashboard');
    const body = flat(at(dashboard?.Properties, 'DashboardBody'));
    for (const [name, dimension, values] of [
      ['Doorbells', 'Reason', ['not_opted_in', 'quiet', 'not_in_alarm', 'unconfirmed', 'unanswered']],
      ['IncidentsClosed', 'Status', IncidentStatus.options],
      ['Sends', 'Level', riskLevels],
      ['TimeToAnswer', 'Word', ['approve', 'reject']],
      ['Answers', 'Word', ['approve', 'reject', 'skip', 'modify']],
      ['Escalations', 'EscalationLevel', ['2', 'page']],
    ] as const)
      for (const value of values)
        expect(body).toContain(`["Countersign","${name}","${dimension}","${value}","service","countersign"`);
    expect(body).toContain('["Countersign","TimeToFirstCard","service","countersign"');
    expect(ofType(responseResources, 'AWS::Logs::MetricFilter')).toEqual([]);
  });

  test('archive looks at everything that happens to Audit and Dispatches, and loses nothing', () => {
    const mappings = ofType(responseResources, 'AWS::Lambda::EventSourceMapping')
      .map(({ Properties }) => Properties)
      .filter((one) => at(one, 'FunctionName.Ref') === idOf('archive'));
    const sources = mappings.map((one) => flat(at(one, 'EventSourceArn')));
    expect(sources).toEqual([
      expect.stringMatching(/Audit.*StreamArn/),
      expect.stringMatching(/Dispatches.*StreamArn/),
    ]);
    for (const mapping of mappings) {
      expect(mapping).toMatchObject({
        StartingPosition: 'TRIM_HORIZON',
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ParallelizationFactor: 1,
        MaximumRetryAttempts: 60,
      });
      expect(flat(at(mapping, 'DestinationConfig.OnFailure.Destination'))).toMatch(/^<StreamsUnchecked/);
      for (const left of ['FilterCriteria', 'MaximumRecordAgeInSeconds', 'MaximumBatchingWindowInSeconds'])
        expect(at(mapping, left), left).toBeUndefined();
    }
  });

  test('tell hears of what is added to Audit, a second later, and lets go what it could not tell', () => {
    const mappings = ofType(responseResources, 'AWS::Lambda::EventSourceMapping').map(({ Properties }) => Properties);
    const [mapping, ...others] = mappings.filter((one) => at(one, 'FunctionName.Ref') === idOf('tell'));
    expect(others).toEqual([]);
    expect(flat(at(mapping, 'EventSourceArn'))).toMatch(/Audit.*StreamArn/);
    expect(mapping).toMatchObject({
      StartingPosition: 'LATEST',
      FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
      MaximumBatchingWindowInSeconds: 1,
      MaximumRetryAttempts: 5,
      MaximumRecordAgeInSeconds: 300,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ParallelizationFactor: 1,
    });
    expect(at(mapping, 'DestinationConfig')).toBeUndefined();
    // Two readers are the most that a shard of a table's stream serves without throttling them (DynamoDB, "Reading from a stream").
    const readers = mappings.filter((one) => /Audit.*StreamArn/.test(flat(at(one, 'EventSourceArn'))));
    expect(readers).toHaveLength(2);
  });

  test('the only public door is slack, and nobody else may be invoked by strangers', () => {
    const doors = ofType(responseResources, 'AWS::Lambda::Url').map(({ Properties }) => [
      functionIds[flat(at(Properties, 'TargetFunctionArn'))],
      at(Properties, 'AuthType'),
    ]);
    expect(Object.fromEntries(doors)).toEqual({ slack: 'NONE', decide: 'AWS_IAM' });
    const open = permissions().filter(({ Principal }) => Principal === '*');
    expect(open.map(({ Action }) => Action).sort()).toEqual(['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl']);
    for (const { FunctionName, Action, InvokedViaFunctionUrl } of open) {
      expect(functionIds[flat(FunctionName)]).toBe('slack');
      if (Action === 'lambda:InvokeFunction') expect(InvokedViaFunctionUrl).toBe(true);
    }
  });

  function permissions(): Record<string, unknown>[] {
    return ofType(responseResources, 'AWS::Lambda::Permission').map(
      ({ Properties }) => Properties as Record<string, unknown>,
    );
  }
});

describe('what is on its way', () => {
  test('topics are encrypted, take alarms of this account only, and refuse plain text', () => {
    expect(
      ofType(responseResources, 'AWS::SNS::Topic')
        .map(({ Properties }) => at(Properties, 'TopicName'))
        .sort(),
    ).toEqual(['countersign-alarms', 'countersign-pages']);
    for (const { Properties } of ofType(responseResources, 'AWS::SNS::Topic'))
      expect(at(Properties, 'KmsMasterKeyId')).toBeDefined();
    for (const { Properties } of ofType(responseResources, 'AWS::SNS::TopicPolicy')) {
      const statements = statementsOf(at(Properties, 'PolicyDocument'));
      const allowed = statements.filter(({ effect }) => effect === 'Allow');
      expect(allowed).toMatchObject([
        {
          actions: ['sns:Publish'],
          principal: { Service: 'cloudwatch.amazonaws.com' },
          condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
      ]);
      expect(statements.some(({ effect, condition }) => effect === 'Deny' && condition.Bool)).toBe(true);
    }
  });

  test('our own alarms page people and are named so that they open no incident', () => {
    const alarms = ofType(responseResources, 'AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(functionNames.length);
    for (const { Properties } of alarms) {
      expect(at(Properties, 'AlarmName')).toMatch(/^countersign-/);
      expect(at<unknown[]>(Properties, 'AlarmActions').map(flat)).toEqual([expect.stringMatching(/^<Pages/)]);
      expect(at(Properties, 'Tags')).toBeUndefined();
    }
    const thresholds = Object.fromEntries(
      alarms.map(({ Properties }) => [at(Properties, 'AlarmName'), at(Properties, 'Threshold')]),
    );
    expect(thresholds).toMatchObject({
      'countersign-archive-errors': 1,
      'countersign-unchecked': 1,
      'countersign-doorbells-late': 300,
      'countersign-doorbells-dead': 1,
      'countersign-archive-late': 60_001,
    });
    const late = alarms.find(({ Properties }) => at(Properties, 'AlarmName') === 'countersign-archive-late');
    expect(late?.Properties).toMatchObject({
      MetricName: 'IteratorAge',
      Namespace: 'AWS/Lambda',
      Statistic: 'Maximum',
    });
    expect(flat(at<{ Value: unknown }[]>(late?.Properties, 'Dimensions')[0]?.Value)).toBe(`<${idOf('archive')}>`);
  });

  test.each([
    ['sweep', 5],
    ['checkpoint', 15],
  ] as const)('%s that was not called for %i minutes pages, and the first deploy does not', (name, periods) => {
    const silent = ofType(responseResources, 'AWS::CloudWatch::Alarm').find(
      ({ Properties }) => at(Properties, 'AlarmName') === `countersign-${name}-silent`,
    )?.Properties;
    // Breaching would be in ALARM before the first minute. An alarm begins with INSUFFICIENT_DATA, so that only a change to it pages.
    expect(silent).toMatchObject({ TreatMissingData: 'missing', EvaluationPeriods: periods, Threshold: 1 });
    expect(at(silent, 'ComparisonOperator')).toBe('LessThanThreshold');
    expect(silent).toMatchObject({ MetricName: 'Invocations', Namespace: 'AWS/Lambda', Period: 60, Statistic: 'Sum' });
    expect(flat(at<{ Value: unknown }[]>(silent, 'Dimensions')[0]?.Value)).toBe(`<${idOf(name)}>`);
    for (const actions of ['AlarmActions', 'InsufficientDataActions'])
      expect(at<unknown[]>(silent, actions).map(flat), actions).toEqual([expect.stringMatching(/^<Pages/)]);
  });
});

describe('a second region, and a second deploy', () => {
  test('the dashboard, which is global in an account, has the region in its name', () => {
    const [dashboard] = ofType(responseResources, 'AWS::CloudWatch::Dashboard');
    expect(flat(at(dashboard?.Properties, 'DashboardName'))).toBe('countersign-<AWS::Region>');
  });

  test('the operations key goes with the stack after 30 days, and piles up nowhere', () => {
    const [key, ...more] = ofType(responseResources, 'AWS::KMS::Key');
    expect(more).toEqual([]);
    expect([key?.DeletionPolicy, key?.UpdateReplacePolicy]).toEqual(['Delete', 'Delete']);
    expect(key?.Properties).toMatchObject({ PendingWindowInDays: 30, EnableKeyRotation: true });
  });

  test('nothing answers alarms before the document is there by which it sends', () => {
    const names = (stack: Stack) => stack.dependencies.map(({ stackName }) => stackName).sort();
    expect(names(stacks.response)).toEqual(['countersign-data', 'countersign-target']);
    expect([names(stacks.data), names(stacks.target)]).toEqual([[], []]);
  });

  test('the same sources give the same templates', () => {
    const { data, response, target } = build();
    expect(resourcesOf(data)).toEqual(dataResources);
    expect(resourcesOf(response)).toEqual(responseResources);
    expect(resourcesOf(target)).toEqual(targetResources);
  });
});

test('the target stack keeps every document: its name is its content, byte for byte', () => {
  const { name, content } = runDocument();
  const [document, ...more] = ofType(targetResources, 'AWS::SSM::Document');
  expect(more).toEqual([]);
  expect(document?.Properties).toMatchObject({ Name: name, Content: content, DocumentType: 'Command' });
  expect([document?.DeletionPolicy, document?.UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
  expect(Object.keys(targetResources)).toEqual([`RunDocument${name.slice(-12)}`]);
});
