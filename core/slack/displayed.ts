/** What a card showed to the person who clicked, taken out of the message that Slack sends back with the click. */
import * as z from 'zod';
import { canonicalJson, sha256 } from '../digest.ts';

const Header = z.lazy(() => z.looseObject({ type: z.literal('header'), text: z.looseObject({ text: z.string() }) }));
const Rich = z.lazy(() => z.looseObject({ type: z.literal('rich_text'), elements: z.array(z.unknown()) }));
const Actions = z.lazy(() => z.looseObject({ type: z.literal('actions') }));
const Context = z.lazy(() =>
  z.looseObject({
    type: z.literal('context'),
    elements: z.array(z.looseObject({ text: z.string() })),
  }),
);
const Named = z.lazy(() => z.looseObject({ block_id: z.string() }));
const Part = z.lazy(() => z.looseObject({ type: z.string(), elements: z.array(z.unknown()) }));
const Leaf = z.lazy(() =>
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('text'), text: z.string() }),
    z.looseObject({ type: z.literal('link'), text: z.string().default(''), url: z.string() }),
    z.looseObject({ type: z.literal('emoji'), name: z.string() }),
  ]),
);

/** What would run, and where, and of a manual step what is to be done. */
export const aboutBlock = 'countersign.about';

/** The row that names every host; Slack hands ids of blocks back as they were given. */
export const hostsBlock = 'countersign.hosts';

/** The words by which a question is named in a card's small print. */
const named = /question [0-9]{1,4} [0-9a-f]{12}/;

/**
 * SHA-256 of what is the same on every drawing of one card: its headline, what is said of the command above the buttons
 * (its bytes, place and parameters), the row of hosts, and the question's digest.
 * Null for a message that is not built like a card of ours. Never throws.
 *
 * Time left and approvals change while it waits, and outputs are cut to the room there is: these are signed by digest.
 */
export function displayedDigest(blocks: readonly unknown[]): string | null {
  const buttons = blocks.findIndex((block) => Actions.safeParse(block).success);
  const above = blocks.slice(0, Math.max(buttons, 0));
  const headline = Header.safeParse(above[0]).data?.text.text;
  // Whatever stands above the buttons in the letters of a command must be the command.
  const about = above.filter((block) => idOf(block) === aboutBlock || hasLiteral(block)).map(richText);
  const hosts = blocks.filter((block) => idOf(block) === hostsBlock).map(richText);
  const print = blocks.flatMap((block) => Context.safeParse(block).data?.elements ?? []);
  const question = print.flatMap(({ text }) => named.exec(text) ?? []);
  const isWhole =
    about.length > 0 &&
    [...about, ...hosts].every((text) => text !== null) &&
    hosts.length <= 1 &&
    question.length === 1;
  if (headline === undefined || !isWhole) return null;
  return sha256(canonicalJson({ headline: plainly(headline), about, hosts, question }));
}

function idOf(block: unknown): string | undefined {
  // Slack wants an id once in a message: parts of the same are numbered.
  return Named.safeParse(block).data?.block_id.replace(/\.[0-9]+$/, '');
}

function hasLiteral(block: unknown): boolean {
  const parts = Rich.safeParse(block).data?.elements ?? [];
  return parts.some((part) => Part.safeParse(part).data?.type === 'rich_text_preformatted');
}

/** The text of a block of rich text, part by part; null for what is none, and where any of it is what we never put there. */
function richText(block: unknown): string | null {
  const parts = allOf(Rich.safeParse(block).data?.elements.map(partText));
  return parts === null ? null : plainly(parts.join('\n'));
}

function partText(part: unknown): string | null {
  const found = Part.safeParse(part).data;
  if (found?.type === 'rich_text_list') {
    const rows = allOf(found.elements.map(partText));
    return rows?.map((row) => `• ${row}`).join('\n') ?? null;
  }
  const text = allOf(found?.elements.map(leafText))?.join('');
  if (text === undefined) return null;
  return found?.type === 'rich_text_preformatted' ? `\u0000${text.trimEnd()}\u0000` : text;
}

function allOf(texts: readonly (string | null)[] = [null]): string[] | null {
  const known = texts.filter((text) => text !== null);
  return known.length === texts.length ? known : null;
}

/** What Slack shows of it; it may have made a link of an address that stood there as text, or a picture of its `:name:`. */
function leafText(leaf: unknown): string | null {
  const { data } = Leaf.safeParse(leaf);
  switch (data?.type) {
    case 'text':
      return data.text;
    case 'link':
      return data.text || data.url;
    case 'emoji':
      return `:${data.name}:`;
    default:
      return null;
  }
}

/** The hosts that a card names, by id, with the words that stand there for each. */
export function hostsOnCard(blocks: readonly unknown[]): { readonly id: string; readonly text: string }[] {
  const row = blocks.find((block) => idOf(block) === hostsBlock);
  const found = (richText(row) ?? '').matchAll(/(?<=^|[ (])(m?i-[0-9a-f]{8,17})(?: \([^)]*\))?/g);
  const hosts = [...found].map(([text, id = '']) => ({ id, text }));
  return [...new Map(hosts.map((host) => [host.id, host])).values()];
}

/**
 * Slack mostly hands `&`, `<` and `>` back as entities (slackapi/bolt-python #513). Both ways of writing become one, and
 * as often as it takes, so that it does not matter which way this message came.
 */
function plainly(text: string): string {
  let [before, now] = ['', text];
  while (before !== now) {
    before = now;
    now = now.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  }
  return now.trimEnd();
}
