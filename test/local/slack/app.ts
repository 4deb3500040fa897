/** An app behind the interactivity address: verifies the signature, records what it got, opens the modal that asks why. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { slackAdapter } from '../../../adapters/slack/slack.ts';
import { type Command, parseCommand } from '../../../core/slack/command.ts';
import { type Act, type Opening, parseInteraction } from '../../../core/slack/interaction.ts';
import { type AskedParameter, modalFor } from '../../../core/slack/modals.ts';
import { verifySlackSignature } from '../../../core/slack/signature.ts';

export const signingSecret = 'a-signing-secret';
export const botToken = 'xoxb-local-token';

export interface FakeApp {
  readonly url: string;
  readonly acts: (Act | Opening)[];
  /** Slash commands, which it answers with `On it.` at once. */
  readonly commands: Command[];
  /** Every body that came. */
  readonly bodies: string[];
  /** Requests whose signature did not hold. */
  readonly refused: string[];
  /** With another status than 200, the app answers it to everything. */
  answer: number;
  /** What its modals ask for. */
  asks: readonly AskedParameter[];
  stop(): Promise<void>;
}

export async function startFakeApp(apiUrl: string): Promise<FakeApp> {
  const slack = slackAdapter({ token: botToken, apiUrl });
  const server = createServer(async (request, response) => {
    const rawBody = await text(request);
    const answered = await handle(rawBody, request).catch(() => 500);
    const { status, body } = typeof answered === 'number' ? { status: answered, body: '' } : answered;
    response.writeHead(status).end(status === 200 ? body : 'no');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const app: FakeApp = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    acts: [],
    commands: [],
    bodies: [],
    refused: [],
    answer: 200,
    asks: [],
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };

  async function handle(
    rawBody: string,
    { headers }: IncomingMessage,
  ): Promise<number | { status: number; body: string }> {
    const [timestamp, signature] = [headers['x-slack-request-timestamp'], headers['x-slack-signature']].map(String);
    app.bodies.push(rawBody);
    const check = verifySlackSignature({
      rawBody,
      timestamp,
      signature,
      signingSecret,
      now: Math.floor(Date.now() / 1000),
    });
    if (!check.ok) app.refused.push(check.reason);
    if (!check.ok) return 401;
    if (app.answer !== 200) return app.answer;
    const command = parseCommand(rawBody);
    if (command?.kind === 'command') {
      app.commands.push(command);
      return { status: 200, body: JSON.stringify({ response_type: 'ephemeral', text: 'On it.' }) };
    }
    const act = parseInteraction(rawBody);
    if (act.kind === 'answer' || act.kind === 'opens') app.acts.push(act);
    if (act.kind === 'opens') await slack.openModal(act.triggerId, modalFor(act, app.asks));
    return 200;
  }
  return app;
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
