/** What must survive: denials in the tables' own policies, the approval key that only decide may use, and no tie to the response stack. */
import { describe, expect, test } from 'vitest';
import { functionNames } from '../../core/functions.ts';
import {
  at,
  build,
  dataResources,
  ofType,
  type Resources,
  resourcesOf,
  type Statement,
  stacks,
  statementsOf,
} from './stacks.ts';

const tables = ofType(dataResources, 'AWS::DynamoDB::Table');
const table = (name: string) => tables.find(({ Properties }) => at(Properties, 'TableName') === `countersign-${name}`);
const denials = (name: string) => statementsOf(at(table(name)?.Properties, 'ResourcePolicy.PolicyDocument'));
const bulkWrites = ['BatchWriteItem', 'PartiQLInsert', 'PartiQLUpdate', 'PartiQLDelete'].map(
  (one) => `dynamodb:${one}`,
);

/** The roles named in a condition, by function: both forms must be there. */
function excepted({ condition }: Statement): string[] {
  const names = at<unknown[]>(condition, 'ArnNotLike')
    ? (at<Record<string, unknown[]>>(condition, 'ArnNotLike')['aws:PrincipalArn'] ?? [])
    : [];
  const texts = names.map((one) => JSON.stringify(one));
  const found = functionNames.filter((name) => texts.some((text) => text.includes(`role/countersign-${name}-`)));
  for (const name of found) expect(texts.some((text) => text.includes(`assumed-role/countersign-${name}-`))).toBe(true);
  expect(texts).toHaveLength(found.length * 2);
  return found;
}

const always = (name: string) =>
  denials(name)
    .filter(({ condition }) => Object.keys(condition).length === 0)
    .flatMap(({ actions }) => actions);

describe('tables', () => {
  test('are four, on demand, recoverable, protected and kept', () => {
    expect(tables.map(({ Properties }) => at(Properties, 'TableName')).sort()).toEqual([
      'countersign-audit',
      'countersign-control',
      'countersign-dispatches',
      'countersign-work',
    ]);
    for (const { Properties, DeletionPolicy, UpdateReplacePolicy } of tables) {
      expect(Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      });
      expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
    }
  });

  test('may be deleted while protection is off, so that a first deploy that fails can be tried again', () => {
    const unprotected = resourcesOf(build({ protection: 'off' }).data);
    const found = ofType(unprotected, 'AWS::DynamoDB::Table');
    expect(found).toHaveLength(4);
    for (const { Properties } of found) expect(at(Properties, 'DeletionProtectionEnabled')).toBe(false);
    expect(JSON.stringify(unprotected)).not.toContain('dynamodb:DeleteTable');
    // And nothing else is different.
    const text = (resources: Resources) =>
      JSON.stringify(resources)
        .replaceAll(/"DeletionProtectionEnabled":(true|false)/g, '')
        .replaceAll('"dynamodb:DeleteTable",', '');
    expect(text(unprotected)).toBe(text(dataResources));
  });

  test('only Work forgets', () => {
    expect(at(table('work')?.Properties, 'TimeToLiveSpecification')).toEqual({
      AttributeName: 'expiresAt',
      Enabled: true,
    });
    for (const name of ['control', 'audit', 'dispatches'])
      expect(at(table(name)?.Properties, 'TimeToLiveSpecification')).toBeUndefined();
  });

  test('every statement of a table is a denial for everybody', () => {
    for (const name of ['work', 'control', 'audit', 'dispatches'])
      for (const { effect, principal, resources } of denials(name)) {
        expect(effect).toBe('Deny');
        expect(principal).toEqual({ AWS: '*' });
        expect(resources).toEqual(['*']);
      }
  });

  test.each([
    ['audit', ['triage', 'plan', 'gate', 'request-approval', 'decide', 'settle', 'execute', 'poll', 'close', 'sweep']],
    ['dispatches', ['execute']],
  ])('%s refuses every write but a put by those named, and its own end', (name, writers) => {
    expect(always(name).sort()).toEqual(
      [
        ...bulkWrites,
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
        'dynamodb:DeleteTable',
        'dynamodb:UpdateTimeToLive',
      ].sort(),
    );
    const [put, ...more] = denials(name).filter(({ condition }) => Object.keys(condition).length > 0);
    expect(more).toEqual([]);
    expect(put?.actions).toEqual(['dynamodb:PutItem']);
    expect(put?.condition).not.toHaveProperty('StringNotEquals');
    expect(put && excepted(put)).toEqual(writers);
  });

  test('to Audit neither slack, archive nor tell append, nor anybody else who is no function of ours', () => {
    const [put] = denials('audit').filter(({ actions }) => actions.includes('dynamodb:PutItem'));
    const cannot = functionNames.filter((name) => !(put && excepted(put).includes(name)));
    expect(cannot).toEqual(['slack', 'archive', 'checkpoint', 'tell']);
    expect(Object.keys(put?.condition ?? {})).toEqual(['ArnNotLike']);
  });

  test('Audit and Dispatches stream what was and what is; the others do not', () => {
    const streams = ['work', 'control', 'audit', 'dispatches'].map((name) =>
      at(table(name)?.Properties, 'StreamSpecification'),
    );
    const both = { StreamViewType: 'NEW_AND_OLD_IMAGES' };
    expect(streams).toEqual([undefined, undefined, both, both]);
  });

  test.each(['audit', 'dispatches'])('%s does not lock CloudFormation out', (name) => {
    for (const action of [
      'UpdateTable',
      'UpdateContinuousBackups',
      'TagResource',
      'PutResourcePolicy',
      'DescribeTable',
    ])
      expect(always(name)).not.toContain(`dynamodb:${action}`);
  });

  test('Control is written by its six writers and by operators, and never deleted from', () => {
    expect(always('control').sort()).toEqual([...bulkWrites, 'dynamodb:DeleteItem'].sort());
    const [write, ...more] = denials('control').filter(({ condition }) => Object.keys(condition).length > 0);
    expect(more).toEqual([]);
    expect(write?.actions).toEqual(['dynamodb:PutItem', 'dynamodb:UpdateItem']);
    expect(write && excepted(write)).toEqual(['request-approval', 'decide', 'settle', 'close', 'sweep', 'archive']);
    expect(write?.condition.StringNotEquals).toEqual({ 'aws:PrincipalTag/countersign': 'operator' });
  });

  test('from Work only close and sweep delete', () => {
    expect(always('work').sort()).toEqual([...bulkWrites].sort());
    const [remove] = denials('work').filter(({ condition }) => Object.keys(condition).length > 0);
    expect(remove?.actions).toEqual(['dynamodb:DeleteItem']);
    expect(remove && excepted(remove)).toEqual(['close', 'sweep']);
  });
});

describe.each([
  ['approval', 'decide'],
  ['checkpoint', 'checkpoint'],
])('the %s key', (name, signer) => {
  const aliases = ofType(dataResources, 'AWS::KMS::Alias');
  const alias = aliases.find(({ Properties }) => at(Properties, 'AliasName') === `alias/countersign-${name}`);
  const [id = ''] = at<string[]>(alias?.Properties, 'TargetKeyId.Fn::GetAtt');
  const key = dataResources[id];

  test('is one of two, signs with ECDSA over P-256, and is kept', () => {
    expect(ofType(dataResources, 'AWS::KMS::Key')).toHaveLength(2);
    expect(key?.Properties).toMatchObject({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    expect([key?.DeletionPolicy, key?.UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
  });

  const denied = statementsOf(at(key?.Properties, 'KeyPolicy')).filter(({ effect }) => effect === 'Deny');

  test('refuses everybody but its signer, the account itself included', () => {
    const [role, session, ...others] = denied;
    expect(others).toEqual([]);
    for (const one of [role, session])
      expect(one).toMatchObject({ actions: ['kms:Sign'], principal: { AWS: '*' }, resources: ['*'] });
    expect(role && excepted(role)).toEqual([signer]);
    expect(Object.keys(role?.condition ?? {})).toEqual(['ArnNotLike']);
  });

  test('refuses the role of its signer in every session but that of its function', () => {
    expect(denied[1]?.condition).toEqual({ StringNotLike: { 'aws:userid': `*:countersign-${signer}` } });
  });
});

describe('the archive', () => {
  const [bucket, ...more] = ofType(dataResources, 'AWS::S3::Bucket');
  const lockOf = (auditLock: string) => {
    const [locked] = ofType(resourcesOf(build({ auditLock }).data), 'AWS::S3::Bucket');
    return at(locked?.Properties, 'ObjectLockConfiguration.Rule.DefaultRetention');
  };

  test('is one bucket: versioned, locked, closed to the public, and kept', () => {
    expect(more).toEqual([]);
    expect(bucket?.Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      ObjectLockEnabled: true,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    expect([bucket?.DeletionPolicy, bucket?.UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
  });

  test('locks for a day that can be lifted, unless the setting says more', () => {
    expect(at(bucket?.Properties, 'ObjectLockConfiguration.Rule.DefaultRetention')).toEqual({
      Mode: 'GOVERNANCE',
      Days: 1,
    });
    expect(lockOf('compliance 400')).toEqual({ Mode: 'COMPLIANCE', Days: 400 });
  });

  test.each(['compliance', 'compliance 0', 'compliance 36501', 'governance 1d', 'off'])(
    'refuses the lock %s',
    (value) => {
      expect(() => build({ auditLock: value })).toThrow(`auditLock is ${JSON.stringify(value)}`);
    },
  );

  const [policy] = ofType(dataResources, 'AWS::S3::BucketPolicy');
  const statements = statementsOf(at(policy?.Properties, 'PolicyDocument'));
  const about = (action: string) => statements.filter(({ actions }) => actions.includes(action));

  test('is denied, statement by statement, to everybody', () => {
    for (const { effect, principal } of statements) {
      expect(effect).toBe('Deny');
      expect(principal).toEqual({ AWS: '*' });
    }
  });

  test('takes each folder’s objects from one function alone, and checkpoints from checkpoint', () => {
    const byRole = about('s3:PutObject').filter(({ condition }) => 'ArnNotLike' in condition);
    const folders = byRole.map((one) => [
      excepted(one),
      one.resources.map((resource) => /\/([a-z]+)\/\*$/.exec(resource)?.[1]),
    ]);
    expect(folders).toEqual([
      [['archive'], ['audit', 'dispatches', 'texts', 'notes']],
      [['checkpoint'], ['checkpoints']],
    ]);
  });

  test('takes an object only where there is none of its name', () => {
    const absent = about('s3:PutObject').filter(({ condition }) => 'Null' in condition);
    expect(absent).toMatchObject([{ condition: { Null: { 's3:if-none-match': 'true' } } }]);
  });

  test('lets nobody remove an object, shorten its lock or go round it', () => {
    for (const action of [
      's3:DeleteObject',
      's3:DeleteObjectVersion',
      's3:PutObjectRetention',
      's3:BypassGovernanceRetention',
    ])
      expect(about(action).map(({ condition }) => condition)).toContainEqual({});
  });

  test('lets nobody make a rule that expires objects: it hides them under their lock, and removes them after it', () => {
    const [refused, ...others] = about('s3:PutLifecycleConfiguration');
    expect(others).toEqual([]);
    expect(refused?.condition).toEqual({});
    // Of the bucket itself, not of objects; the template has no such rule, so that no deploy needs the right.
    expect(refused?.resources.join()).toMatch(/^<Archive\w*\.Arn>$/);
    expect(at(bucket?.Properties, 'LifecycleConfiguration')).toBeUndefined();
  });

  test('demands TLS', () => {
    expect(about('s3:*').map(({ condition }) => condition)).toEqual([{ Bool: { 'aws:SecureTransport': 'false' } }]);
  });
});

test('whatever is in the data stack is kept when it is deleted: policies and names too, by which the rest is protected and found', () => {
  expect(Object.values(dataResources).length).toBeGreaterThan(9);
  for (const { Type, DeletionPolicy, UpdateReplacePolicy } of Object.values(dataResources))
    expect([Type, DeletionPolicy, UpdateReplacePolicy]).toEqual([Type, 'RetainExceptOnCreate', 'Retain']);
});

test('the data stack names nothing of the other stacks: it can be deployed first and alone', () => {
  expect(stacks.data.dependencies).toEqual([]);
  const text = JSON.stringify(dataResources);
  expect(text).not.toContain('Fn::ImportValue');
  expect(ofType(dataResources, 'AWS::IAM::Role')).toEqual([]);
  expect(stacks.data.dependencies).toEqual([]);
});
