/** Reads what would be left, and prints it. */
import { openDatabase } from '../../adapters/dynamodb/client.ts';
import { tableSize } from '../../adapters/dynamodb/table-size.ts';
import { approvalKey } from '../../adapters/kms/approval-key.ts';
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
  const keys = await Promise.all(['approval', 'checkpoint'].map((what) => ifThere(`alias/countersign-${what}`)));
  return { tables: there, keys: keys.flat(), open: hasWork ? await openIncidents() : [] };
}

/** The alias, where there is such a key. */
async function ifThere(alias: string): Promise<string[]> {
  try {
    await approvalKey(alias).publicKey();
    return [alias];
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFoundException') return [];
    throw error;
  }
}
