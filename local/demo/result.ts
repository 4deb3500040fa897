/** What a demo came to, from the audit chain and from what the managed node really got. */
import { loadReparse } from '../../adapters/tree-sitter/reparse.ts';
import type { ReadEntry } from '../../core/audit/chain.ts';
import type { ChainReport } from '../../core/audit/verify.ts';
import type { StoredOutput } from '../../core/derive/outcome.ts';
import { sameDispatch } from '../../core/dispatch.ts';
import { progressOf } from '../../core/incident/progress.ts';
import type { ShownOutputs } from '../../core/report/show.ts';
import { stepOutcome } from '../../core/report/summary.ts';
import { classify } from '../../core/risk/classify.ts';
import { epochOf } from '../../core/time.ts';
import { visible } from '../../core/visible.ts';
import type { IncidentStatus } from '../../core/words.ts';
import { grammars } from '../../package/assets.ts';
import type { SentCommand } from '../managed-node.ts';
import type { StoredMessage } from '../slack/emulated.ts';

/** Milliseconds per stage. */
export interface Stages {
  readonly start: number;
  readonly deploy: number;
  readonly alarm: number;
  readonly plan: number;
  readonly approve: number;
  readonly execute: number;
  readonly recover: number;
  readonly verify: number;
}

export interface DemoResult {
  readonly incidentId: string;
  readonly status: IncidentStatus | 'open';
  readonly mode: string;
  readonly runbook: string | null;
  readonly steps: readonly { n: number; risk: string; decision: string | null; outcome: string }[];
  /** Signed approvals, and signed rejections. */
  readonly approvals: number;
  readonly rejections: number;
  readonly commandsSent: number;
  readonly mutatingCommandsSent: number;
  /** Commands that ended, and those of them whose every line people could read in Slack, on a message or in a file below it. */
  readonly commandsFinished: number;
  readonly outputsShown: number;
  readonly auditEntries: number;
  readonly auditVerified: boolean;
  /** The path of the incident's bundle, and what verifying it without the account said. */
  readonly bundle: string;
  readonly bundleVerdict: 'clean' | 'broken' | 'cannot_tell';
  readonly stages: Stages;
}

/** How many of the commands the node got are above read_only, judged from their bytes and not from anybody's word. */
export async function countMutating(commands: readonly SentCommand[]): Promise<number> {
  const reparse = await loadReparse(grammars);
  return commands.filter(({ script }) => classify(script, { reparse }).level !== 'read_only').length;
}

/** How many commands ended, and of how many people were shown every line that they printed. */
export function countShown(
  entries: readonly ReadEntry[],
  outputs: ShownOutputs['outputs'],
  messages: readonly StoredMessage[],
): Pick<DemoResult, 'commandsFinished' | 'outputsShown'> {
  const read = messages.flatMap(textsOf).join('\n');
  const finished = entries.flatMap(({ event }) => (event?.kind === 'command_finished' ? [event] : []));
  const isShown = ({ dispatch, results }: (typeof finished)[number]) => {
    const stored = outputs.filter((row) => sameDispatch(row.dispatch, dispatch)).flatMap((row) => row.outputs);
    return results.every(({ target }) =>
      stored.some((output) => output.target === target && linesOf(output).every((line) => read.includes(line))),
    );
  };
  return { commandsFinished: finished.length, outputsShown: finished.filter(isShown).length };
}

function linesOf({ stdout, stderr }: StoredOutput): string[] {
  return visible(`${stdout}\n${stderr}`)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Every text of a message, of the files below it, and of its thread. */
function textsOf({ blocks, files, replies }: StoredMessage): string[] {
  return [...stringsOf(blocks), ...files.flatMap(({ content }) => stringsOf(content)), ...replies.flatMap(textsOf)];
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

/** The product's part of the result, folded from the chain. */
export function outcomeOf(entries: readonly ReadEntry[]) {
  const progress = progressOf(entries);
  return {
    status: progress.closed?.status ?? ('open' as const),
    mode: progress.planned?.mode ?? 'unknown',
    runbook: progress.planned?.runbook?.id ?? null,
    steps: (progress.planned?.steps ?? []).map(({ number, level }) => {
      const { decision, outcome } = stepOutcome(progress, entries, number);
      return { n: number, risk: level, decision, outcome };
    }),
    approvals: signed(entries, 'approve'),
    rejections: signed(entries, 'reject'),
    auditEntries: entries.length,
  };
}

const signed = (entries: readonly ReadEntry[], word: 'approve' | 'reject') =>
  entries.filter(({ event }) => event?.kind === 'vote_signed' && event.word === word).length;

/** Whole and closed. Where nobody signed anything, a chain that was written anew as a whole cannot be told from it: that alone may be left open. */
export function isVerified(report: ChainReport, entries: readonly ReadEntry[]): boolean {
  const isSigned = entries.some(({ kind }) => kind === 'vote_signed');
  const isProven = report.verdict === 'whole' || (!isSigned && report.cannotTell.length === 1);
  return report.closed && report.problems.length === 0 && isProven;
}

type Spans = Pick<Stages, 'plan' | 'approve' | 'execute' | 'recover'>;

/** Milliseconds of planning, waiting for people, executing and recovering, from the entries' own times. */
export function spansOf(entries: readonly ReadEntry[]): Spans {
  const at = (entry: ReadEntry | undefined) => (entry ? epochOf(entry.at) : 0);
  const between = (from: string, to: string) => {
    let sum = 0;
    let open: ReadEntry | undefined;
    for (const entry of entries) {
      if (entry.kind === from) open ??= entry;
      else if (open && entry.kind === to) {
        sum += at(entry) - at(open);
        open = undefined;
      }
    }
    return sum;
  };
  const last = entries.findLast(({ kind }) => kind === 'command_finished');
  return {
    plan: between('incident_opened', 'planned'),
    approve: between('approval_requested', 'approval_settled'),
    execute: between('dispatch_intended', 'command_finished'),
    recover: last ? Math.max(0, at(entries.at(-1)) - at(last)) : 0,
  };
}

/** The process's exit code: 0 resolved, or dry_run where that was asked for; 2 rejected; 3 expired; 1 anything else. */
export function exitCodeOf(
  result: Pick<DemoResult, 'status' | 'auditVerified' | 'bundleVerdict'>,
  dryRun: boolean,
): number {
  if (!result.auditVerified || result.bundleVerdict !== 'clean') return 1;
  if (result.status === (dryRun ? 'dry_run' : 'resolved')) return 0;
  return { rejected: 2, expired: 3 }[String(result.status)] ?? 1;
}

/** `1 signed approval, 1 signed rejection`. */
export function votesInWords({ approvals, rejections }: Pick<DemoResult, 'approvals' | 'rejections'>): string {
  const counted = (count: number, what: string) => `${count} signed ${what}${count === 1 ? '' : 's'}`;
  const said = [approvals > 0 && counted(approvals, 'approval'), rejections > 0 && counted(rejections, 'rejection')];
  return said.filter(Boolean).join(', ') || 'nobody signed anything';
}
