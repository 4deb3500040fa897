/** Wiring of the modal that asks why a step is rejected. */
import { slackAdapter } from '../../adapters/slack/slack.ts';
import { strangerRefusal } from '../../core/approval/rules.ts';
import { parseReference } from '../../core/reference.ts';
import type { Act } from '../../core/slack/interaction.ts';
import { rejectModal } from '../../core/slack/reject-modal.ts';
import { loadCompiled } from './compiled.ts';

/**
 * Opens the modal within Slack's three seconds; its submission comes back to the same URL. Who is no approver of the policy
 * hears so instead of typing in vain: whether anybody is one of this question, `decide` judges.
 */
export async function askWhy(act: Act, token: string): Promise<void> {
  const { policy } = loadCompiled();
  const slack = slackAdapter({ token, apiUrl: policy.slack.api_url });
  const why = strangerRefusal(policy, { via: 'slack', id: act.userId });
  if (why === null) await slack.openModal(act.triggerId ?? '', rejectModal(parseReference(act.reference), act.about));
  else if (act.channel !== null) await slack.tellOnly(act.channel, act.userId, why);
}
