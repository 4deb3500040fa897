/** Text as people must see it: nothing hidden, nothing interpreted, shortened only with a note. */

/**
 * What a reader cannot see: control, format (bidi, zero width), private-use and lone-surrogate code points, line
 * separators, whatever Unicode says to ignore (fillers, variation selectors), and the blank Braille pattern.
 */
const hidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{2800}]/gu;

/** The hidden characters of a text as `U+202E`, each once, in order; tab and line feed are not hidden. */
export function hiddenCharacters(text: string): string[] {
  const found = (text.match(hidden) ?? []).filter((character) => character !== '\n' && character !== '\t');
  return [...new Set(found)].map(codePoint);
}

/** The characters outside printable ASCII, tab and line feed, as `U+0430`, each once: letters that may pose as others. */
export function foreignCharacters(text: string): string[] {
  return [...new Set(text.match(/[^\n\t -~]/gu) ?? [])].map(codePoint);
}

/**
 * The spaces of a text that a shell takes for letters, as `U+00A0`, each once, in order: `[ -e x ]` with one of them
 * before the bracket has no end.
 */
export function falseSpaces(text: string): string[] {
  return [...new Set(text.match(/(?! )\p{Zs}/gu) ?? [])].map(codePoint);
}

/** The text with every hidden character written out as `\u{202e}`; CR LF becomes LF. */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(hidden, (character) => {
    if (character === '\n' || character === '\t') return character;
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}

/**
 * At most `maximum` characters (UTF-16 units) of the text, and a visible note of how many more there are.
 * `further` are characters that the caller already left out.
 */
export function shorten(text: string, maximum: number, further = 0): string {
  if (text.length <= maximum && further === 0) return text;
  const kept = text.slice(0, maximum).replace(/[\uD800-\uDBFF]$/, '');
  return `${kept}… ${text.length - kept.length + further} more characters`;
}

/** The same of the end of a text: the note says how many characters come before. */
export function shortenStart(text: string, maximum: number, further = 0): string {
  if (text.length <= maximum && further === 0) return text;
  const kept = maximum === 0 ? '' : text.slice(-maximum).replace(/^[\uDC00-\uDFFF]/, '');
  return `${text.length - kept.length + further} characters before …${kept}`;
}

function codePoint(character: string): string {
  return `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
}
