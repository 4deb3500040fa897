/** What a company sets under `deployment:`, each in the templates; and the same app in three partitions. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll, describe, expect, test } from 'vitest';
import { countersign } from '../../cdk/app.ts';
import { functionNames } from '../../core/functions.ts';
import { parsePolicy } from '../../core/policy/parse.ts';
import { root } from '../../package/assets.ts';
import { at, build, flat, ofType, type Resources, resourcesOf, responseResources, statementsOf } from './stacks.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-kit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ids = { secrets: '1', tables: '2', logs: '3' };
const key = (of: keyof typeof ids) =>
  `arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-00000000000${ids[of]}`;
const boundary = 'arn:aws:iam::111122223333:policy/boundary';
const policy = join(folder, 'everything.yaml');
writeFileSync(
  policy,
  `deployment:
  tags: { team: platform, cost-center: "42" }
  permission_boundary: "${boundary}"
  log_days: 365
  network: { subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0] }
  keys: { secrets: "${key('secrets')}", tables: "${key('tables')}", logs: "${key('logs')}" }
slack: { endpoint: http_api }
`,
);
const made = build({ policy });
const [data, response, target] = [resourcesOf(made.data), resourcesOf(made.response), resourcesOf(made.target)];

/** The policies of functions, and those that are there for people to have, each with whose it is. */
function policiesIn(resources: Resources) {
  return ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']
    .flatMap((type) => ofType(resources, type))
    .map(({ Properties }) => ({
      whose:
        at<{ Ref: string }[] | undefined>(Properties, 'Roles')
          ?.map(({ Ref }) => Ref.replace(/Role.*/, ''))
          .join() ?? flat(at(Properties, 'ManagedPolicyName')),
      statements: statementsOf(at(Properties, 'PolicyDocument')),
    }));
}

/** Who may do what on a key, and through which service: a line for each policy. */
function rightsOn(resources: Resources, arn: string): string[] {
  return policiesIn(resources)
    .flatMap(({ whose, statements }) => {
      return statements
        .filter(({ resources: on }) => on.includes(arn))
        .map(
          ({ actions, condition }) =>
            `${whose} ${actions.join(' ')} ${flat(condition.StringEquals?.['kms:ViaService'])}`,
        );
    })
    .sort();
}

test('without it nothing is set but the logs’ 90 days', () => {
  const plain = JSON.stringify(responseResources);
  expect(plain).not.toMatch(/VpcConfig|PermissionsBoundary|CreateNetworkInterface/);
});

test('tags are on all that carries them', () => {
  for (const resources of [
    ofType(data, 'AWS::DynamoDB::Table'),
    ofType(response, 'AWS::Lambda::Function'),
    ofType(response, 'AWS::IAM::Role'),
    ofType(response, 'AWS::SQS::Queue'),
  ])
    for (const { Properties } of resources)
      expect(at(Properties, 'Tags')).toEqual(
        expect.arrayContaining([
          { Key: 'cost-center', Value: '42' },
          { Key: 'team', Value: 'platform' },
        ]),
      );
});

test('the boundary is on every role, that which sends included', () => {
  const roles = [data, response, target].flatMap((resources) => ofType(resources, 'AWS::IAM::Role'));
  expect(roles.length).toBeGreaterThan(functionNames.length);
  for (const { Properties } of roles) expect(at(Properties, 'PermissionsBoundary')).toBe(boundary);
});

test('logs are kept as long, under the key', () => {
  const groups = ofType(response, 'AWS::Logs::LogGroup');
  expect(groups.length).toBeGreaterThanOrEqual(functionNames.length);
  for (const { Properties } of groups)
    expect(Properties).toMatchObject({ RetentionInDays: 365, KmsKeyId: key('logs') });
});

test('the page says of which log groups the key has to take the context', () => {
  const page = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
  const row = page.split('\n').find((line) => line.startsWith('| `logs` |')) ?? '';
  const said = [...row.matchAll(/`(\/[^`]+)`/g)].map(([, name = '']) => name);
  const groups = ofType(response, 'AWS::Logs::LogGroup').map(({ Properties }) => flat(at(Properties, 'LogGroupName')));
  const isSaid = (group: string) =>
    said.some((name) => (name.endsWith('*') ? group.startsWith(name.slice(0, -1)) : group === name));
  expect(groups.filter((group) => !isSaid(group))).toEqual([]);
  expect(groups).toEqual(expect.arrayContaining(said.filter((name) => !name.endsWith('*'))));
});

describe('a network', () => {
  test('is that of every function', () => {
    for (const { Properties } of ofType(response, 'AWS::Lambda::Function'))
      expect(at(Properties, 'VpcConfig')).toEqual({
        SubnetIds: ['subnet-0123456789abcdef0'],
        SecurityGroupIds: ['sg-0123456789abcdef0'],
      });
  });

  test('lets Lambda make its interfaces, and the function’s own code not', () => {
    const statements = ofType(response, 'AWS::IAM::Policy').flatMap(({ Properties }) =>
      statementsOf(at(Properties, 'PolicyDocument')),
    );
    const ec2 = statements.filter(({ actions }) => actions.includes('ec2:CreateNetworkInterface'));
    expect(ec2.filter(({ effect }) => effect === 'Allow')).toHaveLength(functionNames.length);
    const denials = ec2.filter(({ effect }) => effect === 'Deny');
    expect(denials).toHaveLength(functionNames.length);
    for (const { condition } of denials)
      expect(flat(condition.ArnEquals?.['lambda:SourceFunctionArn'])).toContain(':function:countersign-');
  });
});

describe('customer-managed keys', () => {
  test('of secrets: who reads a secret may decrypt with its key, through Secrets Manager alone', () => {
    const rights = rightsOn(response, key('secrets'));
    const readers = (resources: Resources) =>
      ofType(resources, 'AWS::IAM::Policy').filter(({ Properties }) =>
        statementsOf(at(Properties, 'PolicyDocument')).some(({ actions }) =>
          actions.includes('secretsmanager:GetSecretValue'),
        ),
      );
    expect(new Set(rights.map((line) => line.split(' ')[0])).size).toBe(readers(response).length);
    for (const line of rights)
      expect(line).toMatch(/^\w+ kms:Decrypt secretsmanager\.<AWS::Region>\.<AWS::URLSuffix>$/);
  });

  test('of tables: every table has it, who reads may decrypt, who writes may encrypt, through DynamoDB alone', () => {
    for (const { Properties } of ofType(data, 'AWS::DynamoDB::Table'))
      expect(at(Properties, 'SSESpecification')).toEqual({
        KMSMasterKeyId: key('tables'),
        SSEEnabled: true,
        SSEType: 'KMS',
      });
    const rights = rightsOn(response, key('tables'));
    for (const line of rights) expect(line).toMatch(/ dynamodb\.<AWS::Region>\.<AWS::URLSuffix>$/);
    const may = (action: string) =>
      new Set(rights.filter((line) => line.includes(action)).map((line) => line.split(' ')[0]));
    const users = (pattern: RegExp) =>
      new Set(
        policiesIn(response)
          .filter(({ statements }) =>
            statements.some(
              ({ effect, actions }) => effect === 'Allow' && actions.some((action) => pattern.test(action)),
            ),
          )
          .map(({ whose }) => whose),
      );
    expect([...users(/^dynamodb:Query/)]).toContain('countersign-approver-<AWS::Region>');
    expect(may('kms:Decrypt')).toEqual(users(/^dynamodb:(Get|Put|Update|Delete|Query|ConditionCheck)/));
    expect(may('kms:GenerateDataKey')).toEqual(users(/^dynamodb:(Put|Update|Delete)Item$/));
  });
});

test('every service that functions call has its endpoint in the list for a network without internet', () => {
  const page = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
  const listed = new Set(
    [...(/\| endpoint \|[\s\S]*?\n\n/.exec(page)?.[0] ?? '').matchAll(/^\| `([a-z0-9-]+)`/gm)].map(([, name]) => name),
  );
  // Lambda itself reads streams and queues, writes logs and makes interfaces: not through the function's network.
  const byLambda = ['logs', 'sqs', 'ec2'];
  const named: Readonly<Record<string, string>> = { cloudwatch: 'monitoring', tag: 'tagging' };
  const called = ofType(responseResources, 'AWS::IAM::Policy')
    .filter(({ Properties }) => at<string>(Properties, 'PolicyName').match(/^(?!Incident)/))
    .flatMap(({ Properties }) => statementsOf(at(Properties, 'PolicyDocument')))
    .flatMap(({ effect, actions }) => (effect === 'Allow' ? actions.map((action) => action.split(':')[0] ?? '') : []));
  const wanted = [...new Set(called)].filter((name) => !byLambda.includes(name)).map((name) => named[name] ?? name);
  expect([...listed].sort()).toEqual(wanted.sort());
});

test.each([
  ['{ tags: { countersign: operator } }', /must be|not countersign/],
  ['{ tags: { Countersign: "on" } }', /not countersign/],
  ['{ tags: { "aws:x": y } }', /not beginning with aws:/],
  ['{ permission_boundary: boundary }', /a managed policy's ARN/],
  ['{ log_days: 91 }', /must be one of 1, 3, 5/],
  ['{ network: { subnets: [], security_groups: [sg-0123456789abcdef0] } }', /at least one subnet/],
  ['{ network: { subnets: [subnet-x], security_groups: [sg-0123456789abcdef0] } }', /a subnet id such as/],
  ['{ keys: { tables: alias/mine } }', /a key's ARN such as/],
  ['{ name: other }', /unknown key; allowed: tags, permission_boundary, log_days, network, keys/],
])('%s is refused', (deployment, message) => {
  expect(() => parsePolicy(`deployment: ${deployment}\n`, 'p.yaml')).toThrow(message);
});

describe.each([
  ['aws', 'eu-central-1'],
  ['aws-us-gov', 'us-gov-west-1'],
  ['aws-cn', 'cn-north-1'],
])('the partition %s', (partition, region) => {
  const context = { 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:validateAgainstDefaultRules': false };
  const app = new App({ context, outdir: join(folder, partition) });
  const there = countersign(app, '111122223333', region);

  test.each([
    ['data', there.data],
    ['response', there.response],
    ['target', there.target],
  ])('%s names no other partition, and no other domain', (_, stack) => {
    const text = JSON.stringify(resourcesOf(stack));
    const foreign = [...text.matchAll(/arn:(aws[a-z-]*):/g)]
      .map(([, found]) => found)
      .filter((found) => found !== partition);
    expect(foreign).toEqual([]);
    const others = [...text.matchAll(/[\w.-]+\.amazonaws\.com(?:\.cn)?/g)].map(([found]) => found);
    // Principals of services are named alike in all partitions, but for few.
    const principals =
      /^(?:lambda|lambda\.alarms\.cloudwatch|states|events|cloudwatch|sns|sqs|dynamodb|kms|logs|sts|s3|delivery\.logs|apigateway)\.amazonaws\.com(?:\.cn)?$/;
    expect(others.filter((found) => !principals.test(found))).toEqual([]);
  });
});
