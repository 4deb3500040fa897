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

test('no function has a URL, and there is nothing that lets people in at one', () => {
  const policy = join(folder, 'countersign.yaml');
  const shipped = readFileSync(new URL('../../countersign.yaml', import.meta.url), 'utf8');
  writeFileSync(
    policy,
    // A single operator needs no approval through IAM.
    `${shipped
      .replace(/^slack:\n.*$/m, 'slack: { endpoint: http_api }')
      .replace('single_operator: false', 'single_operator: true')}\ndeployment: { iam_door: false }\n`,
  );
  const runbooks = join(folder, 'runbooks');
  mkdirSync(runbooks);
  writeFileSync(join(runbooks, 'fix.md'), fixRunbook);
  const context = { policy, runbooks, 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:validateAgainstDefaultRules': false };
  const { response } = countersign(new App({ context, outdir: join(folder, 'out') }));
  const template = Template.fromStack(response).toJSON() as {
    Resources: Record<string, { Type: string }>;
    Outputs: Record<string, unknown>;
  };
  const types = Object.values(template.Resources).map(({ Type }) => Type);
  expect(types).toContain('AWS::ApiGatewayV2::Api');
  expect(types).not.toContain('AWS::Lambda::Url');
  expect(types).not.toContain('AWS::IAM::ManagedPolicy');
  expect(JSON.stringify(template.Resources)).not.toMatch(/InvokeFunctionUrl|FunctionUrlAuthType/);
  expect(Object.keys(template.Outputs)).toContain('SlackUrl');
  for (const gone of ['DoorUrl', 'ApproverPolicyArn']) expect(Object.keys(template.Outputs)).not.toContain(gone);
});
