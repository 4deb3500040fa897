/** The hourly look at what Countersign's promises rest on outside its own code: table policies, streams, their mappings, protection. */
import * as z from 'zod';
import { openIn } from '../policy-reading.ts';
import { type SafeguardFinding, safeguardsPage } from '../report/safeguards.ts';
import { type TableName, tableNames, tableRules } from '../table-policies.ts';

/** A table as DynamoDB describes it. */
export interface TableState {
  readonly arn: string;
  /** The text of its own policy; null = it has none. */
  readonly policy: string | null;
  readonly isProtected: boolean;
  /** Null = it has no stream. `view` is `NEW_AND_OLD_IMAGES` where both are shown. */
  readonly stream: { readonly arn: string; readonly view: string } | null;
}

/** One event source of `archive`, as Lambda lists it. */
export interface Mapping {
  readonly id: string;
  readonly sourceArn: string;
  /** `Enabled`, `Disabled` …, as Lambda says. */
  readonly state: string;
}

export interface SafeguardPorts {
  /** Null = there is no such table. */
  table(name: TableName): Promise<TableState | null>;
  /** What wakes `archive`. */
  mappings(): Promise<readonly Mapping[]>;
  page(subject: string, text: string): Promise<void>;
}

/** The minute of the hour: not one in which sweep looks for unanswered alarms. */
const minute = 7;

const Scheduled = z.looseObject({ 'detail-type': z.literal('Scheduled Event'), time: z.iso.datetime() });

/** Whether this is the clock's event of the one minute in an hour. Other occasions to sweep would page again. */
export function isHourlyLook(event: unknown): boolean {
  const { data } = Scheduled.safeParse(event);
  return data !== undefined && Number(data.time.slice(14, 16)) === minute;
}

/** Everything that is missing, and the errors of what could not be looked at: it keeps nothing else from being told. */
export async function safeguardFindings(
  ports: Pick<SafeguardPorts, 'table' | 'mappings'>,
): Promise<{ findings: SafeguardFinding[]; failed: unknown[] }> {
  const mappings = ports.mappings().then(
    (found) => found,
    (error: unknown) => error,
  );
  const looks = await Promise.allSettled(
    tableNames.map(async (name) => findingsOf(name, await ports.table(name), await mappings)),
  );
  const listed = await mappings;
  return {
    findings: looks.flatMap((look) => (look.status === 'fulfilled' ? look.value : [])),
    failed: [
      ...looks.flatMap((look) => (look.status === 'rejected' ? [look.reason] : [])),
      ...(Array.isArray(listed) ? [] : [listed]),
    ],
  };
}

/** Looks at everything, and pages once if anything is missing. What could not be looked at is thrown at the end. */
export async function lookAtSafeguards(ports: SafeguardPorts): Promise<void> {
  const { findings, failed } = await safeguardFindings(ports);
  if (findings.length > 0) {
    const { subject, text } = safeguardsPage(findings);
    await ports.page(subject, text);
  }
  if (failed.length > 0) throw failed[0];
}

/** `mappings` is an error when they could not be listed: then nothing is said of them here. */
function findingsOf(table: TableName, state: TableState | null, mappings: unknown): SafeguardFinding[] {
  if (state === null) return [{ kind: 'no_table', table }];
  const { arn, policy, isProtected, stream } = state;
  const findings: SafeguardFinding[] = [];
  if (policy === null) findings.push({ kind: 'no_policy', table });
  else for (const open of openIn(policy, table, arn)) findings.push({ kind: 'policy', table, open });
  if (!isProtected) findings.push({ kind: 'not_protected', table });
  if (!tableRules[table].isWatched) return findings;
  if (stream?.view !== 'NEW_AND_OLD_IMAGES') return [...findings, { kind: 'no_stream', table }];
  if (Array.isArray(mappings)) findings.push(...unread(table, stream.arn, mappings));
  return findings;
}

/** A mapping of an older stream of the table reads nothing any more. */
function unread(table: TableName, streamArn: string, mappings: readonly Mapping[]): SafeguardFinding[] {
  const own = mappings.filter(({ sourceArn }) => sourceArn === streamArn);
  if (own.some(({ state }) => ['Enabled', 'Enabling', 'Creating', 'Updating'].includes(state))) return [];
  const [first] = own;
  return [{ kind: 'unread', table, mapping: first ? { id: first.id, state: first.state } : null }];
}
