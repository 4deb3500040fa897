/** A short cut past a schema: knows values that it certainly takes as they are, several times faster than asking it. */
import type * as z from 'zod';

/** True only where the schema accepts the value and answers with an equal one; false says nothing: ask the schema. */
export type Exactly = (value: unknown) => boolean;

/** What is read of a schema's definition. */
interface Definition {
  readonly type: string;
  readonly checks?: readonly { readonly _zod: { readonly def: Check } }[];
  readonly check?: string;
  readonly pattern?: RegExp;
  readonly format?: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly items?: readonly z.core.$ZodType[];
  readonly rest?: unknown;
  readonly keyType?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly values?: readonly unknown[];
  readonly getter?: () => z.core.$ZodType;
}
interface Check {
  readonly check: string;
  readonly pattern?: RegExp;
  readonly value?: number;
  readonly inclusive?: boolean;
  readonly maximum?: number;
  readonly minimum?: number;
}

const never: Exactly = () => false;

/** The short cut of a schema; for forms of schema that it does not know one that is never true. */
export function exactly(schema: z.core.$ZodType): Exactly {
  const definition = schema._zod.def as unknown as Definition;
  const form = forms[definition.type]?.(definition) ?? never;
  const checks = (definition.checks ?? []).map(({ _zod: { def } }) => checkOf(def));
  const [only] = checks;
  if (only === undefined) return form;
  if (checks.length === 1) return (value) => form(value) && only(value);
  return (value) => form(value) && checks.every((check) => check(value));
}

const forms: Readonly<Record<string, (definition: Definition) => Exactly>> = {
  string: ({ check, pattern }) => {
    if (check === undefined) return (value) => typeof value === 'string';
    return pattern ? (value) => typeof value === 'string' && pattern.test(value) : never;
  },
  number: ({ check, format }) => {
    if (check === undefined) return (value) => Number.isFinite(value);
    return format === 'safeint' ? (value) => Number.isSafeInteger(value) : never;
  },
  boolean: () => (value) => typeof value === 'boolean',
  null: () => (value) => value === null,
  enum: ({ entries = {} }) => oneOf(Object.values(entries)),
  literal: ({ values = [] }) => oneOf(values),
  nullable: ({ innerType }) => {
    const inner = short(innerType);
    return (value) => value === null || inner(value);
  },
  optional: ({ innerType }) => short(innerType),
  default: ({ innerType }) => short(innerType),
  catch: ({ innerType }) => short(innerType),
  lazy: ({ getter }) => {
    let known: Exactly | undefined;
    return (value) => {
      known ??= short(getter?.());
      return known(value);
    };
  },
  union: ({ options = [] }) => {
    const each = options.map(exactly);
    return (value) => each.some((one) => one(value));
  },
  array: ({ element }) => {
    const each = short(element);
    return (value) => Array.isArray(value) && value.every(each);
  },
  tuple: ({ items = [], rest }) => {
    const each = items.map(exactly);
    if (rest) return never;
    return (value) =>
      Array.isArray(value) && value.length === each.length && each.every((one, index) => one(value[index]));
  },
  record: ({ keyType, valueType }) => {
    const each = short(valueType);
    const isPlain = keyType?._zod.def.type === 'string' && !(keyType._zod.def as Definition).checks;
    return isPlain
      ? (value) => isObject(value) && Object.keys(value).every((key) => key !== '__proto__' && each(value[key]))
      : never;
  },
  object: ({ shape = {} }) => objectOf(shape),
};

const short = (schema: z.core.$ZodType | undefined): Exactly => (schema ? exactly(schema) : never);

function oneOf(values: readonly unknown[]): Exactly {
  const [only] = values;
  if (values.length === 1) return (value) => value === only;
  const known = new Set(values);
  return (value) => known.has(value);
}

/** Every key that must be there, and none that the schema does not name: what it would take away, or refuse. */
function objectOf(shape: Readonly<Record<string, z.core.$ZodType>>): Exactly {
  const keys = Object.keys(shape);
  const each = Object.values(shape).map(exactly);
  const mayLack = Object.values(shape).map(({ _zod: { def } }) => def.type === 'optional');
  return (value) => {
    if (!isObject(value)) return false;
    let found = 0;
    for (let index = 0; index < keys.length; index += 1) {
      const field = value[keys[index] as string];
      if (field === undefined) {
        if (!mayLack[index]) return false;
      } else {
        found += 1;
        if (!each[index]?.(field)) return false;
      }
    }
    let there = 0;
    // Counts what is inherited, too, and makes no list: false says nothing.
    for (const _ in value) there += 1;
    return there === found;
  };
}

function checkOf({ check, pattern, value, inclusive, maximum, minimum }: Check): Exactly {
  switch (check) {
    case 'string_format':
      return pattern && !pattern.global ? (text) => pattern.test(text as string) : never;
    case 'max_length':
      return (one) => (one as { length: number }).length <= (maximum ?? -1);
    case 'min_length':
      return (one) => (one as { length: number }).length >= (minimum ?? Number.POSITIVE_INFINITY);
    case 'greater_than':
      return (number) => inclusive === true && (number as number) >= (value ?? Number.POSITIVE_INFINITY);
    case 'less_than':
      return (number) => inclusive === true && (number as number) <= (value ?? Number.NEGATIVE_INFINITY);
    default:
      return never;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
