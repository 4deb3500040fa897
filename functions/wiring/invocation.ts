/** One invocation of a function: a line of the log says what came of it, and an AWS error that may pass is an answer. */
import { isRetryable } from '../../adapters/patience.ts';
import { logger } from '../../adapters/powertools/log.ts';
import type { Dispatch } from '../../core/dispatch.ts';

/** What an invocation is about, for the log. */
export interface About {
  readonly incidentId?: string;
  readonly dispatch?: Dispatch;
}

/** The work's answer, and one line of the log. What throws is logged by its name, and thrown on. */
export async function invocation<T extends object>(about: About, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    const answer = await work();
    note(about, began, wordsOf(answer));
    return answer;
  } catch (error) {
    note(about, began, { error: namesOf(error) });
    throw error;
  }
}

/** The same, for a state of the machine that can be asked again. */
export function invocationOrAgain<T extends object, A extends object>(
  about: About,
  again: A,
  work: () => Promise<T>,
): Promise<T | A> {
  return invocation<T | A>(about, () => orAgain(again, work));
}

/**
 * An error of AWS that may pass is answered, as `again`, with the names of its causes. It is no exception, since nothing was
 * begun that a second call would not find. The machine leads on and comes back.
 */
export async function orAgain<T extends object, A extends object>(again: A, work: () => Promise<T>): Promise<T | A> {
  try {
    return await work();
  } catch (error) {
    if (!isRetryable(error)) throw error;
    return { ...again, cause: namesOf(error) };
  }
}

/** Only the first invocation of a process pays for its start. */
let isCold = true;

function note({ incidentId, dispatch }: About, began: number, answer: object): void {
  const milliseconds = Math.round(performance.now() - began);
  const about = { ...(incidentId && { incidentId }), ...(dispatch && { dispatch }) };
  const line = { ...about, ...answer, milliseconds, coldStart: isCold };
  isCold = false;
  if ('error' in answer) logger.error('invocation', line);
  else logger.info('invocation', line);
}

/** The words of an answer: never a body of a response, an output or a text. */
function wordsOf(answer: object): object {
  const named = ['answer', 'decision', 'outcome', 'status', 'statusCode', 'cause'];
  const words = Object.entries(answer).filter(([key, value]) => named.includes(key) && value !== null);
  const { batchItemFailures: failures } = answer as { batchItemFailures?: readonly unknown[] };
  return { ...Object.fromEntries(words), ...(failures && { failed: failures.length }) };
}

/** Names only: a message of an SDK may quote what was sent, and an error may carry the whole answer. */
export function namesOf(error: unknown): string {
  const names: string[] = [];
  for (let at = error; at instanceof Error && names.length < 5; at = at.cause) names.push(at.name);
  return names.join(' < ') || 'unknown';
}
