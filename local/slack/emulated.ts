/** The emulated Slack behind the front server: seeded with people, one channel and one bot, asked over its Web API. */
import { createEmulator, type SeedConfig } from 'emulate';
import * as z from 'zod';
import { Block } from '../../core/slack/blocks.ts';

export interface WorkspacePerson {
  readonly name: string;
  readonly realName: string;
}

export interface WorkspaceUser extends WorkspacePerson {
  /** Random at each start, as the emulator wants it. */
  readonly id: string;
}

/** A message as Slack holds it; blocks that Countersign does not speak are left out. */
const Message = z.looseObject({
  ts: z.string(),
  text: z.string().default(''),
  blocks: z.array(Block).catch([]),
  edited: z.unknown().optional(),
  reply_count: z.number().default(0),
  files: z
    .array(z.looseObject({ name: z.string(), title: z.string().default(''), url_private: z.string() }))
    .default([]),
});
type Message = z.infer<typeof Message>;

/** A file in a thread: its title, and its text, or an image as a `data:` address. */
export interface StoredFile {
  readonly name: string;
  readonly title: string;
  readonly content: { readonly text: string } | { readonly image: string };
}

/** A message as the channel shows it, and what was answered to it alone, oldest first. */
export interface StoredMessage {
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly edited: boolean;
  readonly files: readonly StoredFile[];
  /** Answers in its thread that were not shown in the channel as well. */
  readonly replies: readonly StoredMessage[];
  /** The message in whose thread it is; null when it is in none. */
  readonly threadTs: string | null;
}

const History = z.looseObject({
  messages: z.array(Message),
  response_metadata: z.looseObject({ next_cursor: z.string().default('') }).default({ next_cursor: '' }),
});
const Users = z.looseObject({ members: z.array(z.looseObject({ id: z.string(), name: z.string() })) });
const Channels = z.looseObject({ channels: z.array(z.looseObject({ id: z.string(), name: z.string() })) });
const Trigger = z.looseObject({ trigger_id: z.string() });

const app = { app_id: 'A0COUNTER1', bot_id: 'B0COUNTER1', bot_user_id: 'U0COUNTER1' };

export interface EmulatedSlack {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly appId: string;
  readonly users: readonly WorkspaceUser[];
  readonly channel: { readonly id: string; readonly name: string };
  /** Oldest first, with the answers in threads that were shown in the channel as well (`isBroadcast`, by ts). */
  history(isBroadcast: (ts: string) => boolean): Promise<StoredMessage[]>;
  /** Opens a modal within 3 s, once. */
  triggerFor(userId: string): Promise<string>;
  stop(): Promise<void>;
}

export interface EmulatedOptions {
  readonly people: readonly WorkspacePerson[];
  /** The channel's name, without `#`. */
  readonly channel: string;
  readonly signingSecret: string;
  readonly botToken: string;
}

export async function startEmulatedSlack(options: EmulatedOptions): Promise<EmulatedSlack> {
  const emulator = await createEmulator({ service: 'slack', port: 0, seed: seedOf(options) });
  const url = emulator.url.replace('localhost', '127.0.0.1');
  const call = caller(url, options.botToken);
  const { members } = await call('users.list', {}, Users);
  const { channels } = await call('conversations.list', {}, Channels);
  const channel = channels.find(({ name }) => name === options.channel);
  if (channel === undefined)
    throw new Error(
      `The emulated Slack has no channel ${options.channel}; it has ${channels.map(({ name }) => name).join(', ')}.`,
    );
  const users = options.people.map((person) => ({
    ...person,
    id: members.find(({ name }) => name === person.name)?.id ?? '',
  }));
  return {
    url,
    appId: app.app_id,
    users,
    channel: { id: channel.id, name: channel.name },
    history: (isBroadcast) =>
      history(call, channel.id, (address) => download(url, options.botToken, address), isBroadcast),
    triggerFor: async (user_id) => (await call('views.generateTriggerId', { user_id }, Trigger)).trigger_id,
    stop: () => emulator.close(),
  };
}

function seedOf({ people, channel, signingSecret, botToken }: EmulatedOptions): SeedConfig {
  const scopes = ['chat:write', 'channels:read', 'channels:history', 'users:read', 'files:write', 'files:read'];
  return {
    slack: {
      signing_secret: signingSecret,
      strict_scopes: true,
      users: people.map(({ name, realName }) => ({ name, real_name: realName, email: `${name}@example.test` })),
      channels: [{ name: channel }],
      oauth_apps: [
        {
          ...app,
          client_id: 'countersign',
          client_secret: 'unused',
          name: 'Countersign',
          redirect_uris: [],
          bot_name: 'countersign',
        },
      ],
      tokens: [{ ...app, token: botToken, type: 'bot', user: app.bot_user_id, scopes }],
    },
  };
}

type Caller = <T>(method: string, args: Record<string, string>, schema: z.ZodType<T>) => Promise<T>;

function caller(url: string, token: string): Caller {
  return async (method, args, schema) => {
    const response = await fetch(`${url}/api/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: new URLSearchParams(args),
    });
    const answer: unknown = await response.json();
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw new Error(`The emulated Slack answered ${method} with ${JSON.stringify(answer).slice(0, 300)}.`);
  };
}

type Download = (address: string) => Promise<Buffer>;

/** The channel's messages with their threads. The emulator's history lacks what threads showed in the channel as well. */
async function history(
  call: Caller,
  channel: string,
  read: Download,
  isBroadcast: (ts: string) => boolean,
): Promise<StoredMessage[]> {
  const messages: Message[] = [];
  let cursor = '';
  do {
    const page = await call('conversations.history', { channel, limit: '500', cursor }, History);
    messages.push(...page.messages);
    cursor = page.response_metadata.next_cursor;
  } while (cursor !== '');
  const all = await Promise.all(
    messages.map(async (message) => {
      if (message.reply_count === 0) return [await stored(message, read, { threadTs: null })];
      const { messages: thread } = await call('conversations.replies', { channel, ts: message.ts }, History);
      const replies = thread.filter(({ ts }) => ts !== message.ts);
      const below = (some: readonly Message[], threadTs: string) =>
        Promise.all(some.map((reply) => stored(reply, read, { threadTs })));
      const quiet = await below(
        replies.filter(({ ts }) => !isBroadcast(ts)),
        message.ts,
      );
      const shown = await below(
        replies.filter(({ ts }) => isBroadcast(ts)),
        message.ts,
      );
      return [await stored(message, read, { threadTs: null, replies: quiet }), ...shown];
    }),
  );
  return all.flat().toSorted((a, b) => Number(a.ts) - Number(b.ts));
}

async function stored(
  { ts, text, blocks, edited, files }: Message,
  read: Download,
  { threadTs, replies = [] }: { threadTs: string | null; replies?: readonly StoredMessage[] },
): Promise<StoredMessage> {
  const shown = files.map(async ({ name, title, url_private }) => ({
    name,
    title,
    content: contentOf(await read(url_private)),
  }));
  return { ts, text, blocks, edited: edited !== undefined, files: await Promise.all(shown), replies, threadTs };
}

/** As every PNG file begins (PNG specification, "PNG signature"). */
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function contentOf(bytes: Buffer): StoredFile['content'] {
  const isImage = bytes.subarray(0, png.length).equals(png);
  return isImage ? { image: `data:image/png;base64,${bytes.toString('base64')}` } : { text: bytes.toString('utf8') };
}

/** Files lie where the API is, under whatever name the emulator gives itself. */
async function download(url: string, token: string, address: string): Promise<Buffer> {
  const { pathname } = new URL(address);
  const response = await fetch(`${url}${pathname}`, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`The emulated Slack answered ${response.status} for the file ${pathname}.`);
  return Buffer.from(await response.arrayBuffer());
}
