/** Whether oversight is more than a ceremony: how people decide, counted, and named only where there is enough to tell. */
import { type Chronicle, type Decision, decisionsIn, questionsIn } from './decisions.ts';

/** Where the median answer is quicker, seconds: a card of one command and its evidence takes longer to read. */
export const ceremonialSeconds = 10;

/** Where less is rejected or skipped, as a share. */
export const ceremonialRejections = 0.01;

/** The share of approvals that the field aims at: below it the runbooks are wrong, above it questions are not worth asking, or not read. */
export const targetApprovals = [0.7, 0.8] as const;

/** How sure a claim must be: whoever rejects one in a hundred must not look like this in more than one of twenty cases. */
const chance = 0.05;

/**
 * `ceremonial`: answered in seconds, hardly ever no, never changed, over enough decisions to say so. `too_few`: it could be,
 * and as many decisions as there are could look so by chance. `deliberate`: something of it is not so.
 */
export type Oversight = 'ceremonial' | 'deliberate' | 'too_few';

export interface Tally {
  readonly decisions: number;
  readonly approvals: number;
  readonly rejections: number;
  readonly skips: number;
  /** Changes of parameters or targets. */
  readonly modifications: number;
  /** Seconds from the card to the answer: the median, and what nine of ten were not slower than; null without any. */
  readonly medianSeconds: number | null;
  readonly slowSeconds: number | null;
  /** Questions that expired, and steps of escalation, of those that could have been answered. */
  readonly timeOuts: number;
  readonly escalations: number;
  readonly oversight: Oversight;
  /** Decisions that are needed to tell, with so many rejections and skips as there are. */
  readonly needed: number;
}

export interface Theatre {
  readonly overall: Tally;
  /** By name, who decided most first; whoever was only asked, too. */
  readonly people: readonly ({ readonly name: string } & Tally)[];
}

/**
 * Counts over incidents. A person's name is told only by genuine votes and by what questions name.
 *
 * @param publicKey PEM of the approval key; null = nobody's vote is known.
 */
export function theatreOf(incidents: Iterable<Chronicle>, publicKey: string | null): Theatre {
  const decisions: Decision[] = [];
  const questions: ReturnType<typeof questionsIn> = [];
  for (const incident of incidents) {
    decisions.push(...decisionsIn(incident, publicKey).filter((one) => kindOf(one) !== null));
    questions.push(...questionsIn(incident));
  }
  const names = new Set([...decisions.map(({ by }) => by), ...questions.flatMap(({ approvers }) => approvers)]);
  const people = [...names].map((name) => {
    const asked = questions.filter(({ approvers }) => approvers.includes(name));
    return {
      name,
      ...tallyOf(
        decisions.filter(({ by }) => by === name),
        asked,
      ),
    };
  });
  return {
    overall: tallyOf(decisions, questions),
    people: people.toSorted((a, b) => b.decisions - a.decisions || (a.name < b.name ? -1 : 1)),
  };
}

type Kind = 'approvals' | 'rejections' | 'skips' | 'modifications';

const kinds: Readonly<Record<string, Kind>> = {
  approve: 'approvals',
  confirm: 'approvals',
  reject: 'rejections',
  skip: 'skips',
  modify: 'modifications',
  narrow: 'modifications',
};

/** What a word counts as; null for one that judges no plan, such as a value that was typed, or what is to follow a failure. */
function kindOf({ kind, word }: Pick<Decision, 'kind' | 'word'>): Kind | null {
  return kind !== 'failure' && Object.hasOwn(kinds, word) ? (kinds[word] ?? null) : null;
}

function tallyOf(decisions: readonly Decision[], asked: ReturnType<typeof questionsIn>): Tally {
  const count = (kind: Kind) => decisions.filter((one) => kindOf(one) === kind).length;
  const seconds = decisions.flatMap((decision) => decision.seconds ?? []).toSorted((a, b) => a - b);
  const at = (share: number) => seconds[Math.max(0, Math.ceil(seconds.length * share) - 1)] ?? null;
  const counted = {
    decisions: decisions.length,
    approvals: count('approvals'),
    rejections: count('rejections'),
    skips: count('skips'),
    modifications: count('modifications'),
    medianSeconds: at(0.5),
    slowSeconds: at(0.9),
  };
  return {
    ...counted,
    timeOuts: asked.filter(({ expired }) => expired).length,
    escalations: asked.reduce((sum, { escalations }) => sum + escalations, 0),
    ...judged(counted),
  };
}

type Counted = Pick<Tally, 'decisions' | 'rejections' | 'skips' | 'modifications' | 'medianSeconds'>;

/** A skip is a no as well: whoever skips has read. */
function judged({ decisions, rejections, skips, modifications, medianSeconds }: Counted) {
  const no = rejections + skips;
  const needed = decisionsNeeded(no);
  if (decisions < decisionsNeeded(0)) return { needed, oversight: 'too_few' as const };
  const isDeliberate =
    modifications > 0 ||
    medianSeconds === null ||
    medianSeconds >= ceremonialSeconds ||
    no / decisions >= ceremonialRejections;
  if (isDeliberate) return { needed, oversight: 'deliberate' as const };
  return { needed, oversight: decisions < needed ? ('too_few' as const) : ('ceremonial' as const) };
}

/**
 * The fewest decisions with so many rejections after which somebody who rejects one in a hundred would have rejected more,
 * in 19 of 20 cases: 299 without any, 473 with one (binomial, one-sided).
 */
export function decisionsNeeded(rejections: number): number {
  let decisions = rejections + 1;
  while (atMost(rejections, decisions) > chance) decisions += 1;
  return decisions;
}

/** How likely at most so many of these decisions are rejections, where one in a hundred is. */
function atMost(rejections: number, decisions: number): number {
  const odds = ceremonialRejections / (1 - ceremonialRejections);
  let term = (1 - ceremonialRejections) ** decisions;
  let sum = term;
  for (let count = 1; count <= rejections; count += 1) {
    term *= (odds * (decisions - count + 1)) / count;
    sum += term;
  }
  return sum;
}
