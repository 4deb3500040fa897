/** Answering without Slack: the command at a terminal, real users with real keys, a signed proof, STS and IAM as they are deployed. */
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import { signed } from '../../adapters/sts/sign.ts';
import { proofToSign } from '../../core/door/proof.ts';
import { type DoorWord, doorBody } from '../../core/door/spoken.ts';
import { incidentIdOf } from '../../core/subject.ts';
import { account, awsEnvironment, credentials, region } from '../../local/emulator.ts';
import { eventsOf, guarded, type Incident, type Stage, statusOf } from './stage.ts';

const arnOf = (name: string) => `arn:aws:iam::${account}:user/${name}`;

interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** AWS asks about the key that an alias names (KMS Developer Guide, "Controlling access to aliases"), the emulator about the alias. */
const byAlias = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Action: 'kms:GetPublicKey',
    Resource: `arn:aws:kms:${region}:${account}:alias/countersign-approval`,
  },
});

const readsAlarms = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Action: ['cloudwatch:DescribeAlarms', 'cloudwatch:ListTagsForResource'],
    Resource: '*',
  },
});

/** A user of the account, with the approvers' policy or without. */
async function userNamed({ laptop }: Stage, UserName: string, mayEnter = true): Promise<Key> {
  const iam = new IAMClient({ endpoint: laptop.emulator.endpoint, region, credentials });
  await iam.send(new CreateUserCommand({ UserName }));
  const PolicyArn = laptop.outputs.ApproverPolicyArn ?? '';
  if (mayEnter) {
    await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'alias', PolicyDocument: byAlias }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}

/** Gives a command a terminal of its own, as a person has one. */
const atTerminal = 'import os,pty,sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

const approvals = (stage: Stage, by: Key, words: readonly string[], typed: string) =>
  countersign(stage, by, ['approvals', ...words], typed);

/** The command with somebody's own credentials; `typed` is entered when it asks. */
function countersign({ laptop }: Stage, by: Key, words: readonly string[], typed = '') {
  const { endpoint, folder } = laptop.emulator;
  const command = [process.execPath, 'cli/main.ts', ...words];
  const child = laptop.emulator.spawn('python3', ['-c', atTerminal, ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...awsEnvironment(endpoint, folder),
      AWS_ACCESS_KEY_ID: by.accessKeyId,
      AWS_SECRET_ACCESS_KEY: by.secretAccessKey,
    },
  });
  let said = '';
  const hear = (chunk: Buffer) => {
    const isAskedNow = !/Type yes/.test(said) && /Type yes/.test(said + chunk);
    said += chunk;
    if (isAskedNow) child.stdin?.write(`${typed}\n`);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  return new Promise<{ code: number | null; said: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, said }));
  });
}

async function spokenAbout({ records }: Stage, incident: Incident): Promise<DoorWord> {
  const { question, digest } = await records.question(incident.id);
  const [first] = question.items;
  if (!first) throw new Error('a question has at least one item');
  const { incidentId, revision } = question;
  return { word: 'approve', question: { incidentId, dispatch: first.dispatch, revision, digest } };
}

export function doors(on: () => Stage): void {
  test('approved through the IAM door: read, typed and proven at a terminal, and run as if in Slack', async () => {
    const stage = on();
    const ana = await userNamed(stage, 'ana');
    const incident = await stage.raise('door');
    await stage.card(incident);
    const listed = await approvals(stage, ana, ['list'], '');
    expect(listed).toMatchObject({ code: 0, said: expect.stringContaining(`${incident.id}.`) });

    const refused = await approvals(stage, ana, ['approve', incident.id], 'no');
    expect(refused).toMatchObject({ code: 2, said: expect.stringContaining('nothing was said') });
    expect((await stage.records.question(incident.id)).votes).toEqual([]);

    const { question } = await stage.records.question(incident.id);
    const approved = await approvals(stage, ana, ['approve', incident.id], 'yes');
    expect(approved, approved.said).toMatchObject({ code: 0 });
    for (const part of [question.items[0]?.targets[0], 'Runs exactly this', `is counted, as ${arnOf('ana')}`])
      expect(approved.said).toContain(part);

    const intent = await stage.event(incident, 'dispatch_intended', ({ approvedBy }) => approvedBy.length > 0);
    expect(intent.approvedBy).toEqual([{ name: 'ana', via: 'iam', id: arnOf('ana') }]);
    await stage.event(
      incident,
      'command_finished',
      ({ dispatch }) => dispatch.part === 'run' && dispatch.step === intent.dispatch.step,
    );
    expect(await stage.mutating(incident)).toBe(1);
    await stage.setState(incident, 'OK');
    const entries = await stage.closed(incident);
    expect(statusOf(entries)).toBe('resolved');
    const votes = eventsOf(entries).flatMap((event) => (event.kind === 'vote_signed' ? [event] : []));
    expect(votes).toMatchObject([{ word: 'approve', by: { name: 'ana', via: 'iam' } }]);
  });

  test('two people where the policy wants two, one in Slack and one through IAM: the click alone sends nothing', async () => {
    const stage = on();
    const ben = await userNamed(stage, 'ben');
    const incident = await stage.raise('guarded', {
      tags: { countersign: 'on', environment: guarded.environment },
    });
    const { ts } = await stage.card(incident);
    expect(await stage.laptop.slack.press({ user: 'ana', button: 'approve', messageTs: ts })).toMatchObject({
      status: 200,
    });
    await stage.event(incident, 'vote_signed');
    expect(await stage.mutating(incident)).toBe(0);
    const shown = await approvals(stage, ben, ['show', incident.id], '');
    expect(shown.said).toMatch(/Needs 2 approvals of different people.*approved so far by ana/);

    const approved = await approvals(stage, ben, ['approve', incident.id], 'yes');
    expect(approved, approved.said).toMatchObject({ code: 0 });
    const intent = await stage.event(incident, 'dispatch_intended', ({ approvedBy }) => approvedBy.length > 0);
    expect(intent.approvedBy.map(({ name, via }) => `${name} by ${via}`)).toEqual(['ana by slack', 'ben by iam']);
    await stage.event(
      incident,
      'command_finished',
      ({ dispatch }) => dispatch.part === 'run' && dispatch.step === intent.dispatch.step,
    );
    expect(await stage.mutating(incident)).toBe(1);
    await stage.setState(incident, 'OK');
    expect(statusOf(await stage.closed(incident))).toBe('resolved');
  });

  test('asked to try again through the IAM door: a new round with its own card, which whoever asked may not approve', async () => {
    const stage = on();
    const iam = new IAMClient({ endpoint: stage.laptop.emulator.endpoint, region, credentials });
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ana' }));
    const ana = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
    const first = await stage.raise('door-again');
    await stage.card(first);
    const early = await countersign(stage, ana, ['retry', first.id]);
    expect(early).toMatchObject({ code: 1, said: expect.stringContaining('This incident still goes on.') });
    const rejected = await approvals(stage, ana, ['reject', first.id, '--reason', 'not with this plan'], '');
    expect(rejected, rejected.said).toMatchObject({ code: 0 });
    expect(statusOf(await stage.closed(first))).toBe('rejected');

    const again = await countersign(stage, ana, ['retry', first.id]);
    expect(again, again.said).toMatchObject({ code: 0, said: expect.stringContaining('A new plan is made') });
    const [stateChangedAt = ''] = eventsOf(await stage.laptop.chain(first.id)).flatMap((event) =>
      event.kind === 'incident_opened' ? [event.stateChangedAt] : [],
    );
    const { alarmArn } = first;
    const second = { id: incidentIdOf({ kind: 'alarm', alarmArn, contributorId: null, stateChangedAt, round: 2 }) };
    await stage.card(second);
    const { question } = await stage.event(second, 'approval_requested');
    expect(question?.initiator).toMatchObject({ name: 'ana' });
    expect(question?.terms.approvers).not.toContain('ana');
    const own = await approvals(stage, ana, ['approve', second.id], 'yes');
    expect(own, own.said).toMatchObject({ code: 1 });
    const events = eventsOf(await stage.laptop.chain(second.id));
    expect(events.filter(({ kind }) => kind === 'vote_signed')).toEqual([]);
    expect(await stage.mutating(second)).toBe(0);
    await stage.leave(second);
  });

  test('started with a runbook that somebody names through the IAM door: planned as named, and its first reading step is asked about', async () => {
    const stage = on();
    const iam = new IAMClient({ endpoint: stage.laptop.emulator.endpoint, region, credentials });
    await iam.send(new PutUserPolicyCommand({ UserName: 'ana', PolicyName: 'alarms', PolicyDocument: readsAlarms }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ana' }));
    const ana = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
    const first = await stage.raise('door-run');
    await stage.card(first);
    await approvals(stage, ana, ['reject', first.id, '--reason', 'another runbook'], '');
    await stage.closed(first);
    const about = ['--alarm', first.alarmName];
    const unknown = await countersign(stage, ana, ['run', 'nothing', ...about]);
    expect(unknown).toMatchObject({ code: 1, said: expect.stringContaining('There is no runbook nothing here') });

    const started = await countersign(stage, ana, ['run', 'disk-full', ...about]);
    expect(started, started.said).toMatchObject({ code: 0 });
    const [id = ''] = /inc-[0-9a-f]{20}/.exec(started.said) ?? [];
    await stage.card({ id });
    expect(await stage.event({ id }, 'planned')).toMatchObject({ runbook: { id: 'disk-full' }, chosenBy: 'person' });
    const { dispatch, question } = await stage.event({ id }, 'approval_requested');
    expect(dispatch).toMatchObject({ step: 1 });
    expect(question?.initiator).toMatchObject({ name: 'ana' });
    expect(question?.terms.approvers).not.toContain('ana');
    expect(stage.sent({ id })).toEqual([]);
    await stage.leave({ id });
  });

  test('nobody else comes through: without the right, unnamed by the policy, by a made-up caller, with a proof of another', async () => {
    const stage = on();
    const incident = await stage.raise('shut-door');
    await stage.card(incident);
    const spoken = await spokenAbout(stage, incident);
    const door = {
      audience: `arn:aws:lambda:${region}:${account}:function:countersign-decide`,
      stsHost: `sts.${region}.amazonaws.com`,
    };
    const proven = async (by: Key, said = spoken) =>
      doorBody(said, await signed(proofToSign(said, door), by, Date.now()));
    const invoked = async (body: string) => {
      const iam = { userArn: arnOf('ana'), accountId: account };
      const event = {
        version: '2.0',
        requestContext: { authorizer: { iam } },
        headers: {},
        body,
        isBase64Encoded: false,
      };
      return (await stage.laptop.invoke('countersign-decide', event)) as { statusCode: number; body: string };
    };

    const outside = await userNamed(stage, 'max', false);
    const shut = await approvals(stage, outside, ['approve', incident.id], 'yes');
    expect(shut.code).toBe(1);
    expect(shut.said).toContain('countersign-approver-');

    const unnamed = await userNamed(stage, 'zoe');
    const told = await approvals(stage, unnamed, ['approve', incident.id], 'yes');
    expect(told).toMatchObject({ code: 1, said: expect.stringContaining('does not name you') });

    const { body: genuine } = { body: await proven(unnamed) };
    const other = JSON.parse(genuine);
    for (const body of [
      '{}',
      JSON.stringify({ ...spoken, proof: { headers: {} } }),
      JSON.stringify({ ...other, word: 'skip' }),
    ])
      expect((await invoked(body)).statusCode).toBeGreaterThanOrEqual(400);
    const guessed = await invoked(await proven({ ...unnamed, secretAccessKey: 'guessed' }));
    expect(guessed.statusCode).toBe(401);
    expect(JSON.parse((await invoked(genuine)).body)).toMatchObject({ outcome: 'refused', by: arnOf('zoe') });

    expect((await stage.records.question(incident.id)).votes).toEqual([]);
    expect(await stage.mutating(incident)).toBe(0);
    await stage.leave(incident);
  });
}
