/** What people see of what ran: texts from the work table, as far as the audit's hashes say that they are the true ones. */

import { type Evidence, evidenceDigest } from '../alarm/evidence.ts';
import type { StoredOutput } from '../derive/outcome.ts';
import { sha256 } from '../digest.ts';
import { type Dispatch, sameDispatch } from '../dispatch.ts';
import type { Progress } from '../incident/progress.ts';
import type { HostOutput } from '../slack/parts.ts';
import type { Person } from '../slack/rich.ts';
import type { Part } from '../words.ts';
import { inOrder } from './words.ts';

/** Texts from the work table: shown to people only where the audit's hashes say that they are the ones that SSM gave. */
export interface ShownOutputs {
  readonly evidence: readonly Evidence[];
  readonly outputs: readonly { readonly dispatch: Dispatch; readonly outputs: readonly StoredOutput[] }[];
}

/** The most bytes (UTF-8) that are stored of one stream of one host: two of them stay far below DynamoDB's 400 KB an item. */
export const longestStream = 150_000;

/**
 * The output as it may be stored, each stream cut to `longestStream` bytes with a note of what is missing. The audit holds
 * the hashes of exactly these texts. Idempotent.
 */
export function storable(output: StoredOutput): StoredOutput {
  return { ...output, stdout: cut(output.stdout), stderr: cut(output.stderr) };
}

function cut(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= longestStream) return text;
  const room = longestStream - 60;
  // A character that the cut goes through becomes U+FFFD; it is dropped.
  const kept = bytes
    .subarray(0, room)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  return `${kept}… cut here: ${bytes.length - Buffer.byteLength(kept)} more bytes`;
}

/**
 * The outputs of a step's part on its hosts, of all waves of its newest attempt; a text whose hash is not in the
 * audit chain is left out.
 */
export function outputsOf(progress: Progress, shown: ShownOutputs, step: number, part: Part): HostOutput[] {
  const ofPart = progress.dispatches.filter(({ dispatch }) => dispatch.step === step && dispatch.part === part);
  const newest = Math.max(...ofPart.map(({ dispatch }) => dispatch.attempt));
  return inOrder(ofPart)
    .filter(({ dispatch }) => dispatch.attempt === newest)
    .flatMap(({ dispatch, finished }) =>
      (finished?.results ?? []).flatMap(({ target, exitCode, stdoutHash, stderrHash }) => {
        const text = shown.outputs
          .filter((row) => sameDispatch(row.dispatch, dispatch))
          .flatMap(({ outputs }) => outputs)
          .find(
            (output) =>
              output.target === target && sha256(output.stdout) === stdoutHash && sha256(output.stderr) === stderrHash,
          );
        if (!text) return [];
        const code = exitCode === 0 ? [] : [`(exit code ${exitCode})`];
        return [
          { host: target, text: [text.stdout, text.stderr, ...code].filter((piece) => piece.trim() !== '').join('\n') },
        ];
      }),
    );
}

/** The evidence that the plan names by its digest, label and text, in the plan's order. */
export function evidenceOf({ planned }: Progress, shown: ShownOutputs): ShownOutputs['evidence'] {
  return (planned?.evidence ?? []).flatMap(
    (named) => shown.evidence.find((one) => evidenceDigest(one) === named) ?? [],
  );
}

/** A person as Slack can name them: by the member id when they speak through Slack. */
export function slackPerson({ id, name, via = 'slack' }: { id: string; name: string; via?: string }): Person {
  return { slackId: via === 'slack' ? id : null, name };
}
