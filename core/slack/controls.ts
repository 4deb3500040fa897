/** The names by which Slack tells us which of our buttons and modals was used, and what travels with them. */
import * as z from 'zod';

/** Of every button and modal of ours. */
export const ownPrefix = 'countersign.';

/** Buttons. Behind the prefix stands the word that a click answers, or that the modal which it opens will answer. */
export const actionIds = {
  approve: 'countersign.approve',
  /** Of what is destructive: the incident's short code is typed first. */
  approveTyped: 'countersign.approve_typed',
  confirm: 'countersign.confirm',
  reject: 'countersign.reject',
  skip: 'countersign.skip',
  /** Of a failed step: the card says what it does, and nothing is asked for. */
  skipFailed: 'countersign.skip_failed',
  modify: 'countersign.modify',
  narrow: 'countersign.narrow',
  input: 'countersign.input',
  choose: 'countersign.choose',
  revoke: 'countersign.revoke',
  continue: 'countersign.continue',
  /** Of the step that a failure question is about. */
  retryStep: 'countersign.retry_step',
  abort: 'countersign.abort',
  ack: 'countersign.ack',
  /** Of a closed incident. */
  retry: 'countersign.retry',
  stop: 'countersign.stop',
  resume: 'countersign.resume',
} as const;

/** Buttons that open a modal, and the word that its submission answers. */
export const modalWords = {
  [actionIds.approveTyped]: 'approve',
  [actionIds.confirm]: 'confirm',
  [actionIds.reject]: 'reject',
  [actionIds.skip]: 'skip',
  [actionIds.modify]: 'modify',
  [actionIds.narrow]: 'narrow',
  [actionIds.input]: 'input',
} as const;
export type ModalWord = (typeof modalWords)[keyof typeof modalWords];

/** The word that a button stands for, where it is not its own name. */
export function wordOfAction(actionId: string): string {
  if (Object.hasOwn(modalWords, actionId)) return modalWords[actionId as keyof typeof modalWords];
  if (actionId === actionIds.retryStep) return 'retry';
  if (actionId === actionIds.skipFailed) return 'skip';
  const name = actionId.slice(ownPrefix.length);
  return /^choose_[0-9]{1,2}$/.test(name) ? 'choose' : name;
}

export function callbackId(word: ModalWord): string {
  return `${ownPrefix}${word}`;
}

/** The word of a modal of ours; null for any other. */
export function wordOfCallback(id: string | undefined): ModalWord | null {
  const words: readonly ModalWord[] = Object.values(modalWords);
  return words.find((word) => callbackId(word) === id) ?? null;
}

export const reasonInput = { blockId: 'countersign.reason', actionId: 'text' } as const;
export const codeInput = { blockId: 'countersign.code', actionId: 'text' } as const;
export const hostsInput = { blockId: 'countersign.left', actionId: 'hosts' } as const;
export const valueAction = 'text';

/** The input of a parameter: names of parameters are short and of letters, digits and `_`. */
export function valueBlock(name: string): string {
  return `countersign.value.${name}`;
}

/** The parameter whose input this is; null for any other. */
export function nameOfBlock(blockId: string): string | null {
  const prefix = valueBlock('');
  return blockId.startsWith(prefix) ? blockId.slice(prefix.length) : null;
}

/** What a button brings beside its reference: the runbook whose parameters are changed, and the values they have. */
export const ButtonMore = z.lazy(() =>
  z.strictObject({ runbook: z.string().max(100), values: z.record(z.string(), z.string()) }),
);
export type ButtonMore = z.infer<typeof ButtonMore>;

/**
 * What a modal keeps of the click that opened it, as JSON of at most 3,000 bytes: the question, what the card showed, and
 * where it was.
 */
export const ModalMemory = z.lazy(() =>
  z.strictObject({
    reference: z.string(),
    displayed: z.string().nullable(),
    channel: z.string().nullable(),
    messageTs: z.string().nullable(),
    runbook: z.string().nullable(),
  }),
);
export type ModalMemory = z.infer<typeof ModalMemory>;
