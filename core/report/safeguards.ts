/** What a paged person reads when something is missing on which a promise of Countersign rests: what, why it matters, how to mend it. */
import { shownInline } from '../shown.ts';
import type { TableName } from '../table-policies.ts';

export type SafeguardFinding = { readonly table: TableName } & (
  | { readonly kind: 'no_table' | 'no_policy' | 'not_protected' | 'no_stream' }
  /** What its policy leaves open, in words that follow "The policy of TABLE". */
  | { readonly kind: 'policy'; readonly open: string }
  /** Nobody reads its stream; null = there is no mapping. */
  | { readonly kind: 'unread'; readonly mapping: { readonly id: string; readonly state: string } | null }
);

const longestLine = 900;

/** Brings back what the templates say, whatever was changed beside them. */
const revert = 'npm run deploy -- --revert-drift';

/** Subject and text of the page that comes every hour until nothing is missing any more. */
export function safeguardsPage(findings: readonly SafeguardFinding[]): { subject: string; text: string } {
  const lines = [
    'Something on which the promises of Countersign rest was taken away or never made. Find out who did it before you mend it.',
    ...findings.flatMap((finding) => {
      const { what, mend } = safeguardWords(finding);
      return [`- ${what}`, `  Mend: ${mend}`];
    }),
    'This page comes every hour until it is mended. More: docs/operations.md, "Safeguards".',
  ];
  return {
    subject: `Countersign: ${findings.length === 1 ? 'a safeguard is' : `${findings.length} safeguards are`} missing`,
    text: lines.map((line) => shownInline(line, longestLine)).join('\n'),
  };
}

/** What is missing and why it matters, and how to mend it. */
export function safeguardWords(finding: SafeguardFinding): { what: string; mend: string } {
  const name = `countersign-${finding.table.toLowerCase()}`;
  switch (finding.kind) {
    case 'no_table':
      return {
        what: `The table ${name} is not there: nothing can be answered.`,
        mend: 'restore it from point-in-time recovery under this name, then do what the next page says.',
      };
    case 'no_policy':
      return {
        what: `The table ${name} has no policy of its own: whoever has a right on it may change and delete its items.`,
        mend: revert,
      };
    case 'policy':
      return { what: `The policy of ${name} ${finding.open}.`, mend: revert };
    case 'not_protected':
      return {
        what: `The table ${name} is not protected against deletion.`,
        mend: `npm run deploy, if the last one had -c protection=off; else aws dynamodb update-table --table-name ${name} --deletion-protection-enabled`,
      };
    case 'no_stream':
      return { what: `The stream of ${name} is off: nobody notices when an item is changed or removed.`, mend: revert };
    case 'unread':
      return {
        what: `The function archive does not read the stream of ${name}${finding.mapping ? ` (its mapping is ${finding.mapping.state})` : ''}: nobody notices when an item is changed or removed.`,
        mend: finding.mapping
          ? `aws lambda update-event-source-mapping --uuid ${finding.mapping.id} --enabled`
          : revert,
      };
  }
}
