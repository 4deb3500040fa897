/** The metric's picture: a PNG that any reader takes, with the curve, the threshold and the change where they belong. */
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Series } from '../../../core/alarm/evidence.ts';
import { isDrawable } from '../../../core/picture/glyphs.ts';
import { metricPicture, pictureWords } from '../../../core/picture/metric.ts';
import { pngOf } from '../../../core/picture/png.ts';
import { marks, shortNumber, timeMarks } from '../../../core/picture/scale.ts';
import { epochOf } from '../../../core/time.ts';
import { seed } from '../../soak.ts';

const minute = 60_000;
const from = epochOf('2026-11-21T02:00:00Z');
const series = (change: Partial<Series> = {}): Series => ({
  from,
  to: from + 60 * minute,
  changedAt: from + 50 * minute,
  periodSeconds: 60,
  threshold: 90,
  values: [...Array(60).keys()].map((index) => ({ at: from + index * minute, value: 60 + index * 0.6 })),
  ...change,
});

interface Read {
  readonly width: number;
  readonly height: number;
  at(x: number, y: number): number;
}

/** Read as the specification says, by a reader that shares nothing with the writer. */
function read(png: Uint8Array): Read {
  const bytes = Buffer.from(png);
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const parts = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    parts.set(bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  expect([...parts.keys()]).toEqual(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
  const header = parts.get('IHDR') as Buffer;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  expect([...header.subarray(8)]).toEqual([8, 3, 0, 0, 0]);
  const rows = inflateSync(parts.get('IDAT') as Buffer);
  expect(rows.length).toBe(height * (width + 1));
  return { width, height, at: (x, y) => rows[y * (width + 1) + 1 + x] ?? -1 };
}

const count = ({ width, height, at }: Read, colour: number) =>
  [...Array(width * height).keys()].filter((index) => at(index % width, Math.floor(index / width)) === colour).length;

const [curve, limit, change] = [3, 4, 5];

describe('the picture', () => {
  test('has curve, threshold and change; the rest is clear', () => {
    const image = read(metricPicture(series()) as Uint8Array);
    for (const colour of [curve, limit, change]) expect(count(image, colour)).toBeGreaterThan(100);
    expect(count(image, 0)).toBeGreaterThan(image.width * image.height * 0.8);
  });

  test('joins no values over a period that is missing', () => {
    const whole = series();
    const gap = { ...whole, values: whole.values.filter((_, index) => index < 20 || index > 40) };
    const [all, less] = [whole, gap].map((one) => count(read(metricPicture(one) as Uint8Array), curve)) as [
      number,
      number,
    ];
    expect(less).toBeLessThan(all * 0.75);
  });

  test.each([
    ['no value', { values: [] }],
    ['values of another time only', { values: [{ at: from - minute, value: 1 }] }],
  ])('is none where there is nothing to draw: %s', (_, change) => {
    expect(metricPicture(series(change))).toBeNull();
  });

  test('without a threshold, or with a change outside, draws neither', () => {
    const image = read(metricPicture(series({ threshold: null, changedAt: from - minute })) as Uint8Array);
    expect([count(image, limit), count(image, change)]).toEqual([0, 0]);
  });

  test('of any values at all is a picture, and ends', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, -0, 1e-130, 9.9e125),
    );
    const drawn = fc.record({
      span: fc.integer({ min: 0, max: 455 * 24 * 60 }),
      change: fc.integer({ min: -100, max: 100_000 }),
      periodSeconds: fc.constantFrom(10, 60, 3600),
      threshold: fc.option(value),
      values: fc.array(fc.record({ minutes: fc.integer({ min: -5, max: 660_000 }), value }), {
        minLength: 1,
        maxLength: 40,
      }),
    });
    fc.assert(
      fc.property(drawn, ({ span, change, values, ...rest }) => {
        const sorted = values.toSorted((a, b) => a.minutes - b.minutes);
        const one = series({
          ...rest,
          to: from + span * minute,
          changedAt: from + change * minute,
          values: sorted.map(({ minutes, value }) => ({ at: from + minutes * minute, value })),
        });
        const png = metricPicture(one);
        if (png !== null) expect(read(png).width).toBe(720);
        expect(pictureWords('x', one)).toMatch(/^x, /);
      }),
      { numRuns: 60, seed },
    );
  });
});

describe('the scales', () => {
  test('have round numbers that lie within, and about as many as asked for', () => {
    expect(marks(60, 96, 5)).toEqual([60, 70, 80, 90]);
    expect(marks(0.1, 0.35, 5)).toEqual([0.1, 0.15, 0.2, 0.25, 0.3, 0.35]);
    expect(marks(1, 1, 5)).toEqual([]);
    expect(timeMarks(from, from + 60 * minute, 6).map((at) => (at - from) / minute)).toEqual([0, 15, 30, 45, 60]);
  });

  test.each([
    [90, '90'],
    [0.25, '0.25'],
    [12_345, '12.35k'],
    [1_500_000, '1.5M'],
    [2e9, '2G'],
    [-3.2e12, '-3.2T'],
    [0, '0'],
    [1e-9, '1e-9'],
    [9.9e125, '9.9e+125'],
  ])('write %d as %s', (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });

  test('write every number in letters that are drawn', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => isDrawable(shortNumber(value))),
      { seed },
    );
  });
});

test('an image whose pixels do not fit its size is refused', () => {
  expect(() => pngOf({ width: 2, height: 2, colours: [[0, 0, 0, 0]], pixels: new Uint8Array(3) })).toThrow(
    'an image of 2 × 2 has no 3 pixels of 1 colours',
  );
});
