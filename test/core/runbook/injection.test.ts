/** A value is one word and nothing else: over every parameter type, for two parsers' eyes and for two real shells. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { treeShape } from '../../../core/risk/shape.ts';
import { parameterRules, valueProblem } from '../../../core/runbook/parameter-types.ts';
import { placeholderProblems, sample } from '../../../core/runbook/placeholder.ts';
import { RenderError, render } from '../../../core/runbook/render.ts';
import type { Parameter } from '../../../core/runbook/runbook.ts';
import { seed, share } from '../../soak.ts';
import { injections } from './injections.ts';

const types = Object.keys(parameterRules) as Parameter['type'][];

function parameter(type: Parameter['type'], pattern: string | null = null): Parameter {
  const { maximumLength } = parameterRules[type];
  return {
    name: 'v',
    type,
    description: '',
    sources: [],
    pattern,
    values: null,
    minimum: null,
    maximum: null,
    maximumLength,
    destructiveDefault: false,
  };
}

/** An author who allows everything, and one who allows everything that was tried. */
const careless = parameter('string', '[^]*');

/** Every place in which the format allows a placeholder; each prints what it got to descriptor 3. */
const everywhere = `print() { for word in "$@"; do printf '%s\\n' "$word" >&3; done; }
print {{ v }}
print --option={{ v }}
assigned={{ v }}
print "$assigned"
for each in {{ v }}; do print "$each"; done
print "$(printf '%s' {{ v }})"
if [ {{ v }} = "$assigned" ]; then print same; fi
case {{ v }} in "$assigned") print same ;; esac
( print {{ v }} ) && { print {{ v }}; }
sh -c 'printf "%s\\n" "$1" >&3' sh {{ v }}
printf '%s' {{ v }} | cat >&3
`;

function expected(value: string): string {
  return `${[value, `--option=${value}`, value, value, value, 'same', 'same', value, value, value].join('\n')}\n${value}`;
}

let folder = '';
let canary = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-injection-'));
  canary = join(folder, 'canary');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the script in the throw-away folder and returns what it printed; fails when anything else in there changed. */
function run(shell: string, script: string): string {
  const work = join(folder, 'work');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  writeFileSync(canary, 'alive');
  writeFileSync(join(work, 'canary'), 'alive');
  const { output, status, stderr } = spawnSync(shell, ['-c', script], {
    cwd: work,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { PATH: '/usr/bin:/bin', HOME: work },
    timeout: 10_000,
    encoding: 'utf8',
  });
  expect(status, `${script}\n${stderr}`).toBe(0);
  expect(readFileSync(canary, 'utf8')).toBe('alive');
  expect(readdirSync(work)).toEqual(['canary']);
  expect(readdirSync(folder).sort()).toEqual(['canary', 'work']);
  return output[3] ?? '';
}

/** The script for a value of a parameter, or null where type or rendering refuses it. */
function rendered(template: string, declared: Parameter, value: string): string | null {
  if (valueProblem(declared, value) !== null) return null;
  try {
    return render(template, { v: value });
  } catch (error) {
    expect(error).toBeInstanceOf(RenderError);
    return null;
  }
}

test('the template has its placeholders only where the format allows them', () => {
  expect(placeholderProblems(everywhere, new Set(['v']))).toEqual([]);
});

describe('the corpus', () => {
  const payloads = injections('/tmp/countersign-canary');

  test('is large enough', () => {
    expect(payloads.length).toBeGreaterThanOrEqual(300);
  });

  /** What each type lets through, as a whole, so that a wider pattern shows: plain words of its kind. */
  const accepted: Record<Parameter['type'], string[]> = {
    string: [
      '/var/./x',
      '//',
      '1e3',
      '0x10',
      '010',
      '+1',
      '1.5',
      '99999999999999999999',
      '%n%n%n',
      '%s',
      'host-',
      'a..b',
      '_host',
      '0s',
      '5y',
    ],
    enum: [],
    integer: [],
    path: [],
    unit: ['1e3', '0x10', '010', '1.5', '99999999999999999999', 'host-', 'a..b', '_host', '0s', '5y'],
    hostname: ['1e3', '0x10', '010', '1.5', '99999999999999999999', '0s', '5y'],
    duration: [],
  };

  test.each(types)('%s: refused, or the tree keeps its shape', (type) => {
    const through = payloads.filter((payload) => rendered(everywhere, parameter(type), payload) !== null);
    for (const payload of through)
      expect(treeShape(render(everywhere, { v: payload }))).toBe(treeShape(sample(everywhere)));
    expect(through).toEqual(accepted[type]);
  });

  test('with the most careless pattern, nothing that holds a quote or hides is rendered', () => {
    for (const payload of payloads.filter((text) => rendered(everywhere, careless, text) !== null))
      expect(payload).toMatch(/^[^-'][ -&(-~]*$/);
  });
});

const shells = ['dash', 'bash'].filter((shell) => existsSync(`/bin/${shell}`) || existsSync(`/usr/bin/${shell}`));

describe.each(shells)('in a real %s', (shell) => {
  test('every accepted payload of every type arrives as itself and touches nothing', { timeout: 600_000 }, () => {
    const declared = [...types.map((type) => parameter(type)), careless];
    const values = injections(canary).filter((payload) =>
      declared.some((one) => rendered(everywhere, one, payload) !== null),
    );
    expect(values.length).toBeGreaterThan(150);
    for (const value of values) expect(run(shell, render(everywhere, { v: value }))).toBe(expected(value));
  });

  test('and so does random printable text', { timeout: 600_000 }, () => {
    const odd = fc.constantFrom(...'$`"\\;&|<>(){}[]*?~!# =-%,.:/@^_+ab1'.split(''));
    const text = fc
      .string({ unit: odd, minLength: 1, maxLength: 30 })
      .filter((value) => valueProblem(careless, value) === null);
    fc.assert(
      fc.property(text, (value) => {
        expect(run(shell, render(everywhere, { v: value }))).toBe(expected(value));
      }),
      { seed, numRuns: share(2_000) },
    );
  });
});
