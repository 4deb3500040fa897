/** Where a script's placeholders are, and what it is with something in their places. */

export interface Placeholder {
  readonly name: string;
  /** UTF-16 offsets of the braces in the template. */
  readonly start: number;
  readonly end: number;
}

/** Every lone identifier between double braces; anything else between them (`{{.Names}}`, `{{json .}}`) is literal. */
export function placeholders(template: string): Placeholder[] {
  return [...template.matchAll(/\{\{[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*\}\}/g)].map((match) => ({
    name: match[1] ?? '',
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** The template with each placeholder replaced; a replacement is never looked at again. */
export function substitute(template: string, replacement: (placeholder: Placeholder, index: number) => string): string {
  let text = '';
  let from = 0;
  placeholders(template).forEach((placeholder, index) => {
    text += template.slice(from, placeholder.start) + replacement(placeholder, index);
    from = placeholder.end;
  });
  return text + template.slice(from);
}
