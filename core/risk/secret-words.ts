/** Searches that are made to see a secret: by what is looked for, and where. */
import type { Argument } from './arguments.ts';
import type { Call } from './table.ts';

/** What people look for when they want the value behind it; `PasswordAuthentication` is none. */
export const secretWord =
  /(?:password|passphrase|passwort|secret|api[_.-]?key|access[_.-]?key|private[_.-]?key|credentials?|(?:auth|access|bearer|api)[_.-]?token)s?(?![a-z])|_pass(?:wd)?(?![a-z])|AKIA/i;

/** Logs hold such words when something went wrong with a log-in. */
const logs = /^\/var\/log\/|\.log(?:\.|$)|^\/proc\/|sshd?_config$/;

/** @param below whether it looks through a whole folder where no file is named. */
export function looksForSecrets(
  call: Call,
  shown: boolean,
  patterns: readonly Argument[],
  files: readonly Argument[],
  below: boolean,
): void {
  if (!shown || !patterns.some((word) => secretWord.test(word.text))) return;
  if (files.some((word) => !logs.test(word.text)) || (below && files.length === 0))
    call.raise('secret', 'looks for passwords or keys in files', 'read_only', 'sensitive_read');
}
