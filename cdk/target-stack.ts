/** What an account with instances needs: the SSM document that runs approved scripts. Kept when it is replaced, for pending approvals. */
import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { Compiled } from '../core/compiled.ts';

export interface TargetStackProps extends StackProps {
  readonly document: Compiled['document'];
}

export class TargetStack extends Stack {
  constructor(scope: Construct, id: string, { document, ...props }: TargetStackProps) {
    super(scope, id, props);
    // The name is part of the logical id: another document is another resource, and the old one stays.
    const resource = new CfnDocument(this, `RunDocument${document.name.slice(-12)}`, {
      name: document.name,
      content: {},
      documentType: 'Command',
      documentFormat: 'JSON',
    });
    // As text, which CDK's type does not know: SSM stores the very bytes whose digest approvals are bound to.
    resource.addPropertyOverride('Content', document.content);
    resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    new CfnOutput(this, 'RunDocumentName', { value: document.name });
  }
}
