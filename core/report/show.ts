/** What people see of a request that is decided, and of what ran. */

import type { StoredOutput } from '../derive/outcome.ts';
import { sha256 } from '../digest.ts';
import type { Dispatch } from '../dispatch.ts';
import { findDispatch, type Progress } from '../incident/progress.ts';
import type { HostOutput } from '../slack/parts.ts';
import type { Person } from '../slack/rich.ts';
import type { Part } from '../words.ts';

/** Texts from the work table: shown to people only where the audit's hashes say that they are the ones that SSM gave. */
export interface ShownOutputs {
  readonly evidence: readonly { readonly label: string; readonly text: string }[];
  readonly outputs: readonly { readonly dispatch: Dispatch; readonly outputs: readonly StoredOutput[] }[];
}

/** The outputs of a step's part on its hosts; a text whose hash is not in the audit chain is left out. */
export function outputsOf(progress: Progress, shown: ShownOutputs, step: number, part: Part): HostOutput[] {
  const known = progress.dispatches.filter(({ dispatch }) => dispatch.step === step && dispatch.part === part).at(-1);
  if (!known?.finished) return [];
  const texts = shown.outputs.find(({ dispatch }) => dispatch.step === step && dispatch.part === part)?.outputs ?? [];
  return known.finished.results.flatMap(({ target, exitCode, stdoutHash, stderrHash }) => {
    const text = texts.find((output) => output.target === target);
    if (!text || sha256(text.stdout) !== stdoutHash || sha256(text.stderr) !== stderrHash) return [];
    const code = exitCode === 0 ? [] : [`(exit code ${exitCode})`];
    return [
      { host: target, text: [text.stdout, text.stderr, ...code].filter((piece) => piece.trim() !== '').join('\n') },
    ];
  });
}

/** A person known by Slack's id. */
export function slackPerson({ id, name }: { id: string; name: string }): Person {
  return { slackId: id, name };
}

/** Whether a dispatch was answered by people, for reports. */
export function votersOf(progress: Progress, dispatch: Dispatch): readonly Person[] {
  return (findDispatch(progress, dispatch)?.intended?.approvedBy ?? []).map(slackPerson);
}
