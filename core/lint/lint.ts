/** Everything that `countersign validate` says of runbook files: each is read on past every fault, good ones beside bad ones. */
import type { ClassifyTools } from '../risk/classify.ts';
import { type Draft, readRunbook } from '../runbook/parse.ts';
import { type Finding, type Problem, problemsOf } from '../runbook/problem.ts';
import { leavesOf } from '../runbook/steps.ts';
import { textOf } from './bytes.ts';
import { type FrontContext, frontFindings } from './front.ts';
import { type Judged, judge } from './judged.ts';
import { libraryProblems } from './library.ts';
import { proseFindings } from './prose.ts';
import { scriptWarnings } from './scripts.ts';
import { proseSecrets, scriptSecrets } from './secrets.ts';
import { stepFindings } from './steps.ts';

/** A file to be read, or what keeps it from being one. */
export type LintFile =
  | { readonly file: string; readonly bytes: Uint8Array }
  | { readonly file: string; readonly finding: Finding };

export interface LintContext extends FrontContext {
  readonly tools: ClassifyTools;
}

export interface LintReport {
  readonly file: string;
  readonly problems: readonly Problem[];
  /** Null for a file that is no text. */
  readonly judged: Judged | null;
}

/** One report per file, in the order given. */
export function lint(files: readonly LintFile[], context: LintContext): LintReport[] {
  const reports = files.map((file) => lintFile(file, context));
  const between = libraryProblems(reports.flatMap(({ judged }) => judged?.draft ?? []));
  return reports.map((report) => {
    const more = between.filter(({ file }) => file === report.file);
    return { ...report, problems: problemsOf(report.file, [...report.problems, ...more]) };
  });
}

function lintFile(given: LintFile, context: LintContext): LintReport {
  const { file } = given;
  const text = 'bytes' in given ? textOf(given.bytes) : given;
  if ('finding' in text) return { file, problems: problemsOf(file, [text.finding]), judged: null };
  const draft = readRunbook(text.text, file);
  const judged = judge(draft, context.tools);
  return { file, problems: problemsOf(file, findingsOf(judged, context)), judged };
}

function findingsOf(judged: Judged, context: LintContext): Finding[] {
  const { draft } = judged;
  return [
    ...draft.findings,
    ...(isWhole(draft) ? frontFindings(draft, context) : []),
    ...(isWhole(draft) ? proseFindings(draft) : []),
    ...proseSecrets(draft),
    ...leavesOf(draft.steps).flatMap(({ scripts }) => scripts.flatMap((script) => scriptSecrets(script, draft.lines))),
    ...draft.body.stray.flatMap((script) => scriptSecrets(script, draft.lines)),
    ...[...judged.scripts, ...judged.stray].flatMap(scriptWarnings),
    ...stepFindings(judged, context.tools),
  ];
}

/** A file that is too large was not read at all. */
function isWhole({ findings }: Draft): boolean {
  return findings.every(({ rule }) => rule !== 'file-too-large');
}
