/** What the four tables' own policies deny: the data stack writes them, and `sweep` looks every hour that they are there. */

export const tableNames = ['Work', 'Control', 'Audit', 'Dispatches'] as const;
export type TableName = (typeof tableNames)[number];

/** Ways to change an item that are no single put: none of them is used, so none is allowed. */
const bulkWrites = ['BatchWriteItem', 'PartiQLInsert', 'PartiQLUpdate', 'PartiQLDelete'];

/** For tables whose items are put once. UpdateTable and UpdateContinuousBackups stay allowed: CloudFormation itself needs them. */
const everyOtherWrite = ['UpdateItem', 'DeleteItem', ...bulkWrites, 'DeleteTable', 'UpdateTimeToLive'];

/** The tag `operatorTag` with this value admits a person beside the functions. */
export const operatorTag = 'countersign';
const operator = 'operator';

export interface TableRule {
  /** DynamoDB's actions that nobody may. */
  readonly never: readonly string[];
  /** Actions that only the roles of these functions may, and with `operators` people who carry the tag. */
  readonly only: {
    readonly actions: readonly string[];
    readonly functions: readonly string[];
    readonly operators: boolean;
  };
  /** Whether what happens to its items is streamed to `archive`. */
  readonly isWatched: boolean;
}

/** Written out: a new function appends to the audit only when it is named here. */
export const tableRules = {
  Work: {
    never: bulkWrites,
    only: { actions: ['DeleteItem'], functions: ['close', 'sweep'], operators: false },
    isWatched: false,
  },
  Control: {
    never: ['DeleteItem', ...bulkWrites],
    only: {
      actions: ['PutItem', 'UpdateItem'],
      functions: ['request-approval', 'decide', 'settle', 'close', 'sweep', 'archive'],
      // So that the kill switch also works when our own functions do not.
      operators: true,
    },
    isWatched: false,
  },
  Audit: {
    never: everyOtherWrite,
    only: {
      actions: ['PutItem'],
      functions: [
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
      ],
      operators: false,
    },
    isWatched: true,
  },
  Dispatches: {
    never: everyOtherWrite,
    only: { actions: ['PutItem'], functions: ['execute'], operators: false },
    isWatched: true,
  },
} as const satisfies Readonly<Record<TableName, TableRule>>;

/** Where a deployment lives; the values may be CDK's tokens. */
export interface Place {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

/** `countersign-execute-eu-central-1`; roles are global, functions are not. */
export function roleName(name: string, region: string): string {
  return `countersign-${name}-${region}`;
}

/**
 * What `aws:PrincipalArn` may say of these functions' roles, for conditions in policies of resources that outlive the
 * roles. AWS names the role; the second form is what some emulators say of a session.
 */
export function rolePatterns({ partition, account, region }: Place, functions: readonly string[]): string[] {
  return functions.flatMap((name) => [
    `arn:${partition}:iam::${account}:role/${roleName(name, region)}`,
    `arn:${partition}:sts::${account}:assumed-role/${roleName(name, region)}/*`,
  ]);
}

/** One statement of a policy; its principal is everybody and its resource, in a table's own policy, the table. */
export interface Denial {
  readonly actions: readonly string[];
  readonly conditions: Conditions;
}
type Conditions = Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;

/** What a table denies to everybody, but those who are excepted by name. */
export function denialsOf(table: TableName, place: Place): readonly Denial[] {
  const { never, only }: TableRule = tableRules[table];
  const roles = { ArnNotLike: { 'aws:PrincipalArn': rolePatterns(place, only.functions) } };
  const tag = { StringNotEquals: { [`aws:PrincipalTag/${operatorTag}`]: operator } };
  return [
    { actions: actionsOf(only.actions), conditions: { ...roles, ...(only.operators ? tag : {}) } },
    { actions: actionsOf(never), conditions: {} },
  ];
}

function actionsOf(names: readonly string[]): string[] {
  return names.map((name) => `dynamodb:${name}`);
}
