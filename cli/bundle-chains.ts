/** The incidents of a bundle, chain by chain, and the key it brings; whether they may be believed, verify says. */
import { isEntryLine, itemOfLine } from '../core/audit/bundle.ts';
import { readChain, type StoredItem } from '../core/audit/chain.ts';
import { IncidentId } from '../core/dispatch.ts';
import type { Chronicle } from '../core/report/decisions.ts';

/** Each incident once, with its entries in order. */
export function* incidentsOf(lines: Iterable<string>): Generator<Chronicle> {
  let chain: string | null = null;
  let items: StoredItem[] = [];
  for (const line of lines) {
    if (isEntryLine(line)) items.push(itemOfLine(line, items.length + 1));
    else if (line.startsWith('{"record":"chain"')) {
      if (isIncident(chain)) yield { id: chain, entries: readChain(chain, items).entries };
      items = [];
      chain = String((JSON.parse(line) as { chain: unknown }).chain);
    }
  }
  if (isIncident(chain)) yield { id: chain, entries: readChain(chain, items).entries };
}

/** PEM of the approval key that the bundle brings; null where it brings none. */
export function keyOf(lines: Iterable<string>): string | null {
  for (const line of lines) {
    if (!line.startsWith('{"record":"key"')) continue;
    const { pem } = JSON.parse(line) as { pem?: unknown };
    return typeof pem === 'string' ? pem : null;
  }
  return null;
}

/** The texts that a bundle brings, by the SHA-256 that it says they have. */
export function textsIn(lines: Iterable<string>): Map<string, string> {
  const texts = new Map<string, string>();
  for (const line of lines) {
    if (!line.startsWith('{"record":"text"')) continue;
    const { digest, text } = JSON.parse(line) as { digest: string; text: string };
    texts.set(digest, text);
  }
  return texts;
}

/** The lines of a bundle's text. */
export function linesOfText(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function isIncident(chain: string | null): chain is string {
  return chain !== null && IncidentId.safeParse(chain).success;
}
