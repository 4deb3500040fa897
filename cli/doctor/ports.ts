/** What `countersign doctor` looks at in the account and outside of it, with the person's own credentials; every call only reads. */
import { modelAnswers } from '../../adapters/anthropic/reach.ts';
import { deployedStacks } from '../../adapters/cloudformation/stacks.ts';
import { alarms, openCloudWatch } from '../../adapters/cloudwatch/alarms.ts';
import { openDatabase } from '../../adapters/dynamodb/client.ts';
import { switchRows } from '../../adapters/dynamodb/switch.ts';
import { tableState } from '../../adapters/dynamodb/table-state.ts';
import { rolesNamed } from '../../adapters/iam/roles.ts';
import { approvalKey } from '../../adapters/kms/approval-key.ts';
import { post } from '../../adapters/lambda/door.ts';
import { eventSources } from '../../adapters/lambda/mappings.ts';
import { openBucket } from '../../adapters/s3/bucket.ts';
import { readSecret } from '../../adapters/secretsmanager/secrets.ts';
import { slackStanding } from '../../adapters/slack/standing.ts';
import { messagesIn } from '../../adapters/sqs/queues.ts';
import { documentIs } from '../../adapters/ssm/commands.ts';
import { taggedInstances } from '../../adapters/ssm/fleet.ts';
import { callerNow } from '../../adapters/sts/caller.ts';
import { archiveBucketName, keyAliases, lostQueues } from '../../core/deployed-names.ts';
import { readSwitch } from '../../core/incident/kill-switch.ts';
import type { Policy } from '../../core/policy/schema.ts';
import { roleName, type TableName } from '../../core/table-policies.ts';
import type { DoctorPorts } from '../../core/use-cases/doctor.ts';
import { lookAtArchive } from '../../core/use-cases/doctor-archive.ts';
import { safeguardFindings } from '../../core/use-cases/sweep-safeguards.ts';
import { approvalPublicPem, tables } from '../account.ts';
import { type Paths, reviewedHere, reviewedThere } from '../reviewed.ts';

export function doctorPorts(paths: Paths): DoctorPorts {
  return {
    caller: () => callerNow(Date.now),
    async stacks() {
      const found = await deployedStacks();
      return found.flatMap(({ name, status, outputs: { SlackUrl: slackUrl, AlarmTopicArn, StateMachineArn } }) =>
        slackUrl && AlarmTopicArn && StateMachineArn ? [{ name, status, slackUrl }] : [],
      );
    },
    async regionsOfRoles() {
      const prefix = roleName('execute', '');
      return (await rolesNamed(prefix)).map((name) => name.slice(prefix.length));
    },
    deployed: () => reviewedThere(),
    local: () => reviewedHere(paths),
    killSwitch: () => readSwitch(switchRows(openDatabase(), tables.control), approvalPublicPem),
    async safeguards() {
      const database = openDatabase();
      const { findings, failed } = await safeguardFindings({
        table: (name: TableName) => tableState(database, tables[tableKeys[name]]),
        mappings: () => eventSources('countersign-archive'),
      });
      return { findings, unseen: failed.map((error) => (error instanceof Error ? error.message : String(error))) };
    },
    async archive() {
      const bucket = archiveBucketName(await callerNow(Date.now));
      const publicKey = () => approvalKey(keyAliases.checkpoint).publicKey();
      return lookAtArchive({ ...openBucket(bucket), bucket, publicKey }, Date.now());
    },
    queues: () =>
      Promise.all(Object.values(lostQueues).map(async (name) => ({ name, messages: await messagesIn(name) }))),
    documentIs,
    slackBot: async (policy) => (await slack(policy)).bot(),
    slackChannel: async (policy) => (await slack(policy)).channel(policy.safety.approval_channel),
    knock,
    model: reachModel,
    stopAlarms: (names) => alarms(openCloudWatch(), Date.now).states(names),
    instances: taggedInstances,
  };
}

/** What stands in for Lambda stands in for its URLs too. */
async function knock(address: string): Promise<number> {
  const url = new URL(address);
  const via = process.env.AWS_ENDPOINT_URL_LAMBDA ?? process.env.AWS_ENDPOINT_URL;
  return (await post(url, via, { host: url.host }, '')).status;
}

const tableKeys = { Work: 'work', Control: 'control', Audit: 'audit', Dispatches: 'dispatches' } as const;

async function slack({ slack: { api_url: apiUrl } }: Policy) {
  return slackStanding({ token: await readSecret('countersign/slack-bot-token'), apiUrl });
}

async function reachModel({ llm: { id, base_url: baseUrl } }: Policy) {
  try {
    return await modelAnswers({ apiKey: await readSecret('countersign/anthropic-api-key'), id, baseUrl });
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return 'no_key';
    throw error;
  }
}
