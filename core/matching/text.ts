/** Evidence by words: what an alarm's metric, name and description speak of, against what a runbook is about. */
import type { Runbook } from '../runbook/runbook.ts';
import { aboutOf } from './about.ts';
import type { Considered } from './exclusion.ts';
import { subjectOf } from './quantity.ts';
import { mainTopics, type Topic, topicWords } from './topics.ts';
import { spoken, wordsOf } from './words.ts';

/** One reason for or against a runbook, and what it adds to the confidence before it is calibrated. */
export interface Part {
  /** In words for people. */
  readonly what: string;
  readonly adds: number;
}

export interface Evidence {
  readonly confidence: number;
  readonly parts: readonly Part[];
}

/** Of a runbook whose hosts are chosen by tags. */
const loose: Part = { what: 'nothing ties the alarm to the hosts that it runs on', adds: -0.2 };

/** The best that words can be, below every route. */
const bestText = 0.85;

/** In how many runbooks of the library a word stands. */
export type Rarity = ReadonlyMap<string, number>;

const libraries = new WeakMap<readonly Runbook[], Rarity>();

export function rarity(runbooks: readonly Runbook[]): Rarity {
  const before = libraries.get(runbooks);
  if (before !== undefined) return before;
  const counts = new Map<string, number>();
  for (const runbook of runbooks)
    for (const word of aboutOf(runbook).words) counts.set(word, (counts.get(word) ?? 0) + 1);
  libraries.set(runbooks, counts);
  return counts;
}

/** How sure the words make it: 0 where they say nothing. */
export function evidenceOf(considered: Considered, rare: Rarity): Evidence {
  const parts = considered.facts.quantity === null ? byWords(considered, rare) : byQuantity(considered, rare);
  const sum = parts.reduce((total, { adds }) => total + adds, 0);
  return { confidence: Math.round(Math.max(0, Math.min(bestText, sum)) * 1_000) / 1_000, parts };
}

/**
 * The metric is known to measure the runbook's trouble, and its name is a word about it; the others help or hinder. All
 * together cannot bring it below the floor, so that no name or description hides what the metric measures.
 */
function byQuantity({ alarm, facts, about, runbook }: Considered, rare: Rarity): Part[] {
  const { quantity, side } = facts;
  if (quantity === null || !about.topics.has(quantity.topic)) return [];
  const { topic, bad } = quantity;
  const inName = mainTopics(spoken(alarm.name));
  const inDescription = mainTopics(spoken(alarm.description));
  return [
    { what: `${alarm.metric} measures ${topicWords[topic]}`, adds: 0.6 },
    ...(side === null
      ? [{ what: 'on which side it rings is not known', adds: -0.2 }]
      : bad === side
        ? [{ what: `rings ${side} its threshold`, adds: 0.08 }]
        : []),
    ...(topic === 'logs' && alarm.namespace !== 'AWS/Logs' && isByTags(runbook) ? [loose] : []),
    ...agreementOf('name', inName, topic, 0.06),
    ...agreementOf('description', inDescription, topic, 0.02),
    ...shared(wordsOf(`${alarm.name} ${subjectOf(alarm)}`), about.words, rare, 0.03),
  ];
}

function agreementOf(where: string, spokenOf: ReadonlySet<Topic>, topic: Topic, adds: number): Part[] {
  if (spokenOf.has(topic)) return [{ what: `its ${where} speaks of ${topicWords[topic]}`, adds }];
  const [other] = spokenOf;
  return other === undefined ? [] : [{ what: `its ${where} speaks of ${topicWords[other]} instead`, adds: -adds }];
}

/** Nothing is known of the metric, or there is none: the name and the metric's own words decide, and the description does not. */
function byWords({ alarm, about, runbook }: Considered, rare: Rarity): Part[] {
  const spokenOf = mainTopics(`${spoken(alarm.name)} ${subjectOf(alarm)}`);
  const said = wordsOf(`${alarm.name} ${subjectOf(alarm)}`);
  const topic = [...spokenOf].find((one) => about.topics.has(one));
  if (topic === undefined) return spokenOf.size > 0 ? [] : bySharedWords(said, about, rare);
  return [
    { what: `its name or metric speaks of ${topicWords[topic]}`, adds: 0.42 },
    ...[...spokenOf]
      .filter((other) => !about.topics.has(other))
      .map((other) => ({ what: `its name or metric also speaks of ${topicWords[other]}`, adds: -0.2 })),
    ...(isByTags(runbook) ? [loose] : []),
    ...shared(said, about.words, rare, 0.03),
  ];
}

/** Without a trouble that has a name here: two words of the runbook's own, one of them in its id or title. */
function bySharedWords(said: readonly string[], about: Considered['about'], rare: Rarity): Part[] {
  const isRare = (word: string) => (rare.get(word) ?? 0) <= Math.max(1, Math.floor(rare.size / 200));
  const common = said.filter((word) => about.words.has(word) && isRare(word));
  if (common.length < 2 || !common.some((word) => about.named.has(word))) return [];
  return [
    {
      what: `shares the words ${common.slice(0, 8).sort().join(', ')}`,
      adds: Math.min(0.5, 0.2 + 0.1 * common.length),
    },
  ];
}

/** Words that few runbooks know: at most three of them count. */
function shared(said: readonly string[], known: ReadonlySet<string>, rare: Rarity, each: number): Part[] {
  const common = said.filter((word) => known.has(word) && rare.get(word) === 1).slice(0, 3);
  return common.length === 0
    ? []
    : [{ what: `shares the words ${common.sort().join(', ')}`, adds: each * common.length }];
}

/** Whether none of its hosts is the alarm's own. */
function isByTags({ targets }: Runbook): boolean {
  return Object.values(targets).every(({ from }) => from === 'tags');
}
