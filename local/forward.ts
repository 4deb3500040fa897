/** Passing a signed request on to the emulator, for fronts that stand before it. */
import { type IncomingHttpHeaders, request } from 'node:http';

export interface Forwarded {
  readonly status: number;
  readonly body: string;
}

/** The emulator's answer to a request, which keeps its Host header: it is part of what was signed. Throws when it does not answer. */
export function forward(
  { hostname, port }: URL,
  { headers, body }: { readonly headers: IncomingHttpHeaders; readonly body: Buffer | string },
): Promise<Forwarded> {
  return new Promise((resolve, reject) => {
    const forwarded = request({ hostname, port, method: 'POST', path: '/', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 500, body: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    forwarded.on('error', reject).end(body);
  });
}
