/** The demo's terminal: a line per stage while it happens, one that stays when it is done. */
import ora, { type Ora } from 'ora';
import pc from 'picocolors';

export interface Terminal {
  /** Begins a stage, ending the one before. */
  stage(text: string): void;
  /** Changes what the running stage says. */
  update(text: string): void;
  /** Ends the stage with what came of it. */
  done(text: string, mark?: 'succeed' | 'warn' | 'fail'): void;
  print(text: string): void;
}

/** Progress goes to stderr, so that the last line of stdout stays the result. */
export function terminal(): Terminal {
  let spinner: Ora | null = null;
  return {
    stage(text) {
      spinner?.succeed();
      spinner = ora({ text, stream: process.stderr, discardStdin: false, hideCursor: false }).start();
    },
    update(text) {
      // Without a terminal every change would be a line of its own.
      if (spinner && process.stderr.isTTY) spinner.text = text;
    },
    done(text, mark = 'succeed') {
      if (spinner) spinner[mark](text);
      else console.error(`${mark === 'fail' ? pc.red('✖') : pc.green('✔')} ${text}`);
      spinner = null;
    },
    print(text) {
      if (spinner) spinner.clear();
      console.error(text);
      if (spinner) spinner.render();
    },
  };
}
