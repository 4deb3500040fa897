/** What was reviewed: from the files here, as synth reads them; and as it is deployed, from the code of a function. */
import { basename, relative } from 'node:path';
import { deployedFile } from '../adapters/lambda/code.ts';
import { Compiled } from '../core/compiled.ts';
import { runDocument } from '../core/derive/run-document.ts';
import type { LintFile } from '../core/lint/lint.ts';
import { parsePolicy, policyDigest } from '../core/policy/parse.ts';
import { release } from '../core/release.ts';
import { compileRunbooks } from '../core/runbook/compile.ts';
import { readText } from './read-text.ts';
import { runbookFiles } from './runbook-files.ts';

export interface Paths {
  readonly policy: string;
  readonly runbooks: string;
}

/** @throws with every problem of the files, each with its place. */
export async function reviewedHere({ policy: policyFile, runbooks: folder }: Paths): Promise<Compiled> {
  const text = await readText(policyFile, 'the policy file; name yours: --policy FILE');
  const policy = parsePolicy(text, basename(policyFile));
  const { files } = await runbookFiles([folder]);
  const runbooks = compileRunbooks(files.flatMap((file) => runbookOf(file, folder)));
  return { format: 1, release, runbooks, policy, policyDigest: policyDigest(policy), document: runDocument() };
}

/** Named as synth names it, since the name is part of what is deployed. */
function runbookOf(given: LintFile, folder: string): { file: string; text: string }[] {
  if ('bytes' in given)
    return [{ file: `runbooks/${relative(folder, given.file)}`, text: Buffer.from(given.bytes).toString('utf8') }];
  if (given.finding.rule === 'ignored-file') return [];
  throw new Error(`${given.file}: ${given.finding.message}; ${given.finding.fix}`);
}

/** compiled.json beside the code of `execute`, the one function that sends: what counts, whatever a stack says of itself. */
export async function reviewedThere(functionName = 'countersign-execute'): Promise<Compiled> {
  const found: unknown = JSON.parse(await deployedFile(functionName, 'compiled.json'));
  const read = Compiled.safeParse(found);
  if (read.success) return read.data;
  const { release: theirs } = found as { release?: unknown };
  throw new Error(
    theirs === release
      ? `compiled.json of ${functionName} is none: ${read.error.issues[0]?.path.join('.')}: ${read.error.issues[0]?.message}`
      : `countersign ${String(theirs)} is deployed, and this is ${release}, which cannot read it; use that release`,
  );
}
