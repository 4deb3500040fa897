/** The reader of plain one-liners sees what the grammar's own parser sees, or leaves the text to it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainCommands } from '../../../adapters/tree-sitter/plain.ts';
import { loadReparse } from '../../../adapters/tree-sitter/reparse.ts';
import { readCorpus } from '../../core/risk/corpus/read-corpus.ts';
import { seed, share } from '../../soak.ts';

const reparse = await loadReparse(new URL('../../../node_modules/', import.meta.url));
/** A line's end is nothing that the plain reader takes, so that the grammar answers. */
const parsed = (text: string) => reparse(`${text}\n`);
const inOrder = (seen: ReturnType<typeof parsed>) => seen?.toSorted((a, b) => a.start - b.start) ?? null;

const pieces =
  'ls a -l b=c \'x y\' "q" | && ; || 2>&1 >/dev/null /bin/x x.y * ~ = 1 - -- if in ! { } a;b a|b a&b "a"b x>y [ ] time # $x `a` \\ ( )'.split(
    ' ',
  );

describe('plain one-liners', () => {
  it('are seen as the grammar sees them, in the corpora', () => {
    const lines = (['diagnostics.txt', 'dangerous.txt'] as const).flatMap((name) =>
      Object.values(readCorpus(name)).flat(),
    );
    const plain = lines.filter((line) => plainCommands(line) !== null);
    expect(plain.length).toBeGreaterThan(lines.length / 4);
    for (const line of plain) expect(inOrder(parsed(line)), line).toEqual(plainCommands(line));
  });

  it(`are seen as the grammar sees them, in any order of words and signs, seed ${seed}`, () => {
    const texts = fc
      .tuple(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 7 }), fc.constantFrom(' ', ' ', ' ', ''))
      .map(([words, between]) => words.join(between));
    fc.assert(
      fc.property(texts, (text) => {
        const plain = plainCommands(text);
        if (plain !== null) expect(inOrder(parsed(text)), text).toEqual(plain);
      }),
      { numRuns: share(100_000, 2_000), seed },
    );
  });

  it.each([
    'echo $x',
    'ls &',
    'a;;b',
    'x=1 ls',
    'if ls',
    'ls >f',
    'ls 3>&1',
    "ls 'a",
    'ls \\\n',
    'ls\nls',
    '',
    'ls |',
    '! ls',
  ])('leaves %j to the grammar', (text) => {
    expect(plainCommands(text)).toBeNull();
  });
});
