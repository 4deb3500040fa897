/** How to write a script so that it is no longer refused for its form alone: what it does stays the same. */
import type { RiskVerdict } from './verdict.ts';

const cures: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:less|more|most|pg|zless|zmore|man)(?:\.pager)?$/,
    'leave the pager away: nobody pages there; `| head -n 100` or `| tail -n 100` keeps the output short',
  ],
  [/^dash\.(?:arithmetic|test|quote)$/, 'begin the script with the line #!/bin/bash'],
  [
    /\.open$/,
    'quote the open word where it stands after an option (-n "$NS"), give it a beginning that starts no option ("/srv/$x", --since="$x"), put -- before it, or set it in the script to a text or to what pidof, pgrep, wc or date answers',
  ],
  [
    /^script\.syntax$/,
    'write the value, or a quoted variable, for a placeholder such as <pod-name>: to the shell < and > mean files',
  ],
  [/^script\.heredoc$/, 'end the here-document with its word on a line of its own'],
  [/^script\.disagreement$/, 'write it more plainly, or in several lines: the two parsers read it differently'],
];

/** One cure for each form, when nothing but its form raises the script; otherwise none. */
export function curesOf(verdict: RiskVerdict): readonly string[] {
  const raising = verdict.reasons.filter((reason) => reason.level !== 'read_only' || reason.flag !== undefined);
  const found = raising.map((reason) => cures.find(([rule]) => rule.test(reason.rule))?.[1]);
  return found.every((cure) => cure !== undefined) ? [...new Set(found)] : [];
}
