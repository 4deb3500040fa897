/** Rendering: parameters' values become single-quoted words of a script, and nothing else about it changes. */
import { treeShape } from '../risk/shape.ts';
import { maximumScriptLength } from './limits.ts';
import { sample } from './placeholder.ts';
import { shown } from './problem.ts';
import { substitute } from './substitute.ts';

export class RenderError extends Error {
  override readonly name = 'RenderError';
}

/**
 * The script to run: every `{{ identifier }}` of the template replaced by its value as one single-quoted word.
 *
 * @throws {RenderError} for a placeholder without a value, a value that single quotes cannot hold (a quote, a control or
 * a non-ASCII character), a script that outgrows an approval card, or one whose syntax tree is not the template's.
 */
export function render(template: string, values: Readonly<Record<string, string>>): string {
  const script = substitute(template, ({ name }) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined)
      throw new RenderError(`no value for {{ ${name} }}; given: ${Object.keys(values).join(', ') || 'none'}`);
    return quote(name, value);
  });
  if (script.length > maximumScriptLength)
    throw new RenderError(
      `the script has ${script.length} characters; an approval card shows at most ${maximumScriptLength}`,
    );
  const shape = treeShape(sample(template));
  if (shape === null || treeShape(script) !== shape)
    throw new RenderError(`the values change what the script does, not only its words: ${shown(script)}`);
  return script;
}

/**
 * The template with the values that are known, and every other placeholder as it is written: for people to read, never to
 * run. With all values it is what `render` gives.
 */
export function renderKnown(template: string, values: Readonly<Record<string, string>>): string {
  return substitute(template, ({ name, start, end }) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? template.slice(start, end) : quote(name, value);
  });
}

function quote(name: string, value: string): string {
  if (!/^[ -&(-~]+$/.test(value))
    throw new RenderError(
      `the value of {{ ${name} }} must be printable ASCII without "'", and not empty; it is ${shown(value)}`,
    );
  return `'${value}'`;
}
