/** What a person did in Slack: the form body of an interactivity request becomes an answer, a wish for a modal, or `other`. */
import * as z from 'zod';
import type { Origin } from '../approval/member.ts';
import { IncidentId } from '../dispatch.ts';
import { isOlderReference, parseReference } from '../reference.ts';
import { isShortCode } from '../short-code.ts';
import {
  actionIds,
  ButtonMore,
  codeInput,
  hostsInput,
  ModalMemory,
  type ModalWord,
  modalWords,
  nameOfBlock,
  ownPrefix,
  reasonInput,
  valueAction,
  wordOfAction,
  wordOfCallback,
} from './controls.ts';
import { displayedDigest, hostsOnCard } from './displayed.ts';

/** Names of people are never taken from Slack. */
interface SaidInSlack {
  /** What was answered, such as `approve`; not checked here, so that `decide` can say why a word is not taken. */
  readonly word: string;
  /** A well-formed reference (core/reference.ts), of this release or of the first; with `retry` on a closed incident and `stop` an incident's id, with `resume` the number of a stop. */
  readonly reference: string;
  /** Slack's member id. */
  readonly userId: string;
  /** Where the click was, also the one that opened the modal; null on a modal of the release before this one. */
  readonly channel: string | null;
  readonly messageTs: string | null;
  /** Through which app and in which workspace it was said. */
  readonly origin: Origin;
  /** What the card showed when its button was clicked (core/slack/displayed.ts); null when that was no card of ours. */
  readonly displayed: string | null;
}

/** An answer, complete: of a click, or of a submitted modal. */
export interface Act extends SaidInSlack {
  readonly kind: 'answer';
  /** Of a click, which each has its own; null on a submitted modal. */
  readonly triggerId: string | null;
  /** What the person typed; null where nothing was asked. */
  readonly reason: string | null;
  readonly code: string | null;
  /** The runbook that the modal named, and what was typed for its parameters. */
  readonly runbook: string | null;
  readonly parameters: Readonly<Record<string, string>> | null;
  /** The hosts that are to be left. */
  readonly targets: readonly string[] | null;
  /** The place of the alternative, from 1. */
  readonly choice: number | null;
}

/** A click that wants a modal first. */
export interface Opening extends SaidInSlack {
  readonly kind: 'opens';
  readonly word: ModalWord;
  /** Opens a modal within 3 s, once. */
  readonly triggerId: string;
  /** What the clicked card says, for the modal to say again; decides nothing. */
  readonly about: CardWords | null;
  readonly more: ButtonMore | null;
}

/** The headline of a card, the command on it (null where it has none), and its hosts by id with their names. */
export interface CardWords {
  readonly headline: string;
  readonly command: string | null;
  readonly hosts: readonly { readonly id: string; readonly text: string }[];
}

/** `incomplete`: a modal of ours was sent in a way that it asks again for; errors by the block of the input. */
export type Interaction =
  | Act
  | Opening
  | { readonly kind: 'incomplete'; readonly errors: Readonly<Record<string, string>> }
  | { readonly kind: 'other' };

/** The body is not what Slack sends, or one of our own controls carries what we never put there. */
export class InteractionError extends Error {
  override readonly name = 'InteractionError';
}

const User = z.looseObject({ id: z.string().regex(/^[UW][A-Z0-9]{1,31}$/) });

/** Both are in every payload; what is missing matches nothing that is on record. */
const origin = () => ({
  api_app_id: z.string().optional(),
  team: z.looseObject({ id: z.string() }).nullish(),
});

function originOf({ api_app_id, team }: { api_app_id?: string | undefined; team?: { id: string } | null | undefined }) {
  return { appId: api_app_id ?? null, team: team?.id ?? null };
}

const Click = z.lazy(() =>
  z.looseObject({
    ...origin(),
    user: User,
    trigger_id: z.string().min(1),
    channel: z.looseObject({ id: z.string().min(1) }),
    message: z.looseObject({ ts: z.string().min(1), blocks: z.array(z.unknown()).catch([]) }),
    actions: z.tuple([
      z.looseObject({
        action_id: z.string().regex(/^countersign\.[a-z_]{1,40}[0-9]{0,2}$/),
        value: z.string().max(2000),
      }),
    ]),
  }),
);

/** A text that was typed, or options that were chosen. */
const Input = z.lazy(() =>
  z.looseObject({
    value: z.string().max(3000).nullable().optional(),
    selected_options: z
      .array(z.looseObject({ value: z.string().max(150) }))
      .max(100)
      .optional(),
  }),
);
type Inputs = Readonly<Record<string, Readonly<Record<string, z.infer<typeof Input>>>>>;

const Submission = z.lazy(() =>
  z.looseObject({
    ...origin(),
    user: User,
    view: z.looseObject({
      private_metadata: z.string().max(3000),
      state: z.looseObject({ values: z.record(z.string(), z.record(z.string(), Input)) }),
    }),
  }),
);

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
  const word = envelope.type === 'view_submission' ? wordOfCallback(envelope.view?.callback_id) : null;
  if (word !== null) return submission(payload, word);
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

/** A click on a dead card opens no modal: it goes to `decide`, which says what to do instead. */
function click(payload: unknown): Act | Opening {
  const { user, trigger_id, channel, message, actions, ...from } = check(Click, payload);
  const [{ action_id, value }] = actions;
  const [reference = '', extra = null] = splitOnce(value);
  if (action_id === actionIds.retry || action_id === actionIds.stop) checkedIncident(value);
  else if (action_id === actionIds.resume) checkedNumber(value);
  else checkedReference(reference);
  const spoken = {
    word: wordOfAction(action_id),
    reference,
    userId: user.id,
    origin: originOf(from),
    channel: channel.id,
    messageTs: message.ts,
    displayed: displayedDigest(message.blocks),
  };
  if (Object.hasOwn(modalWords, action_id) && !isOlderReference(reference)) {
    const more = extra === null ? null : buttonMore(extra);
    const word = modalWords[action_id as keyof typeof modalWords];
    return { ...spoken, kind: 'opens', word, triggerId: trigger_id, about: wordsOf(message.blocks), more };
  }
  const choice = extra === null ? null : placeOf(extra);
  return { ...spoken, ...nothingTyped, kind: 'answer', triggerId: trigger_id, choice };
}

const nothingTyped = {
  reason: null,
  code: null,
  runbook: null,
  parameters: null,
  targets: null,
  choice: null,
} as const;

/** What stands before the first blank, and what behind it. */
function splitOnce(value: string): string[] {
  const place = value.indexOf(' ');
  return place < 0 ? [value] : [value.slice(0, place), value.slice(place + 1)];
}

function placeOf(text: string): number {
  if (/^[1-9][0-9]?$/.test(text)) return Number(text);
  throw new InteractionError('A Countersign button carries more than the question that it is about.');
}

function buttonMore(text: string): ButtonMore {
  try {
    return ButtonMore.parse(JSON.parse(text));
  } catch (cause) {
    throw new InteractionError('A Countersign button carries values in a form that we never give them.', { cause });
  }
}

const Header = z.lazy(() => z.looseObject({ type: z.literal('header'), text: z.looseObject({ text: z.string() }) }));
const Preformatted = z.lazy(() =>
  z.looseObject({
    type: z.literal('rich_text_preformatted'),
    elements: z.tuple([z.looseObject({ text: z.string() })]),
  }),
);
const Rich = z.lazy(() => z.looseObject({ type: z.literal('rich_text'), elements: z.array(z.unknown()) }));

/** The first headline and the first literal text among the blocks. */
function wordsOf(blocks: readonly unknown[]): CardWords | null {
  const header = blocks.map((block) => Header.safeParse(block).data).find((found) => found !== undefined);
  if (!header) return null;
  const parts = blocks.flatMap((block) => Rich.safeParse(block).data?.elements ?? []);
  const literal = parts.map((part) => Preformatted.safeParse(part).data).find((found) => found !== undefined);
  const command = literal?.elements[0].text;
  const headline = asSent(header.text.text);
  return { headline, command: command === undefined ? null : asSent(command), hosts: hostsOnCard(blocks) };
}

/** Slack mostly hands `&`, `<` and `>` back as entities (slackapi/bolt-python #513); a text that holds one of them plainly was not changed. */
function asSent(text: string): string {
  if (/[<>]|&(?!(?:amp|lt|gt);)/.test(text)) return text;
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function submission(payload: unknown, word: ModalWord): Interaction {
  const { user, view, ...from } = check(Submission, payload);
  const { runbook, ...memory } = memoryOf(view.private_metadata);
  const { values } = view.state;
  const spoken = { ...memory, word, userId: user.id, origin: originOf(from) };
  const typed = typedIn(values);
  const errors = typingErrors(word, memory.reference, typed);
  if (errors !== null) return { kind: 'incomplete', errors };
  return { ...spoken, ...typed, kind: 'answer', triggerId: null, runbook, choice: null };
}

/** A modal of the release before this one keeps the reference alone. */
function memoryOf(text: string): ModalMemory {
  const nothing = { displayed: null, channel: null, messageTs: null, runbook: null };
  if (!text.startsWith('{')) return { ...nothing, reference: checkedReference(text) };
  try {
    const memory = ModalMemory.parse(JSON.parse(text));
    checkedReference(memory.reference);
    return memory;
  } catch (cause) {
    throw new InteractionError('A Countersign modal keeps what we never gave it.', { cause });
  }
}

type Typed = Pick<Act, 'reason' | 'code' | 'parameters' | 'targets'>;

function typedIn(values: Inputs): Typed {
  const text = ({ blockId, actionId }: { blockId: string; actionId: string }) =>
    values[blockId]?.[actionId] === undefined ? null : (values[blockId]?.[actionId]?.value?.trim() ?? '');
  const given = Object.keys(values).flatMap((blockId) => {
    const name = nameOfBlock(blockId);
    return name === null ? [] : [[name, text({ blockId, actionId: valueAction }) ?? ''] as const];
  });
  const chosen = values[hostsInput.blockId]?.[hostsInput.actionId]?.selected_options;
  return {
    reason: text(reasonInput),
    code: text(codeInput),
    parameters: given.length === 0 ? null : Object.fromEntries(given),
    targets: chosen === undefined ? null : chosen.map(({ value }) => value).toSorted(),
  };
}

/** What a person is asked for again at once, while the modal is still open; null when it is complete. */
function typingErrors(word: ModalWord, reference: string, typed: Typed): Readonly<Record<string, string>> | null {
  if (word === 'reject' && !typed.reason)
    return { [reasonInput.blockId]: 'Say why, in a word or two: the next one reads it.' };
  if (word === 'approve' && !isOlderReference(reference)) {
    const { incidentId } = parseReference(reference);
    if (!isShortCode(incidentId, typed.code ?? ''))
      return {
        [codeInput.blockId]: 'That is not the code of this incident. It stands on the card, above the buttons.',
      };
  }
  if (word === 'narrow' && (typed.targets ?? []).length === 0)
    return { [hostsInput.blockId]: 'Leave at least one host, or close this and press Skip.' };
  return null;
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
