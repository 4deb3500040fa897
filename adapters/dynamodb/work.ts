/** The Work table: incidents, locks, and texts for people. Mutable, so nothing read here decides anything. */
import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Evidence } from '../../core/alarm/evidence.ts';
import type { StoredOutput } from '../../core/derive/outcome.ts';
import { Dispatch } from '../../core/dispatch.ts';
import type { ShownOutputs } from '../../core/report/show.ts';
import { type IncidentRow, lockOf } from '../../core/use-cases/triage.ts';
import { type Database, failedConditions } from './client.ts';

const Row = z.object({
  alarmArn: z.string(),
  contributorId: z.string().nullable(),
  stateChangedAt: z.string(),
  alarmName: z.string(),
});
const Texts = z.object({ evidence: z.array(z.object({ label: z.string(), text: z.string() })) });
const Outputs = z.object({
  dispatch: Dispatch,
  outputs: z.array(z.object({ target: z.string(), exitCode: z.number(), stdout: z.string(), stderr: z.string() })),
});

/** Seconds after which rows of an incident may expire: 90 days, as long as Step Functions keeps the execution's name. */
const lifeSeconds = 90 * 24 * 3600;

export interface WorkStore {
  open(incidentId: string, lock: string, row: IncidentRow): Promise<'opened' | 'exists' | 'locked'>;
  lockedBy(lock: string): Promise<string | null>;
  incidentRow(incidentId: string): Promise<IncidentRow | null>;
  openIncidents(): Promise<string[]>;
  release(incidentId: string): Promise<void>;
  saveEvidence(incidentId: string, evidence: readonly Evidence[]): Promise<void>;
  saveOutputs(incidentId: string, dispatch: Dispatch, outputs: readonly StoredOutput[]): Promise<void>;
  shown(incidentId: string): Promise<ShownOutputs>;
  countUndelivered(incidentId: string, request: string): Promise<number>;
}

/** `now` gives milliseconds since 1970, for the expiry of rows. */
export function workTable(database: Database, table: string, now: () => number): WorkStore {
  const put = (pk: string, sk: string, item: Record<string, unknown>) =>
    database.send(new PutCommand({ TableName: table, Item: { pk, sk, expiresAt: expiry(), ...item } }));
  const expiry = () => Math.floor(now() / 1000) + lifeSeconds;
  const read = async (pk: string, sk: string) =>
    (await database.send(new GetCommand({ TableName: table, Key: { pk, sk }, ConsistentRead: true }))).Item;
  const query = async (pk: string): Promise<Record<string, unknown>[]> => {
    const found: Record<string, unknown>[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await database.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pk },
          ConsistentRead: true,
          ...(start ? { ExclusiveStartKey: start } : {}),
        }),
      );
      found.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start);
    return found;
  };
  const isOpen = async (incidentId: string) => (await read('OPEN', incidentId)) !== undefined;

  return {
    async open(incidentId, lock, row) {
      const holder = (await read(lock, 'LOCK'))?.incidentId;
      // A lock whose holder is not open any more holds nobody: it is taken over, if it is still the same one.
      const isHeld = typeof holder === 'string' && holder !== incidentId && (await isOpen(holder));
      if (isHeld) return 'locked';
      const absent = { ConditionExpression: 'attribute_not_exists(pk)' };
      const free =
        typeof holder === 'string'
          ? { ConditionExpression: 'incidentId = :holder', ExpressionAttributeValues: { ':holder': holder } }
          : {
              ConditionExpression: 'NOT attribute_type(incidentId, :text)',
              ExpressionAttributeValues: { ':text': 'S' },
            };
      try {
        await database.send(
          new TransactWriteCommand({
            TransactItems: [
              {
                Put: {
                  TableName: table,
                  Item: { pk: incidentId, sk: 'INCIDENT', expiresAt: expiry(), ...row },
                  ...absent,
                },
              },
              { Put: { TableName: table, Item: { pk: 'OPEN', sk: incidentId } } },
              { Put: { TableName: table, Item: { pk: lock, sk: 'LOCK', incidentId }, ...free } },
            ],
          }),
        );
        return 'opened';
      } catch (error) {
        return failedConditions(error)[0] ? 'exists' : 'locked';
      }
    },
    async lockedBy(lock) {
      const holder = (await read(lock, 'LOCK'))?.incidentId;
      return typeof holder === 'string' && (await isOpen(holder)) ? holder : null;
    },
    async incidentRow(incidentId) {
      const parsed = Row.safeParse(await read(incidentId, 'INCIDENT'));
      return parsed.success ? parsed.data : null;
    },
    async openIncidents() {
      return (await query('OPEN')).map(({ sk }) => String(sk));
    },
    async release(incidentId) {
      const row = Row.safeParse(await read(incidentId, 'INCIDENT'));
      if (row.success) await freeLock(database, table, lockOf(row.data.alarmArn, row.data.contributorId), incidentId);
      await database.send(new DeleteCommand({ TableName: table, Key: { pk: 'OPEN', sk: incidentId } }));
    },
    async saveEvidence(incidentId, evidence) {
      await put(incidentId, 'EVIDENCE', { evidence });
    },
    async saveOutputs(incidentId, dispatch, outputs) {
      await put(incidentId, `OUTPUT#${dispatch.step}.${dispatch.part}.${dispatch.attempt}`, { dispatch, outputs });
    },
    async shown(incidentId) {
      const rows = await query(incidentId);
      return {
        evidence: rows.flatMap((row) => Texts.safeParse(row).data?.evidence ?? []),
        outputs: rows.flatMap((row) => Outputs.safeParse(row).data ?? []),
      };
    },
    async countUndelivered(incidentId, request) {
      const { Attributes } = await database.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk: incidentId, sk: `UNDELIVERED#${request}` },
          UpdateExpression: 'ADD rounds :one SET expiresAt = :expiry',
          ExpressionAttributeValues: { ':one': 1, ':expiry': expiry() },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return Number(Attributes?.rounds);
    },
  };
}

/** Frees the lock only if this incident still holds it. */
async function freeLock(database: Database, table: string, lock: string, incidentId: string): Promise<void> {
  try {
    await database.send(
      new DeleteCommand({
        TableName: table,
        Key: { pk: lock, sk: 'LOCK' },
        ConditionExpression: 'attribute_not_exists(pk) OR incidentId = :incident',
        ExpressionAttributeValues: { ':incident': incidentId },
      }),
    );
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
  }
}
