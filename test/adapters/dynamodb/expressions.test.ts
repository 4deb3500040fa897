/** No expression names an attribute by one of DynamoDB's reserved words: AWS refuses the call, and an emulator may not. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const reserved = new Set(
  readFileSync(join(root, 'test/fixtures/dynamodb/reserved-words.txt'), 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .flatMap((line) => line.split(' '))
    .filter((word) => word !== ''),
);

/** Words of the language itself; we write them in capitals, and attributes never. */
const keywords = new Set(['AND', 'OR', 'NOT', 'IN', 'BETWEEN', 'SET', 'ADD', 'REMOVE', 'DELETE']);
const calls =
  'attribute_exists|attribute_not_exists|attribute_type|begins_with|contains|size|list_append|if_not_exists';
const looksLikeOne = new RegExp(`\\b(${calls})\\(|[#\\w] (=|<>|<=|>=|<|>) :\\w|^(SET|ADD|REMOVE|DELETE) `);

/** Texts of a source that are expressions or parts of one: by their form, or since they are given as one. */
function expressionsIn(source: string): string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const texts = [...code.matchAll(/'([^'\n]*)'|`([^`]*)`/g)].map(([, plain, template]) => plain ?? template ?? '');
  const given = [...code.matchAll(/\w+Expression: '([^']*)'/g)].map(([, text = '']) => text);
  return [...new Set([...texts.filter((text) => looksLikeOne.test(text)), ...given])];
}

/** Attributes that an expression names without an alias. */
function attributesOf(expression: string): string[] {
  const rest = expression.replaceAll(/\$\{[^}]*\}|[#:]\w+|\b\w+\(/g, ' ');
  return [...rest.matchAll(/[a-zA-Z_]\w*/g)].map(([word]) => word).filter((word) => !keywords.has(word));
}

const unaliased = (expression: string) => attributesOf(expression).filter((name) => reserved.has(name.toUpperCase()));

const folder = join(root, 'adapters/dynamodb');
const found = readdirSync(folder).flatMap((name) =>
  expressionsIn(readFileSync(join(folder, name), 'utf8')).map((text) => [name, text] as const),
);

test('the list is whole', () => {
  expect(reserved.size).toBe(573);
  for (const word of ['STATUS', 'TOKEN', 'STATE', 'KEY', 'ZONE']) expect(reserved).toContain(word);
});

test('the expressions are found, in every file that has some', () => {
  expect(found.length).toBeGreaterThanOrEqual(22);
  for (const name of readdirSync(folder)) {
    const given = readFileSync(join(folder, name), 'utf8').match(/\b(Key|Condition|Update|Projection)Expression\b/g);
    if (given)
      expect(
        found.map(([file]) => file),
        name,
      ).toContain(name);
  }
  expect(new Set(found.flatMap(([, text]) => attributesOf(text)))).toEqual(
    new Set([
      'pk',
      'sk',
      'places',
      'card',
      'votes',
      'related',
      'rung',
      'since',
      'told',
      'usedUntil',
      'changes',
      'changedAt',
      'rounds',
      'expiresAt',
      'incidentId',
      'isOver',
      'joined',
      'channelId',
      'claimedUntil',
      'digest',
      'drawn',
      'drawnIn',
      'envelope',
      'messageTs',
      'pictured',
      'pictureUntil',
    ]),
  );
});

test.each(found)('%s: %s', (_, expression) => {
  expect(unaliased(expression)).toEqual([]);
});

test.each([
  ["ConditionExpression: 'status = :pending'", ['status']],
  ["const same = 'state = :state AND changedAt = :at';", ['state']],
  ["UpdateExpression: 'SET #status = :status, token = :token'", ['token']],
  ["ProjectionExpression: 'pk, data'", ['data']],
  ['ConditionExpression: `size(views) > :most`', ['views']],
])('finds what is planted in %s', (source, words) => {
  expect(expressionsIn(source).flatMap(unaliased)).toEqual(words);
});
