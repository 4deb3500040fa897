/** STS: putting on the send role for one dispatch, narrowed to exactly its instances and document. */

import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { dispatchKey } from '../../core/dispatch.ts';
import type { Send } from '../../core/use-cases/execute-ports.ts';
import { patience } from '../patience.ts';

/** Temporary credentials of the send role. */
export interface SendCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Where the deployment lives: its partition (aws, aws-us-gov, aws-cn), account and region. */
export interface Place {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

/** What a session may do: send this document to these instances, nothing else, whatever the role may. */
export function sessionPolicy(send: Pick<Send, 'targets'>, place: Place, document: string): string {
  const instance = (id: string) =>
    id.startsWith('mi-')
      ? `arn:${place.partition}:ssm:${place.region}:${place.account}:managed-instance/${id}`
      : `arn:${place.partition}:ec2:${place.region}:${place.account}:instance/${id}`;
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'ssm:SendCommand',
        Resource: [
          `arn:${place.partition}:ssm:${place.region}:${place.account}:document/${document}`,
          ...send.targets.map(instance),
        ],
      },
    ],
  });
}

/** The shortest session that STS gives: 15 minutes. */
const sessionSeconds = 900;

/** Assumes the send role; CloudTrail then names the dispatch as session and the approver as source identity. */
export function sendRole(roleArn: string, place: Place) {
  const client = new STSClient({ requestHandler: patience() });
  return async (send: Send): Promise<SendCredentials> => {
    const { Credentials } = await client.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: dispatchKey(send.incidentId, send.dispatch),
        DurationSeconds: sessionSeconds,
        Policy: sessionPolicy(send, place, send.document.name),
        SourceIdentity: send.onBehalfOf ?? 'countersign',
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken)
      throw new Error('sts: AssumeRole answered without credentials');
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  };
}
