/** The texts that a chain's entries name by their digest, as a bundle holds them: the very bytes that were hashed. */
import { Evidence, evidenceContent, evidenceDigest } from '../core/alarm/evidence.ts';
import type { StoredItem } from '../core/audit/chain.ts';
import { canonicalJson, sha256 } from '../core/digest.ts';
import type { ShownOutputs } from '../core/report/show.ts';

export interface NamedText {
  readonly digest: string;
  readonly text: string;
}

const evidenceStart = 'countersign/evidence/v1\n';

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
