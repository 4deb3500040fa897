/** A CDK app for the test of the local deploy: one function from an asset, which tells its environment. `FAIL` makes synth fail. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';

if (process.env.FAIL) throw new Error('runbooks/disk-full.md:7: unknown key "sevrity"');

const code = mkdtempSync(join(tmpdir(), 'code-'));
writeFileSync(
  join(code, 'index.js'),
  'exports.handler = async () => ({ ssm: process.env.AWS_ENDPOINT_URL_SSM, kept: process.env.KEPT, node: process.version, secret: process.env.ANTHROPIC_API_KEY ?? null });',
);
const stack = new Stack(new App(), 'countersign-tiny');
const tiny = new LambdaFunction(stack, 'Tiny', {
  functionName: 'countersign-tiny',
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromAsset(code),
  environment: { KEPT: 'yes' },
});
new CfnOutput(stack, 'Name', { value: tiny.functionName });
