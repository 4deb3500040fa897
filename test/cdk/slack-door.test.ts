/** The door for Slack: a function URL, or an HTTP API with throttling, a name of its own and a web ACL before it; nothing else is open. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, test } from 'vitest';
import { refusalOf } from '../core/policy/cases.ts';
import { at, build, flat, ofType, type Resources, responseResources } from './stacks.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-door-'));
afterAll(() => rmSync(folder, { recursive: true }));
const shipped = readFileSync(new URL('../../countersign.yaml', import.meta.url), 'utf8');
let files = 0;

interface Door {
  readonly Resources: Resources;
  readonly Outputs: Record<string, { Value: unknown }>;
  /** What cdk-nag finds unexplained. */
  readonly findings: readonly string[];
}

/** The response stack with these keys under `slack`. */
function withSlack(keys: string): Door {
  const file = join(folder, `policy-${++files}.yaml`);
  writeFileSync(file, shipped.replace(/^slack:\n(?: {2}.*\n)+/m, `slack: { ${keys} }\n`));
  const { app, response } = build({ policy: file });
  const findings = new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName);
  return { ...(Template.fromStack(response).toJSON() as Pick<Door, 'Resources' | 'Outputs'>), findings };
}
const certificate = (region: string) => `arn:aws:acm:${region}:111122223333:certificate/0123-ab`;
const acl = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/guard/0123abcd-01ab';
const permissions = (resources: Resources) =>
  ofType(resources, 'AWS::Lambda::Permission').map(({ Properties }) => Properties as Record<string, unknown>);

test('a function URL is the default, and then there is no API', () => {
  expect(ofType(responseResources, 'AWS::Lambda::Url')).toHaveLength(2);
  expect(ofType(responseResources, 'AWS::ApiGatewayV2::Api')).toEqual([]);
});

describe('an HTTP API', () => {
  const { Resources: resources, Outputs, findings } = withSlack('endpoint: http_api, throttle: { rate: 7, burst: 9 }');

  test('takes POST of / only, by the payload that a function URL has too, throttled', () => {
    expect(ofType(resources, 'AWS::ApiGatewayV2::Route').map(({ Properties }) => at(Properties, 'RouteKey'))).toEqual([
      'POST /',
    ]);
    const [integration] = ofType(resources, 'AWS::ApiGatewayV2::Integration');
    expect(integration?.Properties).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' });
    const [stage] = ofType(resources, 'AWS::ApiGatewayV2::Stage');
    expect(stage?.Properties).toMatchObject({
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9 },
      AccessLogSettings: { DestinationArn: expect.anything() },
    });
  });

  test('is the only way in: no function URL without IAM, and only API Gateway, for this route, may invoke', () => {
    const urls = ofType(resources, 'AWS::Lambda::Url').map(({ Properties }) => at(Properties, 'AuthType'));
    expect(urls).toEqual(['AWS_IAM']);
    expect(permissions(resources).filter(({ Principal }) => Principal === '*')).toEqual([]);
    const gateway = permissions(resources).filter(({ Principal }) => Principal === 'apigateway.amazonaws.com');
    expect(gateway.map(({ SourceArn }) => flat(SourceArn))).toEqual([
      expect.stringMatching(/execute-api:.*\/\*\/\*\/$/),
    ]);
  });

  test('leaves nothing for cdk-nag that is not explained', () => {
    expect(findings).toEqual([]);
  });

  test('its address is the output, as the function URL’s was', () => {
    expect(flat(Outputs.SlackUrl?.Value)).toMatch(/^<SlackDoorApi.*ApiEndpoint>\/$/);
  });
});

test('with a name of its own the API’s own address is closed', () => {
  const name = 'slack.ops.example.com';
  const { Resources: resources, Outputs } = withSlack(
    `endpoint: http_api, domain: { name: ${name}, certificate_arn: '${certificate('eu-central-1')}' }`,
  );
  expect(ofType(resources, 'AWS::ApiGatewayV2::Api')[0]?.Properties).toMatchObject({ DisableExecuteApiEndpoint: true });
  expect(ofType(resources, 'AWS::ApiGatewayV2::ApiMapping')).toHaveLength(1);
  expect(flat(Outputs.SlackUrl?.Value)).toMatch(/^https:\/\/.*\/$/);
  expect(Object.keys(Outputs)).toContain('SlackDomainTarget');
});

test('a web ACL stands on CloudFront before it, which hands on every header but Host and keeps nothing', () => {
  const { Resources: resources, Outputs, findings } = withSlack(`endpoint: http_api, web_acl_arn: '${acl}'`);
  expect(findings).toEqual([]);
  const [distribution] = ofType(resources, 'AWS::CloudFront::Distribution');
  expect(at(distribution?.Properties, 'DistributionConfig')).toMatchObject({
    WebACLId: acl,
    DefaultCacheBehavior: {
      // CachingDisabled, AllViewerExceptHostHeader: ids that AWS documents for every account.
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
      ViewerProtocolPolicy: 'https-only',
    },
  });
  expect(flat(Outputs.SlackUrl?.Value)).toMatch(/^https:\/\/.*Distribution.*\/$/);
});

test.each<[string, string, RegExp]>([
  [
    'a web ACL before a function URL',
    `web_acl_arn: '${acl}'`,
    /slack\.web_acl_arn: .* needs slack\.endpoint: http_api/,
  ],
  [
    'a name before a function URL',
    `domain: { name: a.example.com, certificate_arn: '${certificate('eu-central-1')}' }`,
    /slack\.domain: .* needs slack\.endpoint: http_api/,
  ],
  [
    'CloudFront’s certificate elsewhere',
    `endpoint: http_api, web_acl_arn: '${acl}', domain: { name: a.example.com, certificate_arn: '${certificate('eu-central-1')}' }`,
    /must be a certificate in us-east-1/,
  ],
  [
    'a regional web ACL',
    "endpoint: http_api, web_acl_arn: 'arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/guard/0123abcd'",
    /must be the ARN of a web ACL of scope CLOUDFRONT/,
  ],
  ['another endpoint', 'endpoint: alb', /must be function_url or http_api/],
])('%s is refused', (_, keys, words) => {
  expect(refusalOf(`slack: { ${keys} }`)).toMatch(words);
});
