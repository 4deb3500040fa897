/** The kill switch in the Control table: one item per stop and per resume, put if absent, read by key and never by query. */
import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Stop, SwitchWriter } from '../../core/incident/kill-switch.ts';
import { type Database, failedConditions } from './client.ts';
import { despiteConflicts } from './conflicts.ts';

type Item = Record<string, unknown>;

/** Numbers as text that sorts as they do. */
export const sortable = (number: number) => String(number).padStart(9, '0');

/** The item with which the first release stopped: it counts as number 1. */
const firstReleaseStop = { pk: 'KILL', sk: 'KILL' } as const;

/** Where a stop with this number can lie; the first that is there is told. */
export function stopKeys(number: number): { pk: string; sk: string }[] {
  return [{ pk: 'KILL', sk: sortable(number) }, ...(number === 1 ? [firstReleaseStop] : [])];
}

export function switchRows(database: Database, table: string): SwitchWriter {
  const get = async (Key: { pk: string; sk: string }): Promise<Item | null> => {
    const { Item } = await database.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item ?? null;
  };
  return {
    async stop(number) {
      const items = await Promise.all(stopKeys(number).map(get));
      const item = items.find((one) => one !== null);
      return item ? stopOf(item) : null;
    },
    async resume(number) {
      return (await get({ pk: 'RESUME', sk: sortable(number) }))?.envelope ?? null;
    },
    async putStop(number, stop) {
      const [own, ...others] = stopKeys(number);
      const ConditionExpression = 'attribute_not_exists(pk)';
      const TransactItems = [
        { Put: { TableName: table, Item: { ...stop, ...own }, ConditionExpression } },
        { Put: { TableName: table, Item: { pk: 'STOPPED', sk: stop.eventId, number }, ConditionExpression } },
        ...others.map((Key) => ({ ConditionCheck: { TableName: table, Key, ConditionExpression } })),
      ];
      try {
        // Every burn looks at the number that is free, and conflicts with a stop that takes it.
        await despiteConflicts(() => database.send(new TransactWriteCommand({ TransactItems })));
        return 'put';
      } catch (error) {
        const [, isKnown] = failedConditions(error);
        return isKnown ? 'known' : 'taken';
      }
    },
  };
}

/** A stop counts by being there: what it does not say is said for it. */
function stopOf(item: Item): Stop {
  const text = (name: keyof Stop, otherwise: string) => (typeof item[name] === 'string' ? item[name] : otherwise);
  return {
    eventId: text('eventId', 'unknown'),
    by: text('by', 'somebody'),
    why: text('why', 'no reason was given'),
    at: text('at', 'unknown'),
  };
}
