/** What people see of what ran: texts from the work table, as far as the audit's hashes say that they are the true ones. */

import { type Evidence, evidenceDigest } from '../alarm/evidence.ts';
import { cutMark, type StoredOutput } from '../derive/outcome.ts';
import { sha256 } from '../digest.ts';
import { type Dispatch, sameDispatch } from '../dispatch.ts';
import type { DispatchProgress, Progress } from '../incident/progress.ts';
import type { Part } from '../words.ts';
import type { Person } from './person.ts';
import type { HostOutput } from './printed.ts';
import { fateOf, inOrder } from './words.ts';

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
  return `${kept}${cutMark}: ${bytes.length - Buffer.byteLength(kept)} more bytes`;
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
    .flatMap((known) => resultsOf(known, shown))
    .flatMap(({ text, result }) => (text ? [printedOn(result, text)] : []));
}

/** The parts of a step whose outputs stand for themselves; the others are shown beside a change. */
const ownParts: readonly Part[] = ['run', 'verify', 'rollback'];

/** What one command of a step printed, on every host on which it ended. */
export interface Printed {
  readonly dispatch: Dispatch;
  /** What became of it, such as `ran` or `failed`. */
  readonly words: string;
  readonly outputs: readonly HostOutput[];
}

/**
 * What the steps' own commands, their checks and their ways back printed so far, the newest first. A text that is not
 * stored, or whose hash is not in the audit chain, is said to be missing: what was printed is never guessed.
 */
export function printedSoFar(progress: Progress, shown: ShownOutputs, parts: readonly Part[] = ownParts): Printed[] {
  return progress.dispatches
    .filter(({ dispatch, finished }) => parts.includes(dispatch.part) && finished !== null)
    .map((known) => ({
      dispatch: known.dispatch,
      words: fateOf([known], 'audit').words,
      outputs: resultsOf(known, shown).map(({ result, text }) =>
        text ? printedOn(result, text) : { host: result.target, text: notKept },
      ),
    }))
    .filter(({ outputs }) => outputs.length > 0)
    .toReversed();
}

/** `Step 3 (Largest directories) ran`; a way back, a later wave and a second attempt are named as such. */
export function printedTitle(
  { dispatch: { step, part, wave, attempt }, words }: Pick<Printed, 'dispatch' | 'words'>,
  steps: readonly { readonly number: number; readonly title: string }[],
): string {
  const title = steps.find(({ number }) => number === step)?.title;
  const more = [
    ...(title === undefined ? [] : [title]),
    ...(part === 'rollback' ? ['its way back'] : []),
    ...(part === 'verify' ? ['its check'] : []),
    ...(wave > 1 ? [`wave ${wave}`] : []),
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
  ];
  return `Step ${step}${more.length > 0 ? ` (${more.join(', ')})` : ''} ${words}`;
}

const notKept = '(what it printed is not kept, or is not what the audit names)';

type Result = NonNullable<DispatchProgress['finished']>['results'][number];

/** What the audit says of each host, and the text that it names; null where that is not stored. */
function resultsOf({ dispatch, finished }: DispatchProgress, shown: ShownOutputs) {
  const stored = shown.outputs.filter((row) => sameDispatch(row.dispatch, dispatch)).flatMap(({ outputs }) => outputs);
  return (finished?.results ?? []).map((result) => ({
    result,
    text:
      stored.find(
        ({ target, stdout, stderr }) =>
          target === result.target && sha256(stdout) === result.stdoutHash && sha256(stderr) === result.stderrHash,
      ) ?? null,
  }));
}

/** Of what failed the end counts: there its error and its exit code are. */
function printedOn({ target, exitCode }: Result, { stdout, stderr }: StoredOutput): HostOutput {
  const code = exitCode === 0 ? [] : [`(exit code ${exitCode})`];
  const text = [stdout, stderr, ...code].map((piece) => piece.trimEnd()).filter((piece) => piece.trim() !== '');
  return {
    host: target,
    text: text.join('\n'),
    ...(exitCode === 0 ? {} : { keep: 'end' as const }),
    ...(stdout.includes(cutMark) || stderr.includes(cutMark) ? { isPart: true as const } : {}),
  };
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
