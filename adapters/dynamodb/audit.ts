/** The Audit table: puts where a place is free, and Query as the only read; nothing here can change or remove an entry. */
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { PutCommand, QueryCommand, type QueryCommandInput, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { AuditStore } from '../../core/audit/append.ts';
import type { AuditEntry, StoredItem } from '../../core/audit/chain.ts';
import { canonicalJson } from '../../core/digest.ts';
import type { Database } from './client.ts';
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
        return takenOf(error);
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
    Item: { pk: chain, sk: sequence, kind: event.kind, at, entry: canonicalJson(entry) },
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

/** The token is of the first entry's hash, not its id: the same entries at another place are another request. */
function together([first]: readonly AuditEntry[], puts: readonly Put[]): TransactWriteCommand {
  return new TransactWriteCommand({
    TransactItems: puts.map((put) => ({ Put: put })),
    ClientRequestToken: first?.hash.slice(0, 36),
  });
}

/** What has the first place, of a refused put; rethrows what is no refusal. */
function takenOf(error: unknown): { taken: StoredItem | null } {
  if (error instanceof ConditionalCheckFailedException) return { taken: oldOf(error.Item) };
  if (!(error instanceof TransactionCanceledException)) throw error;
  const reasons = error.CancellationReasons ?? [];
  if (!reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) throw error;
  return { taken: oldOf(reasons[0]?.Item) };
}

/** Items in errors come as DynamoDB types them, past the document client. */
function oldOf(item: ConditionalCheckFailedException['Item']): StoredItem | null {
  return item ? storedOf(item.sk?.N, item.entry?.S) : null;
}

/** An entry that is no text is an empty one, which no reader takes for an entry. */
function storedOf(place: unknown, text: unknown): StoredItem {
  return { place: Number(place), text: typeof text === 'string' ? text : '' };
}
