/** The hourly look: every safeguard that is missing pages with its mending, what is there says nothing, and a look that fails hides nothing. */
import { describe, expect, test } from 'vitest';
import { denialsOf, type TableName, tableNames } from '../../../core/table-policies.ts';
import {
  isHourlyLook,
  lookAtSafeguards,
  type Mapping,
  type TableState,
} from '../../../core/use-cases/sweep-safeguards.ts';

const place = { partition: 'aws', account: '111122223333', region: 'eu-central-1' };
const arnOf = (name: TableName) => `arn:aws:dynamodb:eu-central-1:111122223333:table/countersign-${name.toLowerCase()}`;
const streamOf = (name: TableName) => `${arnOf(name)}/stream/2026-11-28T00:00:00.000`;

interface Statement {
  Effect: string;
  Principal: unknown;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** The statements as CDK's templates have them. */
function statements(name: TableName): [Statement, Statement] {
  const [some, all] = denialsOf(name, place).map(({ actions, conditions }) => ({
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: actions.length === 1 ? (actions[0] ?? '') : [...actions],
    Resource: '*',
    ...(Object.keys(conditions).length > 0 ? { Condition: structuredClone(conditions) as Statement['Condition'] } : {}),
  }));
  return [some as Statement, all as Statement];
}
const policyOf = (list: unknown) => JSON.stringify({ Version: '2012-10-17', Statement: list });

class Account {
  readonly tables: Record<TableName, TableState | null | Error> = Object.fromEntries(
    tableNames.map((name) => [
      name,
      {
        arn: arnOf(name),
        policy: policyOf(statements(name)),
        isProtected: true,
        stream: name === 'Audit' || name === 'Dispatches' ? { arn: streamOf(name), view: 'NEW_AND_OLD_IMAGES' } : null,
      },
    ]),
  ) as Record<TableName, TableState>;
  mappings: readonly Mapping[] | Error = [
    { id: 'm-audit', sourceArn: streamOf('Audit'), state: 'Enabled' },
    { id: 'm-dispatches', sourceArn: streamOf('Dispatches'), state: 'Enabled' },
  ];
  readonly pages: { subject: string; text: string }[] = [];
  pager: Error | null = null;

  change(name: TableName, change: Partial<TableState>): this {
    this.tables[name] = { ...(this.tables[name] as TableState), ...change };
    return this;
  }

  look(): Promise<void> {
    return lookAtSafeguards({
      table: async (name) => thrown(this.tables[name]),
      mappings: async () => thrown(this.mappings),
      page: async (subject, text) => {
        thrown(this.pager);
        this.pages.push({ subject, text });
      },
    });
  }
}

function thrown<T>(value: T): Exclude<T, Error> {
  if (value instanceof Error) throw value;
  return value as Exclude<T, Error>;
}

test('says nothing when everything is there', async () => {
  const account = new Account();
  await account.look();
  expect(account.pages).toEqual([]);
});

const deploy = 'Mend: npm run deploy -- --revert-drift';
const missing: [string, (account: Account) => void, RegExp, string][] = [
  ...tableNames.map((name): [string, (account: Account) => void, RegExp, string] => [
    `the policy of ${name}`,
    (account) => account.change(name, { policy: null }),
    new RegExp(`The table countersign-${name.toLowerCase()} has no policy of its own`),
    deploy,
  ]),
  ...tableNames.map((name): [string, (account: Account) => void, RegExp, string] => [
    `deletion protection of ${name}`,
    (account) => account.change(name, { isProtected: false }),
    new RegExp(`countersign-${name.toLowerCase()} is not protected against deletion`),
    `--table-name countersign-${name.toLowerCase()} --deletion-protection-enabled`,
  ]),
  [
    'a table',
    (account) => {
      account.tables.Work = null;
    },
    /countersign-work is not there/,
    'restore it',
  ],
  [
    'a stream',
    (account) => account.change('Audit', { stream: null }),
    /The stream of countersign-audit is off/,
    deploy,
  ],
  [
    'what was, in a stream',
    (account) => account.change('Dispatches', { stream: { arn: streamOf('Dispatches'), view: 'KEYS_ONLY' } }),
    /The stream of countersign-dispatches is off/,
    deploy,
  ],
  [
    'an enabled mapping',
    (account) => {
      account.mappings = [
        { id: 'm-audit', sourceArn: streamOf('Audit'), state: 'Disabled' },
        { id: 'm-dispatches', sourceArn: streamOf('Dispatches'), state: 'Enabled' },
      ];
    },
    /does not read the stream of countersign-audit \(its mapping is Disabled\)/,
    'aws lambda update-event-source-mapping --uuid m-audit --enabled',
  ],
  [
    'a mapping of the stream that is there now',
    (account) =>
      account.change('Dispatches', { stream: { arn: `${streamOf('Dispatches')}9`, view: 'NEW_AND_OLD_IMAGES' } }),
    /does not read the stream of countersign-dispatches: nobody notices/,
    deploy,
  ],
];

test.each(missing)('pages once when %s is missing, and says how to mend it', async (_, take, what, mend) => {
  const account = new Account();
  take(account);
  await account.look();
  expect(account.pages).toHaveLength(1);
  const [{ subject, text } = { subject: '', text: '' }] = account.pages;
  expect(subject).toBe('Countersign: a safeguard is missing');
  expect(text).toMatch(what);
  expect(text).toContain(mend);
  expect(text.match(/^- /gm)).toHaveLength(1);
});

test('tells everything that is missing in one page', async () => {
  const account = new Account();
  for (const name of tableNames) account.change(name, { policy: null, isProtected: false });
  account.mappings = [];
  await account.look();
  expect(account.pages.map(({ subject }) => subject)).toEqual(['Countersign: 10 safeguards are missing']);
});

describe('a policy', () => {
  const weaker: [string, TableName, (list: [Statement, Statement]) => unknown, RegExp][] = [
    [
      'that forgets an action',
      'Audit',
      ([some, all]) => [
        some,
        { ...all, Action: (all.Action as string[]).filter((one) => !one.endsWith('DeleteItem')) },
      ],
      /of countersign-audit does not deny dynamodb:DeleteItem to everybody\./,
    ],
    [
      'that forgets its exceptions',
      'Dispatches',
      ([, all]) => [all],
      /does not deny dynamodb:PutItem to everybody but countersign-execute-eu-central-1\./,
    ],
    [
      'that excepts one role more',
      'Dispatches',
      ([some, all]) => {
        const roles = [
          some.Condition?.ArnNotLike?.['aws:PrincipalArn'] ?? [],
          'arn:aws:iam::111122223333:role/mallory',
        ];
        return [{ ...some, Condition: { ArnNotLike: { 'aws:PrincipalArn': roles.flat() } } }, all];
      },
      /does not deny dynamodb:PutItem to everybody but countersign-execute/,
    ],
    [
      'with a condition on what nobody may',
      'Work',
      ([some, all]) => [some, { ...all, Condition: { StringNotEquals: { 'aws:PrincipalTag/admin': 'yes' } } }],
      /does not deny dynamodb:BatchWriteItem, dynamodb:PartiQLInsert, .* to everybody\./,
    ],
    [
      'with a condition more, which an attacker fulfils',
      'Control',
      ([some, all]) => [{ ...some, Condition: { ...some.Condition, Bool: { 'aws:ViaAWSService': 'true' } } }, all],
      /does not deny dynamodb:PutItem, dynamodb:UpdateItem to everybody but .* and operators\./,
    ],
    [
      'that denies one principal only',
      'Audit',
      ([some, all]) => [some, { ...all, Principal: { AWS: 'arn:aws:iam::111122223333:root' } }],
      /does not deny dynamodb:UpdateItem, /,
    ],
    [
      'of another resource',
      'Audit',
      ([some, all]) => [some, { ...all, Resource: `${arnOf('Audit')}/index/*` }],
      /does not deny dynamodb:UpdateItem, /,
    ],
    [
      'that denies everything but',
      'Audit',
      ([some, { Action, ...all }]) => [some, { ...all, NotAction: Action }],
      /does not deny dynamodb:UpdateItem, /,
    ],
    [
      'that allows something',
      'Audit',
      (list) => [...list, { Effect: 'Allow', Principal: '*', Action: 'dynamodb:PutItem', Resource: '*' }],
      /of countersign-audit allows dynamodb:PutItem, and it never should\./,
    ],
    ['without statements', 'Audit', () => [], /does not deny dynamodb:PutItem .*/],
    ['that is none', 'Audit', () => 'nothing', /of countersign-audit cannot be read\./],
  ];
  test.each(weaker)('%s pages', async (_, name, weaken, said) => {
    const account = new Account().change(name, { policy: policyOf(weaken(statements(name))) });
    await account.look();
    expect(account.pages[0]?.text).toMatch(said);
  });

  test('that is no JSON pages', async () => {
    const account = new Account().change('Work', { policy: '{' });
    await account.look();
    expect(account.pages[0]?.text).toMatch(/countersign-work cannot be read/);
  });

  const asGood: [string, (list: [Statement, Statement]) => unknown][] = [
    ['in another order', ([some, all]) => [all, some]],
    ['with the table for the resource', (list) => list.map((one) => ({ ...one, Resource: [arnOf('Audit')] }))],
    ['with the principal as text', (list) => list.map((one) => ({ ...one, Principal: '*' }))],
    [
      'with the roles in another order',
      ([some, all]) => {
        const roles = some.Condition?.ArnNotLike?.['aws:PrincipalArn'];
        return [{ ...some, Condition: { ArnNotLike: { 'aws:PrincipalArn': [...(roles ?? [])].reverse() } } }, all];
      },
    ],
    ['that denies more', ([some, all]) => [{ ...all, Action: 'dynamodb:*', Resource: '*' }, some]],
    ['with another denial', (list) => [...list, { ...list[1], Action: 'dynamodb:ExportTableToPointInTime' }]],
    [
      'statement by statement',
      ([some, all]) => [some, ...(all.Action as string[]).map((Action) => ({ ...all, Action }))],
    ],
  ];
  test.each(asGood)('%s is as good', async (_, change) => {
    const account = new Account().change('Audit', { policy: policyOf(change(statements('Audit'))) });
    await account.look();
    expect(account.pages).toEqual([]);
  });
});

describe('a look that fails', () => {
  test('at one table throws, after the others were told of', async () => {
    const account = new Account().change('Work', { policy: null });
    account.tables.Audit = new Error('ThrottlingException');
    await expect(account.look()).rejects.toThrow('ThrottlingException');
    expect(account.pages[0]?.text).toContain('countersign-work has no policy');
    expect(account.pages[0]?.text).not.toContain('countersign-audit');
  });

  test('at the mappings throws, after the tables were told of, and calls no mapping missing', async () => {
    const account = new Account().change('Work', { isProtected: false });
    account.mappings = new Error('AccessDeniedException');
    await expect(account.look()).rejects.toThrow('AccessDeniedException');
    expect(account.pages.map(({ text }) => text).join()).toContain('countersign-work is not protected');
    expect(account.pages.map(({ text }) => text).join()).not.toContain('does not read');
  });

  test('and a page that is not taken throw', async () => {
    const account = new Account().change('Work', { policy: null });
    account.pager = new Error('SNS is down');
    await expect(account.look()).rejects.toThrow('SNS is down');
  });
});

describe('the hour', () => {
  const event = { 'detail-type': 'Scheduled Event', source: 'aws.events', time: '2026-11-28T03:07:41Z' };
  test('has one minute, of the clock alone', () => {
    expect(isHourlyLook(event)).toBe(true);
    const minutes = Array.from({ length: 60 }, (_, index) => String(index).padStart(2, '0'));
    const looked = minutes.filter((one) => isHourlyLook({ ...event, time: `2026-11-28T03:${one}:00Z` }));
    expect(looked).toEqual(['07']);
  });

  test.each([
    ['an execution that failed', { ...event, 'detail-type': 'Step Functions Execution Status Change' }],
    ['no event', undefined],
    ['an event without a time', { 'detail-type': 'Scheduled Event' }],
    ['a time that is none', { ...event, time: '2026-11-28T03:07' }],
  ])('is not %s', (_, occasion) => expect(isHourlyLook(occasion)).toBe(false));
});
