/**
 * The part of Block Kit that Countersign speaks, with Slack's documented limits: one schema, from which the types come.
 * Texts are plain or rich, never mrkdwn: what is not interpreted cannot be misread.
 * Numbers: https://docs.slack.dev/reference/block-kit (blocks, elements, composition objects) and .../views/modal.
 */
import * as z from 'zod';

/** A plain text that Slack neither formats nor turns into emoji. */
const PlainText = (maximum: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(maximum), emoji: z.literal(false) });

const Identifier = z.lazy(() => z.string().min(1).max(255));

const TextStyle = z.lazy(() =>
  z.strictObject({
    bold: z.boolean().exactOptional(),
    italic: z.boolean().exactOptional(),
    strike: z.boolean().exactOptional(),
    code: z.boolean().exactOptional(),
  }),
);

const RichWord = z.lazy(() =>
  z.strictObject({ type: z.literal('text'), text: z.string().min(1), style: TextStyle.exactOptional() }),
);

/** What a line of rich text is made of. */
export const RichElement = z.lazy(() =>
  z.discriminatedUnion('type', [
    RichWord,
    z.strictObject({ type: z.literal('user'), user_id: z.string().regex(/^[UW][A-Z0-9]{1,31}$/) }),
    z.strictObject({ type: z.literal('usergroup'), usergroup_id: z.string().regex(/^S[A-Z0-9]{1,31}$/) }),
    z.strictObject({ type: z.literal('channel'), channel_id: z.string().regex(/^[CG][A-Z0-9]{1,31}$/) }),
    z.strictObject({
      type: z.literal('date'),
      timestamp: z.int().min(0),
      format: z.string().min(1),
      fallback: z.string().min(1),
    }),
    z.strictObject({ type: z.literal('link'), url: z.url({ protocol: /^https$/ }).max(3000), text: z.string().min(1) }),
  ]),
);
export type RichElement = z.infer<typeof RichElement>;

const RichSection = z.lazy(() =>
  z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(RichElement).min(1) }),
);

export const RichPart = z.lazy(() =>
  z.discriminatedUnion('type', [
    RichSection,
    z.strictObject({ type: z.literal('rich_text_preformatted'), elements: z.array(RichWord).min(1) }),
    z.strictObject({
      type: z.literal('rich_text_list'),
      style: z.enum(['bullet', 'ordered']),
      elements: z.array(RichSection).min(1),
    }),
  ]),
);
export type RichPart = z.infer<typeof RichPart>;

/** A question before a click counts. */
const Confirm = z.lazy(() =>
  z.strictObject({
    title: PlainText(100),
    text: PlainText(300),
    confirm: PlainText(30),
    deny: PlainText(30),
    style: z.enum(['primary', 'danger']).exactOptional(),
  }),
);

const Button = z.lazy(() =>
  z.strictObject({
    type: z.literal('button'),
    text: PlainText(75),
    action_id: Identifier,
    value: z.string().min(1).max(2000),
    style: z.enum(['primary', 'danger']).exactOptional(),
    accessibility_label: z.string().min(1).max(75).exactOptional(),
    confirm: Confirm.exactOptional(),
  }),
);

const PlainTextInput = z.lazy(() =>
  z.strictObject({
    type: z.literal('plain_text_input'),
    action_id: Identifier,
    initial_value: z.string().max(3000).exactOptional(),
    multiline: z.boolean().exactOptional(),
    min_length: z.int().min(0).max(3000).exactOptional(),
    max_length: z.int().min(1).max(3000).exactOptional(),
    placeholder: PlainText(150).exactOptional(),
  }),
);

const Option = z.lazy(() => z.strictObject({ text: PlainText(75), value: z.string().min(1).max(150) }));

/** Several of at most 100. */
const Choices = z.lazy(() =>
  z.strictObject({
    type: z.literal('multi_static_select'),
    action_id: Identifier,
    placeholder: PlainText(150).exactOptional(),
    options: z.array(Option).min(1).max(100),
    initial_options: z.array(Option).min(1).max(100).exactOptional(),
  }),
);

const block = { block_id: Identifier.exactOptional() };
export const Block = z.lazy(() =>
  z.discriminatedUnion('type', [
    z.strictObject({ ...block, type: z.literal('header'), text: PlainText(150) }),
    z.strictObject({
      ...block,
      type: z.literal('section'),
      text: PlainText(3000),
      fields: z.array(PlainText(2000)).min(1).max(10).exactOptional(),
    }),
    z.strictObject({ ...block, type: z.literal('context'), elements: z.array(PlainText(3000)).min(1).max(10) }),
    z.strictObject({ ...block, type: z.literal('rich_text'), elements: z.array(RichPart).min(1) }),
    z.strictObject({ ...block, type: z.literal('divider') }),
    z.strictObject({ ...block, type: z.literal('actions'), elements: z.array(Button).min(1).max(25) }),
    z.strictObject({
      ...block,
      type: z.literal('input'),
      label: PlainText(2000),
      hint: PlainText(2000).exactOptional(),
      /** Whether it may be left empty. */
      optional: z.boolean().exactOptional(),
      element: z.discriminatedUnion('type', [PlainTextInput, Choices]),
    }),
  ]),
);
export type Block = z.infer<typeof Block>;

/** A message: blocks, and the text of notifications and of clients that cannot show blocks (mrkdwn, so escaped). */
export const SlackMessage = z.lazy(() =>
  z.strictObject({
    text: z.string().min(1).max(4000),
    blocks: z.array(Block).min(1).max(50),
  }),
);
export type SlackMessage = z.infer<typeof SlackMessage>;

/** A modal. */
export const SlackView = z.lazy(() =>
  z.strictObject({
    type: z.literal('modal'),
    callback_id: Identifier,
    private_metadata: z.string().max(3000),
    title: PlainText(24),
    submit: PlainText(24),
    close: PlainText(24),
    blocks: z.array(Block).min(1).max(100),
  }),
);
export type SlackView = z.infer<typeof SlackView>;
