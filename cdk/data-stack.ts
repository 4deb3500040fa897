/** What must survive: the four tables and the approval key. Roles of the response stack are named here as strings only. */
import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { type FunctionName, lambdaName, operatorTag, rolePatterns } from './names.ts';

/** Ways to change an item that are no single put: none of them is used, so none is allowed. */
const bulkWrites = ['BatchWriteItem', 'PartiQLInsert', 'PartiQLUpdate', 'PartiQLDelete'];

const controlWriters: readonly FunctionName[] = ['request-approval', 'decide', 'settle', 'close', 'sweep', 'archive'];
const workDeleters: readonly FunctionName[] = ['close', 'sweep'];
/** Written out: a new function appends to the audit only when it is named here. */
const appenders: readonly FunctionName[] = [
  'triage',
  'plan',
  'gate',
  'request-approval',
  'decide',
  'settle',
  'execute',
  'poll',
  'close',
  'sweep',
];
/** For tables whose items are put once. UpdateTable and UpdateContinuousBackups stay allowed: CloudFormation itself needs them. */
const everyOtherWrite = ['UpdateItem', 'DeleteItem', ...bulkWrites, 'DeleteTable', 'UpdateTimeToLive'];

type TableName = 'Work' | 'Control' | 'Audit' | 'Dispatches';
/** Whatever happens to their items reaches `archive`. */
const watched: readonly TableName[] = ['Audit', 'Dispatches'];

export class DataStack extends Stack {
  readonly work: Table;
  readonly control: Table;
  readonly audit: Table;
  readonly dispatches: Table;
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
      this.#denyUnless(appenders, 'PutItem'),
      denyAll(...everyOtherWrite),
    ]);
    this.dispatches = this.#table('Dispatches', AttributeType.STRING, [
      this.#denyUnless(['execute'], 'PutItem'),
      denyAll(...everyOtherWrite),
    ]);
    this.approvalKey = this.#approvalKey();
  }

  /** On demand, with point-in-time recovery, kept when the stack is deleted. Items of Work may expire. */
  #table(name: TableName, sortKey: AttributeType, denials: PolicyStatement[]): Table {
    return new Table(this, name, {
      tableName: `countersign-${name.toLowerCase()}`,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: sortKey },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      resourcePolicy: new PolicyDocument({ statements: denials }),
      ...(watched.includes(name) ? { stream: StreamViewType.NEW_AND_OLD_IMAGES } : {}),
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

  /**
   * Signs approvals. CDK's default key policy would let everybody with `kms:Sign` sign; two denials leave the role of
   * `decide`, in a session of the name that Lambda gives the function `countersign-decide`.
   */
  #approvalKey(): Key {
    const key = new Key(this, 'ApprovalKey', {
      alias: 'countersign-approval',
      description: 'Countersign: signs approvals; only the decide function may sign',
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const refuse = (sid: string, conditions: Record<string, Record<string, string | string[]>>) =>
      key.addToResourcePolicy(
        new PolicyStatement({
          sid,
          effect: Effect.DENY,
          principals: [new AnyPrincipal()],
          actions: ['kms:Sign'],
          resources: ['*'],
          conditions,
        }),
      );
    refuse('OnlyDecideSigns', { ArnNotLike: { 'aws:PrincipalArn': rolePatterns(this, ['decide']) } });
    refuse('OnlyAsItsFunction', { StringNotLike: { 'aws:userid': `*:${lambdaName('decide')}` } });
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
