/** What an auditor reads before a timeline: which alarm, when, by which runbook and with what, and who said what to which bytes. */

import type { ReadEntry } from '../core/audit/chain.ts';
import { readChain, type StoredItem } from '../core/audit/chain.ts';
import { dispatchName } from '../core/dispatch.ts';
import { visible } from '../core/visible.ts';
import { colours as pc } from './colours.ts';
import { oneLine, partOf } from './timeline.ts';
import { localTime } from './times.ts';

/** Empty where nothing was opened. */
export function headLines(chain: string, items: readonly StoredItem[]): string[] {
  const { entries } = readChain(chain, items);
  const [first] = entries;
  if (first?.event?.kind !== 'incident_opened') return [];
  const end = entries.findLast(({ kind }) => kind === 'incident_closed');
  return [
    `${first.event.alarmName}  ${first.event.alarmArn}`,
    `from ${localTime(first.at)}`,
    end ? `to   ${localTime(end.at)}` : 'not closed',
    ...entries.flatMap(planLines),
    ...entries.flatMap(({ at, event }) =>
      event?.kind === 'vote_signed'
        ? [`${event.by.name} (${event.by.via} ${event.by.id}) said ${event.word} to ${partOf(event.dispatch)}, ${at}`]
        : [],
    ),
  ].map((line) => pc.dim(oneLine(line)));
}

function planLines({ event }: ReadEntry): string[] {
  if (event?.kind !== 'planned') return [];
  const { runbook, policyDigest, mode, environment, parameters, sources = {}, targets = {} } = event;
  const values = Object.entries(parameters).map(
    ([name, value]) => `${name}=${value} (${sources[name] ?? 'source not kept'})`,
  );
  const hosts = [...new Set(Object.values(targets).flat())];
  return [
    `${runbook ? `runbook ${runbook.id}, SHA-256 ${runbook.digest}` : 'no runbook'}; ${mode}, ${environment}; policy ${policyDigest}`,
    `parameters: ${values.join(', ') || 'none'}; targets: ${hosts.join(', ') || 'none'}`,
  ];
}

/** The scripts that people were asked about, each once. What only reads is not in the audit as a text, but by its SHA-256. */
export function commandLines(chain: string, items: readonly StoredItem[]): string[] {
  const asked = readChain(chain, items).entries.flatMap(({ event }) =>
    event?.kind === 'approval_requested' ? (event.scripts ?? []) : [],
  );
  const once = new Map(asked.map((one) => [dispatchName(one.dispatch), one]));
  return [...once.values()].flatMap(({ dispatch, script }) => [
    '',
    pc.bold(oneLine(`${partOf(dispatch)}, the command that was asked about`)),
    ...visible(script ?? '(none)')
      .trimEnd()
      .split('\n'),
  ]);
}
