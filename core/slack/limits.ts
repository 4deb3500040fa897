/** What Slack would refuse, or change without telling: its limits, checked before a message leaves. */
import type * as z from 'zod';
import { type Block, SlackMessage, SlackView } from './blocks.ts';

/**
 * The most that the blocks of one message may weigh together. Slack documents no number and answers
 * `msg_blocks_too_long` between 12,000 and 13,300 characters, containers counted (slackapi/bolt-js #2509, #2867);
 * `weight` counts every byte of the JSON, so it is never lighter than Slack's own count.
 */
export const maximumWeight = 13_000;

/** Why Slack would not show this message as it is; empty = it fits. Never throws. */
export function slackProblems(message: unknown): string[] {
  return problems(SlackMessage, message);
}

/** Why Slack would not open this modal as it is; empty = it fits. Never throws. */
export function viewProblems(view: unknown): string[] {
  return problems(SlackView, view);
}

/** UTF-8 bytes of the blocks as JSON, with `&`, `<` and `>` counted as the entities that Slack stores. */
export function weight(blocks: readonly Block[]): number {
  const json = JSON.stringify(blocks);
  return (
    new TextEncoder().encode(json).length + (json.match(/[<>]/g)?.length ?? 0) * 3 + (json.match(/&/g)?.length ?? 0) * 4
  );
}

function problems<T extends { blocks: Block[] }>(schema: z.ZodType<T>, value: unknown): string[] {
  const parsed = schema.safeParse(value);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${placeOf(path)}: ${message}`);
  const { blocks } = parsed.data;
  return [...repeatedIdentifiers(blocks), ...tooHeavy(blocks)];
}

/** `blocks[1].text.text`. (zod's own toDotPath would put all of zod into every bundle.) */
function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

/** A `block_id` may occur once in a message, an `action_id` once in a block. */
function repeatedIdentifiers(blocks: readonly Block[]): string[] {
  const blockIds = repeated(blocks.flatMap((block) => block.block_id ?? []));
  const actionIds = blocks.flatMap((block) =>
    block.type === 'actions' ? repeated(block.elements.map((button) => button.action_id)) : [],
  );
  return [
    ...blockIds.map((id) => `blocks: the block_id ${JSON.stringify(id)} occurs twice`),
    ...actionIds.map((id) => `blocks: the action_id ${JSON.stringify(id)} occurs twice in one block`),
  ];
}

function repeated(identifiers: readonly string[]): string[] {
  return [...new Set(identifiers.filter((id, at) => identifiers.indexOf(id) !== at))];
}

function tooHeavy(blocks: readonly Block[]): string[] {
  const total = weight(blocks);
  return total > maximumWeight ? [`blocks: they weigh ${total} together; at most ${maximumWeight}`] : [];
}
