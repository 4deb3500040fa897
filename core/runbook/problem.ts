/** What is wrong with runbook files, each with its place and rule, and the one error that carries all of it. */
import { type RuleName, rules } from './rules.ts';

/** 1-based; 0 where a problem has no such place. Columns count UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What a rule found, before it is known in which file. */
export interface Finding extends Place {
  readonly rule: RuleName;
  /** The wrong value, and what is wrong with it or allowed. */
  readonly message: string;
  /** What to write instead. */
  readonly fix: string;
}

export interface Problem extends Finding {
  readonly file: string;
  /** An error stops `validate` and synth, a warning only `validate --strict`. */
  readonly severity: 'error' | 'warning';
}

/** The findings as problems of a file, in the order of their places. */
export function problemsOf(file: string, findings: readonly Finding[]): Problem[] {
  return findings
    .map((finding): Problem => ({ ...finding, file, severity: rules[finding.rule] }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

/** The problem as one line: `file:line:column: message; fix`. */
export function inOneLine({ file, line, column, message, fix }: Problem): string {
  const place = [file, line, column].filter((part) => part !== 0).join(':');
  return `${place}: ${message}; ${fix}`;
}

/** Thrown by everything that compiles runbook files; `problems` has every error, `message` one line for each. */
export class RunbookError extends Error {
  override readonly name = 'RunbookError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(inOneLine).join('\n'));
    this.problems = problems;
  }
}

/** A value as it may stand in a message: JSON on one line, at most 80 characters, nothing hidden. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}
