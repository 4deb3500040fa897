/** The demo's terminal: a line per stage while it happens, one that stays when it is done. */
import ora, { type Ora } from 'ora';
import { errorColours as pc, printError } from '../../cli/colours.ts';

export interface Terminal {
  /** Begins a stage, ending the one before. */
  stage(text: string): void;
  /** Changes what the running stage says. */
  update(text: string): void;
  /** Ends the stage with what came of it. */
  done(text: string, mark?: 'succeed' | 'warn' | 'fail'): void;
  print(text: string): void;
}

const marks = { succeed: pc.green('✔'), warn: pc.yellow('⚠'), fail: pc.red('✖') } as const;

/** Progress goes to stderr, so that the last line of stdout stays the result. */
export function terminal(): Terminal {
  // A terminal without a width (`script` in a pipe) has no lines to redraw: a spinner would redraw without end.
  const isDrawn = process.stderr.isTTY === true && process.stderr.columns > 0;
  return isDrawn ? drawn() : written();
}

function drawn(): Terminal {
  let spinner: Ora | null = null;
  return {
    stage(text) {
      spinner?.succeed();
      spinner = ora({ text, stream: process.stderr, discardStdin: false, hideCursor: false }).start();
    },
    update(text) {
      if (spinner) spinner.text = text;
    },
    done(text, mark = 'succeed') {
      if (spinner) spinner[mark](text);
      else printError(`${marks[mark]} ${text}`);
      spinner = null;
    },
    print(text) {
      if (spinner) spinner.clear();
      printError(text);
      if (spinner) spinner.render();
    },
  };
}

/** Each line once: a stage when it begins, what came of it when that is something else. */
function written(): Terminal {
  let running: string | null = null;
  return {
    stage(text) {
      running = text;
      printError(`- ${text}`);
    },
    update() {},
    done(text, mark = 'succeed') {
      if (text !== running) printError(`${marks[mark]} ${text}`);
      running = null;
    },
    print: (text) => printError(text),
  };
}
