/** A witness of what people are told: closing messages and cards, held against what the world knows better. */

import type { CardPlace, QuestionRecord } from '../../../core/approval/record.ts';
import { hostOutcome } from '../../../core/derive/outcome.ts';
import { questionDigest } from '../../../core/question.ts';
import type { RichElement, SlackMessage } from '../../../core/slack/blocks.ts';
import { slackMessage } from '../../../core/slack/message.ts';
import type { Send } from '../../../core/use-cases/execute-ports.ts';
import type { HostOutcome, Part } from '../../../core/words.ts';
import type { Closing, World } from '../../support/world.ts';

interface Click {
  readonly user: string;
  readonly verdict: string;
  readonly record: QuestionRecord;
}

/** A step as a closing message tells it: `2`, `ran`, and whom it names after which words. */
interface ToldStep {
  readonly number: number;
  readonly words: string;
  /** What became of its way back; null = nothing is said of it. */
  readonly back: string | null;
  readonly people: readonly { readonly saying: string; readonly user: string }[];
}

export class Witness {
  readonly clicks: Click[] = [];
  readonly redrawn: { readonly place: CardPlace; readonly message: SlackMessage }[] = [];
  /** How an incident's alarm stood while a closing was made: each state that it had. */
  alarmDuring: (closing: Closing, incidentId: string) => readonly (string | null)[] = ({ alarm }) => [alarm];
  readonly #world: World;
  readonly #except: string;

  /** Sees what honest functions tell: not what `close` or `sweep` says where `except` names it. */
  constructor(world: World, except = '') {
    [this.#world, this.#except] = [world, except];
    const { cards } = world;
    const click = world.click.bind(world);
    world.click = async (record, user, verdict, at, clicking) => {
      this.clicks.push({ user: user.id, verdict, record: structuredClone(record) });
      await click(record, user, verdict, at, clicking);
    };
    const { update } = cards;
    cards.update = async (place, message) => {
      if (message.kind !== 'head') this.redrawn.push({ place, message: slackMessage(message).message });
      await update(place, message);
    };
  }

  get closings(): Closing[] {
    return this.#world.closings.filter(({ actor }) => actor !== this.#except);
  }

  /** Everything false that closing messages told of these steps, in words. */
  lies(steps: readonly number[]): string[] {
    return this.closings.flatMap((closing) => this.#liesIn(closing, steps));
  }

  #liesIn(closing: Closing, steps: readonly number[]): string[] {
    const { message } = closing;
    const text = JSON.stringify(message);
    const incidentId = /inc-[0-9a-f]{20}/.exec(text)?.[0] ?? '';
    const sent = this.#world.sends.filter((send) => send.incidentId === incidentId);
    const changed = sent.some(isChange);
    const title = message.text.split(':')[0] ?? '';
    const lies: string[] = [];
    const alarm = this.alarmDuring(closing, incidentId);
    if (/^(Resolved|Recovered)/.test(title) && !alarm.includes('OK'))
      lies.push(`${title} while the alarm is ${alarm.join()}`);
    if (/^(Recovered|Dry run|No runbook)/.test(title) && changed) lies.push(`${title} although something was changed`);
    if (title === 'Rejected' && !this.clicks.some(({ verdict }) => verdict === 'reject'))
      lies.push('Rejected, and nobody rejected');
    for (const step of toldSteps(message).filter(({ number }) => steps.includes(number)))
      lies.push(...this.#liesAbout(step, sent));
    return lies;
  }

  #liesAbout({ number, words, back, people }: ToldStep, sent: readonly Send[]): string[] {
    const sends = (part: Part) => sent.filter(({ dispatch }) => dispatch.step === number && dispatch.part === part);
    const of = (verdict: string) => (click: Click) =>
      click.verdict === verdict && click.record.question.items[0]?.dispatch.step === number;
    const answered: Readonly<Record<string, string>> = { 'approved by': 'approve', 'rejected by': 'reject' };
    const unnamed = people.filter(
      ({ saying, user }) =>
        answered[saying] !== undefined &&
        !this.clicks.some((click) => click.user === user && of(answered[saying] ?? '')(click)),
    );
    return [
      ...this.#untruths(`step ${number}`, words, sends('run')),
      ...(back === null ? [] : this.#untruths(`the way back of step ${number}`, back, sends('rollback'))),
      ...unnamed.map(({ saying, user }) => `step ${number} is told as ${saying} ${user}, who did not`),
    ];
  }

  #untruths(what: string, words: string, sends: readonly Send[]): string[] {
    const outcomes = new Map(
      sends.flatMap((send) => send.targets.map((target) => [target, this.outcomeOn(send, target)] as const)),
    );
    const lies = / on i-/.test(words) ? untrueOnHosts(words, outcomes) : untrueOnAll(words, [...outcomes.values()]);
    const known = [...outcomes].map(([host, outcome]) => `${host} ${outcome}`).join(', ') || 'not sent';
    return lies.map((why) => `${what} is told as "${words}", and it is ${known}: ${why}`);
  }

  /** A card that says "not run" of what was burnt under its very question. */
  falseCards(): string[] {
    const burnt = new Set([...this.#world.dispatches.burnt.values()].map(({ questionDigest: digest }) => digest));
    return this.redrawn.flatMap(({ place, message }) => {
      if (!/not run|[Nn]othing was run/.test(message.text)) return [];
      const record = [...this.#world.control.questions.values()].find((row) =>
        JSON.stringify(row.places ?? []).includes(`"messageTs":"${place.messageTs}"`),
      ) as QuestionRecord | undefined;
      return record?.question && burnt.has(questionDigest(record.question))
        ? [`a card says "${message.text}" of what was sent`]
        : [];
    });
  }

  /** What the host itself would say: as the world answers, where no host of its own knows better. */
  outcomeOn: (send: Send, target: string) => HostOutcome | 'running' = (send, target) =>
    hostOutcome({ status: 'Success', exitCode: 0, stderr: '', ...this.#world.respond(send, target) });
}

/** Scripts of the fixture's runbooks that change something. */
export function isChange({ script }: Send): boolean {
  return /systemctl (restart|stop)|-delete|rm -rf/.test(script);
}

type Ended = ReturnType<Witness['outcomeOn']>;

/** Which ends on hosts make a word true. What may have run is never called untrue. */
const truths: Readonly<Record<string, (outcome: Ended | undefined) => boolean>> = {
  ran: (outcome) => outcome === 'succeeded',
  failed: (outcome) => outcome === 'failed',
  'timed out': (outcome) => outcome === 'timed_out',
  'not run': (outcome) => outcome === undefined || outcome === 'not_started' || outcome === 'refused_by_host',
  'may have run': () => true,
};

function untrueOnAll(words: string, outcomes: readonly Ended[]): string[] {
  const said = words.split(/[:;]/)[0] ?? '';
  const isTrue = truths[said];
  if (!isTrue) return /^(may have|sent, result unknown|nobody knows|done by hand)/.test(said) ? [] : ['no such word'];
  if (outcomes.length === 0 && !/^(not run|may have run)$/.test(said)) return ['it was sent nowhere'];
  return outcomes.every(isTrue) ? [] : ['not so everywhere'];
}

/** `ran on i-1, i-2; may have run on i-3: look at the host first`: each host as it is said, and every one that got it named. */
function untrueOnHosts(words: string, outcomes: ReadonlyMap<string, Ended>): string[] {
  const said = words.split('; ').flatMap((piece) => {
    const [, word = '', hosts = ''] = /^([a-z ]+) on ((?:i-[0-9a-f]+(?:, )?)+)/.exec(piece) ?? [];
    return hosts.split(', ').map((host) => ({ word, host }));
  });
  const named = new Set(said.map(({ host }) => host));
  return [
    ...said.filter(({ word, host }) => !truths[word]?.(outcomes.get(host))).map(({ host }) => `untrue of ${host}`),
    ...[...outcomes.keys()].filter((host) => !named.has(host)).map((host) => `${host} is not named`),
  ];
}

function toldSteps(message: SlackMessage): ToldStep[] {
  return message.blocks.flatMap((block) => {
    const [first] = block.type === 'rich_text' ? block.elements : [];
    const parts: readonly RichElement[] = first?.type === 'rich_text_section' ? first.elements : [];
    const texts = parts.map((part) => (part.type === 'text' ? part.text : ''));
    const number = Number(/^[✓–✗] ([0-9]+)\. /.exec(texts[0] ?? '')?.[1]);
    if (!number) return [];
    let saying = '';
    const people = parts.flatMap((part) => {
      if (part.type === 'text') saying = /, ([a-z ]+ by) $/.exec(part.text)?.[1] ?? saying;
      return part.type === 'user' ? [{ saying, user: part.user_id }] : [];
    });
    const [, back = null] = /way back: ([^"]*)/.exec(JSON.stringify(block)) ?? [];
    return [{ number, words: (texts[1] ?? '').replace(/^ – /, ''), back, people }];
  });
}
