/** A stand-in for one AWS endpoint over real HTTP: counts requests, shows what was sent, and fails as networks fail. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll } from 'vitest';

/** What the service is asked: the operation (`SendCommand`) and its input. */
export interface Asked {
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

/** An answer's body; or a status and an error's name; or what networks do. */
export type Answer =
  | Record<string, unknown>
  | { readonly status: number; readonly error: string }
  | 'reset'
  | 'silence'
  | 'half an answer';

export interface AwsServer {
  readonly asked: Asked[];
  /** Asked in order; the last one goes on for ever. Keyed by operation. */
  answers: Record<string, Answer[] | ((input: Record<string, unknown>) => Answer)>;
}

/** Speaks AWS's JSON protocols, which name the operation in `X-Amz-Target`; every SDK client of the file talks to it. */
export function awsServer(): AwsServer {
  const aws: AwsServer = { asked: [], answers: {} };
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
        const body = Buffer.concat(chunks).toString('utf8');
        const input = body.startsWith('{') ? JSON.parse(body) : {};
        aws.asked.push({ operation, input });
        reply(response, next(aws, operation, input));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const environment = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    Object.assign(process.env, environment);
  });
  afterEach(() => {
    aws.asked.length = 0;
    aws.answers = {};
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return aws;
}

function next({ asked, answers }: AwsServer, operation: string, input: Record<string, unknown>): Answer {
  const known = answers[operation];
  if (typeof known === 'function') return known(input);
  const turn = asked.filter((one) => one.operation === operation).length - 1;
  return known?.[Math.min(turn, known.length - 1)] ?? { status: 400, error: `UnexpectedCall${operation}` };
}

function reply(response: ServerResponse, answer: Answer): void {
  const type = { 'content-type': 'application/x-amz-json-1.1' };
  if (answer === 'silence') return;
  if (answer === 'reset') {
    response.socket?.resetAndDestroy();
  } else if (answer === 'half an answer') {
    response.writeHead(200, { ...type, 'content-length': '1000' }).write('{"Command":');
  } else if ('error' in answer) {
    const status = typeof answer.status === 'number' ? answer.status : 400;
    response.writeHead(status, type).end(JSON.stringify({ __type: answer.error, message: 'said the test' }));
  } else {
    response.writeHead(200, type).end(JSON.stringify(answer));
  }
}
