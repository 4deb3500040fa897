/** Characters that make a script read differently from what it does: they are forbidden wherever they stand. */

/** Control characters other than newline and tab (a carriage return hides what stands before it). */
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u;

/** Bidirectional marks, zero-width and other invisible characters, variation selectors, tags, line separators. */
const invisible = /\p{Default_Ignorable_Code_Point}|\p{Bidi_Control}|[\u2028\u2029\ufff9-\ufffb]/u;

/** Most scripts are of these alone. */
const plain = /^[\n\t -~]*$/;

/** The first such character: where it is (UTF-16 offset) and what it is called, or null. */
export function forbiddenCharacter(script: string): { readonly at: number; readonly name: string } | null {
  if (plain.test(script)) return null;
  const found =
    control.exec(script) ?? invisible.exec(script) ?? (script.isWellFormed() ? null : loneSurrogate(script));
  if (found === null) return null;
  const code = found[0].codePointAt(0) ?? 0;
  return { at: found.index, name: `U+${code.toString(16).toUpperCase().padStart(4, '0')}` };
}

function loneSurrogate(script: string): RegExpExecArray | null {
  return /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(script);
}
