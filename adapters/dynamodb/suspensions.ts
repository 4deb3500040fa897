/** Suspended people in the Control table: one item per suspension and per word that lifts some, read by key and never by query. */
import { GetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { canonicalJson } from '../../core/digest.ts';
import type { Suspension, SuspensionStore } from '../../core/incident/suspension.ts';
import { type Database, failedConditions, isConditionFailure } from './client.ts';
import { despiteConflicts } from './conflicts.ts';
import { rowsBehind, sortable } from './numbered.ts';
import { asRead, envelopeOf, isSame } from './signed.ts';

type Item = Record<string, unknown>;

/** Where the suspension of a name with this number lies. */
export function suspensionKey(name: string, number: number): { pk: string; sk: string } {
  return { pk: `SUSPEND#${name}`, sk: sortable(number) };
}

/** Where the signed word lies (its attribute `envelope`) that lifts the suspensions of a name from this number on. */
function reinstatementKey(name: string, number: number): { pk: string; sk: string } {
  return { pk: `REINSTATE#${name}`, sk: sortable(number) };
}

export function suspensionRows(database: Database, TableName: string): SuspensionStore {
  const get = async (Key: { pk: string; sk: string }): Promise<Item | null> => {
    const { Item } = await database.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Item ?? null;
  };
  const suspension = async (name: string, number: number): Promise<Suspension | null> => {
    const item = await get(suspensionKey(name, number));
    return item ? suspensionOf(item) : null;
  };
  const reinstatement = async (name: string, number: number): Promise<unknown> =>
    envelopeOf(await get(reinstatementKey(name, number)));
  return {
    suspension,
    reinstatement,
    async putSuspension(name, number, row, read) {
      const condition = read === null ? { ConditionExpression: 'attribute_not_exists(pk)' } : asRead(read.envelope);
      try {
        await database.send(
          new PutCommand({ TableName, Item: { ...row, ...suspensionKey(name, number) }, ...condition }),
        );
        return true;
      } catch (error) {
        const there = await suspension(name, number);
        if (there !== null && canonicalJson(there) === canonicalJson(row)) return true;
        if (isConditionFailure(error)) return false;
        throw error;
      }
    },
    async lastSuspension(name, from) {
      return from + (await rowsBehind(database, TableName, suspensionKey(name, from).pk, from)).length;
    },
    async putReinstatement(name, number, envelope, read) {
      const TransactItems = [
        { Put: { TableName, Item: { ...reinstatementKey(name, number), envelope }, ...asRead(read.reinstatement) } },
        { ConditionCheck: { TableName, Key: suspensionKey(name, number), ...asRead(read.suspension.envelope) } },
      ];
      try {
        await despiteConflicts(() => database.send(new TransactWriteCommand({ TransactItems })));
        return true;
      } catch (error) {
        if (isSame(await reinstatement(name, number), envelope)) return true;
        failedConditions(error);
        return false;
      }
    },
  };
}

/** A suspension counts by being there: what it does not say is said for it. */
function suspensionOf(item: Item): Suspension {
  const text = (name: 'by' | 'why' | 'at', otherwise: string) =>
    typeof item[name] === 'string' ? item[name] : otherwise;
  return {
    by: text('by', 'somebody'),
    why: text('why', 'no reason was given'),
    at: text('at', 'unknown'),
    envelope: envelopeOf(item),
  };
}
