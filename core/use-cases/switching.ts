/** Words about the kill switch and about suspensions, whichever door they came through: each to its use case, and its answer told. */

import { notNamed } from '../approval/rules.ts';
import { personOf } from '../approval/votes.ts';
import type { Compiled } from '../compiled.ts';
import { digest } from '../digest.ts';
import type { Person } from '../person.ts';
import type { Policy } from '../policy/schema.ts';
import { redact } from '../redact.ts';
import type { SwitchNews } from '../report/message.ts';
import {
  type NotAllowed,
  notAllowedText,
  resumedText,
  type Stopped,
  type SwitchStatus,
  statusLines,
  stoppedText,
  suspendedText,
} from '../report/switch.ts';
import { visible } from '../visible.ts';
import type { Cards } from './ports.ts';
import { resume } from './resume.ts';
import type { Heard, Said, TellBack } from './said.ts';
import { stop } from './stop.ts';
import { reinstate, suspend } from './suspend.ts';
import type { SwitchPorts, SwitchWord } from './switch-ports.ts';
import { type StatusPorts, switchStatus } from './switch-status.ts';

export interface SwitchingPorts extends SwitchPorts, StatusPorts {
  readonly writer: SwitchPorts['writer'];
  readonly control: SwitchPorts['control'];
  readonly cards: Pick<Cards, 'post'>;
  readonly tellBack: TellBack;
}

const words = ['stop', 'resume', 'status', 'suspend', 'reinstate'] as const;
type Word = (typeof words)[number];

/** Whether a word is one of these. */
export function isSwitchWord(word: string): word is Word {
  return (words as readonly string[]).includes(word);
}

const longestReason = 500;

/** What became of a word, for the person who said it and, where it changed something, for everybody. */
interface Done {
  readonly outcome: Heard['outcome'];
  readonly text: string;
  readonly news: SwitchNews | null;
  readonly status?: SwitchStatus;
}

/**
 * Does what was said, if the policy names who said it, and tells that person the truth about it: of a stop only when nothing
 * can be sent any more. `said.reference` is `abort` behind a stop, or `maybe_abort` where it is not sure that one is meant, the last number that the person saw behind a resume, and
 * a name or a Slack id behind the others. Throws when it is not known what came of it; then nobody is told that it counts.
 */
export async function switching(
  ports: SwitchingPorts,
  compiled: Compiled,
  said: Said & { readonly word: Word },
): Promise<Heard> {
  const { policy } = compiled;
  const by = personOf(policy.people, said.by);
  const done = by === null ? refused(notNamed) : await doing(ports, policy, said, wordOf(ports, said, by));
  // Everybody hears before the one: whoever reads the channel must not wait for an answer to another.
  if (done.news) {
    const message = { kind: 'switch' as const, news: done.news };
    await ports.cards.post(policy.safety.approval_channel, message).catch(() => {});
  }
  await ports.tellBack(said, done.text);
  const { outcome, status } = done;
  return { outcome, status: null, ...(status ? { switch: status } : {}) };
}

function wordOf(
  { now }: SwitchingPorts,
  { id, by: identity, saidAt, word, reference, reason }: Said,
  by: Person,
): SwitchWord {
  const text = visible(redact(reason ?? ''))
    .trim()
    .slice(0, longestReason);
  return {
    by,
    reason: text,
    saidAt,
    id: id ?? digest('switch-word/v1', [identity, word, reference, text, now()]).slice(0, 32),
  };
}

function doing(
  ports: SwitchingPorts,
  policy: Policy,
  { word, reference }: Said & { readonly word: Word },
  said: SwitchWord,
): Promise<Done> {
  switch (word) {
    case 'stop':
      return stopping(ports, policy, said, reference);
    case 'resume':
      return resuming(ports, policy, said, reference);
    case 'status':
      return standing(ports, policy);
    case 'suspend':
    case 'reinstate':
      return barring(ports, policy, said, word, reference);
  }
}

const howToAbort = 'to abort as well say /countersign stop --abort why.';

async function stopping(ports: SwitchingPorts, policy: Policy, word: SwitchWord, what: string): Promise<Done> {
  const stopped = await stop(ports, policy, word, { abort: what === 'abort' });
  const answer = what === 'maybe_abort' ? { ...stopped, notAborted: howToAbort } : stopped;
  const { kind, isRepeated, notAborted } = answer;
  // Whoever asked for it reads of an exit code first: what did not come to be, or holds no more, is no success.
  const isDone = kind === 'stopped' && notAborted === null;
  return {
    outcome: isDone ? (isRepeated ? 'repeated' : 'counted') : 'refused',
    text: stoppedText(answer),
    news: isRepeated ? null : stopNews(answer, word),
  };
}

function stopNews({ stop: inForce, abort }: Stopped, { by, reason: why }: SwitchWord): SwitchNews | null {
  if (inForce) return { kind: 'stopped', stop: inForce, by, isAbort: abort !== null, why };
  return abort && { kind: 'aborted_and_lifted', number: abort.number, by, why };
}

async function resuming(ports: SwitchingPorts, policy: Policy, word: SwitchWord, upTo: string): Promise<Done> {
  if (!/^(?:[1-9]\d{0,8})?$/.test(upTo)) return refused('A resume names the last stop that you saw by its number.');
  const answer = await resume(ports, policy, word, { to: upTo === '' ? null : Number(upTo) });
  if (answer.kind === 'not_allowed') return notAllowed(answer);
  const text = resumedText(answer);
  if (answer.kind !== 'resumed') return refused(text);
  const { from, to, still } = answer;
  return { outcome: 'counted', text, news: { kind: 'resumed', from, to, still, by: word.by, why: word.reason } };
}

async function standing(ports: SwitchingPorts, policy: Policy): Promise<Done> {
  const status = await switchStatus(ports, policy);
  return { outcome: 'counted', text: statusLines(status).join('\n'), news: null, status };
}

async function barring(
  ports: SwitchingPorts,
  policy: Policy,
  word: SwitchWord,
  kind: 'suspend' | 'reinstate',
  whom: string,
): Promise<Done> {
  const person = policy.people.find(({ name, slack }) => name === whom || slack === whom);
  if (!person) return refused('The policy names nobody like that. Say the name as the policy has it.');
  const answer = await (kind === 'suspend' ? suspend : reinstate)(ports, policy, word, person.name);
  if (answer.kind === 'not_allowed') return notAllowed(answer);
  const isNews = !answer.already && (answer.kind === 'suspended' || answer.kind === 'reinstated');
  return {
    outcome: isNews ? 'counted' : answer.already ? 'repeated' : 'refused',
    text: suspendedText(answer),
    news: isNews ? { kind: answer.kind, name: person.name, by: word.by, why: word.reason } : null,
  };
}

function notAllowed(answer: NotAllowed): Done {
  return refused(notAllowedText(answer));
}

function refused(text: string): Done {
  return { outcome: 'refused', text, news: null };
}
