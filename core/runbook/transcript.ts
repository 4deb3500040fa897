/** What a terminal showed: prompts, what somebody typed after them, and output. */

const transcripts = /^(?:console|shell-?session|shellsession|sh-session|term(?:inal)?|session)$/i;

/** Whether a fence's language says that it shows a terminal. */
export function isTranscript(language: string): boolean {
  return transcripts.test(language);
}

const prompt = /^(\s*(?:\S*[\w\]~)]\s?)?[$#%>]\s)(.*)$/;

/** What was typed, every other character blanked, so that places stay; null when no line has a prompt. */
export function typedIn(transcript: string): string | null {
  const lines = transcript.split('\n');
  if (!lines.some((line) => prompt.test(line))) return null;
  return lines
    .map((line) => {
      const [, before = '', typed] = prompt.exec(line) ?? [];
      return typed === undefined ? '' : `${' '.repeat(before.length)}${typed}`;
    })
    .join('\n');
}
