/** How many of many generated secrets are found, and how many ordinary lines are touched: kinds × surroundings × encodings. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { redact } from '../../../core/redact.ts';
import { seed, share } from '../../soak.ts';
import { type Draw, drawsFrom, encodings, leftOf, type Sample, sampleOf, surroundings } from './draw.ts';
import { heldOut, heldOutLast, heldOutLater, introduced, type Kind, tokens } from './kinds.ts';
import { ordinary } from './ordinary.ts';

/** One sample of a kind, in surroundings if it is known by its form, and in an encoding. */
function drawn(kind: Kind, draw: Draw): Sample {
  const sample = sampleOf(kind, draw);
  const names = Object.keys(encodings);
  const name = names[draw(names.length)] ?? 'plain';
  const place = tokens.includes(kind) ? (surroundings[draw(surroundings.length)] ?? '%') : '%';
  const text = place.split('%').join(sample.text);
  return { ...sample, kind: `${sample.kind}, ${name}`, text: encodings[name]?.(text) ?? text };
}

/** The texts in which something of the secrets is left, as `kind: text`. */
const shownOf = (samples: readonly Sample[]): string[] =>
  samples
    .filter(({ text, secrets }) => leftOf(secrets, redact(text)).length > 0)
    .map(({ kind, text }) => `${kind}: ${JSON.stringify(text.slice(0, 120))}`);

function samplesOf(kinds: readonly Kind[], count: number): Sample[] {
  const draw = drawsFrom(seed);
  return Array.from({ length: count }, (_, at) => drawn(kinds[at % kinds.length] as Kind, draw));
}

test(`at least 99 % of 2,000 and more generated secrets are hidden, seed ${seed}`, () => {
  const samples = samplesOf(
    [...tokens, ...introduced, ...heldOut, ...heldOutLater, ...heldOutLast],
    share(20_000, 2_400),
  );
  const shown = shownOf(samples);
  expect(samples.length).toBeGreaterThanOrEqual(2_000);
  expect(shown.length / samples.length, shown.slice(0, 20).join('\n')).toBeLessThanOrEqual(0.01);
});

test(`all of AWS, GitHub, Slack, Anthropic, private keys, web tokens and passwords in URLs are hidden, seed ${seed}`, () => {
  const must = [...tokens, ...introduced].filter(([kind]) =>
    /AWS|GitHub|Slack|Anthropic|private key|JSON web token|in a/.test(kind),
  );
  expect(must.length).toBeGreaterThan(20);
  expect(shownOf(samplesOf(must, share(10_000, 1_000)))).toEqual([]);
});

test(`at most 1 % of 5,000 and more ordinary lines are touched, seed ${seed}`, () => {
  const draw = drawsFrom(seed);
  const made = Array.from(
    { length: share(20_000, 2_000) },
    (_, at) => sampleOf(ordinary[at % ordinary.length] as Kind, draw).text,
  );
  const real = readFileSync(new URL('../../fixtures/ordinary.txt', import.meta.url), 'utf8');
  const before = [...made.join('\n').split('\n'), ...real.split('\n')];
  const after = [...redact(made.join('\n')).split('\n'), ...redact(real).split('\n')];
  const touched = before.flatMap((line, at) => (after[at] === line ? [] : [`${line}\n  ${after[at]}`]));
  expect(before.length).toBeGreaterThanOrEqual(5_000);
  expect(touched.length / before.length, touched.slice(0, 20).join('\n')).toBeLessThanOrEqual(0.01);
});

test.each([
  ['nnqrT+F/Vfc3/JrsRy/Ot176uL28LCaxn/yRZiTf', true],
  ['qqz4533h8/bI622ZS/wk6ay/ZRyzAF45/hLx+XmK', true],
  ['Users/builder/Library/Caches/Homebrew/v42', false],
])('a key of AWS that has as many slashes as a path is none: %s', (run, isKey) => {
  expect(redact(`got ${run} here`).includes(run)).toBe(!isKey);
});
