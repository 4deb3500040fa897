/** What is wrong with runbook files, each with its place, and the one error that carries all of it. */

export interface Problem {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** The wrong value, what is allowed, and the fix. */
  readonly text: string;
}

/** Thrown by everything that reads runbook files; `problems` has every finding, `message` one line for each. */
export class RunbookError extends Error {
  override readonly name = 'RunbookError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ file, line, text }) => `${file}:${line}: ${text}`).join('\n'));
    this.problems = problems;
  }
}

/** A value as it may stand in a message: JSON on one line, at most 80 characters, nothing hidden. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}
