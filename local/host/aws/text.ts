/** `--output text` of `aws`: lists in lines, scalars between tabs, keys in the order of the alphabet. */
import type { JSONValue } from '@jmespath-community/jmespath';

export function text(item: JSONValue, label?: string, keys?: readonly string[]): string {
  if (Array.isArray(item)) return list(item, label);
  if (typeof item === 'object' && item !== null) return record(item, label, keys);
  return `${scalar(item)}\n`;
}

function list(items: readonly JSONValue[], label?: string): string {
  if (items.length === 0) return '';
  const records = items.filter((item) => isRecord(item));
  if (records.length > 0) {
    const keys = [
      ...new Set(records.flatMap((item) => Object.keys(item).filter((key) => !isNested(item[key])))),
    ].sort();
    return items.map((item) => text(item, label, keys)).join('');
  }
  const scalars = items.filter((item) => !isNested(item));
  const nested = items.filter((item) => isNested(item));
  return scalarLine(scalars, label) + nested.map((item) => text(item, label)).join('');
}

function scalarLine(items: readonly JSONValue[], label?: string): string {
  if (items.length === 0) return '';
  if (label !== undefined) return items.map((item) => `${label.toUpperCase()}\t${scalar(item)}\n`).join('');
  return `${items.map(scalar).join('\t')}\n`;
}

function record(item: Record<string, JSONValue>, label?: string, keys?: readonly string[]): string {
  const own = Object.keys(item).sort();
  const flat = keys ?? own.filter((key) => !isNested(item[key]));
  const cells = flat.map((key) => (Object.hasOwn(item, key) ? scalar(item[key]) : ''));
  const nested = own.filter((key) => !flat.includes(key));
  const line =
    cells.length === 0 ? '' : `${[...(label === undefined ? [] : [label.toUpperCase()]), ...cells].join('\t')}\n`;
  return line + nested.map((key) => text(item[key] ?? null, key)).join('');
}

function isRecord(item: JSONValue | undefined): item is Record<string, JSONValue> {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

function isNested(item: JSONValue | undefined): boolean {
  return typeof item === 'object' && item !== null;
}

/** As Python's `str`. */
function scalar(item: JSONValue | undefined): string {
  if (item === null || item === undefined) return 'None';
  if (typeof item === 'boolean') return item ? 'True' : 'False';
  return String(item);
}
