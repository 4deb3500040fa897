/** People in front of their cards: who approves, rejects, comes late, answers twice, contradicts another, or does nothing. */

import type { Clock } from '../../bench/clock.ts';
import type { QuestionRecord } from '../../core/approval/record.ts';
import type { Chance } from '../core/invariants/chance.ts';
import type { Clicking } from '../support/clicking.ts';
import { ana, ben } from '../support/fixtures.ts';
import type { World } from '../support/world.ts';
import type { Axes } from './axes.ts';

type Person = typeof ana;
type Verdict = 'approve' | 'reject' | 'choose' | 'input' | (typeof failureWords)[number];

/** What a failure may be answered with. */
const failureWords = ['continue', 'retry', 'skip', 'abort'] as const;

/** Who is in no policy. */
const stranger: Person = { id: 'U0000000009', name: 'ana' };

type Click = readonly [person: Person, verdict: Verdict, after: number];

/** Who clicks what on a card, and after how many milliseconds; `left` are those until it expires. */
const habits: Readonly<Record<Axes['people'], (takes: number, left: number, chance: Chance) => Click[]>> = {
  approve: (takes) => [[ana, 'approve', takes]],
  reject: (takes) => [[ana, 'reject', takes]],
  late: (_, left, chance) => [[ana, 'approve', left + 1 + chance.below(60_000)]],
  twice: (takes, _, chance) => [
    [ana, 'approve', takes],
    [ana, 'approve', takes + chance.below(3) * 700],
  ],
  'change their mind': (takes, _, chance) => [
    [ana, 'approve', takes],
    [ana, 'reject', takes + chance.below(3000)],
  ],
  contradict: (takes) => [
    [ana, 'approve', takes],
    [ben, 'reject', takes],
  ],
  'a stranger first': (takes) => [
    [stranger, 'approve', takes / 2],
    [ben, 'reject', takes / 2],
    [ana, 'approve', takes],
  ],
  nobody: () => [],
};

/** Most clicks for one answer: whoever sees nothing change on the card clicks again. */
const mostClicks = 3;

export class People {
  readonly #world: World;
  readonly #axes: Axes;
  readonly #chance: Chance;
  readonly #clock: Clock;
  readonly #seen = new Set<string>();
  readonly #click: World['click'];

  /** @param click what reaches `decide`, with all that may go wrong on the way. */
  constructor(world: World, axes: Axes, chance: Chance, clock: Clock, click: World['click']) {
    [this.#world, this.#axes, this.#chance, this.#clock, this.#click] = [world, axes, chance, clock, click];
    const { post } = world.cards;
    world.cards.post = async (channel, message, below) => {
      const before = world.posts.length;
      try {
        return await post(channel, message, below);
      } finally {
        this.#look(JSON.stringify(world.posts.slice(before)));
      }
    };
  }

  /** Every card among what was posted that was not seen before is answered some time; its buttons name its question's digest. */
  #look(posted: string): void {
    const { control, work } = this.#world;
    for (const incidentId of work.rows.keys())
      for (const record of control.records(incidentId)) {
        if (record.status !== 'PENDING' || this.#seen.has(record.digest) || !posted.includes(record.digest)) continue;
        this.#seen.add(record.digest);
        this.#answer(record);
      }
  }

  #answer(record: QuestionRecord): void {
    const { people, answerTakes } = this.#axes;
    const takes = answerTakes * 1000 * (0.5 + this.#chance.next() / 2);
    const left = Date.parse(record.question.expiresAt) - this.#clock.now;
    // Most cards are approved whatever the axis says, or no incident would get to its second step.
    const habit = this.#chance.isTrue(0.6) ? people : 'approve';
    const said = this.#yes(record);
    for (const [person, verdict, after] of habits[habit](takes, left, this.#chance))
      void this.#act(record, person, verdict === 'approve' ? said : verdict, after);
  }

  /** What whoever would approve says: of a failure what is to follow, of what is open a choice or a value, which may be none. */
  #yes({ question: { kind } }: QuestionRecord): Verdict {
    if (kind === 'failure') return this.#chance.of(failureWords);
    return kind === 'choose' || kind === 'input' ? kind : 'approve';
  }

  #more(verdict: Verdict): Clicking {
    if (verdict === 'choose') return { choice: this.#chance.of([1, 2, 3, 1, 2, 3, 4]) };
    const units = ['web.service', 'web', 'nginx.service', "web'; reboot; '", '$(reboot)'];
    return verdict === 'input' ? { parameters: { unit: this.#chance.of(units) } } : {};
  }

  /** What they see when they click: a card is put on record a moment after it is posted. */
  #asItIs(record: QuestionRecord): QuestionRecord {
    const records = this.#world.control.records(record.question.incidentId);
    return records.find(({ digest }) => digest === record.digest) ?? record;
  }

  async #act(record: QuestionRecord, person: Person, verdict: Verdict, after: number): Promise<void> {
    await this.#clock.sleep(after);
    for (let click = 1; click <= mostClicks; click += 1) {
      try {
        return await this.#click(this.#asItIs(record), person, verdict, undefined, this.#more(verdict));
      } catch {
        await this.#clock.sleep(20_000);
      }
    }
  }
}
