/** Which chains something was written to in a span of time: reads whole tables, for an auditor's export. */
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { firstReleaseBurns } from '../../core/burn.ts';
import { burnPrefix } from './burn-parts.ts';
import type { Database } from './client.ts';

export interface AuditWindow {
  /** The chains with an entry, and the incidents with a burn, from `since` to before `until` (ISO 8601), each once, in order. */
  chains(since: string, until: string): Promise<string[]>;
}

/** Needs Scan on both tables. Costs one read of everything in them, since neither has an index by time. */
export function auditWindow(
  database: Database,
  tables: { readonly audit: string; readonly dispatches: string },
): AuditWindow {
  const partitions = async (TableName: string, since: string, until: string) => {
    const found: string[] = [];
    const pages = paginateScan(
      { client: database },
      {
        TableName,
        ProjectionExpression: 'pk, sk',
        FilterExpression: '#at >= :since AND #at < :until',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':since': since, ':until': until },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) found.push(...Items.map(({ pk, sk }) => `${pk}\n${sk}`));
    return found.map((key) => key.split('\n') as [string, string]);
  };
  return {
    async chains(since, until) {
      const [entries, burns] = await Promise.all([
        partitions(tables.audit, since, until),
        partitions(tables.dispatches, since, until),
      ]);
      const written = entries.map(([pk]) => pk).filter((pk) => !pk.startsWith(firstReleaseBurns));
      const burnt = burns.filter(([, sk]) => sk.startsWith(burnPrefix)).map(([pk]) => pk);
      return [...new Set([...written, ...burnt])].sort();
    },
  };
}
