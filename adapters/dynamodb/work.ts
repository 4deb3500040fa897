/** The Work table: incidents, locks, and texts for people. Mutable, so nothing read here decides anything. */
import { randomUUID } from 'node:crypto';
import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Evidence } from '../../core/alarm/evidence.ts';
import type { StoredOutput } from '../../core/derive/outcome.ts';
import { type Dispatch, dispatchName } from '../../core/dispatch.ts';
import type { VoteMemory } from '../../core/matching/model.ts';
import { type ShownOutputs, storable } from '../../core/report/show.ts';
import { incidentIdOf } from '../../core/subject.ts';
import type { Doorbells } from '../../core/use-cases/close.ts';
import { type IncidentRow, lockOf, type OpeningPorts } from '../../core/use-cases/opening.ts';
import { type Database, failedConditions } from './client.ts';
import { despiteConflicts } from './conflicts.ts';
import { anchoring } from './storms.ts';
import { ringOf } from './work-ring.ts';
import { doorbellsOf, incidentRowOf, shownOf } from './work-rows.ts';

/** Seconds after which rows of an incident may expire: 90 days, as long as Step Functions keeps the execution's name. */
export const lifeSeconds = 90 * 24 * 3600;

/** The most pages of 1 MB that are read of an incident's texts: what honest functions store of 20 hosts is far less. */
const mostPages = 30;

export interface WorkStore extends VoteMemory {
  open: OpeningPorts['open'];
  ring: OpeningPorts['ring'];
  lockedBy(lock: string): Promise<string | null>;
  incidentRow(incidentId: string): Promise<IncidentRow | null>;
  openIncidents(): Promise<string[]>;
  /** What was counted on the OPEN item; null when it is not there. */
  doorbells(incidentId: string): Promise<Doorbells | null>;
  release(incidentId: string): Promise<void>;
  saveEvidence(incidentId: string, evidence: readonly Evidence[]): Promise<void>;
  /** Stores what one host printed, cut by `storable`. */
  saveOutput(incidentId: string, dispatch: Dispatch, output: StoredOutput): Promise<void>;
  shown(incidentId: string): Promise<ShownOutputs>;
  readEvidence(incidentId: string): Promise<readonly Evidence[]>;
  /** Counts one more round of an incident in which a question reached nobody, and returns how many there were. */
  countUndelivered(incidentId: string): Promise<number>;
}

/** `now` gives milliseconds since 1970, for the expiry of rows. */
export function workTable(database: Database, table: string, now: () => number): WorkStore {
  const put = (pk: string, sk: string, item: Record<string, unknown>) =>
    database.send(new PutCommand({ TableName: table, Item: { pk, sk, expiresAt: expiry(), ...item } }));
  const expiry = () => Math.floor(now() / 1000) + lifeSeconds;
  const read = async (pk: string, sk: string) =>
    (await database.send(new GetCommand({ TableName: table, Key: { pk, sk }, ConsistentRead: true }))).Item;
  const query = async (pk: string, prefix: string, most = Number.POSITIVE_INFINITY) => {
    const found: Record<string, unknown>[] = [];
    let start: Record<string, unknown> | undefined;
    let pages = 0;
    do {
      const page = await database.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': pk, ...(prefix === '' ? {} : { ':prefix': prefix }) },
          ConsistentRead: true,
          ...(start ? { ExclusiveStartKey: start } : {}),
        }),
      );
      found.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
      pages += 1;
    } while (start && pages < most);
    return found;
  };
  const isOpen = async (incidentId: string) => (await read('OPEN', incidentId)) !== undefined;

  return {
    async open(incidentId, lock, row, anchors) {
      const [locked, there] = await Promise.all([read(lock, 'LOCK'), read(incidentId, 'INCIDENT')]);
      const holder = locked?.incidentId;
      // A lock whose holder is not open any more holds nobody: it is taken over, if it is still the same one.
      const isHeld = typeof holder === 'string' && (await isOpen(holder));
      if (isHeld) return holder === incidentId ? 'exists' : 'locked';
      const own = incidentRowOf(there);
      if (own && incidentIdOf(own.subject) === incidentId) return 'exists';
      const isFree = there === undefined;
      const items = [
        ...opening(table, { incidentId, lock, row, holder, expiresAt: expiry(), isFree }),
        ...anchoring(table, incidentId, anchors, expiry()),
      ];
      const command = new TransactWriteCommand({ TransactItems: items, ClientRequestToken: randomUUID() });
      try {
        await despiteConflicts(() => database.send(command));
        return 'opened';
      } catch (error) {
        const [exists, , isLocked] = failedConditions(error);
        if (exists) return 'exists';
        return isLocked ? 'locked' : 'related';
      }
    },
    ring: ringOf(database, table),
    async lockedBy(lock) {
      const holder = (await read(lock, 'LOCK'))?.incidentId;
      return typeof holder === 'string' && (await isOpen(holder)) ? holder : null;
    },
    async incidentRow(incidentId) {
      return incidentRowOf(await read(incidentId, 'INCIDENT'));
    },
    async openIncidents() {
      return (await query('OPEN', '')).map(({ sk }) => String(sk));
    },
    async doorbells(incidentId) {
      const item = await read('OPEN', incidentId);
      return item ? doorbellsOf(item) : null;
    },
    async release(incidentId) {
      const subject = incidentRowOf(await read(incidentId, 'INCIDENT'))?.subject;
      if (subject?.kind === 'alarm')
        await freeLock(database, table, lockOf(subject.alarmArn, subject.contributorId), incidentId);
      await database.send(new DeleteCommand({ TableName: table, Key: { pk: 'OPEN', sk: incidentId } }));
    },
    async saveEvidence(incidentId, evidence) {
      await put(incidentId, 'EVIDENCE', { evidence });
    },
    async vote(key) {
      return (await read(`VOTE#${key}`, 'VOTE'))?.vote ?? null;
    },
    async keepVote(key, vote) {
      await put(`VOTE#${key}`, 'VOTE', { vote });
    },
    async saveOutput(incidentId, dispatch, output) {
      await put(incidentId, `OUTPUT#${dispatchName(dispatch)}#${output.target}`, {
        dispatch,
        outputs: [storable(output)],
      });
    },
    async shown(incidentId) {
      const [evidence, outputs] = await Promise.all([
        read(incidentId, 'EVIDENCE'),
        query(incidentId, 'OUTPUT#', mostPages),
      ]);
      return shownOf(evidence, outputs);
    },
    async readEvidence(incidentId) {
      return shownOf(await read(incidentId, 'EVIDENCE'), []).evidence;
    },
    async countUndelivered(incidentId) {
      const { Attributes } = await database.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk: incidentId, sk: 'UNDELIVERED' },
          UpdateExpression: 'ADD rounds :one SET expiresAt = :expiry',
          ExpressionAttributeValues: { ':one': 1, ':expiry': expiry() },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return Number(Attributes?.rounds);
    },
  };
}

interface Opening {
  readonly incidentId: string;
  readonly lock: string;
  readonly row: IncidentRow;
  /** What the lock says now. */
  readonly holder: unknown;
  readonly expiresAt: number;
  /** Whether no incident row is there; one that does not hash to the id was planted, and is written over. */
  readonly isFree: boolean;
}

/** Incident row, OPEN item and lock. An OPEN item that somebody planted before is written over: it must not keep the alarm from being answered. */
function opening(TableName: string, { incidentId, lock, row, holder, expiresAt, isFree }: Opening) {
  const free =
    typeof holder === 'string'
      ? { ConditionExpression: 'incidentId = :holder', ExpressionAttributeValues: { ':holder': holder } }
      : { ConditionExpression: 'NOT attribute_type(incidentId, :text)', ExpressionAttributeValues: { ':text': 'S' } };
  const absent = isFree ? { ConditionExpression: 'attribute_not_exists(pk)' } : {};
  const { subject, alarmName } = row;
  const noted =
    subject.kind === 'alarm' ? { rung: 1, changes: 0, state: 'ALARM', changedAt: subject.stateChangedAt } : {};
  return [
    { Put: { TableName, Item: { pk: incidentId, sk: 'INCIDENT', expiresAt, subject, alarmName }, ...absent } },
    { Put: { TableName, Item: { pk: 'OPEN', sk: incidentId, ...noted } } },
    { Put: { TableName, Item: { pk: lock, sk: 'LOCK', incidentId }, ...free } },
  ];
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
