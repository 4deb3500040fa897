/** `countersign audit verify --bundle`: what verifying a bundle found, in words; nothing but the file is asked. */
import { readFileSync } from 'node:fs';
import type { BundleReport, Half, Located } from '../core/audit/bundle-report.ts';
import { type KnownElsewhere, keyFingerprint, verifyBundle } from '../core/audit/verify-bundle.ts';
import { colours as pc } from './colours.ts';
import { chunksOf, lineBatches } from './lines.ts';
import { oneLine } from './timeline.ts';

export const bundleExitCodes = { clean: 0, broken: 1, cannot_tell: 2 } as const;

/** Files that hold public keys as PEM, as KMS gives them: of approvals, and of checkpoints. */
export interface KeyFiles {
  readonly key?: string;
  readonly checkpointKey?: string;
}

export async function verifyBundleFile(file: string, keys: KeyFiles = {}): Promise<BundleReport> {
  return verifyBundle(lineBatches(chunksOf(file)), knownBy(keys));
}

export function knownBy({ key, checkpointKey }: KeyFiles): KnownElsewhere {
  return {
    ...(key !== undefined && { publicKey: keyOf(key) }),
    ...(checkpointKey !== undefined && { checkpointKey: keyOf(checkpointKey) }),
  };
}

/** The public key in a file. */
export function keyOf(file: string): string {
  const pem = readFileSync(file, 'utf8');
  if (keyFingerprint(pem) !== null) return pem;
  throw new Error(`audit verify: ${file} is no public key in PEM; write what aws kms get-public-key answers as PEM`);
}

const mostLines = 20;

export function bundleLinesOf(report: BundleReport): string[] {
  const { chains, entries, signatures, texts, checkpoints, key, integrity, completeness, firstBad, verdict } = report;
  const lines = [
    ...halfLines('integrity', integrity),
    ...halfLines('completeness', completeness),
    `  ${chains} chains, ${entries} entries, ${signatures} signatures, ${texts} texts, ${checkpoints} checkpoints`,
    ...checkpointLines(report),
    key === null
      ? '  no key: no signature could be verified'
      : `  approval key, SHA-256 of its DER: ${key}; compare it with the account’s, or give that with --key`,
  ];
  if (firstBad) lines.push(`${pc.red('✗')} first bad: ${located(firstBad)}`);
  if (verdict === 'clean') lines.push(`${pc.green('✓')} clean: whole, and all that was asked for is here`);
  if (verdict === 'cannot_tell') lines.push(`${pc.yellow('?')} nothing contradicts, but not everything could be told`);
  return lines;
}

/** How far the checkpoints go, and by what they are held against the account's own. */
function checkpointLines({ checkpoints, checkpointKey, newest }: BundleReport): string[] {
  if (checkpoints === 0)
    return ['  no checkpoints: what no signature and no burn speaks of may have been written anew, as a whole'];
  return [
    ...(newest
      ? [`  last checkpoint: ${newest.number} of ${newest.at}, SHA-256 of its payload: ${newest.digest}`]
      : []),
    ...(checkpointKey
      ? [`  checkpoint key, SHA-256 of its DER: ${checkpointKey}; or give that with --checkpoint-key`]
      : []),
  ];
}

const marks = { whole: pc.green('✓'), broken: pc.red('✗'), cannot_tell: pc.yellow('?') };
const words = { whole: 'whole', broken: 'broken', cannot_tell: 'cannot tell' };

function halfLines(name: string, { verdict, problems, cannotTell, found }: Half): string[] {
  const shown = [
    ...problems.map((one) => `  ${pc.red('✗')} ${located(one)}`),
    ...cannotTell.map((one) => `  ${pc.yellow('?')} ${located(one)}`),
  ].slice(0, mostLines);
  const more = found > shown.length ? [`    and ${found - shown.length} more`] : [];
  return [`${marks[verdict]} ${name}: ${words[verdict]}`, ...shown, ...more];
}

function located({ chain, place, line, text }: Located): string {
  if (chain === null) return oneLine(`line ${line} of the bundle: ${text}`);
  return oneLine(`${chain}${place === null ? '' : `, entry ${place}`}: ${text}`);
}
