/** Compares what is deployed with the files here, and asks of every open incident what a deploy would do to it. */
import { openDatabase } from '../../adapters/dynamodb/client.ts';
import { dispatchesTable } from '../../adapters/dynamodb/dispatches.ts';
import { loadReparse } from '../../adapters/tree-sitter/reparse.ts';
import { readChain } from '../../core/audit/chain.ts';
import { changesBetween } from '../../core/changes/changes.ts';
import { type Fate, fateUnder } from '../../core/changes/incidents.ts';
import type { Compiled } from '../../core/compiled.ts';
import { progressOf } from '../../core/incident/progress.ts';
import { readBurns } from '../../core/incident/situation.ts';
import { grammars } from '../../package/assets.ts';
import { audit, given, openIncidents, tables } from '../account.ts';
import type { DiffOptions } from '../diff.ts';
import { reviewedHere, reviewedThere } from '../reviewed.ts';
import { type Difference, markdownLines, textLines } from './lines.ts';

/** @returns the exit code. @throws when the files here are wrong, with every problem of them. */
export async function showDiff({ json, markdown, ...paths }: DiffOptions): Promise<0 | 2> {
  const after = await reviewedHere(paths);
  const before = await given('what is deployed', reviewedThere);
  if (before === null) return 2;
  const reparse = await loadReparse(grammars);
  const incidents = await fates(after);
  const difference: Difference = { changes: changesBetween(before, after, { reparse }), incidents };
  if (json) console.log(JSON.stringify(difference));
  else for (const line of (markdown ? markdownLines : textLines)(difference)) console.log(line);
  return incidents === null || incidents.some((fate) => fate === null) ? 2 : 0;
}

/** Null: which are open, or one of them, could not be read. */
async function fates(after: Compiled): Promise<(Fate | null)[] | null> {
  const open = await openIncidents();
  if (open === null) return null;
  const dispatches = dispatchesTable(openDatabase(), tables);
  const found: (Fate | null)[] = [];
  for (const incidentId of open.toSorted())
    found.push(
      await given(`the incident ${incidentId}`, async () => {
        const chain = readChain(incidentId, await audit().items(incidentId));
        const burns = await readBurns({ dispatches }, incidentId, chain);
        return fateUnder(incidentId, progressOf(chain.entries, burns), after);
      }),
    );
  return found;
}
