/** The texts that a chain's entries name by their digest, as a bundle holds them: the very bytes that were hashed. */
import { Evidence, evidenceContent, evidenceDigest } from '../alarm/evidence.ts';
import { entryOf, type StoredItem } from '../audit/chain.ts';
import { type AuditEvent, readEvent } from '../audit/entry.ts';
import { canonicalJson, sha256 } from '../digest.ts';
import type { ShownOutputs } from './show.ts';

export interface NamedText {
  readonly digest: string;
  readonly text: string;
}

const evidenceStart = 'countersign/evidence/v1\n';

/** The digests by which an event names bodies that Work keeps: evidence and outputs. */
export function bodiesOf(event: AuditEvent): readonly string[] {
  if (event.kind === 'planned') return event.evidence ?? [];
  if (event.kind !== 'command_finished') return [];
  return event.results.flatMap(({ stdoutHash, stderrHash }) => [stdoutHash, stderrHash]);
}

/** The digests of what was reviewed, by which an event names it: runbook and policy. */
export function reviewedOf(event: AuditEvent): readonly string[] {
  if (event.kind !== 'planned') return [];
  return [...(event.runbook ? [event.runbook.digest] : []), event.policyDigest];
}

/** The event in an entry's text; none where it cannot be read. */
export function eventIn(text: string): AuditEvent[] {
  const entry = entryOf(text);
  const event = entry && readEvent(entry.event);
  return event ? [event] : [];
}

/** Of what Work keeps, the evidence and outputs that an entry names: others prove nothing, and may be planted. Each once. */
export function namedTexts(items: readonly StoredItem[], { evidence, outputs }: ShownOutputs): NamedText[] {
  const named = new Set(items.flatMap(({ text }) => text.match(/(?<=")[0-9a-f]{64}(?=")/g) ?? []));
  const printed = outputs.flatMap((one) => one.outputs.flatMap(({ stdout, stderr }) => [stdout, stderr]));
  const seen = evidence.map((one) => `${evidenceStart}${canonicalJson(evidenceContent(one))}`);
  const texts = new Map([...seen, ...printed].map((text) => [sha256(text), text]));
  return [...texts]
    .filter(([digest, text]) => text !== '' && named.has(digest))
    .map(([digest, text]) => ({ digest, text }));
}

/** The same, read from a bundle again. */
export function shownOf(texts: ReadonlyMap<string, string>): {
  readonly evidence: readonly Evidence[];
  textOf(digest: string): string | null;
} {
  const evidence = [...texts.values()].flatMap((text) => {
    if (!text.startsWith(evidenceStart)) return [];
    const one = Evidence.safeParse(JSON.parse(text.slice(evidenceStart.length))).data;
    return one && texts.has(evidenceDigest(one)) ? [one] : [];
  });
  return { evidence, textOf: (digest) => (digest === sha256('') ? '' : (texts.get(digest) ?? null)) };
}
