/** The state machine: the definition from statemachines/, the functions' ARNs, and a role that may invoke exactly these. */
import { readFileSync } from 'node:fs';
import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  LogLevel,
  StateMachine,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { FunctionName } from '../core/functions.ts';
import { stateMachine } from '../package/assets.ts';
import { type CountersignFunction, explainWildcard } from './lambda-function.ts';
import { roleName, stateMachineName } from './names.ts';

export interface IncidentMachineProps {
  readonly functions: Readonly<Record<FunctionName, CountersignFunction>>;
  readonly askTickSeconds: number;
  /** Encrypts the history, which shows task tokens. */
  readonly key: IKey;
}

/** What the definition calls `${PlanFunction}` and so on. */
const substitutions = {
  PlanFunction: 'plan',
  GateFunction: 'gate',
  RequestApprovalFunction: 'request-approval',
  SettleFunction: 'settle',
  ExecuteFunction: 'execute',
  PollFunction: 'poll',
  CloseFunction: 'close',
} as const satisfies Record<string, FunctionName>;

export class IncidentMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { functions, askTickSeconds, key }: IncidentMachineProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const invoked = Object.entries(substitutions).map(
      ([name, fn]) => [name, functions[fn].lambda.functionArn] as const,
    );
    const role = new Role(this, 'Role', {
      roleName: roleName(stack, 'incident'),
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: 'Countersign: invokes the functions of an incident, and nothing else',
    });
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: invoked.map(([, arn]) => arn) }),
    );
    explainWildcard(role, '*', 'X-Ray and the delivery of logs have no resource types in IAM.');
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName,
      definitionBody: DefinitionBody.fromString(definition(askTickSeconds)),
      definitionSubstitutions: { Partition: stack.partition, ...Object.fromEntries(invoked) },
      role,
      tracingEnabled: true,
      encryptionConfiguration: new CustomerManagedEncryptionConfiguration(key),
      logs: { destination: this.#logs(), level: LogLevel.ERROR, includeExecutionData: false },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.machine).acknowledge({
      id: 'AwsSolutions-SF1',
      reason: 'Every decision is an entry of the audit chain; the log is for failures of the machine itself.',
    });
  }

  /** Names outside `/aws/vendedlogs/` make the account's log policy grow until it is full. */
  #logs(): LogGroup {
    return new LogGroup(this, 'Logs', {
      logGroupName: `/aws/vendedlogs/states/${stateMachineName}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}

/** The definition's text with the tick as a literal integer, which is the only form of a time-out that is always honoured. */
function definition(askTickSeconds: number): string {
  const parsed = JSON.parse(readFileSync(stateMachine, 'utf8'));
  parsed.States.Ask.TimeoutSeconds = askTickSeconds;
  parsed.States.AskFailed.Seconds = askTickSeconds;
  return JSON.stringify(parsed);
}
