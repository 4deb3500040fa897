/** Where an organisation allows no function URLs: with Slack behind an HTTP API and without the IAM door there is none. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, expect, test } from 'vitest';
import { countersign } from '../../cdk/app.ts';
import { fixRunbook } from '../support/fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-no-door-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Made {
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

function withoutDoor(): Made {
  const [policy, runbooks] = [join(folder, 'countersign.yaml'), join(folder, 'runbooks')];
  const shipped = readFileSync(new URL('../../countersign.yaml', import.meta.url), 'utf8');
  const http = shipped.replace(/^slack:\n(?: {2}.*\n)+/m, 'slack: { endpoint: http_api }\n');
  // A single operator needs no approval through IAM.
  const alone = http.replace('single_operator: false', 'single_operator: true');
  writeFileSync(policy, `${alone}\ndeployment: { iam_door: false }\n`);
  mkdirSync(runbooks);
  writeFileSync(join(runbooks, 'fix.md'), fixRunbook);
  const context = {
    policy,
    runbooks,
    'aws:cdk:bundling-stacks': [],
    '@aws-cdk/core:validateAgainstDefaultRules': false,
  };
  const { response } = countersign(new App({ context, outdir: join(folder, 'out') }));
  return Template.fromStack(response).toJSON() as Made;
}
const { Resources, Outputs } = withoutDoor();

test('no function has a URL, and there is nothing that lets people in at one', () => {
  const types = Object.values(Resources).map(({ Type }) => Type);
  expect(types).toContain('AWS::ApiGatewayV2::Api');
  expect(types).not.toContain('AWS::Lambda::Url');
  expect(types).not.toContain('AWS::IAM::ManagedPolicy');
  expect(JSON.stringify(Resources)).not.toMatch(/InvokeFunctionUrl|FunctionUrlAuthType/);
  expect(Object.keys(Outputs)).toContain('SlackUrl');
  for (const gone of ['DoorUrl', 'ApproverPolicyArn']) expect(Object.keys(Outputs)).not.toContain(gone);
});
