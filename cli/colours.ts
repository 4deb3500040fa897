/** Colours for a terminal and for nothing else: no file, no pipe, and no log of CI, where the library would give them. */
import pc from 'picocolors';

/** Whether there is somebody to see them. `NO_COLOR` takes them away (no-color.org), `FORCE_COLOR` gives them. */
export function isColourful(environment: Readonly<NodeJS.ProcessEnv>, isTerminal: boolean): boolean {
  if (environment.NO_COLOR) return false;
  return Boolean(environment.FORCE_COLOR) || (isTerminal && environment.TERM !== 'dumb');
}

// Node leaves it out where it is none, and then the library would decide.
export const colours = pc.createColors(isColourful(process.env, process.stdout.isTTY === true));
