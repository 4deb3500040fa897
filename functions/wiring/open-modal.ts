/** Wiring of the modals in which a person says more than a button can. */
import { slackAdapter } from '../../adapters/slack/slack.ts';
import { valueProblems } from '../../core/approval/fields.ts';
import { strangerRefusal } from '../../core/approval/rules.ts';
import { valueBlock } from '../../core/slack/controls.ts';
import type { Act, Opening } from '../../core/slack/interaction.ts';
import { type AskedParameter, modalFor } from '../../core/slack/modals.ts';
import { loadCompiled } from './compiled.ts';

/**
 * Opens the modal within Slack's three seconds; its submission comes back to the same URL. Who is no approver of the policy
 * hears so instead of typing in vain: whether anybody is one of this question, `decide` judges.
 */
export async function openModal(opening: Opening, token: string): Promise<void> {
  const { policy } = loadCompiled();
  const slack = slackAdapter({ token, apiUrl: policy.slack.api_url });
  const why = strangerRefusal(policy, { via: 'slack', id: opening.userId });
  if (why === null) await slack.openModal(opening.triggerId, modalFor(opening, askedBy(opening)));
  else if (opening.channel !== null) await slack.tellAtOnce(opening.channel, opening.userId, why);
}

/** The parameters of the runbook whose values the button named. */
function askedBy({ more }: Opening): AskedParameter[] {
  if (more === null) return [];
  const runbook = loadCompiled().runbooks.find(({ id }) => id === more.runbook);
  return (runbook?.parameters ?? []).filter(({ name }) => Object.hasOwn(more.values, name));
}

/** What is wrong with values that were typed, by the block of the input; null when nothing is, or nobody here knows. */
export function typedErrors({ parameters, runbook }: Act): Readonly<Record<string, string>> | null {
  const found = loadCompiled().runbooks.find(({ id }) => id === runbook);
  const problems = Object.entries(found && parameters ? valueProblems(found, parameters) : {});
  if (problems.length === 0) return null;
  return Object.fromEntries(problems.map(([name, problem]) => [valueBlock(name), problem]));
}
