/** A tap between functions and the services that they ask: passes every request on, and notes from when to when it took. */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** One request; milliseconds since 1970. */
export interface Asked {
  /** The function that asked, as it names itself to the SDK. */
  readonly by: string;
  readonly service: string;
  readonly operation: string;
  readonly from: number;
  readonly to: number;
}

export interface Tap {
  readonly url: string;
  stop(): Promise<void>;
}

/** How a tap passes on: milliseconds by which each answer is late, so that what is asked at once is seen at once. */
export interface Line {
  readonly asked: Asked[];
  latency: number;
}

/** Listens for one service, and puts what it sees into `line.asked`. The Host header stays, since it is part of what was signed. */
export async function startTap(service: string, endpoint: string, line: Line): Promise<Tap> {
  const server = createServer((incoming, response) => pass(new URL(endpoint), incoming, response, service, line));
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => stopped(server) };
}

function pass(to: URL, incoming: IncomingMessage, response: ServerResponse, service: string, line: Line): void {
  const from = Date.now();
  const { method, headers, url: path } = incoming;
  // Powertools adds its own name to the function’s.
  const by =
    /\bapp\/([\w-]+?)(?:-PT-|[^\w-]|$)/.exec(`${headers['x-amz-user-agent']} ${headers['user-agent']}`)?.[1] ?? '';
  const operation =
    String(headers['x-amz-target'] ?? path)
      .split('.')
      .at(-1) ?? '';
  const onward = request({ hostname: to.hostname, port: to.port, method, path, headers }, async (answer) => {
    await delay(line.latency);
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
    answer.on('end', () => line.asked.push({ by, service, operation, from, to: Date.now() }));
  });
  onward.on('error', () => response.destroy());
  incoming.pipe(onward);
}

async function stopped(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** The longest chain of requests by these functions of which each began after the one before had ended: round trips that nothing could save. */
export function inSequence(asked: readonly Asked[], by: readonly string[], from: number, to: number): readonly Asked[] {
  const within = asked
    .filter((one) => by.includes(one.by) && one.from >= from && one.to <= to)
    .sort((a, b) => a.to - b.to);
  const chain: Asked[] = [];
  for (const one of within) if (one.from >= (chain.at(-1)?.to ?? 0)) chain.push(one);
  return chain;
}
