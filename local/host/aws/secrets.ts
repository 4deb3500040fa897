/** A secret behind `aws secretsmanager`, rotated in moments; its value is never asked for and does not exist. */
import { randomUUID } from 'node:crypto';
import { AwsError, awsTime, type Operation, one, type Parameters } from './operation.ts';

export const secretName = 'checkout/database';
const day = 86_400_000;
/** How long the rotation function takes. */
const rotationMs = 100;

interface Version {
  readonly id: string;
  readonly createdAt: number;
}

export class Secret {
  readonly #place: string;
  readonly #now: () => number;
  #current: Version;
  #previous: Version;
  #pending: (Version & { readonly readyAt: number }) | null = null;

  constructor(region: string, account: string, now: () => number) {
    this.#place = `${region}:${account}`;
    this.#now = now;
    this.#current = { id: randomUUID(), createdAt: now() - 11 * day };
    this.#previous = { id: randomUUID(), createdAt: now() - 41 * day };
  }

  /** Nobody rotated it for four months. */
  age(): void {
    this.#current = { ...this.#current, createdAt: this.#now() - 121 * day };
    this.#previous = { ...this.#previous, createdAt: this.#now() - 151 * day };
  }

  ageInDays(): number {
    this.#settle();
    return (this.#now() - this.#current.createdAt) / day;
  }

  operations(): Record<string, Operation> {
    const operation = (
      needs: readonly string[],
      takes: readonly string[],
      perform: (parameters: Parameters) => ReturnType<Operation['perform']>,
    ): Operation => ({
      needs: ['secret-id', ...needs],
      takes,
      perform: (parameters) => {
        const asked = one(parameters, 'secret-id');
        if (asked !== secretName && asked !== this.#arn)
          throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
        this.#settle();
        return perform(parameters);
      },
    });
    return {
      'secretsmanager describe-secret': operation([], [], () => this.#described()),
      'secretsmanager list-secret-version-ids': operation([], ['include-deprecated'], () => ({
        Versions: this.#versions().map(({ id, createdAt, stages }) => ({
          VersionId: id,
          VersionStages: stages,
          CreatedDate: awsTime(createdAt),
        })),
        ...this.#name,
      })),
      'secretsmanager rotate-secret': operation([], ['rotate-immediately'], () => {
        if (this.#pending)
          throw new AwsError(
            'InvalidRequestException',
            'A previous rotation isn’t complete. That rotation will be reattempted.',
          );
        this.#pending = { id: randomUUID(), createdAt: this.#now(), readyAt: this.#now() + rotationMs };
        return { ...this.#name, VersionId: this.#pending.id };
      }),
      'secretsmanager update-secret-version-stage': operation(
        ['version-stage'],
        ['remove-from-version-id', 'move-to-version-id'],
        (parameters) => this.#move(one(parameters, 'remove-from-version-id'), one(parameters, 'move-to-version-id')),
      ),
    };
  }

  get #arn(): string {
    return `arn:aws:secretsmanager:${this.#place}:secret:${secretName}-a1B2c3`;
  }

  get #name() {
    return { ARN: this.#arn, Name: secretName };
  }

  /** The label AWSPREVIOUS moves by itself, as Secrets Manager documents. */
  #move(from: string, to: string) {
    if (from !== this.#current.id || to !== this.#previous.id)
      throw new AwsError('InvalidParameterException', 'The staging label AWSCURRENT is not attached to that version.');
    [this.#current, this.#previous] = [this.#previous, this.#current];
    return this.#name;
  }

  #settle(): void {
    if (!this.#pending || this.#pending.readyAt > this.#now()) return;
    this.#previous = this.#current;
    this.#current = this.#pending;
    this.#pending = null;
  }

  #versions() {
    return [
      ...(this.#pending ? [{ ...this.#pending, stages: ['AWSPENDING'] }] : []),
      { ...this.#current, stages: ['AWSCURRENT'] },
      { ...this.#previous, stages: ['AWSPREVIOUS'] },
    ];
  }

  #described() {
    const changed = awsTime(this.#current.createdAt);
    return {
      ...this.#name,
      RotationEnabled: true,
      RotationLambdaARN: `arn:aws:lambda:${this.#place}:function:rotate-checkout-database`,
      RotationRules: { AutomaticallyAfterDays: 30 },
      LastRotatedDate: changed,
      LastChangedDate: changed,
      LastAccessedDate: awsTime(this.#now() - (this.#now() % day)),
      VersionIdsToStages: Object.fromEntries(this.#versions().map(({ id, stages }) => [id, stages])),
    };
  }
}
