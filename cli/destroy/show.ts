/** Reads what would be left, and prints it. */
import { openDatabase } from '../../adapters/dynamodb/client.ts';
import { tableSize } from '../../adapters/dynamodb/table-size.ts';
import { type Leaving, leavingLines, monthlyCost, removal } from '../../core/report/leaving.ts';
import { approvalKeyAlias, approvalPublicPem, openIncidents, tables } from '../account.ts';

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
  return { tables: there, approvalKey: await aliasOrNull(), open: hasWork ? await openIncidents() : [] };
}

async function aliasOrNull(): Promise<string | null> {
  try {
    await approvalPublicPem();
    return approvalKeyAlias;
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFoundException') return null;
    throw error;
  }
}
