/** The IAM door: where people answer without Slack, and the policy that lets them. */
import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { readableAttributes } from '../core/approval/record.ts';
import { readingUnder } from './grants.ts';
import type { CountersignFunction } from './lambda-function.ts';
import { lambdaArn } from './names.ts';

export interface DoorProps {
  readonly decide: CountersignFunction;
  readonly work: Table;
  readonly control: Table;
  readonly audit: Table;
  readonly approvalKey: IKey;
  /** ARN of a customer's key for the tables; null = DynamoDB's own. */
  readonly tablesKey: string | null;
}

export class Door extends Construct {
  constructor(scope: Construct, id: string, props: DoorProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const { decide } = props;
    const url = decide.lambda.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
    decide.may({
      environment: {
        DOOR_AUDIENCE: lambdaArn(stack, 'decide'),
        STS_HOST: `sts.${stack.region}.${stack.urlSuffix}`,
      },
      allow: [],
    });
    const policy = new ManagedPolicy(this, 'Approver', {
      managedPolicyName: `countersign-approver-${stack.region}`,
      description:
        'Countersign: read what waits for an answer, and answer it at the IAM door. Whose answer counts is in countersign.yaml',
      statements: [...entering(lambdaArn(stack, 'decide')), ...reading(stack, props)],
    });
    new CfnOutput(stack, 'DoorUrl', { value: url.url, description: 'Where people answer without Slack, by IAM' });
    new CfnOutput(stack, 'ApproverPolicyArn', {
      value: policy.managedPolicyArn,
      description: 'For people who answer without Slack',
    });
  }
}

/** Since October 2025 a function URL wants both rights; the second is worth nothing anywhere else. */
function entering(functionArn: string): PolicyStatement[] {
  const on = { resources: [functionArn] };
  return [
    new PolicyStatement({
      ...on,
      actions: ['lambda:InvokeFunctionUrl'],
      conditions: { StringEquals: { 'lambda:FunctionUrlAuthType': FunctionUrlAuthType.AWS_IAM } },
    }),
    new PolicyStatement({
      ...on,
      actions: ['lambda:InvokeFunction'],
      conditions: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } },
    }),
    new PolicyStatement({ ...on, actions: ['lambda:GetFunctionUrlConfig'] }),
  ];
}

function reading(stack: Stack, { work, control, audit, approvalKey, tablesKey }: DoorProps): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['dynamodb:Query'],
      resources: [control.tableArn],
      conditions: {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': [...readableAttributes] },
        StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
      },
    }),
    new PolicyStatement({ actions: ['dynamodb:GetItem', 'dynamodb:Query'], resources: [work.tableArn] }),
    new PolicyStatement({ actions: ['dynamodb:Query'], resources: [audit.tableArn] }),
    new PolicyStatement({ actions: ['kms:GetPublicKey'], resources: [approvalKey.keyArn] }),
    ...readingUnder(stack, tablesKey).map(
      ({ actions, resources, conditions }) =>
        new PolicyStatement({ actions: [...actions], resources: [...resources], ...(conditions && { conditions }) }),
    ),
  ];
}
