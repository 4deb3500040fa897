/** What a runbook is about, and what it says that it is for; worked out once per runbook. */
import type { Runbook } from '../runbook/runbook.ts';
import { quantityOf } from './quantity.ts';
import { mainTopics, type Topic, things, topicsIn } from './topics.ts';
import { spoken, wordsOf } from './words.ts';

export interface About {
  /** The troubles that it is for: by id and title, else by what it matches, else by its symptoms. */
  readonly topics: ReadonlySet<Topic>;
  /** Every trouble that any of its texts speaks of. */
  readonly mentions: ReadonlySet<Topic>;
  /** All that it says of itself, as `spoken`. */
  readonly text: string;
  /** Words that may be evidence: those of id and title, and all of them. */
  readonly named: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
}

const known = new WeakMap<Runbook, About>();

export function aboutOf(runbook: Runbook): About {
  const before = known.get(runbook);
  if (before !== undefined) return before;
  const about = read(runbook);
  known.set(runbook, about);
  return about;
}

function read({ id, title, services, symptoms, match }: Runbook): About {
  const named = `${id}\n${title}`;
  const patterns = match.flatMap(({ alarms }) => alarms).join('\n');
  const all = [named, services.join('\n'), symptoms.join('\n'), patterns].join('\n');
  const ways = [
    () => new Set([...mainTopics(spoken(id)), ...mainTopics(spoken(title))]),
    () => new Set(match.flatMap((one) => one.metrics.flatMap((metric) => topicOfMetric(one.namespaces[0], metric)))),
    () => mainTopics(spoken(patterns)),
    () => mainTopics(spoken(symptoms.join('\n'))),
  ];
  const topics = ways.map((way) => way()).find(({ size }) => size > 0) ?? new Set();
  return {
    topics: withoutProcess(topics),
    mentions: topicsIn(spoken(all)),
    text: spoken(all),
    named: new Set(wordsOf(named)),
    words: new Set([...wordsOf(named), ...services.flatMap(wordsOf), ...symptoms.flatMap(wordsOf)]),
  };
}

function topicOfMetric(namespace: string | undefined, metric: string): Topic[] {
  const quantity = quantityOf({
    name: '',
    namespace: namespace ?? null,
    metric,
    dimensions: {},
    series: null,
    threshold: null,
  });
  return quantity === null ? [] : [quantity.topic];
}

/** "Bring the cache back" is about a cache, and "cache-down" beside it does not make it one about any process. */
function withoutProcess(topics: ReadonlySet<Topic>): ReadonlySet<Topic> {
  return things.some((topic) => topics.has(topic))
    ? new Set([...topics].filter((topic) => topic !== 'process'))
    : topics;
}
