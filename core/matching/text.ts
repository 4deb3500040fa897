/** Text search: which runbooks speak of what an alarm's name, description and metric speak of. */
import MiniSearch from 'minisearch';
import type { Alarm } from '../alarm/alarm.ts';
import type { Runbook } from '../runbook/runbook.ts';

/** Alarm text is hostile text: no more of it is read than AWS allows in a description. */
const longestText = 1_024;
const mostWords = 60;

/** Words that every alarm has, and that say nothing about what is broken. */
const stopWords = new Set(
  'a about above all alarm alert an and any are as at aws be been below but by cloudwatch critical dev for from goes greater has have high if in into is it its least less low max min more most no not of off on or over per prod production since so staging state test than that the then there this threshold to too under up value was warning when which will with'.split(
    ' ',
  ),
);

/** Lower-case words without plural "s"; camelCase, snake_case and paths fall into their parts. */
export function wordsOf(text: string): string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.slice(0, 32).replace(/(?<=[a-rt-z]{3})s$/, ''))
    .filter((word) => word.length > 1 && !stopWords.has(word) && !/^\d+$/.test(word));
}

interface Found {
  readonly runbookId: string;
  readonly confidence: number;
  readonly why: string;
}

/** A best possible text match stays below every route. */
const bestText = 0.85;

/** With fewer matching words the confidence shrinks in proportion: one shared word is a coincidence. */
const enoughWords = 3;

/**
 * Every runbook that shares words with the alarm, with a confidence of 0 to 0.85: the share of the alarm's words that
 * it matches. Words that no runbook knows (host names, teams) count a quarter.
 */
export function searchByText(runbooks: readonly Runbook[], alarm: Alarm): Found[] {
  const asked = [alarm.name, alarm.description, alarm.metric ?? ''].flatMap((text) =>
    wordsOf(text.slice(0, longestText)),
  );
  const words = [...new Set(asked)].slice(0, mostWords);
  const results = indexOf(runbooks).search(words.join(' '));
  const known = new Set(results.flatMap(({ queryTerms }) => queryTerms));
  const weight = (word: string) => (known.has(word) ? 1 : 0.25);
  const all = words.reduce((sum, word) => sum + weight(word), 0);
  return results.map(({ id, queryTerms }) => {
    const matched = new Set(queryTerms);
    const share = [...matched].reduce((sum, word) => sum + weight(word), 0) / all;
    const confidence = bestText * share * Math.min(1, matched.size / enoughWords);
    return {
      runbookId: String(id),
      confidence: Math.round(confidence * 1_000) / 1_000,
      why: `shares the words ${[...matched].sort().join(', ')}`,
    };
  });
}

function indexOf(runbooks: readonly Runbook[]) {
  const index = new MiniSearch<Record<string, string>>({
    fields: ['id', 'title', 'symptoms', 'services', 'metric'],
    idField: 'id',
    tokenize: wordsOf,
    processTerm: (term) => term,
    // Words match as a whole, or as the beginning of a longer one: "connect" finds "connection".
    searchOptions: { prefix: (term) => term.length > 3, fuzzy: false },
  });
  index.addAll(
    runbooks.map(({ id, title, symptoms, services, match }) => ({
      id,
      title,
      symptoms: symptoms.join('\n'),
      services: services.join('\n'),
      metric: match.metric ?? '',
    })),
  );
  return index;
}
