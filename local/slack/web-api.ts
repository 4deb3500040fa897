/** Slack's Web API at the front server: checks what the emulator does not, forwards the bytes, and tells what happened. */
import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { slackProblems, viewProblems } from '../../core/slack/limits.ts';

/** What a call to the Web API was answered with. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

export interface ApiCall {
  /** Such as `chat.postMessage`. */
  readonly method: string;
  readonly args: Readonly<Record<string, string>>;
  /** The answer as JSON; `ok: false` for a refusal. */
  readonly answer: Readonly<Record<string, unknown>>;
}

/** The bot's scopes, as slack/manifest.yaml has them. */
export const botScopes = ['chat:write', 'commands', 'files:write', 'usergroups:read', 'users:read'] as const;

/** The scope that a method wants (docs.slack.dev, "Methods"); of two for channels one. Absent = none, as `views.open`. */
const scopeOf: Readonly<Record<string, string>> = {
  'chat.postMessage': 'chat:write',
  'chat.update': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'files.getUploadURLExternal': 'files:write',
  'files.completeUploadExternal': 'files:write',
  'files.info': 'files:read',
  'users.info': 'users:read',
  'users.list': 'users:read',
  'usergroups.users.list': 'usergroups:read',
  'conversations.info': 'channels:read',
  'conversations.list': 'channels:read',
  'conversations.history': 'channels:history',
  'conversations.replies': 'channels:history',
};

/** Slack's no to a method for which the token has no scope; null = it may. */
function missingScope(method: string): ApiAnswer | null {
  const needed = scopeOf[method];
  if (needed === undefined || (botScopes as readonly string[]).includes(needed)) return null;
  const body = { ok: false, error: 'missing_scope', needed, provided: botScopes.join(',') };
  return { status: 200, body: JSON.stringify(body) };
}

const Arguments = z.record(z.string(), z.unknown());

/** Answers one request to `/api/{method}`. `done` hears of every call that reached the emulator. */
export async function answerApi(
  request: IncomingMessage,
  rawBody: string,
  emulator: { readonly url: string; readonly botToken: string },
  done: (call: ApiCall) => void,
): Promise<ApiAnswer> {
  const method = (request.url ?? '').split('?')[0]?.slice('/api/'.length) ?? '';
  const contentType = request.headers['content-type'] ?? '';
  const args = argumentsOf(rawBody, contentType);
  // The emulator takes any token for its admin's.
  if (bearer(request, args) !== emulator.botToken) return refusal('invalid_auth');
  const missing = missingScope(method);
  if (missing !== null) return missing;
  const problems = contentProblems(args);
  if (problems.length > 0) return refusal('invalid_blocks', problems);
  const response = await fetch(`${emulator.url}/api/${method}`, {
    method: 'POST',
    headers: { 'content-type': contentType, authorization: `Bearer ${emulator.botToken}` },
    body: rawBody,
  });
  const body = await response.text();
  const answer = Arguments.catch({}).parse(parsed(body));
  done({ method, args, answer });
  if (typeof answer.upload_url !== 'string') return { status: response.status, body };
  const { pathname } = new URL(answer.upload_url);
  return {
    status: response.status,
    body: JSON.stringify({ ...answer, upload_url: `http://${request.headers.host}${pathname}` }),
  };
}

/** The content of a file, at the address that was given for it. */
export async function answerUpload(
  request: IncomingMessage,
  content: Buffer,
  emulator: { readonly url: string },
): Promise<ApiAnswer> {
  const headers = { 'content-type': request.headers['content-type'] ?? 'application/octet-stream' };
  const response = await fetch(`${emulator.url}${request.url}`, {
    method: 'POST',
    headers,
    body: new Uint8Array(content),
  });
  return { status: response.status, body: await response.text() };
}

function argumentsOf(rawBody: string, contentType: string): Record<string, string> {
  const values = contentType.includes('json')
    ? Arguments.catch({}).parse(parsed(rawBody))
    : Object.fromEntries(new URLSearchParams(rawBody));
  const texts = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(texts);
}

function bearer(request: IncomingMessage, args: Record<string, string>): string {
  return /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? args.token ?? '';
}

/** The emulator takes 51 blocks and 3,001 characters; Slack does not, and neither do we. */
function contentProblems({ text, blocks, view }: Record<string, string>): string[] {
  if (view !== undefined) return viewProblems(parsed(view));
  return blocks === undefined ? [] : slackProblems({ text, blocks: parsed(blocks) });
}

function refusal(error: string, messages: string[] = []): ApiAnswer {
  return { status: 200, body: JSON.stringify({ ok: false, error, response_metadata: { messages } }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
