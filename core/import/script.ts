/** A foreign block of code as a script of ours: without prompts and output, with parameters for what others fill in by hand. */
import type { Code } from '../runbook/blocks.ts';
import { foreignPlaceholders, nameFor } from '../runbook/foreign-placeholders.ts';
import { placeholderProblems } from '../runbook/placeholder.ts';
import { rolesOf } from '../runbook/shell-text.ts';
import { slipsIn } from '../runbook/slips.ts';
import { isTranscript, typedIn } from '../runbook/transcript.ts';

export interface Made {
  readonly language: 'bash' | 'text';
  readonly script: string;
  /** Names of parameters, and what stood in their place. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

const shells = /^(?:|bash|sh|shell|zsh|ksh|dash|console|shell-?session|terminal|cmd)$/i;

export function scriptOf(code: Code): Made {
  const language = (code.lang ?? '').toLowerCase();
  if (!shells.test(language))
    return {
      language: 'text',
      script: code.value,
      parameters: new Map(),
      notes:
        language === 'text' ? [] : [`the block is ${language}, not shell: it was kept for people, and does not run`],
    };
  const notes: string[] = [];
  const typed = withoutOutput(code.value, language, notes);
  const mended = withoutSlips(typed, notes);
  const parameters = new Map<string, string>();
  return {
    language: 'bash',
    script: withParameters(mended, parameters, notes).replace(/[ \t]+$/gm, ''),
    parameters,
    notes,
  };
}

function withoutOutput(value: string, language: string, notes: string[]): string {
  const typed = isTranscript(language) || /^\s*\$ /m.test(value) ? typedIn(value) : null;
  if (typed === null) return value;
  const lines = typed.split('\n').filter((line) => line.trim() !== '');
  const dropped = value.split('\n').filter((line) => line.trim() !== '').length - lines.length;
  if (dropped > 0) notes.push(`${dropped} lines without a prompt were taken for output, and dropped`);
  return lines.map((line) => line.trimStart()).join('\n');
}

/** Prompts, typographic quotes and false spaces, mended; placeholders are dealt with afterwards. */
function withoutSlips(script: string, notes: string[]): string {
  let text = script;
  const { slips } = slipsIn(script);
  for (const { start, end, rule, mended } of slips) {
    if (rule === 'foreign-placeholder') continue;
    text = text.slice(0, start) + mended + text.slice(end);
    notes.push(
      rule === 'prompt'
        ? `the prompt "${script.slice(start, end).trim()}" was dropped`
        : `${rule.replaceAll('-', ' ')} was made plain`,
    );
  }
  return text
    .split('\n')
    .map((line, index) => (line === (script.split('\n')[index] ?? '') ? line : line.trimStart()))
    .join('\n');
}

/** Each placeholder becomes a parameter where one may stand; elsewhere it is left, and said so. */
function withParameters(script: string, parameters: Map<string, string>, notes: string[]): string {
  let text = script;
  for (const { start, end } of foreignPlaceholders(script, rolesOf(script)).toReversed()) {
    const written = script.slice(start, end);
    const name = nameFor(written);
    const quoted = /["']/.test(text[start - 1] ?? '') && text[end] === text[start - 1];
    const next = quoted
      ? `${text.slice(0, start - 1)}{{ ${name} }}${text.slice(end + 1)}`
      : `${text.slice(0, start)}{{ ${name} }}${text.slice(end)}`;
    const at = quoted ? start - 1 : start;
    const fits = !/\.{3}|…/.test(written) && placeholderProblems(next, null).every(({ offset }) => offset !== at);
    if (fits) {
      parameters.set(name, written);
      text = next;
    } else notes.push(`${written} stands where no value can be put: rewrite the command, or make the step manual`);
  }
  return text;
}
