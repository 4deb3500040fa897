/** Burning a dispatch: one transaction over an item nobody can delete, the kill switch, and the approval's status. */
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { requestSortKey } from '../../core/approval/request.ts';
import { dispatchKey } from '../../core/dispatch.ts';
import type { Burn, ExecutePorts } from '../../core/use-cases/execute.ts';
import { type Database, failedConditions } from './client.ts';
import { killKey } from './control.ts';

type Item = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** The ports' `burn` over the Audit and Control tables. A conflict with another transaction throws: nothing was burnt. */
export function burner(database: Database, tables: { audit: string; control: string }): ExecutePorts['burn'] {
  return async (burn) => {
    const parts = [burnt(tables.audit, burn), notStopped(tables.control), ...approved(tables.control, burn)];
    try {
      await database.send(new TransactWriteCommand({ TransactItems: parts }));
      return 'burnt';
    } catch (error) {
      const [used, stopped] = failedConditions(error);
      return used ? 'used' : stopped ? 'stopped' : 'not_approved';
    }
  };
}

function burnt(table: string, { incidentId, dispatch, at }: Burn): Item {
  const item = { pk: `DISPATCH#${dispatchKey(incidentId, dispatch)}`, sk: 0, at };
  return { Put: { TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } };
}

/** A stop counts by being there, whatever it says. */
function notStopped(table: string): Item {
  return { ConditionCheck: { TableName: table, Key: killKey, ConditionExpression: 'attribute_not_exists(pk)' } };
}

function approved(table: string, { request }: Burn): Item[] {
  if (!request) return [];
  return [
    {
      ConditionCheck: {
        TableName: table,
        Key: { pk: request.key.incidentId, sk: requestSortKey(request.key) },
        ConditionExpression: '#status = :approved AND #digest = :digest',
        ExpressionAttributeNames: { '#status': 'status', '#digest': 'digest' },
        ExpressionAttributeValues: { ':approved': 'APPROVED', ':digest': request.digest },
      },
    },
  ];
}
