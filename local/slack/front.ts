/** The front server on 127.0.0.1: Slack's Web API for the functions, the page and its clicks for people. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import type { ApiAnswer } from './web-api.ts';

/** What the front server asks of the workspace. */
export interface Workspace {
  api(request: IncomingMessage, rawBody: string): Promise<ApiAnswer>;
  /** Takes the content of a file. */
  upload(request: IncomingMessage, content: Buffer): Promise<ApiAnswer>;
  /** The page, and its changing parts as JSON, as `as` (a person's name) sees them; null = the first person. */
  page(as: string | null): Promise<string>;
  parts(as: string | null): Promise<unknown>;
  readonly script: string;
  readonly style: string;
  press(click: Click): Promise<unknown>;
  /** Sends a slash command; `origin` is where later answers to it reach this front. */
  command(command: Command & { readonly origin: string }): Promise<unknown>;
  /** Takes a later answer to a command. */
  answered(token: string, rawBody: string): { readonly status: number; readonly body: string };
  submit(submission: Submission): Promise<unknown>;
  close(as: string): unknown;
  /** Calls back whenever something changed; returns how to stop that. */
  subscribe(changed: () => void): () => void;
}

const Click = z.strictObject({ as: z.string(), messageTs: z.string(), actionId: z.string() });
type Click = z.infer<typeof Click>;
const Submission = z.strictObject({
  as: z.string(),
  viewId: z.string(),
  values: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())]))),
});
type Submission = z.infer<typeof Submission>;
const Command = z.strictObject({
  as: z.string(),
  text: z
    .string()
    .regex(/^\/[^\s]/)
    .max(3000),
});
type Command = z.infer<typeof Command>;
const Close = z.strictObject({ as: z.string() });

/** Nothing from elsewhere runs in the page, and nobody may frame it. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/** The most that a request may bring: an interactivity payload is below 100 KB, a file of ours below 400,000 characters. */
const maximumBody = 4 * 1024 * 1024;

/** Starts the server on a free port. */
export async function startFront(workspace: Workspace): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(workspace, request, response).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      if (!response.headersSent) reply(response, 500, 'application/json', JSON.stringify({ trouble: message }));
      else response.end();
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => stop(server) };
}

async function answer(workspace: Workspace, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const as = url.searchParams.get('as');
  const route = `${request.method} ${url.pathname}`;
  if (url.pathname.startsWith('/api/')) {
    const { status, body } = await workspace.api(request, await readText(request));
    return reply(response, status, 'application/json', body);
  }
  if (url.pathname.startsWith('/upload/')) {
    const { status, body } = await workspace.upload(request, await read(request));
    return reply(response, status, 'text/plain', body);
  }
  if (request.method === 'POST' && url.pathname.startsWith('/commands/')) {
    const { status, body } = workspace.answered(
      url.pathname.slice('/commands/'.length),
      (await read(request)).toString('utf8'),
    );
    return reply(response, status, 'text/plain', body);
  }
  if (!fromThisPage(request)) return reply(response, 403, 'text/plain', 'only this page may ask');
  if (route === 'GET /') return reply(response, 200, 'text/html', await workspace.page(as));
  if (route === 'GET /page.js') return reply(response, 200, 'text/javascript', workspace.script);
  if (route === 'GET /page.css') return reply(response, 200, 'text/css', workspace.style);
  if (route === 'GET /parts') return json(response, await workspace.parts(as));
  if (route === 'GET /events') return events(workspace, response);
  if (route === 'POST /press')
    return json(response, await workspace.press(Click.parse(JSON.parse(await readText(request)))));
  if (route === 'POST /command') {
    const origin = `http://${request.headers.host}`;
    return json(response, await workspace.command({ ...Command.parse(JSON.parse(await readText(request))), origin }));
  }
  if (route === 'POST /submit')
    return json(response, await workspace.submit(Submission.parse(JSON.parse(await readText(request)))));
  if (route === 'POST /close')
    return json(response, workspace.close(Close.parse(JSON.parse(await readText(request))).as));
  return reply(response, 404, 'text/plain', 'not found');
}

/** No other site that the same browser shows may press a button here, nor a name that resolves to 127.0.0.1. */
function fromThisPage({ headers }: IncomingMessage): boolean {
  const host = headers.host ?? '';
  const site = headers['sec-fetch-site'];
  if (!/^(127\.0\.0\.1|localhost):[0-9]+$/.test(host)) return false;
  if (headers.origin !== undefined && headers.origin !== `http://${host}`) return false;
  return site === undefined || site === 'same-origin' || site === 'none';
}

function events(workspace: Workspace, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).flushHeaders();
  const unsubscribe = workspace.subscribe(() => response.write('data: changed\n\n'));
  response.once('close', unsubscribe);
}

async function readText(request: IncomingMessage): Promise<string> {
  return (await read(request)).toString('utf8');
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maximumBody) throw new Error(`The request has more than ${maximumBody} bytes.`);
  }
  return Buffer.concat(chunks);
}

function json(response: ServerResponse, value: unknown): void {
  reply(response, 200, 'application/json', JSON.stringify(value));
}

function reply(response: ServerResponse, status: number, type: string, body: string): void {
  const headers = {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'content-security-policy': policy,
  };
  response.writeHead(status, { ...headers, 'x-content-type-options': 'nosniff' }).end(body);
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
