/** Suspended people in the Control table: one item per suspension and per word that lifts some, read by key and never by query. */
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Suspension, SuspensionReader } from '../../core/incident/suspension.ts';
import type { Database } from './client.ts';
import { sortable } from './switch.ts';

type Item = Record<string, unknown>;

/** Where the suspension of a name with this number lies. */
export function suspensionKey(name: string, number: number): { pk: string; sk: string } {
  return { pk: `SUSPEND#${name}`, sk: sortable(number) };
}

/** Where the signed word lies (its attribute `envelope`) that lifts the suspensions of a name from this number on. */
export function reinstatementKey(name: string, number: number): { pk: string; sk: string } {
  return { pk: `REINSTATE#${name}`, sk: sortable(number) };
}

export function suspensionRows(database: Database, table: string): SuspensionReader {
  const get = async (Key: { pk: string; sk: string }): Promise<Item | null> => {
    const { Item } = await database.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item ?? null;
  };
  return {
    async suspension(name, number) {
      const item = await get(suspensionKey(name, number));
      return item ? suspensionOf(item) : null;
    },
    async reinstatement(name, number) {
      return (await get(reinstatementKey(name, number)))?.envelope ?? null;
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
    envelope: item.envelope ?? null,
  };
}
