/** The Dispatches table: one transaction burns, and Query is the only read; nothing here can change or remove an item. */
import { randomUUID } from 'node:crypto';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { QueryCommand, type QueryCommandInput, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import {
  Burn,
  type BurnAnswer,
  type BurnRequest,
  type DispatchesReader,
  type DispatchesWriter,
  Lease,
} from '../../core/burn.ts';
import { type Dispatch, dispatchName } from '../../core/dispatch.ts';
import {
  burnPrefix,
  burnSortKey,
  type DispatchesTables,
  firstReleaseMarker,
  leaseRow,
  type Part,
  partsOf,
} from './burn-parts.ts';
import type { Database } from './client.ts';
import { despiteConflicts } from './conflicts.ts';

type Item = Record<string, unknown>;

const Slot = z.lazy(() => z.object({ pk: z.string(), sk: z.string().regex(/^\d{9}$/), at: z.iso.datetime() }));

/** Needs Query on Dispatches and Audit. */
export function dispatchesReader(
  database: Database,
  tables: Pick<DispatchesTables, 'dispatches' | 'audit'>,
): DispatchesReader {
  const query = pagesOf(database, tables.dispatches);
  return {
    async burns(incidentId) {
      return (await query(incidentId, burnPrefix)).map((item) => burnOf(incidentId, item));
    },
    async burntByFirstRelease(incidentId, dispatches) {
      const ask = pagesOf(database, tables.audit);
      const marked = async (dispatch: Dispatch) => {
        const marker = firstReleaseMarker(incidentId, dispatch);
        return marker !== null && (await ask(marker.pk)).length > 0;
      };
      const answers = await Promise.all(dispatches.map(marked));
      return dispatches.filter((_, index) => answers[index]);
    },
    async slots(rows) {
      const found = await Promise.all(rows.map((row) => query(row)));
      return found.flat().map((item) => {
        const { pk, sk, at } = parsed(Slot, 'slot', item);
        return { row: pk, number: Number(sk), at };
      });
    },
    async lease(host) {
      const [newest] = await query(leaseRow(host), undefined, { ScanIndexForward: false, Limit: 1 });
      return newest ? leaseOf(host, newest) : null;
    },
  };
}

/** Burning needs what `burn` in cdk/grants.ts gives. */
export function dispatchesTable(database: Database, tables: DispatchesTables): DispatchesWriter {
  const query = pagesOf(database, tables.dispatches);
  const stored = async ({ incidentId, dispatch }: Pick<Burn, 'incidentId' | 'dispatch'>) =>
    (await query(incidentId, burnSortKey(dispatch)))[0];
  return {
    ...dispatchesReader(database, tables),
    async burn(request) {
      const call = randomUUID();
      const parts = partsOf(tables, request, call);
      const transaction = { TransactItems: parts.map(({ item }) => item), ClientRequestToken: call };
      try {
        await despiteConflicts(() => database.send(new TransactWriteCommand(transaction)));
        return { kind: 'burnt' };
      } catch (error) {
        return answerTo(error, parts, request, call, () => stored(request.burn));
      }
    },
  };
}

/**
 * What came of a transaction that was answered with an error. A burn is this call's own by the id that the call made, not
 * by its intent: two callers with the same intent must not both send.
 */
async function answerTo(
  error: unknown,
  parts: readonly Part[],
  { burn }: BurnRequest,
  call: string,
  stored: () => Promise<Item | undefined>,
): Promise<BurnAnswer> {
  const refused = refusedPart(error, parts);
  // Only the burn itself can be there because this very call put it and its answer was lost.
  if (refused !== null && refused.kind !== 'used') return refused;
  const item = await stored();
  if (item?.call === call) return { kind: 'burnt' };
  if (refused === null) throw error;
  return { kind: 'used', burn: item ? burnOf(burn.incidentId, item) : null };
}

/** The answer of the first part whose condition failed; null when none is known to have. */
function refusedPart(error: unknown, parts: readonly Part[]): BurnAnswer | null {
  if (!(error instanceof TransactionCanceledException)) return null;
  const reasons = error.CancellationReasons ?? [];
  return parts.find((_, index) => reasons[index]?.Code === 'ConditionalCheckFailed')?.refused ?? null;
}

/** All items of a partition (whose sort keys begin with something), read consistently; with a Limit only as many. */
function pagesOf(database: Database, table: string) {
  return async (pk: string, begins?: string, more: Partial<QueryCommandInput> = {}): Promise<Item[]> => {
    const found: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await database.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: begins === undefined ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :begins)',
          ExpressionAttributeValues: { ':pk': pk, ...(begins === undefined ? {} : { ':begins': begins }) },
          ConsistentRead: true,
          ...more,
          ...(start ? { ExclusiveStartKey: start } : {}),
        }),
      );
      found.push(...(page.Items ?? []));
      start = more.Limit === undefined ? page.LastEvaluatedKey : undefined;
    } while (start);
    return found;
  };
}

function burnOf(incidentId: string, item: Item): Burn {
  const burn = parsed(Burn, 'burn', item);
  if (burn.incidentId === incidentId && item.sk === burnSortKey(burn.dispatch)) return burn;
  throw unreadable('burn', item, `it says that it is ${dispatchName(burn.dispatch)} of ${burn.incidentId}`);
}

function leaseOf(host: string, item: Item): Lease {
  const lease = parsed(Lease, 'lease', item);
  if (lease.host === host && Number(item.sk) === lease.number) return lease;
  throw unreadable('lease', item, `it says that it is number ${lease.number} of ${lease.host}`);
}

function parsed<T>(schema: z.ZodType<T>, what: string, item: Item): T {
  const { data, error } = schema.safeParse(item);
  if (data !== undefined) return data;
  throw unreadable(what, item, z.prettifyError(error as z.ZodError));
}

function unreadable(what: string, { pk, sk }: Item, why: string): Error {
  return new Error(
    `dispatches: the ${what} ${String(sk)} of ${String(pk)} cannot be read, and what was sent is never guessed: ${why}. Only execute writes this table: look at who put the item, and deploy the release that wrote it.`,
  );
}
