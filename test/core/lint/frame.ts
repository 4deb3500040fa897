/** Faulty runbooks as tables: the fault is marked where it stands, and everything around it is right. */
import type { RuleName } from '../../../core/runbook/rules.ts';

/** One row: a text with `¤` before each fault, the rules that find them in this order, and a twin that nothing is said of. */
export interface Case {
  readonly rules: readonly RuleName[];
  readonly faulty: string;
  readonly right?: string;
}

const mark = '¤';

/** Parameters that scripts of cases may use; only those that are used are declared. */
const parameters: Readonly<Record<string, string>> = {
  unit: 'type: unit\n    from: tag:unit',
  node: 'type: hostname\n    from: dimension:NodeName',
  host: 'type: hostname\n    from: tag:host',
  dir: 'type: path\n    from: tag:dir\n    default: /var/log',
  pod: 'type: string\n    from: dimension:PodName',
  days: 'type: integer\n    default: 7',
};

/** The front matter's `parameters` for those that a body uses; empty when it uses none. */
export function parametersOf(body: string): string {
  const used = Object.entries(parameters).filter(([name]) => body.includes(`{{ ${name} }}`));
  const declared = used.map(([name, entry]) => `  ${name}:\n    ${entry}\n`).join('');
  return declared === '' ? '' : `parameters:\n${declared}`;
}

/** A whole runbook around a body. */
export function runbook(body: string, front = ''): string {
  const head = `id: case\ntitle: A case\nowner: platform\nseverity: low\nmatch:\n  alarms: ['case-*']\n`;
  return `---\n${head}${front}${parametersOf(body)}---\n\n# A case\n\n${body}`;
}

/** Indents a script as a fence under a step. */
export function fence(script: string, info = 'bash', title = 'Look'): string {
  return `1. ${title}\n\n   \`\`\`${info}\n${script.replace(/^(?=.)/gm, '   ')}\n   \`\`\`\n`;
}

/** A case of one script, that of a step without companions. */
export function script(rule: RuleName, faulty: string, right?: string, info = 'bash'): Case {
  return body(rule, fence(faulty, info), right === undefined ? undefined : fence(right, info));
}

/** A case of a body. */
export function body(rule: RuleName | readonly RuleName[], faulty: string, right?: string): Case {
  const rules = typeof rule === 'string' ? [rule] : rule;
  return right === undefined
    ? { rules, faulty: runbook(faulty) }
    : { rules, faulty: runbook(faulty), right: runbook(right) };
}

/** A case of front matter, given as the whole of it, before a step that only looks. */
export function front(
  rule: RuleName | readonly RuleName[],
  faulty: string,
  right?: string,
  after = fence('df -h'),
): Case {
  const whole = (text: string) => `---\n${text.replace(/^\n/, '')}---\n\n${after}`;
  const rules = typeof rule === 'string' ? [rule] : rule;
  return right === undefined ? { rules, faulty: whole(faulty) } : { rules, faulty: whole(faulty), right: whole(right) };
}

/** The text without marks, and the places, line and column from 1, that they stood at. */
export function unmarked(text: string): { text: string; places: { line: number; column: number }[] } {
  const parts = text.split(mark);
  let before = '';
  const places = parts.slice(0, -1).map((part) => {
    before += part;
    const lines = before.split('\n');
    return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
  });
  return { text: parts.join(''), places };
}
