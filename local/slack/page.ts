/** The workspace page as HTML: one channel as one person sees it. Every text is escaped by React. */
import { readFileSync } from 'node:fs';
import { createElement as h, type ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import * as assets from '../../package/assets.ts';
import { blocksView } from './blocks-view.ts';
import type { OpenView } from './clicks.ts';
import type { StoredFile, StoredMessage, WorkspaceUser } from './emulated.ts';

/** A message that only one person sees. */
export interface Whisper {
  readonly ts: string;
  readonly text: string;
}

/** What one person sees now. */
export interface Sight {
  readonly channel: string;
  readonly users: readonly WorkspaceUser[];
  readonly as: WorkspaceUser;
  /** Oldest first. */
  readonly messages: readonly StoredMessage[];
  readonly whispers: readonly Whisper[];
  /** Per message: what went wrong with this person's last click. */
  readonly troubles: ReadonlyMap<string, string>;
  readonly view: OpenView | null;
}

/** What the page loads beside itself. */
export const pageScript = readFileSync(assets.pageScript, 'utf8');
export const pageStyle = [assets.blockStyle, assets.pageStyle].map((file) => readFileSync(file, 'utf8')).join('\n');

/** The whole page for its first load. */
export function pageHtml(sight: Sight): string {
  const title = `#${sight.channel} · Countersign’s local Slack`;
  const page = h(
    'html',
    { lang: 'en' },
    h(
      'head',
      null,
      h('meta', { charSet: 'utf-8' }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('meta', { name: 'color-scheme', content: 'light dark' }),
      h('link', { rel: 'icon', href: 'data:,' }),
      h('title', null, title),
      h('link', { rel: 'stylesheet', href: '/page.css' }),
      h('script', { src: '/page.js' }),
    ),
    h(
      'body',
      { 'data-as': sight.as.name, 'data-title': title },
      topBar(sight),
      h('main', { id: 'messages', 'aria-live': 'polite' }, ...messageViews(sight)),
      composer,
      h('div', { id: 'modal' }, modalView(sight)),
    ),
  );
  return `<!doctype html>${renderToStaticMarkup(page)}`;
}

/** What changes while the page is open: the messages and the modal, as HTML. */
export function pageParts(sight: Sight): { messages: string; modal: string } {
  return {
    messages: messageViews(sight)
      .map((view) => renderToStaticMarkup(view))
      .join(''),
    modal: sight.view === null ? '' : renderToStaticMarkup(h('div', null, modalView(sight))),
  };
}

/** Where commands are typed; messages are not taken here. */
const composer = h(
  'form',
  { id: 'composer' },
  h('input', {
    name: 'text',
    'aria-label': 'Type a command',
    placeholder: '/countersign status',
    pattern: '/.+',
    autoComplete: 'off',
  }),
  h('button', { type: 'submit', className: 'plain' }, 'Send'),
);

function topBar({ channel, users, as }: Sight): ReactElement {
  const people = users.map(({ id, name, realName }) =>
    h(
      'label',
      { key: id },
      h('input', { type: 'radio', name: 'as', value: name, defaultChecked: id === as.id }),
      h('span', null, realName),
    ),
  );
  return h(
    'header',
    { className: 'top' },
    h('h1', null, `# ${channel}`),
    h('p', { id: 'connection', role: 'status' }, 'local Slack'),
    h('fieldset', null, h('legend', null, 'You are'), ...people),
  );
}

function messageViews(sight: Sight): ReactElement[] {
  const entries = [
    ...sight.messages.map((message) => ({ ts: message.ts, view: messageView(message, sight) })),
    ...sight.whispers.map((whisper) => ({ ts: whisper.ts, view: whisperView(whisper) })),
  ].sort((a, b) => Number(a.ts) - Number(b.ts));
  if (entries.length > 0) return entries.map(({ view }) => view);
  return [
    h(
      'p',
      { key: 'empty', className: 'empty', 'data-key': 'empty' },
      'All quiet. When an alarm needs you, its card appears here.',
    ),
  ];
}

function messageView(message: StoredMessage, sight: Sight): ReactElement {
  const { users, troubles } = sight;
  const trouble = troubles.get(message.ts);
  const blocks =
    message.blocks.length > 0 || message.text === ''
      ? blocksView(message.blocks, users)
      : [h('p', { key: 'text' }, unescaped(message.text))];
  const alert = trouble === undefined ? null : h('p', { className: 'trouble', role: 'alert' }, trouble);
  return h(
    'article',
    { key: message.ts, 'data-key': message.ts, 'data-ts': message.ts },
    avatar,
    h(
      'div',
      { className: 'body' },
      byline(message.ts, message.edited),
      ...threadNote(message, sight),
      ...blocks,
      alert,
      ...message.files.map(fileView),
      ...threadView(message, sight),
    ),
  );
}

/** As Slack says of an answer that is shown in the channel as well. */
function threadNote({ threadTs }: StoredMessage, { messages }: Sight): ReactElement[] {
  const first = messages.find(({ ts }) => ts === threadTs);
  if (first === undefined) return [];
  const said = unescaped(first.text);
  return [
    h(
      'p',
      { key: 'thread-note', className: 'thread-note' },
      `answers: ${said.length > 90 ? `${said.slice(0, 89)}…` : said}`,
    ),
  ];
}

function fileView({ name, title, content }: StoredFile): ReactElement {
  if ('image' in content) return h('img', { key: name, className: 'file-image', src: content.image, alt: title });
  return h(
    'details',
    { key: name, className: 'file' },
    h('summary', null, name),
    h('pre', { className: 'file-text' }, content.text),
  );
}

function threadView({ replies }: StoredMessage, sight: Sight): ReactElement[] {
  if (replies.length === 0) return [];
  return [h('div', { key: 'thread', className: 'thread' }, ...replies.map((reply) => messageView(reply, sight)))];
}

function whisperView({ ts, text }: Whisper): ReactElement {
  const note = h('p', { className: 'only-you' }, 'Only visible to you');
  return h(
    'article',
    { key: ts, 'data-key': ts, className: 'whisper' },
    avatar,
    h('div', { className: 'body' }, note, byline(ts, false), h('p', null, unescaped(text))),
  );
}

const avatar = h('div', { className: 'avatar', 'aria-hidden': true }, 'C✓');

function byline(ts: string, edited: boolean): ReactElement {
  const at = new Date(Number(ts) * 1000);
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return h(
    'p',
    { className: 'byline' },
    h('strong', null, 'Countersign'),
    h('span', { className: 'app' }, 'APP'),
    h('time', { dateTime: at.toISOString() }, time),
    edited ? h('span', { className: 'edited' }, '(edited)') : null,
  );
}

function modalView({ view, users }: Sight): ReactElement | null {
  if (view === null) return null;
  return h(
    'dialog',
    { 'data-view': view.id, 'aria-label': view.title.text },
    h(
      'form',
      { method: 'dialog' },
      h('h2', null, view.title.text),
      ...blocksView(view.blocks, users),
      h('p', { className: 'trouble', role: 'alert', hidden: true }),
      h(
        'div',
        { className: 'choices' },
        h('button', { type: 'button', className: 'plain close' }, view.close.text),
        h('button', { type: 'submit', className: 'primary' }, view.submit.text),
      ),
    ),
  );
}

/** Slack shows the three entities of its message text as what they stand for. */
function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
