/** Every field of a value, generated from its schema, and the same value with one of them changed. */
import type * as z from 'zod';

export type Path = readonly (string | number)[];

/** Every place in which a value of this schema has one, as far as `sample` shows which alternative it is. */
export function fields(schema: z.core.$ZodType, sample: unknown, path: Path = []): Path[] {
  const { def } = schema._zod as unknown as { def: Record<string, unknown> & { type: string } };
  const child = (name: string | number) => (sample as Record<string | number, unknown> | null | undefined)?.[name];
  switch (def.type) {
    case 'object': {
      const shape = def.shape as Record<string, z.core.$ZodType>;
      return Object.entries(shape).flatMap(([name, field]) => fields(field, child(name), [...path, name]));
    }
    case 'array':
      return fields(def.element as z.core.$ZodType, child(0), [...path, 0]);
    case 'record':
      return Object.keys((sample ?? {}) as object).map((name) => [...path, name]);
    case 'union': {
      const options = def.options as (z.core.$ZodType & z.ZodType)[];
      const option = options.find((one) => one.safeParse(sample).success);
      return option ? fields(option, sample, path) : [];
    }
    case 'nullable':
    case 'optional':
    case 'default':
      return fields(def.innerType as z.core.$ZodType, sample, path);
    case 'lazy':
      return fields((def.getter as () => z.core.$ZodType)(), sample, path);
    default:
      return [path];
  }
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, name) => (inner as Record<string | number, unknown> | null | undefined)?.[name],
    value,
  );
}

export function changedAt<T>(value: T, path: Path, change: (old: unknown) => unknown): T {
  const copy = structuredClone(value);
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  parent[last] = change(parent[last]);
  return copy;
}

/** Another value of the same kind. */
export function other(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  return `${String(value).slice(0, -1)}${String(value).endsWith('0') ? '1' : '0'}`;
}
