/** The Control table: questions with their votes, and the kill switch; every change is conditional and recognises its own effect. */
import {
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import {
  keyOf,
  type QuestionKey,
  type QuestionRecord,
  questionPrefixes,
  type StoredQuestion,
  storedQuestion,
} from '../../core/approval/record.ts';
import { canonicalJson } from '../../core/digest.ts';
import type { SwitchStore } from '../../core/incident/kill-switch.ts';
import type { SuspensionStore } from '../../core/incident/suspension.ts';
import { questionPrefix } from '../../core/question.ts';
import type { ControlStore } from '../../core/use-cases/ports.ts';
import type { RetryStore } from '../../core/use-cases/retry.ts';
import { type Database, isConditionFailure } from './client.ts';
import { retryRows } from './retries.ts';
import { suspensionRows } from './suspensions.ts';
import { switchRows } from './switch.ts';

type Item = Record<string, unknown>;

export function controlTable(
  database: Database,
  table: string,
): ControlStore & SwitchStore & SuspensionStore & RetryStore {
  return {
    ...questions(database, table),
    ...switchRows(database, table),
    ...suspensionRows(database, table),
    ...retryRows(database, table),
  };
}

function questions(database: Database, table: string): ControlStore {
  const read = async (key: QuestionKey): Promise<StoredQuestion | null> => {
    const { Item } = await database.send(new GetCommand({ TableName: table, Key: itemKey(key), ConsistentRead: true }));
    return Item ? storedOf(Item) : null;
  };
  const query = (input: Omit<QueryCommandInput, 'TableName' | 'ConsistentRead'>) =>
    database.send(new QueryCommand({ TableName: table, ConsistentRead: true, ...input }));
  /** The row as it is after the change; null when the condition failed. */
  const changed = async (key: QuestionKey, update: Omit<UpdateCommandInput, 'TableName' | 'Key'>) => {
    try {
      const { Attributes } = await database.send(
        new UpdateCommand({ TableName: table, Key: itemKey(key), ReturnValues: 'ALL_NEW', ...update }),
      );
      return storedOf({ ...Attributes, ...itemKey(key) });
    } catch (error) {
      if (isConditionFailure(error)) return null;
      throw error;
    }
  };
  const change = async (...update: Parameters<typeof changed>): Promise<boolean> => (await changed(...update)) !== null;
  return {
    read,
    async latest(incidentId, dispatch) {
      const { Items } = await query({
        KeyConditionExpression: 'pk = :incident AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':incident': incidentId, ':prefix': questionPrefix(dispatch) },
        ScanIndexForward: false,
        Limit: 1,
      });
      return Items?.[0] ? storedOf(Items[0]) : null;
    },
    async list(incidentId) {
      const found: StoredQuestion[] = [];
      let start: Item | undefined;
      do {
        const page = await query({
          KeyConditionExpression: 'pk = :incident',
          ExpressionAttributeValues: { ':incident': incidentId },
          ...(start ? { ExclusiveStartKey: start } : {}),
        });
        found.push(...(page.Items ?? []).map(storedOf));
        start = page.LastEvaluatedKey;
      } while (start);
      return found.filter(({ sortKey }) => questionPrefixes.some((prefix) => sortKey.startsWith(prefix)));
    },
    async create(record) {
      const key = keyOf(record.question);
      try {
        await database.send(
          new PutCommand({
            TableName: table,
            Item: { ...record, ...itemKey(key) },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        );
        return true;
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
        return (await read(key))?.record?.digest === record.digest;
      }
    },
    rearm(key, token) {
      return change(key, {
        UpdateExpression: 'SET #token = :token',
        ConditionExpression: '#status = :pending',
        ExpressionAttributeNames: { '#token': 'token', '#status': 'status' },
        ExpressionAttributeValues: { ':token': token, ':pending': 'PENDING' },
      });
    },
    async delivered(key, place, card) {
      // A repeated call finds its own place there and adds no second one.
      await change(key, {
        UpdateExpression: 'SET places = list_append(places, :places), card = :card',
        ConditionExpression: 'attribute_exists(pk) AND NOT contains(places, :place)',
        ExpressionAttributeValues: { ':places': [place], ':place': place, ':card': card },
      });
    },
    async vote(key, { digest, vote, status, statusBefore = 'PENDING', votesBefore }) {
      const written = await changed(key, {
        UpdateExpression: 'SET #status = :status, votes = list_append(votes, :votes)',
        ConditionExpression: '#status = :was AND #digest = :digest AND size(votes) = :before',
        ExpressionAttributeNames: { '#status': 'status', '#digest': 'digest' },
        ExpressionAttributeValues: {
          ':status': status,
          ':votes': [vote],
          ':was': statusBefore,
          ':digest': digest,
          ':before': votesBefore,
        },
      });
      if (written) return written.record;
      const record = (await read(key))?.record ?? null;
      return hasVote(record, vote) ? record : null;
    },
    async end(key, status) {
      const isEnded = await change(key, {
        UpdateExpression: 'SET #status = :status',
        ConditionExpression: '#status = :pending',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': status, ':pending': 'PENDING' },
      });
      return isEnded || (await read(key))?.status === status;
    },
  };
}

function itemKey({ incidentId, sortKey }: QuestionKey) {
  return { pk: incidentId, sk: sortKey };
}

function storedOf({ pk, sk, ...row }: Item): StoredQuestion {
  return storedQuestion({ incidentId: String(pk), sortKey: String(sk) }, row);
}

function hasVote(record: QuestionRecord | null, vote: unknown): boolean {
  return record?.votes.some((cast) => canonicalJson(cast) === canonicalJson(vote)) ?? false;
}
