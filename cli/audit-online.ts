/** `countersign audit verify` and `show`, straight from the tables of the account. */

import { entryOf, readChain, recoveryChain, type StoredItem } from '../core/audit/chain.ts';
import { type ChainReport, nothingGiven, verifyChain } from '../core/audit/verify.ts';
import { CheckpointReader } from '../core/audit/verify-checkpoints.ts';
import { type Anchors, type Finding, unsure } from '../core/audit/verify-finding.ts';
import { IncidentId } from '../core/dispatch.ts';
import { progressOf } from '../core/incident/progress.ts';
import { printedSoFar } from '../core/report/show.ts';
import { epochOf, isoOf } from '../core/time.ts';
import { visible } from '../core/visible.ts';
import { Part } from '../core/words.ts';
import { audit, factsOf, given, work } from './account.ts';
import { type Archive, begunAt, openArchive, spanOfIncident, spanOfTime } from './archive.ts';
import { commandLines, headLines } from './audit-head.ts';
import { colours as pc } from './colours.ts';
import { oneLine, partOf, timeline } from './timeline.ts';

/** Companions too: an auditor wants all that ran. */
const parts = Part.options;

export const exitCodes = { whole: 0, broken: 1, cannot_tell: 2 } as const;

/** Reads the chain and what proves it. What cannot be read is said, and then cannot be told. */
export async function verify(chain: string): Promise<ChainReport> {
  // A read of the audit that fails is no finding about it.
  process.exitCode = exitCodes.cannot_tell;
  const items = await audit().items(chain);
  const [facts, anchors] = await Promise.all([
    IncidentId.safeParse(chain).success ? factsOf(chain, items) : nothingGiven,
    anchorsOf(chain, items),
  ]);
  return verifyChain(chain, items, { ...facts, anchors });
}

/** What checkpoints and archive hold of a chain; what of it is not known, and why, is a finding that cannot be told. */
async function anchorsOf(chain: string, items: readonly StoredItem[]): Promise<Anchors> {
  const archive = await openArchive();
  const anchors = archive && (await given('the archive', () => anchorsIn(archive, chain, items)));
  return anchors ?? unanchored('the archive could not be read: what it and checkpoints say of the chain is not known');
}

function unanchored(why: string, archived: readonly StoredItem[] = []): Anchors {
  return { heads: null, isThrough: false, archived, strange: [unsure(null, why)] };
}

async function anchorsIn(archive: Archive, chain: string, items: readonly StoredItem[]): Promise<Anchors> {
  const archived = await archive.differences(chain, items);
  if (archive.publicKey === null)
    return unanchored(
      'the checkpoint key could not be read: what checkpoints say of the chain is not known',
      archived ?? [],
    );
  const day = /^DAY#(\d{4}-\d{2}-\d{2})#/.exec(chain)?.[1];
  const selection = day === undefined ? { incident: chain } : dayOf(day);
  const span = 'since' in selection ? spanOfTime(selection) : spanOfIncident(items);
  const reader = new CheckpointReader(archive.publicKey);
  const strange: Finding[] = [];
  if (span) for await (const checkpoint of archive.checkpoints(span)) strange.push(...reader.take(checkpoint));
  const anchors = reader.anchorsOf(chain, selection, archived ?? []);
  if (archived !== null || anchors?.heads?.length)
    return { heads: [], isThrough: false, archived: [], ...anchors, strange };
  const nothing = 'the archive holds nothing of it';
  if (!reader.first) return unanchored(`${nothing}, and has no checkpoint: it rests on itself alone`);
  const { at } = reader.first;
  if (epochOf(at) >= (begunAt(items) ?? 0))
    return unanchored(`it was begun before the first checkpoint, of ${at}, and is in none: it rests on itself alone`);
  return { heads: [], isThrough: false, archived: [], strange: [...strange, unsure(null, nothing)] };
}

function dayOf(day: string): { since: string; until: string } {
  const since = epochOf(`${day}T00:00:00.000Z`);
  return { since: isoOf(since), until: isoOf(since + 24 * 3600 * 1000) };
}

export function reportLines({ chain, entries, verdict, closed, problems, cannotTell }: ChainReport): string[] {
  const place = (number: number | null) =>
    number === null ? 'the chain' : number === 0 ? 'the checkpoints' : `entry ${number}`;
  const lines = [
    ...problems.map((found) => `${pc.red('✗')} ${oneLine(`${place(found.place)}: ${found.problem}`)}`),
    ...cannotTell.map((found) => `${pc.yellow('?')} ${oneLine(`${place(found.place)}: ${found.why}`)}`),
  ];
  const state = closed ? 'closed' : 'not closed';
  if (verdict === 'whole') lines.push(`${pc.green('✓')} ${oneLine(chain)}: ${entries} entries, whole, ${state}`);
  if (verdict === 'cannot_tell')
    lines.push(
      `${pc.yellow('?')} ${oneLine(chain)}: ${entries} entries, ${state}: nothing contradicts, but not everything could be told`,
    );
  return lines;
}

/** Prints the chain, and its recovery where there is one; whether there are entries, and all can be read. */
export async function show(chain: string, withOutputs: boolean): Promise<boolean> {
  const items = await audit().items(chain);
  const recovery = await audit().items(recoveryChain(chain));
  for (const line of [...headLines(chain, items), ...timeline(items)]) console.log(line);
  if (recovery.length > 0)
    console.log(oneLine(`${recoveryChain(chain)}: the chain was found broken when it was closed`));
  for (const line of timeline(recovery)) console.log(line);
  if (withOutputs) {
    for (const line of commandLines(chain, items)) console.log(line);
    await showOutputs(chain, items);
  }
  const all = [...items, ...recovery];
  if (all.length === 0) console.error(`countersign: chain ${oneLine(chain)} has no entries`);
  return all.length > 0 && all.every(({ text }) => entryOf(text) !== null);
}

/** What every command printed, oldest first; terminal sequences in it are written out. */
async function showOutputs(incidentId: string, items: readonly StoredItem[]): Promise<void> {
  const progress = progressOf(readChain(incidentId, items).entries);
  const shown = await work().shown(incidentId);
  for (const { dispatch, words, outputs } of printedSoFar(progress, shown, parts).toReversed())
    for (const { host, text } of outputs) {
      console.log(`\n${pc.bold(oneLine(`${partOf(dispatch)} ${words}, on ${host}`))}`);
      console.log(visible(text) || pc.dim('(nothing)'));
    }
}
