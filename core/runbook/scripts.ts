/** One script of a step as it stands in the file, and what keeps it from being a script at all. */
import { parse } from 'unbash';
import { survey } from '../risk/tree.ts';
import { hiddenCharacters } from '../visible.ts';
import { type Code, placeOf } from './blocks.ts';
import type { ScriptKind } from './fence.ts';
import { hereDocumentFindings } from './here-documents.ts';
import { maximumLineLength, maximumScriptLength } from './limits.ts';
import { placeholderProblems, sampleInPlace } from './placeholder.ts';
import type { Finding, Place } from './problem.ts';
import type { RuleName } from './rules.ts';
import type { ScriptTemplate } from './runbook.ts';
import { slipsIn } from './slips.ts';

export interface DraftScript {
  readonly step: number;
  readonly kind: ScriptKind;
  readonly language: string;
  readonly template: ScriptTemplate;
  readonly code: Code;
  /** The template as it was meant: every slip of the pen mended, every offset kept. */
  readonly mended: string;
  /** Whether the mended script can be parsed, and so be judged. */
  readonly sound: boolean;
  readonly findings: readonly Finding[];
}

/** Where an offset of a script stands in the file: its lines are the file's, without their indent. */
export function placeIn({ text, line }: ScriptTemplate, offset: number, lines: readonly string[]): Place {
  const before = text.slice(0, offset).split('\n');
  const row = before.length - 1;
  const own = text.split('\n')[row] ?? '';
  const source = lines[line + row] ?? '';
  const column = (before[row] ?? '').length;
  if (source.endsWith(own)) return { line: line + 1 + row, column: source.length - own.length + column + 1 };
  // Markdown made spaces of a tab, or a prompt of a transcript is blanked.
  const word = own.trim();
  const at = source.indexOf(word);
  const indent = own.length - own.trimStart().length;
  return { line: line + 1 + row, column: Math.max(1, (at < 0 ? 0 : at) + Math.max(0, column - indent) + 1) };
}

/** Reads a script; `lines` are the file's, and `declared` is null when the file does not tell which parameters there are. */
export function readScript(
  { step, kind, template, code }: Pick<DraftScript, 'step' | 'kind' | 'template' | 'code'>,
  lines: readonly string[],
  declared: ReadonlySet<string> | null,
): DraftScript {
  const { text } = template;
  const { slips, mended } = slipsIn(text);
  const at = (offset: number, rule: RuleName, message: string, fix: string): Finding => ({
    rule,
    ...placeIn(template, offset, lines),
    message,
    fix,
  });
  const findings = slips.map(({ start, rule, message, fix }) => at(start, rule, message, fix));
  const empty = isEmpty(text, mended);
  if (empty !== null)
    findings.push({
      rule: 'empty-script',
      ...placeOf(code),
      message: empty,
      fix: 'write the command, or remove the fence for a manual step',
    });
  const syntax = syntaxProblem(mended);
  if (syntax !== null)
    findings.push(
      at(
        syntax.offset,
        'shell-syntax',
        `the shell cannot parse this script: ${syntax.message}`,
        'correct it; check it with: bash -n',
      ),
    );
  for (const { offset, rule, message, fix } of placeholderProblems(mended, declared))
    findings.push(at(offset, rule, message, fix));
  if (syntax === null) findings.push(...hereDocumentFindings(template, mended, lines));
  if (text.length > maximumScriptLength && text.split('\n').every((one) => one.length <= maximumLineLength))
    findings.push({
      rule: 'script-too-long',
      ...placeOf(code),
      message: `the script has ${text.length} characters; at most ${maximumScriptLength} fit an approval card, and what cannot be shown cannot be approved`,
      fix: 'split it into steps',
    });
  const sound = empty === null && syntax === null && hiddenCharacters(text).length === 0;
  return { step, kind, language: code.lang ?? '', template, code, mended, sound, findings };
}

/** A script that would do nothing, in words. */
function isEmpty(text: string, mended: string): string | null {
  if (text.trim() === '') return 'the fence is empty';
  return /^(?:\s*(?:#.*)?(?:\n|$))*$/.test(mended) ? 'the script has only comments' : null;
}

/** The first thing in a script that no shell can parse, or null. */
function syntaxProblem(text: string): { readonly offset: number; readonly message: string } | null {
  try {
    const tree = parse(sampleInPlace(text));
    const [error] = tree.errors ?? [];
    if (error) return { offset: openingOf(error.message, text, error.pos), message: error.message };
    const deep = survey(tree).problem;
    return deep === null ? null : { offset: 0, message: deep };
  } catch {
    return { offset: 0, message: 'nests too deep' };
  }
}

/** A quote that is never closed takes the next one for its end: most likely it stands on the first line with an odd one. */
function openingOf(message: string, text: string, offset: number): number {
  const mark = /single quote/.test(message) ? "'" : /double quote/.test(message) ? '"' : null;
  const end = Math.min(offset, Math.max(0, text.trimEnd().length - 1));
  if (mark === null) return end;
  let start = 0;
  for (const line of text.split('\n')) {
    if (start > end) break;
    if (line.split(mark).length % 2 === 0) return start + line.lastIndexOf(mark);
    start += line.length + 1;
  }
  return end;
}
