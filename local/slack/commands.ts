/** Slash commands as Slack sends them (docs.slack.dev, "Implementing slash commands"): a signed form, and an address for later answers. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type Answer, escaped, type Place, sendForm } from './clicks.ts';
import type { WorkspaceUser } from './emulated.ts';

/** An answer address takes five answers within half an hour. */
const mostAnswers = 5;
const longestMinutes = 30;

interface Address {
  readonly userId: string;
  readonly until: number;
  left: number;
}

/** What an app may answer to a command, at once or later; of the rest nothing is shown here. */
const Said = z.looseObject({ response_type: z.enum(['ephemeral', 'in_channel']).optional(), text: z.string().min(1) });

export interface Commands {
  /** Sends what a person typed, such as `/countersign stop`, to the app; Slack waits 3 s, a busy laptop 10. Never throws. */
  send(typed: Typed, app: { readonly url: string; readonly signingSecret: string }): Promise<Answer>;
  /** Takes a later answer at an address that was given for it. */
  answered(token: string, rawBody: string): Answer;
}

export interface Typed {
  readonly place: Place;
  readonly user: WorkspaceUser;
  readonly text: string;
  readonly triggerId: string;
  /** Where this front can be reached; `http://127.0.0.1:1234` */
  readonly origin: string;
}

/** `whisper` shows a text to one person only. */
export function startCommands(whisper: (userId: string, text: string) => void): Commands {
  const addresses = new Map<string, Address>();
  return {
    async send({ place, user, text: typed, triggerId, origin }, { url, signingSecret }) {
      const [command = '', ...words] = typed.trim().split(' ');
      const token = randomUUID();
      addresses.set(token, { userId: user.id, until: Date.now() + longestMinutes * 60_000, left: mostAnswers });
      const fields = {
        token: 'deprecated',
        team_id: 'T000000001',
        team_domain: 'emulate',
        channel_id: place.channel.id,
        channel_name: place.channel.name,
        user_id: user.id,
        user_name: user.name,
        command,
        text: escaped(words.join(' ')),
        api_app_id: place.appId,
        is_enterprise_install: 'false',
        response_url: `${origin}/commands/${token}`,
        trigger_id: triggerId,
      };
      const answer = await sendForm(url, fields, signingSecret);
      if (answer.status !== 200) whisper(user.id, `${command} failed: the app answered ${answer.status || 'nothing'}.`);
      else if (answer.body !== '') whisper(user.id, textOf(answer.body) ?? answer.body);
      return answer;
    },
    answered(token, rawBody) {
      const address = addresses.get(token);
      if (!address || address.until < Date.now() || address.left <= 0) return { status: 404, body: 'expired_url' };
      const text = textOf(rawBody);
      if (text === null) return { status: 400, body: 'invalid_payload' };
      address.left -= 1;
      whisper(address.userId, text);
      return { status: 200, body: 'ok' };
    },
  };
}

function textOf(body: string): string | null {
  try {
    return Said.parse(JSON.parse(body)).text;
  } catch {
    return null;
  }
}
