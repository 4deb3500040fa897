/** What a person did in Slack: the form body of an interactivity request becomes an answer, a wish to give a reason, or `other`. */
import * as z from 'zod';
import { IncidentId } from '../dispatch.ts';
import { isOlderReference, parseReference } from '../reference.ts';

/** The names by which Slack tells us which of our buttons and modals was used: this and the word that is answered. */
const ownPrefix = 'countersign.';
export const actionIds = {
  approve: 'countersign.approve',
  reject: 'countersign.reject',
  ack: 'countersign.ack',
  retry: 'countersign.retry',
  stop: 'countersign.stop',
  resume: 'countersign.resume',
} as const;
export const rejectCallbackId = 'countersign.reject';
export const reasonInput = { blockId: 'countersign.reason', actionId: 'text' } as const;

/** `asks_why`: a rejection was begun, and wants the modal that asks why. Names of people are never taken from Slack. */
export interface Act {
  readonly kind: 'answer' | 'asks_why';
  /** What was answered, such as `approve`; not checked here, so that `decide` can say why a word is not taken. */
  readonly word: string;
  /** A well-formed reference (core/reference.ts), of this release or of the first; with `retry` and `stop` an incident's id, with `resume` the number of a stop. */
  readonly reference: string;
  /** Slack's member id. */
  readonly userId: string;
  /** Opens a modal within 3 s, once; null on a submitted modal. */
  readonly triggerId: string | null;
  /** What the person typed into the modal; null on a click. */
  readonly reason: string | null;
  /** Where the click was; null on a submitted modal. */
  readonly channel: string | null;
  /** What the clicked card says, for a modal to say again; decides nothing. */
  readonly about: CardWords | null;
}

/** The headline of a card, and the command on it; null where it has none. */
export interface CardWords {
  readonly headline: string;
  readonly command: string | null;
}

/** `incomplete`: a modal of ours was sent in a way that it asks again for; errors by the block of the input. */
export type Interaction =
  | Act
  | { readonly kind: 'incomplete'; readonly errors: Readonly<Record<string, string>> }
  | { readonly kind: 'other' };

/** The body is not what Slack sends, or one of our own controls carries what we never put there. */
export class InteractionError extends Error {
  override readonly name = 'InteractionError';
}

const User = z.looseObject({ id: z.string().regex(/^[UW][A-Z0-9]{1,31}$/) });

const Click = z.looseObject({
  user: User,
  trigger_id: z.string().min(1),
  channel: z.looseObject({ id: z.string().min(1) }),
  message: z.looseObject({ ts: z.string().min(1), blocks: z.array(z.unknown()).catch([]) }),
  actions: z.tuple([z.looseObject({ action_id: z.string().regex(/^countersign\.[a-z_]{1,40}$/), value: z.string() })]),
});

const Submission = z.looseObject({
  user: User,
  view: z.looseObject({
    private_metadata: z.string(),
    state: z.looseObject({
      values: z.looseObject({
        [reasonInput.blockId]: z.looseObject({
          [reasonInput.actionId]: z.looseObject({ value: z.string().max(3000).nullable() }),
        }),
      }),
    }),
  }),
});

/** Just enough of any payload to know whether it is ours. */
const Envelope = z.looseObject({
  type: z.string(),
  actions: z.array(z.looseObject({ action_id: z.string() })).optional(),
  view: z.looseObject({ callback_id: z.string().optional() }).optional(),
});

/**
 * Parses the raw form body (`payload=<JSON>`) of a request whose signature was verified.
 * What is well-formed but none of our controls is `other`. Throws InteractionError for everything malformed.
 */
export function parseInteraction(rawBody: string): Interaction {
  const payload = parsePayload(rawBody);
  const envelope = check(Envelope, payload);
  if (envelope.type === 'view_submission' && envelope.view?.callback_id === rejectCallbackId)
    return submission(payload);
  const actions = envelope.actions?.map((action) => action.action_id) ?? [];
  if (envelope.type === 'block_actions' && actions.some((id) => id.startsWith(ownPrefix))) return click(payload);
  return { kind: 'other' };
}

function parsePayload(rawBody: string): unknown {
  const payloads = new URLSearchParams(rawBody).getAll('payload');
  const [payload] = payloads;
  if (payload === undefined || payloads.length > 1) {
    throw new InteractionError(`The form body has ${payloads.length} fields named "payload"; Slack sends exactly one.`);
  }
  try {
    return JSON.parse(payload);
  } catch (cause) {
    throw new InteractionError('The form field "payload" is not JSON.', { cause });
  }
}

/** A click on a dead card asks for no reason: it goes to `decide`, which says what to do instead. */
function click(payload: unknown): Act {
  const { user, trigger_id, channel, message, actions } = check(Click, payload);
  const [{ action_id, value }] = actions;
  if (action_id === actionIds.retry || action_id === actionIds.stop) checkedIncident(value);
  else if (action_id === actionIds.resume) checkedNumber(value);
  else checkedReference(value);
  const asksWhy = action_id === actionIds.reject && !isOlderReference(value);
  return {
    kind: asksWhy ? 'asks_why' : 'answer',
    word: action_id.slice(ownPrefix.length),
    reference: value,
    userId: user.id,
    triggerId: trigger_id,
    reason: null,
    channel: channel.id,
    about: wordsOf(message.blocks),
  };
}

const Header = z.looseObject({ type: z.literal('header'), text: z.looseObject({ text: z.string() }) });
const Preformatted = z.looseObject({
  type: z.literal('rich_text_preformatted'),
  elements: z.tuple([z.looseObject({ text: z.string() })]),
});
const Rich = z.looseObject({ type: z.literal('rich_text'), elements: z.array(z.unknown()) });

/** The first headline and the first literal text among the blocks. */
function wordsOf(blocks: readonly unknown[]): CardWords | null {
  const header = blocks.map((block) => Header.safeParse(block).data).find((found) => found !== undefined);
  if (!header) return null;
  const parts = blocks.flatMap((block) => Rich.safeParse(block).data?.elements ?? []);
  const literal = parts.map((part) => Preformatted.safeParse(part).data).find((found) => found !== undefined);
  const command = literal?.elements[0].text;
  return { headline: asSent(header.text.text), command: command === undefined ? null : asSent(command) };
}

/** Slack mostly hands `&`, `<` and `>` back as entities (slackapi/bolt-python #513); a text that holds one of them plainly was not changed. */
function asSent(text: string): string {
  if (/[<>]|&(?!(?:amp|lt|gt);)/.test(text)) return text;
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function submission(payload: unknown): Interaction {
  const { user, view } = check(Submission, payload);
  const reference = checkedReference(view.private_metadata);
  const reason = view.state.values[reasonInput.blockId][reasonInput.actionId].value?.trim() ?? '';
  if (reason === '')
    return {
      kind: 'incomplete',
      errors: { [reasonInput.blockId]: 'Say why, in a word or two: the next one reads it.' },
    };
  const act = { kind: 'answer' as const, word: 'reject', reference, userId: user.id, reason };
  return { ...act, triggerId: null, channel: null, about: null };
}

function checkedIncident(text: string): void {
  if (!IncidentId.safeParse(text).success) throw new InteractionError('A Countersign button carries no incident.');
}

function checkedNumber(text: string): void {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InteractionError('A Countersign button that resumes carries no number of a stop.');
}

function checkedReference(text: string): string {
  if (isOlderReference(text)) return text;
  try {
    parseReference(text);
    return text;
  } catch (cause) {
    throw new InteractionError('A Countersign button or modal carries no valid question reference.', { cause });
  }
}

function check<T>(schema: z.ZodType<T>, payload: unknown): T {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  throw new InteractionError(`The payload is not what Slack sends: ${z.prettifyError(parsed.error)}`);
}
