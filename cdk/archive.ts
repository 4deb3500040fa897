/** The bucket of the archive: what is in it is locked for its time, and nobody but two functions adds to it. */
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { archiveFolders, folders } from '../core/audit/archived.ts';
import { archiveBucketName } from '../core/deployed-names.ts';
import type { FunctionName } from '../core/functions.ts';
import { type Place, rolePatterns } from '../core/table-policies.ts';
import type { AuditLock } from './settings.ts';

export interface ArchiveProps {
  readonly place: Place;
  readonly lock: AuditLock;
}

/** Which function puts into which folder. */
const writers: readonly (readonly [FunctionName, readonly string[]])[] = [
  ['archive', archiveFolders],
  ['checkpoint', [folders.checkpoints]],
];

type Conditions = Record<string, Record<string, string | string[]>>;

export class Archive extends Construct {
  readonly bucket: Bucket;
  readonly #place: Place;

  constructor(scope: Construct, id: string, { place, lock: { mode, days } }: ArchiveProps) {
    super(scope, id);
    this.#place = place;
    const retention = { governance: ObjectLockRetention.governance, compliance: ObjectLockRetention.compliance };
    this.bucket = new Bucket(this, 'Bucket', {
      bucketName: archiveBucketName(Stack.of(this)),
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: retention[mode](Duration.days(days)),
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    for (const [name, own] of writers) this.#onlyWriter(name, own);
    this.#onlyWhereNothingIs();
    this.#neverLess();
    this.#neverExpires();
    // The bucket stays with what protects it.
    this.bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Who puts into it is denied to all but two functions; what they put is signed and chained itself.',
    });
  }

  /** A folder takes objects from one function alone. */
  #onlyWriter(name: FunctionName, own: readonly string[]): void {
    const conditions = { ArnNotLike: { 'aws:PrincipalArn': rolePatterns(this.#place, [name]) } };
    this.#deny(`Only${name}`, ['s3:PutObject'], own, conditions);
  }

  /** S3, unlike DynamoDB, can demand it: no second version is laid over an object, whoever asks. */
  #onlyWhereNothingIs(): void {
    this.#deny('OnlyWhereNothingIs', ['s3:PutObject'], [''], { Null: { 's3:if-none-match': 'true' } });
  }

  /** The bucket's own retention is the only one: nobody shortens it, goes round it, or removes what is free again. */
  #neverLess(): void {
    const actions = [
      's3:DeleteObject',
      's3:DeleteObjectVersion',
      's3:PutObjectRetention',
      's3:BypassGovernanceRetention',
    ];
    this.#deny('NeverLess', actions, [''], {});
  }

  /**
   * S3 itself carries out such a rule, whatever is denied to everybody: under a lock it hides an object behind a delete
   * marker, and after it removes the object. The template has none, so that no deploy needs the right.
   */
  #neverExpires(): void {
    this.#refuse('NeverExpires', ['s3:PutLifecycleConfiguration'], [this.bucket.bucketArn], {});
  }

  #deny(sid: string, actions: string[], within: readonly string[], conditions: Conditions): void {
    const objects = within.map((folder) => this.bucket.arnForObjects(`${folder}*`));
    this.#refuse(sid, actions, objects, conditions);
  }

  #refuse(sid: string, actions: string[], resources: string[], conditions: Conditions): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions,
        resources,
        conditions,
      }),
    );
  }
}
