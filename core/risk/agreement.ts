/** Two parsers must see the same commands before a script may be called a read: one parser's mistake is not enough. */
import type { CommandNode } from './tree.ts';

/** Where a parser sees a simple command's first word: UTF-16 offsets into the script. */
export interface SeenCommand {
  readonly start: number;
  readonly end: number;
}

/** A second parser's view of a script: the simple commands in any order, or null if it finds an error. May throw. */
export type Reparse = (text: string) => readonly SeenCommand[] | null;

/** UTF-16 units: beyond this the second parser's worst cases take longer than anybody should wait. */
const longestConfirmed = 32_768;

/** Why the second parser does not confirm the commands that the first one sees, or null if it does. Absent or throwing is a disagreement. */
export function disagreement(
  commands: readonly CommandNode[],
  text: string,
  reparse: Reparse | undefined,
): string | null {
  if (reparse === undefined) return 'no second parser confirms the syntax';
  if (text.length > longestConfirmed) return 'is longer than 32 KB, too long for the second parser to confirm it';
  let seen: readonly SeenCommand[] | null;
  try {
    seen = reparse(text);
  } catch {
    return 'the second parser failed';
  }
  if (seen === null) return 'the second parser finds a syntax error';
  const ours = placesOf(commands);
  const theirs = seen.map((command) => placeOf(command.start, command.end)).sort(byPlace);
  const same = ours.length === theirs.length && ours.every((place, index) => place === theirs[index]);
  return same ? null : 'two parsers see different commands';
}

/** Scripts are far shorter than 2^26 units. */
function placeOf(start: number, end: number): number {
  return start * 2 ** 26 + end;
}

/** Commands written in escaped backticks have positions of their own; the classifier does not read such scripts. */
function placesOf(commands: readonly CommandNode[]): readonly number[] {
  const places: number[] = [];
  for (const { name } of commands)
    if (name && name.text !== '[' && name.text !== '[[') places.push(placeOf(name.pos, name.end));
  return places.sort(byPlace).filter((place, index) => place !== places[index - 1]);
}

function byPlace(a: number, b: number): number {
  return a - b;
}
