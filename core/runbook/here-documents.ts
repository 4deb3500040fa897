/** Here-documents whose end the shell would never find, or whose tabs Markdown eats. */
import { forEachChild, parse, type SyntaxNode } from 'unbash';
import { sampleInPlace } from './placeholder.ts';
import type { Finding } from './problem.ts';
import type { ScriptTemplate } from './runbook.ts';

type HereDoc = Extract<SyntaxNode, { type: 'HereDoc' }>;

/** `lines` are the file's; the script must parse. */
export function hereDocumentFindings({ line }: ScriptTemplate, script: string, lines: readonly string[]): Finding[] {
  return hereDocumentsOf(parse(sampleInPlace(script))).flatMap((node): Finding[] => {
    const tab = firstLostTab(node, script, line, lines);
    if (tab !== null)
      return [
        {
          rule: 'tab-in-here-document',
          line: tab,
          column: (lines[tab - 1] ?? '').indexOf('\t') + 1,
          message: 'Markdown makes spaces of the tab that begins this line of a here-document',
          fix: 'indent the line like the fence, with spaces, and write << with its end mark at the same column',
        },
      ];
    if (node.closing !== undefined) return [];
    const row = script.slice(0, node.pos).split('\n').length;
    const source = lines[line + row - 1] ?? '';
    const mark = node.delimiter?.text ?? '';
    return [
      {
        rule: 'unended-here-document',
        line: line + row,
        column: Math.max(0, source.indexOf(`${node.operator}`)) + 1,
        message: `the here-document never ends: no line is ${node.delimiter?.value ?? ''} alone, without blanks before or after it`,
        fix: `put ${mark} on a line of its own, indented like the fence`,
      },
    ];
  });
}

function hereDocumentsOf(node: SyntaxNode): HereDoc[] {
  const found: HereDoc[] = node.type === 'HereDoc' ? [node] : [];
  forEachChild(node, (child) => void found.push(...hereDocumentsOf(child)));
  return found;
}

/** The first line of the file, from 1, in which a tab of the here-document is not what the shell gets; its end mark counts. */
function firstLostTab({ body }: HereDoc, script: string, fence: number, lines: readonly string[]): number | null {
  const first = script.slice(0, body.pos).split('\n').length - 1;
  const rows = script.slice(body.pos).split('\n');
  const last = first + script.slice(body.pos, body.end).split('\n').length;
  for (const [index, text] of rows.entries()) {
    const source = lines[fence + first + index] ?? '';
    if (first + index <= last && source.includes('\t') && !source.endsWith(text)) return fence + first + index + 1;
  }
  return null;
}
