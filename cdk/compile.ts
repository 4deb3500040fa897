/** What was reviewed becomes one compiled.json: runbooks, policy and the document that runs scripts. Any mistake stops synth. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { loadReparse } from '../adapters/tree-sitter/reparse.ts';
import { Compiled } from '../core/compiled.ts';
import { runDocument } from '../core/derive/run-document.ts';
import { parsePolicy, policyDigest } from '../core/policy/parse.ts';
import type { Policy } from '../core/policy/schema.ts';
import { release } from '../core/release.ts';
import { reviewedTextsOf } from '../core/reviewed.ts';
import { compileRunbooks, isPassedOver, isRunbookFile } from '../core/runbook/compile.ts';
import { RunbookError } from '../core/runbook/problem.ts';
import { floorsOf, reviewProblems } from '../core/runbook/review.ts';
import type { Runbook } from '../core/runbook/runbook.ts';
import { grammars } from '../package/assets.ts';

const reparse = await loadReparse(grammars);

/**
 * Reads the `*.md` of the folder and of those below it, and the policy file. Both paths are relative to the working
 * folder, as cdk.json's own are.
 *
 * @throws with every problem that was found, each with its file and line.
 */
export function compile(policyFile: string, runbookFolder = 'runbooks'): Compiled {
  const path = resolve(policyFile);
  const text = asked(() => readFileSync(path, 'utf8'), `policy file ${path}`, 'name one with -c policy=PATH');
  const policy = parsePolicy(text, basename(policyFile));
  const runbooks = compileRunbooks(runbookFiles(runbookFolder));
  refuseUnsafe(runbooks, policy);
  return Compiled.parse({
    format: 1,
    release,
    runbooks,
    policy,
    policyDigest: policyDigest(policy),
    document: runDocument(),
  });
}

/** The texts that a compiled.json was made of, for the archive. */
export function reviewed({ policy }: Compiled, runbookFolder = 'runbooks'): string[] {
  return reviewedTextsOf(runbookFiles(runbookFolder), policy);
}

/** The same rules as in `countersign validate`: what it calls an error would halt every incident that meets it. */
function refuseUnsafe(runbooks: readonly Runbook[], { commands }: Policy): void {
  const problems = runbooks.flatMap((runbook) => reviewProblems(runbook, floorsOf(runbook, { reparse, commands })));
  if (problems.length > 0) throw new RunbookError(problems);
}

function runbookFiles(folder: string): { file: string; text: string }[] {
  const read = () => readdirSync(folder, { recursive: true, withFileTypes: true });
  const entries = asked(read, `folder of runbooks ${folder}`, 'name one with -c runbooks=PATH');
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .filter((name) => isRunbookFile(name) && !isPassedOver(name))
    .sort()
    .map((name) => ({ file: `runbooks/${name}`, text: readFileSync(join(folder, name), 'utf8') }));
}

function asked<T>(read: () => T, what: string, fix: string): T {
  try {
    return read();
  } catch (cause) {
    throw new Error(`synth: the ${what} cannot be read; ${fix}`, { cause });
  }
}
