/** The one construct that makes a Lambda: defaults, a role of its own under a fixed name, and grants that bring their environment variables. */
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import { Construct } from 'constructs';
import type { FunctionName } from '../core/functions.ts';
import { lambdaArn, lambdaName, roleName } from './names.ts';

/** What a function may do, and the environment variables by which it knows with what. */
export interface Grant {
  readonly environment?: Readonly<Record<string, string>>;
  readonly allow: readonly Allowance[];
  /** What the function may not do, whatever another grant allows. */
  readonly deny?: readonly Omit<Allowance, 'wildcard'>[];
}

export interface Allowance {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  /** Why a resource has a wildcard; without a reason cdk-nag stops synth. */
  readonly wildcard?: string;
}

export interface CountersignFunctionProps {
  readonly name: FunctionName;
  readonly description: string;
  readonly code: Code;
  readonly timeoutSeconds: number;
  /** Megabytes; CPU comes with it, and cold starts are CPU. */
  readonly memorySize?: number;
  /** Invocations at a time that are its own, and the most that it has. */
  readonly reservedConcurrency?: number;
  /** For functions that are invoked without waiting: what is tried how often, and where it goes when it is lost. */
  readonly asynchronous?: {
    readonly retries: number;
    readonly maximumAgeSeconds: number;
    readonly undelivered: IQueue;
  };
}

export class CountersignFunction extends Construct {
  readonly name: FunctionName;
  readonly lambda: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, props: CountersignFunctionProps) {
    super(scope, props.name);
    this.name = props.name;
    const stack = Stack.of(this);
    this.role = new Role(this, 'Role', {
      roleName: roleName(stack, props.name),
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Countersign: what ${props.name} may do, and nothing else`,
    });
    this.role.addToPolicy(onlyFor(lambdaArn(stack, props.name)));
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${lambdaName(props.name)}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: lambdaName(props.name),
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code,
      role: this.role,
      timeout: Duration.seconds(props.timeoutSeconds),
      memorySize: props.memorySize ?? 512,
      ...(props.reservedConcurrency ? { reservedConcurrentExecutions: props.reservedConcurrency } : {}),
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      ...(props.asynchronous ? asynchronousSettings(props.asynchronous) : {}),
    });
    this.may({
      allow: [{ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }],
    });
  }

  /** Adds rights and the environment variables that go with them. */
  may(...grants: readonly Grant[]): void {
    for (const { environment, allow, deny } of grants) {
      for (const [name, value] of Object.entries(environment ?? {})) this.lambda.addEnvironment(name, value);
      for (const allowance of allow) this.#state(Effect.ALLOW, allowance);
      for (const denial of deny ?? []) this.#state(Effect.DENY, denial);
    }
  }

  #state(effect: Effect, { actions, resources, conditions = {}, wildcard }: Allowance): void {
    this.role.addToPolicy(
      new PolicyStatement({ effect, actions: [...actions], resources: [...resources], conditions }),
    );
    if (wildcard) for (const resource of resources) explainWildcard(this.role, resource, wildcard);
  }
}

/**
 * The role denies everything to code of every other function that was given it. `lambda:SourceFunctionArn` is in the
 * credentials of a running function, and works in identity policies only (in a resource policy or a trust it matches
 * everybody). Calls of Lambda itself, which reads streams with this role, do not carry it: hence `Null`. Whether the
 * value may have a version is not documented: hence both forms. The emulator never sets it.
 */
function onlyFor(functionArn: string): PolicyStatement {
  return new PolicyStatement({
    sid: 'OnlyThisFunction',
    effect: Effect.DENY,
    actions: ['*'],
    resources: ['*'],
    conditions: {
      ArnNotEquals: { 'lambda:SourceFunctionArn': [functionArn, `${functionArn}:*`] },
      Null: { 'lambda:SourceFunctionArn': 'false' },
    },
  });
}

/** Tells cdk-nag why this one resource of a role's policy has a wildcard; every other one is still reported. */
export function explainWildcard(role: Construct, resource: string, reason: string): void {
  const flat = flattenCfnReference(Stack.of(role).resolve(resource));
  Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${flat}]`, reason });
}

function asynchronousSettings(settings: NonNullable<CountersignFunctionProps['asynchronous']>) {
  return {
    retryAttempts: settings.retries,
    maxEventAge: Duration.seconds(settings.maximumAgeSeconds),
    onFailure: new SqsDestination(settings.undelivered),
  };
}
