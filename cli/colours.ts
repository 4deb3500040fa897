/** Colours for a terminal and for nothing else: no file, no pipe, and no log of CI, where the library would give them. */
import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';

/** Words of FORCE_COLOR that say no, as Node and most tools read it. */
const forcesNone: readonly (string | undefined)[] = ['0', 'false'];

/**
 * Whether there is somebody to see them. `NO_COLOR` takes them away (no-color.org), and so does `FORCE_COLOR=0`; any other
 * `FORCE_COLOR` gives them.
 */
export function isColourful(environment: Readonly<NodeJS.ProcessEnv>, isTerminal: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (NO_COLOR || forcesNone.includes(FORCE_COLOR)) return false;
  return Boolean(FORCE_COLOR) || (isTerminal && TERM !== 'dumb');
}

// Node leaves it out where it is none, and then the library would decide.
const [seesOutput, seesErrors] = [process.stdout, process.stderr].map(({ isTTY }) =>
  isColourful(process.env, isTTY === true),
);

/** For what goes to stdout. */
export const colours = pc.createColors(seesOutput);

/** For what goes to stderr, which may go elsewhere. */
export const errorColours = pc.createColors(seesErrors);

/** Prints on stderr a line that was coloured for stdout. */
export function printError(line: string): void {
  console.error(seesErrors ? line : stripVTControlCharacters(line));
}
