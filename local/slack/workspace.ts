/** A Slack workspace on this machine: the emulated Slack, a page for people, and clicks signed as Slack signs them. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { SlackView } from '../../core/slack/blocks.ts';
import { actionIds, reasonInput } from '../../core/slack/interaction.ts';
import { type Answer, clickPayload, type OpenView, sendInteraction, submissionPayload } from './clicks.ts';
import { type EmulatedOptions, type StoredMessage, startEmulatedSlack, type WorkspaceUser } from './emulated.ts';
import { startFront } from './front.ts';
import { pageHtml, pageParts, pageScript, pageStyle, type Sight, type Whisper } from './page.ts';
import { type ApiCall, answerApi } from './web-api.ts';

export interface WorkspaceOptions extends EmulatedOptions {
  /** Where clicks are sent; may be set later, when the functions are deployed. */
  readonly interactivityUrl?: string;
}

export interface LoggedRequest {
  /** Epoch milliseconds. */
  readonly at: number;
  /** A method of the Web API, or `interaction` for what was sent to the app. */
  readonly what: string;
  /** HTTP status; 0 = no answer. */
  readonly status: number;
  readonly milliseconds: number;
}

export interface PressOptions {
  /** A person's name, as in `people`. */
  readonly user: string;
  readonly button: 'approve' | 'reject';
  /** Default: the newest message with buttons. */
  readonly messageTs?: string;
  /** For `reject`: what is typed into the modal. */
  readonly reason?: string;
}

export interface SlackWorkspace {
  /** For the functions: ends in `/api/`. */
  readonly apiUrl: string;
  /** For people's browsers. */
  readonly pageUrl: string;
  readonly channelId: string;
  readonly users: readonly WorkspaceUser[];
  setInteractivityUrl(url: string): void;
  /** Presses a button as the page does, and for `reject` submits the modal; the app's last answer. */
  press(options: PressOptions): Promise<Answer>;
  /** Oldest first. */
  messages(): Promise<StoredMessage[]>;
  /** What only this person saw, oldest first. */
  whispers(user: string): readonly Whisper[];
  /** The newest message with buttons, as soon as there is one that is newer than `after` (a ts). */
  waitForCard(options: { readonly timeoutMs: number; readonly after?: string }): Promise<StoredMessage>;
  /** `down`: the Web API answers 503, as in an outage. */
  failWith(mode: null | 'down'): void;
  readonly requests: readonly LoggedRequest[];
  stop(): Promise<void>;
}

const OpenedView = z.looseObject({ id: z.string() });

/** Starts everything on 127.0.0.1, on free ports. */
export async function startSlackWorkspace(options: WorkspaceOptions): Promise<SlackWorkspace> {
  const emulated = await startEmulatedSlack(options);
  const listeners = new Set<() => void>();
  const views = new Map<string, OpenView>();
  const whispers = new Map<string, Whisper[]>();
  const troubles = new Map<string, Map<string, string>>();
  const triggers = new Map<string, string>();
  const requests: LoggedRequest[] = [];
  let { interactivityUrl } = options;
  let failing: null | 'down' = null;
  const changed = () => {
    for (const listener of listeners) listener();
  };

  function userOf(name: string): WorkspaceUser {
    const user = emulated.users.find((candidate) => candidate.name === name);
    if (user) return user;
    throw new Error(
      `Nobody is called "${name}" here; there are ${emulated.users.map((known) => known.name).join(', ')}.`,
    );
  }

  async function messageOf(ts: string | undefined): Promise<StoredMessage> {
    const all = await emulated.history();
    const found = ts === undefined ? all.findLast(hasButtons) : all.find((message) => message.ts === ts);
    if (found) return found;
    throw new Error(ts === undefined ? 'No message has buttons.' : `There is no message ${ts}.`);
  }

  /** Notes what a call changed for people: a modal opened, a whisper, a message. */
  function noticed({ method, args, answer }: ApiCall): void {
    if (answer.ok !== true) return;
    if (method === 'views.open' || method === 'views.push') openView(triggers.get(args.trigger_id ?? ''), args, answer);
    if (method === 'views.update') openView(ownerOf(args.view_id ?? ''), args, answer);
    if (method === 'chat.postEphemeral') {
      const [user = '', text = '', ts] = [args.user, args.text, answer.message_ts];
      whispers.set(user, [...(whispers.get(user) ?? []), { ts: String(ts), text }]);
    }
    changed();
  }

  function ownerOf(viewId: string): string | undefined {
    return [...views].find(([, view]) => view.id === viewId)?.[0];
  }

  function openView(user: string | undefined, args: ApiCall['args'], answer: ApiCall['answer']): void {
    if (user === undefined) return;
    const { id } = OpenedView.parse(answer.view);
    views.set(user, { ...SlackView.parse(JSON.parse(args.view ?? 'null')), id });
  }

  async function interact(payload: unknown): Promise<Answer> {
    if (interactivityUrl === undefined) return { status: 0, body: 'the app has no interactivity address yet' };
    const at = Date.now();
    const answer = await sendInteraction(interactivityUrl, payload, options.signingSecret);
    requests.push({ at, what: 'interaction', status: answer.status, milliseconds: Date.now() - at });
    return answer;
  }

  async function click(user: WorkspaceUser, message: StoredMessage, actionId: string): Promise<Answer> {
    const triggerId = await emulated.triggerFor(user.id);
    triggers.set(triggerId, user.id);
    const answer = await interact(clickPayload(emulated, user, message, actionId, triggerId));
    const mine = troubles.get(user.id) ?? new Map<string, string>();
    const trouble = troubleOf(answer);
    if (trouble === null) mine.delete(message.ts);
    else mine.set(message.ts, trouble);
    troubles.set(user.id, mine);
    changed();
    return answer;
  }

  async function submit(user: WorkspaceUser, values: Record<string, Record<string, string>>): Promise<Answer> {
    const view = views.get(user.id);
    if (view === undefined) throw new Error(`${user.realName} has no modal open.`);
    const answer = await interact(submissionPayload(emulated, user, view, values));
    if (troubleOf(answer) === null) views.delete(user.id);
    changed();
    return answer;
  }

  /** What `as` sees now. */
  async function sight(name: string | null): Promise<Sight> {
    const as = emulated.users.find((user) => user.name === name) ?? emulated.users[0];
    if (as === undefined) throw new Error('The workspace has no people; give at least one.');
    return {
      channel: emulated.channel.name,
      users: emulated.users,
      as,
      messages: await emulated.history(),
      whispers: whispers.get(as.id) ?? [],
      troubles: troubles.get(as.id) ?? new Map(),
      view: views.get(as.id) ?? null,
    };
  }

  async function until<T>(
    look: () => Promise<T | undefined> | T | undefined,
    timeoutMs: number,
    what: string,
  ): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`${what} did not appear within ${timeoutMs} ms.`);
      await sleep(50);
    }
  }

  const front = await startFront({
    async api(request, rawBody) {
      const at = Date.now();
      const what = (request.url ?? '').replace('/api/', '');
      const down = { status: 503, body: '{"ok":false,"error":"service_unavailable"}' };
      const emulator = { url: emulated.url, botToken: options.botToken };
      const answer = failing === 'down' ? down : await answerApi(request, rawBody, emulator, noticed);
      requests.push({ at, what, status: answer.status, milliseconds: Date.now() - at });
      return answer;
    },
    page: async (as) => pageHtml(await sight(as)),
    parts: async (as) => pageParts(await sight(as)),
    script: pageScript,
    style: pageStyle,
    press: async ({ as, messageTs, actionId }) => click(userOf(as), await messageOf(messageTs), actionId),
    submit: async ({ as, values }) => ({ trouble: troubleOf(await submit(userOf(as), values)) }),
    close(as) {
      views.delete(userOf(as).id);
      return {};
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });

  return {
    apiUrl: `${front.url}/api/`,
    pageUrl: `${front.url}/`,
    channelId: emulated.channel.id,
    users: emulated.users,
    requests,
    setInteractivityUrl(url) {
      interactivityUrl = url;
    },
    async press({ user: name, button, messageTs, reason = 'no reason given' }) {
      const user = userOf(name);
      views.delete(user.id);
      const answer = await click(user, await messageOf(messageTs), actionIds[button]);
      if (button === 'approve' || troubleOf(answer) !== null) return answer;
      await until(() => views.get(user.id), 10_000, 'The modal that asks why');
      return submit(user, { [reasonInput.blockId]: { [reasonInput.actionId]: reason } });
    },
    messages: () => emulated.history(),
    whispers: (name) => whispers.get(userOf(name).id) ?? [],
    waitForCard({ timeoutMs, after = '' }) {
      const newest = async () =>
        (await emulated.history()).findLast((message) => hasButtons(message) && message.ts > after);
      return until(newest, timeoutMs, 'A card with buttons');
    },
    failWith(mode) {
      failing = mode;
    },
    async stop() {
      await front.stop();
      await emulated.stop();
    },
  };
}

function hasButtons(message: StoredMessage): boolean {
  return message.blocks.some((block) => block.type === 'actions');
}

/** What Slack would tell the person of the app's answer; null = all is well. */
function troubleOf({ status, body }: Answer): string | null {
  if (status >= 200 && status < 300) return null;
  const said = body.slice(0, 200);
  return status === 0 ? `The app did not answer: ${said}. Try again.` : `The app answered ${status}: ${said}`;
}
