/** `countersign report INCIDENT`: the draft of a post-mortem, and what it suggests for the runbook as a patch. */
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { sha256 } from '../../core/digest.ts';
import { withNotes } from '../../core/runbook/notes.ts';
import { readRunbook } from '../../core/runbook/parse.ts';
import type { Runbook } from '../../core/runbook/runbook.ts';
import { linesOfText } from '../bundle-chains.ts';
import { colours as pc, printError } from '../colours.ts';
import { reportsOn } from '../validate-run.ts';
import { type PostMortem, postMortemOf } from './postmortem.ts';
import { postMortemMarkdown } from './postmortem-markdown.ts';

export interface IncidentOptions {
  readonly bundle?: string;
  readonly json?: boolean;
  readonly patch?: string;
  readonly runbooks: string;
}

/** Prints the draft, and writes the patch where one was asked for. @throws where no draft can be made. */
export async function reportIncident(incidentId: string, options: IncidentOptions): Promise<void> {
  const { bundle, json, patch, runbooks: folder } = options;
  const lines = linesOfText(bundle === undefined ? await exported(incidentId) : readFileSync(bundle, 'utf8'));
  const runbooks = await runbooksIn(folder);
  const hasAdvice = (id: string) => runbooks.find((runbook) => runbook.id === id)?.ifAlarmStays !== '';
  const facts = await postMortemOf(lines, incidentId, hasAdvice);
  console.log(json ? JSON.stringify(facts) : postMortemMarkdown(facts));
  if (patch !== undefined) printError(writePatch(facts, runbooks, patch));
}

async function exported(incident: string): Promise<string> {
  const { bundleTextOf } = await import('../audit-export.ts');
  return bundleTextOf({ incident }, new Date());
}

/** None where there is no such folder: a draft needs none. */
async function runbooksIn(folder: string): Promise<Runbook[]> {
  const { reports } = await reportsOn([folder], null);
  return reports.flatMap(({ judged }) => judged?.draft.runbook ?? []);
}

/** Writes it, and nothing where there is nothing to suggest; says what was done. One that exists already is not written over. */
function writePatch(
  { incidentId, closedAt, runbook, lessons }: PostMortem,
  known: readonly Runbook[],
  file: string,
): string {
  const none = (why: string) => `${pc.yellow('!')} no patch is written: ${why}`;
  if (runbook === null || lessons.length === 0) return none('the incident says nothing that the runbook could take up');
  const own = known.find(({ id }) => id === runbook.id);
  if (!own) return none(`the runbook ${runbook.id} is not in the folder; name it with --runbooks DIR`);
  const before = readFileSync(own.file, 'utf8');
  if (sha256(before) !== runbook.digest)
    return none(
      `${own.file} is not as it was then: what is suggested may have been mended, and its steps may be others`,
    );
  const day = (closedAt ?? '').slice(0, 10);
  const notes = lessons.map(({ step, text }) => ({ step, text: `${day}, ${incidentId}: ${text}.` }));
  const after = withNotes(before, own, notes);
  const mended = readRunbook(after, own.file);
  if (!mended.runbook || !isSame(mended.runbook, own))
    return none(`${own.file} would be another runbook with the notes in it; copy them from the draft`);
  const path = relative(process.cwd(), own.file);
  const [, ...patch] = createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after).split('\n');
  writeFileSync(file, patch.join('\n'), { flag: 'wx' });
  return `${pc.green('✓')} ${file}: ${notes.length} notes for ${path}; look at it, then: git apply ${file}`;
}

/** Whether notes are all that differs: no script, value, target or risk is another. */
function isSame(a: Runbook, b: Runbook): boolean {
  const scripts = ({ steps, ...rest }: Runbook) => ({
    ...rest,
    ifAlarmStays: '',
    digest: '',
    steps: steps.map(({ prose: _, line: __, command, dryRun, observe, rollback, verify, ...step }) => ({
      ...step,
      scripts: [command, dryRun, observe, rollback, verify].map((script) => script?.text ?? null),
    })),
  });
  return JSON.stringify(scripts(a)) === JSON.stringify(scripts(b));
}
