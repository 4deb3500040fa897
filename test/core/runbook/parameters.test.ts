/** Parameters: every type's bounds, and where values come from. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alarm } from '../../../core/alarm/alarm.ts';
import { treeShape } from '../../../core/risk/shape.ts';
import { parameterRules, patternProblem, valueProblem } from '../../../core/runbook/parameter-types.ts';
import { defaultedBy, ParameterError, resolveParameters, sourcesOf } from '../../../core/runbook/parameters.ts';
import { parseRunbook } from '../../../core/runbook/parse.ts';
import { sample } from '../../../core/runbook/placeholder.ts';
import { render } from '../../../core/runbook/render.ts';
import type { Parameter } from '../../../core/runbook/runbook.ts';
import { seed, share } from '../../soak.ts';
import { createAlarm, good } from './example.ts';

function parameter(type: Parameter['type'], overrides: Partial<Parameter> = {}): Parameter {
  const { maximumLength } = parameterRules[type];
  return {
    name: 'v',
    type,
    description: '',
    sources: [],
    pattern: null,
    values: null,
    minimum: null,
    maximum: null,
    maximumLength,
    destructiveDefault: false,
    ...overrides,
  };
}

const word = (alphabet: string, maxLength = 20) =>
  fc.string({ unit: fc.constantFrom(...alphabet.split('')), minLength: 1, maxLength });
const label = word('abcXYZ019', 20);

/** Values that each type is for. */
const valid: Record<Parameter['type'], fc.Arbitrary<string>> = {
  string: word('abcXYZ019_.:@%+,').filter((value) => value !== '..'),
  integer: fc.nat(999_999_999).map(String),
  enum: fc.constantFrom('red', 'green'),
  path: fc
    .array(
      word('abc019_.-@').filter((part) => !/^\.{1,2}$/.test(part)),
      { maxLength: 5 },
    )
    .map((parts) => `/${parts.join('/')}`),
  unit: fc.tuple(word('abcXYZ019_@'), fc.constantFrom('', '.service')).map((parts) => parts.join('')),
  hostname: fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.')),
  duration: fc
    .tuple(fc.integer({ min: 1, max: 999_999 }), fc.constantFrom('s', 'm', 'h', 'd'))
    .map((parts) => parts.join('')),
};

const types = Object.keys(valid) as Parameter['type'][];

test.each(types)(
  '%s: what it is for is accepted, and rendered as one quoted word in an unchanged tree',
  { timeout: 600_000 },
  (type) => {
    const template = 'a {{ v }} --b={{ v }} | c > /tmp/{{ v }}'.replace('/tmp/{{ v }}', '{{ v }}');
    fc.assert(
      fc.property(valid[type], (value) => {
        expect(valueProblem(parameter(type, { values: type === 'enum' ? ['red', 'green'] : null }), value)).toBeNull();
        const script = render(template, { v: value });
        expect(script).toBe(`a '${value}' --b='${value}' | c > '${value}'`);
        expect(treeShape(script)).toBe(treeShape(sample(template)));
      }),
      { seed, numRuns: share(20_000) },
    );
  },
);

test.each(types)('%s: any text is a printable word without quote, option or traversal, or it is refused', (type) => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string({ maxLength: 300 }),
    valid[type],
    word("-/.'$;\n aA0", 12),
  );
  fc.assert(
    fc.property(text, (value) => {
      if (valueProblem(parameter(type, { values: [value] }), value) !== null) return;
      expect(value).toMatch(/^[A-Za-z0-9/_:@.%+,][A-Za-z0-9/_:@.%+,=-]*$/);
      expect(value.split('/')).not.toContain('..');
      expect(value.length).toBeLessThanOrEqual(255);
    }),
    { seed, numRuns: share(100_000) },
  );
});

test.each<[Parameter, string, RegExp | null]>([
  [parameter('string'), 'orders', null],
  [parameter('string'), '', /must not be empty/],
  [parameter('string'), 'a b', /must be letters, digits and _/],
  [parameter('string', { pattern: '[a-z ]+' }), 'a b', null],
  [parameter('string', { pattern: '[^]*' }), "it's", /must be printable ASCII without "'"/],
  [parameter('string', { pattern: '[^]*' }), '-x', /without a leading "-"/],
  [parameter('string', { pattern: 'a|b' }), 'ax', /must match a\|b/],
  [parameter('string', { pattern: '^a$' }), 'a', null],
  [parameter('string', { maximumLength: 3 }), 'abcd', /must have at most 3 characters; it has 4/],
  [parameter('integer'), '0', null],
  [parameter('integer'), '-1', /must be a whole number without sign/],
  [parameter('integer'), '01', /whole number/],
  [parameter('integer', { minimum: 5 }), '4', /must be at least 5/],
  [parameter('integer', { maximum: 5 }), '6', /must be at most 5/],
  [parameter('enum', { values: ['red'] }), 'blue', /must be one of red/],
  [parameter('enum'), 'blue', /must be one of/],
  [parameter('path'), '/', null],
  [parameter('path'), '/var/log/', null],
  [parameter('path'), '/var/log/..a', null],
  [parameter('path'), 'var/log', /must be an absolute path/],
  [parameter('path'), '/..', /must be an absolute path/],
  [parameter('path'), '/../etc', /must be an absolute path/],
  [parameter('path'), '/var/../etc', /must be an absolute path/],
  [parameter('path'), '/var/./log', /must be an absolute path/],
  [parameter('path'), '/var//log', /must be an absolute path/],
  [parameter('path', { pattern: '/var/log/[a-z]+' }), '/var/log/nginx', null],
  [parameter('path', { pattern: '/var/log/[a-z]+' }), '/etc', /must match/],
  [parameter('unit'), 'getty@tty1.service', null],
  [parameter('unit'), '-.mount', /systemd unit/],
  [parameter('hostname'), 'db-1.example.com', null],
  [parameter('hostname'), `${'a'.repeat(64)}.com`, /host name/],
  [parameter('hostname'), 'db-.com', /host name/],
  [parameter('duration'), '15m', null],
  [parameter('duration'), '0m', /duration/],
])('%# %o', (declared, value, expected) => {
  const problem = valueProblem(declared, value);
  if (expected === null) expect(problem).toBeNull();
  else expect(problem).toMatch(expected);
});

test('no accepted pattern can be kept busy by a value', () => {
  const bait = `${'a'.repeat(254)}!`;
  for (const pattern of ['a*a*a*', '[a-z]+[a-z]+[a-z]+', '(a|b)a+', 'a{1,50}b'])
    expect([patternProblem(pattern), valueProblem(parameter('string', { pattern }), bait)]).toEqual([
      null,
      `must match ${pattern}`,
    ]);
});

test.each(['(a*)*', '(a+){2,}', '(?:a|a)*', '([a-z]+)+', '\\1', '(?<x>a)\\k<x>', 'a*a*a*a*', '(', '[z-a]'])(
  'the pattern %s is refused',
  (pattern) => {
    expect(patternProblem(pattern)).not.toBeNull();
  },
);

describe('resolving', () => {
  const runbook = parseRunbook(good, 'q.md');
  const resolve = (overrides: Partial<Alarm>) => resolveParameters(runbook, createAlarm(overrides));

  test('the first source that has a value decides', () => {
    expect(resolve({})).toEqual({ queue: 'orders', days: '7' });
    expect(resolve({ dimensions: { QueueName: 'mails' } })).toEqual({ queue: 'mails', days: '7' });
    expect(resolve({ dimensions: { QueueName: 'mails' }, tags: { queue: 'bills' } })).toEqual({
      queue: 'bills',
      days: '7',
    });
  });

  test('a name in other letters counts where it is the only one, and the exact one before it', () => {
    expect(resolve({ dimensions: { queuename: 'mails' } }).queue).toBe('mails');
    expect(resolve({ dimensions: { queueName: 'a', QueueName: 'b' } }).queue).toBe('b');
    expect(resolve({ dimensions: { queueName: 'a', QUEUENAME: 'b' } }).queue).toBe('orders');
  });

  test('names that are joined by | are tried in order', () => {
    const either = parseRunbook(good.replace('dimension:QueueName', 'dimension:Queue|QueueName'), 'q.md');
    expect(either.parameters[0]?.sources.map((source) => ('name' in source ? source.name : 'default'))).toEqual([
      'queue',
      'Queue',
      'QueueName',
      'default',
    ]);
    expect(resolveParameters(either, createAlarm({ dimensions: { QueueName: 'mails' } })).queue).toBe('mails');
  });

  test('where a default is taken it says what the alarm lacks', () => {
    expect(sourcesOf(runbook, createAlarm())).toEqual({
      queue: 'default: the alarm has no tag queue and no dimension QueueName',
      days: 'default',
    });
    expect(defaultedBy(runbook, createAlarm()).map(({ parameter, lacks }) => [parameter.name, lacks])).toEqual([
      ['queue', 'tag queue or dimension QueueName'],
    ]);
    expect(defaultedBy(runbook, createAlarm({ tags: { queue: 'x' } }))).toEqual([]);
  });

  test('destructive_default is refused where it means nothing', () => {
    const odd = good.replace('    default: 7\n', '    default: 7\n    destructive_default: true\n');
    expect(() => parseRunbook(odd, 'q.md')).toThrow(
      /destructive_default means something only where a value comes from the alarm and has a default/,
    );
  });

  test('an invalid value is refused, not replaced by the next source', () => {
    expect(() => resolve({ dimensions: { QueueName: 'mails' }, tags: { queue: '$(id)' } })).toThrow(
      /^runbook queue-stuck cannot be planned for alarm "queue-1": queue must be letters, digits .*; the alarm's tag queue says "\$\(id\)"$/,
    );
    expect(() => resolve({ tags: { queue: '' } })).toThrow(/queue must not be empty/);
  });

  test('a missing value names its sources and what the alarm has', () => {
    const without = parseRunbook(good.replace('    default: orders\n', ''), 'q.md');
    expect(() => resolveParameters(without, createAlarm({ tags: { team: 'x' } }))).toThrow(ParameterError);
    expect(() => resolveParameters(without, createAlarm({ tags: { team: 'x' } }))).toThrow(
      /queue has no value; it comes from the alarm's tag queue or the alarm's dimension QueueName, and the alarm has the dimensions none and the tags team/,
    );
  });

  test('what every object has is no dimension', () => {
    const odd = parseRunbook(good.replace('tag:queue', 'tag:constructor'), 'q.md');
    expect(resolveParameters(odd, createAlarm()).queue).toBe('orders');
  });
});

describe('rendering', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['a {{ v }}', {}, /no value for {{ v }}; given: none/],
    ['a {{ constructor }}', {}, /no value for {{ constructor }}/],
    ['a {{ v }}', { v: "it's" }, /must be printable ASCII without "'"/],
    ['a {{ v }}', { v: '' }, /must be printable ASCII/],
    ['a "{{ v }}"', { v: '$(id)' }, /change what the script does/],
    ['a "{{ v }}" (', { v: 'x' }, /change what the script does/],
    [
      `a {{ v }} ${'x'.repeat(2_700)}`,
      { v: 'x'.repeat(200) },
      /the script has 29\d\d characters; an approval card shows at most 2800/,
    ],
  ])('%s with %o is refused', (template, values, message) => {
    expect(() => render(template, values)).toThrow(message);
  });

  test('a value that looks like a placeholder stays a value, and other braces stay', () => {
    expect(render("a {{ v }} {{w}} --format '{{.Names}}'", { v: '{{ w }}', w: 'x' })).toBe(
      "a '{{ w }}' 'x' --format '{{.Names}}'",
    );
  });
});

describe('numbers are the text that was written', () => {
  const declared = (type: string, more: string) =>
    good.replace(/ {2}queue:\n(?: {4}.*\n)+/, () => `  queue:\n    type: ${type}\n${more}`);

  test.each([
    ['1.10', '1.10'],
    ['3.100', '3.100'],
    ['7.0', '7.0'],
    ['0644', '0644'],
    ['1e3', '1e3'],
    ['0x1F', '0x1F'],
    ['20261121012345678901', '20261121012345678901'],
    ['2026-11-21', '2026-11-21'],
    ["'1.10'", '1.10'],
  ])('a default of %s', (written, value) => {
    const runbook = parseRunbook(declared('string', `    default: ${written}\n`), 'q.md');
    expect(resolveParameters(runbook, createAlarm()).queue).toBe(value);
  });

  test('and so are allowed values', () => {
    const runbook = parseRunbook(declared('enum', '    values: [1.9, 1.10, 1.1]\n    default: 1.10\n'), 'q.md');
    expect(runbook.parameters[0]).toMatchObject({ values: ['1.9', '1.10', '1.1'] });
  });

  test.each(['0644', '1e3', '0x1F', '7.0', '+7'])('an integer is not %s', (written) => {
    expect(() => parseRunbook(declared('integer', `    default: ${written}\n`), 'q.md')).toThrow(
      /must be a whole number/,
    );
  });
});

describe('a unit', () => {
  const unit = (overrides: Partial<Parameter>) => parameter('unit', { pattern: '[a-z.]+', ...overrides });

  test.each(['nginx', 'nginx.service', 'web-1.service'.replace('-1', '')])('%s is a service', (value) => {
    expect(valueProblem(unit({}), value)).toBeNull();
  });

  test.each(['poweroff.target', 'home.mount', 'certbot.timer', 'docker.socket', 'user.slice'])(
    '%s is none',
    (value) => {
      expect(valueProblem(unit({}), value)).toMatch(/must be a service/);
    },
  );

  test('of another kind is accepted where the runbook names the kind, and only that kind', () => {
    const byPattern = unit({ pattern: '[a-z]+\\.(?:timer|service)' });
    expect(valueProblem(byPattern, 'certbot.timer')).toBeNull();
    const byDefault = unit({ sources: [{ kind: 'default', value: 'certbot.timer' }] });
    expect(valueProblem(byDefault, 'backup.timer')).toBeNull();
    expect(valueProblem(byDefault, 'poweroff.target')).toMatch(/must be a service/);
  });
});

test.each([
  ['[a-z]{0,200}[a-z]{0,200}[a-z]{0,200}', true],
  ['[a-z]{0,255}[a-z]{0,255}[a-z]{0,255}[a-z]{0,255}', false],
  ['[a-z]+[a-z]+[a-z]+', true],
  ['[a-z]+[a-z]+[a-z]{0,200}[a-z]{0,200}', false],
  ['[a-z]{3}[0-9]{12}[a-z]{8}[0-9]{17}', true],
])('the repetitions of %s are bounded in all: %s', (pattern, fine) => {
  expect(patternProblem(pattern) === null).toBe(fine);
});
