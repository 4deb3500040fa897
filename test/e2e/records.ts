/** Reading and, as the account's root user, vandalising what the deployed system stores. */
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type QuestionRecord, storedQuestion } from '../../core/approval/record.ts';
import type { Laptop } from '../../local/laptop.ts';

export type TableName = 'countersign-work' | 'countersign-control' | 'countersign-audit' | 'countersign-dispatches';
export type Item = Record<string, unknown>;

export interface Records {
  /** Every item of a partition, as it lies there. */
  items(table: TableName, pk: string): Promise<Item[]>;
  /** The incident's only question, of which there is one revision. Throws when it has none or several. */
  question(incidentId: string): Promise<QuestionRecord>;
  put(table: TableName, item: Item): Promise<void>;
  remove(table: TableName, item: Item): Promise<void>;
  /** Sets attributes of an item, if it is there. */
  set(table: TableName, key: { pk: unknown; sk: unknown }, attributes: Item): Promise<void>;
}

export function recordsOf({ database }: Laptop): Records {
  const items: Records['items'] = (table, pk) => query(database, table, pk);
  return {
    items,
    async question(incidentId) {
      const found = await items('countersign-control', incidentId);
      if (found.length !== 1) throw new Error(`${incidentId} has ${found.length} questions, not one`);
      const { pk: _pk, sk, ...row } = found[0] ?? {};
      const { record } = storedQuestion({ incidentId, sortKey: String(sk) }, row);
      if (!record) throw new Error(`${incidentId}: ${JSON.stringify(row)} is no question of this release`);
      return record;
    },
    async put(TableName, item) {
      await database.send(new PutCommand({ TableName, Item: item }));
    },
    async remove(TableName, { pk, sk }) {
      await database.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
    },
    async set(TableName, Key, attributes) {
      const names = Object.keys(attributes);
      await database
        .send(
          new UpdateCommand({
            TableName,
            Key,
            ConditionExpression: 'attribute_exists(pk)',
            UpdateExpression: `SET ${names.map((_, index) => `#n${index} = :v${index}`).join(', ')}`,
            ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
            ExpressionAttributeValues: Object.fromEntries(names.map((name, index) => [`:v${index}`, attributes[name]])),
          }),
        )
        .catch((error: Error) => {
          if (error.name !== 'ConditionalCheckFailedException') throw error;
        });
    },
  };
}

async function query(database: DynamoDBDocumentClient, TableName: TableName, pk: string): Promise<Item[]> {
  const { Items } = await database.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
    }),
  );
  return Items ?? [];
}
