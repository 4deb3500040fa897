/** The DynamoDB client that all tables share, and the one question asked of its errors. */

import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { patience } from '../patience.ts';

export type Database = DynamoDBDocumentClient;

export function openDatabase(): Database {
  return DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler: patience() }), {
    marshallOptions: { removeUndefinedValues: true },
    // By default one number beyond 2^53 in anybody's row makes every read of it throw.
    unmarshallOptions: { wrapNumbers: Number },
  });
}

/** Whether a write was refused by its own condition. */
export function isConditionFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}

/** Which parts of a transaction were refused by their conditions; rethrows anything else, conflicts included. */
export function failedConditions(error: unknown): boolean[] {
  if (!(error instanceof TransactionCanceledException)) throw error;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
  if (!codes.includes('ConditionalCheckFailed')) throw error;
  return codes.map((code) => code === 'ConditionalCheckFailed');
}
