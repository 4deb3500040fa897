/** Who gets through all policies together, role, session and resource, as AWS evaluates them: what the emulator does not evaluate. */
import { describe, expect, test } from 'vitest';
import { sessionPolicy } from '../../adapters/sts/send-role.ts';
import { type FunctionName, functionNames } from '../../core/functions.ts';
import { isAllowed, type Request, type Statement } from '../support/iam.ts';
import { at, dataResources, ofType, roleOf, statementsOf } from './stacks.ts';

const place = { partition: 'aws', account: '111122223333', region: 'eu-central-1' };
const tables = ['Work', 'Control', 'Audit', 'Dispatches'] as const;
type Table = (typeof tables)[number];
const arnOf = (table: Table) => `arn:aws:dynamodb:eu-central-1:111122223333:table/countersign-${table.toLowerCase()}`;
const keyArn = (key: string) => `arn:aws:kms:eu-central-1:111122223333:key/${key}`;
const bucketArn = 'arn:aws:s3:::countersign-archive-111122223333-eu-central-1';
const roleArn = (name: string) => `arn:aws:iam::111122223333:role/countersign-${name}-eu-central-1`;
const functionArn = (name: string) => `arn:aws:lambda:eu-central-1:111122223333:function:countersign-${name}`;

/** References as a deployment would resolve them. */
function resolved<T>(value: T): T {
  const text = JSON.stringify(value)
    .replaceAll(/<AWS::Partition>|\{"Ref":"AWS::Partition"\}/g, place.partition)
    .replaceAll('<AWS::Region>', place.region)
    .replaceAll('<AWS::AccountId>', place.account)
    .replaceAll(/"[^"]*GetAtt(Work|Control|Audit|Dispatches)[0-9A-F]+Arn[^"]*"/g, (_, table) => `"${arnOf(table)}"`)
    .replaceAll(/"[^"]*GetAtt(Approval|Checkpoint)Key[0-9A-F]+Arn[^"]*"/g, (_, key) => `"${keyArn(key)}"`)
    .replaceAll(/<ArchiveBucket[0-9A-F]+\.Arn>/g, bucketArn);
  return JSON.parse(text);
}

/** `Fn::Join` inside conditions, which are not flattened. */
function joined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(joined);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (Ref) return `<${Ref}>`;
  if (join) return join[1].map(joined).join(join[0]);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, joined(inner)]));
}
const spelt = (statements: readonly Statement[]): Statement[] => resolved(joined(statements) as Statement[]);

const identityOf = (name: string) => spelt(roleOf(name).statements);
const tablePolicy = (table: Table) =>
  spelt(
    ofType(dataResources, 'AWS::DynamoDB::Table')
      .filter(({ Properties }) => at(Properties, 'TableName') === `countersign-${table.toLowerCase()}`)
      .flatMap(({ Properties }) => statementsOf(at(Properties, 'ResourcePolicy.PolicyDocument'))),
  );
/** What the policies of these keys deny; they are told apart by their logical ids. */
const keyPolicy = (key: string) =>
  spelt(
    Object.entries(dataResources)
      .filter(([id, { Type }]) => Type === 'AWS::KMS::Key' && id.startsWith(key))
      .flatMap(([, { Properties }]) => statementsOf(at(Properties, 'KeyPolicy'))),
  ).filter(({ effect }) => effect === 'Deny');
const bucketPolicy = spelt(
  ofType(dataResources, 'AWS::S3::BucketPolicy').flatMap(({ Properties }) =>
    statementsOf(at(Properties, 'PolicyDocument')),
  ),
);
const everything: Statement[] = [{ effect: 'Allow', actions: ['*'], resources: ['*'], condition: {} }];

/** What AWS says of a function's code that runs with its role. */
const asFunction = (name: string, running = name): Request['context'] => ({
  'aws:PrincipalArn': roleArn(name),
  'aws:userid': `AROA123:countersign-${running}`,
  'lambda:SourceFunctionArn': functionArn(running),
});
const admin = { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/Admin', 'aws:userid': 'AROA9:ana' };
const operator = { ...admin, 'aws:PrincipalTag/countersign': 'operator' };

const onTable = (table: Table, action: string, context: Request['context'], identity: readonly Statement[]) =>
  isAllowed(
    { action: `dynamodb:${action}`, resource: arnOf(table), context },
    { identity, resource: tablePolicy(table) },
  );
const functionsThat = (table: Table, action: string, keys: Request['context'] = {}) =>
  functionNames.filter((name) => onTable(table, action, { ...asFunction(name), ...keys }, identityOf(name)));

describe('a table', () => {
  const writers: [Table, string, readonly FunctionName[]][] = [
    ['Work', 'DeleteItem', ['close', 'sweep']],
    ['Audit', 'UpdateItem', []],
    ['Audit', 'DeleteItem', []],
    ['Dispatches', 'PutItem', ['execute']],
    ['Dispatches', 'DeleteItem', []],
    ['Control', 'DeleteItem', []],
  ];
  test.each(writers)('%s: %s, with role and table policy together: %j', (table, action, who) => {
    expect(functionsThat(table, action)).toEqual(who);
  });

  test('refuses a function all rights of which its role would allow', () => {
    for (const [table, action] of [
      ['Work', 'DeleteItem'],
      ['Control', 'PutItem'],
      ['Dispatches', 'PutItem'],
    ] as const)
      expect(onTable(table, action, asFunction('gate'), everything), `${table} ${action}`).toBe(false);
    expect(onTable('Audit', 'PutItem', asFunction('slack'), everything)).toBe(false);
    expect(onTable('Audit', 'PutItem', asFunction('gate'), everything)).toBe(true);
  });

  test('refuses an administrator every change but of Work, and an operator all but a put into Control', () => {
    const changes = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PartiQLUpdate'];
    const may = (context: Request['context']) =>
      tables.flatMap((table) =>
        changes.filter((action) => onTable(table, action, context, everything)).map((action) => `${table} ${action}`),
      );
    expect(may(admin)).toEqual(['Work PutItem', 'Work UpdateItem']);
    expect(may(operator)).toEqual(['Work PutItem', 'Work UpdateItem', 'Control PutItem', 'Control UpdateItem']);
  });

  test('leaves CloudFormation what it needs, and nobody the deletion of the append-only ones', () => {
    for (const table of tables) {
      for (const action of ['UpdateTable', 'UpdateContinuousBackups', 'PutResourcePolicy'])
        expect(onTable(table, action, admin, everything), `${table} ${action}`).toBe(true);
      const isAppendOnly = table === 'Audit' || table === 'Dispatches';
      expect(onTable(table, 'DeleteTable', admin, everything), table).toBe(!isAppendOnly);
    }
  });
});

describe('the pace of messages', () => {
  const at = (key: string) => ({ 'dynamodb:LeadingKeys': [key] });
  test('is all that decide writes into Work', () => {
    const may = (key: string) =>
      onTable('Work', 'UpdateItem', { ...asFunction('decide'), ...at(key) }, identityOf('decide'));
    expect(may('PACE#slack')).toBe(true);
    expect(['OPEN', 'WAIT', 'PARKED', 'inc-1', 'LOCK#x'].filter(may)).toEqual([]);
  });
});

describe('the kill switch', () => {
  const at = (key: string) => ({ 'dynamodb:LeadingKeys': [key] });
  test.each(['KILL', 'RESUME', 'STOPPED'])('%s is written by decide and archive alone', (key) => {
    const who = [...functionsThat('Control', 'PutItem', at(key)), ...functionsThat('Control', 'UpdateItem', at(key))];
    expect([...new Set(who)].sort()).toEqual(['archive', 'decide']);
  });

  test('is all that archive reaches of Control', () => {
    for (const action of ['GetItem', 'PutItem', 'ConditionCheckItem'])
      expect(onTable('Control', action, { ...asFunction('archive'), ...at('inc-1') }, identityOf('archive'))).toBe(
        false,
      );
    expect(onTable('Control', 'PutItem', { ...asFunction('archive'), ...at('KILL') }, identityOf('archive'))).toBe(
      true,
    );
  });
});

describe.each([
  ['Approval', 'decide'],
  ['Checkpoint', 'checkpoint'],
] as const)('the %s key', (key, signer) => {
  const signs = (context: Request['context'], identity: readonly Statement[]) =>
    isAllowed({ action: 'kms:Sign', resource: keyArn(key), context }, { identity, resource: keyPolicy(key) });

  test('signs for its signer in its own function, and for nobody else', () => {
    expect(functionNames.filter((name) => signs(asFunction(name), identityOf(name)))).toEqual([signer]);
    expect(functionNames.filter((name) => signs(asFunction(name), everything))).toEqual([signer]);
    expect(signs(admin, everything)).toBe(false);
  });

  test('does not sign for code of another function that was given the role, nor for a person in it', () => {
    expect(signs(asFunction(signer, 'mallory'), identityOf(signer))).toBe(false);
    const { 'lambda:SourceFunctionArn': _, ...person } = asFunction(signer, 'mallory');
    expect(signs(person, identityOf(signer))).toBe(false);
  });
});

describe('the archive', () => {
  const secure = { 'aws:SecureTransport': 'true' };
  const absent = { ...secure, 's3:if-none-match': '*' };
  const may = (action: string, folder: string, context: Request['context'], identity: readonly Statement[]) =>
    isAllowed(
      {
        action: `s3:${action}`,
        resource: `${bucketArn}/${folder}/x`,
        context,
      },
      { identity, resource: bucketPolicy },
    );
  const functionsThat = (action: string, folder: string, keys: Request['context']) =>
    functionNames.filter((name) => may(action, folder, { ...asFunction(name), ...keys }, everything));

  test.each([
    ['audit', 'archive'],
    ['dispatches', 'archive'],
    ['texts', 'archive'],
    ['notes', 'archive'],
    ['checkpoints', 'checkpoint'],
  ])('takes into %s what %s puts where nothing is, and nothing else, whatever a role allows', (folder, writer) => {
    expect(functionsThat('PutObject', folder, absent)).toEqual([writer]);
    expect(functionsThat('PutObject', folder, secure)).toEqual([]);
    expect(may('PutObject', folder, { ...admin, ...absent }, everything)).toBe(false);
    expect(may('PutObject', folder, { ...asFunction(writer), ...absent }, identityOf(writer))).toBe(true);
  });

  test('loses nothing to anybody', () => {
    for (const action of ['DeleteObject', 'DeleteObjectVersion', 'PutObjectRetention', 'BypassGovernanceRetention'])
      for (const context of [
        { ...admin, ...secure },
        { ...asFunction('archive'), ...secure },
      ])
        expect(may(action, 'audit', context, everything), action).toBe(false);
  });
});

describe('a role', () => {
  test.each(functionNames)('%s does nothing for another function, and what Lambda itself does with it', (name) => {
    const log = roleOf(name).statements.find(({ actions }) => actions.includes('logs:PutLogEvents'));
    const request = (context: Request['context']) => ({
      action: 'logs:PutLogEvents',
      resource: spelt(log ? [log] : [])[0]?.resources[0] ?? '',
      context,
    });
    const identity = identityOf(name);
    expect(isAllowed(request(asFunction(name)), { identity })).toBe(true);
    expect(isAllowed(request(asFunction(name, 'mallory')), { identity })).toBe(false);
    expect(isAllowed(request({ 'aws:PrincipalArn': roleArn(name) }), { identity })).toBe(true);
  });
});

describe('a send', () => {
  const document = 'countersign-run-0123456789ab';
  const documentArn = `arn:aws:ssm:eu-central-1:111122223333:document/${document}`;
  const instance = (id: string) => `arn:aws:ec2:eu-central-1:111122223333:instance/${id}`;
  const session: Statement[] = JSON.parse(sessionPolicy({ targets: ['i-approved'] }, place, document)).Statement.map(
    (one: { Effect: string; Action: string; Resource: string[] }) => ({
      effect: one.Effect,
      actions: [one.Action],
      resources: one.Resource,
      condition: {},
    }),
  );
  const tagged = { 'ssm:resourceTag/countersign': 'on' };
  const identity = identityOf('send');
  const may = (resource: string, context: Request['context'], policies = { identity, session }) =>
    isAllowed({ action: 'ssm:SendCommand', resource, context }, policies);

  test('reaches the approved instance while it is opted in, with the approved document', () => {
    expect(may(instance('i-approved'), tagged)).toBe(true);
    expect(may(documentArn, {})).toBe(true);
  });

  test.each<[string, string, Request['context']]>([
    ['an instance that is opted in and was not approved', instance('i-other'), tagged],
    ['the approved instance without its tag', instance('i-approved'), {}],
    ['the approved instance with another value', instance('i-approved'), { 'ssm:resourceTag/countersign': 'off' }],
    ['another of our documents', documentArn.replace('0123', '9999'), {}],
    ['a document of AWS', 'arn:aws:ssm:eu-central-1::document/AWS-RunShellScript', {}],
  ])('does not reach %s', (_, resource, context) => {
    expect(may(resource, context)).toBe(false);
  });

  test('does not reach by the session what the role may not', () => {
    const wide = { identity, session: everything };
    expect(may(instance('i-other'), {}, wide)).toBe(false);
    expect(may('arn:aws:ssm:eu-central-1::document/AWS-RunShellScript', {}, wide)).toBe(false);
  });
});
