/** Deciding: whatever a person said, through whichever door, goes from here to the one use case that answers it. */
import type { Compiled } from '../compiled.ts';
import { digest } from '../digest.ts';
import { IncidentId } from '../dispatch.ts';
import { isOlderReference } from '../reference.ts';
import { type Command, isResponseUrl, parseCommand } from '../slack/command.ts';
import { type Act, parseInteraction } from '../slack/interaction.ts';
import { escaped } from '../slack/rich.ts';
import { verifySlackSignature } from '../slack/signature.ts';
import { type AnswerPorts, answer } from './answer.ts';
import type { Cards } from './ports.ts';
import { type RetryPorts, type RetryStore, retry } from './retry.ts';
import type { Heard, Said, TellBack } from './said.ts';
import { isSwitchWord, type SwitchingPorts, switching } from './switching.ts';

/** The request as Slack sent it, byte for byte. */
export interface RawInteraction {
  readonly rawBody: string;
  readonly timestamp: string;
  readonly signature: string;
}

/** What deciding needs, whichever door it is. */
export interface HearPorts extends RetryPorts, AnswerPorts, SwitchingPorts {
  readonly writer: AnswerPorts['writer'];
  readonly control: AnswerPorts['control'] & RetryStore & SwitchingPorts['control'];
  readonly cards: AnswerPorts['cards'] & SwitchingPorts['cards'];
}

export interface DecidePorts extends Omit<HearPorts, 'tellBack'> {
  readonly cards: HearPorts['cards'] & Pick<Cards, 'tell'>;
  signingSecret(): Promise<string>;
  /** Tells whoever typed a command, where Slack says that an answer may be posted. Throws when it was not taken. */
  respond(responseUrl: string, text: string): Promise<void>;
}

/** Thrown for a request that Slack did not sign; nothing was read or written. */
export class NotFromSlack extends Error {
  override readonly name = 'NotFromSlack';
}

/** Slack's door: verifies the raw request again, then hears what it says. Whoever clicked is told in Slack. */
export async function decide(ports: DecidePorts, compiled: Compiled, raw: RawInteraction): Promise<void> {
  const signingSecret = await ports.signingSecret();
  const check = verifySlackSignature({ ...raw, signingSecret, now: Math.floor(ports.now() / 1000) });
  if (!check.ok) throw new NotFromSlack(check.reason);
  const command = parseCommand(raw.rawBody);
  if (command !== null) {
    if (command.kind === 'command')
      await hear(
        { ...ports, tellBack: respondingTo(ports, compiled, command) },
        compiled,
        saidByCommand(command, saidAt(raw)),
      );
    return;
  }
  const act = parseInteraction(raw.rawBody);
  if (act.kind === 'answer')
    await hear({ ...ports, tellBack: tellingInSlack(ports.cards, compiled) }, compiled, saidInSlack(act, saidAt(raw)));
}

/** What a proven person said, whichever door they came through. One branch for every kind of word. */
export async function hear(ports: HearPorts, compiled: Compiled, said: Said): Promise<Heard> {
  const { word } = said;
  // The same word about a question is an answer to it.
  if (word === 'retry' && IncidentId.safeParse(said.reference).success) return retry(ports, compiled, said);
  if (isSwitchWord(word)) return switching(ports, compiled, { ...said, word });
  if (isOlderReference(said.reference)) {
    await ports.tellBack(said, 'This card is of an older release of Countersign. Use the newest card.');
    return { outcome: 'refused', status: null };
  }
  return answer(ports, compiled, said);
}

/** The beginning of the second that Slack signed: what came later in it may not have been seen. */
function saidAt({ timestamp }: RawInteraction): number {
  return Number(timestamp) * 1000;
}

function saidInSlack(act: Act, at: number): Said {
  const { word, reference, userId, channel, messageTs, origin, displayed, reason, code, parameters, targets, choice } =
    act;
  const by = { via: 'slack' as const, id: userId };
  const said = {
    by,
    word,
    saidAt: at,
    reference,
    channel,
    messageTs,
    origin,
    displayed,
    reason,
    code,
    parameters,
    targets,
    choice,
  };
  if (act.triggerId === null) return said;
  const id = idOf(act.triggerId);
  return word === 'stop' ? { ...said, id, reference: '', reason: `said at ${reference}` } : { ...said, id };
}

function saidByCommand({ word, about: reference, reason, userId, channel, triggerId }: Command, at: number): Said {
  return { by: { via: 'slack', id: userId }, word, saidAt: at, reference, reason, channel, id: idOf(triggerId) };
}

/** Slack gives each click and each command a trigger of its own. */
function idOf(triggerId: string): string {
  return digest('slack-word/v1', triggerId).slice(0, 32);
}

/** Where a command may be typed the bot need not be: its own answer address comes first, if it is Slack's. */
function respondingTo(ports: DecidePorts, compiled: Compiled, { responseUrl }: Command): TellBack {
  const inSlack = tellingInSlack(ports.cards, compiled);
  return async (said, text, stored) => {
    if (!isResponseUrl(responseUrl, compiled.policy.slack.api_url)) return inSlack(said, text, stored);
    await ports.respond(responseUrl, escaped(text)).catch(() => inSlack(said, text, stored));
  };
}

/** Where the person clicked; a submitted modal says no place, then where the card is or would be. */
function tellingInSlack(cards: Pick<Cards, 'tell'>, { policy }: Compiled): TellBack {
  return ({ by, channel }, text, stored) =>
    cards.tell(channel ?? stored?.places[0]?.channel ?? policy.safety.approval_channel, by.id, escaped(text));
}
