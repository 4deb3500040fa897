/** The send role: its session may do exactly what was approved, and CloudTrail can name dispatch and person. */

import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Place, sendRole, sessionPolicy } from '../../../adapters/sts/send-role.ts';
import { dispatchKey, maximumAttempts, maximumTargets } from '../../../core/dispatch.ts';
import type { Send } from '../../../core/use-cases/execute-ports.ts';
import { Part } from '../../../core/words.ts';
import { seed, share } from '../../soak.ts';

const place: Place = { partition: 'aws', account: '111122223333', region: 'eu-central-1' };
const gov: Place = { partition: 'aws-us-gov', account: '444455556666', region: 'us-gov-west-1' };
const document = 'countersign-run-0123456789ab';
const send: Send = {
  incidentId: 'inc-0123456789abcdef0123',
  dispatch: { step: 2, part: 'run', attempt: 1, wave: 1 },
  script: 'df',
  scriptHash: 'ab',
  targets: ['i-0123456789abcdef0'],
  document: { name: document, digest: 'ab' },
  executionTimeoutSeconds: 60,
  waitSeconds: 0,
  deliveryTimeoutSeconds: 30,
  notAfter: 0,
  onBehalfOf: 'U0000000001',
};

const sts = mockClient(STSClient);
beforeEach(() => {
  sts.reset();
  sts.on(AssumeRoleCommand).resolves({
    Credentials: { AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't', Expiration: new Date(0) },
  });
});

describe('the session policy', () => {
  test('lists the document and exactly the approved instances, of EC2 and hybrid, in every partition', () => {
    expect(
      JSON.parse(sessionPolicy({ targets: ['i-0123456789abcdef0', 'mi-0123456789abcdef0'] }, gov, document)),
    ).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'ssm:SendCommand',
          Resource: [
            `arn:aws-us-gov:ssm:us-gov-west-1:444455556666:document/${document}`,
            'arn:aws-us-gov:ec2:us-gov-west-1:444455556666:instance/i-0123456789abcdef0',
            'arn:aws-us-gov:ssm:us-gov-west-1:444455556666:managed-instance/mi-0123456789abcdef0',
          ],
        },
      ],
    });
  });

  test('names nothing else for any set of instances, and never a wildcard', () => {
    const id = fc
      .tuple(fc.constantFrom('i-', 'mi-'), fc.stringMatching(/^[0-9a-f]{17}$/))
      .map(([kind, hex]) => kind + hex);
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 50 }), (targets) => {
        const { Statement } = JSON.parse(sessionPolicy({ targets }, place, document));
        expect(Statement).toHaveLength(1);
        const ends = Statement[0].Resource.map((arn: string) => arn.split('/')[1]);
        expect(ends).toEqual([document, ...targets]);
        expect(JSON.stringify(Statement)).not.toMatch(/[*?]/);
      }),
      { seed, numRuns: share(1000) },
    );
  });

  test('for the most targets is no longer than what STS takes', () => {
    const targets = Array.from({ length: maximumTargets }, (_, index) => `mi-${String(index).padStart(17, '0')}`);
    for (const region of ['us-gov-west-1', 'ap-southeast-1', 'us-isob-east-1'])
      expect(sessionPolicy({ targets }, { ...gov, region }, document).length).toBeLessThanOrEqual(2048);
  });
});

describe('assuming', () => {
  test('names dispatch and person, for the shortest session there is', async () => {
    const arn = 'arn:aws:iam::111122223333:role/countersign-send-eu-central-1';
    expect(await sendRole(arn, place)(send)).toEqual({
      accessKeyId: 'ASIA',
      secretAccessKey: 's',
      sessionToken: 't',
    });
    expect(sts.commandCalls(AssumeRoleCommand)[0]?.args[0].input).toEqual({
      RoleArn: arn,
      RoleSessionName: 'inc-0123456789abcdef0123.2.run.1.1',
      DurationSeconds: 900,
      Policy: sessionPolicy(send, place, document),
      SourceIdentity: 'U0000000001',
    });
  });

  test('without a person names the product', async () => {
    await sendRole('arn', place)({ ...send, onBehalfOf: null });
    expect(sts.commandCalls(AssumeRoleCommand)[0]?.args[0].input.SourceIdentity).toBe('countersign');
  });

  test('every possible dispatch is a session name that STS takes', () => {
    for (let step = 1; step <= 30; step += 1)
      for (const part of Part.options)
        for (let attempt = 1; attempt <= maximumAttempts; attempt += 1)
          expect(dispatchKey(send.incidentId, { step, part, attempt, wave: maximumTargets })).toMatch(
            /^[\w+=,.@-]{2,64}$/,
          );
  });

  test.each([undefined, {}, { AccessKeyId: 'A', SecretAccessKey: 's', SessionToken: '', Expiration: new Date(0) }])(
    'without credentials in the answer throws',
    async (Credentials) => {
      sts.on(AssumeRoleCommand).resolves({ Credentials: Credentials as never });
      await expect(sendRole('arn', place)(send)).rejects.toThrow(/without credentials/);
    },
  );
});
