/** Where people look next: the alarm, the execution, the hosts in the AWS console of their partition and region, and the runbook's own page. */
import { parseAlarmArn } from '../alarm/envelope.ts';

export interface Link {
  readonly text: string;
  /** https. */
  readonly url: string;
}

/** The console's domain per partition (AWS General Reference, "AWS service endpoints" of each partition). */
const consoles: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-cn': 'console.amazonaws.cn',
};

/** The name of the deployed state machine. */
const machine = 'countersign-incident';

/** Hosts that are linked at most. */
const mostHosts = 5;

/** What the links are about. */
export interface Linked {
  readonly incidentId: string;
  /** Countersign runs in the alarm's account and region. */
  readonly alarmArn: string;
  readonly hosts: readonly { readonly id: string; readonly name: string | null }[];
  /** The runbook's file, and the policy's address with `{file}` in it; null where the policy has none. */
  readonly runbook: { readonly file: string; readonly url: string | null };
}

/** Links in the order in which they are needed. None to a console of a partition that is not known here. */
export function linksOf({ incidentId, alarmArn, hosts, runbook }: Linked): Link[] {
  const page =
    runbook.url === null ? [] : [{ text: 'runbook', url: runbook.url.replace('{file}', pathOf(runbook.file)) }];
  const alarm = parseAlarmArn(alarmArn);
  const domain = consoles[alarm?.partition ?? ''];
  if (alarm === null || domain === undefined) return page;
  const { partition, region, account, name } = alarm;
  const at = (path: string) => `https://${region}.${domain}/${path}`;
  const execution = `arn:${partition}:states:${region}:${account}:execution:${machine}:${incidentId}`;
  return [
    { text: 'alarm', url: at(`cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(name)}`) },
    ...page,
    { text: 'execution', url: at(`states/home?region=${region}#/v2/executions/details/${execution}`) },
    ...hosts.slice(0, mostHosts).map((host) => ({
      text: host.name ?? host.id,
      url: at(`systems-manager/fleet-manager/managed-nodes/${host.id}/general?region=${region}`),
    })),
  ];
}

function pathOf(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}
