/** What a deploy would change, as data: one sentence each, about one thing. */

export interface Change {
  /** `release`, `document`, `policy`, or a runbook's id. */
  readonly about: string;
  /** One sentence without its subject, such as `step 4 is now destructive (was modifying): deletes files`. */
  readonly text: string;
  /** Whether more may happen, more hosts be touched, or fewer people be asked than before: a reviewer looks here first. */
  readonly loosens: boolean;
}

export const same = (about: string, text: string): Change => ({ about, text, loosens: false });
export const looser = (about: string, text: string): Change => ({ about, text, loosens: true });

/** `+a −b`, or null where both hold the same; `loosens` tells which side a reviewer looks at. */
export function setWords(before: readonly string[], after: readonly string[]): string | null {
  const words = [
    ...after.filter((one) => !before.includes(one)).map((one) => `+${one}`),
    ...before.filter((one) => !after.includes(one)).map((one) => `−${one}`),
  ];
  return words.length > 0 ? words.join(' ') : null;
}
