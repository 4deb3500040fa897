/** Counting doorbells on an OPEN item: only while it is there, so that a late one does not put a closed incident back. */
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { OpeningPorts } from '../../core/use-cases/opening.ts';
import { type Database, isConditionFailure } from './client.ts';
import { despiteConflicts } from './conflicts.ts';

/** The most changes that become entries of an incident's chain; what is beyond is counted only. */
const mostChanges = 10;

/** Others may ring in between: beyond this many tries a doorbell goes uncounted, which stops nothing. */
const mostTries = 5;

const there = 'attribute_exists(pk)';

/** A count of another type was planted; adding to it would be refused for ever. */
const countable =
  '(attribute_not_exists(rung) OR attribute_type(rung, :number)) AND (attribute_not_exists(changes) OR attribute_type(changes, :number))';

const same = '#state = :state AND changedAt = :changedAt';

/** A copy is the usual doorbell, so that it is tried first; a copy of a change that was noted meanwhile is one. */
const copy = {
  UpdateExpression: 'ADD rung :one',
  ConditionExpression: `${there} AND ${countable} AND ((${same}) OR changes >= :most)`,
  answer: 'counted',
} as const;

const change = {
  UpdateExpression: 'ADD rung :one, changes :one SET #state = :state, changedAt = :changedAt',
  ConditionExpression: `${there} AND ${countable} AND NOT (${same}) AND (attribute_not_exists(changes) OR changes < :most)`,
  answer: 'changed',
} as const;

export function ringOf(database: Database, table: string): OpeningPorts['ring'] {
  return async (incidentId, { state, changedAt }) => {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const { answer, ...update } = tries % 2 === 0 ? copy : change;
      const values = { ':one': 1, ':number': 'N', ':most': mostChanges, ':state': state, ':changedAt': changedAt };
      try {
        await despiteConflicts(() =>
          database.send(
            new UpdateCommand({
              TableName: table,
              Key: { pk: 'OPEN', sk: incidentId },
              ...update,
              ExpressionAttributeNames: { '#state': 'state' },
              ExpressionAttributeValues: values,
            }),
          ),
        );
        return answer;
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
        if (!(await isThere(database, table, incidentId))) return 'closed';
      }
    }
    return 'counted';
  };
}

/** Asked apart, and for the key alone: the SDK throws on an error that brings back an item with an attribute `__proto__`. */
async function isThere(database: Database, table: string, incidentId: string): Promise<boolean> {
  const { Item } = await database.send(
    new GetCommand({
      TableName: table,
      Key: { pk: 'OPEN', sk: incidentId },
      ProjectionExpression: 'pk',
      ConsistentRead: true,
    }),
  );
  return Item !== undefined;
}
