/** What Slack shows to one person only: open modals, whispers, and what went wrong with their last click. */
import * as z from 'zod';
import { SlackView } from '../../core/slack/blocks.ts';
import type { Answer, OpenView } from './clicks.ts';
import type { Whisper } from './page.ts';
import type { ApiCall } from './web-api.ts';

export interface Seen {
  /** Remembers whose click brought a trigger, so that the modal it opens appears to them. */
  triggered(triggerId: string, userId: string): void;
  /** Notes what a call to the Web API changed for people. */
  noticed(call: ApiCall): void;
  /** Notes how the app answered a click on a message. */
  clicked(userId: string, ts: string, answer: Answer): void;
  view(userId: string): OpenView | undefined;
  close(userId: string): void;
  /** Shows a text to one person only, as an answer to a command is. */
  whispered(userId: string, text: string): void;
  whispers(userId: string): readonly Whisper[];
  troubles(userId: string): ReadonlyMap<string, string>;
  /** Whether this answer in a thread was shown in the channel as well. */
  isBroadcast(ts: string): boolean;
}

const OpenedView = z.looseObject({ id: z.string() });

export function startSeen(): Seen {
  const views = new Map<string, OpenView>();
  const whispers = new Map<string, Whisper[]>();
  const troubles = new Map<string, Map<string, string>>();
  const triggers = new Map<string, string>();
  const broadcasts = new Set<string>();

  function show(userId: string | undefined, { args, answer }: ApiCall): void {
    if (userId === undefined) return;
    const { id } = OpenedView.parse(answer.view);
    views.set(userId, { ...SlackView.parse(JSON.parse(args.view ?? 'null')), id });
  }

  function whisper({ args: { user = '', text = '' }, answer }: ApiCall): void {
    whispers.set(user, [...(whispers.get(user) ?? []), { ts: String(answer.message_ts), text }]);
  }

  return {
    triggered: (triggerId, userId) => triggers.set(triggerId, userId),
    noticed(call) {
      const { method, args, answer } = call;
      if (answer.ok !== true) return;
      if (method === 'views.open' || method === 'views.push') show(triggers.get(args.trigger_id ?? ''), call);
      if (method === 'views.update') show([...views].find(([, view]) => view.id === args.view_id)?.[0], call);
      if (method === 'chat.postEphemeral') whisper(call);
      if (method === 'chat.postMessage' && args.reply_broadcast === 'true') broadcasts.add(String(answer.ts));
    },
    clicked(userId, ts, answer) {
      const mine = new Map(troubles.get(userId));
      const trouble = troubleOf(answer);
      if (trouble === null) mine.delete(ts);
      else mine.set(ts, trouble);
      troubles.set(userId, mine);
    },
    whispered(userId, text) {
      const ts = (Date.now() / 1000).toFixed(6);
      whispers.set(userId, [...(whispers.get(userId) ?? []), { ts, text }]);
    },
    view: (userId) => views.get(userId),
    close: (userId) => views.delete(userId),
    whispers: (userId) => whispers.get(userId) ?? [],
    troubles: (userId) => troubles.get(userId) ?? new Map(),
    isBroadcast: (ts) => broadcasts.has(ts),
  };
}

/** What Slack would tell the person of the app's answer; null = all is well. */
export function troubleOf({ status, body }: Answer): string | null {
  if (status >= 200 && status < 300) return errorsOf(body);
  const said = body.slice(0, 200);
  return status === 0 ? `The app did not answer: ${said}. Try again.` : `The app answered ${status}: ${said}`;
}

const Refused = z.looseObject({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) });

/** What a modal is to say of its inputs; null when it may close. */
function errorsOf(body: string): string | null {
  if (body === '') return null;
  try {
    const { data } = Refused.safeParse(JSON.parse(body));
    return data ? Object.values(data.errors).join(' ') : null;
  } catch {
    return null;
  }
}
