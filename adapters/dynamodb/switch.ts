/** The kill switch in the Control table: one item per stop, resume and abort. What counts is read by key and never by query. */
import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { SignedRows, Stop, SwitchStore } from '../../core/incident/kill-switch.ts';
import { type Database, failedConditions } from './client.ts';
import { despiteConflicts } from './conflicts.ts';
import { rowsBehind, sortable } from './numbered.ts';
import { asRead, envelopeOf, isSame } from './signed.ts';

type Item = Record<string, unknown>;

/** The item with which the first release stopped: it counts as number 1. */
const firstReleaseStop = { pk: 'KILL', sk: 'KILL' } as const;

/** Where a stop with this number can lie; the first that is there is told. */
export function stopKeys(number: number): { pk: string; sk: string }[] {
  return [{ pk: 'KILL', sk: sortable(number) }, ...(number === 1 ? [firstReleaseStop] : [])];
}

/** Partition keys of signed words. */
const signed = { resume: 'RESUME', abort: 'ABORT' } as const;

export function switchRows(database: Database, table: string): SwitchStore {
  const get = async (Key: { pk: string; sk: string }): Promise<Item | null> => {
    const { Item } = await database.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item ?? null;
  };
  const stop = async (number: number): Promise<Stop | null> => {
    const items = await Promise.all(stopKeys(number).map(get));
    const item = items.find((one) => one !== null);
    return item ? stopOf(item) : null;
  };
  const said = async (word: keyof SignedRows, number: number): Promise<unknown> =>
    envelopeOf(await get({ pk: signed[word], sk: sortable(number) }));
  return {
    stop,
    resume: (number) => said('resume', number),
    abort: (number) => said('abort', number),
    async stops(from) {
      const first = await stop(from);
      if (first === null) return [];
      const behind = await rowsBehind(database, table, 'KILL', from);
      return [first, ...behind.map(stopOf)].map((one, index) => ({ ...one, number: from + index }));
    },
    async putSigned(word, number, envelope, read) {
      const other = word === 'resume' ? 'abort' : 'resume';
      const keyOf = (one: keyof SignedRows) => ({ pk: signed[one], sk: sortable(number) });
      const TransactItems = [
        { Put: { TableName: table, Item: { ...keyOf(word), envelope }, ...asRead(read[word]) } },
        { ConditionCheck: { TableName: table, Key: keyOf(other), ...asRead(read[other]) } },
      ];
      try {
        await despiteConflicts(() => database.send(new TransactWriteCommand({ TransactItems })));
        return true;
      } catch (error) {
        if (isSame(await said(word, number), envelope)) return true;
        failedConditions(error);
        return false;
      }
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
