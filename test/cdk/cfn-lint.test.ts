/** The synthesised templates under cfn-lint: what CloudFormation would refuse, or a policy that names what is not there, stops here. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pythonEnvironment } from '../../local/python-environment.ts';
import { dataResources, responseResources, targetResources } from './stacks.ts';

interface Finding {
  /** `E3601` */
  readonly rule: string;
  readonly template: string;
  readonly message: string;
  /** Where in the template, joined by dots. */
  readonly path: string;
}

/** What cfn-lint says and is not so. Each must be needed, or it goes. */
const suppressed: readonly { readonly fits: (finding: Finding) => boolean; readonly reason: string }[] = [
  {
    fits: ({ rule, message }) => rule === 'E3601' && /^'arn:\$\{Partition\}:states:::/.test(message),
    reason: 'It reads the partition of the definition before DefinitionSubstitutions put it there.',
  },
  {
    fits: ({ rule }) => rule === 'W3005',
    reason: 'CDK states dependencies that a reference implies already; that is redundant, and right.',
  },
  {
    fits: ({ rule, message }) => rule === 'W3037' && message.startsWith("'describealarmcontributors'"),
    reason:
      'An operation of CloudWatch that is in no list of IAM actions. Either it is one, or the call is authorised as DescribeAlarms, which is allowed beside it.',
  },
  {
    fits: ({ rule, template, path }) =>
      rule === 'E3051' && template === 'target.json' && path.endsWith('Properties.Content'),
    reason:
      'The document is text, which the schema of AWS::SSM::Document allows: approvals are bound to its very bytes.',
  },
];

/** The package has no __main__, and the environment was moved after its scripts were written. */
const cfnLint = 'from cfnlint.runner import main; main()';

const folder = mkdtempSync(join(tmpdir(), 'countersign-lint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Our templates, and one with mistakes of each kind that we want to hear of. All in one call: most of its time is the start. */
const templates = {
  'data.json': { Resources: dataResources },
  'response.json': { Resources: responseResources },
  'target.json': { Resources: targetResources },
  'planted.json': {
    Resources: {
      Table: withProperties('Audit', dataResources, { TableNme: 'countersign-audit', BillingMode: 'PAY_PER_REQEST' }),
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: { ZipFile: 'exports.handler = async () => {};' },
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          MemorySize: 64,
          Timeout: 901,
        },
      },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
          },
          Policies: [
            {
              PolicyName: 'planted',
              PolicyDocument: {
                Version: '2012-10-17',
                Statement: [
                  {
                    Effect: 'Allow',
                    Action: ['dynamodb:PutItm', 'cloudwatch:DescribeAlarmContributors'],
                    Resource: '*',
                  },
                ],
              },
            },
          ],
        },
      },
    },
  },
};

/** A table's resource with other properties. */
function withProperties(name: string, resources: typeof dataResources, changes: object) {
  const table = Object.entries(resources).find(
    ([id, { Type }]) => id.startsWith(name) && Type === 'AWS::DynamoDB::Table',
  );
  return { ...table?.[1], Properties: { ...(table?.[1].Properties as object), ...changes } };
}

let findings: readonly Finding[];
beforeAll(async () => {
  const files = Object.entries(templates).map(([name, template]) => {
    writeFileSync(join(folder, name), JSON.stringify(template));
    return join(folder, name);
  });
  const { python } = await pythonEnvironment(() => {});
  findings = await new Promise((resolve, reject) => {
    execFile(python, ['-c', cfnLint, '--format', 'json', ...files], { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      // It exits with another code than 0 whenever it found something.
      try {
        resolve(JSON.parse(stdout).map(findingOf));
      } catch {
        reject(new Error(`cfn-lint did not answer: ${stderr.slice(-2000)}`, { cause: error }));
      }
    });
  });
}, 180_000);

function findingOf(found: {
  Rule: { Id: string };
  Filename: string;
  Message: string;
  Location: { Path: (string | number)[] | null };
}): Finding {
  return {
    rule: found.Rule.Id,
    template: basename(found.Filename),
    message: found.Message.slice(0, 200),
    path: (found.Location.Path ?? []).join('.'),
  };
}

const isSuppressed = (finding: Finding) => suppressed.some(({ fits }) => fits(finding));

describe('cfn-lint', () => {
  test('says nothing of our templates that is not explained', () => {
    expect(findings.filter((one) => one.template !== 'planted.json' && !isSuppressed(one))).toEqual([]);
  });

  test.each([
    ['an unknown property', /^E3002 .*'TableNme' was unexpected/],
    ['a value that is not allowed', /^E3030 'PAY_PER_REQEST' is not one of/],
    ['too little memory', /^E3034 64 is less than the minimum of 128/],
    ['too long a time-out', /^E\d+ 901 is greater than the maximum of 900/],
    ['an action that does not exist', /^W3037 'putitm' is not one of/],
  ])('finds %s where it is planted', (_, said) => {
    const left = findings.filter((one) => one.template === 'planted.json' && !isSuppressed(one));
    expect(left.map(({ rule, message }) => `${rule} ${message}`)).toContainEqual(expect.stringMatching(said));
  });

  test('every suppression is needed by our templates', () => {
    const ours = findings.filter(({ template }) => template !== 'planted.json');
    for (const { fits, reason } of suppressed) expect(ours.some(fits), reason).toBe(true);
  });
});
