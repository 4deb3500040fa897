/** The only role that may run a command: trusted by `execute` alone, for our documents on opted-in instances. */
import { Stack } from 'aws-cdk-lib';
import { ArnPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { explainWildcard } from './lambda-function.ts';
import { optInTag, roleName } from './names.ts';

export interface SendRoleProps {
  readonly executor: Role;
}

export class SendRole extends Construct {
  constructor(scope: Construct, id: string, { executor }: SendRoleProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const role = new Role(this, 'Role', {
      roleName: roleName(stack, 'send'),
      description: 'Countersign: sends approved scripts; assumed for one dispatch with a session policy',
      assumedBy: new ArnPrincipal(executor.roleArn),
    });
    role.assumeRolePolicy?.addStatements(
      new PolicyStatement({ actions: ['sts:SetSourceIdentity'], principals: [new ArnPrincipal(executor.roleArn)] }),
    );

    const document = stack.formatArn({ service: 'ssm', resource: 'document', resourceName: 'countersign-run-*' });
    const instances = [
      stack.formatArn({ service: 'ec2', resource: 'instance', resourceName: '*' }),
      stack.formatArn({ service: 'ssm', resource: 'managed-instance', resourceName: '*' }),
    ];
    role.addToPolicy(new PolicyStatement({ actions: ['ssm:SendCommand'], resources: [document] }));
    role.addToPolicy(
      new PolicyStatement({
        actions: ['ssm:SendCommand'],
        resources: instances,
        conditions: { StringEquals: { [`ssm:resourceTag/${optInTag}`]: 'on' } },
      }),
    );
    explainWildcard(role, document, 'The documents of this product only; the name ends in the digest of the content.');
    for (const instance of instances)
      explainWildcard(
        role,
        instance,
        'Only instances that carry the opt-in tag; the session policy names the approved ones.',
      );
  }
}
