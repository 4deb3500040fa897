/** `countersign replay --policy`: what another policy, or other runbooks, would have decided about the commands of past incidents. */
import { readFileSync } from 'node:fs';
import { loadReparse } from '../adapters/tree-sitter/reparse.ts';
import type { Section } from '../core/audit/bundle.ts';
import { parsePolicy } from '../core/policy/parse.ts';
import { compileRunbooks } from '../core/runbook/compile.ts';
import type { Runbook } from '../core/runbook/runbook.ts';
import { type Decided, type Redecided, redecide } from '../core/use-cases/redecide.ts';
import { grammars } from '../package/assets.ts';
import { incidentsOf, textsIn } from './bundle-chains.ts';
import { colours as pc } from './colours.ts';
import { readText } from './read-text.ts';
import { runbookFiles } from './runbook-files.ts';
import { oneLine, partOf } from './timeline.ts';

export interface PolicyReplayOptions {
  readonly policy: string;
  readonly runbooks?: string;
}

/** Re-decides every command of a bundle's incidents. Texts of runbooks come from the bundle, or from a folder. */
export async function redecided(lines: readonly string[], options: PolicyReplayOptions): Promise<Redecided[]> {
  const policy = parsePolicy(await readText(options.policy, 'a policy file, such as countersign.yaml'), options.policy);
  const runbookOf = options.runbooks === undefined ? fromBundle(lines) : await fromFolder(options.runbooks);
  const tools = { reparse: await loadReparse(grammars) };
  const how = { policy, tools, runbookOf, isOther: options.runbooks !== undefined };
  const sections = sectionsIn(lines);
  return [...incidentsOf(lines)].flatMap(({ id, entries }) => {
    const { burns = null, byFirstRelease = [] } = sections.get(id) ?? {};
    return redecide(id, entries, burns && { burns, byFirstRelease }, how);
  });
}

function sectionsIn(lines: readonly string[]): Map<string, Section> {
  const sections = lines
    .filter((line) => line.startsWith('{"record":"chain"'))
    .map((line) => JSON.parse(line) as Section);
  return new Map(sections.map((section) => [section.chain, section]));
}

/** The very runbook that was planned, by its digest: it was archived when it was deployed. */
function fromBundle(lines: readonly string[]): (id: string, digest: string) => Runbook | null {
  const texts = textsIn(lines);
  const known = new Map<string, Runbook | null>();
  return (id, digest) => {
    const text = texts.get(digest);
    if (text !== undefined && !known.has(digest))
      known.set(
        digest,
        compileRunbooks([{ file: `${id}.md`, text }]).find((runbook) => runbook.digest === digest) ?? null,
      );
    return known.get(digest) ?? null;
  };
}

async function fromFolder(folder: string): Promise<(id: string) => Runbook | null> {
  const { files } = await runbookFiles([folder]);
  const read = files.map(({ file }) => ({ file, text: readFileSync(file, 'utf8') }));
  const runbooks = compileRunbooks(read);
  return (id) => runbooks.find((runbook) => runbook.id === id) ?? null;
}

export function redecidedLines(all: readonly Redecided[]): string[] {
  const changed = all.filter(({ isSame }) => isSame === false);
  const untold = all.filter(({ isSame }) => isSame === null);
  const incidents = new Set(all.map(({ incident }) => incident));
  const lines = [...changed, ...untold].flatMap(linesOf);
  return [
    ...lines,
    `${all.length} commands of ${incidents.size} incidents: ${changed.length} would be decided otherwise, ${all.length - changed.length - untold.length} as they were, ${untold.length} cannot be told`,
  ];
}

function linesOf({ incident, dispatch, title, was, would, why }: Redecided): string[] {
  const head = oneLine(`${incident} ${partOf(dispatch)}${title === null ? '' : ` ${title}`}`);
  if (!would) return [`${pc.yellow('?')} ${head}: cannot tell: ${oneLine(why ?? '')}`];
  return [
    `${pc.cyan('≠')} ${head}: ${oneLine(words(was))} → ${oneLine(words(would))}`,
    ...would.reasons.map((reason) => `    ${oneLine(reason)}`),
  ];
}

function words({ decision, approvals }: Decided): string {
  if (decision === 'proceed') return 'unasked';
  if (decision === 'halt') return 'halted';
  if (!approvals) return 'asked';
  const { required, approvers } = approvals;
  return `asked for ${required === null ? '' : `${required} of `}${approvers.join(', ')}`;
}
