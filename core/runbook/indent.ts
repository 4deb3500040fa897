/** Fences under a step whose lines stand too far left: found, and read as if they were indented. */
import { blocksOf, type Code, isClosed, lastLineOf, marksOf, placeOf } from './blocks.ts';
import type { Finding } from './problem.ts';

/** Fences under steps that are left unfinished more often than this are no slips of the pen. */
const mostRepairs = 20;

/**
 * A fence under a step whose lines, or whose end, stand too far left ends with its item, and its closing mark opens
 * another one that swallows what follows. It is reported, and read as if it were indented.
 */
export function indentFences(markdown: string): { markdown: string; findings: Finding[] } {
  const findings: Finding[] = [];
  let text = markdown;
  for (let repairs = 0; repairs < mostRepairs; repairs++) {
    const broken = firstBroken(text);
    if (broken === null) break;
    const { code, from, to, marks } = broken;
    const indent = ' '.repeat(Math.max(0, placeOf(code).column - 1));
    text = text
      .split('\n')
      .map((line, index) =>
        index + 1 >= from && index + 1 <= to ? indent + line.replace(/^ {1,3}(?=[`~])/, '') : line,
      )
      .join('\n');
    findings.push({
      rule: 'unclosed-fence',
      ...placeOf(code),
      message: 'the fence is never closed: a line of it stands further left than its step, which ends both',
      fix: `indent all of its lines, and the closing ${marks}, like its first line`,
    });
  }
  return { markdown: text, findings };
}

function firstBroken(text: string): { code: Code; from: number; to: number; marks: string } | null {
  const lines = text.split('\n');
  for (const block of blocksOf(text) ?? []) {
    if (block.type !== 'list' || block.ordered !== true) continue;
    for (const code of block.children.flatMap(({ children }) => children).filter((child) => child.type === 'code')) {
      const marks = marksOf(code, text);
      if (marks === undefined || isClosed(code, marks, text)) continue;
      const from = lastLineOf(code) + 1;
      const next = lines.findIndex(
        (line, index) => index + 1 >= from && /^\s*(?:`{3,}|~{3,}|\d+[.)] |#{1,6} )/.test(line),
      );
      if (next >= 0 && (lines[next] ?? '').trim() === marks && next + 1 >= from)
        return { code, from, to: next + 1, marks };
    }
  }
  return null;
}
