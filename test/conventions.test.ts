/** The order of rooms holds, and a planted import that breaks it is named. */
import { describe, expect, test } from 'vitest';
import { conventionProblems, importsOf, repositorySources } from '../scripts/conventions.ts';

/** The repository as it is, with one more file. */
function withFile(path: string, text: string): string[] {
  return conventionProblems(importsOf(new Map([...repositorySources(), [path, text]])));
}

test('the repository keeps its own order: 0 circles between the folders of core', () => {
  expect(conventionProblems(importsOf(repositorySources()))).toEqual([]);
});

describe('a planted import is named', () => {
  test.each([
    [
      'a rule that needs a use case',
      'core/gate/planted.ts',
      '../use-cases/execute.ts',
      /core\/gate\/planted\.ts imports core\/use-cases\/execute\.ts: rules lie below/,
    ],
    ['the ground that needs a room', 'core/digest.ts', './audit/entry.ts', /circle/],
    [
      'two rooms in a circle',
      'core/runbook/planted.ts',
      '../gate/gate.ts',
      /core\/runbook\/planted\.ts imports core\/gate\/gate\.ts: the rooms runbook and gate form a circle/,
    ],
    [
      'an adapter with another SDK',
      'adapters/ssm/planted.ts',
      '@aws-sdk/client-sts',
      /adapters\/ssm\/planted\.ts imports @aws-sdk\/client-sts/,
    ],
    ['an adapter with another adapter', 'adapters/ssm/planted.ts', '../sts/send-role.ts', /never another adapter/],
    [
      'an adapter that nobody described',
      'adapters/teams/planted.ts',
      'botbuilder',
      /name it in scripts\/conventions\.ts/,
    ],
    ['a function with the laptop', 'functions/planted.ts', '../local/deploy.ts', /package\/demo\.ts alone starts it/],
  ])('%s', (_, path, target, expected) => {
    expect(withFile(path, `import type { x } from '${target}';\n`)).toContainEqual(expect.stringMatching(expected));
  });

  test('also as an export, over several lines, and as a dynamic import', () => {
    const texts = [
      `export { x } from '../use-cases/execute.ts';`,
      `import {\n  type a,\n  b,\n} from '../use-cases/execute.ts';`,
      `const later = () => import('../use-cases/execute.ts');`,
    ];
    for (const text of texts)
      expect(withFile('core/policy/planted.ts', text)).toContainEqual(expect.stringContaining('rules lie below'));
  });
});
