/** What a company wants of everything that is deployed, laid over the finished stacks: tags, boundary, logs, network. */
import { type App, Aspects, type IAspect, Tags } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { Deployment } from '../core/policy/deployment.ts';
import type { Grant } from './lambda-function.ts';
import { CountersignFunction } from './lambda-function.ts';
import { lambdaArn } from './names.ts';

export function applyDeployment(app: App, { tags, permission_boundary, log_days, network, keys }: Deployment): void {
  for (const [name, value] of Object.entries(tags)) Tags.of(app).add(name, value);
  if (permission_boundary !== null)
    each(app, CfnRole, (role) => {
      role.permissionsBoundary = permission_boundary;
    });
  each(app, CfnLogGroup, (group) => {
    group.retentionInDays = log_days;
    if (keys.logs !== null) group.kmsKeyId = keys.logs;
  });
  if (network === null) return;
  for (const made of app.node.findAll())
    if (made instanceof CountersignFunction) made.may(interfaces(lambdaArn(made.lambda.stack, made.name)));
  each(app, CfnFunction, (made) => {
    made.vpcConfig = { subnetIds: network.subnets, securityGroupIds: network.security_groups };
  });
}

/** CDK's own functions included, where there are any: what it makes later is met as well. */
function each<T>(app: App, kind: abstract new (...args: never[]) => T, change: (resource: T) => void): void {
  const visit: IAspect['visit'] = (node) => {
    if (node instanceof kind) change(node);
  };
  Aspects.of(app).add({ visit });
}

const interfaceActions = [
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Lambda itself makes the interfaces, with the function's role; the function's own code may not (AWS Lambda, "Giving functions access to a VPC"). */
function interfaces(functionArn: string): Grant {
  return {
    allow: [
      {
        actions: interfaceActions,
        resources: ['*'],
        wildcard:
          'Lambda makes the interfaces in the VPC; which they will be nobody knows before. Code of the function may not.',
      },
    ],
    deny: [
      {
        actions: interfaceActions,
        resources: ['*'],
        conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
      },
    ],
  };
}
