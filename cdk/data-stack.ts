/** What must survive: the four tables, the archive, and the keys of approvals and checkpoints. Roles of the response stack are named here as strings only. */
import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { keyAliases } from '../core/deployed-names.ts';
import type { FunctionName } from '../core/functions.ts';
import {
  type Denial,
  denialsOf,
  type Place,
  rolePatterns,
  type TableName,
  tableRules,
} from '../core/table-policies.ts';
import { Archive } from './archive.ts';
import { lambdaName } from './names.ts';
import type { AuditLock } from './settings.ts';

export interface DataStackProps extends StackProps {
  /** Whether tables refuse to be deleted; only before the first deploy has succeeded they may not. */
  readonly protection: boolean;
  /** ARN of a customer's key for the tables; null = DynamoDB's own. */
  readonly tablesKey: string | null;
  /** How long nobody changes or removes what is archived. */
  readonly auditLock: AuditLock;
}

export class DataStack extends Stack {
  readonly work: Table;
  readonly control: Table;
  readonly audit: Table;
  readonly dispatches: Table;
  readonly approvalKey: Key;
  readonly checkpointKey: Key;
  readonly archiveBucket: Bucket;

  readonly #place: Place;
  readonly #encryption: Pick<TableProps, 'encryption' | 'encryptionKey'>;

  constructor(scope: Construct, id: string, { protection, tablesKey, auditLock, ...props }: DataStackProps) {
    super(scope, id, props);
    this.#place = { partition: this.partition, account: this.account, region: this.region };
    this.#encryption =
      tablesKey === null
        ? {}
        : {
            encryption: TableEncryption.CUSTOMER_MANAGED,
            encryptionKey: Key.fromKeyArn(this, 'TablesKey', tablesKey),
          };
    this.work = this.#table('Work', AttributeType.STRING, protection);
    this.control = this.#table('Control', AttributeType.STRING, protection);
    this.audit = this.#table('Audit', AttributeType.NUMBER, protection);
    this.dispatches = this.#table('Dispatches', AttributeType.STRING, protection);
    this.approvalKey = this.#signingKey('ApprovalKey', 'approval', 'decide');
    this.checkpointKey = this.#signingKey('CheckpointKey', 'checkpoint', 'checkpoint');
    this.archiveBucket = new Archive(this, 'Archive', { place: this.#place, lock: auditLock }).bucket;
  }

  /** On demand, with point-in-time recovery, kept when the stack is deleted. Items of Work may expire. */
  #table(name: TableName, sortKey: AttributeType, protection: boolean): Table {
    const statements = denialsOf(name, this.#place).map(({ actions, conditions }) =>
      denial(
        actions.filter((action) => protection || action !== 'dynamodb:DeleteTable'),
        conditions,
      ),
    );
    return new Table(this, name, {
      tableName: `countersign-${name.toLowerCase()}`,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: sortKey },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: protection,
      ...this.#encryption,
      // Kept, but not when the deploy that made it fails: a second try would find the name taken.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      resourcePolicy: new PolicyDocument({ statements }),
      ...(tableRules[name].isWatched ? { stream: StreamViewType.NEW_AND_OLD_IMAGES } : {}),
      ...(name === 'Work' ? { timeToLiveAttribute: 'expiresAt' } : {}),
    });
  }

  /**
   * Signs approvals, or checkpoints. CDK's default key policy would let everybody with `kms:Sign` sign; two denials leave
   * the role of one function, in a session of the name that Lambda gives that function, such as `countersign-decide`.
   */
  #signingKey(id: string, what: keyof typeof keyAliases, signer: FunctionName): Key {
    const key = new Key(this, id, {
      description: `Countersign: signs ${what}s; only the ${signer} function may sign`,
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    // It stays too: who verifies finds the key by it, and another deploy fails rather than sign with a new key unseen.
    key.addAlias(keyAliases[what]).applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
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
    refuse('OnlyItsRoleSigns', { ArnNotLike: { 'aws:PrincipalArn': rolePatterns(this.#place, [signer]) } });
    refuse('OnlyAsItsFunction', { StringNotLike: { 'aws:userid': `*:${lambdaName(signer)}` } });
    return key;
  }
}

/** In a table's own policy `*` is the table. */
function denial(actions: readonly string[], conditions: Denial['conditions']): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: [...actions],
    resources: ['*'],
    conditions,
  });
}
