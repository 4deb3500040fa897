/** The short cut past a schema says yes only where the schema does, and leaves the value as it is. */
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { readEvent } from '../../core/audit/entry.ts';
import { exactly } from '../../core/exactly.ts';
import { Question } from '../../core/question.ts';
import { seed } from '../soak.ts';
import { genuine } from './audit/genuine.ts';
import { picker, shapeOf } from './audit/tamperings.ts';

/** Every value with one thing in it changed: a field gone, one more, or another value in its place. */
function* altered(value: unknown): Generator<unknown> {
  yield* [undefined, null, 'text', '', 1, 1.5, -1, true, {}, [], 'f'.repeat(64), '2026-11-21T03:00:00.000Z'];
  if (Array.isArray(value)) {
    yield value.slice(1);
    for (const [index, one] of value.entries()) for (const other of altered(one)) yield value.with(index, other);
  } else if (typeof value === 'object' && value !== null) {
    yield { ...value, more: 1 };
    for (const [name, one] of Object.entries(value)) {
      const { [name]: _, ...rest } = value as Record<string, unknown>;
      yield rest;
      for (const other of altered(one)) yield { ...value, [name]: other };
    }
  }
}

function compared(schema: z.ZodType, value: unknown): boolean {
  const says = exactly(schema)(value);
  if (says) {
    const { success, data } = schema.safeParse(value);
    expect(success, JSON.stringify(value)).toBe(true);
    expect(data).toStrictEqual(value);
  }
  return says;
}

describe('exactly', () => {
  test('says yes to no event, nor to anything near one, that its schema refuses or changes', async () => {
    const { entries } = await genuine('exactly', shapeOf(picker(seed)));
    const events = new Map(entries.map(({ event }) => [event.kind, event]));
    for (const event of events.values()) {
      expect(readEvent(event), event.kind).toBe(event);
      for (const other of altered(event)) {
        const json: unknown = JSON.parse(JSON.stringify(other) ?? 'null');
        if (typeof json !== 'object' || json === null || !('kind' in json) || typeof json.kind !== 'string') continue;
        const read = readEvent(json as { kind: string });
        if (read === json) expect(readEvent({ ...json, unknownField: 1 } as never), event.kind).toEqual(json);
      }
    }
  });

  test('knows the question of a chain, and everything one change away from it as its schema does', async () => {
    const { entries } = await genuine('exactly', { ...shapeOf(picker(seed)), changes: ['destructive'] });
    const question = entries.find(({ event }) => event.kind === 'approval_requested')?.event.question;
    expect(compared(Question, question)).toBe(true);
    for (const other of altered(question)) compared(Question, other);
  });

  test.each([
    ['a string', z.string(), ['x', ''], [1, null]],
    ['lengths', z.string().min(2).max(3), ['ab', 'abc'], ['a', 'abcd']],
    ['whole numbers', z.int().min(1).max(3), [1, 3], [0, 4, 1.5, 2 ** 60]],
    ['numbers', z.number(), [1.5], [Number.NaN, Number.POSITIVE_INFINITY, '1']],
    ['a time', z.iso.datetime(), ['2026-11-21T03:00:00Z'], ['2026-11-21', '2026-02-30T03:00:00Z']],
    ['an optional field', z.object({ a: z.string().exactOptional() }), [{}, { a: 'x' }], [{ a: 1 }, { b: 1 }, []]],
    ['a default', z.object({ a: z.string().default('x') }), [{ a: 'y' }], [{}]],
    ['a list', z.array(z.string()).min(1), [['x']], [[], [1], 'x']],
    ['a pair', z.tuple([z.string(), z.int()]), [['x', 1]], [['x'], ['x', 1, 2]]],
    ['a map', z.record(z.string(), z.int()), [{ a: 1 }], [{ a: 'x' }, JSON.parse('{"__proto__":1}')]],
    ['one of two', z.union([z.literal(1), z.literal('a')]), [1, 'a'], [2]],
    ['what it does not know', z.string().transform((text) => text.length), [], ['x']],
    ['a rule of its own', z.string().refine((text) => text !== 'x'), [], ['x', 'y']],
  ] as [string, z.ZodType, unknown[], unknown[]][])('%s', (_, schema, yes, no) => {
    for (const value of yes) expect(compared(schema, value), JSON.stringify(value)).toBe(true);
    for (const value of no) expect(compared(schema, value), JSON.stringify(value)).toBe(false);
  });
});
