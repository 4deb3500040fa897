/** The slash command: what a person typed behind `/countersign` becomes a word about the kill switch, or a help text. */
import * as z from 'zod';

/** Names of people and channels are Slack's ids; what was typed is as it was typed. */
export interface Command {
  readonly kind: 'command';
  readonly word: (typeof commandWords)[number];
  /** `abort` behind `stop --abort`, and `maybe_abort` where a stop may mean one; whom `suspend` and `reinstate` name; else empty. */
  readonly about: string;
  readonly reason: string;
  readonly userId: string;
  readonly channel: string;
  /** Where Slack says that an answer may be posted; not trusted. */
  readonly responseUrl: string;
  /** Slack's id of this one command. */
  readonly triggerId: string;
}

export type ParsedCommand = Command | { readonly kind: 'help'; readonly text: string };

export const commandWords = ['stop', 'resume', 'status', 'suspend', 'reinstate'] as const;

const help = [
  'Say one of:',
  '`stop [--abort] [why]`: answers when nothing is sent any more, after some 20 s; `--abort` also ends what is under way',
  '`resume [why]`: lifts the stops that are there',
  '`status`: how it stands, and what still runs',
  '`suspend NAME [why]`, `reinstate NAME [why]`: NAME as the policy has it, in "quotes" where it has spaces, or @mentioned',
].join('\n');

/** https://docs.slack.dev/interactivity/implementing-slash-commands: a form, of which these fields count. */
const Form = z.lazy(() =>
  z.object({
    command: z.string().regex(/^\/[^\s]{1,32}$/),
    text: z.string().max(3000),
    user_id: z.string().regex(/^[UW][A-Z0-9]{1,31}$/),
    channel_id: z.string().min(1).max(40),
    response_url: z.string().max(2000),
    trigger_id: z.string().min(1).max(200),
  }),
);

/** Null for a body that is no slash command. `help`: it is one, and says nothing that we do. */
export function parseCommand(rawBody: string): ParsedCommand | null {
  const fields = new URLSearchParams(rawBody);
  if (fields.has('payload')) return null;
  const named = Object.keys(Form.unwrap().shape);
  if (named.some((name) => fields.getAll(name).length !== 1)) return null;
  const { data } = Form.safeParse(Object.fromEntries(named.map((name) => [name, fields.get(name)])));
  if (data === undefined) return null;
  return commandOf(data) ?? { kind: 'help', text: help };
}

/** Slack's own clients turn `--` into a dash, and straight quotes into curly ones. */
const abortFlag = /^(?:--|[—–])abort(?:\s+|$)/i;

/**
 * A flag that is mistyped or stands elsewhere, or an abort that begins or ends what is said. In either reading whoever says so
 * wants a stop; that it is no abort they must be told, or they believe something that is not so.
 */
const maybeAbort = /(?:^abort\b|^[-—–]+\w|(?:^|\s)[-—–]+\s*abort\b|\babort\W*$)/i;

const person = /^(?:<@([UW][A-Z0-9]{1,31})(?:\|[^>]*)?>|["“”]([^"“”]+)["“”]|(\S+))(?:\s+|$)/;

function commandOf(form: z.infer<typeof Form>): Command | null {
  const [first = ''] = form.text.trim().split(/\s+/);
  // Who stops in a hurry types `stop:` or `STOP!`.
  const said = first.toLowerCase().replace(/[\W_]+$/, '');
  const word = said === 'abort' ? 'stop' : commandWords.find((one) => one === said);
  if (word === undefined) return null;
  const rest = said === 'abort' ? form.text.trim() : form.text.trim().slice(first.length).trim();
  const told = detailsOf(word, rest);
  if (told === null) return null;
  const { about, reason } = told;
  const { user_id: userId, channel_id: channel, response_url: responseUrl, trigger_id: triggerId } = form;
  return {
    kind: 'command',
    word,
    about: asTyped(about),
    reason: asTyped(reason),
    userId,
    channel,
    responseUrl,
    triggerId,
  };
}

function detailsOf(word: Command['word'], rest: string): Pick<Command, 'about' | 'reason'> | null {
  if (word === 'stop') {
    const flag = abortFlag.exec(rest)?.[0] ?? '';
    if (flag === '' && maybeAbort.test(rest)) return { about: 'maybe_abort', reason: rest };
    return { about: flag === '' ? '' : 'abort', reason: rest.slice(flag.length).trim() };
  }
  if (word === 'resume') return { about: '', reason: rest };
  if (word === 'status') return rest === '' ? { about: '', reason: '' } : null;
  const [whole = '', id, quoted, plain] = person.exec(rest) ?? [];
  const about = id ?? quoted ?? plain?.replace(/^@/, '');
  return about === undefined || about === '' ? null : { about, reason: rest.slice(whole.length).trim() };
}

/** Slack writes these three as entities in what it sends (docs.slack.dev, "Formatting message text"). */
function asTyped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/**
 * Whether an answer may be posted there: to Slack's own address for that, which belongs to the Web API that the policy names.
 * On one's own machine both are one server.
 */
export function isResponseUrl(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false;
  const [asked, api] = [new URL(url), new URL(apiUrl)];
  if (asked.username !== '' || asked.password !== '') return false;
  const isLocal = api.protocol === 'http:';
  return asked.origin === (isLocal ? api.origin : `https://hooks.${api.host}`);
}
