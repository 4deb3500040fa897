/** doctor: each fault planted by itself is the one that is named, with its next step, and nothing else changes. */
import { describe, expect, test } from 'vitest';
import type { Caller, FoundStack } from '../../../core/doctor/account.ts';
import type { ArchiveSeen } from '../../../core/doctor/archive.ts';
import { type CheckName, checkNames, exitCodeOf } from '../../../core/doctor/check.ts';
import type { SeenInstance } from '../../../core/doctor/reach.ts';
import { type DoctorPorts, doctor } from '../../../core/use-cases/doctor.ts';
import { compiledOf, policyText } from '../../support/fixtures.ts';

const caller: Caller = {
  account: '111122223333',
  arn: 'arn:aws:sts::111122223333:assumed-role/Admin/ana',
  region: 'eu-central-1',
  clocks: { aws: 1_000_000, own: 1_002_000 },
};
const stack: FoundStack = {
  name: 'countersign-response',
  status: 'UPDATE_COMPLETE',
  slackUrl: 'https://example.lambda-url.eu-central-1.on.aws/',
};
const web: SeenInstance = {
  id: 'i-1',
  name: 'web-1',
  ping: 'Online',
  agentVersion: '3.3.2746.0',
  isLatest: true,
  platform: 'Linux',
};
const archive: ArchiveSeen = {
  bucket: 'countersign-archive-111122223333-eu-central-1',
  lock: { mode: 'COMPLIANCE', days: 400 },
  newest: { number: 7, through: '2026-11-28T11:59:00.000Z' },
  strange: null,
  unsignedSince: null,
};
const compiled = compiledOf();
const offline = { ...web, id: 'i-2', name: null, ping: 'ConnectionLost' };

/** Everything as it should be, but for what a test changes. */
function ports(changes: Partial<DoctorPorts> = {}): DoctorPorts {
  return {
    caller: async () => caller,
    stacks: async () => [stack],
    regionsOfRoles: async () => [],
    deployed: async () => compiled,
    local: async () => compiled,
    killSwitch: async () => ({ stopped: false, number: 1, stop: null, aborted: null }),
    safeguards: async () => ({ findings: [], unseen: [] }),
    archive: async () => archive,
    queues: async () => [{ name: 'countersign-undelivered', messages: 0 }],
    stopAlarms: async () => ({}),
    documentIs: async () => true,
    slackBot: async () => ({ bot: 'countersign', team: 'Example', scopes: ['chat:write', 'files:write'] }),
    slackChannel: async () => ({ isMember: true, isArchived: false }),
    knock: async () => 401,
    model: async () => 'there',
    instances: async () => [web],
    ...changes,
  };
}

const named =
  (name: string, message = 'said the test') =>
  async () => {
    throw Object.assign(new Error(message), { name });
  };
const silent = compiledOf({
  policy: `${policyText('live').replace('llm: { enabled: true }', 'llm: { enabled: false }')}`,
});
const changed = compiledOf({
  runbook:
    '---\nid: fix\ntitle: T\nowner: o\nseverity: low\nmatch: { alarms: [fix-*] }\n---\n1. Look\n   ```bash\n   df -h /\n   ```\n',
});

test('a deployment without a fault: every check is ok, and exit 0', async () => {
  const checks = await doctor(ports());
  expect(checks.map(({ name }) => name)).toEqual(checkNames.filter((name) => name !== 'stop alarms'));
  expect(checks.filter(({ outcome, next }) => outcome !== 'ok' || next !== null)).toEqual([]);
  expect(exitCodeOf(checks)).toBe(0);
});

describe('without knowing who asks and which stack is meant, nothing else is looked at', () => {
  test.each([
    [
      'no credentials',
      { caller: named('CredentialsProviderError', 'Could not load credentials from any providers') },
      'credentials',
      /no credentials.*/,
      /aws sso login/,
    ],
    [
      'an expired token',
      { caller: named('ExpiredTokenException', 'The security token included in the request is expired') },
      'credentials',
      /have expired/,
      /sign in again/,
    ],
    [
      'an expired SSO session',
      { caller: named('TokenProviderError', 'Token is expired. To refresh this SSO session run aws sso login') },
      'credentials',
      /have expired/,
      /sign in again/,
    ],
    [
      'keys of nobody',
      { caller: named('InvalidClientTokenId') },
      'credentials',
      /AWS refuses the credentials/,
      /another profile/,
    ],
    [
      'no region',
      { caller: named('Error', 'Region is missing') },
      'credentials',
      /no region is set/,
      /export AWS_REGION=/,
    ],
    [
      'a clock that is wrong',
      { caller: named('SignatureDoesNotMatch', 'Signature expired: 20261128T1 is now earlier than 20261128T2') },
      'credentials',
      /for its time/,
      /clock/,
    ],
    [
      'no network',
      { caller: named('Error', 'getaddrinfo ENOTFOUND sts.eu-central-1.amazonaws.com') },
      'credentials',
      /cannot be reached/,
      /network/,
    ],
    [
      'no stack',
      { stacks: async () => [] },
      'stack',
      /no stack of Countersign is in eu-central-1 of account 111122223333$/,
      /deploy it/,
    ],
    [
      'another region',
      { stacks: async () => [], regionsOfRoles: async () => ['eu-west-1', 'us-east-1'] },
      'stack',
      /roles of one in eu-west-1, us-east-1/,
      /AWS_REGION=eu-west-1$/,
    ],
    [
      'two stacks',
      { stacks: async () => [stack, { ...stack, name: 'staging-response' }] },
      'stack',
      /2 stacks .*countersign-response, staging-response/,
      /--stack NAME/,
    ],
  ] as const)('%s', async (_, changes, name, seen, next) => {
    const checks = await doctor(ports(changes));
    const failed = checks.filter(({ outcome }) => outcome === 'fail');
    expect(failed).toEqual([
      { name, outcome: 'fail', seen: expect.stringMatching(seen), next: expect.stringMatching(next) },
    ]);
    expect(checks.at(-1)?.name).toBe(name);
    expect(exitCodeOf(checks)).toBe(1);
  });

  test('--stack says which of two is meant', async () => {
    const changes = { stacks: async () => [stack, { ...stack, name: 'staging-response' }] };
    expect((await doctor(ports(changes), 'staging-response')).find(({ name }) => name === 'stack')?.seen).toMatch(
      /^staging-response is/,
    );
    expect(exitCodeOf(await doctor(ports(changes), 'nobody'))).toBe(1);
  });
});

const faults: readonly (readonly [string, Partial<DoctorPorts>, CheckName, 'warn' | 'fail' | 'cannot_tell', RegExp])[] =
  [
    [
      'a clock two minutes off',
      { caller: async () => ({ ...caller, clocks: { aws: 0, own: 120_000 } }) },
      'clock',
      'warn',
      /120 s ahead of/,
    ],
    [
      'a deploy that was taken back',
      { stacks: async () => [{ ...stack, status: 'UPDATE_ROLLBACK_COMPLETE' }] },
      'stack',
      'warn',
      /taken back/,
    ],
    [
      'a deploy that failed',
      { stacks: async () => [{ ...stack, status: 'UPDATE_ROLLBACK_FAILED' }] },
      'stack',
      'fail',
      /UPDATE_ROLLBACK_FAILED/,
    ],
    [
      'a stop',
      {
        killSwitch: async () => ({
          stopped: true,
          number: 3,
          stop: { eventId: 'e', by: 'ana', why: 'looks wrong', at: '2026-11-21T03:00:00Z' },
          aborted: null,
        }),
      },
      'kill switch',
      'fail',
      /number 3.* by ana since 2026-11-21T03:00:00Z: looks wrong/,
    ],
    [
      'a table without its policy',
      { safeguards: async () => ({ findings: [{ kind: 'no_policy', table: 'Audit' }], unseen: [] }) },
      'tables',
      'fail',
      /countersign-audit has no policy/,
    ],
    [
      'a table that may not be read',
      { safeguards: async () => ({ findings: [], unseen: ['AccessDeniedException'] }) },
      'tables',
      'cannot_tell',
      /could not be looked at: AccessDenied/,
    ],
    [
      'another document',
      { documentIs: async () => false },
      'document',
      'fail',
      /countersign-run-[0-9a-f]{12} is not there/,
    ],
    [
      'no bucket',
      { archive: named('NoSuchBucket', 'The specified bucket does not exist') },
      'archive',
      'fail',
      /its bucket is not there: nothing is archived or signed/,
    ],
    [
      'a bucket without a lock',
      { archive: async () => ({ ...archive, lock: null }) },
      'archive',
      'fail',
      /countersign-archive-\S+ has no Object Lock/,
    ],
    [
      'heads that nobody signs',
      { archive: async () => ({ ...archive, unsignedSince: '2026-11-28T11:00:00.000Z' }) },
      'archive',
      'fail',
      /archived since 2026-11-28T11:00:00\.000Z is in no checkpoint; the newest is 7, through/,
    ],
    [
      'a strange checkpoint',
      { archive: async () => ({ ...archive, strange: 'it is not signed by this key' }) },
      'archive',
      'fail',
      /it is not signed by this key/,
    ],
    [
      'an archive that may not be read',
      { archive: named('AccessDenied') },
      'archive',
      'cannot_tell',
      /could not be looked at/,
    ],
    [
      'a dead letter',
      { queues: async () => [{ name: 'countersign-unchecked', messages: 2 }] },
      'dead letters',
      'warn',
      /2 events wait in countersign-unchecked/,
    ],
    [
      'a missing queue',
      { queues: async () => [{ name: 'countersign-unchecked', messages: null }] },
      'dead letters',
      'fail',
      /is not there/,
    ],
    ['another runbook here', { local: async () => changed }, 'drift', 'warn', /: changed fix$/],
    [
      'another policy here',
      { local: async () => compiledOf({ mode: 'dry_run' }) },
      'drift',
      'warn',
      /: another policy$/,
    ],
    [
      'a runbook that is only here',
      { deployed: async () => ({ ...compiled, runbooks: [] }) },
      'drift',
      'warn',
      /: only here fix$/,
    ],
    [
      'another release here',
      { local: async () => ({ ...compiled, release: '9.9.9' }) },
      'drift',
      'warn',
      /release 0\.1\.0 there, 9\.9\.9 here/,
    ],
    [
      'no repository here',
      { local: named('Error', 'cannot read countersign.yaml: there is no such file') },
      'drift',
      'cannot_tell',
      /countersign\.yaml/,
    ],
    [
      'a token that was revoked',
      { slackBot: async () => ({ refusal: 'token_revoked' }) },
      'slack',
      'fail',
      /token_revoked/,
    ],
    [
      'no token',
      { slackBot: named('ResourceNotFoundException', 'Secrets Manager can’t find the specified secret.') },
      'slack',
      'fail',
      /no token/,
    ],
    [
      'a token that may not be read',
      { slackBot: named('AccessDeniedException') },
      'slack',
      'cannot_tell',
      /could not be tried/,
    ],
    [
      'a token that may not post',
      { slackBot: async () => ({ bot: 'b', team: 't', scopes: ['files:write'] }) },
      'slack',
      'fail',
      /may post nothing/,
    ],
    [
      'a token without files',
      { slackBot: async () => ({ bot: 'b', team: 't', scopes: ['chat:write'] }) },
      'slack',
      'warn',
      /long outputs are cut/,
    ],
    [
      'a bot that nobody invited',
      { slackChannel: async () => ({ isMember: false, isArchived: false }) },
      'channel',
      'fail',
      /not in incidents/,
    ],
    [
      'a channel that is not there',
      { slackChannel: async () => ({ refusal: 'channel_not_found' }) },
      'channel',
      'fail',
      /no channel incidents/,
    ],
    [
      'an archived channel',
      { slackChannel: async () => ({ isMember: true, isArchived: true }) },
      'channel',
      'fail',
      /archived/,
    ],
    [
      'a token that may not look at channels',
      { slackChannel: async () => ({ refusal: 'missing_scope' }) },
      'channel',
      'cannot_tell',
      /may not look/,
    ],
    ['a URL that AWS refuses', { knock: async () => 403 }, 'url', 'fail', /403.*no click arrives/],
    ['a URL that fails', { knock: async () => 502 }, 'url', 'fail', /502 instead of 401/],
    ['a URL that takes what nobody signed', { knock: async () => 200 }, 'url', 'fail', /200 instead of 401/],
    ['a URL that is not there', { knock: named('TypeError', 'fetch failed') }, 'url', 'fail', /did not answer/],
    ['no key for the model', { model: async () => 'no_key' }, 'model', 'warn', /there is no key/],
    ['a key that is none', { model: async () => 'refused' }, 'model', 'fail', /refuses the key/],
    [
      'a model that is not there',
      { model: async () => 'unknown' },
      'model',
      'fail',
      /knows no model claude-sonnet-5-5/,
    ],
    [
      'a model that does not answer',
      { model: named('APIConnectionError', 'ECONNREFUSED') },
      'model',
      'cannot_tell',
      /could not be asked/,
    ],
    ['no instance with the tag', { instances: async () => [] }, 'instances', 'warn', /nothing can be sent/],
    ['an instance that is away', { instances: async () => [web, offline] }, 'instances', 'warn', /1 of 2 .*: i-2$/],
    ['all instances away', { instances: async () => [offline] }, 'instances', 'fail', /1 of 1/],
    [
      'a Windows host',
      { instances: async () => [{ ...web, platform: 'Windows' }] },
      'instances',
      'warn',
      /no Linux.*web-1 \(i-1\)/,
    ],
    [
      'an old agent',
      { instances: async () => [{ ...web, isLatest: false }] },
      'agents',
      'warn',
      /1 of 1 agents .*3\.3\.2746\.0/,
    ],
  ];

test.each(faults)('%s is found, alone, with a next step', async (_, changes, name, outcome, seen) => {
  const checks = (await doctor(ports(changes))).filter((check) => check.outcome !== 'ok');
  expect(checks).toEqual([{ name, outcome, seen: expect.stringMatching(seen), next: expect.stringMatching(/\w{3}/) }]);
  expect(exitCodeOf(checks)).toBe({ warn: 0, fail: 1, cannot_tell: 2 }[outcome]);
});

test('what cannot be read at all: it is said of everything that rests on it, and a failure counts more', async () => {
  const checks = await doctor(ports({ deployed: named('AccessDeniedException', 'no'), knock: async () => 403 }));
  const unseen = checks.filter(({ outcome }) => outcome === 'cannot_tell').map(({ name }) => name);
  expect(unseen).toEqual(['stop alarms', 'document', 'drift', 'slack', 'channel', 'model']);
  expect(exitCodeOf(checks)).toBe(1);
});

test('a model that the policy switches off is not asked', async () => {
  let asked = 0;
  const model = async () => {
    asked += 1;
    return 'refused' as const;
  };
  const checks = await doctor(ports({ deployed: async () => silent, local: async () => silent, model }));
  expect(checks.find(({ name }) => name === 'model')).toMatchObject({
    outcome: 'ok',
    seen: expect.stringContaining('switched off'),
  });
  expect(asked).toBe(0);
});

test.each<[Record<string, string | null>, string, RegExp]>([
  [{ 'checkout-5xx': 'OK' }, 'ok', /not in ALARM: checkout-5xx/],
  [{ 'checkout-5xx': 'ALARM' }, 'warn', /in ALARM: checkout-5xx/],
  [{ 'checkout-5xx': null }, 'fail', /none of the name checkout-5xx/],
])('stop alarms that the policy names: %j', async (states, outcome, seen) => {
  const guarded = compiledOf({
    policy: policyText('live', 'environments: { production: { stop_alarms: [checkout-5xx] } }'),
  });
  const here = { deployed: async () => guarded, local: async () => guarded, stopAlarms: async () => states };
  const checks = await doctor(ports(here));
  expect(checks.find(({ name }) => name === 'stop alarms')).toMatchObject({
    outcome,
    seen: expect.stringMatching(seen),
  });
});

test('many instances are counted, not all named', async () => {
  const many = Array.from({ length: 14 }, (_, index) => ({ ...web, id: `i-${index}`, name: null }));
  const [seen] = (await doctor(ports({ instances: async () => many }))).filter(({ name }) => name === 'instances');
  expect(seen?.seen).toMatch(/^14 tagged, all online: i-0, .* and 4 more$/);
});
