/** A folder of runbooks as compiled data, made once at synth and put beside the code. */
import { readRunbook } from './parse.ts';
import { type Place, type Problem, problemsOf, RunbookError } from './problem.ts';
import type { Runbook } from './runbook.ts';

export interface RunbookFile {
  /** Its path, for messages. */
  readonly file: string;
  readonly text: string;
}

/** Whether a file of the folder is a runbook: Markdown, and not the folder's own README. */
export function isRunbookFile(path: string): boolean {
  return path.endsWith('.md') && !/(?:^|\/)readme\.md$/i.test(path);
}

/** Folders that are no part of a library: hidden ones, and those of packages. */
export function isPassedOver(path: string): boolean {
  return /(?:^|\/)(?:node_modules|\.[^/]+)(?:\/|$)/.test(path);
}

/** Whether a name looks as if its author meant a runbook, and it is none: `b.MD`, `c.markdown`, `d.md.txt`. */
export function isIgnoredRunbook(path: string): boolean {
  const meant =
    /\.(?:md|mdx|markdown|mdown|mkdn?)(?:~|\.(?:txt|bak|old|orig|swp|disabled|off))?$|\.(?:rst|adoc|asciidoc|org)$/i.test(
      path,
    );
  return meant && !isRunbookFile(path) && !/(?:^|\/)readme[^/]*$/i.test(path);
}

/**
 * Compiles all runbooks, sorted by id. The digest of each is the SHA-256 of its text's UTF-8 bytes.
 *
 * @throws {RunbookError} with the problems of all files; an id that two files share is one.
 */
export function compileRunbooks(files: readonly RunbookFile[]): Runbook[] {
  const drafts = files.map(({ file, text }) => readRunbook(text, file));
  const ids = drafts.flatMap(({ runbook, file, front }) =>
    runbook ? [{ id: runbook.id, file, place: front.placeOf(['id'], 'value') }] : [],
  );
  const errors = [...drafts.flatMap(({ file, findings }) => problemsOf(file, findings)), ...sharedIds(ids)].filter(
    ({ severity }) => severity === 'error',
  );
  if (errors.length > 0) throw new RunbookError(errors);
  return drafts.flatMap(({ runbook }) => runbook ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Each id that an earlier file has already, at its line. */
export function sharedIds(runbooks: readonly { id: string; file: string; place: Place }[]): Problem[] {
  return runbooks.flatMap(({ id, file, place }, index) => {
    const first = runbooks.find((other) => other.id === id);
    if (first === runbooks[index]) return [];
    const message = `the id "${id}" belongs to ${first?.file} already`;
    return problemsOf(file, [{ rule: 'shared-id', ...place, message, fix: 'give this runbook another' }]);
  });
}
