/** The incidents of a bundle, one after the other: entries, burns and texts, unverified. */
import { isEntryLine, itemOfLine, type Section } from '../core/audit/bundle.ts';
import { readChain, type StoredItem } from '../core/audit/chain.ts';
import { IncidentId } from '../core/dispatch.ts';

export interface BundledIncident {
  readonly id: string;
  readonly entries: ReturnType<typeof readChain>['entries'];
  readonly section: Section;
  /** By their digest. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Says nothing about whether they may be believed: verify does. */
export function* incidentsIn(lines: Iterable<string>): Generator<BundledIncident> {
  let reading: { section: Section; items: StoredItem[]; texts: Map<string, string> } | null = null;
  for (const line of lines) {
    if (isEntryLine(line)) {
      reading?.items.push(itemOfLine(line, reading.items.length + 1));
      continue;
    }
    const record = JSON.parse(line) as { record?: string; chain?: string; digest?: string; text?: string };
    if (record.record === 'text') reading?.texts.set(String(record.digest), String(record.text));
    if (record.record !== 'chain') continue;
    if (reading) yield incidentOf(reading);
    const isIncident = IncidentId.safeParse(record.chain).success;
    reading = isIncident ? { section: record as unknown as Section, items: [], texts: new Map() } : null;
  }
  if (reading) yield incidentOf(reading);
}

function incidentOf({ section, items, texts }: { section: Section; items: StoredItem[]; texts: Map<string, string> }) {
  return { id: section.chain, entries: readChain(section.chain, items).entries, section, texts };
}

/** The lines of a bundle's text. */
export function linesOfText(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
