/** The Audit table: puts where a place is free, and Query as the only read; nothing here can change or remove an entry. */
import { PutCommand, QueryCommand, type QueryCommandInput, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { AuditStore } from '../../core/audit/append.ts';
import type { StoredItem } from '../../core/audit/chain.ts';
import type { AuditEntry } from '../../core/audit/envelope.ts';
import { storedText } from '../../core/audit/stored.ts';
import { auditItem } from './audit-item.ts';
import { type Database, failedConditions, isConditionFailure } from './client.ts';
import { despiteConflicts } from './conflicts.ts';

/** Throws when it is not known what happened, or DynamoDB does not answer. */
export function auditTable(database: Database, table: string): AuditStore {
  const query = async (chain: string, more: Partial<QueryCommandInput>, after?: number) =>
    database.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: after === undefined ? 'pk = :chain' : 'pk = :chain AND sk > :after',
        ExpressionAttributeValues: { ':chain': chain, ...(after === undefined ? {} : { ':after': after }) },
        ConsistentRead: true,
        ...more,
      }),
    );
  const itemAt = auditItem(database, table);
  return {
    async head(chain) {
      const { Items } = await query(chain, { ScanIndexForward: false, Limit: 1 });
      return Items?.[0] ? storedOf(Items[0].sk, Items[0].entry) : null;
    },
    async items(chain, after) {
      const found: StoredItem[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const page = await query(chain, start ? { ExclusiveStartKey: start } : {}, after);
        found.push(...(page.Items ?? []).map(({ sk, entry }) => storedOf(sk, entry)));
        start = page.LastEvaluatedKey;
      } while (start);
      return found;
    },
    async put(entries) {
      const puts = entries.map((entry) => putOf(table, entry));
      const [first, ...others] = puts;
      if (!first) return null;
      try {
        if (others.length === 0) await despiteConflicts(() => database.send(new PutCommand(first)));
        else await despiteConflicts(() => database.send(together(entries, puts)));
        return null;
      } catch (error) {
        return { taken: isFirstRefused(error) ? await itemAt(first.Item.pk, first.Item.sk) : null };
      }
    },
  };
}

type Put = ReturnType<typeof putOf>;

/** Entries lie as canonical JSON text, so that what was hashed is what is stored, byte for byte. */
function putOf(table: string, entry: AuditEntry) {
  const { chain, sequence, event, at } = entry;
  return {
    TableName: table,
    Item: { pk: chain, sk: sequence, kind: event.kind, at, entry: storedText(entry) },
    ConditionExpression: 'attribute_not_exists(pk)',
  };
}

/** The token is of the first entry's hash, not its id: the same entries at another place are another request. */
function together([first]: readonly AuditEntry[], puts: readonly Put[]): TransactWriteCommand {
  return new TransactWriteCommand({
    TransactItems: puts.map((put) => ({ Put: put })),
    ClientRequestToken: first?.hash.slice(0, 36),
  });
}

/**
 * Whether the first place is taken; rethrows what is no refusal. What lies there is asked for apart: the SDK throws on an
 * error that brings back an item with an attribute `__proto__`.
 */
function isFirstRefused(error: unknown): boolean {
  return isConditionFailure(error) || failedConditions(error)[0] === true;
}

/** An entry that is no text is an empty one, which no reader takes for an entry. */
function storedOf(place: unknown, text: unknown): StoredItem {
  return { place: Number(place), text: typeof text === 'string' ? text : '' };
}
