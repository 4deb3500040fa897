/** The Control table: approval requests, signed votes and the kill switch; every change of a request is conditional. */
import { GetCommand, PutCommand, QueryCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { type RequestKey, RequestRecord, requestSortKey } from '../../core/approval/request.ts';
import type { ControlStore } from '../../core/use-cases/ports.ts';
import { type Database, isConditionFailure } from './client.ts';

/** The kill switch: while this item exists, nothing is sent. */
export const killKey = { pk: 'KILL', sk: 'KILL' } as const;

const keyOf = (key: RequestKey) => ({ pk: key.incidentId, sk: requestSortKey(key) });

/** A row that is no request record is treated as none: what cannot be read cannot be approved. */
function recordOf(item: Record<string, unknown> | undefined): RequestRecord | null {
  if (!item) return null;
  const { pk: _pk, sk: _sk, ...record } = item;
  const parsed = RequestRecord.safeParse(record);
  return parsed.success ? parsed.data : null;
}

export function controlTable(database: Database, table: string): ControlStore & { stopped(): Promise<boolean> } {
  const change = async (key: RequestKey, update: Omit<UpdateCommandInput, 'TableName' | 'Key'>) => {
    try {
      const { Attributes } = await database.send(
        new UpdateCommand({ TableName: table, Key: keyOf(key), ReturnValues: 'ALL_NEW', ...update }),
      );
      return recordOf(Attributes);
    } catch (error) {
      if (isConditionFailure(error)) return null;
      throw error;
    }
  };
  return {
    async read(key) {
      const { Item } = await database.send(new GetCommand({ TableName: table, Key: keyOf(key), ConsistentRead: true }));
      return recordOf(Item);
    },
    async list(incidentId) {
      const { Items } = await database.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :incident AND begins_with(sk, :request)',
          ExpressionAttributeValues: { ':incident': incidentId, ':request': 'REQUEST#' },
          ConsistentRead: true,
        }),
      );
      return (Items ?? []).flatMap((item) => recordOf(item) ?? []);
    },
    async create(record) {
      const { incidentId, dispatch, policyDigest } = record.request;
      const Item = { ...keyOf({ incidentId, dispatch, policyDigest }), ...record };
      try {
        await database.send(
          new PutCommand({ TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
        );
        return true;
      } catch (error) {
        if (isConditionFailure(error)) return false;
        throw error;
      }
    },
    async rearm(key, token) {
      const armed = await change(key, {
        UpdateExpression: 'SET #token = :token',
        ConditionExpression: '#status = :pending',
        ExpressionAttributeNames: { '#token': 'token', '#status': 'status' },
        ExpressionAttributeValues: { ':token': token, ':pending': 'PENDING' },
      });
      return armed !== null;
    },
    async delivered(key, { channel, messageTs }, card) {
      await change(key, {
        UpdateExpression: 'SET channel = :channel, messageTs = :ts, card = :card',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':channel': channel, ':ts': messageTs, ':card': card },
      });
    },
    vote(key, { digest, vote, status, votesBefore }) {
      return change(key, {
        UpdateExpression: 'SET #status = :status, votes = list_append(votes, :votes)',
        ConditionExpression: '#status = :pending AND #digest = :digest AND size(votes) = :before',
        ExpressionAttributeNames: { '#status': 'status', '#digest': 'digest' },
        ExpressionAttributeValues: {
          ':status': status,
          ':votes': [vote],
          ':pending': 'PENDING',
          ':digest': digest,
          ':before': votesBefore,
        },
      });
    },
    async end(key, status) {
      const ended = await change(key, {
        UpdateExpression: 'SET #status = :status',
        ConditionExpression: '#status = :pending',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': status, ':pending': 'PENDING' },
      });
      return ended !== null;
    },
    async stopped() {
      const { Item } = await database.send(new GetCommand({ TableName: table, Key: killKey, ConsistentRead: true }));
      return Item !== undefined;
    },
  };
}
