/** Reads a list of commands: one a line, `⏎` for a line feed within one, `# name: words` starts a section. */
import { readFileSync } from 'node:fs';

/** The commands by section. */
export function readCorpus(file: 'dangerous.txt' | 'diagnostics.txt'): Readonly<Record<string, readonly string[]>> {
  const sections: Record<string, string[]> = {};
  let section: string[] = [];
  for (const line of readFileSync(new URL(file, import.meta.url), 'utf8').split('\n')) {
    const name = /^# (\w+): /.exec(line)?.[1];
    if (name !== undefined) sections[name] = section = [];
    else if (line !== '') section.push(line.replaceAll('⏎', '\n'));
  }
  return sections;
}
