/** Verifying a bundle, line by line and chain by chain: never more than one chain is held, however long the bundle is. */
import { createHash, createPublicKey } from 'node:crypto';
import { sha256 } from '../digest.ts';
import { IncidentId } from '../dispatch.ts';
import { exactly } from '../exactly.ts';
import {
  type BundledCheckpoint,
  BundleRecord,
  bundleVersion,
  isEntryLine,
  itemOfLine,
  type Section,
  type Selection,
} from './bundle.ts';
import { type BundleReport, Findings } from './bundle-report.ts';
import { ChainReader, readChain, recoveryChain, type StoredItem } from './chain.ts';
import { readStored } from './stored.ts';
import { examine } from './verify.ts';
import { anchorFindings, marksOf } from './verify-anchors.ts';
import { CheckpointReader } from './verify-checkpoints.ts';
import { type Finding, missing, problem, unsure, unsureWhether } from './verify-finding.ts';

/** What the verifier knows from elsewhere. */
export interface KnownElsewhere {
  /** PEM of the approval key, as the account's KMS gives it: a bundle can bring a key of whoever made it. */
  readonly publicKey?: string;
  /** PEM of the checkpoint key. */
  readonly checkpointKey?: string;
}

/** Verifies the lines of a bundle, given in batches without their line feeds. Never throws on what they say. */
export async function verifyBundle(
  batches: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
  known: KnownElsewhere = {},
): Promise<BundleReport> {
  const verifier = new BundleVerifier(known);
  let held: string | null = null;
  for await (const batch of batches)
    for (const line of batch) {
      if (held !== null) verifier.line(held);
      held = line;
    }
  return verifier.end(held);
}

/** The chain whose lines are being read, and its recovery if that follows. */
interface Reading {
  readonly section: Section;
  readonly reader: ChainReader;
  readonly archived: StoredItem[];
  recovery: { readonly section: Section; readonly items: StoredItem[]; readonly archived: StoredItem[] } | null;
}

class BundleVerifier {
  readonly #findings = new Findings();
  readonly #records = createHash('sha256');
  readonly #seen = new Set<string>();
  readonly #checkpoints: CheckpointReader;
  #selection: Selection | null = null;
  #exportedAt: string | null = null;
  #publicKey: string | null;
  #reading: Reading | null = null;
  #state: 'begin' | 'open' | 'ended' | 'strange' = 'begin';
  #lines = 0;
  #sections = 0;
  #entries = 0;
  #texts = 0;
  #signatures = 0;

  constructor(known: KnownElsewhere) {
    this.#publicKey = known.publicKey ?? null;
    this.#checkpoints = new CheckpointReader(known.checkpointKey ?? null);
  }

  line(line: string): void {
    this.#lines += 1;
    if (this.#state === 'ended') this.#atLine(problem(0, 'lies behind the end of the bundle'));
    else if (isEntryLine(line) && this.#reading) this.#item(null, line);
    else if (this.#state !== 'strange') this.#other(line, parsed(line));
  }

  /** Takes the last line, of which a cut bundle may hold a part only, and says what was found. */
  end(last: string | null): BundleReport {
    if (last !== null && (this.#state !== 'open' || isWhole(last))) this.line(last);
    if (this.#state === 'begin') this.#atLine(unsure(null, noBundle));
    if (this.#state === 'open') {
      this.#close(true);
      this.#atLine(unsureWhether('the bundle is cut: it has no end'));
    }
    return {
      selection: this.#selection,
      exportedAt: this.#exportedAt,
      chains: this.#seen.size,
      entries: this.#entries,
      signatures: this.#signatures,
      texts: this.#texts,
      checkpoints: this.#checkpoints.count,
      checkpointKey: printOf(this.#checkpoints.publicKey),
      newest: this.#checkpoints.newest,
      key: printOf(this.#publicKey),
      ...this.#findings.report(),
    };
  }

  #other(line: string, record: LooseRecord | null): void {
    if (this.#state === 'begin') this.#begin(record);
    else this.#record(line, record);
    if (record?.record !== 'end') this.#records.update(`${line}\n`);
  }

  #atLine(finding: Finding): void {
    this.#findings.atLine(this.#lines, finding);
  }

  #begin(record: LooseRecord | null): void {
    const header = BundleRecord.safeParse(record).data;
    if (header?.record === 'bundle') {
      this.#state = 'open';
      this.#selection = header.selection;
      this.#exportedAt = header.exportedAt;
      return;
    }
    this.#state = 'strange';
    const isOther = record?.record === 'bundle' && record.version !== bundleVersion;
    const other = `is of version ${JSON.stringify(record?.version)?.slice(0, 20)}, and this release knows version ${bundleVersion}`;
    this.#atLine(unsure(null, isOther ? other : noBundle));
  }

  #record(line: string, loose: LooseRecord | null): void {
    const record = isExactRecord(loose) ? (loose as unknown as BundleRecord) : BundleRecord.safeParse(loose).data;
    const kind = loose?.record.slice(0, 60) ?? '';
    if (record) this.#take(record);
    else if (loose === null && this.#reading) this.#item(null, line);
    else if (loose === null || kinds.has(kind)) this.#atLine(problem(0, `is no record ${kind} of a bundle`));
    else this.#atLine(unsure(null, `is a record ${JSON.stringify(kind)}, which this release does not know`));
  }

  #take(record: BundleRecord): void {
    if (record.record === 'chain') this.#section(record);
    else if (record.record === 'key') this.#key(record.pem);
    else if (record.record === 'checkpoint_key') this.#checkpointKey(record.pem);
    else if (record.record === 'checkpoint') this.#checkpoint(record);
    else if (record.record === 'archived' && this.#reading)
      (this.#reading.recovery ?? this.#reading).archived.push(record);
    else if (record.record === 'text') this.#text(record);
    else if (record.record === 'end') this.#ended(record);
    else if (record.record === 'bundle') this.#atLine(problem(0, 'begins another bundle'));
    else if (this.#reading && record.record === 'item') this.#item(record.place, record.text);
    else this.#atLine(problem(0, 'belongs to no chain'));
  }

  #checkpointKey(pem: string): void {
    const print = keyFingerprint(pem);
    const { publicKey } = this.#checkpoints;
    if (print === null) this.#atLine(problem(0, 'holds no public key'));
    else if (publicKey === null) this.#checkpoints.trust(pem);
    else if (keyFingerprint(publicKey) !== print)
      this.#atLine(
        problem(0, `holds a foreign checkpoint key, ${print}: another than was given, or than it held before`),
      );
  }

  #checkpoint(record: BundledCheckpoint): void {
    if (this.#sections > 0) this.#atLine(problem(0, 'is a checkpoint behind a chain, which was judged without it'));
    else for (const finding of this.#checkpoints.take(record)) this.#atLine(finding);
  }

  #text({ digest, text }: Extract<BundleRecord, { record: 'text' }>): void {
    this.#texts += 1;
    if (sha256(text) !== digest) this.#atLine(problem(0, 'holds a text that does not have its digest'));
  }

  #key(pem: string): void {
    const print = keyFingerprint(pem);
    if (print === null) this.#atLine(problem(0, 'holds no public key'));
    else if (this.#publicKey === null) this.#publicKey = pem;
    else if (keyFingerprint(this.#publicKey) !== print)
      this.#atLine(problem(0, `holds a foreign key, ${print}: another than was given, or than it held before`));
  }

  #section(section: Section): void {
    const { chain, number } = section;
    const { chain: before = '' } = this.#reading?.section ?? {};
    const isRecovery = this.#reading?.recovery === null && chain === recoveryChain(before);
    if (!isRecovery) this.#close(false);
    if (number !== this.#sections + 1)
      this.#findings.of(chain, [
        missing(
          1,
          `is chain ${number} of the bundle, and chain ${this.#sections + 1} was expected: a whole chain is missing`,
        ),
      ]);
    this.#sections = number;
    if (this.#seen.has(chain)) this.#findings.of(chain, [problem(1, 'is in the bundle twice: which is the true one?')]);
    this.#seen.add(chain);
    if (isRecovery && this.#reading) this.#reading.recovery = { section, items: [], archived: [] };
    else {
      this.#reading = {
        section,
        reader: new ChainReader(chain, {
          keeps: IncidentId.safeParse(chain).success || chain.endsWith(recoveryChain('')),
          marks: marksOf(this.#checkpoints.anchorsOf(chain, this.#selection, [])),
        }),
        archived: [],
        recovery: null,
      };
      this.#strangers(chain);
    }
  }

  /** What stands where it does not belong. */
  #strangers(chain: string): void {
    const selected = this.#selection && 'incident' in this.#selection ? this.#selection.incident : chain;
    if (chain !== selected) this.#findings.of(chain, [problem(1, 'is in a bundle of another incident')]);
    if (chain.endsWith(recoveryChain('')))
      this.#findings.of(chain, [missing(1, 'is a recovery, and the chain that it belongs to is not before it')]);
  }

  #item(place: number | null, text: string): void {
    const { reader, recovery } = this.#reading as Reading;
    this.#entries += 1;
    const expected = (recovery?.items.length ?? reader.length) + 1;
    const item = place === null ? itemOfLine(text, expected) : { place, text };
    if (recovery) recovery.items.push(item);
    else reader.read(item);
  }

  /** Judges the chain that was read. Of a cut bundle's last chain nothing is missing for sure. */
  #close(cut: boolean): void {
    if (!this.#reading) return;
    const { section, reader, recovery, archived } = this.#reading;
    this.#reading = null;
    const { burns, byFirstRelease, open: isOpen, chain } = section;
    const publicKey = this.#publicKey;
    const items = recovery?.items ?? [];
    const { findings, signatures } = examine(reader.reading(), reader.length, {
      burns,
      byFirstRelease,
      publicKey,
      isOpen,
      recovery: items,
      anchors: this.#checkpoints.anchorsOf(chain, this.#selection, archived),
    });
    this.#signatures += signatures;
    this.#judged(chain, [...findings, ...countFindings(section, reader.length)], cut && !recovery);
    if (recovery) this.#recovery(recovery, cut);
  }

  #recovery({ section, items, archived }: NonNullable<Reading['recovery']>, cut: boolean): void {
    const anchors = this.#checkpoints.anchorsOf(section.chain, this.#selection, archived);
    const found = anchorFindings(readChain(section.chain, items, marksOf(anchors)), items.length, anchors);
    this.#judged(section.chain, [...found, ...countFindings(section, items.length)], cut);
  }

  #judged(chain: string, findings: readonly Finding[], cut: boolean): void {
    const soften = (one: Finding) =>
      one.kind === 'problem' && one.about === 'completeness'
        ? unsureWhether(`the bundle is cut here; entry ${one.place} ${one.text}`)
        : one;
    this.#findings.of(chain, cut ? findings.map(soften) : findings);
  }

  #ended({ chains, entries, records }: Extract<BundleRecord, { record: 'end' }>): void {
    this.#close(false);
    this.#state = 'ended';
    if (chains !== this.#sections || entries !== this.#entries)
      this.#atLine(
        missing(
          0,
          `counts ${chains} chains and ${entries} entries, and ${this.#sections} and ${this.#entries} were read`,
        ),
      );
    if (records !== this.#records.digest('hex'))
      this.#atLine(
        problem(0, 'does not have the digest of the records before it: one of them was changed, added or removed'),
      );
    const selection = this.#selection;
    if (selection && 'incident' in selection && !this.#seen.has(selection.incident))
      this.#findings.of(selection.incident, [missing(1, 'is missing: the whole chain is not here')]);
    for (const finding of this.#checkpoints.end(selection)) this.#atLine(finding);
    this.#namedAndMissing();
  }

  /** Whatever a checkpoint names of what was asked for is to be here. */
  #namedAndMissing(): void {
    for (const [chain, { number, at }] of this.#checkpoints.named(this.#selection))
      if (!this.#seen.has(chain))
        this.#findings.of(chain, [missing(1, `is missing: checkpoint ${number} of ${at} names this chain`)]);
  }
}

const isExactRecord = exactly(BundleRecord);
const noBundle = 'is no bundle of countersign audit export';
const kinds: ReadonlySet<string> = new Set(BundleRecord.options.map(({ shape }) => shape.record.value));

type LooseRecord = { readonly record: string; readonly [field: string]: unknown };

function parsed(line: string): LooseRecord | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return typeof (value as LooseRecord).record === 'string' ? (value as LooseRecord) : null;
  } catch {
    return null;
  }
}

function isWhole(line: string): boolean {
  return isEntryLine(line) ? readStored(line) !== null : parsed(line) !== null;
}

function printOf(pem: string | null): string | null {
  return pem === null ? null : keyFingerprint(pem);
}

/** SHA-256 over the key's DER (SubjectPublicKeyInfo); null for what is no key. */
export function keyFingerprint(pem: string): string | null {
  try {
    return sha256(createPublicKey(pem).export({ type: 'spki', format: 'der' }));
  } catch {
    return null;
  }
}

function countFindings({ entries }: Section, read: number): Finding[] {
  if (read < entries) return [missing(read + 1, `is missing: the bundle counts ${entries} entries of this chain`)];
  return read > entries ? [problem(entries + 1, `is one more than the ${entries} entries that the bundle counts`)] : [];
}
