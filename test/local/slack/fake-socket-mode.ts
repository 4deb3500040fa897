/**
 * Slack's side of Socket Mode on this machine, as docs.slack.dev ("Using Socket Mode") describes it: `apps.connections.open`
 * gives an address once, the socket says hello, sends envelopes, and wants each acknowledged by its id within 3 s.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Acknowledged {
  readonly envelopeId: string;
  readonly payload: unknown;
  readonly milliseconds: number;
}

export interface FakeSocketMode {
  readonly apiUrl: string;
  /** Sends an envelope; its acknowledgement, or null where none comes within Slack's 3 s. */
  send(type: string, payload: unknown, acceptsResponse?: boolean): Promise<Acknowledged | null>;
  /** As Slack does when it recycles a connection: `disconnect`, and the next connection is the client's to make. */
  recycle(): void;
  /** How often a socket was opened. */
  readonly opened: () => number;
  stop(): Promise<void>;
}

const slackWaitsMs = 3_000;
const websocketId = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Tokens that it takes; `ready` fires with each hello. */
export async function startFakeSocketMode({
  appToken,
  botToken,
}: {
  appToken: string;
  botToken: string;
}): Promise<FakeSocketMode> {
  const sockets = new Set<Socket>();
  const waiting = new Map<string, (payload: unknown) => void>();
  const tickets = new Set<string>();
  let opened = 0;
  let url = '';
  const server = createServer((request, response) => {
    const token = request.headers.authorization?.replace('Bearer ', '');
    const answer = answerTo(request.url ?? '', token);
    request
      .resume()
      .on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)));
  });
  const answerTo = (path: string, token: string | undefined) => {
    if (path === '/api/auth.test')
      return token === botToken
        ? { ok: true, user: 'countersign', team: 'Acme' }
        : { ok: false, error: 'invalid_auth' };
    if (path !== '/api/apps.connections.open') return { ok: false, error: 'unknown_method' };
    if (token !== appToken) return { ok: false, error: 'invalid_auth' };
    const ticket = randomUUID();
    tickets.add(ticket);
    return { ok: true, url: `${url.replace('http', 'ws')}/link?ticket=${ticket}` };
  };
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    const ticket = new URL(request.url ?? '', url).searchParams.get('ticket') ?? '';
    // An address is good once.
    if (!tickets.delete(ticket)) return socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${websocketId}`).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    sockets.add(socket);
    opened += 1;
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    readFrames(socket, (text) => {
      const { envelope_id, payload } = JSON.parse(text) as { envelope_id: string; payload?: unknown };
      waiting.get(envelope_id)?.(payload);
    });
    const info = {
      num_connections: 1,
      connection_info: { app_id: 'A1' },
      debug_info: { host: 'applink', approximate_connection_time: 18060 },
    };
    socket.write(frame({ type: 'hello', ...info }));
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const broadcast = (message: unknown) => {
    for (const socket of sockets) socket.write(frame(message));
  };
  return {
    apiUrl: `${url}/api/`,
    opened: () => opened,
    recycle: () => broadcast({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'applink' } }),
    send(type, payload, acceptsResponse = true) {
      const envelopeId = randomUUID();
      const began = performance.now();
      return new Promise((resolve) => {
        const end = setTimeout(() => resolve(null), slackWaitsMs);
        waiting.set(envelopeId, (said) => {
          clearTimeout(end);
          resolve({ envelopeId, payload: said, milliseconds: performance.now() - began });
        });
        broadcast({ type, envelope_id: envelopeId, payload, accepts_response_payload: acceptsResponse });
      });
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** RFC 6455, section 5.2: one unmasked text frame, as a server sends it. */
function frame(message: unknown, opcode = 1): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const head =
    body.length < 126
      ? Buffer.from([0x80 | opcode, body.length])
      : Buffer.from([0x80 | opcode, 126, body.length >> 8, body.length & 255]);
  return Buffer.concat([head, body]);
}

/** Masked frames of a client: texts are handed on, a ping is answered, a close closes. */
function readFrames(socket: Socket, text: (body: string) => void): void {
  let held = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      const short = (held[1] ?? 0) & 127;
      const at = short === 126 ? 4 : 2;
      if (held.length < at + 4) return;
      const length = short === 126 ? held.readUInt16BE(2) : short;
      if (held.length < at + 4 + length) return;
      const mask = held.subarray(at, at + 4);
      const body = Buffer.from(
        held.subarray(at + 4, at + 4 + length).map((byte, place) => byte ^ (mask[place % 4] ?? 0)),
      );
      const opcode = (held[0] ?? 0) & 15;
      held = held.subarray(at + 4 + length);
      if (opcode === 1) text(body.toString('utf8'));
      if (opcode === 9) socket.write(Buffer.concat([Buffer.from([0x8a, body.length]), body]));
      if (opcode === 8) socket.end(Buffer.from([0x88, 0]));
    }
  });
}
