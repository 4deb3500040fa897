/** slack: the public URL; checks the signature, acknowledges, opens the modals in which people say more, and knocks at decide. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { knocker } from '../adapters/lambda/knock.ts';
import { readSecret } from '../adapters/secretsmanager/secrets.ts';
import { parseCommand } from '../core/slack/command.ts';
import { InteractionError, parseInteraction } from '../core/slack/interaction.ts';
import { checkHeaders, maximumBodyBytes, verifySlackSignature } from '../core/slack/signature.ts';
import { setting } from './wiring/environment.ts';
import { invocation } from './wiring/invocation.ts';
import { openModal, typedErrors } from './wiring/open-modal.ts';
import { asksAgain, bodyOf, headerOf, onItsWay, onlyToThem } from './wiring/slack-request.ts';

const unsigned = { statusCode: 401, body: 'not signed by Slack' };
const tooLong = { statusCode: 413, body: `at most ${maximumBodyBytes} bytes are read` };

export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  return invocation({}, () => answered(event));
}

/** What costs nothing is asked first: this door is open to everybody. */
async function answered(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const [timestamp, signature] = [headerOf(event, 'x-slack-request-timestamp'), headerOf(event, 'x-slack-signature')];
  const now = Math.floor(Date.now() / 1000);
  if (!checkHeaders({ timestamp, signature, now }).ok) return unsigned;
  const rawBody = bodyOf(event);
  if (rawBody === null) return tooLong;
  // Both at once, since a modal must be open within three seconds; that one is missing stops only what needs it.
  const botToken = readSecret(setting('SLACK_BOT_TOKEN_SECRET'));
  botToken.catch(() => {});
  const signingSecret = await readSecret(setting('SLACK_SIGNING_SECRET'));
  if (!verifySlackSignature({ rawBody, timestamp, signature, signingSecret, now }).ok) return unsigned;
  try {
    const command = parseCommand(rawBody);
    if (command?.kind === 'help') return onlyToThem(command.text);
    if (command !== null) {
      await knocker(setting('DECIDE_FUNCTION'))({ rawBody, timestamp, signature });
      return onlyToThem(onItsWay);
    }
    const act = parseInteraction(rawBody);
    const errors = act.kind === 'incomplete' ? act.errors : act.kind === 'answer' ? typedErrors(act) : null;
    if (errors !== null) return asksAgain(errors);
    if (act.kind === 'opens') await openModal(act, await botToken);
    else if (act.kind === 'answer') await knocker(setting('DECIDE_FUNCTION'))({ rawBody, timestamp, signature });
    return { statusCode: 200, body: '' };
  } catch (error) {
    if (error instanceof InteractionError) return { statusCode: 400, body: error.message };
    throw error;
  }
}
