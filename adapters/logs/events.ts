/** CloudWatch Logs: what functions wrote, of several log groups, in the order of time. */
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { patience, readingTries } from '../patience.ts';

export interface LogEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly group: string;
  readonly message: string;
}

export interface LogSearch {
  readonly groups: readonly string[];
  /** Epoch milliseconds, both included. */
  readonly from: number;
  readonly to: number;
  /** CloudWatch's filter pattern; null = everything. */
  readonly pattern: string | null;
  /** The most events of one group; the newest are left out. */
  readonly most: number;
}

/** A group that is not there has no events. `isCut`: a group has more than `most`. */
export async function logEvents({
  groups,
  most,
  ...search
}: LogSearch): Promise<{ events: LogEvent[]; isCut: boolean }> {
  const client = new CloudWatchLogsClient({ requestHandler: patience(), ...readingTries() });
  const events: LogEvent[] = [];
  let isCut = false;
  for (const group of groups) {
    const found = await ofGroup(client, group, search, most);
    isCut ||= found.length > most;
    events.push(...found.slice(0, most));
  }
  return { events: events.sort((a, b) => a.at - b.at), isCut };
}

async function ofGroup(
  client: CloudWatchLogsClient,
  group: string,
  { from, to, pattern }: Pick<LogSearch, 'from' | 'to' | 'pattern'>,
  most: number,
): Promise<LogEvent[]> {
  const asked = {
    logGroupName: group,
    startTime: from,
    endTime: to,
    ...(pattern === null ? {} : { filterPattern: pattern }),
  };
  const found: LogEvent[] = [];
  try {
    for await (const { events = [] } of paginateFilterLogEvents({ client }, asked)) {
      found.push(
        ...events.map(({ timestamp = 0, message = '' }) => ({ at: timestamp, group, message: message.trimEnd() })),
      );
      if (found.length > most) break;
    }
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ResourceNotFoundException')) throw error;
  }
  return found;
}
