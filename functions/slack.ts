/** slack: the public URL; checks the signature, acknowledges, opens the modal that asks why, and knocks at decide. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { knocker } from '../adapters/lambda/knock.ts';
import { readSecret } from '../adapters/secretsmanager/secrets.ts';
import { slackAdapter } from '../adapters/slack/slack.ts';
import { parseReference } from '../core/reference.ts';
import { type Act, InteractionError, parseInteraction } from '../core/slack/interaction.ts';
import { rejectModal } from '../core/slack/reject-modal.ts';
import { verifySlackSignature } from '../core/slack/signature.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { setting } from './wiring/environment.ts';

export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const body = event.body ?? '';
  const rawBody = event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  const timestamp = headerOf(event, 'x-slack-request-timestamp');
  const signature = headerOf(event, 'x-slack-signature');
  if (!timestamp || !signature) return { statusCode: 401, body: 'not signed by Slack' };
  const signingSecret = await readSecret(setting('SLACK_SIGNING_SECRET'));
  const request = { rawBody, timestamp, signature, signingSecret, now: Math.floor(Date.now() / 1000) };
  if (!verifySlackSignature(request).ok) return { statusCode: 401, body: 'not signed by Slack' };
  try {
    const act = parseInteraction(rawBody);
    if (act.kind === 'other') return { statusCode: 200, body: '' };
    if (act.kind === 'asks_why') await askWhy(act);
    else await knocker(setting('DECIDE_FUNCTION'))({ rawBody, timestamp, signature });
    return { statusCode: 200, body: '' };
  } catch (error) {
    if (error instanceof InteractionError) return { statusCode: 400, body: error.message };
    throw error;
  }
}

/** Names of headers have no case. */
function headerOf({ headers }: APIGatewayProxyEventV2, name: string): string | undefined {
  return Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** Opens the modal within Slack's three seconds; its submission comes back here. */
async function askWhy(act: Act): Promise<void> {
  const token = await readSecret(setting('SLACK_BOT_TOKEN_SECRET'));
  const slack = slackAdapter({ token, apiUrl: loadCompiled().policy.slack.api_url });
  await slack.openModal(act.triggerId ?? '', rejectModal(parseReference(act.reference)));
}
