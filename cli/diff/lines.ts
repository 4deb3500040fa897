/** What a deploy would change as lines of a terminal, and as Markdown for a comment on a pull request. */

import type { Change } from '../../core/changes/change.ts';
import type { Fate } from '../../core/changes/incidents.ts';
import { visible } from '../../core/visible.ts';
import { colours as pc } from '../colours.ts';
import { oneLine } from '../timeline.ts';

export interface Difference {
  readonly changes: readonly Change[];
  /** Null: which are open could not be read; a null in it: that one could not. */
  readonly incidents: readonly (Fate | null)[] | null;
}

const nothing = 'A deploy would change nothing: what is deployed is what is here.';

export function textLines({ changes, incidents }: Difference): string[] {
  const told = changes.map(
    ({ about, text, loosens }) => `${loosens ? pc.yellow('!') : ' '} ${oneLine(`${about}: ${text}`)}`,
  );
  const fates = changed(incidents).map(
    (fate) => `${fate.fate === 'halts' ? pc.red('✗') : pc.yellow('!')} ${oneLine(fateWords(fate))}`,
  );
  return [
    ...(changes.length === 0 ? [`${pc.green('✓')} ${nothing}`] : told),
    `  ${incidentsInAll(incidents)}`,
    ...fates,
    ...(changes.some(({ loosens }) => loosens) ? [pc.dim('! = look here: more may happen, or fewer be asked')] : []),
  ];
}

/** Nobody's text begins markup, a link or a mention: pull requests come from outside as well. */
export function markdownLines({ changes, incidents }: Difference): string[] {
  const marked = changes.filter(({ loosens }) => loosens);
  const others = changes.filter(({ loosens }) => !loosens);
  const list = (some: readonly Change[]) => some.map(({ about, text }) => `- **${plain(about)}**: ${plain(text)}`);
  const section = (title: string, lines: readonly string[]) =>
    lines.length > 0 ? ['', `#### ${title}`, '', ...lines] : [];
  return [
    '### Countersign: what a deploy would change',
    ...(changes.length === 0 ? ['', nothing] : []),
    ...section('Look here: more may happen, or fewer be asked', list(marked)),
    ...section('Also', list(others)),
    ...section('Open incidents', [
      `- ${incidentsInAll(incidents)}`,
      ...changed(incidents).map((fate) => `- ${plain(fateWords(fate))}`),
    ]),
  ];
}

function incidentsInAll(incidents: Difference['incidents']): string {
  if (incidents === null) return 'Which incidents are open could not be read.';
  const count = (fate: Fate['fate']) => incidents.filter((one) => one?.fate === fate).length;
  const unread = incidents.filter((one) => one === null).length;
  const parts = [
    `${count('asked_anew')} would be asked anew`,
    `${count('halts')} would halt`,
    `${count('goes_on')} would go on as they are`,
    ...(unread > 0 ? [`${unread} could not be read`] : []),
  ];
  return incidents.length === 0 ? 'No incident is open.' : `${incidents.length} open: ${parts.join(', ')}.`;
}

function changed(incidents: Difference['incidents']): Fate[] {
  return (incidents ?? []).flatMap((fate) => (fate !== null && fate.fate !== 'goes_on' ? [fate] : []));
}

function fateWords({ incidentId, runbookId, fate, why }: Fate): string {
  const words = { goes_on: 'would go on', asked_anew: 'would be asked anew', halts: 'would halt' };
  return `${incidentId}${runbookId === null ? '' : ` (${runbookId})`} ${words[fate]}: ${why}`;
}

function plain(text: string): string {
  return visible(text)
    .replaceAll('\n', ' ')
    .replace(/[\\`*_[\]<>|#~!&:@]/g, (character) =>
      character === '@' || character === ':' ? `&#${character.charCodeAt(0)};` : `\\${character}`,
    );
}
