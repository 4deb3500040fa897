/** Buckets of calls in the Work table: one item each, which says until when it is used. Mutable, so it decides nothing but when something is said. */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Take, unbelievable } from '../../core/pace.ts';
import { type Database, isConditionFailure } from './client.ts';

/** Seconds after which an item that nobody uses may expire. */
const lifeSeconds = 24 * 3600;

/** `now` gives milliseconds since 1970. */
export function paceTable(database: Database, TableName: string, now: () => number): Take {
  return async (bucket) => {
    const { name, interval, ahead } = bucket;
    const at = now();
    const update = async (UpdateExpression: string, ConditionExpression: string, values: Record<string, unknown>) => {
      const command = new UpdateCommand({
        TableName,
        Key: { pk: `PACE#${name}`, sk: 'PACE' },
        UpdateExpression: `${UpdateExpression}, expiresAt = :expiry`,
        ConditionExpression,
        ExpressionAttributeValues: {
          ':number': 'N',
          ':now': at,
          ':expiry': Math.floor(at / 1000) + lifeSeconds,
          ...values,
        },
      });
      try {
        await database.send(command);
        return true;
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
        return false;
      }
    };
    // What is no number, or further ahead than anybody of ours uses it, was planted: it must not keep people from hearing.
    return (
      (await update(
        'SET usedUntil = :next',
        'attribute_not_exists(usedUntil) OR NOT attribute_type(usedUntil, :number) OR usedUntil <= :now OR usedUntil > :unbelievable',
        { ':next': at + interval, ':unbelievable': unbelievable(at, bucket) },
      )) ||
      update(
        'SET usedUntil = usedUntil + :interval',
        'attribute_type(usedUntil, :number) AND usedUntil > :now AND usedUntil <= :limit',
        { ':interval': interval, ':limit': at + ahead },
      )
    );
  };
}
