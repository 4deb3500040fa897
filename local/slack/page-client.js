/** The page's script: shows what changes, sends clicks and modals to the front server, which signs them as Slack does. */
const dark = matchMedia('(prefers-color-scheme: dark)');
const theme = () => document.documentElement.setAttribute('data-theme', dark.matches ? 'dark' : 'light');
theme();
dark.addEventListener('change', theme);

const person = () => document.body.dataset.as;

async function send(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}

/** Replaces only what differs, so that a selection, a scroll position or a typed reason survives. */
function showMessages(html) {
  const list = document.querySelector('#messages');
  const fresh = document.createElement('template');
  fresh.innerHTML = html;
  const atEnd = innerHeight + scrollY >= document.body.scrollHeight - 80;
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const wanted = [...fresh.content.children].map((child) => {
    const kept = old.get(child.dataset.key);
    return kept?.outerHTML === child.outerHTML ? kept : child;
  });
  const added = wanted.some((child) => !old.has(child.dataset.key));
  list.replaceChildren(...wanted);
  if (added && atEnd) wanted.at(-1)?.scrollIntoView({ block: 'start', behavior: 'instant' });
}

function showModal(html) {
  const place = document.querySelector('#modal');
  const fresh = document.createElement('template');
  fresh.innerHTML = html;
  const dialog = fresh.content.querySelector('dialog');
  if (place.querySelector('dialog')?.dataset.view === dialog?.dataset.view && place.querySelector('dialog')?.open)
    return;
  place.replaceChildren(...(dialog ? [dialog] : []));
  dialog?.showModal();
}

function showTitle() {
  const waiting = document.querySelectorAll('#messages [data-block="countersign.decide"]').length;
  document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${document.body.dataset.title}`;
}

let refreshing = Promise.resolve();
function refresh() {
  refreshing = refreshing.then(async () => {
    const response = await fetch(`/parts?as=${encodeURIComponent(person())}`);
    const { messages, modal } = await response.json();
    showMessages(messages);
    showModal(modal);
    showTitle();
  });
  return refreshing.catch(() => {});
}

async function press(button) {
  const message = button.closest('article').dataset.ts;
  button.setAttribute('aria-busy', 'true');
  await send('/press', { as: person(), messageTs: message, actionId: button.dataset.action });
  button.removeAttribute('aria-busy');
  await refresh();
}

async function command(form) {
  const input = form.querySelector('input');
  const text = input.value.trim();
  input.value = '';
  await send('/command', { as: person(), text });
  await refresh();
}

async function submit(dialog) {
  const values = {};
  for (const input of dialog.querySelectorAll('[data-action]')) {
    const block = input.closest('[data-block]').dataset.block;
    const value = input.multiple ? [...input.selectedOptions].map((option) => option.value) : input.value;
    values[block] = { ...values[block], [input.dataset.action]: value };
  }
  const button = dialog.querySelector('[type=submit]');
  button.setAttribute('aria-busy', 'true');
  const { trouble } = await send('/submit', { as: person(), viewId: dialog.dataset.view, values });
  button.removeAttribute('aria-busy');
  const alert = dialog.querySelector('.trouble');
  alert.textContent = trouble ?? '';
  alert.hidden = !trouble;
  await refresh();
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button || button.getAttribute('aria-busy')) return;
  const asked = button.dataset.confirm;
  if (button.matches('article [data-action]') && (!asked || confirm(asked))) press(button);
  if (button.matches('dialog .close')) send('/close', { as: person() }).then(refresh);
});
document.addEventListener('submit', (event) => {
  event.preventDefault();
  if (event.target.id === 'composer') command(event.target);
  else submit(event.target.closest('dialog'));
});
document.addEventListener('change', (event) => {
  if (event.target.name !== 'as') return;
  document.body.dataset.as = event.target.value;
  history.replaceState(null, '', `?as=${encodeURIComponent(event.target.value)}`);
  refresh();
});

function measureHeader() {
  const { height } = document.querySelector('header').getBoundingClientRect();
  document.documentElement.style.setProperty('--header', `${Math.ceil(height) + 1}px`);
}

document.addEventListener('DOMContentLoaded', () => {
  measureHeader();
  addEventListener('resize', measureHeader);
  document.querySelector('#modal dialog')?.showModal();
  document.querySelector('#modal').addEventListener('cancel', () => send('/close', { as: person() }), true);
  document.querySelector('#messages').lastElementChild?.scrollIntoView({ block: 'start' });
  showTitle();
  const events = new EventSource('/events');
  const connection = document.querySelector('#connection');
  events.addEventListener('open', () => {
    connection.textContent = 'local Slack';
    refresh();
  });
  events.addEventListener('message', refresh);
  events.addEventListener('error', () => {
    connection.textContent = 'not connected; the demo has ended';
  });
});
