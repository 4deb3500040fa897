/** A Slack workspace on this machine: the emulated Slack, a page for people, and clicks signed as Slack signs them. */
import { actionIds, codeInput, modalWords, reasonInput } from '../../core/slack/controls.ts';
import { type Answer, clickPayload, type OpenView, sendInteraction, submissionPayload, type Typed } from './clicks.ts';
import { type Commands, startCommands } from './commands.ts';
import {
  type EmulatedOptions,
  type EmulatedSlack,
  type StoredMessage,
  startEmulatedSlack,
  type WorkspaceUser,
} from './emulated.ts';
import { startFront } from './front.ts';
import { pageHtml, pageParts, pageScript, pageStyle, type Sight, type Whisper } from './page.ts';
import { type Seen, startSeen, troubleOf } from './seen.ts';
import { until } from './until.ts';
import { answerApi, answerUpload } from './web-api.ts';

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
  readonly button: keyof typeof actionIds;
  /** Default: the newest message with this button. */
  readonly messageTs?: string;
  /** For buttons that open a modal: what is typed as the reason or note. */
  readonly reason?: string;
  /** What else is typed into the modal, or chosen there. */
  readonly values?: Typed;
}

export interface SlackWorkspace {
  /** For the functions: ends in `/api/`. */
  readonly apiUrl: string;
  /** For people's browsers; `?as=<name>` chooses who looks. */
  readonly pageUrl: string;
  readonly channelId: string;
  readonly users: readonly WorkspaceUser[];
  setInteractivityUrl(url: string): void;
  /** Presses a button as the page does, and submits the modal where it opens one; the app's last answer. */
  press(options: PressOptions): Promise<Answer>;
  /** Types a slash command, such as `/countersign stop`; the app's first answer. What follows is whispered. */
  command(options: { readonly user: string; readonly text: string }): Promise<Answer>;
  /** Oldest first. */
  messages(): Promise<StoredMessage[]>;
  /** What only this person saw, oldest first. */
  whispers(user: string): readonly Whisper[];
  /** The newest card that waits for an answer, as soon as there is one that is newer than `after` (a ts). */
  waitForCard(options: { readonly timeoutMs: number; readonly after?: string }): Promise<StoredMessage>;
  /** `down`: the Web API answers 503, as in an outage. */
  failWith(mode: null | 'down'): void;
  readonly requests: readonly LoggedRequest[];
  stop(): Promise<void>;
}

/** What changes while the workspace runs. */
interface State {
  readonly emulated: EmulatedSlack;
  readonly options: WorkspaceOptions;
  readonly seen: Seen;
  readonly commands: Commands;
  readonly requests: LoggedRequest[];
  readonly listeners: Set<() => void>;
  interactivityUrl: string | undefined;
  failing: null | 'down';
}

/** Starts everything on 127.0.0.1, on free ports. */
export async function startSlackWorkspace(options: WorkspaceOptions): Promise<SlackWorkspace> {
  if (options.people.length === 0) throw new Error('The workspace has no people; give at least one.');
  const emulated = await startEmulatedSlack(options);
  const { interactivityUrl } = options;
  const seen = startSeen();
  const listeners = new Set<() => void>();
  const whisper = (userId: string, text: string) => {
    seen.whispered(userId, text);
    for (const listener of listeners) listener();
  };
  const state: State = {
    emulated,
    options,
    seen,
    commands: startCommands(whisper),
    requests: [],
    listeners,
    interactivityUrl,
    failing: null,
  };
  const front = await startWorkspaceFront(state);
  return {
    apiUrl: `${front.url}/api/`,
    pageUrl: `${front.url}/`,
    channelId: emulated.channel.id,
    users: emulated.users,
    requests: state.requests,
    setInteractivityUrl(url) {
      state.interactivityUrl = url;
    },
    press: (press) => pressButton(state, press),
    command: ({ user, text }) => command(state, userOf(state, user), text, front.url),
    messages: () => emulated.history(state.seen.isBroadcast),
    whispers: (name) => state.seen.whispers(userOf(state, name).id),
    waitForCard({ timeoutMs, after = '' }) {
      const newest = async () =>
        (await emulated.history(state.seen.isBroadcast)).findLast(
          (message) => hasButton(message, actionsOf('approve')) && message.ts > after,
        );
      return until(newest, timeoutMs, 'A card with buttons');
    },
    failWith(mode) {
      state.failing = mode;
    },
    async stop() {
      await front.stop();
      await emulated.stop();
    },
  };
}

function startWorkspaceFront(state: State) {
  return startFront({
    api: (request, rawBody) =>
      logged(state, (request.url ?? '').replace('/api/', ''), () => apiAnswer(state, request, rawBody)),
    upload: (request, content) => logged(state, 'upload', () => answerUpload(request, content, state.emulated)),
    page: async (as) => pageHtml(await sight(state, as)),
    parts: async (as) => pageParts(await sight(state, as)),
    script: pageScript,
    style: pageStyle,
    press: async ({ as, messageTs, actionId }) =>
      click(state, userOf(state, as), await messageOf(state, messageTs, [actionId]), actionId),
    command: ({ as, text, origin }) => command(state, userOf(state, as), text, origin),
    answered: (token, rawBody) => state.commands.answered(token, rawBody),
    submit: async ({ as, values }) => ({ trouble: troubleOf(await submit(state, userOf(state, as), values)) }),
    close(as) {
      state.seen.close(userOf(state, as).id);
      return {};
    },
    subscribe(listener) {
      state.listeners.add(listener);
      return () => state.listeners.delete(listener);
    },
  });
}

async function apiAnswer(state: State, request: Parameters<typeof answerApi>[0], rawBody: string) {
  if (state.failing === 'down') return { status: 503, body: '{"ok":false,"error":"service_unavailable"}' };
  const emulator = { url: state.emulated.url, botToken: state.options.botToken };
  return answerApi(request, rawBody, emulator, (call) => {
    state.seen.noticed(call);
    changed(state);
  });
}

/** The scripted operator: the same click, and the same modal, as on the page. */
async function pressButton(
  state: State,
  { user: name, button, messageTs, reason = 'no reason given', values = {} }: PressOptions,
): Promise<Answer> {
  const user = userOf(state, name);
  state.seen.close(user.id);
  const message = await messageOf(state, messageTs, actionsOf(button));
  const actionId = isTyped(message, button) ? actionIds.approveTyped : actionIds[button];
  const answer = await click(state, user, message, actionId);
  if (!Object.hasOwn(modalWords, actionId) || troubleOf(answer) !== null) return answer;
  const view = await until(() => state.seen.view(user.id), 10_000, 'The modal');
  return submit(state, user, { ...typedAlready(view), ...asReason(view, reason), ...asCode(view, message), ...values });
}

/** Approve is one of two buttons: of a destructive step it asks for the incident's code. */
function actionsOf(button: PressOptions['button']): readonly string[] {
  return button === 'approve' ? [actionIds.approve, actionIds.approveTyped] : [actionIds[button]];
}

/** Whether Approve wants the incident's code on this card. */
function isTyped({ blocks }: StoredMessage, button: PressOptions['button']): boolean {
  const buttons = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
  return button === 'approve' && buttons.some(({ action_id }) => action_id === actionIds.approveTyped);
}

/** The code, read where a person reads it. */
function asCode({ blocks }: OpenView, card: StoredMessage): Typed {
  if (!blocks.some((block) => block.block_id === codeInput.blockId)) return {};
  const [, code = ''] = /type the code "\},\{[^}]*"text":"([A-Z0-9]+)"/.exec(JSON.stringify(card.blocks)) ?? [];
  return { [codeInput.blockId]: { [codeInput.actionId]: code } };
}

/** What stands in a modal before anybody types. */
function typedAlready({ blocks }: OpenView): Typed {
  const inputs = blocks.flatMap((block) => (block.type === 'input' ? [block] : []));
  return Object.fromEntries(
    inputs.map(({ block_id = '', element }) => [
      block_id,
      {
        [element.action_id]:
          element.type === 'plain_text_input'
            ? (element.initial_value ?? '')
            : (element.initial_options ?? []).map(({ value }) => value),
      },
    ]),
  );
}

function asReason({ blocks }: OpenView, reason: string): Typed {
  const asks = blocks.some((block) => block.block_id === reasonInput.blockId);
  return asks ? { [reasonInput.blockId]: { [reasonInput.actionId]: reason } } : {};
}

async function click(state: State, user: WorkspaceUser, message: StoredMessage, actionId: string): Promise<Answer> {
  const triggerId = await state.emulated.triggerFor(user.id);
  state.seen.triggered(triggerId, user.id);
  const answer = await interact(state, clickPayload(state.emulated, user, message, actionId, triggerId));
  state.seen.clicked(user.id, message.ts, answer);
  changed(state);
  return answer;
}

async function submit(state: State, user: WorkspaceUser, values: Typed): Promise<Answer> {
  const view = state.seen.view(user.id);
  if (view === undefined) throw new Error(`${user.realName} has no modal open.`);
  const answer = await interact(state, submissionPayload(state.emulated, user, view, values));
  if (troubleOf(answer) === null) state.seen.close(user.id);
  changed(state);
  return answer;
}

async function command(state: State, user: WorkspaceUser, text: string, origin: string): Promise<Answer> {
  const { emulated, interactivityUrl: url, options, commands } = state;
  if (url === undefined) return { status: 0, body: 'it has no address for commands yet' };
  const triggerId = await emulated.triggerFor(user.id);
  const typed = { place: emulated, user, text, triggerId, origin };
  return logged(state, 'command', () => commands.send(typed, { url, signingSecret: options.signingSecret }));
}

async function interact(state: State, payload: unknown): Promise<Answer> {
  const { interactivityUrl: url, options } = state;
  if (url === undefined) return { status: 0, body: 'it has no interactivity address yet' };
  return logged(state, 'interaction', () => sendInteraction(url, payload, options.signingSecret));
}

async function logged<T extends { readonly status: number }>(
  { requests }: State,
  what: string,
  call: () => Promise<T>,
): Promise<T> {
  const at = Date.now();
  const answer = await call();
  requests.push({ at, what, status: answer.status, milliseconds: Date.now() - at });
  return answer;
}

/** What the person called `name` sees now; null or unknown = the first person. */
async function sight({ emulated, seen }: State, name: string | null): Promise<Sight> {
  const as = emulated.users.find((user) => user.name === name) ?? (emulated.users[0] as WorkspaceUser);
  const { whispers, troubles, view } = {
    whispers: seen.whispers(as.id),
    troubles: seen.troubles(as.id),
    view: seen.view(as.id) ?? null,
  };
  return {
    channel: emulated.channel.name,
    users: emulated.users,
    as,
    messages: await emulated.history(seen.isBroadcast),
    whispers,
    troubles,
    view,
  };
}

function userOf({ emulated }: State, name: string): WorkspaceUser {
  const user = emulated.users.find((candidate) => candidate.name === name);
  if (user) return user;
  throw new Error(
    `Nobody is called "${name}" here; there are ${emulated.users.map((known) => known.name).join(', ')}.`,
  );
}

async function messageOf(
  { emulated, seen }: State,
  ts: string | undefined,
  actions: readonly string[],
): Promise<StoredMessage> {
  const all = await emulated.history(seen.isBroadcast);
  const found =
    ts === undefined
      ? all.findLast((message) => hasButton(message, actions))
      : all.find((message) => message.ts === ts);
  if (found) return found;
  throw new Error(
    ts === undefined ? `No message has the button ${actions.join(' or ')}.` : `There is no message ${ts}.`,
  );
}

function hasButton({ blocks }: StoredMessage, actions: readonly string[]): boolean {
  return blocks.some(
    (block) => block.type === 'actions' && block.elements.some(({ action_id }) => actions.includes(action_id)),
  );
}

function changed({ listeners }: State): void {
  for (const listener of listeners) listener();
}
