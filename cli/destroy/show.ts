/** Reads what would be left, and prints it. */
import { openDatabase } from '../../adapters/dynamodb/client.ts';
import { tableSize } from '../../adapters/dynamodb/table-size.ts';
import { keyBehind } from '../../adapters/kms/approval-key.ts';
import { openBucket } from '../../adapters/s3/bucket.ts';
import { callerNow } from '../../adapters/sts/caller.ts';
import { archiveBucketName, keyAliases } from '../../core/deployed-names.ts';
import { type Leaving, leavingLines, monthlyCost, removal } from '../../core/report/leaving.ts';
import { openIncidents, tables } from '../account.ts';

export async function showLeaving({ json }: { json?: true }): Promise<void> {
  const leaving = await read();
  if (leaving.open === null) process.exitCode = 1;
  if (json) console.log(JSON.stringify({ ...leaving, monthlyCost: monthlyCost(leaving), removal: removal(leaving) }));
  else for (const line of leavingLines(leaving)) console.log(line);
}

async function read(): Promise<Leaving> {
  const database = openDatabase();
  const found = await Promise.all(
    Object.values(tables).map(async (name) => ({ name, size: await tableSize(database, name) })),
  );
  const there = found.flatMap(({ name, size }) => (size === null ? [] : [{ name, ...size }]));
  const hasWork = there.some(({ name }) => name === tables.work);
  const keys = await Promise.all(
    Object.values(keyAliases).map(async (alias) => ({ alias, id: await keyBehind(alias) })),
  );
  return {
    tables: there,
    keys: keys.flatMap(({ alias, id }) => (id === null ? [] : [{ alias, id }])),
    bucket: await bucketIfThere(),
    open: hasWork ? await openIncidents() : [],
  };
}

async function bucketIfThere(): Promise<string | null> {
  const name = archiveBucketName(await callerNow(Date.now));
  try {
    await openBucket(name).names('', { most: 1 });
    return name;
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchBucket') return null;
    throw error;
  }
}
