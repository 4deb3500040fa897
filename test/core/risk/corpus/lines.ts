/** Lists of commands as text: one a line, so that quoting stays as it is typed; `⏎` is a line feed within one. */
export function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim().replaceAll('⏎', '\n'))
    .filter((line) => line !== '');
}
