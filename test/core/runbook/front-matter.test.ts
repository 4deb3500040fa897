/** Front matter that is refused: each case with its line, what is allowed and the fix. */
import { describe, expect, test } from 'vitest';
import { messageOf } from './example.ts';

describe('front matter', () => {
  test.each<[string, string | RegExp, string, RegExp]>([
    ['none', /^---\n/, '', /^q.md:1:\d+: the file has no front matter; begin it with a line "---"/],
    ['never closed', /\n---\n\n#/, '\n\n#', /^q.md:1:1: the front matter that begins here never ends/],
    ['no YAML', 'owner: payments', 'owner: [payments', /^q.md:\d+:\d+: the front matter is not YAML: /],
    ['a tab', 'owner: payments', '\towner: payments', /^q.md:4:\d+: the front matter is not YAML/],
    [
      'a key twice',
      'owner: payments',
      'owner: payments\nowner: me',
      /^q.md:5:1: the front matter repeats owner: Map keys must be unique/,
    ],
    [
      'an alias',
      'severity: high',
      'severity: &a high\nservices2: *a',
      /^q.md:6:\d+: the alias \*a is not allowed; write the value out/,
    ],
    ['a key that is a list', 'owner: payments', '[a]: b', /^q.md:4:\d+: the front matter is not YAML: With stringKeys/],
    ['a bottomless list', 'services: [queue]', `services: ${'[\n '.repeat(15_000)}`, /^q.md:\d+:\d+: the front matter/],
    [
      'an unknown key',
      'owner: payments',
      'owner: payments\napproval: none',
      /^q.md:5:\d+: approval is an unknown key; allowed: id, title, owner, .*; correct its spelling or remove it/,
    ],
    [
      'an unknown nested key',
      'metric: Depth',
      'metrik: Depth',
      /^q.md:9:\d+: match.metrik is an unknown key; allowed: alarms, namespace, metric, comparison, dimensions, tags, unless/,
    ],
    [
      'an unknown key of a parameter',
      'max_length: 40',
      'maxlength: 40',
      /^q.md:18:\d+: parameters.queue.maxlength is an unknown key/,
    ],
    ['no id', 'id: queue-stuck\n', '', /^q.md:2:\d+: id is missing: must be lower-case letters, digits and "-"/],
    ['an odd id', 'id: queue-stuck', 'id: Queue Stuck', /^q.md:2:\d+: id is "Queue Stuck": must be lower-case/],
    [
      'an unknown severity',
      'severity: high',
      'severity: urgent',
      /^q.md:5:\d+: severity is "urgent": must be one of low, medium, high, critical/,
    ],
    [
      'no match',
      /match:\n(?: {2}.*\n)+/,
      '',
      /^q.md:2:\d+: match is missing: must be a map with the keys alarms, namespace, metric, comparison, dimensions, tags, unless/,
    ],
    [
      'a match of nothing',
      /match:\n(?: {2}.*\n)+/,
      'match:\n  alarms: ["*"]\n',
      /^q.md:7:\d+: match is .*: must say which alarms this runbook answers/,
    ],
    [
      'an unknown key of an alternative',
      /match:\n(?: {2}.*\n)+/,
      'match:\n  - { metric: Depth }\n  - { metrik: Depth, alarms: [x] }\n',
      /^q.md:9:\d+: match.1.metrik is an unknown key; allowed: alarms, namespace/,
    ],
    [
      'a comparison that is none',
      'metric: Depth',
      'comparison: more',
      /^q.md:9:\d+: match.comparison is "more": must be above, below or outside/,
    ],
    [
      'an alternative of nothing but a side',
      /match:\n(?: {2}.*\n)+/,
      'match:\n  - { metric: Depth }\n  - { comparison: above }\n',
      /^q.md:9:\d+: match.1 is .*: must say which alarms this runbook answers/,
    ],
    [
      'no alternative',
      /match:\n(?: {2}.*\n)+/,
      'match: []\n',
      /^q.md:7:\d+: match is \[\]: must name at least one alternative/,
    ],
    [
      'alarms as text',
      "['queue-*']",
      'queue-*',
      /^q.md:8:\d+: match.alarms is "queue-\*": must be a list of alarm name patterns/,
    ],
    [
      'a number as tag',
      '{ team: payments }',
      '{ team: 7 }',
      /^q.md:10:\d+: match.tags.team is 7: must be text; put numbers/,
    ],
    [
      'an unknown type',
      'type: integer',
      'type: number',
      /^q.md:20:\d+: parameters.days.type is "number": must be one of string, integer, enum/,
    ],
    ['an unknown source', 'tag:queue,', 'model:queue,', /^q.md:16:\d+: parameters.queue.from/],
    [
      'no source at all',
      / {4}from: .*\n {4}default: orders\n/,
      '',
      /^q.md:14:\d+: parameters.queue.type has no source; add from/,
    ],
    [
      'a default that is not valid',
      'default: 7',
      'default: 31',
      /^q.md:21:\d+: parameters.days.default "31" must be at most 30/,
    ],
    [
      'a default with a shell in it',
      'default: orders',
      'default: "$(id)"',
      /^q.md:17:\d+: parameters.queue.default "\$\(id\)" must be letters, digits/,
    ],
    [
      'a default like an option',
      'default: orders',
      'default: -rf',
      /^q.md:17:\d+: parameters.queue.default "-rf" must be letters, digits .* without a leading "-"/,
    ],
    [
      'a boolean default',
      'default: orders',
      'default: true',
      /^q.md:17:\d+: parameters.queue.default is true: must be text or a number; put true, false and null in quotes/,
    ],
    [
      'a pattern on an integer',
      'min: 1',
      'pattern: x',
      /^q.md:22:\d+: parameters.days.pattern belongs to the type string, path, unit, hostname, not to integer/,
    ],
    ['an enum without values', 'type: integer', 'type: enum', /parameters.days.type enum needs values/],
    [
      'a broken pattern',
      'max_length: 40',
      'pattern: "["',
      /^q.md:18:\d+: parameters.queue.pattern "\[" is not a regular expression/,
    ],
    ['a pattern that can hang', 'max_length: 40', 'pattern: "(a+)+"', /pattern "\(a\+\)\+" repeats a group/],
    ['a pattern of many repetitions', 'max_length: 40', 'pattern: "a*b*c*d*"', /more than three unbounded repetitions/],
    [
      'a cap above the type',
      'max_length: 40',
      'max_length: 4000',
      /^q.md:18:\d+: parameters.queue.max_length is 4000: must be at most 255/,
    ],
    ['a range upside down', 'min: 1', 'min: 31', /^q.md:22:\d+: parameters.days.min is 31: must be at most max \(30\)/],
    ['an odd parameter name', '  days:', '  Days-Old:', /^q.md:19:\d+: parameters.Days-Old/],
    [
      'too many targets',
      'max: 3\n',
      'max: 21\n',
      /^q.md:26:\d+: targets.max is 21: must be a whole number from 1 to 20/,
    ],
    [
      'two selectors',
      'tags: { role: worker }',
      'from: alarm\n  tags: { role: worker }',
      /^q.md:24:\d+: targets is .*: must have either "from: alarm"/,
    ],
    [
      'a selector of nothing',
      'tags: { role: worker }',
      'tags: {}',
      /^q.md:25:\d+: targets.tags is {}: must name at least one tag/,
    ],
  ])('%s', (_what, from, to, message) => {
    expect(messageOf(from, to)).toMatch(message);
  });
});
