/** The local AWS for adapters' tests: started once per file, with tables of the same keys as the data stack's. */
import { CreateTableCommand, DynamoDBClient, GetItemCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { awsEnvironment, type Emulator, startEmulator } from '../../local/emulator.ts';

/** Starts the emulator before the file's tests and ends it after; SDK clients made in between talk to it. */
export function emulatedAws(prepare: () => Promise<void> = async () => {}): void {
  let emulator: Emulator | undefined;
  beforeAll(async () => {
    emulator = await startEmulator({ onProgress: () => {} });
    const environment = awsEnvironment(emulator.endpoint, emulator.folder);
    for (const [name, value] of Object.entries(environment)) if (name.startsWith('AWS_')) process.env[name] = value;
    await prepare();
  });
  afterAll(async () => emulator?.stop());
}

export const tables = {
  work: 'countersign-work',
  control: 'countersign-control',
  audit: 'countersign-audit',
  dispatches: 'countersign-dispatches',
} as const;

/** `pk` is text everywhere; `sk` is a number in Audit. Work's rows may expire. */
export async function createTables(): Promise<void> {
  const client = new DynamoDBClient({});
  for (const [name, TableName] of Object.entries(tables))
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: name === 'audit' ? 'N' : 'S' },
        ],
      }),
    );
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expiresAt' };
  await client.send(new UpdateTimeToLiveCommand({ TableName: tables.work, TimeToLiveSpecification }));
}

/** What lies in a table, as DynamoDB itself types it. */
export async function rawItem(table: string, pk: string, sk: string) {
  const Key = { pk: { S: pk }, sk: { S: sk } };
  return (await new DynamoDBClient({}).send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))).Item;
}
