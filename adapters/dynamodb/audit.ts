/** The Audit table: PutItem is the only write and Query the only read; nothing here can change or remove an entry. */
import { PutCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { AuditStore } from '../../core/audit/append.ts';
import { AuditEntry } from '../../core/audit/entry.ts';
import { canonicalJson } from '../../core/digest.ts';
import { type Database, isConditionFailure } from './client.ts';

/** Entries lie as canonical JSON text, so that what was hashed is what is stored, byte for byte. */
function entryOf(item: Record<string, unknown>): AuditEntry {
  return AuditEntry.parse(JSON.parse(String(item.entry)));
}

export function auditTable(database: Database, table: string): AuditStore & { raw(chain: string): Promise<unknown[]> } {
  const query = (chain: string, more: Partial<QueryCommandInput>) =>
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :chain',
      ExpressionAttributeValues: { ':chain': chain },
      ConsistentRead: true,
      ...more,
    });
  const items = async (chain: string): Promise<Record<string, unknown>[]> => {
    const found: Record<string, unknown>[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await database.send(query(chain, start ? { ExclusiveStartKey: start } : {}));
      found.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start);
    return found;
  };
  return {
    async head(chain) {
      const { Items } = await database.send(query(chain, { ScanIndexForward: false, Limit: 1 }));
      return Items?.[0] ? entryOf(Items[0]) : null;
    },
    async entries(chain) {
      return (await items(chain)).map(entryOf);
    },
    /** The entries as they lie there, unchecked, for the verifier; text that is no JSON stays text. */
    async raw(chain) {
      return (await items(chain)).map((item) => {
        try {
          return JSON.parse(String(item.entry));
        } catch {
          return item.entry;
        }
      });
    },
    async putIfAbsent(entry) {
      try {
        await database.send(
          new PutCommand({
            TableName: table,
            Item: {
              pk: entry.chain,
              sk: entry.sequence,
              kind: entry.event.kind,
              at: entry.at,
              entry: canonicalJson(entry),
            },
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return null;
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
        return winnerOf(database, table, entry);
      }
    },
  };
}

async function winnerOf(database: Database, table: string, { chain, sequence }: AuditEntry): Promise<AuditEntry> {
  const { Items } = await database.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :chain AND sk = :sequence',
      ExpressionAttributeValues: { ':chain': chain, ':sequence': sequence },
      ConsistentRead: true,
    }),
  );
  if (!Items?.[0]) throw new Error(`audit: entry ${sequence} of ${chain} was refused as present, and is not there`);
  return entryOf(Items[0]);
}
