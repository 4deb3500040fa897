/** What a person did in Slack: the form body of an interactivity request becomes one of three acts, or `other`. */
import * as z from 'zod';
import { parseReference } from '../reference.ts';

/** The names by which Slack tells us which of our buttons and modals was used. */
export const actionIds = { approve: 'countersign.approve', reject: 'countersign.reject' } as const;
export const rejectCallbackId = 'countersign.reject';
export const reasonInput = { blockId: 'countersign.reason', actionId: 'text' } as const;

/** The longest body we look at, in characters: Slack repeats the whole message in it (≤ 50 blocks). */
const maximumBody = 512 * 1024;

export interface Act {
  readonly kind: 'approve' | 'reject_clicked' | 'reject_submitted';
  /** A well-formed reference (core/approval/reference.ts). */
  readonly requestRef: string;
  readonly user: { readonly id: string; readonly name: string };
  /** Opens a modal within 3 s, once; null on a submitted modal. */
  readonly triggerId: string | null;
  /** What the person typed into the modal; null on a click. */
  readonly reason: string | null;
  readonly channel: string | null;
  readonly messageTs: string | null;
}
export type Interaction = Act | { readonly kind: 'other' };

/** The body is not what Slack sends, or one of our own controls carries what we never put there. */
export class InteractionError extends Error {
  override readonly name = 'InteractionError';
}

const User = z
  .looseObject({
    id: z.string().regex(/^[UW][A-Z0-9]{1,31}$/),
    name: z.string().optional(),
    username: z.string().optional(),
  })
  .transform(({ id, name, username }) => ({ id, name: name ?? username ?? id }));

const Click = z.looseObject({
  user: User,
  trigger_id: z.string().min(1),
  channel: z.looseObject({ id: z.string().min(1) }),
  message: z.looseObject({ ts: z.string().min(1) }),
  actions: z.tuple([z.looseObject({ action_id: z.string(), value: z.string() })]),
});

const Submission = z.looseObject({
  user: User,
  view: z.looseObject({
    private_metadata: z.string(),
    state: z.looseObject({
      values: z.looseObject({
        [reasonInput.blockId]: z.looseObject({
          [reasonInput.actionId]: z.looseObject({ value: z.string().max(3000) }),
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
  if (envelope.type === 'block_actions' && actions.includes(actionIds.approve)) return click('approve', payload);
  if (envelope.type === 'block_actions' && actions.includes(actionIds.reject)) return click('reject_clicked', payload);
  return { kind: 'other' };
}

function parsePayload(rawBody: string): unknown {
  if (rawBody.length > maximumBody)
    throw new InteractionError(`The body has ${rawBody.length} characters; at most ${maximumBody} are read.`);
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

function click(kind: 'approve' | 'reject_clicked', payload: unknown): Act {
  const { user, trigger_id, channel, message, actions } = check(Click, payload);
  const requestRef = reference(actions[0].value);
  return { kind, requestRef, user, triggerId: trigger_id, reason: null, channel: channel.id, messageTs: message.ts };
}

function submission(payload: unknown): Act {
  const { user, view } = check(Submission, payload);
  const requestRef = reference(view.private_metadata);
  const reason = view.state.values[reasonInput.blockId][reasonInput.actionId].value.trim();
  if (reason === '') throw new InteractionError('The rejection has no reason; the modal requires one.');
  return { kind: 'reject_submitted', requestRef, user, triggerId: null, reason, channel: null, messageTs: null };
}

function reference(text: string): string {
  try {
    parseReference(text);
    return text;
  } catch (cause) {
    throw new InteractionError('A Countersign button or modal carries no valid request reference.', { cause });
  }
}

function check<T>(schema: z.ZodType<T>, payload: unknown): T {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  throw new InteractionError(`The payload is not what Slack sends: ${z.prettifyError(parsed.error)}`);
}
