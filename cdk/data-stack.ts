/** What must survive: the three tables and the approval key. Roles of the response stack are named here as strings only. */
import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { type FunctionName, functionNames, operatorTag, rolePatterns } from './names.ts';

/** Ways to change an item that are no single put: none of them is used, so none is allowed. */
const bulkWrites = ['BatchWriteItem', 'PartiQLInsert', 'PartiQLUpdate', 'PartiQLDelete'];

const controlWriters: readonly FunctionName[] = ['request-approval', 'decide', 'settle', 'close', 'sweep'];
const workDeleters: readonly FunctionName[] = ['close', 'sweep'];
/** Everything but `slack`, which faces the internet and reaches no table. */
const recordKeepers = functionNames.filter((name) => name !== 'slack');

export class DataStack extends Stack {
  readonly work: Table;
  readonly control: Table;
  readonly audit: Table;
  readonly approvalKey: Key;

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    this.work = this.#table('Work', AttributeType.STRING, [
      this.#denyUnless(workDeleters, 'DeleteItem'),
      denyAll(...bulkWrites),
    ]);
    this.control = this.#table('Control', AttributeType.STRING, [
      this.#denyUnlessOperator(controlWriters, 'PutItem', 'UpdateItem'),
      denyAll('DeleteItem', ...bulkWrites),
    ]);
    this.audit = this.#table('Audit', AttributeType.NUMBER, [
      this.#denyUnless(recordKeepers, 'PutItem'),
      // UpdateTable and UpdateContinuousBackups stay allowed: CloudFormation itself needs them.
      denyAll('UpdateItem', 'DeleteItem', ...bulkWrites, 'DeleteTable', 'UpdateTimeToLive'),
    ]);
    this.approvalKey = this.#approvalKey();
  }

  /** On demand, with point-in-time recovery, kept when the stack is deleted. Items of Work may expire. */
  #table(name: 'Work' | 'Control' | 'Audit', sortKey: AttributeType, denials: PolicyStatement[]): Table {
    return new Table(this, name, {
      tableName: `countersign-${name.toLowerCase()}`,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: sortKey },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      resourcePolicy: new PolicyDocument({ statements: denials }),
      ...(name === 'Work' ? { timeToLiveAttribute: 'expiresAt' } : {}),
    });
  }

  #denyUnless(names: readonly FunctionName[], ...actions: string[]): PolicyStatement {
    return denial(actions, { ArnNotLike: { 'aws:PrincipalArn': rolePatterns(this, names) } });
  }

  /** The kill switch is set by people, so that it also works when our own functions do not. */
  #denyUnlessOperator(names: readonly FunctionName[], ...actions: string[]): PolicyStatement {
    return denial(actions, {
      ArnNotLike: { 'aws:PrincipalArn': rolePatterns(this, names) },
      StringNotEquals: { [`aws:PrincipalTag/${operatorTag}`]: 'operator' },
    });
  }

  /** Signs approvals. CDK's default key policy would let everybody with `kms:Sign` sign; the denial leaves `decide`. */
  #approvalKey(): Key {
    const key = new Key(this, 'ApprovalKey', {
      alias: 'countersign-approval',
      description: 'Countersign: signs approvals; only the decide function may sign',
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyDecideSigns',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['kms:Sign'],
        resources: ['*'],
        conditions: { ArnNotLike: { 'aws:PrincipalArn': rolePatterns(this, ['decide']) } },
      }),
    );
    return key;
  }
}

function denyAll(...actions: string[]): PolicyStatement {
  return denial(actions, {});
}

/** In a table's own policy `*` is the table. */
function denial(
  actions: readonly string[],
  conditions: Record<string, Record<string, string | string[]>>,
): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: actions.map((action) => `dynamodb:${action}`),
    resources: ['*'],
    conditions,
  });
}
