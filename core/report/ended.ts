/** How commands ended, from Systems Manager's own answers: what `poll` writes down, and what people are told where the chain says otherwise. */
import type { EventOf } from '../audit/entry.ts';
import { combinedOutcome, explained, hostOutcome, type Invocation, type StoredOutput } from '../derive/outcome.ts';
import { sha256 } from '../digest.ts';
import { type Dispatch, dispatchName } from '../dispatch.ts';
import { type DispatchProgress, isMutation, type Progress } from '../incident/progress.ts';
import { type Redaction, redaction } from '../redact.ts';
import type { DispatchOutcome } from '../words.ts';
import { storable } from './show.ts';

/** The end of a command as the chain keeps it, and the texts that its hashes name. A host that still runs is not known. */
export function endOf(
  dispatch: Dispatch,
  outcome: DispatchOutcome,
  invocations: readonly Invocation[],
): { event: EventOf<'command_finished'>; outputs: StoredOutput[] } {
  const read = invocations.map((invocation) => {
    const { stdout, stderr } = explained(invocation);
    return { invocation, stdout: redaction(stdout), stderr: redaction(stderr) };
  });
  const outputs = read.map(({ invocation: { target, exitCode }, stdout, stderr }) =>
    storable({ target, exitCode, stdout: stdout.text, stderr: stderr.text }),
  );
  const results = read.map(({ invocation, stdout, stderr }, index) => {
    const host = hostOutcome(invocation);
    const redacted = counted(stdout, stderr);
    return {
      target: invocation.target,
      status: invocation.status,
      exitCode: invocation.exitCode,
      stdoutHash: sha256(outputs[index]?.stdout ?? ''),
      stderrHash: sha256(outputs[index]?.stderr ?? ''),
      outcome: host === 'running' ? ('unknown' as const) : host,
      ...(Object.keys(redacted).length > 0 ? { redacted } : {}),
    };
  });
  return { event: { kind: 'command_finished', dispatch, outcome, results }, outputs };
}

/** How many secrets of each kind were taken out of all of these. */
function counted(...redactions: readonly Redaction[]): Record<string, number> {
  const all = redactions.flatMap(({ found }) => Object.entries(found));
  const kinds = Map.groupBy(all, ([kind]) => kind);
  return Object.fromEntries([...kinds].map(([kind, some]) => [kind, some.reduce((sum, [, count]) => sum + count, 0)]));
}

/** What Systems Manager says of a burnt command on each of its hosts; null = it knows no such command. */
export type Look = readonly Invocation[] | null;

const noScript = sha256('');

/**
 * The changes of which Systems Manager is asked. A manual step was never sent; what the first release burnt is not found
 * by the comment that this one gives.
 */
export function changesToLookAt(progress: Progress): DispatchProgress[] {
  return progress.dispatches.filter(
    (known) => isMutation(known) && known.burn?.scriptHash !== noScript && known.burn?.planDigest !== null,
  );
}

/**
 * The progress as people are told of it: how a change ended is Systems Manager's word, where it gave one. Ten functions may
 * write the chain's. `looks` are by the name of the dispatch; what is not in it is told as the chain says.
 */
export function asLookedAt(progress: Progress, looks: ReadonlyMap<string, Look>): Progress {
  const dispatches = progress.dispatches.map((known) => {
    const look = looks.get(dispatchName(known.dispatch));
    return look === undefined ? known : { ...known, finished: endToTell(known, look) };
  });
  return { ...progress, dispatches };
}

function endToTell({ dispatch, sent, finished }: DispatchProgress, look: Look): DispatchProgress['finished'] {
  if (look !== null) {
    const outcome = combinedOutcome(look);
    return endOf(dispatch, outcome === 'running' ? 'unknown' : outcome, look).event;
  }
  // That it was never sent is what both say; that it was, or ended somehow, only the chain does.
  const isAgreed = finished?.outcome === 'not_started' && !sent?.commandId;
  if (finished === null || isAgreed) return finished;
  return { kind: 'command_finished', dispatch, outcome: 'unknown', results: [] };
}
